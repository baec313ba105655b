"""Tests of the figures of an agent that plays."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.agent_plots import show_films, show_heeded, show_returns, show_values

ALT = "What the figure shows, in a sentence that is long enough."


def told(ax):
    return np.atleast_1d(np.asarray(ax)).flat[0].get_figure(root=True).text_alternative


def test_returns_are_drawn_as_mean_and_middle_half_with_the_levels_of_others():
    ax = show_returns({10: [0, 1, 2, 3, 4], 20: [4, 5, 6, 7, 13]}, {"chance": -0.02, "rule": 5.0})
    assert_array_equal(ax.lines[0].get_xydata(), [[10, 2], [20, 7]])
    band = ax.collections[0].get_paths()[0].vertices
    assert {(10.0, 1.0), (10.0, 3.0), (20.0, 5.0), (20.0, 7.0)} <= set(map(tuple, band))
    assert [line.get_ydata()[0] for line in ax.lines[1:]] == [-0.02, 5.0]
    assert "from 2.0 at step 10 to 7.0 at step 20" in told(ax)
    assert "chance 0.0" in told(ax)  # not −0.0


def test_a_film_has_a_row_a_game_and_a_frame_around_each_picture():
    picture = np.zeros((5, 4))
    picture[0, 1] = 1
    ax = show_films({"one": [picture] * 3, "two": [picture] * 3}, [4, 8, 12], alt=ALT)
    whole = ax.images[0].get_array()
    assert whole.shape == (2 * (5 * 8 + 8) + 3, 3 * (4 * 8 + 8) + 6, 3)
    assert whole[0, 0, 0] == 0.35
    assert whole[4, 4 + 8, 0] == 1
    assert [text.get_text() for text in ax.texts] == ["one", "two", "step 4", "8", "12"]


def test_values_are_marked_where_a_reward_came():
    ax = show_values([0.5, 1.0, 2.0, 0.0], [0, 1, 0, -1])
    line, apples, stones = ax.lines
    assert_array_equal(line.get_ydata(), [0.5, 1, 2, 0])
    assert_array_equal(apples.get_xydata(), [[1, 1]])
    assert_array_equal(stones.get_xydata(), [[3, 0]])
    assert "apples caught: 1; stones: 1" in told(ax)


def test_what_is_heeded_is_signed_and_on_one_scale_for_all():
    pictures = np.zeros((2, 4, 5))
    pictures[0, 1, 2] = 1
    maps = np.zeros((2, 4, 5))
    maps[0, 1, 2], maps[1, 3, 4] = -2, 8
    axes = show_heeded(pictures, maps, titles=["left", "stay"], alt=ALT)
    assert axes.shape == (2, 2)
    for below in axes[1]:
        assert below.images[0].get_clim() == (-8, 8)
    assert_allclose(axes[1, 0].lines[0].get_xydata(), [[2, 1]])
    assert axes[0, 1].get_title() == "stay"
    assert told(axes) == ALT
