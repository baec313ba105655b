"""What a unit looks for: noise that is changed until the unit answers as strongly as it can (lesson 08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cnncourse._ascent import Settings, Target, climb
from cnncourse._octaves import resized
from cnncourse.activations import run_until
from cnncourse.datasets import DataMissing, load
from cnncourse.dream_pictures import colours_of, home_of, to_array
from cnncourse.dreaming import check_channels
from cnncourse.images import photograph

Array = NDArray[np.float64]
ASCENT = Settings(steps=20, strength=0.05, octaves=1, jitter=0)  # found by looking, on 48 × 48 pixels
CANDIDATES, DRAWS = 256, 8  # pictures of noise among which a unit finds one that it answers to, and how often at most
TOGETHER = 64  # pictures that climb at once: few enough for their maps to stay small in memory


class Maximised(NamedTuple):
    """Pictures made for units.

    Attributes
    ----------
    pictures : array, shape (units, size, size, 3) or (units, size, size), in [0, 1]
        One a unit.
    before, after : array, shape (units,)
        What each unit answers to its noise, and to its picture. Where `before` is 0 or less, the unit may have been
        switched off: then no step leads up, and the picture stays noise.
    """

    pictures: Array
    before: Array
    after: Array


class Photographs(NamedTuple):
    """Small photographs in mixed order.

    Attributes
    ----------
    images : Tensor, shape (n, 3, 32, 32), in [0, 1]
        The photographs.
    labels : Tensor of int, shape (n,)
        The class of each, or -1 where nobody has named it.
    source : str
        Where they come from.
    """

    images: Tensor
    labels: Tensor
    source: str


def clouds(count: int, size: tuple[int, int], *, colours: int = 3, seed: int = 0) -> Tensor:
    """Make soft noise: strong in long waves and weak in short ones, as photographs are, each picture with a tint.

    In photographs the strength falls as 1 over the frequency [1]_. Here it falls a little faster, as its power 1.5:
    measured on the networks of lesson 08, it wakes most units.

    Parameters
    ----------
    count : int
        How many pictures.
    size : (int, int), pixels
        Height and width.
    colours : int
        Channels, each by itself.
    seed : int
        Of the chance.

    Returns
    -------
    Tensor, shape (count, colours, height, width), in [0, 1]
        Standard deviation 0.2 within a picture, and 0.15 of its tint, before what lies outside is cut off.

    References
    ----------
    .. [1] D. Field, "Relations between the statistics of natural images and the response properties of cortical
       cells", 1987, doi:10.1364/JOSAA.4.002379.

    Examples
    --------
    Neighbours are alike, as in a photograph and not as in other noise:

    >>> cloud = clouds(1, (64, 64))[0, 0]
    >>> bool(cloud.diff(dim=1).std() < 0.3 * cloud.std())
    True
    """
    chance = torch.Generator().manual_seed(seed)
    waves = torch.fft.rfft2(torch.randn(count, colours, *size, generator=chance))  # (…, height, width // 2 + 1)
    down, right = torch.fft.fftfreq(size[0])[:, None], torch.fft.rfftfreq(size[1])[None]
    frequency = torch.hypot(down, right)
    frequency[0, 0] = torch.inf  # no mean: the tint is one
    cloudy = torch.fft.irfft2(waves / frequency**1.5, s=size)
    tint = 0.5 + 0.15 * torch.randn(count, colours, 1, 1, generator=chance)
    return (tint + 0.2 * cloudy / cloudy.std(dim=(1, 2, 3), keepdim=True)).clamp(0, 1)


def maximise(
    model: nn.Module,
    layer: str,
    channels: Sequence[int],
    *,
    size: int = 48,
    settings: Settings = ASCENT,
) -> Maximised:
    """Change noise until one unit a picture answers strongly: the one in the middle of its map (lesson 08).

    A unit behind a ReLU that is switched off has no gradient. So each begins with that picture out of many to which it
    answers most.

    Parameters
    ----------
    model : Module
        Any network; it is left as it was.
    layer : str
        Name of the layer.
    channels : sequence of int
        Which of its maps; one picture each.
    size : int, pixels
        Side of the pictures.
    settings : Settings
        How to climb; there is one octave.

    Returns
    -------
    Maximised

    Raises
    ------
    ValueError
        If there is no such layer or channel.

    Examples
    --------
    A layer with one 1 × 1 kernel that loves red and hates green:

    >>> network = nn.Sequential(nn.Conv2d(3, 1, 1, bias=False))
    >>> _ = network[0].weight.data.copy_(torch.tensor([1.0, -1.0, 0.0])[None, :, None, None])
    >>> found = maximise(network, "0", [0], size=3)
    >>> found.pictures[0, 1, 1].round(2)[:2], found.after
    (array([1., 0.]), array([1.]))
    """
    target = Target(layer, tuple(int(channel) for channel in channels), centre=True)
    start, before = _best_noise(model, target, size, settings.seed)
    parts = zip(_parts(target), start.split(TOGETHER), strict=True)
    pictures, after = zip(*(_ascend(model, part, some, settings) for part, some in parts), strict=True)
    return Maximised(to_array(torch.cat(pictures)), _numbers(before), _numbers(torch.cat(after)))


def _ascend(model: nn.Module, target: Target, pictures: Tensor, settings: Settings) -> tuple[Tensor, Tensor]:
    """Climb, and go half the way back where a step overshot: a unit that it switched off would be lost."""
    chance = torch.Generator().manual_seed(settings.seed)
    kept, best = pictures, torch.full((len(pictures),), -torch.inf).to(pictures)
    pace = torch.ones_like(pictures[:, :1, :1, :1])  # of a whole step, for each picture
    for _ in range(settings.steps):
        after, values = climb(model, target, pictures, settings, chance)  # values of the pictures before the step
        lower = (values < best)[:, None, None, None]
        pace = torch.where(lower, pace / 2, pace)
        kept, onward = torch.where(lower, kept, pictures), pictures + pace * (after - pictures)
        pictures = torch.where(lower, (kept + pictures) / 2, onward)
        best = torch.maximum(best, values)
    values = answers(model, target, pictures)
    higher = (values > best)[:, None, None, None]
    return torch.where(higher, pictures, kept), torch.maximum(best, values)


def data_pictures(count: int, *, seed: int = 0) -> Photographs:
    """Give small photographs to compare with: CIFAR-10 where it is at hand, else pieces of those in scikit-image.

    CIFAR-10 is taken with each class by its share. The order is drawn by lot: in the files the classes may lie one
    after the other, and then the first two hundred of a thousand would be of two classes.

    Parameters
    ----------
    count : int
        How many.
    seed : int
        Of the choice.

    Returns
    -------
    Photographs
        `count` of them.
    """
    try:
        data = load("cifar10", "test").take(count, seed=seed)
    except DataMissing:
        source = f"{count:,} pieces of photographs from scikit-image; CIFAR-10 is not on this machine"
        return Photographs(pieces(count, 32, seed=seed), torch.full((count,), -1), source)
    mixed = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    source = f"{count:,} photographs of {data.source.split(':')[0]}, each class by its share"
    return Photographs(data.images[mixed], data.labels[mixed], source)


def pieces(count: int, size: int, *, seed: int = 0) -> Tensor:
    """Cut square pieces out of the colour photographs of lesson 01, large and small, and bring them to one size.

    Parameters
    ----------
    count : int
        How many, from each photograph in turn.
    size : int, pixels
        Side that they are brought to; they are cut out up to eight times as large.
    seed : int
        Of the places and sizes.

    Returns
    -------
    Tensor, shape (count, 3, size, size), in [0, 1]
    """
    rng = np.random.default_rng(seed)
    names = ("astronaut", "coffee", "chelsea", "rocket")
    whole = [torch.from_numpy(photograph(name, grey=False)).permute(2, 0, 1)[None].float() for name in names]
    cut = []
    for place in range(count):
        image = whole[place % len(whole)]
        side = int(rng.integers(size, min(8 * size, *image.shape[2:]) + 1))
        top, left = (int(rng.integers(0, room - side + 1)) for room in image.shape[2:])
        cut.append(resized(image[:, :, top : top + side, left : left + side], (size, size)))
    return torch.cat(cut)


def answers(model: nn.Module, target: Target, pictures: Tensor) -> Tensor:
    """Return what shall grow as it is, one number a picture."""
    with torch.no_grad():
        return target.values(run_until(model, target.layer, pictures))


def _best_noise(model: nn.Module, target: Target, size: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw noise until every unit has a picture that it answers to, or patience ends; keep the best for each."""
    asked = torch.as_tensor(target.channel)
    best = torch.full((len(asked),), -torch.inf)
    kept = home_of(model).new_zeros(len(asked), colours_of(model), size, size)
    for draw in range(DRAWS):
        drawn = clouds(CANDIDATES, (size, size), colours=colours_of(model), seed=seed + draw).to(kept)
        with torch.no_grad():
            maps = run_until(
                model, target.layer, drawn
            )  # (CANDIDATES, channels, rows, columns) or without the last two
        check_channels(target, maps.shape[1])
        middle = maps if maps.ndim == 2 else maps[:, :, maps.shape[2] // 2, maps.shape[3] // 2]
        values, places = middle[:, asked].cpu().max(dim=0)  # (units,)
        better = values > best
        best, kept[better] = torch.maximum(best, values), drawn[places[better]]
        if best.min() > 0 or maps.min() < 0:
            break  # all answer; or the layer is no ReLU's, and leads up from everywhere
    return kept, best


def _parts(target: Target) -> list[Target]:
    assert isinstance(target.channel, tuple)
    starts = range(0, len(target.channel), TOGETHER)
    return [Target(target.layer, target.channel[at : at + TOGETHER], target.centre) for at in starts]


def _numbers(values: Tensor) -> Array:
    return np.asarray(values.double().cpu().numpy())
