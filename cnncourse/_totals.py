"""The sums under a table of layers, whether the layers were met in a network or only written down (lesson 04)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Layer(Protocol):
    """What is summed up of a layer."""

    @property
    def parameters(self) -> int:
        """Learned numbers."""

    @property
    def multiply_adds(self) -> int:
        """Multiplications, each with its addition."""


class Totals:
    """Sums over `layers`; the class that holds them inherits from this one."""

    layers: Sequence[Layer]

    @property
    def parameters(self) -> int:
        """Learned numbers of all layers in the table."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiplications, each with its addition, of all layers in the table, for one picture."""
        return sum(layer.multiply_adds for layer in self.layers)
