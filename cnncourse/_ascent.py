"""One step uphill: the gradient of what shall grow by the pixels, and three ways to keep a picture calm (lesson 08)."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.activations import run_until

FLAT = 0.1  # brightness; much smaller differences of neighbours hardly count, and steps do not overshoot them
TINY = 1e-12


@dataclass(frozen=True)
class Target:
    """What shall grow.

    Attributes
    ----------
    layer : str
        Name of the layer, as `cnncourse.activations.layer_names` lists it.
    channel : int, sequence of int, or None
        Which of its maps, or of its numbers where it is a dense layer; several are for as many pictures. None asks for
        more of whatever the layer answers: the mean of its squares.
    centre : bool
        Whether the value in the middle of the map counts alone; otherwise the mean over all places does.
    """

    layer: str
    channel: int | tuple[int, ...] | None = None
    centre: bool = False

    def values(self, maps: Tensor) -> Tensor:
        """Return what shall grow, one number a picture, from what the layer gave for n pictures."""
        if self.channel is None:
            return maps.square().flatten(1).mean(dim=1)  # (n,)
        chosen = torch.as_tensor(self.channel).expand(len(maps))
        one = maps[torch.arange(len(maps)), chosen]  # (n, rows, columns) or (n,)
        if self.centre and one.ndim > 1:
            return one[:, one.shape[1] // 2, one.shape[2] // 2]
        return one.flatten(1).mean(dim=1) if one.ndim > 1 else one


@dataclass(frozen=True)
class Settings:
    """How a picture is changed; what keeps it calm is a switch each, and 0 is off.

    Attributes
    ----------
    steps : int
        Steps in each octave.
    strength : float
        Root mean square of the change of a pixel in a step; brightness goes from 0 to 1.
    octaves : int
        Sizes in which the picture is dreamt, the smallest first.
    scale : float, above 1
        How much larger each octave is than the one before.
    jitter : int, pixels
        How far the picture is moved by chance before each step, and back afterwards [1]_.
    blur : float, pixels
        Width of the Gaussian by which the picture is blurred after each step [2]_.
    total_variation : float
        How strongly differences of neighbours are held down, beside an ascent of strength 1 [3]_.
    seed : int
        Of the chance in the jitter.

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    .. [1] A. Mordvintsev, C. Olah, M. Tyka, "Inceptionism: going deeper into neural networks", 2015.
    .. [2] J. Yosinski et al., "Understanding neural networks through deep visualization", 2015, arXiv:1506.06579.
    .. [3] A. Mahendran, A. Vedaldi, "Understanding deep image representations by inverting them", 2015,
       arXiv:1412.0035.
    """

    steps: int = 10
    strength: float = 0.012
    octaves: int = 4
    scale: float = 1.5
    jitter: int = 8
    blur: float = 0.0
    total_variation: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no dream can be made with."""
        least = {"steps": 1, "strength": 0, "octaves": 1, "jitter": 0, "blur": 0, "total_variation": 0}
        for name, bound in least.items():
            if not getattr(self, name) >= bound:
                raise ValueError(f"expected {name} of {bound} or more, got {getattr(self, name)}")
        if not self.scale > 1:
            raise ValueError(f"expected octaves that grow, a scale above 1, got {self.scale}; try 1.5")


def slope(
    model: nn.Module, target: Target, pictures: Tensor, *, shift: tuple[int, int] = (0, 0), fast: bool = False
) -> tuple[Tensor, Tensor]:
    """Differentiate what shall grow by the pixels.

    The pass ends at the target's layer, nothing is computed for the weights, and channels lie last in memory, where
    convolutions on a processor like them.

    Parameters
    ----------
    model : Module
        Any network.
    target : Target
        What shall grow.
    pictures : Tensor, shape (n, channels, height, width)
        Where to stand.
    shift : (int, int), pixels
        How far the network sees the pictures moved, down and to the right; what leaves at one border enters at the
        other.
    fast : bool
        Whether to compute in 16 bits (bfloat16) where a processor is quicker at that.

    Returns
    -------
    (Tensor, Tensor), shapes (n, channels, height, width) and (n,)
        The gradient, and what it is the gradient of.
    """
    leaf = pictures.detach().contiguous(memory_format=torch.channels_last).requires_grad_()
    with torch.enable_grad():
        # The network gets a copy: one that begins with an in-place layer must not write into the picture.
        moved = leaf.roll(shift, dims=(2, 3)) if any(shift) else leaf.clone()
        with _sixteen_bits(pictures) if fast else nullcontext():
            maps = run_until(model, target.layer, moved)
        values = target.values(maps.float())
        (found,) = torch.autograd.grad(values.sum(), leaf)
    return found, values.detach()


def _sixteen_bits(pictures: Tensor) -> AbstractContextManager[None]:
    return torch.autocast(pictures.device.type, torch.bfloat16)


def climb(
    model: nn.Module,
    target: Target,
    pictures: Tensor,
    settings: Settings,
    chance: torch.Generator,
    *,
    fast: bool = False,
) -> tuple[Tensor, Tensor]:
    """Take one step uphill, with those of jitter, total variation and blur that are switched on.

    Parameters
    ----------
    model, target, pictures, fast
        As in `slope`.
    settings : Settings
        How far, and what keeps the pictures calm.
    chance : torch.Generator
        Draws the jitter.

    Returns
    -------
    (Tensor, Tensor), shapes (n, channels, height, width) and (n,)
        The pictures after the step, in [0, 1], and what shall grow, before it.
    """
    reach = settings.jitter
    down, right = torch.randint(-reach, reach + 1, (2,), generator=chance).tolist()
    uphill, values = slope(model, target, pictures, shift=(down, right), fast=fast)
    uphill = unit_length(uphill)
    if settings.total_variation:
        uphill = uphill - settings.total_variation * variation_slope(pictures)
    after = pictures + settings.strength * uphill
    if settings.blur:
        after = blurred(after, settings.blur)
    return after.clamp(0, 1), values


def unit_length(slopes: Tensor) -> Tensor:
    """Scale each picture's gradient so that its pixels change by 1 in the root mean square; 0 stays 0."""
    size = slopes.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
    return slopes / size.clamp_min(TINY)


def variation_slope(pictures: Tensor) -> Tensor:
    """Return how each picture's total variation, the summed length of its differences, grows with each pixel [1]_.

    Parameters
    ----------
    pictures : Tensor, shape (n, channels, height, width)
        The pictures.

    Returns
    -------
    Tensor, same shape
        Above 0 where a pixel stands out from its neighbours.

    References
    ----------
    .. [1] L. Rudin, S. Osher, E. Fatemi, "Nonlinear total variation based noise removal algorithms", 1992.

    Examples
    --------
    A bright pixel in a row of dark ones stands out to both sides:

    >>> variation_slope(torch.tensor([[[[0.0, 9.0, 0.0]]]])).round()
    tensor([[[[-1.,  2., -1.]]]])
    """
    down = functional.pad(pictures.diff(dim=2), (0, 0, 0, 1))  # 0 in the last row
    right = functional.pad(pictures.diff(dim=3), (0, 1))
    length = (down.square() + right.square() + FLAT**2).sqrt()
    down, right = down / length, right / length
    # What leaves a pixel downwards or to the right arrives at its neighbour.
    return down.roll(1, dims=2) - down + right.roll(1, dims=3) - right


def blurred(pictures: Tensor, width: float) -> Tensor:
    """Blur by a Gaussian; beyond the border the last pixel is copied outwards.

    Parameters
    ----------
    pictures : Tensor, shape (n, channels, height, width)
        The pictures.
    width : float, pixels
        Standard deviation of the Gaussian; it is cut off at three of them.

    Returns
    -------
    Tensor, same shape
    """
    reach = max(1, round(3 * width))
    places = torch.arange(-reach, reach + 1, dtype=pictures.dtype, device=pictures.device)
    weights = torch.exp(-(places**2) / (2 * width**2))
    weights = (weights / weights.sum()).expand(pictures.shape[1], 1, 1, -1)  # (channels, 1, 1, 2 * reach + 1)
    framed = functional.pad(pictures, [reach] * 4, mode="replicate")
    along = functional.conv2d(framed, weights, groups=pictures.shape[1])
    return functional.conv2d(along, weights.mT, groups=pictures.shape[1])
