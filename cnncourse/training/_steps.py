"""Counting steps, epochs and pictures; the batch may change on the way (lesson 06)."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Position:
    """Where a training stands.

    Attributes
    ----------
    pictures : int
        Of the set.
    goal : int
        Epochs to do.
    step, epochs : int
        Steps and whole epochs done.
    seen : int
        Pictures seen in this epoch.
    seconds : float
        Taken by all steps so far.

    Examples
    --------
    Seven pictures make two batches of three; after one of them, half an epoch is done:

    >>> at = Position(pictures=7, goal=2)
    >>> at.steps_left(batch=3)
    4
    >>> at.advance(batch=3), at.epoch(batch=3), at.steps_left(batch=3)
    (False, 0.5, 3)
    """

    pictures: int
    goal: int
    step: int = 0
    epochs: int = 0
    seen: int = 0
    seconds: float = 0.0

    def steps_left(self, batch: int) -> int:
        """Count the steps to the end with batches of this size."""
        if self.epochs >= self.goal:
            return 0
        return (self.pictures - self.seen) // batch + (self.goal - self.epochs - 1) * (self.pictures // batch)

    def epoch(self, batch: int) -> float:
        """Tell how many epochs are done, with the share of the one under way."""
        whole = self.seen + (self.pictures - self.seen) // batch * batch  # a last batch that is not whole is left out
        return self.epochs + self.seen / whole

    def advance(self, batch: int) -> bool:
        """Count one step, and say whether it was the last of an epoch."""
        self.step, self.seen = self.step + 1, self.seen + batch
        return self.end_epoch_without(batch)

    def end_epoch_without(self, batch: int) -> bool:
        """End the epoch if it has begun and what is left of it is no whole batch; say whether it is so."""
        ended = self.seen > 0 and self.pictures - self.seen < batch
        if ended:
            self.epochs, self.seen = self.epochs + 1, 0
        return ended


def one_cycle(progress: float, warm_up: float) -> float:
    """Tell which share of the highest learning rate to take: rising along half a cosine, then falling (lesson 06).

    Parameters
    ----------
    progress : float, in [0, 1]
        How much of the training is done.
    warm_up : float, in [0, 1]
        For how much of it the rate rises.

    Returns
    -------
    float, in [0, 1]
        1/25 at first, 1 when warm, 0 at the end, as `torch.optim.lr_scheduler.OneCycleLR` has it.

    Examples
    --------
    >>> one_cycle(0.0, 0.2), one_cycle(0.2, 0.2), one_cycle(0.6, 0.2), one_cycle(1.0, 0.2)
    (0.04, 1.0, 0.5, 0.0)
    """
    if progress < warm_up:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * progress / warm_up)) / 2
    left = (1 - progress) / (1 - warm_up) if warm_up < 1 else 1.0
    return (1 - math.cos(math.pi * left)) / 2
