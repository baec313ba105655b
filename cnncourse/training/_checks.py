"""Questions asked before a training starts, so that what is wrong is said in words and not by a crash inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cnncourse.activations import evaluating

if TYPE_CHECKING:
    from cnncourse.datasets import PictureSet


def check_data(data: PictureSet) -> None:
    """Raise ValueError unless the pictures are numbers and their labels say at least two different things."""
    if not len(data.images):
        raise ValueError("expected pictures to learn from, got none")
    if not data.images.is_floating_point():
        raise ValueError(
            f"expected pictures as floats in [0, 1], got {data.images.dtype}; try: images.float() / 255 for bytes"
        )
    if len(data.images) != len(data.labels):
        raise ValueError(
            f"expected a label a picture, got {len(data.images):,} pictures and {len(data.labels):,} labels"
        )
    if not all(bool(some.isfinite().all()) for some in data.images.split(1000)):  # at once, it would need much memory
        bad = int((~data.images.flatten(1).isfinite().all(dim=1)).nonzero()[0, 0])
        raise ValueError(
            f"expected numbers everywhere, got NaN or infinity in picture {bad}; one is enough to spoil all"
        )
    if bool((data.labels == data.labels[0]).all()):
        raise ValueError(
            f"expected labels of two classes or more, got {int(data.labels[0])} for all {len(data.labels):,} pictures: "
            "there is nothing to tell apart; is the set sorted, and this only its beginning?"
        )


def check_batch(batch: int, count: int) -> None:
    """Raise ValueError unless a batch fits into a set of so many pictures."""
    if not 1 <= batch <= count:
        raise ValueError(
            f"expected a batch of 1 to {count:,} pictures, which is the whole set, got {batch:,}; "
            "only whole batches are trained on; try: a smaller batch"
        )


def check_model(model: nn.Module, data: PictureSet) -> None:
    """Raise ValueError unless the network takes these pictures and has an output for each label."""
    shape = tuple(data.images.shape[1:])
    try:
        with evaluating(model), torch.no_grad():
            device = next((weights.device for weights in model.parameters()), data.images.device)
            logits = model(data.images[:2].to(device))
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"the network does not take pictures of shape {shape}: {error}") from error
    if not isinstance(logits, Tensor) or logits.ndim != 2:
        came = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
        raise ValueError(f"expected logits of shape (pictures, classes) from the network, got {came}")
    check_labels(data.labels, outputs=logits.shape[1])


def check_labels(labels: Tensor, *, outputs: int) -> None:
    """Raise ValueError unless every label is the number of an output."""
    if labels.dtype != torch.int64:
        raise ValueError(f"expected labels as int64, got {labels.dtype}; try: labels.long()")
    outside = ((labels < 0) | (labels >= outputs)).nonzero()
    if len(outside):
        place = int(outside[0, 0])
        raise ValueError(
            f"expected labels from 0 to {outputs - 1}, one for each of the network's {outputs} outputs, got "
            f"{int(labels[place])} at picture {place}; {len(outside):,} of {len(labels):,} labels are outside"
        )
