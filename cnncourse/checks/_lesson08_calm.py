"""Judges of lesson 08, second part: the price of roughness, and gradients that are told apart by a measure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip
from cnncourse.checks._parts import Part, compare_parts

__all__ = ["gradient_cases", "judge_gradients", "judge_price", "price_cases"]

Array = NDArray[np.float64]

# --- price ------------------------------------------------------------------------------------------------------------


def price_cases(rng: np.random.Generator) -> list[Case]:
    """Draw pictures with steps that are smaller than `flat`, and with others that are larger."""
    shapes: list[tuple[tuple[int, int, int], float, str]] = [
        ((1, 3, 1), 0.2, "a row of three grey pixels"),
        ((3, 4, 1), 0.25, "a small grey picture"),
        ((4, 3, 2), 0.3, "two channels"),
        ((5, 7, 3), 0.35, "a colour picture"),
    ]
    return [Case((_rough(rng, shape, flat), flat), note=note) for shape, flat, note in shapes]


def _rough(rng: np.random.Generator, shape: tuple[int, int, int], flat: float) -> Array:
    while True:
        picture = np.round(rng.uniform(0.02, 0.98, shape), 2)
        sizes = np.abs(np.diff(picture, axis=1))
        if (sizes < 0.7 * flat).any() and (sizes > 1.3 * flat).any() and sizes.min() > 0.01:
            return picture


def _price(picture: Array, flat: float) -> tuple[float, Array]:
    """Ask PyTorch: its Huber loss of the differences, and the gradient."""
    import torch
    from torch.nn import functional

    pixels = torch.tensor(picture, requires_grad=True)
    pairs = torch.cat([pixels.diff(dim=0).flatten(), pixels.diff(dim=1).flatten()])
    total = functional.huber_loss(pairs, torch.zeros_like(pairs), delta=flat, reduction="sum") / flat
    total.backward()
    assert pixels.grad is not None
    return float(total.detach()), pixels.grad.numpy()


def _cost(size: Array, flat: float) -> Array:
    return np.where(size < flat, size**2 / (2 * flat), size - flat / 2)


def _over(
    pairs: Callable[[Array], Sequence[Array]], cost: Callable[[Array, float], Array] = _cost
) -> Callable[..., Any]:
    """Add up another cost, or that of other pairs."""
    return lambda picture, flat: float(sum(cost(np.abs(one), flat).sum() for one in pairs(picture)))


def _neighbours(picture: Array) -> list[Array]:
    return [np.diff(picture, axis=0), np.diff(picture, axis=1)]


def _round(picture: Array) -> list[Array]:
    return [np.roll(picture, -1, axis) - picture for axis in (0, 1)]


def _mean(picture: Array, flat: float) -> float:
    return float(_price(picture, flat)[0] / sum(one.size for one in _neighbours(picture)))


def _slopes(pull: Callable[[Array, float], Array], *, axes: Sequence[int] = (0, 1), arrives: bool = True) -> Any:
    """Send the pull of each pair to both of its pixels, or to one."""

    def gives(picture: Array, flat: float) -> Array:
        slope = np.zeros(picture.shape)
        for axis in axes:
            force = pull(np.diff(picture, axis=axis), flat)
            first, second = [slice(None)] * 3, [slice(None)] * 3
            first[axis], second[axis] = slice(None, -1), slice(1, None)
            slope[tuple(first)] -= force
            if arrives:
                slope[tuple(second)] += force
        return slope

    return gives


def _pull(step: Array, flat: float) -> Array:
    return np.clip(step / flat, -1, 1)


def _pulled_round(picture: Array, flat: float) -> Array:
    pulls = [(_pull(np.roll(picture, -1, axis) - picture, flat), axis) for axis in (0, 1)]
    return np.asarray(sum(np.roll(pull, 1, axis) - pull for pull, axis in pulls))


PRICE_SLIPS = (
    Slip("All steps cost their size in your sum, the small ones too.", _over(_neighbours, lambda size, flat: size)),
    Slip("All steps cost their square in your sum, the large ones too.",
         _over(_neighbours, lambda size, flat: size**2 / (2 * flat))),
    Slip("The price jumps where a small step turns into a large one: what is taken off the large ones?",
         _over(_neighbours, lambda size, flat: np.where(size < flat, size**2 / (2 * flat), size))),
    Slip("Your sum looks to the right alone. Which other neighbour has a pixel?",
         _over(lambda picture: [np.diff(picture, axis=1)])),
    Slip("Your sum looks downwards alone. Which other neighbour has a pixel?",
         _over(lambda picture: [np.diff(picture, axis=0)])),
    Slip("The last pixel of a row or column is no neighbour of the first: your picture goes round.", _over(_round)),
    Slip("Each pair is counted twice in your sum.", lambda *given: 2 * _price(*given)[0]),
    Slip("That is a mean. The price is a sum over all pairs.", _mean),
    Slip("Red and green of one pixel are no neighbours: compare within a channel.",
         _over(lambda picture: [*_neighbours(picture), np.diff(picture, axis=2)])),
)  # fmt: skip
SLOPE_SLIPS = (
    Slip("Your slopes have the wrong sign: does the price rise or fall if a bright pixel gets brighter still?",
         lambda *given: -_price(*given)[1]),
    Slip("Every pair pulls with the same strength in your slopes. What is the slope of a small step's price?",
         _slopes(lambda step, flat: np.sign(step))),
    Slip("Large steps pull harder in your slopes than their price rises.", _slopes(lambda step, flat: step / flat)),
    Slip("A small step pulls as its size does in your slopes. Divide by what?",
         _slopes(lambda step, flat: np.where(np.abs(step) < flat, step, np.sign(step)))),
    Slip("Each pair pulls at one of its two pixels alone in your slopes.", _slopes(_pull, arrives=False)),
    Slip("Your slopes look to the right alone.", _slopes(_pull, axes=(1,))),
    Slip("Your slopes look downwards alone.", _slopes(_pull, axes=(0,))),
    Slip("In your slopes the last pixel pulls at the first, all round the picture.", _pulled_round),
)  # fmt: skip


def judge_price(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with PyTorch's Huber loss and its gradient."""
    parts = [Part("the price", 0.4, PRICE_SLIPS), Part("the slope of the price", 0.6, SLOPE_SLIPS)]
    return compare_parts(cases, answers, _price, parts, what="price and slope")


# --- whose gradient? --------------------------------------------------------------------------------------------------

PHOTOGRAPHS = ("chelsea", "coffee", "rocket", "astronaut")
LOUD, EVEN = (10.0, 0.01, 6.0, 0.03), (1.0, 0.4, 0.6, 1.5)  # lengths that tell nothing about whose a gradient is


def gradient_cases(rng: np.random.Generator) -> list[Case]:
    """Draw two gradients made up, and more of both networks, each scaled by a number of its own."""
    made = np.round(rng.uniform(1, 1.5, (2, 1, 2, 3)), 1)
    made[0, 0] *= [[1, -1, 1], [-1, 1, -1]]  # short, with steps that are large
    made[1] += 2
    order = rng.permutation(2)
    cases = [Case((made[order],), note="two small ones, made up")]
    for count, size, note in ((4, (24, 32), "four of photographs that are wide"), (8, (32, 24), "eight")):
        cases.append(Case((_mixed(rng, count, size),), note=note))
    return cases


def _mixed(rng: np.random.Generator, count: int, size: tuple[int, int]) -> Array:
    """Return gradients of both networks by turns, in an order that tells nothing."""
    import torch

    while True:
        pictures = torch.tensor(np.stack([_piece(rng, size) for _ in range(count)]), dtype=torch.float32)
        half = count // 2
        found = np.concatenate([_gradients(True, pictures[:half]), _gradients(False, pictures[half:])])
        found *= np.array([*LOUD[:half], *EVEN[:half]])[:, None, None, None] * rng.uniform(0.8, 1.2, (count, 1, 1, 1))
        likeness = _likeness(found)
        if likeness[:half].min() > likeness[half:].max() + 0.05:
            return np.asarray(found[_order(rng, count)])


def _order(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Shuffle so that neither half stands first."""
    while True:
        order = rng.permutation(count)
        if 0 < (order[: count // 2] < count // 2).sum() < count // 2:
            return order


def _piece(rng: np.random.Generator, size: tuple[int, int]) -> Array:
    """Cut a piece out of a photograph and shrink it to a size, by the means of blocks."""
    whole = _photograph(PHOTOGRAPHS[rng.integers(len(PHOTOGRAPHS))])
    factor = int(rng.integers(4, 7))
    high, wide = (factor * side for side in size)
    top, left = (int(rng.integers(length - side)) for length, side in zip(whole.shape, (high, wide), strict=False))
    piece = whole[top : top + high, left : left + wide].reshape(size[0], factor, size[1], factor, 3)
    return np.asarray(piece.mean(axis=(1, 3))).transpose(2, 0, 1)


@functools.cache
def _photograph(name: str) -> Array:
    from cnncourse.images import photograph

    return photograph(name, grey=False)


@functools.cache
def _network(robust: bool) -> Any:
    from cnncourse.weights import load_weights

    return load_weights("residual-robust" if robust else "residual-plain")


def _gradients(robust: bool, pictures: Any) -> Array:
    import torch

    pixels = pictures.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(_network(robust)(pixels).amax(dim=1).sum(), pixels)
    found = slopes.double().numpy()  # (n, 3, height, width)
    return np.asarray(found / np.sqrt((found**2).mean(axis=(1, 2, 3), keepdims=True)))


def _products(gradients: Array) -> Array:
    """Return the product of each pair of neighbours, shape (n, pairs)."""
    right = gradients[..., 1:] * gradients[..., :-1]
    below = gradients[..., 1:, :] * gradients[..., :-1, :]
    return np.concatenate([right.reshape(len(gradients), -1), below.reshape(len(gradients), -1)], axis=1)


def _squares(gradients: Array) -> Array:
    return np.asarray((gradients**2).mean(axis=(1, 2, 3)))


def _likeness(gradients: Array) -> Array:
    """Return the mean product of neighbours as a multiple of the mean square: 1 in an even field."""
    return np.asarray(_products(gradients).mean(axis=1) / _squares(gradients))


def _upper(measure: Array) -> NDArray[np.bool_]:
    return np.asarray(measure >= np.sort(measure)[len(measure) // 2])


def _told(gradients: Array) -> tuple[Array, NDArray[np.bool_]]:
    likeness = _likeness(gradients)
    return likeness, _upper(likeness)


def _steps(gradients: Array) -> Array:
    right, below = (np.abs(np.diff(gradients, axis=axis)).mean(axis=(1, 2, 3)) for axis in (3, 2))
    return np.asarray(right + below)


def _along(axis: int) -> Callable[[Array], Array]:
    def gives(gradients: Array) -> Array:
        ahead = np.swapaxes(gradients, axis, 3)
        return np.asarray((ahead[..., 1:] * ahead[..., :-1]).mean(axis=(1, 2, 3)) / _squares(gradients))

    return gives


def _going_round(gradients: Array) -> Array:
    pairs = [(gradients * np.roll(gradients, 1, axis)).mean(axis=(1, 2, 3)) for axis in (2, 3)]
    return np.asarray(np.mean(pairs, axis=0) / _squares(gradients))


LIKENESS_SLIPS = (
    Slip("Your likeness grows with the gradient: one twice as long is not more alike. What is missing?",
         lambda gradients: _products(gradients).mean(axis=1)),
    Slip("You divided two sums. There are not as many pairs as values: a mean over each is wanted.",
         lambda gradients: _products(gradients).sum(axis=1) / (gradients**2).sum(axis=(1, 2, 3))),
    Slip("Your likeness looks to the right alone.", _along(3)),
    Slip("Your likeness looks downwards alone.", _along(2)),
    Slip("The mean of two means: pairs to the right and pairs downwards are not equally many. Take all together.",
         lambda gradients: (_along(3)(gradients) + _along(2)(gradients)) / 2),
    Slip("The last value of a row or column is no neighbour of the first.", _going_round),
    Slip("The mean is taken off first in your likeness. In a gradient, 0 has a meaning of its own: keep it.",
         lambda gradients: _likeness(gradients - gradients.mean(axis=(1, 2, 3), keepdims=True))),
    Slip("The signs are lost: two neighbours of opposite signs are as unlike as can be.",
         lambda gradients: _likeness(np.abs(gradients))),
    Slip("You divided by the root of the mean square. Does your likeness change if a gradient is doubled?",
         lambda gradients: _products(gradients).mean(axis=1) / np.sqrt(_squares(gradients))),
)  # fmt: skip
WHOSE_SLIPS = (
    Slip("You chose the other half. Which network's gradient draws, and which one hisses?",
         lambda gradients: ~_told(gradients)[1]),
    Slip("You chose the longest gradients. They were scaled at random: length tells nothing.",
         lambda gradients: _upper(_squares(gradients))),
    Slip("You chose the shortest gradients. They were scaled at random: length tells nothing.",
         lambda gradients: _upper(-_squares(gradients))),
    Slip("You chose by the steps between neighbours as they are: a short gradient looks smooth by that.",
         lambda gradients: _upper(-_steps(gradients))),
    Slip("Neighbours are somewhat alike in nearly all gradients: 0 is no border. How many may you choose?",
         lambda gradients: _likeness(gradients) > 0),
    Slip("You chose the first half. The order tells nothing.",
         lambda gradients: np.arange(len(gradients)) < len(gradients) // 2),
)  # fmt: skip


def judge_gradients(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with means over all pairs; whose the gradients are was known when they were drawn, and agrees."""
    parts = [Part("the likeness", 0.6, LIKENESS_SLIPS), Part("the choice of the robust network's", 0.4, WHOSE_SLIPS)]
    return compare_parts(cases, answers, _told, parts, what="likeness and choice")
