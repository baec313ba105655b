"""Kernels: what their weights sum to, against SciPy, and how matrices are read."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from cnncourse.convolution import correlate
from cnncourse.kernels import (
    BLUR,
    IDENTITY,
    KERNELS,
    LAPLACIAN,
    MEAN,
    SHARPEN,
    SOBEL_X,
    SOBEL_Y,
    gaussian,
    mean,
    read_matrix,
)


def test_kernels_that_keep_brightness_sum_to_one_and_those_that_seek_change_to_zero():
    sums = {name: round(float(kernel.sum()), 12) for name, kernel in KERNELS.items()}
    assert {name for name, total in sums.items() if total == 1} == {"identity", "mean", "blur", "sharpen"}
    assert set(sums.values()) == {0.0, 1.0}


def test_a_named_kernel_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        MEAN[0, 0] = 5


def test_sobel_and_laplacian_agree_with_scipy():
    image = np.random.default_rng(0).normal(size=(9, 14))
    inside = np.s_[1:-1, 1:-1]
    assert_allclose(correlate(image, SOBEL_X), ndimage.sobel(image, axis=1)[inside], atol=1e-12)
    assert_allclose(correlate(image, SOBEL_Y), ndimage.sobel(image, axis=0)[inside], atol=1e-12)
    assert_allclose(correlate(image, LAPLACIAN), ndimage.laplace(image)[inside], atol=1e-12)


def test_sharpening_is_the_picture_minus_its_laplacian():
    assert_array_equal(SHARPEN, IDENTITY - LAPLACIAN)


def test_the_gaussian_agrees_with_scipys_filter():
    image = np.random.default_rng(1).normal(size=(25, 31))
    expected = ndimage.gaussian_filter(image, 1.3, radius=4)
    assert_allclose(correlate(image, gaussian(1.3, radius=4)), expected[4:-4, 4:-4], atol=1e-12)


def test_the_gaussian_reaches_three_standard_deviations_and_sums_to_one():
    kernel = gaussian(1.5)
    assert kernel.shape == (11, 11)
    assert kernel.sum() == pytest.approx(1)
    assert BLUR.sum() == 1


@pytest.mark.parametrize("sigma", [0, -1, float("nan")])
def test_a_bell_without_width_is_refused(sigma):
    with pytest.raises(ValueError, match="sigma is a width in pixels"):
        gaussian(sigma)


def test_a_negative_radius_is_refused_with_one_that_fits():
    with pytest.raises(ValueError, match="try 6"):
        gaussian(2.0, radius=-1)


def test_the_mean_of_a_window_below_one_pixel_is_refused():
    with pytest.raises(ValueError, match="at least 1 pixel"):
        mean(0)


def test_a_matrix_is_read_from_digits_or_from_numbers():
    assert_array_equal(read_matrix("012 220"), [[0, 1, 2], [2, 2, 0]])
    assert_array_equal(read_matrix("-1 0.5\n10 2"), [[-1, 0.5], [10, 2]])
    assert_array_equal(read_matrix("7"), [[7]])


@pytest.mark.parametrize("rows", ["", "  ", "01 2", "1 2 / 3"])
def test_rows_of_unequal_length_are_refused(rows):
    with pytest.raises(ValueError, match="rows of equal length"):
        read_matrix(rows)


@pytest.mark.parametrize("rows", ["0a", "-1 0", "1 x / 2 3"])
def test_what_is_no_number_is_refused_with_the_way_to_write_it(rows):
    with pytest.raises(ValueError, match=r"expected (numbers|rows)"):
        read_matrix(rows)
