"""A small generative model of digits: a variational auto-encoder with a plane of latent numbers (lesson 11).

An encoder squeezes a picture into a few numbers, said with a doubt; a decoder draws a picture from numbers. Trained
together, they leave a space in which every place is a digit, or something between digits [1]_.

References
----------
.. [1] D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014, arXiv:1312.6114.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.applications.digit_measures import PrincipalComponents, read_right, squared_error, sureness
from cnncourse.applications.learning import Plan, learn
from cnncourse.datasets import PictureSet, load
from cnncourse.models import fresh

__all__ = [
    "DigitGenerator",
    "Latent",
    "Parts",
    "PrincipalComponents",
    "compare",
    "decoder_of",
    "divergence",
    "losses",
    "read_right",
    "squared_error",
    "sureness",
    "train_generator",
]

Array = NDArray[np.float64]
SIDE, BATCH = 28, 64


class Parts(NamedTuple):
    """The two parts of a step's loss, nats a picture: of the picture drawn anew, and of its place."""

    picture: float
    place: float


class Latent(NamedTuple):
    """Where an encoder places pictures.

    Attributes
    ----------
    mean : Tensor, shape (n, latent)
        The middle of each.
    log_variance : Tensor, shape (n, latent)
        The doubt: logarithm of the variance, for each number by itself.
    """

    mean: Tensor
    log_variance: Tensor

    def draw(self, chance: torch.Generator) -> Tensor:
        """Draw a place for each: the middle, and a step by chance as long as the doubt; gradients pass both."""
        step = torch.randn(self.mean.shape, generator=chance)
        return self.mean + step * (self.log_variance / 2).exp()


def divergence(latent: Latent) -> Tensor:
    """Measure how far each place with its doubt is from a standard normal: Kullback-Leibler divergence (lesson 11).

    Parameters
    ----------
    latent : Latent
        n places.

    Returns
    -------
    Tensor, shape (n,), nats
        ``(mean² + variance − 1 − log variance) / 2``, added up over the latent numbers [1]_.

    References
    ----------
    .. [1] D. Kingma, M. Welling, "Auto-encoding variational Bayes", 2014, appendix B.

    Examples
    --------
    No distance at mean 0 and variance 1; at mean 2 and variance 1, (4 + 1 − 1 − 0) / 2:

    >>> divergence(Latent(torch.tensor([[0.0], [2.0]]), torch.zeros(2, 1)))
    tensor([0., 2.])
    """
    mean, log_variance = latent
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2


def decoder_of(latent: int = 2, *, hidden: int = 32, channels: int = 16) -> nn.Sequential:
    """Make the part that draws: two dense layers, then two transposed convolutions that double the size (lesson 11).

    Parameters
    ----------
    latent : int
        Numbers that it draws from.
    hidden, channels : int
        Units of the first layer, and maps of 7 × 7 behind the second.

    Returns
    -------
    Sequential
        Input (n, latent), output (n, 1, 28, 28): logits, of which the sigmoid is the brightness.
    """
    return nn.Sequential(
        nn.Linear(latent, hidden),
        nn.ReLU(),
        nn.Linear(hidden, channels * 7 * 7),
        nn.ReLU(),
        nn.Unflatten(1, (channels, 7, 7)),
        nn.ConvTranspose2d(channels, channels // 2, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(channels // 2, 1, 4, stride=2, padding=1),
    )


class DigitGenerator(nn.Module):
    """A convolutional encoder to latent numbers, and a decoder back to pictures of 28 × 28.

    Parameters
    ----------
    latent : int
        How many numbers stand for a picture.

    Examples
    --------
    >>> generator = DigitGenerator(latent=2)
    >>> generator.encode(torch.zeros(5, 1, 28, 28)).mean.shape, generator.decode(torch.zeros(5, 2)).shape
    (torch.Size([5, 2]), torch.Size([5, 1, 28, 28]))
    """

    def __init__(self, latent: int = 2) -> None:
        super().__init__()
        if latent < 1:
            raise ValueError(f"expected 1 latent number or more, got {latent}")
        self.latent = latent
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 7 * 7, 64),
            nn.ReLU(),
            nn.Linear(64, 2 * latent),
        )
        self.decoder = decoder_of(latent)

    def encode(self, images: Tensor) -> Latent:
        """Place pictures, shape (n, 1, 28, 28)."""
        return Latent(*self.encoder(images).chunk(2, dim=1))

    def decode(self, places: Tensor) -> Tensor:
        """Draw pictures in [0, 1], shape (n, 1, 28, 28), for places of shape (n, latent)."""
        return self.decoder(places).sigmoid()

    def forward(self, images: Tensor) -> Tensor:
        """Draw each picture anew from the middle of where it is placed."""
        return self.decode(self.encode(images).mean)


def train_generator(
    data: PictureSet,
    *,
    latent: int = 2,
    epochs: int = 39,
    seed: int = 0,
    progress: bool = True,
) -> tuple[DigitGenerator, list[Parts]]:
    """Train encoder and decoder together on pictures without labels, 64 a step (lesson 11).

    Parameters
    ----------
    data : PictureSet
        Grey pictures of 28 × 28.
    latent : int
        Numbers a picture.
    epochs : int
        How often each picture is looked at.
    seed : int
        Of first weights, order and drawn places.
    progress : bool
        Whether to show a bar, from two seconds on.

    Returns
    -------
    (DigitGenerator, list of Parts)
        In evaluation mode; the parts of the loss, one a step.

    Raises
    ------
    ValueError
        If the pictures have another shape, or are fewer than a step needs.
    """
    if data.images.shape[1:] != (1, SIDE, SIDE):
        raise ValueError(f"expected pictures of 1×{SIDE}×{SIDE}, got {tuple(data.images.shape[1:])}; try: size={SIDE}")
    model = fresh(lambda: DigitGenerator(latent), seed=seed)
    chance = torch.Generator().manual_seed(seed)
    parts = []

    def loss_of(places: Tensor) -> Tensor:
        images = data.images[places]
        picture, place = losses(model, images, chance)
        parts.append(Parts(picture.item(), place.item()))
        return picture + place

    list(learn(model, loss_of, len(data), Plan(epochs, BATCH, 6e-3, seed), progress=progress))
    return model, parts


def losses(model: DigitGenerator, images: Tensor, chance: torch.Generator) -> tuple[Tensor, Tensor]:
    """Say how badly pictures are drawn anew, and how far their places are from a standard normal (lesson 11).

    Both in nats, a picture; their sum is the negative of the evidence lower bound, ELBO.

    Parameters
    ----------
    model : DigitGenerator
        Any.
    images : Tensor, shape (n, 1, 28, 28), in [0, 1]
        The pictures.
    chance : torch.Generator
        Draws a place for each.

    Returns
    -------
    (Tensor, Tensor), shape ()
    """
    placed = model.encode(images)
    logits = model.decoder(placed.draw(chance))  # (n, 1, 28, 28)
    picture = functional.binary_cross_entropy_with_logits(logits, images, reduction="sum") / len(images)
    return picture, divergence(placed).mean()


@torch.no_grad()
def compare(*, seed: int = 0, epochs: int = 39) -> dict[str, float]:
    """Squeeze unseen digits into two numbers, draw them anew, and count those that LeNet-5 still reads (lesson 11).

    LeNet-5 was trained on other digits, MNIST, and is the judge of both arms.

    Parameters
    ----------
    seed : int
        Of the training.
    epochs : int
        Of the training.

    Returns
    -------
    dict of str to float, in [0, 1]
        For the auto-encoder, and for the two principal components.
    """
    train, test = load("digits"), load("digits", "test")
    with torch.enable_grad():
        model, _ = train_generator(train, epochs=epochs, seed=seed, progress=False)
    arms: dict[str, Callable[[Tensor], Tensor]] = {
        "auto-encoder, 2 numbers": model,
        "principal components, 2 numbers": PrincipalComponents(train, 2),
    }
    return {name: read_right(arm(test.images), test.labels) for name, arm in arms.items()}
