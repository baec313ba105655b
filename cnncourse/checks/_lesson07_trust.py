"""The exercise of lesson 07 on trust: the learner writes a test of whether a map comes from what a network knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import stopped

SHAPES = (6, 1, 3, 3), (6,), (8, 6, 3, 3), (8,), (2, 8 * 3 * 4), (2,)
KNOWING = {"gradient": True, "noisy": True, "times": True, "edges": False, "loud": False, "lot": False}


def _cases(rng: np.random.Generator) -> list[Case]:
    """Draw networks and pictures, and the ways to make maps in any order."""
    return [
        Case(([_layer(rng, shape) for shape in SHAPES], _pictures(rng), str(kind), int(rng.integers(1000))))
        for kind in rng.permutation(list(KNOWING))
    ]


def _layer(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    inputs = int(np.prod(shape[1:])) or 1
    return rng.normal(size=shape) * (2 / inputs) ** 0.5 if len(shape) > 1 else rng.normal(size=shape) * 0.1


def _pictures(rng: np.random.Generator) -> np.ndarray:
    from scipy import ndimage

    return np.asarray(ndimage.gaussian_filter(rng.normal(size=(8, 1, 10, 12)), (0, 0, 0.7, 0.7)))


def probe_knows(knows, weights, pictures, kind, seed):  # type: ignore[no-untyped-def]
    """Make maps in one of six ways, and let the learner's code say whether this way knows the network."""
    import torch
    from torch import nn

    network = nn.Sequential(
        nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Conv2d(6, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 2)
    ).double()
    for parameter, values in zip(network.parameters(), weights, strict=True):
        parameter.data = torch.tensor(values)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)

    def gradients(network, pictures):  # type: ignore[no-untyped-def]
        pixels = pictures.detach().clone().requires_grad_()
        return torch.autograd.grad(network(pixels)[:, 1].sum(), pixels)[0]

    def contours(pictures):  # type: ignore[no-untyped-def]
        right = pictures[:, :, 1:-1, 2:] - pictures[:, :, 1:-1, :-2]
        down = pictures[:, :, 2:, 1:-1] - pictures[:, :, :-2, 1:-1]
        return nn.functional.pad((right**2 + down**2).sum(1).sqrt(), (1, 1, 1, 1))

    def method(network, pictures):  # type: ignore[no-untyped-def]
        if kind == "gradient":
            return gradients(network, pictures).abs().amax(1)
        if kind == "times":
            return (gradients(network, pictures) * pictures).abs().amax(1)
        if kind == "noisy":
            noise = 0.03 * torch.randn(pictures.shape, generator=generator, dtype=torch.float64)
            return gradients(network, pictures + noise).abs().amax(1)
        if kind == "lot":
            return torch.rand(pictures[:, 0].shape, generator=generator, dtype=torch.float64)
        loudness = network(pictures)[:, 1].detach().exp()[:, None, None]
        return contours(pictures) * (loudness if kind == "loud" else 1)

    verdict = knows(method, network, torch.tensor(pictures))
    left = all(torch.equal(one, other) for one, other in zip(before, network.parameters(), strict=True))
    if type(verdict).__name__ in ("bool", "bool_") or (
        isinstance(verdict, torch.Tensor) and verdict.dtype == torch.bool
    ):
        return {"kind": "bool", "knows": bool(verdict), "left": left}
    return {"kind": type(verdict).__name__, "knows": False, "left": left}


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    for answer in answers:
        if answer.error or not _is_told(answer) or answer.value["kind"] != "bool":
            yield Finding(False, _unfit(answer), detail=answer.error)
            return
    said = {case.arguments[2]: answer.value["knows"] for case, answer in zip(cases, answers, strict=True)}
    fault = _cannot_tell(said)
    if fault:
        yield Finding(False, fault)
        return
    yield Finding(True, "It tells gradients from an edge detector.", 0.4)
    yield _one(
        not said["loud"],
        "It is not taken in by a way that only makes its edges brighter or darker with the network's answer.",
        "It is taken in by edges that a network's answer makes brighter or darker as a whole. What should be compared: "
        "the numbers, or the order of the pixels within a picture?",
    )
    yield _one(
        not said["lot"],
        "It is not taken in by maps drawn by lot.",
        "It is taken in by maps drawn by lot: they change when the network is spoilt. Would they also change if it "
        "were not?",
    )
    yield _one(
        said["noisy"],
        "It trusts a way that uses a little chance.",
        "It rejects a way that uses a little chance, though it knows the network. Do its maps change *more* when the "
        "network is spoilt?",
        0.1,
    )
    yield _one(
        all(answer.value["left"] for answer in answers),
        "The network is as it was.",
        "The network that was to be examined is spoilt now. Spoil a copy.",
        0.1,
    )


def _is_told(answer: Answer) -> bool:
    """Say whether the probe's report is whole: it comes from where a learner's code has run."""
    return isinstance(answer.value, dict) and {"kind", "knows", "left"} <= set(answer.value)


def _unfit(answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error)
    if _is_told(answer) and answer.value["kind"] == "NoneType":
        return "Nothing came back. Is there a `return`, and is the stub replaced?"
    return "Expected True or False."


def _cannot_tell(said: dict[str, bool]) -> str:
    if len(set(said.values())) == 1:
        return "It says the same of every way to make maps. A test must be able to come out either way."
    if said["edges"] and not said["gradient"]:
        return "It is the wrong way round: which maps change when the network is spoilt, and what does that say?"
    if said["edges"]:
        return "It trusts an edge detector, which never looks at the network."
    if not (said["gradient"] and said["times"]):
        return (
            "It does not trust gradients. They hardly fall to 0 when a network is spoilt, for part of a map is "
            "architecture. And is all of the network spoilt, the first layer included?"
        )
    return ""


def _one(passed: bool, right: str, wrong: str, share: float = 0.2) -> Finding:
    return Finding(passed, right if passed else wrong, share)


KNOWS = Exercise(
    name="07-knows",
    title="Has it ever met the network?",
    entry="knows",
    kind="function",
    objectives=(6,),
    points=3,
    level="challenge",
    cases=_cases,
    judge=_judge,
    hints=(
        "Make maps with the network and with a spoilt copy of it (`copy.deepcopy`), and compare. What is the measure?",
        "Within a picture, the order of the pixels counts: `scipy.stats.spearmanr` of two flattened maps, and the "
        "mean over the pictures. An edge detector stays at 1. And maps by lot?",
        "Ask twice with the *same* network as well. Whoever knows the network agrees with himself clearly better than "
        "with what he says of a spoilt one.",
    ),
    probe=probe_knows,
    seconds=20,
    torch=True,
)
