"""The exercise of lesson 06 on a broken training loop: what the learner's loop does is watched, and worked out anew."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import matches, read_array, stopped

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Batches = list[list[int]]
CLASSES, PIXELS = 3, 4


def _cases(rng: np.random.Generator) -> list[Case]:
    """Draw pictures and first weights: batches that leave a rest, all in one batch, batches that leave none."""
    sizes = (11, 4, "a last batch that is smaller"), (5, 5, "all pictures in one batch"), (9, 3, "whole batches only")
    return [
        Case(
            (
                rng.normal(size=(CLASSES, PIXELS)),
                rng.normal(size=(count, PIXELS)),
                rng.permutation(np.arange(count) % CLASSES),
                batch,
                int(rng.integers(1000)),
            ),
            note=note,
        )
        for count, batch, note in sizes
    ]


def probe_loop(epoch, weights, pictures, labels, batch, seed):  # type: ignore[no-untyped-def]
    """Let a loop train one layer, and write down which pictures the layer sees, where its weights end, what is said."""
    import torch

    model = torch.nn.Linear(len(weights[0]), len(weights), bias=False).double()
    model.weight.data = torch.tensor(weights)
    seen: list[list[object]] = []
    model.register_forward_hook(lambda layer, given, output: seen[-1].append(given[0].detach().clone()))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    torch.manual_seed(seed)
    after, said = [], []
    for _ in range(2):
        seen.append([])
        result = epoch(model, torch.tensor(pictures), torch.tensor(labels), optimiser, batch)
        said.append(result if isinstance(result, (int, float)) else type(result).__name__)
        after.append(model.weight.detach().clone())
    return {"seen": seen, "after": after, "said": said}


class Way(NamedTuple):
    """A way to train: right if nothing of it is true."""

    unchosen: bool = False  # labels are taken by their place in the batch, and not with the pictures
    softened: bool = False  # probabilities are handed over in place of logits
    added: bool = False  # slopes of earlier steps are not forgotten


FAULTS = (
    "Pictures and labels do not belong together: in a shuffled batch, whose label is the first one?",
    "What does `cross_entropy` want to be handed, and what does it do with it?",
    "Old slopes are still there when new ones arrive. Who clears them away?",
)


def _trained(case: Case, seen: Sequence[Batches], way: Way) -> tuple[list[Array], list[float], list[list[float]]]:
    """Train with PyTorch on the batches that were seen: weights and mean loss of each epoch, loss of each batch."""
    import torch
    from torch.nn import functional

    start, pictures, labels, *_ = (torch.tensor(one) for one in case.arguments)
    weights = start.clone().requires_grad_()
    optimiser = torch.optim.SGD([weights], lr=0.5)
    after, means, singles = [], [], []
    for batches in seen:
        losses, first = [], 0
        for chosen in batches:
            logits = pictures[chosen] @ weights.T  # (batch, classes)
            meant = labels[first : first + len(chosen)] if way.unchosen else labels[chosen]
            first += len(chosen)
            loss = functional.cross_entropy(logits.softmax(1) if way.softened else logits, meant)
            if not way.added:
                optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        after.append(weights.detach().numpy().copy())
        sizes = [len(batch) for batch in batches]
        means.append(float(np.average(losses, weights=sizes)) if sizes else 0.0)
        singles.append(losses or [0.0])
    return after, means, singles


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    asked = any(isinstance(answer.value, dict) and any(answer.value.get("seen", ())) for answer in answers)
    for case, answer in zip(cases, answers, strict=True):
        fault = _unfit(case, answer, asked=asked)
        if fault:
            yield Finding(False, fault, detail=answer.error)
            return
    seen = [_read(case, answer) for case, answer in zip(cases, answers, strict=True)]
    fault = next((found for case, one in zip(cases, seen, strict=True) if (found := _left_out(case, one))), "")
    if not fault and all(map(_in_order, seen)):  # by chance it may be so in one case, of few pictures
        fault = "The pictures come in the same order each time. Are they shuffled anew in each epoch?"
    yield Finding(not fault, fault or "In each epoch every picture has its turn once, in a new order.", 0.25)
    moved = _moved(cases, answers, seen)
    yield Finding(not moved, moved or "Each step goes downhill, by the slopes of its own batch.", 0.5)
    said = "What it returns will be looked at when the steps are right." if moved else _said(cases, answers, seen)
    yield Finding(not said, said or "It returns the mean loss of the pictures.", 0.25)


def _unfit(case: Case, answer: Answer, *, asked: bool) -> str:
    if answer.error:
        return stopped(answer.error)
    found = answer.value
    told = isinstance(found, dict) and all(len(found.get(name, ())) == 2 for name in ("seen", "after", "said"))
    if not told or not asked:  # where there is one batch only, a range that stops too early leaves none
        return "The network is never asked."
    if any(
        np.ndim(batch) != 2 or np.shape(batch)[1] != PIXELS or not len(batch)
        for batches in found["seen"]
        for batch in batches
    ):
        return "What the network is handed is no batch of pictures."
    return "" if _read(case, answer) else "The network is handed pictures that are none of those given."


def _read(case: Case, answer: Answer) -> list[Batches]:
    """Say which pictures were in each batch of each epoch; nothing if one of them is unknown."""
    known = {row.tobytes(): place for place, row in enumerate(np.asarray(case.arguments[1], dtype=float))}
    rows = [[np.asarray(batch, dtype=float) for batch in batches] for batches in answer.value["seen"]]
    places = [[[known.get(row.tobytes(), -1) for row in batch] for batch in batches] for batches in rows]
    return places if min((place for batches in places for batch in batches for place in batch), default=0) >= 0 else []


def _left_out(case: Case, seen: list[Batches]) -> str:
    count, batch = len(case.arguments[1]), case.arguments[3]
    for batches in seen:
        places = [place for one in batches for place in one]
        if set(places) != set(range(count)):
            return "Some pictures never have their turn in an epoch. Where does `range` stop, and should it?"
        if len(places) > count:
            return "Some pictures have their turn more than once in an epoch."
        if [len(one) for one in batches] != [min(batch, count - start) for start in range(0, count, batch)]:
            return "The batches are not as large as asked: all of one size, and the last one takes the rest."
    return ""


def _in_order(seen: list[Batches]) -> bool:
    orders = [list(itertools.chain(*batches)) for batches in seen]
    return orders[0] == orders[1] or sorted(orders[0]) == orders[0]


def _moved(cases: Sequence[Case], answers: Sequence[Answer], seen: Sequence[list[Batches]]) -> str:
    for flags in itertools.product([False, True], repeat=3):
        way = Way(*flags)
        if all(
            matches([read_array(one) for one in answer.value["after"]], _trained(case, batches, way)[0])
            for case, answer, batches in zip(cases, answers, seen, strict=True)
        ):
            return next((fault for fault, there in zip(FAULTS, way, strict=True) if there), "")
    if all(matches(answer.value["after"][-1], case.arguments[0]) for case, answer in zip(cases, answers, strict=True)):
        return (
            "The weights stay where they were: does a step follow the slopes, and are the slopes still there by then?"
        )
    return "The weights go elsewhere than downhill. Which five things happen to a batch, and in which order?"


def _said(cases: Sequence[Case], answers: Sequence[Answer], seen: Sequence[list[Batches]]) -> str:
    told = [one for answer in answers for one in answer.value["said"]]
    trained = [_trained(case, batches, Way()) for case, batches in zip(cases, seen, strict=True)]
    if any(isinstance(one, str) for one in told):
        return (
            "It does not return a float. A loss that is a tensor keeps all it was computed from alive: `.item()` "
            "takes the number out."
        )
    if any(not batches for one in seen for batches in one):
        return "What it returns is not the mean loss of the pictures: some have no loss at all."
    if matches(told, [one for _, means, _ in trained for one in means]):
        return ""
    losses = [batch for *_, epochs in trained for batch in epochs]
    if matches(told, [float(np.mean(batch)) for batch in losses]):
        return "It returns the mean of the batches. In a smaller last batch each picture counts for more, then."
    if matches(told, [batch[-1] for batch in losses]):
        return "It returns the loss of the last batch alone."
    if matches(told, [float(np.sum(batch)) for batch in losses]):
        return "It returns a sum. The mean loss of the pictures is wanted."
    return "What it returns is not the mean loss of the pictures."


REPAIR_LOOP = Exercise(
    name="06-repair-loop",
    title="A loop with five faults",
    entry="epoch",
    kind="function",
    objectives=(3,),
    points=3,
    level="practice",
    cases=_cases,
    judge=_judge,
    hints=(
        "Run it in your head with five pictures and batches of two. Which pictures have their turn?",
        "Compare it line by line with the loop of section 5. What is missing before `backward`, and what is too much "
        "before `cross_entropy`?",
        "`order.split(batch)` deals out all pictures. For the mean: the loss of a batch times its size, added up, "
        "divided by the number of pictures.",
    ),
    probe=probe_loop,
    seconds=20,
    torch=True,
)
