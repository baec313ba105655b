"""Six ways of changing a picture without changing its name, and the distance that they move it."""

from __future__ import annotations

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.challenges import CHALLENGES, EMPTY, challenge, pixel_distance
from cnncourse.images import photograph

RAMP = np.linspace(0, 1, 5 * 9).reshape(5, 9)  # not square, no symmetry
AMOUNTS = st.floats(0, 1)
PICTURES = arrays.arrays(np.float64, st.tuples(st.integers(1, 7), st.integers(1, 9)), elements=st.floats(0, 1))
COLOUR = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 5), st.integers(1, 6), st.just(3)), elements=st.floats(0, 1)
)


# --- what all six share -----------------------------------------------------------------------------------------------


@given(st.sampled_from(list(CHALLENGES)), st.one_of(PICTURES, COLOUR), AMOUNTS)
def test_a_changed_picture_has_the_same_shape_and_stays_between_0_and_1(name: str, image: np.ndarray, amount: float):
    before = image.copy()
    changed = challenge(image, name, amount)
    assert changed.shape == image.shape
    assert changed.min() >= -1e-12
    assert changed.max() <= 1 + 1e-12
    assert_array_equal(image, before, "the picture that was given must stay as it is")


@pytest.mark.parametrize("name", CHALLENGES)
def test_nothing_changes_at_amount_0_and_the_answer_is_a_copy(name: str):
    changed = challenge(RAMP, name, 0)
    assert_array_equal(changed, RAMP)
    assert not np.shares_memory(changed, RAMP)


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_small_amount_changes_little_and_the_full_amount_much(name: str):
    cat = photograph("chelsea")
    little, half, full = (pixel_distance(cat, challenge(cat, name, amount)) for amount in (0.02, 0.5, 1))
    assert little < 0.03 < half < full


@pytest.mark.parametrize("name", CHALLENGES)
def test_colour_is_changed_channel_by_channel_as_grey_is(name: str):
    colour = np.stack([RAMP, RAMP**2, 1 - RAMP], axis=2)
    changed = challenge(colour, name, 0.7)
    for channel in range(3):
        assert_allclose(changed[:, :, channel], challenge(colour[:, :, channel], name, 0.7), atol=1e-12)


def test_there_are_the_six_of_the_lesson():
    assert set(CHALLENGES) == {"viewpoint", "illumination", "deformation", "occlusion", "clutter", "variation"}


# --- each by hand -----------------------------------------------------------------------------------------------------


def test_light_falls_off_from_left_to_right_and_not_from_top_to_bottom():
    assert_allclose(challenge(np.ones((2, 3)), "illumination", 1), [[1, 0.55, 0.1], [1, 0.55, 0.1]])


def test_half_the_amount_takes_half_the_light():
    assert_allclose(challenge(np.ones((1, 3)), "illumination", 0.5), [[1, 0.775, 0.55]])


def test_the_bar_covers_three_fifths_from_the_left():
    changed = challenge(np.ones((2, 11)), "occlusion", 1)
    assert_allclose(changed, np.tile([0.35] * 6 + [1] * 5, (2, 1)))


def test_clutter_leaves_the_middle_as_it_was():
    changed = challenge(RAMP, "clutter", 1)
    assert changed[2, 4] == RAMP[2, 4]
    assert changed[0, 0] != RAMP[0, 0]


def test_a_bent_picture_of_one_grey_stays_of_one_grey_away_from_the_border():
    assert_allclose(challenge(np.full((9, 15), 0.2), "deformation", 0.5)[2:-2, 3:-3], 0.2)


def test_bending_keeps_the_centre_where_it_is():
    assert_allclose(challenge(RAMP, "deformation", 1)[2, 4], RAMP[2, 4])


def test_a_turned_picture_keeps_its_axis_and_uncovers_grey_beside_it():
    changed = challenge(np.tile(np.linspace(0, 1, 21), (11, 1)), "viewpoint", 1)
    assert_allclose(changed[5, 10], 0.5, atol=1e-12)
    assert (changed[:, -1] == EMPTY).all()


def test_turning_makes_the_picture_narrower():
    changed = challenge(np.ones((21, 41)), "viewpoint", 1)
    assert (changed[10] == 1).sum() < 35


def test_a_varied_picture_is_darker_and_its_middle_is_swollen():
    assert_allclose(challenge(np.full((3, 5), 0.5), "variation", 1), 0.5**2.2)
    stripe = challenge(np.tile((np.abs(np.linspace(-1, 1, 41)) < 0.3) * 1.0, (5, 1)), "variation", 1)
    assert (stripe[2] > 0.5).sum() > (stripe[0] > 0.5).sum()


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [-0.1, 1.01, float("nan"), float("inf")])
def test_an_amount_outside_0_to_1_is_refused(amount: float):
    with pytest.raises(ValueError, match="expected an amount from 0"):
        challenge(RAMP, "viewpoint", amount)


def test_an_unknown_challenge_is_refused_with_the_names_of_the_six():
    with pytest.raises(ValueError, match=r"viewpoint, illumination.*'weather'"):
        challenge(RAMP, "weather", 0.5)


@pytest.mark.parametrize("shape", [(5,), (0, 4), (2, 3, 4, 3), (3, 5, 7), (4, 5, 4), ()])
def test_what_is_no_picture_is_refused_with_its_shape(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match=r"expected a picture of shape .*, got \("):
        challenge(np.zeros(shape), "viewpoint", 0.5)


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_picture_of_one_pixel_is_a_picture(name: str):
    assert challenge(np.array([[0.25]]), name, 1).shape == (1, 1)


def test_bytes_are_taken_as_the_brightness_they_mean():
    white = np.full((1, 3), 255, np.uint8)
    assert_allclose(challenge(white, "illumination", 1), [[1, 0.55, 0.1]])


def test_nan_stays_where_it_was_and_spoils_no_other_pixel():
    changed = challenge(np.array([[0.5, np.nan, 0.5]]), "illumination", 1)
    assert_array_equal(np.isnan(changed), [[False, True, False]])


# --- the distance -----------------------------------------------------------------------------------------------------


def test_the_distance_is_the_mean_of_the_differences_sign_aside():
    assert pixel_distance(np.array([[0.0, 0.5, 1.0]]), np.array([[0.3, 0.5, 0.4]])) == pytest.approx(0.3)


@given(PICTURES, st.randoms(use_true_random=False))
def test_the_distance_is_the_same_both_ways_and_0_to_itself(image: np.ndarray, random):
    other = np.array([[random.random() for _ in row] for row in image])
    assert pixel_distance(image, other) == pytest.approx(pixel_distance(other, image))
    assert pixel_distance(image, image) == 0


def test_bytes_do_not_wrap_around_in_a_distance():
    dark, light = np.array([[10]], np.uint8), np.array([[250]], np.uint8)
    assert pixel_distance(dark, light) == pytest.approx(240 / 255)


def test_a_cat_in_half_the_light_is_further_from_itself_than_from_a_brick_wall():
    cat, wall = photograph("chelsea"), photograph("brick")[:300, :451]
    assert pixel_distance(cat, wall) < pixel_distance(cat, cat / 2)


@pytest.mark.parametrize(("one", "two"), [((2, 3), (3, 2)), ((2, 3), (2, 1)), ((2, 3), (2, 3, 3)), ((0, 3), (0, 3))])
def test_pictures_of_different_or_no_size_have_no_distance(one: tuple[int, ...], two: tuple[int, ...]):
    with pytest.raises(ValueError, match="expected two pictures of one shape"):
        pixel_distance(np.zeros(one), np.zeros(two))


def test_the_distance_to_a_picture_with_nan_is_nan_and_not_a_number_that_looks_sound():
    assert np.isnan(pixel_distance(np.array([[np.nan, 0.2]]), np.array([[0.5, 0.2]])))
