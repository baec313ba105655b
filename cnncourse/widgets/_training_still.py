"""The curves of trainings as a still picture, for viewers that run no widgets."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnncourse.widgets._training_curves import COLUMNS, loss_scale
from cnncourse.widgets._training_watch import Watched

COLOURS = ("#0b5cad", "#b5480a", "#00734f", "#96407a", "#7a6000", "#4a5560")  # as in training_monitor.css


def drawn(runs: Sequence[Watched], chosen: Watched, *, log: bool) -> bytes:
    """Draw loss and accuracy over epochs, smoothed; the raw values and the validation of the chosen run as well.

    Parameters
    ----------
    runs : sequence of Watched
        What to draw.
    chosen : Watched
        The one that is drawn strongly.
    log : bool
        Whether the loss is drawn on a scale of powers of ten.

    Returns
    -------
    bytes
        A PNG file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.8), layout="constrained")  # outside of pyplot, which would show it below the cell
    loss, accuracy = figure.subplots(1, 2)
    for watched in runs:
        _draw(loss, accuracy, watched, strong=watched is chosen)
    top, lowest, highest = loss_scale([watched.curve.array for watched in runs])
    last = max(watched.run.settings.epochs for watched in runs)
    loss.set(xlabel="epoch", ylabel="loss", xlim=(0, last), ylim=(10.0**lowest, 10.0**highest) if log else (0, top))
    loss.set_yscale("log" if log else "linear")
    accuracy.set(xlabel="epoch", ylabel="accuracy, %", xlim=(0, last), ylim=(0, 100))
    figure.legend(*loss.get_legend_handles_labels(), loc="outside lower center", ncols=min(3, len(runs)), frameon=False)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    return file.getvalue()


def _draw(loss: Any, accuracy: Any, watched: Watched, *, strong: bool) -> None:
    table = dict(zip(COLUMNS, watched.curve.array.T.astype(float), strict=True))
    look: dict[str, Any] = {"color": COLOURS[(watched.number - 1) % len(COLOURS)], "alpha": 1.0 if strong else 0.55}
    for ax, name, unit in ((loss, "loss", 1), (accuracy, "accuracy", 100)):
        line = {"label": f"{watched.number}: {watched.name}", "linewidth": 2.4 if strong else 1.6, **look}
        ax.plot(table["epoch"], unit * table[name], **line)
        if strong:  # from lowest to highest, row by row: the single batches
            raw = np.column_stack([table[f"{name}_low"], table[f"{name}_high"]]).ravel()
            ax.plot(np.repeat(table["epoch"], 2), unit * raw, color=look["color"], alpha=0.3, linewidth=0.8)
    if watched.points:
        accuracy.plot(*(np.transpose(watched.points) * [[1], [100]]), "o", clip_on=False, **look)


def in_notebook() -> bool:
    """Say whether this code runs in the kernel of a notebook."""
    from IPython.core.getipython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
