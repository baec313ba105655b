"""A network on paper: layers as plain records, counted without PyTorch and without numbers (lesson 04).

The rules are those of `cnncourse.architecture`, for stacks of five kinds of layers; the explorer's page knows them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnncourse._totals import Totals
from cnncourse.layer_records import read_layer, read_picture_shape

__all__ = ["Blueprint", "Counted", "count_layers", "seen_spans"]

Record = dict[str, Any]
Shape = tuple[int, ...]


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
class Blueprint(Totals):
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


def count_layers(input_shape: Sequence[int], layers: Sequence[Mapping[str, Any]]) -> Blueprint:
    """Count what a stack of layers does to a picture's shape, what it learns, computes and sees (lesson 04).

    Parameters
    ----------
    input_shape : (int, int, int)
        Channels, height and width of one picture.
    layers : sequence of mappings
        As `cnncourse.layer_records.read_layer` takes them.

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


def seen_spans(
    layers: Sequence[tuple[int, ...]], place: int, *, counts: Sequence[int] | None = None
) -> list[tuple[int, int]]:
    """Walk back from one value, layer by layer, and say which cells of each level it sees (lesson 05).

    Parameters
    ----------
    layers : sequence of (kernel, stride) or (kernel, stride, padding)
        From the input upwards, along one axis.
    place : int
        Which value of the last level.
    counts : sequence of int, optional
        How many cells the input and each layer's answer have. With them the walk leaves out what lies on padding;
        without, a cell below 0 or beyond the last one is a place on padding.

    Returns
    -------
    list of (first, last)
        Cells seen in the input, then in the answer of each layer; both ends belong to it. (0, -1) where there is none.

    Examples
    --------
    A kernel of 3 and a pooling of 2: the second pooled value sees four pixels. With padding 1 they begin one earlier.

    >>> seen_spans([(3, 1), (2, 2)], 1)
    [(2, 5), (2, 3), (1, 1)]
    >>> seen_spans([(3, 1, 1), (2, 2)], 0)[0], seen_spans([(3, 1, 1), (2, 2)], 0, counts=[7, 7, 3])[0]
    ((-1, 2), (0, 2))
    """
    spans = [(place, place)]
    for level, (kernel, stride, *padding) in reversed(list(enumerate(layers))):
        first, last = (cell * stride - sum(padding) for cell in spans[0])
        last += kernel - 1
        if counts is not None:
            first, last = max(0, first), min(counts[level] - 1, last)
        none = spans[0][1] < spans[0][0] or last < first
        spans.insert(0, (0, -1) if none else (first, last))
    return spans


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
