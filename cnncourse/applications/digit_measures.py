"""What a generator of digits is measured against, and by (lesson 11)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from cnncourse.datasets import PictureSet
from cnncourse.weights import load_weights


class PrincipalComponents:
    """The obvious baseline: a mean picture, and the directions in which pictures differ most (lesson 11).

    Parameters
    ----------
    data : PictureSet
        What to learn from.
    latent : int
        How many directions.

    References
    ----------
    K. Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical Magazine 2, 1901.
    """

    def __init__(self, data: PictureSet, latent: int = 2) -> None:
        flat = data.images.flatten(1)
        self.shape, self.mean = data.images.shape[1:], flat.mean(dim=0)
        _, sizes, directions = torch.linalg.svd(flat - self.mean, full_matrices=False)
        self.directions, self.spread = directions[:latent], sizes[:latent] / len(flat) ** 0.5

    def encode(self, images: Tensor) -> Tensor:
        """Place pictures, shape (n, latent), in units of each direction's spread."""
        return (images.flatten(1) - self.mean) @ self.directions.T / self.spread

    def decode(self, places: Tensor) -> Tensor:
        """Draw pictures, cut off at 0 and 1."""
        flat = self.mean + (places * self.spread) @ self.directions
        return flat.clamp(0, 1).unflatten(1, self.shape)

    def __call__(self, images: Tensor) -> Tensor:
        """Draw each picture anew from its numbers."""
        return self.decode(self.encode(images))


def squared_error(drawn: Tensor, images: Tensor) -> float:
    """Tell the mean squared difference of brightness, a pixel."""
    return functional.mse_loss(drawn, images).item()


@torch.no_grad()
def read_right(drawn: Tensor, labels: Tensor) -> float:
    """Tell which share of drawn digits the shipped LeNet-5 reads as what they should be (lesson 11)."""
    return (load_weights("lenet5")(drawn).argmax(dim=1) == labels).float().mean().item()


@torch.no_grad()
def sureness(drawn: Tensor) -> float:
    """Tell how sure the shipped LeNet-5 is on average of the digit that it sees, in [0, 1] (lesson 11)."""
    return load_weights("lenet5")(drawn).softmax(dim=1).amax(dim=1).mean().item()
