"""Trained weights that ship with the course: what they are, how they came to be, and their files (lesson 06)."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnncourse._tensor_files import put_into, read_tensors, read_told, write_tensors
from cnncourse.datasets import DataMissing, Entry, manifest

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "WeightsCard",
    "load_weights",
    "read_weights",
    "save_weights",
    "weights_arrays",
    "weights_card",
    "weights_names",
]

KEY = "cnncourse.weights"  # under which a file tells what its card says


@dataclass(frozen=True)
class WeightsCard:
    """What there is to say of trained weights.

    Attributes
    ----------
    name : str
        Of the weights.
    network : str
        The class in `cnncourse.models` that they belong to.
    data, recipe : str
        What it was trained on, and how.
    seed : int
        Of everything random.
    accuracy : float, in [0, 1]
        On the test part of the data.
    command : str
        What trains it anew.
    licence : str
        Under which you may use them.
    sha256 : str
        Of the file.
    size : int, bytes
        Of the file.
    robust_accuracy : float, in [0, 1], optional
        On test pictures that an attack of 20 steps has changed within an L2 radius of 0.5.
    """

    name: str
    network: str
    data: str
    recipe: str
    seed: int
    accuracy: float
    command: str
    licence: str
    sha256: str
    size: int
    robust_accuracy: float | None = None

    def __str__(self) -> str:
        """Write the card, a line a fact."""
        rows = {
            "network": self.network,
            "trained on": self.data,
            "recipe": self.recipe,
            "seed": self.seed,
            "accuracy": f"{self.accuracy:.2%} of the test pictures{self._attacked()}",
            "train anew": self.command,
            "licence": self.licence,
            "file": f"{self.size:,} bytes, SHA-256 {self.sha256}",
        }
        return "\n".join([self.name, *(f"  {name:12}{value}" for name, value in rows.items())])

    def _attacked(self) -> str:
        return "" if self.robust_accuracy is None else f", {self.robust_accuracy:.1%} under attack (L2 0.5, 20 steps)"


def weights_names() -> list[str]:
    """List the weights that ship.

    Examples
    --------
    >>> "lenet5" in weights_names()
    True
    """
    return list(_cards())


def weights_card(name: str) -> WeightsCard:
    """Say what the weights of this name are, and how they came to be (lesson 06).

    Parameters
    ----------
    name : str
        One of `weights_names`.

    Returns
    -------
    WeightsCard
        As the manifest has it.

    Raises
    ------
    ValueError
        If there are none of this name.

    Examples
    --------
    >>> weights_card("lenet5").command
    'cnncourse weights train lenet5'
    """
    if name not in _cards():
        raise ValueError(f"expected weights out of {', '.join(_cards())}, got {name!r}")
    entry = _entry(name)
    return WeightsCard(name=name, licence=entry.licence, sha256=entry.sha256, size=entry.size, **_cards()[name])


def load_weights(name: str) -> nn.Module:
    """Give a trained network, ready for use (lesson 06).

    Parameters
    ----------
    name : str
        One of `weights_names`.

    Returns
    -------
    Module
        In evaluation mode.

    Raises
    ------
    ValueError
        If there are none of this name, or they do not fit the network; the message names the tensor.
    DataMissing
        If the file is not there, or is not the one that the manifest lists.
    """
    from cnncourse import models

    card = weights_card(name)
    model: nn.Module = getattr(models, card.network)()
    tensors, _ = read_tensors(_content(_entry(name)), f"{name}.safetensors")
    put_into(model, tensors, origin=f"{name}.safetensors")
    return model.eval()


def weights_arrays(name: str) -> dict[str, NDArray[Any]]:
    """Give trained weights as arrays, without PyTorch (lesson 00).

    Parameters
    ----------
    name : str
        One of `weights_names`.

    Returns
    -------
    dict of str to array
        By the names of the network's ``state_dict()``, such as ``"conv1.weight"``.

    Raises
    ------
    ValueError
        If there are none of this name.
    DataMissing
        If the file is not there, or is not the one that the manifest lists.

    Examples
    --------
    >>> weights_arrays("lenet5")["conv1.weight"].shape
    (6, 1, 5, 5)
    """
    from safetensors.numpy import load

    weights_card(name)
    content = _content(_entry(name))
    read_told(content, f"{name}.safetensors")
    return {key: np.asarray(array) for key, array in sorted(load(content).items())}


def save_weights(path: Path | str, model: nn.Module, told: dict[str, Any]) -> None:
    """Write the weights of a network, and what there is to say of them, as a safetensors file.

    Parameters
    ----------
    path : Path or str
        The file.
    model : Module
        The network.
    told : dict
        What a card says of them, such as ``{"seed": 0}``.
    """
    write_tensors(path, model.state_dict(), {KEY: json.dumps(told)})


def read_weights(path: Path | str, model: nn.Module) -> nn.Module:
    """Give a network weights from a safetensors file of your own.

    Parameters
    ----------
    path : Path or str
        What `save_weights` wrote.
    model : Module
        A network of the same kind; changed in place.

    Returns
    -------
    Module
        The same, in evaluation mode.

    Raises
    ------
    ValueError
        If the file is a pickle or otherwise no safetensors file, or does not fit; the message names the tensor.
    FileNotFoundError
        If there is no such file.
    """
    file = Path(path)
    tensors, _ = read_tensors(file.read_bytes(), file.name)
    put_into(model, tensors, origin=file.name)
    return model.eval()


@cache
def _cards() -> dict[str, dict[str, Any]]:
    text = (files("cnncourse") / "data" / "manifest.toml").read_text(encoding="utf-8")
    cards: dict[str, dict[str, Any]] = tomllib.loads(text).get("weights", {})
    return cards


def _entry(name: str) -> Entry:
    return next(entry for entry in manifest("weights") if entry.name == f"{name}.safetensors")


def _content(entry: Entry) -> bytes:
    """Read a file that ships, and make sure that it is the one listed."""
    from cnncourse.datasets._errors import Damaged

    advice = "try: install the course anew, or git restore where you have it from git"
    try:
        content = (files("cnncourse") / "data" / entry.path).read_bytes()
        entry.check(content)
    except FileNotFoundError:
        raise DataMissing(f"expected {entry.path} in the course's folder of data, came nothing; {advice}") from None
    except Damaged as damage:
        raise DataMissing(f"{entry.path} is not the file that the course knows: {damage}; {advice}") from None
    return content
