"""Photographs, files of your own, and the types of pixels (lesson 01)."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
GREY_WEIGHTS = np.array([0.2125, 0.7154, 0.0721])  # how bright red, green, blue look: ITU-R BT.709
MAX_PIXELS = 50_000_000


class Photograph(NamedTuple):
    """What a photograph shows, whose it is, and under which licence it comes with scikit-image."""

    shows: str
    credit: str
    licence: str


PHOTOGRAPHS: dict[str, Photograph] = {
    "camera": Photograph("a photographer at his tripod, in grey", "Lav Varshney", "CC0"),
    "astronaut": Photograph("Eileen Collins in her orange suit, before a flag and a shuttle", "NASA", "public domain"),
    "coffee": Photograph("a cup of espresso on a wooden table", "Rachel Michetti, Pikolo Espresso Bar", "CC0"),
    "chelsea": Photograph("the face of a tabby cat named Chelsea", "Stéfan van der Walt", "CC0"),
    "brick": Photograph("a wall of bricks, in grey", "CC0Textures, now ambientCG", "CC0"),
    "grass": Photograph("a lawn from above, in grey", "linolafett, DeviantArt", "CC0"),
    "gravel": Photograph("gravel from above, in grey", "CC0Textures, now ambientCG", "CC0"),
    "coins": Photograph("Greek coins from Pompeii on a dark cloth, in grey", "Brooklyn Museum", "no known restriction"),
    "rocket": Photograph("a Falcon 9 rocket on its launch pad at night", "SpaceX", "public domain"),
}


def photograph(name: str = "camera", *, grey: bool = True) -> Array:
    """Load one of the photographs that come with scikit-image (lesson 01).

    Parameters
    ----------
    name : str
        One of `PHOTOGRAPHS`.
    grey : bool
        Whether to turn colour into brightness. Some photographs are grey in any case.

    Returns
    -------
    array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture; rows first, colours in the order red, green, blue.

    Raises
    ------
    ValueError
        If there is no such photograph.

    Examples
    --------
    >>> photograph("chelsea", grey=False).shape
    (300, 451, 3)
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"expected a photograph out of {', '.join(PHOTOGRAPHS)}; got {name!r}")
    from skimage import data

    image = to_float(getattr(data, name)())
    return to_grey(image) if grey and image.ndim == 3 else image


def read_image(path: str | Path, *, grey: bool = False, max_pixels: int = MAX_PIXELS) -> Array:
    """Read a picture of your own from a file (lesson 01).

    Parameters
    ----------
    path : str or Path
        A PNG, JPEG, or another kind of file that Pillow can read. It is never written to.
    grey : bool
        Whether to turn colour into brightness.
    max_pixels : int, pixels
        Larger pictures are refused before they fill the memory.

    Returns
    -------
    array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture, turned upright if the camera recorded that it was held sideways; transparency is laid on white.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not a picture, is damaged, or is larger than `max_pixels`.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    file = Path(path).expanduser()
    if not file.is_file():
        raise FileNotFoundError(f"no file at {file}; the notebook looks from {Path.cwd()}: give the path from there")
    try:
        with (
            warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning),
            Image.open(file) as opened,
        ):
            if opened.width * opened.height > max_pixels:
                raise ValueError(
                    f"{file.name} has {opened.width} × {opened.height} pixels, more than the {max_pixels:,} that fit a "
                    "lesson; make a smaller copy, or raise max_pixels"
                )
            return _from_pillow(ImageOps.exif_transpose(opened), grey)
    except Image.DecompressionBombError as error:
        raise ValueError(f"{file.name} is too large for a lesson ({error}); make a smaller copy") from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError(f"{file.name} cannot be read as a picture ({error}); try a PNG or JPEG file") from error


def _from_pillow(opened: Any, grey: bool) -> Array:
    from PIL import Image

    if opened.mode.startswith(("I", "F")):  # 16 bits or more a pixel, always grey
        return _deep_grey(np.asarray(opened))
    if opened.mode not in ("L", "RGB"):
        paper = Image.new("RGBA", opened.size, "white")
        paper.alpha_composite(opened.convert("RGBA"))
        opened = paper.convert("RGB")
    image = to_float(np.asarray(opened))
    return to_grey(image) if grey and image.ndim == 3 else image


def _deep_grey(values: NDArray[Any]) -> Array:
    white = 1 if values.dtype.kind == "f" else np.iinfo(np.uint16).max
    if not ((values >= 0) & (values <= white)).all():  # NaN fails both
        raise ValueError(
            f"expected grey values from 0 to {white}, got {values.min()} to {values.max()}: these are measures, not "
            "brightnesses; load them with NumPy and scale them yourself"
        )
    return np.asarray(values / white, dtype=np.float64)


def to_float(image: NDArray[Any]) -> Array:
    """Turn a picture of any usual kind into floats from 0 (black) to 1 (white) (lesson 01).

    Parameters
    ----------
    image : array of bool, uint8, uint16 or float
        The picture. Floats are taken as they are.

    Returns
    -------
    array, same shape, of 64-bit floats
        Whole numbers are divided by the largest that their type can hold.

    Raises
    ------
    ValueError
        If the numbers are of another type.

    Examples
    --------
    >>> to_float(np.array([0, 51, 255], dtype=np.uint8))
    array([0. , 0.2, 1. ])
    """
    kind = np.asarray(image).dtype
    if kind.kind in "bf":
        return np.asarray(image, dtype=np.float64)
    if kind.kind == "u":
        return np.asarray(image) / np.iinfo(kind).max
    raise ValueError(
        f"expected a picture of bool, unsigned or float numbers, got {kind}; say what its white is: image / white"
    )


def to_uint8(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Turn a float picture into whole numbers from 0 to 255, as files and screens hold them (lesson 01).

    Parameters
    ----------
    image : array of float, in [0, 1]
        The picture; values outside are cut off. Of another type it is first turned by `to_float`.

    Returns
    -------
    array of uint8, same shape
        The nearest whole numbers.

    Raises
    ------
    ValueError
        If a value is NaN: it has no brightness. Or as `to_float` does.

    Examples
    --------
    >>> to_uint8(np.array([0.0, 0.5, 1.2]))
    array([  0, 128, 255], dtype=uint8)
    """
    values = to_float(image)
    if np.isnan(values).any():
        count = int(np.isnan(values).sum())
        raise ValueError(
            f"expected brightnesses from 0 to 1, got {count} NaN; replace them first, as with np.nan_to_num"
        )
    return np.asarray(np.floor(np.clip(values, 0, 1) * 255 + 0.5), dtype=np.uint8)


def to_grey(image: NDArray[Any]) -> Array:
    """Turn colour into brightness: 0.2125 red + 0.7154 green + 0.0721 blue (lesson 01).

    Parameters
    ----------
    image : array, shape (height, width, 3), in [0, 1]
        The picture in colour.

    Returns
    -------
    array, shape (height, width), in [0, 1]
        How bright each pixel looks.

    Raises
    ------
    ValueError
        If the last axis does not hold three colours.

    References
    ----------
    ITU-R Recommendation BT.709, "Parameter values for the HDTV standards", 2015.

    Examples
    --------
    >>> to_grey(np.array([[[0.0, 1.0, 0.0]]]))
    array([[0.7154]])
    """
    picture = np.asarray(image)
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(
            f"expected colour, shape (height, width, 3), got shape {picture.shape}; "
            "a picture stored channels first is turned by image.transpose(1, 2, 0)"
        )
    return np.asarray(to_float(picture) @ GREY_WEIGHTS)


def mosaic(images: NDArray[Any], *, columns: int, gap: int = 1) -> Array:
    """Lay many small pictures of one size out as one large picture (lesson 01).

    Parameters
    ----------
    images : array, shape (count, height, width), in [0, 1]
        The pictures, in grey.
    columns : int
        Pictures in a row.
    gap : int, pixels
        White between two pictures; the places left over in the last row are white too.

    Returns
    -------
    array, shape (rows * (height + gap) - gap, columns * (width + gap) - gap), in [0, 1]
        The pictures row by row.

    Raises
    ------
    ValueError
        If there is no picture, they are not in grey, or there is no column.

    Examples
    --------
    Three black pixels in two columns:

    >>> mosaic(np.zeros((3, 1, 1)), columns=2)
    array([[0., 1., 0.],
           [1., 1., 1.],
           [0., 1., 1.]])
    """
    pictures = np.asarray(images, dtype=float)
    if pictures.ndim != 3 or len(pictures) == 0 or columns < 1:
        raise ValueError(
            f"expected grey pictures, shape (count, height, width), and 1 column or more, got shape {pictures.shape} "
            f"and {columns} columns"
        )
    rows = -(-len(pictures) // columns)
    height, width = np.array(pictures.shape[1:]) + gap
    sheet = np.ones((rows * columns, height, width))
    sheet[: len(pictures), : height - gap, : width - gap] = pictures
    whole = sheet.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
    return whole[: rows * height - gap, : columns * width - gap]
