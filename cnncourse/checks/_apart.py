"""Cases that tell ways of thinking apart: drawn again until no slip is right by accident, nor looks like another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from cnncourse.checks._exercise import Case
from cnncourse.checks._judging import Slip, matches

__all__ = ["draw_apart", "draw_until"]

Drawn = TypeVar("Drawn")

MOST_DRAWS = 1000


def draw_apart(
    rng: np.random.Generator,
    draw: Callable[[np.random.Generator], list[Case]],
    right: Callable[..., Any],
    slips: Sequence[Slip],
) -> list[Case]:
    """Draw cases until the right way and every slip differ from each other in at least one of them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    draw : callable
        Called with `rng`: the cases.
    right : callable
        Called with a case's arguments and keywords: the right answer.
    slips : sequence of Slip
        What must not give the same in all cases.

    Returns
    -------
    list of Case

    Raises
    ------
    RuntimeError
        If chance does not tell them apart: then two of them are the same.
    """
    ways = [right, *(slip.gives for slip in slips)]

    def apart(cases: list[Case]) -> bool:
        given = [[_given(way, case) for case in cases] for way in ways]
        return not any(_alike(one, other) for one, other in itertools.combinations(given, 2))

    return draw_until(apart, lambda: draw(rng))


def draw_until(apart: Callable[[Drawn], bool], draw: Callable[[], Drawn]) -> Drawn:
    """Draw until what was drawn tells the right way and all slips apart.

    Raises
    ------
    RuntimeError
        If chance does not tell them apart: then two of them are the same.
    """
    for _ in range(MOST_DRAWS):
        drawn = draw()
        if apart(drawn):
            return drawn
    raise RuntimeError(f"nothing in {MOST_DRAWS} draws tells the right way and all slips apart; are two the same?")


def _given(way: Callable[..., Any], case: Case) -> Any:
    try:
        return way(*case.arguments, **case.keywords)
    except Exception:  # a wrong way may break down on an input, and then it explains no answer
        return None


def _alike(one: list[Any], other: list[Any]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(mine is not None and yours is not None and matches(mine, yours, 1e-3) for mine, yours in pairs)
