"""The exercise of lesson 06 on hidden digits: a reader is trained within a budget, and marked on digits unseen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import spatial

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import read_array, stopped
from cnncourse.scripted_digits import SHAPES, curve

Array = NDArray[np.float64]
SIDE, EACH, ASKED = 28, 30, 60  # pixels; training digits of each kind; digits to read in the middle, and elsewhere
BARS = 0.85, 0.75  # to be read right of those in the middle, and of those elsewhere
GUESSING, ONE_FOR_ALL = 0.25, 0.8


@dataclass(frozen=True)
class Sealed(Case):
    """A case whose truth is kept back: what is sent to a learner's code are arguments and keywords alone.

    Attributes
    ----------
    truth : array, shape (n,)
        What each digit means; the first `ASKED` stand in the middle.
    """

    truth: Any = field(default=None, repr=False)


def _digit(rng: np.random.Generator, kind: int, middle: tuple[float, float]) -> Array:
    """Draw a digit in a hand of its own, shape (28, 28): it is 16 pixels high and has its box at `middle`."""
    pen, slant, width = rng.uniform(1.8, 3.0), rng.uniform(-0.2, 0.3), rng.uniform(0.8, 1.0)
    shapes = SHAPES[kind]
    pieces = [np.asarray(piece) for stroke in shapes[rng.integers(len(shapes))] for piece in stroke]
    line = np.vstack([curve(piece + rng.normal(scale=0.4, size=piece.shape)) for piece in pieces])
    x, y = (line - (5, 8)).T
    inked = np.stack([middle[1] + y, middle[0] + width * x - slant * y], axis=1)  # row and column
    distance, _ = spatial.cKDTree(inked).query(np.indices((SIDE, SIDE)).reshape(2, -1).T)
    return np.asarray(np.clip(pen / 2 + 0.5 - distance, 0, 1)).reshape(SIDE, SIDE)


def _cases(rng: np.random.Generator) -> list[Case]:
    learn = rng.permutation(np.repeat(np.arange(10), EACH))
    truth = np.concatenate([rng.permutation(np.repeat(np.arange(10), ASKED // 10)) for _ in range(2)])
    away = rng.uniform(3, 5, (ASKED, 2)) * rng.choice([-1, 1], (ASKED, 2))
    middles = [(13.5, 13.5)] * ASKED + [(13.5 + right, 13.5 + down) for right, down in away]
    images = np.stack([_digit(rng, kind, (13.5, 13.5)) for kind in learn])
    unknown = np.stack([_digit(rng, kind, middle) for kind, middle in zip(truth, middles, strict=True)])
    return [Sealed((images, learn, unknown), truth=truth)]


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    answer, truth = answers[0], np.asarray(getattr(cases[0], "truth", None))
    fault = _unfit(answer, len(truth))
    if fault:
        yield Finding(False, fault, detail=answer.error)
        return
    said = np.asarray(answer.value)
    middle, away = (float(np.mean(part)) for part in np.split(said == truth, 2))
    told = f"Read right: {middle:.0%} of those in the middle, {away:.0%} of those elsewhere."
    yield Finding(middle >= BARS[0], _about_middle(said, middle), 0.4, told)
    yield Finding(away >= BARS[1], _about_others(middle, away), 0.6, told)


def _unfit(answer: Answer, count: int) -> str:
    if answer.error:
        return stopped(answer.error)
    if answer.value is None:
        return "Nothing came back. Is there a `return`, and is the stub replaced?"
    said = read_array(answer.value)
    if said is None:
        return "Expected numbers: what each unknown picture is read as."
    if said.ndim == 2 and said.shape == (count, 10):
        return "That is a row of ten numbers for each picture. Which digit does a row say?"
    if said.shape != (count,):
        return "Expected one answer for each *unknown* picture, in one row."
    if answer.changed:
        return "Your code changes its inputs. Work on a copy: others may still need the original."
    if said.dtype.kind not in "biuf" or not np.isin(said, np.arange(10)).all():
        return "Expected whole numbers from 0 to 9."
    return ""


def _about_middle(said: NDArray[Any], share: float) -> str:
    if share >= BARS[0]:
        return "Unseen digits in the middle are read."
    if np.unique(said, return_counts=True)[1].max() > ONE_FOR_ALL * len(said):
        return "Nearly every digit is read as the same one. Has anything been learned, and do slopes still pass?"
    if share < GUESSING:
        return (
            "Unseen digits are read no better than by drawing lots. Test the loop on one batch: do pictures and labels "
            "belong together?"
        )
    return (
        "Something has been learned, but too few unseen digits are read, even in the middle. What about more looks at "
        "each digit, or other steps?"
    )


def _about_others(middle: float, share: float) -> str:
    if share >= BARS[1]:
        return "Unseen digits elsewhere on the sheet are read, too."
    if middle >= BARS[0] and share < middle - 0.1:
        return (
            "Digits that stand elsewhere on the sheet are misread, and those in the middle are read. What do all "
            "training digits have in common? Prepare what comes in, or show the network more."
        )
    return "Too few of the digits that stand elsewhere on the sheet are read."


HIDDEN_DIGITS = Exercise(
    name="06-hidden-digits",
    title="Marked on digits that nobody has seen",
    entry="read",
    kind="function",
    objectives=(5, 6, 7),
    points=3,
    level="challenge",
    cases=_cases,
    judge=_judge,
    hints=(
        "Begin with a dense network on the training digits as they are, and measure: hold some of them back, and "
        "move them with `np.roll`.",
        "Half of the unknown digits do not stand in the middle. Two ways out: centre every picture before it is read, "
        "or train on copies that are moved by up to five pixels.",
        "To centre: the mean row and the mean column of the ink (weighted by its brightness), then `np.roll` by the "
        "rounded distance to the middle. Do the same with the training digits. Some thirty passes with batches of 30 "
        "and a rate near 0.1 do for 64 hidden values.",
    ),
    seconds=20,
    torch=True,
)
