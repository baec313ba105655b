"""How the networks that ship were trained, a module a recipe; ``cnncourse weights train NAME`` runs one."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import nn

# By the name of the weights: the function that makes them, and its module here.
RECIPES = {
    "lenet5": ("lenet", "make"),
    "residual-robust": ("natural", "make_robust"),
    "residual-plain": ("natural", "make_plain"),
}


class Trained(NamedTuple):
    """What a recipe makes.

    Attributes
    ----------
    model : Module
        Trained.
    told : dict of str to str, int or float
        What there is to say of it: ``network`` (its class in `cnncourse.models`), ``data``, ``recipe``, ``seed``,
        ``accuracy`` on the test set, ``command``, ``licence``.
    """

    model: nn.Module
    told: dict[str, Any]


def run_recipe(name: str, *, progress: bool = True) -> Trained:
    """Train the network of this name anew, as its recipe says.

    Parameters
    ----------
    name : str
        A key of `RECIPES`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Trained
        The network, and what there is to say of it.

    Raises
    ------
    ValueError
        If there is no such recipe.
    DataMissing
        If the data that it needs is not at hand.
    """
    if name not in RECIPES:
        raise ValueError(f"expected a recipe out of {', '.join(RECIPES)}, got {name!r}")
    module, make = RECIPES[name]
    trained: Trained = getattr(importlib.import_module(f"cnncourse.recipes.{module}"), make)(progress=progress)
    return trained
