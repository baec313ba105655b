"""Figures of lesson 02: what is drawn of a step and of places, and what is said of it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from cnncourse.kernels import read_matrix
from cnncourse.step_plots import show_places, show_step, show_to_scale
from cnncourse.steps import step_at

IMAGE = read_matrix("1 2 3 4 / 5 6 7 8 / 9 1 2 3")  # 3 rows, 4 columns
KERNEL = read_matrix("1 0 / 2 -1")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_the_picture_of_a_step_marks_the_window_under_the_kernel():
    axes = show_step(step_at(IMAGE, KERNEL, 1, 2))
    (window,) = axes[0].patches
    assert (window.get_x(), window.get_y(), window.get_width(), window.get_height()) == (1.5, 0.5, 2, 2)


def test_the_picture_of_a_step_says_its_sum():
    assert show_step(step_at(IMAGE, KERNEL, 1, 2))[2].get_xlabel() == "sum 8"


def test_an_empty_cell_of_the_output_shows_no_number():
    axes = show_step(step_at(IMAGE, KERNEL, 0, 1))
    assert [text.get_text() for text in axes[3].texts] == ["5", "7"]


def test_a_step_is_told_in_words_with_its_numbers():
    told = show_step(step_at(IMAGE, KERNEL, 1, 2))[0].figure.text_alternative
    assert "products are (7 0; 4 −3); their sum, 8, fills cell (1, 2)" in told
    assert "number 6 of 6" in told


def test_cells_of_matrices_drawn_to_scale_are_equally_large():
    axes = show_to_scale(IMAGE, KERNEL, titles=["image", "kernel"], alt="An image and a smaller kernel")
    axes[0].figure.canvas.draw()
    wide, narrow = (ax.get_window_extent().width / n for ax, n in zip(axes, (4, 2), strict=True))
    assert wide == pytest.approx(narrow, rel=0.05)


def test_a_drawing_of_places_has_one_bar_for_each_and_says_how_many():
    ax = show_places(7, 3, stride=2, padding=1)
    bars = [patch for patch in ax.patches if patch.get_width() == 3]
    assert [bar.get_x() for bar in bars] == [-1, 1, 3, 5]
    assert "4 places with stride 2" in ax.figure.text_alternative


def test_the_bars_of_places_are_numbered_so_that_they_need_not_be_counted():
    ax = show_places(7, 3, stride=2)
    assert [text.get_text() for text in ax.texts][7:] == ["1", "2", "3"]
