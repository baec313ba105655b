"""Figures of lesson 04: what is drawn, and what is said of it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon

from cnncourse.blueprints import count_layers
from cnncourse.layer_plots import show_bends, show_connections, show_network, stages
from cnncourse.layers import convolution_matrix
from cnncourse.nonlinearities import ACTIVATIONS
from cnncourse.style import alternative_text

ALT = "five functions, and below each its slope"
LAYERS = [{"kind": "convolution", "kernel": 5}, {"kind": "activation"}, {"kind": "pooling"}, {"kind": "flatten"}]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_layers_that_leave_the_shape_alone_are_not_drawn():
    names = [name for name, _ in stages(count_layers((1, 12, 16), LAYERS))]
    assert names == ["input", "convolution", "pooling", "flatten"]


def test_faces_are_to_scale():
    ax = show_network(count_layers((1, 12, 24), [{"kind": "pooling"}]))
    faces = [patch.get_xy() for patch in ax.patches if isinstance(patch, Polygon)][2::3]
    sizes = [np.ptp(corners, axis=0) for corners in faces]
    assert sizes[0] == pytest.approx([1, 0.5])
    assert sizes[1] == pytest.approx([0.5, 0.25])


def test_the_figure_says_the_shapes_in_words():
    ax = show_network(count_layers((1, 12, 16), LAYERS))
    assert "convolution: 6 × 8 × 12; pooling: 6 × 4 × 6; flatten: 144" in alternative_text(ax.figure)


def test_connections_are_as_many_as_weights_and_equal_weights_share_a_colour():
    ax = show_connections(convolution_matrix([[1, 2, 3]], (1, 8)), missing=False)
    colours = [to_hex(line.get_color()) for line in ax.lines]
    assert len(colours) == 18
    assert sorted(colours.count(colour) for colour in set(colours)) == [6, 6, 6]


def test_missing_connections_are_hinted_at_below_the_others():
    ax = show_connections(convolution_matrix([[1, 2, 3]], (1, 8)))
    assert len(ax.lines) == 48
    assert sum(line.get_zorder() == 2 for line in ax.lines) == 18
    assert "18 lines between them, with 3 different weights" in alternative_text(ax.figure)


def test_every_bend_stands_alone_before_the_others_with_its_slope_below():
    values = np.array([-2.0, -0.5, 1.0, 3.0])
    axes = show_bends(ACTIVATIONS, values, alt=ALT)
    assert axes.shape == (2, 5)
    for (above, below), (name, bend) in zip(axes.T, ACTIVATIONS.items(), strict=True):
        assert above.get_title() == name
        for ax, expected in ((above, bend.function(values)), (below, bend.derivative(values))):
            assert len(ax.lines) == 6
            assert np.array_equal(ax.lines[-1].get_ydata(), expected)
            assert ax.lines[-1].get_linewidth() > ax.lines[0].get_linewidth()
    assert axes[0, 0].get_ylim() == axes[0, 4].get_ylim()
    assert alternative_text(axes[0, 0].figure) == ALT
