"""Shifts: what is lost, what the window shows, an answer moved by fractions, and how much changed."""

from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.kernels import SOBEL_X
from cnncourse.pooling import average_pool, blur_pool, max_pool, subsample
from cnncourse.shifts import change, measure_shifts, moved, shift, shifted

SCENE = np.arange(54.0).reshape(6, 9)
PICTURE = photograph("camera")[60:150, 140:270]
ALONG = [(0, d) for d in range(9)]


def edges(picture):
    return np.maximum(correlate(picture, SOBEL_X), 0)


def test_a_shift_down_shows_what_lay_above():
    assert_array_equal(shifted(SCENE, 0, 0, margin=1), SCENE[1:-1, 1:-1])
    assert_array_equal(shifted(SCENE, 1, -1, margin=1), SCENE[0:4, 2:9])


@pytest.mark.parametrize(("down", "right", "margin"), [(2, 0, 1), (0, -3, 2)])
def test_a_shift_beyond_the_margin_is_refused(down, right, margin):
    with pytest.raises(ValueError, match=f"at most the margin, {margin} pixels, got {down} down and {right} right"):
        shifted(SCENE, down, right, margin=margin)


def test_a_margin_that_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match=r"leaves nothing of a picture of shape \(6, 9\)"):
        shifted(SCENE, 0, 0, margin=3)


def test_an_answer_moves_by_whole_cells_and_what_enters_is_not_known():
    nan = np.nan
    assert_array_equal(moved([[1, 2, 3], [4, 5, 6]], 1, -1), [[nan, nan, nan], [2, 3, nan]])


@given(down=st.integers(-12, 12), right=st.integers(-12, 12))
def test_fractions_of_a_cell_are_mixed_as_scipy_mixes_them(down, right):
    answer = np.random.default_rng(1).normal(size=(7, 10))
    ours = moved(answer, down / 4, right / 4)
    theirs = ndimage.shift(answer, (down / 4, right / 4), order=1, cval=np.nan)
    known = ~np.isnan(ours)
    assert_allclose(ours[known], theirs[known], atol=1e-9)
    assert known.sum() == (7 - np.ceil(abs(down) / 4)) * (10 - np.ceil(abs(right) / 4))


def test_an_answer_moved_out_of_sight_is_not_known_at_all():
    assert np.isnan(moved(SCENE, 0, 9)).all()


def test_change_is_none_for_equals_and_one_for_nothing_in_common():
    assert change([[3, 0], [1, 0]], [[3, 0], [1, 0]]) == 0
    assert change([[3, 0], [1, 0]], [[0, 4], [0, 2]]) == 1
    assert change([[2, 1]], [[1, 2]]) == pytest.approx(sqrt(2 / 10))


def test_change_leaves_out_what_is_not_known():
    assert change([[np.nan, 2]], [[7, 2]]) == 0
    assert isnan(change([[np.nan]], [[1]]))


def test_two_empty_answers_do_not_differ():
    assert change(np.zeros((2, 3)), np.zeros((2, 3))) == 0


def test_change_refuses_two_shapes():
    with pytest.raises(ValueError, match=r"one shape, got \(2, 3\) and \(3, 2\)"):
        change(np.zeros((2, 3)), np.zeros((3, 2)))


def test_a_convolution_moves_along_exactly_and_does_not_stay():
    found = measure_shifts(PICTURE, edges, [(0, 0), (3, -5), (8, 8)])
    assert_allclose(found.moves, 0, atol=1e-12)
    assert found.stays[0] == 0
    assert found.stays[1:].min() > 0.8


@pytest.mark.parametrize("pool", [max_pool, average_pool, subsample])
def test_a_pooling_moves_along_exactly_by_whole_blocks_only(pool):
    found = measure_shifts(PICTURE, lambda picture: pool(edges(picture), 4), ALONG, step=4)
    assert_allclose(found.moves[[0, 4, 8]], 0, atol=1e-12)
    assert found.moves[[1, 2, 3, 5, 6, 7]].min() > 0.1


def test_for_small_shifts_blur_stays_best_then_max_and_a_bare_stride_worst():
    stays = [
        measure_shifts(PICTURE, lambda picture, pool=pool: pool(edges(picture), 4), [(0, 1)], step=4).stays[0]
        for pool in (blur_pool, max_pool, subsample)
    ]
    assert stays == sorted(stays)
    assert stays[0] < 0.3 < 0.5 < stays[2]


def test_a_global_mean_stays_exactly_while_nothing_enters_or_leaves():
    scene = np.pad(PICTURE[:20, :30], 20)
    found = measure_shifts(scene, lambda picture: np.full((1, 1), edges(picture).mean()), ALONG)
    assert_allclose(found.stays, 0, atol=1e-12)


# --- shift ------------------------------------------------------------------------------------------------------------


def test_a_shift_loses_what_leaves_and_brings_zeros():
    image = np.array([[1, 2, 3], [4, 5, 6]])
    assert_array_equal(shift(image, right=1), [[0, 1, 2], [0, 4, 5]])
    assert_array_equal(shift(image, down=-1), [[4, 5, 6], [0, 0, 0]])
    assert_array_equal(shift(image, down=1, right=-2), [[0, 0, 0], [3, 0, 0]])
    assert_array_equal(shift(image, right=9), np.zeros((2, 3)))
    assert_array_equal(shift(np.stack([image, -image]), right=1)[1], [[0, -1, -2], [0, -4, -5]])
