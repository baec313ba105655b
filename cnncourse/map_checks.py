"""May a map of important pixels be trusted? Checks that a map can fail (lesson 07)."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor, nn

from cnncourse._asking import Targets, chosen_classes
from cnncourse.activations import evaluating, find_layer, layer_names


@dataclass(frozen=True)
class RandomisationCheck:
    """How much of a map is owed to what the network has learned.

    Attributes
    ----------
    similar : dict of str to float
        For each layer with weights, the last one first: how alike the maps are before and after this layer and all
        behind it have been spoilt, as the mean of `rank_similarity`.
    floor : float
        How alike the maps of two networks are that have both been spoilt wholly, in two ways: what pictures and
        architecture alone give to a map. A map that tells of what was learned falls down to there, and far below 1.
    """

    similar: dict[str, float]
    floor: float


Explain = Callable[[nn.Module, Tensor, Tensor], Tensor]  # network, pictures, classes: maps


def randomisation_check(
    explain: Explain, model: nn.Module, images: Tensor, targets: Targets = None, *, repeats: int = 3, seed: int = 0
) -> RandomisationCheck:
    """Spoil what a network has learned, layer by layer from its end, and see whether its maps change (lesson 07).

    Parameters
    ----------
    explain : function
        Takes network, pictures, shape (n, channels, height, width), and classes, shape (n,); gives maps, shape
        (n, height, width). Such as `cnncourse.attribution.gradient_saliency`.
    model : Module
        The network; it is left as it was, copies are spoilt.
    images : Tensor, shape (n, channels, height, width)
        Some pictures.
    targets : int, sequence of int or Tensor of shape (n,), optional
        The classes asked about; by default those that the intact network names.
    repeats : int
        How often the weights are shuffled anew; the means are returned.
    seed : int
        Of the first shuffling; the next ones have the seeds that follow.

    Returns
    -------
    RandomisationCheck
        How alike the maps remain, layer by layer, and how alike they would be without any learning.

    Raises
    ------
    ValueError
        If the pictures do not fit the network, there is no such class, or the maps do not have the pictures' size.

    References
    ----------
    J. Adebayo et al., "Sanity checks for saliency maps", 2018, arXiv:1810.03292. There the weights are drawn anew; here
    each weight tensor keeps its numbers and loses their order, so that nothing but the learned pattern is lost.
    """
    targets = chosen_classes(model, images, targets)
    before = explain(model, images, targets)
    if before.shape != (len(images), *images.shape[-2:]):
        expected = (len(images), *images.shape[-2:])
        raise ValueError(f"expected maps of shape {expected}, one value a pixel, got {tuple(before.shape)}")
    names = [n for n in layer_names(model, images[:1]) if list(find_layer(model, n).parameters(recurse=False))]
    if not names or repeats < 1:
        raise ValueError(f"expected a network with weights to spoil and one repeat or more, got {names} and {repeats}")
    similar = {}
    for place, name in reversed(list(enumerate(names))):
        turns = range(repeats + (place == 0))  # one more for the floor, which needs two
        after = [explain(shuffled(model, names[place:], seed=seed + turn), images, targets) for turn in turns]
        similar[name] = float(np.mean([rank_similarity(before, maps) for maps in after[:repeats]]))
    floor = float(np.mean([rank_similarity(*pair) for pair in itertools.pairwise(after)]))
    return RandomisationCheck(similar, floor)


def shuffled(model: nn.Module, layers: Iterable[str], *, seed: int = 0) -> nn.Module:
    """Copy a network and shuffle the weights of some layers: the same numbers in an order that means nothing.

    Parameters
    ----------
    model : Module
        Left as it was.
    layers : iterable of str
        Names of layers; of each, only its own parameters are shuffled, those of layers inside it are not.
    seed : int
        The same seed gives the same copy.

    Returns
    -------
    Module
        The copy.
    """
    spoilt = copy.deepcopy(model)
    numbers = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name in layers:
            for weights in find_layer(spoilt, name).parameters(recurse=False):
                order = torch.randperm(weights.numel(), generator=numbers).to(weights.device)
                weights.copy_(weights.flatten()[order].view_as(weights))
    return spoilt


def rank_similarity(maps: Tensor, others: Tensor) -> NDArray[np.float64]:
    """Compare maps by the order into which they put the pixels: Spearman's rank correlation.

    Parameters
    ----------
    maps, others : Tensor, shape (n, height, width)
        Compared pair by pair.

    Returns
    -------
    array, shape (n,), in [-1, 1]
        1 for the same order, about 0 for orders that have nothing to do with each other; 0 also where a map has the
        same value everywhere, and so no order.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> one = torch.tensor([[[1.0, 2.0, 3.0]]])
    >>> print(rank_similarity(one, one**2), rank_similarity(one, -one), rank_similarity(one, one.sign()))
    [1.] [-1.] [0.]
    """
    if maps.shape != others.shape:
        raise ValueError(f"expected maps of one shape, got {tuple(maps.shape)} and {tuple(others.shape)}")
    similar = np.zeros(len(maps))
    for place, pair in enumerate(zip(maps, others, strict=True)):
        ranks = np.array([stats.rankdata(one.detach().cpu().numpy(), axis=None) for one in pair])  # (2, pixels)
        if (np.ptp(ranks, axis=1) > 0).all():
            similar[place] = np.corrcoef(ranks)[0, 1]
    return similar


def deletion_curve(
    model: nn.Module,
    images: Tensor,
    maps: Tensor,
    targets: Targets = None,
    *,
    steps: int = 20,
    fill: float | None = None,
) -> Tensor:
    """Take away the pixels that a map calls important, the first ones first, and watch the class's probability.

    Parameters
    ----------
    model : Module
        Gives logits, shape (n, classes); left as it was.
    images : Tensor, shape (n, channels, height, width)
        The pictures.
    maps : Tensor, shape (n, height, width)
        Larger where a pixel is said to matter more; equal values go in an order drawn by lot, the same each time.
    targets : int, sequence of int or Tensor of shape (n,), optional
        The classes watched; by default those that the network names.
    steps : int
        In how many equal portions the pixels go.
    fill : float, grey value, optional
        What takes their place; by default each picture's mean colour.

    Returns
    -------
    Tensor, shape (n, steps + 1), in [0, 1]
        The probability with nothing taken away, after each portion, and with nothing left.

    Raises
    ------
    ValueError
        If the shapes do not fit each other or the network.

    References
    ----------
    V. Petsiuk, A. Das, K. Saenko, "RISE: randomized input sampling for explanation of black-box models", 2018,
    arXiv:1806.07421.
    """
    targets = chosen_classes(model, images, targets)
    if maps.shape != (len(images), *images.shape[-2:]) or steps < 1:
        raise ValueError(
            f"expected maps of shape {(len(images), *images.shape[-2:])}, one value a pixel, and one step or more; "
            f"got {tuple(maps.shape)} and {steps}"
        )
    turns = _turns(maps).to(images.device)  # (n, height, width): when each pixel goes, 0 for the first
    empty = images.mean(dim=(2, 3), keepdim=True) if fill is None else torch.full_like(images[:, :, :1, :1], fill)
    curve = []
    with evaluating(model), torch.no_grad():
        for step in range(steps + 1):
            gone = turns < step * turns[0].numel() / steps
            logits = model(torch.where(gone[:, None], empty, images))
            curve.append(logits.softmax(dim=1).gather(1, targets[:, None])[:, 0])
    return torch.stack(curve, dim=1)


def _turns(maps: Tensor) -> Tensor:
    values = maps.detach().flatten(1).cpu()
    lot = torch.randperm(values.shape[1], generator=torch.Generator().manual_seed(0))
    order = lot[values[:, lot].argsort(dim=1, descending=True, stable=True)]  # (n, pixels)
    turns = torch.empty_like(order).scatter_(1, order, torch.arange(order.shape[1]).expand_as(order))
    return turns.view(maps.shape)


def deletion_score(
    model: nn.Module,
    images: Tensor,
    maps: Tensor,
    targets: Targets = None,
    *,
    steps: int = 20,
    fill: float | None = None,
) -> Tensor:
    """Measure a map by how soon the class is lost without its pixels: the area under `deletion_curve`.

    Parameters and errors as there. To compare the maps of two networks, divide by the score of maps drawn by lot, for
    each network its own: networks differ in how soon they lose a class, whichever pixels go.

    Returns
    -------
    Tensor, shape (n,), in [0, 1]
        Low where the map found what the network needs.

    Examples
    --------
    Two classes, and only the first pixel speaks for the second one. Without it, both are even:

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False))
    >>> network[1].weight.data = torch.tensor([[0.0, 0.0], [99.0, 0.0]])
    >>> picture = torch.ones(1, 1, 1, 2)
    >>> for found in ([1.0, 0.0], [0.0, 1.0]):
    ...     print(deletion_score(network, picture, torch.tensor([[found]]), 1, steps=2, fill=0.0))
    tensor([0.6250])
    tensor([0.8750])
    """
    curve = deletion_curve(model, images, maps, targets, steps=steps, fill=fill)
    return torch.trapezoid(curve, dim=1) / steps


def pointing_game(maps: Tensor, objects: Tensor) -> Tensor:
    """Ask whether each map's largest value lies on the object.

    Parameters
    ----------
    maps : Tensor, shape (n, height, width)
        Larger where a pixel is said to matter more.
    objects : Tensor of bool, shape (n, height, width)
        True on the object. The share of a picture that it fills is what a guess would reach.

    Returns
    -------
    Tensor of bool, shape (n,)
        True for a hit; their mean is the score. A map without any difference points nowhere, and misses.

    Raises
    ------
    ValueError
        If the shapes differ, or the objects are no bools.

    References
    ----------
    J. Zhang et al., "Top-down neural attention by excitation backprop", 2016, arXiv:1608.00507.

    Examples
    --------
    >>> pointing_game(torch.tensor([[[0.1, 0.9]]]), torch.tensor([[[False, True]]]))
    tensor([True])
    """
    if maps.shape != objects.shape or objects.dtype != torch.bool or maps.ndim != 3:
        raise ValueError(
            "expected maps and objects of one shape (n, height, width), objects as True and False; "
            f"got {tuple(maps.shape)} and {tuple(objects.shape)}, {objects.dtype}"
        )
    values = maps.flatten(1)
    hits = objects.flatten(1).gather(1, values.argmax(dim=1, keepdim=True))[:, 0]
    return hits & (values.amax(dim=1) > values.amin(dim=1))
