"""Torchvision's networks in numbers, and a slide's table rebuilt from them (lesson 09).

Nothing is downloaded: networks are built without numbers, on the "meta" device, and what their trained weights reach is
in torchvision's metadata. What these do not say, such as the year of a paper, stands in ``tables/networks.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from cnncourse._longest_path import weighted_depth
from cnncourse._zoo_metadata import Trained, facts, families, known, trained
from cnncourse.architecture import Architecture, describe_network

__all__ = [
    "UNITS",
    "Counted",
    "Trained",
    "build",
    "count",
    "describe",
    "facts",
    "families",
    "known",
    "megabytes",
    "trained",
    "weighted_depth",
]

BYTES = 4  # a parameter is a 32-bit float
UNITS = {"MB": 10**6, "MiB": 2**20, "1,000 KiB": 1000 * 2**10}  # bytes; all three are written "MB" somewhere


@dataclass(frozen=True)
class Counted:
    """What is counted of a network once it is built.

    Attributes
    ----------
    name : str
        Its name in torchvision.
    held : int
        Learned numbers that it holds.
    parameters : int
        Learned numbers that a picture meets on its way to the answer.
    multiply_adds : int
        For one picture of 224 × 224 pixels.
    depth : int
        Convolutions and dense layers on the longest path.
    convolutions, dense : int
        How many there are in all, those beside each other included.
    learning : int
        Layers with learned numbers, batch normalisation included.
    """

    name: str
    held: int
    parameters: int
    multiply_adds: int
    depth: int
    convolutions: int
    dense: int
    learning: int

    def megabytes(self, unit: str = "MB") -> float:
        """Say how large the parameters are as 32-bit floats, in one of `UNITS`."""
        return megabytes(self.parameters, unit)


def build(name: str, *, heads: bool = False) -> nn.Module:
    """Build a network of torchvision without numbers: it can be counted in a moment, and not run.

    Parameters
    ----------
    name : str
        Its name in torchvision, such as ``"resnet50"``.
    heads : bool
        Whether GoogLeNet and Inception v3 get the auxiliary heads that they have while they are trained.

    Returns
    -------
    Module
        On the "meta" device, where tensors have a shape and no numbers; in evaluation mode.

    Raises
    ------
    ValueError
        If there is no such network.

    Examples
    --------
    >>> sum(p.numel() for p in build("alexnet").parameters())
    61100840
    """
    from torchvision.models import get_model

    if name not in known():
        raise ValueError(f"expected a network out of {', '.join(sorted(known()))}; got {name!r}")
    has_heads = known()[name]["family"] == "inception"
    options = {"aux_logits": heads, "init_weights": False} if has_heads else {}
    with torch.device("meta"):
        network: nn.Module = get_model(name, weights=None, **options)
    return network.eval()


def describe(name: str, *, pixels: int = 224) -> Architecture:
    """Count a network of torchvision layer by layer, as in lesson 04."""
    return describe_network(build(name), (3, pixels, pixels))


def count(name: str, *, pixels: int = 224, heads: bool = False) -> Counted:
    """Build a network and count it.

    Parameters
    ----------
    name : str
        Its name in torchvision.
    pixels : int
        Height and width of the picture.
    heads : bool
        Whether auxiliary heads are built; they are held and, outside of training, met by no picture.

    Returns
    -------
    Counted
        See there.

    Examples
    --------
    >>> found = count("googlenet", heads=True)
    >>> f"{found.held:,} {found.parameters:,} {found.depth}"
    '13,004,888 6,624,904 22'
    """
    network = build(name, heads=heads)
    table = describe_network(network, (3, pixels, pixels))
    kinds = [layer.kind for layer in table.layers]
    return Counted(
        name=name,
        held=sum(p.numel() for p in network.parameters()),
        parameters=table.parameters,
        multiply_adds=table.multiply_adds,
        depth=weighted_depth(network, (3, pixels, pixels)),
        convolutions=kinds.count("Conv2d"),
        dense=kinds.count("Linear"),
        learning=sum(layer.parameters > 0 for layer in table.layers),
    )


def megabytes(parameters: int, unit: str = "MB") -> float:
    """Say how many bytes parameters take as 32-bit floats.

    Parameters
    ----------
    parameters : int
        How many.
    unit : {"MB", "MiB", "1,000 KiB"}
        A million bytes; 1024 · 1024 bytes; or the mixture 1000 · 1024, in which a floppy disk had "1.44 MB".

    Returns
    -------
    float
        In that unit.

    Raises
    ------
    ValueError
        If the unit is none of these.

    Examples
    --------
    >>> [round(megabytes(1_000_000, unit), 2) for unit in UNITS]
    [4.0, 3.81, 3.91]
    """
    if unit not in UNITS:
        raise ValueError(f"expected a unit out of {', '.join(UNITS)}; got {unit!r}")
    return BYTES * parameters / UNITS[unit]
