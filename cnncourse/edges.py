"""Edges made visible: directions as colours, and the places where an answer changes its sign (lesson 03)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
DARK, LIGHT, COLOURFUL = 0.16, 0.78, 0.125  # lightness without and with an edge, and the strength of its colour

# From the OKLab space, where equal steps look equal, to the linear lights of a screen; the numbers of its definition.
_TO_CONES = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
)
_TO_LIGHTS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)


def direction_colours(right: ArrayLike, down: ArrayLike, *, limit: float | None = None) -> Array:
    """Paint directions: the colour says where brightness grows, the lightness how strongly (lesson 03).

    Parameters
    ----------
    right, down : array, shape (height, width)
        Change of brightness to the right and downwards, as `cnncourse.detectors.gradient` measures it.
    limit : float, optional
        Magnitude at which colours are full; by default the largest one.

    Returns
    -------
    array, shape (height, width, 3), in [0, 1]
        Near black where nothing changes. Pink where brightness grows to the right, then, clockwise, yellow-green for
        downwards, blue-green for leftwards, blue-violet for upwards; all of them equally light.

    References
    ----------
    B. Ottosson, "A perceptual color space for image processing", 2020: OKLab.

    Examples
    --------
    >>> direction_colours([[0.0]], [[0.0]]).round(2)
    array([[[0.05, 0.05, 0.05]]])
    """
    across, downwards = np.asarray(right, dtype=float), np.asarray(down, dtype=float)
    strength = np.hypot(across, downwards)
    most = float(strength.max()) if limit is None else limit
    share = np.clip(strength / (most or 1.0), 0, 1)
    towards = np.stack([across, downwards], axis=-1) / np.where(strength > 0, strength, 1)[..., None]
    lightness = DARK + (LIGHT - DARK) * share
    lab = np.concatenate([lightness[..., None], COLOURFUL * share[..., None] * towards], axis=-1)
    lights = np.clip((lab @ _TO_CONES.T) ** 3 @ _TO_LIGHTS.T, 0, 1)
    return np.asarray(np.where(lights <= 0.0031308, 12.92 * lights, 1.055 * lights ** (1 / 2.4) - 0.055))


def zero_crossings(response: ArrayLike, *, least: float = 0.0) -> NDArray[np.bool_]:
    """Find where an answer changes its sign between a pixel and its right or lower neighbour (lesson 03).

    Parameters
    ----------
    response : array, shape (height, width)
        What a filter answered, such as a Laplacian.
    least : float
        How large the step across zero must be; small ones are noise.

    Returns
    -------
    array of bool, shape (height, width)
        True at the left or upper pixel of such a pair.

    References
    ----------
    D. Marr, E. Hildreth, "Theory of edge detection", 1980, doi:10.1098/rspb.1980.0020.

    Examples
    --------
    >>> zero_crossings([[0, 3, -3, 0, 2]])
    array([[False,  True, False, False, False]])
    """
    values = np.asarray(response, dtype=float)
    found = np.zeros(values.shape, dtype=bool)
    for here, there, mark in (
        (values[:, :-1], values[:, 1:], found[:, :-1]),
        (values[:-1], values[1:], found[:-1]),
    ):
        mark |= (here * there < 0) & (np.abs(here - there) > least)
    return found
