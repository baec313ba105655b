"""Answers in parts: each part is compared by itself and has a share of the points."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare, find_fault

__all__ = ["Part", "compare_parts"]


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
