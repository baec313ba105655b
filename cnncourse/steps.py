"""One step of a sliding kernel, and the places where it stops (lesson 02)."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import output_size
from cnncourse.convolution_algorithms import correlate_windows

Array = NDArray[np.float64]


class Step(NamedTuple):
    """A kernel at one of its places.

    Attributes
    ----------
    image : array, shape (height, width)
        The picture, already padded.
    kernel : array, shape (kernel height, kernel width)
        The weights.
    place : (int, int)
        Row and column in the output, counted from 0.
    stride : int, pixels
        Step between two places.
    products : array, shape (kernel height, kernel width)
        Each pixel under the kernel times its weight.
    output : array, shape (rows, columns)
        The sums of products found so far, row by row; NaN where the kernel has not been.
    limit : float
        The largest sum, sign aside, that any place gives: the end of the colours, the same for all steps.
    """

    image: Array
    kernel: Array
    place: tuple[int, int]
    stride: int
    products: Array
    output: Array
    limit: float


def step_at(image: ArrayLike, kernel: ArrayLike, row: int, column: int, *, stride: int = 1) -> Step:
    """Stop a sliding kernel at one place and look at its products, their sum and the output so far (lesson 02).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture, already padded.
    kernel : array, shape (kernel height, kernel width)
        The weights.
    row, column : int
        The place in the output, counted from 0.
    stride : int, pixels
        Step between two places.

    Returns
    -------
    Step
        All that there is to see at this place.

    Raises
    ------
    ValueError
        If the kernel has no such place.

    Examples
    --------
    >>> step = step_at([[1, 2, 3], [4, 5, 6]], [[1, 10]], 1, 0)
    >>> step.products
    array([[ 4., 50.]])
    >>> step.output
    array([[21., 32.],
           [54., nan]])
    """
    picture, weights = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    output = correlate_windows(picture, weights, stride=stride)
    rows, columns = output.shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(
            f"expected a place from (0, 0) to ({rows - 1}, {columns - 1}), got ({row}, {column}): a kernel of shape "
            f"{weights.shape} has {rows} by {columns} places on a picture of shape {picture.shape} with stride {stride}"
        )
    top, left = row * stride, column * stride
    products = picture[top : top + weights.shape[0], left : left + weights.shape[1]] * weights
    limit = float(np.abs(output).max()) or 1.0
    output.flat[row * columns + column + 1 :] = np.nan
    return Step(picture, weights, (row, column), stride, products, output, limit)


def places(size: int, kernel: int, *, stride: int = 1, padding: int = 0) -> range:
    """List where along one axis the first pixel of a sliding kernel stands (lesson 02).

    Parameters
    ----------
    size : int, pixels
        Length of the image along the axis.
    kernel, stride, padding : int, pixels
        As in `cnncourse.convolution.output_size`.

    Returns
    -------
    range
        Positions counted from the first pixel of the image: −padding is the first pixel of the frame.

    Raises
    ------
    ValueError
        If the kernel does not fit once, or a number is not a whole one in its range.

    Examples
    --------
    >>> list(places(7, 3, stride=2))
    [0, 2, 4]
    >>> list(places(7, 3, stride=3, padding=1))
    [-1, 2, 5]
    """
    count = output_size(size, kernel, stride=stride, padding=padding)
    return range(-padding, -padding + count * stride, stride)


def sizes_that_fit(size: int, kernel: int, stride: int, padding: int) -> list[tuple[int, int, int, int]]:
    """List every setting up to the largest numbers given in which the kernel fits at least once (lesson 02).

    Parameters
    ----------
    size, kernel, stride, padding : int, pixels
        The largest of each; size, kernel and stride begin at 1, padding at 0.

    Returns
    -------
    list of (size, kernel, stride, padding)
        All combinations with ``kernel <= size + 2 * padding``.

    Examples
    --------
    >>> sizes_that_fit(2, 2, 1, 0)
    [(1, 1, 1, 0), (2, 1, 1, 0), (2, 2, 1, 0)]
    """
    every = itertools.product(range(1, size + 1), range(1, kernel + 1), range(1, stride + 1), range(padding + 1))
    return [(n, k, s, p) for n, k, s, p in every if k <= n + 2 * p]
