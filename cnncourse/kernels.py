"""Named kernels: small matrices that each look for one thing (lessons 02 and 03).

A kernel is slid over the picture as it stands; nothing is flipped. So the sign and the side on which a number stands
are what you see: ``SOBEL_X`` answers positively where the picture grows brighter from left to right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def read_matrix(rows: str) -> Array:
    """Read a small matrix from its rows, one digit a cell or numbers apart (lesson 02).

    Parameters
    ----------
    rows : str
        Rows of single digits, parted by blanks (``"012 220 012"``); or rows parted by ``/`` or by line ends,
        with numbers parted by blanks (``"-1 0 1 / -2 0 2"``).

    Returns
    -------
    array, shape (height, width)
        The numbers as floats.

    Raises
    ------
    ValueError
        If there is no row, the rows differ in length, or something is not a number.

    Examples
    --------
    >>> read_matrix("012 220")
    array([[0., 1., 2.],
           [2., 2., 0.]])
    >>> read_matrix("-1 0.5 / 2 1e-1")
    array([[-1. ,  0.5],
           [ 2. ,  0.1]])
    """
    if "/" in rows or "\n" in rows.strip():
        cells = [line.split() for line in rows.replace("/", "\n").splitlines() if line.strip()]
    else:
        cells = [list(word) for word in rows.split()]
    lengths = [len(row) for row in cells]
    if not cells or len(set(lengths)) != 1:
        raise ValueError(f"expected rows of equal length, got rows of {lengths} numbers; try '012 220' or '-1 0 / 2 1'")
    try:
        return np.array(cells, dtype=float)
    except ValueError:
        raise ValueError(
            f"expected numbers, got {rows!r}; numbers with a sign or of two digits are written '-1 0 / 2 10'"
        ) from None


def mean(size: int) -> Array:
    """Make the kernel that averages a square window (lesson 02).

    Parameters
    ----------
    size : int, pixels
        Side of the window, 1 or more.

    Returns
    -------
    array, shape (size, size)
        Equal weights that sum to 1.

    Raises
    ------
    ValueError
        If `size` is below 1.

    Examples
    --------
    >>> mean(2)
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    if size < 1:
        raise ValueError(f"a window is at least 1 pixel wide, got {size}; try 3")
    return np.full((size, size), 1 / size**2)


def gaussian(sigma: float, *, radius: int | None = None) -> Array:
    """Make the kernel of a Gaussian blur: near pixels count more than far ones (lesson 02).

    Parameters
    ----------
    sigma : float, pixels
        Standard deviation of the bell; larger blurs more.
    radius : int, pixels, optional
        Half of the kernel without its centre; by default three standard deviations, rounded up.

    Returns
    -------
    array, shape (2 * radius + 1, 2 * radius + 1)
        Positive weights that sum to 1.

    Raises
    ------
    ValueError
        If `sigma` is not positive or `radius` is negative.

    References
    ----------
    R. Szeliski, "Computer Vision: Algorithms and Applications", 2nd edition, 2022, section 3.2.

    Examples
    --------
    >>> gaussian(1.0, radius=1).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    if not sigma > 0:
        raise ValueError(f"sigma is a width in pixels and must be above 0, got {sigma}; try 1.0")
    radius = int(np.ceil(3 * sigma)) if radius is None else radius
    if radius < 0:
        raise ValueError(f"radius counts pixels and cannot be negative, got {radius}; try {int(np.ceil(3 * sigma))}")
    offsets = np.arange(-radius, radius + 1)
    bell = np.exp(-(offsets**2) / (2 * sigma**2))
    bell /= bell.sum()
    return np.outer(bell, bell)


def gabor(
    orientation: float, frequency: float, *, sigma: float | None = None, phase: float = 0.0, radius: int | None = None
) -> Array:
    """Make a Gabor kernel: stripes under a bell, which answers to texture of one direction and width (lesson 03).

    Parameters
    ----------
    orientation : float, degrees
        Direction in which brightness changes: 0 for upright stripes, 90 for level ones, growing clockwise on screen.
    frequency : float, stripes a pixel, in (0, 0.5]
        How fine the stripes are; one over the width of a bright and a dark one together.
    sigma : float, pixels, optional
        Standard deviation of the bell; by default 0.56 over the frequency, which spans about one octave.
    phase : float, degrees
        0 puts a bright stripe in the middle (answers to lines), 90 a flank (answers to edges).
    radius : int, pixels, optional
        Half of the kernel without its centre; by default three standard deviations, rounded up.

    Returns
    -------
    array, shape (2 * radius + 1, 2 * radius + 1)
        Weights whose sum is 0, so that even grey gives no answer, and whose absolute values sum to 1.

    Raises
    ------
    ValueError
        If the frequency is outside (0, 0.5]: finer stripes than one a pixel do not exist; or `sigma` is not positive.

    References
    ----------
    J. Daugman, "Uncertainty relation for resolution in space, spatial frequency, and orientation optimized by
    two-dimensional visual cortical filters", 1985, doi:10.1364/JOSAA.2.001160.

    Examples
    --------
    >>> gabor(0, 0.5, sigma=1.0, radius=1).round(2)
    array([[-0.07,  0.14, -0.07],
           [-0.11,  0.23, -0.11],
           [-0.07,  0.14, -0.07]])
    """
    if not 0 < frequency <= 0.5:
        raise ValueError(f"expected a frequency above 0 and up to 0.5 stripes a pixel, got {frequency}; try 0.1")
    sigma = 0.56 / frequency if sigma is None else sigma
    bell = gaussian(sigma, radius=radius)
    reach = bell.shape[0] // 2
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    angle = np.deg2rad(orientation)
    along = right * np.cos(angle) + down * np.sin(angle)
    stripes = bell * np.cos(2 * np.pi * frequency * along - np.deg2rad(phase))
    stripes -= bell * stripes.sum()  # the bell sums to 1, so what is left sums to 0
    return np.asarray(stripes / np.abs(stripes).sum())


def gabor_bank(
    *, orientations: int = 6, frequencies: tuple[float, ...] = (0.06, 0.12, 0.24), phase: float = 0.0
) -> dict[tuple[float, float], Array]:
    """Make Gabor kernels of evenly spread orientations, at each of several frequencies (lesson 03).

    Parameters
    ----------
    orientations : int
        How many directions share the half turn, 1 or more.
    frequencies : tuple of float, stripes a pixel, in (0, 0.5]
        From coarse to fine.
    phase : float, degrees
        As in `gabor`.

    Returns
    -------
    dict of (orientation in degrees, frequency) to array
        One kernel a pair.

    Examples
    --------
    >>> [key for key in gabor_bank(orientations=2, frequencies=(0.1,))]
    [(0.0, 0.1), (90.0, 0.1)]
    """
    if orientations < 1:
        raise ValueError(f"expected 1 orientation or more, got {orientations}; try 6")
    angles = [180.0 * place / orientations for place in range(orientations)]
    return {(angle, f): gabor(angle, f, phase=phase) for f in frequencies for angle in angles}


def separate(kernel: NDArray[np.float64], *, tolerance: float = 1e-9) -> tuple[Array, Array] | None:
    """Split a kernel into a column times a row, if it is such a product (lesson 03).

    Parameters
    ----------
    kernel : array, shape (height, width)
        The weights.
    tolerance : float
        How much of the kernel, relative to its largest part, may be left over.

    Returns
    -------
    (array, shape (height, 1), array, shape (1, width)) or None
        Column and row whose product is the kernel: sliding one after the other costs height + width products a place
        instead of height × width. None if the kernel is no such product.

    References
    ----------
    G. Strang, "Introduction to Linear Algebra", 6th edition, 2023: a matrix of rank 1 is a column times a row, and the
    singular value decomposition finds them.

    Examples
    --------
    >>> column, row = separate(SOBEL_X)
    >>> np.allclose(column @ row, SOBEL_X)
    True
    >>> separate(LAPLACIAN) is None
    True
    """
    left, sizes, right = np.linalg.svd(np.asarray(kernel, dtype=float))
    if sizes[1:].sum() > tolerance * sizes[0]:
        return None
    sign = 1.0 if left[:, 0].sum() >= 0 else -1.0
    scale = sign * np.sqrt(sizes[0])
    return scale * left[:, :1], scale * right[:1, :]


def _named(rows: str, divisor: float = 1.0) -> Array:
    kernel = read_matrix(rows) / divisor
    kernel.setflags(write=False)  # shared by every lesson: a learner who edits one takes a copy
    return kernel


IDENTITY = _named("0 0 0 / 0 1 0 / 0 0 0")
MEAN = _named("1 1 1 / 1 1 1 / 1 1 1", 9)
BLUR = _named("1 2 1 / 2 4 2 / 1 2 1", 16)
SHARPEN = _named("0 -1 0 / -1 5 -1 / 0 -1 0")
HORIZONTAL_LINES = _named("-1 -1 -1 / 2 2 2 / -1 -1 -1")
VERTICAL_LINES = _named("-1 2 -1 / -1 2 -1 / -1 2 -1")
SOBEL_X = _named("-1 0 1 / -2 0 2 / -1 0 1")
SOBEL_Y = _named("-1 -2 -1 / 0 0 0 / 1 2 1")
LAPLACIAN = _named("0 1 0 / 1 -4 1 / 0 1 0")

KERNELS: dict[str, Array] = {
    "identity": IDENTITY,
    "mean": MEAN,
    "blur": BLUR,
    "sharpen": SHARPEN,
    "horizontal lines": HORIZONTAL_LINES,
    "vertical lines": VERTICAL_LINES,
    "Sobel, left to right": SOBEL_X,
    "Sobel, top to bottom": SOBEL_Y,
    "Laplacian": LAPLACIAN,
}
