"""Masks of single objects: how well two agree, how good a set of them is, and the plain way to get them (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnncourse.applications.composed import SceneSet
from cnncourse.applications.precision import mean_over_classes

__all__ = ["Instances", "Pieces", "components", "connected", "judge", "mask_overlaps", "score"]

SMALLEST = 12  # pixels; smaller components are crumbs


class Instances(NamedTuple):
    """Objects found in one picture.

    Attributes
    ----------
    masks : array of bool, shape (k, height, width)
        The pixels of each.
    scores : array, shape (k,), in [0, 1]
        How sure the network is.
    labels : array of int64, shape (k,)
        Classes.
    """

    masks: NDArray[np.bool_]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]


def mask_overlaps(masks: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Measure each mask against each of the others by intersection over union.

    Parameters
    ----------
    masks : array of bool, shape (n, height, width)
        None of them empty on both sides of a pair.
    others : array of bool, shape (m, height, width)
        The same.

    Returns
    -------
    array, shape (n, m), in [0, 1]
        0 for two empty masks.

    Examples
    --------
    >>> mask_overlaps(np.array([[[True, True, False]]]), np.array([[[False, True, True]]])).round(3)
    array([[0.333]])
    """
    one, other = (array.reshape(len(array), int(np.prod(array.shape[1:]))).astype(float) for array in (masks, others))
    shared = one @ other.T
    covered = one.sum(1)[:, None] + other.sum(1) - shared
    return np.divide(shared, covered, out=np.zeros_like(shared), where=covered > 0)


def score(found: Sequence[Instances], scenes: SceneSet, *, threshold: float = 0.5) -> float:
    """Measure instances by the mean average precision over classes, overlaps taken between masks, in [0, 1]."""
    pictures = []
    for scene, (masks, scores, labels) in enumerate(found):
        objects = scenes.objects(scene)
        pictures.append((mask_overlaps(masks, objects.masks.numpy()), scores, labels, objects.labels))
    return mean_over_classes(pictures, threshold=threshold)


class Pieces(NamedTuple):
    """How pieces fail as objects.

    Attributes
    ----------
    joined : int
        Pieces that hold most of two or more objects.
    split : int
        Objects in which two or more pieces lie.
    """

    joined: int
    split: int


def judge(found: Sequence[NDArray[np.bool_]], truth: Sequence[NDArray[np.bool_]]) -> Pieces:
    """Count the pieces that join objects, and the objects that are split into pieces (lesson 10).

    A piece joins objects if it holds more than half of each of two or more. An object is split if two or more pieces
    lie in it with more than half of their pixels.

    Parameters
    ----------
    found, truth : sequence of arrays of bool, shape (k, height, width)
        The masks of pieces, and of objects, of each picture.

    Returns
    -------
    Pieces
        Counted over all pictures.

    Examples
    --------
    One piece over two objects that touch, and none that is split:

    >>> objects = np.zeros((2, 4, 8), bool)
    >>> objects[0, :, :4], objects[1, :, 4:] = True, True
    >>> judge([objects.any(0)[None]], [objects])
    Pieces(joined=1, split=0)
    """
    joined = split = 0
    for pieces, objects in zip(found, truth, strict=True):
        shared = np.einsum("phw,ohw->po", pieces.astype(int), np.asarray(objects).astype(int))  # (pieces, objects)
        own, whole = pieces.sum((1, 2))[:, None], np.asarray(objects).sum((1, 2))  # (pieces, 1), (objects,)
        joined += int(((2 * shared > whole).sum(axis=1) > 1).sum())
        split += int(((2 * shared > own).sum(axis=0) > 1).sum())
    return Pieces(joined, split)


def connected(classes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Give the connected pieces of one class each, of 12 pixels or more (lesson 10).

    Parameters
    ----------
    classes : array of int, shape (height, width)
        0 for the ground.

    Returns
    -------
    array of bool, shape (k, height, width)
        Neighbours of one class belong together, over corners too.

    Examples
    --------
    >>> connected(np.repeat([[1, 1, 0, 1], [1, 1, 2, 2]], 6, axis=0)).sum((1, 2)).tolist()
    [24, 12]
    """
    from skimage.measure import label

    numbered = label(classes, background=0, connectivity=2)
    masks = numbered == np.arange(1, numbered.max() + 1)[:, None, None]
    return np.asarray(masks[masks.sum((1, 2)) >= SMALLEST])


@torch.no_grad()
def components(pixels: nn.Module, images: Tensor) -> list[Instances]:
    """Call each connected piece of one class an object: the way without a detector (lesson 10).

    Parameters
    ----------
    pixels : Module
        A trained `cnncourse.applications.segmentation.PixelNetwork`.
    images : Tensor, shape (n, 1, height, width), in [0, 1]
        The pictures.

    Returns
    -------
    list of Instances
        Pieces of 12 pixels or more, each with the mean probability of its class as its score.
    """
    pixels.eval()
    found = []
    for scores in (pixels(image[None])[0].softmax(0).numpy() for image in images):
        masks = connected(scores.argmax(0))
        labels = np.array([scores.argmax(0)[mask][0] for mask in masks], dtype=np.int64)
        sure = np.array([scores[name][mask].mean() for name, mask in zip(labels, masks, strict=True)], dtype=np.float32)
        found.append(Instances(masks, sure, labels - 1))
    return found
