"""Figures of lesson 05: the windows of a pooling, and how an answer changes under shifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_matrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def show_pooling(
    feature_map: ArrayLike, pooled: ArrayLike, size: int, *, alt: str, name: str = "pooled"
) -> NDArray[Any]:
    """Show a small feature map with a frame around each pooling window, beside what is kept of it in the same colour.

    Parameters
    ----------
    feature_map : array, shape (height, width)
        What is pooled.
    pooled : array, shape (rows, columns)
        One value a window.
    size : int, pixels
        Side of a window; windows do not overlap.
    alt : str
        What the figure shows, for those who cannot see it.
    name : str
        Stands above the result.

    Returns
    -------
    array of Axes, shape (2,)
        The map and the result, cells of one size.
    """
    import matplotlib.pyplot as plt

    values, kept = np.asarray(feature_map, dtype=float), np.asarray(pooled, dtype=float)
    limit = float(np.abs(values).max())
    widths = [values.shape[1], kept.shape[1]]
    figure = (0.62 * sum(widths) + 1.2, 0.62 * values.shape[0] + 0.6)
    axes = plt.subplots(1, 2, figsize=figure, width_ratios=widths)[1]
    for ax, array, title in zip(axes, (values, kept), ("feature map", name), strict=True):
        show_matrix(array, ax, title=title, limit=limit)
    for number, (i, j) in enumerate(np.ndindex(kept.shape)):
        _frame(axes[0], (i * size, j * size), size, number)
        _frame(axes[1], (i, j), 1, number)
    return np.asarray(describe(axes, alt))


def _frame(ax: Axes, corner: tuple[int, int], side: int, number: int) -> None:
    """Draw a frame that lies within its cells, so that neighbours do not cover each other."""
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import Normal, Stroke

    (row, column), inset = corner, 0.08
    length = side - 2 * inset
    frame = Rectangle(
        (column - 0.5 + inset, row - 0.5 + inset), length, length, fill=False, edgecolor=f"C{number % 8}", linewidth=2.5
    )
    frame.set_path_effects([Stroke(linewidth=4.5, foreground="white"), Normal()])
    ax.add_patch(frame)


def show_changes(panels: Mapping[str, Mapping[str, ArrayLike]], *, ylabel: str, alt: str) -> NDArray[Any]:
    """Draw how much answers change with the shift: the mean over pictures, and a band from the least to the most.

    Parameters
    ----------
    panels : mapping of str to mapping of str to array, shape (pictures, shifts)
        A panel for each set of pictures, and in it a line for each way of pooling; the first column is shift 0.
    ylabel : str
        At the upright axis, which all panels share.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes
        One a panel.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import PercentFormatter

    axes = plt.subplots(1, len(panels), figsize=(5.2 * len(panels), 4.6), sharey=True, squeeze=False)[1][0]
    for ax, (title, curves) in zip(axes, panels.items(), strict=True):
        for number, (name, values) in enumerate(curves.items()):
            measured = np.asarray(values, dtype=float)
            shifts = np.arange(measured.shape[1])
            ax.plot(shifts, measured.mean(axis=0), marker="osD^v"[number % 5], label=name)
            ax.fill_between(shifts, measured.min(axis=0), measured.max(axis=0), alpha=0.13, linewidth=0)
        ax.set(xlabel="shift (pixels)", title=title, ylim=(-0.03, 1.03), xticks=shifts)
        ax.grid(True)
    axes[0].set_ylabel(ylabel)
    axes[0].yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return np.asarray(describe(axes, alt))
