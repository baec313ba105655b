"""What the feature map explorer looks up in a map and a picture; static/feature_maps.js does the same."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.widgets._feature_maps import LayerMaps

Array = NDArray[np.float64]


class Seen(NamedTuple):
    """One value of a map, and what it sees.

    Attributes
    ----------
    value : float
        What stands in the map.
    place : (int, int)
        Its row and column; the nearest inside the map.
    box : (top, left, height, width), pixels
        The part of the picture that it sees, cut at the border.
    crop : array, shape (height, width) or (height, width, 3)
        That part.
    """

    value: float
    place: tuple[int, int]
    box: tuple[int, int, int, int]
    crop: Array


def look(image: ArrayLike, layer: LayerMaps, feature_map: ArrayLike, place: tuple[int, int]) -> Seen:
    """Look up one value of a map, and cut out of the picture what it sees.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 3)
        The picture.
    layer : LayerMaps
        Where the layer's values look.
    feature_map : array, shape (rows, columns)
        One of its maps.
    place : (int, int)
        Row and column of the value; moved inside where it is not.

    Returns
    -------
    Seen
        The value and what it sees.

    Examples
    --------
    A 3 × 3 kernel with a padding of 1: the corner sees four pixels.

    >>> conv = LayerMaps("conv", "Conv2d", (1, 4, 5), start=(-1, -1), stride=(1, 1), size=(3, 3))
    >>> look(np.arange(20).reshape(4, 5), conv, np.zeros((4, 5)), (0, 0)).crop
    array([[0., 1.],
           [5., 6.]])
    """
    picture, values = np.asarray(image, dtype=float), np.asarray(feature_map, dtype=float)
    row, column = (min(max(at, 0), length - 1) for at, length in zip(place, values.shape, strict=True))
    edges = []
    for at, start, stride, size, length in zip(
        (row, column), layer.start, layer.stride, layer.size, picture.shape, strict=False
    ):
        first = start + at * stride
        edges.append((min(max(first, 0), length), min(max(first + size, 0), length)))
    (top, bottom), (left, right) = edges
    box = (top, left, bottom - top, right - left)
    return Seen(float(values[row, column]), (row, column), box, picture[top:bottom, left:right])


def fitted(image: ArrayLike, shape: tuple[int, int]) -> Array:
    """Cut the middle out of a picture and make it as large as a network wants it.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 3)
        Any picture.
    shape : (int, int), pixels
        Height and width wanted.

    Returns
    -------
    array, shape `shape`, or with a third axis
        The largest part in the middle with these proportions, enlarged, or averaged when made smaller.

    Examples
    --------
    >>> fitted([[0, 1, 1, 0]] * 2, (1, 1))
    array([[1.]])
    """
    from skimage.transform import resize

    picture = np.asarray(image, dtype=float)
    height, width = picture.shape[:2]
    scale = min(height / shape[0], width / shape[1])
    high, wide = max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
    top, left = (height - high) // 2, (width - wide) // 2
    part = picture[top : top + high, left : left + wide]
    return np.asarray(resize(part, shape, order=1, mode="edge", anti_aliasing=True), dtype=float)
