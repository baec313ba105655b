"""Neighbours are alike, shuffling destroys it, and a patch is found wherever it stands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.images import photograph
from cnncourse.locality import most_alike, neighbour_likeness, shuffle_pixels, shuffle_tiles

COUNTED = np.arange(24).reshape(4, 6)


def pearson(image: np.ndarray, distance: int) -> float:
    """Correlate all pairs, written out pair by pair."""
    height, width = image.shape
    pairs = [(image[r, c], image[r, c + distance]) for r in range(height) for c in range(width - distance)]
    pairs += [(image[r, c], image[r + distance, c]) for r in range(height - distance) for c in range(width)]
    here, there = np.array(pairs, dtype=float).T
    return float(((here - here.mean()) * (there - there.mean())).mean() / (here.std() * there.std()))


@pytest.mark.parametrize("distance", [1, 2, 3])
def test_likeness_agrees_with_pairs_written_out_one_by_one(distance: int):
    image = np.random.default_rng(1).random((5, 8)) + np.linspace(0, 2, 8)
    assert neighbour_likeness(image, distance) == pytest.approx(pearson(image, distance))


def test_a_chessboard_is_the_opposite_of_its_neighbour_and_equal_to_the_next_but_one():
    board = np.indices((6, 9)).sum(axis=0) % 2
    assert neighbour_likeness(board, 1) == pytest.approx(-1)
    assert neighbour_likeness(board, 2) == pytest.approx(1)


def test_a_photograph_is_alike_nearby_and_less_so_further_away():
    likeness = [neighbour_likeness(photograph("camera"), distance) for distance in (1, 4, 32)]
    assert_allclose(likeness, [0.98, 0.93, 0.74], atol=0.005)


def test_likeness_does_not_depend_on_brightness_or_contrast():
    image = np.random.default_rng(2).random((7, 5))
    assert neighbour_likeness(0.3 * image + 0.2, 2) == pytest.approx(neighbour_likeness(image, 2))


def test_bytes_are_as_alike_as_floats():
    image = np.random.default_rng(3).integers(0, 256, (7, 5), dtype=np.uint8)
    assert neighbour_likeness(image, 1) == pytest.approx(neighbour_likeness(image / 255, 1))


@pytest.mark.parametrize(("shape", "distance"), [((4, 6), 4), ((4, 6), 0), ((4, 6), -1), ((24,), 1), ((2, 4, 3), 1)])
def test_a_distance_without_pairs_or_an_array_that_is_no_grey_picture_is_refused(shape: tuple[int, ...], distance: int):
    with pytest.raises(ValueError, match="expected a grey picture and a distance from 1"):
        neighbour_likeness(np.ones(shape), distance)


def test_a_picture_of_one_grey_has_no_correlation():
    with pytest.raises(ValueError, match="take a picture that varies"):
        neighbour_likeness(np.ones((4, 6)), 1)


def test_nan_is_like_nothing():
    with pytest.raises(ValueError, match="NaN or infinite"):
        neighbour_likeness(np.where(COUNTED == 5, np.nan, COUNTED), 1)


# --- shuffling --------------------------------------------------------------------------------------------------------


def test_shuffled_pixels_are_the_same_numbers_in_other_places_and_the_picture_stays():
    before = COUNTED.copy()
    shuffled = shuffle_pixels(COUNTED, seed=4)
    assert_array_equal(np.sort(shuffled, axis=None), np.arange(24))
    assert (shuffled != COUNTED).any()
    assert_array_equal(COUNTED, before)


def test_the_same_seed_gives_the_same_order_and_another_seed_another():
    assert_array_equal(shuffle_pixels(COUNTED, seed=1), shuffle_pixels(COUNTED, seed=1))
    assert (shuffle_pixels(COUNTED, seed=1) != shuffle_pixels(COUNTED, seed=2)).any()


def test_nothing_is_left_of_the_likeness_after_shuffling():
    assert abs(neighbour_likeness(shuffle_pixels(photograph("camera")), 1)) < 0.01


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_shuffled_tiles_are_whole_tiles(size: int, down: int, across: int, seed: int):
    image = np.arange(down * across * size**2).reshape(down * size, across * size)
    dealt = shuffle_tiles(image, size, seed=seed)
    tiles = {
        image[r : r + size, c : c + size].tobytes()
        for r in range(0, down * size, size)
        for c in range(0, across * size, size)
    }
    found = {
        dealt[r : r + size, c : c + size].tobytes()
        for r in range(0, down * size, size)
        for c in range(0, across * size, size)
    }
    assert found == tiles


@pytest.mark.parametrize("size", [0, 4, 5, 7])
def test_tiles_that_do_not_fill_the_picture_are_refused(size: int):
    with pytest.raises(ValueError, match=rf"tiles of {size} × {size} fill, got shape \(4, 6\); crop"):
        shuffle_tiles(COUNTED, size)


# --- finding ----------------------------------------------------------------------------------------------------------


def test_a_patch_is_found_where_it_was_cut_out_row_before_column():
    image = np.random.default_rng(5).random((9, 14))
    assert most_alike(image, image[2:5, 7:11], 1) == [(2, 7)]


def test_places_come_in_order_of_likeness_and_do_not_overlap():
    image = np.zeros((3, 12))
    image[1, 1], image[1, 5], image[1, 10] = 0.8, 1.0, 0.9
    patch = np.array([[0, 0, 0], [0, 1.0, 0], [0, 0, 0]])
    assert most_alike(image, patch, 3) == [(0, 4), (0, 9), (0, 0)]


def test_fewer_places_come_back_where_no_more_fit():
    assert len(most_alike(np.zeros((2, 5)), np.zeros((2, 2)), 10)) == 2


def test_bytes_are_compared_without_wrapping_around():
    image = np.array([[250, 10, 130]], dtype=np.uint8)
    assert most_alike(image, np.array([[5]], dtype=np.uint8), 1) == [(0, 1)]


@pytest.mark.parametrize(
    ("image", "patch"), [((4, 6), (5, 2)), ((4, 6), (2, 7)), ((4, 6), (0, 2)), ((4, 6, 3), (2, 2))]
)
def test_a_patch_that_does_not_fit_is_refused(image: tuple[int, ...], patch: tuple[int, ...]):
    with pytest.raises(ValueError, match="expected a grey patch that fits"):
        most_alike(np.zeros(image), np.zeros(patch), 1)


def test_nan_cannot_be_searched():
    with pytest.raises(ValueError, match="NaN or infinite"):
        most_alike(np.array([[np.nan, 1.0]]), np.array([[1.0]]), 1)
