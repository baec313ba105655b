"""Figures of lesson 03 about the gradient: its arrows, its directions as colours, and the arrows of a window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.detector_plots import show_row
from cnncourse.detectors import Gradient
from cnncourse.edges import direction_colours
from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FULL = 0.95  # share of the pixels whose colours are not yet full


def show_arrows(image: ArrayLike, change: Gradient, ax: Axes | None = None, *, every: int = 1) -> Axes:
    """Draw arrows on a small picture: where brightness grows, and how fast.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    change : Gradient
        From `cnncourse.detectors.gradient`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    every : int, pixels
        Distance between arrows; about 25 of them beside each other stay readable. None where the change is slight.

    Returns
    -------
    Axes
        With picture and arrows drawn.
    """
    ax = show_image(image, ax)
    sparse = np.zeros(change.right.shape, dtype=bool)
    sparse[::every, ::every] = True
    rows, columns = np.nonzero(sparse & (change.magnitude > 0.25 * change.magnitude.max()))
    arrows = change.right[rows, columns], change.down[rows, columns]
    look: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "pivot": "mid", "width": 0.008, "headwidth": 4.5}
    scale = float(change.magnitude.max()) / (2 * every)  # the longest arrow spans two gaps
    # A dark rim keeps the arrows visible on light pixels, the light core on dark ones.
    ax.quiver(columns, rows, *arrows, scale=scale, color="#FFB000", edgecolor="black", linewidth=0.8, **look)
    return ax


def show_directions(change: Gradient, ax: Axes | None = None, *, title: str = "", limit: float | None = None) -> Axes:
    """Paint where brightness grows: the colour is the direction, the lightness the magnitude.

    Parameters
    ----------
    change : Gradient
        From `cnncourse.detectors.gradient`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    title : str
        Written above.
    limit : float, optional
        Magnitude at which colours are full; by default the largest one.

    Returns
    -------
    Axes
        With the picture, and a disc in the lower right corner whose colours say which direction is which.
    """
    ax = show_image(direction_colours(change.right, change.down, limit=limit), ax, title=title)
    _key(ax)
    return ax


def _key(ax: Axes) -> None:
    disc = ax.inset_axes((0.8, 0.02, 0.18, 0.18))
    disc.set_aspect("equal")
    down, right = np.mgrid[-1:1:101j, -1:1:101j]
    inside = np.hypot(right, down) <= 1
    paint = direction_colours(right, down, limit=1.0)
    disc.imshow(np.dstack([paint, inside]))
    disc.set_axis_off()


def show_edges(image: ArrayLike, change: Gradient, *, alt: str) -> NDArray[Any]:
    """Show a picture beside the magnitude and the direction of its edges.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    change : Gradient
        From `cnncourse.detectors.gradient`.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (3,)
        Picture, magnitude and direction. The strongest edges are shown as bright as the rest, so that a few of them do
        not darken all others.
    """
    limit = float(np.quantile(change.magnitude, FULL))
    colours = direction_colours(change.right, change.down, limit=limit)
    panels = {"picture": image, "magnitude": change.magnitude, "direction": colours}
    axes = show_row(panels, scaled=["magnitude"], alt=alt)
    _key(axes[2])
    return axes


def show_clouds(
    image: ArrayLike, change: Gradient, corners: Mapping[str, tuple[int, int]], side: int, *, alt: str
) -> NDArray[Any]:
    """Show windows of a picture and, below each, all its gradient arrows, drawn from one point.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.
    change : Gradient
        From `cnncourse.detectors.gradient`.
    corners : mapping of str to (row, column), pixels
        Upper left pixel of each window, by its title.
    side : int, pixels
        Of the square windows.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (2, windows)
        Windows above, clouds below; right and down mean brighter to the right and downwards, on one scale for all.
    """
    import matplotlib.pyplot as plt

    size = (2.6 * len(corners), 5.6)
    axes = np.asarray(plt.subplots(2, len(corners), figsize=size, squeeze=False)[1])
    for (above, below), (title, (row, column)) in zip(axes.T, corners.items(), strict=True):
        window = np.s_[row : row + side, column : column + side]
        show_image(np.asarray(image)[window], above, title=title)
        _cloud(below, change.right[window], change.down[window], 1.15 * float(change.magnitude.max()))
    axes[1, 0].set_ylabel("← brighter downwards")
    return np.asarray(describe(axes, alt))


def _cloud(ax: Axes, right: ArrayLike, down: ArrayLike, reach: float) -> None:
    tips = np.stack([np.ravel(right), np.ravel(down)])
    ax.axhline(0, color="#999999", linewidth=0.8)
    ax.axvline(0, color="#999999", linewidth=0.8)
    ax.plot(*np.stack([np.zeros_like(tips), tips], axis=1), color="#0072B2", alpha=0.25, linewidth=1.2)
    ax.plot(*tips, "o", color="#0072B2", alpha=0.5, markersize=6, markeredgewidth=0)
    # Rows grow downwards, as in the picture.
    ax.set(xlim=(-reach, reach), ylim=(reach, -reach), aspect="equal", xticks=[], yticks=[])
    ax.set_xlabel("brighter to the right →")
