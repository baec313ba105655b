"""What the explorer of boxes computes and says; static/box_heap.js computes and says the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cnncourse.applications.boxes import iou, rounds

Box = Sequence[float]


class Shown(NamedTuple):
    """What the explorer shows.

    Attributes
    ----------
    shared, covered : float, square pixels
        What both boxes of the pair cover, and what at least one covers.
    agreement : float, in [0, 1]
        Their intersection over union.
    kept, dropped : list of int
        The places of the heap's boxes that survive, the surest first, and of those that do not, in the same order.
    """

    shared: float
    covered: float
    agreement: float
    kept: list[int]
    dropped: list[int]


def arrays(
    pair: tuple[Box, Box],
    boxes: Sequence[Box] = (),
    scores: Sequence[float] = (),
    names: Sequence[str] = (),
    *,
    threshold: float = 0.5,
    least: float = 0.0,
) -> Shown:
    """Compute all that the explorer shows.

    Parameters
    ----------
    pair : two boxes
        Left, top, right, bottom of each, in pixels.
    boxes, scores, names : sequences
        The heap; boxes drop only those of their own name.
    threshold : float, in [0, 1]
        The overlap above which the lesser box is dropped.
    least : float, in [0, 1]
        Scores below it are left out.

    Returns
    -------
    Shown
        The numbers.

    Examples
    --------
    >>> arrays(((0, 0, 3, 3), (1, 1, 4, 4)), [(0, 0, 4, 4), (0, 0, 4, 3)], [0.6, 0.9], ["7", "7"])
    Shown(shared=4, covered=14, agreement=0.2857142857142857, kept=[1], dropped=[0])
    """
    one, other = pair
    wide, high = (max(0, min(one[at + 2], other[at + 2]) - max(one[at], other[at])) for at in (0, 1))
    covered = sum((box[2] - box[0]) * (box[3] - box[1]) for box in pair) - wide * high
    kept: list[int] = []
    dropped: list[int] = []
    for name in dict.fromkeys(names):
        mine = [at for at, own in enumerate(names) if own == name and scores[at] >= least]
        for best, rest in rounds(np.array([boxes[at] for at in mine]), [scores[at] for at in mine], threshold):
            kept.append(mine[best])
            dropped.extend(mine[at] for at in rest)
    kept, dropped = (sorted(places, key=lambda at: (-scores[at], at)) for places in (kept, dropped))
    return Shown(wide * high, covered, iou(one, other), kept, dropped)


def pair_words(shown: Shown) -> str:
    """Say how well the pair agrees, as the page does.

    Examples
    --------
    >>> pair_words(arrays(((0, 0, 3, 3), (1, 1, 4, 4))))
    'Both cover 4 square pixels, at least one covers 14: IoU 4 / 14 = 0.29.'
    """
    fraction = f"{shown.shared:g} / {shown.covered:g}"
    return (
        f"Both cover {shown.shared:g} square pixels, at least one covers {shown.covered:g}: "
        f"IoU {fraction} = {two(shown.agreement)}."
    )


def heap_words(shown: Shown, names: Sequence[str], scores: Sequence[float]) -> str:
    """Say what is left of the heap, as the page does.

    Examples
    --------
    >>> heap_words(Shown(0, 1, 0.0, [1], [0]), ["7", "7"], [0.6, 0.9])
    'Of 2 boxes 2 are sure enough: 1 kept, 1 dropped. Kept: 7 at 0.90.'
    """
    told = "; ".join(f"{names[at]} at {two(scores[at])}" for at in shown.kept)
    sure = len(shown.kept) + len(shown.dropped)
    counted = f"Of {len(names)} boxes {sure} are sure enough: {len(shown.kept)} kept, {len(shown.dropped)} dropped."
    return f"{counted} Kept: {told}." if told else counted


def two(value: float) -> str:
    """Write a number with two decimals, halves up, as the page does."""
    return f"{math.floor(value * 100 + 0.5) / 100:.2f}"
