"""The learning explorer in Python: the same way as learning from the picture itself, and its words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.kernel_learning import learn_kernel, moments, standardise
from cnncourse.kernels import SOBEL_X
from cnncourse.widgets import LearningExplorer
from cnncourse.widgets.learning_explorer import arrays

LAWN = standardise(photograph("grass")[100:140, 200:255])


def test_the_way_by_moments_is_the_way_by_the_picture():
    ours = arrays(SOBEL_X, moments(LAWN), rate=0.1, steps=40)
    theirs = learn_kernel(LAWN, correlate(LAWN, SOBEL_X), rate=0.1, steps=40)
    assert_allclose(ours.kernels, theirs.kernels, atol=1e-9)
    assert_allclose(ours.losses, theirs.losses, atol=1e-9)


def test_the_limit_is_where_the_error_begins_to_grow():
    explorer = LearningExplorer(SOBEL_X, LAWN)
    limit = explorer.limits["your picture"]
    explorer.rate = 0.99 * limit
    assert explorer.way.losses[-1] < explorer.way.losses[0]
    explorer.rate = 1.05 * limit
    assert explorer.way.losses[-1] > explorer.way.losses[0]


def test_the_words_tell_step_error_and_farthest_weight():
    explorer = LearningExplorer(SOBEL_X, {"lawn": LAWN}, rate=0.1, steps=50)
    explorer.step = 7
    assert "learned from: lawn, with rate 0.1. At step 7 of 50" in explorer.description
    assert "farthest weight" in explorer.description


def test_several_pictures_can_be_chosen_by_name():
    explorer = LearningExplorer(SOBEL_X, {"lawn": LAWN, "noise": np.random.default_rng(0).normal(size=(20, 30))})
    explorer.picture = "noise"
    assert "noise" in explorer.description


def test_it_has_a_still_picture():
    assert "<img" in LearningExplorer([[1.0, -1.0]], LAWN).fallback_html()


@pytest.mark.parametrize("picture", [np.zeros((9, 9)), np.full((9, 9), np.nan), np.ones((9, 9, 3), dtype=np.uint8)])
def test_a_picture_that_teaches_nothing_is_borne(picture: np.ndarray):
    explorer = LearningExplorer(SOBEL_X, picture)
    assert np.isfinite(explorer.way.losses).all()


@pytest.mark.parametrize(
    ("kernel", "pictures", "options", "message"),
    [
        (np.eye(9), LAWN, {}, "up to 7 × 7"),
        ([[np.nan]], LAWN, {}, "finite weights"),
        (SOBEL_X, {}, {}, "one picture or more"),
        (SOBEL_X, np.eye(2), {}, "holds the"),
        (SOBEL_X, LAWN, {"rate": -1.0}, "0 or more"),
        (SOBEL_X, LAWN, {"steps": 0}, "steps as a whole number of 1 or more"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(kernel: Any, pictures: Any, options: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        LearningExplorer(kernel, pictures, **options)


def test_an_unknown_picture_is_refused_with_the_known_ones():
    explorer = LearningExplorer(SOBEL_X, {"lawn": LAWN})
    with pytest.raises(ValueError, match="out of lawn"):
        explorer.picture = "sea"
