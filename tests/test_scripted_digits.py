"""Drawings made by script, and how many of them the shipped LeNet-5 reads."""

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.drawing import centre_as_mnist, rasterise, resize
from cnncourse.lenet import run
from cnncourse.scripted_digits import MANNERS, curve, scripted_digits
from cnncourse.weights import weights_arrays

DRAWINGS = scripted_digits()
MEANT = np.array([drawing.digit for drawing in DRAWINGS])
INK = [rasterise(drawing.strokes, pen=drawing.pen) for drawing in DRAWINGS]


def share_read(pictures) -> float:
    """Return the share that is read as meant."""
    return float(np.mean(run(weights_arrays("lenet5"), np.array(pictures)).digits == MEANT))


def test_all_ten_digits_are_drawn_in_every_manner_and_twice():
    assert Counter((drawing.digit, drawing.manner) for drawing in DRAWINGS) == dict.fromkeys(
        [(digit, manner) for digit in range(10) for manner in MANNERS], 2
    )
    assert {"thin", "thick", "slanted to the left", "small, top left"} <= set(MANNERS)


def test_they_are_the_same_every_time():
    assert scripted_digits() == DRAWINGS


def test_no_two_are_alike_and_all_lie_on_the_sheet():
    assert len({ink.tobytes() for ink in INK}) == len(DRAWINGS)
    points = np.vstack([stroke for drawing in DRAWINGS for stroke in drawing.strokes])
    assert points.min() > 0
    assert points.max() < 28


def test_the_curve_passes_through_its_points_without_a_corner():
    points = np.array([(0, 0), (3, 7), (8, 2), (9, 9)])
    line = curve(points)
    assert_allclose(line[::12], points)
    turns = np.diff(np.diff(line, axis=0), axis=0)
    assert np.abs(turns).max() < 0.25


def test_centred_as_mnist_at_least_95_in_100_are_read():
    assert share_read([centre_as_mnist(ink) for ink in INK]) >= 0.95


def test_left_where_they_stand_one_in_seven_or_more_is_misread():
    assert share_read([resize(ink, 28, 28) for ink in INK]) <= 0.86


@pytest.mark.parametrize("manner", ["small, top left", "small, bottom right"])
def test_small_ones_in_a_corner_are_read_only_if_they_are_centred(manner):
    here = [drawing.manner == manner for drawing in DRAWINGS]
    pictures = [[way(ink) for ink in INK] for way in (centre_as_mnist, lambda ink: resize(ink, 28, 28))]
    centred, left = (run(weights_arrays("lenet5"), np.array(one)[here]).digits == MEANT[here] for one in pictures)
    assert centred.mean() >= 0.95
    assert left.mean() <= 0.3
