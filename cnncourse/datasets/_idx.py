"""The idx format, in which MNIST is stored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_UNSIGNED_BYTE = 0x08


def parse_idx(content: bytes) -> NDArray[np.uint8]:
    """Read an array of bytes in idx format.

    Parameters
    ----------
    content : bytes
        Two zero bytes, the type (8: unsigned byte), the number of axes, their lengths as big-endian 32-bit integers,
        then the values, last axis fastest.

    Returns
    -------
    array of uint8
        The values, in the shape that the header gives.

    Raises
    ------
    ValueError
        If the header is none, or does not fit the number of values.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section on file formats, 1998.

    Examples
    --------
    One picture of 2×3 pixels:

    >>> parse_idx(bytes([0, 0, 8, 3,  0, 0, 0, 1,  0, 0, 0, 2,  0, 0, 0, 3,  9, 8, 7, 6, 5, 4]))
    array([[[9, 8, 7],
            [6, 5, 4]]], dtype=uint8)
    """
    if len(content) < 4 or content[:3] != bytes([0, 0, _UNSIGNED_BYTE]):
        raise ValueError(
            f"expected an idx file of bytes, which begins 00 00 08; came {content[:4].hex(' ') or 'nothing'}; "
            "try: download the file again"
        )
    axes = content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise ValueError(f"expected a header of {start} bytes, came {len(content)}; try: download the file again")
    shape = tuple(int(length) for length in np.frombuffer(content, dtype=">u4", count=axes, offset=4))
    expected = int(np.prod(shape, dtype=object))
    if len(content) - start != expected:
        raise ValueError(
            f"expected {expected:,} values for the shape {shape}, came {len(content) - start:,}; "
            "try: download the file again, it may have stopped half-way"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
