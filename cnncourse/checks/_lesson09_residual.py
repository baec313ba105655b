"""The exercise of lesson 09 on a broken block: what the learner's block does is watched, and worked out anew."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import matches, stopped

Array = NDArray[np.float64]
ORDER = ["first", "norm1", "second", "norm2"]
EPS = 1e-5
SHARE = 0.25


def _cases(rng: np.random.Generator) -> list[Case]:
    """Draw pictures and weights: nothing changes, more channels, a stride, both."""
    sizes = (
        (3, 3, 1, "as many channels, and no stride"),
        (2, 5, 1, "more channels"),
        (4, 4, 2, "a stride"),
        (3, 4, 2, "more channels and a stride"),
    )
    return [
        Case((inputs, outputs, stride, rng.normal(size=(2, inputs, 5, 6)), _weights(rng, inputs, outputs)), note=note)
        for inputs, outputs, stride, note in sizes
    ]


def _weights(rng: np.random.Generator, inputs: int, outputs: int) -> dict[str, Array]:
    return {
        "first": 0.4 * rng.normal(size=(outputs, inputs, 3, 3)),
        "second": 0.4 * rng.normal(size=(outputs, outputs, 3, 3)),
        "shortcut": rng.normal(size=(outputs, inputs, 1, 1)),
        "gammas": rng.uniform(0.5, 2, (3, outputs)),
        "betas": rng.normal(size=(3, outputs)),
    }


def probe_block(block_class, inputs, outputs, stride, pictures, weights):  # type: ignore[no-untyped-def]
    """Build a block, watch which layers are asked, and ask it as it was made, in training and in evaluation."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    block = block_class(inputs, outputs, stride).double()
    names = ("first", "norm1", "second", "norm2", "shortcut")
    missing = [name for name in names if not isinstance(getattr(block, name, None), nn.Module)]
    if missing:
        return {"missing": missing}
    asked, ends = [], []
    for name in names[:4]:
        getattr(block, name).register_forward_hook(lambda *_, name=name: asked.append(name))
    block.norm2.register_forward_hook(lambda layer, given, output: ends.append(float(output.detach().abs().max())))
    shown = torch.tensor(pictures)
    with torch.no_grad():
        for training in (True, False):
            block.train(training)(shown.clone())
    order, start = asked[: len(asked) // 2], max(ends, default=-1.0)
    try:
        (block.train()(shown.clone()) * torch.randn(outputs, 1, 1).double()).sum().backward()
        body = [one.weight.grad for one in (block.first, block.norm1, block.second, block.norm2)]
        learns = any(one is not None and bool(one.any()) for one in body)
    except RuntimeError:  # a change in place has destroyed what the gradient needs; that is found below
        learns = True
    parts = [one for one in block.shortcut.modules() if isinstance(one, (nn.Conv2d, nn.BatchNorm2d))]
    made = [
        f"{list(one.kernel_size)} {list(one.stride)} {list(one.padding)}" if isinstance(one, nn.Conv2d) else "norm"
        for one in parts
    ]
    convolutions = [block.first, block.second, *(one for one in parts if isinstance(one, nn.Conv2d))]
    biased = any(getattr(one, "bias", None) is not None for one in convolutions)
    with torch.no_grad():
        block.first.weight.copy_(torch.tensor(weights["first"]))
        block.second.weight.copy_(torch.tensor(weights["second"]))
        norms = [(block.norm1, 0), (block.norm2, 1), *((one, 2) for one in parts if isinstance(one, nn.BatchNorm2d))]
        for norm, place in norms:
            norm.weight.copy_(torch.tensor(weights["gammas"][place]))
            norm.bias.copy_(torch.tensor(weights["betas"][place]))
            norm.reset_running_stats()
        for one in parts:
            if isinstance(one, nn.Conv2d) and one.weight.shape == weights["shortcut"].shape:
                one.weight.copy_(torch.tensor(weights["shortcut"]))
        handed = shown.clone()
        trained = block.train()(handed).clone()
        changed = not torch.equal(handed, shown)
        for norm, _ in norms:  # so that evaluation does not depend on what training did
            norm.reset_running_stats()
        evaluated = block.eval()(shown.clone()).clone()
    return {
        "missing": [],
        "order": order,
        "start": start,
        "learns": learns,
        "made": made,
        "biased": biased,
        "shared": block.norm1 is block.norm2,
        "changed": changed,
        "trained": trained.numpy(),
        "evaluated": evaluated.numpy(),
    }


class Way(NamedTuple):
    """A way through a block; as it stands, the right one."""

    middle: bool = True  # a ReLU behind the first norm
    end: str = "after"
    begin: str = "nowhere"  # what a ReLU before the first convolution changes
    shortcut: str = "as made"


BEGINS = {
    "nowhere": "",
    "body": "There is a ReLU before the first convolution: what is negative is lost before anybody has looked at it.",
    "picture": "The ReLU before the first convolution works in place: it changes the picture on the shortcut, too.",
    "all": "There is a ReLU before everything: what is negative is lost on both ways.",
}
ENDS = {
    "after": "",
    "before": "The ReLU stands before the sum: what a block adds can never be negative, then, and signals only grow.",
    "both": "There is a ReLU before the sum as well: what a block adds can never be negative, then.",
    "none": "The sum leaves the block without a ReLU.",
}


def _passed(case: Case, made: Sequence[str], way: Way, *, training: bool) -> Array:
    """Go through a block with PyTorch's functions."""
    import torch
    from torch.nn import functional

    _, _, stride, pictures, numbers = case.arguments
    shown, weights = torch.tensor(pictures), {name: torch.tensor(one) for name, one in numbers.items()}

    def norm(maps: Any, place: int) -> Any:
        channels = maps.shape[1]
        kept = torch.zeros(channels, dtype=maps.dtype), torch.ones(channels, dtype=maps.dtype)
        return functional.batch_norm(
            maps, *kept, weights["gammas"][place], weights["betas"][place], training=training, eps=EPS
        )

    begun = shown if way.begin == "nowhere" else functional.relu(shown)
    body = norm(functional.conv2d(begun, weights["first"], stride=stride, padding=1), 0)
    body = functional.relu(body) if way.middle else body
    body = norm(functional.conv2d(body, weights["second"], padding=1), 1)
    shortcut: Any = begun if way.begin == "all" or (way.begin == "picture" and not made) else shown
    if way.shortcut == "none":
        shortcut = torch.zeros_like(body)
    elif made:
        shortcut = functional.conv2d(shortcut, weights["shortcut"], stride=stride)
        shortcut = norm(shortcut, 2) if "norm" in made else shortcut
    total = (functional.relu(body) if way.end in ("before", "both") else body) + shortcut
    return np.asarray((functional.relu(total) if way.end in ("after", "both") else total).numpy())


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    for case, answer in zip(cases, answers, strict=True):
        fault = _unfit(case, answer)
        if fault:
            yield Finding(False, f"{fault} ({case.note})", detail=answer.error)
            return
    told = [answer.value for answer in answers]
    pairs = list(zip(cases, told, strict=True))
    looks = (
        (_body(told), "Two convolutions, each with a norm of its own."),
        (next((said for case, one in pairs if (said := _shortcut(case, one))), ""), "The shortcut is as it should be."),
        (_sum(pairs), "What comes out is right, and what came in is left alone."),
        (_start(told), "A fresh block adds nothing yet."),
    )
    for fault, praise in looks:
        yield Finding(not fault, fault or praise, SHARE)


def _unfit(case: Case, answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error, "Your block")
    told = answer.value
    if told["missing"]:
        return "A layer is missing in your block: `first`, `norm1`, `second`, `norm2`, `shortcut`."
    _, outputs, stride, pictures, _ = case.arguments
    wanted = (len(pictures), outputs, *(-(-side // stride) for side in pictures.shape[2:]))
    if told["trained"].shape != wanted or told["evaluated"].shape != wanted:
        return "What comes out has another shape than it should have."
    return ""


def _body(told: Sequence[Mapping[str, Any]]) -> str:
    if any(one["shared"] for one in told):
        return "One norm serves both convolutions. Whose mean and variance does it keep, then?"
    if any(one["biased"] for one in told):
        return "A convolution has a bias. What does a norm behind it do to any constant?"
    orders = [one["order"] for one in told]
    if all(order == ORDER for order in orders):
        return ""
    if any(set(order) != set(ORDER) for order in orders):
        return "Not every layer is asked: two convolutions, and a norm behind each."
    return "The layers have their turns in another order, or some more than once."


def _shortcut(case: Case, told: Mapping[str, Any]) -> str:
    inputs, outputs, stride, *_ = case.arguments
    made = told["made"]
    if inputs == outputs and stride == 1:
        return "" if not made else (
            "Where the shapes agree there are layers in the way: signal and gradient could pass untouched."
        )  # fmt: skip
    if not made:
        return "Where the shapes differ the shortcut has no layers: how does the picture fit onto the sum?"
    if not made[0].startswith("[1, 1]"):
        return "To change channels, a kernel needs to look at one pixel only."
    if made[0] != f"[1, 1] {[stride, stride]} [0, 0]":
        return "The shortcut's convolution has not the stride, or has a padding that it needs not."
    if made[1:] != ["norm"]:
        return "Behind the shortcut's convolution a norm is wanted, as behind the others."
    return ""


def _sum(pairs: Sequence[tuple[Case, Mapping[str, Any]]]) -> str:
    if any(one["shared"] or one["order"] != ORDER for _, one in pairs):
        return "What comes out is looked at when every layer has its turn."
    way = _find_way(pairs)
    if way is None:
        return "What comes out is something else: where is there a ReLU, where a sum, and of what?"
    if BEGINS[way.begin]:
        return BEGINS[way.begin]
    if not way.middle:
        return "There is no ReLU between the two convolutions. What are two of them in a row without one?"
    if way.shortcut == "none":
        return "What comes in is not added at all: that is a plain stack. What becomes of a gradient in a deep one?"
    if ENDS[way.end]:
        return ENDS[way.end]
    if any(one["changed"] for _, one in pairs):
        return "The block changes the tensor that it was handed. Others may still need it: which line works in place?"
    return ""


def _find_way(pairs: Sequence[tuple[Case, Mapping[str, Any]]]) -> Way | None:
    for turns in itertools.product((True, False), ENDS, BEGINS, ("as made", "none")):
        way = Way(*turns)
        if all(
            matches(one[name], _passed(case, one["made"], way, training=training))
            for case, one in pairs
            for name, training in (("trained", True), ("evaluated", False))
        ):
            return way
    return None


def _start(told: Sequence[Mapping[str, Any]]) -> str:
    starts = [one["start"] for one in told]
    if all(start == 0 for start in starts):
        dead = "A fresh block adds nothing, and training cannot change it: no gradient reaches its weights."
        return "" if all(one["learns"] for one in told) else dead
    if min(starts) < 0:
        return "The second norm is never asked, so it cannot decide how the block begins."
    return "A fresh block adds something already. Which numbers of the last norm decide how much?"


RESIDUAL = Exercise(
    name="09-repair-block",
    title="A block with five faults",
    entry="Block",
    kind="function",
    objectives=(4,),
    points=3,
    level="practice",
    cases=_cases,
    judge=_judge,
    hints=(
        "Draw it: the picture comes in, takes two ways, and the ways meet. What stands on each, and what after they "
        "have met?",
        "`nn.Identity()` is a shortcut without layers; `nn.Sequential(...)` holds a convolution and its norm. The "
        "choice is made once, in `__init__`.",
        "A norm's answer is `weight` times something plus `bias`. If the last norm's `weight` begins at 0 (look at "
        "`torch.nn.init`), nothing is left of it, and training can still change that.",
    ),
    probe=probe_block,
    torch=True,
)
