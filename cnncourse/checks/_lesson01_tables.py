"""Exercises of lesson 01 on tables of numbers: a pixel, weights to count, a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[Any]

# --- under the mouse --------------------------------------------------------------------------------------------------


def _under(picture: Array, x: int, y: int) -> Any:
    return np.asarray(picture)[y, x][::-1]


MOUSE_SLIPS = (
    Slip(
        "The right pixel, and its lights in the order of the file: this one stores blue first.",
        lambda picture, x, y: picture[y, x],
    ),
    Slip(
        "Row and column have changed places: how far down, and how far to the right, is (x, y)?",
        lambda picture, x, y: picture[x, y][::-1],
    ),
    Slip(
        "Row and column have changed places, and the lights are in the file's order.",
        lambda picture, x, y: picture[x, y],
    ),
    Slip(
        "You count from 1. Here the first row and the first column are 0.",
        lambda picture, x, y: picture[y - 1, x - 1][::-1],
    ),
    Slip("You count rows from the bottom; y is counted from the top.", lambda picture, x, y: picture[-1 - y, x][::-1]),
    Slip(
        "You count columns from the right; x is counted from the left.", lambda picture, x, y: picture[y, -1 - x][::-1]
    ),
)


def _mouse_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        picture = rng.integers(0, 256, (4, 5, 3)).astype(np.uint8)
        return [Case(keywords={"picture": picture, "x": int(rng.integers(1, 4)), "y": int(rng.integers(1, 4))})]

    return draw_apart(rng, draw, _under, MOUSE_SLIPS)


def _judge_mouse(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _under, what="the pixel", slips=MOUSE_SLIPS)


# --- weights to count -------------------------------------------------------------------------------------------------


def _weights(height: int, width: int, hidden: int, classes: int, windows: int, side: int) -> tuple[int, int]:
    first = np.zeros((hidden, height, width, 3), bool)
    return first.size + np.zeros((classes, hidden), bool).size, np.zeros((windows, side, side, 3), bool).size


WEIGHTS_SLIPS = (
    Slip(
        "Colour is forgotten: how many numbers is a pixel?",
        lambda height, width, hidden, classes, windows, side: (
            height * width * hidden + hidden * classes,
            windows * side * side,
        ),
    ),
    Slip(
        "The dense network has a second layer of weights, from its units to the classes.",
        lambda height, width, hidden, classes, windows, side: (
            3 * height * width * hidden,
            windows * side * side * 3,
        ),
    ),
    Slip(
        "You multiply through the whole network. Weights lie between two neighbouring layers; layers are added up.",
        lambda height, width, hidden, classes, windows, side: (
            3 * height * width * hidden * classes,
            windows * side * side * 3,
        ),
    ),
    Slip(
        "You count one more weight for each unit. Such biases come later; this task leaves them out.",
        lambda height, width, hidden, classes, windows, side: (
            (3 * height * width + 1) * hidden + (hidden + 1) * classes,
            windows * (side * side * 3 + 1),
        ),
    ),
    Slip(
        "You count a window's weights again at each place. The same few are used all over the picture.",
        lambda height, width, hidden, classes, windows, side: (
            3 * height * width * hidden + hidden * classes,
            windows * side * side * 3 * (height - side + 1) * (width - side + 1),
        ),
    ),
    Slip(
        "You count a window's weights again at each pixel. The same few are used all over the picture.",
        lambda height, width, hidden, classes, windows, side: (
            3 * height * width * hidden + hidden * classes,
            windows * side * side * 3 * height * width,
        ),
    ),
    Slip(
        "The dense network is right. How many lights does a window look at?",
        lambda height, width, hidden, classes, windows, side: (
            3 * height * width * hidden + hidden * classes,
            windows * side * side,
        ),
    ),
    Slip(
        "The shared windows are right. How many numbers is a pixel for the dense network?",
        lambda height, width, hidden, classes, windows, side: (
            height * width * hidden + hidden * classes,
            windows * side * side * 3,
        ),
    ),
    Slip(
        "A window is side × side pixels large, not one side long.",
        lambda height, width, hidden, classes, windows, side: (
            3 * height * width * hidden + hidden * classes,
            windows * side * 3,
        ),
    ),
    Slip(
        "The two numbers have changed places.",
        lambda **numbers: _weights(**numbers)[::-1],
    ),
)


def _weights_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        names = {"height": (20, 60), "width": (61, 99), "hidden": (12, 40), "classes": (3, 12), "windows": (5, 30)}
        numbers = {name: int(rng.integers(*span)) for name, span in names.items()}
        return [Case(keywords={**numbers, "side": int(rng.choice([3, 5, 7]))})]

    return draw_apart(rng, draw, _weights, WEIGHTS_SLIPS)


def _judge_weights(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _weights, what="the pair of counts", slips=WEIGHTS_SLIPS, tolerance=1e-9)


# --- a batch ----------------------------------------------------------------------------------------------------------


def _batch(photos: Sequence[Array]) -> Any:
    return np.einsum("nhwc->nchw", np.stack(photos)[..., ::-1]) / 255


BATCH_SLIPS = (
    Slip(
        "The shape is right and the pictures are torn: reshape deals the numbers anew, and moves no axis.",
        lambda photos: np.stack(photos)[..., ::-1].reshape(len(photos), 3, *photos[0].shape[:2]) / 255,
    ),
    Slip(
        "The channels still come last. Where does a network expect them?",
        lambda photos: np.stack(photos)[..., ::-1] / 255,
    ),
    Slip("Blue still comes first: faces will be blue.", lambda photos: _batch([photo[..., ::-1] for photo in photos])),
    Slip(
        "Still from 0 to 255: floats of this course go from black, 0, to white, 1.", lambda photos: _batch(photos) * 255
    ),
    Slip(
        "Rows and columns have changed places: every picture lies on its side.",
        lambda photos: _batch(photos).swapaxes(2, 3),
    ),
    Slip(
        "You divide by the brightest pixel at hand. A dark photograph should stay dark.",
        lambda photos: _batch(photos) / _batch(photos).max(),
    ),
    Slip(
        "Divided by 256, white is not quite white. What is the largest byte?", lambda photos: _batch(photos) * 255 / 256
    ),
)


def _batch_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = (1, 1, 1), (1, 2, 3), (2, 4, 3), (3, 5, 7)
        notes = "one photograph of one pixel", "one photograph", "two tall photographs", "three wide photographs"
        return [
            Case(([rng.integers(0, 250, (*size, 3)).astype(np.uint8) for _ in range(count)],), note=note)
            for (count, *size), note in zip(sizes, notes, strict=True)
        ]

    return draw_apart(rng, draw, _batch, BATCH_SLIPS)


def _judge_batch(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _batch, what="the batch", slips=BATCH_SLIPS)


MOUSE = Exercise(
    name="01-under-the-mouse",
    title="The pixel under the mouse",
    entry="pixel",
    kind="value",
    objectives=(1,),
    points=2,
    level="warm-up",
    cases=_mouse_cases,
    judge=_judge_mouse,
    hints=(
        "An array is indexed by rows first. Is the row given by x or by y?",
        "The third index runs over the lights in the order in which the file stores them. Turn that order round.",
    ),
    personal=True,
)
WEIGHTS = Exercise(
    name="01-weights",
    title="Weights, dense and shared",
    entry="counts",
    kind="value",
    objectives=(6,),
    points=2,
    level="warm-up",
    cases=_weights_cases,
    judge=_judge_weights,
    hints=(
        "How many numbers go in? Height times width is not all: the picture is in colour.",
        "Dense: inputs times units, plus units times classes. A window: its pixels times three, however large the "
        "picture is.",
    ),
    personal=True,
)
BATCH = Exercise(
    name="01-batch",
    title="From a camera to a network",
    entry="to_batch",
    kind="function",
    objectives=(1, 2),
    points=3,
    level="practice",
    cases=_batch_cases,
    judge=_judge_batch,
    hints=(
        "`np.stack` turns a list of arrays into one array with a new first axis. Print the shape after every step.",
        "`transpose` moves axes: name the old places in their new order. `[..., ::-1]` turns the last axis round.",
        "Turn the colours round while they are the last axis, then move the axes, then divide.",
    ),
)
