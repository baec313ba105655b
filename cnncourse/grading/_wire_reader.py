"""Reading messages that may come from anybody; what is no message is refused, and nothing in it can act."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_DEPTH", "MAX_ITEMS", "MAX_JSON", "TYPES", "Reader", "WireError"]

MAX_DEPTH = 16  # lists within lists
MAX_ITEMS = 200_000  # numbers, texts, lists in one message; arrays hold more
MAX_JSON = 2**21
MAX_AXES = 64  # of an array, as in NumPy
LARGEST_KEY = 2**60  # larger whole numbers can be chosen so that all have the same hash
TYPES = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"}


class WireError(ValueError):
    """Bytes that came from outside are no message, or too large a one."""


class Reader:
    """Reads one message.

    Parameters
    ----------
    message : bytes
        Anything.
    exact : bool
        See `cnncourse.grading._wire.unpack`.
    """

    def __init__(self, message: bytes, exact: bool) -> None:
        size = int.from_bytes(message[:8], "little")
        if not 2 <= size <= min(MAX_JSON, len(message) - 8):
            raise WireError("no message: its first part has an impossible length")
        header = json.loads(message[8 : 8 + size].decode("utf-8"))
        self.tree, lengths = header["tree"], header["blobs"]
        if not all(type(length) is int and length >= 0 for length in lengths):
            raise WireError("no message: impossible lengths")
        if 8 + size + sum(lengths) != len(message):
            raise WireError("no message: its parts do not fill it")
        self.blobs: list[memoryview] = []
        start, view = 8 + size, memoryview(message)
        for length in lengths:
            self.blobs.append(view[start : start + length])
            start += length
        self.exact, self.items = exact, 0
        self.taken: set[int] = set()

    def read(self) -> Any:
        """Return the data; one of several errors if there are none."""
        return self._decode(self.tree, MAX_DEPTH)

    def _decode(self, node: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS or depth < 0:
            raise WireError(f"a message of more than {MAX_ITEMS:,} items, or deeper than {MAX_DEPTH} lists")
        if node is None or type(node) in (bool, int, float):
            return node
        if type(node) is str:
            return node.encode("utf-8", "replace").decode()
        if type(node) is not list:
            raise WireError("no message: an unknown node")
        return self._special(node[0], node[1:], depth)

    def _special(self, tag: Any, rest: list[Any], depth: int) -> Any:
        if tag in ("list", "tuple"):
            items = [self._decode(one, depth - 1) for one in rest]
            return items if tag == "list" else tuple(items)
        if tag == "dict":
            return {self._key(key): self._decode(one, depth - 1) for key, one in rest}
        if tag == "complex":
            real, imaginary = rest
            return complex(float(real), float(imaginary))
        if tag == "bytes":
            return bytes(self._blob(*rest))
        if tag in ("array", "scalar", "tensor"):
            return self._array(tag, *rest)
        raise WireError("no message: an unknown kind of data")

    def _key(self, node: Any) -> Any:
        key = self._decode(node, 0)
        if type(key) is int and abs(key) > LARGEST_KEY:
            raise WireError("no message: a key that is too large")
        return key

    def _blob(self, place: Any) -> memoryview:
        if type(place) is not int or place < 0 or place in self.taken:  # many copies of one part fill any memory
            raise WireError("no message: an impossible place")
        self.taken.add(place)
        return self.blobs[place]

    def _array(self, tag: str, name: Any, shape: Any, place: Any) -> Any:
        content = self._blob(place)
        if type(shape) is not list or len(shape) > MAX_AXES:
            raise WireError("no message: an impossible shape")
        if not all(type(side) is int and 0 <= side < 2**63 for side in shape):
            raise WireError("no message: an impossible shape")
        dtype = _dtype(name)
        if math.prod(shape) * dtype.itemsize != len(content):
            raise WireError("no message: an array whose shape is not that of its bytes")
        if not len(content):
            return np.zeros(shape, dtype)
        array = np.frombuffer(content, dtype).reshape(shape).copy()  # a copy is writable, as the original was
        _tidy(array)
        if tag == "scalar":
            return array[()] if self.exact else array.item()
        return self._tensor(array) if tag == "tensor" and self.exact else array

    def _tensor(self, array: NDArray[Any]) -> Any:
        import torch

        return torch.from_numpy(array)


def _dtype(name: Any) -> np.dtype[Any]:
    if type(name) is not str:
        raise WireError("no message: a dtype that is no text")
    if name in TYPES:
        return np.dtype(f"<{name}")
    if name[:1] == "U" and name[1:].isascii() and name[1:].isdigit() and 0 < int(name[1:]) < 2**20:
        return np.dtype(f"<U{int(name[1:])}")
    raise WireError("no message: an unknown dtype")


def _tidy(array: NDArray[Any]) -> None:
    """Make bytes harmless that NumPy would not have written: a truth that is 7, a letter beyond Unicode."""
    if array.dtype.kind == "b":
        np.not_equal(array.view(np.uint8), 0, out=array)
    elif array.dtype.kind == "U":
        letters = array.reshape(-1).view(np.uint32)
        wrong = (letters > 0x10FFFF) | ((letters >= 0xD800) & (letters < 0xE000))
        letters[wrong] = ord("?")
