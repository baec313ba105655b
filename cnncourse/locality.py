"""Patterns are local: how alike neighbours are, and what shuffling destroys (lesson 01)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def neighbour_likeness(image: NDArray[Any], distance: int) -> float:
    """Measure how alike pixels at a distance are: the correlation of all such pairs (lesson 01).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    distance : int, pixels
        How far apart the two pixels of a pair lie, in a row and in a column alike.

    Returns
    -------
    float, in [-1, 1]
        Pearson's correlation: 1 if a pixel tells its neighbour exactly, 0 if it tells nothing.

    Raises
    ------
    ValueError
        If no pair is that far apart, a pixel is no finite number, or all are the same and correlation has no meaning.

    References
    ----------
    D. Ruderman, W. Bialek, "Statistics of natural images: scaling in the woods", 1994.

    Examples
    --------
    Black and white stripes, one pixel wide, are opposite to their neighbours and equal to the next but one; seen along
    rows and columns together, where columns never change, the opposites cancel against the equals:

    >>> stripes = np.tile([0.0, 1.0], (6, 3))
    >>> round(neighbour_likeness(stripes, 1), 6)
    0.0
    >>> round(neighbour_likeness(stripes, 2), 6)
    1.0
    """
    picture = np.asarray(image, dtype=float)
    if picture.ndim != 2 or not 1 <= distance < min(picture.shape):
        raise ValueError(
            f"expected a grey picture and a distance from 1 to its shorter side, got shape {picture.shape} "
            f"and distance {distance}"
        )
    if not np.isfinite(picture).all():
        raise ValueError("a pixel is NaN or infinite and is like nothing; replace it first, as with np.nan_to_num")
    here = np.concatenate([picture[:, :-distance].ravel(), picture[:-distance, :].ravel()])
    there = np.concatenate([picture[:, distance:].ravel(), picture[distance:, :].ravel()])
    if here.std() == 0 or there.std() == 0:
        raise ValueError("every pixel is the same, so a correlation has no meaning; take a picture that varies")
    return float(np.corrcoef(here, there)[0, 1])


def shuffle_pixels(image: NDArray[Any], *, seed: int = 0) -> NDArray[Any]:
    """Deal the same pixels out again in random order (lesson 01).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture; it stays as it is.
    seed : int
        Which of the many orders.

    Returns
    -------
    array, shape (height, width)
        The same numbers, so the same histogram, and nothing to see.
    """
    return np.random.default_rng(seed).permutation(np.ravel(image)).reshape(np.shape(image))


def shuffle_tiles(image: NDArray[Any], size: int, *, seed: int = 0) -> NDArray[Any]:
    """Cut a picture into square tiles and deal them out again in random order (lesson 01).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture; it stays as it is.
    size : int, pixels
        Side of a tile; it must divide the height and the width.
    seed : int
        Which of the many orders.

    Returns
    -------
    array, shape (height, width)
        The same tiles, each inside as it was, in other places.

    Raises
    ------
    ValueError
        If the tiles do not fill the picture.

    Examples
    --------
    With tiles as large as the picture there is one order only:

    >>> shuffle_tiles(np.eye(2), 2)
    array([[1., 0.],
           [0., 1.]])
    """
    picture = np.asarray(image)
    if picture.ndim != 2 or size < 1 or picture.shape[0] % size or picture.shape[1] % size:
        raise ValueError(
            f"expected a grey picture that tiles of {size} × {size} fill, got shape {picture.shape}; crop it first"
        )
    down, across = (length // size for length in picture.shape)
    tiles = picture.reshape(down, size, across, size).swapaxes(1, 2).reshape(-1, size, size)
    dealt = np.random.default_rng(seed).permutation(tiles).reshape(down, across, size, size)
    return dealt.swapaxes(1, 2).reshape(picture.shape)


def most_alike(image: NDArray[Any], patch: NDArray[Any], count: int) -> list[tuple[int, int]]:
    """Find the places where a picture looks most like a patch: small mean difference of pixels (lesson 01).

    Lesson 02 turns this search into a convolution.

    Parameters
    ----------
    image : array, shape (height, width)
        Where to look.
    patch : array, shape (patch height, patch width)
        What to look for.
    count : int
        How many places; they do not overlap.

    Returns
    -------
    list of (row, column)
        Top left corners, the most alike first. Fewer than `count` if no more fit without overlap.

    Raises
    ------
    ValueError
        If the patch is empty or larger than the picture, one of them is not in grey, or a pixel is no finite number.

    Examples
    --------
    >>> most_alike(np.array([[0, 1, 0, 0, 1, 0]]), np.array([[0, 1]]), 2)
    [(0, 0), (0, 3)]
    """
    picture, part = np.asarray(image, dtype=float), np.asarray(patch, dtype=float)
    if picture.ndim != 2 or part.ndim != 2 or part.size == 0 or any(np.array(part.shape) > picture.shape):
        raise ValueError(f"expected a grey patch that fits into a grey picture, got {part.shape} and {picture.shape}")
    if not (np.isfinite(picture).all() and np.isfinite(part).all()):
        raise ValueError("a pixel is NaN or infinite and is like nothing; replace it first, as with np.nan_to_num")
    (height, width), places = part.shape, []
    difference = _difference_everywhere(picture, part)
    for _ in range(count):
        row, column = (int(i) for i in np.unravel_index(difference.argmin(), difference.shape))
        if np.isinf(difference[row, column]):
            break
        places.append((row, column))
        difference[max(0, row - height + 1) : row + height, max(0, column - width + 1) : column + width] = np.inf
    return places


def _difference_everywhere(picture: NDArray[Any], part: NDArray[Any]) -> NDArray[Any]:
    """Sum the absolute differences for every place of the patch: one shifted subtraction a pixel of the patch."""
    rows, columns = (whole - small + 1 for whole, small in zip(picture.shape, part.shape, strict=True))
    total = np.zeros((rows, columns))
    for (row, column), value in np.ndenumerate(part):
        total += np.abs(picture[row : row + rows, column : column + columns] - value)
    return total
