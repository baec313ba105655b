"""A small decoder of pictures in plain NumPy: two dense layers, two transposed convolutions (lesson 11)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NAMES = tuple(f"{layer}.{part}" for layer in (0, 2, 5, 7) for part in ("weight", "bias"))
STRIDE, PADDING = 2, 1


def transposed_convolution(maps: ArrayLike, kernels: ArrayLike, biases: ArrayLike) -> Array:
    """Enlarge maps to twice their size: each value stamps its kernel, every two pixels, and stamps add up.

    Parameters
    ----------
    maps : array, shape (inputs, height, width)
        What came.
    kernels : array, shape (inputs, outputs, 4, 4)
        A stamp for each pair of maps.
    biases : array, shape (outputs,)
        What is added everywhere.

    Returns
    -------
    array, shape (outputs, 2 * height, 2 * width)
        As `torch.nn.ConvTranspose2d` gives it with stride 2 and padding 1 [1]_.

    References
    ----------
    .. [1] V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.

    Examples
    --------
    One value, a stamp of ones of which the frame is cut off:

    >>> transposed_convolution([[[3.0]]], np.ones((1, 1, 4, 4)), [0.5])
    array([[[3.5, 3.5],
            [3.5, 3.5]]])
    """
    values, stamps = np.asarray(maps, dtype=float), np.asarray(kernels, dtype=float)
    height, width = values.shape[1:]
    side = stamps.shape[2]
    wide = np.zeros((stamps.shape[1], STRIDE * height + side - STRIDE, STRIDE * width + side - STRIDE))
    for row in range(side):
        for column in range(side):
            added = np.einsum("ihw,io->ohw", values, stamps[:, :, row, column])
            wide[:, row : row + STRIDE * height : STRIDE, column : column + STRIDE * width : STRIDE] += added
    inside = wide[:, PADDING:-PADDING, PADDING:-PADDING]
    return np.asarray(inside + np.asarray(biases, dtype=float)[:, None, None])


def decode(weights: Sequence[NDArray[Any]], places: ArrayLike) -> Array:
    """Draw pictures from latent numbers (lesson 11).

    Parameters
    ----------
    weights : sequence of array
        Of a decoder, as `decoder_weights` gives them.
    places : array, shape (n, latent)
        The latent numbers.

    Returns
    -------
    array, shape (n, height, width), in [0, 1]
    """
    first, first_bias, second, second_bias, *up = (np.asarray(part, dtype=float) for part in weights)
    hidden = np.maximum(np.asarray(places, dtype=float) @ first.T + first_bias, 0)
    flat = np.maximum(hidden @ second.T + second_bias, 0)
    side = math.isqrt(flat.shape[1] // up[0].shape[0])
    pictures = []
    for maps in flat.reshape(len(flat), up[0].shape[0], side, side):
        larger = np.maximum(transposed_convolution(maps, up[0], up[1]), 0)
        pictures.append(1 / (1 + np.exp(-transposed_convolution(larger, up[2], up[3])[0])))
    return np.array(pictures)


def decoder_weights(model: Any) -> list[NDArray[np.float32]]:
    """Read the weights of a decoder such as `cnncourse.applications.digit_generator.decoder_of` makes.

    Parameters
    ----------
    model : Module
        The decoder, or a network that has one as its ``decoder``.

    Returns
    -------
    list of array of float32
        Weights and biases of two dense layers and of two transposed convolutions.

    Raises
    ------
    ValueError
        If the network is of another build; the message names what does not fit.
    """
    decoder = getattr(model, "decoder", model)
    state = decoder.state_dict() if hasattr(decoder, "state_dict") else {}
    if tuple(state) != NAMES:
        raise ValueError(
            "expected a decoder as decoder_of makes it, Linear, ReLU, Linear, ReLU, Unflatten, ConvTranspose2d, ReLU, "
            f"ConvTranspose2d; got {type(model).__name__} with {', '.join(state) or 'no weights'}"
        )
    weights = [np.asarray(state[name].detach().cpu().numpy(), dtype=np.float32) for name in NAMES]
    check_weights(weights)
    return weights


def check_weights(weights: Sequence[NDArray[Any]]) -> None:
    """Refuse weights that do not fit one behind the other.

    Raises
    ------
    ValueError
        With the two shapes that do not fit.
    """
    first, _, second, _, up, up_bias, last, _ = (part.shape for part in weights)
    places = second[0] // up[0]
    fits = {
        "the second dense layer takes what the first gives": second[1] == first[0],
        "the second dense layer gives square maps": up[0] * math.isqrt(places) ** 2 == second[0],
        "the last layer takes the maps before it": last[0] == up[1] == up_bias[0],
        "the last layer gives one grey picture": last[1] == 1,
        "kernels measure 4 × 4": up[2:] == last[2:] == (4, 4),
    }
    wrong = [what for what, right in fits.items() if not right]
    if wrong:
        shapes = ", ".join(str(part.shape) for part in weights)
        raise ValueError(f"expected weights of which {wrong[0]}, got shapes {shapes}")
