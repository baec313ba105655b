"""Directions as colours and zero crossings: places and colours known by construction."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.convolution import correlate
from cnncourse.edges import direction_colours, zero_crossings
from cnncourse.kernels import LAPLACIAN, gaussian


def test_colours_stay_within_a_screen():
    down, right = np.mgrid[-2:2:40j, -3:3:51j]
    colours = direction_colours(right, down)
    assert colours.shape == (40, 51, 3)
    assert colours.min() >= 0
    assert colours.max() <= 1


def test_right_is_reddest_and_left_is_least_red():
    right, down = np.array([[1.0, 0, -1, 0]]), np.array([[0.0, 1, 0, -1]])
    red, _, blue = np.moveaxis(direction_colours(right, down)[0], 1, 0)
    assert red.argmax() == 0
    assert red.argmin() == 2
    assert blue.argmax() == 3


def test_equally_strong_edges_of_all_directions_are_about_equally_light():
    angle = np.linspace(0, 2 * np.pi, 60)[None]
    light = direction_colours(np.cos(angle), np.sin(angle)) @ [0.2126, 0.7152, 0.0722]
    assert light.std() < 0.05 * light.mean()


def test_beyond_the_limit_a_colour_grows_no_lighter():
    assert_allclose(direction_colours([[2.0]], [[0.0]], limit=1), direction_colours([[1.0]], [[0.0]], limit=1))


def test_no_edge_anywhere_is_dark_everywhere():
    colours = direction_colours(np.zeros((3, 5)), np.zeros((3, 5)))
    assert_allclose(colours, colours.mean())
    assert colours.max() < 0.1


def test_a_sign_change_is_marked_at_its_left_or_upper_pixel():
    values = [[1, 1, -1], [1, 1, 1]]
    assert_array_equal(zero_crossings(values), [[False, True, True], [False, False, False]])


def test_zero_itself_is_no_change_of_sign():
    assert not zero_crossings([[1, 0, 1]]).any()


def test_a_small_step_across_zero_is_left_out():
    assert_array_equal(zero_crossings([[0.1, -0.1, 5, -5]], least=1), [[False, True, True, False]])


def test_the_crossings_of_a_blurred_disc_lie_on_its_rim():
    rows, columns = np.mgrid[:61, :71]
    radius = np.hypot(rows - 30, columns - 35)
    disc = correlate((radius < 18).astype(float), gaussian(2), padding=6, mode="replicate")
    found = zero_crossings(correlate(disc, LAPLACIAN, padding=1, mode="replicate"), least=0.02)
    assert found.sum() > 60
    assert np.abs(radius[found] - 18).max() < 1.6


def test_the_least_step_defaults_to_none_at_all():
    assert zero_crossings([[1e-9, -1e-9]])[0, 0]
    with pytest.raises(TypeError):
        zero_crossings([[1, -1]], 0.5)
