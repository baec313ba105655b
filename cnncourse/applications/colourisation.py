"""Colourisation: from the lightness of a picture to its colours, by their mean and by their classes (lesson 11).

A grey picture is the lightness alone, and what is to be predicted is the hue, a* and b* of CIELAB [1]_.

References
----------
.. [1] R. Zhang, P. Isola, A. Efros, "Colorful image colorization", ECCV 2016, arXiv:1603.08511.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.applications.colour_pictures import Patches, Photo, cut_patches, photos
from cnncourse.applications.colours import colour_classes, colour_error, to_lab, to_rgb
from cnncourse.applications.learning import Plan, learn
from cnncourse.models import fresh

Array = NDArray[np.float64]
PALE = 50.0  # a* and b* are learned in units of so much
WAYS, BATCH = ("mean", "likely"), 16


class Parts(NamedTuple):
    """The two parts of a step's loss: squared error of the mean hue, and cross-entropy of the classes."""

    mean: float
    likely: float


class Colouriser(nn.Module):
    """An encoder with two heads: the mean hue of a pixel, and how likely each class of hues is there.

    Both look at the same maps, in three sizes. Hues come at half the resolution of the lightness, as in most JPEGs.

    Parameters
    ----------
    classes : Tensor, shape (count, 2)
        Typical hues, from `colour_classes`.
    width : int
        Maps of the finest layers; the coarser ones have twice as many.
    """

    classes: Tensor

    def __init__(self, classes: Tensor, *, width: int = 24) -> None:
        super().__init__()
        self.register_buffer("classes", classes)
        twice = 2 * width
        self.fine = nn.Sequential(_layer(1, width, 5, stride=2), _layer(width, width, 3))
        self.middle = nn.Sequential(_layer(width, twice, 3, stride=2), _layer(twice, twice, 3))
        self.coarse = nn.Sequential(_layer(twice, twice, 3, stride=2), _layer(twice, twice, 3), _layer(twice, twice, 5))
        self.join = _layer(5 * width, twice, 1)
        self.mean, self.likely = nn.Conv2d(twice, 2, 1), nn.Conv2d(twice, len(classes), 1)

    def forward(self, lightness: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean hues (n, 2, height / 2, width / 2) and logits of the classes, for L of shape (n, 1, …)."""
        fine = self.fine(lightness / 50 - 1)  # (n, width, height / 2, width / 2)
        middle = self.middle(fine)  # (n, 2 · width, height / 4, width / 4)
        coarse = self.coarse(middle)  # (n, 2 · width, height / 8, width / 8)
        maps = self.join(torch.cat([fine, _enlarged(middle, fine), _enlarged(coarse, fine)], dim=1))
        return PALE * self.mean(maps), self.likely(maps)

    def hues(self, lightness: Tensor, way: str = "mean") -> Tensor:
        """Predict hues, shape (n, 2, height, width): the mean, or that of the most likely class.

        Raises
        ------
        ValueError
            If the way is another.
        """
        if way not in WAYS:
            raise ValueError(f"expected a way out of {', '.join(WAYS)}, got {way!r}")
        mean, logits = self(lightness)
        if way == "likely":
            mean = self.classes[logits.argmax(dim=1)].permute(0, 3, 1, 2)
        return _enlarged(mean, lightness)


def _enlarged(maps: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(maps, size=like.shape[2:], mode="bilinear")


def _layer(inputs: int, outputs: int, size: int, *, stride: int = 1) -> nn.Sequential:
    convolution = nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU())


def train_colouriser(
    patches: Patches, *, classes: int = 24, epochs: int = 3, seed: int = 0, progress: bool = True
) -> tuple[Colouriser, list[Parts]]:
    """Train both heads on the same patches, without a label: every colour photograph is its own answer (lesson 11).

    Parameters
    ----------
    patches : Patches
        From `cut_patches`, 16 or more; height and width even.
    classes : int
        Of hues.
    epochs : int
        How often each patch is looked at.
    seed : int
        Of classes, first weights and order.
    progress : bool
        Whether to show a bar, from two seconds on.

    Returns
    -------
    (Colouriser, list of Parts)
        In evaluation mode; the parts of the loss, one a step.
    """
    lightness, hues = to_lab(patches.images).split([1, 2], dim=1)
    hues = functional.avg_pool2d(hues, 2).permute(0, 2, 3, 1)  # (n, height / 2, width / 2, 2)
    seen = functional.avg_pool2d(torch.from_numpy(patches.seen).float(), 2) == 1  # all four pixels
    typical = colour_classes(hues[seen], classes, seed=seed)
    model = fresh(lambda: Colouriser(typical), seed=seed).to(memory_format=torch.channels_last)
    parts = []

    def loss_of(places: Tensor) -> Tensor:
        there = seen[places]
        right = hues[places][there]  # (pixels, 2)
        mean, logits = (maps.permute(0, 2, 3, 1)[there] for maps in model(lightness[places]))
        apart = functional.mse_loss(mean / PALE, right / PALE)
        wrong = functional.cross_entropy(logits, torch.cdist(right, typical).argmin(dim=1))
        parts.append(Parts(apart.item(), wrong.item()))
        return 4 * apart + wrong  # about alike in size

    list(learn(model, loss_of, len(hues), Plan(epochs, BATCH, 6e-3, seed), progress=progress))
    return model, parts


def colourise(model: Colouriser, image: ArrayLike, way: str = "mean") -> Array:
    """Colour a picture; its own colours, if it has any, are not looked at (lesson 11).

    Parameters
    ----------
    model : Colouriser
        Trained.
    image : array, shape (height, width, 3) or (height, width), in [0, 1]
        The picture.
    way : {"mean", "likely", "grey"}
        Which head; ``"grey"`` gives the lightness alone.

    Returns
    -------
    array, shape (height, width, 3), in [0, 1]
        With the lightness that it had.
    """
    values = np.asarray(image, dtype=float)
    lab = to_lab((np.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values)[None])
    with torch.no_grad():
        hues = torch.zeros_like(lab[:, 1:]) if way == "grey" else model.hues(lab[:, :1], way)
    return np.asarray(to_rgb(torch.cat([lab[:, :1], hues], dim=1))[0])


def compare(*, seed: int = 0, epochs: int = 3, count: int = 800) -> dict[str, float]:
    """Measure the colour error in the faded strips of the photographs, against leaving them grey (lesson 11).

    Parameters
    ----------
    seed : int
        Of patches, classes, weights and batches.
    epochs, count : int
        Of the training, and how many patches it has.

    Returns
    -------
    dict of str to float, in units of CIELAB
        The mean over the photographs for the mean hue, the most likely class of hues, and grey.
    """
    found = photos()
    model, _ = train_colouriser(cut_patches(found, count, seed=seed), epochs=epochs, seed=seed, progress=False)
    names = {"mean hue": "mean", "most likely hue": "likely", "left grey": "grey"}
    return {name: float(np.mean([error_in_strips(model, one, way) for one in found])) for name, way in names.items()}


def error_in_strips(model: Colouriser, one: Photo, way: str = "mean") -> float:
    """Measure the colour error where a photograph has faded, as `colour_error` does."""
    return colour_error(colourise(model, one.image, way)[:, one.faded], one.image[:, one.faded])
