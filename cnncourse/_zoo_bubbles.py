"""All networks of lesson 09 in one still picture: what they cost against what they reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAMILY_LOOKS = {  # marker and colour of each family; the explorer of networks has the same
    "plain": ("o", "#5B6470"),
    "inception": ("s", "#E69F00"),
    "residual": ("^", "#0072B2"),
    "small": ("D", "#009E73"),
    "efficient": ("v", "#CC79A7"),
    "regnet": ("P", "#56B4E9"),
    "convnext": ("X", "#8C564B"),
    "transformer": ("h", "#D55E00"),
}


def show_zoo(
    points: Mapping[str, tuple[ArrayLike, ArrayLike, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    edge: tuple[ArrayLike, ArrayLike] | None = None,
    names: Mapping[str, tuple[float, float]] | None = None,
    titles: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw networks as bubbles: what they cost against what they reach, a colour and a shape a family.

    Parameters
    ----------
    points : mapping of str to (array, array, array), shape (n,) each
        For each family of `FAMILY_LOOKS` the costs, what is reached, and the areas of the bubbles in square points.
    xlabel, ylabel : str
        At the axes; costs are drawn on a scale of powers of ten.
    edge : (array, array), optional
        Costs and heights of the efficient frontier, drawn as a line of steps.
    names : mapping of str to (float, float), optional
        Words to stand at places of the picture.
    titles : mapping of str to str, optional
        What the families are called.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With a bubble a network.
    """
    import matplotlib.pyplot as plt
    from matplotlib.collections import PathCollection

    ax = ax or plt.subplots(figsize=(10.5, 5.8))[1]
    if edge is not None:
        ax.step(
            *(np.asarray(values, dtype=float) for values in edge),
            where="post",
            color="#B3124F",
            linewidth=1.8,
            zorder=1,
            label="frontier",
        )
    for family, (costs, heights, areas) in points.items():
        marker, colour = FAMILY_LOOKS[family]
        look: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.8, "alpha": 0.85, "zorder": 3}
        ax.scatter(
            costs, heights, s=areas, marker=marker, color=colour, label=(titles or {}).get(family, family), **look
        )
    for words, (x, y) in (names or {}).items():
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8}
        ax.annotate(words, (x, y), xytext=(7, -13), textcoords="offset points", zorder=5, bbox=box)
    ax.set(xscale="log", xlabel=xlabel, ylabel=ylabel)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(True)
    legend = ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), labelspacing=0.8)
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([90])  # large bubbles would not fit there
    many = sum(np.size(costs) for costs, _, _ in points.values())
    said = f"{many} bubbles in {len(points)} families, {ylabel} against {xlabel}"
    return describe(ax, f"{said}: from the lower left to the upper right, steeply first and then ever flatter.")
