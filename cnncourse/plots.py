"""Arrays in, axes out: pictures, matrices with their numbers, and a text alternative for each figure."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CELLS_WITH_NUMBERS = 16  # along one side; beyond, numbers are too small to read


def describe(ax: Axes | NDArray[Any], text: str) -> Any:
    """Say in words what a figure shows: its text alternative in the notebook, the book and the slides.

    Parameters
    ----------
    ax : Axes or array of Axes
        Any panel of the figure.
    text : str
        What one would tell somebody who cannot see it: what is there and what to notice.

    Returns
    -------
    Axes or array of Axes
        What came in.

    Raises
    ------
    ValueError
        If the text says too little (under 20 characters).
    """
    if len(text) < 20:
        raise ValueError(f"expected a description of 20 characters or more, got {text!r}; say what there is to notice")
    first = ax if not isinstance(ax, np.ndarray) else ax.flat[0]
    vars(first.get_figure(root=True))["text_alternative"] = text  # read by cnncourse.style
    return ax


def show_image(
    image: ArrayLike,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    signed: bool = False,
    limit: float | None = None,
) -> Axes:
    """Show an array as a picture.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 3)
        Grey values or colour in [0, 1], whole numbers up to 255 as uint8, or any signed numbers with `signed`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    title : str, optional
        Written above.
    signed : bool
        Whether zero is the middle: orange below, white at 0, blue above.
    limit : float, optional
        The value at which the colours end: white for a picture (1 by default), full blue for signed numbers.

    Returns
    -------
    Axes
        With the picture drawn.

    Raises
    ------
    ValueError
        If the array is not a picture.
    """
    values = np.asarray(image)
    if values.ndim != 2 and (values.ndim != 3 or values.shape[2] != 3):
        raise ValueError(
            f"expected a picture, shape (height, width) or (height, width, 3), got shape {values.shape}; "
            "take one with image[0], or turn channels-first by transpose(1, 2, 0)"
        )
    ax = ax or _new_axes(values.shape)
    whole = values.dtype == np.uint8
    top = limit if limit is not None else 255 if whole else _limit(values, signed)
    colours: dict[str, Any] = {"cmap": _signed_colours() if signed else "gray", "vmin": -top if signed else 0}
    ax.imshow(np.clip(values, 0, 1) if values.ndim == 3 and not whole else values, vmax=top, **colours)
    ax.set(xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)
    _describe_once(ax, f"{title or 'untitled'}: a picture of {values.shape[0]} by {values.shape[1]} pixels")
    return ax


def show_matrix(
    matrix: ArrayLike,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    signed: bool | None = None,
    limit: float | None = None,
    digits: int = 2,
) -> Axes:
    """Show a small matrix as coloured cells with their numbers; large ones without.

    Parameters
    ----------
    matrix : array, shape (height, width)
        The numbers.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    title : str, optional
        Written above.
    signed : bool, optional
        Whether zero is the middle of the colours; by default, if a number is negative.
    limit : float, optional
        The value at which the colours end; by default the largest number, sign aside.
    digits : int
        Decimals at most.

    Returns
    -------
    Axes
        With the matrix drawn.

    Raises
    ------
    ValueError
        If the array is not a matrix.
    """
    values = np.asarray(matrix, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"expected a matrix, shape (height, width), got shape {values.shape}")
    signed = bool(np.nanmin(values) < 0) if signed is None else signed
    top = _limit(values, signed) if limit is None else limit
    ax = show_image(values, ax, title=title, signed=signed, limit=top)
    ax.set_xticks(np.arange(-0.5, values.shape[1]), labels=[])
    ax.set_yticks(np.arange(-0.5, values.shape[0]), labels=[])
    ax.tick_params(length=0)
    if max(values.shape) <= MOST_CELLS_WITH_NUMBERS:
        ax.grid(True, color="#888888", linewidth=0.6)
        for (row, column), value in np.ndenumerate(values):
            if np.isnan(value):
                continue  # an empty cell: not known yet
            bright = abs(value) < 0.55 * top if signed else value > 0.45 * top
            ax.text(column, row, _short(value, digits), ha="center", va="center", color="black" if bright else "white")
    return ax


def show_images(
    *images: ArrayLike, titles: Sequence[str] = (), alt: str | None = None, columns: int | None = None, **options: Any
) -> NDArray[Any]:
    """Show pictures side by side; options as in `show_image`, shared by all of them.

    Parameters
    ----------
    *images : arrays, shape (height, width) or (height, width, 3)
        The pictures.
    titles : sequence of str
        One a picture.
    alt : str, optional
        What the whole figure shows, for those who cannot see it.
    columns : int, optional
        Pictures in a row; by default all of them.

    Returns
    -------
    array of Axes
        One a picture.
    """
    return _side_by_side(show_image, images, titles, alt, columns, options)


def show_matrices(
    *matrices: ArrayLike, titles: Sequence[str] = (), alt: str | None = None, columns: int | None = None, **options: Any
) -> NDArray[Any]:
    """Show matrices side by side with their numbers; options as in `show_matrix`, the rest as in `show_images`."""
    return _side_by_side(show_matrix, matrices, titles, alt, columns, options)


def mark(ax: Axes, row: int, column: int, shape: tuple[int, int], *, label: str = "") -> Axes:
    """Draw a frame around a window of a shown picture.

    Parameters
    ----------
    ax : Axes
        Where the picture is drawn.
    row, column : int, pixels
        Top left pixel of the window.
    shape : (height, width), pixels
        Size of the window.
    label : str, optional
        A word beside the frame's top left corner.

    Returns
    -------
    Axes
        What came in.
    """
    from matplotlib.patches import Rectangle

    height, width = shape
    for colour, line in (("black", 4.0), ("#FFB000", 2.0)):  # a dark rim keeps the frame visible on white
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), width, height, fill=False, edgecolor=colour, linewidth=line))
    if label:
        box = {"facecolor": "black", "edgecolor": "none", "pad": 1.5}
        ax.text(column, row - 2, label, color="#FFB000", va="bottom", bbox=box)
    return ax


def _side_by_side(
    draw: Any,
    arrays: Sequence[ArrayLike],
    titles: Sequence[str],
    alt: str | None,
    columns: int | None,
    options: dict[str, Any],
) -> NDArray[Any]:
    import matplotlib.pyplot as plt

    if titles and len(titles) != len(arrays):
        raise ValueError(f"expected one title an array, got {len(titles)} titles for {len(arrays)} arrays")
    columns = min(columns or len(arrays), len(arrays))
    rows = -(-len(arrays) // columns)
    width = min(3.4, 10.5 / columns)
    aspects = [np.shape(a)[0] / np.shape(a)[1] for a in arrays]
    height = rows * (min(width * max(aspects), 5.0) + (0.5 if titles else 0.1))
    _, axes = plt.subplots(rows, columns, figsize=(width * columns, height), squeeze=False)
    for ax in axes.flat[len(arrays) :]:
        ax.set_visible(False)
    for ax, array, title in zip(axes.flat, arrays, titles or itertools.repeat(None), strict=False):
        draw(array, ax, title=title, **options)
    sizes = [f"{np.shape(a)[0]} by {np.shape(a)[1]}" for a in arrays]
    named = [f"{title}, {size}" for title, size in zip(titles, sizes, strict=True)] if titles else sizes
    describe(axes, alt or "Side by side: " + "; ".join(named))
    return np.asarray(axes.flat[: len(arrays)])


@functools.cache
def _signed_colours() -> Any:
    """Make the map of the explorers (``static/colour.js``): orange below zero, white at zero, blue above."""
    from matplotlib.colors import LinearSegmentedColormap

    below, above = ["#c36207", "#d48958", "#e3af8e", "#efd4c4"], ["#c3d4ea", "#8eaed9", "#5988c7", "#2062b3"]
    return LinearSegmentedColormap.from_list("signed", [*below, "#fafafa", *above])


def _new_axes(shape: tuple[int, ...]) -> Axes:
    import matplotlib.pyplot as plt

    width = 3.4 if shape[1] <= shape[0] else min(7.2, 3.4 * shape[1] / shape[0])
    return plt.subplots(figsize=(width, width * shape[0] / shape[1] + 0.4))[1]


def _describe_once(ax: Axes, text: str) -> None:
    figure = ax.get_figure(root=True)
    if figure is not None and not getattr(figure, "text_alternative", ""):
        describe(ax, text[0].upper() + text[1:])


def _limit(values: NDArray[Any], signed: bool) -> float:
    finite = np.abs(values[np.isfinite(values)].astype(float)) if values.dtype != bool else np.ones(1)
    largest = float(finite.max()) if finite.size else 1.0
    return max(largest, 1.0) if not signed else largest or 1.0


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
