"""Pictures that move by a few pixels (lesson 00), and how much an answer changes when they do (lesson 05)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


class Changes(NamedTuple):
    """What became of an answer, one number a shift: 0 for no change, 1 for nothing in common.

    Attributes
    ----------
    stays : array, shape (shifts,)
        Against the answer to the unshifted picture: 0 is *invariance*.
    moves : array, shape (shifts,)
        Against the same answer moved along with the picture: 0 is *equivariance*.
    """

    stays: Array
    moves: Array


def shift(image: ArrayLike, *, down: int = 0, right: int = 0) -> Array:
    """Move a picture by whole pixels; what leaves is lost, and zeros come in (lesson 00).

    Parameters
    ----------
    image : array, shape (..., height, width)
        One picture or several.
    down, right : int, pixels
        How far; negative numbers move up and left.

    Returns
    -------
    array, same shape
        The moved picture.

    Examples
    --------
    >>> shift([[1, 2, 3], [4, 5, 6]], down=1, right=-1)
    array([[0., 0., 0.],
           [2., 3., 0.]])
    """
    picture = np.asarray(image, dtype=float)
    height, width = picture.shape[-2:]
    room = [(0, 0)] * (picture.ndim - 2) + [(max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))]
    padded = np.pad(picture, room)
    top, left = max(-down, 0), max(-right, 0)
    return padded[..., top : top + height, left : left + width]


def shifted(image: ArrayLike, down: int, right: int, *, margin: int) -> Array:
    """Move a picture behind a window, so that nothing has to be invented at its border (lesson 05).

    Parameters
    ----------
    image : array, shape (height, width)
        The whole picture.
    down, right : int, pixels
        How far what is seen moves; negative is up and left.
    margin : int, pixels
        How much of the picture the window hides on each side at rest: the largest shift.

    Returns
    -------
    array, shape (height - 2 * margin, width - 2 * margin)
        What the window shows.

    Raises
    ------
    ValueError
        If the shift is larger than the margin, or the margin leaves nothing to see.

    Examples
    --------
    >>> row = np.tile(np.arange(6), (6, 1))
    >>> shifted(row, 0, 0, margin=2)[0], shifted(row, 0, 1, margin=2)[0]
    (array([2, 3]), array([1, 2]))
    """
    picture = np.asarray(image)
    height, width = picture.shape[:2]
    if max(abs(down), abs(right)) > margin:
        raise ValueError(f"expected a shift of at most the margin, {margin} pixels, got {down} down and {right} right")
    if min(height, width) <= 2 * margin:
        raise ValueError(
            f"a margin of {margin} pixels on each side leaves nothing of a picture of shape {picture.shape}; "
            "take a larger picture or smaller shifts"
        )
    return picture[margin - down : height - margin - down, margin - right : width - margin - right]


def moved(feature_map: ArrayLike, down: float, right: float) -> Array:
    """Move an answer by a number of its own cells, which may be a fraction (lesson 05).

    Parameters
    ----------
    feature_map : array, shape (height, width)
        What a filter or a pooling answered.
    down, right : float, cells
        How far to move it; between two cells it is mixed from both.

    Returns
    -------
    array, shape (height, width)
        NaN where nothing is known, since it would come from outside.

    Examples
    --------
    >>> moved([[0, 4, 8]], 0, 0.5)
    array([[nan,  2.,  6.]])
    """
    return _moved_rows(_moved_rows(np.asarray(feature_map, dtype=float), down).T, right).T


def change(before: ArrayLike, after: ArrayLike) -> float:
    """Say how different two answers are, from 0 for equal to 1 for nothing in common (lesson 05).

    Parameters
    ----------
    before, after : array, same shape, 0 or more
        Two feature maps behind a ReLU. A cell that is NaN in either is left out.

    Returns
    -------
    float, in [0, 1]
        Root of the sum of squared differences over the sum of both maps' squares; it can reach the root of 2 where
        signs are opposite. NaN where there is nothing to compare.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> change([[3, 0]], [[3, 0]]), change([[3, 0]], [[0, 4]]), change([[3, 3]], [[3, 1]])
    (0.0, 1.0, 0.3779644730092272)
    """
    one, other = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if one.shape != other.shape:
        raise ValueError(f"expected two answers of one shape, got {one.shape} and {other.shape}")
    known = ~(np.isnan(one) | np.isnan(other))
    if not known.any():
        return float("nan")
    both = float((one[known] ** 2).sum() + (other[known] ** 2).sum())
    return float(np.sqrt(((one - other)[known] ** 2).sum() / both)) if both else 0.0


def measure_shifts(
    image: ArrayLike, answer: Callable[[Array], Array], shifts: Iterable[tuple[int, int]], *, step: int = 1
) -> Changes:
    """Measure how much an answer changes under each of several shifts of the picture (lesson 05).

    Parameters
    ----------
    image : array, shape (height, width)
        A picture with some pixels to spare on every side: the largest shift is hidden there.
    answer : function
        From a picture to a feature map, such as a convolution, a ReLU and a pooling.
    shifts : iterable of (int, int), pixels
        How far to move the picture, down and to the right.
    step : int, pixels
        How many pixels of the picture lie between two neighbouring cells of the feature map.

    Returns
    -------
    Changes
        Two numbers a shift: how well the answer stays, and how well it moves along.

    Examples
    --------
    >>> def every_second(picture):
    ...     return picture[::2, ::2]
    >>> stripes = np.tile([0.0, 1.0], (10, 5))
    >>> measure_shifts(stripes, every_second, [(0, 1), (0, 2)], step=2).stays
    array([1., 0.])
    """
    distances = list(shifts)
    margin = max((max(abs(down), abs(right)) for down, right in distances), default=0)
    rest = answer(shifted(image, 0, 0, margin=margin))
    stays, moves = [], []
    for down, right in distances:
        after = answer(shifted(image, down, right, margin=margin))
        stays.append(change(rest, after))
        moves.append(change(moved(rest, down / step, right / step), after))
    return Changes(np.array(stays), np.array(moves))


def _moved_rows(values: Array, down: float) -> Array:
    whole = int(np.floor(down))
    share = down - whole
    if share == 0:
        return _rolled(values, whole)
    return (1 - share) * _rolled(values, whole) + share * _rolled(values, whole + 1)


def _rolled(values: Array, down: int) -> Array:
    height = values.shape[0]
    out = np.full(values.shape, np.nan)
    if abs(down) < height:
        out[max(0, down) : height + min(0, down)] = values[max(0, -down) : height - max(0, down)]
    return out
