"""Figures of lesson 06 that show how networks are wired: what is drawn, and what is said of it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.patches import Rectangle

from cnncourse.lenet_plots import show_dense_network, show_joined_maps, show_steps_of_two
from cnncourse.models import LeNet1989
from cnncourse.style import alternative_text


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_in_a_dense_network_every_unit_is_joined_with_all_of_the_next_row():
    ax = show_dense_network({"inputs": 4, "hidden": 3, "outputs": 2})
    assert len(ax.lines) == 4 * 3 + 3 * 2
    assert [len(circles.get_offsets()) for circles in ax.collections] == [4, 3, 2]


def test_of_a_long_row_a_few_units_are_drawn_and_dots_stand_for_the_rest():
    ax = show_dense_network({"pixels": 784, "outputs": 5})
    assert [len(circles.get_offsets()) for circles in ax.collections] == [6, 5]
    assert len(ax.lines) == 6 * 5
    words = [text.get_text() for text in ax.texts]
    assert words == ["⋮", "784 pixels", "5 outputs"]
    assert "784 pixels, 5 outputs" in alternative_text(ax.figure)


def squares(ax: plt.Axes) -> list[tuple[tuple[float, float], float]]:
    return [(patch.get_xy(), patch.get_width()) for patch in ax.patches if isinstance(patch, Rectangle)]


def test_two_neighbouring_units_look_at_windows_two_pixels_apart():
    picture, units = show_steps_of_two(16, 5, (2, 1), unit=(3, 5))
    assert squares(units) == [((5, 3), 1), ((6, 3), 1)]
    assert squares(picture) == [((8, 4), 5), ((10, 4), 5)]
    assert "8 × 8 units" in alternative_text(picture.figure)


def test_the_windows_are_those_that_the_network_of_1989_computes_with():
    layer, blank = LeNet1989().H1, np.zeros((1, 1, 16, 16), dtype=np.float32)
    before = layer(torch.from_numpy(blank))
    column, row = squares(show_steps_of_two(16, 5, (2, 1), unit=(3, 5))[0])[1][0]
    dotted = blank.copy()
    dotted[0, 0, row + 4, column + 4] = 1  # the last pixel of the right window
    changed = (layer(torch.from_numpy(dotted)) != before).any(1)[0]
    assert changed[3, 6]
    assert not changed[:3].any()
    assert not changed[:, :6].any()


def test_without_a_frame_the_map_is_smaller():
    _, units = show_steps_of_two(16, 5, (0, 0))
    assert units.get_title() == "one map: 6 × 6 units"
    assert torch.nn.Conv2d(1, 1, 5, stride=2)(torch.zeros(1, 16, 16)).shape == (1, 6, 6)


def test_a_unit_without_a_right_neighbour_is_refused():
    with pytest.raises(ValueError, match=r"map of 8 × 8, got \(2, 7\)"):
        show_steps_of_two(16, 5, (2, 1), unit=(2, 7))


def test_the_table_of_maps_has_a_dark_cell_for_each_that_is_looked_at():
    ax = show_joined_maps([[0, 2], [1, 2], [0, 3]], maps=4)
    drawn = np.asarray(ax.collections[0].get_array()).reshape(4, 3)
    assert drawn.tolist() == [[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["1", "2", "3", "4"]
    assert "4 rows and 3 columns; 2 cells of each column" in alternative_text(ax.figure)
