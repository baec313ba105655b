"""Figures of lesson 06 that show how networks are wired: every unit with every other, and the layers of 1989."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 7  # circles drawn for a row of units, odd, so that dots can stand for the rest in the middle
MARKED = ("C0", "C1")  # two neighbouring units and their windows


def show_dense_network(rows: Mapping[str, int], ax: Axes | None = None) -> Axes:
    """Draw rows of units, each joined with all of the next; a long row is drawn by a few of its units (lesson 06).

    Parameters
    ----------
    rows : mapping of str to int
        How many units each row has, by the name of the row, from the inputs to the outputs.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A circle a unit; dots in a row stand for the units that are not drawn.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(2.6 * len(rows), 3.4))[1]
    heights = [_heights(count) for count in rows.values()]
    for place, (left, right) in enumerate(pairwise(heights)):
        for low in left:
            for high in right:
                ax.plot([place, place + 1], [low, high], color="0.75", linewidth=0.8, zorder=1)
    for place, ((name, count), row) in enumerate(zip(rows.items(), heights, strict=True)):
        ax.scatter([place] * len(row), row, s=150, facecolor="white", edgecolor="black", zorder=2)
        if len(row) < count:
            ax.text(place, 0, "⋮", ha="center", va="center", fontsize=16)
        ax.text(place, -MOST / 2 - 0.4, f"{count:,} {name}", ha="center", va="top")
    ax.set(xlim=(-0.5, len(rows) - 0.5), ylim=(-MOST / 2 - 1.3, MOST / 2 + 0.2))
    ax.axis("off")
    told = ", ".join(f"{count:,} {name}" for name, count in rows.items())
    return describe(ax, f"Circles in {len(rows)} rows, {told}; each is joined by a line with all of the next row.")


def _heights(count: int) -> list[float]:
    drawn = [place - (min(count, MOST) - 1) / 2 for place in range(min(count, MOST))]
    return [height for height in drawn if count <= MOST or height]


def show_steps_of_two(
    size: int, kernel: int, padding: tuple[int, int], *, unit: tuple[int, int] = (2, 2)
) -> NDArray[Any]:
    """Draw a picture with the windows of two neighbouring units, and their map, in steps of two pixels (lesson 06).

    Parameters
    ----------
    size : int, pixels
        Height and width of the picture.
    kernel : int, pixels
        Height and width of a window.
    padding : tuple of int, pixels
        Added above and to the left, and below and to the right.
    unit : tuple of int
        Row and column of the left one of the two units.

    Returns
    -------
    array of Axes, shape (2,)
        The picture in its frame, and the map; what belongs together has one colour.

    Raises
    ------
    ValueError
        If the map has no such unit with a neighbour to its right.
    """
    import matplotlib.pyplot as plt

    before, after = padding
    places = (size + before + after - kernel) // 2 + 1
    row, column = unit
    if not (0 <= row < places and 0 <= column < places - 1):
        raise ValueError(f"expected a unit with a right neighbour in a map of {places} × {places}, got {unit}")
    axes = plt.subplots(1, 2, figsize=(8.4, 4.4), width_ratios=[size + before + after, places + 4])[1]
    _grid(axes[0], (-before, -before), size + before + after, colour="0.9")
    _grid(axes[0], (0, 0), size, colour="0.6")
    _grid(axes[1], (0, 0), places, colour="0.6")
    for number, colour in enumerate(MARKED):
        at = (2 * (column + number) - before, 2 * row - before)
        _square(axes[0], at, kernel, colour, ("/", "\\")[number] * 2)
        _square(axes[1], (column + number, row), 1, colour, "")
    axes[0].set_title(f"{size} × {size} pixels, framed")
    axes[1].set_title(f"one map: {places} × {places} units")
    for ax in axes:
        ax.set_aspect("equal")
        ax.invert_yaxis()
        ax.axis("off")
    told = f"{size} × {size} pixels with {before} more above and left and {after} more below and right"
    said = f"two windows of {kernel} × {kernel}, two pixels apart, belong to neighbours of {places} × {places} units"
    return np.asarray(describe(axes, f"A picture of {told}; {said}."))


def _grid(ax: Axes, corner: tuple[int, int], side: int, *, colour: str) -> None:
    for step in range(side + 1):
        ax.plot([corner[0], corner[0] + side], [corner[1] + step] * 2, color=colour, linewidth=0.8)
        ax.plot([corner[0] + step] * 2, [corner[1], corner[1] + side], color=colour, linewidth=0.8)


def _square(ax: Axes, corner: tuple[int, int], side: int, colour: str, hatch: str) -> None:
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {"facecolor": colour, "alpha": 0.35} if not hatch else {"fill": False, "hatch": hatch}
    ax.add_patch(Rectangle(corner, side, side, edgecolor=colour, linewidth=2.2, zorder=3, **look))


def show_joined_maps(sees: Sequence[Sequence[int]], maps: int, ax: Axes | None = None) -> Axes:
    """Draw which maps of one layer each map of the next one looks at, as the paper of 1998 does (lesson 06).

    Parameters
    ----------
    sees : sequence of sequence of int
        For each map of the next layer the places, from 0 on, of those that it looks at.
    maps : int
        How many maps there are to look at.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A row for each map that is looked at, a column for each that looks; a dark cell joins the two.
    """
    import matplotlib.pyplot as plt

    joined = np.zeros((maps, len(sees)))
    for column, seen in enumerate(sees):
        joined[list(seen), column] = 1
    ax = ax or plt.subplots(figsize=(4.4, 4.4))[1]
    ax.pcolormesh(joined, cmap="Blues", vmin=0, vmax=1.4, edgecolors="white", linewidth=1.5)
    ax.set(aspect="equal", xlabel="maps of H2, which look", ylabel="maps of H1, looked at")
    ax.set_xticks(np.arange(len(sees)) + 0.5, labels=[str(number + 1) for number in range(len(sees))])
    ax.set_yticks(np.arange(maps) + 0.5, labels=[str(number + 1) for number in range(maps)])
    ax.invert_yaxis()
    ax.tick_params(length=0)
    counts = sorted({len(set(seen)) for seen in sees})
    dark = " or ".join(map(str, counts))
    return describe(ax, f"A table of {maps} rows and {len(sees)} columns; {dark} cells of each column are dark.")
