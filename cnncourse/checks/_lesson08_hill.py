"""Judges of lesson 08, first part: one step uphill by hand, and the top of a hill compared with photographs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare
from cnncourse.checks._parts import Part, compare_parts, draw_parts_apart

__all__ = ["best_cases", "judge_best", "judge_step", "step_cases"]

Array = NDArray[np.float64]


# --- one step ---------------------------------------------------------------------------------------------------------

# Four weights whose squares add up to 6 · 4, 6 · 9 or 6 · 25: on six pixels the root mean square is whole, and not 1.
WEIGHTS = ((4, 2, 2, 0), (5, 4, 3, 2), (10, 5, 4, 3), (8, 7, 6, 1), (9, 8, 2, 1))


class Step(NamedTuple):
    """A way to take a step; as it stands, the right one."""

    bent: bool = True  # the ReLU switches off the place where the filter answers below 0
    other: bool = False  # and the wrong one of the two is switched off
    turned: bool = False
    scale: Callable[[Array], float] = lambda slope: float(np.sqrt(np.mean(slope**2)))
    direction: int = 1
    added: bool = True
    clipped: bool = True


def _stepped(picture: Array, weights: Array, strength: float, *, way: Step | None = None) -> Array:
    """Take a step, place by place."""
    way = way or Step()
    slope = np.zeros(picture.shape)
    for left in (0, 1):
        answer = (picture[:, left : left + 2] * weights).sum()
        if not way.bent or bool(answer > 0) != way.other:
            slope[:, left : left + 2] += weights[::-1, ::-1] if way.turned else weights
    step = way.direction * strength * slope / way.scale(slope)
    after = picture + step if way.added else step
    return np.clip(after, 0, 1) if way.clipped else after


def _by_torch(picture: Array, weights: Array, strength: float) -> Array:
    """Ask PyTorch for the gradient."""
    import torch
    from torch.nn import functional

    pixels = torch.tensor(picture[None, None], requires_grad=True)
    functional.relu(functional.conv2d(pixels, torch.tensor(weights[None, None]))).sum().backward()
    assert pixels.grad is not None
    slope = pixels.grad[0, 0].numpy()
    return np.asarray(np.clip(picture + strength * slope / np.sqrt((slope**2).mean()), 0, 1))


def _step(**changes: Any) -> Callable[..., Array]:
    return lambda **given: _stepped(**given, way=Step(**changes))


STEP_SLIPS = (
    Slip("Both places of the map pull at the picture in your step. What does the ReLU do with an answer below 0?",
         _step(bent=False)),
    Slip("Your step follows the place that is switched off, and leaves the one that is awake.", _step(other=True)),
    Slip("That is downhill, as in training. Here the answer shall grow.", _step(direction=-1)),
    Slip("You divided by the length of the gradient. The root mean square is a mean over pixels.",
         _step(scale=lambda slope: float(np.sqrt((slope**2).sum())))),
    Slip("Your mean of squares leaves out the pixels that stay. They count, too: how many pixels has the picture?",
         _step(scale=lambda slope: float(np.sqrt((slope**2).sum() / 4)))),
    Slip("You divided by the mean size of the slopes: the lesson takes the root of the mean of their squares.",
         _step(scale=lambda slope: float(np.abs(slope).mean()))),
    Slip("You divided by the mean of the squares, and not by its root.",
         _step(scale=lambda slope: float((slope**2).mean()))),
    Slip("You divided by the largest slope.", _step(scale=lambda slope: float(np.abs(slope).max()))),
    Slip("You took the gradient as long as it is. To what length does the lesson bring it first?",
         _step(scale=lambda slope: 1.0)),
    Slip("A pixel has left the range of brightness: nothing is brighter than white or darker than black.",
         _step(clipped=False)),
    Slip("That is the step alone, cut off to brightnesses. Where does the picture stand after it?", _step(added=False)),
    Slip("That is the step alone. Where does the picture stand after it?", _step(added=False, clipped=False)),
    Slip("The weights are turned by half a circle. Lay the filter on as it stands.", _step(turned=True)),
)  # fmt: skip


def step_cases(rng: np.random.Generator) -> list[Case]:
    """Draw a picture, on one place of which the filter answers above 0, and on the other one below."""
    return draw_apart(rng, _draw_step, _by_torch, STEP_SLIPS)


def _draw_step(rng: np.random.Generator) -> list[Case]:
    while True:
        sizes = rng.permutation(WEIGHTS[rng.integers(len(WEIGHTS))]).reshape(2, 2)
        weights = sizes * rng.choice([-1.0, 1.0], (2, 2))
        picture = rng.integers(1, 10, (2, 3)) / 10
        answers = [(picture[:, left : left + 2] * weights).sum() for left in (0, 1)]
        strength = float(rng.choice([0.1, 0.2]))
        if min(answers) > -0.25 or max(answers) < 0.25:
            continue
        free = _stepped(picture, weights, strength, way=Step(clipped=False))
        if ((free > 1.02) | (free < -0.02)).sum() == 1:
            return [Case(keywords={"picture": picture, "weights": weights, "strength": strength})]


def judge_step(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with PyTorch's gradient; paper may round to three places."""
    return compare(cases, answers, _by_torch, what="the picture after the step", slips=STEP_SLIPS, tolerance=1e-3)


# --- the best picture -------------------------------------------------------------------------------------------------

Found = tuple[Array, tuple[int, int, int], float]


def _answers(weights: Array, bias: float, photographs: Array) -> Array:
    """Return what the unit answers at each place, before its ReLU: shape (photographs, rows, columns)."""
    windows = sliding_window_view(photographs, weights.shape, axis=(1, 2))
    return np.asarray((windows * weights).sum(axis=(3, 4)) + bias)


def _place(answers: Array, at: np.signedinteger[Any]) -> tuple[int, int, int]:
    photograph, row, column = (int(one) for one in np.unravel_index(at, answers.shape))
    return photograph, row, column


def _best(weights: Array, bias: float, photographs: Array) -> Found:
    from scipy.optimize import linprog

    answers = _answers(weights, bias, photographs)
    top = linprog(-weights.ravel(), bounds=(0, 1))  # the highest point of all pictures there are
    return top.x.reshape(weights.shape), _place(answers, answers.argmax()), (bias - top.fun) / answers.max()


def _top(weights: Array) -> float:
    return float(weights[weights > 0].sum())


def _best_place(weights: Array, bias: float, photographs: Array) -> tuple[int, int, int]:
    answers = _answers(weights, bias, photographs)
    return _place(answers, answers.argmax())


MADE_SLIPS = (
    Slip("Black and white have changed places: which pixels speak for the unit?",
         lambda weights, **_: (weights < 0) * 1.0),
    Slip("A white picture: do all pixels speak for the unit?", lambda weights, **_: np.ones(weights.shape)),
    Slip("Those are signs. Brightness goes from 0 to 1.", lambda weights, **_: np.sign(weights)),
    Slip("You painted the weights as greys. With pixels between black and white there is still room uphill.",
         lambda weights, **_: (weights - weights.min()) / np.ptp(weights)),
    Slip("You painted the weights as greys. With every other pixel there is still room uphill.",
         lambda weights, **_: np.maximum(weights, 0) / weights.max()),
    Slip("The picture is turned by half a circle.", lambda weights, **_: (weights[::-1, ::-1] > 0) * 1.0),
    Slip("Those are the weights. Brightness goes from 0 to 1.", lambda weights, **_: weights),
)  # fmt: skip
PLACE_SLIPS = (
    Slip("That window gets the lowest answer.",
         lambda weights, bias, photographs: _place(_answers(weights, bias, photographs),
                                                   _answers(weights, bias, photographs).argmin())),
    Slip("That is the brightest window. What do the pixels count for that speak against?",
         lambda weights, bias, photographs: _place(_answers(np.ones(weights.shape), 0, photographs),
                                                   _answers(np.ones(weights.shape), 0, photographs).argmax())),
    Slip("The weights are turned by half a circle, as in a convolution of mathematicians.",
         lambda weights, bias, photographs: _place(_answers(weights[::-1, ::-1], 0, photographs),
                                                   _answers(weights[::-1, ::-1], 0, photographs).argmax())),
    Slip("You count from 1; here the first photograph, row and column are 0.",
         lambda **given: tuple(one + 1 for one in _best_place(**given))),
    Slip("Row and column have changed places.", lambda **given: tuple(_best_place(**given)[one] for one in (0, 2, 1))),
)  # fmt: skip
FACTOR_SLIPS = (
    Slip("The bias is missing, above and below.",
         lambda weights, bias, photographs: _top(weights) / _answers(weights, 0, photographs).max()),
    Slip("The bias is missing in the answer to the made picture.",
         lambda weights, bias, photographs: _top(weights) / _answers(weights, bias, photographs).max()),
    Slip("The bias is missing in the answer to the photograph.",
         lambda weights, bias, photographs: (_top(weights) + bias) / _answers(weights, 0, photographs).max()),
    Slip("Upside down: the made picture's answer as a multiple of the photograph's is wanted.",
         lambda weights, bias, photographs: _answers(weights, bias, photographs).max() / (_top(weights) + bias)),
    Slip("That is the difference of the two answers. How many times as high is one?",
         lambda weights, bias, photographs: _top(weights) + bias - _answers(weights, bias, photographs).max()),
    Slip("That is the made picture's answer. Divide it by the best photograph's.",
         lambda weights, bias, photographs: _top(weights) + bias),
    Slip("You compared with the first photograph alone.",
         lambda weights, bias, photographs: (_top(weights) + bias) / _answers(weights, bias, photographs[:1]).max()),
    Slip("A white picture is not what the unit answers to most, so its answer is not the highest.",
         lambda weights, bias, photographs: (weights.sum() + bias) / _answers(weights, bias, photographs).max()),
)  # fmt: skip
BEST_PARTS = (
    Part("the made picture", 0.35, MADE_SLIPS),
    Part("the place of the best window", 0.3, PLACE_SLIPS),
    Part("the factor", 0.35, FACTOR_SLIPS),
)


def best_cases(rng: np.random.Generator) -> list[Case]:
    """Draw a unit with a bias, and three photographs of which one has a single best window."""
    return draw_parts_apart(rng, _draw_best, _best, BEST_PARTS)


def _draw_best(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        weights = rng.integers(1, 6, (2, 3)) * rng.choice([-1.0, 1.0], (2, 3))
        bias = -float(rng.integers(1, 4)) / 2
        photographs = rng.integers(0, 11, (3, 3, 4)) / 10
        answers = _answers(weights, bias, photographs)
        bright = np.sort(_answers(np.ones((2, 3)), 0, photographs), axis=None)
        lowest, *_, second, best = np.sort(answers, axis=None)
        single = min(best - second, bright[-1] - bright[-2], np.sort(answers, axis=None)[1] - lowest) > 0.05
        several = 2 <= (weights > 0).sum() <= 4
        if several and single and answers[0].max() > 0.1 and 0.4 < best < (_top(weights) + bias) / 1.3:
            return {"weights": weights, "bias": bias, "photographs": photographs}


def judge_best(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with the optimum that SciPy finds, and with all windows."""
    return compare_parts(
        cases, answers, lambda **given: tuple(_best(**given)), BEST_PARTS, what="picture, place and factor"
    )
