"""The exercise of lesson 03 on moving along: how wide the rim is where two answers disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[np.float64]


def _depths(still: Array, moved: Array, down: int, right: int) -> tuple[NDArray[np.bool_], Any]:
    """Lay the answers on each other: where they differ, and how far each common pixel is from the common rim."""
    rows, columns = np.mgrid[: still.shape[0], : still.shape[1]]
    common = (rows + down >= 0) & (rows + down < still.shape[0])
    common &= (columns + right >= 0) & (columns + right < still.shape[1])
    depth = ndimage.distance_transform_cdt(np.pad(common, 1), metric="chessboard")[1:-1, 1:-1]
    differ = ~np.isclose(still, np.roll(moved, (-down, -right), (0, 1)), atol=1e-9)
    return differ & common, depth


def _rim(still: Array, moved: Array, down: int, right: int) -> int:
    differ, depth = _depths(still, moved, down, right)
    width = int(depth[differ].max(initial=0))
    return width if width < depth.max() else -1


def _from_top_left(still: Array, moved: Array, down: int, right: int) -> int:
    differ, depth = _depths(still, moved, down, right)
    rows, columns = np.nonzero(depth)
    shape = np.ptp(rows) + 1, np.ptp(columns) + 1
    inwards = np.argwhere(differ) - (rows.min(), columns.min())
    width = int(inwards.min(axis=1).max(initial=-1)) + 1
    return width if width < min(shape) else -1


def _rolled(still: Array, moved: Array, down: int, right: int) -> int:
    """Compare all pixels, those too that came in again on the other side."""
    differ = ~np.isclose(still, np.roll(moved, (-down, -right), (0, 1)), atol=1e-9)
    depth = ndimage.distance_transform_cdt(np.pad(np.ones_like(differ), 1), metric="chessboard")[1:-1, 1:-1]
    width = int(depth[differ].max(initial=0))
    return width if width < depth.max() else -1


RIM_SLIPS = (
    Slip(
        "Laid on each other like that, they agree nowhere: has one of them been moved back, and which way?",
        lambda still, moved, down, right: _rim(still, moved, -down, -right),
    ),
    Slip(
        "Down and right have changed places: the first axis is that of the rows.",
        lambda still, moved, down, right: _rim(still, moved, right, down),
    ),
    Slip(
        "`np.roll` lets in again on one side what leaves on the other. They have nothing in common there: cut it off.",
        _rolled,
    ),
    Slip(
        "You count from the top and the left only. A rim has four sides, and they need not be equally wide.",
        _from_top_left,
    ),
    Slip(
        "One too many wherever something disagrees: how much has to be cut off until the rest agrees?",
        lambda still, moved, down, right: (
            _rim(still, moved, down, right) + 1
            if _rim(still, moved, down, right) > 0
            else _rim(still, moved, down, right)
        ),
    ),
    Slip(
        "That is how many pixels disagree. How deep does the deepest of them lie?",
        lambda still, moved, down, right: int(_depths(still, moved, down, right)[0].sum()),
    ),
    Slip(
        "Two answers that never agree have no rim, however much is cut off. See the task for what to return then.",
        lambda still, moved, down, right: int(
            _depths(still, moved, down, right)[1][_depths(still, moved, down, right)[0]].max(initial=0)
        ),
    ),
)


def _rim_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        two, three = int(rng.integers(1, 3)), int(rng.integers(3, 5))
        return [
            _draw_rim(rng, (4, 6), (1, 0), (1, 1, 1, 1), "a picture moved by one row"),
            _draw_rim(rng, (9, 12), (three, three), (0, 0, 0, 0), "answers that agree everywhere"),
            _draw_rim(rng, (13, 10), (two, -1), (2, 0, 2, 0), "a rim on two sides"),
            _draw_rim(rng, (12, 15), (-three, two), (1, 3, 1, 3), "a kernel of even size: a rim of uneven width"),
            _draw_rim(rng, (8, 11), (two, -two), (11, 0, 0, 0), "a stride: nothing agrees"),
        ]

    return draw_apart(rng, draw, _rim, RIM_SLIPS)


def _draw_rim(
    rng: np.random.Generator,
    shape: tuple[int, int],
    move: tuple[int, int],
    sides: tuple[int, int, int, int],
    note: str,
) -> Case:
    """Draw two crops of one answer, each spoilt by its own rim: top, bottom, left and right."""
    scene, still, moved = rng.normal(size=(30, 30)), rng.normal(size=shape), rng.normal(size=shape)
    top, bottom, left, right = sides
    inner = slice(top, shape[0] - bottom), slice(left, shape[1] - right)
    for answer, (down, across) in ((still, (0, 0)), (moved, move)):
        crop = scene[8 - down : 8 - down + shape[0], 8 - across : 8 - across + shape[1]]
        answer[inner] = crop[inner]
    return Case((still.round(2), moved.round(2), *move), note=note)


def _judge_rim(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _rim, what="the width of the rim", slips=RIM_SLIPS)


RIM = Exercise(
    name="03-rim",
    title="Where moving along breaks",
    entry="rim",
    kind="function",
    objectives=(5,),
    points=3,
    level="practice",
    cases=_rim_cases,
    judge=_judge_rim,
    hints=(
        "Pixel [i, j] of the first answer belongs to pixel [i + down, j + right] of the second. Which have a partner?",
        "Cut both answers down to what they have in common; mind negative shifts. Then compare pixel by pixel.",
        "Cut 0, 1, 2, … pixels off all four sides of the common part, until the rest agrees or nothing is left.",
    ),
)
