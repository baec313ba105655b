"""Convolution: the lecture's numbers by hand, PyTorch and SciPy as outside oracles, and every refusal."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage, signal

from cnncourse.convolution import MODES, convolve, correlate, output_size, pad, windows
from cnncourse.convolution_algorithms import (
    correlate_fft,
    correlate_loops,
    correlate_matrix,
    correlate_shifts,
    correlate_windows,
)
from cnncourse.images import photograph
from cnncourse.kernels import HORIZONTAL_LINES, IDENTITY, MEAN, SOBEL_X, read_matrix

WAYS = [correlate_loops, correlate_windows, correlate_matrix, correlate_shifts, correlate_fft, correlate]
PICTURE = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")
LOPSIDED = read_matrix("3 1 4 / 1 5 9")
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def torch_correlate(image, kernel, *, stride=1, padding=0):
    image, kernel = (torch.from_numpy(np.array(a, dtype=float))[None, None] for a in (image, kernel))
    return torch.nn.functional.conv2d(image, kernel, stride=stride, padding=padding)[0, 0].numpy()


@every_way
def test_the_identity_kernel_returns_the_inside_unchanged(way):
    assert_allclose(way(PICTURE, IDENTITY), PICTURE[1:-1, 1:-1], atol=1e-12)


@every_way
def test_with_a_frame_of_zeros_the_identity_returns_the_whole_picture(way):
    assert_allclose(way(PICTURE, IDENTITY, padding=1), PICTURE, atol=1e-12)


@every_way
def test_the_mean_kernel_gives_the_lectures_ninths(way):
    ninths = read_matrix("35653 58863 69874 58863 35653")
    assert_allclose(way(PICTURE, MEAN) * 9, ninths, atol=1e-12)


@every_way
def test_the_horizontal_line_kernel_gives_the_lectures_answer(way):
    expected = read_matrix("0 1 3 1 0 / 1 1 1 3 3 / 0 0 -2 -4 -4 / 1 1 1 3 3 / 0 1 3 1 0")
    assert_allclose(way(PICTURE, HORIZONTAL_LINES), expected, atol=1e-12)


@every_way
def test_the_pattern_search_finds_nineteen_at_the_right_of_the_middle_row(way):
    image = read_matrix("33210 00131 31223 20022 20001")
    expected = read_matrix("12 12 17 / 10 17 19 / 9 6 14")
    assert_allclose(way(image, read_matrix("012 220 012")), expected, atol=1e-12)


@every_way
@pytest.mark.parametrize(("stride", "padding"), list(itertools.product([1, 2, 3], [0, 1, 4])))
def test_every_way_agrees_with_pytorch_on_a_lopsided_kernel(way, stride, padding):
    image = np.random.default_rng(5).normal(size=(11, 17))
    expected = torch_correlate(image, LOPSIDED, stride=stride, padding=padding)
    assert_allclose(way(image, LOPSIDED, stride=stride, padding=padding), expected, atol=1e-12)


@given(
    shape=st.tuples(st.integers(1, 9), st.integers(1, 12)),
    kernel_shape=st.tuples(st.integers(1, 5), st.integers(1, 4)),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
)
def test_all_ways_agree_for_any_sizes_that_fit_and_refuse_together(shape, kernel_shape, stride, padding):
    rng = np.random.default_rng(1)
    image, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
    if any(s + 2 * padding < k for s, k in zip(shape, kernel_shape, strict=True)):
        for way in WAYS:
            with pytest.raises(ValueError, match="does not fit"):
                way(image, kernel, stride=stride, padding=padding)
        return
    expected = torch_correlate(image, kernel, stride=stride, padding=padding)
    for way in WAYS:
        assert_allclose(way(image, kernel, stride=stride, padding=padding), expected, atol=1e-12)


@pytest.mark.parametrize("side", [3, 7, 15, 31])
@pytest.mark.parametrize(("kind", "error"), [(np.float32, 2e-3), (np.float64, 1e-10)])
def test_on_a_large_photograph_the_fastest_way_agrees_with_scipy(side, kind, error):
    image = photograph("camera")[:301, :403].astype(kind)
    kernel = np.random.default_rng(side).normal(size=(side, side - 2)).astype(kind)
    answer = correlate(image, kernel)
    assert answer.dtype == kind
    assert_allclose(answer, signal.correlate2d(image.astype(float), kernel.astype(float), mode="valid"), atol=error)


def test_every_padding_mode_agrees_with_scipys_filter_over_the_whole_picture():
    image = np.random.default_rng(2).normal(size=(12, 8))
    kernel = np.random.default_rng(3).normal(size=(5, 5))
    for mode, name in {
        "zeros": "constant",
        "constant": "constant",
        "reflect": "mirror",
        "replicate": "nearest",
    }.items():
        value = 1.5 if mode == "constant" else 0.0
        expected = ndimage.correlate(image, kernel, mode=name, cval=value)
        assert_allclose(correlate(image, kernel, padding=2, mode=mode, value=value), expected, atol=1e-12)


def test_every_padding_mode_agrees_with_pytorchs_own_padding():
    image = np.arange(12.0).reshape(3, 4) + 1
    tensor = torch.from_numpy(image)[None, None]
    for mode in MODES:
        settings = (
            {"mode": "constant", "value": 1.0} if mode == "constant" else {"mode": mode.replace("zeros", "constant")}
        )
        expected = torch.nn.functional.pad(tensor, (2, 2, 2, 2), **settings)[0, 0].numpy()
        assert_array_equal(pad(image, 2, mode=mode, value=1.0), expected)


def test_copying_the_edge_is_replicate_and_mirroring_is_reflect():
    assert_array_equal(pad([[1, 2, 3]] * 3, 2, mode="replicate")[2], [1, 1, 1, 2, 3, 3, 3])
    assert_array_equal(pad([[1, 2, 3]] * 3, 2, mode="reflect")[2], [3, 2, 1, 2, 3, 2, 1])


def test_the_frame_of_ones_holds_ones():
    assert_array_equal(pad([[5, 6]], 1, mode="constant", value=1), [[1, 1, 1, 1], [1, 5, 6, 1], [1, 1, 1, 1]])


def test_true_convolution_flips_the_kernel_as_scipy_does():
    image = np.random.default_rng(4).normal(size=(6, 9))
    assert_allclose(convolve(image, LOPSIDED), signal.convolve2d(image, LOPSIDED, mode="valid"), atol=1e-12)
    assert not np.allclose(convolve(image, LOPSIDED), correlate(image, LOPSIDED))
    assert_allclose(convolve(image, MEAN), correlate(image, MEAN), atol=1e-12)


def test_a_shifted_picture_gives_a_shifted_answer_away_from_the_border():
    image = photograph("camera")[:40, :57]
    shifted = np.roll(image, (3, 5), axis=(0, 1))
    inside = np.s_[8:-8, 8:-8]
    expected = np.roll(correlate(image, SOBEL_X), (3, 5), axis=(0, 1))[inside]
    assert_allclose(correlate(shifted, SOBEL_X)[inside], expected, atol=1e-12)


def test_windows_are_views_so_that_no_pixel_is_copied():
    image = np.arange(20.0).reshape(4, 5)
    assert np.shares_memory(windows(image, (2, 3)), image)
    assert_array_equal(windows(image, (2, 3), stride=2)[1, 1], image[2:4, 2:5])


def test_whole_numbers_do_not_overflow():
    image = np.full((3, 3), 200, dtype=np.uint8)
    assert correlate(image, np.ones((3, 3), dtype=np.uint8))[0, 0] == 1800


def test_nan_stays_in_the_windows_that_hold_it_however_large_the_kernel():
    image = np.zeros((100, 120))
    image[50, 60] = np.nan
    answer = correlate(image, np.ones((15, 15)))
    rows, columns = np.nonzero(np.isnan(answer))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (36, 50, 46, 60)


def test_the_inputs_are_left_as_they_were():
    image, kernel = np.arange(42.0).reshape(6, 7), LOPSIDED.copy()
    for way in WAYS:
        way(image, kernel, padding=1)
    assert_array_equal(image, np.arange(42.0).reshape(6, 7))
    assert_array_equal(kernel, LOPSIDED)


def test_output_size_counts_the_places():
    for size, kernel, stride, padding in itertools.product(range(1, 12), range(1, 6), range(1, 5), range(3)):
        places = len(range(0, size + 2 * padding - kernel + 1, stride))
        if places:
            assert output_size(size, kernel, stride=stride, padding=padding) == places


def test_a_kernel_larger_than_the_padded_image_is_refused_with_the_padding_that_would_do():
    with pytest.raises(ValueError, match=r"a kernel of 8 does not fit into 5 .* pad by at least 2"):
        output_size(5, 8)
    assert output_size(5, 8, padding=2) == 2


@every_way
@pytest.mark.parametrize("stride", [0, -1, 1.5, 2.0, "2", True, None])
def test_a_stride_that_is_no_whole_step_is_refused(way, stride):
    with pytest.raises(ValueError, match="expected stride as a whole number of 1 or more, got"):
        way(PICTURE, MEAN, stride=stride)


@every_way
@pytest.mark.parametrize("padding", [-1, 0.5])
def test_a_padding_that_is_no_count_of_pixels_is_refused(way, padding):
    with pytest.raises(ValueError, match="expected padding as a whole number of 0 or more"):
        way(PICTURE, MEAN, padding=padding)


@every_way
@pytest.mark.parametrize(
    "image", [np.zeros((4, 5, 3)), np.zeros(7), np.zeros((0, 4)), 3.0], ids=["colour", "row", "empty", "number"]
)
def test_what_is_no_grey_picture_is_refused_with_its_shape(way, image):
    with pytest.raises(ValueError, match=r"expected image with 2 dimensions .* got shape"):
        way(image, MEAN)


def test_text_and_complex_numbers_are_refused():
    with pytest.raises(ValueError, match="real numbers"):
        correlate([["a", "b"]], [[1]])
    with pytest.raises(ValueError, match="real numbers"):
        correlate(PICTURE, MEAN * 1j)


def test_an_unknown_mode_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"zeros, constant, reflect, replicate, got 'edge'"):
        correlate(PICTURE, MEAN, padding=1, mode="edge")


def test_a_mirror_wider_than_the_picture_is_refused():
    with pytest.raises(ValueError, match="at least 4 by 4"):
        pad(np.zeros((3, 9)), 3, mode="reflect")
