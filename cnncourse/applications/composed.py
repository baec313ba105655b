"""Scenes put together from real digits and faces, with the box, name and outline of each object (lesson 10).

Small pictures of digits and faces come without places. In a scene put together from them every place is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnncourse.applications._stock import CLASSES, SOLID, Piece, Stock, stock

__all__ = ["CLASSES", "Layout", "Objects", "SceneSet", "Stock", "compose", "stock"]

Floats = NDArray[np.float32]
Corners = tuple[int, int, int, int]  # left, top, right, bottom
TRIES = 50  # places for one object, before its scene is begun anew
BEGINNINGS = 40  # of one scene, before it is given up


@dataclass(frozen=True)
class Layout:
    """How large a scene is, and how many objects of which size lie in it how close together.

    Attributes
    ----------
    height, width : int, pixels
        Of the scene.
    fewest, most : int
        Objects in a scene, each number as likely as any other.
    smallest, largest : int, pixels
        The longer side of an object, each length as likely as any other.
    overlap : float, in [0, 1]
        The largest intersection over union that two boxes may have; 0 keeps them apart.

    Raises
    ------
    ValueError
        If an object would not fit, or a range runs backwards.
    """

    height: int = 64
    width: int = 64
    fewest: int = 1
    most: int = 4
    smallest: int = 14
    largest: int = 28
    overlap: float = 0.1

    def __post_init__(self) -> None:
        if not 0 <= self.fewest <= self.most:
            raise ValueError(f"expected 0 ≤ fewest ≤ most, got {self.fewest} and {self.most}")
        if not 6 <= self.smallest <= self.largest <= min(self.height, self.width):
            raise ValueError(
                f"expected 6 ≤ smallest ≤ largest ≤ the scene's shorter side, got {self.smallest}, {self.largest} and "
                f"a scene of {self.height}×{self.width} pixels"
            )
        if not 0 <= self.overlap <= 1:
            raise ValueError(f"expected an overlap from 0 to 1, got {self.overlap}")


class Objects(NamedTuple):
    """The objects of one scene.

    Attributes
    ----------
    boxes : Tensor of float32, shape (k, 4), pixels
        Left, top, right, bottom; right and bottom lie behind the last pixel.
    labels : Tensor of int64, shape (k,)
        Their classes, as places in the set's `classes`.
    masks : Tensor of bool, shape (k, height, width)
        The pixels of each that can be seen.
    """

    boxes: Tensor
    labels: Tensor
    masks: Tensor


@dataclass(frozen=True, repr=False, eq=False)
class SceneSet:
    """Scenes, and what lies where in them.

    Attributes
    ----------
    images : Tensor of float32, shape (n, 1, height, width), in [0, 1]
        The scenes.
    boxes : Tensor of float32, shape (n, most, 4), pixels
        Left, top, right, bottom of each object, hidden parts included; zeros where a scene has no further object.
    labels : Tensor of int64, shape (n, most)
        Classes; −1 where a scene has no further object. The larger box comes first and lies below.
    instances : Tensor of uint8, shape (n, height, width)
        For each pixel the number of the object that is seen there, from 1 on; 0 for the ground.
    classes : tuple of str
        The names.
    source : str
        What the scenes were put together from.
    """

    images: Tensor
    boxes: Tensor
    labels: Tensor
    instances: Tensor
    classes: tuple[str, ...]
    source: str

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        shape = "×".join(map(str, self.images.shape[2:]))
        objects = int((self.labels >= 0).sum())
        return f"SceneSet({len(self):,} scenes of {shape} pixels with {objects:,} objects: {self.source})"

    def __getitem__(self, which: slice | Sequence[int] | Tensor) -> SceneSet:
        """Give the set of some of the scenes; a slice shares memory with the whole."""
        parts = {name: getattr(self, name)[which] for name in ("images", "boxes", "labels", "instances")}
        return replace(self, **parts)

    def objects(self, scene: int) -> Objects:
        """Give boxes, labels and masks of one scene, without the places that are left empty."""
        there = self.labels[scene] >= 0
        numbers = torch.arange(1, int(there.sum()) + 1)
        masks = self.instances[scene][None] == numbers[:, None, None]  # (k, height, width)
        return Objects(self.boxes[scene][there], self.labels[scene][there], masks)

    @property
    def semantic(self) -> Tensor:
        """The class of each pixel, shape (n, height, width), int64: 0 for the ground, then class + 1."""
        first = torch.zeros(len(self), 1, dtype=torch.int64)
        of_number = torch.cat([first, self.labels + 1], dim=1)  # (n, 1 + most)
        return of_number.gather(1, self.instances.flatten(1).long()).view(self.instances.shape)


def compose(
    things: Stock,
    count: int,
    layout: Layout | None = None,
    *,
    seed: int = 0,
    labels: Sequence[Sequence[int]] | None = None,
) -> SceneSet:
    """Put scenes together: a piece of photograph, and objects of many sizes laid on it (lesson 10).

    Parameters
    ----------
    things : Stock
        What to lay, and on which photographs; see `stock`.
    count : int
        How many scenes.
    layout : Layout, optional
        Sizes, numbers and overlap; by default those of `Layout`.
    seed : int
        The same seed gives the same scenes; the first of many are those of few.
    labels : sequence of sequences of int, optional
        Which classes to lay into each scene; by default drawn, each class as likely as any other.

    Returns
    -------
    SceneSet
        With every object as bright as chance has it; the larger lie below.

    Raises
    ------
    ValueError
        If there is a list of labels too few or too many, a class without pictures, or no room for so many objects.

    Examples
    --------
    >>> scenes = compose(stock("train"), 3, Layout(height=40, width=48, most=2, largest=20))
    >>> scenes.images.shape, scenes.boxes.shape
    (torch.Size([3, 1, 40, 48]), torch.Size([3, 2, 4]))
    """
    layout = layout or Layout()
    if labels is not None and len(labels) != count:
        raise ValueError(f"expected a list of labels for each of the {count} scenes, got {len(labels)}")
    most = layout.most if labels is None else max(map(len, labels), default=0)
    chance = np.random.default_rng(seed)
    images = np.empty((count, layout.height, layout.width), np.float32)
    boxes = np.zeros((count, most, 4), np.float32)
    names = np.full((count, most), -1, np.int64)
    instances = np.zeros(images.shape, np.uint8)
    for scene in range(count):
        wanted = _drawn_classes(things, layout, chance) if labels is None else labels[scene]
        pieces = [things.piece(int(label), layout.smallest, layout.largest, chance) for label in wanted]
        pieces.sort(key=lambda piece: piece.alpha.size, reverse=True)
        places = _places([piece.alpha.shape for piece in pieces], layout, chance)
        images[scene] = things.ground((layout.height, layout.width), chance)
        for number, (piece, box) in enumerate(zip(pieces, places, strict=True)):
            boxes[scene, number], names[scene, number] = box, piece.label
            _lay(piece, box, images[scene], instances[scene], number + 1)
    found = torch.from_numpy(boxes), torch.from_numpy(names), torch.from_numpy(instances)
    return SceneSet(torch.from_numpy(images)[:, None], *found, things.classes, things.source)


def _lay(piece: Piece, box: Corners, image: Floats, instances: NDArray[np.uint8], number: int) -> None:
    """Lay a piece on an image, and write its number where it can be seen; both arrays are changed."""
    left, top, right, bottom = box
    under = image[top:bottom, left:right]
    under += piece.alpha * (piece.picture - under)
    instances[top:bottom, left:right][piece.alpha >= SOLID] = number


def _drawn_classes(things: Stock, layout: Layout, chance: np.random.Generator) -> NDArray[np.int64]:
    number = int(chance.integers(layout.fewest, layout.most + 1))
    return chance.integers(len(things.classes), size=number)


def _places(shapes: Sequence[tuple[int, ...]], layout: Layout, chance: np.random.Generator) -> list[Corners]:
    """Find a box for each shape such that no two overlap more than they may."""
    for _ in range(BEGINNINGS):
        boxes: list[Corners] = []
        for height, width in shapes:
            box = _place(height, width, boxes, layout, chance)
            if box is None:
                break
            boxes.append(box)
        else:
            return boxes
    raise ValueError(
        f"no room for {len(shapes)} objects of up to {layout.largest} pixels in {layout.height}×{layout.width}; "
        "try fewer or smaller ones, a larger scene, or more overlap"
    )


def _place(
    height: int, width: int, others: Sequence[Corners], layout: Layout, chance: np.random.Generator
) -> Corners | None:
    for _ in range(TRIES):
        top = int(chance.integers(layout.height - height + 1))
        left = int(chance.integers(layout.width - width + 1))
        box = (left, top, left + width, top + height)
        if all(_overlap(box, other) <= layout.overlap for other in others):
            return box
    return None


def _overlap(one: Corners, other: Corners) -> float:
    """Intersection over union of two boxes that are not empty, as `cnncourse.applications.boxes.iou` has it."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (areas - shared)
