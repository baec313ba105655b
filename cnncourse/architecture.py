"""What a network does to shapes, what it costs, and what each value sees (lessons 04 and 05).

Works on any `torch.nn.Module`: a picture is sent through once on the "meta" device, where tensors have a shape and no
numbers, so that even a very large network is counted in a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from torch import nn

from cnncourse._totals import Totals
from cnncourse._tracing import LayerCount, LeftOut, trace_network

__all__ = ["Architecture", "LayerCount", "LeftOut", "describe_network"]


@dataclass(frozen=True)
class Architecture(Totals):
    """The table of a network.

    Attributes
    ----------
    input_shape : tuple of int
        Shape of one picture, without the batch.
    layers : tuple of LayerCount
        In the order in which they are called.
    left_out : tuple of LeftOut
        Layers that hold parameters and are in no row: never called, or of a kind that is not known here.
    unknown : tuple of str
        Functions that were called and whose multiplications are not counted, such as ``"matmul"``.
    """

    input_shape: tuple[int, ...]
    layers: tuple[LayerCount, ...]
    left_out: tuple[LeftOut, ...] = ()
    unknown: tuple[str, ...] = ()

    def rows(self) -> list[tuple[str, ...]]:
        """Give the table as text, a tuple a row, with its heading and its sum."""
        heading = ("layer", "kind", "output", "parameters", "multiply-adds", "sees")
        middle = [
            (
                layer.name,
                layer.kind,
                " × ".join(map(str, layer.shape)),
                f"{layer.parameters:,}",
                f"{layer.multiply_adds:,}",
                " × ".join(map(str, layer.receptive_field)) if layer.receptive_field else "?",
            )
            for layer in self.layers
        ]
        return [heading, *middle, ("sum", "", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", "")]

    def __str__(self) -> str:
        """Write the table with aligned columns."""
        table = self.rows()
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        sides = ("<", "<", "<", ">", ">", "<")  # numbers that are compared stand under each other
        lines = ["  ".join(f"{c:{side}{w}}" for c, side, w in zip(row, sides, widths, strict=True)) for row in table]
        return "\n".join([*(line.rstrip() for line in lines), *self.remarks()])

    def remarks(self) -> list[str]:
        """Say what is not in the table, a sentence each; nothing where all is counted."""
        kinds: dict[str, list[int]] = {}
        for layer in self.left_out:
            kinds.setdefault(layer.kind, []).append(layer.parameters)
        named = [f"{len(counts)} × {kind} with {sum(counts):,} parameters" for kind, counts in kinds.items()]
        remarks = [f"not counted, for no picture passed through them as layers: {', '.join(named)}"] if named else []
        if self.unknown:
            remarks.append(f"multiply-adds not counted in: {', '.join(self.unknown)}")
        return remarks

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        heading, *middle, total = [[escape(cell) for cell in row] for row in self.rows()]
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in [*middle, total])
        head = "".join(f'<th scope="col">{cell}</th>' for cell in heading)
        remarks = "".join(f"<p>{escape(remark)}</p>" for remark in self.remarks())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>{remarks}"


def describe_network(network: nn.Module, input_shape: tuple[int, ...]) -> Architecture:
    """Count shapes, parameters, multiply-adds and receptive fields of a network, layer by layer (lesson 04).

    Parameters
    ----------
    network : Module
        Any network; it is neither changed nor trained, and its numbers are not computed.
    input_shape : tuple of int
        Shape of one picture, (channels, height, width), without the batch.

    Returns
    -------
    Architecture
        One row for every layer that has no layers inside.

    Raises
    ------
    ValueError
        If a picture of this shape cannot pass; the message names the layer that refused and what arrived there.

    References
    ----------
    A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019,
    doi:10.23915/distill.00021.

    Examples
    --------
    >>> print(describe_network(nn.Sequential(nn.Conv2d(3, 10, 5), nn.ReLU(), nn.MaxPool2d(2)), (3, 32, 32)))
    layer  kind       output        parameters  multiply-adds  sees
    0      Conv2d     10 × 28 × 28         760        588,000  5 × 5
    1      ReLU       10 × 28 × 28           0              0  5 × 5
    2      MaxPool2d  10 × 14 × 14           0              0  6 × 6
    sum                                    760        588,000
    """
    trace = trace_network(network, input_shape)
    return Architecture(input_shape, tuple(trace.layers), trace.left_out(), tuple(trace.unknown))
