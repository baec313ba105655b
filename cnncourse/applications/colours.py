"""Colours as lightness and hue, in CIELAB, and how far two of them are apart (lesson 11).

A lightness L, and two numbers for the hue: a* from green to red, b* from blue to yellow. Both 0 is grey.
"""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

Array = NDArray[np.float64]


def to_lab(images: ArrayLike) -> Tensor:
    """Turn red, green and blue into lightness and hue, CIELAB under daylight D65 (lesson 11).

    Parameters
    ----------
    images : array, shape (n, height, width, 3), in [0, 1]
        The pictures.

    Returns
    -------
    Tensor of float32, shape (n, 3, height, width)
        L from 0 to 100, a* and b* about from −100 to 100.

    Raises
    ------
    ValueError
        If the shape is another.

    Examples
    --------
    >>> to_lab(np.ones((1, 1, 1, 3)))[0, :, 0, 0].round().abs()
    tensor([100.,   0.,   0.])
    """
    from skimage.color import rgb2lab

    values = np.asarray(images, dtype=float)
    if values.ndim != 4 or values.shape[3] != 3:
        raise ValueError(f"expected pictures of shape (n, height, width, 3), got {values.shape}; try: image[None]")
    return torch.from_numpy(rgb2lab(values)).permute(0, 3, 1, 2).float()


def to_rgb(lab: Tensor) -> Array:
    """Turn lightness and hue into red, green and blue; a colour that no screen has becomes the nearest in range.

    Parameters
    ----------
    lab : Tensor, shape (n, 3, height, width)
        As `to_lab` gives it.

    Returns
    -------
    array, shape (n, height, width, 3), in [0, 1]
    """
    from skimage.color import lab2rgb

    with warnings.catch_warnings():  # it warns of colours that no screen has; they are expected here
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(lab2rgb(lab.permute(0, 2, 3, 1).double().numpy()))


def colour_classes(hues: Tensor, count: int = 24, *, seed: int = 0, rounds: int = 12) -> Tensor:
    """Choose typical hues by k-means: each stands for those that are nearest to it (lesson 11).

    Parameters
    ----------
    hues : Tensor, shape (n, 2)
        a* and b* of pixels.
    count : int
        How many classes.
    seed : int
        Of the pixels to begin with.
    rounds : int
        How often each class moves to the mean of its pixels.

    Returns
    -------
    Tensor, shape (count, 2)

    Raises
    ------
    ValueError
        If there are fewer different hues than classes.

    References
    ----------
    S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28, 1982.
    """
    chance = torch.Generator().manual_seed(seed)
    some = hues[torch.randperm(len(hues), generator=chance)[:20_000]]
    different = torch.unique(some, dim=0)
    if len(different) < count:
        raise ValueError(f"expected at least {count} different hues, got {len(different)}; ask for fewer classes")
    middles = different[torch.randperm(len(different), generator=chance)[:count]]
    for _ in range(rounds):
        nearest = torch.cdist(some, middles).argmin(dim=1)
        sums = torch.zeros_like(middles).index_add(0, nearest, some)
        sizes = torch.bincount(nearest, minlength=count)[:, None]
        middles = torch.where(sizes > 0, sums / sizes.clamp_min(1), middles)  # a class without pixels stays
    return middles


def colour_error(coloured: ArrayLike, truth: ArrayLike) -> float:
    """Measure how far hues are off: the distance in a* and b*, averaged over pixels (lesson 11).

    Two colours of one lightness that a careful eye just tells apart are about 2.3 apart [1]_.

    Parameters
    ----------
    coloured, truth : array, shape (height, width, 3), in [0, 1]
        Two pictures of one size.

    Returns
    -------
    float, in units of CIELAB

    Raises
    ------
    ValueError
        If their shapes differ.

    References
    ----------
    .. [1] M. Mahy, L. Van Eycken, A. Oosterlinck, "Evaluation of uniform color spaces developed after the adoption of
       CIELAB and CIELUV", Color Research & Application 19, 1994.
    """
    one, other = np.asarray(coloured, dtype=float), np.asarray(truth, dtype=float)
    if one.shape != other.shape:
        raise ValueError(f"expected two pictures of one shape, got {one.shape} and {other.shape}")
    return float((to_lab(one[None]) - to_lab(other[None]))[:, 1:].square().sum(dim=1).sqrt().mean())
