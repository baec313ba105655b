"""Tests of the figures of lesson 10: boxes, grids, rounds, curves, and colours of pixels."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.applications.boxes import rounds
from cnncourse.applications.precision import average_precision, precision_recall
from cnncourse.detection_plots import FOUND, TRUE, WRONG, show_boxes, show_grid, show_rounds, show_scenes
from cnncourse.mask_plots import COLOURS, coloured_classes, coloured_objects, names_of_masks, show_masks
from cnncourse.precision_plots import show_overlap, show_precision_recall
from cnncourse.style import alternative_text

PICTURE = np.random.default_rng(1).random((24, 40))
BOXES = [[2, 12, 12, 22], [20, 1, 38, 9]]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def frames(ax: plt.Axes) -> list[tuple[float, float, float, float]]:
    """Return the frames as left, top, right, bottom, with pixels as squares around whole numbers."""
    return [
        (p.get_x() + 0.5, p.get_y() + 0.5, p.get_x() + p.get_width() + 0.5, p.get_y() + p.get_height() + 0.5)
        for p in ax.patches
    ]


def texts(ax: plt.Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_a_frame_runs_along_the_outer_edges_of_its_pixels():
    ax = show_boxes(PICTURE, BOXES, ["7", "face"])
    assert frames(ax) == [tuple(map(float, box)) for box in BOXES]
    assert texts(ax) == ["7", "face"]
    assert_allclose(ax.images[0].get_array(), PICTURE)


def test_a_name_stands_above_its_box_or_inside_where_there_is_no_room():
    ax = show_boxes(PICTURE, BOXES, ["7", "face"])
    assert [text.get_va() for text in ax.texts] == ["bottom", "top"]


def test_each_box_may_have_a_look_of_its_own():
    ax = show_boxes(PICTURE, BOXES, colour=[FOUND, WRONG], line=["-", ":"])
    assert [to_hex(p.get_edgecolor()).upper() for p in ax.patches] == [FOUND, WRONG]
    assert [p.get_linestyle() for p in ax.patches] == ["-", ":"]
    assert texts(ax) == []


def test_no_boxes_are_a_picture():
    assert not show_boxes(PICTURE, np.zeros((0, 4))).patches


def test_scenes_stand_in_rows_with_true_boxes_broken():
    found = [(BOXES, ["7", "face"]), (BOXES[:1], ["7"]), ([], [])]
    axes = show_scenes(
        [PICTURE] * 3, found, truth=[BOXES] * 3, titles=["a", "b", "c"], columns=2, alt="Three scenes with boxes."
    )
    assert axes.shape == (2, 2)
    assert not axes[1, 1].axison
    assert [len(ax.patches) for ax in axes.flat] == [4, 3, 2, 0]
    assert [p.get_linestyle() for p in axes[0, 1].patches] == ["--", "--", "-"]
    assert to_hex(axes[0, 1].patches[0].get_edgecolor()).upper() == TRUE
    assert alternative_text(axes[0, 0].figure) == "Three scenes with boxes."


def test_the_grid_writes_a_number_into_each_cell_that_says_something():
    values = np.zeros((3, 5))
    values[1, 4], values[2, 0], values[0, 0] = 1.0, 0.52, 0.04
    ax = show_grid(PICTURE, values)
    assert len(ax.patches) == 15
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [("1", (35.5, 11.5)), (".52", (3.5, 19.5))]


def test_rounds_are_told_one_a_panel():
    boxes, scores = [[0, 0, 10, 10], [1, 0, 11, 10], [20, 5, 30, 20]], [0.7, 0.9, 0.6]
    names = [f"{score:.2f}" for score in scores]
    axes = show_rounds(PICTURE, boxes, names, rounds(boxes, scores), alt="Three boxes become two in two rounds.")
    assert [ax.get_title() for ax in axes.flat] == ["3 boxes", "round 1 drops 1", "round 2 drops 0"]
    assert [texts(ax) for ax in axes.flat] == [[], ["0.90"], ["0.60"]]
    assert [[p.get_linestyle() for p in ax.patches] for ax in axes.flat] == [["-"] * 3, ["-", ":", "-"], ["--", "-"]]
    last = [to_hex(p.get_edgecolor()).upper() for p in axes[0, 2].patches]
    assert last == [TRUE, FOUND], "kept before, and kept now; what was dropped is gone"
    (legend,) = axes[0, 0].figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["waits", "kept now", "dropped", "kept before"]


def test_rounds_go_on_in_the_next_row():
    boxes = [[0, 0, 5, 5], [10, 0, 15, 5], [20, 0, 25, 5]]
    axes = show_rounds(
        PICTURE,
        boxes,
        ["a", "b", "c"],
        rounds(boxes, [0.9, 0.8, 0.7]),
        columns=3,
        alt="Three boxes far apart, kept one after the other.",
    )
    assert axes.shape == (2, 3)
    assert [bool(ax.axison) for ax in axes.flat] == [True] * 4 + [False] * 2
    assert texts(axes[1, 0]) == ["c"]


def test_boxes_on_squared_paper_have_a_line_for_each_pixel():
    ax = show_overlap((1, 1, 6, 5), (3, 2, 9, 6))
    assert ax.get_xlim() == (0, 10)
    assert ax.get_ylim() == (7, 0), "down is down"
    assert "(3, 2) to (9, 6)" in alternative_text(ax.figure)


def test_the_area_under_the_drawn_curve_is_the_average_precision():
    curve = precision_recall([True, False, True, True, False], [0.9, 0.8, 0.7, 0.6, 0.5], 4)
    ax = show_precision_recall({"five": curve}, filled=True)
    right, up = ax.lines[0].get_data()
    area = sum((b - a) * height for a, b, height in zip(right[:-1], right[1:], up[1:], strict=True))
    assert area == pytest.approx(average_precision(curve))
    assert ax.get_xlim() == (0, 1)
    assert_allclose(ax.lines[1].get_xdata(), curve.recall)
    nothing = show_precision_recall({"nothing found": precision_recall([], [], 3)}).lines[0]
    assert nothing.get_ydata().tolist() == [0.0]


def test_lines_are_told_apart_without_colour():
    curves = {str(at): precision_recall([True, at > 1], [0.9, 0.8], 3) for at in range(3)}
    ax = show_precision_recall(curves)
    assert len({line.get_linestyle() for line in ax.lines}) == 3


def test_the_ground_keeps_its_grey_and_each_class_has_its_colour():
    classes = np.zeros((24, 40), int)
    classes[3:9, 5:30], classes[10:20, 5:30] = 1, 12
    painted = coloured_classes(PICTURE, classes)
    assert painted.shape == (24, 40, 3)
    assert_allclose(painted[0, 0], PICTURE[0, 0] / 2)
    assert np.abs(painted[4, 6] - COLOURS[0]).max() < 0.16
    assert np.abs(painted[12, 6] - COLOURS[11]).max() < 0.16
    assert len(np.unique(COLOURS, axis=0)) == 12


def test_of_two_objects_the_surer_lies_on_top():
    masks = np.zeros((2, 24, 40), bool)
    masks[0, 2:10, 2:10], masks[1, 5:20, 5:20] = True, True
    expected = np.where(masks[0], 1, np.where(masks[1], 2, 0))
    assert_array_equal(coloured_objects(PICTURE, masks), coloured_classes(PICTURE, expected))


def test_a_name_stands_on_a_pixel_of_its_object():
    ring = np.zeros((9, 12), bool)
    ring[1:8, 2:11] = True
    ring[3:6, 4:9] = False
    ((right, down, name),) = names_of_masks([ring, np.zeros_like(ring)], ["0", "nothing"])
    assert name == "0"
    assert ring[int(down), int(right)]


def test_rows_of_masks_have_names_at_the_left():
    axes = show_masks(
        [("truth", [PICTURE] * 3), ("found", [PICTURE] * 3)],
        names=[[[(4.0, 7.0, "7")], [], []], [[], [], []]],
        alt="Two rows of three pictures each.",
    )
    assert axes.shape == (2, 3)
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["truth", "found"]
    assert texts(axes[0, 0]) == ["7"]
    assert alternative_text(axes[0, 0].figure) == "Two rows of three pictures each."
