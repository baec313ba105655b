"""Tests of single steps of a sliding kernel, and of the places where it stops."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse.convolution_algorithms import correlate_loops
from cnncourse.kernels import read_matrix
from cnncourse.steps import places, step_at

IMAGE = read_matrix("1 2 3 4 / 5 6 7 8 / 9 1 2 3")  # 3 rows, 4 columns
KERNEL = read_matrix("1 0 / 2 -1")


def test_a_step_holds_the_products_of_its_window_and_no_other():
    assert_array_equal(step_at(IMAGE, KERNEL, 1, 2).products, [[7, 0], [4, -3]])


def test_the_sum_of_the_products_stands_in_the_step_s_own_cell():
    step = step_at(IMAGE, KERNEL, 1, 2)
    assert step.output[1, 2] == step.products.sum() == 8


def test_cells_before_the_step_are_filled_and_cells_after_it_are_empty():
    output = step_at(IMAGE, KERNEL, 0, 1).output
    assert_array_equal(np.isfinite(output), [[True, True, False], [False, False, False]])


def test_the_last_step_shows_the_whole_output():
    assert_array_equal(step_at(IMAGE, KERNEL, 1, 2).output, correlate_loops(IMAGE, KERNEL))


def test_a_step_with_stride_two_takes_the_window_two_pixels_on():
    step = step_at(IMAGE, KERNEL, 0, 1, stride=2)
    assert_array_equal(step.products, [[3, 0], [14, -8]])
    assert step.output.shape == (1, 2)


def test_the_end_of_the_colours_is_the_same_for_all_steps():
    assert {step_at(IMAGE, KERNEL, *place).limit for place in np.ndindex(2, 3)} == {22.0}


@pytest.mark.parametrize("place", [(2, 0), (0, 3), (-1, 0)])
def test_a_place_where_the_kernel_never_stands_is_refused_with_the_places_there_are(place: tuple[int, int]):
    with pytest.raises(ValueError, match=r"from \(0, 0\) to \(1, 2\), got .* 2 by 3 places"):
        step_at(IMAGE, KERNEL, *place)


def test_places_begin_in_the_frame_when_there_is_one():
    assert list(places(6, 4, stride=2, padding=2)) == [-2, 0, 2, 4]


def test_every_place_lies_inside_the_frame_and_one_more_would_not():
    for size, kernel, stride, padding in [(7, 3, 1, 0), (8, 3, 3, 1), (5, 5, 4, 2), (9, 2, 2, 0)]:
        last = places(size, kernel, stride=stride, padding=padding)[-1]
        assert last + kernel <= size + padding < last + stride + kernel
