"""Exercises of lesson 03 on changes of brightness: an edge by hand, two numbers for a place."""

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

# --- an edge by hand --------------------------------------------------------------------------------------------------


def _changes(window: Array) -> tuple[float, float]:
    image = np.asarray(window, dtype=float)
    return float(ndimage.sobel(image, axis=1)[1, 1]) / 8, float(ndimage.sobel(image, axis=0)[1, 1]) / 8


def _in_full(right: float, down: float) -> tuple[float, ...]:
    return right, down, float(np.hypot(right, down)), float(np.degrees(np.arctan2(down, right)))


def _edge(window: Array) -> tuple[float, ...]:
    return _in_full(*_changes(window))


def _with_direction(window: Array, direction: float) -> tuple[float, ...]:
    return *_edge(window)[:3], direction


UPHILL_SLIPS = (
    Slip(
        "The two changes and the strength are too large by one factor. By how much do Sobel's weights count a ramp "
        "that grows by 1 a pixel?",
        lambda window: (*(8 * number for number in _edge(window)[:3]), _edge(window)[3]),
    ),
    Slip(
        "Right and down have changed places. Which of the two kernels compares columns?",
        lambda window: _in_full(*_changes(window)[::-1]),
    ),
    Slip(
        "All is turned by half a circle, as if the kernels were turned before they are laid on. "
        "A change is positive if brightness grows that way.",
        lambda window: _in_full(*(-change for change in _changes(window))),
    ),
    Slip(
        "The change downwards is counted upwards: it is positive if rows further down are brighter.",
        lambda window: _in_full(_changes(window)[0], -_changes(window)[1]),
    ),
    Slip(
        "The direction is measured from the wrong axis: which of the two changes comes first in `arctan2`?",
        lambda window: _with_direction(window, float(np.degrees(np.arctan2(*_changes(window))))),
    ),
    Slip(
        "The angle has the wrong sign. Rows are counted downwards, and here 90 degrees is down.",
        lambda window: _with_direction(window, -_edge(window)[3]),
    ),
    Slip(
        "The direction points downhill, to the darker side. Has a quotient forgotten which number was negative?",
        lambda window: _with_direction(window, float(np.degrees(np.arctan(np.divide(*_changes(window)[::-1]))))),
    ),
    Slip(
        "The direction is in radians; degrees are wanted.",
        lambda window: _with_direction(window, np.radians(_edge(window)[3])),
    ),
    Slip(
        "The strength is not the sum of the two changes: how long is an arrow that goes so far right and so far down?",
        lambda window: (*_changes(window), sum(map(abs, _changes(window))), _edge(window)[3]),
    ),
)


def _uphill_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        steps = [(3, 4), (4, 3), (6, 8), (8, 6), (5, 12), (12, 5)][rng.integers(6)]
        right, down = -steps[0], steps[1] * int(rng.choice([-1, 1]))  # to the left, where a quotient goes astray
        corner, above, beside, centre = rng.integers(0, 10, 4)  # a symmetric part, which neither kernel sees
        even = np.array([[corner, above, corner], [beside, centre, beside], [corner, above, corner]])
        rows, columns = np.mgrid[-1:2, -1:2]
        return [Case(keywords={"window": 20 + even + right * columns + down * rows})]

    return draw_apart(rng, draw, _edge, UPHILL_SLIPS)


def _judge_uphill(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _edge, what="the answer", slips=UPHILL_SLIPS, tolerance=2e-3)


# --- two numbers for a place ------------------------------------------------------------------------------------------


def _tensor(right: Array, down: Array) -> Array:
    mixed = np.sum(right * down)
    return np.array([[np.sum(right**2), mixed], [mixed, np.sum(down**2)]])


def _named(numbers: Any, least: float) -> str:
    return ("flat", "edge", "corner")[int(np.sum(np.asarray(numbers) >= least))]


def _place(right: Array, down: Array, least: float) -> str:
    return _named(np.linalg.svd(_tensor(right, down), compute_uv=False), least)


def _by_product(right: Array, down: Array, least: float) -> str:
    tensor = _tensor(right, down)
    return "corner" if np.linalg.det(tensor) >= least**2 else _named([np.trace(tensor), 0], least)


def _above(right: Array, down: Array, least: float) -> str:
    return _place(right, down, least + 1e-9)


def _by_sum(right: Array, down: Array, least: float) -> str:
    return ("flat", "edge", "corner")[min(int(np.trace(_tensor(right, down)) / least), 2)]


NUMBERS_SLIPS = (
    Slip(
        "Upright and level edges are told rightly, slanted ones not: they change in both directions, and yet they are "
        "no corners. Where do the mixed products come in?",
        lambda right, down, least: _named(np.diag(_tensor(right, down)), least),
    ),
    Slip(
        "A strong edge passes for a corner: you ask for the sum of the two numbers, not for each of them.",
        _by_sum,
    ),
    Slip(
        "A strong edge passes for a corner: a product is large if one of its factors is very large.",
        _by_product,
    ),
    Slip(
        "Places with much change pass for flat: you take the mean over the window. The task adds up.",
        lambda right, down, least: _place(right / np.sqrt(right.size), down / np.sqrt(right.size), least),
    ),
    Slip(
        "A thin line passes for flat: brightness goes up and down again, and your changes cancel. "
        "First the products, then the sums.",
        lambda right, down, least: _named([np.sum(right) ** 2 + np.sum(down) ** 2, 0], least),
    ),
    Slip(
        "Edge and corner have changed places: in how many directions does brightness change on an edge?",
        lambda right, down, least: {"edge": "corner", "corner": "edge"}.get(_place(right, down, least), "flat"),
    ),
    Slip(
        "Nearly: what if one of the two numbers is exactly the bound? Read the task once more.",
        _above,
    ),
    Slip(
        "You compare the roots of the two numbers with the bound; the task compares the numbers themselves.",
        lambda right, down, least: _named(np.sqrt(np.linalg.svd(_tensor(right, down), compute_uv=False)), least),
    ),
)


def _numbers_cases(rng: np.random.Generator) -> list[Case]:
    """Draw places by their two numbers (in units of the bound) and by the direction of the first."""
    kinds = (
        (0.5, 0.2, 0, "a flat place"),
        (5, 0, 0, "an upright edge"),
        (5, 0.3, 90, "a level edge with some noise"),
        (2, 1.6, 20, "a faint corner"),
        (8, 0.1, 40, "a slanted edge"),
        (60, 0.5, 65, "a strong slanted edge"),
        (1.5, 0.3, 130, "a faint edge"),
        (9, 4, 45, "a corner"),
    )

    def draw(rng: np.random.Generator) -> list[Case]:
        at_bound = _at_the_bound(*EXACT[rng.integers(len(EXACT))], turned=bool(rng.integers(2)))
        return [at_bound, *(_draw_place(rng, *kind, least=float(rng.integers(3, 9)) + 0.5) for kind in kinds)]

    return draw_apart(rng, draw, _place, NUMBERS_SLIPS)


EXACT = (2, 1), (3, 1), (3, 2), (5, 3), (6, 2)  # every way to the eigenvalues gives these without rounding


def _at_the_bound(larger: int, smaller: int, *, turned: bool) -> Case:
    """Make a corner whose smaller number is exactly the bound."""
    right, down = np.array([[larger, 0.0, 0.0]]), np.array([[0.0, smaller, 0.0]])
    given = (down, right) if turned else (right, down)
    return Case((*given, float(smaller**2)), note="a number that is exactly the bound")


def _draw_place(
    rng: np.random.Generator, first: float, second: float, degrees: float, note: str, *, least: float
) -> Case:
    shape = (4, 6)
    ways, _ = np.linalg.qr(rng.normal(size=(24, 2)))  # two patterns at right angles to each other, of length 1
    along, across = np.sqrt(least * first) * ways[:, 0], np.sqrt(least * second) * ways[:, 1]
    angle = np.radians(degrees + rng.uniform(-3, 3))
    right, down = along * np.cos(angle) - across * np.sin(angle), along * np.sin(angle) + across * np.cos(angle)
    return Case((right.reshape(shape), down.reshape(shape), least), note=note)


def _judge_numbers(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _place, what="the name of the place", slips=NUMBERS_SLIPS)


UPHILL = Exercise(
    name="03-uphill",
    title="Uphill by hand",
    entry="edge",
    kind="value",
    objectives=(2,),
    points=2,
    level="warm-up",
    cases=_uphill_cases,
    judge=_judge_uphill,
    hints=(
        "Sobel's kernel for *right* has the columns −1 −2 −1, 0 0 0 and 1 2 1; that for *down* has the same as rows.",
        "Divide both sums by 8. For the strength think of Pythagoras.",
        "`np.arctan2(down, right)` knows all four quarters; `np.degrees` turns its answer into degrees.",
    ),
    personal=True,
)
TWO_NUMBERS = Exercise(
    name="03-two-numbers",
    title="Flat, edge or corner",
    entry="name_place",
    kind="function",
    objectives=(3,),
    points=2,
    level="practice",
    cases=_numbers_cases,
    judge=_judge_numbers,
    hints=(
        "Three sums make the matrix: of right², of right · down (it stands there twice), and of down².",
        "`np.linalg.eigvalsh` gives the two eigenvalues of a symmetric matrix.",
        "Count how many of the two reach the bound: none, one or both.",
    ),
)
