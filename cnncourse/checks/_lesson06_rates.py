"""The exercise of lesson 06 on learning rates: where a walk diverges, and the best rate for three valleys at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip
from cnncourse.checks._parts import Part, compare_parts

Array = NDArray[np.float64]


def _bounds(slopes: Sequence[float]) -> tuple[Array, Array]:
    """Write "1 − rate · slope lies between −t and t" as rows of a linear programme in (rate, t)."""
    rows = [[sign * slope, -1.0] for slope in slopes for sign in (1, -1)]
    return np.array(rows), np.tile([1.0, -1.0], len(slopes))


def _best(slopes: Sequence[float]) -> tuple[float, float]:
    """Ask a linear programme for the rate whose largest factor is smallest, and for that factor."""
    rows, ends = _bounds(slopes)
    return tuple(map(float, optimize.linprog([0, 1], rows, ends).x))  # type: ignore[return-value]


def _limit(slopes: Sequence[float]) -> float:
    return float(optimize.linprog([-1], np.array(slopes)[:, None], np.full(len(slopes), 2.0)).x[0])


def _rates(slopes: Sequence[float]) -> tuple[float, float, int]:
    rate, factor = _best(slopes)
    return _limit(slopes), rate, math.ceil(math.log(1000) / -math.log(factor))


def _steps(factor: Callable[[Array], float], among: int = 1000) -> Callable[[Sequence[float]], float]:
    return lambda slopes: math.ceil(math.log(among) / -math.log(factor(np.array(slopes, dtype=float))))


LIMIT_SLIPS = (
    Slip(
        "Half of it. A step may jump across the valley, as long as it lands nearer than before.", lambda s: 1 / max(s)
    ),
    Slip("That is the limit of the widest valley. In the narrowest one the walk is long gone.", lambda s: 2 / min(s)),
    Slip("That is the limit of a valley that is average. Each direction walks by itself.", lambda s: 2 / np.mean(s)),
    Slip(
        "That would be the limit if the slope were twice as steep: read off how the loss is written.",
        lambda s: 0.5 / max(s),
    ),
    Slip(
        "You divided by all of them together. Each direction walks by itself: which one gives way first?",
        lambda s: 2 / sum(s),
    ),
)
BEST_SLIPS = (
    Slip(
        "That is perfect for the narrowest valley, and makes the widest one wait. Could it go a little faster?",
        lambda s: 1 / max(s),
    ),
    Slip("That is perfect for the widest valley. What happens in the narrowest?", lambda s: 1 / min(s)),
    Slip(
        "That is perfect for an average valley. The slowest direction counts: which ones can be the slowest?",
        lambda s: 1 / np.mean(s),
    ),
    Slip("At the limit the narrowest valley jumps to and fro for ever.", lambda s: 2 / max(s)),
    Slip(
        "Half of it, and everything goes more slowly. Two directions should be equally slow.",
        lambda s: 1 / (min(s) + max(s)),
    ),
    Slip("You made two directions equally slow, but not the two slowest ones.", lambda s: 2 / (sorted(s)[1] + max(s))),
)
STEPS_SLIPS = (
    Slip(
        "One step short, or too many: after how many *whole* steps is it a thousandth or less?",
        lambda s: _rates(s)[2] - 1,
    ),
    Slip(
        "One step short, or too many: after how many *whole* steps is it a thousandth or less?",
        lambda s: _rates(s)[2] + 1,
    ),
    Slip(
        "That many it takes with the rate that is perfect for the narrowest valley.",
        _steps(lambda s: 1 - s.min() / s.max()),
    ),
    Slip("That many it takes to a hundredth.", _steps(lambda s: (s.max() - s.min()) / (s.max() + s.min()), 100)),
)


def _rounded(place: int) -> list[Slip]:
    """Return slips of their own, as a value with few decimals is no slip at all."""
    message = "That seems right, but rounded. Leave the rounding out."
    return [Slip(message, lambda s, d=digits: round(_rates(s)[place], d)) for digits in (2, 3, 4, 5)]


def _rate_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        low, middle, high = rng.integers(2, 5), rng.integers(7, 12), rng.integers(17, 34)
        return [Case(keywords={"steepness": [int(one) for one in rng.permutation([low, middle, high])]})]

    def draw_best(rng: np.random.Generator) -> list[Case]:
        return draw_apart(rng, draw, _by_name(lambda s: _best(s)[0]), _named(BEST_SLIPS))

    return draw_apart(rng, draw_best, _by_name(_limit), _named(LIMIT_SLIPS))


def _judge_rate(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    parts = [
        Part("the limit", 0.3, _named([*LIMIT_SLIPS, *_rounded(0)])),
        Part("the best rate", 0.4, _named([*BEST_SLIPS, *_rounded(1)])),
        Part("the number of steps", 0.3, _named(STEPS_SLIPS)),
    ]
    return compare_parts(cases, answers, _by_name(_rates), parts, what="limit, best rate and steps")


def _by_name(gives: Callable[..., Any]) -> Callable[..., Any]:
    return lambda steepness: gives(steepness)


def _named(slips: Sequence[Slip]) -> list[Slip]:
    return [Slip(slip.message, _by_name(slip.gives)) for slip in slips]


BEST_RATE = Exercise(
    name="06-best-rate",
    title="One rate for three valleys",
    entry="rates",
    kind="value",
    objectives=(2,),
    points=2,
    level="practice",
    cases=_rate_cases,
    judge=_judge_rate,
    hints=(
        "Write one step in one direction: by which factor is the distance to the valley multiplied?",
        "Draw the size of the three factors against the rate: each falls to 0 and rises again. The slowest direction "
        "is the uppermost line. Where is that lowest?",
        "There the widest valley's factor is as far above 0 as the narrowest one's below. The number of steps follows "
        "from how often this factor has to be multiplied with itself.",
    ),
    personal=True,
)
