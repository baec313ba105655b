"""A trained LeNet-5 run in NumPy, without PyTorch, so that lesson 00 and the page can read a digit at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.pooling import max_pool

__all__ = ["SHAPES", "Answer", "check_weights", "run", "softmax"]

Array = NDArray[np.float64]
SHAPES: dict[str, tuple[int, ...]] = {
    "conv1.weight": (6, 1, 5, 5),
    "conv1.bias": (6,),
    "conv2.weight": (16, 6, 5, 5),
    "conv2.bias": (16,),
    "fc1.weight": (120, 400),
    "fc1.bias": (120,),
    "fc2.weight": (84, 120),
    "fc2.bias": (84,),
    "fc3.weight": (10, 84),
    "fc3.bias": (10,),
}  # names and shapes of its 61,706 numbers, as `cnncourse.models.LeNet5` has them
SIDE = 28  # pixels


class Answer(NamedTuple):
    """What LeNet-5 makes of pictures.

    Attributes
    ----------
    maps1 : array, shape (n, 6, 28, 28), 0 or more
        The feature maps of the first convolution, behind its ReLU.
    maps2 : array, shape (n, 16, 10, 10), 0 or more
        Those of the second one.
    logits : array, shape (n, 10)
        A number for each digit; the largest is its answer.
    """

    maps1: Array
    maps2: Array
    logits: Array

    @property
    def digits(self) -> NDArray[np.intp]:
        """The digit that each picture is read as, shape (n,)."""
        return self.logits.argmax(axis=1)

    @property
    def probabilities(self) -> Array:
        """How sure it is of each digit, shape (n, 10); a row adds up to 1."""
        return softmax(self.logits)


def check_weights(weights: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a LeNet-5 as arrays, or say which of them is missing or has another shape.

    Parameters
    ----------
    weights : mapping of str to array
        By their names in `SHAPES`; others are left out.

    Returns
    -------
    dict of str to array
        32-bit floats, in the order of `SHAPES`.

    Raises
    ------
    ValueError
        If one is missing, has another shape, or holds a number that is not finite.
    """
    checked = {}
    for name, shape in SHAPES.items():
        if name not in weights:
            raise ValueError(
                f"expected the weights of a LeNet-5, found no {name!r} among {', '.join(weights) or 'none'}"
            )
        array = np.ascontiguousarray(weights[name], dtype=np.float32)
        if array.shape != shape:
            raise ValueError(f"expected {name!r} of a LeNet-5 in shape {shape}, got {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name!r} holds numbers that are not finite; the training that made it diverged")
        checked[name] = array
    return checked


def run(weights: Mapping[str, Any], images: ArrayLike) -> Answer:
    """Let a trained LeNet-5 read pictures (lesson 00; the network itself is the subject of lesson 06).

    Two convolutions, each with ReLU and max pooling, then three dense layers: 416,520 multiplications a picture [1]_.

    Parameters
    ----------
    weights : mapping of str to array
        As `cnncourse.weights.weights_arrays` gives them.
    images : array, shape (n, 28, 28), in [0, 1]
        Light ink on black, centred and scaled as MNIST was.

    Returns
    -------
    Answer
        Feature maps and logits.

    Raises
    ------
    ValueError
        If the pictures have another shape, or as `check_weights` does.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
       Proceedings of the IEEE 86, 1998; here in the form usual now, with ReLU, max pooling, and all maps joined to all.

    Examples
    --------
    A network whose only weight above 0 is a bias always says the same:

    >>> weights = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    >>> weights["fc3.bias"][7] = 1
    >>> run(weights, np.zeros((2, 28, 28))).digits
    array([7, 7])
    """
    pictures = np.asarray(images, dtype=float)
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"expected pictures, shape (n, 28, 28), got {pictures.shape}; try images[None] for one picture"
        )
    known = {name: array.astype(float) for name, array in check_weights(weights).items()}
    framed = np.pad(pictures[:, None], ((0, 0), (0, 0), (2, 2), (2, 2)))  # (n, 1, 32, 32)
    maps1 = _convolve(framed, known, "conv1")  # (n, 6, 28, 28)
    maps2 = _convolve(max_pool(maps1, 2), known, "conv2")  # (n, 16, 10, 10)
    features = max_pool(maps2, 2).reshape(len(pictures), -1)  # (n, 400)
    for layer in ("fc1", "fc2"):
        features = np.maximum(_dense(features, known, layer), 0)  # (n, 120), then (n, 84)
    return Answer(maps1, maps2, _dense(features, known, "fc3"))


def softmax(logits: ArrayLike) -> Array:
    """Turn numbers into shares that add up to 1, the larger the number the larger the share (lesson 06).

    Parameters
    ----------
    logits : array, shape (..., classes)
        Any finite numbers.

    Returns
    -------
    array, same shape, in [0, 1]
        ``exp(logits)``, divided by its sum along the last axis.

    Examples
    --------
    >>> softmax([0, np.log(3)])
    array([0.25, 0.75])
    """
    numbers = np.asarray(logits, dtype=float)
    powers = np.exp(numbers - numbers.max(axis=-1, keepdims=True))  # the same shares, and no overflow
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _convolve(maps: Array, weights: Mapping[str, Array], layer: str) -> Array:
    """Apply all filters of a layer and its ReLU, (n, channels, height, width) to (n, filters, rows, columns)."""
    kernels = weights[f"{layer}.weight"]
    views = np.lib.stride_tricks.sliding_window_view(
        maps, kernels.shape[2:], axis=(2, 3)
    )  # (n, c, rows, columns, 5, 5)
    answers = np.tensordot(views, kernels, axes=([1, 4, 5], [1, 2, 3]))  # (n, rows, columns, filters)
    return np.maximum(answers + weights[f"{layer}.bias"], 0).transpose(0, 3, 1, 2)


def _dense(features: Array, weights: Mapping[str, Array], layer: str) -> Array:
    return features @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"]
