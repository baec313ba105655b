"""A layer on paper: a plain record of its kind and settings, checked and completed (lesson 04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["FIELDS", "KINDS", "read_layer", "read_picture_shape"]

Record = dict[str, Any]
ACTIVATIONS = ("ReLU", "leaky ReLU", "ELU", "sigmoid", "tanh")
KINDS: dict[str, Record] = {
    "convolution": {"filters": 6, "kernel": 3, "stride": 1, "padding": 0, "bias": True},
    "pooling": {"how": "max", "kernel": 2, "stride": 2, "padding": 0},
    "activation": {"function": "ReLU"},
    "flatten": {},
    "dense": {"units": 10, "bias": True},
}
FIELDS: dict[str, tuple[int, int] | tuple[str, ...]] = {
    "filters": (1, 1024), "kernel": (1, 15), "stride": (1, 8), "padding": (0, 7), "units": (1, 65536),
    "how": ("max", "average"), "function": ACTIVATIONS,
}  # fmt: skip


def read_layer(record: Mapping[str, Any]) -> Record:
    """Complete a record of a layer and check it.

    Parameters
    ----------
    record : mapping
        ``kind`` out of `KINDS`, and any of the settings of that kind; what is left out is filled in.

    Returns
    -------
    dict
        All settings.

    Raises
    ------
    ValueError
        If there is no such kind or setting, or a value is not possible.

    Examples
    --------
    >>> read_layer({"kind": "dense", "units": 84})
    {'kind': 'dense', 'units': 84, 'bias': True}
    """
    kind = record.get("kind")
    if kind not in KINDS:
        raise ValueError(f"expected kind as one of {', '.join(KINDS)}, got {kind!r}")
    unknown = sorted(set(record) - {"kind", *KINDS[kind]})
    if unknown:
        raise ValueError(f"a {kind} layer has no {', '.join(unknown)}; it takes {', '.join(KINDS[kind]) or 'nothing'}")
    complete = {"kind": kind, **KINDS[kind], **record}
    return {name: value if name == "kind" else _check(kind, name, value) for name, value in complete.items()}


def _check(kind: str, name: str, value: Any) -> Any:
    if name == "bias":
        if not isinstance(value, bool):
            raise ValueError(f"expected bias of the {kind} layer as True or False, got {value!r}")
        return value
    limits = FIELDS[name]
    if isinstance(limits[0], str):
        if value not in limits:
            raise ValueError(
                f"expected {name} of the {kind} layer as one of {', '.join(map(str, limits))}, got {value!r}"
            )
        return value
    low, high = limits
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= int(high):
        raise ValueError(f"expected {name} of the {kind} layer as a whole number from {low} to {high}, got {value!r}")
    return value


def read_picture_shape(shape: Sequence[int]) -> tuple[int, int, int]:
    """Check the shape of one picture: (channels, height, width), each from 1 to 1024.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_picture_shape([1, 28, 28])
    (1, 28, 28)
    """
    whole = [isinstance(n, int) and not isinstance(n, bool) and 1 <= n <= 1024 for n in shape]
    if len(whole) != 3 or not all(whole):
        raise ValueError(
            f"expected the shape of one picture, (channels, height, width), whole numbers from 1 to 1024, "
            f"got {tuple(shape)}; a grey picture has 1 channel"
        )
    return shape[0], shape[1], shape[2]
