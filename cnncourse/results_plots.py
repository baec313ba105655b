"""A figure for what was measured over several seeds: every run a dot, every mean a bar."""

from __future__ import annotations

from collections.abc import Collection
from statistics import mean
from typing import TYPE_CHECKING

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cnncourse.results import Result


def show_result(result: Result, ax: Axes | None = None, *, grey: Collection[str] = ()) -> Axes:
    """Draw each arm's mean as a bar from zero and each run as a dot; the baseline, the last arm, in grey.

    Parameters
    ----------
    result : Result
        From `cnncourse.results.result`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    grey : collection of str, optional
        Other arms that are no more than something to compare with.

    Returns
    -------
    Axes
        The first arm on top.
    """
    import matplotlib.pyplot as plt

    arms = list(result.arms)
    ax = ax or plt.subplots(figsize=(7.2, 1.1 + 0.55 * len(arms)), layout="constrained")[1]
    scale = 100 if result.unit == "%" else 1
    for row, arm in enumerate(arms):
        values = [scale * value for value in result.arms[arm]]
        ax.barh(row, mean(values), height=0.62, color="0.78" if arm in {arms[-1], *grey} else "C0", alpha=0.85)
        ax.plot(values, [row] * len(values), "o", color="black", markersize=5, markeredgecolor="white", zorder=3)
        end = (max(0.0, *values), row)
        ax.annotate(result.told(arm), end, textcoords="offset points", xytext=(9, 0), va="center")
    ax.set_yticks(range(len(arms)), labels=arms)
    ax.invert_yaxis()
    everything = [0.0, *(scale * value for values in result.arms.values() for value in values)]
    low, high = min(everything), max(everything)
    shares = result.unit == "%" and high <= 100
    ax.set_xlim(1.08 * low, 100 if shares else high + 0.32 * (high - low))  # numbers may stand outside
    way = "higher" if result.higher_is_better else "lower"
    unit = f" ({result.unit})" if result.unit else ""
    spread = f"mean of {len(result.seeds)} seeds ± standard deviation; a dot is a run"
    ax.set_xlabel(f"{result.measure}{unit}; {way} is better\n{spread}")
    return describe(ax, f"{result}. Measured on {result.data}.")
