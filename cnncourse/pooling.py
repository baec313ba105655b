"""Pooling in NumPy: keep the largest, the mean, the first or a blurred value of every window (lesson 05)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import windows

Array = NDArray[Any]


def max_pool_loops(feature_map: ArrayLike, size: int, *, stride: int | None = None) -> Array:
    """Keep the largest value of every window, with plain loops (lesson 05).

    Parameters
    ----------
    feature_map : array, shape (height, width)
        What a filter answered.
    size : int, pixels
        Side of the window.
    stride : int, pixels, optional
        Step between two windows; by default the side, so that windows neither overlap nor leave gaps.

    Returns
    -------
    array, shape (rows, columns)
        One value a window; a rest at the right and at the bottom that no window reaches is left out.

    Raises
    ------
    ValueError
        If the window does not fit once, or a number is out of range.

    Examples
    --------
    >>> max_pool_loops([[1, 5, 2, 0], [3, 4, 7, 1]], 2)
    array([[5, 7]])
    """
    places = pool_windows(feature_map, size, stride=stride)
    rows, columns = places.shape[:2]
    output = np.empty((rows, columns), places.dtype)
    for i in range(rows):
        for j in range(columns):
            largest = places[i, j, 0, 0]
            for value in places[i, j].flat:
                largest = max(largest, value)
            output[i, j] = largest
    return output


def max_pool(feature_maps: ArrayLike, size: int, *, stride: int | None = None) -> Array:
    """Keep the largest value of every window, channel by channel (lesson 05).

    Parameters
    ----------
    feature_maps : array, shape (..., height, width)
        One map or several; each is pooled by itself.
    size : int, pixels
        Side of the window.
    stride : int, pixels, optional
        Step between two windows; the side by default.

    Returns
    -------
    array, shape (..., rows, columns)
        One value a window. A window that holds NaN gives NaN.

    Raises
    ------
    ValueError
        As `max_pool_loops` does.

    Examples
    --------
    >>> max_pool([[1, 5, 2, 0], [3, 4, 7, 1]], 2)
    array([[5, 7]])
    """
    return np.asarray(pool_windows(feature_maps, size, stride=stride).max(axis=(-2, -1)))


def average_pool(feature_maps: ArrayLike, size: int, *, stride: int | None = None) -> Array:
    """Keep the mean of every window, channel by channel: a convolution with stride (lesson 05).

    Parameters and result as in `max_pool`.

    Examples
    --------
    >>> average_pool([[1, 5, 2, 0], [3, 4, 7, 1]], 2)
    array([[3.25, 2.5 ]])
    """
    return np.asarray(pool_windows(feature_maps, size, stride=stride).mean(axis=(-2, -1)))


def subsample(feature_maps: ArrayLike, size: int) -> Array:
    """Keep the first value of every block and drop the others: what a stride does (lesson 05).

    Parameters
    ----------
    feature_maps : array, shape (..., height, width)
        One map or several.
    size : int, pixels
        Side of a block.

    Returns
    -------
    array, shape (..., height // size, width // size)
        Every `size`-th value in both directions.

    Raises
    ------
    ValueError
        As `max_pool_loops` does.

    Examples
    --------
    >>> subsample([[1, 5, 2, 0], [3, 4, 7, 1]], 2)
    array([[1, 2]])
    """
    return np.array(pool_windows(feature_maps, size)[..., 0, 0])


def blur_pool(feature_maps: ArrayLike, size: int) -> Array:
    """Blur, and only then keep one value of every block (lesson 05).

    The weights of the blur form a triangle, 1 2 1 for blocks of 2 and 1 2 3 2 1 for blocks of 3: a mean over `size`
    values taken twice. Beyond the border the last value is copied outwards.

    Parameters
    ----------
    feature_maps : array, shape (..., height, width)
        One map or several.
    size : int, pixels
        Side of a block.

    Returns
    -------
    array, shape (..., height // size, width // size)
        The blurred maps at the places that `subsample` keeps.

    Raises
    ------
    ValueError
        As `max_pool_loops` does.

    References
    ----------
    R. Zhang, "Making convolutional networks shift-invariant again", 2019, arXiv:1904.11486.

    Examples
    --------
    Stripes one pixel wide become an even grey, wherever they begin:

    >>> blur_pool([[0, 4, 0, 4, 0, 4]] * 2, 2)[0, 1:], blur_pool([[4, 0, 4, 0, 4, 0]] * 2, 2)[0, 1:]
    (array([2., 2.]), array([2., 2.]))
    """
    maps = np.asarray(feature_maps, dtype=float)
    rows, columns = pool_windows(maps, size).shape[-4:-2]
    triangle = np.convolve(np.ones(size), np.ones(size)) / size**2
    frame = [(0, 0)] * (maps.ndim - 2) + [(size - 1, size - 1)] * 2
    seen = np.lib.stride_tricks.sliding_window_view(
        np.pad(maps, frame, mode="edge"), (2 * size - 1,) * 2, axis=(-2, -1)
    )
    kept = seen[..., ::size, ::size, :, :][..., :rows, :columns, :, :]
    return np.asarray(np.einsum("...ab,a,b->...", kept, triangle, triangle, optimize=True))


def max_pool_gradient(feature_map: ArrayLike, gradient: ArrayLike, size: int, *, stride: int | None = None) -> Array:
    """Send each pooled value's gradient back to the pixel it came from (lesson 05).

    Parameters
    ----------
    feature_map : array, shape (height, width)
        What was pooled.
    gradient : array, shape (rows, columns)
        How the loss changes with each pooled value.
    size : int, pixels
        Side of the window.
    stride : int, pixels, optional
        Step between two windows; the side by default.

    Returns
    -------
    array, shape (height, width)
        How the loss changes with each pixel: where windows overlap, contributions add; of equal largest values the
        first in reading order takes it all, as in PyTorch.

    Raises
    ------
    ValueError
        If the gradient does not have one value a window.

    Examples
    --------
    >>> max_pool_gradient([[1, 5, 2, 0], [3, 4, 7, 1]], [[10, 20]], 2)
    array([[ 0., 10.,  0.,  0.],
           [ 0.,  0., 20.,  0.]])
    """
    places = pool_windows(feature_map, size, stride=stride)
    arriving = np.asarray(gradient, dtype=float)
    if arriving.shape != places.shape[:2]:
        raise ValueError(f"expected a gradient of shape {places.shape[:2]}, one value a window, got {arriving.shape}")
    step = stride or size
    back = np.zeros(np.shape(feature_map))
    for (i, j), value in np.ndenumerate(arriving):
        a, b = np.unravel_index(int(places[i, j].argmax()), (size, size))
        back[i * step + a, j * step + b] += value
    return back


def pool_windows(feature_maps: ArrayLike, size: int, *, stride: int | None = None) -> Array:
    """View the windows of every channel; parameters as in `max_pool`.

    Returns
    -------
    array, shape (..., rows, columns, size, size)
        Read-only view; no value is copied.
    """
    maps = np.asarray(feature_maps)
    if maps.ndim < 2 or maps.size == 0:
        raise ValueError(f"expected feature maps of shape (..., height, width), got shape {maps.shape}")
    step = size if stride is None else stride
    windows(maps.reshape(-1, *maps.shape[-2:])[0], (size, size), stride=step)  # refuses what does not fit, with advice
    view = np.lib.stride_tricks.sliding_window_view(maps, (size, size), axis=(-2, -1))
    return view[..., ::step, ::step, :, :]
