"""Scenes that say where the object is: a picture laid into a larger one, or among three others (lesson 08).

Small pictures of things come without outlines. In a scene put together from them, the place of each is known.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Scenes(NamedTuple):
    """Pictures, and where in each the object is.

    Attributes
    ----------
    pictures : Tensor, shape (n, channels, height, width), in [0, 1]
        The scenes.
    objects : Tensor of bool, shape (n, height, width)
        True on the object, for `cnncourse.map_checks.pointing_game`.
    chosen : Tensor of int, shape (n,)
        Which of the pictures handed in is the object.
    """

    pictures: Tensor
    objects: Tensor
    chosen: Tensor


def hidden(images: Tensor, ground: Tensor, *, seed: int = 0) -> Scenes:
    """Lay each picture somewhere into a larger one of its own.

    Parameters
    ----------
    images : Tensor, shape (n, channels, height, width)
        The objects.
    ground : Tensor, shape (n, channels, rows, columns)
        What they are laid into; left as it was.
    seed : int
        Of the places, each as likely as any other.

    Returns
    -------
    Scenes
        In the order of the pictures.

    Raises
    ------
    ValueError
        If there is no ground for each, or it is smaller than the picture.

    Examples
    --------
    >>> scene = hidden(torch.ones(1, 1, 1, 2), torch.zeros(1, 1, 3, 4))
    >>> scene.pictures.sum(), scene.objects.sum(), torch.equal(scene.pictures[:, 0] == 1, scene.objects)
    (tensor(2.), tensor(2), True)
    """
    height, width = images.shape[-2:]
    if images.ndim != 4 or images.shape[:2] != ground.shape[:2] or not _larger(ground, images):
        raise ValueError(
            "expected a larger ground for each picture, of as many channels; "
            f"got pictures of shape {tuple(images.shape)} and a ground of shape {tuple(ground.shape)}"
        )
    chance = torch.Generator().manual_seed(seed)
    pictures, objects = ground.clone(), torch.zeros(len(ground), *ground.shape[2:], dtype=torch.bool)
    for place, image in enumerate(images):
        top, left = (
            int(torch.randint(room - length + 1, (), generator=chance))
            for room, length in zip(ground.shape[2:], image.shape[1:], strict=True)
        )
        pictures[place, :, top : top + height, left : left + width] = image
        objects[place, top : top + height, left : left + width] = True
    return Scenes(pictures, objects, torch.arange(len(images)))


def quartets(images: Tensor, labels: Tensor, count: int, *, seed: int = 0) -> Scenes:
    """Lay four pictures of four classes together as two by two, and choose one of them.

    A network is then asked for the class of that one, and has three others to be led astray by [1]_.

    Parameters
    ----------
    images : Tensor, shape (n, channels, height, width)
        The pictures to draw from.
    labels : Tensor of int, shape (n,)
        Their classes.
    count : int
        How many scenes.
    seed : int
        Of the choice.

    Returns
    -------
    Scenes
        Of twice the height and width; the object is a quarter of each.

    Raises
    ------
    ValueError
        If there are fewer than four classes.

    References
    ----------
    .. [1] M. Böhle, M. Fritz, B. Schiele, "Convolutional dynamic alignment networks for interpretable
       classifications", 2021, arXiv:2104.00032: the localisation by a grid of pictures.

    Examples
    --------
    >>> scene = quartets(torch.arange(4.0).view(4, 1, 1, 1), torch.arange(4), 1)
    >>> sorted(scene.pictures.flatten().tolist()), float(scene.pictures[:, 0][scene.objects]) == int(scene.chosen)
    ([0.0, 1.0, 2.0, 3.0], True)
    """
    if len(labels.unique()) < 4:
        raise ValueError(f"expected pictures of four classes or more, got {len(labels.unique())}")
    chance = torch.Generator().manual_seed(seed)
    fours: list[Tensor] = []
    while len(fours) < count:
        four = torch.randperm(len(images), generator=chance)[:4]
        if len(labels[four].unique()) == 4:
            fours.append(four)
    chosen = torch.stack(fours)  # (count, 4)
    cells = images[chosen]  # (count, 4, channels, height, width)
    rows = [torch.cat([cells[:, at], cells[:, at + 1]], dim=3) for at in (0, 2)]
    height, width = images.shape[2:]
    objects = torch.zeros(count, 2 * height, 2 * width, dtype=torch.bool)
    which = torch.arange(count) % 4
    for scene, at in enumerate(which.tolist()):
        top, left = height * (at // 2), width * (at % 2)
        objects[scene, top : top + height, left : left + width] = True
    return Scenes(torch.cat(rows, dim=2), objects, chosen[torch.arange(count), which])


def _larger(ground: Tensor, images: Tensor) -> bool:
    return all(room >= length for room, length in zip(ground.shape[2:], images.shape[2:], strict=True))
