"""Tests of single steps of a sliding kernel, and of the places where it stops."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse.convolution import correlate_loops
from cnncourse.kernels import read_matrix
from cnncourse.steps import places, show_places, show_step, show_to_scale, step_at

IMAGE = read_matrix("1 2 3 4 / 5 6 7 8 / 9 1 2 3")  # 3 rows, 4 columns
KERNEL = read_matrix("1 0 / 2 -1")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


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


def test_places_begin_in_the_frame_when_there_is_one():
    assert list(places(6, 4, stride=2, padding=2)) == [-2, 0, 2, 4]


def test_every_place_lies_inside_the_frame_and_one_more_would_not():
    for size, kernel, stride, padding in [(7, 3, 1, 0), (8, 3, 3, 1), (5, 5, 4, 2), (9, 2, 2, 0)]:
        last = places(size, kernel, stride=stride, padding=padding)[-1]
        assert last + kernel <= size + padding < last + stride + kernel


def test_a_drawing_of_places_has_one_bar_for_each_and_says_how_many():
    ax = show_places(7, 3, stride=2, padding=1)
    bars = [patch for patch in ax.patches if patch.get_width() == 3]
    assert [bar.get_x() for bar in bars] == [-1, 1, 3, 5]
    assert "4 places with stride 2" in ax.figure.text_alternative


def test_the_bars_of_places_are_numbered_so_that_they_need_not_be_counted():
    ax = show_places(7, 3, stride=2)
    assert [text.get_text() for text in ax.texts][7:] == ["1", "2", "3"]
