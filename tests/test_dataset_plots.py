"""Tests of the contact sheet: which picture stands where, its names and counts, and what is refused."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse.dataset_plots import contact_sheet, show_contact_sheet
from cnncourse.datasets import load

GREY = np.arange(5, dtype=np.float32).reshape(5, 1, 1, 1) / 10 * np.ones((1, 1, 2, 3), np.float32)
LABELS = [1, 0, 1, 1, 2]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_each_class_has_a_row_with_its_first_pictures_and_white_between_them():
    sheet = contact_sheet(GREY, LABELS, classes=3, each=2)
    assert sheet.shape == (2 + 1 + 2 + 1 + 2, 3 + 1 + 3)
    assert_array_equal(sheet[[0, 3, 6], 0], np.float32([0.1, 0.0, 0.4]))
    assert_array_equal(sheet[[0, 3, 6], 4], np.float32([1.0, 0.2, 1.0]))  # one picture only, the second, none
    assert_array_equal(sheet[:, 3], np.ones(8))
    assert_array_equal(sheet[2], np.ones(7))


def test_colour_pictures_keep_their_colours_and_their_height_and_width():
    images = np.zeros((2, 3, 4, 20), np.float32)
    images[1, 2] = 0.5  # blue
    sheet = contact_sheet(images, [0, 1], classes=2, each=1)
    assert sheet.shape == (4 + 1 + 4, 20, 3)
    assert sheet[5, 19].tolist() == [0, 0, 0.5]


def test_the_figure_names_each_class_and_counts_all_of_its_pictures():
    ax = show_contact_sheet(GREY, LABELS, ("cat", "dog", "owl"), each=2)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat  (1)", "dog  (3)", "owl  (1)"]
    assert ax.get_yticks().tolist() == [0.5, 3.5, 6.5]  # the middle of each row
    assert ax.figure.text_alternative == (
        "A contact sheet, a class a row, with the number of its pictures: cat (1), dog (3), owl (1). "
        "Up to 2 are shown each."
    )


def test_tensors_are_taken_as_they_are_and_an_axes_can_be_given():
    data = load("faces", "test")
    given = plt.subplots()[1]
    ax = show_contact_sheet(data.images, data.labels, data.classes, given, each=3)
    assert ax is given
    (shown,) = ax.get_images()
    assert_array_equal(np.asarray(shown.get_array())[:25, :25], data.images[data.labels == 0][0, 0])


def test_a_class_without_pictures_is_an_empty_row_and_counts_none():
    ax = show_contact_sheet(GREY[:1], [1], ("cat", "dog"), each=1)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat  (0)", "dog  (1)"]


@pytest.mark.parametrize(
    ("images", "labels", "options", "message"),
    [
        (GREY[:, 0], LABELS, {}, r"got \(5, 2, 3\) and \(5,\); try: images\[:, None\]"),
        (GREY, LABELS[:4], {}, r"got \(5, 1, 2, 3\) and \(4,\)"),
        (np.zeros((5, 2, 4, 4)), LABELS, {}, r"\(n, 1 or 3, height, width\)"),
        (GREY, [1, 0, 1, 3, 2], {}, "labels from 0 to 2, a class each, got 3 among them"),
        (GREY, [1, 0, 1, -1, 2], {}, "got -1 among them"),
        (GREY, LABELS, {"each": 0}, "1 picture of each class or more, got 0"),
    ],
)
def test_what_makes_no_sheet_is_refused_with_what_came(images, labels, options, message):
    with pytest.raises(ValueError, match=message):
        show_contact_sheet(images, labels, ("cat", "dog", "owl"), **options)
