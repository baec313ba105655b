"""Style transfer: one picture's things in another picture's manner, by descent in the pixels (lesson 11).

What is kept and what is taken over are both read off the maps of a trained network: the content from the maps
themselves, the style from which maps answer together, wherever that is [1]_.

References
----------
.. [1] L. Gatys, A. Ecker, M. Bethge, "Image style transfer using convolutional neural networks", CVPR 2016.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from tqdm.auto import tqdm

from cnncourse._octaves import octave_sizes, resized
from cnncourse.activations import find_layer
from cnncourse.applications.style_losses import (
    Eyes,
    content_loss,
    find_eyes,
    gram_matrix,
    maps_of,
    own_eyes,
    style_loss,
)
from cnncourse.dream_pictures import fit_picture, stride_of, to_array

__all__ = [
    "Eyes",
    "Progress",
    "Settings",
    "StyleTransfer",
    "content_loss",
    "find_eyes",
    "gram_matrix",
    "maps_of",
    "own_eyes",
    "style_loss",
    "transfer_style",
]

Array = NDArray[np.float64]
LONGEST = 512  # pixels of a side; the time grows with the area
DARKEST = 0.02  # pixels are kept this far from 0 and 1, where the curve that bounds them has no slope


@dataclass(frozen=True)
class Settings:
    """How much each part of the loss counts, and how to descend.

    Attributes
    ----------
    content : float
        Weight of the content; the style has weight 1, and both losses are shares of what there is to lose.
    variation : float
        Weight of the mean difference of neighbours, which holds noise down.
    steps : int
        In each octave.
    octaves : int
        Sizes, each twice the one before; in the small one a stroke spans more of the picture.
    rate : float
        Learning rate of Adam.
    jitter : int, pixels
        How far the picture is moved by chance before each step.
    seed : int
        Of the jitter.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    content: float = 0.05
    variation: float = 0.3
    steps: int = 50
    octaves: int = 2
    rate: float = 0.05
    jitter: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what nothing can be made with."""
        least = {"content": 0, "variation": 0, "steps": 1, "octaves": 1, "jitter": 0}
        for name, bound in least.items():
            if not getattr(self, name) >= bound:
                raise ValueError(f"expected {name} of {bound} or more, got {getattr(self, name)}")
        if not self.rate > 0:
            raise ValueError(f"expected a rate above 0, got {self.rate}; without a step nothing changes")


class Progress(NamedTuple):
    """Where a transfer is: the losses before this step, how much of all work is done, and the picture after it."""

    step: int
    content: float
    style: float
    share: float
    pictures: Tensor  # (1, 3, height, width), in [0, 1]


class StyleTransfer:
    """A transfer under way: ``for progress in transfer`` takes its steps.

    It begins with the photograph, small, and goes on in larger sizes with what it has.

    Parameters
    ----------
    eyes : Eyes
        From `find_eyes`, or a network and layers of your own.
    content, style : array, shape (height, width, 3) or (height, width), in [0, 1]
        What to show, and in which manner. The style is brought to the height of the content.
    settings : Settings, optional
        How.

    Attributes
    ----------
    sizes : list of (int, int), pixels
        The octaves.
    notes : tuple of str
        What was done to the photograph, a sentence each.

    Raises
    ------
    ValueError
        If a layer is unknown, or a picture is none.
    """

    def __init__(self, eyes: Eyes, content: ArrayLike, style: ArrayLike, settings: Settings | None = None) -> None:
        for layer in (eyes.content, *eyes.styles):
            find_layer(eyes.model, layer)
        self.eyes, self.settings = eyes, settings or Settings()
        least = 2 * stride_of(eyes.model, eyes.styles[-1])
        fit = fit_picture(content, eyes.model, least=least, longest=LONGEST)
        self._content, self.notes = fit.pictures.float(), fit.notes
        self._style = fit_picture(style, eyes.model, least=least, longest=LONGEST).pictures.float()
        high, wide = self._content.shape[2:]
        self.sizes = octave_sizes((high, wide), self.settings.octaves, 2.0, least=least)
        self._current = self._content

    @property
    def picture(self) -> Array:
        """The picture as it stands, shape (height, width, 3)."""
        return np.asarray(to_array(self._current)[0])

    def __iter__(self) -> Iterator[Progress]:
        """Begin anew, and take all steps."""
        self._current = self._content
        chance = torch.Generator().manual_seed(self.settings.seed)
        total = self.settings.steps * sum(high * wide for high, wide in self.sizes)
        done = 0
        for size in self.sizes:
            for step in self._octave(size, chance):
                done += size[0] * size[1]
                yield step._replace(share=done / total)

    def _octave(self, size: tuple[int, int], chance: torch.Generator) -> Iterator[Progress]:
        content, style = (resized(one, self._scaled(one, size)).clamp(0, 1) for one in (self._content, self._style))
        with torch.no_grad():
            grams = {layer: gram_matrix(self._maps(style)[layer]) for layer in self.eyes.styles}
        # The sigmoid of any number lies between 0 and 1: what moves is the number, and no colour leaves its range.
        free = torch.logit(resized(self._current, size).clamp(DARKEST, 1 - DARKEST)).requires_grad_()
        adam = torch.optim.Adam([free], self.settings.rate, betas=(0.9, 0.99))
        for step in range(self.settings.steps):
            reach = self.settings.jitter
            shift = tuple(torch.randint(-reach, reach + 1, (2,), generator=chance).tolist())
            kept, taken = self._slope(free, content, grams, shift)
            adam.step()
            self._current = free.detach().sigmoid()
            yield Progress(step + 1, kept, taken, 0.0, self._current)

    def _slope(
        self, free: Tensor, content: Tensor, grams: dict[str, Tensor], shift: tuple[int, ...]
    ) -> tuple[float, float]:
        """Look once at both pictures, moved alike, and leave the gradient of the whole loss where Adam finds it."""
        pictures = free.sigmoid()
        with torch.no_grad():
            wanted = self._maps(content.roll(shift, dims=(2, 3)))[self.eyes.content]
        maps = self._maps(pictures.roll(shift, dims=(2, 3)))
        kept, taken = content_loss(maps[self.eyes.content], wanted), style_loss(maps, grams)
        rough = pictures.diff(dim=2).abs().mean() + pictures.diff(dim=3).abs().mean()
        loss = self.settings.content * kept + taken + self.settings.variation * rough
        (free.grad,) = torch.autograd.grad(loss, free)  # by the pixels alone: the weights stay as they are
        return kept.item(), taken.item()

    def _maps(self, pictures: Tensor) -> dict[str, Tensor]:
        return maps_of(self.eyes, pictures)

    def _scaled(self, pictures: Tensor, size: tuple[int, int]) -> tuple[int, int]:
        """Give the size in which a picture is as high as the octave."""
        return size[0], max(1, round(pictures.shape[3] * size[0] / pictures.shape[2]))


def transfer_style(
    content: ArrayLike,
    style: ArrayLike,
    *,
    eyes: Eyes | None = None,
    settings: Settings | None = None,
    progress: bool = False,
) -> Array:
    """Show one picture's things in another's manner (lesson 11).

    Parameters
    ----------
    content, style : array, shape (height, width, 3) or (height, width), in [0, 1]
        What to show, and in which manner.
    eyes : Eyes, optional
        A network and its layers; by default `own_eyes`.
    settings : Settings, optional
        How.
    progress : bool
        Whether to show a bar once it has taken two seconds.

    Returns
    -------
    array, shape (height, width, 3), in [0, 1]

    Raises
    ------
    ValueError
        As `StyleTransfer` does.
    """
    transfer = StyleTransfer(eyes or own_eyes(), content, style, settings)
    with tqdm(total=100, unit="%", disable=not progress, delay=2, leave=False) as bar:
        for at in transfer:
            bar.set_postfix(content=f"{at.content:.2f}", style=f"{at.style:.3f}", refresh=False)
            bar.update(round(100 * at.share) - bar.n)
    return transfer.picture
