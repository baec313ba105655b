"""What becomes of a network's answers when pictures get noisy, blurred, pale, covered or moved (lesson 09).

In the manner of ImageNet-C [1]_: kinds of corruption, each in five strengths, on pictures that the network was not
trained for. A person would still name nearly all of them.

References
----------
.. [1] D. Hendrycks, T. Dietterich, "Benchmarking neural network robustness to common corruptions and perturbations",
   ICLR 2019, arXiv:1903.12261. The strengths of noise are those of its ImageNet-C, those of contrast of its CIFAR-10-C;
   those of blur, cover and shift are ours, for pictures of about 30 pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.evaluation import predict_logits

SIGMAS = (0.08, 0.12, 0.18, 0.26, 0.38)  # of the noise, in brightness
BLURS = (0.5, 1.0, 1.5, 2.0, 2.5)  # pixels, standard deviation
CONTRASTS = (0.75, 0.5, 0.4, 0.3, 0.15)  # share of the contrast that is left
COVERS = (0.2, 0.3, 0.4, 0.5, 0.6)  # side of the cover, share of the picture's
SHIFTS = (1, 2, 3, 4, 6)  # pixels
STRENGTHS = range(1, 6)


def add_noise(images: Tensor, sigma: float, chance: torch.Generator) -> Tensor:
    """Add normal noise to every value, and cut off what is darker than black or brighter than white."""
    return (images + sigma * torch.randn(images.shape, generator=chance)).clamp(0, 1)


def blur(images: Tensor, sigma: float, chance: torch.Generator | None = None) -> Tensor:
    """Blur by a Gaussian kernel, first down, then across (lesson 03); the border is repeated.

    Examples
    --------
    >>> spot = torch.zeros(1, 1, 5, 5)
    >>> spot[..., 2, 2] = 1
    >>> blurred = blur(spot, 0.5)[0, 0]
    >>> bool(blurred[2, 2] > blurred[2, 1] == blurred[1, 2] > blurred[1, 1])
    True
    """
    reach = int(3 * sigma + 0.5)
    steps = torch.arange(-reach, reach + 1)
    kernel = (-(steps**2) / (2 * sigma**2)).exp()
    kernel = (kernel / kernel.sum()).repeat(images.shape[1], 1, 1, 1)  # (channels, 1, 1, size)
    framed = functional.pad(images, [reach] * 4, mode="replicate")
    down = functional.conv2d(framed, kernel.mT, groups=images.shape[1])
    return functional.conv2d(down, kernel, groups=images.shape[1])


def fade(images: Tensor, contrast: float, chance: torch.Generator | None = None) -> Tensor:
    """Draw every value towards the mean of its picture.

    Examples
    --------
    >>> fade(torch.tensor([[[[0.0, 1.0]]]]), 0.5)
    tensor([[[[0.2500, 0.7500]]]])
    """
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return mean + contrast * (images - mean)


def cover(images: Tensor, share: float, chance: torch.Generator) -> Tensor:
    """Cover each picture with a grey square somewhere inside, its side a share of the picture's shorter one."""
    height, width = images.shape[2:]
    side = round(share * min(height, width))
    top = torch.randint(0, height - side + 1, (len(images), 1, 1, 1), generator=chance)
    left = torch.randint(0, width - side + 1, (len(images), 1, 1, 1), generator=chance)
    rows, columns = torch.arange(height)[:, None], torch.arange(width)
    inside = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    return torch.where(inside, 0.5, images)


def move(images: Tensor, pixels: int, chance: torch.Generator) -> Tensor:
    """Move each picture up, down, left or right; the border is repeated where nothing is known."""
    height, width = images.shape[2:]
    framed = functional.pad(images, [pixels] * 4, mode="replicate")
    ways = [(0, pixels), (2 * pixels, pixels), (pixels, 0), (pixels, 2 * pixels)]  # corners of the window
    moved = torch.stack([framed[..., down : down + height, right : right + width] for down, right in ways])
    return moved[torch.randint(0, 4, (len(images),), generator=chance), torch.arange(len(images))]


CORRUPTIONS: dict[str, tuple[Callable[..., Tensor], Sequence[float]]] = {
    "noise": (add_noise, SIGMAS),
    "blur": (blur, BLURS),
    "contrast": (fade, CONTRASTS),
    "cover": (cover, COVERS),
    "shift": (move, SHIFTS),
}


def corrupt(images: Tensor, kind: str, strength: int, *, seed: int = 0) -> Tensor:
    """Corrupt pictures in one way, as little or as much as wanted (lesson 09).

    Parameters
    ----------
    images : Tensor, shape (n, channels, height, width), in [0, 1]
        The pictures; they stay as they are.
    kind : str
        One of `CORRUPTIONS`.
    strength : int
        1 to 5; 0 gives the pictures as they are.
    seed : int
        Of noise and places.

    Returns
    -------
    Tensor, same shape, in [0, 1]

    Raises
    ------
    ValueError
        If there is no such kind or strength.

    Examples
    --------
    >>> corrupt(torch.tensor([[[[0.0, 1.0]]]]), "contrast", 2)
    tensor([[[[0.2500, 0.7500]]]])
    """
    if kind not in CORRUPTIONS:
        raise ValueError(f"expected a corruption out of {', '.join(CORRUPTIONS)}, got {kind!r}")
    if strength not in range(6):
        raise ValueError(f"expected a strength from 0, the picture as it is, to 5, got {strength}")
    change, amounts = CORRUPTIONS[kind]
    if strength == 0:
        return images.clone()
    return change(images, amounts[strength - 1], torch.Generator().manual_seed(seed))


def corrupted_accuracy(
    model: nn.Module, images: Tensor, labels: Tensor, *, kinds: Sequence[str] = tuple(CORRUPTIONS), seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Tell how often a network is right, for each kind of corruption and each strength (lesson 09).

    Parameters
    ----------
    model : Module
        Gives logits.
    images : Tensor, shape (n, channels, height, width), in [0, 1]
        The pictures.
    labels : Tensor of int64, shape (n,)
        What they show; or what the network said of the clean pictures, to learn how often it stays with that.
    kinds : sequence of str
        Out of `CORRUPTIONS`.
    seed : int
        Of noise and places.

    Returns
    -------
    dict of str to array, shape (6,), in [0, 1]
        By the kind; the first number is that of the clean pictures.
    """

    def right(kind: str, strength: int) -> float:
        answers = predict_logits(model, corrupt(images, kind, strength, seed=seed)).argmax(dim=1)
        return float((answers == labels).float().mean())

    clean = float((predict_logits(model, images).argmax(dim=1) == labels).float().mean())
    return {kind: np.array([clean, *(right(kind, strength) for strength in STRENGTHS)]) for kind in kinds}
