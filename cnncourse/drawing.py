"""From strokes of a pen to 28 × 28 pixels, centred and scaled as the digits of MNIST were (lesson 06)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BOX", "FINE", "PEN", "SIDE", "centre_as_mnist", "rasterise", "resize"]

Array = NDArray[np.float64]
Strokes = Sequence[Sequence[Sequence[float]]]
SIDE, BOX = 28, 20  # pixels: the picture, and the longer side of the digit in it
CENTRE = 14  # row and column, counted from 0, of the pixel on which MNIST has a digit's centre of mass
FINE = 4  # fine pixels along a pixel: strokes are drawn at this resolution first
NO_INK = 1e-6  # less is rounding
PEN = 2.4  # pixels: as thick as most lines of MNIST once the digit is 20 pixels high


def rasterise(strokes: Strokes, *, pen: float = PEN, side: int = SIDE) -> Array:
    """Draw strokes with a round pen, with smooth edges (lesson 06).

    Parameters
    ----------
    strokes : sequence of sequences of (x, y), pixels
        Each stroke is a line through its points, x to the right and y down; a single point is a dot.
    pen : float, pixels
        Width of the pen.
    side : int, pixels
        Height and width of the sheet.

    Returns
    -------
    array, shape (4 * side, 4 * side), in [0, 1]
        Four fine pixels for each pixel; 1 is full ink. At the edge of a line a fine pixel has as much ink as the line
        reaches into it.

    Raises
    ------
    ValueError
        If the pen has no width, or a point is not a pair of finite numbers.

    Examples
    --------
    A line along the upper edge of a sheet of 2 × 2 pixels; a pen of 1 pixel leaves half its ink on the sheet:

    >>> rasterise([[[-1, 0], [3, 0]]], pen=1, side=2)[:, 0]
    array([1., 1., 0., 0., 0., 0., 0., 0.])
    """
    if not pen > 0:
        raise ValueError(f"expected a pen wider than 0 pixels, got {pen}")
    ink = np.zeros((side * FINE, side * FINE))
    for stroke in strokes:
        points = FINE * _points(stroke)  # (n, 2): x and y
        for start, end in pairwise(points if len(points) > 1 else np.repeat(points, 2, axis=0)):
            _draw_segment(ink, start, end, pen * FINE / 2)
    return ink


def resize(image: ArrayLike, height: int, width: int) -> Array:
    """Make a picture smaller or larger, each new pixel mixed from the old ones that it covers (lesson 06).

    Parameters
    ----------
    image : array, shape (old height, old width)
        The picture.
    height, width : int, pixels
        Its new size.

    Returns
    -------
    array, shape (height, width)
        Weights fall off like a tent, which is as wide as two new pixels or two old ones, whichever are larger: the
        bilinear filter of Pillow.

    Examples
    --------
    >>> resize([[0, 4]], 1, 4)
    array([[0., 1., 3., 4.]])
    """
    picture = np.asarray(image, dtype=float)
    rows, columns = (_tents(old, new) for old, new in zip(picture.shape, (height, width), strict=True))
    return np.asarray(rows @ picture @ columns.T)


def centre_as_mnist(image: ArrayLike) -> Array:
    """Scale a drawing into 20 × 20 pixels and put its centre of mass in the middle of 28 × 28 (lesson 06).

    That is how the digits of MNIST were made: "size normalized to fit in a 20x20 pixel box while preserving their
    aspect ratio", then "centered in a 28x28 image by computing the center of mass of the pixels, and translating the
    image so as to position this point at the center" [1]_ [2]_. The files say what the words leave open: the longer
    side is 20 pixels in every digit, the translation is by whole pixels, and the middle is row 14, column 14, counted
    from 0.

    Parameters
    ----------
    image : array, shape (height, width), 0 or more
        Light ink on black, in any size.

    Returns
    -------
    array, shape (28, 28)
        The digit; zeros if there is no ink. What would lie outside is lost, which takes a digit with nearly all its
        ink at one end.

    Raises
    ------
    ValueError
        If the picture is not a grey one, or has a value below 0 or none at all (NaN).

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
       Proceedings of the IEEE 86, 1998, section III A.
    .. [2] Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits",
       http://yann.lecun.com/exdb/mnist/.

    Examples
    --------
    A bar of 2 × 1 pixels in a corner becomes one of 20 × 10:

    >>> drawing = np.zeros((9, 11))
    >>> drawing[:2, 0] = 1
    >>> rows, columns = np.nonzero(centre_as_mnist(drawing))
    >>> rows.min(), rows.max(), columns.min(), columns.max()
    (np.int64(5), np.int64(24), np.int64(10), np.int64(19))
    """
    picture = np.asarray(image, dtype=float)
    if picture.ndim != 2:
        raise ValueError(f"expected one grey picture, shape (height, width), got shape {picture.shape}")
    if not (picture >= 0).all():
        raise ValueError("expected ink from 0 up, light on black; got values below 0, or NaN")
    if not (picture > NO_INK).any():
        return np.zeros((SIDE, SIDE))
    inked = picture[_extent(picture, 1), _extent(picture, 0)]
    height, width = (max(1, _nearest(length * BOX / max(inked.shape))) for length in inked.shape)
    digit = resize(inked, height, width)
    top, left = (_nearest(CENTRE - middle) for middle in _centre_of_mass(digit))
    return _placed(digit, top, left)


def _points(stroke: Sequence[Sequence[float]]) -> Array:
    points = np.asarray(stroke, dtype=float)
    if points.ndim != 2 or points.shape[1:] != (2,) or not np.isfinite(points).all():
        raise ValueError(f"expected a stroke as points (x, y), finite numbers in pixels; got shape {points.shape}")
    return points


def _draw_segment(ink: Array, start: Array, end: Array, radius: float) -> None:
    """Lay a line with round ends on the sheet; only the pixels around it are looked at."""
    low = np.maximum(np.floor(np.minimum(start, end) - radius - 1), 0).astype(int)
    high = np.maximum(np.ceil(np.maximum(start, end) + radius + 1), 0).astype(int)
    part = ink[low[1] : high[1], low[0] : high[0]]
    y, x = np.indices(part.shape) + 0.5
    x, y = x + low[0] - start[0], y + low[1] - start[1]
    (dx, dy), length = end - start, float(((end - start) ** 2).sum())
    along = np.clip((x * dx + y * dy) / length, 0, 1) if length else 0.0
    distance = np.hypot(x - along * dx, y - along * dy)
    np.maximum(part, np.clip(radius + 0.5 - distance, 0, 1), out=part)


def _tents(old: int, new: int) -> Array:
    """Return the weight of each old pixel in each new one, shape (new, old)."""
    scale = old / new
    middles = (np.arange(new) + 0.5) * scale
    reach = max(scale, 1.0)
    weights = np.maximum(0, 1 - np.abs(np.arange(old) + 0.5 - middles[:, None]) / reach)
    return weights / weights.sum(axis=1, keepdims=True)


def _extent(picture: Array, axis: int) -> slice:
    """Return from where to where there is ink, seen along an axis."""
    places = np.flatnonzero((picture > NO_INK).any(axis=axis))
    return slice(int(places[0]), int(places[-1]) + 1)


def _centre_of_mass(picture: Array) -> tuple[float, float]:
    rows, columns = np.indices(picture.shape)
    return float((rows * picture).sum() / picture.sum()), float((columns * picture).sum() / picture.sum())


def _nearest(number: float) -> int:
    """Round to the nearest whole number; halves, which come up where a digit is symmetric, go up."""
    return int(np.floor(number + 0.5 + 1e-9))  # a sum taken in another order may lie a little below the half


def _placed(digit: Array, top: int, left: int) -> Array:
    frame = np.zeros((3 * SIDE, 3 * SIDE))
    height, width = digit.shape
    frame[SIDE + top : SIDE + top + height, SIDE + left : SIDE + left + width] = digit
    return frame[SIDE : 2 * SIDE, SIDE : 2 * SIDE].copy()
