"""Detectors: scikit-image and SciPy as oracles, places known by construction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from skimage import data, feature, filters

from cnncourse.convolution import correlate
from cnncourse.detectors import gabor_energy, gradient, harris, match, peaks, structure_tensor, texture_features
from cnncourse.images import photograph
from cnncourse.kernels import LAPLACIAN, MEAN, SOBEL_X, gabor, gabor_bank, gaussian, separate


def test_on_a_slope_the_gradient_is_the_slope_and_points_uphill():
    rows, columns = np.mgrid[:7, :9].astype(float)
    slope = gradient(3 * columns + 4 * rows)
    inside = np.s_[1:-1, 1:-1]
    assert_allclose(slope.right[inside], 3)
    assert_allclose(slope.magnitude[inside], 5)
    assert_allclose(slope.direction[inside], np.rad2deg(np.arctan2(4, 3)))


def test_normalised_correlation_agrees_with_scikit_image():
    image = photograph("coins")[40:140, 60:210]
    patch = image[20:45, 30:50]
    assert_allclose(match(image, patch), feature.match_template(image, patch), atol=1e-6)


def test_a_cut_out_patch_is_found_where_it_was_cut_however_bright_the_picture():
    image = photograph("astronaut")[:180, :260]
    patch = image[50:71, 100:133]
    answer = match(0.2 + 0.5 * image, patch)
    assert_array_equal(peaks(answer, count=1), [[50, 100]])
    assert answer.max() == pytest.approx(1)


def test_even_grey_is_like_nothing():
    image = np.zeros((30, 40))
    image[:, 20:] = np.random.default_rng(0).random((30, 20))
    answer = match(image, image[4:9, 25:31])
    assert np.isfinite(answer).all()
    assert (answer[:, :14] == 0).all()


def test_an_even_patch_is_refused():
    with pytest.raises(ValueError, match="same grey everywhere"):
        match(np.eye(9), np.full((3, 4), 0.3))


def test_a_patch_larger_than_the_picture_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        match(np.eye(4), np.eye(5))


def test_the_structure_tensor_agrees_with_scikit_image():
    image = photograph("brick")[:60, :80]
    theirs = feature.structure_tensor(image, sigma=1.5, order="xy", mode="nearest")
    inside = np.s_[10:-10, 10:-10]
    for ours, other in zip(structure_tensor(image), theirs, strict=True):
        ratio = np.sum(ours[inside] * other[inside]) / np.sum(other[inside] ** 2)
        assert_allclose(ours[inside], ratio * other[inside], atol=0.02 * np.abs(ours).max())


def test_harris_finds_the_inner_corners_of_a_chessboard_as_scikit_image_does():
    board = photograph_of_a_chessboard()
    ours = peaks(harris(board), count=49, apart=10)
    theirs = feature.corner_peaks(
        feature.corner_harris(board, sigma=1.5), min_distance=10, num_peaks=49, exclude_border=5
    )
    assert len(ours) == 49
    distances = np.abs(ours[:, None] - theirs[None]).max(axis=2).min(axis=1)
    assert distances.max() <= 2


def photograph_of_a_chessboard():
    board = data.checkerboard() / 255
    return board[: board.shape[0] // 25 * 25, : board.shape[1] // 25 * 25]


def test_edges_answer_below_zero_and_flats_not_at_all():
    image = np.zeros((24, 30))
    image[:, 15:] = 1
    answer = harris(image)
    assert answer[12, 15] < 0
    assert answer[12, 3] == pytest.approx(0)


def test_peaks_keep_their_distance_and_stop_when_nothing_is_left():
    assert_array_equal(peaks([[1, 2, 9, 8], [0, 0, 0, np.nan]], count=9, apart=1), [[0, 2], [0, 0]])


@given(st.floats(0, 180), st.floats(0.05, 0.4))
def test_a_gabor_kernel_answers_nothing_to_even_grey(orientation, frequency):
    for phase in (0, 90):
        kernel = gabor(orientation, frequency, phase=phase)
        assert abs(kernel.sum()) < 1e-12
        assert np.abs(kernel).sum() == pytest.approx(1)


@pytest.mark.parametrize("phase", [0, 90])
def test_a_gabor_kernel_is_scikit_images_without_its_mean(phase):
    ours = gabor(30, 0.2, sigma=2.0, phase=phase)
    theirs = filters.gabor_kernel(0.2, np.deg2rad(30), sigma_x=2.0, sigma_y=2.0, offset=-np.deg2rad(phase)).real
    assert ours.shape[0] >= theirs.shape[0]
    edge = (ours.shape[0] - theirs.shape[0]) // 2
    bell = gaussian(2.0, radius=theirs.shape[0] // 2)
    expected = theirs - bell * theirs.sum()
    inside = ours[edge : edge + theirs.shape[0], edge : edge + theirs.shape[1]]
    assert_allclose(inside / np.abs(inside).max(), expected / np.abs(expected).max(), atol=0.01)


@pytest.mark.parametrize("orientation", [0, 30, 90, 135])
def test_a_gabor_energy_is_largest_for_stripes_of_its_own_direction_and_width(orientation):
    down, right = np.mgrid[:64, :80]
    angle = np.deg2rad(orientation)
    stripes = np.cos(2 * np.pi * 0.15 * (right * np.cos(angle) + down * np.sin(angle)))
    energies = {
        key: gabor_energy(stripes, *key)[32, 40] for key in gabor_bank(orientations=12, frequencies=(0.07, 0.15, 0.3))
    }
    assert max(energies, key=energies.get) == (orientation, 0.15)


def test_gabor_energy_hardly_changes_when_the_stripes_move():
    stripes = np.tile(np.cos(2 * np.pi * 0.1 * np.arange(80)), (64, 1))
    inside = gabor_energy(stripes, 0, 0.1)[20:-20, 20:-20]
    assert inside.std() < 0.03 * inside.mean()


def test_texture_features_tell_bricks_from_grass():
    bank = gabor_bank(orientations=4, frequencies=(0.1, 0.2))
    one, same, other = (
        texture_features(image, bank)
        for image in (
            photograph("brick")[:128, :128],
            photograph("brick")[256:384, 128:256],
            photograph("grass")[:128, :128],
        )
    )
    assert np.linalg.norm(one - same) < np.linalg.norm(one - other)


def test_a_frequency_beyond_one_stripe_in_two_pixels_is_refused():
    with pytest.raises(ValueError, match=r"up to 0\.5 stripes a pixel"):
        gabor(0, 0.6)


def test_separable_kernels_are_split_and_others_are_not():
    for kernel in (SOBEL_X, MEAN, np.outer([1, 2, 3], [-1, 4])):
        column, row = separate(kernel)
        assert_allclose(column @ row, kernel, atol=1e-12)
    assert separate(LAPLACIAN) is None


def test_sliding_column_and_row_is_sliding_the_kernel():
    image = photograph("camera")[:30, :41]
    column, row = separate(SOBEL_X)
    assert_allclose(correlate(correlate(image, column), row), correlate(image, SOBEL_X), atol=1e-12)
