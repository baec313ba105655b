"""Reading a digit by its nearest neighbours: no training, only comparison with digits that were kept (lesson 00)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Reading(NamedTuple):
    """What the neighbours of a picture say.

    Attributes
    ----------
    digit : int
        The label that most neighbours carry.
    votes : int
        How many of them.
    asked : int
        How many neighbours voted.
    """

    digit: int
    votes: int
    asked: int

    def __str__(self) -> str:
        """Write the reading as the explorer does."""
        return f"reads {self.digit} ({self.votes} of {self.asked} neighbours)"


def nearest(images: ArrayLike, query: ArrayLike, *, count: int = 5) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the pictures most like another one, pixel by pixel (lesson 00).

    Parameters
    ----------
    images : array, shape (number, height, width)
        The remembered pictures.
    query : array, shape (height, width)
        The picture to compare with each of them.
    count : int
        How many to return.

    Returns
    -------
    places : array of int, shape (count,)
        Where they stand in `images`, the nearest first; of equally near ones the earlier first.
    distances : array, shape (count,)
        Euclidean distances: the root of the sum of squared differences of pixels.

    Raises
    ------
    ValueError
        If the shapes do not fit, a pixel is not a finite number, or there are not `count` pictures.

    References
    ----------
    .. [1] T. Cover, P. Hart, "Nearest neighbor pattern classification", IEEE Transactions on Information Theory 13,
       1967.

    Examples
    --------
    Three pictures of 1 × 2 pixels; the last is 3 to the right and 4 up from the query:

    >>> places, distances = nearest([[[9, 9]], [[0, 1]], [[3, 4]]], [[0, 0]], count=2)
    >>> places.tolist(), distances.tolist()
    ([1, 2], [1.0, 5.0])
    """
    remembered, picture = np.asarray(images, dtype=float), np.asarray(query, dtype=float)
    if remembered.ndim != 3 or remembered.shape[1:] != picture.shape:
        raise ValueError(
            f"expected pictures, shape (number, height, width), and one of the same height and width; got "
            f"{remembered.shape} and {picture.shape}; several queries are read one after the other"
        )
    if not 1 <= count <= len(remembered):
        raise ValueError(f"count must be from 1 to the {len(remembered)} remembered pictures, got {count}")
    if not np.isfinite(picture).all():
        raise ValueError("the query has pixels that are no finite numbers; distances to it mean nothing")
    distances = np.sqrt(((remembered - picture) ** 2).sum(axis=(1, 2)))
    places = np.argsort(distances, kind="stable")[:count]
    return places, distances[places]


def vote(labels: Sequence[int] | NDArray[np.integer]) -> Reading:
    """Let neighbours vote: the label that most of them carry, among equals that of the nearest (lesson 00).

    Parameters
    ----------
    labels : sequence of int
        Labels of the neighbours, the nearest first.

    Returns
    -------
    Reading
        The label, its votes, and how many voted.

    Raises
    ------
    ValueError
        If there are no neighbours.

    Examples
    --------
    Two for 8 and two for 3: the nearest of the four is a 3.

    >>> print(vote([3, 8, 8, 3, 5]))
    reads 3 (2 of 5 neighbours)
    """
    voters = [int(label) for label in labels]
    if not voters:
        raise ValueError("expected the labels of one neighbour or more, got none; ask nearest() for them")
    digit = max(voters, key=voters.count)  # of equal counts, max keeps the first, which is the nearest
    return Reading(digit, voters.count(digit), len(voters))


def read(
    images: ArrayLike, labels: Sequence[int] | NDArray[np.integer], query: ArrayLike, *, count: int = 5
) -> Reading:
    """Read a picture by the vote of its nearest neighbours (lesson 00).

    Parameters
    ----------
    images : array, shape (number, height, width)
        The remembered pictures.
    labels : sequence of int, length number
        What each of them shows.
    query : array, shape (height, width)
        The picture to read.
    count : int
        How many neighbours vote.

    Returns
    -------
    Reading
        The label, its votes, and how many voted.

    Raises
    ------
    ValueError
        If there is not one label a picture, or as `nearest` does.

    Examples
    --------
    >>> read([[[0, 0]], [[9, 9]], [[8, 9]]], [0, 1, 1], [[7, 7]], count=3).digit
    1
    """
    if len(labels) != len(remembered := np.asarray(images)):
        raise ValueError(f"expected a label for each picture, got {len(labels)} for {len(remembered)} pictures")
    return vote(np.asarray(labels)[nearest(remembered, query, count=count)[0]])


def shift(image: ArrayLike, *, down: int = 0, right: int = 0) -> NDArray[np.float64]:
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
