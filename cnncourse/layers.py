"""A convolutional layer in NumPy: many channels, as a matrix, and how it learns (lesson 04)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import convolve, correlate, output_size

Array = NDArray[np.float64]


def convolve_channels(image: ArrayLike, filters: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Slide filters over all channels of an image at once: one feature map a filter (lesson 04).

    Parameters
    ----------
    image : array, shape (channels, height, width)
        The picture or the feature maps of the layer before.
    filters : array, shape (filters, channels, kernel height, kernel width)
        Each filter has one kernel a channel; their answers are summed.
    bias : array, shape (filters,), optional
        Added to every value of a filter's map.

    Returns
    -------
    array, shape (filters, rows, columns)
        The feature maps, stacked.

    Raises
    ------
    ValueError
        If the numbers of dimensions or of channels do not agree, or a kernel does not fit.

    Examples
    --------
    >>> convolve_channels([[[1, 2]], [[10, 20]]], [[[[1]], [[1]]]])
    array([[[11., 22.]]])
    """
    picture, weights = _check_channels(image, filters)
    maps = [sum(correlate(channel, k) for channel, k in zip(picture, kernels, strict=True)) for kernels in weights]
    offsets = np.zeros(len(weights)) if bias is None else np.asarray(bias, dtype=float)
    if offsets.shape != (len(weights),):
        raise ValueError(f"expected one bias a filter, shape ({len(weights)},), got shape {offsets.shape}")
    return np.stack(maps) + offsets[:, None, None]


def count_parameters(kernel_shape: tuple[int, int], channels: int, filters: int, *, bias: bool = True) -> int:
    """Count what a convolutional layer learns: (kernel height × width × channels + 1) × filters (lesson 04).

    Parameters
    ----------
    kernel_shape : (int, int), pixels
        Height and width of the kernels.
    channels : int
        Channels of the image that comes in.
    filters : int
        Feature maps that go out.
    bias : bool
        Whether each filter has a number of its own to add.

    Returns
    -------
    int
        However large the image.

    Examples
    --------
    >>> count_parameters((5, 5), 3, 10)
    760
    """
    return (kernel_shape[0] * kernel_shape[1] * channels + int(bias)) * filters


def convolution_matrix(kernel: ArrayLike, image_shape: tuple[int, int]) -> Array:
    """Write a convolution as the weights of a dense layer, most of them 0 and the rest shared (lesson 04).

    Parameters
    ----------
    kernel : array, shape (kernel height, kernel width)
        The weights, slid without padding.
    image_shape : (int, int), pixels
        Height and width of the image.

    Returns
    -------
    array, shape (rows · columns, height · width)
        Times the image's pixels in reading order, it gives the feature map's values in reading order. Doubly blocked
        Toeplitz: every diagonal is constant, in the blocks and among them.

    Raises
    ------
    ValueError
        If the kernel does not fit.

    Examples
    --------
    >>> convolution_matrix([[1, 2]], (1, 4))
    array([[1., 2., 0., 0.],
           [0., 1., 2., 0.],
           [0., 0., 1., 2.]])
    """
    weights = np.asarray(kernel, dtype=float)
    rows, columns = (output_size(n, k) for n, k in zip(image_shape, weights.shape, strict=True))
    matrix = np.zeros((rows, columns, *image_shape))
    for i, j in np.ndindex(rows, columns):
        matrix[i, j, i : i + weights.shape[0], j : j + weights.shape[1]] = weights
    return matrix.reshape(rows * columns, -1)


def compose(first: ArrayLike, second: ArrayLike) -> Array:
    """Make the one kernel that does what two do one after the other (lesson 04).

    Parameters
    ----------
    first, second : arrays, shapes (h1, w1) and (h2, w2)
        Kernels slid one after the other, without padding, stride 1 and nothing in between.

    Returns
    -------
    array, shape (h1 + h2 - 1, w1 + w2 - 1)
        Two 3 × 3 kernels become one 5 × 5 kernel.

    Examples
    --------
    >>> compose([[1, 1]], [[1, -1]])
    array([[ 1.,  0., -1.]])
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    frame = [(k - 1, k - 1) for k in b.shape]
    return convolve(np.pad(a, frame), b)


def kernel_gradient(image: ArrayLike, gradient: ArrayLike) -> Array:
    """Derive the loss by the kernel's weights: the image slid over by the gradient that arrives (lesson 04).

    Parameters
    ----------
    image : array, shape (height, width)
        What came into the layer.
    gradient : array, shape (rows, columns)
        How the loss changes with each value of the feature map (stride 1, no padding).

    Returns
    -------
    array, shape (height - rows + 1, width - columns + 1)
        How the loss changes with each weight.

    References
    ----------
    Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition", 1989,
    doi:10.1162/neco.1989.1.4.541.

    Examples
    --------
    >>> kernel_gradient([[1, 2, 3]], [[1, 10]])
    array([[21., 32.]])
    """
    return correlate(image, gradient)


def image_gradient(kernel: ArrayLike, gradient: ArrayLike) -> Array:
    """Derive the loss by the pixels: the true, flipped convolution of the framed gradient (lesson 04).

    Parameters
    ----------
    kernel : array, shape (kernel height, kernel width)
        The weights.
    gradient : array, shape (rows, columns)
        How the loss changes with each value of the feature map (stride 1, no padding).

    Returns
    -------
    array, shape (rows + kernel height - 1, columns + kernel width - 1)
        How the loss changes with each pixel.

    Examples
    --------
    >>> image_gradient([[1, 2]], [[1, 10]])
    array([[ 1., 12., 20.]])
    """
    return compose(gradient, kernel)


def _check_channels(image: ArrayLike, filters: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    picture, weights = np.asarray(image, dtype=float), np.asarray(filters, dtype=float)
    if picture.ndim != 3 or weights.ndim != 4 or picture.shape[0] != weights.shape[1]:
        raise ValueError(
            f"expected an image (channels, height, width) and filters (filters, channels, height, width) with as many "
            f"channels, got shapes {picture.shape} and {weights.shape}; a picture with colours last is turned by "
            "image.transpose(2, 0, 1)"
        )
    return picture, weights
