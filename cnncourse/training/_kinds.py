"""What a training is told, what it tells, and how it says that it has failed (lesson 06)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncourse.datasets import PictureSet

FEW = 10_000  # pictures: with fewer, measured, batches of 32 and half the learning rate do better
LEAST_STEPS = 900  # of a training, however few pictures there are


@dataclass(frozen=True)
class Settings:
    """How to train, by stochastic gradient descent with momentum [1]_ and one cycle of the learning rate [2]_.

    Attributes
    ----------
    epochs : int
        Passes through the data.
    batch : int, pictures
        How many are looked at before each step; only whole batches, in a new order each epoch.
    learning_rate : float
        The highest rate of the cycle.
    momentum : float, in [0, 1)
        How much of the last step is added to the next, in Nesterov's way; 0 for none.
    weight_decay : float
        Share of itself that a weight loses in a step, times the learning rate.
    warm_up : float, in [0, 1]
        Share of the training in which the rate rises; then it falls to nothing.
    seed : int
        Of the order of the pictures.

    References
    ----------
    .. [1] I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep
       learning", ICML 2013.
    .. [2] L. Smith, N. Topin, "Super-convergence: very fast training of neural networks using large learning rates",
       2017, arXiv:1708.07120.

    Examples
    --------
    >>> Settings(batch=64)
    Settings(epochs=3, batch=64, learning_rate=0.1, momentum=0.9, weight_decay=0.0005, warm_up=0.2, seed=0)
    """

    epochs: int = 3
    batch: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    warm_up: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("epochs", 1), ("batch", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"expected {name} of {least} or more, got {getattr(self, name)}")
        check_rate(self.learning_rate)
        if not 0 <= self.momentum < 1:
            raise ValueError(f"expected a momentum from 0 to below 1, got {self.momentum}; 0.9 is usual")
        if not 0 <= self.warm_up <= 1:
            raise ValueError(f"expected warm_up as a share from 0 to 1, got {self.warm_up}")
        if not (0 <= self.weight_decay < math.inf):
            raise ValueError(f"expected a weight_decay of 0 or more, got {self.weight_decay}; 0.0005 is usual")

    @classmethod
    def for_data(cls, data: PictureSet, **changes: Any) -> Settings:
        """Choose settings for so many pictures: with fewer, more epochs; with few, also small batches and short steps.

        Parameters
        ----------
        data : PictureSet
            What to learn from.
        **changes
            Settings that are to be as you say.

        Returns
        -------
        Settings
            For MNIST with its 60,000 pictures the ones that stand at the top of this class.
        """
        count = max(1, len(data.labels))
        chosen = {"batch": min(32, count), "learning_rate": 0.05} if count < FEW else {}
        steps = count // min(count, changes.get("batch", chosen.get("batch", cls.batch)))  # of an epoch
        return replace(cls(), **{"epochs": max(cls.epochs, round(LEAST_STEPS / steps)), **chosen, **changes})


def check_rate(rate: float) -> None:
    """Raise ValueError unless a learning rate makes sense."""
    if not 0 < rate < math.inf:
        raise ValueError(f"expected a learning rate above 0, got {rate}; 0.1 suits LeNet-5 with this loop")


@dataclass(frozen=True)
class Record:
    """What there is to say of one step.

    Attributes
    ----------
    step, steps : int
        Which one, from 1 on, and how many there will be.
    epoch : float
        Passes through the data so far; a whole number where one ends.
    loss : float
        Mean cross-entropy of the batch, before the step.
    accuracy : float, in [0, 1]
        Share of the batch that was named rightly, before the step.
    learning_rate : float
        Of this step.
    seconds : float
        Of all steps so far, without pauses.
    validation : float or None, in [0, 1]
        Accuracy on what was held out; at the end of an epoch only.
    """

    step: int
    steps: int
    epoch: float
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float
    validation: float | None = None


class Diverged(Exception):
    """The steps led uphill, or switched every unit off: the learning rate was too high.

    Attributes
    ----------
    step : int
        At which step.
    loss, learning_rate : float
        Of that step.
    """

    def __init__(self, step: int, loss: float, learning_rate: float, *, alike: bool, back_to: int) -> None:
        self.step, self.loss, self.learning_rate = step, loss, learning_rate
        what = (
            "the network gives every picture the same answer, for its units are switched off"
            if alike
            else f"the loss is {loss:.3g}, far above that of guessing"
        )
        super().__init__(
            f"training diverged at step {step}, at a learning rate of {learning_rate:.2g}: {what}. "
            f"The weights are again those after step {back_to}. Try: a learning rate a tenth as high"
        )
