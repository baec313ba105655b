"""Figures of an agent that plays (lesson 11): how its returns grew, games as film strips, values, and what it heeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.dream_plots import show_sheet
from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENLARGED = 8  # screen pixels a pixel of the game, so that it stays sharp
STYLES: tuple[Any, ...] = ("--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)))  # told apart without colour


def show_returns(returns: Mapping[int, ArrayLike], levels: Mapping[str, float], ax: Axes | None = None) -> Axes:
    """Draw how an agent's returns grew in training, and what others reach.

    Parameters
    ----------
    returns : mapping of int to array, shape (games,)
        By the step of the training, the return of each game.
    levels : mapping of str to float
        Mean returns of others, by name.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        The mean as a line, the middle half of the games as a band, a level line for each other.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(7.4, 4.0))[1]
    steps = list(returns)
    games = np.array([np.asarray(one, dtype=float) for one in returns.values()])  # (times, games)
    low, high = np.quantile(games, [0.25, 0.75], axis=1)
    ax.fill_between(steps, low, high, alpha=0.25, color="C0", label="middle half of its games")
    ax.plot(steps, games.mean(axis=1), "o-", color="C0", label="the agent, mean")
    for (name, level), style, colour in zip(levels.items(), STYLES, ("black", "C1", "C2", "C3"), strict=False):
        ax.axhline(level, linestyle=style, color=colour, label=f"{name}, {_tenths(level)}")
    ax.set(xlabel="steps of training", ylabel="return of a game", xlim=(0, steps[-1]))
    ax.grid(True)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    others = "; ".join(f"{name} {_tenths(level)}" for name, level in levels.items())
    ends = f"from {games[0].mean():.1f} at step {steps[0]:,} to {games[-1].mean():.1f} at step {steps[-1]:,}"
    return describe(ax, f"The agent's mean return grows {ends}. Level lines: {others}.")


def show_films(films: Mapping[str, ArrayLike], times: Sequence[int], *, alt: str) -> Axes:
    """Show games as strips of pictures, a game a row.

    Parameters
    ----------
    films : mapping of str to array, shape (pictures, height, width), in [0, 1]
        A name for each game, and its pictures.
    times : sequence of int
        When they were taken, in steps.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    Axes
        With all pictures drawn.
    """
    rows = {name: [_enlarged(one) for one in np.asarray(film)] for name, film in films.items()}
    return show_sheet(
        rows, columns=[f"{'step ' if not place else ''}{time}" for place, time in enumerate(times)], alt=alt
    )


def show_values(values: ArrayLike, rewards: ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw what a game is worth to an agent from step to step, and mark what it caught.

    Parameters
    ----------
    values : array, shape (steps,)
        The value of the best action before each step.
    rewards : array, shape (steps,)
        What each step brought.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A line, with a mark wherever a reward came.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(8.4, 3.2))[1]
    worth, came = np.asarray(values, dtype=float), np.asarray(rewards, dtype=float)
    ax.plot(worth, color="C0")
    for name, reward, marker, colour in (("apple caught", 1, "o", "C2"), ("stone caught", -1, "X", "C1")):
        at = np.flatnonzero(came == reward)
        ax.plot(at, worth[at], marker, color=colour, markersize=10, label=f"{name}: {len(at)}")
    ax.set(xlabel="step of the game", ylabel="value of the best action")
    ax.grid(True)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    caught, hit = int((came > 0).sum()), int((came < 0).sum())
    return describe(
        ax,
        f"The value rises and falls between {worth.min():.1f} and {worth.max():.1f}; it peaks just before an apple is "
        f"caught. In {len(worth)} steps, apples caught: {caught}; stones: {hit}.",
    )


def show_heeded(pictures: ArrayLike, maps: ArrayLike, *, titles: Sequence[str] = (), alt: str) -> NDArray[Any]:
    """Show pictures of a game, and below each a signed map of what speaks for the chosen action's value.

    Parameters
    ----------
    pictures : array, shape (n, height, width), in [0, 1]
        The pictures.
    maps : array, shape (n, height, width)
        Signed: what raises the value is blue, what lowers it orange. All share one scale.
    titles : sequence of str
        One a picture.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (2, n)
        Pictures above, maps below.
    """
    import matplotlib.pyplot as plt

    seen, signed = np.asarray(pictures, dtype=float), np.asarray(maps, dtype=float)
    most = float(np.abs(signed).max()) or 1.0
    axes = plt.subplots(2, len(seen), figsize=(2.4 * len(seen), 5.0), squeeze=False)[1]
    for place, (above, below) in enumerate(axes.T):
        show_image(seen[place], above, title=titles[place] if len(titles) else None)
        show_image(signed[place], below, signed=True, limit=most)
        rows, columns = np.nonzero(seen[place])
        below.plot(columns, rows, "s", markersize=3, color="black", fillstyle="none", markeredgewidth=0.8)
    return np.asarray(describe(axes, alt))


def _tenths(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}"  # so that no −0.0 is shown


def _enlarged(picture: NDArray[Any]) -> NDArray[Any]:
    """Enlarge a picture, with a grey rim that shows where the field ends."""
    large = np.kron(picture, np.ones((ENLARGED, ENLARGED)))
    return np.pad(large, ENLARGED // 2, constant_values=0.35)
