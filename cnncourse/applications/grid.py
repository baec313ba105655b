"""What a one-stage detector's cells say: whether, where and what; and how wrong that is (lesson 10).

A *cell* is a patch of 8×8 pixels. For each there are 5 + classes numbers: how sure it is that an object lies there,
four that say where the box is, and one for each class; as in YOLO [1]_, with several cells an object [2]_.

References
----------
.. [1] J. Redmon, S. Divvala, R. Girshick, A. Farhadi, "You only look once: unified, real-time object detection", 2015,
   arXiv:1506.02640.
.. [2] Z. Tian, C. Shen, H. Chen, T. He, "FCOS: fully convolutional one-stage object detection", 2019,
   arXiv:1904.01355: cells near the middle of a box learn from it, without boxes set beforehand.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["CELL", "Losses", "Targets", "decode", "losses", "targets"]

CELL = 8  # pixels; what three halvings leave of the picture
TYPICAL = 16.0  # pixels; a width or height of this length is 0 for the network
MIDDLE = 0.5  # share of a box's width and height, around its centre, whose cells answer for it
PLACE_WEIGHT = 2.0  # for the places' loss, which is small


class Targets(NamedTuple):
    """What the network should say of each cell.

    Attributes
    ----------
    objectness : Tensor, shape (n, rows, columns)
        1 where the cell answers for an object, else 0.
    places : Tensor, shape (n, 4, rows, columns)
        From the cell's middle to the box's, right and down, in cells; then ln(width / 16) and ln(height / 16).
    labels : Tensor of int64, shape (n, rows, columns)
        The class; of no meaning where `objectness` is 0.
    """

    objectness: Tensor
    places: Tensor
    labels: Tensor


class Losses(NamedTuple):
    """The three parts of the loss; `total` is what is made small.

    Attributes
    ----------
    whether : Tensor, shape ()
        Cross-entropy of objectness, summed over all cells, divided by the number of those with an object.
    where : Tensor, shape ()
        How far the four numbers of a place are off, on the mean of the cells with an object.
    what : Tensor, shape ()
        Cross-entropy of the class, on the mean of the same cells.
    """

    whether: Tensor
    where: Tensor
    what: Tensor

    @property
    def total(self) -> Tensor:
        """The sum, with the places weighted."""
        return self.whether + PLACE_WEIGHT * self.where + self.what


def targets(boxes: Tensor, labels: Tensor, height: int, width: int) -> Targets:
    """Write down what the network should say of each cell (lesson 10).

    A cell answers for an object if its middle lies in the middle half of the box, by width and by height; so does the
    cell that holds the centre. Where two objects claim a cell, the smaller one has it.

    Parameters
    ----------
    boxes : Tensor, shape (n, most, 4), pixels
        Left, top, right, bottom of the objects of each picture, the larger ones first.
    labels : Tensor of int64, shape (n, most)
        Their classes; −1 where a picture has no further object.
    height, width : int, pixels
        Of the pictures; multiples of 8.

    Returns
    -------
    Targets
        For each picture.

    Raises
    ------
    ValueError
        If 8 does not divide height and width, or there is not a label for each box.

    Examples
    --------
    A box 16 wide and 24 high around (28, 24) claims two cells; the lower one lies half a cell below its centre:

    >>> wanted = targets(torch.tensor([[[20.0, 12, 36, 36]]]), torch.tensor([[7]]), 64, 64)
    >>> wanted.objectness[0].nonzero().tolist()
    [[2, 3], [3, 3]]
    >>> wanted.places[0, :, 3, 3]
    tensor([ 0.0000, -0.5000,  0.0000,  0.4055])
    """
    if boxes.ndim != 3 or boxes.shape[2] != 4 or labels.shape != boxes.shape[:2]:
        raise ValueError(
            "expected boxes of shape (n, most, 4) and labels of shape (n, most); "
            f"got {tuple(boxes.shape)} and {tuple(labels.shape)}"
        )
    if height % CELL or width % CELL:
        raise ValueError(f"expected height and width to be multiples of {CELL}, got {height}×{width}")
    rows, columns = height // CELL, width // CELL
    objectness = torch.zeros(len(boxes), rows, columns)
    places = torch.zeros(len(boxes), rows, columns, 4)
    names = torch.zeros(len(boxes), rows, columns, dtype=torch.int64)
    for box, label in zip(boxes.unbind(1), labels.unbind(1), strict=True):
        away = _offsets(box, rows, columns)  # (n, rows, columns, 4)
        reach = (MIDDLE / 2 * (box[:, 2:] - box[:, :2]) / CELL).clamp(min=0.5)  # (n, 2) in cells, either way
        here = (away[..., :2].abs() <= reach[:, None, None]).all(-1) & (label >= 0)[:, None, None]
        objectness[here] = 1.0
        places[here] = away[here]
        names[here] = label[:, None, None].expand(here.shape)[here]
    return Targets(objectness, places.permute(0, 3, 1, 2).contiguous(), names)


def losses(answers: Tensor, wanted: Targets) -> Losses:
    """Say how wrong the answers are about whether, where and what (lesson 10).

    Parameters
    ----------
    answers : Tensor, shape (n, 5 + classes, rows, columns)
        Of the network.
    wanted : Targets
        For the same pictures.

    Returns
    -------
    Losses
        Three numbers; the last two are 0 where no picture holds an object.
    """
    there = wanted.objectness > 0
    number = there.sum().clamp(min=1)
    whether = functional.binary_cross_entropy_with_logits(answers[:, 0], wanted.objectness, reduction="sum")
    cells = answers.permute(0, 2, 3, 1)[there]  # (cells, 5 + classes)
    places = wanted.places.permute(0, 2, 3, 1)[there]  # (cells, 4)
    where = functional.smooth_l1_loss(cells[:, 1:5], places, reduction="sum", beta=0.1)
    what = functional.cross_entropy(cells[:, 5:], wanted.labels[there], reduction="sum")
    return Losses(whether / number, where / number, what / number)


def decode(answers: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turn the numbers of each cell into a box in pixels, a score and a class (lesson 10).

    Parameters
    ----------
    answers : Tensor, shape (n, 5 + classes, rows, columns)
        Of the network.

    Returns
    -------
    boxes : Tensor, shape (n, rows · columns, 4), pixels
        Left, top, right, bottom, no further than the picture.
    scores : Tensor, shape (n, rows · columns), in [0, 1]
        Probability of an object, times that of its likeliest class.
    labels : Tensor of int64, shape (n, rows · columns)
        That class.
    """
    _, _, rows, columns = answers.shape
    places = answers[:, 1:5].permute(0, 2, 3, 1)  # (n, rows, columns, 4)
    centres = (_middles(rows, columns) + places[..., :2]) * CELL
    sides = TYPICAL * places[..., 2:].clamp(max=4).exp()
    ends = torch.tensor([columns, rows]) * CELL
    corners = [torch.minimum(corner.clamp(min=0), ends) for corner in (centres - sides / 2, centres + sides / 2)]
    boxes = torch.cat(corners, dim=-1)  # (n, rows, columns, 4)
    names, labels = answers[:, 5:].softmax(1).max(1)
    return boxes.flatten(1, 2), (answers[:, 0].sigmoid() * names).flatten(1), labels.flatten(1)


def _middles(rows: int, columns: int) -> Tensor:
    """Give the middle of each cell, right and down, in cells, shape (rows, columns, 2)."""
    down, right = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return torch.stack([right, down], dim=-1) + 0.5


def _offsets(boxes: Tensor, rows: int, columns: int) -> Tensor:
    """Write one box a scene, shape (n, 4), as each cell would have to, shape (n, rows, columns, 4)."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 / CELL  # (n, 2)
    sides = ((boxes[:, 2:] - boxes[:, :2]).clamp(min=1) / TYPICAL).log()
    away = centres[:, None, None] - _middles(rows, columns)  # (n, rows, columns, 2)
    return torch.cat([away, sides[:, None, None].expand_as(away)], dim=-1)
