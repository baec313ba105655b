"""Convolutional layers: PyTorch's layers, the dense matrix, gradients by autograd and by finite differences."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.convolution import correlate
from cnncourse.layers import (
    compose,
    convolution_matrix,
    convolve_channels,
    count_parameters,
    image_gradient,
    kernel_gradient,
)

RNG = np.random.default_rng(6)


def test_many_channels_and_filters_agree_with_pytorch():
    image, filters, bias = RNG.normal(size=(3, 9, 12)), RNG.normal(size=(4, 3, 2, 5)), RNG.normal(size=4)
    expected = torch.nn.functional.conv2d(*(torch.from_numpy(a) for a in (image[None], filters, bias)))[0]
    assert_allclose(convolve_channels(image, filters, bias), expected, atol=1e-12)


def test_one_filter_over_a_colour_picture_gives_one_map_and_six_give_six():
    image = RNG.normal(size=(3, 32, 32))
    assert convolve_channels(image, RNG.normal(size=(1, 3, 5, 5))).shape == (1, 28, 28)
    assert convolve_channels(image, RNG.normal(size=(6, 3, 5, 5))).shape == (6, 28, 28)


def test_parameters_agree_with_pytorchs_layer():
    layer = torch.nn.Conv2d(3, 10, (5, 4))
    assert count_parameters((5, 4), 3, 10) == sum(p.numel() for p in layer.parameters())
    assert count_parameters((3, 3), 1, 9, bias=False) + count_parameters((3, 3), 9, 9, bias=False) == 810


def test_a_convolution_is_a_dense_layer_with_shared_weights():
    image, kernel = RNG.normal(size=(6, 8)), RNG.normal(size=(2, 3))
    matrix = convolution_matrix(kernel, image.shape)
    assert matrix.shape == (5 * 6, 6 * 8)
    assert_allclose((matrix @ image.ravel()).reshape(5, 6), correlate(image, kernel), atol=1e-12)
    assert np.count_nonzero(matrix) == 5 * 6 * kernel.size
    assert len(np.unique(matrix[matrix != 0])) == kernel.size


def test_two_kernels_in_a_row_are_one():
    image, first, second = RNG.normal(size=(9, 11)), RNG.normal(size=(3, 2)), RNG.normal(size=(2, 4))
    both = compose(first, second)
    assert both.shape == (4, 5)
    assert_allclose(correlate(image, both), correlate(correlate(image, first), second), atol=1e-12)


def test_gradients_agree_with_autograd():
    image, kernel, arriving = RNG.normal(size=(6, 9)), RNG.normal(size=(2, 4)), RNG.normal(size=(5, 6))
    pixels, weights = (torch.from_numpy(a)[None, None].requires_grad_() for a in (image, kernel))
    torch.nn.functional.conv2d(pixels, weights).backward(torch.from_numpy(arriving)[None, None])
    assert_allclose(kernel_gradient(image, arriving), weights.grad[0, 0], atol=1e-12)
    assert_allclose(image_gradient(kernel, arriving), pixels.grad[0, 0], atol=1e-12)


def test_gradients_agree_with_finite_differences():
    image, kernel, arriving = RNG.normal(size=(4, 5)), RNG.normal(size=(2, 3)), RNG.normal(size=(3, 3))
    ours = kernel_gradient(image, arriving)
    for place in np.ndindex(kernel.shape):
        nudge = np.zeros_like(kernel)
        nudge[place] = 1e-6
        up, down = (np.sum(correlate(image, kernel + sign * nudge) * arriving) for sign in (1, -1))
        assert ours[place] == pytest.approx((up - down) / 2e-6, abs=1e-7)


def test_colours_last_are_refused_with_the_way_to_turn_them():
    with pytest.raises(ValueError, match=r"got shapes \(32, 30, 3\).*transpose\(2, 0, 1\)"):
        convolve_channels(np.zeros((32, 30, 3)), np.zeros((6, 3, 5, 5)))


def test_one_bias_a_filter_is_expected():
    with pytest.raises(ValueError, match=r"one bias a filter, shape \(2,\)"):
        convolve_channels(np.zeros((1, 4, 5)), np.zeros((2, 1, 2, 2)), [1.0])


def test_the_matrix_of_a_row_shows_the_band():
    assert_array_equal(convolution_matrix([[1, 2]], (1, 3)), [[1, 2, 0], [0, 1, 2]])
