"""Deep Q-learning in its parts: the network, what it remembers, its loss, and the policy that it makes (lesson 11)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.activations import evaluating
from cnncourse.applications.orchard import ACTIONS, SIDE, Floats, Whole
from cnncourse.applications.orchard_play import Policy


class Memories(NamedTuple):
    """Steps to learn from.

    Attributes
    ----------
    pictures, next_pictures : Tensor of float32, shape (n, pictures, SIDE, SIDE)
        What was seen before and after.
    actions : Tensor of int64, shape (n,)
        What was done.
    rewards : Tensor of float32, shape (n,)
        What it brought.
    """

    pictures: Tensor
    actions: Tensor
    rewards: Tensor
    next_pictures: Tensor


def value_network(pictures: int = 2) -> nn.Sequential:
    """Make the network: two convolutions, two dense layers, one value an action (lesson 11).

    Parameters
    ----------
    pictures : int
        How many pictures it sees at once, as channels.

    Returns
    -------
    Sequential
        Input (n, pictures, 15, 15), output (n, 3).

    Examples
    --------
    >>> value_network()(torch.zeros(5, 2, 15, 15)).shape
    torch.Size([5, 3])
    """
    side = ((SIDE - 3) // 2 + 1 - 3) // 2 + 1
    return nn.Sequential(
        nn.Conv2d(pictures, 16, 3, stride=2),  # (n, 16, 7, 7)
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2),  # (n, 32, 3, 3)
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * side * side, 128),
        nn.ReLU(),
        nn.Linear(128, len(ACTIONS)),
    )


def temporal_difference(network: nn.Module, target: nn.Module, memories: Memories, discount: float) -> Tensor:
    """Compare what a network said of its actions with what came of them (lesson 11).

    Parameters
    ----------
    network : Module
        The one that learns.
    target : Module
        An older copy of it, which says what the next pictures are worth.
    memories : Memories
        A batch of steps.
    discount : float, in [0, 1)
        What a reward one step later counts.

    Returns
    -------
    Tensor, a number
        The mean Huber loss between the value of the action that was taken, and the reward plus the discounted value
        of the best action afterwards [1]_.

    References
    ----------
    .. [1] V. Mnih et al., "Human-level control through deep reinforcement learning", Nature 518, 2015.

    Examples
    --------
    Values 0 at first, a reward of 1, and afterwards nothing: 0.5 · (0 − 1)², half of it as one of two actions is right.

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(4, 3))
    >>> _ = [weights.data.zero_() for weights in network.parameters()]
    >>> two = torch.zeros(2, 1, 2, 2)
    >>> memories = Memories(two, torch.tensor([0, 2]), torch.tensor([1.0, 0.0]), two)
    >>> temporal_difference(network, network, memories, 0.9).item()
    0.25
    """
    with torch.no_grad():
        wanted = memories.rewards + discount * target(memories.next_pictures).amax(dim=1)  # (batch,)
    said = network(memories.pictures).gather(1, memories.actions[:, None])[:, 0]  # (batch,)
    return functional.smooth_l1_loss(said, wanted)


def greedy(network: nn.Module, pictures: int = 2) -> Policy:
    """Make the policy that takes the action which a network values most (lesson 11)."""

    def choose(seen: Floats) -> Whole:
        with evaluating(network), torch.no_grad():
            values = network(torch.from_numpy(np.ascontiguousarray(seen[:, -pictures:])))  # (games, actions)
        return np.asarray(values.argmax(dim=1).numpy())

    return choose


class Replay:
    """The latest steps of all games, to draw batches from; a new step takes the place of the oldest."""

    def __init__(self, steps: int, games: int, pictures: int) -> None:
        self.pictures = torch.zeros(steps, games, pictures, SIDE, SIDE, dtype=torch.bool)
        self.actions = torch.zeros(steps, games, dtype=torch.int64)
        self.rewards = torch.zeros(steps, games)
        self.kept = 0  # steps that were ever written

    def write(self, pictures: Floats, actions: Whole, rewards: Floats) -> None:
        """Remember one step of every game."""
        place = self.kept % len(self.actions)
        self.pictures[place] = torch.from_numpy(pictures).bool()
        self.actions[place], self.rewards[place] = torch.from_numpy(actions), torch.from_numpy(rewards)
        self.kept += 1

    def draw(self, count: int, dice: torch.Generator) -> Memories:
        """Draw steps by lot, of any game and any time but the last, whose next pictures are not yet known."""
        known = min(self.kept, len(self.actions)) - 1
        times = (self.kept - 2 - torch.randint(known, (count,), generator=dice)) % len(self.actions)
        games = torch.randint(self.actions.shape[1], (count,), generator=dice)
        later = (times + 1) % len(self.actions)
        seen, then = (self.pictures[when, games].float() for when in (times, later))
        return Memories(seen, self.actions[times, games], self.rewards[times, games], then)
