"""Exercises of lesson 06 on losses: between how many equals a network chooses, and what is ruled out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int64]

# --- between how many equals? -----------------------------------------------------------------------------------------


def _losses(logits: Array, labels: Labels, axis: int = 1) -> Array:
    return np.asarray(-special.log_softmax(logits, axis=axis)[np.arange(len(labels)), labels])


def _choices(logits: Array, labels: Labels) -> Any:
    return np.exp(_losses(logits, labels).mean())


CHOICES_SLIPS = (
    Slip(
        "That is the mean loss. One step is left: how does the lesson read a loss?",
        lambda logits, labels: _losses(logits, labels).mean(),
    ),
    Slip(
        "You added the two losses. A network is judged by their mean.",
        lambda logits, labels: np.exp(_losses(logits, labels).sum()),
    ),
    Slip(
        "You took a mean before the logarithm. First a loss for each picture, then the mean.",
        lambda logits, labels: 1 / np.exp(-_losses(logits, labels)).mean(),
    ),
    Slip(
        "You took a mean behind the logarithm's back: of 1/p. First a loss for each picture, then the mean.",
        lambda logits, labels: np.exp(_losses(logits, labels)).mean(),
    ),
    Slip(
        "You asked for what the network answered. The loss asks for what the writer meant.",
        lambda logits, labels: _choices(logits, logits.argmax(axis=1)),
    ),
    Slip(
        "Your probabilities add up to 1 down the columns. Which numbers belong to one picture?",
        lambda logits, labels: np.exp(_losses(logits, labels, axis=0).mean()),
    ),
    Slip(
        "Those were logits. They are no probabilities yet: some are above 1.",
        lambda logits, labels: np.exp(-np.log(logits[np.arange(len(labels)), labels]).mean()),
    ),
    Slip(
        "Your numbers do not add up to 1 in a picture yet. What does softmax do after e to the power of each logit?",
        lambda logits, labels: np.exp(-logits[np.arange(len(labels)), labels].mean()),
    ),
    Slip(
        "Your numbers do not add up to 1 in a picture yet. What does softmax do besides e to the power of each logit?",
        lambda logits, labels: np.exp(logits[np.arange(len(labels)), labels].mean()),
    ),
    Slip(
        "You counted the classes from 1. Which is class 0?",
        lambda logits, labels: _choices(logits, labels - 1),
    ),
    Slip(
        "The loss is there, but you turned it back with another base than it was made with.",
        lambda logits, labels: 2 ** _losses(logits, labels).mean(),
    ),
    Slip(
        "That goes once too often through the softmax.",
        lambda logits, labels: _choices(special.softmax(logits, axis=1), labels),
    ),
)


def _choices_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        numbers = np.array([rng.choice(np.arange(2, 9), size=4, replace=False) for _ in range(2)])
        return [Case(keywords={"logits": np.log(numbers), "labels": rng.choice(4, size=2, replace=False)})]

    return draw_apart(rng, draw, _choices, CHOICES_SLIPS)


def _judge_choices(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _choices, what="the number of equals", slips=CHOICES_SLIPS, tolerance=1e-3)


CHOICES = Exercise(
    name="06-choices",
    title="Between how many equals?",
    entry="choices",
    kind="value",
    objectives=(1,),
    points=1,
    level="warm-up",
    cases=_choices_cases,
    judge=_judge_choices,
    hints=(
        "e to the power of each logit is a whole number here. What share of its row has the right label?",
        "A loss of ln(1/p) for each picture, then their mean, then e to the power of it.",
    ),
    personal=True,
)

# --- ruled out --------------------------------------------------------------------------------------------------------


def _shares(logits: Array, allowed: Mask) -> Any:
    return special.softmax(np.where(allowed, logits, -np.inf), axis=1)


def _plain(
    largest: Callable[[Array, Mask], Any], *, filled: bool = True, axis: int = 1
) -> Callable[[Array, Mask], Array]:
    """Return a softmax in floats that subtracts something else, or sums over something else."""

    def gives(logits: Array, allowed: Mask) -> Array:
        with np.errstate(all="ignore"):
            powers = np.exp(logits - largest(logits, allowed))
            powers = np.where(allowed, powers, 0) if filled else powers
            return np.asarray(powers / powers.sum(axis=axis, keepdims=True))

    return gives


RULED_OUT_SLIPS = (
    Slip(
        "Classes that are ruled out still get something. Nothing is left for them.",
        lambda logits, allowed: special.softmax(logits, axis=1),
    ),
    Slip(
        "What was ruled out is missing now: the shares of a picture no longer add up to 1.",
        lambda logits, allowed: special.softmax(logits, axis=1) * allowed,
    ),
    Slip(
        "You set the logits that are ruled out to 0. But e to the 0 is 1, and that is not nothing.",
        lambda logits, allowed: special.softmax(np.where(allowed, logits, 0), axis=1),
    ),
    Slip(
        "Your shares add up to 1 down the columns. Which numbers belong to one picture?",
        _plain(lambda logits, allowed: np.where(allowed, logits, -np.inf).max(axis=0), axis=0),
    ),
    Slip("Large logits overflow: what may be subtracted from all of them?", _plain(lambda logits, allowed: 0)),
    Slip(
        "You subtract one number from all pictures. A picture whose logits lie far below it keeps nothing but zeros.",
        _plain(lambda logits, allowed: logits[allowed].max()),
    ),
    Slip(
        "You subtract the largest logit of each picture. What if that one is ruled out, and all others lie far below?",
        _plain(lambda logits, allowed: logits.max(axis=1, keepdims=True)),
    ),
    Slip(
        "The mask is the wrong way round: True means that a class is possible.",
        lambda logits, allowed: special.softmax(np.where(allowed, -np.inf, logits), axis=1),
    ),
)


def _ruled_out_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        small = np.log(rng.choice(np.arange(2.0, 12), size=(1, 3), replace=False))
        far = rng.normal(size=(4, 6)) + np.array([[3000], [-2000], [0], [-900]])
        allowed = rng.permuted(np.arange(6) < 3, axis=0) ^ np.zeros((4, 1), dtype=bool)
        allowed = np.array([rng.permuted(row) for row in allowed])
        hidden = rng.normal(size=(3, 5))
        possible = np.array([rng.permuted(np.arange(5) < count) for count in (2, 3, 1)])
        hidden[~possible] += 4000
        return [
            Case((small, np.array([[True, True, False]])), note="one picture, three classes"),
            Case((far, allowed), note="pictures whose logits lie at very different heights"),
            Case((hidden, possible), note="the largest logits are ruled out"),
        ]

    return draw_apart(rng, draw, _shares, RULED_OUT_SLIPS)


def _judge_ruled_out(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _shares, what="the table of shares", slips=RULED_OUT_SLIPS)


RULED_OUT = Exercise(
    name="06-ruled-out",
    title="What cannot be",
    entry="shares",
    kind="function",
    objectives=(1,),
    points=2,
    level="practice",
    cases=_ruled_out_cases,
    judge=_judge_ruled_out,
    hints=(
        "Which logit makes e to the x vanish? `np.where(condition, one, other)` can put it where it belongs.",
        "The same number may be subtracted from all logits of a picture. Take the largest one that is possible.",
        "With −∞ where a class is ruled out, the largest of each row (`keepdims=True`) is a possible one; "
        "subtract it, take `np.exp`, divide by the sum of the row.",
    ),
)
