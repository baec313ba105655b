"""Six ways in which a picture changes while its name stays the same (lesson 01).

Each takes a picture and an amount from 0 (unchanged) to 1, and is written so that it can be redone in a few lines
anywhere: positions run from -1 to 1 across the picture (`u` to the right, `v` downwards).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.images import to_float

Array = NDArray[np.float64]
EMPTY = 0.5  # what shows where the scene has no pixel: mid grey
ROUNDING = 1e-9  # sines differ in their last digit between machines; whether a rim pixel shows must not depend on it


def challenge(image: NDArray[Any], name: str, amount: float) -> Array:
    """Change a picture in one of six ways that leave its name unchanged (lesson 01).

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture; it stays as it is.
    name : str
        One of `CHALLENGES`: viewpoint, illumination, deformation, occlusion, clutter or variation.
    amount : float, in [0, 1]
        How much; 0 returns a copy.

    Returns
    -------
    array, same shape, in [0, 1]
        The changed picture.

    Raises
    ------
    ValueError
        If there is no such challenge, `amount` is outside 0 to 1, or the picture is neither grey nor in colour.

    References
    ----------
    F.-F. Li, A. Karpathy, J. Johnson, "CS231n: Convolutional neural networks for visual recognition", notes on
    image classification, 2016.

    Examples
    --------
    Light from the left: the right edge falls to a tenth.

    >>> challenge(np.ones((1, 3)), "illumination", 1.0)
    array([[1.  , 0.55, 0.1 ]])
    """
    picture = to_float(image)
    if picture.size == 0 or (picture.ndim != 2 and picture.shape[2:] != (3,)):
        raise ValueError(
            f"expected a picture of shape (height, width) or (height, width, 3), got {picture.shape}; "
            "channels that come first are turned by image.transpose(1, 2, 0)"
        )
    if name not in CHALLENGES:
        raise ValueError(f"expected a challenge out of {', '.join(CHALLENGES)}; got {name!r}")
    if not 0 <= amount <= 1:
        raise ValueError(f"expected an amount from 0 (unchanged) to 1, got {amount}")
    return CHALLENGES[name](picture, float(amount)) if amount else picture.copy()


def pixel_distance(image: NDArray[Any], other: NDArray[Any]) -> float:
    """Measure how far apart two pictures are: the mean absolute difference of their pixels (lesson 01).

    Parameters
    ----------
    image, other : arrays of the same shape, in [0, 1]
        The two pictures.

    Returns
    -------
    float, in [0, 1]
        0 for equal pictures, 1 for white against black; NaN if a pixel is NaN.

    Raises
    ------
    ValueError
        If the shapes differ, or the pictures are empty.

    Examples
    --------
    >>> pixel_distance(np.array([[0.0, 1.0]]), np.array([[0.5, 1.0]]))
    0.25
    """
    if np.shape(image) != np.shape(other) or np.size(image) == 0:
        raise ValueError(f"expected two pictures of one shape, got {np.shape(image)} and {np.shape(other)}")
    return float(np.abs(to_float(image) - to_float(other)).mean())


def turn_viewpoint(image: Array, amount: float) -> Array:
    """Turn the picture, like a poster, about its upright axis by up to 60 degrees, seen from two half-widths away."""
    u, v = _positions(image)
    angle = amount * np.pi / 3
    across = u / (np.cos(angle) - u * np.sin(angle) / 2)  # where the line of sight meets the turned poster
    down = v * (1 + across * np.sin(angle) / 2)
    return _sample(image, across, down)


def light_from_left(image: Array, amount: float) -> Array:
    """Let the light fall off towards the right, down to a tenth."""
    u, _ = _positions(image)
    brightness = _per_pixel(1 - 0.9 * amount * (u + 1) / 2, image)
    return np.asarray(image * brightness)


def deform(image: Array, amount: float) -> Array:
    """Bend the picture in waves, up to an eighth of its half-width."""
    u, v = _positions(image)
    bend = amount / 8
    return _sample(image, u + bend * np.sin(2 * np.pi * v), v + bend * np.sin(2 * np.pi * u))


def occlude(image: Array, amount: float) -> Array:
    """Push a grey bar over the picture from the left, at most over three fifths of it."""
    u, _ = _positions(image)
    covered = _per_pixel((u + 1) / 2 < 0.6 * amount, image)
    return np.where(covered, 0.35, image)


def clutter(image: Array, amount: float) -> Array:
    """Fade a busy pattern in around the middle."""
    u, v = _positions(image)
    pattern = 0.5 + 0.25 * np.sin(37 * u + 11 * v) + 0.25 * np.sin(23 * u - 41 * v)
    outside = np.clip((np.hypot(u, v) - 0.5) / 0.3, 0, 1)
    share = _per_pixel(amount * outside, image)
    return (1 - share) * image + share * _per_pixel(pattern, image)


def vary(image: Array, amount: float) -> Array:
    """Make another individual of the same kind: a rounder middle and a darker coat."""
    u, v = _positions(image)
    swell = 1 - 0.45 * amount * np.exp(-3 * (u**2 + v**2))
    return np.asarray(_sample(image, u * swell, v * swell) ** (1 + 1.2 * amount))


CHALLENGES: dict[str, Callable[[Array, float], Array]] = {
    "viewpoint": turn_viewpoint,
    "illumination": light_from_left,
    "deformation": deform,
    "occlusion": occlude,
    "clutter": clutter,
    "variation": vary,
}


def _positions(image: Array) -> tuple[Array, Array]:
    """Give every pixel its place: (height, 1) and (1, width) grids stretched to the picture, from -1 to 1."""
    v, u = (np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in image.shape[:2])
    return np.broadcast_to(u[None, :], image.shape[:2]), np.broadcast_to(v[:, None], image.shape[:2])


def _per_pixel(values: NDArray[Any], image: Array) -> NDArray[Any]:
    return values if image.ndim == 2 else values[:, :, None]


def _sample(image: Array, u: Array, v: Array) -> Array:
    """Read the picture between its pixels (bilinear); mid grey outside."""
    height, width = image.shape[:2]
    row, column = (v + 1) / 2 * (height - 1), (u + 1) / 2 * (width - 1)
    inside = (np.abs(u) <= 1 + ROUNDING) & (np.abs(v) <= 1 + ROUNDING)
    top, left = (np.clip(np.floor(p).astype(int), 0, n - 1) for p, n in ((row, height), (column, width)))
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down, along = (_per_pixel(np.clip(p - first, 0, 1), image) for p, first in ((row, top), (column, left)))
    upper = (1 - along) * image[top, left] + along * image[top, right]
    lower = (1 - along) * image[bottom, left] + along * image[bottom, right]
    return np.where(_per_pixel(inside, image), (1 - down) * upper + down * lower, EMPTY)
