"""What a value of a network sees of its input: measured by its gradient (lesson 05), and where it lies (lesson 07)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cnncourse._tracing import trace_network
from cnncourse.activations import find_layer

Pair = tuple[int, int]


@dataclass(frozen=True)
class SeenPixels:
    """How strongly each input pixel moves one value of a network.

    Attributes
    ----------
    influence : array, shape (height, width), 0 or more
        Mean absolute derivative of the value by the pixel, over channels and pictures.
    rows, columns : (int, int), pixels
        First and one past the last row and column with any influence.
    """

    influence: NDArray[np.float64]
    rows: tuple[int, int]
    columns: tuple[int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the part that has any influence: the receptive field, in pixels."""
        return self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]

    def effective_size(self, share: float = 0.95) -> float:
        """Give the side of the smallest centred square that holds a share of the influence, in pixels.

        Parameters
        ----------
        share : float, in (0, 1]
            How much of the influence.

        Returns
        -------
        float, pixels
            Much less than `size` in a deep network.

        References
        ----------
        W. Luo, Y. Li, R. Urtasun, R. Zemel, "Understanding the effective receptive field in deep convolutional neural
        networks", 2016, arXiv:1701.04128.
        """
        middle = [(a + b - 1) / 2 for a, b in (self.rows, self.columns)]
        rows, columns = np.indices(self.influence.shape)
        distance = np.maximum(np.abs(rows - middle[0]), np.abs(columns - middle[1]))
        order = np.argsort(distance, axis=None)
        gathered = np.cumsum(self.influence.ravel()[order])
        place = int(np.searchsorted(gathered, share * gathered[-1] * (1 - 1e-12)))
        return float(2 * distance.ravel()[order][min(place, order.size - 1)] + 1)


def see(
    network: nn.Module, input_shape: tuple[int, int, int], *, place: tuple[int, int] | None = None, pictures: int = 8
) -> SeenPixels:
    """Measure which pixels one value of a network sees, by its gradient (lesson 05).

    Parameters
    ----------
    network : Module
        Any network whose output has shape (batch, channels, rows, columns); it is left as it was.
    input_shape : (int, int, int)
        Channels, height and width of the input.
    place : (int, int), optional
        Row and column of the value in the output; the middle by default.
    pictures : int
        Over how many random pictures to average; max pooling and ReLU pass gradients on differently for each.

    Returns
    -------
    SeenPixels
        The influence of every pixel.

    Raises
    ------
    ValueError
        If the output is no feature map, the place is outside it, or no pixel has any influence.
    """
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        numbers = torch.Generator().manual_seed(0)
        like = next(network.parameters(), torch.zeros(()))
        inputs = torch.randn((pictures, *input_shape), generator=numbers).to(like).requires_grad_()
        with torch.enable_grad():
            output = network(inputs)
            _check_output(tuple(output.shape), place)
            row, column = place or (output.shape[2] // 2, output.shape[3] // 2)
            (gradients,) = torch.autograd.grad(output[:, :, row, column].sum(), inputs)
    finally:
        for module, mode in modes.items():
            module.training = mode
    return _bound(gradients.abs().mean(dim=(0, 1)).double().cpu().numpy())


def _check_output(shape: tuple[int, ...], place: tuple[int, int] | None) -> None:
    if len(shape) != 4:
        raise ValueError(
            f"expected feature maps, shape (batch, channels, rows, columns), got {shape}; "
            "take the layers before the one that flattens, such as network[:5]"
        )
    if place and not (0 <= place[0] < shape[2] and 0 <= place[1] < shape[3]):
        raise ValueError(f"expected a place inside {shape[2]} rows and {shape[3]} columns, got {place}")


def _bound(influence: NDArray[np.float64]) -> SeenPixels:
    rows, columns = (np.flatnonzero(influence.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        raise ValueError("no pixel has any influence on this value; are all weights 0, or is every unit switched off?")
    return SeenPixels(influence, (int(rows[0]), int(rows[-1]) + 1), (int(columns[0]), int(columns[-1]) + 1))


@dataclass(frozen=True)
class Fields:
    """Where the receptive fields of a layer's values lie in the picture.

    Attributes
    ----------
    shape : tuple of int
        What the layer gives for one picture: (channels, rows, columns) or (features,).
    picture : (int, int), pixels
        Height and width of the picture.
    size, stride : (int, int), pixels
        Height and width of a field, and how far apart the fields of two neighbours lie.
    start : (int, int), pixels
        Top left pixel of the first value's field; below 0 where the network pads.
    """

    shape: tuple[int, ...]
    picture: Pair
    size: Pair
    stride: Pair
    start: Pair

    def box(self, row: int, column: int) -> tuple[slice, slice]:
        """Give the rows and columns of the picture that the value at one place sees, cut at the picture's border."""
        spans = zip((row, column), self.start, self.stride, self.size, self.picture, strict=True)
        (top, bottom), (left, right) = ((max(a + i * j, 0), min(a + i * j + r, n)) for i, a, j, r, n in spans)
        return slice(top, max(top, bottom)), slice(left, max(left, right))


def locate(network: nn.Module, layer: str, input_shape: tuple[int, int, int]) -> Fields:
    """Work out where the receptive fields of a layer's values lie (lesson 07).

    Parameters
    ----------
    network : Module
        Any network; its numbers are not computed.
    layer : str
        Its name, as `cnncourse.activations.layer_names` lists it.
    input_shape : (int, int, int)
        Channels, height and width of the picture.

    Returns
    -------
    Fields
        Of a dense layer, and of one behind an operation that is not known here, each value counts as seeing all.

    Raises
    ------
    ValueError
        If there is no such layer, it is never called, or a picture of this shape cannot pass.

    Examples
    --------
    A kernel of 5 with a padding of 2: the first value's field begins two pixels outside, and is cut at the border.

    >>> fields = locate(nn.Sequential(nn.Conv2d(1, 6, 5, padding=2)), "0", (1, 28, 28))
    >>> fields.start, fields.box(0, 10)
    ((-2, -2), (slice(0, 3, None), slice(8, 13, None)))
    """
    find_layer(network, layer)
    seen = trace_network(network, input_shape).sights
    if layer not in seen:
        raise ValueError(f"the network has a layer {layer!r} and never called it, or it gave no tensor; choose another")
    shape, sight = seen[layer]
    picture = (input_shape[1], input_shape[2])
    if len(shape) != 3 or sight.field is None or sight.stride is None or sight.start is None:
        return Fields(shape, picture, picture, picture, (0, 0))
    return Fields(shape, picture, sight.field, sight.stride, sight.start)
