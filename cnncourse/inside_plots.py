"""Figures of lesson 07: filters, feature maps, what moves a unit most, feature space, and maps that explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDEST = 10.5  # inches: the width of a page
# Ten colours for ten classes: the seven of the course and three more, which differ from them in lightness, too.
TEN = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255", "#8C8C8C", "#999933")


def show_filters(rows: Mapping[str, ArrayLike], *, alt: str) -> NDArray[Any]:
    """Show the filters of a first layer as pictures, a layer a row, each filter up to its own largest weight.

    Parameters
    ----------
    rows : mapping of str to array, shape (filters, height, width) or (filters, 3, height, width)
        A name for each row, and its filters: signed, orange − / white 0 / blue +; or in colour, grey being 0.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (rows, filters)
        A panel a filter.
    """
    stacks = [np.asarray(filters, dtype=float) for filters in rows.values()]
    axes = _panels(len(stacks), max(map(len, stacks)), largest=1.4)
    for name, filters, row in zip(rows, stacks, axes, strict=True):
        for weights, ax in zip(filters, row, strict=False):
            top = np.abs(weights).max() or 1.0
            colour = weights.ndim == 3
            show_image(0.5 + weights.transpose(1, 2, 0) / top / 2 if colour else weights / top, ax, signed=not colour)
        _name_row(row[0], name)
    return np.asarray(describe(axes, alt))


def show_maps(
    maps: ArrayLike, *, columns: int = 8, signed: bool = False, titles: Sequence[str] = (), alt: str
) -> NDArray[Any]:
    """Show the feature maps of one picture, all up to the same largest value.

    Parameters
    ----------
    maps : array, shape (maps, rows, columns)
        What a layer gave.
    columns : int
        Panels in a row.
    signed : bool
        Whether values below 0 count: orange, with 0 white; otherwise they are black like 0.
    titles : sequence of str
        One a map; by default its number.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes
        A panel a map.
    """
    values = np.asarray(maps, dtype=float)
    axes = _panels(-(-len(values) // columns), min(columns, len(values)), largest=1.7, titles=True)
    most = float(np.abs(values).max()) or 1.0
    for number, (one, ax) in enumerate(zip(values, axes.flat, strict=False)):
        show_image(one / most, ax, signed=signed, limit=1.0, title=titles[number] if len(titles) else str(number))
    return np.asarray(describe(axes, alt))


def show_top_crops(rows: Mapping[str, Sequence[ArrayLike]], *, alt: str, side: float = 0.8) -> NDArray[Any]:
    """Show for every unit the parts of pictures that move it most, the strongest on the left.

    Parameters
    ----------
    rows : mapping of str to sequence of arrays, shape (height, width) or (height, width, 3), in [0, 1]
        A name for each unit, and what `cnncourse.top_images.crop` cut out for it.
    alt : str
        What the figure shows, for those who cannot see it.
    side : float, inches
        Of a panel.

    Returns
    -------
    array of Axes, shape (units, pictures)
        A panel a picture.
    """
    axes = _panels(len(rows), max(map(len, rows.values())), largest=side)
    for (name, crops), row in zip(rows.items(), axes, strict=True):
        for picture, ax in zip(crops, row, strict=False):
            show_image(picture, ax)
            _frame(ax)
        _name_row(row[0], name)
    return np.asarray(describe(axes, alt))


def show_feature_space(
    spaces: Mapping[str, ArrayLike], labels: ArrayLike, classes: Sequence[str], *, columns: int = 2, alt: str
) -> NDArray[Any]:
    """Show pictures as points in two dimensions, each drawn as the name of its class, in one of ten colours.

    Parameters
    ----------
    spaces : mapping of str to array, shape (n, 2)
        A title for each panel, and where the pictures lie in it; scales may differ from panel to panel.
    labels : array of int, shape (n,)
        The class of each picture.
    classes : sequence of str
        Their names, as short as a digit. Beyond ten classes colours come again, and the names alone tell.
    columns : int
        Panels in a row; two leave each as large as a crowd of points needs.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes
        One a panel.
    """
    colours = {label: TEN[rank % 10] for rank, label in enumerate(np.unique(np.asarray(labels)).tolist())}
    grid = _panels(-(-len(spaces) // columns), min(columns, len(spaces)), largest=5.2, titles=True)
    axes = grid.ravel()[: len(spaces)]
    for (title, points), ax in zip(spaces.items(), axes, strict=True):
        places = np.asarray(points, dtype=float)
        ax.scatter(*places.T, s=0)  # sets the limits
        for (x, y), label in zip(places, np.asarray(labels), strict=True):
            ax.text(x, y, classes[label], color=colours[int(label)], ha="center", va="center", weight="bold")
        ax.set_axis_on()
        ax.set(title=title, xlabel="first axis", ylabel="second axis", xticks=[], yticks=[])
    return np.asarray(describe(axes, alt))


def show_explanations(
    images: Sequence[ArrayLike], maps: Mapping[str, ArrayLike], *, names: Sequence[str] = (), alt: str
) -> NDArray[Any]:
    """Show pictures and, beside each, the maps that explain it, a method a column.

    Parameters
    ----------
    images : sequence of arrays, shape (height, width) or (height, width, 3), in [0, 1]
        A picture a row.
    maps : mapping of str to array, shape (n, height, width)
        A title for each column, and its maps. Each map ends at its own largest value; those with values below 0 have
        orange for them, white for 0 and blue above.
    names : sequence of str
        A name for each row.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (n, 1 + methods)
        A panel a picture and a panel a map.
    """
    height, width = np.shape(images[0])[:2]
    axes = _panels(len(images), 1 + len(maps), largest=3.4, titles=True, tall=height / width)
    for number, (image, row) in enumerate(zip(images, axes, strict=True)):
        show_image(image, row[0], title="picture" if number == 0 else None)
        if names:
            _name_row(row[0], names[number])
        for (title, found), ax in zip(maps.items(), row[1:], strict=True):
            _show_map(np.asarray(found)[number], ax, signed=bool(np.min(np.asarray(found)) < 0))
            ax.set_title(title if number == 0 else None)
    return np.asarray(describe(axes, alt))


def show_randomisation(
    checks: Mapping[str, tuple[Mapping[str, float], float]], ax: Axes | None = None, *, alt: str
) -> Axes:
    """Draw how alike maps remain while layer after layer of the network is spoilt, and where learning has no part.

    Parameters
    ----------
    checks : mapping of str to (similar, floor)
        A name for each method; what `cnncourse.map_checks.randomisation_check` found: likeness by layer, and the floor.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    Axes
        A line a method; a dash at the right for each floor.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(7.2, 4.4))[1]
    for number, (name, (similar, floor)) in enumerate(checks.items()):
        heights = [1.0, *similar.values()]
        ax.plot(range(len(heights)), heights, f"{'os^Dv*'[number % 6]}-", color=f"C{number}", label=name)
        ax.plot([len(heights) - 0.75, len(heights) - 0.35], [floor] * 2, color=f"C{number}", linewidth=3)
    ax.set_xticks(range(len(heights)), labels=["none", *(f"… {layer}" for layer in similar)])
    ax.set(xlabel="layers spoilt, from the end", ylabel="likeness to the map before", ylim=(None, 1.08))
    ax.text(len(heights) - 0.55, 1.03, "floor", ha="center")
    ax.axhline(0, color="0.6", linewidth=1)
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return describe(ax, alt)


def show_spread(values: Mapping[str, ArrayLike], *, xlabel: str, alt: str, ax: Axes | None = None) -> Axes:
    """Draw measured values as points, a row a name, with a bar at their mean.

    Parameters
    ----------
    values : mapping of str to array, shape (measurements,)
        A name for each row, and what was measured, from top to bottom.
    xlabel : str
        What was measured, and its unit.
    alt : str
        What the figure shows, for those who cannot see it.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With a row a name.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(7.2, 0.55 * len(values) + 1.0))[1]
    for row, measured in enumerate(values.values()):
        found = np.asarray(measured, dtype=float).ravel()
        ax.plot(found, np.full(found.size, row), "o", color="C0", alpha=0.45)
        ax.plot([found.mean()] * 2, [row - 0.32, row + 0.32], color="C1", linewidth=3)
    ax.set_yticks(range(len(values)), labels=list(values))
    ax.set(xlabel=xlabel, ylim=(len(values) - 0.5, -0.5))
    ax.grid(axis="x")
    return describe(ax, alt)


def _show_map(values: NDArray[Any], ax: Axes, *, signed: bool) -> None:
    most = float(np.abs(values).max()) or 1.0
    if signed:
        show_image(values / most, ax, signed=True, limit=1.0)
        return
    ax.imshow(values, cmap="viridis", vmin=0, vmax=most)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _panels(rows: int, columns: int, *, largest: float, titles: bool = False, tall: float = 1.0) -> NDArray[Any]:
    """Make a grid of panels that fits the page, `tall` times as high as wide; those that stay empty do not show."""
    import matplotlib.pyplot as plt

    side = min(largest, WIDEST / columns)
    height = rows * side * tall + (0.35 * rows if titles else 0.05 * rows)
    axes = plt.subplots(rows, columns, figsize=(side * columns, height), squeeze=False)[1]
    for ax in axes.flat:
        ax.set_axis_off()
    return np.asarray(axes)


def _frame(ax: Axes) -> None:
    """Draw a thin border, so that a white picture stands out from the page."""
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((0, 0), 1, 1, transform=ax.transAxes, fill=False, edgecolor="0.7", clip_on=False))


def _name_row(ax: Axes, name: str) -> None:
    ax.text(-0.12, 0.5, name, transform=ax.transAxes, ha="right", va="center")
