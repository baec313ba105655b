"""A trained network takes on a new task with few examples: frozen, fine-tuned, or not at all (lesson 09).

The new task comes with scikit-image: three photographs of brick, grass and gravel, cut into pieces of 32×32 pixels.
What is learned from lies in the left half of each photograph, what is tested with in the right half.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.activations import run_until
from cnncourse.datasets import PictureSet
from cnncourse.evaluation import accuracy
from cnncourse.images import photograph
from cnncourse.models import ResidualNet, fresh
from cnncourse.textures import halves, tiles
from cnncourse.training import Record, Settings, train
from cnncourse.weights import load_weights

TEXTURES = ("brick", "grass", "gravel")
SIDE, ACROSS = 32, 16  # pixels a piece; pieces beside each other in a photograph of 512 pixels
BATCH, STEPS = 15, 60
RATES = (0.01, 0.03, 0.1)  # that each arm of `compare` may choose from
EACH = 5  # examples of each texture in `compare`


def textures() -> tuple[PictureSet, PictureSet]:
    """Cut brick, grass and gravel into pieces, grey in three equal colours (lesson 09).

    Returns
    -------
    learn, test : PictureSet
        384 pieces each, 128 a texture: from the left and from the right halves of the photographs.

    Examples
    --------
    >>> learn, test = textures()
    >>> learn.counts, tuple(test.images.shape)
    ({'brick': 128, 'grass': 128, 'gravel': 128}, (384, 3, 32, 32))
    """
    cut = np.stack([tiles(photograph(name), SIDE) for name in TEXTURES])  # (3, 256, 32, 32)
    places = halves(ACROSS, ACROSS)
    return _pieces(cut[:, places["left"]], "left"), _pieces(cut[:, places["right"]], "right")


def _pieces(cut: Any, half: str) -> PictureSet:
    images = torch.tensor(cut, dtype=torch.float32).flatten(0, 1)[:, None].repeat(1, 3, 1, 1)  # (384, 3, 32, 32)
    labels = torch.arange(len(TEXTURES)).repeat_interleave(cut.shape[1])
    return PictureSet(images, labels, TEXTURES, f"pieces of the {half} halves of three photographs from scikit-image")


def features(network: nn.Module, images: Tensor) -> Tensor:
    """Give what a `ResidualNet` knows of pictures before its last layer names them (lesson 09).

    Parameters
    ----------
    network : ResidualNet
        In evaluation mode; it remembers nothing for gradients.
    images : Tensor, shape (n, 3, height, width), in [0, 1]
        The pictures.

    Returns
    -------
    Tensor, shape (n, 256)
        The mean of each map of the last block, as `ResidualNet.forward` takes it.

    Raises
    ------
    ValueError
        If the network is in training mode: then what it answers about a picture depends on the pictures beside it.
    """
    if network.training:
        raise ValueError("expected a network in evaluation mode, got one in training mode; try: network.eval()")
    with torch.no_grad():
        maps = run_until(network, "blocks", images)  # (n, 256, height / 16, width / 16)
    return functional.adaptive_avg_pool2d(maps, 1).flatten(1)


def train_head(known: Tensor, labels: Tensor, *, classes: int, steps: int = 300, seed: int = 0) -> nn.Linear:
    """Train a linear layer on features that stay as they are: the network below is *frozen* (lesson 09).

    Parameters
    ----------
    known : Tensor, shape (n, features)
        From `features`.
    labels : Tensor of int64, shape (n,)
        What the pictures show.
    classes : int
        How many there are.
    steps : int
        Of gradient descent by Adam with all examples at once and a weight decay of 0.01.
    seed : int
        Of the first weights.

    Returns
    -------
    Linear
        Gives logits.

    Examples
    --------
    >>> known = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> train_head(known, torch.tensor([1, 0]), classes=2)(known).argmax(dim=1)
    tensor([1, 0])
    """
    head = fresh(lambda: nn.Linear(known.shape[1], classes), seed=seed)
    optimiser = torch.optim.AdamW(head.parameters(), 0.02, weight_decay=0.01)
    for _ in range(steps):
        loss = functional.cross_entropy(head(known), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return head


def with_new_head(start: nn.Module | None, classes: int, *, seed: int = 0) -> ResidualNet:
    """Make a `ResidualNet` for a new task: all but its head from a trained one, or nothing at all (lesson 09).

    Parameters
    ----------
    start : ResidualNet, optional
        Where to take the weights and running means from; it stays as it is. Without, all weights are fresh.
    classes : int
        Of the new task.
    seed : int
        Of the fresh weights.

    Returns
    -------
    ResidualNet
        Every weight of it can be trained.
    """
    made = fresh(lambda: ResidualNet(classes), seed=seed)
    if start is not None:
        kept = {name: values for name, values in start.state_dict().items() if not name.startswith("head.")}
        made.load_state_dict(kept, strict=False)
    return made


def few(data: PictureSet, each: int, *, seed: int = 0) -> PictureSet:
    """Choose as many pictures of every class at random.

    Raises
    ------
    ValueError
        If a class has not so many.

    Examples
    --------
    >>> few(textures()[0], 2).counts
    {'brick': 2, 'grass': 2, 'gravel': 2}
    """
    least = min(data.counts.values())
    if not 1 <= each <= least:
        raise ValueError(f"expected 1 to {least} examples of each class, got {each}")
    return data.take(each * len(data.classes), seed=seed)


def train_few(
    network: nn.Module, examples: PictureSet, *, rate: float, steps: int = STEPS, seed: int = 0, progress: bool = False
) -> list[Record]:
    """Train all weights of a network on few examples, in place, in a fixed number of steps (lesson 09).

    Parameters
    ----------
    network : Module
        Such as from `with_new_head`.
    examples : PictureSet
        What to learn from; batches of 15, or of all where there are fewer.
    rate : float
        The highest learning rate of the cycle.
    steps : int
        At least so many.
    seed : int
        Of the order.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    list of Record
        One a step.
    """
    batch = min(BATCH, len(examples))
    epochs = -(-steps // (len(examples) // batch))
    settings = Settings(epochs=epochs, batch=batch, learning_rate=rate, seed=seed)
    return train(network, examples, settings, progress=progress)


def best_rate(
    start: nn.Module | None, examples: PictureSet, judge: PictureSet, rates: Sequence[float] = RATES, *, seed: int = 0
) -> nn.Module:
    """Train once at each rate, and keep the network that is right most often about what was held out."""
    tried = []
    for rate in rates:
        network = with_new_head(start, len(examples.classes), seed=seed)
        train_few(network, examples, rate=rate, seed=seed)
        tried.append((accuracy(network, judge), network))
    return max(tried, key=lambda one: one[0])[1]


def compare(*, seed: int = 0) -> dict[str, float]:
    """Learn three textures from five examples each: fine-tuned, frozen, and from scratch.

    The learning rates of the first and the last arm are the best of three on 90 other pieces of the left halves.

    Parameters
    ----------
    seed : int
        Of the choice of examples, first weights and order.

    Returns
    -------
    dict of str to float, in [0, 1]
        Share of the 384 test pieces that is named rightly.
    """
    learn, test = textures()
    rest, judge = learn.split(90, seed=100)
    examples, trained = few(rest, EACH, seed=seed), load_weights("residual-robust")
    head = train_head(features(trained, examples.images), examples.labels, classes=len(TEXTURES), seed=seed)
    frozen = head(features(trained, test.images)).argmax(dim=1) == test.labels
    return {
        "fine-tuned": accuracy(best_rate(trained, examples, judge, seed=seed), test),
        "frozen, new head": float(frozen.float().mean()),
        "from scratch": accuracy(best_rate(None, examples, judge, seed=seed), test),
    }
