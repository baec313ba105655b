"""Batch normalisation, written plainly; the same as `torch.nn.BatchNorm2d` in both of its modes (lesson 09).

Two modes are two different functions. In training a picture's answer depends on the pictures beside it in the batch; in
evaluation on running means that were gathered on the way. `accuracy_in_batches` measures what happens to those who
confuse them.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from cnncourse.datasets import PictureSet
from cnncourse.depth import best_of, small_digits, try_rates
from cnncourse.evaluation import accuracy

EPSILON = 1e-5  # keeps a map that is the same everywhere from being divided by 0; as in PyTorch
MOMENTUM = 0.1  # share of a batch in the running values; as in PyTorch
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)  # that each arm may choose from
PLACES = (0, 2, 3)  # what is averaged over: pictures, rows, columns; each map by itself
EPOCHS, DEPTH = 3, 10


def batch_statistics(maps: Tensor) -> tuple[Tensor, Tensor]:
    """Give mean and variance of each map over all pictures of the batch and all of its places (lesson 09).

    Parameters
    ----------
    maps : Tensor, shape (n, channels, height, width)
        A batch of feature maps.

    Returns
    -------
    mean, variance : Tensor, shape (channels,)
        The variance is the mean of the squared distances from the mean: divided by the count, not by one less.

    Raises
    ------
    ValueError
        If there is but one value a map: its variance says nothing.

    Examples
    --------
    Two pictures of one map with one pixel, 1 and 5: mean 3, both 2 away.

    >>> batch_statistics(torch.tensor([1.0, 5.0]).reshape(2, 1, 1, 1))
    (tensor([3.]), tensor([4.]))
    """
    if maps.ndim != 4 or maps.numel() <= maps.shape[1]:
        raise ValueError(
            "expected maps of shape (n, channels, height, width) with more than one value a channel, got "
            f"{tuple(maps.shape)}; try: a larger batch, or evaluation mode by model.eval()"
        )
    mean = maps.mean(dim=PLACES)
    return mean, (maps - mean[:, None, None]).square().mean(dim=PLACES)


def normalise(maps: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """Subtract the mean of each map, and divide by its standard deviation (lesson 09).

    Parameters
    ----------
    maps : Tensor, shape (n, channels, height, width)
        Feature maps.
    mean, variance : Tensor, shape (channels,)
        Of the batch, or running ones.

    Returns
    -------
    Tensor, shape (n, channels, height, width)
        Mean 0 and variance 1, if mean and variance were those of the maps.

    References
    ----------
    S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015, arXiv:1502.03167, algorithm 1.

    Examples
    --------
    >>> one_and_five = torch.tensor([1.0, 5.0]).reshape(2, 1, 1, 1)
    >>> normalise(one_and_five, torch.tensor([3.0]), torch.tensor([4.0])).flatten().round(decimals=3)
    tensor([-1.,  1.])
    """
    return (maps - mean[:, None, None]) / (variance[:, None, None] + EPSILON).sqrt()


class PlainBatchNorm(nn.Module):
    """Batch normalisation in a dozen lines, with the names of `torch.nn.BatchNorm2d` (lesson 09).

    Parameters
    ----------
    channels : int
        How many maps; each has a `weight` and a `bias` that are learned, and a running mean and variance that are
        gathered: after each batch they move a tenth of the way to its mean and variance, the latter divided by the
        count less one.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, maps: Tensor) -> Tensor:
        """Return normalised maps, times the weight, plus the bias; shape (n, channels, height, width)."""
        mean, variance = self.running_mean, self.running_var
        if self.training:
            mean, variance = batch_statistics(maps)
            self._gather(mean.detach(), variance.detach(), maps.numel() // maps.shape[1])
        return self.weight[:, None, None] * normalise(maps, mean, variance) + self.bias[:, None, None]

    def _gather(self, mean: Tensor, variance: Tensor, count: int) -> None:
        self.running_mean.lerp_(mean, MOMENTUM)
        self.running_var.lerp_(variance * count / (count - 1), MOMENTUM)


def accuracy_in_batches(model: nn.Module, data: PictureSet, batch: int, *, by_class: bool = False) -> float:
    """Tell how often a network is right that was left in training mode, asked with batches of one size (lesson 09).

    Parameters
    ----------
    model : Module
        Any network; a copy of it is asked, so that its running means stay as they are.
    data : PictureSet
        Pictures and labels.
    batch : int, pictures
        How many are asked about at once.
    by_class : bool
        Whether the pictures come sorted by class, so that most batches hold one class only; otherwise they are mixed.

    Returns
    -------
    float, in [0, 1]

    Raises
    ------
    ValueError
        If a batch has no picture or more than there are.
    """
    if not 1 <= batch <= len(data):
        raise ValueError(f"expected batches of 1 to {len(data):,} pictures, got {batch}")
    asked = copy.deepcopy(model).train()
    chance = torch.Generator().manual_seed(0)
    order = data.labels.argsort(stable=True) if by_class else torch.randperm(len(data), generator=chance)
    with torch.no_grad():
        answers = torch.cat([asked(data.images[places]).argmax(dim=1) for places in order.split(batch)])
    return float((answers == data.labels[order]).float().mean())


def arms() -> dict[str, dict[str, Any]]:
    """Tell what `compare` compares: ten layers with batch normalisation, and the same without; first weights alike."""
    return {
        "batch normalisation": {"depth": DEPTH, "shortcuts": False, "normalised": True},
        "without": {"depth": DEPTH, "shortcuts": False},
    }


def compare(*, seed: int = 0) -> dict[str, float]:
    """Train ten layers with batch normalisation and without, three epochs, each at the best of five rates.

    Parameters
    ----------
    seed : int
        Of first weights and order.

    Returns
    -------
    dict of str to float, in [0, 1]
        Share of the test digits that is named rightly.
    """
    test = small_digits()[2]
    return {
        arm: accuracy(best_of(try_rates(how, RATES, epochs=EPOCHS, seed=seed)), test) for arm, how in arms().items()
    }
