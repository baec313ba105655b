"""What torchvision's metadata and this course's table say about networks, without building one (lesson 09)."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Trained:
    """One set of trained weights, as torchvision's metadata describe it.

    Attributes
    ----------
    name, title : str
        The network's name in torchvision, and its usual one.
    family : str
        A key of `families`.
    year : int
        When the network was first published.
    weights : str
        Name of the weights, such as ``"IMAGENET1K_V2"``.
    parameters : int
        Learned numbers.
    multiply_adds : float, billions
        For one picture, rounded to millions.
    file_size : float, MiB
        Of the file with the weights.
    top1, top5 : float, %
        Accuracy on ImageNet's 50,000 validation pictures, one network, one crop from the middle.
    pixels : int
        Height and width of that crop.
    """

    name: str
    title: str
    family: str
    year: int
    weights: str
    parameters: int
    multiply_adds: float
    file_size: float
    top1: float
    top5: float
    pixels: int

    @property
    def more_pictures(self) -> bool:
        """Whether the weights have learned from pictures beyond ImageNet's 1.28 million."""
        return "SWAG" in self.weights


@functools.cache
def facts() -> dict[str, Any]:
    """Return what ``tables/networks.toml`` says; nobody may change it."""
    return tomllib.loads((files("cnncourse") / "tables" / "networks.toml").read_text(encoding="utf-8"))


def families() -> dict[str, str]:
    """Return the families of networks with their titles."""
    return dict(facts()["families"])


def known() -> dict[str, dict[str, Any]]:
    """Return title, family and year of every network that this course knows, by its name in torchvision.

    Examples
    --------
    >>> known()["resnet50"]
    {'title': 'ResNet-50', 'family': 'residual', 'year': 2015}
    """
    return {
        name: {"title": title, "family": one["family"], "year": one["year"]}
        for one in facts()["architecture"]
        for name, title in one["names"].items()
    }


@functools.cache
def trained() -> tuple[Trained, ...]:
    """List all weights that torchvision has for classifying ImageNet, network by network.

    Returns
    -------
    tuple of Trained
        The networks in the order of the years; of each the first weights first. Weights without an accuracy, which are
        meant for other tasks, are left out.

    Examples
    --------
    >>> [(one.weights, one.top1) for one in trained() if one.name == "resnet50"]
    [('IMAGENET1K_V1', 76.13), ('IMAGENET1K_V2', 80.858)]
    """
    from torchvision.models import get_model_weights

    rows = [_read(name, weights) for name in known() for weights in get_model_weights(name)]
    return tuple(sorted((row for row in rows if row.top1 == row.top1), key=lambda row: row.year))


def _read(name: str, weights: Any) -> Trained:
    meta = weights.meta
    reached = meta["_metrics"]["ImageNet-1K"]
    return Trained(
        name=name,
        **known()[name],
        weights=weights.name,
        parameters=meta["num_params"],
        multiply_adds=meta["_ops"],
        file_size=meta["_file_size"],
        top1=reached["acc@1"],
        top5=reached["acc@5"],
        pixels=weights.transforms.keywords["crop_size"],
    )
