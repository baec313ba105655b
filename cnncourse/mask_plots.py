"""Pictures with a colour for each class or each object, and its name on it (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "coloured_classes", "coloured_objects", "names_of_masks", "show_masks"]

# Okabe and Ito's seven, then five lighter or darker ones; where two come near, the name on each object tells.
COLOURS = np.array([
    (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233), (240, 228, 66),
    (140, 70, 20), (160, 160, 255), (120, 230, 190), (255, 190, 200), (130, 60, 130),
]) / 255  # fmt: skip


def coloured_classes(image: ArrayLike, classes: ArrayLike) -> NDArray[np.float64]:
    """Paint the pixels of each class in its colour, over a dimmed picture.

    Parameters
    ----------
    image : array, shape (height, width), in [0, 1]
        The picture.
    classes : array of int, shape (height, width)
        0 for the ground, which keeps its grey; then class + 1.

    Returns
    -------
    array, shape (height, width, 3), in [0, 1]
        Red, green, blue.

    Examples
    --------
    >>> coloured_classes([[1.0, 1.0]], [[0, 1]]).round(2).tolist()
    [[[0.5, 0.5, 0.5], [0.15, 0.53, 0.74]]]
    """
    grey, named = np.asarray(image, dtype=float), np.asarray(classes)
    painted = np.repeat(grey[..., None] / 2, 3, axis=2)
    there = named > 0
    painted[there] = 0.85 * COLOURS[(named[there] - 1) % len(COLOURS)] + 0.15 * grey[there, None]
    return painted


def coloured_objects(image: ArrayLike, masks: ArrayLike) -> NDArray[np.float64]:
    """Paint each object in a colour of its own, the first on top; parameters and result as `coloured_classes` has them.

    Parameters
    ----------
    image : array, shape (height, width), in [0, 1]
        The picture.
    masks : array of bool, shape (k, height, width)
        The objects, the surest first.

    Returns
    -------
    array, shape (height, width, 3), in [0, 1]
        Red, green, blue.
    """
    numbers = np.zeros(np.shape(image), int)
    for number, mask in reversed(list(enumerate(np.asarray(masks, dtype=bool), start=1))):
        numbers[mask] = number
    return coloured_classes(image, numbers)


def show_masks(
    rows: Sequence[tuple[str, Sequence[NDArray[np.float64]]]],
    *,
    names: Sequence[Sequence[Sequence[tuple[float, float, str]]]] = (),
    alt: str,
) -> NDArray[Any]:
    """Draw rows of pictures, each row with its name at the left.

    Parameters
    ----------
    rows : sequence of (str, pictures)
        Each picture an array of shape (height, width) or (height, width, 3), in [0, 1].
    names : sequence, optional
        For each row and picture: (right, down, text) for what to write where, in pixels.
    alt : str
        What is to be seen.

    Returns
    -------
    array of Axes, shape (rows, pictures)
        With the pictures drawn.
    """
    import matplotlib.pyplot as plt
    from matplotlib.patheffects import Normal, Stroke

    columns = max(len(pictures) for _, pictures in rows)
    side = min(2.2, 10.0 / columns)
    height, width = np.shape(rows[0][1][0])[:2]
    size = (side * columns + 0.4, side * height / width * len(rows))
    axes = plt.subplots(len(rows), columns, figsize=size, squeeze=False)[1]
    for row, (name, pictures) in enumerate(rows):
        axes[row, 0].set_ylabel(name)
        for column, picture in enumerate(pictures):
            ax: Axes = axes[row, column]
            ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
            for right, down, text in names[row][column] if names else ():
                label = ax.text(right, down, text, color="white", ha="center", va="center", fontsize=12, weight="bold")
                label.set_path_effects([Stroke(linewidth=2.5, foreground="black"), Normal()])
    return np.asarray(describe(axes, alt))


def names_of_masks(masks: ArrayLike, names: Sequence[str]) -> list[tuple[float, float, str]]:
    """Put each name on the pixel of its mask that lies nearest to the mask's middle.

    Parameters
    ----------
    masks : array of bool, shape (k, height, width)
        The objects.
    names : sequence of str
        One an object.

    Returns
    -------
    list of (right, down, name)
        In pixels; empty masks are left out.
    """
    found = []
    for mask, name in zip(np.asarray(masks, dtype=bool), names, strict=True):
        if mask.any():
            places = np.argwhere(mask)
            down, right = places[((places - places.mean(axis=0)) ** 2).sum(axis=1).argmin()]
            found.append((float(right), float(down), name))
    return found
