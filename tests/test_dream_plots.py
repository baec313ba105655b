"""Tests of the figures of lesson 08."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.dream_plots import sheet, show_climb, show_pointing, show_sheet, tinted

ALT = "What the figure shows, in a sentence that is long enough."


def test_a_sheet_holds_each_picture_in_its_place_with_white_between():
    pictures = [[np.full((2, 3), 0.1), np.full((2, 3), 0.2)], [np.full((2, 3, 3), 0.3)]]
    whole = sheet(pictures, gap=1)
    assert whole.shape == (5, 7, 3)
    assert (whole[0, 0, 0], whole[0, 4, 2], whole[4, 2, 1]) == (0.1, 0.2, 0.3)
    assert_array_equal(whole[2], 1)  # the gap between the rows
    assert_array_equal(whole[:, 3], 1)
    assert_array_equal(whole[3:, 4:], 1)  # where the shorter row has ended


def test_a_sheet_without_gaps_has_none():
    assert sheet([[np.zeros((2, 3))] * 2], gap=0).shape == (2, 6, 3)


@pytest.mark.parametrize("rows", [[[np.zeros((2, 3)), np.zeros((3, 2))]], [[]]])
def test_pictures_of_several_sizes_or_none_make_no_sheet(rows):
    with pytest.raises(ValueError, match="pictures of one size"):
        sheet(rows)


def test_a_tint_is_grey_at_zero_and_keeps_the_sign():
    gradient = np.random.default_rng(0).normal(size=(9, 7, 3))
    gradient[0, 0] = 0
    found = tinted(gradient)
    assert_allclose(found[0, 0], 0.5)
    assert_array_equal(found > 0.5, gradient > 0)
    assert_array_equal(tinted(np.zeros((2, 2))), np.full((2, 2), 0.5))


def test_rows_and_columns_of_a_sheet_are_named():
    picture = np.zeros((4, 5, 3))
    ax = show_sheet({"robust": [picture] * 3, "plain": [picture] * 3}, columns=["a", "b", "c"], alt=ALT)
    assert [text.get_text() for text in ax.texts] == ["robust", "plain", "a", "b", "c"]
    assert ax.get_figure().text_alternative == ALT


def test_each_line_of_a_climb_has_its_name():
    ax = show_climb({"car": [1, 2, 4], "cat": [2, 1, 0]}, xlabel="step", ylabel="logit", alt=ALT)
    assert [line.get_label() for line in ax.lines] == ["car", "cat"]
    assert_array_equal(ax.lines[0].get_ydata(), [1, 2, 4])


def test_each_map_is_marked_where_it_is_largest():
    maps = np.zeros((2, 2, 4, 6))
    maps[0, 0, 3, 1] = maps[0, 1, 0, 5] = maps[1, 0, 2, 2] = maps[1, 1, 1, 4] = 9
    objects = np.zeros((2, 4, 6), bool)
    objects[:, :2, :3] = True
    axes = show_pointing(np.full((2, 4, 6, 3), 0.5), objects, {"a": maps[0], "b": maps[1]}, titles=["x", "y"], alt=ALT)
    marked = [
        [(line.get_label(), *np.ravel(line.get_xydata())) for line in ax.lines if line.get_label() in "ab"]
        for ax in axes
    ]
    assert marked == [[("a", 1, 3), ("b", 2, 2)], [("a", 5, 0), ("b", 4, 1)]]
    assert [ax.get_title() for ax in axes] == ["x", "y"]
    assert axes[0].get_figure().text_alternative == ALT
    for frame in axes[0].collections:
        assert frame.get_paths()[0].get_extents().bounds == pytest.approx((-0.5, -0.5, 3.0, 2.0))
