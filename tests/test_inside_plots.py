"""Tests that the figures of lesson 07 show the arrays that they are given, on scales that can be compared."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.inside_plots import (
    show_explanations,
    show_feature_space,
    show_filters,
    show_maps,
    show_randomisation,
    show_spread,
    show_top_crops,
)
from cnncourse.style import alternative_text

ALT = "what there is to notice in this figure"
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


def drawn(ax) -> np.ndarray:
    """Return the array that a panel shows."""
    return np.asarray(ax.get_images()[0].get_array())


def test_each_filter_is_shown_up_to_its_own_largest_weight_with_zero_in_the_middle():
    small, large = RNG.normal(size=(2, 3, 4)), 100 * RNG.normal(size=(3, 3, 4))
    axes = show_filters({"small": small, "large": large}, alt=ALT)
    assert axes.shape == (2, 3)
    assert_allclose(drawn(axes[1, 2]), large[2] / np.abs(large[2]).max())
    assert axes[0, 1].get_images()[0].get_clim() == (-1, 1)
    assert not axes[0, 2].get_images(), "no third filter in the first row"
    assert [text.get_text() for text in axes[0, 0].texts] == ["small"]
    assert alternative_text(axes[0, 0].figure) == ALT


def test_filters_of_three_channels_are_shown_in_colour_with_grey_for_0():
    weights = np.zeros((1, 3, 2, 5))
    weights[0, 0, 1, 4], weights[0, 2, 0, 0] = 4.0, -2.0
    picture = drawn(show_filters({"colour": weights}, alt=ALT)[0, 0])
    assert_allclose(picture[1, 4], [1, 0.5, 0.5])
    assert_allclose(picture[0, 0], [0.5, 0.5, 0.25])


def test_maps_share_their_scale_and_carry_their_numbers():
    maps = RNG.normal(size=(5, 3, 4))
    axes = show_maps(maps, columns=3, signed=True, alt=ALT)
    assert axes.shape == (2, 3)
    assert_allclose(drawn(axes[1, 0]), maps[3] / np.abs(maps).max())
    assert axes[1, 1].get_title() == "4"
    assert axes[0, 0].get_images()[0].get_clim() == (-1, 1)
    assert show_maps(maps, titles=list("abcde"), alt=ALT)[0, 4].get_title() == "e"


def test_maps_of_nothing_but_zeros_are_black_not_an_error():
    assert drawn(show_maps(np.zeros((2, 3, 4)), alt=ALT)[0, 1]).max() == 0


def test_crops_stand_in_the_row_of_their_unit_whatever_their_size():
    crops = {"3": [np.full((2, 3), 0.5), np.full((4, 4), 0.1)], "7": [np.ones((2, 2, 3))]}
    axes = show_top_crops(crops, alt=ALT)
    assert drawn(axes[0, 1]).shape == (4, 4)
    assert drawn(axes[1, 0]).shape == (2, 2, 3)
    assert not axes[1, 1].get_images()
    assert axes[1, 0].texts[0].get_text() == "7"


def test_a_white_crop_has_a_border_and_an_empty_panel_has_none():
    axes = show_top_crops({"0": [np.ones((3, 4))], "1": [np.ones((3, 4)), np.ones((3, 4))]}, alt=ALT)
    assert len(axes[0, 0].patches) == 1
    assert not axes[0, 1].patches


def test_rows_of_wide_pictures_stand_as_close_as_those_of_square_ones():
    wide, square = (
        show_explanations(RNG.random((2, 6, width)), {"map": RNG.random((2, 6, width))}, alt=ALT)[0, 0].figure
        for width in (12, 6)
    )
    assert wide.get_figwidth() == square.get_figwidth()
    assert wide.get_figheight() < 0.7 * square.get_figheight()


def test_points_are_drawn_as_the_names_of_their_classes_where_they_lie():
    points = np.array([[0.0, 1.0], [2.0, -3.0], [5.0, 5.0]])
    axes = show_feature_space({"one": points, "other": -points}, [1, 0, 1], ["4", "9"], alt=ALT)
    names = [(text.get_text(), *text.get_position()) for text in axes[0].texts]
    assert names == [("9", 0.0, 1.0), ("4", 2.0, -3.0), ("9", 5.0, 5.0)]
    low, high = axes[1].get_xlim()
    assert low < -5
    assert high > 0
    assert [ax.get_title() for ax in axes] == ["one", "other"]
    assert axes[0].get_xlabel() == "first axis"


def test_ten_classes_have_ten_colours():
    axes = show_feature_space({"plane": RNG.normal(size=(20, 2))}, [*range(10)] * 2, list("0123456789"), alt=ALT)
    assert len({text.get_color() for text in axes[0].texts}) == 10


def test_a_third_space_stands_in_a_second_row_and_the_empty_place_stays_empty():
    points = {name: RNG.normal(size=(3, 2)) for name in ("pixels", "before", "after")}
    axes = show_feature_space(points, [0, 1, 0], ["4", "9"], alt=ALT)
    assert axes.shape == (3,)
    assert axes[2].get_position().y1 < axes[0].get_position().y0
    assert [ax.axison for ax in axes[0].figure.axes] == [True, True, True, False]


def test_a_unit_without_pictures_keeps_its_row():
    axes = show_top_crops({"0": [np.ones((2, 3))], "dead": []}, alt=ALT)
    assert axes.shape == (2, 1)
    assert not axes[1, 0].get_images()
    assert axes[1, 0].texts[0].get_text() == "dead"


def test_maps_stand_beside_their_pictures_and_signed_ones_have_zero_in_the_middle():
    pictures = RNG.random((2, 5, 7))
    maps = {"size": RNG.random((2, 5, 7)), "signed": RNG.normal(size=(2, 5, 7))}
    axes = show_explanations(pictures, maps, names=["first", "second"], alt=ALT)
    assert axes.shape == (2, 3)
    assert_allclose(drawn(axes[1, 0]), pictures[1])
    assert_allclose(drawn(axes[1, 1]), maps["size"][1])
    assert axes[1, 1].get_images()[0].get_clim() == (0, maps["size"][1].max())
    assert axes[0, 2].get_images()[0].get_clim() == (-1, 1)
    assert [ax.get_title() for ax in axes[0]] == ["picture", "size", "signed"]
    assert axes[1, 0].texts[0].get_text() == "second"


def test_an_empty_map_is_no_error():
    axes = show_explanations(RNG.random((1, 3, 4)), {"none": np.zeros((1, 3, 4))}, alt=ALT)
    assert drawn(axes[0, 1]).max() == 0


def test_lines_of_the_check_begin_at_1_and_end_beside_their_floor():
    ax = show_randomisation({"one": ({"fc": 0.5, "conv": 0.1}, 0.2), "other": ({"fc": 1.0, "conv": 1.0}, 1.0)}, alt=ALT)
    line, floor = ax.lines[:2]
    assert list(line.get_ydata()) == [1.0, 0.5, 0.1]
    assert list(floor.get_ydata()) == [0.2, 0.2]
    assert min(floor.get_xdata()) > 2
    assert [label.get_text() for label in ax.get_xticklabels()] == ["none", "… fc", "… conv"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "other"]


def test_measured_values_are_points_with_a_bar_at_their_mean_from_top_to_bottom():
    ax = show_spread({"first": [1.0, 3.0], "second": [5.0]}, xlabel="cosine", alt=ALT)
    assert list(ax.lines[0].get_xdata()) == [1.0, 3.0]
    assert list(ax.lines[1].get_xdata()) == [2.0, 2.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first row is at the top"
    assert ax.get_xlabel() == "cosine"
