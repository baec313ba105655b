"""Exercises of lesson 02 on the places of a kernel: one of them, how many there are, all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[np.float64]

# --- one place --------------------------------------------------------------------------------------------------------

ONE_PLACE_SLIPS = (
    Slip(
        "That is what a kernel turned by half a circle gives. The kernel is laid on as it stands.",
        lambda window, kernel: np.sum(window * kernel[::-1, ::-1]),
    ),
    Slip(
        "That is the mean of the nine products. What is wanted is their sum.",
        lambda window, kernel: np.mean(window * kernel),
    ),
    Slip(
        "Rows and columns of the kernel have changed places: look at which numbers lie on top of each other.",
        lambda window, kernel: np.sum(window * kernel.T),
    ),
    Slip(
        "That is the sum of the window alone. Where does the kernel come in?",
        lambda window, kernel: np.sum(window),
    ),
    Slip(
        "Window and kernel were added. Each pixel is multiplied with the weight that lies on it.",
        lambda window, kernel: np.sum(window + kernel),
    ),
    Slip(
        "That counts negative weights as positive ones. A minus sign stays.",
        lambda window, kernel: np.sum(window * np.abs(kernel)),
    ),
)


def _one_place(window: Array, kernel: Array) -> Any:
    return np.sum(window * kernel)


def _one_place_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [Case(keywords={"window": rng.integers(0, 10, (3, 3)), "kernel": rng.integers(-3, 4, (3, 3))})]

    return draw_apart(rng, draw, _one_place, ONE_PLACE_SLIPS)


def _judge_one_place(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _one_place, what="the sum", slips=ONE_PLACE_SLIPS)


# --- how many places --------------------------------------------------------------------------------------------------


def _count(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    return len(range(0, size + 2 * padding - dilation * (kernel - 1), stride))


def _divided(room: int, stride: int) -> int:
    return max(room // stride + 1, 0)


SIZE_SLIPS = (
    Slip(
        "The dilation has no effect: over how many pixels does the kernel reach when gaps lie between its weights?",
        lambda size, kernel, stride, padding, dilation: _count(size, kernel, stride, padding, 1),
    ),
    Slip(
        "Your kernel reaches too far. Gaps lie between its weights: how many are there between three of them?",
        lambda size, kernel, stride, padding, dilation: _divided(size + 2 * padding - kernel * dilation, stride),
    ),
    Slip(
        "Your kernel reaches too far. How many pixels are skipped between two weights, if they lie 3 pixels from each "
        "other?",
        lambda size, kernel, stride, padding, dilation: _divided(
            size + 2 * padding - dilation * (kernel - 1) - kernel, stride
        ),
    ),
    Slip(
        "Your kernel reaches one gap too far: how many gaps lie between three weights?",
        lambda size, kernel, stride, padding, dilation: _divided(size + 2 * padding - dilation * kernel - 1, stride),
    ),
    Slip(
        "The padding is added at one end only, it seems. A frame has two sides.",
        lambda size, kernel, stride, padding, dilation: _divided(size + padding - dilation * (kernel - 1) - 1, stride),
    ),
    Slip(
        "You count steps that do not fit any more. What becomes of half a step?",
        lambda size, kernel, stride, padding, dilation: max(
            -(-(size + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1, 0
        ),
    ),
    Slip(
        "You count steps. Places are wanted, and the kernel stands somewhere before its first step.",
        lambda size, kernel, stride, padding, dilation: max(_count(size, kernel, stride, padding, dilation) - 1, 0),
    ),
    Slip(
        "The stride has no effect: the kernel moves on by more than one pixel at a time.",
        lambda size, kernel, stride, padding, dilation: _count(size, kernel, 1, padding, dilation),
    ),
    Slip(
        "Right wherever the kernel fits. Where it is longer than the padded row, can there be fewer than no places?",
        lambda size, kernel, stride, padding, dilation: (
            (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
        ),
    ),
)


def _size_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        size, stride, padding, dilation = (int(rng.integers(*span)) for span in ((17, 40), (2, 5), (1, 4), (2, 5)))
        return [
            Case((5, 3, 1, 0, 1), note="a kernel without gaps"),
            Case((size, 3, 1, 0, dilation), note="a kernel with gaps"),
            Case((size, 1, stride, padding, dilation), note="a kernel of one weight, which has no gaps"),
            Case((size, 3, stride, padding, dilation), note="gaps, padding and stride together"),
            Case((size + 1, 4, stride, padding, dilation), note="a kernel of even length"),
            Case((6, 5, stride, 0, dilation + 1), note="a kernel that does not fit"),
        ]

    return draw_apart(rng, draw, _count, SIZE_SLIPS)


def _judge_size(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _count, what="the number of places", slips=SIZE_SLIPS)


# --- four loops -------------------------------------------------------------------------------------------------------


def _correlated(image: Array, kernel: Array, stride: int) -> Array:
    return np.asarray(signal.correlate2d(image, kernel, mode="valid")[::stride, ::stride])


def _last_only(kernel: Array) -> Array:
    last = np.zeros_like(kernel)
    last[-1, -1] = kernel[-1, -1]
    return last


LOOPS_SLIPS = (
    Slip(
        "That is convolution in the strict sense: your kernel is turned by half a circle. "
        "Lay it on as it stands, with its first weight on the window's first pixel.",
        lambda image, kernel, stride: signal.convolve2d(image, kernel, "valid")[::stride, ::stride],
    ),
    Slip(
        "The stride has no effect: how far does the window move from one place to the next?",
        lambda image, kernel, stride: _correlated(image, kernel, 1),
    ),
    Slip(
        "A border of zeros was added. Use only places where the kernel lies wholly on the picture.",
        lambda image, kernel, stride: signal.correlate2d(image, kernel, "same")[::stride, ::stride],
    ),
    Slip(
        "The last row and the last column of places are missing: how many steps fit, counting the start?",
        lambda image, kernel, stride: _correlated(image, kernel, stride)[:-1, :-1],
    ),
    Slip(
        "Rows and columns of the result have changed places.",
        lambda image, kernel, stride: _correlated(image, kernel, stride).T,
    ),
    Slip(
        "Each place shows its mean. The products are added and not divided.",
        lambda image, kernel, stride: _correlated(image, kernel, stride) / kernel.size,
    ),
    Slip(
        "Each place keeps only its last product: add to what is there.",
        lambda image, kernel, stride: _correlated(image, _last_only(kernel), stride),
    ),
)


def _loops_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            Case((_numbers(rng, 2, 3), _numbers(rng, 1, 2), 1), note="a picture of 2 × 3 pixels"),
            Case((_numbers(rng, 5, 7), _numbers(rng, 3, 2), 1), note="a kernel that is not square"),
            Case((_numbers(rng, 6, 9), _numbers(rng, 2, 3), 2), note="a stride of 2"),
            Case((_numbers(rng, 8, 5), _numbers(rng, 3, 3), 3), note="a stride that leaves a rest"),
        ]

    return draw_apart(rng, draw, _correlated, LOOPS_SLIPS)


def _numbers(rng: np.random.Generator, *shape: int) -> Array:
    return rng.integers(-4, 10, shape).astype(float)


def _judge_loops(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _correlated, what="the feature map", slips=LOOPS_SLIPS)


ONE_PLACE = Exercise(
    name="02-one-place",
    title="One place by hand",
    entry="value",
    kind="value",
    objectives=(1,),
    points=1,
    level="warm-up",
    cases=_one_place_cases,
    judge=_judge_one_place,
    hints=(
        "Nine products, one sum.",
        "Begin at the top left: the window's first pixel times the kernel's first weight. Mind the minus signs.",
    ),
    personal=True,
)
OUTPUT_SIZE = Exercise(
    name="02-output-size",
    title="Places for a kernel with gaps",
    entry="places",
    kind="function",
    objectives=(3,),
    points=2,
    level="practice",
    cases=_size_cases,
    judge=_judge_size,
    hints=(
        "Draw the example of the task: a row of 12 pixels, and a kernel that touches the first, the fourth and the "
        "seventh of them. How many pixels does it reach over?",
        "First find the reach of the kernel with its gaps; then count places for a kernel of that length, as in the "
        "lesson.",
        "Between k weights lie k − 1 gaps. And // rounds downwards, also below zero: what does it make of −5 // 2?",
    ),
)
FOUR_LOOPS = Exercise(
    name="02-four-loops",
    title="Four loops and a stride",
    entry="slide",
    kind="function",
    objectives=(1, 3),
    points=3,
    level="practice",
    cases=_loops_cases,
    judge=_judge_loops,
    hints=(
        "How many places fit downwards, and how many to the right? Make an array of zeros of that size.",
        "Two outer loops choose the place (row, column); where does its window begin, if each step is `stride`?",
        "Two inner loops run over the kernel's weights and add product after product to the place.",
    ),
)
