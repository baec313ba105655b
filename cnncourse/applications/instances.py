"""Single objects, pixel by pixel: the detector's boxes, and a small head that cuts out a mask in each (lesson 10).

As Mask R-CNN does [1]_: a box chooses a part of the feature maps, `torchvision.ops.roi_align` warps it to a square, and
a few convolutions say of each pixel in the box whether it belongs to the object.

References
----------
.. [1] K. He, G. Gkioxari, P. Dollár, R. Girshick, "Mask R-CNN", 2017, arXiv:1703.06870.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import roi_align

from cnncourse.applications.composed import Layout, SceneSet, Stock, compose, stock
from cnncourse.applications.detection import GridDetector, block, bundled_scenes, detect, trained
from cnncourse.applications.learning import Plan, Step, finish, learn
from cnncourse.applications.masks import Instances, components, score
from cnncourse.applications.segmentation import PLAN as PIXEL_PLAN
from cnncourse.applications.segmentation import Features, PixelNetwork
from cnncourse.applications.segmentation import training as pixel_training
from cnncourse.models import fresh

__all__ = ["MaskHead", "Parts", "compare", "find", "heaps"]

WARPED = 14  # pixels, of the feature maps of a box
MASK = 2 * WARPED  # pixels, of a mask before it is laid back into its box
WOBBLE = 0.1  # share of a side by which true boxes are moved in training, for found boxes are a little off
PLAN = Plan(epochs=2, batch=16, rate=1e-2)


class MaskHead(nn.Module):
    """A few convolutions that cut an object out of the feature maps in its box."""

    def __init__(self) -> None:
        super().__init__()
        self.coarse = nn.Sequential(block(24 + 48 + 64, 24, 1), block(24, 24))
        self.fine = nn.Sequential(block(24, 12), nn.Conv2d(12, 1, 1))

    def forward(self, features: Features, boxes: Sequence[Tensor]) -> Tensor:
        """Take maps of n pictures and a list of n Tensors of boxes, and give logits, (all boxes, 28, 28)."""
        warped = [
            roi_align(maps, list(boxes), WARPED, spatial_scale=1 / 2**level, sampling_ratio=2, aligned=True)
            for level, maps in enumerate(features, start=1)
        ]
        coarse = self.coarse(torch.cat(warped, dim=1))  # (boxes, 24, 14, 14)
        return self.fine(functional.interpolate(coarse, scale_factor=2, mode="bilinear"))[:, 0]


@dataclass(frozen=True)
class Parts:
    """The three networks that find objects together: where and what, what at each pixel, which pixels of a box."""

    detector: GridDetector
    pixels: PixelNetwork
    head: MaskHead


def training(parts: Parts, scenes: SceneSet, plan: Plan | None = None, *, progress: bool = True) -> Iterator[Step]:
    """Train the head alone, on true boxes moved a little; the other networks stay as they are.

    Parameters
    ----------
    parts : Parts
        The first two of them trained.
    scenes : SceneSet
        Each with an object or more.
    plan, progress
        As for `learn`.

    Yields
    ------
    Step
        After each step.
    """
    plan = plan or PLAN
    chance = torch.Generator().manual_seed(plan.seed)
    parts.pixels.eval()

    def loss_of(places: Tensor) -> Tensor:
        boxes, masks = _examples(scenes[places], chance)
        with torch.no_grad():
            features = parts.pixels.features(scenes.images[places])
        return functional.binary_cross_entropy_with_logits(parts.head(features, boxes), masks)

    return learn(parts.head, loss_of, len(scenes), plan, progress=progress)


def _examples(scenes: SceneSet, chance: torch.Generator) -> tuple[list[Tensor], Tensor]:
    """Move true boxes a little, and warp the true masks in them to squares, (all boxes, 28, 28), in [0, 1]."""
    boxes, masks = [], []
    for scene in range(len(scenes)):
        objects = scenes.objects(scene)
        lengths = (objects.boxes[:, 2:] - objects.boxes[:, :2]).repeat(1, 2)
        moved = objects.boxes + lengths * WOBBLE * (2 * torch.rand(lengths.shape, generator=chance) - 1)
        boxes.append(moved)
        whole = objects.masks[:, None].float()
        masks.append(roi_align(whole, list(moved[:, None]), MASK, sampling_ratio=2, aligned=True)[:, 0])
    return boxes, torch.cat(masks)


@torch.no_grad()
def find(parts: Parts, images: Tensor) -> list[Instances]:
    """Find boxes, then the pixels in each (lesson 10).

    Parameters
    ----------
    parts : Parts
        All three trained.
    images : Tensor, shape (n, 1, height, width), in [0, 1]
        The pictures.

    Returns
    -------
    list of Instances
        One a picture, the surest object first.
    """
    parts.pixels.eval()
    parts.head.eval()
    found = []
    for image, (boxes, scores, labels) in zip(images, detect(parts.detector, images), strict=True):
        masks = np.zeros((len(boxes), *image.shape[1:]), bool)
        if len(boxes):
            frames = torch.from_numpy(boxes)
            logits = parts.head(parts.pixels.features(image[None]), [frames])
            masks = _laid_back(logits, frames, image.shape[1:]).numpy() > 0
        found.append(Instances(masks, scores, labels))
    return found


def _laid_back(logits: Tensor, boxes: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Scale each square to its box, (k, height, width); below 0 outside of it."""
    height, width = shape
    left, top, right, bottom = (side[:, None] for side in boxes.unbind(1))
    across = (torch.arange(width) + 0.5 - left) / (right - left).clamp(min=1e-3) * 2 - 1  # −1 and 1 at the box's sides
    down = (torch.arange(height) + 0.5 - top) / (bottom - top).clamp(min=1e-3) * 2 - 1
    grid = torch.stack(
        [across[:, None].expand(-1, height, -1), down[:, :, None].expand(-1, -1, width)], dim=-1
    )  # (k, height, width, 2)
    laid = functional.grid_sample(logits[:, None], grid, padding_mode="border", align_corners=False)[:, 0]
    return torch.where((grid.abs() <= 1).all(-1), laid, -1.0)


def heaps(things: Stock, count: int, *, seed: int = 0) -> SceneSet:
    """Put scenes together in which all objects are of one class, three to five of them, many of them touching.

    Parameters
    ----------
    things : Stock
        What to lay.
    count : int
        How many scenes.
    seed : int
        The same seed gives the same scenes.

    Returns
    -------
    SceneSet
        With overlaps of boxes up to 0.15.
    """
    chance = np.random.default_rng(seed)
    labels = [[int(chance.integers(len(things.classes)))] * int(chance.integers(3, 6)) for _ in range(count)]
    return compose(things, count, Layout(smallest=16, overlap=0.15), seed=seed, labels=labels)


def compare(*, seed: int = 0) -> dict[str, float]:
    """Train detector, pixel network and head; measure masks on heaps, and connected pieces beside them (lesson 10).

    Parameters
    ----------
    seed : int
        Of scenes, first weights and order.

    Returns
    -------
    dict of str to float
        Mean average precision of masks at an overlap of ½, on 200 scenes of objects of one class, many touching.
    """
    scenes, _ = bundled_scenes(3000, 1, seed=seed)
    test = heaps(stock("test", bundled=True), 200, seed=seed)
    detector = trained(scenes, seed=seed, progress=False)
    pixels = fresh(lambda: PixelNetwork(detector, len(scenes.classes) + 1), seed=seed)
    finish(pixel_training(pixels, scenes[:2000], replace(PIXEL_PLAN, seed=seed), progress=False))
    parts = Parts(detector, pixels, fresh(MaskHead, seed=seed))
    finish(training(parts, scenes[:2000], replace(PLAN, seed=seed), progress=False))
    return {
        "boxes and masks": score(find(parts, test.images), test),
        "connected pieces": score(components(pixels, test.images), test),
    }
