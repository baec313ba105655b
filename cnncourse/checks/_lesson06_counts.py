"""Exercises of lesson 06 on counting: a network in the manner of 1989, and how far confidence is from the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip
from cnncourse.checks._parts import Part, compare_parts

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Layers = list[tuple[Any, int, int]]  # a layer without bias, its units, and its maps

# --- in the manner of 1989 --------------------------------------------------------------------------------------------


def _layers(H1: Mapping[str, Any], H2: Mapping[str, Any], outputs: int) -> Layers:
    """Build the layers on PyTorch's meta device, with the number of their units and of their maps."""
    import torch
    from torch import nn

    places = [layer["units"][0] * layer["units"][1] for layer in (H1, H2)]
    with torch.device("meta"):
        return [
            (nn.Conv2d(1, H1["maps"], H1["looks_at"], bias=False), H1["maps"] * places[0], H1["maps"]),
            (nn.Conv2d(H2["sees"], H2["maps"], H2["looks_at"], bias=False), H2["maps"] * places[1], H2["maps"]),
            (nn.Linear(H2["maps"] * places[1], outputs, bias=False), outputs, outputs),
        ]


def _counts(H1: Mapping[str, Any], H2: Mapping[str, Any], outputs: int) -> tuple[int, int, int]:
    layers = _layers(H1, H2, outputs)
    learned = [layer.weight.numel() for layer, _, _ in layers]
    return (
        sum(learned) + sum(units for _, units, _ in layers),
        sum(units * (layer.weight[0].numel() + 1) for layer, units, _ in layers),
        sum(learned) + sum(maps for _, _, maps in layers),
    )


def _sum(count: Callable[[int, int, int], int], *, seen: str = "") -> Callable[..., int]:
    """Count each layer in another way: by inputs of a unit, units and maps; `seen` is "all" or "one" map of H1."""

    def gives(H1: Mapping[str, Any], H2: Mapping[str, Any], outputs: int) -> int:
        sees = {"all": H1["maps"], "one": 1, "": H2["sees"]}[seen]
        layers = _layers(H1, {**H2, "sees": sees}, outputs)
        return sum(count(layer.weight[0].numel(), units, maps) for layer, units, maps in layers)

    return gives


PARAMETER_SLIPS = (
    Slip(
        "You gave a map one bias, as one does today. Who has a bias of its own here?",
        _sum(lambda inputs, units, maps: maps * (inputs + 1)),
    ),
    Slip(
        "You gave each unit weights of its own. What do the units of a map share?",
        _sum(lambda inputs, units, maps: units * (inputs + 1)),
    ),
    Slip("The biases are missing.", _sum(lambda inputs, units, maps: maps * inputs)),
    Slip(
        "The biases of the outputs are missing.",
        _sum(lambda inputs, units, maps: maps * inputs + (units if units > maps else 0)),
    ),
    Slip(
        "A unit of H2 does not look at all maps of H1. At how many?",
        _sum(lambda inputs, units, maps: maps * inputs + units, seen="all"),
    ),
    Slip(
        "A unit of H2 looks at several maps of H1, with other weights in each.",
        _sum(lambda inputs, units, maps: maps * inputs + units, seen="one"),
    ),
    Slip(
        "Each connection got a bias. How many thresholds has a unit?",
        _sum(lambda inputs, units, maps: maps * inputs + units * inputs),
    ),
)
CONNECTION_SLIPS = (
    Slip(
        "Those are parameters. A weight that is shared makes a connection in every unit that uses it.",
        _sum(lambda inputs, units, maps: maps * inputs + units),
    ),
    Slip(
        "As the lesson counts, the bias is a connection of its unit, too.",
        _sum(lambda inputs, units, maps: units * inputs),
    ),
    Slip(
        "The outputs have biases, too, and a bias is a connection of its unit.",
        _sum(lambda inputs, units, maps: units * (inputs + (units > maps))),
    ),
    Slip(
        "A unit of H2 does not look at all maps of H1. At how many?",
        _sum(lambda inputs, units, maps: units * (inputs + 1), seen="all"),
    ),
    Slip(
        "A unit of H2 looks at several maps of H1.",
        _sum(lambda inputs, units, maps: units * (inputs + 1), seen="one"),
    ),
)
SHARED_SLIPS = (
    Slip(
        "That still has a bias for each unit.",
        _sum(lambda inputs, units, maps: maps * inputs + units),
    ),
    Slip(
        "The biases are gone altogether. Today each map has one.",
        _sum(lambda inputs, units, maps: maps * inputs),
    ),
    Slip(
        "The outputs' biases are gone. Today, too, each output has one.",
        _sum(lambda inputs, units, maps: maps * inputs + (maps if units > maps else 0)),
    ),
    Slip(
        "One bias for a whole layer is too few: each map, and each output, has one.",
        _sum(lambda inputs, units, maps: maps * inputs + 1),
    ),
)


def _old_cases(rng: np.random.Generator) -> list[Case]:
    tall, wide = ((3, 5), (5, 3))[:: int(rng.choice([-1, 1]))]
    rows, columns = int(rng.integers(3, 5)), int(rng.integers(5, 8))
    first, second = int(rng.integers(7, 12)), int(rng.integers(5, 15))
    small = {"maps": first, "units": (2 * rows, 2 * columns), "looks_at": tall}
    large = {"maps": second, "units": (rows, columns), "looks_at": wide, "sees": int(rng.integers(3, first - 1))}
    return [Case(keywords={"H1": small, "H2": large, "outputs": int(rng.integers(11, 27))})]


def _judge_old(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    parts = [
        Part("the number of parameters", 0.4, PARAMETER_SLIPS),
        Part("the number of connections", 0.4, CONNECTION_SLIPS),
        Part("the number of parameters with shared biases", 0.2, SHARED_SLIPS),
    ]
    return compare_parts(cases, answers, _counts, parts, what="the three counts")


OLD_COUNT = Exercise(
    name="06-old-count",
    title="Count in the manner of 1989",
    entry="counts",
    kind="value",
    objectives=(4,),
    points=2,
    level="practice",
    cases=_old_cases,
    judge=_judge_old,
    hints=(
        "Three numbers for each layer first: how many units, how many inputs has one of them, how many maps share?",
        "Parameters: a set of weights for each map, a bias for each unit. Connections: inputs and one for the bias, "
        "for each unit. In the last layer each unit is a map of its own.",
    ),
    personal=True,
    torch=True,
)

# --- promised and kept ------------------------------------------------------------------------------------------------


def _groups(confidence: Array, right: Array, groups: int) -> tuple[Array, Array]:
    order = np.argsort(confidence)
    return confidence[order].reshape(groups, -1), right[order].reshape(groups, -1)


def _gaps(probabilities: Array, labels: Labels, groups: int) -> Array:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    said, kept = _groups(confidence, right.astype(float), groups)
    return np.asarray(said.mean(axis=1) - kept.mean(axis=1))


def _promise(probabilities: Array, labels: Labels, groups: int) -> tuple[float, int]:
    gaps = _gaps(probabilities, labels, groups)
    return float(np.abs(gaps).mean()), int((gaps > 0).sum())


def _of_label(probabilities: Array, labels: Labels, groups: int) -> Array:
    given = probabilities[np.arange(len(labels)), labels]
    right = (probabilities.argmax(axis=1) == labels).astype(float)
    said, kept = _groups(given, right, groups)
    return np.asarray(said.mean(axis=1) - kept.mean(axis=1))


def _of_all(probabilities: Array, labels: Labels, groups: int) -> Array:
    truth = np.eye(probabilities.shape[1])[labels]
    said, kept = _groups(probabilities.ravel(), truth.ravel(), groups)
    return np.asarray(said.mean(axis=1) - kept.mean(axis=1))


def _as_they_come(probabilities: Array, labels: Labels, groups: int) -> Array:
    gaps = probabilities.max(axis=1) - (probabilities.argmax(axis=1) == labels)
    return np.asarray(gaps.reshape(groups, -1).mean(axis=1))


def _equal_widths(probabilities: Array, labels: Labels, groups: int) -> float:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    at = np.minimum((confidence * groups).astype(int), groups - 1)
    return float(sum(abs((confidence - right)[at == one].sum()) for one in range(groups)) / len(labels))


def _each_by_itself(probabilities: Array, labels: Labels, groups: int) -> float:
    return float(np.abs(probabilities.max(axis=1) - (probabilities.argmax(axis=1) == labels)).mean())


ERROR_SLIPS = (
    Slip(
        "Promises that are too high and too low cancel out. A distance has no sign.",
        lambda p, y, n: abs(_gaps(p, y, n).mean()),
    ),
    Slip(
        "Promises that are too high and too low cancel out. A distance has no sign, and is taken group by group.",
        lambda p, y, n: _gaps(p, y, n).mean(),
    ),
    Slip("That is the worst of the groups. Wanted is their mean.", lambda p, y, n: np.abs(_gaps(p, y, n)).max()),
    Slip("You added the groups' distances. Wanted is their mean.", lambda p, y, n: np.abs(_gaps(p, y, n)).sum()),
    Slip(
        "You made the groups of equal widths of confidence. Here they hold equally many answers.",
        _equal_widths,
    ),
    Slip(
        "The groups are made in the order in which the pictures come. What should the answers of a group have in "
        "common?",
        lambda p, y, n: np.abs(_as_they_come(p, y, n)).mean(),
    ),
    Slip(
        "You took the probability of the label. Confidence is what the network gives to its own answer.",
        lambda p, y, n: np.abs(_of_label(p, y, n)).mean(),
    ),
    Slip(
        "You took all probabilities of a picture. Confidence is what the network gives to its answer.",
        lambda p, y, n: np.abs(_of_all(p, y, n)).mean(),
    ),
    Slip(
        "You compared answer by answer. One answer is right or wrong and cannot be right to 80 %: first the means of "
        "a group, then their distance.",
        _each_by_itself,
    ),
)
TOO_SURE_SLIPS = (
    Slip(
        "You counted the groups that keep more than they promise. Too sure is the other way round.",
        lambda p, y, n: int((_gaps(p, y, n) < 0).sum()),
    ),
    Slip("That is a share of the groups. Wanted is their number.", lambda p, y, n: (_gaps(p, y, n) > 0).mean()),
    Slip(
        "You counted answers. Wanted are groups: compare the means of each.",
        lambda p, y, n: int((p.max(axis=1) > (p.argmax(axis=1) == y)).sum()),
    ),
    Slip(
        "The groups are made in the order in which the pictures come.",
        lambda p, y, n: int((_as_they_come(p, y, n) > 0).sum()),
    ),
)


def _promise_cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = (6, 3, 2), (20, 4, 5), (84, 10, 7)
        notes = "six pictures in two groups", "twenty pictures, four classes", "groups of twelve"
        return [_answered(rng, *size, note) for size, note in zip(sizes, notes, strict=True)]

    def error(*arguments: Any) -> float:
        return _promise(*arguments)[0]

    def too_sure(*arguments: Any) -> int:
        return _promise(*arguments)[1]

    def draw_error(rng: np.random.Generator) -> list[Case]:  # the first two slips are alike where the mean is above 0
        return draw_apart(
            rng, lambda rng: draw_apart(rng, draw, error, ERROR_SLIPS[1:]), error, ERROR_SLIPS[:1] + ERROR_SLIPS[2:]
        )

    return draw_apart(rng, draw_error, too_sure, TOO_SURE_SLIPS)


def _answered(rng: np.random.Generator, count: int, classes: int, groups: int, note: str) -> Case:
    """Draw probabilities and labels; the surer half is too modest, the other one too sure."""
    logits = rng.normal(size=(count, classes)) * rng.uniform(0.5, 3, (count, 1))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    surer = probabilities.max(axis=1) > np.median(probabilities.max(axis=1))
    hit = rng.random(count) < np.where(surer, 0.95, 0.2)
    others = (probabilities.argmax(axis=1) + rng.integers(1, classes, count)) % classes
    return Case((probabilities, np.where(hit, probabilities.argmax(axis=1), others), groups), note=note)


def _judge_promise(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    parts = [Part("the error", 0.7, ERROR_SLIPS), Part("the number of groups too sure", 0.3, TOO_SURE_SLIPS)]
    return compare_parts(cases, answers, _promise, parts, what="the error and the number of groups")


CALIBRATION = Exercise(
    name="06-promised-and-kept",
    title="Promised and kept",
    entry="promised",
    kind="function",
    objectives=(6,),
    points=2,
    level="practice",
    cases=_promise_cases,
    judge=_judge_promise,
    hints=(
        "Two numbers for each picture: how sure the network is of its own answer, and whether that answer is right.",
        "`np.argsort` of the confidence puts both into order; then `reshape(groups, -1)` makes a row of each group.",
        "Take the mean of each row of both tables, and subtract one from the other.",
    ),
)
