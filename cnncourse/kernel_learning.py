"""Learning a kernel from examples of what it should answer, by gradient descent in plain NumPy (lesson 03)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate, windows

Array = NDArray[np.float64]


class Learned(NamedTuple):
    """How a kernel was learned.

    Attributes
    ----------
    kernels : array, shape (steps + 1, height, width)
        The weights at the start and after every step.
    losses : array, shape (steps + 1,)
        The mean squared error of each of them.
    """

    kernels: Array
    losses: Array


def learn_kernel(
    image: ArrayLike, target: ArrayLike, *, shape: tuple[int, int] = (3, 3), rate: float = 1.0, steps: int = 100
) -> Learned:
    """Find the weights that turn a picture into a given answer, downhill step by step (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        What goes in.
    target : array, shape (height - kernel height + 1, width - kernel width + 1)
        What should come out.
    shape : (int, int), pixels
        Height and width of the kernel; its weights start at 0.
    rate : float
        How far a step goes; twice the inverse of `steepest` is too far.
    steps : int
        How many of them.

    Returns
    -------
    Learned
        All kernels on the way, and their errors.

    Raises
    ------
    ValueError
        If the target does not have the output's shape.

    Examples
    --------
    A kernel that doubles:

    >>> learn_kernel([[1.0, -1.0]], [[2.0, -2.0]], shape=(1, 1), rate=0.25, steps=2).kernels.ravel()
    array([0. , 1. , 1.5])
    """
    picture, wanted, kernel = np.asarray(image, dtype=float), np.asarray(target, dtype=float), np.zeros(shape)
    rows, columns = (n - k + 1 for n, k in zip(picture.shape, shape, strict=True))
    if wanted.shape != (rows, columns):
        raise ValueError(
            f"expected a target of shape ({rows}, {columns}), which a {shape} kernel makes of a picture of shape "
            f"{picture.shape}, got {wanted.shape}; compute it without padding"
        )
    kernels, losses = [], []
    for _ in range(steps + 1):
        error = correlate(picture, kernel) - wanted
        kernels.append(kernel)
        losses.append(np.mean(error**2))
        kernel = kernel - rate * 2 * correlate(picture, error) / error.size
    return Learned(np.array(kernels), np.array(losses))


def standardise(image: ArrayLike) -> Array:
    """Bring a picture to mean 0 and standard deviation 1, which makes one learning rate fit many pictures (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.

    Returns
    -------
    array, same shape
        Signed numbers; all 0 if the picture does not vary.

    Examples
    --------
    >>> standardise([[1, 3]])
    array([[-1.,  1.]])
    """
    values = np.asarray(image, dtype=float)
    centred = values - values.mean()
    spread = float(values.std())
    even = spread <= 1e-12 * float(np.abs(values).max())  # what rounding leaves of an even picture
    return np.zeros_like(centred) if even else np.asarray(centred / spread)


def moments(image: ArrayLike, shape: tuple[int, int] = (3, 3)) -> Array:
    """Tell how the pixels of a window go together: the mean product of each two of them (lesson 03).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    shape : (int, int), pixels
        Height and width of the window.

    Returns
    -------
    array, shape (pixels of the window, pixels of the window)
        All that learning a kernel takes from the picture: the mean squared error of weights that are off by ``d`` is
        ``d @ moments @ d``, and its slope ``2 * moments @ d``.

    Examples
    --------
    >>> moments([[1, 2, 3]], (1, 2))
    array([[2.5, 4. ],
           [4. , 6.5]])
    """
    every = windows(image, shape).reshape(-1, shape[0] * shape[1]).astype(float)
    return np.asarray(every.T @ every / len(every))


def steepest(image: ArrayLike, shape: tuple[int, int] = (3, 3)) -> float:
    """Give the largest curvature of the error over the weights; a rate above 2 over it runs away (lesson 03).

    Parameters
    ----------
    image, shape
        As in `moments`.

    Returns
    -------
    float
        The largest eigenvalue of twice the moments.

    Examples
    --------
    >>> steepest([[1.0, -1.0]], (1, 1))
    2.0
    """
    return float(2 * np.linalg.eigvalsh(moments(image, shape))[-1])
