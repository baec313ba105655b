"""Figures of the gradient: where arrows stand and point, what colours mean, and how a window's arrows lie."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.detectors import gradient
from cnncourse.gradient_plots import show_arrows, show_clouds, show_directions, show_edges
from cnncourse.style import alternative_text

SLOPE = np.add.outer(np.zeros(8), np.arange(12.0)) / 12
ALT = "a description that is long enough"


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_arrows_point_uphill_at_every_other_pixel():
    ax = show_arrows(SLOPE, gradient(SLOPE), every=2)
    arrows = ax.collections[0]
    assert_allclose(arrows.V, 0, atol=1e-12)
    assert (np.asarray(arrows.U) > 0).all()
    assert set(np.asarray(arrows.X).astype(int) % 2) == {0}


def test_directions_come_with_a_disc_that_explains_their_colours():
    ax = show_directions(gradient(SLOPE))
    assert len(ax.child_axes) == 1
    assert ax.images[0].get_array().shape == (8, 12, 3)


def test_edges_are_described_in_words():
    axes = show_edges(SLOPE, gradient(SLOPE), alt=ALT)
    assert alternative_text(axes[0].get_figure()) == ALT
    assert len(axes[2].child_axes) == 1
    assert axes[1].images[0].get_clim()[0] == 0


def test_the_tips_of_a_window_s_arrows_lie_where_brightness_grows():
    picture = np.zeros((9, 14))
    picture[:, 9:] = 1  # one upright edge, brighter to the right
    axes = show_clouds(picture, gradient(picture), {"flat": (1, 0), "edge": (2, 7)}, 5, alt=ALT)
    flat, edge = (np.stack(ax.lines[-1].get_data()) for ax in axes[1])
    assert_array_equal(flat, np.zeros((2, 25)))
    assert_allclose(sorted(set(edge[0])), [0, 0.5])
    assert_array_equal(edge[1], np.zeros(25))
    assert axes[1, 0].get_xlim() == axes[1, 1].get_xlim()
    assert axes[1, 0].get_ylim()[0] > axes[1, 0].get_ylim()[1]  # downwards is down
