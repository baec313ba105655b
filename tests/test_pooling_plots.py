"""Figures of lesson 05: what is drawn where, and its text alternative."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from cnncourse.pooling_plots import show_changes, show_pooling
from cnncourse.sight_plots import HERE, SEEN, show_fields, show_growth, show_influence, show_walk

ALT = "a text that says what there is to see"


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_the_walk_colours_what_is_seen_on_each_level_and_nothing_else():
    ax = show_walk(7, [(3, 1), (2, 2)], ["pixels", "kernel", "pooling"], place=1)
    colours = [to_hex(patch.get_facecolor()).upper() for patch in ax.patches]
    assert [c == SEEN for c in colours[:7]] == [False, False, True, True, True, True, False]
    assert [c == SEEN for c in colours[7:12]] == [False, False, True, True, False]
    assert colours[12:] == ["#FFFFFF", HERE]
    assert [text.get_text() for text in ax.texts][1::2] == ["sees 4", "sees 2", "one value"]


def test_each_pooling_window_has_a_frame_and_its_value_one_of_the_same_colour():
    axes = show_pooling(np.arange(20).reshape(4, 5), np.ones((2, 2)), 2, alt=ALT)
    window, value = axes[0].patches[2], axes[1].patches[2]
    assert [len(ax.patches) for ax in axes] == [4, 4]
    assert len({patch.get_edgecolor() for patch in axes[0].patches}) == 4
    assert window.get_edgecolor() == value.get_edgecolor()
    assert -0.5 < window.get_x() < 0.0
    assert 1.5 < window.get_y() < 2.0
    assert window.get_x() + window.get_width() < 1.5
    assert axes[0].figure.text_alternative == ALT


def test_fields_are_squares_around_their_place():
    ax = show_fields(np.zeros((40, 60)), {"small": 6, "large": 20}, (15, 30))
    assert ax.patches[-1].get_xy() == (20, 5)
    assert (ax.patches[-1].get_width(), ax.patches[-1].get_height()) == (20, 20)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["small", "large"]


def test_an_effective_side_is_a_dashed_square_in_the_middle():
    (ax,) = show_influence([np.ones((9, 11))], ["one"], sides=[5.0], alt=ALT)
    assert ax.patches[0].get_xy() == (2.5, 1.5)


def test_changes_are_means_in_bands():
    (ax,) = show_changes({"set": {"max": [[0, 0.2], [0, 0.6]]}}, ylabel="change", alt=ALT)
    assert ax.lines[0].get_ydata().tolist() == [0, pytest.approx(0.4)]
    assert ax.yaxis.get_major_formatter()(0.4) == "40 %"
    assert ax.collections[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(0.6)


def test_growth_is_drawn_on_logarithmic_axes():
    ax = show_growth({"theory": {2: [5], 8: [17]}, "effect": {2: [5, 5], 8: [13, 15]}})
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.containers[1].lines[0].get_ydata().tolist() == [5, 14]
