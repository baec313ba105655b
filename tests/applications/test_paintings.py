"""The paintings: of the size asked for, the same for the same seed, and each in a manner of its own."""

from __future__ import annotations

import numpy as np
import pytest

from cnncourse.applications.paintings import GLASS, PAINTERS, flow, painting


@pytest.mark.parametrize("name", list(PAINTERS))
def test_a_painting_has_the_size_asked_for_and_many_colours_in_range(name):
    image = painting(name, (37, 52))
    assert image.shape == (37, 52, 3)
    assert 0 <= image.min() < 0.2 < 0.7 < image.max() <= 1
    assert image.std(axis=(0, 1)).min() > 0.05


@pytest.mark.parametrize("name", list(PAINTERS))
def test_the_seed_decides(name):
    assert np.array_equal(painting(name, (32, 40), seed=3), painting(name, (32, 40), seed=3))
    assert not np.array_equal(painting(name, (32, 40), seed=3), painting(name, (32, 40), seed=4))


def test_squares_have_upright_edges_and_strokes_have_all():
    def slanted(image):
        down, right = (np.abs(np.diff(image.mean(axis=2), axis=axis)) for axis in (0, 1))
        both = (down[:, :-1] > 0.1) & (right[:-1] > 0.1)
        either = (down[:, :-1] > 0.1) | (right[:-1] > 0.1)
        return both.sum() / either.sum()

    assert slanted(painting("squares")) < 0.15 < slanted(painting("strokes"))


def test_panes_are_coloured_in_black_lead():
    image = painting("glass", (96, 128))
    assert 0.05 < (image.max(axis=2) < 0.1).mean() < 0.4
    most = np.array(GLASS).max() / 255 + 0.02
    assert image.max() <= most + 1e-9


def test_strokes_run_round_a_turn_at_right_angles_to_its_middle():
    size = (200, 300)
    row, column = 0.30 * 200, 0.32 * 300  # the first turn
    down, right = flow(np.array([row, row - 20]), np.array([column + 20, column]), size)
    assert down[0] > 0.9  # to its right, downwards: clockwise
    assert right[1] > 0.9  # above it, to the right
    np.testing.assert_allclose(np.hypot(down, right), 1)


def test_an_unknown_painting_and_a_size_without_room_are_refused():
    with pytest.raises(ValueError, match="out of strokes, glass, squares, got 'waves'"):
        painting("waves")
    with pytest.raises(ValueError, match=r"16 pixels or more each way, got \(15, 99\)"):
        painting("glass", (15, 99))
