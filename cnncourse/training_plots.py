"""Figures of lesson 06: curves of a training, what is confused, how sure a network is, what shifts do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cnncourse.evaluation import Calibration, Mistake
    from cnncourse.training import Record

Array = NDArray[np.float64]
SHARE = 40  # a curve is smoothed over one step in so many of all
MARKERS = "os^D"


def smooth(values: ArrayLike, width: int) -> Array:
    """Average each value with those before it, as many as there are, up to a width.

    Parameters
    ----------
    values : array, shape (n,)
        One a step.
    width : int, steps
        How many are averaged.

    Returns
    -------
    array, shape (n,)

    Examples
    --------
    >>> smooth([4, 2, 6, 0], 2)
    array([4., 3., 4., 3.])
    """
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=float))])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - width, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))


def show_training(runs: Mapping[str, Sequence[Record]]) -> NDArray[Any]:
    """Draw loss and accuracy of one training or several over the epochs, smoothed, and what was held out as marks.

    Parameters
    ----------
    runs : mapping of str to sequence of Record
        By their names.

    Returns
    -------
    array of Axes, shape (2,)
        The loss of the batches and the share of their pictures that is named wrongly, on logarithmic scales.
    """
    import matplotlib.pyplot as plt

    axes = plt.subplots(1, 2, figsize=(9.0, 3.9))[1]
    told = []
    for number, (name, records) in enumerate(runs.items()):
        colour, epochs = f"C{number}", [record.epoch for record in records]
        width = max(1, len(records) // SHARE)
        losses, wrong = (
            smooth(values, width) for values in ([r.loss for r in records], [1 - r.accuracy for r in records])
        )
        axes[0].plot(epochs, losses, color=colour, label=name)
        axes[1].plot(epochs, 100 * wrong, color=colour)
        held_out = [(record.epoch, record.validation) for record in records if record.validation is not None]
        for epoch, right in held_out:
            look = {"color": colour, "markersize": 8, "markeredgecolor": "white", "zorder": 3}
            axes[1].plot(epoch, 100 * (1 - right), MARKERS[number % 4], **look)
        told.append(_told(name, losses, wrong, held_out))
    axes[0].set(xlabel="epochs", ylabel="loss of the batches", yscale="log")
    axes[1].set(xlabel="epochs", ylabel="named wrongly (%)", ylim=(0, 100))
    axes[1].set_yscale("symlog", linthresh=1)  # even below 1 %, logarithmic above
    axes[1].set_yticks([0, 0.5, 1, 2, 5, 10, 20, 50, 100], labels=["0", "0.5", "1", "2", "5", "10", "20", "50", "100"])
    if any(record.validation is not None for records in runs.values() for record in records):
        axes[1].plot([], [], "o", color="0.4", label="held out, after an epoch")
        axes[1].legend()
    for ax in axes:
        ax.grid(True)
    axes[0].legend()
    return np.asarray(describe(axes, "Curves of training. " + " ".join(told)))


def _told(name: str, losses: Array, wrong: Array, held_out: Sequence[tuple[float, float]]) -> str:
    told = f"{name}: the loss goes from {losses[0]:.3g} to {losses[-1]:.3g}, the share named wrongly from "
    told += f"{wrong[0]:.1%} to {wrong[-1]:.1%}"
    return f"{told}; {1 - held_out[-1][1]:.1%} of what was held out." if held_out else f"{told}."


def show_confusion(counts: ArrayLike, classes: Sequence[str], ax: Axes | None = None) -> Axes:
    """Show what was taken for what, with the numbers; the colours are those of the mistakes alone.

    Parameters
    ----------
    counts : array of int, shape (classes, classes)
        From `cnncourse.evaluation.confusion`: a row for each true class, a column for each answer.
    classes : sequence of str
        Their names.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With the matrix drawn; a dot stands for 0.
    """
    import matplotlib.pyplot as plt

    numbers = np.asarray(counts)
    wrong = np.where(np.eye(len(numbers), dtype=bool), 0, numbers)
    most = max(1, int(wrong.max()))
    side = 0.62 * len(numbers) + 1.0
    ax = ax or plt.subplots(figsize=(side, side))[1]
    ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=1.4 * most)  # light enough for black numbers on all cells
    for (row, column), number in np.ndenumerate(numbers):
        ax.text(column, row, f"{number}" if number else "·", ha="center", va="center")
    ax.set_xticks(range(len(classes)), labels=list(classes))
    ax.set_yticks(range(len(classes)), labels=list(classes))
    ax.set(xlabel="what the network said", ylabel="what it is")
    ax.tick_params(length=0)
    worst = np.argwhere((wrong == most) & (wrong > 0))
    often = [f"{classes[row]} taken for {classes[column]}" for row, column in worst[:3]]
    told = f"{int(np.trace(numbers)):,} of {int(numbers.sum()):,} answers are right"
    return describe(
        ax, f"{told}; the most frequent mistake, {most} times: {', '.join(often)}." if often else f"{told}."
    )


def show_mistakes(
    images: ArrayLike, mistakes: Sequence[Mistake], classes: Sequence[str], *, columns: int = 6
) -> NDArray[Any]:
    """Show pictures that a network named wrongly, each with what it is and what it was taken for.

    Parameters
    ----------
    images : array, shape (n, 1, height, width), in [0, 1]
        The whole set.
    mistakes : sequence of Mistake
        From `cnncourse.evaluation.confident_mistakes`.
    classes : sequence of str
        The names.
    columns : int
        Pictures in a row.

    Returns
    -------
    array of Axes
        One a mistake.

    Raises
    ------
    ValueError
        If there is no mistake to show.
    """
    import matplotlib.pyplot as plt

    if not mistakes:
        raise ValueError("expected a mistake to show, got none: the network named every picture rightly")
    columns = min(columns, len(mistakes))
    rows, pictures = -(-len(mistakes) // columns), np.asarray(images)
    axes = plt.subplots(rows, columns, figsize=(1.75 * columns, 2.3 * rows), squeeze=False)[1].flatten()
    told = []
    for ax, mistake in zip(axes, mistakes, strict=False):
        label, said = classes[mistake.label], classes[mistake.predicted]
        show_image(pictures[mistake.place, 0], ax)
        ax.set_title(f"{label}, read as {said}\n{mistake.confidence:.1%} sure", fontsize=12, fontweight="normal")
        told.append(f"{label} read as {said}")
    for ax in axes[len(mistakes) :]:
        ax.set_visible(False)
    return np.asarray(describe(axes, "The surest mistakes: " + ", ".join(told) + "."))[: len(mistakes)]


def show_calibration(
    measured: Mapping[str, Calibration], ax: Axes | None = None, *, low: float = 0, few: int = 20
) -> Axes:
    """Draw how often a network is right against how sure it is; on the diagonal it is as good as its word.

    Parameters
    ----------
    measured : mapping of str to Calibration
        By the name of the network, from `cnncourse.evaluation.calibration`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    low : float, per cent
        Where the scale of confidence begins; above 0 to look closely at the answers of which a network is sure.
    few : int
        A bin with fewer answers is drawn pale and not joined with the others, for luck decides where it lies.

    Returns
    -------
    Axes
        A mark for each bin, the larger the more answers it holds.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(5.4, 4.8))[1]
    ax.plot([0, 100], [0, 100], ":", color="0.4", label="as good as its word")
    for number, (name, found) in enumerate(measured.items()):
        look: dict[str, Any] = {"color": f"C{number}", "marker": MARKERS[number % 4]}
        sizes = 30 + 270 * np.sqrt(found.counts / found.counts.max())
        for drawn, alpha in (((found.counts > 0) & (found.counts < few), 0.2), (found.counts >= few, 0.8)):
            sure, right = 100 * found.confidence[drawn], 100 * found.accuracy[drawn]
            ax.scatter(sure, right, sizes[drawn], alpha=alpha, **look)
        ax.plot(sure, right, color=f"C{number}", linewidth=1)
        ax.scatter([], [], 120, alpha=0.8, label=name, **look)
    top, depth = 100 + (100 - low) / 25, low and 2 * low - 100  # looking closely, marks may lie far below the line
    ax.set(xlabel="how sure (%)", ylabel="how often right (%)", xlim=(low, top), ylim=(depth, top))
    ax.set_aspect("auto" if low else "equal")
    ax.grid(True)
    ax.legend(loc="lower right", markerscale=0.6)
    told = (f"{name} is {found.error:.2%} off on average" for name, found in measured.items())
    return describe(ax, f"Share of right answers against confidence: {'; '.join(told)}.")


def show_shift_accuracy(accuracies: Mapping[str, ArrayLike], shifts: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw how often networks are right when the pictures are shifted.

    Parameters
    ----------
    accuracies : mapping of str to array, shape (shifts,), in [0, 1]
        By the name of the network, from `cnncourse.evaluation.shift_accuracy`.
    shifts : sequence of int, pixels
        How far the pictures were moved.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A line a network.
    """
    ax = _lines(accuracies, shifts, ax)
    ax.set(xlabel="shift (pixels)", ylabel="named rightly (%)", ylim=(0, 104))
    ax.set_xticks(list(shifts))
    return describe(ax, "Named rightly when shifted: " + _ends(accuracies, [f"{shift} pixels" for shift in shifts]))


def show_learning_curve(
    accuracies: Mapping[str, Mapping[int, float]],
    ax: Axes | None = None,
    *,
    longer: Mapping[str, Mapping[int, float]] | None = None,
) -> Axes:
    """Draw how much networks misread, against how many pictures they learned from, both on logarithmic scales.

    On such scales equal factors are equal lengths. A network that misreads nothing has no mark.

    Parameters
    ----------
    accuracies : mapping of str to mapping of int to float, in [0, 1]
        By the name of the network and the number of pictures, such as from `cnncourse.evaluation.learning_curve`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    longer : mapping of str to mapping of int to float, in [0, 1], optional
        More of the same from longer trainings, drawn hollow and not joined: what they gained, not the pictures alone
        have brought.

    Returns
    -------
    Axes
        A line a network.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(6.8, 4.2))[1]
    more = longer or {}
    for number, (name, found) in enumerate(accuracies.items()):
        look: dict[str, Any] = {"marker": MARKERS[number % 4], "color": f"C{number}"}
        ax.plot(list(found), _misread(found), label=name, **look)
        left = more.get(name, {})
        ax.plot(list(left), _misread(left), linestyle="", markerfacecolor="white", markersize=9, **look)
    counts = sorted({count for found in (*accuracies.values(), *more.values()) for count in found})
    ax.set(xscale="log", yscale="log", xlabel="pictures to learn from", ylabel="named wrongly (%)")
    ax.set_xticks(counts, labels=[f"{count:,}" for count in counts])
    low, high = (float(end) for end in ax.get_ylim())
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low <= tick <= high]
    ax.set_yticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.grid(True)
    ax.legend()
    values = {name: [1 - share for share in found.values()] for name, found in accuracies.items()}
    told = f"Named wrongly: {_ends(values, [f'{count:,} pictures' for count in next(iter(accuracies.values()))])}"
    return describe(ax, f"{told} Hollow marks: longer trainings." if more else told)


def _misread(found: Mapping[int, float]) -> list[float]:
    return [100 * (1 - share) if share < 1 else np.nan for share in found.values()]


def _lines(values: Mapping[str, ArrayLike], places: Sequence[int], ax: Axes | None) -> Axes:
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(6.4, 4.0))[1]
    for number, (name, line) in enumerate(values.items()):
        ax.plot(places, 100 * np.asarray(line), f"{MARKERS[number % 4]}-", label=name)
    ax.grid(True)
    ax.legend()
    return ax


def _ends(values: Mapping[str, ArrayLike], places: Sequence[str]) -> str:
    told = (
        f"{name} {np.asarray(line)[0]:.1%} at {places[0]}, {np.asarray(line)[-1]:.1%} at {places[-1]}"
        for name, line in values.items()
    )
    return "; ".join(told) + "."
