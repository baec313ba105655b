"""Telling textures apart: pieces of a picture, the nearest mean, and a table of who was taken for whom (lesson 03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def tiles(image: ArrayLike, size: int) -> Array:
    """Cut a picture into square pieces that do not overlap (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    size : int, pixels
        Side of a piece.

    Returns
    -------
    array, shape (pieces, size, size)
        Row by row; what is left at the right and at the bottom is no whole piece and stays out.

    Raises
    ------
    ValueError
        If not one piece fits.

    Examples
    --------
    >>> tiles([[1, 2, 3, 4, 5], [6, 7, 8, 9, 0]], 2)[1]
    array([[3., 4.],
           [8., 9.]])
    """
    picture = np.asarray(image, dtype=float)
    if picture.ndim != 2 or not 1 <= size <= min(picture.shape):
        raise ValueError(
            f"expected a grey picture, shape (height, width), and a side that fits into it, got shape {picture.shape} "
            f"and side {size}"
        )
    rows, columns = np.array(picture.shape) // size
    whole = picture[: rows * size, : columns * size].reshape(rows, size, columns, size)
    return whole.swapaxes(1, 2).reshape(rows * columns, size, size)


def halves(rows: int, columns: int) -> dict[str, NDArray[np.bool_]]:
    """Name the four halves of a picture that was cut into pieces, to learn from one and test on the other (lesson 03).

    Parameters
    ----------
    rows, columns : int, pieces
        How many pieces lie above and beside each other; even numbers.

    Returns
    -------
    dict of str to array of bool, shape (rows · columns,)
        For ``left``, ``right``, ``upper`` and ``lower``, which pieces belong to it, in the order of `tiles`.

    Raises
    ------
    ValueError
        If rows or columns cannot be halved.

    Examples
    --------
    >>> halves(2, 4)["left"]
    array([ True,  True, False, False,  True,  True, False, False])
    """
    if rows < 2 or columns < 2 or rows % 2 or columns % 2:
        raise ValueError(f"expected even numbers of rows and columns, got {rows} and {columns}; leave one out")
    row, column = (place.ravel() for place in np.indices((rows, columns)))
    left, upper = column < columns // 2, row < rows // 2
    return {"left": left, "right": ~left, "upper": upper, "lower": ~upper}


def nearest_mean(features: ArrayLike, examples: Mapping[str, ArrayLike]) -> list[str]:
    """Name each thing after the class whose mean it is nearest to (lesson 03).

    Parameters
    ----------
    features : array, shape (things, features)
        What to name.
    examples : mapping of str to array, shape (examples, features)
        Examples of every class.

    Returns
    -------
    list of str, one a thing
        Names of classes. Every feature is measured in units of its standard deviation over all examples, so that one
        with large numbers has no larger say.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2nd edition, 2009, section 4.3: the
    linear discriminant whose covariance is diagonal.

    Examples
    --------
    >>> nearest_mean([[9, 0], [1, 0]], {"small": [[0, 5], [2, -5]], "large": [[8, 5], [10, -5]]})
    ['large', 'small']
    """
    groups = [np.asarray(group, dtype=float) for group in examples.values()]
    spread = np.concatenate(groups).std(axis=0)
    spread = np.where(spread > 0, spread, 1)  # a feature that never varies tells nothing
    means = np.stack([group.mean(axis=0) for group in groups])
    apart = (np.asarray(features, dtype=float)[:, None] - means) / spread  # (things, classes, features)
    names = [*examples]
    return [names[place] for place in (apart**2).sum(axis=2).argmin(axis=1)]


def confusion(truth: Sequence[str], answers: Sequence[str], names: Sequence[str]) -> NDArray[np.intp]:
    """Count who was taken for whom (lesson 03).

    Parameters
    ----------
    truth, answers : sequence of str
        What each thing is, and what it was taken for.
    names : sequence of str
        The classes, in the order of rows and columns.

    Returns
    -------
    array of int, shape (classes, classes)
        Row: what it is. Column: what it was taken for. The diagonal counts what is right.

    Examples
    --------
    >>> confusion(["cat", "cat", "dog"], ["cat", "dog", "dog"], ["cat", "dog"])
    array([[1, 1],
           [0, 1]])
    """
    table = np.zeros((len(names), len(names)), dtype=np.intp)
    for is_, taken in zip(truth, answers, strict=True):
        table[names.index(is_), names.index(taken)] += 1
    return table
