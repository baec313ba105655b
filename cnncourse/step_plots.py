"""Figures of lesson 02: one step of a sliding kernel, matrices to scale, the places where a kernel stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_matrix
from cnncourse.steps import Step, places

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
HERE = "#C2185B"  # where the kernel stands, as in the explorers: a colour that no value has
FRAME = "#DDDDDD"  # pixels that padding adds
LARGEST_CELL, WIDEST = 0.5, 9.5  # inches: a cell, and all the cells in a row


def show_step(step: Step) -> NDArray[Any]:
    """Show one step: the kernel's place on the picture, the kernel, the products and the output so far.

    Parameters
    ----------
    step : Step
        From `cnncourse.steps.step_at`.

    Returns
    -------
    array of Axes, shape (4,)
        Picture, kernel, products and output.
    """
    from matplotlib.patches import Rectangle

    panels = {"image": step.image, "kernel": step.kernel, "products": step.products, "output": step.output}
    axes = show_to_scale(*panels.values(), titles=[*panels], alt=_step_in_words(step), looks=_looks(step))
    (row, column), (tall, wide) = step.place, step.kernel.shape
    corner = (column * step.stride - 0.5, row * step.stride - 0.5)
    axes[0].add_patch(Rectangle(corner, wide, tall, fill=False, color=HERE, linewidth=4, clip_on=False))
    axes[3].add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, color=HERE, linewidth=4, clip_on=False))
    axes[3].spines[:].set(visible=True, color="#888888")
    axes[2].set_xlabel(f"sum {_number(step.output[row, column])}", color=HERE, fontweight="bold")
    return axes


def _looks(step: Step) -> list[dict[str, Any]]:
    """Keep the colours of products and sums the same from step to step."""
    signed = bool((step.kernel < 0).any() or (step.image < 0).any())
    largest = float(np.abs(step.image).max() * np.abs(step.kernel).max()) or 1.0
    return [{}, {"signed": signed}, {"signed": signed, "limit": largest}, {"signed": signed, "limit": step.limit}]


def show_to_scale(
    *matrices: ArrayLike, titles: Sequence[str], alt: str, looks: Sequence[Mapping[str, Any]] = ()
) -> NDArray[Any]:
    """Show matrices side by side in cells of one size, so that a small kernel looks small beside its picture.

    Parameters
    ----------
    *matrices : arrays, shape (height, width)
        The numbers.
    titles : sequence of str
        One a matrix; short, for a narrow matrix leaves little room.
    alt : str
        What the figure shows, for those who cannot see it.
    looks : sequence of mappings, optional
        Options of `cnncourse.plots.show_matrix`, one mapping a matrix.

    Returns
    -------
    array of Axes
        One a matrix.
    """
    import matplotlib.pyplot as plt

    widths = [np.shape(matrix)[1] for matrix in matrices]
    cell = min(LARGEST_CELL, WIDEST / sum(widths))
    size = (cell * sum(widths) + 0.3 * len(widths), cell * max(np.shape(matrix)[0] for matrix in matrices) + 0.8)
    _, axes = plt.subplots(1, len(widths), figsize=size, width_ratios=widths, squeeze=False)
    for ax, matrix, title, look in zip(axes[0], matrices, titles, looks or [{}] * len(matrices), strict=True):
        show_matrix(matrix, ax, title=title, **look)
    describe(axes, alt)
    return np.asarray(axes[0])


def show_places(size: int, kernel: int, ax: Axes | None = None, *, stride: int = 1, padding: int = 0) -> Axes:
    """Draw one row of pixels, and below it a numbered bar for each place of a sliding kernel; the first stands out.

    Parameters
    ----------
    size, kernel, stride, padding : int, pixels
        As in `places`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With the pixels (white), those added by padding (grey) and the bars drawn.
    """
    import matplotlib.pyplot as plt

    starts = places(size, kernel, stride=stride, padding=padding)
    ax = ax or plt.subplots(figsize=(0.55 * (size + 2 * padding) + 0.4, 0.34 * len(starts) + 1.1))[1]
    for pixel in range(-padding, size + padding):
        inside = 0 <= pixel < size
        ax.barh(0, 1, left=pixel, height=0.9, color="white" if inside else FRAME, edgecolor="#555555")
        ax.text(pixel + 0.5, 0, str(pixel) if inside else "·", ha="center", va="center")
    for line, start in enumerate(starts, start=1):
        ax.barh(line + 0.2, kernel, left=start, height=0.6, color=HERE if line == 1 else "#0072B2")
        ax.text(start + kernel / 2, line + 0.2, str(line), color="white", ha="center", va="center")
    ax.set(yticks=[], xticks=[], ylim=(len(starts) + 0.8, -0.7), xlim=(-padding - 0.1, size + padding + 0.1))
    ax.spines[:].set_visible(False)
    ax.set_title(f"size {size}, kernel {kernel}, stride {stride}, padding {padding}")
    frame = f", {padding} more added at each end" if padding else ""
    listed = ", ".join(_number(start) for start in starts)
    describe(
        ax,
        f"A row of {size} pixels{frame}; below, one bar for each place of a kernel {kernel} pixels long. "
        f"The bars begin at pixels {listed}: {len(starts)} places with stride {stride}.",
    )
    return ax


def _step_in_words(step: Step) -> str:
    row, column = step.place
    top, left = row * step.stride, column * step.stride
    under = step.image[top : top + step.kernel.shape[0], left : left + step.kernel.shape[1]]
    done = int(np.isfinite(step.output).sum())
    return (
        f"The kernel ({_rows(step.kernel)}) stands on the pixels ({_rows(under)}) from row {top}, column {left} of the "
        f"picture. The products are ({_rows(step.products)}); their sum, {_number(step.output[row, column])}, fills "
        f"cell ({row}, {column}) of the output, number {done} of {step.output.size}."
    )


def _rows(matrix: Array) -> str:
    return "; ".join(" ".join(_number(value) for value in row) for row in matrix)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−") if abs(value) >= 0.005 else "0"
