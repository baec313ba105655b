"""What lies on a digit pad: the digits to pick from, and the picture that a network is given of a drawing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.drawing import FINE, SIDE, Strokes, centre_as_mnist, rasterise, resize
from cnncourse.shifts import shift as shift_image

Array = NDArray[np.float64]
MOST_DIGITS = 60  # on the sheet


def picture_to_read(
    drawn: Strokes | Array, *, pen: float, shift: tuple[int, int], centre: bool, size: tuple[int, int]
) -> Array:
    """Make what the network is given out of what lies on the pad.

    Parameters
    ----------
    drawn : strokes, or array of shape (28, 28), in [0, 1]
        A drawing as `cnncourse.drawing.rasterise` takes it, or a digit.
    pen : float, pixels
        Width of the pen.
    shift : (int, int), pixels
        How far it is moved on the pad, down and right; what leaves the pad is lost.
    centre : bool
        Whether it is then centred and scaled as MNIST was.
    size : (int, int), pixels
        Height and width that the network takes.

    Returns
    -------
    array, shape `size`, in [0, 1]
        The picture.

    Examples
    --------
    A dot that is moved by one pixel, and centred again:

    >>> dot = np.zeros((28, 28))
    >>> dot[3, 3] = 1
    >>> picture_to_read(dot, pen=2, shift=(1, 0), centre=False, size=(28, 28)).argmax() == 4 * 28 + 3
    np.True_
    """
    ink, fine = (drawn, 1) if isinstance(drawn, np.ndarray) else (rasterise(drawn, pen=pen), FINE)
    moved = shift_image(ink, down=fine * shift[0], right=fine * shift[1])
    picture = centre_as_mnist(moved) if centre else resize(moved, SIDE, SIDE)
    return resize(picture, *size)


def read_digits(digits: Any) -> tuple[NDArray[np.uint8], str, str]:
    """Make digits fit for the sheet.

    Parameters
    ----------
    digits : (images, labels), or anything that has both
        As `DigitPad` takes them.

    Returns
    -------
    levels : array of uint8, shape (number, 28, 28)
        The first 60.
    labels : str
        A character each.
    note : str
        Whether some are left out.

    Raises
    ------
    ValueError
        If they are no pictures in [0, 1] with a label from 0 to 9 each.
    """
    images, labels = (digits.images, digits.labels) if hasattr(digits, "images") else digits
    pictures, shown = np.asarray(images), np.asarray(labels, dtype=int)
    if pictures.ndim == 4 and pictures.shape[1] == 1:
        pictures = pictures[:, 0]
    if pictures.ndim != 3 or shown.shape != pictures.shape[:1]:
        raise ValueError(
            f"expected digits as images, shape (n, height, width), and a label for each; got {pictures.shape} and "
            f"{shown.shape}; cnncourse.datasets.handwritten_digits() gives both"
        )
    kept = pictures[:MOST_DIGITS] / (255 if pictures.dtype == np.uint8 else 1)
    if not ((kept >= 0).all() and (kept <= 1).all() and ((shown >= 0) & (shown <= 9)).all()):
        raise ValueError("expected pixels from 0 to 1 (or bytes) and labels from 0 to 9; divide by the largest value")
    if kept.shape[1:] != (SIDE, SIDE):
        kept = np.array([centre_as_mnist(one) for one in kept]).reshape(-1, SIDE, SIDE)
    note = f"The sheet has the first {len(kept)} of {len(pictures):,} digits." if len(pictures) > len(kept) else ""
    return np.rint(255 * kept).astype(np.uint8), "".join(map(str, shown[:MOST_DIGITS])), note


def default_digits() -> tuple[ArrayLike, ArrayLike]:
    """Return forty digits, every kind four times, in turn."""
    from cnncourse.datasets import digits, handwritten_digits

    best = handwritten_digits("test")
    if "MNIST" not in best.source:
        best = digits("test")  # in their own size: centring them does better than the margin they would get
    places = np.argsort(best.labels, kind="stable")
    first = np.searchsorted(best.labels[places], np.arange(10))
    chosen = places[(first + np.arange(4)[:, None]).ravel()]
    return best.images[chosen], best.labels[chosen]


def percent(share: float) -> str:
    """Write a probability as the page does; no network is sure, and none rules anything out.

    Examples
    --------
    >>> percent(0.9371), percent(0.99993), percent(0)
    ('93.7 %', '> 99.9 %', '< 0.1 %')
    """
    if share > 0.9995:
        return "> 99.9 %"
    return "< 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"


def mosaic(maps: Array) -> Array:
    """Lay maps beside each other, in a block that is as wide as high or wider, with a dark line between them.

    Examples
    --------
    >>> mosaic(np.ones((3, 1, 2)))
    array([[1., 1., 0., 1., 1., 0.],
           [0., 0., 0., 0., 0., 0.],
           [1., 1., 0., 0., 0., 0.],
           [0., 0., 0., 0., 0., 0.]])
    """
    columns = int(np.ceil(np.sqrt(len(maps))))
    framed = np.pad(maps, ((0, -len(maps) % columns), (0, 1), (0, 1)))  # (rows * columns, height + 1, width + 1)
    height, width = framed.shape[1:]
    return framed.reshape(-1, columns, height, width).swapaxes(1, 2).reshape(-1, columns * width)
