"""Judges of lesson 05, second part: what a value sees, and stacks made to see so far and no further."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cnncourse.blueprints import Blueprint, count_layers
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare, show, stopped

__all__ = ["design_cases", "judge_design", "judge_walk_back", "walk_back_cases"]

Layer = tuple[int, int, int, int]  # kernel, stride, padding, dilation

# --- walk back --------------------------------------------------------------------------------------------------------


def walk_back_cases(rng: np.random.Generator) -> list[Case]:
    """Draw a place in fixed stacks, whose numbers keep all misreadings apart, and in one drawn stack."""
    drawn = [tuple(int(rng.integers(*ends)) for ends in ((2, 5), (1, 3), (0, 3), (1, 4))) for _ in range(3)]
    stacks: list[tuple[list[Any], str]] = [
        ([(3, 1, 0, 2)], "one layer with gaps"),
        ([(3, 1, 0, 1), (2, 2, 0, 1)], "a convolution and a pooling"),
        ([(5, 2, 2, 1), (3, 1, 1, 1), (2, 2, 0, 1)], "padding and strides"),
        ([(3, 2, 1, 1), (3, 1, 2, 2), (2, 3, 0, 1), (3, 1, 3, 3)], "strides and dilations"),
        ([(2, 1, 1, 3), *drawn, (3, 2, 1, 2)], "five layers"),
    ]
    return [
        Case(([*stack], int(rng.integers(3, 9)) if number else 1), note=note)
        for number, (stack, note) in enumerate(stacks)
    ] + [Case(([(3, 2, 1, 1), (3, 2, 1, 1)], 0), note="a place at the border")]


def _seen(layers: Sequence[Layer], place: int) -> Any:
    """Measure by gradient, far from the ends of a long row, and move to the place."""
    import torch
    from torch import nn

    parts = [nn.Conv1d(1, 1, k, s, p, dilation=d, bias=False, dtype=torch.float64) for k, s, p, d in layers]
    for part in parts:
        nn.init.ones_(part.weight)
    row = torch.zeros(1, 1, 2400, dtype=torch.float64, requires_grad=True)
    top = nn.Sequential(*parts)(row)
    middle = top.shape[-1] // 2
    top[0, 0, middle].backward()
    assert row.grad is not None
    return np.flatnonzero(row.grad[0, 0].numpy()) - (middle - place) * int(np.prod([layer[1] for layer in layers]))


def _measured(layers: Sequence[Layer], place: int) -> tuple[int, int, int]:
    seen = _seen(layers, place)
    return int(seen[0]), int(seen[-1]), len(seen)


def _without_padding(layers: Sequence[Layer], place: int) -> tuple[int, int, int]:
    seen = _seen(layers, place)
    return int(max(seen[0], 0)), int(seen[-1]), int(np.count_nonzero(seen >= 0))


def _all_between(layers: Sequence[Layer], place: int) -> tuple[int, int, int]:
    first, last, _ = _measured(layers, place)
    return first, last, last - first + 1


def _changed(layers: Sequence[Layer], place: int, **changes: int) -> tuple[int, int, int]:
    names = ("kernel", "stride", "padding", "dilation")
    other: list[Any] = [tuple(changes.get(n, v) for n, v in zip(names, layer, strict=True)) for layer in layers]
    return _measured(other, place)


def judge_walk_back(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with what the gradient of a network of ones says."""

    def past_the_end(layers: Sequence[Layer], place: int) -> tuple[int, int, int]:
        first, last, count = _measured(layers, place)
        return first, last + 1, count

    def cut_at_the_border(layers: Sequence[Layer], place: int) -> tuple[int, int, int]:
        first, last, count = _measured(layers, place)
        return max(first, 0), last, count

    slips = [
        Slip(
            "You walked from the pixels upwards. One value at the top: which layer does it look at first?",
            lambda layers, place: _measured(layers[::-1], place),
        ),
        Slip(
            "The gaps are counted as pixels that are seen. First and last are right; which pixels between them matter?",
            _all_between,
        ),
        Slip(
            "The dilation has no effect: how far apart are two weights of a kernel?",
            lambda layers, place: _changed(layers, place, dilation=1),
        ),
        Slip(
            "The stride has no effect: where does the next value's window begin?",
            lambda layers, place: _changed(layers, place, stride=1),
        ),
        Slip(
            "The padding has no effect: on which pixel does the window of value 0 begin?",
            lambda layers, place: _changed(layers, place, padding=0),
        ),
        Slip(
            "The padding is counted twice. How many pixels lie before pixel 0?",
            lambda layers, place: _measured([(k, s, 2 * p, d) for k, s, p, d in layers], place),
        ),
        Slip(
            "A window with gaps is too wide: between k weights there are how many gaps?",
            lambda layers, place: _measured([(k * d, s, p, 1) for k, s, p, d in layers], place),
        ),
        Slip("The last pixel is the first one that is *not* seen: both ends belong to the field.", past_the_end),
        Slip(
            "Places on the padding are left out of your count, and of first and last. They count like pixels here.",
            _without_padding,
        ),
        Slip("What lies on the padding was cut off. Places below 0 count as they are.", cut_at_the_border),
        Slip(
            "The place has no effect: every value of the map sees another part.",
            lambda layers, place: _measured(layers, 0),
        ),
    ]
    return compare(cases, answers, _measured, what="the walk back", slips=slips)


# --- design -----------------------------------------------------------------------------------------------------------

PICTURE = (1, 120, 150)
WIDEST, MOST_LAYERS, MOST_FILTERS = 7, 24, 512


def design_cases(rng: np.random.Generator) -> list[Case]:
    """Draw how far to see and how far to step; the budget is one and a half times what four maps in the middle need."""
    step, maps = int(rng.choice([4, 6])), int(rng.integers(12, 21))
    field = step * int(rng.integers(9, 13)) + int(rng.integers(1, step))
    layers_needed = 2 + field // (2 * step)
    budget = round(1.5 * (40 + (4 * 9 + 1) * 4 * layers_needed + (4 * 9 + 1) * maps), -1)
    return [Case(keywords={"field": field, "step": step, "maps": maps, "budget": int(budget)})]


def _read_stack(value: Any) -> list[dict[str, Any]] | None:
    """Turn tuples into records for `count_layers`, or give up."""
    if not isinstance(value, (list, tuple)) or not 0 < len(value) <= MOST_LAYERS:
        return None
    records = []
    for layer in value:
        if not isinstance(layer, (list, tuple)) or not layer or not isinstance(layer[0], str):
            return None
        kind, *numbers = layer
        if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in numbers):
            return None
        record = _record(kind, [int(n) for n in numbers])
        if record is None:
            return None
        records.append(record)
    return records


def _record(kind: str, numbers: list[int]) -> dict[str, Any] | None:
    if kind == "pooling" and len(numbers) == 1 and 2 <= numbers[0] <= WIDEST:
        return {"kind": "pooling", "kernel": numbers[0], "stride": numbers[0]}
    if kind == "convolution" and len(numbers) == 3:
        kernel, stride, filters = numbers
        if 1 <= kernel <= WIDEST and 1 <= stride <= kernel and 1 <= filters <= MOST_FILTERS:
            return {"kind": kind, "kernel": kernel, "stride": stride, "filters": filters}
    return None


def _reach(stack: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Say how far a stack sees and steps, without asking whether it fits on a picture."""
    field, step = 1, 1
    for layer in stack:
        field, step = field + (layer["kernel"] - 1) * step, step * layer["stride"]
    return field, step


def judge_design(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Ask first whether the stack sees as far as it should; all else is worth nothing without that."""
    wanted, answer = cases[0].keywords, answers[0]
    stack = _read_stack(answer.value)
    if answer.error or stack is None:
        yield Finding(False, _unread(answer), detail=_told(answer))
        return
    wrong = _wrong_field(stack, wanted["field"])
    counted = count_layers(PICTURE, stack)
    if wrong or counted.refused:
        yield Finding(False, wrong or "Your stack does not fit on the picture.", detail=_told(answer, counted))
        return
    yield Finding(True, "A value sees exactly as far as it should.", 0.4)
    yield from _others(wanted, counted, _told(answer, counted))


def _unread(answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error)
    if answer.value is None:
        return "Nothing came back: is the stub replaced?"
    return (
        "This stack cannot be read. Each layer is a tuple as in the example, and its numbers are whole; "
        "which of the rules about kernels, strides and filters does one of them break?"
    )


def _wrong_field(stack: Sequence[dict[str, Any]], wanted: int) -> str:
    field = _reach(stack)[0]
    if field == wanted:
        return ""
    if _reach([{**layer, "stride": 1} for layer in stack])[0] == wanted:
        return "That would be right if no layer had a stride: what does a step of a later layer mean in pixels?"
    if _reach(list(reversed(stack)))[0] == wanted:
        return "That would be right from the other end: the first layer of the list lies on the pixels."
    return (
        f"A value sees too {'little' if field < wanted else 'much'}. Walk back layer by layer: what does each one add?"
    )


def _others(wanted: Any, counted: Blueprint, detail: str) -> Iterator[Finding]:
    top = counted.layers[-1]
    steps, maps, price = top.stride[0] == wanted["step"], top.shape[0] == wanted["maps"], counted.parameters
    yield Finding(
        steps,
        "Neighbours look as far apart as they should."
        if steps
        else "Neighbours of the last map look at places another distance apart: multiply the strides.",
        0.2,
        detail,
    )
    yield Finding(maps, f"The number of maps at the end is {'right' if maps else 'another one'}.", 0.1, detail)
    within = price <= wanted["budget"]
    yield Finding(
        within,
        "The stack keeps within its budget."
        if within
        else "The stack costs more than its budget. Which layer learns most, and what makes it so dear?",
        0.3,
        detail,
    )


def _told(answer: Answer, counted: Blueprint | None = None) -> str:
    if answer.error:
        return answer.error
    rows = [f"You gave: {show(answer.value)[:600]}"]
    if counted is not None and counted.layers:
        top = counted.layers[-1]
        rows.append(f"It sees {top.sees[0]}, steps {top.stride[0]}, learns {counted.parameters}.")
    return "\n".join(rows)
