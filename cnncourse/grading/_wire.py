"""Data on its way between the grader and the closed room: text, numbers and arrays in bytes, and nothing that can act.

A message is the length of its JSON part (8 bytes, little-endian), the JSON, and the arrays' bytes one after the other.
What is no JSON is a list whose first item says what it is: ``["tuple", ...]``, ``["array", dtype, shape, place]``.
Nothing is ever unpickled, and an array's type and shape are checked against its bytes before there is an array. Both
sides use this file; it knows nothing of exercises.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._wire_reader import MAX_DEPTH, MAX_ITEMS, MAX_JSON, TYPES, Reader, WireError

__all__ = ["MAX_DEPTH", "NotData", "WireError", "pack", "unpack"]

MAX_BITS = 13_288  # 4000 digits; Python reads no longer numbers back


class NotData(TypeError):
    """Something is no number, text or array, nor a list, tuple or dict of these."""


@dataclass
class _Blobs:
    limit: int
    parts: list[bytes] = field(default_factory=list)
    total: int = 0
    items: int = 0

    def count(self) -> None:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise NotData(f"more than {MAX_ITEMS:,} numbers and texts outside arrays; use a NumPy array")

    def add(self, blob: bytes) -> int:
        self.total += len(blob)
        if self.total > self.limit:
            raise NotData(f"more than {self.limit:,} bytes of data")
        self.parts.append(blob)
        return len(self.parts) - 1


def pack(data: Any, *, limit: int = 2**30) -> bytes:
    """Write data as a message.

    Parameters
    ----------
    data : None, bool, int, float, complex, str, bytes, array, tensor, or tuple, list, dict of these
        Types are taken exactly: an object that only behaves like a number is no number.
    limit : int, bytes
        How much the arrays may hold together.

    Returns
    -------
    bytes

    Raises
    ------
    NotData
        If something else is among it, or too much; it says what.

    Examples
    --------
    >>> unpack(pack({"kernel": (3, 5), "sum": 1.5}))
    {'kernel': (3, 5), 'sum': 1.5}
    >>> pack([object()])
    Traceback (most recent call last):
    ...
    cnncourse.grading._wire.NotData: expected a number, text or array, got object
    """
    blobs = _Blobs(limit)
    tree = _encode(data, blobs, MAX_DEPTH)
    text = json.dumps({"tree": tree, "blobs": [len(part) for part in blobs.parts]}).encode()
    if len(text) > MAX_JSON:
        raise NotData(f"more than {MAX_JSON:,} bytes of numbers and text outside arrays; use a NumPy array")
    return b"".join([len(text).to_bytes(8, "little"), text, *blobs.parts])


def _encode(data: Any, blobs: _Blobs, depth: int) -> Any:
    blobs.count()
    kind = type(data)
    if data is None or kind in (bool, float):
        return data
    if kind is str:
        return data.encode("utf-8", "replace").decode()  # half a surrogate pair could not be stored later
    if kind is int:
        return _whole_number(data)
    if depth == 0:
        raise NotData(f"lists, tuples or dicts more than {MAX_DEPTH} deep")
    if kind in (list, tuple):
        return [kind.__name__, *(_encode(one, blobs, depth - 1) for one in data)]
    if kind is dict:
        return ["dict", *([_encode_key(key), _encode(one, blobs, depth - 1)] for key, one in data.items())]
    if kind is complex:
        return ["complex", data.real, data.imag]
    if kind is bytes:
        return ["bytes", blobs.add(data)]
    return _encode_array(data, blobs)


def _encode_key(key: Any) -> Any:
    plain = key.item() if isinstance(key, np.generic) else key
    if plain is not None and type(plain) not in (bool, int, float, str):
        raise NotData(f"expected a number or text as a key, got {type(key).__name__}")
    return _encode(plain, _Blobs(0), MAX_DEPTH)


def _whole_number(number: int) -> int:
    if number.bit_length() > MAX_BITS:
        raise NotData("expected whole numbers of at most 4000 digits, got a longer one")
    return number


def _encode_array(data: Any, blobs: _Blobs) -> list[Any]:
    if isinstance(data, np.generic):
        return ["scalar", *_array_parts(np.asarray(data), blobs)]
    if type(data) is np.ndarray:
        return ["array", *_array_parts(data, blobs)]
    torch = sys.modules.get("torch")  # where nobody imported it, nothing is a tensor
    if torch is not None and isinstance(data, torch.Tensor):
        return ["tensor", *_array_parts(data.detach().cpu().resolve_conj().resolve_neg().numpy(), blobs)]
    raise NotData(f"expected a number, text or array, got {type(data).__name__}")


def _array_parts(array: NDArray[Any], blobs: _Blobs) -> list[Any]:
    if array.dtype.kind == "U":
        name = f"U{array.dtype.itemsize // 4}"
    else:
        name = f"{array.dtype.kind}{array.dtype.itemsize}"
        if name not in TYPES:
            raise NotData(f"expected an array of numbers or text, got one of dtype {array.dtype}")
    if array.nbytes > blobs.limit:  # before the copy
        raise NotData(f"an array of {array.nbytes:,} bytes, more than {blobs.limit:,}")
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return [name, list(array.shape), blobs.add(plain.tobytes())]


def unpack(message: bytes, *, limit: int = 2**30, exact: bool = False) -> Any:
    """Read a message that may come from anybody.

    Parameters
    ----------
    message : bytes
        What `pack` wrote, or anything else.
    limit : int, bytes
        How long it may be.
    exact : bool
        Whether what was a tensor or a number of NumPy's becomes one again; otherwise they become an array and a plain
        number.

    Returns
    -------
    object
        The data, of plain types only.

    Raises
    ------
    WireError
        If it is no message, or too large, too deep, or inconsistent.
    """
    if len(message) > limit:
        raise WireError(f"a message of {len(message):,} bytes, more than {limit:,}")
    try:
        return Reader(message, exact).read()
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError(f"no message: {type(error).__name__}") from error
