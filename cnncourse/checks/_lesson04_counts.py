"""Judges of lesson 04, first part: networks that are counted, and one that is repaired."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, stopped
from cnncourse.checks._parts import Part, compare_parts

__all__ = ["broken_cases", "drawn_cases", "judge_broken", "judge_drawn", "probe_network"]

Shape = tuple[int, ...]

# --- a drawn network --------------------------------------------------------------------------------------------------

KINDS = ("convolution", "pooling", "convolution", "flatten", "dense")


def drawn_cases(rng: np.random.Generator) -> list[Case]:
    """Draw the shapes of a small network; its kernels are not square."""
    channels, first, second = (int(rng.integers(*ends)) for ends in ((3, 5), (5, 9), (9, 14)))
    tall, wide = ((3, 5), (5, 3))[:: int(rng.choice([-1, 1]))]
    height, width = 2 * int(rng.integers(5, 8)), 2 * int(rng.integers(8, 11))
    middle, small = (height, width), (height // 2, width // 2)
    end = (small[0] - wide[0] + 1, small[1] - wide[1] + 1)
    shapes: list[Shape] = [
        (channels, height + tall[0] - 1, width + tall[1] - 1),
        (first, *middle),
        (first, *small),
        (second, *end),
        (second * end[0] * end[1],),
        (int(rng.integers(5, 9)),),
    ]
    return [Case(keywords={"kinds": list(KINDS), "shapes": shapes})]


def _layers(shapes: Sequence[Shape]) -> list[tuple[Any, int]]:
    """Build the layers that learn, on PyTorch's meta device, with the number of places where each is used."""
    import torch
    from torch import nn

    built: list[tuple[Any, int]] = []
    with torch.device("meta"):
        for kind, before, after in zip(KINDS, shapes[:-1], shapes[1:], strict=True):
            if kind == "convolution":
                kernel = (before[1] - after[1] + 1, before[2] - after[2] + 1)
                built.append((nn.Conv2d(before[0], after[0], kernel), after[1] * after[2]))
            elif kind == "dense":
                built.append((nn.Linear(before[0], after[0]), 1))
    return built


def _counts(kinds: Sequence[str], shapes: Sequence[Shape]) -> tuple[int, int]:
    layers = _layers(shapes)
    learned = sum(weights.numel() for layer, _ in layers for weights in layer.parameters())
    return learned, sum(layer.weight.numel() * places for layer, places in layers)


def _sum(count: Callable[..., float], *, dense: bool = True) -> Callable[..., float]:
    """Count the weights of each layer in another way: filters, channels (with their kernels), places and so on."""

    def gives(kinds: Sequence[str], shapes: Sequence[Shape]) -> float:
        layers = _layers(shapes) if dense else _layers(shapes)[:-1]
        return float(sum(count(tuple(layer.weight.shape), places) for layer, places in layers))

    return gives


def _n(shape: Shape) -> int:
    return int(np.prod(shape))


def _with_input_places(kinds: Sequence[str], shapes: Sequence[Shape]) -> float:
    used = [_n(shapes[0][1:]), _n(shapes[2][1:]), 1]
    return float(sum(_n(layer.weight.shape) * n for (layer, _), n in zip(_layers(shapes), used, strict=True)))


PARAMETER_SLIPS = (
    Slip("The biases are missing: each filter and each output has one.", _sum(lambda shape, _: _n(shape))),
    Slip("One bias for a whole layer is too few: who has a bias of its own?", _sum(lambda shape, _: _n(shape) + 1)),
    Slip(
        "You counted as if a filter had one kernel. How many channels does it look at?",
        _sum(lambda shape, _: _n(shape[:1]) * (_n(shape[2:]) + 1) if len(shape) > 2 else _n(shape) + shape[0]),
    ),
    Slip(
        "That gives every kernel a bias. A filter adds its kernels up, and then adds one bias.",
        _sum(lambda shape, _: _n(shape[:2]) * (_n(shape[2:]) + 1) if len(shape) > 2 else _n(shape) + shape[0]),
    ),
    Slip(
        "The dense layer is missing: does it learn nothing?", _sum(lambda shape, _: _n(shape) + shape[0], dense=False)
    ),
    Slip(
        "You took the kernels for squares. Compare the heights before and after, and then the widths.",
        _sum(lambda shape, _: shape[0] * (shape[1] * shape[2] ** 2 + 1) if len(shape) > 2 else _n(shape) + shape[0]),
    ),
    Slip(
        "The biases of the convolutions are missing: each filter has one.",
        _sum(lambda shape, _: _n(shape) if len(shape) > 2 else _n(shape) + shape[0]),
    ),
    Slip(
        "The biases of the dense layer are missing: each output has one.",
        _sum(lambda shape, _: _n(shape) + shape[0] if len(shape) > 2 else _n(shape)),
    ),
    Slip(
        "Your kernels are one too small. How many places has a kernel of 3 on a row of 3 pixels, and on one of 4?",
        _sum(
            lambda shape, _: (
                shape[0] * (shape[1] * (shape[2] - 1) * (shape[3] - 1) + 1) if len(shape) > 2 else _n(shape) + shape[0]
            )
        ),
    ),
)
WORK_SLIPS = (
    Slip("You counted the weights once. At how many places is each of them used?", _sum(lambda shape, _: _n(shape))),
    Slip(
        "A bias is added and multiplies nothing: leave it out here.",
        _sum(lambda shape, places: (_n(shape) + shape[0]) * places),
    ),
    Slip(
        "A bias is added and multiplies nothing: leave all of them out here.",
        _sum(lambda shape, places: _n(shape) * places + shape[0]),
    ),
    Slip(
        "A bias is added and multiplies nothing: leave those of the convolutions out as well.",
        _sum(lambda shape, places: (_n(shape) + shape[0]) * places if len(shape) > 2 else _n(shape)),
    ),
    Slip(
        "A bias is added and multiplies nothing: leave those of the dense layer out as well.",
        _sum(lambda shape, places: _n(shape) * places if len(shape) > 2 else _n(shape) + shape[0]),
    ),
    Slip(
        "Your kernels are one too small. How many places has a kernel of 3 on a row of 3 pixels, and on one of 4?",
        _sum(
            lambda shape, places: (
                shape[0] * shape[1] * (shape[2] - 1) * (shape[3] - 1) * places if len(shape) > 2 else _n(shape)
            )
        ),
    ),
    Slip("Each place of the map that *comes out* costs, not of the one that goes in.", _with_input_places),
    Slip("The dense layer multiplies, too.", _sum(lambda shape, places: _n(shape) * places, dense=False)),
    Slip(
        "You counted as if a filter had one kernel. How many channels does it look at?",
        _sum(lambda shape, places: _n((shape[0], *shape[2:])) * places if len(shape) > 2 else _n(shape)),
    ),
)


def judge_drawn(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with the layers that PyTorch builds."""
    parts = [
        Part("the number of parameters", 0.5, PARAMETER_SLIPS),
        Part("the number of multiply-adds", 0.5, WORK_SLIPS),
    ]
    return compare_parts(cases, answers, _counts, parts, what="the two counts")


# --- a broken network -------------------------------------------------------------------------------------------------

WEIGHTS = [(6, 3, 5, 5), (12, 6, 3, 3), (20, 180), (5, 20)]
BENDS = {
    "CELU", "ELU", "GELU", "Hardswish", "Hardtanh", "LeakyReLU", "Mish", "PReLU", "ReLU", "ReLU6", "SELU", "SiLU",
    "Sigmoid", "Softplus", "Softsign", "Tanh",
}  # fmt: skip
REFUSED = {
    "Conv2d": "A convolution refuses what arrives: how many maps leave the layer before it?",
    "Linear": "A dense layer refuses what arrives: follow the shape of a picture from the start. It is not square.",
}


def broken_cases(rng: np.random.Generator) -> list[Case]:
    """Draw four pictures."""
    return [Case((rng.normal(size=(4, 3, 20, 28)),), note="four pictures of 3 × 20 × 28")]


def probe_network(network: object, pictures: object) -> dict[str, object]:
    """Turn a network into data: layers, shapes of weights, answers, and the answers with the last layer negated."""
    import torch
    from torch import nn

    if not isinstance(network, nn.Sequential):
        return {"kinds": []}
    network.eval()
    leaves: list[nn.Module] = []  # in the order of the way through; a layer that is used twice stands there twice
    left: list[nn.Module] = [network]
    while left:
        module = left.pop(0)
        if isinstance(module, nn.Sequential):
            left = [*module, *left]
        else:
            leaves.append(module)
    with torch.no_grad():  # first once through: lazy layers learn there what arrives
        values = torch.tensor(pictures, dtype=torch.float32)
        for place, module in enumerate(leaves):
            try:
                values = module(values)
            except RuntimeError:
                return {"kinds": [type(module).__name__ for module in leaves], "refused": place}
    kinds = [type(module).__name__ for module in leaves]
    shapes = [list(module.weight.shape) for module in leaves if isinstance(module, (nn.Conv2d, nn.Linear))]
    outputs = []
    with torch.no_grad():
        for _ in range(2):
            values = torch.tensor(pictures, dtype=torch.float32)
            for module in leaves:
                values = module(values)
            outputs.append(values.numpy())
            last = [module for module in leaves if isinstance(module, nn.Linear)][-1:]
            for weights in (weights for module in last for weights in module.parameters()):
                weights.neg_()
    return {"kinds": kinds, "weights": shapes, "output": outputs[0], "negated": outputs[1]}


def judge_broken(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Ask whether pictures pass at all, whether it is still that network, and then where it bends."""
    answer = answers[0]
    fault = _unfit(answer)
    if fault:
        yield Finding(False, fault, detail=answer.error)
        return
    kinds = [str(kind) for kind in answer.value["kinds"]]
    yield Finding(True, "Pictures pass, and the layers are those of the plan.", 0.4)
    yield from _bends(kinds)
    free = bool(np.allclose(answer.value["output"], -answer.value["negated"], atol=1e-5))
    yield Finding(
        free,
        "Its answers are free to be negative."
        if free
        else "Something bends the five answers at the very end. Can such a network ever say a negative number?",
        0.3,
    )


def _unfit(answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error, "Your network")
    found = answer.value
    if not isinstance(found, dict) or not found.get("kinds"):
        return "Expected a network made with `nn.Sequential`."
    if "refused" in found:
        kind = str(found["kinds"][int(found["refused"])])
        return REFUSED.get(kind, "A layer refuses what arrives: follow the shape of a picture from the start.")
    if [tuple(shape) for shape in found["weights"]] != WEIGHTS or "MaxPool2d" not in found["kinds"]:
        return "Pictures pass, but through another network: filters, kernels, outputs, stride and pooling should stay."
    if np.shape(found["output"]) != (4, 5):
        return "Pictures pass, but what comes out is not five numbers a picture."
    return ""


def _bends(kinds: Sequence[str]) -> Iterator[Finding]:
    learning = [place for place, kind in enumerate(kinds) if kind in ("Conv2d", "Linear")]
    straight = [kinds[a] for a, b in itertools.pairwise(learning) if not BENDS & set(kinds[a + 1 : b])]
    if not straight:
        yield Finding(True, "There is a bend between any two layers that learn.", 0.3)
        return
    where = {"Conv2d": "a convolution and the layer that learns next", "Linear": "the two dense layers"}[straight[0]]
    yield Finding(False, f"Nothing bends the values between {where}: what are the two worth together?", 0.3)
