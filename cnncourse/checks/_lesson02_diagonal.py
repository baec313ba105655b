"""The exercise of lesson 02 on a kernel that finds falling lines only: judged by what it answers to lines and walls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import find_fault

Array = NDArray[np.float64]

HEIGHT, WIDTH = 9, 11
LIGHT = ((0.0, 0.5), (0.1, 0.9), (0.6, 0.3))  # brightness of the ground, and how much brighter a line is
TINY = 1e-9


def _cases(rng: np.random.Generator) -> list[Case]:
    return [Case(keywords={"strength": int(rng.choice([2, 3, 4, 5, 7, 8, 9]))})]


def _lines(kind: str) -> list[NDArray[np.bool_]]:
    """Draw where lines of one kind may run: a picture for each."""
    if kind == "falling":
        return [np.eye(HEIGHT, WIDTH, offset, dtype=bool) for offset in range(-5, 8)]
    if kind == "rising":
        return [line[:, ::-1] for line in _lines("falling")]
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    return [row == at for at in range(HEIGHT)] if kind == "level" else [column == at for at in range(WIDTH)]


def _answers(kernel: Array, line: NDArray[np.bool_], ground: float, contrast: float) -> Array:
    return np.asarray(signal.correlate2d(ground + contrast * line, kernel, "valid"))


def _largest(kernel: Array, kind: str, ground: float, contrast: float) -> float:
    return max(float(_answers(kernel, line, ground, contrast).max()) for line in _lines(kind))


def _on_line(kernel: Array, ground: float, contrast: float) -> float:
    """Return the answer where the kernel is centred on a falling line."""
    return float(_answers(kernel, np.eye(HEIGHT, WIDTH, dtype=bool), ground, contrast)[2, 2])


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    fault = find_fault(answers[0], np.zeros((3, 3)), "the kernel")
    weights = np.zeros((3, 3)) if fault else np.asarray(answers[0].value)
    fault = fault or _no_weights(weights)
    # What it prefers does not hang on how strong it is, and very small weights would hide below TINY.
    kernel = weights if fault else weights / np.abs(weights.astype(float)).max()
    fault = fault or _no_detector(kernel)
    if fault:
        yield Finding(False, fault)
        return
    yield _in_quarters(
        np.abs(kernel.sum()) < TINY,
        "On an even wall it is silent, in any light.",
        "It answers to an even wall, and the more the brighter the wall is. What must the weights add up to?",
    )
    yield _in_quarters(
        all(_weaker(kernel, kind) for kind in ("level", "upright")),
        "Level and upright lines make it answer half as strongly at most.",
        "A level or an upright line excites it too much. What do the weights of one row add up to, and of one column?",
    )
    yield _in_quarters(
        _weaker(kernel, "rising"),
        "Rising lines make it answer half as strongly at most.",
        "A rising line excites it too much. It shares one pixel with a falling one: who keeps this pixel in check?",
    )
    strength = cases[0].keywords["strength"]
    yield _in_quarters(
        all(abs(_on_line(weights, ground, contrast) - contrast * strength) < 1e-6 for ground, contrast in LIGHT),
        "The answer to a falling line is as strong as asked.",
        "The answer on a falling line is not as strong as asked, for lines of any brightness on any ground. "
        "What happens to all answers if you multiply all weights by one number?",
    )


def _in_quarters(passed: Any, right: str, wrong: str) -> Finding:
    return Finding(bool(passed), right if passed else wrong, share=0.25)


def _no_weights(kernel: NDArray[Any]) -> str:
    """Say what keeps a kernel from answering anything at all, or ""."""
    if np.iscomplexobj(kernel) or not np.isfinite(kernel).all():
        return "Expected real and finite weights."
    return "This kernel is silent whatever it sees." if np.abs(kernel.astype(float)).max() < TINY else ""


def _no_detector(kernel: Array) -> str:
    """Say what keeps a kernel from finding falling lines at all, or ""."""
    ground, contrast = LIGHT[0]
    falling = _largest(kernel, "falling", ground, contrast)
    rising = _largest(kernel, "rising", ground, contrast)
    straight = max(_largest(kernel, kind, ground, contrast) for kind in ("level", "upright"))
    if falling <= (ground + contrast) * kernel.sum() + TINY:
        return (
            "An even wall as bright as the line makes it answer as strongly as the line does. "
            "It has to notice what is not bright, too."
        )
    if rising > falling + TINY:
        return "It prefers rising lines. A falling line runs from the top left to the bottom right."
    if straight > falling + TINY:
        return "It prefers level or upright lines to falling ones. Where do bright pixels of a falling line lie?"
    if _on_line(kernel, ground, contrast) < falling - TINY:
        return (
            "It is not at its strongest when it is centred on a bright falling line, but beside it. "
            "Which weights lie on the line then, and what sign have they?"
        )
    return ""


def _weaker(kernel: Array, kind: str) -> bool:
    return all(
        _largest(kernel, kind, ground, contrast) <= _largest(kernel, "falling", ground, contrast) / 2 + TINY
        for ground, contrast in LIGHT
    )


FALLING_LINES = Exercise(
    name="02-falling-lines",
    title="Falling lines only",
    entry="kernel",
    kind="value",
    objectives=(2, 4),
    points=3,
    level="practice",
    cases=_cases,
    judge=_judge,
    hints=(
        "Draw a falling line on nine cells. Positive weights on it, so that it answers; which sign elsewhere, so that "
        "a wall is silent?",
        "Let each row and each column add up to zero. Then walls, level and upright lines are settled at once.",
        "Three equal weights on the diagonal, six equal ones beside it. Work out the answer on the line, then scale.",
    ),
    personal=True,
)
