"""Five ways to slide a kernel, from four loops to the Fourier transform: one answer, different speeds (lesson 02).

`cnncourse.convolution.correlate` is the one to use; these are the ones to learn from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import Mode, output_shape, prepare, windows

Array = NDArray[Any]


def correlate_loops(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    mode: Mode = "zeros",
    value: float = 0.0,
) -> Array:
    """Slide a kernel over an image with four loops: the definition, and slow (lesson 02).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    kernel : array, shape (kernel height, kernel width)
        The weights.
    stride, padding, mode, value
        As in `cnncourse.convolution.correlate`.

    Returns
    -------
    array, shape (rows, columns)
        One sum of products for every place of the kernel; rows and columns by `cnncourse.convolution.output_size`.

    Raises
    ------
    ValueError
        As `cnncourse.convolution.correlate` does.

    Examples
    --------
    >>> correlate_loops([[1, 2, 3], [4, 5, 6]], [[1, 10]])
    array([[21., 32.],
           [54., 65.]])
    """
    padded, weights = prepare(image, kernel, padding, mode, value)
    rows, columns = output_shape(padded, weights, stride)
    output = np.zeros((rows, columns), padded.dtype)
    for i in range(rows):
        for j in range(columns):
            for a in range(weights.shape[0]):
                for b in range(weights.shape[1]):
                    output[i, j] += padded[i * stride + a, j * stride + b] * weights[a, b]
    return output


def correlate_windows(image: ArrayLike, kernel: ArrayLike, *, stride: int = 1, padding: int = 0) -> Array:
    """Slide a kernel by multiplying every window with it at once (lesson 02); parameters as in `correlate_loops`.

    Examples
    --------
    >>> correlate_windows([[1, 2, 3], [4, 5, 6]], [[1, 10]])
    array([[21., 32.],
           [54., 65.]])
    """
    padded, weights = prepare(image, kernel, padding)
    output_shape(padded, weights, stride)
    products = windows(padded, weights.shape, stride=stride) * weights  # (rows, columns, kernel height, kernel width)
    return np.asarray(products.sum(axis=(2, 3)))


def correlate_matrix(image: ArrayLike, kernel: ArrayLike, *, stride: int = 1, padding: int = 0) -> Array:
    """Slide a kernel as one matrix product, a window a row ("im2col", lesson 02); parameters as in `correlate_loops`.

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard, "High performance convolutional neural networks for document processing", 2006.

    Examples
    --------
    >>> correlate_matrix([[1, 2, 3], [4, 5, 6]], [[1, 10]])
    array([[21., 32.],
           [54., 65.]])
    """
    padded, weights = prepare(image, kernel, padding)
    shape = output_shape(padded, weights, stride)
    table = windows(padded, weights.shape, stride=stride).reshape(-1, weights.size)  # (places, kernel pixels)
    return (table @ weights.ravel()).reshape(shape)


def correlate_shifts(image: ArrayLike, kernel: ArrayLike, *, stride: int = 1, padding: int = 0) -> Array:
    """Slide a kernel by adding shifted copies of the image (lesson 02); parameters as in `correlate_loops`.

    Examples
    --------
    >>> correlate_shifts([[1, 2, 3], [4, 5, 6]], [[1, 10]])
    array([[21., 32.],
           [54., 65.]])
    """
    padded, weights = prepare(image, kernel, padding)
    rows, columns = output_shape(padded, weights, stride)
    output = np.zeros((rows, columns), padded.dtype)
    for (a, b), weight in np.ndenumerate(weights):
        shifted = padded[a : a + rows * stride : stride, b : b + columns * stride : stride]
        output += weight * shifted[:rows, :columns]
    return output


def correlate_fft(image: ArrayLike, kernel: ArrayLike, *, stride: int = 1, padding: int = 0) -> Array:
    """Slide a kernel as a product of Fourier transforms (lesson 02); parameters as in `correlate_loops`.

    The time hardly depends on the size of the kernel, which is why large kernels win here.

    References
    ----------
    J. Cooley, J. Tukey, "An algorithm for the machine calculation of complex Fourier series", 1965.

    Examples
    --------
    >>> correlate_fft([[1, 2, 3], [4, 5, 6]], [[1, 10]]).round(6)
    array([[21., 32.],
           [54., 65.]])
    """
    from scipy import fft  # twice as quick as NumPy's; imported here, for it takes longer to load than this module

    padded, weights = prepare(image, kernel, padding)
    output_shape(padded, weights, stride)
    rows, columns = (p - k + 1 for p, k in zip(padded.shape, weights.shape, strict=True))
    size = [fft.next_fast_len(length, real=True) for length in padded.shape]
    spectrum, pattern = fft.rfft2(padded, size), fft.rfft2(weights, size)
    spectrum *= np.conj(pattern, out=pattern)  # the conjugate slides the kernel as it stands; without, it is flipped
    output: Array = fft.irfft2(spectrum, size, overwrite_x=True)[:rows:stride, :columns:stride]
    return output
