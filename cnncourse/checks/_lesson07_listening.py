"""The exercise of lesson 07 on listening to layers: what is heard, and which traces are left, also when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import brief, matches, stopped

Array = NDArray[np.float64]
SHAPES = (3, 2, 2, 3), (3,), (4, 3, 2, 2), (4,), (5, 36), (5,)
NAMES = "conv", "body.0", "end"


def _cases(rng: np.random.Generator) -> list[Case]:
    """Draw weights and a picture: one layer, three layers, and a network that fails on the way."""
    plans = (NAMES[:1], False, "one layer"), (NAMES, False, "several layers"), (NAMES, True, "a network that fails")
    return [
        Case(([rng.normal(size=s) for s in SHAPES], rng.normal(size=(1, 2, 5, 6)), list(names), fails), note=note)
        for names, fails, note in plans
    ]


def probe_listen(listen, weights, picture, names, fails):  # type: ignore[no-untyped-def]
    """Build a network that works in place, let the learner's code listen, and look for what it left behind."""
    from collections import OrderedDict

    import torch
    from torch import nn

    class Stumble(nn.Module):
        """A layer that fails on purpose, or passes all."""

        def forward(self, values):  # type: ignore[no-untyped-def]
            if fails:
                raise RuntimeError("this network fails on purpose")
            return values

    body = nn.Sequential(nn.Conv2d(3, 4, 2), nn.ReLU(inplace=True), nn.Dropout(0.5))
    layers = {"conv": nn.Conv2d(2, 3, (2, 3)), "bend": nn.ReLU(inplace=True), "body": body, "row": nn.Flatten()}
    network = nn.Sequential(OrderedDict({**layers, "stumble": Stumble(), "end": nn.Linear(36, 5)})).double().eval()
    for parameter, values in zip(network.parameters(), weights, strict=True):
        parameter.data = torch.tensor(values)
    network.get_submodule("stumble").train()
    before = [layer.training for layer in network.modules()]
    found, raised = None, False
    try:
        found = listen(network, names, torch.tensor(picture))
    except RuntimeError as error:
        raised = "on purpose" in str(error)
        if not raised:
            raise
    if isinstance(found, dict):
        found = {str(name): one.detach() if hasattr(one, "detach") else one for name, one in found.items()}
    hooks = sum(len(layer._forward_hooks) + len(layer._forward_pre_hooks) for layer in network.modules())
    same = before == [layer.training for layer in network.modules()]
    kind = "dict" if isinstance(found, dict) else type(found).__name__
    return {"kind": kind, "found": found, "hooks": hooks, "same": same, "raised": raised}


def _heard(case: Case, *, bent: bool = False, entered: bool = False) -> dict[str, Array]:
    """Ask PyTorch what the layers give (or what is left of it behind a ReLU in place, or what came in)."""
    import torch
    from torch.nn import functional

    a, a0, b, b0, c, c0 = (torch.tensor(one) for one in case.arguments[0])
    picture = torch.tensor(case.arguments[1])
    first = functional.conv2d(picture, a, a0)
    second = functional.conv2d(first.relu(), b, b0)
    row = second.relu().flatten(1)
    given = {"conv": first, "body.0": second, "end": functional.linear(row, c, c0)}
    if bent:
        given |= {"conv": first.relu(), "body.0": second.relu()}
    if entered:
        given = {"conv": picture, "body.0": first.relu(), "end": row}
    return {name: given[name].numpy() for name in case.arguments[2]}


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    whole = [(case, answer) for case, answer in zip(cases, answers, strict=True) if not case.arguments[3]]
    fault = next((found for case, answer in whole if (found := _misheard(case, answer))), "")
    yield Finding(not fault, fault or "It keeps what each layer gave.", 0.5, whole[0][1].error)
    if fault:
        yield Finding(False, "Traces will be looked for when it hears rightly.", 0.5)
        return
    yield from _traces([answer.value for _, answer in whole])
    yield _after_failure(answers[-1])


def _misheard(case: Case, answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error)
    if not _is_told(answer):
        return "Expected a dictionary: what each layer gave, by its name."
    if answer.value["kind"] == "NoneType":
        return "Nothing came back. Is there a `return`, and is the stub replaced?"
    if answer.value["kind"] != "dict" or not isinstance(answer.value["found"], dict):
        return "Expected a dictionary: what each layer gave, by its name."
    found: dict[str, Any] = answer.value["found"]
    if set(found) != set(case.arguments[2]):
        return "The names in the dictionary are not those of the layers that were asked for."

    def like(expected: dict[str, Array]) -> bool:
        return all(matches(found[name], expected[name]) for name in expected)

    if like(_heard(case)):
        return ""
    if like(_heard(case, bent=True)):
        return (
            "Nothing negative is left. Somebody wrote over what you kept: which layer comes next, and does it work "
            "in place?"
        )
    if like(_heard(case, entered=True)):
        return "That is what came *into* the layers. A hook gets the layer, what came in, and what went out."
    if all(matches(found[name], found[next(iter(found))]) for name in found) and len(found) > 1:
        return "All layers are said to have given the same. To which layer does each hook belong?"
    return "What is kept is not what the layers gave."


def _is_told(answer: Answer) -> bool:
    """Say whether the probe's report is whole: it comes from where a learner's code has run."""
    return isinstance(answer.value, dict) and {"kind", "found", "hooks", "same", "raised"} <= set(answer.value)


def _traces(found: list[dict[str, Any]]) -> Iterator[Finding]:
    clean, same = not any(one["hooks"] for one in found), all(one["same"] for one in found)
    fault = "" if clean else "Hooks are left behind in the network: every later pass will call them."
    if not same:
        fault = "The network is left in another mode (training or not) than it was found in."
    yield Finding(not fault, fault or "It leaves no trace.", 0.25)


def _after_failure(answer: Answer) -> Finding:
    if answer.error:
        return Finding(False, f"With a network that fails, your code stopped with {brief(answer.error)}.", 0.25)
    if not _is_told(answer) or not answer.value["raised"]:
        return Finding(False, "The network failed, and nobody is told: let its error pass on.", 0.25)
    if answer.value["hooks"]:
        return Finding(
            False,
            "A network that fails on the way keeps its hooks. Which part of a `try` runs however the block ends?",
            0.25,
        )
    if not answer.value["same"]:
        return Finding(False, "A network that fails on the way is left in another mode.", 0.25)
    return Finding(True, "It leaves no trace when the network fails, either.", 0.25)


LISTEN = Exercise(
    name="07-listen",
    title="Listen, and leave no trace",
    entry="listen",
    kind="function",
    objectives=(2,),
    points=2,
    level="practice",
    cases=_cases,
    judge=_judge,
    hints=(
        "`network.get_submodule(name)` finds a layer; `register_forward_hook` returns a handle with `remove()`.",
        "A ReLU that works in place writes over what the convolution gave. What must a hook keep, if not the tensor "
        "itself?",
        "Collect the handles in a list, call the network in a `try`, remove them in its `finally`. In a loop, each "
        "hook needs its own name: a function that makes hooks helps.",
    ),
    probe=probe_listen,
    torch=True,
)
