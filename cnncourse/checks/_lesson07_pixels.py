"""Exercises of lesson 07 on important pixels: Grad-CAM by hand, and an occlusion map that covers with mean colour."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip, compare

Array = NDArray[np.float64]
Pair = tuple[int, int]

# --- Grad-CAM by hand -------------------------------------------------------------------------------------------------


def _weighed(maps: Array, gains: Any) -> Array:
    return np.asarray(np.einsum("k,kij->ij", gains, maps))


def _positive(values: Array) -> Array:
    return np.maximum(values, 0)


def _cam(maps: Array, gradients: Array) -> Array:
    return _positive(_weighed(maps, gradients.mean(axis=(1, 2))))


CAM_SLIPS = (
    Slip(
        "Negative numbers are left. What does the last step of Grad-CAM keep?",
        lambda maps, gradients: _weighed(maps, gradients.mean(axis=(1, 2))),
    ),
    Slip(
        "You dropped what is negative too early. A map that speaks against the class takes something away from others.",
        lambda maps, gradients: _positive(maps * gradients.mean(axis=(1, 2), keepdims=True)).sum(axis=0),
    ),
    Slip(
        "You multiplied place by place. Grad-CAM has one weight for a whole map.",
        lambda maps, gradients: _positive((maps * gradients).sum(axis=0)),
    ),
    Slip(
        "You added the gradients of a map. What the class gains *on average* is its weight.",
        lambda maps, gradients: _positive(_weighed(maps, gradients.sum(axis=(1, 2)))),
    ),
    Slip(
        "Minus signs got lost: a map that speaks against the class counts as one that speaks for it.",
        lambda maps, gradients: _weighed(maps, np.abs(gradients.mean(axis=(1, 2)))),
    ),
    Slip(
        "You took the mean over the maps. They are added up.",
        lambda maps, gradients: _cam(maps, gradients) / len(maps),
    ),
    Slip("All maps count the same. What do the gradients say?", lambda maps, gradients: maps.sum(axis=0)),
    Slip(
        "Maps and gradients have changed places: which ones are averaged?",
        lambda maps, gradients: _cam(gradients, maps),
    ),
)


def _cam_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        gains = rng.permutation([-2, 1, 3])
        ripple = np.array([rng.permutation([-2, -1, 0, 0, 1, 2]).reshape(2, 3) for _ in range(3)])
        return [
            Case(keywords={"maps": rng.integers(0, 6, (3, 2, 3)), "gradients": gains[:, None, None] + ripple}),
        ]

    return draw_apart(rng, draw, _cam, CAM_SLIPS)


def _judge_cam(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _cam, what="the map", slips=CAM_SLIPS)


CAM_BY_HAND = Exercise(
    name="07-cam-by-hand",
    title="Grad-CAM by hand",
    entry="cam",
    kind="value",
    objectives=(5,),
    points=1,
    level="warm-up",
    cases=_cam_cases,
    judge=_judge_cam,
    hints=(
        "How much does the class gain from each map, on average over its six places? These are three numbers.",
        "Multiply each map by its number, add the three maps up, and make what is below 0 to 0.",
    ),
    personal=True,
)

# --- cover ------------------------------------------------------------------------------------------------------------


def probe_cover(cover, detectors, weights, picture, window, stride):  # type: ignore[no-untyped-def]
    """Build a small network as a function, and let the learner's code cover a picture for it."""
    import numpy

    def logit(pictures):  # type: ignore[no-untyped-def]
        answers = numpy.einsum("nchw,kchw->nk", numpy.asarray(pictures, dtype=float), detectors)
        return numpy.maximum(answers, 0) @ weights

    return cover(logit, picture, window, stride)


Patch = Callable[[Array], Any]
Places = list[tuple[slice, slice]]


def _mean_colour(picture: Array) -> Array:
    return np.asarray(picture.mean(axis=(1, 2), keepdims=True))


def _places(shape: Sequence[int], window: Pair, stride: int, out: int = 0) -> Places:
    tops, lefts = (range(0, n - k + 1 + out * (k - 1), stride) for n, k in zip(shape[1:], window, strict=True))
    return [(slice(i, i + window[0]), slice(j, j + window[1])) for i, j in itertools.product(tops, lefts)]


def _falls(detectors: Array, weights: Array, picture: Array, places: Places, patch: Patch, stays: bool) -> list[float]:
    def logit(one: Array) -> float:
        return float(np.maximum((detectors * one).sum(axis=(1, 2, 3)), 0) @ weights)

    falls, covered = [], picture.copy()
    for rows, columns in places:
        covered = covered if stays else picture.copy()
        covered[:, rows, columns] = patch(picture)
        falls.append(logit(picture) - logit(covered))
    return falls


def _covered(
    patch: Patch = _mean_colour,
    *,
    stays: bool = False,
    step: int = 0,
    turned: bool = False,
    added: bool = False,
    out: int = 0,
) -> Callable[..., Array]:
    """Return a way to make the map; without options the right one."""

    def gives(detectors: Array, weights: Array, picture: Array, window: Pair, stride: int) -> Array:
        places = _places(picture.shape, window[::-1] if turned else window, step or stride, out)
        total, count = np.zeros(picture.shape[1:]), np.zeros(picture.shape[1:])
        falls = _falls(detectors, weights, picture, places, patch, stays)
        for place, fall in zip(places, falls, strict=True):
            total[place] += fall
            count[place] += 1
        return total if added else total / np.maximum(count, 1)

    return gives


_right = _covered()


def _spread_out(detectors: Array, weights: Array, picture: Array, window: Pair, stride: int) -> Array:
    """Put each fall at the corner of its window alone."""
    result = np.zeros(picture.shape[1:])
    places = _places(picture.shape, window, stride)
    for (rows, columns), fall in zip(
        places, _falls(detectors, weights, picture, places, _mean_colour, stays=False), strict=True
    ):
        result[rows.start, columns.start] = fall
    return result


def _only_last(detectors: Array, weights: Array, picture: Array, window: Pair, stride: int) -> Array:
    result = np.zeros(picture.shape[1:])
    places = _places(picture.shape, window, stride)
    falls = _falls(detectors, weights, picture, places, _mean_colour, stays=False)
    for place, fall in zip(places, falls, strict=True):
        result[place] = fall
    return result


COVER_SLIPS = (
    Slip(
        "The signs are turned: what speaks *for* the class makes its logit fall when it is covered.",
        lambda *case: -_right(*case),
    ),
    Slip("You added the falls. A pixel under many windows is no more important for that.", _covered(added=True)),
    Slip(
        "You covered with black. What you fill in is part of the question: here it is the picture's own mean.",
        _covered(lambda picture: 0.0),
    ),
    Slip("You covered with one grey. The mean colour has a number for each channel.", _covered(lambda p: p.mean())),
    Slip("Your windows move by one, whatever the stride.", _covered(step=1)),
    Slip("Height and width of the window have changed places.", _covered(turned=True)),
    Slip(
        "Windows stay covered when the next one is laid on. Begin each time with the whole picture.",
        _covered(stays=True),
    ),
    Slip("Each fall stands at the corner of its window only. Which pixels were covered?", _spread_out),
    Slip("A later window overwrites what earlier ones have found at the same pixel.", _only_last),
    Slip("Your last windows stick out of the picture. They are to lie on it wholly.", _covered(out=1)),
    Slip(
        "Nothing falls anywhere. Is the picture still whole when it is asked? A second name for an array is no copy.",
        lambda detectors, weights, picture, window, stride: np.zeros(picture.shape[1:]),
    ),
    Slip(
        "The signs are lost: some windows stand in the way of the class.",
        lambda *case: np.abs(_right(*case)),
    ),
)


def _cover_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes: list[tuple[tuple[int, int, int], Pair, int, str]] = [
            ((1, 2, 4), (1, 2), 1, "one channel, windows of two pixels"),
            ((3, 6, 8), (2, 4), 2, "three channels, windows that overlap"),
            ((2, 8, 7), (3, 2), 2, "a stride that leaves a rest"),
        ]
        return [
            Case(
                (
                    rng.normal(size=(3, *shape)),
                    rng.permutation([2.0, 1.5, -1.0]),
                    rng.uniform(0.1, 1, shape),
                    window,
                    stride,
                ),
                note=note,
            )
            for shape, window, stride, note in sizes
        ]

    return draw_apart(rng, draw, _right, COVER_SLIPS)


def _judge_cover(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    return compare(cases, answers, _right, what="the map", slips=COVER_SLIPS)


COVER = Exercise(
    name="07-cover",
    title="Cover with mean colour",
    entry="cover",
    kind="function",
    objectives=(5,),
    points=2,
    level="practice",
    cases=_cover_cases,
    judge=_judge_cover,
    hints=(
        "For one window: copy the picture, fill the window, ask for both logits, subtract.",
        "`picture.mean(axis=(1, 2), keepdims=True)` is the mean colour, and it fits into any window.",
        "Keep two arrays of zeros as large as the map: add the fall to one, and 1 to the other, in every window. "
        "Divide at the end, where anything was counted.",
    ),
    probe=probe_cover,
)
