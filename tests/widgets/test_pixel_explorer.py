"""Tests of the pixel explorer's Python side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.challenges import CHALLENGES, challenge
from cnncourse.widgets import PixelExplorer
from cnncourse.widgets.pixel_explorer import arithmetic, arrays

IMAGE = np.array([[0.0, 0.25, 0.5], [0.75, 1.0, 0.1]])


def test_contrast_moves_away_from_mid_grey_and_brightness_is_added():
    assert_allclose(arithmetic(IMAGE, contrast=2, brightness=0.1), [[0, 0.1, 0.6], [1, 1, 0]], atol=1e-12)


def test_a_negative_is_mirrored_by_rows_or_columns():
    assert_array_equal(arithmetic(IMAGE, invert=True, flip="up-down"), 1 - IMAGE[::-1])
    assert_array_equal(arithmetic(IMAGE, flip="left-right"), IMAGE[:, ::-1])


def test_challenges_come_before_arithmetic():
    shown = arrays(IMAGE, occlusion=1.0, invert=True)
    assert_array_equal(shown["changed"], 1 - challenge(IMAGE, "occlusion", 1.0))


def test_channels_are_taken_from_colour_and_distance_is_of_all_three():
    colour = np.stack([IMAGE, 1 - IMAGE, IMAGE * 0], axis=2)
    shown = arrays(colour, channel="green", invert=True)
    assert_array_equal(shown["original"], 1 - IMAGE)
    assert_allclose(shown["distance"], np.abs(1 - 2 * colour).mean())


@pytest.mark.parametrize("name", list(CHALLENGES))
def test_every_challenge_moves_the_pixels_while_the_label_stays(name: str):
    explorer = PixelExplorer(np.random.default_rng(3).random((20, 31)), label="noise")
    setattr(explorer, name, 0.7)
    assert explorer.distance > 0
    assert explorer.label == "noise"
    assert f"{name} 0.7" in explorer.description


@pytest.mark.parametrize("amount", [-0.1, 1.5])
def test_an_amount_outside_0_to_1_is_refused(amount: float):
    with pytest.raises(ValueError, match="from 0"):
        PixelExplorer(IMAGE).clutter = amount


@pytest.mark.parametrize(
    ("image", "bounds"),
    [
        (np.array([[7.0]]), (0, 7)),
        (np.full((2, 3), np.nan), (0, 1)),
        (np.array([[-2.0, 1.0]]), (-2, 2)),
        (np.full((2, 3, 4), 65535, dtype=np.uint16), (0, 1)),
    ],
)
def test_unusual_pictures_are_shown_within_their_range(image: Any, bounds: tuple[float, float]):
    explorer = PixelExplorer(image)
    assert explorer.range == bounds
    assert "text/html" in explorer._repr_mimebundle_()[0]
