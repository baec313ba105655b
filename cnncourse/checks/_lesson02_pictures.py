"""Exercises of lesson 02 on whole pictures: frames of a panorama, a kernel told by its trace, a shaken picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare, read_array

Array = NDArray[np.float64]

# --- the frame of a panorama ------------------------------------------------------------------------------------------


def _framed(image: Array, width: int, rows: Any = "reflect", columns: Any = "wrap") -> Array:
    taller = np.pad(image, ((width, width), (0, 0)), mode=rows)
    return np.pad(taller, ((0, 0), (width, width)), mode=columns)


def _swapped_ends(image: Array, width: int) -> Array:
    taller = _framed(image, width, columns="wrap")[:, width : width + image.shape[1]]
    return np.hstack([taller[:, :width], taller, taller[:, image.shape[1] - width :]])


PANORAMA_SLIPS = (
    Slip(
        "Top and bottom repeat the rim row: the mirror stands on the rim, so that this row appears once.",
        lambda image, width: _framed(image, width, rows="symmetric"),
    ),
    Slip(
        "Left and right are mirrored too. A panorama closes to a ring: what lies to the left of its first column?",
        lambda image, width: _framed(image, width, columns="reflect"),
    ),
    Slip(
        "Top and bottom are joined to a ring as well: the meadow must not touch the sky.",
        lambda image, width: _framed(image, width, rows="wrap"),
    ),
    Slip(
        "Ring and mirror have changed places: which axis runs around the horizon?",
        lambda image, width: _framed(image, width, rows="wrap", columns="reflect"),
    ),
    Slip(
        "The rim row is copied outwards. That is replicate; a mirror shows what lies deeper in the picture.",
        lambda image, width: _framed(image, width, rows="edge"),
    ),
    Slip(
        "The frame is black somewhere. No pixel of this frame is invented: all come from the picture.",
        lambda image, width: _framed(image, width, rows="constant", columns="constant"),
    ),
    Slip(
        "Each end of the ring continues with itself: walk past the last column, and where are you?",
        _swapped_ends,
    ),
)


def _panorama_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = (2, 3, 1), (5, 8, 2), (4, 3, 3), (3, 5, 0)
        notes = "2 × 3 pixels", "a wide picture", "a frame as wide as it can be", "no frame at all"
        return [
            Case((rng.permutation(rows * columns).reshape(rows, columns) + 1.0, width), note=note)
            for (rows, columns, width), note in zip(sizes, notes, strict=True)
        ]

    return draw_apart(rng, draw, _framed, PANORAMA_SLIPS)


def _judge_panorama(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _framed, what="the framed picture", slips=PANORAMA_SLIPS)


# --- a kernel told by its trace ---------------------------------------------------------------------------------------


def _kernel_of(before: Array, after: Array) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(before, (3, 3)).reshape(-1, 9)
    return np.linalg.lstsq(windows, after.reshape(-1), rcond=None)[0].reshape(3, 3)


TRACE_SLIPS = (
    Slip(
        "Its numbers are right, but it is turned by half a circle: it makes this trace only if it is turned before it "
        "slides. Follow the white pixel from one window to the next: which weight meets it first?",
        lambda before, after: _kernel_of(before, after)[::-1, ::-1],
    ),
    Slip(
        "All weights are too strong by the same factor. How bright is the white pixel?",
        lambda before, after: _kernel_of(before, after) * before.max(),
    ),
    Slip(
        "Two slips at once: the kernel is turned by half a circle, and too strong. How bright is the white pixel?",
        lambda before, after: _kernel_of(before, after)[::-1, ::-1] * before.max(),
    ),
    Slip(
        "Upside down: in which of the kernel's rows is the white pixel when the window has just reached it from above?",
        lambda before, after: _kernel_of(before, after)[::-1],
    ),
    Slip(
        "Left and right have changed places: coming from the left, with which column does a window touch the pixel?",
        lambda before, after: _kernel_of(before, after)[:, ::-1],
    ),
    Slip(
        "Rows and columns of the kernel have changed places.",
        lambda before, after: _kernel_of(before, after).T,
    ),
)


def _trace_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        kernel, before = rng.integers(-3, 5, (3, 3)), np.zeros((7, 9), dtype=int)
        before[rng.integers(2, 5), rng.integers(2, 7)] = rng.integers(2, 6)
        return [Case(keywords={"before": before, "after": signal.correlate2d(before, kernel, "valid")})]

    return draw_apart(rng, draw, _kernel_of, TRACE_SLIPS)


def _judge_trace(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _kernel_of, what="the kernel", slips=TRACE_SLIPS)


# --- a shaken picture -------------------------------------------------------------------------------------------------


def _shaken(sharp: Array, kernel: Array) -> Array:
    ring = np.pad(sharp, ((0, kernel.shape[0] - 1), (0, kernel.shape[1] - 1)), mode="wrap")
    return np.asarray(signal.correlate2d(ring, kernel, "valid"))


def _sharpened(shaken: Array, kernel: Array) -> Any:
    pixels = np.eye(shaken.size).reshape(-1, *shaken.shape)
    traces = np.stack([_shaken(pixel, kernel).ravel() for pixel in pixels], axis=1)
    return np.linalg.solve(traces, shaken.ravel()).reshape(shaken.shape)


def _waves(shaken: Array, kernel: Array) -> tuple[Any, Any]:
    return np.fft.fft2(shaken), np.fft.fft2(kernel, shaken.shape)


def _by_turned(shaken: Array, kernel: Array) -> Array:
    picture, weights = _waves(shaken, kernel)
    return np.real(np.fft.ifft2(picture / weights))


def _by_strength(shaken: Array, kernel: Array) -> Array:
    picture, weights = _waves(shaken, kernel)
    return np.real(np.fft.ifft2(picture / np.abs(weights)))


def _by_rows(shaken: Array, kernel: Array) -> Array:
    weights = np.fft.fft(np.pad(kernel, [(0, n - k) for n, k in zip(shaken.shape, kernel.shape, strict=True)]))
    return np.real(np.fft.ifft(np.fft.fft(shaken) / np.conj(weights)))


def _centred(shaken: Array, kernel: Array) -> Array:
    rows, columns = (side // 2 for side in kernel.shape)
    return np.roll(_sharpened(shaken, kernel), (-rows, -columns), (0, 1))


SHAKEN_SLIPS = (
    Slip(
        "That would undo a kernel that was turned before it slid. This one slid as it stands; what turns the "
        "shifts of its waves round?",
        _by_turned,
    ),
    Slip(
        "You have shaken it once more. To undo a product, do what to its factor?",
        _shaken,
    ),
    Slip(
        "You have shaken it once more, and with a turned kernel. To undo a product, do what to its factor?",
        lambda shaken, kernel: _shaken(shaken[::-1, ::-1], kernel)[::-1, ::-1],
    ),
    Slip(
        "The waves have their old strength again, but each is still displaced: the transform of the kernel tells more "
        "than strengths.",
        _by_strength,
    ),
    Slip(
        "The picture is sharp and displaced. The kernel's first weight lies on the pixel itself, not its middle one.",
        _centred,
    ),
    Slip(
        "The kernel's rows and columns have changed places.",
        lambda shaken, kernel: _sharpened(shaken, kernel.T),
    ),
    Slip(
        "Nothing was undone: that is the shaken picture.",
        lambda shaken, kernel: shaken,
    ),
)


def _shaken_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = ((3, 4), (2, 2)), ((4, 7), (3, 2)), ((5, 8), (1, 5)), ((6, 7), (5, 5))
        notes = "3 × 4 pixels", "a wide picture", "a kernel of one row", "a large kernel"
        return [_draw_shaken(rng, size, side, note) for (size, side), note in zip(sizes, notes, strict=True)]

    return draw_apart(rng, draw, _sharpened, SHAKEN_SLIPS)


def _draw_shaken(rng: np.random.Generator, size: tuple[int, int], side: tuple[int, int], note: str) -> Case:
    """Draw a picture and a kernel in which one weight outweighs all others, so that no wave is lost."""
    kernel = rng.uniform(0.2, 1, side)
    kernel *= 0.4 / kernel.sum()
    kernel[-1, rng.integers(side[1])] += 0.6
    return Case((_shaken(rng.random(size), kernel), kernel), note=note)


def _judge_shaken(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    for finding in compare(cases, answers, _sharpened, what="the sharp picture", slips=SHAKEN_SLIPS):
        arrays = [read_array(answer.value) for answer in answers]
        if finding.passed and any(array is None or np.iscomplexobj(array) for array in arrays):
            yield Finding(False, "The numbers are right, but they are complex ones: a picture has real numbers.")
        else:
            yield finding


PANORAMA = Exercise(
    name="02-panorama",
    title="The frame of a panorama",
    entry="frame",
    kind="function",
    objectives=(4,),
    points=2,
    level="practice",
    cases=_panorama_cases,
    judge=_judge_panorama,
    hints=(
        "Take the two axes one after the other: make the picture taller, then wider. Then the corners need no thought.",
        "For each row of the result, from −width to height + width − 1: which row of the picture does it show?",
        "Before the first row the mirror changes a sign. Around a ring, the rest of a division (%) leads home.",
    ),
)
TRACE = Exercise(
    name="02-trace",
    title="A kernel told by its trace",
    entry="secret",
    kind="value",
    objectives=(2, 5),
    points=2,
    level="practice",
    cases=_trace_cases,
    judge=_judge_trace,
    hints=(
        "Where the answer is not 0, one weight stands on the white pixel and eight on black ones.",
        "The first place, in reading order, whose window holds the white pixel has it at the window's bottom right. "
        "Which weight stands there?",
        "Nine neighbouring places show all nine weights, each times the pixel's brightness. In which order?",
    ),
    personal=True,
)
SHAKEN = Exercise(
    name="02-shaken",
    title="A shaken picture made sharp",
    entry="sharpen",
    kind="function",
    objectives=(5, 6),
    points=3,
    level="challenge",
    cases=_shaken_cases,
    judge=_judge_shaken,
    hints=(
        "Through the waves, sliding is a product: one factor for each wave. Lesson 02, section 9, has the line.",
        "`np.fft.fft2(kernel, shaken.shape)` fills the kernel up with zeros and gives the factor of every wave.",
        "A kernel that slides as it stands multiplies by the conjugate of its transform (`np.conj`). Undo that, go "
        "back with `ifft2`, and keep the real part.",
    ),
)
