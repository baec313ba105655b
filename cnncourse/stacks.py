"""One large kernel, several small ones, and an inception block of branches beside each other (lesson 09)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def stack(channels: int, kernels: Sequence[int], *, inputs: int | None = None) -> nn.Sequential:
    """Put convolutions on each other, each followed by a ReLU; height and width stay (lesson 09).

    Parameters
    ----------
    channels : int
        Maps of every layer.
    kernels : sequence of int, pixels
        Side of each layer's kernels, odd.
    inputs : int, optional
        Maps that come in; by default `channels`.

    Returns
    -------
    Sequential
        Input (n, `inputs`, height, width), output (n, `channels`, height, width).

    Raises
    ------
    ValueError
        If there is no kernel, or a side is even: it has no middle.

    References
    ----------
    K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015,
    arXiv:1409.1556, section 2.3: three layers of 3×3 in the place of one of 7×7.

    Examples
    --------
    >>> small, large = stack(64, [3, 3, 3]), stack(64, [7])
    >>> [sum(layer.weight.numel() for layer in one[::2]) for one in (small, large)]  # 27 · 64², 49 · 64²
    [110592, 200704]
    """
    if not kernels or any(side < 1 or side % 2 == 0 for side in kernels):
        raise ValueError(f"expected odd sides of kernels, one a layer, such as [3, 3, 3], got {list(kernels)}")
    layers: list[nn.Module] = []
    for place, side in enumerate(kernels):
        before = channels if place or inputs is None else inputs
        layers += [nn.Conv2d(before, channels, side, padding=side // 2), nn.ReLU()]
    return nn.Sequential(*layers)


def composed(first: Tensor, second: Tensor) -> Tensor:
    """Make one kernel that does what two do one after the other, with nothing between them (lesson 09).

    Parameters
    ----------
    first : Tensor, shape (middle, inputs, height, width)
        Weights of the layer below, as `torch.nn.Conv2d` holds them.
    second : Tensor, shape (outputs, middle, height, width)
        Those of the layer above.

    Returns
    -------
    Tensor, shape (outputs, inputs, both heights less 1, both widths less 1)
        A weight for each way through both layers that ends at the same distance, summed over the ways.

    Raises
    ------
    ValueError
        If the second layer does not take what the first one gives.

    Examples
    --------
    Two means over three pixels weigh the five they see by 1, 2, 3, 2, 1 ninths:

    >>> mean = torch.full((1, 1, 1, 3), 1 / 3)
    >>> (9 * composed(mean, mean)).flatten().round()
    tensor([1., 2., 3., 2., 1.])
    """
    if second.shape[1] != first.shape[0]:
        raise ValueError(
            f"expected a second layer for {first.shape[0]} maps, got one for {second.shape[1]}: weights of shape "
            f"{tuple(second.shape)} behind {tuple(first.shape)}"
        )
    height, width = second.shape[2:]
    padding = (height - 1, width - 1)
    turned = second.flip(2, 3)  # a correlation of correlations: the upper kernel is laid over the lower one backwards
    return functional.conv2d(first.transpose(0, 1), turned, padding=padding).transpose(0, 1)


class Inception(nn.Module):
    """Four branches side by side: 1×1, 3×3, 5×5, and the largest of 3×3; their maps are laid together (lesson 09).

    Parameters
    ----------
    inputs : int
        Maps that come in.
    ones, threes, fives : int
        Maps that the branches with these kernels give.
    pooled : int
        Maps that a 1×1 convolution makes behind the pooling; without narrowing that branch passes all on.
    narrowed : tuple of int, or None
        Maps to which a 1×1 convolution brings the input before the 3×3 and before the 5×5; None for neither.

    References
    ----------
    .. [1] C. Szegedy and others, "Going deeper with convolutions", CVPR 2015, arXiv:1409.4842, figure 2 and table 1.

    Examples
    --------
    The first block of GoogLeNet, 64 + 128 + 32 + 32 maps:

    >>> block = Inception(192, ones=64, threes=128, fives=32, pooled=32, narrowed=(96, 16))
    >>> block(torch.zeros(1, 192, 7, 6)).shape
    torch.Size([1, 256, 7, 6])
    """

    def __init__(
        self, inputs: int, *, ones: int, threes: int, fives: int, pooled: int, narrowed: tuple[int, int] | None
    ) -> None:
        super().__init__()
        to_three, to_five = narrowed or (inputs, inputs)
        self.ones = _convolution(inputs, ones, 1)
        self.threes = nn.Sequential(*_narrowing(inputs, to_three, narrowed), *_convolution(to_three, threes, 3))
        self.fives = nn.Sequential(*_narrowing(inputs, to_five, narrowed), *_convolution(to_five, fives, 5))
        self.pooled = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), *_narrowing(inputs, pooled, narrowed))

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps of all branches, shape (n, the sum of them, height, width)."""
        branches = (self.ones, self.threes, self.fives, self.pooled)
        return torch.cat([branch(maps) for branch in branches], dim=1)


def _convolution(inputs: int, outputs: int, side: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, side, padding=side // 2), nn.ReLU())


def _narrowing(inputs: int, outputs: int, narrowed: tuple[int, int] | None) -> nn.Sequential:
    return _convolution(inputs, outputs, 1) if narrowed else nn.Sequential()
