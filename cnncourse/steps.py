"""One step of a sliding kernel, and the places where it stops: first as arrays, then as pictures (lesson 02)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate_windows, output_size
from cnncourse.plots import describe, show_matrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
HERE = "#C2185B"  # where the kernel stands, as in the explorers: a colour that no value has
FRAME = "#DDDDDD"  # pixels that padding adds
LARGEST_CELL, WIDEST = 0.5, 9.5  # inches: a cell, and all the cells in a row


class Step(NamedTuple):
    """A kernel at one of its places.

    Attributes
    ----------
    image : array, shape (height, width)
        The picture, already padded.
    kernel : array, shape (kernel height, kernel width)
        The weights.
    place : (int, int)
        Row and column in the output, counted from 0.
    stride : int, pixels
        Step between two places.
    products : array, shape (kernel height, kernel width)
        Each pixel under the kernel times its weight.
    output : array, shape (rows, columns)
        The sums of products found so far, row by row; NaN where the kernel has not been.
    limit : float
        The largest sum, sign aside, that any place gives: the end of the colours, the same for all steps.
    """

    image: Array
    kernel: Array
    place: tuple[int, int]
    stride: int
    products: Array
    output: Array
    limit: float


def step_at(image: ArrayLike, kernel: ArrayLike, row: int, column: int, *, stride: int = 1) -> Step:
    """Stop a sliding kernel at one place and look at its products, their sum and the output so far (lesson 02).

    Parameters
    ----------
    image : array, shape (height, width)
        The picture, already padded.
    kernel : array, shape (kernel height, kernel width)
        The weights.
    row, column : int
        The place in the output, counted from 0.
    stride : int, pixels
        Step between two places.

    Returns
    -------
    Step
        All that there is to see at this place.

    Raises
    ------
    ValueError
        If the kernel has no such place.

    Examples
    --------
    >>> step = step_at([[1, 2, 3], [4, 5, 6]], [[1, 10]], 1, 0)
    >>> step.products
    array([[ 4., 50.]])
    >>> step.output
    array([[21., 32.],
           [54., nan]])
    """
    picture, weights = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    output = correlate_windows(picture, weights, stride=stride)
    rows, columns = output.shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(
            f"expected a place from (0, 0) to ({rows - 1}, {columns - 1}), got ({row}, {column}): a kernel of shape "
            f"{weights.shape} has {rows} by {columns} places on a picture of shape {picture.shape} with stride {stride}"
        )
    top, left = row * stride, column * stride
    products = picture[top : top + weights.shape[0], left : left + weights.shape[1]] * weights
    limit = float(np.abs(output).max()) or 1.0
    output.flat[row * columns + column + 1 :] = np.nan
    return Step(picture, weights, (row, column), stride, products, output, limit)


def show_step(step: Step) -> NDArray[Any]:
    """Show one step: the kernel's place on the picture, the kernel, the products and the output so far.

    Parameters
    ----------
    step : Step
        From `step_at`.

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


def places(size: int, kernel: int, *, stride: int = 1, padding: int = 0) -> range:
    """List where along one axis the first pixel of a sliding kernel stands (lesson 02).

    Parameters
    ----------
    size : int, pixels
        Length of the image along the axis.
    kernel, stride, padding : int, pixels
        As in `cnncourse.convolution.output_size`.

    Returns
    -------
    range
        Positions counted from the first pixel of the image: −padding is the first pixel of the frame.

    Raises
    ------
    ValueError
        If the kernel does not fit once, or a number is not a whole one in its range.

    Examples
    --------
    >>> list(places(7, 3, stride=2))
    [0, 2, 4]
    >>> list(places(7, 3, stride=3, padding=1))
    [-1, 2, 5]
    """
    count = output_size(size, kernel, stride=stride, padding=padding)
    return range(-padding, -padding + count * stride, stride)


def sizes_that_fit(size: int, kernel: int, stride: int, padding: int) -> list[tuple[int, int, int, int]]:
    """List every setting up to the largest numbers given in which the kernel fits at least once (lesson 02).

    Parameters
    ----------
    size, kernel, stride, padding : int, pixels
        The largest of each; size, kernel and stride begin at 1, padding at 0.

    Returns
    -------
    list of (size, kernel, stride, padding)
        All combinations with ``kernel <= size + 2 * padding``.

    Examples
    --------
    >>> sizes_that_fit(2, 2, 1, 0)
    [(1, 1, 1, 0), (2, 1, 1, 0), (2, 2, 1, 0)]
    """
    every = itertools.product(range(1, size + 1), range(1, kernel + 1), range(1, stride + 1), range(padding + 1))
    return [(n, k, s, p) for n, k, s, p in every if k <= n + 2 * p]


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
