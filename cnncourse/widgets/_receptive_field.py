"""What the explorer of receptive fields computes and says; static/receptive_field.js computes and says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.blueprints import Blueprint, count_layers, seen_spans
from cnncourse.layer_records import read_layer

Array = NDArray[np.float64]
Record = Mapping[str, Any]
Span = tuple[int, int]
SLIDERS = ("kernel", "stride", "padding")


class Walked(NamedTuple):
    """What the explorer shows of each level, the picture first.

    Attributes
    ----------
    maps : list of array, shape (rows, columns)
        Each value is the mean of the block of pixels that it sees; NaN where it sees padding only.
    rows, columns : list of (first, last)
        The block of each level that the value at the top sees, without what lies on padding. A stride larger than its
        kernel leaves gaps inside the block.
    side : int, pixels
        Side of the receptive field by the formula, padding included.
    """

    maps: list[Array]
    rows: list[Span]
    columns: list[Span]
    side: int


def arrays(image: ArrayLike, layers: Sequence[Record], place: tuple[int, int]) -> Walked:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    layers : sequence of mappings
        Convolutions and poolings, as `cnncourse.layer_records.read_layer` takes them.
    place : (int, int)
        Row and column of a value of the last layer; outside, the nearest one is taken.

    Returns
    -------
    Walked
        The maps and the blocks.

    Raises
    ------
    ValueError
        If a layer does not fit.

    Examples
    --------
    >>> walked = arrays([[0, 2, 4, 6, 9]], [{"kind": "pooling", "kernel": 1, "stride": 2}], (0, 1))
    >>> walked.maps[1], walked.columns
    (array([[0., 4., 9.]]), [(2, 2), (1, 1)])
    """
    picture = np.asarray(image, dtype=float)
    sliding, counts = _levels(picture.shape, layers)
    maps = [_means(picture, sliding[:level], counts) for level in range(len(layers) + 1)]
    rows, columns = (
        seen_spans(sliding, _nearest(at, along[-1]), counts=along) for at, along in zip(place, counts, strict=True)
    )
    first, last = seen_spans(sliding, 0)[0]
    return Walked(maps, rows, columns, last - first + 1)


def count(shape: tuple[int, ...], layers: Sequence[Record]) -> Blueprint:
    """Count layers on a grey picture of this height and width."""
    return count_layers((1, *shape), layers)


def _levels(shape: tuple[int, ...], layers: Sequence[Record]) -> tuple[list[tuple[int, ...]], list[list[int]]]:
    """Return kernel, stride and padding of each layer, and how many rows and columns each level has."""
    counted = count(shape, layers)
    if counted.refused:
        raise ValueError(counted.refused.problem)
    shapes = [shape, *(row.shape[1:] for row in counted.layers)]
    sliding = [tuple(read_layer(layer)[name] for name in SLIDERS) for layer in layers]
    return sliding, [[size[axis] for size in shapes] for axis in (0, 1)]


def _nearest(at: int, size: int) -> int:
    return min(max(0, at), size - 1)


def _means(picture: Array, sliding: Sequence[tuple[int, ...]], counts: Sequence[Sequence[int]]) -> Array:
    """Average the pixels that each value of a level sees, by running totals."""
    totals = np.pad(picture, [(1, 0), (1, 0)]).cumsum(axis=0).cumsum(axis=1)
    level, ends = len(sliding), []
    for along in counts:
        spans = [seen_spans(sliding, at, counts=along)[0] for at in range(along[level])]
        first, last = np.array(spans).T
        ends.append((first, last + 1))
    (top, bottom), (left, right) = ends
    sums = totals[np.ix_(bottom, right)] - totals[np.ix_(top, right)]
    sums -= totals[np.ix_(bottom, left)] - totals[np.ix_(top, left)]
    pixels = np.outer(bottom - top, right - left)
    return np.where(pixels > 0, sums / np.maximum(pixels, 1), np.nan)


def layer_words(layer: Record) -> str:
    """Name a layer by what matters to what it sees, as the page does.

    Examples
    --------
    >>> layer_words(read_layer({"kind": "convolution", "kernel": 5, "padding": 2}))
    'convolution 5 × 5, padding 2'
    """
    usual = layer["kernel"] if layer["kind"] == "pooling" else 1
    moved = "" if layer["stride"] == usual else f", stride {layer['stride']}"
    framed = f", padding {layer['padding']}" if layer["padding"] else ""
    return f"{layer['kind']} {layer['kernel']} × {layer['kernel']}{moved}{framed}"


def in_words(shape: tuple[int, ...], layers: Sequence[Record], depth: int, place: tuple[int, int]) -> str:
    """Say what the value sees, as the page does.

    Examples
    --------
    >>> in_words((9, 7), [read_layer({"kind": "pooling"})], 1, (1, 0))
    'Layer 1 of 1, pooling 2 × 2. The value at row 1, column 0 of 4 × 3 sees 2 × 2 pixels: rows 2 to 3, columns 0 to 1.'
    """
    shown = layers[:depth]
    counted = count(shape, shown)
    if counted.refused:
        broken = len(counted.layers)
        return f"Layer {broken + 1}, {layer_words(shown[broken])}: {counted.refused.problem}."
    sliding, counts = _levels(shape, shown)
    chosen = [_nearest(at, along[-1]) for at, along in zip(place, counts, strict=True)]
    blocks = [seen_spans(sliding, at, counts=along)[0] for at, along in zip(chosen, counts, strict=True)]
    first, last = seen_spans(sliding, 0)[0]
    where = f"row {chosen[0]}, column {chosen[1]} of {counts[0][-1]} × {counts[1][-1]}"
    return (
        f"Layer {len(shown)} of {len(layers)}, {layer_words(shown[-1])}. "
        f"The value at {where} sees {_block_words(blocks, last - first + 1)}"
    )


def _block_words(blocks: Sequence[Span], side: int) -> str:
    sizes = [last - first + 1 for first, last in blocks]
    if not all(sizes):
        return "padding and no pixel."
    (top, bottom), (left, right) = blocks
    rest = "" if min(sizes) == side else f" Its field of {side} × {side} reaches out to padding."
    return f"{sizes[0]} × {sizes[1]} pixels: rows {top} to {bottom}, columns {left} to {right}.{rest}"
