"""The filter explorer in Python: its arrays, its words, its settings, and what it does with odd pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.convolution import correlate
from cnncourse.detectors import gabor_energy, gradient, match
from cnncourse.images import photograph
from cnncourse.kernels import gabor
from cnncourse.widgets import FilterExplorer
from cnncourse.widgets.filter_explorer import LIMIT, arrays

IMAGE = photograph("coins")[30:90, 20:100]


def test_stripes_are_the_courses_own_gabor_filter():
    shown = arrays(IMAGE, "gabor", orientation=30, frequency=0.2, sigma=2.5)
    kernel = gabor(30, 0.2, sigma=2.5)
    assert_array_equal(shown["kernel"], kernel)
    assert_allclose(shown["answer"], correlate(IMAGE, kernel, padding=8, mode="reflect"))
    assert_allclose(shown["energy"], gabor_energy(IMAGE, 30, 0.2, sigma=2.5))


def test_a_width_that_follows_is_that_of_the_bank():
    explorer = FilterExplorer(IMAGE, orientation=60, frequency=0.2)
    assert_array_equal(explorer.shown["kernel"], gabor(60, 0.2))
    explorer.sigma = 1.5
    assert explorer.shown["kernel"].shape == (11, 11)


def test_edges_without_blur_are_the_gradient():
    shown = FilterExplorer(IMAGE, "edges", blur=0).shown
    assert_array_equal(shown["right"], gradient(IMAGE).right)
    assert shown["directions"].shape == (*IMAGE.shape, 3)


def test_a_cut_out_patch_is_found_first_where_it_was_cut():
    explorer = FilterExplorer(IMAGE, "patch", patch=(12, 33, 14, 9), count=3)
    assert_array_equal(explorer.shown["places"][0], [12, 33])
    assert_array_equal(explorer.shown["answer"], match(IMAGE, IMAGE[12:26, 33:42]))
    assert "answer 1.00" in explorer.description


def test_the_plain_sum_prefers_bright_paper():
    page = np.ones((20, 30))
    page[5:9, 4:7] = [[0.2, 0.8, 0.2]] * 4
    explorer = FilterExplorer(page, "patch", patch=(5, 4, 4, 3), search="sum", count=1)
    assert explorer.shown["places"][0].tolist() != [5, 4]
    explorer.search = "likeness"
    assert explorer.shown["places"][0].tolist() == [5, 4]


def test_a_frame_that_hangs_over_is_moved_in():
    explorer = FilterExplorer(IMAGE, "patch", patch=(500, 70, 20, 30))
    assert explorer.settings["patch"] == [40, 50, 20, 30]


def test_an_even_patch_says_what_to_do():
    explorer = FilterExplorer(np.full((30, 30), 0.4), "patch")
    assert "same grey everywhere" in explorer.description
    assert "<img" in explorer.fallback_html()


def test_a_filter_larger_than_the_picture_says_so():
    explorer = FilterExplorer(IMAGE[:12, :15], frequency=0.05)
    assert "needs a picture of at least 35 × 35" in explorer.description
    with pytest.raises(ValueError, match="got 12 × 15; raise the frequency"):
        _ = explorer.shown


@pytest.mark.parametrize("detector", ["gabor", "edges", "laplacian", "patch"])
def test_every_detector_has_a_still_picture_and_words(detector: str):
    explorer = FilterExplorer(IMAGE, detector)
    assert "<img" in explorer.fallback_html()
    assert f"{IMAGE.shape[0]} × {IMAGE.shape[1]} pixels" in explorer.description


@pytest.mark.parametrize("detector", ["gabor", "edges", "laplacian", "patch"])
@pytest.mark.parametrize(
    "image",
    [np.array([[0.5]]), np.full((30, 41), np.nan), np.ones((30, 41, 4)), np.zeros((30, 41), dtype=np.uint16)],
    ids=["one pixel", "NaN", "RGBA", "16 bits"],
)
def test_odd_pictures_are_borne(image: np.ndarray, detector: str):
    assert "<img" in FilterExplorer(image, detector).fallback_html()


def test_a_large_photograph_is_made_smaller_and_says_so():
    explorer = FilterExplorer(np.zeros((3000, 4000), dtype=np.uint8))
    assert explorer.image.size <= LIMIT
    assert "3000 × 4000" in explorer.note


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"detector": "corners"}, "detector as one out of gabor"),
        ({"search": "luck"}, "search as one out of sum, centred, likeness"),
        ({"frequency": 0.7}, "frequency from 0.03 to 0.5"),
        ({"blur": -1}, "blur from 0 to 8"),
        ({"sigma": 0}, "sigma from 0.5 to 20"),
        ({"patch": (1, 2, 3)}, "patch as"),
        ({"patch": (0, 0, 3, 99)}, "sides from 1 to 48"),
        ({"count": 0}, "count as a whole number of 1 or more"),
        ({"angle": 3}, "expected settings out of blur"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_what_can(setting: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        FilterExplorer(IMAGE, **setting)


def test_a_refused_setting_leaves_the_last_one_standing():
    explorer = FilterExplorer(IMAGE, frequency=0.2)
    with pytest.raises(ValueError, match="frequency from"):
        explorer.frequency = 3
    assert explorer.frequency == 0.2
