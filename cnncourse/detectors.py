"""Filters that answer to edges, corners, textures and cut-out patches (lesson 03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate, output_size
from cnncourse.kernels import SOBEL_X, SOBEL_Y, gabor, gaussian

Array = NDArray[np.float64]


class Gradient(NamedTuple):
    """How brightness changes at each pixel.

    Attributes
    ----------
    right, down : array, shape (height, width)
        Change towards the right and downwards.
    """

    right: Array
    down: Array

    @property
    def magnitude(self) -> Array:
        """How strongly brightness changes, 0 or more; shape (height, width)."""
        return np.hypot(self.right, self.down)

    @property
    def direction(self) -> Array:
        """Where brightness grows, in degrees from -180 to 180: 0 to the right, 90 downwards; shape (height, width)."""
        return np.rad2deg(np.arctan2(self.down, self.right))


def gradient(image: ArrayLike) -> Gradient:
    """Measure how brightness changes, by the two Sobel kernels over eight (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture; its edge pixels are copied outwards.

    Returns
    -------
    Gradient
        Change a pixel, to the right and downwards: on a ramp that grows by 1 a pixel, `right` is 1.

    Examples
    --------
    >>> gradient(np.arange(5.0)[None, :].repeat(3, axis=0)).right[1]
    array([0.5, 1. , 1. , 1. , 0.5])
    """
    right, down = (correlate(image, kernel / 8, padding=1, mode="replicate") for kernel in (SOBEL_X, SOBEL_Y))
    return Gradient(right, down)


def harris(image: ArrayLike, *, sigma: float = 1.5, sensitivity: float = 0.05) -> Array:
    """Measure how much a place looks like a corner: brightness changes in two directions (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    sigma : float, pixels
        Width of the neighbourhood over which changes are gathered.
    sensitivity : float, in (0, 0.25)
        How strictly edges are told from corners; 0.04 to 0.06 is usual.

    Returns
    -------
    array, shape (height, width)
        Above 0 at corners, below 0 on edges, near 0 where nothing changes: det(A) - sensitivity · trace(A)², with the
        structure tensor A of `structure_tensor`.

    References
    ----------
    C. Harris, M. Stephens, "A combined corner and edge detector", 1988, doi:10.5244/C.2.23.
    """
    across, mixed, down = structure_tensor(image, sigma=sigma)
    return np.asarray(across * down - mixed**2 - sensitivity * (across + down) ** 2)


def structure_tensor(image: ArrayLike, *, sigma: float = 1.5) -> tuple[Array, Array, Array]:
    """Gather the products of the two changes of brightness around each pixel (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    sigma : float, pixels
        Width of the neighbourhood.

    Returns
    -------
    (array, array, array), each of shape (height, width)
        Mean of right², of right · down, and of down²: the three different numbers of a symmetric 2 × 2 matrix a pixel.

    References
    ----------
    J. Bigün, G. Granlund, "Optimal orientation detection of linear symmetry", 1987.
    """
    right, down = gradient(image)
    bell = gaussian(sigma)
    products = (right * right, right * down, down * down)
    first, mixed, last = (correlate(p, bell, padding=bell.shape[0] // 2, mode="replicate") for p in products)
    return first, mixed, last


def peaks(response: ArrayLike, *, count: int, apart: int = 5) -> NDArray[np.intp]:
    """Find the largest answers that keep their distance from each other (lesson 03).

    Parameters
    ----------
    response : array, shape (height, width)
        What a filter answered; NaN counts as no answer.
    count : int
        How many places at most.
    apart : int, pixels
        Around a place found, no other one within this distance along either axis.

    Returns
    -------
    array of int, shape (found, 2)
        Rows and columns, the largest answer first; fewer than `count` if the picture is used up.

    Examples
    --------
    >>> peaks([[0, 9, 8, 0, 0, 0, 7]], count=2, apart=2)
    array([[0, 1],
           [0, 6]])
    """
    left = np.nan_to_num(np.array(response, dtype=float), nan=-np.inf)
    found: list[tuple[int, ...]] = []
    while len(found) < count and np.isfinite(left.max()):
        row, column = (int(place) for place in np.unravel_index(int(left.argmax()), left.shape))
        found.append((row, column))
        left[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = -np.inf
    return np.array(found, dtype=np.intp).reshape(-1, 2)


def match(image: ArrayLike, patch: ArrayLike) -> Array:
    """Look for a patch everywhere by normalised cross-correlation (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    patch : array, shape (patch height, patch width)
        What to look for; it must not be even grey.

    Returns
    -------
    array, shape (height - patch height + 1, width - patch width + 1), in [-1, 1]
        Correlation of patch and window: 1 where they agree but for brightness and contrast, 0 on even grey.

    Raises
    ------
    ValueError
        If the patch does not fit or does not vary.

    References
    ----------
    J. Lewis, "Fast normalized cross-correlation", 1995.

    Examples
    --------
    A brighter copy with less contrast is found all the same:

    >>> match([[5.0, 5.0, 5.5, 5.0]], [[0.0, 1.0, 0.0]]).round(3)
    array([[-0.5,  1. ]])
    """
    picture, pattern = np.asarray(image, dtype=float), np.asarray(patch, dtype=float)
    for size, kernel in zip(picture.shape, pattern.shape, strict=True):
        output_size(size, kernel)
    centred = pattern - pattern.mean()
    if not np.abs(centred).max() > 1e-12:
        raise ValueError("the patch is the same grey everywhere, so it looks like nothing; cut out a place with detail")
    picture = picture - picture.mean()  # keeps the sums small, so that rounding does not drown faint contrast
    ones = np.ones_like(pattern)
    total, squares = correlate(picture, ones), correlate(picture**2, ones)
    spread = np.clip(squares - total**2 / pattern.size, 0, None)
    scale = np.sqrt(spread * (centred**2).sum())
    even = spread <= 1e-9 * max(float(squares.max()), 1e-300)
    answer = correlate(picture, centred) / np.where(even, 1, scale)
    return np.asarray(np.where(even, 0, np.clip(answer, -1, 1)))


def gabor_energy(image: ArrayLike, orientation: float, frequency: float, *, sigma: float | None = None) -> Array:
    """Measure how much texture of one direction and width is around each pixel (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    orientation : float, degrees
    frequency : float, stripes a pixel, in (0, 0.5]
    sigma : float, pixels, optional
        As in `cnncourse.kernels.gabor`.

    Returns
    -------
    array, shape (height, width), 0 or more
        Strength of the pair of stripes and flanks together, so that it does not matter where a stripe begins.

    References
    ----------
    E. Adelson, J. Bergen, "Spatiotemporal energy models for the perception of motion", 1985,
    doi:10.1364/JOSAA.2.000284.
    """
    pair = (gabor(orientation, frequency, sigma=sigma, phase=phase) for phase in (0, 90))
    stripes, flanks = (correlate(image, k, padding=k.shape[0] // 2, mode="reflect") for k in pair)
    return np.hypot(stripes, flanks)


def texture_features(image: ArrayLike, bank: Mapping[tuple[float, float], Any]) -> Array:
    """Describe a texture by its mean Gabor energies, one number a filter of the bank (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        A piece of texture, larger than the largest kernel.
    bank : mapping with (orientation, frequency) as keys
        As `cnncourse.kernels.gabor_bank` makes it.

    Returns
    -------
    array, shape (filters,)
        Mean energies in the order of the bank.
    """
    return np.array([gabor_energy(image, *key).mean() for key in bank])
