"""An agent that learns a game from pictures alone, by deep Q-learning (lesson 11).

The network says for a picture what each action is worth: the rewards to come, those further off counting less. Nobody
tells it right answers. It makes its own targets of what a step brought and of what it thinks the next picture is worth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnncourse.applications.orchard import ACTIONS, Orchard
from cnncourse.applications.orchard_play import Policy, at_random, best_returns, chase_apples, play
from cnncourse.applications.q_learning import Replay, greedy, temporal_difference, value_network
from cnncourse.models import fresh

JUDGED, JUDGES = 100, 10_007  # games, and their seed, on which a learner is judged on its way
TESTED, TESTS = 500, 20_011  # those on which experiments judge; no training ever plays either


@dataclass(frozen=True)
class Settings:
    """How an agent learns.

    Attributes
    ----------
    games : int
        Played side by side.
    steps : int
        Of the training; in each, every game goes on by one, and the network learns from one batch.
    batch : int, memories
        Looked at in a step.
    learning_rate : float
        Of Adam; from the middle of the training on it falls to nothing.
    discount : float, in [0, 1)
        What a reward one step later counts, of the same reward now.
    memory : int, steps
        How many of the latest steps are remembered, of all games.
    refresh : int, steps
        After so many, the network that makes the targets becomes a copy of the one that learns.
    explore : float, in [0, 1]
        Share of random actions in the end; it begins at 1 and gets there in the first third of the training.
    pictures : int
        2 to see the last two pictures, 1 to see the last only.
    seed : int
        Of weights, games, exploration and batches.

    Raises
    ------
    ValueError
        If a number is outside its range.
    """

    games: int = 32
    steps: int = 2000
    batch: int = 128
    learning_rate: float = 3e-3
    discount: float = 0.95
    memory: int = 1000
    refresh: int = 100
    explore: float = 0.05
    pictures: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("games", 1), ("steps", 1), ("batch", 1), ("memory", 2), ("refresh", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"expected {name} of {least} or more, got {getattr(self, name)}")
        if not 0 <= self.discount < 1:
            raise ValueError(f"expected a discount from 0 to below 1, got {self.discount}; at 1, values never settle")
        if not 0 <= self.explore <= 1:
            raise ValueError(f"expected explore as a share from 0 to 1, got {self.explore}")
        if self.pictures not in (1, 2):
            raise ValueError(f"expected 1 or 2 pictures, got {self.pictures}; the game shows the last two")


class Record(NamedTuple):
    """What there is to say of one step.

    Attributes
    ----------
    step : int
        From 1 on.
    loss : float
        Of its batch.
    explored : float, in [0, 1]
        Chance of a random action.
    returns : array, shape (100,), or None
        Ten times in a training: what the agent reaches in games that it does not learn from.
    """

    step: int
    loss: float
    explored: float
    returns: NDArray[np.float64] | None


class Learner:
    """An agent on its way: ``for record in learner:`` takes a step each time round.

    Parameters
    ----------
    settings : Settings, optional
        How it learns.

    Attributes
    ----------
    network : Module
        What it has learned so far.
    records : list of Record
        One a step.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings = settings or Settings()
        self.network, self.target = (fresh(self._make, seed=settings.seed) for _ in range(2))
        self.optimiser = torch.optim.Adam(self.network.parameters(), settings.learning_rate)
        self.orchard = Orchard(settings.games, steps=settings.steps + 1, seed=settings.seed)
        self.replay = Replay(settings.memory, settings.games, settings.pictures)
        self.chance = np.random.default_rng(settings.seed)
        self.dice = torch.Generator().manual_seed(settings.seed)
        self.records: list[Record] = []
        self._seen = self.orchard.reset()

    def __iter__(self) -> Iterator[Record]:
        """Take steps, from where the learner stands, until all are done."""
        while len(self.records) < self.settings.steps:
            yield self.take_step()

    def take_step(self) -> Record:
        """Play one step in every game, remember it, and learn from a batch of memories."""
        explored = self._play_on()
        loss = self._learn() if self.replay.kept > 1 else float("nan")
        step = len(self.records) + 1
        if step % self.settings.refresh == 0:
            self.target.load_state_dict(self.network.state_dict())
        due = step * 10 % self.settings.steps < 10  # ten times in all
        returns = play(Orchard(JUDGED, seed=JUDGES), self.policy()) if due else None
        self.records.append(Record(step, loss, explored, returns))
        return self.records[-1]

    def policy(self) -> Policy:
        """Give the policy that takes the action which the network values most."""
        return greedy(self.network, self.settings.pictures)

    def _make(self) -> nn.Sequential:
        return value_network(self.settings.pictures)

    def _play_on(self) -> float:
        settings, done = self.settings, len(self.records) / self.settings.steps
        explored = max(settings.explore, 1 - 3 * done)
        wild = self.chance.random(settings.games) < explored
        random = self.chance.integers(len(ACTIONS), size=settings.games)
        actions = np.where(wild, random, self.policy()(self._seen))
        before = self._seen[:, -settings.pictures :]
        self._seen, rewards = self.orchard.step(actions)
        self.replay.write(before, actions, rewards)
        return explored

    def _learn(self) -> float:
        done = len(self.records) / self.settings.steps
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.learning_rate * min(1.0, 2 * (1 - done))
        memories = self.replay.draw(self.settings.batch, self.dice)
        loss = temporal_difference(self.network, self.target, memories, self.settings.discount)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def train(settings: Settings | None = None, *, progress: bool = True) -> Learner:
    """Train an agent to the end, behind a progress bar (lesson 11).

    Parameters
    ----------
    settings : Settings, optional
        How it learns.
    progress : bool
        Whether to show the bar.

    Returns
    -------
    Learner
        With its network and its records.
    """
    from tqdm.auto import tqdm

    learner = Learner(settings)
    with tqdm(total=learner.settings.steps, unit="step", disable=not progress) as bar:
        for record in learner:
            if record.returns is not None:
                bar.set_postfix({"mean return": f"{record.returns.mean():.1f}"}, refresh=False)
            bar.update()
    return learner


def compare(*, seed: int = 0, steps: int = Settings.steps) -> dict[str, float]:
    """Measure the mean return in 500 games that nobody learned from: agents, a rule by hand, chance (lesson 11).

    Parameters
    ----------
    seed : int
        Of everything that is drawn in training; the games of the test are always the same.
    steps : int
        Of each of the two trainings.

    Returns
    -------
    dict of str to float
        Mean return by arm; the highest possible stands second.
    """
    agents = {seen: train(Settings(seed=seed, pictures=seen, steps=steps), progress=False) for seen in (2, 1)}
    games = Orchard(TESTED, seed=TESTS)
    policies = {
        "agent that sees two pictures": agents[2].policy(),
        "agent that sees one picture": agents[1].policy(),
        "rule by hand": chase_apples,
        "random policy": at_random(seed),
    }
    found = {name: float(play(games, policy).mean()) for name, policy in policies.items()}
    first, *others = found.items()
    return dict([first, ("highest possible", float(best_returns(games).mean())), *others])
