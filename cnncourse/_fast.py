"""The direct way made quick, and when the Fourier transform is quicker; `convolution.correlate` chooses."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STRIP_BYTES = 96 * 1024  # a strip of output, its products and the input rows then share the processor's second cache
TILE = 192  # measured: tiles of 128 to 192 pixels are quickest for kernels up to 31
FFT_TAPS = 1.25  # measured: on n pixels, three transforms cost as much as about 1.25 · log2(n) weights slid directly
FFT_LEAST_PIXELS = 64 * 64  # below, calling costs more than computing, and sliding keeps whole numbers exact


def correlate_strips(padded: NDArray[Any], weights: NDArray[Any], stride: int) -> NDArray[Any]:
    """Add shifted copies as `correlate_shifts` does, a strip of rows at a time so that it stays in the cache."""
    rows, columns = ((p - k) // stride + 1 for p, k in zip(padded.shape, weights.shape, strict=True))
    output = np.zeros((rows, columns), padded.dtype)
    height = max(1, STRIP_BYTES // (columns * padded.itemsize))
    products = np.empty((min(height, rows), columns), padded.dtype)
    for top in range(0, rows, height):
        strip = output[top : top + height]
        for (a, b), weight in np.ndenumerate(weights):
            shifted = padded[top * stride + a :: stride, b::stride][: len(strip), :columns]
            np.multiply(shifted, weight, out=products[: len(strip)])
            strip += products[: len(strip)]
    return output


def correlate_tiles(padded: NDArray[Any], weights: NDArray[Any], stride: int) -> NDArray[Any]:
    """Do what `correlate_fft` does, tile by tile ("overlap-save"): less memory, and all of it stays in the cache.

    References
    ----------
    T. Stockham, "High-speed convolution and correlation", 1966.
    """
    from scipy import fft  # twice as quick as NumPy's; imported here, for it takes longer to load than this module

    rows, columns = (p - k + 1 for p, k in zip(padded.shape, weights.shape, strict=True))
    tile = [
        fft.next_fast_len(min(p, max(TILE, 6 * k)), real=True) for p, k in zip(padded.shape, weights.shape, strict=True)
    ]
    step = [t - k + 1 for t, k in zip(tile, weights.shape, strict=True)]  # what a tile answers beyond its neighbour
    pattern = np.conj(fft.rfft2(weights, tile))
    output = np.empty((rows, columns), padded.dtype)
    for top in range(0, rows, step[0]):
        for left in range(0, columns, step[1]):
            spectrum = fft.rfft2(padded[top : top + tile[0], left : left + tile[1]], tile)
            spectrum *= pattern
            part = output[top : top + step[0], left : left + step[1]]
            part[...] = fft.irfft2(spectrum, tile, overwrite_x=True)[: part.shape[0], : part.shape[1]]
    return output[::stride, ::stride]


def prefers_fft(image: tuple[int, ...], kernel: tuple[int, ...], stride: int) -> bool:
    """Tell whether the Fourier transform beats the direct way, by counting operations."""
    pixels = image[0] * image[1]
    taps = kernel[0] * kernel[1] / stride**2
    return bool(pixels >= FFT_LEAST_PIXELS and taps > FFT_TAPS * np.log2(pixels))
