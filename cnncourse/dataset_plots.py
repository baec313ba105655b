"""A look at a data set before anything learns from it: some pictures of each class, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP = 0.12  # between two pictures, of a picture's side
PAPER = 1.0  # white


def contact_sheet(images: ArrayLike, labels: ArrayLike, *, classes: int, each: int) -> NDArray[np.float32]:
    """Lay out the first pictures of each class, a class a row; where a class has fewer, the paper stays white.

    Parameters
    ----------
    images : array, shape (n, channels, height, width), in [0, 1]
        Grey pictures (1 channel) or colour pictures (3 channels).
    labels : array of int, shape (n,)
        The class of each, from 0 to `classes` - 1.
    classes : int
        Number of rows.
    each : int
        Number of columns.

    Returns
    -------
    array of float32, shape (rows, columns) or (rows, columns, 3), in [0, 1]
        One picture.

    Raises
    ------
    ValueError
        If the arrays do not fit together, a label is no class, or there are no columns.

    Examples
    --------
    Two black pictures of 1×2 pixels, of the classes 1 and 0; a white line parts the rows:

    >>> contact_sheet(np.zeros((2, 1, 1, 2)), [1, 0], classes=2, each=1).tolist()
    [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    """
    pictures, shown = np.asarray(images), np.asarray(labels)
    _check(pictures, shown, classes, each)
    _, channels, height, width = pictures.shape
    down, right = (length + max(1, round(GAP * length)) for length in (height, width))
    sheet = np.full((classes * down, each * right, channels), PAPER, np.float32)
    for row in range(classes):
        for column, place in enumerate(np.flatnonzero(shown == row)[:each]):
            top, left = row * down, column * right
            sheet[top : top + height, left : left + width] = pictures[place].transpose(1, 2, 0)
    sheet = sheet[: (classes - 1) * down + height, : (each - 1) * right + width]
    return sheet[:, :, 0] if channels == 1 else sheet


def show_contact_sheet(
    images: ArrayLike, labels: ArrayLike, classes: Sequence[str], ax: Axes | None = None, *, each: int = 10
) -> Axes:
    """Show the first pictures of each class in a row, with its name and how many there are.

    Parameters
    ----------
    images : array, shape (n, channels, height, width), in [0, 1]
        Grey or colour pictures.
    labels : array of int, shape (n,)
        The class of each.
    classes : sequence of str
        The names, a row each.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    each : int
        Pictures in a row.

    Returns
    -------
    Axes
        With the sheet drawn.

    Raises
    ------
    ValueError
        As `contact_sheet` does.
    """
    sheet = contact_sheet(images, labels, classes=len(classes), each=each)
    counts = np.bincount(np.asarray(labels), minlength=len(classes))
    height = np.shape(images)[2]
    step = height + max(1, round(GAP * height))
    ax = show_image(sheet, ax or _new_axes(sheet.shape))
    named = [f"{name}  ({count:,})" for name, count in zip(classes, counts, strict=True)]
    ax.set_yticks(np.arange(len(classes)) * step + (height - 1) / 2, labels=named)
    ax.tick_params(length=0)
    rows = ", ".join(named).replace("  (", " (")
    describe(
        ax, f"A contact sheet, a class a row, with the number of its pictures: {rows}. Up to {each} are shown each."
    )
    return ax


def _new_axes(shape: tuple[int, ...]) -> Axes:
    import matplotlib.pyplot as plt

    width = 7.2
    return plt.subplots(figsize=(width + 1.8, width * shape[0] / shape[1] + 0.2), layout="constrained")[1]


def _check(pictures: NDArray[np.floating], labels: NDArray[np.integer], classes: int, each: int) -> None:
    if pictures.ndim != 4 or pictures.shape[1] not in (1, 3) or labels.shape != pictures.shape[:1]:
        raise ValueError(
            "expected images of shape (n, 1 or 3, height, width) and labels of shape (n,), got "
            f"{pictures.shape} and {labels.shape}; try: images[:, None] where grey pictures have no axis for channels"
        )
    if wrong := sorted(set(np.unique(labels).tolist()) - set(range(classes))):
        raise ValueError(f"expected labels from 0 to {classes - 1}, a class each, got {wrong[0]} among them")
    if each < 1:
        raise ValueError(f"expected 1 picture of each class or more, got {each}")
