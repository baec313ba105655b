"""The latent explorer: what it shows, what it says, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse.applications.digit_generator import DigitGenerator, decoder_of
from cnncourse.models import fresh
from cnncourse.widgets import LatentExplorer
from cnncourse.widgets.latent_explorer import TILES, arrays, nearest

DECODER = fresh(lambda: decoder_of(3), seed=4)
POINTS = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, -2.0, 1.0]]


def drawn(place):
    with torch.no_grad():
        return DECODER(torch.tensor([place])).sigmoid()[0, 0].numpy()


def test_the_digit_is_the_one_that_the_decoder_draws_at_the_place():
    explorer = LatentExplorer(DECODER, place=[0.5, -1.0, 0.25])
    assert_allclose(explorer.digit, drawn([0.5, -1.0, 0.25]), atol=1e-6)
    explorer.place = [-2.0, 0.0, 1.0]
    assert_allclose(explorer.digit, drawn([-2.0, 0.0, 1.0]), atol=1e-6)


def test_on_the_plane_the_first_number_grows_to_the_right_and_the_second_upwards():
    explorer = LatentExplorer(DECODER, place=[0.0, 0.0, 0.7], reach=1.8)
    plane = arrays(explorer.weights, explorer.place, reach=1.8)["plane"]
    assert plane.shape == (TILES * 28, TILES * 28)
    assert_allclose(plane[-28:, :28], drawn([-1.6, -1.6, 0.7]), atol=1e-6)
    assert_allclose(plane[:28, -56:-28], drawn([1.2, 1.6, 0.7]), atol=1e-6)


def test_the_nearest_points_come_first_and_of_equals_the_first():
    points = [[1.0, 0.0], [0.0, 3.0], [0.0, 1.0], [-1.0, 0.0]]
    assert nearest(points, [0.0, 0.0], 3).tolist() == [0, 2, 3]


def test_it_says_where_it_is_and_which_known_digits_are_near():
    explorer = LatentExplorer(DECODER, POINTS, [7, 1, 4])
    assert explorer.description == (
        "A digit drawn at the place 0.00, 0.00, 0.00 of 3 latent numbers. The nearest known digits are 7, 1, 4."
    )
    explorer.place = [0.0, -1.5, 1.0]
    assert "place 0.00, −1.50, 1.00 of" in explorer.description
    assert explorer.description.endswith("are 4, 7, 1.")


def test_the_still_picture_frames_the_place():
    panels = LatentExplorer(DECODER, place=[0.0, 1.35, 0.0]).panels()
    assert [panel.title for panel in panels] == ["The latent plane", "Drawn here"]
    row, column, height, width = panels[0].mark
    assert (row + height / 2, column + width / 2) == (63, 126)  # half-way up, in the middle


def test_a_whole_generator_will_do():
    assert LatentExplorer(DigitGenerator(2)).place == [0.0, 0.0]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((nn.Linear(2, 784),), {}, "a decoder as decoder_of makes it"),
        ((decoder_of(1),), {}, "2 to 8 latent numbers, got 1"),
        ((decoder_of(9),), {}, "2 to 8 latent numbers, got 9"),
        ((DECODER, POINTS, [7, 1]), {}, r"got shape \(3, 3\) and 2 labels"),
        ((DECODER, np.eye(2), [7, 1]), {}, r"points of shape \(n, 3\)"),
        ((DECODER,), {"place": [1.0, 2.0]}, "a place of 3 finite numbers"),
        ((DECODER,), {"place": [1.0, 2.0, np.nan]}, "finite"),
        ((DECODER,), {"reach": 0.0}, "reach above 0"),
    ],
)
def test_what_it_cannot_show_is_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        LatentExplorer(*arguments, **options)
