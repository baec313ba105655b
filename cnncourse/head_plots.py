"""One body and the three heads that hang on it: a diagram (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["show_heads"]

APART = 2.9  # from map to map; the unit is the side of the largest
BODY, PIXELS, MASKS = 0.0, -2.1, 1.75  # heights of the three rows
MAP, HEAD, INK = "#CFE3F1", "#FBE3C0", "#333333"


def show_heads(maps: Sequence[tuple[int, int, int]], *, cell: int, classes: int, ax: Axes | None = None) -> Axes:
    """Draw the picture and the maps that a body makes of it, and the heads of detector, pixels and masks.

    Parameters
    ----------
    maps : sequence of (channels, height, width)
        The picture and then each map, from fine to coarse.
    cell : int
        Numbers that the detector's head gives for each cell.
    classes : int
        Scores that the pixels' head gives for each pixel.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With the diagram, without scales.

    Raises
    ------
    ValueError
        If there is no map behind the picture.
    """
    import matplotlib.pyplot as plt

    if len(maps) < 2:
        raise ValueError(f"expected a picture and one map or more, got {len(maps)}")
    ax = ax or plt.subplots(figsize=(10.4, 4.6))[1]
    _draw_body(ax, maps)
    end = APART * len(maps)
    _box(ax, (end, BODY), (2.3, 1.0), f"detector\n1 × 1: {cell} numbers\na cell", HEAD)
    _arrow(ax, (end - APART + 0.35, BODY), (end - 1.2, BODY))
    _draw_pixels(ax, len(maps), classes)
    _draw_masks(ax, len(maps))
    ax.set(xlim=(-1.1, end + 1.25), ylim=(PIXELS - 0.6, MASKS + 0.5), aspect="equal")
    ax.set_axis_off()
    told = ", ".join(f"{channels} channels of {height} by {width}" for channels, height, width in maps[1:])
    return describe(
        ax,
        f"A picture of {maps[0][1]} by {maps[0][2]} pixels, then the body's maps, from fine to coarse: {told}. On the "
        f"last hangs the detector's head with {cell} numbers a cell. Below, scores of every map, the coarse ones "
        f"enlarged and added to the finer: {classes} scores a pixel. Above, the mask head, which cuts each box out of "
        "all these maps.",
    )


def _draw_body(ax: Axes, maps: Sequence[tuple[int, int, int]]) -> None:
    tallest = max(height for _, height, _ in maps)
    for at, (channels, height, width) in enumerate(maps):
        name = "picture\n" if at == 0 else ""
        size = (max(0.3, 1.6 * width / tallest), max(0.3, 1.6 * height / tallest))
        _box(ax, (APART * at, BODY), size, "", MAP)
        _word(ax, (APART * at + size[0] / 2 + 0.08, BODY + 0.12), f"{name}{channels} × {height} × {width}", ha="left")
        if at:
            _arrow(ax, (APART * (at - 1) + 0.9, BODY), (APART * at - size[0] / 2 - 0.05, BODY))


def _draw_pixels(ax: Axes, number: int, classes: int) -> None:
    for at in range(1, number):
        _arrow(ax, (APART * at, BODY - 0.8 / 2**at - 0.1), (APART * at, PIXELS + 0.28))
        _word(ax, (APART * at + 0.1, (BODY + PIXELS) / 2 - 0.2), f"1 × 1: {classes} scores", ha="left")
        _box(ax, (APART * at, PIXELS), (0.5, 0.5), "+" if at < number - 1 else "", HEAD)
        _arrow(ax, (APART * at - 0.27, PIXELS), (APART * (at - 1) + (0.27 if at > 1 else 1.0), PIXELS))
        _word(ax, (APART * (at - 0.5) + 0.1, PIXELS + 0.12), "× 2")
    _box(ax, (0, PIXELS), (1.9, 0.8), f"pixels\n{classes} scores each", HEAD)


def _draw_masks(ax: Axes, number: int) -> None:
    first, last = APART, APART * (number - 1)
    middle, wide = ((first + last) / 2, MASKS), (last - first + 1.6, 0.6)
    _box(ax, middle, wide, "masks: each box cut out of these maps, mine or not mine", HEAD)
    for at in range(1, number):
        _arrow(ax, (APART * at, BODY + 0.8 / 2**at + 0.1), (APART * at, MASKS - 0.32))


def _box(ax: Axes, middle: tuple[float, float], size: tuple[float, float], text: str, colour: str) -> None:
    from matplotlib.patches import Rectangle

    corner = (middle[0] - size[0] / 2, middle[1] - size[1] / 2)
    ax.add_patch(Rectangle(corner, *size, facecolor=colour, edgecolor=INK, linewidth=1.0))
    if text:
        _word(ax, middle, text, va="center")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2})


def _word(ax: Axes, place: tuple[float, float], text: str, **look: Any) -> None:
    ax.text(*place, text, **{"ha": "center", "va": "bottom", "fontsize": 11, "color": INK, **look})
