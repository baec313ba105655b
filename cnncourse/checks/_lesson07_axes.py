"""Exercises of lesson 07 on directions: points along two axes, and filters that are alike up to sign and turning."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.spatial import distance

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare, matches, read_array

Array = NDArray[np.float64]

# --- two axes ---------------------------------------------------------------------------------------------------------


def _signed(found: Any) -> Any:
    """Choose the sign of the second column: an axis has two ends, and either may be the positive one."""
    array = read_array(found)
    if array is None or array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "biuf":
        return found
    second = array[:, 1].astype(float)
    return np.stack([array[:, 0], second * np.sign(second[np.abs(second).argmax()])], axis=1)


def _main(points: Array, which: int = 0) -> Array:
    """Return the points along a principal axis of theirs."""
    return np.asarray(points @ linalg.svd(points, full_matrices=False)[2][which])


def _axes(points: Array, towards: Array) -> Array:
    centred = points - points.mean(axis=0)
    across = linalg.null_space(towards[None])  # all directions at right angles, as columns
    return np.stack([centred @ towards / linalg.norm(towards), _main(centred @ across)], axis=1)


def _with(
    first: Callable[[Array, Array], Any] | None = None, second: Callable[[Array, Array], Any] | None = None
) -> Callable[[Array, Array], Array]:
    """Exchange a column of the right answer; the functions get centred points and the direction."""

    def gives(points: Array, towards: Array) -> Array:
        columns, centred = _axes(points, towards).T, points - points.mean(axis=0)
        one = columns[0] if first is None else first(centred, towards)
        other = columns[1] if second is None else second(centred, towards)
        return np.stack([one, other], axis=1)

    return gives


def _not_centred(points: Array, towards: Array) -> Array:
    unit = towards / linalg.norm(towards)
    return np.stack([points @ unit, _main(points @ linalg.null_space(towards[None]))], axis=1)


AXES_SLIPS = (
    Slip(
        "The first column is too long or too short by one factor: how long is the direction itself?",
        _with(first=lambda centred, towards: centred @ towards),
    ),
    Slip(
        "You divided by the squared length of the direction. Distances are wanted, in the units of the points.",
        _with(first=lambda centred, towards: centred @ towards / (towards @ towards)),
    ),
    Slip("The points were not centred before they were laid along the axes.", _not_centred),
    Slip(
        "Your second axis leans towards the first one: it shows part of the same again.",
        _with(second=lambda centred, towards: _main(centred)),
    ),
    Slip(
        "Your second axis is the second one of all. What is at right angles to *your* first one?",
        _with(second=lambda centred, towards: _main(centred, 1)),
    ),
    Slip(
        "The first column has the wrong sign: what lies in the given direction is positive.",
        _with(first=lambda centred, towards: -centred @ towards / linalg.norm(towards)),
    ),
    Slip(
        "Your second axis is the one along which the points spread *least*.",
        _with(second=lambda centred, towards: _main(centred @ linalg.null_space(towards[None]), -1)),
    ),
    Slip(
        "Your second column is evened out to length 1. Distances are wanted, in the units of the points.",
        _with(second=lambda centred, towards: linalg.svd(centred @ linalg.null_space(towards[None]))[0][:, 0]),
    ),
)


def _axes_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = (4, 3), (9, 4), (25, 7)
        notes = "four points in space", "nine points in four dimensions", "seven dimensions"
        return [
            Case((_cloud(rng, count, axes), rng.normal(size=axes) * 2), note=note)
            for (count, axes), note in zip(sizes, notes, strict=True)
        ]

    return draw_apart(
        rng, draw, _axes, [Slip(slip.message, lambda *case, of=slip: _signed(of.gives(*case))) for slip in AXES_SLIPS]
    )


def _cloud(rng: np.random.Generator, count: int, axes: int) -> Array:
    """Draw points that spread more along some directions than along others, away from the middle."""
    turned = np.linalg.qr(rng.normal(size=(axes, axes)))[0]
    return np.asarray(rng.normal(size=(count, axes)) * 3 * 0.6 ** np.arange(axes) @ turned + rng.normal(size=axes) * 4)


def _exchanged(case: Case, answer: Answer) -> bool:
    right = _axes(*case.arguments)[:, ::-1]
    return any(matches(answer.value, right * [sign, 1]) for sign in (1, -1))


def _judge_axes(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    if all(_exchanged(case, answer) for case, answer in zip(cases, answers, strict=True)):
        return iter([Finding(False, "The two columns have changed places.")])
    ours = [dataclasses.replace(answer, value=_signed(answer.value)) for answer in answers]
    slips = [Slip(slip.message, lambda *case, of=slip: _signed(of.gives(*case))) for slip in AXES_SLIPS]
    return compare(cases, ours, lambda *case: _signed(_axes(*case)), what="the table of coordinates", slips=slips)


TWO_AXES = Exercise(
    name="07-two-axes",
    title="One axis of the network's, one of your own",
    entry="two_axes",
    kind="function",
    objectives=(4,),
    points=2,
    level="practice",
    cases=_axes_cases,
    judge=_judge_axes,
    hints=(
        "Centre the points, and make the direction one unit long. What is the coordinate of a point along it?",
        "Take away from each centred point its part along the first axis. What is left lies at right angles to it.",
        "The first row of the third result of `np.linalg.svd(rest, full_matrices=False)` is the axis along which the "
        "rest spreads most.",
    ),
)

# --- alike ------------------------------------------------------------------------------------------------------------


def _turns(filters: Array, quarters: Sequence[int]) -> list[Array]:
    return [np.rot90(filters, turn, axes=(2, 3)) for turn in quarters]


def _cosines(filters: Array, others: Array) -> Array:
    return np.asarray(1 - distance.cdist(filters.reshape(len(filters), -1), others.reshape(len(others), -1), "cosine"))


def _alike(filters: Array, others: Array, quarters: Sequence[int] = (0, 1, 2, 3)) -> Array:
    return np.abs([_cosines(filters, turned) for turned in _turns(others, quarters)]).max(axis=0)


def _without_mean(filters: Array) -> Array:
    return filters - filters.mean(axis=(1, 2, 3), keepdims=True)


def _lengths(filters: Array) -> Array:
    return np.asarray(linalg.norm(filters.reshape(len(filters), -1), axis=1))


def _channel_by_channel(filters: Array, others: Array) -> Array:
    pairs = [(filters[:, one : one + 1], others[:, one : one + 1]) for one in range(filters.shape[1])]
    return np.asarray(np.mean([_alike(*pair) for pair in pairs], axis=0))


ALIKE_SLIPS = (
    Slip(
        "A pattern and its negative count as unlike. A pattern may be looked for with either sign.",
        lambda one, other: np.max([_cosines(one, turned) for turned in _turns(other, range(4))], axis=0),
    ),
    Slip(
        "You compared the filters as they stand. A filter may be turned.",
        lambda one, other: np.abs(_cosines(one, other)),
    ),
    Slip(
        "You turned by half circles only. How many positions has a square?",
        lambda one, other: _alike(one, other, (0, 2)),
    ),
    Slip(
        "A filter's length still counts. Two filters are as alike when one of them is twice as strong.",
        lambda one, other: _alike(one, other) * np.outer(_lengths(one), _lengths(other)),
    ),
    Slip(
        "You also flipped the filters. A mirror image is another pattern here.",
        lambda one, other: np.maximum(_alike(one, other), _alike(one, other[..., ::-1])),
    ),
    Slip(
        "You took the mean over the turns. The best one counts.",
        lambda one, other: np.abs([_cosines(one, turned) for turned in _turns(other, range(4))]).mean(axis=0),
    ),
    Slip(
        "You took the filters' means away first: that is a correlation. The cosine takes the numbers as they are.",
        lambda one, other: _alike(_without_mean(one), _without_mean(other)),
    ),
    Slip(
        "Each channel was turned and compared by itself. A filter turns as a whole.",
        _channel_by_channel,
    ),
    Slip("Rows and columns have changed places.", lambda one, other: _alike(one, other).T),
)


def _alike_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = ((1, 1, 2, 2), 2), ((2, 3, 3, 3), 4), ((4, 2, 5, 5), 3)
        notes = "one filter against two", "three channels", "filters of 5 × 5"
        return [
            Case((rng.normal(size=shape) + 0.3, rng.normal(size=(count, *shape[1:])) + 0.3), note=note)
            for (shape, count), note in zip(sizes, notes, strict=True)
        ]

    return draw_apart(rng, draw, _alike, ALIKE_SLIPS)


def _judge_alike(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _alike, what="the table of likenesses", slips=ALIKE_SLIPS)


ALIKE = Exercise(
    name="07-alike",
    title="Alike, whichever way they are turned",
    entry="alike",
    kind="function",
    objectives=(7,),
    points=2,
    level="practice",
    cases=_alike_cases,
    judge=_judge_alike,
    hints=(
        "Lay each filter in a row of numbers and make it one unit long. What is the cosine of two such rows?",
        "`np.rot90(others, turn, axes=(2, 3))` turns all filters at once, and leaves their channels where they are.",
        "Four tables, one for each turn, without their signs; then the largest number at each place.",
    ),
)
