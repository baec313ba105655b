"""Pictures changed against a network by so little that nobody minds (lesson 09).

Here every *pixel* may change by at most a radius: the largest change counts (L∞). The networks of lessons 07 and 08
were trained and attacked by the length of the whole change (L2), in `cnncourse.recipes.natural`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.activations import evaluating
from cnncourse.evaluation import predict_logits

STEPS = 10
PACE = 2.5  # radii that all steps together could go


def sign_step(model: nn.Module, images: Tensor, labels: Tensor, radius: float) -> Tensor:
    """Move every pixel by the radius, to the side on which the loss grows: one gradient, its signs (lesson 09).

    Parameters
    ----------
    model : Module
        Gives logits; it is asked in evaluation mode, and left in the mode it was in.
    images : Tensor, shape (n, channels, height, width), in [0, 1]
        The pictures.
    labels : Tensor of int64, shape (n,)
        What the network shall be led away from.
    radius : float
        By how much a pixel may change.

    Returns
    -------
    Tensor, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If the radius is below 0, or pictures and labels do not go together.

    References
    ----------
    I. Goodfellow, J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples", ICLR 2015, arXiv:1412.6572:
    the fast gradient sign method.

    Examples
    --------
    The logits are the two pixels themselves. To be led away from the first, it must become darker, the other brighter:

    >>> sign_step(nn.Flatten(), torch.tensor([[[[0.5, 0.5]]]]), torch.tensor([0]), 0.25)
    tensor([[[[0.2500, 0.7500]]]])
    """
    _check(images, labels, radius)
    return (images + radius * _slope(model, images, labels).sign()).clamp(0, 1)


def sign_climb(model: nn.Module, images: Tensor, labels: Tensor, radius: float, *, steps: int = STEPS) -> Tensor:
    """Go several small steps instead of a large one, each time back inside the radius: the stronger attack (lesson 09).

    Parameters
    ----------
    model, images, labels, radius
        As for `sign_step`.
    steps : int
        Each of 2.5 radii divided by their number. It begins at the picture, and uses no chance.

    Returns
    -------
    Tensor, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If the radius is below 0, there is no step, or pictures and labels do not go together.

    References
    ----------
    A. Madry and others, "Towards deep learning models resistant to adversarial attacks", ICLR 2018, arXiv:1706.06083:
    projected gradient descent.

    Examples
    --------
    >>> sign_climb(nn.Flatten(), torch.tensor([[[[0.5, 0.5]]]]), torch.tensor([0]), 0.25)
    tensor([[[[0.2500, 0.7500]]]])
    """
    _check(images, labels, radius)
    if steps < 1:
        raise ValueError(f"expected at least one step, got {steps}")
    lowest, highest = (images - radius).clamp(0, 1), (images + radius).clamp(0, 1)
    changed = images
    for _ in range(steps):
        further = changed + PACE * radius / steps * _slope(model, changed, labels).sign()
        changed = further.clamp(lowest, highest)
    return changed


def random_signs(images: Tensor, radius: float, *, seed: int = 0) -> Tensor:
    """Move every pixel by the radius to a side drawn by lot: as large a change as `sign_step`, without aim.

    Examples
    --------
    >>> moved = random_signs(torch.full((1, 1, 1, 3), 0.5), 0.25)
    >>> (moved - 0.5).abs()
    tensor([[[[0.2500, 0.2500, 0.2500]]]])
    """
    chance = torch.Generator().manual_seed(seed)
    return (images + radius * (2 * torch.randint(0, 2, images.shape, generator=chance) - 1)).clamp(0, 1)


def attacked_accuracy(
    model: nn.Module, images: Tensor, labels: Tensor, radii: Sequence[float], *, steps: int = STEPS
) -> dict[str, NDArray[np.float64]]:
    """Tell how often a network is right when its pictures are changed at random, by one step and by several.

    Parameters
    ----------
    model, images, labels
        As for `sign_step`.
    radii : sequence of float
        By how much a pixel may change.
    steps : int
        Of `sign_climb`.

    Returns
    -------
    dict of str to array, shape (radii,), in [0, 1]
        For ``"at random"``, ``"one step"`` and ``"{steps} steps"``. A picture counts as right after several steps only
        if it was so after one, too: an attacker takes what works.
    """
    found: dict[str, list[float]] = {"at random": [], "one step": [], f"{steps} steps": []}
    for radius in radii:
        lots = right(model, random_signs(images, radius), labels)
        once = right(model, sign_step(model, images, labels, radius), labels)
        often = once & right(model, sign_climb(model, images, labels, radius, steps=steps), labels)
        for shares, one in zip(found.values(), (lots, once, often), strict=True):
            shares.append(float(one.float().mean()))
    return {name: np.array(shares) for name, shares in found.items()}


def right(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    """Tell for each picture whether the network names it rightly; shape (n,)."""
    return predict_logits(model, images).argmax(dim=1) == labels


def _slope(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    pixels = images.detach().clone().requires_grad_()
    with evaluating(model), torch.enable_grad():
        loss = functional.cross_entropy(model(pixels), labels, reduction="sum")
        (slope,) = torch.autograd.grad(loss, pixels)
    return slope


def _check(images: Tensor, labels: Tensor, radius: float) -> None:
    if radius < 0:
        raise ValueError(f"expected a radius of 0 or more, got {radius}; pixels are in [0, 1]")
    if images.ndim != 4 or labels.shape != images.shape[:1]:
        raise ValueError(
            "expected images of shape (n, channels, height, width) and one label each, got "
            f"{tuple(images.shape)} and {tuple(labels.shape)}"
        )
