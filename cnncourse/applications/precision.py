"""How good a detector is, in one number: average precision (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.applications.boxes import iou_table

__all__ = [
    "Curve",
    "average_precision",
    "curve_of_class",
    "hits",
    "mean_average_precision",
    "mean_over_classes",
    "precision_recall",
]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Overlapped = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]  # overlaps, scores, labels, true labels of a picture


class Curve(NamedTuple):
    """Precision and recall, as detections are admitted one after the other, the surest first.

    Attributes
    ----------
    recall : array, shape (n,), in [0, 1]
        Which share of the objects has been found.
    precision : array, shape (n,), in [0, 1]
        Which share of the admitted detections is right.
    scores : array, shape (n,)
        The score of the last one admitted.
    """

    recall: Array
    precision: Array
    scores: Array


def hits(overlaps: ArrayLike, scores: ArrayLike, threshold: float = 0.5) -> Bools:
    """Tell which detections of one picture and class are right: each object counts once (lesson 10).

    The surest detection chooses first, as in the PASCAL challenge [1]_: it is right if the object that it overlaps
    most has not been taken and the overlap reaches the threshold. A second detection of the same object is wrong.

    Parameters
    ----------
    overlaps : array, shape (detections, objects), in [0, 1]
        Intersection over union of each detection with each object: of boxes or, for instances, of masks.
    scores : array, shape (detections,)
        How sure the detector is. Of equal scores the first in the list comes first.
    threshold : float, in (0, 1]
        From which overlap on an object counts as found.

    Returns
    -------
    array of bool, shape (detections,)
        In the order of the list.

    Raises
    ------
    ValueError
        If there is not one score for each detection.

    References
    ----------
    .. [1] M. Everingham, L. Van Gool, C. Williams, J. Winn, A. Zisserman, "The PASCAL visual object classes (VOC)
       challenge", 2010, doi:10.1007/s11263-009-0275-4.

    Examples
    --------
    Two detections of the same object, and one of nothing; the surer one is right:

    >>> hits([[0.6], [0.9], [0.1]], [0.8, 0.7, 0.6])
    array([ True, False, False])
    """
    sure = np.asarray(scores, dtype=float)
    table = np.asarray(overlaps, dtype=float)
    if table.ndim != 2 or sure.shape != table.shape[:1]:
        raise ValueError(
            "expected overlaps, shape (detections, objects), and a score for each detection; "
            f"got shapes {table.shape} and {sure.shape}"
        )
    right, taken = np.zeros(len(sure), bool), set()
    for place in np.argsort(-sure, kind="stable") if table.size else ():
        nearest = int(table[place].argmax())
        if table[place, nearest] >= threshold and nearest not in taken:
            right[place] = True
            taken.add(nearest)
    return right


def precision_recall(right: ArrayLike, scores: ArrayLike, objects: int) -> Curve:
    """Admit detections one by one, the surest first, and note precision and recall (lesson 10).

    Parameters
    ----------
    right : array of bool, shape (n,)
        Which detections are right, of all pictures together.
    scores : array, shape (n,)
        How sure the detector is of each.
    objects : int
        How many there were to be found.

    Returns
    -------
    Curve
        Of n points.

    Raises
    ------
    ValueError
        If there is nothing to be found, or more was found than is there.

    Examples
    --------
    >>> curve = precision_recall([True, False, True], [0.9, 0.8, 0.7], 4)
    >>> curve.recall, curve.precision.round(2)
    (array([0.25, 0.25, 0.5 ]), array([1.  , 0.5 , 0.67]))
    """
    correct, sure = np.asarray(right, dtype=bool), np.asarray(scores, dtype=float)
    if objects < max(1, int(correct.sum())):
        raise ValueError(f"expected at least one object and one for each of {correct.sum()} hits, got {objects}")
    if correct.shape != sure.shape:
        raise ValueError(f"expected a score for each detection, got shapes {correct.shape} and {sure.shape}")
    order = np.argsort(-sure, kind="stable")
    found = correct[order].cumsum()
    return Curve(found / objects, found / np.arange(1, len(sure) + 1), sure[order])


def average_precision(curve: Curve) -> float:
    """Take the area under the curve of precision, after filling its dents from the right (lesson 10).

    Interpolated precision: at each recall the best precision that can be had with this recall or more [1]_.

    Parameters
    ----------
    curve : Curve
        As `precision_recall` gives it.

    Returns
    -------
    float, in [0, 1]
        1 if every object is found before the first mistake; an object never found counts as precision 0.

    References
    ----------
    .. [1] The rule of the PASCAL challenge since 2010: M. Everingham and others, "The PASCAL visual object classes
       challenge: a retrospective", 2015, doi:10.1007/s11263-014-0733-5.

    Examples
    --------
    Of four objects two are found; the second at precision 2/3: a quarter at 1, a quarter at 2/3, half at 0.

    >>> round(average_precision(precision_recall([True, False, True], [0.9, 0.8, 0.7], 4)), 4), round(5 / 12, 4)
    (0.4167, 0.4167)
    """
    filled = np.maximum.accumulate(curve.precision[::-1])[::-1]
    steps = np.diff(curve.recall, prepend=0.0)
    return float((filled * steps).sum())


def mean_average_precision(
    found: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]],
    truth: Sequence[tuple[ArrayLike, ArrayLike]],
    *,
    threshold: float = 0.5,
) -> float:
    """Take the mean of the classes' average precisions (lesson 10).

    Parameters
    ----------
    found : sequence of (boxes, scores, labels)
        A triple a picture: arrays of shapes (k, 4), (k,) and (k,).
    truth : sequence of (boxes, labels)
        A pair a picture: arrays of shapes (j, 4) and (j,).
    threshold : float, in (0, 1]
        From which intersection over union on an object counts as found.

    Returns
    -------
    float, in [0, 1]
        Over the classes that occur in `truth`.

    Raises
    ------
    ValueError
        If there are not as many pictures found as true, or no object at all.

    Examples
    --------
    A 7 found and a 3 missed:

    >>> mean_average_precision([([[0, 0, 4, 4]], [0.9], [7])], [([[0, 0, 4, 4], [8, 0, 9, 9]], [7, 3])])
    0.5
    """
    pictures = [
        (iou_table(boxes, true_boxes), scores, labels, true_labels)
        for (boxes, scores, labels), (true_boxes, true_labels) in zip(found, truth, strict=True)
    ]
    return mean_over_classes(pictures, threshold=threshold)


def mean_over_classes(pictures: Sequence[Overlapped], *, threshold: float = 0.5) -> float:
    """Take the mean of the classes' average precisions, from overlaps of any kind.

    Parameters
    ----------
    pictures : sequence of (overlaps, scores, labels, true labels)
        Four arrays a picture, of shapes (k, j), (k,), (k,) and (j,).
    threshold : float, in (0, 1]
        From which overlap on an object counts as found.

    Returns
    -------
    float, in [0, 1]
        Over the classes that occur among the true labels.

    Raises
    ------
    ValueError
        If there is no object at all.
    """
    classes = sorted({int(label) for *_, true in pictures for label in np.asarray(true).ravel()})
    if not classes:
        raise ValueError("expected at least one object in the pictures, got none; without any, recall has no meaning")
    return float(
        np.mean([average_precision(curve_of_class(pictures, label, threshold=threshold)) for label in classes])
    )


def curve_of_class(pictures: Sequence[Overlapped], label: int, *, threshold: float = 0.5) -> Curve:
    """Draw up the curve of one class; parameters as for `mean_over_classes`."""
    right, sure, objects = [], [], 0
    for overlaps, scores, labels, true in pictures:
        mine, there = np.asarray(labels) == label, np.asarray(true) == label
        table = np.asarray(overlaps, dtype=float).reshape(len(mine), len(there))[mine][:, there]
        some = np.asarray(scores, dtype=float)[mine]
        right.append(hits(table, some, threshold))
        sure.append(some)
        objects += int(there.sum())
    return precision_recall(np.concatenate(right), np.concatenate(sure), objects)
