"""Boxes: how well two of them agree, and which of a heap to keep (lesson 10).

A box is ``left, top, right, bottom`` in pixels. Right and bottom lie behind the last pixel, so that the width is
``right - left``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Round", "iou", "iou_table", "rounds", "suppress"]

Array = NDArray[np.float64]


class Round(NamedTuple):
    """One round of suppression.

    Attributes
    ----------
    kept : int
        The box that is kept, the best of those that were left.
    dropped : list of int
        Those that agree with it too well.
    """

    kept: int
    dropped: list[int]


def iou(one: Sequence[float], other: Sequence[float]) -> float:
    """Measure how well two boxes agree: what both cover, divided by what at least one covers (lesson 10).

    Parameters
    ----------
    one, other : sequence of four numbers, pixels
        Left, top, right, bottom.

    Returns
    -------
    float, in [0, 1]
        Intersection over union, also called Jaccard's index [1]_. Boxes that touch share no area and get 0, and so do
        two boxes without any area, for which torchvision divides 0 by 0.

    Raises
    ------
    ValueError
        If a box ends before it begins.

    References
    ----------
    .. [1] P. Jaccard, "Étude comparative de la distribution florale", 1901.

    Examples
    --------
    Two squares of 3×3, one pixel apart both ways, share 4 of 9 + 9 − 4 pixels:

    >>> round(iou((0, 0, 3, 3), (1, 1, 4, 4)), 4), round(4 / 14, 4)
    (0.2857, 0.2857)
    """
    _check(np.asarray([one, other], dtype=float))
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    covered = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared
    return float(shared / covered) if covered > 0 else 0.0


def iou_table(boxes: ArrayLike, others: ArrayLike) -> Array:
    """Measure each box against each of the others, without a loop (lesson 10).

    Parameters
    ----------
    boxes : array, shape (n, 4), pixels
        Left, top, right, bottom.
    others : array, shape (m, 4), pixels
        The same.

    Returns
    -------
    array, shape (n, m), in [0, 1]
        As `iou` of each pair. Equal to `torchvision.ops.box_iou` but for pairs without any area: 0 here, NaN there.

    Raises
    ------
    ValueError
        If the boxes have another shape, or one ends before it begins.

    Examples
    --------
    >>> iou_table([[0, 0, 2, 2]], [[0, 0, 2, 2], [0, 0, 2, 1], [2, 0, 4, 2]])
    array([[1. , 0.5, 0. ]])
    """
    one, other = _as_boxes(boxes), _as_boxes(others)
    corner = np.maximum(one[:, None, :2], other[None, :, :2])  # (n, m, 2): the later left and top
    end = np.minimum(one[:, None, 2:], other[None, :, 2:])  # (n, m, 2): the earlier right and bottom
    shared = np.clip(end - corner, 0, None).prod(axis=2)  # (n, m)
    covered = _areas(one)[:, None] + _areas(other) - shared
    return np.divide(shared, covered, out=np.zeros_like(shared), where=covered > 0)


def rounds(
    boxes: ArrayLike, scores: ArrayLike, threshold: float = 0.5, *, labels: ArrayLike | None = None
) -> list[Round]:
    """Suppress all but the best of each heap of boxes, and say what happens in each round (lesson 10).

    Non-maximum suppression: keep the box with the highest score, drop those that agree with it by more than the
    threshold, and begin again with what is left.

    Parameters
    ----------
    boxes : array, shape (n, 4), pixels
        Left, top, right, bottom.
    scores : array, shape (n,)
        How sure the detector is of each. Of equal scores the box that stands first in the list comes first.
    threshold : float, in [0, 1]
        The intersection over union above which the lesser box is dropped; equal to it is not above.
    labels : array, shape (n,), optional
        Classes; a box then drops only those of its own class.

    Returns
    -------
    list of Round
        As many as boxes are kept.

    Raises
    ------
    ValueError
        If the boxes have another shape, there is not one score, or label, for each, or the threshold lies outside
        [0, 1].

    Examples
    --------
    >>> rounds([[0, 0, 4, 4], [0, 0, 4, 3], [9, 9, 12, 12]], [0.6, 0.9, 0.7])
    [Round(kept=1, dropped=[0]), Round(kept=2, dropped=[])]

    A 4 drops no 9, however well they agree:

    >>> rounds([[0, 0, 4, 4], [0, 0, 4, 3]], [0.6, 0.9], labels=[4, 9])
    [Round(kept=1, dropped=[]), Round(kept=0, dropped=[])]
    """
    table = iou_table(boxes, boxes)  # (n, n)
    sure = np.asarray(scores, dtype=float)
    if sure.shape != (len(table),):
        raise ValueError(f"expected a score for each of {len(table)} boxes, got scores of shape {sure.shape}")
    if not 0 <= threshold <= 1:
        raise ValueError(f"expected a threshold from 0 to 1, got {threshold}")
    names = np.zeros(len(table)) if labels is None else np.asarray(labels)
    if names.shape != sure.shape:
        raise ValueError(f"expected a label for each of {len(table)} boxes, got labels of shape {names.shape}")
    left = np.argsort(-sure, kind="stable")  # places, best first
    found = []
    while len(left):
        best, rest = left[0], left[1:]
        too_close = (table[best, rest] > threshold) & (names[rest] == names[best])
        found.append(Round(int(best), rest[too_close].tolist()))
        left = rest[~too_close]
    return found


def suppress(boxes: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> NDArray[np.int64]:
    """Say which boxes survive non-maximum suppression (lesson 10).

    Parameters
    ----------
    boxes, scores, threshold
        As for `rounds`.

    Returns
    -------
    array of int64, shape (kept,)
        Their places, the highest score first; as `torchvision.ops.nms` gives them.

    Raises
    ------
    ValueError
        As `rounds` does.

    Examples
    --------
    >>> suppress([[0, 0, 4, 4], [0, 0, 4, 3], [9, 9, 12, 12]], [0.6, 0.9, 0.7]).tolist()
    [1, 2]
    """
    return np.array([kept for kept, _ in rounds(boxes, scores, threshold)], dtype=np.int64)


def _as_boxes(boxes: ArrayLike) -> Array:
    array = np.asarray(boxes, dtype=float)
    if array.size == 0:
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(
            "expected boxes, shape (n, 4) with left, top, right, bottom; "
            f"got shape {array.shape}; try: np.reshape(boxes, (-1, 4))"
        )
    _check(array)
    return array


def _check(boxes: Array) -> None:
    backward = (boxes[:, :2] > boxes[:, 2:]).any(axis=1)
    if backward.any():
        raise ValueError(
            f"a box ends before it begins: {boxes[backward][0].tolist()}; "
            "expected left, top, right, bottom, not left, top, width, height"
        )


def _areas(boxes: Array) -> Array:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
