"""A plain loop of training for losses of any kind: pictures in memory, one cycle of the learning rate (lesson 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

__all__ = ["Plan", "Step", "finish", "learn"]


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn.

    Attributes
    ----------
    epochs : int
        How often each scene is looked at.
    batch : int
        Scenes a step.
    rate : float
        The highest learning rate of the cycle.
    seed : int
        Of the order.
    """

    epochs: int = 4
    batch: int = 32
    rate: float = 5e-3
    seed: int = 0


class Step(NamedTuple):
    """One step of a training.

    Attributes
    ----------
    step, steps : int
        The number of this one, from 1 on, and of all.
    loss : float
        Of its batch, before the step.
    """

    step: int
    steps: int
    loss: float


def learn(
    model: nn.Module, loss_of: Callable[[Tensor], Tensor], examples: int, plan: Plan, *, progress: bool = True
) -> Iterator[Step]:
    """Train a network, a step each time round, as lesson 06's loop does for labels.

    Parameters
    ----------
    model : Module
        Trained in place, and left ready to be asked.
    loss_of : function
        Takes the places of a batch, a Tensor of int64, and gives its loss.
    examples : int
        How many there are to learn from.
    plan : Plan
        How long and how fast.
    progress : bool
        Whether to show a bar, from two seconds on.

    Yields
    ------
    Step
        After each step.

    Raises
    ------
    ValueError
        If there are fewer examples than a batch needs.
    """
    from tqdm.auto import tqdm

    if examples < plan.batch:
        raise ValueError(f"expected at least one batch of {plan.batch} examples, got {examples}; try a smaller batch")
    steps = plan.epochs * (examples // plan.batch)
    optimiser = torch.optim.AdamW(model.parameters(), plan.rate, weight_decay=0.01)
    warm_up = min(1.0, max(0.2, 2 / steps))  # a share of all steps; at least two of them
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, total_steps=max(steps, 2), pct_start=warm_up)
    batches = _batches(examples, plan)
    for step in tqdm(range(1, steps + 1), desc="learning", delay=2, disable=not progress):
        model.train()
        loss = loss_of(next(batches))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step < steps:  # after the last one there is no next rate
            cycle.step()
        model.eval()
        yield Step(step, steps, loss.item())


def finish(steps: Iterator[Step]) -> list[float]:
    """Take all steps of a training, and return their losses."""
    return [step.loss for step in steps]


def _batches(examples: int, plan: Plan) -> Iterator[Tensor]:
    dice = torch.Generator().manual_seed(plan.seed)
    while True:
        order = torch.randperm(examples, generator=dice)
        yield from (places for places in order.split(plan.batch) if len(places) == plan.batch)
