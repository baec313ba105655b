"""Small sets of pictures that can be learned in a moment."""

from __future__ import annotations

import torch
from torch import nn

from cnncourse.datasets import PictureSet


def bars(count: int = 60, *, seed: int = 0) -> PictureSet:
    """Make pictures of 6×9 pixels: a bright row (class 0), a bright column (1) or neither (2), with a little noise."""
    dice = torch.Generator().manual_seed(seed)
    images = 0.2 * torch.rand(count, 1, 6, 9, generator=dice)
    labels = torch.arange(count) % 3
    for place, label in enumerate(labels.tolist()):
        where = int(torch.randint(0, 6, (), generator=dice))
        if label == 0:
            images[place, :, where, :] = 1
        elif label == 1:
            images[place, :, :, where] = 1
    return PictureSet(images, labels, ("row", "column", "neither"), "bars made for a test")


def small_net() -> nn.Sequential:
    """Make a network for `bars` that has all that a training must carry along: a convolution, normalisation, layers."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 2 * 3, 3)
    )


def weights_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copy all that a network has learned."""
    return {name: values.clone() for name, values in model.state_dict().items()}


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    """Say whether two copies are the same, bit by bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
