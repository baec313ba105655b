"""Pictures to learn colours from: photographs with faded strips, and apples of two colours (lesson 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from cnncourse.applications.colours import to_rgb
from cnncourse.images import photograph

Array = NDArray[np.float64]
PHOTOGRAPHS = ("astronaut", "coffee", "chelsea")
STRIP = 24  # pixels; of three strips so wide, the third has lost its colours
RED, GREEN, LIGHTNESS = (58.0, 40.0), (-48.0, 46.0), 52.0  # hues of apples, both possible at this lightness


class Photo(NamedTuple):
    """A photograph at half its size, in which some strips have faded.

    Attributes
    ----------
    name : str
        As `cnncourse.images.photograph` has it.
    image : array, shape (height, width, 3), in [0, 1]
        With all its colours.
    faded : array of bool, shape (width,)
        True in the columns whose colours are held out.
    """

    name: str
    image: Array
    faded: NDArray[np.bool_]


class Patches(NamedTuple):
    """Squares cut out of photographs.

    Attributes
    ----------
    images : array, shape (n, side, side, 3), in [0, 1]
        With all their colours.
    seen : array of bool, shape (n, side, side)
        False where a colour is held out, and must not be learned from.
    """

    images: Array
    seen: NDArray[np.bool_]


def photos(names: tuple[str, ...] = PHOTOGRAPHS) -> list[Photo]:
    """Load colour photographs at half their size, with every third strip faded (lesson 11).

    Parameters
    ----------
    names : tuple of str
        Of colour photographs that come with scikit-image.

    Returns
    -------
    list of Photo

    Raises
    ------
    ValueError
        If one is grey, or unknown.

    Examples
    --------
    >>> cat = photos(("chelsea",))[0]
    >>> cat.image.shape, int(cat.faded.sum())
    ((150, 225, 3), 72)
    """
    found = []
    for name in names:
        image = photograph(name, grey=False)
        if image.ndim == 2:
            raise ValueError(f"expected photographs in colour, got {name!r}, which is grey: it has nothing to teach")
        high, wide = image.shape[0] // 2, image.shape[1] // 2
        half = image[: 2 * high, : 2 * wide].reshape(high, 2, wide, 2, 3).mean(axis=(1, 3))
        found.append(Photo(name, half, np.arange(wide) // STRIP % 3 == 2))
    return found


def cut_patches(found: Sequence[Photo], count: int = 800, *, side: int = 64, seed: int = 0) -> Patches:
    """Cut squares out of photographs, half of them mirrored, and say where their colours may be seen.

    Parameters
    ----------
    found : sequence of Photo
        Each gives equally many.
    count : int
        How many in all.
    side : int, pixels
        Of a square.
    seed : int
        Of the choice.

    Returns
    -------
    Patches

    Raises
    ------
    ValueError
        If a photograph is smaller than a square.
    """
    chance = np.random.default_rng(seed)
    images, seen = np.empty((count, side, side, 3)), np.empty((count, side, side), bool)
    for place in range(count):
        one = found[place % len(found)]
        if min(one.image.shape[:2]) < side:
            raise ValueError(f"expected squares that fit into {one.name}, {one.image.shape[:2]} pixels, got {side}")
        top, left = (int(chance.integers(length - side + 1)) for length in one.image.shape[:2])
        way = slice(None, None, -1 if chance.random() < 0.5 else 1)
        images[place] = one.image[top : top + side, left : left + side][:, way]
        seen[place] = ~one.faded[left : left + side][way]
    return Patches(images, seen)


def apples(count: int, *, size: int = 32, seed: int = 0) -> Array:
    """Draw round fruit, red or green by the toss of a coin, of the same lightness: no network can tell which.

    Parameters
    ----------
    count : int
        How many pictures.
    size : int, pixels
        Of a side.
    seed : int
        Of the coin, and of places and sizes.

    Returns
    -------
    array, shape (count, size, size, 3), in [0, 1]
    """
    chance = np.random.default_rng(seed)
    lab = torch.zeros(count, 3, size, size)
    lab[:, 0] = 92.0  # a pale ground without a hue
    rows, columns = np.mgrid[:size, :size]
    for place in range(count):
        row, column = chance.uniform(0.42 * size, 0.58 * size, 2)
        reach = chance.uniform(0.28, 0.38) * size
        inside = torch.from_numpy(np.hypot(rows - row, columns - column) < reach)
        light = torch.from_numpy(LIGHTNESS + 6 * (row - rows) / size)  # a little brighter above
        lab[place] = torch.where(inside, 0, lab[place])
        lab[place, 0] = torch.where(inside, light.float(), lab[place, 0])
        for channel, value in enumerate(RED if chance.random() < 0.5 else GREEN, start=1):
            lab[place, channel] = torch.where(inside, value, lab[place, channel])
    return to_rgb(lab)
