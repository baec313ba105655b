"""Judges of lesson 05, first part: what a window keeps, and the way back through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare

__all__ = ["blame_cases", "by_hand_cases", "judge_blame", "judge_by_hand", "judge_loudest", "loudest_cases"]

Array = NDArray[np.float64]
Pair = tuple[int, int]


def _distinct(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Draw whole numbers that differ in size, sign aside, so that no window has two winners."""
    count = int(np.prod(shape))
    return (rng.permutation(np.arange(1.0, count + 1)) * rng.choice([-1, 1], count)).reshape(shape)


def _windows(maps: Array, size: Pair, stride: Pair) -> Array:
    view = np.lib.stride_tricks.sliding_window_view(maps, size, axis=(-2, -1))
    return view[..., :: stride[0], :: stride[1], :, :]


# --- by hand ----------------------------------------------------------------------------------------------------------

WINDOW, STEP = (2, 3), (2, 2)


def by_hand_cases(rng: np.random.Generator) -> list[Case]:
    """Draw a small map; its last window is below zero throughout."""
    while True:
        feature_map = _distinct(rng, (4, 7)).astype(int)
        feature_map[2:, 4:] = -np.abs(feature_map[2:, 4:])
        if not np.array_equal(_upright(feature_map), _small(np.max)(feature_map)):
            return [Case(keywords={"feature_map": feature_map})]


def _upright(feature_map: Array) -> Array:
    """Take windows of 3 rows × 2 columns, as many as there should be; the lower ones are cut off by the rim."""
    return np.array([[feature_map[top : top + 3, left : left + 2].max() for left in (0, 2, 4)] for top in (0, 2)])


def _small(keep: Callable[..., Any], size: Pair = WINDOW, stride: Pair = STEP) -> Callable[..., Any]:
    return lambda feature_map: keep(_windows(feature_map, size, stride), axis=(-2, -1))


def judge_by_hand(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with the largest of each window."""
    slips = [
        Slip("Those are means. Max pooling keeps one number of each window as it is: which one?", _small(np.mean)),
        Slip("Those are the smallest numbers. With minus signs about: which number lies furthest up?", _small(np.min)),
        Slip(
            "Your windows stand side by side. Theirs is a stride of 2: where does the second window begin?",
            _small(np.max, stride=WINDOW),
        ),
        Slip(
            "Your windows move by one. How far does a window move with the stride that is given?",
            _small(np.max, stride=(1, 1)),
        ),
        Slip(
            "Your windows stand upright: they should be two rows high, three columns wide.",
            _small(np.max, size=(3, 2)),
        ),
        Slip(
            "Your windows are three rows high and two columns wide: they stand upright and should lie.",
            _upright,
        ),
        Slip(
            "Minus signs got lost before you compared: −9 is smaller than 1.",
            lambda feature_map: _small(np.max)(np.abs(feature_map)),
        ),
        Slip(
            "A zero won a window that holds no zero. There is no ReLU and no frame here.",
            lambda feature_map: _small(np.max)(np.maximum(feature_map, 0)),
        ),
        Slip("Those are sums. Pooling keeps one number of each window: which one?", _small(np.sum)),
    ]
    return compare(cases, answers, _small(np.max), what="the pooled map", slips=slips)


# --- the loudest ------------------------------------------------------------------------------------------------------


def loudest_cases(rng: np.random.Generator) -> list[Case]:
    """Draw maps in which the first window's loudest number is below zero, and the last one's above."""
    sizes: list[tuple[tuple[int, int, int], Pair, Pair, str]] = [
        ((1, 2, 3), (1, 2), (1, 1), "one small map"),
        ((2, 5, 7), (3, 2), (2, 1), "two maps, and windows that overlap"),
        ((3, 6, 10), (2, 3), (3, 2), "a stride that leaves a rest"),
        ((2, 4, 5), (1, 1), (2, 3), "windows of a single number"),
    ]
    return [Case((_two_voices(rng, shape, size, step), size, step), note=note) for shape, size, step, note in sizes]


def _two_voices(rng: np.random.Generator, shape: tuple[int, int, int], size: Pair, stride: Pair) -> Array:
    maps = _distinct(rng, shape)
    row, column = ((n - k) // s * s for n, k, s in zip(shape[1:], size, stride, strict=True))
    maps[:, 0, 0] = -maps.size - 1 - np.arange(shape[0])
    maps[:, row, column] = 2 * maps.size + np.arange(shape[0])
    return maps


def _largest(maps: Array, size: Pair, stride: Pair) -> Array:
    return np.asarray(_windows(maps, size, stride).max(axis=(-2, -1)))


def _loudest(maps: Array, size: Pair, stride: Pair) -> Array:
    above, below = _largest(maps, size, stride), _largest(-maps, size, stride)
    return np.where(above > below, above, -below)


def judge_loudest(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with the larger of two max poolings: of the map, and of the map times −1."""
    slips = [
        Slip("That is plain max pooling: a strong −8 loses against a weak 1. Which of the two is louder?", _largest),
        Slip(
            "The sizes are right, but the signs are lost: is it from dark to bright, or from bright to dark?",
            lambda maps, size, stride: np.abs(_loudest(maps, size, stride)),
        ),
        Slip(
            "That is the smallest of each window: loud positive numbers are lost.",
            lambda maps, size, stride: -_largest(-maps, size, stride),
        ),
        Slip(
            "The maps compete with each other. Each map is pooled by itself, and their number stays.",
            lambda maps, size, stride: _loudest(
                maps[np.abs(maps).argmax(axis=0), *np.indices(maps.shape[1:])], *(size, stride)
            ),
        ),
        Slip(
            "Your windows stand side by side. How far do they move?",
            lambda maps, size, stride: _loudest(maps, size, size),
        ),
        Slip(
            "Your windows move by one, whatever the stride.",
            lambda maps, size, stride: _loudest(maps, size, (1, 1)),
        ),
        Slip(
            "Height and width of the window have changed places: `size` holds rows, then columns.",
            lambda maps, size, stride: _loudest(maps, size[::-1], stride),
        ),
        Slip(
            "The two strides have changed places: the first one leads downwards.",
            lambda maps, size, stride: _loudest(maps, size, stride[::-1]),
        ),
        Slip(
            "The last row and the last column of windows are missing: how many fit, counting the first?",
            lambda maps, size, stride: _loudest(maps, size, stride)[:, :-1, :-1],
        ),
        Slip(
            "That is the mean of each window: a loud number is hushed by its quiet neighbours.",
            lambda maps, size, stride: _windows(maps, size, stride).mean(axis=(-2, -1)),
        ),
    ]
    return compare(cases, answers, _loudest, what="the stack of pooled maps", slips=slips)


# --- blame ------------------------------------------------------------------------------------------------------------


def blame_cases(rng: np.random.Generator) -> list[Case]:
    """Draw maps with a silent window, and one pixel that wins in many."""
    small = _distinct(rng, (1, 2, 4))
    small[..., :2], small[..., 2:] = np.abs(small[..., :2]), -np.abs(small[..., 2:])
    often, wide = _distinct(rng, (2, 5, 6)), _distinct(rng, (2, 7, 8))
    often[:, 2, 2:4] = often.size + np.array([[1.0, 2.0], [4.0, 3.0]])
    wide[:, :2, :3] = -np.abs(wide[:, :2, :3])
    return [
        Case(
            (small, np.array([[[-20.0, 30.0]]]) + rng.integers(0, 5), (2, 2), (2, 2)), note="two windows side by side"
        ),
        Case((often, rng.normal(size=(2, 3, 5)), (3, 2), (1, 1)), note="windows that overlap"),
        Case((wide, rng.normal(size=(2, 2, 3)), (2, 3), (3, 2)), note="a stride that leaves a rest"),
    ]


def _back(answers: Array, arriving: Array, size: Pair, stride: Pair, pool: Callable[..., Any] | None = None) -> Array:
    """Ask PyTorch for the gradient by `answers`, of max pooling behind a ReLU or of another pooling."""
    import torch
    from torch.nn import functional

    pixels = torch.tensor(answers[None], dtype=torch.float64, requires_grad=True)
    pooled = (pool or (lambda x, k, s: functional.max_pool2d(functional.relu(x), k, s)))(pixels, size, stride)
    # through a single number: with a gradient handed over, the first call imports for seconds
    (pooled * torch.tensor(arriving[None], dtype=torch.float64)).sum().backward()
    assert pixels.grad is not None
    return np.asarray(pixels.grad[0].numpy())


def _last_window_wins(answers: Array, arriving: Array, size: Pair, stride: Pair) -> Array:
    result = np.zeros_like(answers)
    for place in np.ndindex(arriving.shape):
        alone = np.zeros_like(arriving)
        alone[place] = arriving[place]
        one = _back(answers, alone, size, stride)
        result = np.where(one != 0, one, result)
    return result


def judge_blame(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with PyTorch's gradient."""
    from torch.nn import functional

    def averaged(x: Any, size: Pair, stride: Pair) -> Any:
        return functional.avg_pool2d(functional.relu(x), size, stride)

    def smallest(x: Any, size: Pair, stride: Pair) -> Any:
        return -functional.max_pool2d(-functional.relu(x), size, stride)

    slips = [
        Slip(
            "You went back through the pooling and stopped before the ReLU: where it gave 0, what is its slope?",
            lambda x, g, k, s: _back(x, g, k, s, functional.max_pool2d),
        ),
        Slip(
            "Every pixel of a window gets a part: that is the way back through an average. Who moves a maximum?",
            lambda x, g, k, s: _back(x, g, k, s, averaged),
        ),
        Slip(
            "A pixel that wins in several windows keeps one of its gradients only: are they not added?",
            _last_window_wins,
        ),
        Slip(
            "The gradient was multiplied by the pixel's own value. "
            "If the pixel rises by a little, by how much does the maximum?",
            lambda answers, arriving, size, stride: _back(answers, arriving, size, stride) * answers,
        ),
        Slip(
            "You marked the winners and forgot what arrives.",
            lambda answers, arriving, size, stride: _back(answers, np.ones_like(arriving), size, stride),
        ),
        Slip(
            "Negative gradients were cut. "
            "ReLU's slope depends on the number that went in, not on the gradient that comes back.",
            lambda answers, arriving, size, stride: _back(answers, np.maximum(arriving, 0), size, stride),
        ),
        Slip(
            "The pooled value went back to its place. It is the gradient that travels.",
            lambda answers, arriving, size, stride: np.where(
                _back(answers, np.ones_like(arriving), size, stride) > 0, answers, 0
            ),
        ),
        Slip(
            "The smallest pixel of each window was blamed.",
            lambda x, g, k, s: _back(x, g, k, s, smallest),
        ),
    ]
    return compare(cases, answers, _back, what="the gradient", slips=slips)
