"""What a network answers to many pictures, in large batches and without remembering for gradients (lesson 06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cnncourse.activations import evaluating

if TYPE_CHECKING:
    from cnncourse.datasets import PictureSet

LARGE = 1000  # pictures at once: few enough for their maps to stay small in memory, many enough to keep cores busy


def predict_logits(model: nn.Module, images: Tensor) -> Tensor:
    """Ask a network about pictures; it is left in the mode it was in (lesson 06).

    Parameters
    ----------
    model : Module
        Takes pictures and gives logits, on any device.
    images : Tensor, shape (n, channels, height, width)
        The pictures.

    Returns
    -------
    Tensor, shape (n, classes)
        On the processor.

    Raises
    ------
    ValueError
        If there is no picture.

    Examples
    --------
    >>> predict_logits(nn.Flatten(), torch.tensor([[[[1.0, 2.0]]], [[[3.0, 4.0]]]]))
    tensor([[1., 2.],
            [3., 4.]])
    """
    if images.ndim != 4 or not len(images):
        raise ValueError(
            f"expected pictures of shape (n, channels, height, width), got {tuple(images.shape)}; "
            "a single one becomes images[None]"
        )
    device = next((weights.device for weights in model.parameters()), torch.device("cpu"))
    with evaluating(model), torch.no_grad():
        return torch.cat([model(some.to(device)).cpu() for some in images.split(LARGE)])


def accuracy(model: nn.Module, data: PictureSet) -> float:
    """Tell which share of pictures a network names rightly (lesson 06).

    Parameters
    ----------
    model : Module
        Gives logits.
    data : PictureSet
        Pictures and labels.

    Returns
    -------
    float, in [0, 1]
    """
    return float((predict_logits(model, data.images).argmax(dim=1) == data.labels.cpu()).float().mean())
