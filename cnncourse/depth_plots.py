"""Figures of lesson 09 on depth and batch normalisation: how far gradients reach, and which rates work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^D"
BELOW = -6  # per cent: from one row of crosses to the next


def show_gradient_norms(norms: Mapping[str, ArrayLike], ax: Axes | None = None) -> Axes:
    """Draw the length of the gradient of every layer, from the picture to the answer, on a logarithmic scale.

    Parameters
    ----------
    norms : mapping of str to array, shape (layers,)
        By the name of the network, such as the values of `cnncourse.depth.gradient_norms`; above 0.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A line a network; its name stands in the legend.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(7.2, 4.2), layout="constrained")[1]
    told = []
    for number, (name, values) in enumerate(norms.items()):
        found = np.asarray(values, dtype=float)
        ax.plot(
            range(1, len(found) + 1), found, f"{MARKERS[number % 4]}-", color=f"C{number}", markersize=4, label=name
        )
        told.append(f"{name}: {found[0]:.0e} in the first layer, {found[-1]:.0e} in the last")
    ax.set(yscale="log", xlabel="layer, from the picture upwards", ylabel="length of its gradient")
    ax.grid(True)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(norms), columnspacing=1.2)
    return describe(ax, f"Lengths of gradients. {'; '.join(told)}.")


def show_rates(
    accuracies: Mapping[str, Sequence[float | None]], rates: Sequence[float], ax: Axes | None = None
) -> Axes:
    """Draw what networks reach at each learning rate; where a training diverged, a cross in a band below zero.

    Parameters
    ----------
    accuracies : mapping of str to sequence of float or None, in [0, 1]
        By the name of the network, one a rate; None where the training diverged.
    rates : sequence of float
        The learning rates, rising.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A line a network.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(7.2, 4.0), layout="constrained")[1]
    told = []
    for number, (name, found) in enumerate(accuracies.items()):
        colour = f"C{number}"
        shares = [np.nan if share is None else 100 * share for share in found]
        ax.plot(rates, shares, f"{MARKERS[number % 4]}-", color=colour, label=name)
        lost = [rate for rate, share in zip(rates, found, strict=True) if share is None]
        ax.plot(lost, [BELOW * (number + 1)] * len(lost), "x", color=colour, markersize=9, markeredgewidth=2.5)
        ends = ["diverged" if share is None else f"{share:.0%}" for share in found]
        words = (f"{end} at {rate}" for rate, end in zip(rates, ends, strict=True))
        told.append(f"{name}: {', '.join(words)}")
    lowest = BELOW * (len(accuracies) + 1)
    ax.axhspan(lowest, 0, color="0.9", zorder=0)
    ax.plot([], [], "x", color="0.4", markersize=9, markeredgewidth=2.5, label="diverged")
    ax.set(xscale="log", xlabel="learning rate", ylabel="held-out digits named rightly (%)", ylim=(lowest, 104))
    ax.set_xticks(list(rates), labels=[f"{rate:g}" for rate in rates])
    ax.set_yticks(range(0, 101, 20))
    ax.minorticks_off()
    ax.grid(True)
    ax.legend()
    return describe(ax, f"Named rightly after training. {'; '.join(told)}.")
