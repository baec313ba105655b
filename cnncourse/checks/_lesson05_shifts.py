"""Judges of lesson 05, third part: a shift that a pooling does not notice, and a blur before the stride."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import read_array, show, stopped

__all__ = ["blur_cases", "judge_blur", "judge_unnoticed", "unnoticed_cases"]

Array = NDArray[np.float64]

# --- unnoticed --------------------------------------------------------------------------------------------------------


def unnoticed_cases(rng: np.random.Generator) -> list[Case]:
    """Draw the size of the blocks, the shift and the picture's shape."""
    size = int(rng.integers(3, 6))
    shift, rows, columns = int(rng.integers(1, size - 1)), int(rng.integers(2, 4)), int(rng.integers(4, 6))
    return [Case(keywords={"size": size, "shift": shift, "shape": (rows * size, columns * size)})]


def judge_unnoticed(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Ask first whether max pooling stays; what the others do is worth nothing without that."""
    wanted, answer = cases[0].keywords, answers[0]
    fault = _unusable(answer, tuple(wanted["shape"]))
    if fault:
        yield Finding(False, fault, detail=answer.error or _shown(answer))
        return
    picture = np.asarray(answer.value, dtype=float)
    moved = np.roll(picture, wanted["shift"], axis=1)
    fault = _noticed(picture, moved, wanted["size"])
    if fault:
        pooled = [show(_blocks(one, wanted["size"]).max(axis=(1, 3))) for one in (picture, moved)]
        yield Finding(False, fault, detail="\n".join(["Pooled before and after:", *pooled]))
        return
    yield Finding(True, "Max pooling does not notice the shift.", 0.5)
    yield from _noticed_by_others(picture, moved, wanted["size"], _shown(answer))


def _unusable(answer: Answer, shape: tuple[int, ...]) -> str:
    if answer.error:
        return stopped(answer.error)
    array = read_array(answer.value)
    if array is None or array.dtype.kind not in "biuf":
        return "Expected a picture: an array of numbers."
    if array.shape != shape:
        return "The picture has another shape than yours should have: rows first, then columns."
    if not np.isfinite(array).all() or array.min() < 0 or array.max() > 9:
        return "Each pixel should lie between 0 and 9."
    return ""


def _blocks(picture: Array, size: int) -> Array:
    return picture.reshape(picture.shape[0] // size, size, -1, size)


def _noticed(picture: Array, moved: Array, size: int) -> str:
    before, after = (_blocks(one, size).max(axis=(1, 3)) for one in (picture, moved))
    if not np.array_equal(before, after):
        return (
            "Max pooling notices: in one window at least its largest pixel leaves, or a larger one comes in. "
            "Which pixels cross a border between windows?"
        )
    if np.ptp(before) == 0:
        return "All windows have the same maximum, so nothing could be noticed. Leave some windows darker than others."
    if np.array_equal(picture, moved):
        return "The moved picture equals the picture itself: no one could notice that. Let pixels change."
    return ""


def _noticed_by_others(picture: Array, moved: Array, size: int, detail: str) -> Iterator[Finding]:
    means = [_blocks(one, size).mean(axis=(1, 3)) for one in (picture, moved)]
    average = not np.allclose(*means)
    yield Finding(
        average,
        "Average pooling notices it."
        if average
        else "Average pooling does not notice either: windows keep their sums. Which pixels change window? Can one do "
        "so without becoming a maximum?",
        0.25,
        detail,
    )
    stride = not np.array_equal(picture[::size, ::size], moved[::size, ::size])
    yield Finding(
        stride,
        "A bare stride notices it."
        if stride
        else "A bare stride does not notice either: it reads one pixel of each block. Does that one change?",
        0.25,
        detail,
    )


def _shown(answer: Answer) -> str:
    return f"You gave:\n{show(answer.value)[:1500]}"


# --- blur -------------------------------------------------------------------------------------------------------------


def blur_cases(rng: np.random.Generator) -> list[Case]:
    """Draw the stride before which to blur."""
    return [Case(keywords={"step": int(rng.choice([4, 6]))})]


def judge_blur(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Measure the weights' response to waves; nothing counts unless the false ones vanish and grey stays."""
    step, answer = cases[0].keywords["step"], answers[0]
    weights = read_array(answer.value)
    fault = _no_weights(answer, weights)
    if fault or weights is None:
        yield Finding(False, fault, detail=answer.error or _shown(answer))
        return
    scale = np.abs(weights.astype(float)).sum() or 1.0  # whether a wave is gone does not hang on how faint weights are
    response = _response(weights / scale, [np.inf, *(step / j for j in range(1, step // 2 + 1)), 8 * step])
    fault = _still_there(response)
    if fault:
        yield Finding(False, fault, detail=_shown(answer))
        return
    yield Finding(True, "The waves that the stride would take for grey are gone before it.", 0.5)
    yield from _other_virtues(weights, response, _shown(answer))


def _no_weights(answer: Answer, weights: NDArray[Any] | None) -> str:
    if answer.error:
        return stopped(answer.error)
    if weights is None or weights.ndim != 1 or weights.dtype.kind not in "biuf":
        return "Expected one row of weights: a list or an array with one axis."
    if not 0 < weights.size <= 99 or not np.isfinite(weights).all():
        return "Expected between 1 and 99 finite weights."
    return ""


def _response(weights: NDArray[Any], lengths: Sequence[float]) -> Array:
    """Return how much of a wave of each length (in pixels) comes through."""
    at = [2 * np.pi / length for length in lengths]
    return np.abs(signal.freqz(weights.astype(float), worN=at)[1])


def _still_there(response: Array) -> str:
    grey, false = response[0], response[1:-1]
    if grey < 1e-6:
        return "Your weights answer 0 to an even grey: that is a detector, no blur. What do they add up to?"
    if (false < 1e-6).all():
        return ""
    if np.allclose(response, grey):
        return "Every wave passes your weights untouched, so the stride is as blind as before. Mix neighbours."
    if false[0] > 1e-6 and (false[1:] < 1e-6).all():
        return "The longest of the false waves comes through: over how many pixels must a mean reach to even it out?"
    if (false < 1e-6).any():
        return "Some of the false waves vanish and others come through. List them all: the stride, and its parts."
    return "False waves come through, weaker or not. Lay your weights on a wave as long as the stride: what is the sum?"


def _other_virtues(weights: NDArray[Any], response: Array, detail: str) -> Iterator[Finding]:
    kept = bool(np.isclose(weights.sum(), 1, atol=1e-6))
    yield Finding(
        kept,
        "Grey stays as bright as it was."
        if kept
        else "Grey does not stay as bright as it was: what do your weights add up to?",
        0.2,
        detail,
    )
    centred = weights.size % 2 == 1 and bool(np.allclose(weights, weights[::-1], atol=1e-6 * np.abs(weights).max()))
    yield Finding(
        centred,
        "The weights have a middle, so nothing is moved."
        if centred
        else "The weights have no middle pixel with equal weights on both sides, so the picture is moved by the blur.",
        0.2,
        detail,
    )
    lives = bool(response[-1] >= 0.7 * response[0])
    yield Finding(
        lives,
        "Long waves live on."
        if lives
        else "Long waves suffer, too: of a wave of eight strides too little is left. Is the blur wider than needed?",
        0.1,
        detail,
    )
