"""Counting the connections of a network: every arrow into every unit, its weight shared or not (lesson 06)."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from cnncourse.activations import evaluating


class LayerConnections(NamedTuple):
    """One layer that learns, counted.

    Attributes
    ----------
    name : str
        Its name in the network.
    shape : tuple of int
        Of its units, (maps, height, width) or (units,).
    inputs : int
        How many values one unit sees.
    weights, biases : int
        Learned numbers.
    connections : int
        One a unit for each value that it sees, and one for its bias.
    """

    name: str
    shape: tuple[int, ...]
    inputs: int
    weights: int
    biases: int
    connections: int

    @property
    def parameters(self) -> int:
        """All learned numbers."""
        return self.weights + self.biases


def count_connections(network: nn.Module, input_shape: tuple[int, ...]) -> list[LayerConnections]:
    """Count weights, biases and connections, layer by layer, while one picture passes through (lesson 06).

    A shared weight is one parameter and many connections; a bias that every unit has for itself is as many of both.

    Parameters
    ----------
    network : Module
        Its layers that learn have a ``weight`` of shape (maps or units, what one of them sees ...).
    input_shape : tuple of int
        Shape of one picture, such as (1, 16, 16).

    Returns
    -------
    list of LayerConnections
        In the order in which the layers are called.

    Examples
    --------
    A 3×3 kernel stands in four places on 4×4 pixels; each has nine weights and a bias.

    >>> count_connections(nn.Conv2d(1, 1, 3), (1, 4, 4))[0].connections
    40
    """
    rows: list[LayerConnections] = []
    names = {
        layer: name for name, layer in network.named_modules() if isinstance(getattr(layer, "weight", None), Tensor)
    }

    def count(layer: Any, _: object, answer: Tensor) -> None:
        units, inputs = answer[0].numel(), layer.weight[0].numel()
        biases = 0 if layer.bias is None else layer.bias.numel()
        counted = units * (inputs + bool(biases))
        shape = tuple(answer.shape[1:])
        rows.append(LayerConnections(names[layer], shape, inputs, layer.weight.numel(), biases, counted))

    hooks = [layer.register_forward_hook(count) for layer in names]
    try:
        with evaluating(network), torch.no_grad():
            network(torch.zeros(1, *input_shape))
    finally:
        for hook in hooks:
            hook.remove()
    return rows


def connections_table(rows: list[LayerConnections]) -> str:
    """Write the counts of `count_connections` as aligned lines, with their sums.

    Examples
    --------
    >>> print(connections_table(count_connections(nn.Conv2d(1, 2, 3), (1, 4, 4))))
    layer  units      each sees  weights  biases  parameters  connections
           2 × 2 × 2          9       18       2          20           80
    sum                               18       2          20           80
    """
    counts = [(row.weights, row.biases, row.parameters, row.connections) for row in rows]
    table = [["layer", "units", "each sees", "weights", "biases", "parameters", "connections"]]
    for row, numbers in zip(rows, counts, strict=True):
        table.append([row.name, " × ".join(map(str, row.shape)), *(f"{number:,}" for number in (row.inputs, *numbers))])
    table.append(["sum", "", "", *(f"{sum(column):,}" for column in zip(*counts, strict=True))])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    sides = "<<>>>>>"  # numbers that are compared stand under each other
    lines = ["  ".join(f"{c:{side}{w}}" for c, side, w in zip(cells, sides, widths, strict=True)) for cells in table]
    return "\n".join(line.rstrip() for line in lines)
