"""Photographs, files of a learner's own in every state of repair, and the two kinds of pixels."""

from __future__ import annotations

from pathlib import Path

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from cnncourse.images import PHOTOGRAPHS, mosaic, photograph, read_image, to_float, to_grey, to_uint8

BYTES = np.array([[0, 51, 102, 255], [10, 20, 30, 40]], dtype=np.uint8)  # 2 × 4: not square, not symmetric
COLOUR = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3) * 10


def saved(folder: Path, image: Image.Image, name: str = "picture.png", **options: object) -> Path:
    """Save a picture and return its path."""
    image.save(folder / name, **options)
    return folder / name


# --- photographs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_every_photograph_is_grey_by_default_and_lies_between_0_and_1(name: str):
    image = photograph(name)
    assert image.ndim == 2
    assert image.dtype == np.float64
    assert 0 <= image.min() < image.max() <= 1


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_every_photograph_says_whose_it_is_and_what_one_may_do_with_it(name: str):
    assert all(len(text) > 2 for text in PHOTOGRAPHS[name])


def test_a_colour_photograph_keeps_height_width_and_red_green_blue():
    coffee = photograph("coffee", grey=False)
    assert coffee.shape == (400, 600, 3)
    red, green, blue = coffee[250, 130]
    assert red > 4 * green > 4 * blue, "the saucer is red; channels in another order would make it blue"


def test_an_unknown_photograph_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(ValueError, match=r"camera.*chelsea.*'dog'"):
        photograph("dog")


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_grey_file_comes_back_as_its_bytes_over_255(tmp_path: Path):
    assert_allclose(read_image(saved(tmp_path, Image.fromarray(BYTES))), BYTES / 255)


def test_a_colour_file_comes_back_with_its_channels_last(tmp_path: Path):
    image = read_image(saved(tmp_path, Image.fromarray(COLOUR)))
    assert_allclose(image, COLOUR / 255)


def test_a_colour_file_is_turned_into_brightness_when_asked(tmp_path: Path):
    image = read_image(saved(tmp_path, Image.fromarray(COLOUR)), grey=True)
    assert_allclose(image[0, 1], (0.2125 * 30 + 0.7154 * 40 + 0.0721 * 50) / 255)


def test_reading_works_with_a_path_in_words_and_leaves_the_file_alone(tmp_path: Path):
    path = saved(tmp_path, Image.fromarray(BYTES))
    before = path.read_bytes()
    read_image(str(path))
    assert path.read_bytes() == before


def test_transparency_is_laid_on_white_paper(tmp_path: Path):
    pixels = np.zeros((1, 3, 4), dtype=np.uint8)  # black: clear, half covering, covering
    pixels[0, :, 3] = [0, 128, 255]
    image = read_image(saved(tmp_path, Image.fromarray(pixels)))
    assert image.shape == (1, 3, 3)
    assert_allclose(image[0, :, 0], [1, 127 / 255, 0])


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK"])
def test_unusual_kinds_of_files_become_three_colours(tmp_path: Path, mode: str):
    picture = Image.fromarray(np.full((2, 5, 3), 255, dtype=np.uint8)).convert(mode)
    name = "picture.jpg" if mode == "CMYK" else "picture.png"
    assert_allclose(read_image(saved(tmp_path, picture, name)), np.ones((2, 5, 3)))


def test_16_bits_a_pixel_end_at_65535(tmp_path: Path):
    deep = np.array([[0, 13107, 65535]], dtype=np.uint16)
    assert_allclose(read_image(saved(tmp_path, Image.fromarray(deep))), [[0, 0.2, 1]])


def test_measurements_outside_the_range_of_16_bits_are_refused_and_not_wrapped_around(tmp_path: Path):
    path = saved(tmp_path, Image.fromarray(np.array([[0, 65536 + 44]], dtype=np.int32)), "depth.tiff")
    with pytest.raises(ValueError, match="0 to 65535, got 0 to 65580"):
        read_image(path)


def test_a_file_of_floats_with_nan_is_refused(tmp_path: Path):
    path = saved(tmp_path, Image.fromarray(np.array([[0.5, np.nan]], dtype=np.float32)), "depth.tiff")
    with pytest.raises(ValueError, match="nan"):
        read_image(path)


def test_a_photograph_taken_with_the_camera_on_its_side_stands_upright(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera's right side was up: turn by a quarter clockwise
    image = read_image(saved(tmp_path, Image.fromarray(BYTES), exif=exif))
    assert_allclose(image, np.rot90(BYTES, -1) / 255)
    assert image.shape == (4, 2)


def test_a_missing_file_is_refused_with_the_folder_that_was_searched():
    with pytest.raises(FileNotFoundError, match=r"no file at .*holiday.png; the notebook looks from"):
        read_image("holiday.png")


def test_a_folder_is_no_picture(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="no file at"):
        read_image(tmp_path)


@pytest.mark.parametrize("content", [b"", b"a shopping list: milk, bread", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_a_file_that_only_pretends_to_be_a_picture_is_refused_with_advice(tmp_path: Path, content: bytes):
    (tmp_path / "list.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"list\.png cannot be read as a picture .*try a PNG or JPEG"):
        read_image(tmp_path / "list.png")


@pytest.mark.parametrize("name", ["half.png", "half.jpg"])
def test_a_file_cut_off_in_the_middle_is_refused(tmp_path: Path, name: str):
    noise = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ValueError, match=r"half\.\w+ cannot be read as a picture"):
        read_image(path)


def test_a_file_with_damaged_bytes_is_refused(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise))
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read as a picture"):
        read_image(path)


def test_a_huge_picture_is_refused_before_it_fills_the_memory(tmp_path: Path):
    path = saved(tmp_path, Image.new("1", (9_000, 7_000)))
    with pytest.raises(ValueError, match=r"9000 × 7000 pixels, more than the 50,000,000"):
        read_image(path)


def test_a_picture_beyond_pillows_own_limit_is_refused_with_the_same_advice(tmp_path: Path):
    path = saved(tmp_path, Image.new("1", (20_000, 20_000)))
    with pytest.raises(ValueError, match=r"picture\.png is too large for a lesson .*make a smaller copy"):
        read_image(path)


def test_the_limit_can_be_set(tmp_path: Path):
    path = saved(tmp_path, Image.fromarray(BYTES))
    assert read_image(path, max_pixels=8).shape == (2, 4)
    with pytest.raises(ValueError, match="raise max_pixels"):
        read_image(path, max_pixels=7)


# --- kinds of pixels --------------------------------------------------------------------------------------------------


def test_bytes_become_floats_and_come_back_as_they_were():
    every = np.arange(256, dtype=np.uint8).reshape(8, 32)
    assert_array_equal(to_uint8(to_float(every)), every)


def test_white_is_1_for_every_type():
    for white in (np.array([True]), np.array([255], np.uint8), np.array([65535], np.uint16), np.array([1], np.float32)):
        assert to_float(white) == 1.0


def test_adding_in_bytes_wraps_around_and_adding_in_floats_does_not():
    light, more = np.array([200], np.uint8), np.array([100], np.uint8)
    assert light + more == 44, "the failure that the lesson shows"
    assert to_uint8(to_float(light) + to_float(more)) == 255


def test_signed_whole_numbers_are_refused_because_their_white_is_unknown():
    with pytest.raises(ValueError, match="got int64; say what its white is"):
        to_float(np.array([[3, 200]]))


def test_bytes_given_to_to_uint8_are_not_taken_for_floats_beyond_white():
    assert_array_equal(to_uint8(BYTES), BYTES)


def test_a_pixel_that_is_nan_is_refused_with_its_count():
    with pytest.raises(ValueError, match="got 2 NaN"):
        to_uint8(np.array([[np.nan, 0.5, np.nan]]))


def test_values_outside_0_to_1_are_cut_off_infinity_included():
    assert_array_equal(to_uint8(np.array([-np.inf, -0.1, 1.1, np.inf])), [0, 0, 255, 255])


@given(arrays.arrays(np.float64, arrays.array_shapes(max_dims=3), elements=st.floats(0, 1)))
def test_rounding_to_bytes_moves_no_pixel_by_more_than_half_a_step(image: np.ndarray):
    assert np.abs(to_float(to_uint8(image)) - image).max() <= 0.5 / 255 + 1e-12


# --- grey -------------------------------------------------------------------------------------------------------------


def test_green_looks_brightest_and_blue_darkest():
    red, green, blue = (float(to_grey(colour[None, None])[0, 0]) for colour in np.eye(3))
    assert (red, green, blue) == (0.2125, 0.7154, 0.0721)


def test_white_stays_white_because_the_three_weights_sum_to_1():
    assert_allclose(to_grey(np.ones((2, 3, 3))), np.ones((2, 3)))


def test_bytes_in_colour_become_grey_between_0_and_1():
    assert_allclose(to_grey(np.full((1, 2, 3), 255, np.uint8)), [[1, 1]])


def test_grey_agrees_with_scikit_image():
    from skimage.color import rgb2gray

    assert_allclose(to_grey(photograph("coffee", grey=False)), rgb2gray(photograph("coffee", grey=False)), atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 5), (4, 5, 4), (1, 4, 5, 3)])
def test_what_is_not_height_width_3_is_refused_with_its_shape(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match=r"expected colour, shape \(height, width, 3\), got shape"):
        to_grey(np.zeros(shape))


# --- many pictures ----------------------------------------------------------------------------------------------------


def test_a_mosaic_lays_pictures_out_row_by_row_with_white_between():
    first, second, third = (np.full((1, 2), value) for value in (0.1, 0.2, 0.3))
    expected = [[0.1, 0.1, 1, 0.2, 0.2], [1, 1, 1, 1, 1], [0.3, 0.3, 1, 1, 1]]
    assert_allclose(mosaic(np.stack([first, second, third]), columns=2), expected)


def test_a_mosaic_without_gap_keeps_each_picture_upright():
    pictures = np.arange(12).reshape(2, 2, 3) / 12
    assert_allclose(mosaic(pictures, columns=2, gap=0), np.hstack(list(pictures)))


@pytest.mark.parametrize(("shape", "columns"), [((2, 3), 1), ((0, 2, 3), 1), ((2, 3, 4, 3), 2), ((2, 3, 4), 0)])
def test_a_mosaic_of_something_else_is_refused(shape: tuple[int, ...], columns: int):
    with pytest.raises(ValueError, match="expected grey pictures"):
        mosaic(np.zeros(shape), columns=columns)
