"""Convolution in NumPy: sizes, padding, windows, and the fastest way to slide a kernel (lesson 02).

Every function slides the kernel as it stands, as deep-learning libraries do; mathematics calls that cross-correlation.
`convolve` is the true convolution, which turns the kernel by half a turn first. `cnncourse.convolution_algorithms` has
the five ways to slide a kernel that the lesson compares.
"""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse._fast import correlate_strips, correlate_tiles, prefers_fft

Array = NDArray[Any]
Mode = Literal["zeros", "constant", "reflect", "replicate"]
MODES: tuple[Mode, ...] = get_args(Mode)


def output_size(size: int, kernel: int, *, stride: int = 1, padding: int = 0) -> int:
    """Count the places where a kernel fits along one axis (lesson 02).

    Parameters
    ----------
    size : int, pixels
        Length of the image along the axis.
    kernel : int, pixels
        Length of the kernel along the axis.
    stride : int, pixels
        Step between two places.
    padding : int, pixels
        Pixels added at *each* end before sliding.

    Returns
    -------
    int, pixels
        ``floor((size + 2 * padding - kernel) / stride) + 1`` [1]_.

    Raises
    ------
    ValueError
        If the kernel does not fit once, or a number is not a whole one in its range.

    References
    ----------
    .. [1] V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, arXiv:1603.07285.

    Examples
    --------
    A 3-pixel kernel on 7 pixels stands in 5 places:

    >>> output_size(7, 3)
    5
    >>> output_size(7, 3, stride=2, padding=1)
    4
    """
    _require_whole("stride", stride, 1, "a kernel that does not move by whole pixels has no next place")
    _require_whole("padding", padding, 0, "padding counts the pixels added at each end")
    _require_whole("kernel", kernel, 1, "a kernel is at least 1 pixel long")
    room = size + 2 * padding - kernel
    if room < 0:
        raise ValueError(
            f"a kernel of {kernel} does not fit into {size} + 2·{padding} padding = {size + 2 * padding} pixels; "
            f"pad by at least {math.ceil((kernel - size) / 2)} or use a smaller kernel"
        )
    return room // stride + 1


def pad(image: ArrayLike, padding: int, *, mode: Mode = "zeros", value: float = 0.0) -> Array:
    """Lay a frame of pixels around an image (lesson 02).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    padding : int, pixels
        Width of the frame on every side.
    mode : {"zeros", "constant", "reflect", "replicate"}
        What the frame holds: zeros; `value`; the picture mirrored at its edge pixel, which is not repeated; or the
        edge pixel copied outwards.
    value : float
        Content of the frame in mode ``"constant"``.

    Returns
    -------
    array, shape (height + 2 * padding, width + 2 * padding)
        The framed picture.

    Raises
    ------
    ValueError
        If the mode is unknown, `padding` is not a whole number of at least 0, or a mirror would need more pixels than
        the picture has.

    Examples
    --------
    >>> pad([[1, 2, 3]], 1, mode="replicate")[1]
    array([1, 1, 2, 3, 3])
    >>> pad([[1, 2, 3], [4, 5, 6]], 1, mode="reflect")[1]
    array([2, 1, 2, 3, 2])
    """
    picture = _matrix(image, "image")
    _require_whole("padding", padding, 0, "padding counts the pixels added at each end")
    if mode not in MODES:
        raise ValueError(f"expected a padding mode out of {', '.join(MODES)}, got {mode!r}")
    if mode == "reflect":
        if padding >= min(picture.shape):
            raise ValueError(
                f"mirroring {padding} pixels needs a picture of at least {padding + 1} by {padding + 1}, "
                f"got shape {picture.shape}; pad less, or use mode='replicate'"
            )
        return np.pad(picture, padding, mode="reflect")
    if mode == "replicate":
        return np.pad(picture, padding, mode="edge")
    return np.pad(picture, padding, constant_values=0 if mode == "zeros" else value)


def windows(image: ArrayLike, kernel_shape: tuple[int, int], *, stride: int = 1) -> Array:
    """View every window that a kernel of this shape sees, without copying a pixel (lesson 02).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture, already padded.
    kernel_shape : (int, int), pixels
        Height and width of the kernel.
    stride : int, pixels
        Step between two windows.

    Returns
    -------
    array, shape (rows, columns, kernel height, kernel width)
        ``result[i, j]`` is the window under the kernel at place (i, j). Read-only.

    Raises
    ------
    ValueError
        If the kernel does not fit, or the stride is not a whole number of at least 1.

    Examples
    --------
    >>> windows([[1, 2, 3], [4, 5, 6]], (2, 2))[0, 1]
    array([[2, 3],
           [5, 6]])
    """
    picture = _matrix(image, "image")
    for size, kernel in zip(picture.shape, kernel_shape, strict=True):
        output_size(size, kernel, stride=stride)
    view = np.lib.stride_tricks.sliding_window_view(picture, kernel_shape)
    return view[::stride, ::stride]


def correlate(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    mode: Mode = "zeros",
    value: float = 0.0,
) -> Array:
    """Slide a kernel over an image, by the fastest way for its size (lesson 02).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture; whole numbers become 64-bit floats, so that nothing overflows.
    kernel : array, shape (kernel height, kernel width)
        The weights, used as they stand (not flipped).
    stride : int, pixels
        Step between two places.
    padding : int, pixels
        Width of the frame laid around the picture before sliding.
    mode : {"zeros", "constant", "reflect", "replicate"}
        What the frame holds, as in `pad`.
    value : float
        Content of the frame in mode ``"constant"``.

    Returns
    -------
    array, shape (rows, columns)
        One sum of products for every place of the kernel; rows and columns by `output_size`. 32-bit floats if both
        inputs are, else 64-bit. Where a window holds NaN, so does the result.

    Raises
    ------
    ValueError
        If an input is not a non-empty matrix of numbers, the kernel does not fit, or a setting is out of range.

    Examples
    --------
    >>> correlate([[0, 0, 1, 1]], [[-1, 1]])
    array([[0., 1., 0.]])
    """
    padded, weights = prepare(image, kernel, padding, mode, value)
    output_shape(padded, weights, stride)
    if prefers_fft(padded.shape, weights.shape, stride):
        output = correlate_tiles(padded, weights, stride)
        if np.isfinite(
            output
        ).all():  # the transform spreads one NaN over a whole tile; sliding keeps it in its windows
            return output
    return correlate_strips(padded, weights, stride)


def convolve(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    mode: Mode = "zeros",
    value: float = 0.0,
) -> Array:
    """Convolve in the mathematical sense: turn the kernel by half a turn, then slide it (lesson 02).

    Parameters and result as in `correlate`. For a kernel that half a turn leaves unchanged the two agree.

    Examples
    --------
    >>> convolve([[0, 0, 1, 1]], [[-1, 1]])
    array([[ 0., -1.,  0.]])
    """
    weights = _matrix(kernel, "kernel")
    return correlate(image, weights[::-1, ::-1], stride=stride, padding=padding, mode=mode, value=value)


def prepare(
    image: ArrayLike, kernel: ArrayLike, padding: int, mode: Mode = "zeros", value: float = 0.0
) -> tuple[Array, Array]:
    """Check image and kernel, make them floats of one kind, and lay the frame around the image; as in `correlate`.

    Returns
    -------
    (array, array)
        The framed image and the weights: 32-bit floats if both inputs are, else 64-bit.

    Raises
    ------
    ValueError
        If one of them is not a non-empty matrix of numbers, or as `pad` does.
    """
    picture, weights = _matrix(image, "image"), _matrix(kernel, "kernel")
    single = picture.dtype == weights.dtype == np.float32
    dtype = np.float32 if single else np.float64
    return pad(picture.astype(dtype, copy=False), padding, mode=mode, value=value), weights.astype(dtype, copy=False)


def output_shape(padded: Array, weights: Array, stride: int) -> tuple[int, int]:
    """Count the places of a kernel on a padded image along both axes; raises as `output_size` does."""
    rows, columns = (output_size(p, k, stride=stride) for p, k in zip(padded.shape, weights.shape, strict=True))
    return rows, columns


def _matrix(values: ArrayLike, name: str) -> Array:
    matrix = np.asarray(values)
    if matrix.ndim != 2 or matrix.size == 0:
        raise ValueError(
            f"expected {name} with 2 dimensions (height, width) and at least one pixel, got shape {matrix.shape}; "
            "of a colour picture take one channel, image[:, :, 0], or its mean over the channels"
        )
    if matrix.dtype.kind not in "biuf":
        raise ValueError(f"expected {name} of real numbers, got dtype {matrix.dtype}; convert it with astype(float)")
    return matrix


def _require_whole(name: str, number: int, least: int, why: str) -> None:
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise ValueError(f"expected {name} as a whole number of {least} or more, got {number!r}: {why}")
