"""Exercises of lesson 03 on looking for patterns: a patch in any light, the energies of a texture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare
from cnncourse.kernels import gabor

Array = NDArray[np.float64]

# --- a patch in any light ---------------------------------------------------------------------------------------------


def _windows(picture: Array, patch: Array) -> Array:
    return np.lib.stride_tricks.sliding_window_view(picture, patch.shape).reshape(-1, patch.size)


def _likeness(picture: Array, patch: Array) -> Any:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(np.corrcoef(np.vstack([patch.reshape(1, -1), _windows(picture, patch)]))[0, 1:])


def _at(scores: Array, picture: Array, patch: Array) -> tuple[int, int]:
    row, column = divmod(int(np.argmax(scores)), picture.shape[1] - patch.shape[1] + 1)
    return row, column


def _found(picture: Array, patch: Array) -> tuple[Any, ...]:
    likeness = _likeness(picture, patch)
    return *_at(np.abs(likeness), picture, patch), bool(likeness[np.argmax(np.abs(likeness))] < 0)


def _by_score(scores: Array, picture: Array, patch: Array) -> tuple[Any, ...]:
    return *_at(np.abs(scores), picture, patch), bool(scores[np.argmax(np.abs(scores))] < 0)


def _unmended(picture: Array, patch: Array) -> tuple[Any, ...]:
    """Let the first window of one grey value win, by 0 divided by 0."""
    even = np.ptp(_windows(picture, patch), axis=1) == 0
    return _by_score(np.where(even, np.nan, _likeness(picture, patch)), picture, patch)


def _cosine(picture: Array, patch: Array) -> tuple[Any, ...]:
    windows = _windows(picture, patch)
    return _by_score(windows @ patch.ravel() / (np.linalg.norm(windows, axis=1) + 1e-12), picture, patch)


LIGHT_SLIPS = (
    Slip(
        "You go by the plain sum of products, it seems: it is won by whatever is bright.",
        lambda picture, patch: _by_score(_windows(picture, patch) @ patch.ravel(), picture, patch),
    ),
    Slip(
        "The patch has lost its mean, but strong contrast still beats likeness: a faint copy is found too late. "
        "What about the length of the window's own numbers?",
        lambda picture, patch: _by_score(_windows(picture, patch) @ (patch - patch.mean()).ravel(), picture, patch),
    ),
    Slip(
        "Lengths are divided out, means are not taken off: a bright window is like any bright patch then.",
        _cosine,
    ),
    Slip(
        "Right, but for even walls: a window of one grey value gives 0 divided by 0, and `nan` wins every `argmax`.",
        _unmended,
    ),
    Slip(
        "Copies as they are come out right, negatives are passed over: how like is a patch to its negative?",
        lambda picture, patch: (*_at(_likeness(picture, patch), picture, patch), False),
    ),
    Slip(
        "The place is right; whether it is a negative is the wrong way round.",
        lambda picture, patch: (*_found(picture, patch)[:2], not _found(picture, patch)[2]),
    ),
    Slip(
        "Row and column have changed places.",
        lambda picture, patch: (*_found(picture, patch)[1::-1], _found(picture, patch)[2]),
    ),
    Slip(
        "That is the middle of the window; its top left pixel is wanted.",
        lambda picture, patch: (
            _found(picture, patch)[0] + patch.shape[0] // 2,
            _found(picture, patch)[1] + patch.shape[1] // 2,
            _found(picture, patch)[2],
        ),
    ),
)


def _light_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            _hide(rng, (5, 7), (2, 3), sign=1, note="5 × 7 pixels"),
            _hide(rng, (8, 13), (3, 4), sign=-1, note="a negative"),
            _hide(rng, (14, 9), (4, 3), sign=1, note="a tall picture"),
            _hide(rng, (15, 17), (3, 5), sign=-1, note="a negative beside an even wall", wall=True),
            _hide(rng, (12, 16), (3, 3), sign=1, note="a faint copy beside an even wall", wall=True),
        ]

    return draw_apart(rng, draw, _found, LIGHT_SLIPS)


def _hide(
    rng: np.random.Generator,
    size: tuple[int, int],
    side: tuple[int, int],
    *,
    sign: int,
    note: str,
    wall: bool = False,
) -> Case:
    """Hide a faint copy of a patch in a picture full of strong contrasts, a bright spot, and perhaps a wall."""
    picture, patch = rng.random(size), rng.random(side)
    if wall:
        picture[:, : size[1] // 3] = 0.5
    bright = rng.integers(0, size[0] - side[0] + 1)
    picture[bright : bright + side[0], -side[1] :] = 1 + 0.2 * rng.random(side)
    row = int(rng.integers(0, size[0] - side[0] + 1))
    column = int(rng.integers(size[1] // 3 if wall else 0, size[1] - side[1] + 1))
    picture[row : row + side[0], column : column + side[1]] = 0.4 + sign * 0.1 * patch
    return Case((picture, patch), note=note)


def _judge_light(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _found, what="the find", slips=LIGHT_SLIPS)


# --- the energies of a texture ----------------------------------------------------------------------------------------


def _answers(picture: Array, pair: tuple[Array, Array], mode: str = "valid") -> tuple[Array, Array]:
    even, odd = (np.asarray(signal.correlate(picture, kernel, mode, "direct")) for kernel in pair)
    return even, odd


def _energies(picture: Array, pairs: Sequence[tuple[Array, Array]], mode: str = "valid") -> Any:
    return np.array([np.mean(np.hypot(*_answers(picture, pair, mode))) for pair in pairs]) / np.std(picture)


def _over_contrast(picture: Array, numbers: list[Any]) -> Any:
    return np.array(numbers) / np.std(picture)


ENERGY_SLIPS = (
    Slip(
        "Not divided by the picture's contrast: the same wall in dim light would get another description.",
        lambda picture, pairs: _energies(picture, pairs) * np.std(picture),
    ),
    Slip(
        "You use the first kernel of each pair alone. Where it meets the edge of a stripe it is silent: who helps out?",
        lambda picture, pairs: _over_contrast(picture, [np.abs(_answers(picture, p)[0]).mean() for p in pairs]),
    ),
    Slip(
        "The root is missing: squares are added and averaged, and contrast counts twice over.",
        lambda picture, pairs: _over_contrast(picture, [np.mean(np.hypot(*_answers(picture, p)) ** 2) for p in pairs]),
    ),
    Slip(
        "The root comes too late: first the energy at each place, then the mean over the places.",
        lambda picture, pairs: _over_contrast(
            picture, [np.sqrt(np.mean(np.hypot(*_answers(picture, p)) ** 2)) for p in pairs]
        ),
    ),
    Slip(
        "The sizes of the two answers are added. They are the two sides of a right angle.",
        lambda picture, pairs: _over_contrast(
            picture, [np.mean(np.abs(_answers(picture, p)[0]) + np.abs(_answers(picture, p)[1])) for p in pairs]
        ),
    ),
    Slip(
        "A frame was laid around the picture. Use only places where the kernel lies wholly on it.",
        lambda picture, pairs: _energies(picture, pairs, "same"),
    ),
    Slip(
        "Divided by the square of the contrast: that is the variance. The contrast is its root.",
        lambda picture, pairs: _energies(picture, pairs) / np.std(picture),
    ),
    Slip(
        "The answers are averaged first, and stripes cancel. First the energy at each place, then the mean.",
        lambda picture, pairs: _over_contrast(
            picture, [np.hypot(*(answer.mean() for answer in _answers(picture, p))) for p in pairs]
        ),
    ),
)


def _energy_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = ((7, 9), (1,)), ((12, 17), (1, 2)), ((18, 13), (1, 2, 3))
        notes = "one pair of kernels", "a wide picture", "kernels of three sizes"
        return [
            Case((_striped(rng, size), [_pair(rng, radius) for radius in radii]), note=note)
            for (size, radii), note in zip(sizes, notes, strict=True)
        ]

    return draw_apart(rng, draw, _energies, ENERGY_SLIPS)


def _striped(rng: np.random.Generator, size: tuple[int, int]) -> Array:
    rows, columns = np.indices(size)
    waves = rng.uniform(0.3, 1.2, 2)
    return 0.5 + 0.2 * np.sin(waves[0] * rows + waves[1] * columns) + 0.2 * rng.random(size)


def _pair(rng: np.random.Generator, radius: int) -> tuple[Array, Array]:
    orientation, frequency = float(rng.integers(0, 180)), float(rng.uniform(0.1, 0.3))
    even, odd = (gabor(orientation, frequency, phase=phase, radius=radius) for phase in (0, 90))
    return even, odd


def _judge_energy(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _energies, what="the description", slips=ENERGY_SLIPS)


ANY_LIGHT = Exercise(
    name="03-any-light",
    title="Found in any light",
    entry="find",
    kind="function",
    objectives=(1,),
    points=3,
    level="practice",
    cases=_light_cases,
    judge=_judge_light,
    hints=(
        "Take the mean off the patch and off each window, and divide each by its length. What is left is shape alone.",
        "The likeness of a negative is −1. Which likeness is the best find, then: the largest, or the farthest from 0?",
        "A window of one grey value has length 0 once its mean is off: leave it out before you divide.",
    ),
)
ENERGIES = Exercise(
    name="03-energies",
    title="A texture in a few numbers",
    entry="energies",
    kind="function",
    objectives=(4,),
    points=2,
    level="practice",
    cases=_energy_cases,
    judge=_judge_energy,
    hints=(
        "For each pair: slide both kernels, and you have two answers a and b of the same shape.",
        "The energy at a place is √(a² + b²); its mean over all places is one number a pair.",
        "`cnncourse.convolution.correlate` slides for you. The contrast of a picture is `picture.std()`.",
    ),
)
