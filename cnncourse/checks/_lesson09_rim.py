"""Judges of lesson 09 on two formulas: the smallest change that turns an answer, and a norm that is folded away."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare
from cnncourse.checks._parts import Part, compare_parts

__all__ = ["judge_rim", "judge_smallest", "rim_cases", "smallest_cases"]

Array = NDArray[np.float64]

# --- the smallest change ----------------------------------------------------------------------------------------------


def _pulls(picture: Array, weights: Array, bias: Array) -> tuple[Array, Array, Array]:
    """Return the scores, and for each class but the winner how far behind it is and what each pixel changes."""
    flat = weights.reshape(len(weights), -1)
    scores = flat @ picture.ravel() + bias
    first = scores.argmax()
    others = np.delete(np.arange(len(scores)), first)
    return scores, scores[first] - scores[others], flat[others] - flat[first]


def _smallest(picture: Array, weights: Array, bias: Array) -> float:
    """Ask SciPy's linear programme: the smallest bound on all pixels, for each other class."""
    _, behind, pulls = _pulls(picture, weights, bias)
    return min(_bound(picture.ravel(), gap, pull) for gap, pull in zip(behind, pulls, strict=True))


def _bound(pixels: Array, gap: float, pull: Array) -> float:
    from scipy.optimize import linprog

    count = len(pixels)
    size = np.ones((count, 1))
    rows = np.vstack([
        np.append(-pull, 0.0),
        np.hstack([np.eye(count), -size]),
        np.hstack([-np.eye(count), -size]),
    ])  # fmt: skip
    limits = np.concatenate([[-gap], np.zeros(2 * count)])
    bounds = [(-pixel, 1 - pixel) for pixel in pixels] + [(0, None)]
    found = linprog(np.append(np.zeros(count), 1.0), A_ub=rows, b_ub=limits, bounds=bounds)
    return float(found.fun) if found.status == 0 else np.inf


def _reach(pixels: Array, gap: float, pull: Array) -> float:
    """Find the same by adding up pixel by pixel, in the order in which they come to black or white."""
    room = np.where(pull > 0, 1 - pixels, pixels)
    order = np.argsort(room)
    room, pull = room[order], np.abs(pull[order])
    still = pull.sum() - np.concatenate([[0], np.cumsum(pull)])  # what moves on when so many have come to the end
    stuck = np.concatenate([[0], np.cumsum(pull * room)])
    gained = stuck[:-1] + still[:-1] * room
    if gained[-1] < gap:
        return np.inf
    first = int((gained >= gap).argmax())
    return float((gap - stuck[first]) / still[first])


def _reaches(picture: Array, weights: Array, bias: Array) -> Array:
    _, behind, pulls = _pulls(picture, weights, bias)
    return np.array([_reach(picture.ravel(), gap, pull) for gap, pull in zip(behind, pulls, strict=True)])


def _to_runner_up(picture: Array, weights: Array, bias: Array) -> float:
    return float(_reaches(picture, weights, bias)[_pulls(picture, weights, bias)[1].argmin()])


def _unbounded(order: float, *, second: bool = False) -> Callable[..., float]:
    """Return the distance to the border in some norm, where brightness has no range; of the second in rank, or any."""

    def gives(picture: Array, weights: Array, bias: Array) -> float:
        _, behind, pulls = _pulls(picture, weights, bias)
        distances = behind / np.linalg.norm(pulls, order, axis=1)
        return float(distances[behind.argmin()] if second else distances.min())

    return gives


def _own_slope(picture: Array, weights: Array, bias: Array) -> float:
    """Walk along the signs of the winner's own slope alone, within the range of brightness."""
    flat = weights.reshape(len(weights), -1)
    first = (flat @ picture.ravel() + bias).argmax()
    sizes = np.linspace(0, 1, 20_001)
    walked = np.clip(picture.ravel() - sizes[:, None] * np.sign(flat[first]), 0, 1)  # (sizes, pixels)
    scores = walked @ flat.T + bias
    turned = np.delete(scores, first, axis=1).max(axis=1) >= scores[:, first]
    return float(sizes[turned.argmax()]) if turned.any() else np.inf


SMALLEST_SLIPS = (
    Slip("Your change paints some pixels darker than black or brighter than white. What happens at the ends of the "
         "range?", _unbounded(1)),
    Slip("You went towards the class that comes second. Is the second in rank the nearest, too?", _to_runner_up),
    Slip("You went to the second class, and beyond black and white.",
         _unbounded(1, second=True)),
    Slip("That is a distance in a straight line. Here each pixel may change by as much as any other: what do all of "
         "them add up to?", _unbounded(2)),
    Slip("You made the winner's own score fall. Another one may rise at the same time: which slope counts?",
         _own_slope),
    Slip("Half of the way is not enough: the winner does not come to meet the other by itself.",
         lambda *case: _reaches(*case).min() / 2),
    Slip("You changed one pixel only, the best. All of them may change at the same time.", _unbounded(np.inf)),
    Slip("That is in steps of 255. Brightness goes from 0 to 1 here.", lambda *case: 255 * _reaches(*case).min()),
    Slip("That is the lead of the winner. How far must pixels move to use it up?",
         lambda *case: _pulls(*case)[1].min()),
    Slip("That is the class that takes longest. One is enough.",
         lambda *case: _reaches(*case).max()),
)  # fmt: skip


def smallest_cases(rng: np.random.Generator) -> list[Case]:
    """Draw pictures with much black and white, where the second in rank is not the nearest."""
    return draw_apart(rng, _draw_smallest, lambda *case: _reaches(*case).min(), SMALLEST_SLIPS)


def _draw_smallest(rng: np.random.Generator) -> list[Case]:
    shapes = [(1, 2, 2, "two pixels, two classes"), (3, 4, 3, "three classes"), (6, 5, 4, "four classes")]
    return [_lit(rng, *shape) for shape in shapes]


def _lit(rng: np.random.Generator, rows: int, columns: int, classes: int, note: str) -> Case:
    while True:  # until the answer lies well inside the range, and the ends of the range matter
        weights = rng.normal(size=(classes, rows, columns)) * rng.uniform(0.4, 2, (classes, 1, 1))
        picture = np.clip(np.round(rng.uniform(-0.6, 1.6, (rows, columns)), 2), 0, 1)
        bias = rng.normal(0, 0.5, classes)
        smallest = _reaches(picture, weights, bias).min()
        if 0.05 < smallest < 0.9 and _unbounded(1)(picture, weights, bias) < 0.9 * smallest:
            return Case((picture, weights, bias), note=note)


def judge_smallest(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with a linear programme; a search may stop at four places."""
    return compare(cases, answers, _smallest, what="the smallest change", slips=SMALLEST_SLIPS, tolerance=1e-4)


# --- the rim ----------------------------------------------------------------------------------------------------------

Fold = tuple[Array, Array, Array]


def _normed(pictures: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: float) -> Any:
    """Ask PyTorch for the batch norm in evaluation mode, shape (pictures, channels, rows, columns)."""
    import torch
    from torch.nn import functional

    maps, kept, spread, gain, shift = (torch.tensor(one) for one in (pictures, mean, variance, gamma, beta))
    return functional.batch_norm(maps, kept, spread, gain, shift, training=False, eps=eps)


def _folded(weights: Array, bias: Array, **norm: Any) -> Fold:
    """Measure: the answer to a black window, and what each pixel of it changes; where the norm gives 0."""
    import torch
    from torch.nn import functional

    kernel, shift = torch.tensor(weights), torch.tensor(bias)
    count = weights[0].size
    windows = np.concatenate([np.zeros((1, count)), np.eye(count)]).reshape(-1, *weights.shape[1:])
    answers = functional.conv2d(_normed(windows, **norm), kernel, shift)[:, :, 0, 0].numpy()  # (windows, outputs)
    ends = np.stack([np.zeros(weights.shape[1]), np.ones(weights.shape[1])])[:, :, None, None]
    low, high = _normed(ends, **norm)[:, :, 0, 0].numpy()
    return (answers[1:] - answers[0]).T.reshape(weights.shape), answers[0], low / (low - high)


def _right(weights: Array, bias: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: float) -> Fold:
    norm = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance, "eps": eps}
    return _folded(weights, bias, **norm)


def _way(
    part: int,
    *,
    spread: Callable[[Array, float], Array] = lambda variance, eps: np.sqrt(variance + eps),
    gain: Callable[[Array], Array] = lambda gamma: gamma,
    offset: Callable[[Array, Array, Array], Array] = lambda beta, mean, slope: beta - mean * slope,
    axis: int = 1,
    centre: bool = False,
    rim: Callable[[Array, Array, Array], Array] = lambda mean, slope, shift: -shift / slope,
) -> Callable[..., Array]:
    """Fold by hand, one thing otherwise; return one part."""

    def gives(
        weights: Array, bias: Array, gamma: Array, beta: Array, mean: Array, variance: Array, eps: float
    ) -> Array:
        slope = gain(gamma) / spread(variance, eps)
        shift = offset(beta, mean, slope)
        turned = np.moveaxis(slope[:, None, None, None], 0, axis)
        middle = weights[:, :, weights.shape[2] // 2, weights.shape[3] // 2]
        added = (middle if centre else weights.sum(axis=(2, 3))) @ shift
        return (weights * turned, bias + added, rim(mean, slope, shift))[part]

    return gives


WEIGHT_SLIPS = (
    Slip("You scaled by the output's channel. Whose channels does the norm see, if it stands before the convolution?",
         _way(0, axis=0)),
    Slip("`eps` is missing in the weights.", _way(0, spread=lambda variance, eps: np.sqrt(variance))),
    Slip("`eps` is added to the root. It belongs beside the variance, under it.",
         _way(0, spread=lambda variance, eps: np.sqrt(variance) + eps)),
    Slip("The weights are divided by the variance and not by its root.", _way(0, spread=lambda v, eps: v + eps)),
    Slip("`gamma` is missing in the weights.", _way(0, gain=np.ones_like)),
    Slip("The weights are multiplied by the spread. Which way does a norm go?",
         _way(0, spread=lambda v, eps: 1 / np.sqrt(v + eps))),
    Slip("Those are the weights of before.", lambda weights, *_: weights),
)  # fmt: skip
BIAS_SLIPS = (
    Slip("The bias is that of before. What does the norm add, and how often does a kernel meet it?",
         lambda weights, bias, *_: bias),
    Slip("What the norm adds arrives at every tap of the kernel, and not in the middle alone.", _way(1, centre=True)),
    Slip("`beta` is missing in the bias.", _way(1, offset=lambda beta, mean, slope: -mean * slope)),
    Slip("The mean is missing in the bias.", _way(1, offset=lambda beta, mean, slope: beta)),
    Slip("The mean goes into the bias as it is. By what does the norm multiply it first?",
         _way(1, offset=lambda beta, mean, slope: beta - mean)),
    Slip("The mean has the wrong sign in the bias.", _way(1, offset=lambda beta, mean, slope: beta + mean * slope)),
    Slip("`eps` is missing in the bias.", _way(1, spread=lambda variance, eps: np.sqrt(variance))),
    Slip("`eps` is added to the root, in the bias.", _way(1, spread=lambda variance, eps: np.sqrt(variance) + eps)),
    Slip("In the bias you divided by the variance and not by its root.", _way(1, spread=lambda v, eps: v + eps)),
    Slip("Its own bias has got lost.", lambda *case: _right(*case)[1] - case[1]),
    Slip("You folded the norm that stands behind a convolution. Here it stands before.",
         lambda weights, bias, gamma, beta, mean, variance, eps: beta
         + (bias - mean) * gamma / np.sqrt(variance + eps)),
)  # fmt: skip
RIM_SLIPS = (
    Slip("A rim of 0: behind the norm it was 0. What was it before?", lambda weights, *_: np.zeros(weights.shape[1])),
    Slip("With the mean as rim, the norm gives `beta` there. It should give 0.", _way(2, rim=lambda m, s, b: m)),
    Slip("That is what the norm makes of a 0. Wanted is what it makes a 0 of.", _way(2, rim=lambda m, s, b: b)),
    Slip("Not yet divided by the norm's slope.", _way(2, rim=lambda m, s, b: -b)),
    Slip("The sign is turned round.", _way(2, rim=lambda m, s, b: b / s)),
    Slip("`eps` is missing in the rim.", _way(2, spread=lambda variance, eps: np.sqrt(variance))),
    Slip("`eps` is added to the root, in the rim.", _way(2, spread=lambda variance, eps: np.sqrt(variance) + eps)),
    Slip("`gamma` is missing in the rim.", _way(2, gain=np.ones_like)),
    Slip("For the rim you divided by the variance and not by its root.", _way(2, spread=lambda v, eps: v + eps)),
)  # fmt: skip
RIM_PARTS = (
    Part("the folded kernel", 0.35, WEIGHT_SLIPS),
    Part("the folded bias", 0.3, BIAS_SLIPS),
    Part("the rim", 0.35, RIM_SLIPS),
)


def rim_cases(rng: np.random.Generator) -> list[Case]:
    """Draw kernels that are not square and have as many outputs as inputs, and norms of both signs."""

    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = (1, 1, 3, "one channel, a row of three"), (2, 3, 1, "two channels"), (4, 3, 5, "four channels")
        return [_normal(rng, *size) for size in sizes]

    for place, part in enumerate(RIM_PARTS):
        draw = functools.partial(_draw_rim, draw=draw, place=place, slips=part.slips)
    return draw(rng)


def _draw_rim(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], list[Case]], place: int, slips: Sequence[Slip]
) -> list[Case]:
    return draw_apart(rng, draw, lambda *case: _right(*case)[place], slips)


def _normal(rng: np.random.Generator, channels: int, rows: int, columns: int, note: str) -> Case:
    gamma = rng.uniform(0.5, 2, channels) * rng.choice([-1, 1], channels)
    beta, mean = rng.uniform(0.3, 1.5, (2, channels)) * rng.choice([-1, 1], (2, channels))
    variance, eps = rng.uniform(0.3, 3, channels), float(rng.choice([0.05, 0.1, 0.2]))
    weights, bias = rng.normal(size=(channels, channels, rows, columns)), rng.normal(size=channels)
    return Case((weights, bias, gamma, beta, mean, variance, eps), note=note)


def judge_rim(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with what PyTorch's norm and convolution answer to single pixels."""
    return compare_parts(cases, answers, _right, RIM_PARTS, what="kernel, bias and rim")
