"""Exercises of lesson 01 on what stands beside what: copies of a pattern anywhere, a shredded picture."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[Any]

# --- copies anywhere --------------------------------------------------------------------------------------------------


def _hits(picture: Array, patch: Array) -> NDArray[np.bool_]:
    """Mark the top left pixel of every window that equals the patch."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, patch.shape)
    return np.asarray((windows == patch).all(axis=(-3, -2, -1))[..., 0])


def _copies(picture: Array, patch: Array) -> int:
    return int((_hits(picture, patch) | _hits(picture, patch[:, ::-1])).sum())


COPIES_SLIPS = (
    Slip("Mirrored copies are passed over.", lambda picture, patch: int(_hits(picture, patch).sum())),
    Slip(
        "Your mirror lies on the floor: it exchanges top and bottom. Left and right should change places.",
        lambda picture, patch: int((_hits(picture, patch) | _hits(picture, patch[::-1])).sum()),
    ),
    Slip(
        "A patch that equals its own mirror image is counted twice at every place.",
        lambda picture, patch: int(_hits(picture, patch).sum() + _hits(picture, patch[:, ::-1]).sum()),
    ),
    Slip(
        "You step from tile to tile. A pattern may begin at any pixel, and copies may overlap.",
        lambda picture, patch: int(
            (_hits(picture, patch) | _hits(picture, patch[:, ::-1]))[:: patch.shape[0], :: patch.shape[1]].sum()
        ),
    ),
    Slip(
        "Copies at the very bottom and at the right rim are missed: what is the last row where a patch may begin?",
        lambda picture, patch: int((_hits(picture, patch) | _hits(picture, patch[:, ::-1]))[:-1, :-1].sum()),
    ),
    Slip(
        "Red alone decides. A copy agrees in all three lights.",
        lambda picture, patch: _copies(picture[..., :1], patch[..., :1]),
    ),
    Slip(
        "You ask whether there is a copy. How many are there?",
        lambda picture, patch: int(_copies(picture, patch) > 0),
    ),
)


def _copies_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            _tiled(rng, (2, 4), (1, 2), "2 × 4 pixels"),
            _tiled(rng, (6, 10), (2, 2), "a wide picture"),
            _tiled(rng, (9, 6), (3, 1), "a patch of one column, its own mirror image"),
            _tiled(rng, (7, 8), (1, 1), "a patch of one pixel"),
            _tiled(rng, (8, 12), (2, 3), "a patch of 2 × 3 pixels"),
        ]

    return draw_apart(rng, draw, _copies, COPIES_SLIPS)


def _tiled(rng: np.random.Generator, size: tuple[int, int], side: tuple[int, int], note: str) -> Case:
    """Draw a picture of few colours, which share their red, and a patch cut out of its bottom right corner."""
    colours = np.array([[200, 0, 90], [200, 90, 0]], dtype=np.uint8)
    picture = colours[rng.integers(0, 2, size)]
    return Case((picture, picture[-side[0] :, -side[1] :].copy()), note=note)


def _judge_copies(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _copies, what="the number of copies", slips=COPIES_SLIPS)


# --- a shredded picture -----------------------------------------------------------------------------------------------

Cost = Callable[[Array, Array], float]


def _seam(left: Array, right: Array) -> float:
    return float(np.abs(left[:, -1] - right[:, 0]).mean())


def _order(strips: Array) -> list[int]:
    """Try every order that begins with the first strip: the one with the smoothest seams."""
    orders = ([0, *rest] for rest in itertools.permutations(range(1, len(strips))))
    return min(orders, key=lambda order: sum(_seam(strips[a], strips[b]) for a, b in itertools.pairwise(order)))


def _chain(strips: Array, cost: Cost) -> list[int]:
    """Put to each strip the one that costs least."""
    order = [0]
    while len(order) < len(strips):
        left = [one for one in range(len(strips)) if one not in order]
        order.append(min(left, key=lambda one: cost(strips[order[-1]], strips[one])))
    return order


SHREDDER_SLIPS = (
    Slip(
        "That says where each strip goes. Wanted is which strip stands first, second, third, …",
        lambda strips: np.argsort(_order(strips)).tolist(),
    ),
    Slip("The strips are as they came.", lambda strips: list(range(len(strips)))),
    Slip(
        "Strips in the order of their brightness are not yet a picture. Which pixels become neighbours at a seam?",
        lambda strips: [0, *(int(one) for one in np.argsort(strips.mean(axis=(1, 2))) if one)],
    ),
    Slip(
        "You ask how like each strip is to strip 0. It has one neighbour only: what stands beside that one?",
        lambda strips: [0, *sorted(range(1, len(strips)), key=lambda one: _seam(strips[0], strips[one]))],
    ),
    Slip(
        "You compare how bright whole strips are. Which pixels become neighbours at a seam?",
        lambda strips: _chain(strips, lambda one, other: float(abs(one.mean() - other.mean()))),
    ),
    Slip(
        "You compare how bright two rims are on the whole. Two rims can be equally bright and differ in every row.",
        lambda strips: _chain(strips, lambda one, other: float(abs(one[:, -1].mean() - other[:, 0].mean()))),
    ),
    Slip(
        "Your differences keep their signs, so that much darker counts as very like. How far apart are two numbers?",
        lambda strips: _chain(strips, lambda one, other: float((other[:, 0] - one[:, -1]).mean())),
    ),
    Slip(
        "Your differences keep their signs, so that much brighter counts as very like. How far apart are two numbers?",
        lambda strips: _chain(strips, lambda one, other: float((one[:, -1] - other[:, 0]).mean())),
    ),
    Slip(
        "You compare left rims with left rims. At a seam the right rim of one strip meets the left rim of the next.",
        lambda strips: _chain(strips, lambda one, other: float(np.abs(one[:, 0] - other[:, 0]).mean())),
    ),
    Slip(
        "You compare whole strips. Neighbours are alike where they touch; over a whole strip much can happen.",
        lambda strips: _chain(strips, lambda one, other: float(np.abs(one - other).mean())),
    ),
    Slip(
        "You build from the right to the left: the first strip is the leftmost one.",
        lambda strips: _chain(strips, lambda one, other: _seam(other, one)),
    ),
    Slip(
        "You compare top and bottom rims; the cuts run from top to bottom.",
        lambda strips: _chain(strips, lambda one, other: float(np.abs(one[-1] - other[0]).mean())),
    ),
)


def _shredder_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            _shredded(rng, 3, (8, 4), "three strips"),
            _shredded(rng, 5, (24, 6), "five strips"),
            _shredded(rng, 6, (40, 7), "six strips"),
        ]

    return draw_apart(rng, draw, _order, SHREDDER_SLIPS)


def _shredded(rng: np.random.Generator, count: int, side: tuple[int, int], note: str) -> Case:
    """Draw a soft picture whose seams no measure of likeness can mistake, and shuffle all strips but the first."""
    while True:
        noise = ndimage.gaussian_filter(rng.normal(size=(side[0], count * side[1])), 2.5, mode="reflect")
        picture = np.interp(noise, (noise.min(), noise.max()), (0, 1)) + rng.normal(0, 0.005, noise.shape)
        strips = picture.reshape(side[0], count, side[1]).swapaxes(0, 1)
        if _clear(strips):
            order = [0, *(1 + rng.permutation(count - 1))]
            return Case((strips[order].copy(),), note=note)


def _clear(strips: Array) -> bool:
    """Say whether by three measures each strip's true neighbour is clearly the most like it."""
    costs: tuple[Cost, ...] = (
        _seam,
        lambda one, other: float(((one[:, -1] - other[:, 0]) ** 2).mean()),
        lambda one, other: 1 - float(np.corrcoef(one[:, -1], other[:, 0])[0, 1]),
    )
    places = range(len(strips) - 1)
    return all(
        1.5 * cost(strips[at], strips[at + 1]) < min(cost(strips[at], strips[other]) for other in others)
        for cost in costs
        for at in places
        if (others := [one for one in range(len(strips)) if one not in (at, at + 1)])
    )


def _judge_shredder(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _order, what="the order", slips=SHREDDER_SLIPS)


COPIES = Exercise(
    name="01-copies",
    title="Copies anywhere",
    entry="count_copies",
    kind="function",
    objectives=(3, 5),
    points=3,
    level="practice",
    cases=_copies_cases,
    judge=_judge_copies,
    hints=(
        "Two loops over all pixels where the patch may begin; cut the window out and compare it.",
        "`np.array_equal(window, patch)` compares shapes and all numbers at once.",
        "Left and right change places by a step of −1 along the axis of the columns. Join both questions by `or`.",
    ),
)
SHREDDER = Exercise(
    name="01-shredder",
    title="Undo the shredder",
    entry="unshred",
    kind="function",
    objectives=(4, 5),
    points=4,
    level="challenge",
    cases=_shredder_cases,
    judge=_judge_shredder,
    hints=(
        "Lesson 01, section 5: a pixel and the one to its right are nearly equal. Which pixels meet at a cut?",
        "Measure how far the last column of one strip is from the first column of another.",
        "Two columns give one number: how unlike they are. Which strips are still to be asked when some lie?",
    ),
)
