"""Content and style as numbers, read off the maps of a network (lesson 11).

The content is in the maps themselves; the style in which maps answer together, wherever that is [1]_.

References
----------
.. [1] L. Gatys, A. Ecker, M. Bethge, "Image style transfer using convolutional neural networks", CVPR 2016.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnncourse.activations import record, run_until
from cnncourse.imagenet import find_network
from cnncourse.weights import load_weights


class Eyes(NamedTuple):
    """A network to look with, and where in it content and style are read.

    Attributes
    ----------
    model : Module
        Takes pictures in [0, 1].
    title : str
        Which network this is, in words.
    content : str
        The layer whose maps say what is where.
    styles : tuple of str
        The layers whose Gram matrices say in which manner, from the first to the deepest.
    """

    model: nn.Module
    title: str
    content: str
    styles: tuple[str, ...]


def own_eyes() -> Eyes:
    """Give the robust network that ships with the course, and its layers for content and style (lesson 11).

    Examples
    --------
    >>> own_eyes().content
    'blocks.1'
    """
    robust = load_weights("residual-robust")
    return Eyes(robust, "the course's own robust network", "blocks.1", ("stem", "blocks.0", "blocks.1", "blocks.2"))


def find_eyes() -> Eyes:
    """Give VGG-19 if its weights are at hand, as the paper had it, else `own_eyes` (lesson 11).

    Returns
    -------
    Eyes
        Its title says which.
    """
    vgg = find_network("vgg19")
    if vgg is None:
        return own_eyes()
    layers = tuple(f"network.features.{place}" for place in (0, 5, 10, 19))  # the first of each group
    return Eyes(vgg, "VGG-19, trained on ImageNet", layers[3], layers)


def gram_matrix(maps: Tensor) -> Tensor:
    """Multiply each map by each, place by place, and take the mean over places: which answer together (lesson 11).

    Parameters
    ----------
    maps : Tensor, shape (n, channels, height, width)
        What a layer gave.

    Returns
    -------
    Tensor, shape (n, channels, channels)
        Symmetric. *Where* something was is gone.

    Raises
    ------
    ValueError
        If there are no maps.

    Examples
    --------
    Two maps of four places each; both answer together in one place:

    >>> gram_matrix(torch.tensor([[[[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 0.0]]]]))
    tensor([[[1.2500, 0.7500],
             [0.7500, 2.2500]]])
    """
    if maps.ndim != 4:
        raise ValueError(
            f"expected maps of shape (n, channels, height, width), got {tuple(maps.shape)}; "
            "a dense layer has no places to take a mean over"
        )
    rows = maps.flatten(2)  # (n, channels, places)
    return rows @ rows.mT / rows.shape[2]


def content_loss(maps: Tensor, wanted: Tensor) -> Tensor:
    """Tell how far maps are from those wanted: squared differences, as a share of the wanted ones' squares.

    Examples
    --------
    >>> content_loss(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 2.0])).item()  # (0 + 1) / (1 + 4)
    0.20000000298023224
    """
    return (maps - wanted).square().sum() / wanted.square().sum()


def style_loss(maps: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> Tensor:
    """Tell how far the Gram matrices of maps are from those wanted; each layer counts alike.

    Parameters
    ----------
    maps : mapping of str to Tensor, shape (n, channels, height, width)
        What each layer gave.
    wanted : mapping of str to Tensor, shape (n, channels, channels)
        Gram matrices of the style; its layers are those that count.

    Returns
    -------
    Tensor, shape ()
    """
    return torch.stack([content_loss(gram_matrix(maps[layer]), gram) for layer, gram in wanted.items()]).mean()


def maps_of(eyes: Eyes, pictures: Tensor) -> dict[str, Tensor]:
    """Look at pictures once, up to the deepest layer that is read.

    Parameters
    ----------
    eyes : Eyes
        The network and its layers.
    pictures : Tensor, shape (n, 3, height, width), in [0, 1]
        Gradients reach them.

    Returns
    -------
    dict of str to Tensor, shape (n, channels, height, width)
        A layer an entry.
    """
    layers = [*dict.fromkeys([eyes.content, *eyes.styles])]
    with record(eyes.model, layers, gradients=pictures.requires_grad) as maps:
        run_until(eyes.model, eyes.styles[-1], pictures)
    return dict(maps)
