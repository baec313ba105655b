"""One network for three questions: how deep, with or without shortcuts, with or without normalisation (lesson 09).

A network of thirty layers can do all that one of four can: let the other twenty-six pass on what they get. Whether
training *finds* that is the question; `compare` answers it for shortcuts, `cnncourse.normalisation` for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.datasets import PictureSet, load
from cnncourse.evaluation import accuracy
from cnncourse.models import fresh
from cnncourse.training import Diverged, Record, Settings, train

DEPTH = 30  # convolutions between the first and the last layer
RATES = (0.003, 0.01, 0.03)  # that each arm may choose from
EPOCHS = 6
FIRST_WEIGHTS = ("he", "pytorch")


class Step(nn.Module):
    """One convolution behind a ReLU, and if wanted a shortcut past both, in the order of He and others, 2016 [1]_.

    Input and output (n, `width`, height, width).

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Identity mappings in deep residual networks", 2016, arXiv:1603.05027.
    """

    def __init__(self, width: int, *, shortcut: bool, normalised: bool) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(width) if normalised else nn.Identity()
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.shortcut = shortcut

    def forward(self, maps: Tensor) -> Tensor:
        """Return what the convolution makes of the maps; with a shortcut, the maps *plus* that."""
        made = self.conv(functional.relu(self.norm(maps)))  # (n, width, height, width)
        return maps + made if self.shortcut else made


class DeepNet(nn.Module):
    """A stem, `depth` convolutions of 3×3 that keep size and number of maps, and a linear layer (lesson 09).

    Parameters
    ----------
    depth : int
        How many.
    shortcuts : bool
        Whether one leads past each of them.
    normalised : bool
        Whether each is preceded by batch normalisation.
    width : int
        Maps of each layer.
    first_weights : str
        ``"he"``: drawn so that ReLU keeps the size of what passes [1]_; with shortcuts divided by √depth, for there
        the sizes of all layers add up. ``"pytorch"``: as PyTorch draws them if nobody asks.

    Raises
    ------
    ValueError
        If there is no layer, or no such way to draw.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.

    Examples
    --------
    A shortcut costs no parameter. Two layers: a stem of 9 · 8 + 8, two of 72 · 8 + 8, and 128 · 10 + 10 for the head.

    >>> 80 + 2 * 584 + 1290
    2538
    >>> [sum(weights.numel() for weights in DeepNet(2, shortcuts=which).parameters()) for which in (True, False)]
    [2538, 2538]
    """

    def __init__(
        self,
        depth: int = DEPTH,
        *,
        shortcuts: bool = True,
        normalised: bool = False,
        width: int = 8,
        first_weights: str = "he",
    ) -> None:
        super().__init__()
        if depth < 1:
            raise ValueError(f"expected a depth of 1 layer or more, got {depth}")
        if first_weights not in FIRST_WEIGHTS:
            raise ValueError(f"expected first_weights out of {', '.join(FIRST_WEIGHTS)}, got {first_weights!r}")
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        steps = [Step(width, shortcut=shortcuts, normalised=normalised) for _ in range(depth)]
        self.steps = nn.Sequential(*steps)
        self.head = nn.Linear(16 * width, 10)
        for step in steps if first_weights == "he" else ():
            for values in step.conv.parameters():
                nn.init.zeros_(values) if values.ndim == 1 else nn.init.kaiming_normal_(values, nonlinearity="relu")
            step.conv.weight.data *= depth**-0.5 if shortcuts else 1

    def forward(self, images: Tensor) -> Tensor:
        """Return logits, shape (n, 10), for grey pictures, shape (n, 1, height, width), of 4 pixels a side or more."""
        maps = functional.relu(self.steps(self.stem(images)))  # (n, width, height, width)
        return self.head(functional.adaptive_avg_pool2d(maps, 4).flatten(1))


def small_digits() -> tuple[PictureSet, PictureSet, PictureSet]:
    """Give the bundled digits at their own 8×8 pixels: 1,200 to learn from, 300 to choose with, 297 to test with.

    Returns
    -------
    train, validation, test : PictureSet
    """
    learn, chosen = load("digits", "train", size=8).split(300)
    return learn, chosen, load("digits", "test", size=8)


def gradient_norms(model: nn.Module, images: Tensor, labels: Tensor) -> dict[str, float]:
    """Measure how strongly the loss asks each convolution to change: the length of its gradient (lesson 09).

    Parameters
    ----------
    model : Module
        Gives logits; neither its weights nor its mode are changed.
    images : Tensor, shape (n, channels, height, width)
        A batch.
    labels : Tensor of int64, shape (n,)
        What it shows.

    Returns
    -------
    dict of str to float
        By the layer's name, from the first to the last as the network lists them: the root of the sum of the squares
        of the derivatives of the mean cross-entropy by the layer's weights, without biases.

    Raises
    ------
    ValueError
        If the network has no convolution.

    Examples
    --------
    One weight w = 0 and one pixel of 1 make the logits 0 and 0; the right answer is the first. Its logit is w, so the
    derivative is p − 1 = −½:

    >>> tiny = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.Flatten())
    >>> _ = nn.init.zeros_(tiny[0].weight)
    >>> norm = gradient_norms(tiny, torch.ones(1, 1, 1, 1), torch.tensor([0]))["0"]
    >>> round(norm**2, 3)  # for both weights: ¼ + ¼
    0.5
    """
    layers = {name: layer.weight for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)}
    if not layers:
        raise ValueError(f"expected a network with convolutions, got a {type(model).__name__} without; try: DeepNet()")
    loss = functional.cross_entropy(model(images), labels)
    slopes = torch.autograd.grad(loss, list(layers.values()))
    return {name: float(slope.norm()) for name, slope in zip(layers, slopes, strict=True)}


def try_rates(
    how: dict[str, Any], rates: Sequence[float], *, epochs: int, seed: int = 0
) -> dict[float, tuple[DeepNet, list[Record]] | None]:
    """Train one `DeepNet` at each of several learning rates; what was held out is read after each epoch (lesson 09).

    Parameters
    ----------
    how : dict
        What `DeepNet` is told, such as ``{"depth": 10, "shortcuts": False}``.
    rates : sequence of float
        The highest rates of the cycle.
    epochs : int
        Passes through the 1,200 digits.
    seed : int
        Of first weights and order.

    Returns
    -------
    dict of float to (DeepNet, list of Record), or None
        By the rate; None where the training diverged.
    """
    learn, chosen, _ = small_digits()
    found: dict[float, tuple[DeepNet, list[Record]] | None] = {}
    for rate in rates:
        model = fresh(lambda: DeepNet(**how), seed=seed)
        settings = Settings(epochs=epochs, batch=32, learning_rate=rate, seed=seed)
        try:
            found[rate] = model, train(model, learn, settings, validation=chosen, progress=False)
        except Diverged:
            found[rate] = None
    return found


def best_of(found: dict[float, tuple[DeepNet, list[Record]] | None]) -> DeepNet:
    """Choose the network that reads the most of what was held out.

    Raises
    ------
    ValueError
        If all trainings diverged.
    """
    alive = [one for one in found.values() if one is not None]
    if not alive:
        raise ValueError(f"every training diverged, at the rates {', '.join(map(str, found))}; try lower ones")
    return max(alive, key=lambda one: one[1][-1].validation or 0.0)[0]


def compare(*, seed: int = 0) -> dict[str, float]:
    """Train thirty layers with shortcuts and without, and four layers without; each at the best of three rates.

    Parameters
    ----------
    seed : int
        Of first weights and order.

    Returns
    -------
    dict of str to float, in [0, 1]
        Share of the test digits that is named rightly.
    """
    arms: dict[str, dict[str, Any]] = {
        "30 layers, shortcuts": {"shortcuts": True},
        "4 layers, plain": {"shortcuts": False, "depth": 4},
        "30 layers, plain": {"shortcuts": False},
    }
    test = small_digits()[2]
    return {arm: accuracy(best_of(try_rates(how, RATES, epochs=EPOCHS, seed=seed)), test) for arm, how in arms.items()}
