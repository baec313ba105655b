"""Tests of the blur explorer's Python side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from cnncourse.kernels import SOBEL_X, SOBEL_Y
from cnncourse.widgets import BlurExplorer
from cnncourse.widgets.blur_explorer import arrays

IMAGE = np.random.default_rng(4).random((9, 14))


def test_no_strength_leaves_the_picture_as_it_is():
    shown = arrays(IMAGE, 0)
    assert_array_equal(shown["blurred"], IMAGE)
    assert_array_equal(shown["removed"], np.zeros((9, 14)))


def test_the_blur_is_that_of_scipy_with_copied_borders():
    assert_allclose(
        arrays(IMAGE, 1.5)["blurred"], ndimage.gaussian_filter(IMAGE, 1.5, mode="nearest", radius=5), atol=1e-12
    )


def test_edges_are_the_length_of_sobel_s_two_answers():
    blurred = ndimage.gaussian_filter(IMAGE, 1.0, mode="nearest", radius=3)
    across, down = (ndimage.correlate(blurred, kernel, mode="nearest") for kernel in (SOBEL_X, SOBEL_Y))
    assert_allclose(arrays(IMAGE, 1.0)["edges"], np.sqrt(across**2 + down**2), atol=1e-12)


def test_what_was_removed_and_the_blurred_picture_make_the_picture_again():
    shown = arrays(IMAGE, 2.25)
    assert_allclose(shown["removed"] + shown["blurred"], IMAGE)


def test_an_even_wall_stays_even_and_has_no_edges():
    shown = arrays(np.full((6, 8), 0.25), 3)
    assert_allclose(shown["blurred"], 0.25)
    assert_allclose(shown["edges"], 0, atol=1e-12)


def test_the_words_follow_the_strength_and_the_view():
    explorer = BlurExplorer(IMAGE)
    explorer.sigma, explorer.show = 1.5, "edges"
    assert "9 × 14 pixels" in explorer.description
    assert "edges after the blur" in explorer.description
    assert "sigma 1.5, a kernel of 11 × 11" in explorer.description


@pytest.mark.parametrize("show", ["blurred", "edges", "removed"])
def test_the_result_is_the_array_of_the_view(show: str):
    explorer = BlurExplorer(IMAGE, sigma=1, show=show)
    assert_array_equal(explorer.result, {**arrays(IMAGE, 1)}[show])


@pytest.mark.parametrize(("setting", "message"), [({"sigma": -1}, "from 0 to 12"), ({"show": "sharp"}, "one out of")])
def test_a_setting_that_cannot_be_is_refused_with_what_can(setting: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        BlurExplorer(IMAGE, **setting)


def test_a_refused_setting_leaves_the_last_one_standing():
    explorer = BlurExplorer(IMAGE, sigma=3)
    with pytest.raises(ValueError, match="from 0 to 12"):
        explorer.sigma = 40
    assert explorer.sigma == 3


def test_a_large_photograph_is_made_smaller_and_says_so():
    explorer = BlurExplorer(np.zeros((3000, 4000), dtype=np.uint8))
    assert explorer.image.size <= 65_536
    assert "3000 × 4000" in explorer.note


@pytest.mark.parametrize("image", [np.array([[0.5]]), np.full((3, 5), np.nan), np.zeros((4, 6, 4)), np.ones((4, 6, 3))])
def test_odd_pictures_have_a_still_picture_too(image: np.ndarray):
    assert "<img" in BlurExplorer(image).fallback_html()
