"""The way before one-stage detectors: a classifier of cut-outs, asked at thousands of windows (lesson 10).

Windows of several sizes and shapes slide over the picture; each is warped to a square and named by a small network
that also knows "nothing here". So Viola and Jones found faces [1]_, with features of their own in place of a network.

References
----------
.. [1] P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", 2001,
   doi:10.1109/CVPR.2001.990517.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import batched_nms, box_iou, roi_align

from cnncourse.applications.composed import SceneSet
from cnncourse.applications.detection import Detections, block
from cnncourse.applications.learning import Plan, Step, learn

__all__ = ["WindowClassifier", "search", "training", "windows"]

SIDE = 16  # pixels, of a warped window
SIDES = (15, 20, 26)  # pixels, of the windows' longer sides
SHAPES = (1.0, 0.7, 0.4)  # width by height
STEP = 4  # pixels from window to window
HALF, LITTLE = 0.6, 0.35  # from this overlap on a window shows an object; below that, the ground


class WindowClassifier(nn.Module):
    """A small network that names a warped window, or says that nothing is there.

    Parameters
    ----------
    classes : int
        How many classes there are, without "nothing", which is the last output.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            block(1, 16), nn.MaxPool2d(2), block(16, 32), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(512, 64), nn.ReLU()
        )
        self.head = nn.Linear(64, classes + 1)

    def forward(self, cuts: Tensor) -> Tensor:
        """Take warped windows, (n, 1, 16, 16), and give logits, (n, classes + 1)."""
        return self.head(self.layers(cuts))


def windows(height: int, width: int) -> Tensor:
    """List the windows that are asked: three lengths, three shapes, every fourth pixel (lesson 10).

    Parameters
    ----------
    height, width : int, pixels
        Of the picture.

    Returns
    -------
    Tensor, shape (n, 4), pixels
        Left, top, right, bottom.

    Examples
    --------
    >>> len(windows(64, 64))
    1386
    """
    found = []
    for tall in SIDES:
        for shape in SHAPES:
            wide = round(tall * shape)
            for top in range(0, height - tall + 1, STEP):
                found += [(left, top, left + wide, top + tall) for left in range(0, width - wide + 1, STEP)]
    return torch.tensor(found, dtype=torch.float32).reshape(-1, 4)


def training(
    model: nn.Module, scenes: SceneSet, plan: Plan | None = None, *, each: int = 8, progress: bool = True
) -> Iterator[Step]:
    """Train a classifier on windows cut from scenes: half of them around objects, a little off, half anywhere.

    Parameters
    ----------
    model : Module
        Such as a `WindowClassifier`.
    scenes : SceneSet
        Where to cut.
    plan : Plan, optional
        As for `learn`; a batch counts scenes.
    each : int
        Windows a scene, drawn anew in each step.
    progress : bool
        Whether to show a bar.

    Yields
    ------
    Step
        After each step.
    """
    plan = plan or Plan()
    chance = torch.Generator().manual_seed(plan.seed)

    def loss_of(places: Tensor) -> Tensor:
        part = scenes[places]
        boxes, labels = _drawn_windows(part, each, chance)  # (batch, each, 4), (batch, each)
        cuts = roi_align(part.images, list(boxes), SIDE, sampling_ratio=2)
        return functional.cross_entropy(model(cuts), labels.flatten(), ignore_index=-100)

    return learn(model, loss_of, len(scenes), plan, progress=progress)


@torch.no_grad()
def search(model: nn.Module, images: Tensor, *, least: float = 0.05, overlap: float = 0.4) -> list[Detections]:
    """Ask at every window, then suppress all but the best of each heap; parameters as for `detect`."""
    model.eval()
    places, found = windows(*images.shape[2:]), []
    for image in images:
        cuts = roi_align(image[None], [places], SIDE, sampling_ratio=2)
        scores, labels = model(cuts).softmax(1)[:, :-1].max(1)
        sure = (scores >= least).nonzero()[:, 0]
        kept = sure[batched_nms(places[sure], scores[sure], labels[sure], overlap)]
        found.append(Detections(places[kept].numpy(), scores[kept].numpy(), labels[kept].numpy().astype(np.int64)))
    return found


def _drawn_windows(scenes: SceneSet, each: int, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw windows and say what they show; −100 for those that show too little of an object to be named."""
    count, _, height, width = scenes.images.shape
    near = _near_objects(scenes, each // 2, chance)
    usual = windows(height, width)
    anywhere = usual[torch.randint(len(usual), (count, each - each // 2), generator=chance)]
    boxes = torch.cat([near, anywhere], dim=1)  # (count, each, 4)
    agreed, which = torch.stack([box_iou(*pair) for pair in zip(boxes, scenes.boxes, strict=True)]).nan_to_num().max(2)
    labels = scenes.labels.gather(1, which)
    labels = torch.where(agreed >= HALF, labels, -100)
    return boxes, torch.where(agreed < LITTLE, len(scenes.classes), labels)


def _near_objects(scenes: SceneSet, number: int, chance: torch.Generator) -> Tensor:
    """Draw objects of each scene and move every side of their boxes by up to a seventh of the length."""
    objects = (scenes.labels >= 0).sum(1)  # (count,)
    which = (torch.rand(len(scenes), number, generator=chance) * objects[:, None]).long()
    boxes = scenes.boxes.gather(1, which[..., None].expand(-1, -1, 4))
    lengths = (boxes[..., 2:] - boxes[..., :2]).repeat(1, 1, 2)
    return boxes + lengths * (torch.rand(boxes.shape, generator=chance) - 0.5) * 2 / 7
