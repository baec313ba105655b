"""Figures of lesson 09's first sections: the winners of a contest, a slide's errors, all networks at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._zoo_bubbles import show_zoo
from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["show_ways", "show_winners", "show_zoo"]

BEFORE, NETWORK, HUMAN, SLIDE, PALE = "#A9B0B7", "#0072B2", "#D55E00", "#B3124F", "#D5DAE0"
WAYS = {  # how an error was measured: marker and colour
    "one crop": ("v", "#56B4E9"),
    "ten crops": ("s", "#009E73"),
    "the whole picture": ("D", "#CC79A7"),
    "several networks vote": ("*", "#D55E00"),
    "one crop, torchvision": ("o", "#0072B2"),
}
BELOW = 0.36  # torchvision's marks stand so far below a network's line: papers' numbers lie close to them


def show_winners(
    years: Sequence[int],
    errors: ArrayLike,
    *,
    names: Sequence[str],
    layers: Sequence[int],
    human: float,
    best_without: Mapping[int, float] | None = None,
) -> Axes:
    """Draw the winners' errors year by year, what is a network in another colour, and how well a person did.

    Parameters
    ----------
    years : sequence of int
        One a bar.
    errors : array, shape (years,), %
        Top-5 errors.
    names : sequence of str
        Stand below the years.
    layers : sequence of int
        Stand in the bars; 0 for what is no network.
    human : float, %
        Error of a person, drawn as a line.
    best_without : mapping of int to float, %, optional
        For a year the best error that was reached without a network.

    Returns
    -------
    Axes
        With a bar a year.
    """
    import matplotlib.pyplot as plt

    values = np.asarray(errors, dtype=float)
    ax = plt.subplots(figsize=(10.5, 5.0))[1]
    ax.bar(range(len(years)), values, width=0.72, color=[NETWORK if depth else BEFORE for depth in layers])
    for place, (value, depth) in enumerate(zip(values, layers, strict=True)):
        _write_on_bar(ax, place, value, depth, human)
    for year, value in (best_without or {}).items():
        place = list(years).index(year)
        ax.plot([place - 0.36, place + 0.36], [value, value], color="#5B6470", linewidth=3)
        words = f"best without\na network: {value:g} %"
        ax.text(place - 0.36, value + 0.5, words, ha="left", va="bottom", color="#444444")
    ax.plot([-0.5, len(years) - 0.5], [human, human], color=HUMAN, linestyle="--", linewidth=1.8, zorder=0)
    ax.text(len(years) - 0.5, human, f" a person:\n {human:g} %", va="center", color=HUMAN, weight="bold")
    ax.set_xticks(range(len(years)), labels=[f"{year}\n{name}" for year, name in zip(years, names, strict=True)])
    ax.tick_params(axis="x", length=0)
    ax.set(ylabel="top-5 error on test pictures, %", xlim=(-0.6, len(years) + 0.3), ylim=(0, values.max() * 1.12))
    first = next((year for year, depth in zip(years, layers, strict=True) if depth), None)
    told = ", ".join(f"{year} {value:g}" for year, value in zip(years, values, strict=True))
    said = f"Bars, their heights in per cent: {told}. Blue ones, from {first} on, are networks."
    below = [str(year) for year, value in zip(years, values, strict=True) if value < human]
    return describe(
        ax, f"{said} A line at {human:g} is a person’s error; the bars below it: {', '.join(below) or 'none'}."
    )


def _write_on_bar(ax: Axes, place: int, value: float, depth: int, human: float) -> None:
    ax.text(place, value + 0.4, f"{value:g} %", ha="center", weight="bold")
    if depth and value > human:
        ax.text(place, value / 2, f"{depth}\nlayers", ha="center", va="center", color="white")
    elif depth:  # too low to hold words: over the line of the person
        ax.text(place, human + 1.2, f"{depth} layers", ha="center", va="center", color=NETWORK)


def show_ways(
    titles: Sequence[str], measured: Sequence[Sequence[tuple[float, str, int]]], slide: ArrayLike, *, label: str
) -> Axes:
    """Draw the errors of networks by the way in which they were measured, and a table's choice as a ring around one.

    Parameters
    ----------
    titles : sequence of str
        One a network.
    measured : sequence of sequence of (float, str, int)
        For each network its measurements: the error in per cent, what was shown of a picture (``"1 crop"``,
        ``"10 crops"`` or something larger; ``"torchvision"`` for one crop with its weights), how many networks voted.
    slide : array, shape (networks,), %
        The error that the table gives.
    label : str
        At the axis.

    Returns
    -------
    Axes
        A line of marks a network; torchvision's stand below it.
    """
    import matplotlib.pyplot as plt

    ax = plt.subplots(figsize=(10.5, 4.8))[1]
    heights = _rows(ax, titles)
    for height, row in zip(heights, measured, strict=True):
        ax.plot([min(row)[0], max(row)[0]], [height, height], color=PALE, linewidth=5, zorder=1)
        for error, crops, networks in row:
            marker, colour = WAYS[way := _way(crops, networks)]
            lower = BELOW if way.endswith("torchvision") else 0
            ax.plot(error, height - lower, marker, color=colour, markersize=15 if networks > 1 else 10, zorder=3)
    values = np.asarray(slide, dtype=float)
    ax.plot(values, heights, "o", markersize=23, zorder=4, **_ring())
    ax.set(xlabel=label, xlim=(0, None), ylim=(-0.7, len(titles) - 0.4))
    ax.legend(handles=_way_legend(), loc="center left", bbox_to_anchor=(1.0, 0.5), labelspacing=0.9)
    told = "; ".join(
        f"{title} {value:g} among {', '.join(f'{error:g} ({_way(crops, many)})' for error, crops, many in row)}"
        for title, value, row in zip(titles, values, measured, strict=True)
    )
    return describe(ax, f"Marks along a line a network; a ring is the slide’s number. In per cent: {told}.")


def _rows(ax: Axes, titles: Sequence[str]) -> Any:
    """Give each title a line of its own, the first on top; return their heights."""
    heights = np.arange(len(titles))[::-1]
    ax.set_yticks(heights, labels=titles)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    return heights


def _way(crops: str, networks: int) -> str:
    if networks > 1:
        return "several networks vote"
    named = {"1 crop": "one crop", "10 crops": "ten crops", "torchvision": "one crop, torchvision"}
    return named.get(crops, "the whole picture")


def _ring() -> dict[str, Any]:
    return {"markerfacecolor": "none", "markeredgecolor": SLIDE, "markeredgewidth": 2.4}


def _way_legend() -> list[Any]:
    from matplotlib.lines import Line2D

    looks: list[tuple[str, dict[str, Any]]] = [
        (words, {"marker": marker, "color": colour, "markersize": 11}) for words, (marker, colour) in WAYS.items()
    ]
    looks.append(("on the slide", {"marker": "o", "markersize": 15, **_ring()}))
    return [Line2D([], [], linestyle="", label=words, **look) for words, look in looks]
