"""Two boxes on squared paper, and curves of precision against recall (lesson 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["show_overlap", "show_precision_recall"]


def show_overlap(one: Sequence[int], other: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw two boxes on squared paper: each one's own pixels tinted, those of both darker.

    Parameters
    ----------
    one, other : sequence of four int, pixels
        Left, top, right, bottom.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With the boxes drawn, a square a pixel.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    width, height = (max(one[at], other[at]) + 1 for at in (2, 3))
    ax = ax or plt.subplots(figsize=(0.42 * width + 0.6, 0.42 * height + 0.6))[1]
    for (left, top, right, bottom), colour, hatch in ((one, "#0072B2", "///"), (other, "#D55E00", "\\\\\\")):
        look: dict[str, Any] = {"edgecolor": colour, "linewidth": 2.5, "hatch": hatch}
        ax.add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, **look))
        ax.add_patch(Rectangle((left, top), right - left, bottom - top, color=colour, alpha=0.25, linewidth=0))
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal", xlabel="pixels to the right", ylabel="pixels down")
    ax.set_xticks(range(width + 1)), ax.set_yticks(range(height + 1))
    ax.grid(True)
    ax.set_axisbelow(True)
    told = [f"from ({box[0]}, {box[1]}) to ({box[2]}, {box[3]})" for box in (one, other)]
    return describe(ax, f"Two boxes on squared paper, the first {told[0]}, the second {told[1]}, right and down.")


def show_precision_recall(curves: Mapping[str, Any], ax: Axes | None = None, *, filled: bool = False) -> Axes:
    """Draw precision against recall, and the filled curve whose area is the average precision.

    Parameters
    ----------
    curves : mapping of str to Curve
        One line a name.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    filled : bool
        Whether to draw each point, and tint the area below the filled curve.

    Returns
    -------
    Axes
        Both axes from 0 to 1.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(6.4, 4.2))[1]
    for number, (name, curve) in enumerate(curves.items()):
        level = np.maximum.accumulate(np.asarray(curve.precision)[::-1])[::-1]
        right, up = [0.0, *curve.recall, *curve.recall[-1:]], [*level[:1], *level, 0.0]
        ax.step(right, up, where="pre", color=f"C{number}", linestyle=("-", "--", ":")[number % 3], label=name)
        if filled:
            ax.fill_between(right, up, step="pre", color=f"C{number}", alpha=0.2)
            ax.plot(curve.recall, curve.precision, "o", color=f"C{number}", clip_on=False)
    ax.set(xlim=(0, 1), ylim=(0, 1.03), xlabel="recall: share of objects found", ylabel="precision: share right")
    ax.grid(True)
    ax.legend(loc="lower left")
    return ax
