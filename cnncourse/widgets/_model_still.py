"""The explorer of networks as a still picture, for viewers that run no widgets."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from cnncourse.widgets._model_points import AXES, HEIGHTS, OWN, Point

LOOKS = {  # marker and colour of each family, as in model_explorer.css
    "plain": ("o", "#5b6470"),
    "inception": ("s", "#9a6700"),
    "residual": ("^", "#0b5cad"),
    "small": ("D", "#00734f"),
    "efficient": ("v", "#96407a"),
    "regnet": ("P", "#2a7d9c"),
    "convnext": ("X", "#8c4a2f"),
    "transformer": ("h", "#b5480a"),
    OWN: ("*", "#b3124f"),
}


def drawn(points: Sequence[Point], settings: Mapping[str, Any], families: Mapping[str, str]) -> bytes:
    """Draw the points with the frontier.

    Parameters
    ----------
    points : sequence of Point
        What to draw.
    settings : mapping
        As in `cnncourse.widgets._model_points.arrays`, with ``log`` and ``frontier`` besides.
    families : mapping of str to str
        Titles, by the keys of `LOOKS`.

    Returns
    -------
    bytes
        A PNG file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.5, 5.2), layout="constrained")  # outside of pyplot, which would show it below the cell
    ax = figure.subplots()
    most = max((p.bubble for p in points), default=1.0) or 1.0
    for family, title in families.items():
        some = [p for p in points if p.record["family"] == family]
        marker, colour = LOOKS[family]
        sizes = [25 + 425 * p.bubble / most if settings["bubble"] != "none" else 60 for p in some]
        ax.scatter(
            [p.x for p in some],
            [p.y for p in some],
            s=sizes,
            marker=marker,
            color=colour,
            alpha=0.8,
            edgecolor="white",
            label=title,
        )
    edge = [p for p in points if p.edge]
    if settings["frontier"] and edge:
        ax.step([p.x for p in edge], [p.y for p in edge], where="post", color="#b3124f", zorder=0)
    ax.set(xlabel=AXES[settings["x"]], ylabel=HEIGHTS[settings["y"]])
    ax.set_xscale("log" if points and settings["log"] and settings["x"] != "year" else "linear")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.grid(True, color="#d5dae0")
    figure.legend(loc="outside right center", frameon=False)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    return file.getvalue()
