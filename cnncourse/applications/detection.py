"""A one-stage detector: one pass of a convolutional network answers for every place at once (lesson 10).

What its cells say, and how that is learned, is in `cnncourse.applications.grid`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.ops import batched_nms

from cnncourse.applications.boxes import iou_table
from cnncourse.applications.composed import SceneSet, compose, stock
from cnncourse.applications.grid import Targets, decode, losses, targets
from cnncourse.applications.learning import Plan, Step, finish, learn
from cnncourse.applications.precision import mean_average_precision
from cnncourse.models import fresh

__all__ = [
    "Detections",
    "GridDetector",
    "block",
    "bundled_scenes",
    "compare",
    "detect",
    "reached",
    "score",
    "trained",
    "training",
]


class Detections(NamedTuple):
    """What a detector finds in one picture, the surest first.

    Attributes
    ----------
    boxes : array, shape (k, 4), pixels
        Left, top, right, bottom.
    scores : array, shape (k,), in [0, 1]
        How sure it is.
    labels : array of int64, shape (k,)
        Classes.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int64]


def block(inputs: int, outputs: int, kernel: int = 3, *, stride: int = 1) -> nn.Sequential:
    """Stack convolution, batch normalisation (lesson 09) and ReLU; with stride 1 height and width stay."""
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


class GridDetector(nn.Module):
    """A fully convolutional network that gives 5 + classes numbers for each cell of 8×8 pixels.

    Parameters
    ----------
    classes : int
        How many classes there are.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            block(1, 16, 5, stride=2),
            block(16, 24),
            nn.MaxPool2d(2),
            block(24, 48),
            nn.MaxPool2d(2),
            block(48, 64),
            block(64, 64),
        )
        self.head = nn.Conv2d(64, 5 + classes, 1)
        bias = torch.zeros(5 + classes)
        bias[0] = -3.0  # most cells are empty, so begin with "no": sigmoid(−3) is 0.05
        self.head.bias = nn.Parameter(bias)

    def forward(self, images: Tensor) -> Tensor:
        """Take pictures, (n, 1, height, width), and give answers, (n, 5 + classes, height / 8, width / 8)."""
        return self.head(self.body(images))


@torch.no_grad()
def detect(model: nn.Module, images: Tensor, *, least: float = 0.05, overlap: float | None = 0.4) -> list[Detections]:
    """Find objects: one pass of the network, then non-maximum suppression in each class (lesson 10).

    Parameters
    ----------
    model : Module
        Such as a trained `GridDetector`.
    images : Tensor, shape (n, 1, height, width), in [0, 1]
        The pictures.
    least : float, in [0, 1]
        Scores below it are left out.
    overlap : float or None, in [0, 1]
        Of two boxes of a class that agree by more, the less sure one is dropped; with None all stay.

    Returns
    -------
    list of Detections
        One a picture.
    """
    model.eval()
    found = []
    for boxes, scores, labels in zip(*decode(torch.cat([model(part) for part in images.split(100)])), strict=True):
        sure = (scores >= least).nonzero()[:, 0]
        sure = sure[scores[sure].argsort(descending=True, stable=True)]
        if overlap is not None:
            sure = sure[batched_nms(boxes[sure], scores[sure], labels[sure], overlap)]
        found.append(Detections(boxes[sure].numpy(), scores[sure].numpy(), labels[sure].numpy()))
    return found


def training(model: nn.Module, scenes: SceneSet, plan: Plan | None = None, *, progress: bool = True) -> Iterator[Step]:
    """Train a detector, a step each time round; parameters as for `learn`."""
    wanted = targets(scenes.boxes, scenes.labels, *scenes.images.shape[2:])

    def loss_of(places: Tensor) -> Tensor:
        return losses(model(scenes.images[places]), Targets(*(part[places] for part in wanted))).total

    return learn(model, loss_of, len(scenes), plan or Plan(), progress=progress)


def trained(scenes: SceneSet, plan: Plan | None = None, *, seed: int = 0, progress: bool = True) -> GridDetector:
    """Train a fresh detector to the end."""
    model = fresh(lambda: GridDetector(len(scenes.classes)), seed=seed)
    finish(training(model, scenes, plan or Plan(seed=seed), progress=progress))
    return model


def score(found: Sequence[Detections], scenes: SceneSet, *, threshold: float = 0.5) -> float:
    """Measure detections by the mean average precision over classes, in [0, 1]."""
    truth = [(objects.boxes, objects.labels) for objects in map(scenes.objects, range(len(scenes)))]
    return mean_average_precision(found, truth, threshold=threshold)


def reached(found: Sequence[Detections], scenes: SceneSet, *, threshold: float = 0.5) -> list[NDArray[np.bool_]]:
    """Tell which objects have a detection of their class that fits, be it as unsure as it may (lesson 10).

    Parameters
    ----------
    found : sequence of Detections
        One a scene.
    scenes : SceneSet
        With as many scenes.
    threshold : float, in (0, 1]
        From which intersection over union on a box fits.

    Returns
    -------
    list of arrays of bool, shape (objects,)
        One a scene.
    """
    fits = []
    for scene, (boxes, _, labels) in enumerate(found):
        objects = scenes.objects(scene)
        near = iou_table(boxes, objects.boxes) >= threshold  # (detections, objects)
        fits.append((near & (labels[:, None] == objects.labels.numpy())).any(axis=0))
    return fits


def compare(*, seed: int = 0) -> dict[str, float]:
    """Train the detector and a classifier of sliding windows on the same scenes, and measure both (lesson 10).

    Parameters
    ----------
    seed : int
        Of scenes, first weights and order.

    Returns
    -------
    dict of str to float
        Mean average precision at an overlap of ½, on 100 scenes of other digits, faces and photographs.
    """
    from cnncourse.applications import sliding_windows

    scenes, test = bundled_scenes(3000, 100, seed=seed)
    detector = trained(scenes, seed=seed, progress=False)
    classifier = fresh(lambda: sliding_windows.WindowClassifier(len(scenes.classes)), seed=seed)
    finish(sliding_windows.training(classifier, scenes, Plan(seed=seed), progress=False))
    found = {
        "grid detector": detect(detector, test.images),
        "sliding window": sliding_windows.search(classifier, test.images),
    }
    return {name: score(detections, test) for name, detections in found.items()}


def bundled_scenes(train: int, test: int, *, seed: int) -> tuple[SceneSet, SceneSet]:
    """Put scenes together from what ships, so that everybody measures on the same."""
    learned = compose(stock("train", bundled=True), train, seed=2 * seed)
    return learned, compose(stock("test", bundled=True), test, seed=2 * seed + 1)
