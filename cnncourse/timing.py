"""How long several ways to do the same thing take on this machine, as numbers, as a table and as a plot (lesson 02)."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
Method = Callable[..., NDArray[Any]]
REPEATS = 5
LABEL_GAP = 1.6  # names nearer than this factor would touch
ENOUGH = 0.1  # seconds after which one measurement is not repeated: by then chance disturbances matter little


class Times(NamedTuple):
    """What was measured.

    Attributes
    ----------
    sizes : tuple of int, pixels
        Sides of the square kernels.
    seconds : dict of str to array, shape (sizes,), seconds
        For every method its best time at each size; NaN where it was not tried.
    """

    sizes: tuple[int, ...]
    seconds: dict[str, Array]


def time_methods(
    methods: Mapping[str, Method],
    image: NDArray[Any],
    sizes: Sequence[int],
    *,
    patience: float = 0.5,
    clock: Callable[[], float] = time.perf_counter,
) -> Times:
    """Measure how long each method takes to slide kernels of growing size over one picture (lesson 02).

    Parameters
    ----------
    methods : mapping of str to function
        Each is called as ``method(image, kernel, padding=side // 2)``, so that the output keeps the picture's size.
    image : array, shape (height, width)
        The picture.
    sizes : sequence of int, pixels
        Sides of the kernels, growing.
    patience : float, seconds
        Once a call took longer, the method is spared all larger kernels.
    clock : function
        Tells the time in seconds.

    Returns
    -------
    Times
        The best of up to five calls each: the best is the one least disturbed by whatever else the machine does.

    Raises
    ------
    ValueError
        If the sizes do not grow.
    """
    if list(sizes) != sorted(set(sizes)):
        raise ValueError(f"expected kernel sizes that grow, got {list(sizes)}; a method stops at its first slow one")
    numbers = np.random.default_rng(0)
    kernels = [numbers.normal(size=(side, side)) for side in sizes]
    return Times(tuple(sizes), {name: _climb(m, image, kernels, patience, clock) for name, m in methods.items()})


def _climb(method: Method, image: NDArray[Any], kernels: list[Array], patience: float, clock: Any) -> Array:
    seconds = np.full(len(kernels), np.nan)
    method(image, kernels[0], padding=kernels[0].shape[0] // 2)  # untimed: a first call also loads what it needs
    for place, kernel in enumerate(kernels):
        seconds[place] = _best(partial(method, image, kernel, padding=kernel.shape[0] // 2), clock)
        if seconds[place] > patience:
            break
    return seconds


def _best(call: Callable[[], object], clock: Any) -> float:
    taken: list[float] = []
    while len(taken) < REPEATS and sum(taken) < ENOUGH:
        start = clock()
        call()
        taken.append(clock() - start)
    return min(taken)


def times_table(times: Times) -> str:
    """Write measured times as a table in milliseconds, a method a line.

    Parameters
    ----------
    times : Times
        From `time_methods`.

    Returns
    -------
    str
        Lines of text; a dash where a method was not tried.

    Examples
    --------
    >>> print(times_table(Times((3, 31), {"loops": np.array([0.052, np.nan]), "FFT": np.array([0.00041, 0.0006])})))
    milliseconds     3 × 3  31 × 31
    loops             52.0        –
    FFT               0.41     0.60
    """
    head = "milliseconds  " + "".join(f"{f'{side} × {side}':>9}" for side in times.sizes)
    lines = [f"{name:14}" + "".join(f"{_milliseconds(s):>9}" for s in row) for name, row in times.seconds.items()]
    return "\n".join([head.rstrip(), *lines])


def wins_from(times: Times, name: str) -> dict[str, int | None]:
    """Find the kernel from which on one method is faster than each of the others (lesson 02).

    Parameters
    ----------
    times : Times
        From `time_methods`.
    name : str
        The method that is compared with all others.

    Returns
    -------
    dict of str to int or None, pixels
        For every other method the side of the first kernel from which on it is the slower one; None where it is not
        even at its largest kernel.

    Raises
    ------
    ValueError
        If no method of that name was measured.

    Examples
    --------
    >>> wins_from(Times((3, 7), {"slide": np.array([1.0, 5.0]), "FFT": np.array([2.0, 2.0])}), "FFT")
    {'slide': 7}
    """
    if name not in times.seconds:
        raise ValueError(f"expected one of the methods {', '.join(times.seconds)}, got {name!r}")
    return {other: _first_win(times, name, other) for other in times.seconds if other != name}


def _first_win(times: Times, name: str, other: str) -> int | None:
    here, there = times.seconds[name], times.seconds[other]
    measured = np.flatnonzero(np.isfinite(here) & np.isfinite(there))
    faster = here[measured] < there[measured]
    losses = np.flatnonzero(~faster)
    first = losses[-1] + 1 if losses.size else 0
    return times.sizes[measured[first]] if first < len(measured) else None


def widest_gap(times: Times) -> tuple[str, str, int, float]:
    """Find the two methods and the kernel with the largest factor between their times (lesson 02).

    Parameters
    ----------
    times : Times
        From `time_methods`.

    Returns
    -------
    (str, str, int, float)
        The slow method, the fast one, the side of the kernel in pixels, and how many times as long the slow one took.

    Examples
    --------
    >>> widest_gap(Times((3, 5), {"loops": np.array([6.0, 8.0]), "FFT": np.array([2.0, 4.0])}))
    ('loops', 'FFT', 3, 3.0)
    """
    names, seconds = list(times.seconds), np.array(list(times.seconds.values()))
    factors = np.nanmax(seconds, axis=0) / np.nanmin(seconds, axis=0)
    place = int(factors.argmax())
    slow, fast = (names[int(find(seconds[:, place]))] for find in (np.nanargmax, np.nanargmin))
    return slow, fast, times.sizes[place], float(factors[place])


def show_times(times: Times, ax: Axes | None = None) -> Axes:
    """Draw measured times against the kernel's side, both on scales where equal steps are equal factors.

    Parameters
    ----------
    times : Times
        From `time_methods`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        With a line for each method, its name at the line's end.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots(figsize=(8.2, 4.6))[1]
    for seconds, marker in zip(times.seconds.values(), itertools.cycle("osD^vPX"), strict=False):
        known = np.isfinite(seconds)
        ax.loglog(np.array(times.sizes)[known], 1000 * seconds[known], marker=marker, clip_on=False)
    for name, (side, milliseconds) in _label_places(times).items():
        ax.annotate(name, (side, milliseconds), (9, 0), textcoords="offset points", va="center")
    ax.set_xticks(times.sizes, labels=[str(side) for side in times.sizes])
    ax.set_xticks([], minor=True)
    ax.set(xlabel="side of the kernel / pixels", ylabel="time / milliseconds")
    ax.grid(True, axis="y")
    describe(ax, _times_in_words(times))
    return ax


def _label_places(times: Times) -> dict[str, tuple[int, float]]:
    """Put each name at the end of its line, and lower where it would cover another."""
    ends = {name: int(np.flatnonzero(np.isfinite(seconds))[-1]) for name, seconds in times.seconds.items()}
    heights = {name: 1000 * float(times.seconds[name][end]) for name, end in ends.items()}
    taken: dict[int, float] = {}
    places = {}
    for name in sorted(heights, key=lambda name: -heights[name]):
        end = ends[name]
        taken[end] = min(heights[name], taken.get(end, np.inf) / LABEL_GAP)
        places[name] = (times.sizes[end], taken[end])
    return places


def _milliseconds(seconds: float) -> str:
    if np.isnan(seconds):
        return "–"
    decimals = 0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 2
    return f"{1000 * seconds:,.{decimals}f}"


def _times_in_words(times: Times) -> str:
    told: list[str] = []
    for name, seconds in times.seconds.items():
        known = np.flatnonzero(np.isfinite(seconds))
        told.append(
            f"{name} from {_milliseconds(seconds[known[0]])} at side {times.sizes[known[0]]} "
            f"to {_milliseconds(seconds[known[-1]])} at side {times.sizes[known[-1]]}"
        )
    return "Time in milliseconds against the side of the kernel, both scales logarithmic: " + "; ".join(told) + "."
