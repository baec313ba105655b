"""Pictures of one size made into pictures of another."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnncourse.datasets._kinds import LabelledImages

SMALLEST = 8
Kind = TypeVar("Kind", bound=LabelledImages)


def check_size(size: int) -> None:
    """Raise ValueError for a size at which nothing can be recognised."""
    if size < SMALLEST:
        raise ValueError(f"expected a size of {SMALLEST} pixels or more, got {size}: fewer cannot show a digit")


def resized(found: Kind, size: int) -> Kind:
    """Give pictures another size, square; digits of 8×8 get the margin of MNIST, where 20 pixels of 28 are for ink.

    Parameters
    ----------
    found : LabelledImages
        The pictures; they stay as they are.
    size : int, pixels
        Height and width.

    Returns
    -------
    LabelledImages
        The resized pictures; `source` says that they are. Those that have this size already are given as they are.
    """
    height, width = found.images.shape[1:]
    if (height, width) == (size, size):
        return found
    margin = round(size / 7) if height == 8 else 0  # MNIST has its margin already, 4 of 28 pixels at each side
    inside = slice(margin, size - margin)
    images = np.zeros((len(found), size, size), np.float32)
    images[:, inside, inside] = scaled(found.images, size - 2 * margin)
    return replace(found, images=images, source=f"{found.source}, resized to {size}×{size}")


def scaled(images: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Scale pictures bilinearly; where they shrink, over all pixels that fall into one.

    Parameters
    ----------
    images : array of float32, shape (n, height, width)
        The pictures.
    size : int, pixels
        New height and width.

    Returns
    -------
    array of float32, shape (n, size, size)
        The scaled pictures.

    Examples
    --------
    >>> scaled(np.array([[[0, 1], [0, 1]]], np.float32), 4)[0, 0]
    array([0.  , 0.25, 0.75, 1.  ], dtype=float32)
    """
    from PIL import Image
    from tqdm.auto import tqdm

    larger = np.empty((len(images), size, size), np.float32)
    for place, image in enumerate(tqdm(images, desc="resizing", delay=2, mininterval=0.5, leave=False)):
        larger[place] = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
    return larger
