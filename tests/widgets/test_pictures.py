"""Tests that any picture of a learner becomes one that can be shown, or is refused with advice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from cnncourse.widgets._pictures import read_picture


def read(source: object, **options: object):
    return read_picture(source, **{"grey": False, "limit": 10_000, **options})


def test_a_small_matrix_keeps_its_numbers():
    picture = read(np.array([[0, 3, 200]], dtype=np.uint8))
    assert_array_equal(picture.values, [[0, 3, 200]])
    assert picture.note == ""


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535), (bool, True)])
def test_whole_numbers_of_a_photograph_become_0_to_1(dtype: type, white: int):
    assert_array_equal(read(np.array([[0, white]], dtype=dtype), unit=True).values, [[0, 1]])


def test_a_large_photograph_is_made_smaller_by_averaging_and_says_so():
    large = np.arange(4000 * 3000, dtype=np.float32).reshape(4000, 3000) / (4000 * 3000)
    picture = read(large, limit=65_536)
    assert picture.values.shape == (285, 214)
    assert_allclose(picture.values[0, 0], large[:14, :14].mean(), rtol=1e-6)
    assert picture.note == "The picture of 4000 × 3000 pixels is shown at 285 × 214."


def test_a_long_thin_picture_shrinks_along_its_length_only():
    assert read(np.zeros((1, 50_000)), limit=1000).values.shape[0] == 1


def test_transparency_lies_on_white_and_is_mentioned():
    image = np.zeros((1, 2, 4), dtype=np.uint8)
    image[0, 0] = (255, 0, 0, 255)
    picture = read(image, unit=True)
    assert_array_equal(picture.values, [[[1, 0, 0], [1, 1, 1]]])
    assert "white" in picture.note


def test_colour_becomes_brightness_where_a_matrix_is_needed():
    assert_allclose(read(np.array([[[0.0, 1.0, 0.0]]]), grey=True).values, [[0.7154]])


def test_nan_is_counted_and_stays():
    picture = read(np.full((2, 3), np.nan))
    assert np.isnan(picture.values).all()
    assert "6 of 6 values are NaN" in picture.note


def test_a_file_is_read(tmp_path: Path):
    Image.fromarray(np.array([[0, 255]], dtype=np.uint8)).save(tmp_path / "mine.png")
    assert_array_equal(read(str(tmp_path / "mine.png")).values, [[0, 1]])


@pytest.mark.parametrize(
    ("image", "advice"),
    [
        (np.zeros((0, 3)), "at least one pixel"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((3, 20, 30)), "transpose"),
        (np.zeros((2, 2), dtype=complex), "complex"),
        ([["a", "b"]], "real numbers"),
        (np.zeros((2, 2, 2)), r"\(2, 2, 2\)"),
    ],
)
def test_what_is_no_picture_is_refused_with_advice(image: object, advice: str):
    with pytest.raises(ValueError, match=advice):
        read(image)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"absent\.png"):
        read("absent.png")
