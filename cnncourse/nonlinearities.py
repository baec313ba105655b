"""Activation functions and their derivatives (lesson 04)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def relu(x: ArrayLike) -> Array:
    """Keep what is positive, replace the rest by 0 (lesson 04).

    Parameters
    ----------
    x : array, any shape
        Values of a feature map.

    Returns
    -------
    array, same shape, 0 or more
        max(x, 0).

    References
    ----------
    V. Nair, G. Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.

    Examples
    --------
    >>> relu([-2.0, 3.0])
    array([0., 3.])
    """
    return np.maximum(np.asarray(x, dtype=float), 0)


def leaky_relu(x: ArrayLike, *, slope: float = 0.01) -> Array:
    """Keep what is positive and a small share of what is negative (lesson 04); parameters as in `relu`.

    References
    ----------
    A. Maas, A. Hannun, A. Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    Examples
    --------
    >>> leaky_relu([-2.0, 3.0])
    array([-0.02,  3.  ])
    """
    values = np.asarray(x, dtype=float)
    return np.where(values > 0, values, slope * values)


def elu(x: ArrayLike) -> Array:
    """Keep what is positive and bend the rest smoothly towards -1 (lesson 04); parameters as in `relu`.

    References
    ----------
    D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network learning by exponential linear units",
    2016, arXiv:1511.07289.

    Examples
    --------
    >>> elu([-1.0, 3.0]).round(3)
    array([-0.632,  3.   ])
    """
    values = np.asarray(x, dtype=float)
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))


def sigmoid(x: ArrayLike) -> Array:
    """Squeeze any number between 0 and 1: 1 / (1 + exp(-x)) (lesson 04); parameters as in `relu`.

    Examples
    --------
    >>> sigmoid([0.0, 1000.0])
    array([0.5, 1. ])
    """
    return np.asarray((1 + np.tanh(np.asarray(x, dtype=float) / 2)) / 2)  # the same function, and nothing overflows


def tanh(x: ArrayLike) -> Array:
    """Squeeze any number between -1 and 1 (lesson 04); parameters as in `relu`.

    Examples
    --------
    >>> tanh([0.0, 1000.0])
    array([0., 1.])
    """
    return np.tanh(np.asarray(x, dtype=float))


class Activation(NamedTuple):
    """An activation function and its derivative, both element by element."""

    function: Callable[[ArrayLike], Array]
    derivative: Callable[[ArrayLike], Array]


def _step(x: ArrayLike, below: float) -> Array:
    return np.where(np.asarray(x, dtype=float) > 0, 1.0, below)


ACTIVATIONS: dict[str, Activation] = {
    "ReLU": Activation(relu, lambda x: _step(x, 0.0)),
    "leaky ReLU": Activation(leaky_relu, lambda x: _step(x, 0.01)),
    "ELU": Activation(elu, lambda x: np.where(np.asarray(x) > 0, 1.0, elu(x) + 1)),
    "sigmoid": Activation(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": Activation(tanh, lambda x: 1 - tanh(x) ** 2),
}
