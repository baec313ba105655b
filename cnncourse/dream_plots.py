"""Figures of lesson 08: sheets of pictures with named rows and columns, gradients as colours, values that climb."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
WIDEST = 10.5  # inches: what a page and a slide hold
MARKS = ("o", "x", "s", "+")  # told apart without colour
STRONGEST = 0.995  # share of a gradient's values that are told apart; the few larger ones would leave the rest grey


def tinted(gradient: ArrayLike) -> Array:
    """Turn a gradient by colours into a picture: grey where it is 0, brighter and darker where a colour counts.

    Parameters
    ----------
    gradient : array, shape (height, width, 3) or (height, width)
        Signed numbers of any size.

    Returns
    -------
    array, same shape, in [0, 1]

    Examples
    --------
    >>> tinted([[-4.0, 0.0, 4.0]])
    array([[0. , 0.5, 1. ]])
    """
    values = np.asarray(gradient, dtype=float)
    most = np.quantile(np.abs(values), STRONGEST) or 1.0
    return np.asarray(np.clip(0.5 + values / most / 2, 0, 1))


def sheet(pictures: Sequence[Sequence[ArrayLike]], *, gap: int = 3) -> Array:
    """Lay rows of pictures of one size out as one large picture, white between them.

    Parameters
    ----------
    pictures : sequence of rows, each a sequence of arrays, shape (height, width, 3) or (height, width)
        The pictures; a shorter row ends in white.
    gap : int, pixels
        White between two pictures.

    Returns
    -------
    array, shape (rows * (height + gap) - gap, columns * (width + gap) - gap, 3), in [0, 1]

    Raises
    ------
    ValueError
        If there is no picture, or they differ in size.

    Examples
    --------
    >>> sheet([[np.zeros((2, 3)), np.zeros((2, 3))], [np.zeros((2, 3))]], gap=1).shape
    (5, 7, 3)
    """
    rows = [[_coloured(picture) for picture in row] for row in pictures]
    sizes = {picture.shape[:2] for row in rows for picture in row}
    if len(sizes) != 1:
        raise ValueError(f"expected pictures of one size, got {', '.join(map(str, sorted(sizes))) or 'none'}")
    height, width = np.array(sizes.pop()) + gap
    whole = np.ones((len(rows) * height, max(map(len, rows)) * width, 3))
    for down, row in enumerate(rows):
        for right, picture in enumerate(row):
            top, left = down * height, right * width
            whole[top : top + height - gap, left : left + width - gap] = picture
    return whole[:-gap, :-gap] if gap else whole


def _coloured(picture: ArrayLike) -> Array:
    values = np.clip(np.asarray(picture, dtype=float), 0, 1)
    return np.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values


def show_sheet(
    rows: Mapping[str, Sequence[ArrayLike]], *, columns: Sequence[str] = (), side: float = 1.7, alt: str
) -> Axes:
    """Show rows of pictures of one size, each row with its name, each column with its title.

    Parameters
    ----------
    rows : mapping of str to sequence of arrays, shape (height, width, 3) or (height, width), in [0, 1]
        The pictures; names may be empty.
    columns : sequence of str
        Titles, as many as there are columns.
    side : float, inches
        Width of a picture, if the page holds it.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    Axes
        With all pictures drawn.
    """
    import matplotlib.pyplot as plt

    pictures = list(rows.values())
    whole, (height, width) = sheet(pictures), np.shape(pictures[0][0])[:2]
    wide = min(side * max(map(len, pictures)), WIDEST - (1.2 if any(rows) else 0))
    ax = plt.subplots(figsize=(wide, wide * whole.shape[0] / whole.shape[1]))[1]
    show_image(whole, ax)
    for place, name in enumerate(rows):
        ax.text(-0.04 * width, place * (height + 3) + height / 2, name, ha="right", va="center")
    for place, title in enumerate(columns):
        ax.text(place * (width + 3) + width / 2, -0.05 * height, title, ha="center", va="bottom")
    describe(ax, alt)
    return ax


def show_pointing(
    pictures: ArrayLike, objects: ArrayLike, maps: Mapping[str, ArrayLike], *, titles: Sequence[str] = (), alt: str
) -> NDArray[Any]:
    """Show pictures, the object in each framed, and where each map has its largest value.

    Parameters
    ----------
    pictures : array, shape (n, height, width, 3) or (n, height, width), in [0, 1]
        The pictures.
    objects : array of bool, shape (n, height, width)
        True on the object.
    maps : mapping of str to array, shape (n, height, width)
        A name for each mark, at most four, and the maps.
    titles : sequence of str
        One a picture.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (n,)
        A panel a picture.
    """
    import matplotlib.pyplot as plt

    images, shapes = np.asarray(pictures, dtype=float), np.asarray(objects, dtype=float)
    rows, columns = (np.arange(-1, length + 1) for length in shapes.shape[1:])  # a rim, so that frames close
    figure, axes = plt.subplots(1, len(images), figsize=(2.4 * len(images), 3.0), squeeze=False)
    for place, ax in enumerate(axes[0]):
        show_image(images[place], ax, title=titles[place] if len(titles) else None)
        for colour, width in (("black", 5.0), ("white", 2.5)):  # seen on dark and on bright
            ax.contour(columns, rows, np.pad(shapes[place], 1), levels=[0.5], colors=colour, linewidths=width)
        for (name, values), mark in zip(maps.items(), MARKS, strict=False):
            one = np.asarray(values)[place]
            row, column = np.unravel_index(one.argmax(), one.shape)
            ax.plot(column, row, mark, color="white", ms=15, mew=6)
            ax.plot(column, row, mark, color="black", ms=13, mew=2.5, label=name, fillstyle="none")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="lower center", ncols=len(maps))
    return np.asarray(describe(axes[0], alt))


def show_climb(values: Mapping[str, ArrayLike], *, xlabel: str, ylabel: str, alt: str) -> Axes:
    """Draw values step by step, a line each.

    Parameters
    ----------
    values : mapping of str to array, shape (steps,)
        A name for each line, and its values.
    xlabel, ylabel : str
        What the axes count.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    Axes
        With the lines drawn.
    """
    import matplotlib.pyplot as plt

    ax = plt.subplots(figsize=(6.4, 3.4))[1]
    styles: list[Any] = ["-", "--", "-.", ":"]
    for (name, line), style in zip(values.items(), styles * len(values), strict=False):
        ax.plot(np.arange(len(np.asarray(line))), line, style, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if any(values):
        ax.legend()
    describe(ax, alt)
    return ax
