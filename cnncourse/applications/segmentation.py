"""A class for every pixel: the detector's body made fully convolutional, with skips and without (lesson 10).

After Long, Shelhamer and Darrell [1]_: a trained network gets score maps in place of its last layers, the coarse scores
are enlarged, and finer maps from further in front are added on the way.

References
----------
.. [1] J. Long, E. Shelhamer, T. Darrell, "Fully convolutional networks for semantic segmentation", 2014,
   arXiv:1411.4038.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.applications.composed import SceneSet
from cnncourse.applications.detection import GridDetector, bundled_scenes, trained
from cnncourse.applications.learning import Plan, Step, finish, learn
from cnncourse.models import fresh

__all__ = ["Features", "PixelNetwork", "bilinear_kernel", "compare", "counts_of_pixels", "ious", "segment", "training"]

Array = NDArray[np.float64]
PLAN = Plan(epochs=3, rate=8e-3)


class Features(NamedTuple):
    """What a detector's body computes on its way, each map half as high and wide as the one before.

    Attributes
    ----------
    half : Tensor, shape (n, 24, height / 2, width / 2)
        Fine, and knows little.
    quarter : Tensor, shape (n, 48, height / 4, width / 4)
        In between.
    eighth : Tensor, shape (n, 64, height / 8, width / 8)
        Coarse, and knows most.
    """

    half: Tensor
    quarter: Tensor
    eighth: Tensor


class PixelNetwork(nn.Module):
    """A fully convolutional network that gives each pixel a score for each class, the ground included.

    Parameters
    ----------
    detector : GridDetector
        Whose body it begins with; it is copied, and stays as it is.
    classes : int
        How many classes there are, the ground included.
    skips : bool
        Whether the scores of the finer maps are added, as in FCN-8s; without them, the coarse scores are enlarged.
    """

    def __init__(self, detector: GridDetector, classes: int, *, skips: bool = True) -> None:
        super().__init__()
        self.skips = skips
        self.body = copy.deepcopy(detector.body)
        self.scores = nn.ModuleList([nn.Conv2d(channels, classes, 1) for channels in (24, 48, 64)])

    def features(self, images: Tensor) -> Features:
        """Take pictures, (n, 1, height, width), and give the body's maps at three resolutions."""
        half = self.body[:2](images)
        quarter = self.body[2:4](half)
        return Features(half, quarter, self.body[4:](quarter))

    def forward(self, images: Tensor) -> Tensor:
        """Take pictures, (n, 1, height, width), and give scores, (n, classes, height, width)."""
        half, quarter, eighth = (score(maps) for score, maps in zip(self.scores, self.features(images), strict=True))
        if not self.skips:
            return _enlarged(eighth, 8)
        return _enlarged(half + _enlarged(quarter + _enlarged(eighth, 2), 2), 2)


def _enlarged(maps: Tensor, factor: int) -> Tensor:
    return functional.interpolate(maps, scale_factor=factor, mode="bilinear", align_corners=False)


def bilinear_kernel(factor: int) -> Array:
    """Give the kernel with which a transposed convolution of this stride enlarges bilinearly (lesson 10).

    Parameters
    ----------
    factor : int, even
        How many times as high and wide the map becomes.

    Returns
    -------
    array, shape (2 · factor, 2 · factor), in [0, 1]
        A pyramid; with stride `factor` and padding ``factor / 2`` it is `torch.nn.functional.interpolate`, but for a
        rim of half a coarse pixel, where the transposed convolution sees zeros outside.

    Raises
    ------
    ValueError
        If the factor is odd or below 2.

    Examples
    --------
    >>> bilinear_kernel(2)[1]
    array([0.1875, 0.5625, 0.5625, 0.1875])
    """
    if factor < 2 or factor % 2:
        raise ValueError(f"expected an even factor of 2 or more, got {factor}")
    slope = 1 - np.abs(np.arange(2 * factor) - (factor - 0.5)) / factor
    return np.outer(slope, slope)


def training(model: nn.Module, scenes: SceneSet, plan: Plan | None = None, *, progress: bool = True) -> Iterator[Step]:
    """Train a network to name pixels, a step each time round; parameters as for `learn`."""
    wanted = scenes.semantic

    def loss_of(places: Tensor) -> Tensor:
        return functional.cross_entropy(model(scenes.images[places]), wanted[places])  # the mean over all pixels

    return learn(model, loss_of, len(scenes), plan or PLAN, progress=progress)


@torch.no_grad()
def segment(model: nn.Module, images: Tensor) -> Tensor:
    """Name each pixel by its highest score.

    Parameters
    ----------
    model : Module
        Such as a trained `PixelNetwork`.
    images : Tensor, shape (n, 1, height, width), in [0, 1]
        The pictures.

    Returns
    -------
    Tensor of int64, shape (n, height, width)
        0 for the ground, else class + 1.
    """
    model.eval()
    return torch.cat([model(part).argmax(1) for part in images.split(100)])


def counts_of_pixels(answers: ArrayLike, truth: ArrayLike, classes: int) -> NDArray[np.int64]:
    """Count the pixels of each true class that were given each class (lesson 10).

    Parameters
    ----------
    answers, truth : arrays of int, same shape
        Classes from 0 on.
    classes : int
        How many there are.

    Returns
    -------
    array of int64, shape (classes, classes)
        A row a true class, a column an answer.

    Raises
    ------
    ValueError
        If the shapes differ or a class lies outside.

    Examples
    --------
    >>> counts_of_pixels([0, 0, 1], [0, 1, 1], 2).tolist()
    [[1, 0], [1, 1]]
    """
    given, true = np.asarray(answers), np.asarray(truth)
    if given.shape != true.shape:
        raise ValueError(f"expected an answer for each pixel, got shapes {given.shape} and {true.shape}")
    if given.size and not 0 <= min(given.min(), true.min()) <= max(given.max(), true.max()) < classes:
        raise ValueError(f"expected classes from 0 to {classes - 1}, got {sorted({*given.flat, *true.flat})}")
    return np.bincount((true * classes + given).ravel(), minlength=classes**2).reshape(classes, classes)


def ious(counts: ArrayLike) -> Array:
    """Take the intersection over union of each class from a table of counted pixels (lesson 10).

    Parameters
    ----------
    counts : array, shape (classes, classes)
        As `counts_of_pixels` gives them.

    Returns
    -------
    array, shape (classes,), in [0, 1]
        NaN for a class that neither occurs nor was given; ``np.nanmean`` of it is the mean IoU.

    Examples
    --------
    >>> ious([[1, 0], [1, 1]])
    array([0.5, 0.5])
    """
    table = np.asarray(counts, dtype=float)
    shared = table.diagonal()
    covered = table.sum(axis=0) + table.sum(axis=1) - shared
    return np.divide(shared, covered, out=np.full_like(shared, np.nan), where=covered > 0)


def mean_iou(model: nn.Module, scenes: SceneSet) -> float:
    """Measure a network by the mean over classes, the ground included, of their intersection over union."""
    counts = counts_of_pixels(segment(model, scenes.images), scenes.semantic, len(scenes.classes) + 1)
    return float(np.nanmean(ious(counts)))


def compare(*, seed: int = 0) -> dict[str, float]:
    """Train the same network with skips and without, from the same detector, and measure both (lesson 10).

    Parameters
    ----------
    seed : int
        Of scenes, first weights and order.

    Returns
    -------
    dict of str to float
        Mean intersection over union on 200 scenes of other digits, faces and photographs.
    """
    scenes, test = bundled_scenes(3000, 200, seed=seed)
    detector = trained(scenes, seed=seed, progress=False)
    found = {}
    for name, skips in {"with skips": True, "without skips": False}.items():
        model = fresh(lambda: PixelNetwork(detector, len(scenes.classes) + 1, skips=skips), seed=seed)  # noqa: B023
        finish(training(model, scenes[:2000], replace(PLAN, seed=seed), progress=False))
        found[name] = mean_iou(model, test)
    return found
