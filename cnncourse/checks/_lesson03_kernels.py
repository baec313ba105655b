"""Exercises of lesson 03 on kernels themselves: split into strips, and learned downhill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[np.float64]

# --- strips for a square ----------------------------------------------------------------------------------------------


def _pairs(kernel: Array) -> int:
    return int(np.linalg.matrix_rank(kernel, tol=1e-8))


def _cheapest(kernel: Array) -> int:
    return min(kernel.size, _pairs(kernel) * sum(kernel.shape))


STRIPS_SLIPS = (
    Slip(
        "You split every kernel into one pair of strips. Not every kernel is one column times one row.",
        lambda kernel: sum(kernel.shape),
    ),
    Slip("That is the square each time, as if no kernel could be split.", lambda kernel: kernel.size),
    Slip(
        "That is the cost of the strips, also where the whole kernel comes cheaper.",
        lambda kernel: _pairs(kernel) * sum(kernel.shape),
    ),
    Slip(
        "Kernels of one pair are right. A sum of two or three pairs may be cheaper than the square, too.",
        lambda kernel: min(kernel.size, sum(kernel.shape)) if _pairs(kernel) == 1 else kernel.size,
    ),
    Slip(
        "You reckon with one pair for every kernel. How many does this one need?",
        lambda kernel: min(kernel.size, sum(kernel.shape)),
    ),
    Slip(
        "You split kernels of one pair alone. What would two pairs cost? And does one always come cheaper?",
        lambda kernel: sum(kernel.shape) if _pairs(kernel) == 1 else kernel.size,
    ),
    Slip("That is how many pairs are needed. What does each of them cost?", _pairs),
    Slip(
        "That is how many times the strips are cheaper. The multiplications themselves are wanted.",
        lambda kernel: kernel.size / _cheapest(kernel),
    ),
    Slip(
        "The strips are counted as if the kernel were square: a column has as many weights as the kernel has rows.",
        lambda kernel: min(kernel.size, 2 * max(kernel.shape) * _pairs(kernel)),
    ),
    Slip(
        "That is the dearer way each time.",
        lambda kernel: max(kernel.size, _pairs(kernel) * sum(kernel.shape)),
    ),
)


def _strips_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        kinds = (
            (1, (1, 4), "a kernel that is a strip already"),
            (1, (3, 5), "one column times one row"),
            (2, (3, 3), "a small kernel of two pairs"),
            (2, (7, 10), "a larger kernel of two pairs"),
            (3, (5, 7), "a kernel of three pairs"),
            (3, (13, 9), "a large kernel of three pairs"),
        )
        return [Case((_sum_of_pairs(rng, pairs, shape),), note=note) for pairs, shape, note in kinds]

    return draw_apart(rng, draw, _cheapest, STRIPS_SLIPS)


def _sum_of_pairs(rng: np.random.Generator, pairs: int, shape: tuple[int, int]) -> Array:
    columns, _ = np.linalg.qr(rng.normal(size=(shape[0], pairs)))
    rows, _ = np.linalg.qr(rng.normal(size=(shape[1], pairs)))
    return np.asarray(columns * rng.uniform(0.5, 2, pairs) @ rows.T)


def _judge_strips(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _cheapest, what="the number of multiplications", slips=STRIPS_SLIPS)


# --- a kernel learned downhill ----------------------------------------------------------------------------------------


def _table(picture: Array, rows: int, columns: int, *, bias: bool = True) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(picture, (rows, columns)).reshape(-1, rows * columns)
    return np.hstack([windows, np.full((len(windows), int(bias)), 1.0)])


def _descended(
    picture: Array, target: Array, rows: int, columns: int, rate: float, steps: int, *, bias: bool = True
) -> tuple[Any, float]:
    """Give the weights after some steps without taking any: each direction of the bowl shrinks by itself."""
    table = _table(picture, rows, columns, bias=bias)
    curve, slope = 2 * table.T @ table / target.size, 2 * table.T @ target.ravel() / target.size
    curvatures, ways = np.linalg.eigh(curve)
    left = (1 - rate * curvatures) ** steps
    safe = np.where(np.abs(curvatures) > 1e-12, curvatures, 1)
    gone = np.where(np.abs(curvatures) > 1e-12, (1 - left) / safe, rate * steps)
    found = ways @ (gone * (ways.T @ slope))
    return found[: rows * columns].reshape(rows, columns), float(found[-1]) if bias else 0.0


def _in_turn(picture: Array, target: Array, rows: int, columns: int, rate: float, steps: int) -> tuple[Any, float]:
    windows, wanted = _table(picture, rows, columns, bias=False), target.ravel()
    weights, bias = np.zeros(rows * columns), 0.0
    for _ in range(steps):
        weights = weights - rate * 2 * windows.T @ (windows @ weights + bias - wanted) / wanted.size
        bias -= rate * 2 * float(np.mean(windows @ weights + bias - wanted))
    return weights.reshape(rows, columns), bias


DOWNHILL_SLIPS = (
    Slip(
        "Your steps lead uphill: the loss grows. Which way is down, if the slope is positive?",
        lambda picture, target, rows, columns, rate, steps: _descended(picture, target, rows, columns, -rate, steps),
    ),
    Slip(
        "Each step is half as long as it should be. What does the derivative of a square bring with it?",
        lambda picture, target, rows, columns, rate, steps: _descended(picture, target, rows, columns, rate / 2, steps),
    ),
    Slip(
        "Your steps are far too long: the loss is the mean over all places, not their sum.",
        lambda picture, target, rows, columns, rate, steps: _descended(
            picture, target, rows, columns, rate * target.size, steps
        ),
    ),
    Slip(
        "The bias never moves. It has a slope like every other weight: what does it multiply?",
        lambda picture, target, rows, columns, rate, steps: _descended(
            picture, target, rows, columns, rate, steps, bias=False
        ),
    ),
    Slip(
        "One step too few.",
        lambda picture, target, rows, columns, rate, steps: _descended(picture, target, rows, columns, rate, steps - 1),
    ),
    Slip(
        "One step too many.",
        lambda picture, target, rows, columns, rate, steps: _descended(picture, target, rows, columns, rate, steps + 1),
    ),
    Slip(
        "The kernel steps first, and the bias sees the error afterwards. Both slopes belong to the same error.",
        _in_turn,
    ),
)


def _downhill_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            _lesson(rng, (2, 3), (1, 2), 1, "one step"),
            _lesson(rng, (5, 8), (3, 2), 2, "two steps"),
            _lesson(rng, (9, 7), (2, 3), 6, "six steps"),
            _lesson(rng, (8, 12), (3, 3), 25, "many steps"),
        ]

    return draw_apart(rng, draw, _descended, DOWNHILL_SLIPS)


def _lesson(rng: np.random.Generator, size: tuple[int, int], side: tuple[int, int], steps: int, note: str) -> Case:
    """Draw a picture, and what a secret kernel with a secret bias answers to it."""
    picture, secret = rng.normal(size=size).round(1), rng.integers(-3, 4, side[0] * side[1])
    table = _table(picture, *side)
    target = table[:, :-1] @ secret + rng.choice([-2, -1, 1, 2])
    rate = 0.45 / float(np.linalg.eigvalsh(table.T @ table / len(table))[-1])
    places = size[0] - side[0] + 1, size[1] - side[1] + 1
    return Case((picture, target.reshape(places), *side, round(rate, 3), steps), note=note)


def _judge_downhill(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _descended, what="what was learned", slips=DOWNHILL_SLIPS)


STRIPS = Exercise(
    name="03-strips",
    title="Strips for a square",
    entry="cheapest",
    kind="function",
    objectives=(6,),
    points=2,
    level="practice",
    cases=_strips_cases,
    judge=_judge_strips,
    hints=(
        "In a kernel of one pair every row is a multiple of one row. Linear algebra calls the fewest pairs the rank.",
        "`np.linalg.matrix_rank` counts the pairs. What does one pair cost for a kernel of r rows and c columns?",
        "Compare the cost of all pairs with the number of weights, and take the smaller.",
    ),
)
DOWNHILL = Exercise(
    name="03-downhill",
    title="A kernel and a bias, learned",
    entry="learn",
    kind="function",
    objectives=(7,),
    points=3,
    level="challenge",
    cases=_downhill_cases,
    judge=_judge_downhill,
    hints=(
        "The five lines of lesson 03, section 8, are nearly it: what changes in the error when a bias is added?",
        "The slope of a weight is twice the mean of error times pixel. What does the bias meet in place of a pixel?",
        "`correlate` from `cnncourse.convolution` can give the slopes of all weights at once: what takes the place of "
        "the kernel then?",
    ),
)
