"""Boxes on pictures, the detector's grid, and suppression round by round (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["show_boxes", "show_grid", "show_rounds", "show_scenes"]

TRUE, FOUND, WRONG, DROPPED = "#009E73", "#56B4E9", "#E69F00", "#BBBBBB"  # of Okabe and Ito's palette, and a grey
WIDEST = 11.0  # inches


def show_boxes(
    image: ArrayLike,
    boxes: ArrayLike,
    names: Sequence[str] = (),
    ax: Axes | None = None,
    *,
    colour: str | Sequence[str] = FOUND,
    line: str | Sequence[str] = "-",
) -> Axes:
    """Draw boxes on a picture, each with its name above or, where there is no room, inside.

    Parameters
    ----------
    image : array, shape (height, width), in [0, 1]
        The picture; drawn if the axes hold none yet.
    boxes : array, shape (n, 4), pixels
        Left, top, right, bottom.
    names : sequence of str
        One a box, or none at all.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    colour, line : str or sequence of str
        Of all frames, or of each.

    Returns
    -------
    Axes
        With picture and frames drawn.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import Normal, Stroke

    height, width = np.shape(image)
    ax = ax or plt.subplots(figsize=(4, 4 * height / width))[1]
    if not ax.images:
        show_image(image, ax, title=ax.get_title())
    frames = np.asarray(boxes, dtype=float).reshape(-1, 4)
    colours = [colour] * len(frames) if isinstance(colour, str) else colour
    lines = [line] * len(frames) if isinstance(line, str) else line
    halo = [Stroke(linewidth=3.5, foreground="black"), Normal()]
    for number, (left, top, right, bottom) in enumerate(frames):
        look: dict[str, Any] = {"edgecolor": colours[number], "linestyle": lines[number], "linewidth": 1.8}
        corner = (left - 0.5, top - 0.5)  # the middle of a pixel has whole numbers
        ax.add_patch(Rectangle(corner, right - left, bottom - top, fill=False, path_effects=halo, **look))
        if number < len(names) and names[number]:
            above = top > 0.09 * height
            where: dict[str, Any] = {"va": "bottom" if above else "top", "ha": "left", "fontsize": 12}
            text = ax.text(corner[0], corner[1], names[number], color=colours[number], weight="bold", **where)
            text.set_path_effects([Stroke(linewidth=2.5, foreground="black"), Normal()])
    return ax


def show_scenes(
    images: Sequence[ArrayLike],
    found: Sequence[tuple[ArrayLike, Sequence[str]]],
    *,
    truth: Sequence[ArrayLike] = (),
    titles: Sequence[str] = (),
    columns: int = 4,
    alt: str,
) -> NDArray[Any]:
    """Draw pictures side by side with the boxes found in each, and true boxes dashed.

    Parameters
    ----------
    images : sequence of arrays, shape (height, width), in [0, 1]
        The pictures.
    found : sequence of (boxes, names)
        For each picture.
    truth : sequence of arrays, shape (n, 4), pixels
        For each picture, or none at all.
    titles : sequence of str
        One a picture, or none at all.
    columns : int
        Pictures side by side.
    alt : str
        What is to be seen, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (rows, columns)
        Those without a picture are switched off.
    """
    axes = _panels(len(images), columns, np.shape(images[0]), titles=bool(titles))
    for number, ax in enumerate(axes.flat):
        if number >= len(images):
            ax.set_axis_off()
            continue
        show_image(images[number], ax, title=titles[number] if titles else None)
        if truth:
            show_boxes(images[number], truth[number], ax=ax, colour=TRUE, line="--")
        show_boxes(images[number], found[number][0], found[number][1], ax, colour=WRONG if truth else FOUND)
    return np.asarray(describe(axes, alt))


def show_grid(image: ArrayLike, values: ArrayLike, ax: Axes | None = None, *, cell: int = 8, title: str = "") -> Axes:
    """Lay the detector's grid on a picture; a cell is tinted blue by its value, which stands in it from 0.05 on.

    Parameters
    ----------
    image : array, shape (height, width), in [0, 1]
        The picture.
    values : array, shape (rows, columns), in [0, 1]
        One a cell.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    cell : int, pixels
        Side of a cell.
    title : str
        Written above.

    Returns
    -------
    Axes
        With the grid drawn.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import Normal, Stroke

    height, width = np.shape(image)
    ax = ax or plt.subplots(figsize=(5, 5 * height / width))[1]
    show_image(image, ax, title=title)
    for (row, column), value in np.ndenumerate(np.asarray(values, dtype=float)):
        corner = (column * cell - 0.5, row * cell - 0.5)
        tint = (0.0, 0.45, 0.7, 0.75 * value)
        ax.add_patch(Rectangle(corner, cell, cell, facecolor=tint, edgecolor="#FFFFFF88", linewidth=0.6))
        if value >= 0.05:
            text = f"{value:.2g}" if value < 0.995 else "1"
            right, down = (place + cell / 2 for place in corner)
            label = ax.text(right, down, text.lstrip("0"), color="white", ha="center", va="center", fontsize=12)
            label.set_path_effects([Stroke(linewidth=2, foreground="black"), Normal()])
    ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    return ax


def show_rounds(
    image: ArrayLike,
    boxes: ArrayLike,
    names: Sequence[str],
    rounds: Sequence[tuple[int, Sequence[int]]],
    *,
    columns: int = 3,
    alt: str,
) -> NDArray[Any]:
    """Draw suppression round by round: what is kept, what it drops, what was kept before, and what still waits.

    Parameters
    ----------
    image : array, shape (height, width), in [0, 1]
        The picture.
    boxes : array, shape (n, 4), pixels
        All of them.
    names : sequence of str
        Theirs; written on the box that is kept.
    rounds : sequence of (kept, dropped)
        As `cnncourse.applications.boxes.rounds` gives them.
    columns : int
        Panels side by side.
    alt : str
        What is to be seen.

    Returns
    -------
    array of Axes, shape (rows, columns)
        The first panel has all boxes; a legend below says which look means what.
    """
    from matplotlib.lines import Line2D

    frames = np.asarray(boxes, dtype=float)
    titles = [
        f"{len(frames)} boxes",
        *(f"round {n} drops {len(dropped)}" for n, (_, dropped) in enumerate(rounds, start=1)),
    ]
    axes = _panels(len(titles), columns, np.shape(image), titles=True)
    left: list[int] = list(range(len(frames)))
    settled: list[int] = []
    for ax in axes.flat[len(titles) :]:
        ax.set_axis_off()
    for panel, ax in enumerate(axes.flat[: len(titles)]):
        kept, dropped = rounds[panel - 1] if panel else (-1, [])
        left = [place for place in left if place != kept and place not in dropped]
        styles = [(place, "-", DROPPED) for place in left] + [(place, "--", TRUE) for place in settled]
        styles += [(place, ":", WRONG) for place in dropped]
        styles += [(kept, "-", FOUND)] if panel else []
        show_image(image, ax, title=titles[panel])
        order, lines, colours = zip(*styles, strict=True) if styles else ((), (), ())
        written = [names[place] if panel and place == kept else "" for place in order]
        show_boxes(image, frames[list(order)], written, ax, colour=colours, line=lines)
        settled += [kept] if panel else []
    looks: dict[str, tuple[str, Any]] = {
        "waits": (DROPPED, "-"),
        "kept now": (FOUND, "-"),
        "dropped": (WRONG, ":"),
        "kept before": (TRUE, "--"),
    }
    handles = [Line2D([], [], color=hue, linestyle=line, linewidth=2.5, label=n) for n, (hue, line) in looks.items()]
    axes[0, 0].figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return np.asarray(describe(axes, alt))


def _panels(number: int, columns: int, shape: tuple[int, ...], *, titles: bool) -> NDArray[Any]:
    import matplotlib.pyplot as plt

    columns = min(columns, number)
    rows = -(-number // columns)
    side = min(3.0, WIDEST / columns)
    size = (side * columns, rows * (side * shape[0] / shape[1] + (0.4 if titles else 0.0)))
    return plt.subplots(rows, columns, figsize=size, squeeze=False)[1]
