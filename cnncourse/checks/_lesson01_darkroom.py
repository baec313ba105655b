"""The exercise of lesson 01 on contrast and brightness: a darkroom to repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare, read_array

Array = NDArray[Any]


def _in_float(photo: Array, contrast: float, brightness: float, middle: float = 0.5) -> Any:
    return np.interp(photo, (0, 255), (0, 1)) * contrast + middle * (1 - contrast) + brightness


def _in_bytes(picture: Any) -> Any:
    return np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def _developed(photo: Array, contrast: float, brightness: float) -> Any:
    return _in_bytes(_in_float(photo, contrast, brightness))


DEVELOP_SLIPS = (
    Slip(
        "Bright places have turned dark, and dark ones bright: a byte starts again at 0 after 255. Cut off first.",
        lambda photo, contrast, brightness: (
            np.rint(255 * _in_float(photo, contrast, brightness)).astype(int) % 256
        ).astype(np.uint8),
    ),
    Slip(
        "Brightness came before contrast, so it was stretched as well.",
        lambda photo, contrast, brightness: _in_bytes(_in_float(photo, contrast, brightness * contrast)),
    ),
    Slip(
        "The distance from black was stretched. Contrast stretches the distance from mid grey.",
        lambda photo, contrast, brightness: _in_bytes(_in_float(photo, contrast, brightness, 0)),
    ),
    Slip(
        "The distance from the photograph's own mean was stretched. The task names another middle.",
        lambda photo, contrast, brightness: _in_bytes(_in_float(photo, contrast, brightness, photo.mean() / 255)),
    ),
    Slip(
        "Some pixels are one too dark: turning a float into a byte cuts its decimals off. Round first.",
        lambda photo, contrast, brightness: np.floor(
            255 * np.clip(_in_float(photo, contrast, brightness), 0, 1) + 1e-9
        ).astype(np.uint8),
    ),
    Slip(
        "You cut off after the contrast as well, and what was lost there did not come back. Cut off once, at the end.",
        lambda photo, contrast, brightness: _in_bytes(np.clip(_in_float(photo, contrast, 0), 0, 1) + brightness),
    ),
    Slip(
        "Right, but still in floats from 0 to 1: a file wants bytes.",
        lambda photo, contrast, brightness: np.clip(_in_float(photo, contrast, brightness), 0, 1),
    ),
)


def _develop_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [
            _photo(rng, (1, 3), (1.0, 0.21), "brighter"),
            _photo(rng, (4, 6), (rng.uniform(1.5, 2.5), -0.11), "more contrast, a little darker"),
            _photo(rng, (5, 3, 3), (rng.uniform(0.3, 0.8), 0.26), "a colour photograph, pale"),
            _photo(rng, (4, 7), (rng.uniform(2, 2.5), -0.31), "much contrast, darker"),
        ]

    return draw_apart(rng, draw, _developed, DEVELOP_SLIPS)


def _photo(rng: np.random.Generator, size: tuple[int, ...], setting: tuple[float, float], note: str) -> Case:
    """Draw a photograph in which no pixel ends half-way between two bytes, nor on one: there, rounding is a toss-up."""
    contrast, brightness = round(float(setting[0]), 3), setting[1]
    bytes_ = np.arange(256)
    ways = (brightness, 0.5), (brightness, 0), (brightness * contrast, 0.5)  # also by two slips, to tell them well
    halves = np.stack([2 * 255 * _in_float(bytes_, contrast, added, middle) for added, middle in ways])
    safe = bytes_[(np.abs(halves - np.rint(halves)) > 1e-6).all(axis=0)]
    return Case((rng.choice(safe, size).astype(np.uint8), contrast, brightness), note=note)


def _judge_develop(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    for finding in compare(cases, answers, _developed, what="the photograph", slips=DEVELOP_SLIPS):
        arrays = [read_array(answer.value) for answer in answers]
        if finding.passed and any(array is None or array.dtype != np.uint8 for array in arrays):
            yield Finding(
                False, "The numbers are right, but they are not bytes: what does `.dtype` say of your result?"
            )
        else:
            yield finding


DEVELOP = Exercise(
    name="01-develop",
    title="A darkroom to repair",
    entry="develop",
    kind="function",
    objectives=(2, 3),
    points=3,
    level="practice",
    cases=_develop_cases,
    judge=_judge_develop,
    hints=(
        "Float first, arithmetic second, bytes last: which line of the broken function breaks which part of the rule?",
        "In floats: contrast about 0.5, then brightness, then one clip.",
        "Back to bytes: times 255, `np.round`, and `.astype(np.uint8)` at the very end.",
    ),
)
