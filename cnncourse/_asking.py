"""Ask a network about pictures and classes: what fits, what is refused and why, and how a logit changes with pixels."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnncourse._tracing import trace_network
from cnncourse.activations import evaluating

Targets = int | Sequence[int] | Tensor | None


def input_gradients(model: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
    """Differentiate each picture's logit by its pixels, shape (n, channels, height, width), with signs."""
    pixels = images.detach().clone().requires_grad_()
    with evaluating(model), torch.enable_grad():
        logits = model(pixels.clone())  # a copy, as above
        (gradients,) = torch.autograd.grad(logits.gather(1, targets[:, None]).sum(), pixels)
    return gradients


def chosen_classes(model: nn.Module, images: Tensor, targets: Targets = None) -> Tensor:
    """Check pictures and classes against the network, and name a class for each picture.

    Returns
    -------
    Tensor of int64, shape (n,)
        The classes asked about; by default those of the largest logit.

    Raises
    ------
    ValueError
        If the pictures do not fit the network, or there is no such class.
    """
    logits = _logits(model, images)
    if targets is None:
        return logits.argmax(dim=1)
    wanted = torch.as_tensor(targets, dtype=torch.int64, device=logits.device)
    if wanted.ndim > 1 or wanted.numel() not in (1, len(images)):
        raise ValueError(
            f"expected one class for all {len(images)} pictures or one each, got {wanted.numel()}, "
            f"shape {tuple(wanted.shape)}"
        )
    wanted = wanted.expand(len(images))
    if wanted.min() < 0 or wanted.max() >= logits.shape[1]:
        raise ValueError(
            f"expected classes from 0 to {logits.shape[1] - 1}, got {wanted.min().item()} to {wanted.max().item()}"
        )
    return wanted


def _logits(model: nn.Module, images: Tensor) -> Tensor:
    check_pictures(model, images)
    try:
        with evaluating(model), torch.no_grad():
            logits = model(images.clone())  # a copy: the first layer may work in place
    except RuntimeError:
        trace_network(model, tuple(images.shape[1:]))  # says in words which layer refused, and what arrived there
        raise
    if logits.ndim != 2:
        raise ValueError(f"expected a network that gives logits, shape (n, classes), got {tuple(logits.shape)}")
    return logits


def check_pictures(model: nn.Module, images: Tensor) -> None:
    """Refuse pictures of the wrong shape, kind or number of channels, and say what to do about it.

    Raises
    ------
    ValueError
        If they are no batch of pictures, or have other channels than the network's first convolution takes.
    """
    if images.ndim != 4 or not images.is_floating_point() or not len(images):
        raise ValueError(
            f"expected pictures as floating point numbers, shape (n, channels, height, width), got {images.dtype}, "
            f"shape {tuple(images.shape)}; one picture becomes a batch by picture[None], bytes by .float() / 255"
        )
    first = next((layer for layer in model.modules() if isinstance(layer, nn.Conv2d)), None)
    given, taken = images.shape[1], first.in_channels if first else images.shape[1]
    if given != taken:
        advice = {
            (1, 3): "grey pictures become colour by images.expand(-1, 3, -1, -1)",
            (3, 1): "colour becomes grey by images.mean(1, keepdim=True)",
            (4, 3): "leave the transparency of RGBA out by images[:, :3]",
            (4, 1): "colour becomes grey by images[:, :3].mean(1, keepdim=True)",
        }
        raise ValueError(
            f"the network takes pictures of {taken} channels, got {given}; "
            + advice.get((given, taken), "axes are (n, channels, height, width)")
        )
