"""Tests of the shift explorer's Python side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.kernels import SOBEL_X
from cnncourse.pooling import max_pool
from cnncourse.widgets import ShiftExplorer
from cnncourse.widgets.shift_explorer import WAYS, arrays, framed

PICTURE = photograph("camera")[60:150, 140:260]
STRIPES = np.tile([0.0, 1.0], (48, 30))


def test_the_picture_moves_behind_its_window():
    assert_array_equal(arrays(PICTURE, [[1.0]], (3, -2)).picture, PICTURE[5:-11, 10:-6])


def test_without_a_shift_nothing_changes():
    for outcome in arrays(PICTURE, SOBEL_X, (0, 0), size=3).outcomes.values():
        assert (outcome.stays, outcome.moves) == (0, 0)


def test_the_filter_moves_along_and_the_poolings_only_by_whole_blocks():
    by_a_block = arrays(PICTURE, SOBEL_X, (0, 4), size=4).outcomes
    by_less = arrays(PICTURE, SOBEL_X, (0, 3), size=4).outcomes
    for name in ("answer", "max", "average", "stride"):
        assert by_a_block[name].moves < 1e-12 < by_a_block[name].stays
    assert by_less["answer"].moves < 1e-12
    assert min(by_less[name].moves for name in ("max", "average", "stride", "blur")) > 0.1


def test_pooled_maps_are_those_of_the_shifted_picture():
    answer = np.maximum(correlate(PICTURE[8:-8, 6:-10], SOBEL_X), 0)
    assert_allclose(arrays(PICTURE, SOBEL_X, (0, 2), size=3).outcomes["max"].after, max_pool(answer, 3))


def test_a_small_picture_gets_a_frame_of_its_own_edge():
    whole = framed([[1, 2], [3, 4]])
    assert whole.shape == (34, 34)
    assert (whole[0, 0], whole[0, -1], whole[-1, 0], whole[-1, -1]) == (1, 2, 3, 4)


def test_stripes_flip_under_a_stride_and_the_words_say_so():
    explorer = ShiftExplorer(STRIPES, kernel="identity", shift=(0, 1))
    assert "moved by 0 down and 1 to the right" in explorer.description
    assert "stride 100%" in explorer.description
    assert "average pooling 0%" in explorer.description


def test_settings_can_be_changed_from_python():
    explorer = ShiftExplorer(PICTURE)
    explorer.shift, explorer.size, explorer.kernel, explorer.compare = (0, 4), 4, "Laplacian", "moves"
    assert explorer.outcomes["max"].moves < 1e-12
    assert "does it move along? filter’s answer 0%" in explorer.description


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ({"kernel": "sobel"}, "Sobel, left to right"),
        ({"size": 1}, "a block of 1 would keep everything"),
        ({"size": 2.5}, "whole number"),
        ({"size": 9}, "blocks of 2 to 8 pixels, got 9"),
        ({"shift": (0, 9)}, "lies outside the picture"),
        ({"compare": "equal"}, "stays, moves"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_advice(setting: dict[str, Any], advice: str):
    with pytest.raises(ValueError, match=advice):
        ShiftExplorer(PICTURE, **setting)


def test_a_refused_setting_leaves_the_explorer_as_it_was():
    explorer = ShiftExplorer(PICTURE, shift=(1, 2))
    with pytest.raises(ValueError, match="outside the picture"):
        explorer.shift = (20, 0)
    assert explorer.shift == (1, 2)


def test_a_file_of_the_learners_own_is_read_in_grey(tmp_path: Path):
    Image.fromarray(np.full((60, 70, 3), 51, np.uint8)).save(tmp_path / "own.png")
    explorer = ShiftExplorer(tmp_path / "own.png")
    assert explorer.image.shape == (60, 70)
    assert_allclose(explorer.image, 0.2)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((1, 1)),
        np.full((3, 4), np.nan),
        np.ones((3, 4, 4), dtype=np.uint8),
        np.eye(50, 60, dtype=np.uint16),
        np.full((60, 70), np.inf),
    ],
)
def test_unusual_pictures_are_shown(image: np.ndarray):
    explorer = ShiftExplorer(image, size=8, shift=(8, -8))
    assert all(name in explorer.description for name, _ in WAYS.values())
    assert "text/html" in explorer._repr_mimebundle_()[0]


def test_a_photograph_of_12_million_pixels_is_made_smaller():
    explorer = ShiftExplorer(np.zeros((4000, 3000), dtype=np.uint8))
    assert explorer.image.size <= 40_000
    assert "4000 × 3000" in explorer.note


def test_the_still_picture_has_all_answers_and_their_change():
    titles = [panel.title for panel in ShiftExplorer(STRIPES, kernel="identity", shift=(0, 1)).panels()]
    assert titles[0] == "Picture"
    assert titles[4] == "stride: stays, 100% changed"
    assert len(titles) == 6
