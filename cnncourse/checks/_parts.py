"""Answers in parts: each part is compared by itself and has a share of the points."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cnncourse.checks._apart import draw_until
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare, find_fault, matches

__all__ = ["Part", "compare_parts", "draw_parts_apart"]


class Part(NamedTuple):
    """One of the values that an answer holds: what it is, its share of the points, and known slips."""

    what: str
    share: float
    slips: Sequence[Slip] = ()


def compare_parts(
    cases: Sequence[Case], answers: Sequence[Answer], right: Callable[..., Any], parts: Sequence[Part], *, what: str
) -> Iterator[Finding]:
    """Compare tuples value by value.

    Parameters
    ----------
    cases, answers : sequences of the same length
        What was asked, and what came back.
    right : callable
        Called with a case's arguments and keywords: a tuple with one value a part.
    parts : sequence of Part
        Their shares add up to 1.
    what : str
        What the whole is, for the messages.

    Yields
    ------
    Finding
        One a part; a single one if an answer is no tuple of that length.
    """
    for answer in answers:
        whole = answer.error or not isinstance(answer.value, (tuple, list)) or len(answer.value) != len(parts)
        fault = find_fault(answer, [0.0] * len(parts), what) if whole else ""
        if whole:
            fault = fault or f"Expected a tuple of {len(parts)} values for {what}."
            yield Finding(False, fault, detail=answer.error)
            return
    for place, part in enumerate(parts):
        ours = [dataclasses.replace(answer, value=answer.value[place]) for answer in answers]
        for finding in compare(cases, ours, _take(right, place), what=part.what, slips=part.slips):
            praise = finding.passed and len(cases) == 1
            message = f"{part.what[0].upper()}{part.what[1:]} is right." if praise else finding.message
            yield dataclasses.replace(finding, message=message, share=part.share)


def _take(right: Callable[..., Any], place: int) -> Callable[..., Any]:
    @functools.wraps(right)
    def taken(*arguments: Any, **keywords: Any) -> Any:
        return right(*arguments, **keywords)[place]

    return taken


def draw_parts_apart(
    rng: np.random.Generator,
    draw: Callable[[np.random.Generator], dict[str, Any]],
    right: Callable[..., Any],
    parts: Sequence[Part],
) -> list[Case]:
    """Draw a learner's numbers until, part by part, the right value and what each slip gives differ.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    draw : callable
        Called with `rng`: keyword arguments.
    right : callable
        Called with them: a tuple with one value a part.
    parts : sequence of Part
        With their slips.

    Returns
    -------
    list of Case
        One.

    Raises
    ------
    RuntimeError
        If chance does not tell them apart: then two of them are the same.
    """

    def apart(numbers: dict[str, Any]) -> bool:
        for value, part in zip(right(**numbers), parts, strict=True):
            ways = [value, *(slip.gives(**numbers) for slip in part.slips)]
            if any(matches(one, other, 1e-3) for one, other in itertools.combinations(ways, 2)):
                return False
        return True

    numbers: dict[str, Any] = draw_until(apart, lambda: draw(rng))
    return [Case(keywords=numbers)]
