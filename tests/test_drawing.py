"""Strokes, pixels, and MNIST's way to centre and scale: hand values, Pillow's filter, and the genuine digits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from cnncourse.datasets import DataMissing, mnist
from cnncourse.drawing import centre_as_mnist, rasterise, resize
from cnncourse.scripted_digits import scripted_digits

HOOK = [[[4.2, 3.1], [9.7, 12.9], [21.3, 15.5]]]  # nothing about it is symmetric


def centre_of_mass(picture: np.ndarray) -> np.ndarray:
    return np.array([(places * picture).sum() / picture.sum() for places in np.indices(picture.shape)])


def longer_side(picture: np.ndarray) -> int:
    return max(int(np.ptp(places)) + 1 for places in np.nonzero(picture))


# --- strokes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [(20, 7), (20.3, 18.9), (5.5, 21)])
def test_a_line_has_the_ink_of_a_bar_with_two_half_discs(end):
    start, pen = (5.5, 7), 2.6
    expected = pen * np.hypot(end[0] - start[0], end[1] - start[1]) + np.pi * (pen / 2) ** 2  # pixels
    assert rasterise([[start, end]], pen=pen).sum() / 16 == pytest.approx(expected, rel=0.005)


def test_a_point_is_a_dot_of_the_pens_width():
    ink = rasterise([[(9, 4)]], pen=5)
    assert_allclose(centre_of_mass(ink), (4 * 4 - 0.5, 9 * 4 - 0.5))  # row 4, column 9, in fine pixels
    assert ink.sum() / 16 == pytest.approx(np.pi * 2.5**2, rel=0.01)


def test_strokes_that_cross_are_no_darker_and_their_order_does_not_matter():
    one, other = HOOK[0], [[4, 20], [18, 2]]
    ink = rasterise([one, other])
    assert ink.max() == 1
    assert_array_equal(ink, rasterise([other, one]))
    assert_array_equal(ink, np.maximum(rasterise([one]), rasterise([other])))


def test_what_leaves_the_sheet_is_lost():
    assert rasterise([[(-50, 3), (-40, 3)], [(3, 90)]]).sum() == 0
    assert_array_equal(rasterise([[(-9, 7), (60, 7)]], pen=2)[4 * 7 - 4 : 4 * 7 + 4], 1)


def test_an_empty_sheet_has_no_ink():
    assert_array_equal(rasterise([]), np.zeros((112, 112)))


@pytest.mark.parametrize(
    ("strokes", "pen", "message"),
    [
        ([[(1, 2, 3)]], 2, r"points \(x, y\).*got shape \(1, 3\)"),
        ([[(1, np.nan)]], 2, "finite"),
        ([[]], 2, r"got shape \(0,\)"),
        (HOOK, 0, "wider than 0 pixels, got 0"),
        (HOOK, np.nan, "wider than 0 pixels, got nan"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_advice(strokes, pen, message):
    with pytest.raises(ValueError, match=message):
        rasterise(strokes, pen=pen)


# --- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(5, 9), (31, 4), (8, 8), (40, 33), (13, 17)])
def test_resizing_is_the_bilinear_filter_of_pillow(size):
    picture = np.random.default_rng(4).random((13, 17))
    pillow = Image.fromarray(picture.astype(np.float32)).resize(size[::-1], Image.Resampling.BILINEAR)
    assert_allclose(resize(picture, *size), np.asarray(pillow), atol=1e-6)


def test_the_same_size_changes_nothing():
    picture = np.random.default_rng(5).random((7, 4))
    assert_array_equal(resize(picture, 7, 4), picture)


# --- as MNIST ---------------------------------------------------------------------------------------------------------


def test_every_digit_of_mnist_is_left_as_it_is():
    try:
        digits = mnist("test").images[:2000].astype(float)
    except DataMissing:
        pytest.skip("MNIST is not at hand: cnncourse data fetch mnist")
    for digit in digits:
        assert_array_equal(centre_as_mnist(digit), digit)


def test_small_and_off_centre_becomes_large_and_central():
    ink = rasterise([[[2, 3], [4, 9], [7, 9]]], pen=1)
    centred = centre_as_mnist(ink)
    assert longer_side(ink) / 4 < 9
    assert longer_side(centred) == 20
    assert_allclose(centre_of_mass(centred), (14, 14), atol=0.5)


def test_the_aspect_ratio_is_kept():
    bar = np.zeros((30, 50))
    bar[3:13, 40:44] = 1
    rows, columns = np.nonzero(centre_as_mnist(bar))
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 8)


@pytest.mark.parametrize("move", [(0, 5), (3, -4), (-2, 2)])
def test_where_it_stood_makes_no_difference(move):
    picture = np.zeros((60, 70))
    picture[20:40, 25:37] = np.random.default_rng(1).random((20, 12))
    assert_array_equal(centre_as_mnist(np.roll(picture, move, axis=(0, 1))), centre_as_mnist(picture))


def test_the_heavier_end_draws_the_digit_over():
    club = rasterise([[[14, 4], [14, 20]], [[12, 20], [16, 20], [14, 22]]], pen=2)
    rows = np.nonzero(centre_as_mnist(club))[0]
    assert rows.min() < 27 - rows.max()  # more room below than above


def test_scripted_digits_stand_as_mnist_has_them():
    for drawing in scripted_digits()[::7]:
        centred = centre_as_mnist(rasterise(drawing.strokes, pen=drawing.pen))
        assert_allclose(centre_of_mass(centred), (14, 14), atol=0.51)
        assert longer_side(centred) <= 20


def test_nothing_stays_nothing():
    assert_array_equal(centre_as_mnist(np.zeros((9, 5))), np.zeros((28, 28)))


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((28, 28, 3)), r"got shape \(28, 28, 3\)"),
        (np.full((4, 5), -0.1), "below 0"),
        (np.full((4, 5), np.nan), "NaN"),
    ],
)
def test_what_is_no_drawing_is_refused_with_advice(picture, message):
    with pytest.raises(ValueError, match=message):
        centre_as_mnist(picture)
