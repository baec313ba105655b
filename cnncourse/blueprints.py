"""A network on paper: layers as plain records, counted without PyTorch and without numbers (lesson 04).

The rules are those of `cnncourse.architecture`, for stacks of five kinds of layers; the explorer's page knows them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["FIELDS", "KINDS", "Blueprint", "Counted", "count_layers", "read_layer", "read_picture_shape"]

Record = dict[str, Any]
Shape = tuple[int, ...]
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


@dataclass(frozen=True)
class Counted:
    """One row of the table of a blueprint.

    Attributes
    ----------
    kind : str
        Such as ``"convolution"``.
    shape : tuple of int
        What leaves the layer: (channels, height, width) or (numbers,); empty where nothing can.
    parameters, multiply_adds : int
        What the layer learns, and what it computes for one picture.
    sees : (int, int), pixels
        Height and width of the part of the input that one value sees.
    stride : (int, int), pixels
        How far apart in the input two neighbouring values look.
    problem : str
        Why the layer cannot work, empty where it does.
    """

    kind: str
    shape: Shape
    parameters: int = 0
    multiply_adds: int = 0
    sees: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    problem: str = ""


@dataclass(frozen=True)
class Blueprint:
    """A stack of layers, counted.

    Attributes
    ----------
    input_shape : (int, int, int)
        Channels, height and width of one picture.
    layers : tuple of Counted
        Those that work; the first that cannot is in `refused`.
    refused : Counted or None
        The layer at which the stack breaks, with its problem in words.
    """

    input_shape: tuple[int, int, int]
    layers: tuple[Counted, ...]
    refused: Counted | None = None

    @property
    def parameters(self) -> int:
        """Learned numbers of all layers that work."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiplications, each with its addition, for one picture."""
        return sum(layer.multiply_adds for layer in self.layers)


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


def count_layers(input_shape: Sequence[int], layers: Sequence[Mapping[str, Any]]) -> Blueprint:
    """Count what a stack of layers does to a picture's shape, what it learns, computes and sees (lesson 04).

    Parameters
    ----------
    input_shape : (int, int, int)
        Channels, height and width of one picture.
    layers : sequence of mappings
        As `read_layer` takes them.

    Returns
    -------
    Blueprint
        One row a layer, up to the first that cannot work.

    Raises
    ------
    ValueError
        If the input shape or a record is none.

    References
    ----------
    A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019,
    doi:10.23915/distill.00021.

    Examples
    --------
    >>> paper = count_layers((3, 32, 32), [{"kind": "convolution", "filters": 10, "kernel": 5}])
    >>> paper.layers[0].shape, paper.parameters
    ((10, 28, 28), 760)
    """
    picture = read_picture_shape(input_shape)
    rows: list[Counted] = []
    before = Counted("input", picture)
    for record in layers:
        layer = read_layer(record)
        row = _COUNT[layer["kind"]](layer, before, picture)
        if row.problem:
            return Blueprint(picture, tuple(rows), row)
        rows.append(row)
        before = row
    return Blueprint(picture, tuple(rows))


def _slide(layer: Record, before: Counted) -> Counted:
    """Count the places of a window, and what it sees: r + (k - 1) · j and j · s along each axis."""
    kind, kernel, stride, padding = (layer[name] for name in ("kind", "kernel", "stride", "padding"))
    if problem := _misfit(layer, before.shape):
        return Counted(kind, (), problem=problem)
    places = [(n + 2 * padding - kernel) // stride + 1 for n in before.shape[1:]]
    sees = [r + (kernel - 1) * j for r, j in zip(before.sees, before.stride, strict=True)]
    apart = [j * stride for j in before.stride]
    return Counted(kind, (before.shape[0], *places), 0, 0, (sees[0], sees[1]), (apart[0], apart[1]))


def _convolution(layer: Record, before: Counted, picture: Shape) -> Counted:
    row = _slide(layer, before)
    if row.problem:
        return row
    weights = layer["kernel"] ** 2 * before.shape[0]
    shape = (layer["filters"], *row.shape[1:])
    products = shape[0] * shape[1] * shape[2] * weights
    return Counted(row.kind, shape, (weights + layer["bias"]) * layer["filters"], products, row.sees, row.stride)


def _pooling(layer: Record, before: Counted, picture: Shape) -> Counted:
    return _slide(layer, before)


def _unchanged(layer: Record, before: Counted, picture: Shape) -> Counted:
    shape = before.shape
    if layer["kind"] == "flatten" and len(shape) == 3:
        shape = (shape[0] * shape[1] * shape[2],)
    return Counted(layer["kind"], shape, 0, 0, before.sees, before.stride)


def _dense(layer: Record, before: Counted, picture: Shape) -> Counted:
    if len(before.shape) == 3:
        maps = f"{before.shape[0]} × {before.shape[1]} × {before.shape[2]}"
        return Counted(
            "dense", (), problem=f"a dense layer wants a row of numbers, and {maps} maps arrive; flatten them first"
        )
    weights, whole = before.shape[0] * layer["units"], (picture[1], picture[2])
    return Counted("dense", (layer["units"],), weights + layer["bias"] * layer["units"], weights, whole, whole)


_COUNT = {
    "convolution": _convolution,
    "pooling": _pooling,
    "activation": _unchanged,
    "flatten": _unchanged,
    "dense": _dense,
}


def _misfit(layer: Record, shape: Shape) -> str:
    """Say in words why a window cannot slide over what arrives; the same words stand in the explorer's page."""
    kernel, padding = layer["kernel"], layer["padding"]
    if len(shape) != 3:
        return (
            f"a window slides over maps, and a row of {shape[0]:,} numbers arrives; move this layer before the flatten"
        )
    if layer["kind"] == "pooling" and 2 * padding > kernel:
        return f"padding {padding} is more than half a window of {kernel}; use {kernel // 2} or less"
    height, width = shape[1], shape[2]
    least = min(height, width)
    if least + 2 * padding >= kernel:
        return ""
    framed = f" even with padding {padding}" if padding else ""
    pad = -(-(kernel - least) // 2)
    advice = f"use a kernel of {least + 2 * padding} or less, pad by {pad}, or shrink the maps less before"
    return f"a kernel of {kernel} does not fit into {height} × {width}{framed}; {advice}"


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
