"""Figures of lesson 03: banks of kernels, places found, answers side by side, a kernel that learns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, mark, show_image, show_matrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]


def show_bank(bank: Mapping[tuple[float, float], Array], *, alt: str, most: int | None = None) -> NDArray[Any]:
    """Show the kernels of a Gabor bank, a frequency a row, cells of one size.

    Parameters
    ----------
    bank : mapping of (orientation, frequency) to array
        As `cnncourse.kernels.gabor_bank` makes it.
    alt : str
        What the figure shows, for those who cannot see it.
    most : int, optional
        Side of a panel in cells; by default that of the largest kernel.

    Returns
    -------
    array of Axes, shape (frequencies, orientations)
        Each kernel's colours end at its own largest weight: coarse kernels spread theirs over many more cells.
    """
    import matplotlib.pyplot as plt

    rows, columns = (sorted({key[place] for key in bank}) for place in (1, 0))
    side = most or max(max(kernel.shape) for kernel in bank.values())
    size = (1.55 * len(columns), 1.72 * len(rows))
    axes = plt.subplots(len(rows), len(columns), figsize=size, squeeze=False)[1]
    for (orientation, frequency), kernel in bank.items():
        ax = axes[rows.index(frequency), columns.index(orientation)]
        show_image(framed(kernel, side), ax, signed=True)
        if frequency == rows[0]:
            ax.set_title(f"{orientation:g}°")
        if orientation == columns[0]:
            ax.set_ylabel(f"{frequency:g}", rotation=0, ha="right", va="center")
    return np.asarray(describe(axes, alt))


def framed(kernel: ArrayLike, side: int) -> Array:
    """Lay zeros around a kernel, or cut it, so that it becomes a square of a given side with the same centre.

    Parameters
    ----------
    kernel : array, shape (height, width)
        Of odd height and width.
    side : int, cells
        An odd number.

    Returns
    -------
    array, shape (side, side)
        The kernel in the middle.

    Examples
    --------
    >>> framed([[7]], 3)
    array([[0., 0., 0.],
           [0., 7., 0.],
           [0., 0., 0.]])
    """
    weights = np.asarray(kernel, dtype=float)
    room = [max(0, (side - length) // 2) for length in weights.shape]
    padded = np.pad(weights, [(r, r) for r in room])
    top, left = ((length - side) // 2 for length in padded.shape)
    return padded[top : top + side, left : left + side]


def mark_places(
    ax: Axes, places: ArrayLike, shape: tuple[int, int], *, labels: Sequence[str] = (), dots: bool = False
) -> Axes:
    """Mark places found: a frame around each window, or a ring on each point.

    Parameters
    ----------
    ax : Axes
        Where the picture is drawn.
    places : array, shape (places, 2)
        Rows and columns: of the window's top left pixel, or of the point.
    shape : (height, width), pixels
        Size of the windows; of no use with `dots`.
    labels : sequence of str
        One a place, or none.
    dots : bool
        Whether to draw rings.

    Returns
    -------
    Axes
        What came in.
    """
    found = np.asarray(places).reshape(-1, 2)
    if dots:
        for colour, line in (("black", 3.5), ("#FFB000", 1.8)):
            ax.plot(found[:, 1], found[:, 0], "o", mfc="none", mec=colour, mew=line, ms=8, ls="none")
        return ax
    for place, (row, column) in enumerate(found.tolist()):
        mark(ax, row, column, shape, label=labels[place] if place < len(labels) else "")
    return ax


def show_learning(kernels: ArrayLike, losses: ArrayLike, steps: Sequence[int]) -> NDArray[Any]:
    """Show a kernel at several steps of its learning, above the curve of its error.

    Parameters
    ----------
    kernels : array, shape (steps + 1, height, width)
        The weights after every step.
    losses : array, shape (steps + 1,)
        The error of each.
    steps : sequence of int
        Which kernels to show.

    Returns
    -------
    array of Axes
        The curve first, then the kernels.
    """
    import matplotlib.pyplot as plt

    weights, errors = np.asarray(kernels, dtype=float), np.asarray(losses, dtype=float)
    names: list[Any] = [[f"step {step}" for step in steps], ["curve"] * len(steps)]
    axes = plt.subplot_mosaic(names, figsize=(1.9 * len(steps), 5.0), height_ratios=[1, 1.15])[1]
    limit = float(np.abs(weights[-1]).max())
    for step, name in zip(steps, names[0], strict=True):
        show_matrix(weights[step], axes[name], title=name, signed=True, limit=limit, digits=1)
    curve = axes["curve"]
    curve.semilogy(errors)
    curve.plot(steps, errors[list(steps)], "o", color="#D55E00")
    curve.set(xlabel="step", ylabel="mean squared error")
    curve.grid(True)
    return np.array([curve, *(axes[name] for name in names[0])])


def show_row(
    panels: Mapping[str, ArrayLike],
    *,
    alt: str,
    signed: Collection[str] = (),
    scaled: Collection[str] = (),
    columns: int | None = None,
) -> NDArray[Any]:
    """Show arrays of different kinds beside each other: pictures, signed answers, magnitudes.

    Parameters
    ----------
    panels : mapping of str to array, shape (height, width)
        By title; plain ones are pictures in [0, 1].
    alt : str
        What the figure shows, for those who cannot see it.
    signed : collection of str
        Panels whose zero is the middle of the colours.
    scaled : collection of str
        Panels of magnitudes, black at 0.
    columns : int, optional
        Panels in a row; by default all of them.

    Returns
    -------
    array of Axes
        One a panel. All signed panels end their colours at one value, and so do all scaled ones: the largest but for
        a hundredth, so that a few strong places do not fade all others.
    """
    columns = columns or len(panels)
    rows = -(-len(panels) // columns)
    axes = _row(np.shape(next(iter(panels.values()))), columns, rows=rows).ravel()
    ends = {kind: _common_end([panels[name] for name in kind]) for kind in (tuple(signed), tuple(scaled)) if kind}
    for ax, (title, array) in zip(axes, panels.items(), strict=False):
        kind = tuple(signed) if title in signed else tuple(scaled) if title in scaled else None
        if kind is None or title in signed:
            show_image(array, ax, title=title, signed=title in signed, limit=ends[kind] if kind else None)
        else:
            _show_magnitude(array, ax, title, ends[kind])
    return np.asarray(describe(axes, alt))


def _common_end(arrays: Sequence[ArrayLike]) -> float:
    return max(float(np.quantile(np.abs(array), 0.99)) for array in arrays)


def _show_magnitude(array: ArrayLike, ax: Axes, title: str, end: float) -> None:
    ax.imshow(np.asarray(array), vmin=0, vmax=end)
    ax.set(xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)


def _row(shape: tuple[int, ...], columns: int, *, rows: int = 1, widest: float = 11.0) -> NDArray[Any]:
    import matplotlib.pyplot as plt

    width = min(4.2, widest / columns)
    height = rows * (width * shape[0] / shape[1] + 0.5)
    return np.asarray(plt.subplots(rows, columns, figsize=(width * columns, height), squeeze=False)[1])
