"""Figures of lesson 05: what one value sees, walked back, drawn on a picture, and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.blueprints import seen_spans
from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SEEN, REST = "#F2C1D5", "white"  # cells that the value at the top sees, and the others
HERE = "#C2185B"


def show_walk(
    size: int, layers: Sequence[tuple[int, int]], names: Sequence[str], ax: Axes | None = None, *, place: int = 0
) -> Axes:
    """Draw one axis of a network, a level a row, and colour what one value at the top sees on each.

    Parameters
    ----------
    size : int, pixels
        Length of the input.
    layers : sequence of (kernel, stride)
        From the input upwards.
    names : sequence of str
        One for the input, then one a layer.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    place : int
        Which value of the last level.

    Returns
    -------
    Axes
        With the input at the bottom; each cell stands over the middle of the pixels that it sees.
    """
    import matplotlib.pyplot as plt

    spans = seen_spans(layers, place)
    ax = ax or plt.subplots(figsize=(0.5 * size + 2.6, 0.85 * len(spans) + 0.5))[1]
    centre, step, count = 0.0, 1, size
    for level, (first, last) in enumerate(spans):
        if level:
            kernel, stride = layers[level - 1]
            _draw_edges(ax, level, (centre, step), layers[level - 1], spans[level])
            centre, step = centre + step * (kernel - 1) / 2, step * stride
            count = (count - kernel) // stride + 1
        middles = centre + step * np.arange(count)
        seen = (np.arange(count) >= first) & (np.arange(count) <= last)
        colours = [HERE if level == len(spans) - 1 and s else SEEN if s else REST for s in seen]
        ax.bar(middles, 0.5, width=0.86, bottom=level - 0.25, color=colours, edgecolor="#555555", zorder=3)
        ax.text(-1.0, level, names[level], ha="right", va="center")
        width = last - first + 1
        ax.text(size - 0.2, level, f"sees {width}" if level < len(spans) - 1 else "one value", va="center")
    ax.set(xlim=(-1.0 - 0.22 * max(map(len, names)), size + 2.2), ylim=(-0.5, len(spans) - 0.5))
    ax.set_axis_off()
    return ax


def _draw_edges(ax: Axes, level: int, below: tuple[float, int], layer: tuple[int, int], span: tuple[int, int]) -> None:
    (centre, step), (kernel, stride) = below, layer
    for cell in range(span[0], span[1] + 1):
        top = centre + step * (cell * stride + (kernel - 1) / 2)
        for place in range(cell * stride, cell * stride + kernel):
            ax.plot([top, centre + step * place], [level - 0.25, level - 0.75], color=HERE, alpha=0.45, linewidth=1.2)


def show_fields(
    image: ArrayLike, fields: Mapping[str, int], place: tuple[int, int], ax: Axes | None = None, *, title: str = ""
) -> Axes:
    """Draw receptive fields as frames around one pixel of a picture, a label at each.

    Parameters
    ----------
    image : array, shape (height, width)
        The input.
    fields : mapping of str to int
        Label and side in pixels, from small to large.
    place : (row, column)
        The middle.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    title : str
        Written above.

    Returns
    -------
    Axes
        With the picture and the frames drawn, cut where they leave the picture.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    height, width = np.shape(image)[:2]
    ax = ax or plt.subplots(figsize=(6.4, 4.6 * height / width))[1]
    show_image(image, ax, title=title)
    row, column = place
    frames = []
    for number, side in enumerate(fields.values()):
        corner = (column - side / 2, row - side / 2)
        ax.add_patch(Rectangle(corner, side, side, fill=False, edgecolor="black", linewidth=4.5))
        frames.append(
            Rectangle(corner, side, side, fill=False, edgecolor=f"C{(4, 1, 5, 3, 2)[number % 5]}", linewidth=2.5)
        )
        ax.add_patch(frames[-1])
    ax.legend(frames, fields.keys(), loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=1.2)
    ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    return ax


def show_influence(
    influences: Sequence[ArrayLike], titles: Sequence[str], *, sides: Sequence[float] = (), alt: str
) -> NDArray[Any]:
    """Show how strongly each pixel moves one value, a network a panel, each up to its own largest influence.

    Parameters
    ----------
    influences : sequence of arrays, shape (height, width), 0 or more
        As `cnncourse.receptive_field.see` measures them.
    titles : sequence of str
        One a panel.
    sides : sequence of float, pixels
        Side of a dashed square around the middle of each panel, such as the effective size.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes
        One a panel.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patches import Rectangle

    width = min(3.0, 10.5 / len(influences))
    axes = plt.subplots(1, len(influences), figsize=(width * len(influences), width + 0.5), squeeze=False)[1][0]
    for number, (ax, influence) in enumerate(zip(axes, influences, strict=True)):
        values = np.asarray(influence, dtype=float)
        ax.imshow(values, cmap="viridis", vmin=0)
        ax.set(xticks=[], yticks=[], title=titles[number])
        if number < len(sides):
            corner = [(length - 1 - sides[number]) / 2 for length in values.shape[::-1]]
            square = Rectangle(
                (corner[0], corner[1]), sides[number], sides[number], fill=False, edgecolor="white", linestyle="--"
            )
            ax.add_patch(square)
    return np.asarray(describe(axes, alt))


def show_growth(sides: Mapping[str, Mapping[int, ArrayLike]], ax: Axes | None = None) -> Axes:
    """Draw how receptive fields grow with depth, both logarithmic, beside the slope of a square root.

    Parameters
    ----------
    sides : mapping of str to mapping of int to array
        One line a name: for each number of layers the sides, in pixels, of one network or of several.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With a point for each mean and a bar for the spread.
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullLocator

    ax = ax or plt.subplots(figsize=(7.2, 4.2))[1]
    for number, (name, lengths) in enumerate(sides.items()):
        depths = list(lengths)
        means, spreads = ([float(f(np.asarray(lengths[d], dtype=float))) for d in depths] for f in (np.mean, np.std))
        ax.errorbar(depths, means, spreads, fmt=f"{'os^D'[number % 4]}-", label=name, capsize=3)
    guide = depths[-1] / np.array([8, 1])
    ax.plot(guide, 0.8 * means[-1] * np.sqrt(guide / depths[-1]), ":", color="0.4", label="slope of √depth")
    ax.set(xscale="log", yscale="log", xlabel="layers", ylabel="side (pixels)")
    ax.set_xticks(depths, labels=[str(d) for d in depths])
    ax.set_yticks([5, 10, 20, 50, 100], labels=["5", "10", "20", "50", "100"])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_minor_locator(NullLocator())
    ax.grid(True)
    ax.legend()
    return ax
