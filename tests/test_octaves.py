"""The sizes of a dream, and pictures brought to them."""

import pytest
import torch

from cnncourse._octaves import octave_sizes, resized


@pytest.mark.parametrize(
    ("size", "octaves", "least", "expected"),
    [
        ((60, 90), 1, 1, [(60, 90)]),
        ((60, 90), 3, 1, [(27, 40), (40, 60), (60, 90)]),
        ((60, 90), 3, 30, [(40, 60), (60, 90)]),
        ((60, 90), 3, 500, [(60, 90)]),
        ((1, 3), 4, 1, [(1, 2), (1, 3)]),
    ],
)
def test_sizes_grow_to_the_pictures_own_and_small_ones_are_left_out(size, octaves, least, expected):
    assert octave_sizes(size, octaves, 1.5, least=least) == expected


def test_an_even_picture_stays_even_up_and_down():
    even = torch.full((2, 3, 12, 17), 0.25)
    for size in ((5, 7), (30, 41), (12, 17)):
        assert resized(even, size).shape == (2, 3, *size)
        assert torch.allclose(resized(even, size), torch.tensor(0.25))


def test_going_down_averages_where_picking_pixels_would_make_up_a_pattern():
    stripes = torch.tensor([0.0, 1.0]).repeat(20).expand(1, 1, 40, 40)
    assert (resized(stripes, (20, 20))[..., 1:-1] - 0.5).abs().max() < 0.01
