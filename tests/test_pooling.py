"""Pooling: the lecture's example, PyTorch as oracle, gradients, and what does not fit."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.convolution import correlate
from cnncourse.kernels import HORIZONTAL_LINES, mean, read_matrix
from cnncourse.pooling import average_pool, blur_pool, max_pool, max_pool_gradient, max_pool_loops, subsample

PICTURE = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")
sizes = {
    "size": st.integers(1, 4),
    "stride": st.integers(1, 5),
    "height": st.integers(4, 9),
    "width": st.integers(4, 11),
}


def test_the_lectures_horizontal_lines_pool_to_one_three_one_three():
    answer = np.maximum(correlate(PICTURE, HORIZONTAL_LINES), 0)
    assert_array_equal(max_pool(answer, 2), [[1, 3], [1, 3]])


@given(**sizes)
def test_pooling_agrees_with_pytorch_for_any_size_and_stride(size, stride, height, width):
    maps = np.random.default_rng(3).normal(size=(2, 3, height, width))
    tensor = torch.from_numpy(maps)
    assert_array_equal(max_pool(maps, size, stride=stride), torch.nn.functional.max_pool2d(tensor, size, stride))
    expected = torch.nn.functional.avg_pool2d(tensor, size, stride)
    assert_allclose(average_pool(maps, size, stride=stride), expected, atol=1e-12)
    assert_array_equal(max_pool_loops(maps[0, 0], size, stride=stride), max_pool(maps[0, 0], size, stride=stride))


@given(**sizes)
def test_the_gradient_agrees_with_autograd_where_windows_overlap_too(size, stride, height, width):
    values = np.random.default_rng(4).permutation(height * width).reshape(height, width).astype(float)
    tensor = torch.from_numpy(values)[None, None].requires_grad_()
    output = torch.nn.functional.max_pool2d(tensor, size, stride)
    arriving = torch.arange(1.0, output.numel() + 1, dtype=torch.float64).reshape(output.shape)
    output.backward(arriving)
    ours = max_pool_gradient(values, arriving[0, 0].numpy(), size, stride=stride)
    assert_array_equal(ours, tensor.grad[0, 0])


def test_of_equal_values_the_first_in_reading_order_gets_the_gradient_as_in_pytorch():
    tensor = torch.ones((1, 1, 2, 4), dtype=torch.float64, requires_grad=True)
    torch.nn.functional.max_pool2d(tensor, 2).sum().backward()
    assert_array_equal(max_pool_gradient(np.ones((2, 4)), np.ones((1, 2)), 2), tensor.grad[0, 0])


def test_average_pooling_is_a_convolution_with_stride_and_max_pooling_is_not_linear():
    rng = np.random.default_rng(5)
    one, other = rng.normal(size=(2, 6, 8))
    assert_allclose(average_pool(one, 2), correlate(one, mean(2), stride=2), atol=1e-12)
    assert not np.allclose(max_pool(one + other, 2), max_pool(one, 2) + max_pool(other, 2))


def test_a_rest_that_no_window_reaches_is_left_out():
    assert max_pool(np.zeros((5, 7)), 2).shape == (2, 3)


def test_a_window_larger_than_the_map_is_refused():
    with pytest.raises(ValueError, match="a kernel of 4 does not fit into 3"):
        max_pool(np.zeros((3, 9)), 4)


@pytest.mark.parametrize("stride", [0, 1.5])
def test_a_stride_that_is_no_step_is_refused(stride):
    with pytest.raises(ValueError, match="stride"):
        average_pool(np.zeros((4, 6)), 2, stride=stride)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(2, 3\), one value a window, got \(3, 2\)"):
        max_pool_gradient(np.zeros((4, 6)), np.zeros((3, 2)), 2)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_blurring_first_is_a_convolution_with_triangle_weights_and_a_stride(size):
    maps = np.random.default_rng(6).normal(size=(2, 9, 13))
    triangle = torch.tensor([min(i + 1, 2 * size - 1 - i) / size**2 for i in range(2 * size - 1)], dtype=torch.float64)
    padded = torch.nn.functional.pad(torch.from_numpy(maps)[:, None], [size - 1] * 4, mode="replicate")
    expected = torch.nn.functional.conv2d(padded, torch.outer(triangle, triangle)[None, None], stride=size)[:, 0]
    rows, columns = 9 // size, 13 // size
    assert_allclose(blur_pool(maps, size), expected[:, :rows, :columns], atol=1e-12)


def test_blurring_keeps_an_even_grey_and_takes_the_places_that_a_stride_takes():
    assert_allclose(blur_pool(np.full((7, 9), 0.3), 3), np.full((2, 3), 0.3))
    ramp = np.add.outer(10 * np.arange(8.0), np.arange(12.0))
    assert_allclose(blur_pool(ramp, 2)[1:, 1:], subsample(ramp, 2)[1:, 1:])


def test_a_stride_keeps_the_first_value_of_each_block_and_drops_the_rest():
    assert_array_equal(subsample(np.arange(35).reshape(5, 7), 2), [[0, 2, 4], [14, 16, 18]])


def test_one_pixel_stripes_flip_under_a_stride_and_stay_grey_behind_a_blur():
    stripes = np.tile([1.0, 0.0], (6, 5))
    moved = np.roll(stripes, 1, axis=1)
    assert (subsample(stripes, 2).min(), subsample(moved, 2).max()) == (1, 0)
    assert_allclose(blur_pool(stripes, 2)[:, 1:], blur_pool(moved, 2)[:, 1:])


@pytest.mark.parametrize("pool", [subsample, blur_pool])
def test_blocks_larger_than_the_map_are_refused_by_every_way_to_make_it_smaller(pool):
    with pytest.raises(ValueError, match="a kernel of 4 does not fit into 3"):
        pool(np.zeros((3, 9)), 4)
