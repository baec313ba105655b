"""The exercise of lesson 09 on a thin stack: as few small kernels as see what a large one sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import read_array, show, stopped

__all__ = ["judge_stack", "stack_cases"]

Failed = Sequence[tuple[int, list[int]]]


def stack_cases(rng: np.random.Generator) -> list[Case]:
    """Draw fields that need two, three, four and five layers; where the dilations double, all but two need more."""
    drawn = [
        (5, "a field of 5 × 5"),
        (9, "a field of 9 × 9"),
        (2 * int(rng.integers(9, 14)) + 1, "a middling field"),
        (2 * int(rng.integers(14, 31)) + 1, "a field that leaves a rest"),
        (2 * int(rng.integers(32, 41)) + 1, "a large field"),
        (2 * int(rng.integers(64, 121)) + 1, "a very large field"),
    ]
    return [Case((field,), note=note) for field, note in drawn]


def _footprint(dilations: Sequence[int]) -> NDArray[np.int64]:
    """Count, pixel by pixel along one axis, on how many ways a pixel reaches the output."""
    paths = np.ones(1, dtype=np.int64)
    for dilation in dilations:
        kernel = np.zeros(2 * dilation + 1, dtype=np.int64)
        kernel[::dilation] = 1
        paths = np.minimum(np.convolve(paths, kernel), 1)
    return paths


def _fewest(field: int) -> int:
    """Count the layers needed: n layers of three taps have 3ⁿ ways along an axis, and no more pixels than ways."""
    return next(layers for layers in range(field) if 3**layers >= field)


def judge_stack(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Lay the stack's footprint out and look at its width, its holes and the number of its layers."""
    for case, answer in zip(cases, answers, strict=True):
        fault = _no_stack(answer)
        if fault:
            yield Finding(False, fault, detail=answer.error or f"{_asked(case)}\nYou gave: {show(answer.value)}")
            return
    stacks = [[int(one) for one in np.asarray(answer.value)] for answer in answers]
    left = 1.0
    for look, praise, share in LOOKS:
        failed = [(case.arguments[0], stack) for case, stack in zip(cases, stacks, strict=True)]
        failed = [one for one in failed if not look(*one)]
        left -= share
        if failed:
            detail = f"Tried with: field = {failed[0][0]}\nYou gave: {failed[0][1]}"
            yield Finding(False, SAYS[look](failed), share, detail)
            if left > 1e-9:
                yield Finding(False, "What comes after that is looked at when this is right.", left)
            return
        yield Finding(True, praise, share)


def _asked(case: Case) -> str:
    return f"Tried with: field = {case.arguments[0]}"


def _no_stack(answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error)
    found = read_array(answer.value)
    if found is None or found.ndim != 1 or not found.size:
        return "Expected a list of dilations, one for each layer."
    if found.dtype.kind not in "iu":
        return "A dilation is a whole number: expected integers, such as 2 and not 2.0."
    return "" if found.min() >= 1 and found.max() < 10_000 else "A dilation is 1 or more, and no larger than the field."


def _is_wide(field: int, stack: list[int]) -> bool:
    return 1 + 2 * sum(stack) == field


def _is_whole(field: int, stack: list[int]) -> bool:
    return bool(_footprint(stack).all())


def _is_short(field: int, stack: list[int]) -> bool:
    return len(stack) == _fewest(field)


def _say_width(failed: Failed) -> str:
    if all(1 + sum(stack) == field for field, stack in failed):
        return "A layer adds its dilation on both sides, left and right; you counted one."
    field, stack = failed[0]
    return f"A stack sees {'more' if 1 + 2 * sum(stack) > field else 'less'} than the field."


def _say_holes(failed: Failed) -> str:
    if all(len(stack) == 1 for _, stack in failed):
        return "One layer of three taps, far apart: which pixels lie between them?"
    return "There are holes: some pixels between the taps are never seen. How far apart may taps lie?"


def _say_many(failed: Failed) -> str:
    if all(set(stack) == {1} for _, stack in failed):
        return "That is a stack without dilation. It sees every pixel, on many ways; one way would do."
    if all(sorted(stack) == _doubled(field) for field, stack in failed):
        return "Your dilations double. They may grow faster than that before a hole opens: how wide is one tap's view?"
    return "Fewer layers would do. On how many ways does each pixel reach the output?"


def _doubled(field: int) -> list[int]:
    found: list[int] = []
    while 1 + 2 * sum(found) < field:
        found.append(min(2 ** len(found), (field - 1) // 2 - sum(found)))
    return sorted(found)


LOOKS = (
    (_is_wide, "Every stack sees a square of the right size.", 0.2),
    (_is_whole, "No pixel is left out.", 0.3),
    (_is_short, "There are as few layers as can be.", 0.5),
)
SAYS = {_is_wide: _say_width, _is_whole: _say_holes, _is_short: _say_many}
