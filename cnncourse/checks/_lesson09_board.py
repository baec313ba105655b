"""The exercise of lesson 09 on a leaderboard: errors of single networks, with crops, and of an ensemble."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip
from cnncourse.checks._parts import Part, compare_parts

__all__ = ["board_cases", "judge_board"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


def _softmax(logits: Array) -> Array:
    from scipy.special import softmax

    return np.asarray(softmax(logits, axis=-1))


def _miss(scores: Array, labels: Labels, k: int, *, lucky: bool = False) -> float:
    """Return the share of pictures, in percent, where k or more other classes score as high as the label or higher."""
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    ahead = (scores > own).sum(axis=1) if lucky else (scores >= own).sum(axis=1) - 1
    return float((ahead >= k).mean() * 100)


def _alone(logits: Array, labels: Labels, k: int, *, crop: int = 0, lucky: bool = False) -> Array:
    return np.array([_miss(one[crop], labels, k, lucky=lucky) for one in logits])


def _crops(logits: Array, labels: Labels, k: int) -> Array:
    return np.array([_miss(one.mean(axis=0), labels, k) for one in _softmax(logits)])


def _together(logits: Array, labels: Labels, k: int) -> float:
    return _miss(_softmax(logits).mean(axis=(0, 1)), labels, k)


def _board(logits: Array, labels: Labels, k: int) -> tuple[Array, Array, float]:
    return _alone(logits, labels, k), _crops(logits, labels, k), _together(logits, labels, k)


def _crop_errors(logits: Array, labels: Labels, k: int) -> Array:
    return np.mean([_alone(logits, labels, k, crop=crop) for crop in range(logits.shape[1])], axis=0)


BoardSlip = Callable[[Array, Labels, int], Any]


def _other(of: BoardSlip) -> tuple[Slip, ...]:
    """Return slips that any of the three columns may have."""
    return (
        Slip("Those are shares of 1. Expected are percent.", lambda x, y, k: np.asarray(of(x, y, k)) / 100),
        Slip("Those are the pictures that are right. A leaderboard of errors counts the others.",
             lambda x, y, k: 100 - np.asarray(of(x, y, k))),
        Slip("You counted whether the very first guess is right. What does `k` allow?", lambda x, y, k: of(x, y, 1)),
        Slip("One guess more than `k` was allowed.", lambda x, y, k: of(x, y, k + 1)),
    )  # fmt: skip


ALONE_SLIPS = (
    Slip("Who scores level with others got the place for nothing. A network that gives all classes the same score "
         "would have no error at all, then.", lambda x, y, k: _alone(x, y, k, lucky=True)),
    Slip("One network by itself looks at the crop in the middle: which place has it?",
         lambda x, y, k: _alone(x, y, k, crop=-1)),
    Slip("One network by itself looks at one crop; you took the mean of all crops' errors.", _crop_errors),
    Slip("One network by itself looks at one crop; yours looked at all.", _crops),
    *_other(_alone),
)  # fmt: skip
CROP_SLIPS = (
    Slip("You averaged logits. A crop that is very loud outvotes the others, then: what is to be averaged?",
         lambda x, y, k: np.array([_miss(one.mean(axis=0), y, k) for one in x])),
    Slip("You averaged the errors of the crops. Their answers are to be averaged before anybody counts.",
         _crop_errors),
    Slip("You took each class's best crop. Wanted is the mean over the crops.",
         lambda x, y, k: np.array([_miss(one.max(axis=0), y, k) for one in _softmax(x)])),
    Slip("With crops your errors are those of the one crop in the middle.", _alone),
    *_other(_crops),
)  # fmt: skip
TOGETHER_SLIPS = (
    Slip("You averaged the networks' errors. An ensemble gives one answer together.",
         lambda x, y, k: _crops(x, y, k).mean()),
    Slip("That is the best network by itself. An ensemble gives one answer together.",
         lambda x, y, k: _crops(x, y, k).min()),
    Slip("The ensemble averages logits. One loud network outvotes the others, then.",
         lambda x, y, k: _miss(x.mean(axis=(0, 1)), y, k)),
    Slip("The ensemble looks at the middle crop only.", lambda x, y, k: _miss(_softmax(x)[:, 0].mean(axis=0), y, k)),
    *_other(_together),
)  # fmt: skip
BOARD_PARTS = (
    Part("the column of single networks", 0.4, ALONE_SLIPS),
    Part("the column with crops", 0.3, CROP_SLIPS),
    Part("the ensemble's error", 0.3, TOGETHER_SLIPS),
)


def board_cases(rng: np.random.Generator) -> list[Case]:
    """Draw logits with ties in the first crop, and with networks and crops of different loudness."""
    return list(_drawn(int(rng.integers(2**62))))


@functools.lru_cache(maxsize=32)
def _drawn(seed: int) -> tuple[Case, ...]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = (1, 2, 3, 3, 1), (2, 3, 40, 5, 2), (3, 4, 150, 8, 3)
        notes = "one network, two crops, three pictures", "two networks", "three networks"
        return [_scored(rng, *size, note) for size, note in zip(sizes, notes, strict=True)]

    for place, part in enumerate(BOARD_PARTS):
        draw = functools.partial(_draw_part, draw=draw, place=place, slips=part.slips)
    return tuple(draw(np.random.default_rng(seed)))


def _draw_part(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], list[Case]], place: int, slips: Sequence[Slip]
) -> list[Case]:
    return draw_apart(rng, draw, lambda *case: _board(*case)[place], slips)


def _scored(
    rng: np.random.Generator, networks: int, crops: int, pictures: int, classes: int, k: int, note: str
) -> Case:
    """Draw until no label is nearly level with another class where scores are averaged."""
    while True:
        labels = rng.integers(classes, size=pictures)
        loud = rng.uniform(0.5, 5, (networks, crops, pictures, 1))
        logits = loud * (rng.normal(size=(networks, crops, pictures, classes)) + 0.9 * np.eye(classes)[labels])
        for picture in range(0, pictures, 3):  # every third picture: another class is level with the label
            other = (labels[picture] + rng.integers(1, classes)) % classes
            logits[:, 0, picture, other] = logits[:, 0, picture, labels[picture]]
        chances = _softmax(logits)
        means = np.concatenate([chances.mean(axis=1), chances.mean(axis=(0, 1))[None]])
        gaps = np.abs(means - np.take_along_axis(means, labels[None, :, None], axis=2))
        if np.partition(gaps, 1, axis=2)[..., 1].min() > 1e-7:  # the smallest one is the label's own
            return Case((logits, labels, k), note=note)


def judge_board(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare the three columns, each with a share."""
    return compare_parts(cases, answers, _board, BOARD_PARTS, what="the leaderboard")
