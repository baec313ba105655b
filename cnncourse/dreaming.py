"""Deep Dream: a photograph changed, step by step, into more of what a network sees in it (lesson 08)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from tqdm.auto import tqdm

from cnncourse._ascent import Settings, Target, climb
from cnncourse._octaves import Size, octave_sizes, resized
from cnncourse.activations import find_layer, run_until
from cnncourse.dream_pictures import fit_picture, stride_of, to_array

__all__ = ["Dream", "Progress", "Settings", "Target", "deep_dream"]

Array = NDArray[np.float64]
LONGEST = 1024  # pixels of a side; a larger photograph takes minutes, and gigabytes


@dataclass(frozen=True)
class Progress:
    """Where a dream is.

    Attributes
    ----------
    octave, octaves, step, steps : int
        Of how many, counted from 1.
    size : (int, int), pixels
        Height and width of the octave.
    value : float
        What shall grow, before this step.
    share : float, in (0, 1]
        How much of all work is done; a step in a large octave counts more.
    pictures : Tensor, shape (1, channels, height, width)
        The octave's picture after this step.
    """

    octave: int
    octaves: int
    step: int
    steps: int
    size: Size
    value: float
    share: float
    pictures: Tensor

    @property
    def picture(self) -> Array:
        """The octave's picture after this step, shape (height, width, 3) or (height, width)."""
        return np.asarray(to_array(self.pictures)[0])


class _State(NamedTuple):
    """Where a dream is between two steps; as one value, so that an interrupt finds it before or after a step.

    `taken` counts steps over all octaves; `changed` is what the whole octaves changed, in the size of the last;
    `current` is the picture of the next step; `chance` the state of the random numbers.
    """

    taken: int
    changed: Tensor
    current: Tensor
    chance: Tensor


class Dream:
    """A dream under way: ``for progress in dream`` takes its steps, and may be broken off and gone on with at any one.

    The network is run in evaluation mode and left as it was, mode and numbers, however a step ends.

    Parameters
    ----------
    model : Module
        Any network that takes pictures in [0, 1].
    picture : array, shape (height, width), (height, width, 3) or (height, width, 4)
        Where to begin; made fit for the network, and `notes` say how.
    target : Target
        What shall grow.
    settings : Settings, optional
        How.
    longest : int, pixels
        A picture with a longer side is made smaller.
    fast : bool
        Compute in 16 bits; quicker on some processors, and slightly different.

    Attributes
    ----------
    sizes : list of (int, int), pixels
        The octaves; those that are too small for the network are left out.
    notes : tuple of str
        What was done to the picture, a sentence each.

    Raises
    ------
    ValueError
        If there is no such layer or channel, the picture is none, or the network does not take it.
    """

    def __init__(
        self,
        model: nn.Module,
        picture: ArrayLike,
        target: Target,
        settings: Settings | None = None,
        *,
        longest: int = LONGEST,
        fast: bool = False,
    ) -> None:
        find_layer(model, target.layer)
        self.model, self.target, self.settings, self.fast = model, target, settings or Settings(), fast
        least = 2 * stride_of(model, target.layer)  # two places along each axis: one alone has no neighbour
        fit = fit_picture(picture, model, least=least, longest=longest)
        self._start, self.notes = fit.pictures, fit.notes
        self.sizes = self._possible(least)
        self._cancelled = False
        unchanged, chance = torch.zeros_like(self._start), torch.Generator().manual_seed(self.settings.seed)
        self._state = _State(0, unchanged, self._begin(0, unchanged), chance.get_state())

    @property
    def finished(self) -> bool:
        """Whether no step is left, or it was cancelled."""
        return self._cancelled or self._state.taken >= len(self.sizes) * self.settings.steps

    @property
    def picture(self) -> Array:
        """The photograph, in its full size, with what the octaves that are whole have made of it."""
        size = self.sizes[-1]
        return np.asarray(to_array((self._start + resized(self._state.changed, size)).clamp(0, 1))[0])

    @property
    def recipe(self) -> dict[str, Any]:
        """What made the picture, ready for `cnncourse.dream_pictures.save_dream`."""
        done = {"network": type(self.model).__name__, "octaves done": self._state.taken // self.settings.steps}
        return {**done, "size": list(self.sizes[-1]), **asdict(self.target), **asdict(self.settings)}

    def cancel(self) -> None:
        """End it; `picture` keeps the octaves that are whole."""
        self._cancelled = True

    def __iter__(self) -> Iterator[Progress]:
        """Take the steps that are left, one at a time."""
        while not self.finished:
            yield self._step()

    def _step(self) -> Progress:
        taken, changed, current, state = self._state
        place, step = divmod(taken, self.settings.steps)
        chance = torch.Generator().set_state(state)
        after, value = climb(self.model, self.target, current, self.settings, chance, fast=self.fast)
        current = after
        if step + 1 == self.settings.steps:  # the octave is whole
            changed = after - resized(self._start, self.sizes[place])
            current = self._begin(min(place + 1, len(self.sizes) - 1), changed)
        self._state = _State(taken + 1, changed, current, chance.get_state())
        return self._progress(place, step, float(value[0]), after)

    def _begin(self, place: int, changed: Tensor) -> Tensor:
        size = self.sizes[place]
        return (resized(self._start, size) + resized(changed, size)).clamp(0, 1)

    def _progress(self, place: int, step: int, value: float, after: Tensor) -> Progress:
        areas = [height * width for height, width in self.sizes]
        done = sum(areas[:place]) + areas[place] * (step + 1) / self.settings.steps
        where = (place + 1, len(areas), step + 1, self.settings.steps)
        return Progress(*where, self.sizes[place], value, done / sum(areas), after)

    def _possible(self, least: int) -> list[Size]:
        """Leave out the octaves that the network refuses, and check the channel on the smallest that it takes."""
        size = (self._start.shape[2], self._start.shape[3])
        sizes = octave_sizes(size, self.settings.octaves, self.settings.scale, least=least)
        while True:
            try:
                with torch.no_grad():
                    maps = run_until(self.model, self.target.layer, resized(self._start, sizes[0]))
                break
            except RuntimeError as error:
                if len(sizes) == 1:
                    shape = " × ".join(map(str, self._start.shape[1:]))
                    raise ValueError(f"the network does not take a picture of {shape}: {error}") from error
                sizes = sizes[1:]
        check_channels(self.target, maps.shape[1])
        return sizes


def check_channels(target: Target, count: int) -> None:
    """Refuse a channel that a layer does not have."""
    asked = target.channel if isinstance(target.channel, tuple) else (target.channel,)
    for channel in asked:
        if channel is not None and not 0 <= channel < count:
            raise ValueError(f"expected a channel of layer {target.layer!r} from 0 to {count - 1}, got {channel}")


def deep_dream(
    model: nn.Module,
    picture: ArrayLike,
    layer: str,
    *,
    channel: int | None = None,
    settings: Settings | None = None,
    progress: bool = False,
) -> Array:
    """Dream a photograph to its end (lesson 08).

    Parameters
    ----------
    model, picture, settings
        As in `Dream`.
    layer : str
        Whose answer shall grow.
    channel : int, optional
        Which of its maps; in the last layer of a classifier, which class. By default all of them.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    array, shape (height, width, 3) or (height, width), in [0, 1]
        The picture, as grey or coloured as the network takes it.

    Raises
    ------
    ValueError
        As `Dream` does.
    """
    dream = Dream(model, picture, Target(layer, channel), settings)
    with tqdm(total=100, unit="%", disable=not progress, leave=False) as bar:
        for at in dream:
            bar.set_postfix_str(f"octave {at.octave} of {at.octaves}", refresh=False)
            bar.update(round(100 * at.share) - bar.n)
    return dream.picture
