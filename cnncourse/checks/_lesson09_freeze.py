"""The exercise of lesson 09 on a new task: how deep to freeze, by a linear layer that is fitted in one go."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip
from cnncourse.checks._parts import Part, compare_parts

__all__ = ["freeze_cases", "judge_freeze"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Depths = list[Array]


def _standard(features: Array, of: Array) -> Array:
    spread = of.std(axis=0)
    return np.asarray((features - of.mean(axis=0)) / np.where(spread > 0, spread, 1) * (spread > 0))


def _ones(features: Array) -> Array:
    return np.column_stack([features, np.ones(len(features))])


def _fitted(features: Array, labels: Labels, ridge: float) -> Array:
    """Fit a linear layer by least squares, with rows for the ridge: weights of shape (features, classes)."""
    from scipy.linalg import lstsq

    count = features.shape[1]
    rows = np.vstack([features, np.sqrt(ridge) * np.eye(count)])
    wanted = np.vstack([np.eye(labels.max() + 1)[labels], np.zeros((count, labels.max() + 1))])
    return np.asarray(lstsq(rows, wanted, lapack_driver="gelsy", check_finite=False)[0])


def _accuracies(
    depths: Depths, labels: Labels, new_depths: Depths, new_labels: Labels, ridge: float, *, way: str = ""
) -> Array:
    """Try a linear layer on each depth; `way` names a wrong way."""
    found = []
    for seen, new in zip(depths, new_depths, strict=True):
        of = {"all": np.concatenate([seen, new]), "new": new}.get(way, seen)
        here, there = _standard(seen, of), _standard(new, new if way == "each its own" else of)
        if way == "raw":
            here, there = seen, new
        if way != "no bias":
            here, there = _ones(here), _ones(there)
        scale = {"per picture": len(seen), "none": 1e-9}.get(way, 1.0)
        weights = _fitted(there, new_labels, ridge) if way == "cheat" else _fitted(here, labels, ridge * scale)
        tried, truth = (here, labels) if way == "seen" else (there, new_labels)
        if way == "asleep" and not seen.std(axis=0).all():
            weights = np.zeros_like(weights)  # nothing but NaN, of which `argmax` takes the first
        found.append(((tried @ weights).argmax(axis=1) == truth).mean())
    return np.array(found)


def _last_best(accuracies: Array) -> int:
    return int(np.flatnonzero(accuracies == accuracies.max())[-1])


def _learned(depths: Depths, labels: Labels, depth: int) -> int:
    return (depths[depth].shape[1] + 1) * int(labels.max() + 1)


def _freeze(
    depths: Depths, labels: Labels, new_depths: Depths, new_labels: Labels, ridge: float
) -> tuple[Array, int, int]:
    accuracies = _accuracies(depths, labels, new_depths, new_labels, ridge)
    depth = _last_best(accuracies)
    return accuracies, depth, _learned(depths, labels, depth)


def _wrongly(way: str) -> Callable[..., Array]:
    return functools.partial(_accuracies, way=way)


ACCURACY_SLIPS = (
    Slip("You judged by the very pictures that the layer was fitted to. With so few it may know them by heart.",
         _wrongly("seen")),
    Slip("The layer is fitted to the new pictures, and then judged by them.", _wrongly("cheat")),
    Slip("The new pictures took part in your mean and spread. Nobody knows them yet when the layer is fitted.",
         _wrongly("all")),
    Slip("You standardised both by the new pictures. Which ones are at hand when the layer is fitted?",
         _wrongly("new")),
    Slip("You standardised the new pictures by themselves. A feature of the same size should mean the same in both.",
         _wrongly("each its own")),
    Slip("Features of large numbers drown the others: they are not standardised.", _wrongly("raw")),
    Slip("The column of ones is missing: your classes cannot differ in how frequent they are.", _wrongly("no bias")),
    Slip("The ridge counts for each picture in your fit. Here it is added once.", _wrongly("per picture")),
    Slip("The ridge is missing: with fewer pictures than features, the weights are anything.", _wrongly("none")),
    Slip("A feature that never varies among the few was divided by its spread, and all scores of that depth are NaN.",
         _wrongly("asleep")),
    Slip("Those are errors.", lambda *case: 1 - _accuracies(*case)),
    Slip("Those are percent.", lambda *case: 100 * _accuracies(*case)),
    Slip("Those are counts. What share of the new pictures is that?",
         lambda *case: len(case[3]) * _accuracies(*case)),
)  # fmt: skip
DEPTH_SLIPS = (
    Slip("Of depths that are equally good you kept the shallowest. Which one leaves least to be computed anew when "
         "everything below is frozen?", lambda *case: int(_accuracies(*case).argmax())),
    Slip("The deepest is not always the best: a new task may want what the last layers have forgotten.",
         lambda *case: len(case[0]) - 1),
    Slip("You count from 1.", lambda *case: _freeze(*case)[1] + 1),
    Slip("That depth is the worst.", lambda *case: int(_accuracies(*case).argmin())),
    Slip("You chose by the accuracy on the few pictures that the layer was fitted to.",
         lambda *case: _last_best(_accuracies(*case, way="seen"))),
)  # fmt: skip
LEARNED_SLIPS = (
    Slip("The biases of the linear layer are trained as well.",
         lambda *case: case[0][_freeze(*case)[1]].shape[1] * int(case[1].max() + 1)),
    Slip("One bias for the whole layer? Each class has its own.",
         lambda *case: case[0][_freeze(*case)[1]].shape[1] * int(case[1].max() + 1) + 1),
    Slip("Those are the features. What does the linear layer hold for each of them?",
         lambda *case: case[0][_freeze(*case)[1]].shape[1]),
    Slip("You added up the layers of all depths. Only the chosen one is kept.",
         lambda *case: sum(_learned(case[0], case[1], depth) for depth in range(len(case[0])))),
)  # fmt: skip
FREEZE_PARTS = (
    Part("the row of accuracies", 0.6, ACCURACY_SLIPS),
    Part("the chosen depth", 0.25, DEPTH_SLIPS),
    Part("what is left to train", 0.15, LEARNED_SLIPS),
)


def freeze_cases(rng: np.random.Generator) -> list[Case]:
    """Draw features of several depths; one case has a tie, and one a feature that never varies."""
    return list(_drawn(int(rng.integers(2**62))))


@functools.lru_cache(maxsize=32)
def _drawn(seed: int) -> tuple[Case, ...]:
    def draw(rng: np.random.Generator) -> list[Case]:
        first = _described(rng, 3, 6, 60, (3, 4), (1.0, 1.6), "two depths, six pictures")
        tied = _described(rng, 3, 12, 150, (5, 4, 3), (0.7, 1.5, 0.5), "two depths that are equally good")
        for side in (0, 2):
            depths = tied.arguments[side]
            depths.insert(2, depths[1][:, [2, 0, 3, 1]])  # the same features in another order
        asleep = _described(rng, 4, 15, 300, (12, 30, 24), (0.6, 1.1, 0.8), "more features than pictures, one asleep")
        asleep.arguments[0][1][:, 4] = 0.0
        return [first, tied, asleep]

    for place, part in enumerate(FREEZE_PARTS):
        draw = functools.partial(_draw_freeze, draw=draw, place=place, slips=part.slips)
    return tuple(draw(np.random.default_rng(seed)))


def _draw_freeze(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], list[Case]], place: int, slips: Sequence[Slip]
) -> list[Case]:
    return draw_apart(rng, draw, lambda *case: _freeze(*case)[place], slips)


def _described(
    rng: np.random.Generator,
    classes: int,
    few: int,
    many: int,
    sizes: tuple[int, ...],
    clear: tuple[float, ...],
    note: str,
) -> Case:
    """Draw classes of unlike frequency, whose features differ in size and move a little from few to many."""
    often = np.arange(classes, 0, -1) / np.arange(classes + 1).sum()
    labels = np.concatenate([np.arange(classes), rng.choice(classes, few - classes, p=often)])
    new_labels = rng.choice(classes, many, p=often)
    depths, new_depths = [], []
    for size, clarity in zip(sizes, clear, strict=True):
        centres, scale = clarity * rng.normal(size=(classes, size)), np.exp(rng.normal(0, 1.5, size))
        moved = rng.normal(0, 0.4, size)
        depths.append((centres[labels] + rng.normal(size=(few, size))) * scale + 1)
        new_depths.append((centres[new_labels] + moved + rng.normal(size=(many, size))) * scale + 1)
    return Case((depths, labels, new_depths, new_labels, float(rng.choice([2.0, 3.0, 5.0]))), note=note)


def judge_freeze(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with SciPy's least squares."""
    return compare_parts(cases, answers, _freeze, FREEZE_PARTS, what="accuracies, depth and number")
