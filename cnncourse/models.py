"""The networks of the course, each readable in one screen (first used in lesson 06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

Network = TypeVar("Network", bound=nn.Module)


def fresh(make: Callable[[], Network], *, seed: int = 0) -> Network:
    """Make a network whose first weights depend on the seed alone (lesson 06).

    Parameters
    ----------
    make : function
        Makes the network, such as `LeNet5` or `dense_baseline`.
    seed : int
        Of the random numbers that the weights are drawn from; those of the rest of your program go on undisturbed.

    Returns
    -------
    Module
        Untrained.

    Examples
    --------
    >>> one, other = fresh(LeNet5, seed=7), fresh(LeNet5, seed=7)
    >>> torch.equal(one.conv1.weight, other.conv1.weight)
    True
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def dense_baseline() -> nn.Sequential:
    """Make the network without any convolution: 784 pixels, 512 hidden units, 10 logits (lesson 06).

    Returns
    -------
    Sequential
        Input (n, 1, 28, 28), output (n, 10).

    Examples
    --------
    >>> (784 + 1) * 512 + (512 + 1) * 10
    407050
    >>> sum(weights.numel() for weights in dense_baseline().parameters())
    407050
    """
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))


class Maps1989(nn.Module):
    """Feature maps as in 1989: 5×5 kernels in steps of two pixels, and for every single unit a bias of its own.

    Parameters
    ----------
    sees : sequence of sequence of int
        The input planes that a group of maps sees, a group an entry; all groups see equally many.
    maps : int
        Maps in all groups together.
    size : int, pixels
        Height and width of a map; the input planes are twice as large.
    """

    def __init__(self, sees: Sequence[Sequence[int]], maps: int, size: int) -> None:
        super().__init__()
        self.sees = [list(planes) for planes in sees]
        self.weight = nn.Parameter(torch.empty(maps, len(self.sees[0]), 5, 5))
        self.bias = nn.Parameter(torch.zeros(maps, size, size))

    def forward(self, planes: Tensor) -> Tensor:
        """Return the sums of all units, shape (n, `maps`, `size`, `size`)."""
        framed = functional.pad(planes, [2, 1, 2, 1], value=LeNet1989.BACKGROUND)
        groups = zip(self.sees, self.weight.chunk(len(self.sees)), strict=True)
        sums = [functional.conv2d(framed[:, seen], kernels, stride=2) for seen, kernels in groups]
        return torch.cat(sums, dim=1) + self.bias  # (n, maps, size, size)


class LeNet1989(nn.Module):
    """The first convolutional network trained by back-propagation on zip codes: 9,760 parameters [1]_ (lesson 06).

    Windows that reach over the border see a plane at the background level, −1, as in the paper; here also in the second
    layer, of whose border it does not speak. It leaves open, too, *which* eight of the twelve maps of H1 a map of H2
    sees: here they come in three groups of four, so that every map of H1 is seen by eight of H2. The paper squashed its
    ten outputs and measured squared errors; here they are logits, so that all networks of the course train alike.

    References
    ----------
    .. [1] Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation 1, 1989.
    .. [2] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998,
       appendix A: the constants of the squashing function.

    Examples
    --------
    >>> sum(weights.numel() for weights in LeNet1989().parameters())
    9760
    """

    BACKGROUND = -1.0

    def __init__(self) -> None:
        super().__init__()
        twelve = list(range(12))
        self.H1 = Maps1989([[0]], maps=12, size=8)
        self.H2 = Maps1989([twelve[:8], twelve[4:], twelve[8:] + twelve[:4]], maps=12, size=4)
        self.H3 = nn.Linear(12 * 4 * 4, 30)
        self.output = nn.Linear(30, 10)
        for layer in (self.H1, self.H2, self.H3, self.output):
            reach = 2.4 / layer.weight[0].numel()  # over the number of inputs of a unit [1]_
            nn.init.uniform_(layer.weight, -reach, reach)
            nn.init.zeros_(layer.bias)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits, shape (n, 10), for pictures in [0, 1], shape (n, 1, 16, 16); background 0."""
        maps = squash(self.H1(2 * images - 1))  # (n, 12, 8, 8), from pixels in [-1, 1]
        maps = squash(self.H2(maps))  # (n, 12, 4, 4)
        return self.output(squash(self.H3(maps.flatten(1))))


def squash(sums: Tensor) -> Tensor:
    """Squash sums into ±1.7159 by the scaled hyperbolic tangent of the LeNets, which keeps 1 at 1 and −1 at −1.

    Examples
    --------
    >>> print(f"{squash(torch.tensor(1.0)):.3f}")
    1.000
    """
    return 1.7159 * torch.tanh(2 / 3 * sums)


class LeNet5(nn.Module):
    """LeNet-5 in the form usual today: ReLU, max pooling, no gaps in the connections; 61,706 parameters (lesson 06).

    The paper of 1998 [1]_ squashed its sums, averaged where this pools the maximum, and left out some connections
    between the maps; the sizes of the layers are the same. The first weights are drawn so that ReLU keeps the size of
    what passes [2]_, which spares the training its slow start.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998.
    .. [2] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.

    Examples
    --------
    >>> sum(weights.numel() for weights in LeNet5().parameters())
    61706
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.pool2 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        for values in self.parameters():
            nn.init.zeros_(values) if values.ndim == 1 else nn.init.kaiming_normal_(values, nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """Return logits, shape (n, 10), for pictures in [0, 1], shape (n, 1, 28, 28)."""
        # Maximum and ReLU may change places; in this order ReLU has a quarter of the work.
        maps = functional.relu(self.pool1(self.conv1(images)))  # (n, 6, 14, 14)
        maps = functional.relu(self.pool2(self.conv2(maps)))  # (n, 16, 5, 5)
        code = functional.relu(self.fc1(maps.flatten(1)))  # (n, 120)
        code = functional.relu(self.fc2(code))  # (n, 84)
        return self.fc3(code)  # (n, 10)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions and a shortcut past them, by which gradients reach the layers below unweakened (lesson 09).

    Input (n, `inputs`, height, width), output (n, `outputs`, height / `stride`, width / `stride`).
    """

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        same = inputs == outputs and stride == 1
        self.shortcut = (
            nn.Identity()
            if same
            else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps, changed by what the two convolutions add."""
        added = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(maps)))))
        return self.relu(added + self.shortcut(maps))


class ResidualNet(nn.Module):
    """A small residual network for natural pictures: a stem that halves them, four blocks, one mean a map [1]_.

    Parameters
    ----------
    classes : int
        Number of logits.
    widths : sequence of int
        Maps of each block; the blocks after the first halve height and width.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.

    Examples
    --------
    >>> sum(weights.numel() for weights in ResidualNet().parameters())
    1228970
    """

    def __init__(self, classes: int = 10, *, widths: Sequence[int] = (32, 64, 128, 256)) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()
        )
        sizes = zip([widths[0], *widths[:-1]], widths, [1, *[2] * (len(widths) - 1)], strict=True)
        self.blocks = nn.Sequential(*(ResidualBlock(before, after, stride=stride) for before, after, stride in sizes))
        self.head = nn.Linear(widths[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits, shape (n, classes), for pictures in [0, 1], shape (n, 3, height, width)."""
        maps = self.blocks(self.stem((images - 0.5) / 0.25))  # (n, 256, height / 16, width / 16)
        return self.head(functional.adaptive_avg_pool2d(maps, 1).flatten(1))


class FaceNet(nn.Module):
    """A network of 2,958 parameters that tells small grey pictures of faces from others (lesson 07).

    Small enough to look at every one of its units. Each layer has a name of its own, so that each can be listened to.

    Examples
    --------
    Three convolutions and a dense layer on 16 maps of 2 × 2:

    >>> (25 + 1) * 8 + (9 * 8 + 1) * 12 + (9 * 12 + 1) * 16 + (16 * 4 + 1) * 2
    2958
    >>> sum(weights.numel() for weights in FaceNet().parameters())
    2958
    """

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.relu1, self.pool1 = nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2)
        self.conv2, self.relu2, self.pool2 = nn.Conv2d(8, 12, 3), nn.ReLU(), nn.MaxPool2d(2)
        self.conv3, self.relu3 = nn.Conv2d(12, 16, 3), nn.ReLU()
        self.fc = nn.Linear(16 * 2 * 2, 2)

    def forward(self, images: Tensor) -> Tensor:
        """Return two logits, no face and face, for pictures in [0, 1], shape (n, 1, 25, 25)."""
        maps = self.pool1(self.relu1(self.conv1(images - 0.5)))  # (n, 8, 10, 10)
        maps = self.pool2(self.relu2(self.conv2(maps)))  # (n, 12, 4, 4)
        return self.fc(self.relu3(self.conv3(maps)).flatten(1))  # from (n, 16, 2, 2)
