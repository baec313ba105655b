"""What the convolution explorer shows for one place of its window, computed without a page."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate, output_size, pad
from cnncourse.kernels import KERNELS
from cnncourse.widgets._base import SettingError

Array = NDArray[np.float64]


class Look(TypedDict):
    """One place of the window: row and column, what it covers there, and out of how many rows and columns of places."""

    padded: Array
    window: Array
    products: Array
    total: float
    place: tuple[int, int]
    places: tuple[int, int]


class Step(TypedDict):
    """What the explorer shows for one place of the window."""

    padded: Array
    window: Array
    products: Array
    total: float
    output: Array


def look(
    image: Array, kernel: Array, position: tuple[int, int] = (0, 0), *, stride: int = 1, padding: int = 0, **frame: Any
) -> Look:
    """Compute what the explorer shows of one place, without the places around it.

    Parameters
    ----------
    image, kernel, position
        As in `arrays`.
    stride, padding : int, pixels
        As in `cnncourse.convolution.correlate`.
    **frame
        ``mode`` and ``value``.

    Returns
    -------
    Look
        ``padded``, ``window``, ``products``, ``total`` (their sum), the ``place`` taken, and how many ``places``.

    Raises
    ------
    ValueError
        As `cnncourse.convolution.correlate` does.

    Examples
    --------
    >>> seen = look(np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[1.0, 10]]), (9, 9))
    >>> seen["total"], seen["place"], seen["places"]
    (65.0, (1, 1), (2, 2))
    """
    padded = pad(image, padding, **frame)
    sizes = zip(image.shape, kernel.shape, strict=True)
    rows, columns = (output_size(size, weights, stride=stride, padding=padding) for size, weights in sizes)
    row, column = (min(max(0, at), count - 1) for at, count in zip(position, (rows, columns), strict=True))
    high, wide = kernel.shape
    window = padded[row * stride : row * stride + high, column * stride : column * stride + wide]
    products = window * kernel
    place, places = (row, column), (rows, columns)
    total = float(products.sum())
    return Look(padded=padded, window=window, products=products, total=total, place=place, places=places)


def arrays(image: ArrayLike, kernel: ArrayLike, position: tuple[int, int] = (0, 0), **settings: Any) -> Step:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    kernel : array, shape (kernel height, kernel width)
        The weights, used as they stand.
    position : (int, int)
        Row and column of the output whose window to look at; outside, the nearest place is taken.
    **settings
        ``stride``, ``padding``, ``mode`` and ``value``, as in `cnncourse.convolution.correlate`.

    Returns
    -------
    Step
        ``padded``, ``window``, ``products``, ``total`` (their sum) and the whole ``output``.

    Raises
    ------
    ValueError
        As `cnncourse.convolution.correlate` does.

    Examples
    --------
    >>> step = arrays([[1, 2, 3], [4, 5, 6]], [[1, 10]], (1, 1))
    >>> step["products"], step["total"]
    (array([[ 5., 60.]]), 65.0)
    """
    picture, weights = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    output = correlate(picture, weights, **settings)
    seen = look(picture, weights, position, **settings)
    window, products, total = seen["window"], seen["products"], seen["total"]
    return Step(padded=seen["padded"], window=window, products=products, total=total, output=output)


def read_kernel(kernel: Any) -> Array:
    """Return a kernel as floats, or raise `SettingError` with what was expected."""
    if isinstance(kernel, str):
        raise SettingError(f"expected a kernel as a matrix, or a name out of {', '.join(KERNELS)}; got {kernel!r}")
    weights = np.asarray(kernel)
    if weights.ndim != 2 or weights.size == 0 or weights.dtype.kind not in "buif":
        raise SettingError(
            f"expected a kernel of real numbers with 2 dimensions (height, width), got shape {weights.shape}, "
            f"dtype {weights.dtype}; try [[0, 1, 0], [1, -4, 1], [0, 1, 0]]"
        )
    if not np.isfinite(weights).all():
        raise SettingError("expected finite weights, got NaN or infinity in the kernel; one of them spoils every sum")
    return weights.astype(np.float64)
