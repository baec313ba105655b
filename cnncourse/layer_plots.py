"""Figures of lesson 04: a network as boxes to scale, the connections of a layer, activation functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, SIDE, TOP, EDGE = "#D9E8F5", "#A9CBE8", "#C3DAEF", "#0B4F80"
SHARED = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DEEPEST, THINNEST, FLATTEST = 0.9, 0.03, 0.05  # shares of the largest map's side
GAP, MARGIN, FLOOR = 1.3, 0.25, 0.95  # between two boxes, at the ends, and below for the words
SLANT = np.array([0.7, 0.5])  # how the third dimension is drawn
SHORT = {
    "Conv2d": "convolution", "MaxPool2d": "max pooling", "AvgPool2d": "average pooling", "Linear": "dense",
    "AdaptiveAvgPool2d": "average pooling", "Flatten": "flatten",
}  # fmt: skip


class Stage(Protocol):
    """A layer with a kind and the shape of what leaves it, such as `cnncourse.architecture.LayerCount`."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def shape(self) -> tuple[int, ...]: ...  # noqa: D102


class Network(Protocol):
    """What `cnncourse.architecture.describe_network` or `cnncourse.blueprints.count_layers` returns."""

    @property
    def input_shape(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def layers(self) -> Sequence[Stage]: ...  # noqa: D102


def stages(network: Network) -> list[tuple[str, tuple[int, ...]]]:
    """Put layers together that leave the shape as it is.

    Parameters
    ----------
    network : Network
        From `cnncourse.architecture.describe_network`.

    Returns
    -------
    list of (str, shape)
        The input, then a name and a shape for each change of shape; layers that change none are not drawn.

    Examples
    --------
    >>> from cnncourse.blueprints import count_layers
    >>> stages(count_layers((1, 6, 6), [{"kind": "activation"}, {"kind": "flatten"}]))
    [('input', (1, 6, 6)), ('flatten', (36,))]
    """
    found = [("input", tuple(network.input_shape))]
    for layer in network.layers:
        if tuple(layer.shape) != found[-1][1]:
            found.append((SHORT.get(layer.kind, layer.kind), tuple(layer.shape)))
    return found


def show_network(network: Network, ax: Axes | None = None, *, title: str | None = None, alt: str | None = None) -> Axes:
    """Draw a network as boxes: faces to one scale, depths (the number of maps) to another, rows of numbers to a third.

    Parameters
    ----------
    network : Network
        From `cnncourse.architecture.describe_network`.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    title : str, optional
        Written above.
    alt : str, optional
        What the figure shows; by default the shapes in order.

    Returns
    -------
    Axes
        With the boxes drawn.
    """
    parts = stages(network)
    scales = _scales([shape for _, shape in parts])
    sizes = [_sizes(shape, scales) for _, shape in parts]
    lefts = [sum(face[0] + depth * SLANT[0] + GAP for face, depth in sizes[:place]) for place in range(len(parts) + 1)]
    end, top = lefts[-1] - GAP, max(face[1] / 2 + depth * SLANT[1] for face, depth in sizes)
    ax = ax or _wide_axes(end + 2 * MARGIN, top + FLOOR)
    for place, ((name, shape), (face, depth)) in enumerate(zip(parts, sizes, strict=True)):
        right = _draw_box(ax, lefts[place], face, depth, sheets=shape[0] if len(shape) == 3 else 1)
        ax.text((lefts[place] + right) / 2, -0.6, " × ".join(map(str, shape)), ha="center", va="top", fontsize=11)
        if place:
            _arrow(ax, lefts[place] - GAP, lefts[place], name)
    ax.set(xlim=(-MARGIN, end + MARGIN), ylim=(-FLOOR, top + 0.05), aspect="equal", title=title)
    ax.axis("off")
    words = "; ".join(f"{name}: {' × '.join(map(str, shape))}" for name, shape in parts)
    return _described(ax, alt or f"A network drawn as boxes from left to right. {words}")


def show_connections(
    matrix: ArrayLike, ax: Axes | None = None, *, title: str | None = None, missing: bool = True
) -> Axes:
    """Draw the weights of a layer as lines between inputs and outputs; equal weights have the same colour.

    Parameters
    ----------
    matrix : array, shape (outputs, inputs)
        The weights; 0 is no connection.
    ax : Axes, optional
        Where to draw; a new figure if there is none.
    title : str, optional
        Written above.
    missing : bool
        Whether connections that are not there are hinted at in light grey.

    Returns
    -------
    Axes
        Inputs stand on the left, outputs on the right.
    """
    weights = np.asarray(matrix, dtype=float)
    ax = ax or _wide_axes(4.0, 3.6)
    outputs, inputs = weights.shape
    shared = {value: SHARED[i % len(SHARED)] for i, value in enumerate(dict.fromkeys(weights[weights != 0].tolist()))}
    rows = {0: _spread(inputs), 1: _spread(outputs)}
    many = len(shared) > len(SHARED)  # no weight is shared: one colour for all says so
    for (output, source), weight in sorted(np.ndenumerate(weights), key=lambda item: item[1] != 0):
        colour, width = ("#E3E3E3", 0.8) if weight == 0 else ("#777777", 0.9) if many else (shared[weight], 2.0)
        if weight or missing:
            ends = [rows[0][source], rows[1][output]]
            ax.plot([0, 1], ends, color=colour, linewidth=width, zorder=1 + bool(weight))
    for side, heights in rows.items():
        ax.scatter([side] * len(heights), heights, s=170, facecolor="white", edgecolor="black", zorder=3)
    ax.set(xlim=(-0.15, 1.15), title=title)
    ax.axis("off")
    words = f"{inputs} circles on the left, {outputs} on the right, and {(weights != 0).sum()} lines between them"
    return _described(ax, f"{title or 'A layer'}: {words}, with {len(shared)} different weights")


class Bend(Protocol):
    """A function with its derivative, such as `cnncourse.nonlinearities.Activation`."""

    @property
    def function(self) -> Callable[..., Any]: ...  # noqa: D102
    @property
    def derivative(self) -> Callable[..., Any]: ...  # noqa: D102


def show_bends(bends: Mapping[str, Bend], values: ArrayLike, *, alt: str) -> NDArray[Any]:
    """Draw functions side by side and their derivatives below, each before all the others in grey.

    Parameters
    ----------
    bends : mapping of str to Bend
        A column each; several of them would hide each other in one panel.
    values : array
        What comes in.
    alt : str
        What the figure shows, for those who cannot see it.

    Returns
    -------
    array of Axes, shape (2, functions)
        Each row with one scale.
    """
    import matplotlib.pyplot as plt

    at = np.asarray(values, dtype=float)
    size = (2.2 * len(bends), 4.8)
    axes = plt.subplots(2, len(bends), sharex=True, sharey="row", squeeze=False, figsize=size)[1]
    for column, (name, bend) in zip(axes.T, bends.items(), strict=True):
        for ax, part in zip(column, ("function", "derivative"), strict=True):
            for other in bends.values():
                ax.plot(at, getattr(other, part)(at), color="0.85")
            ax.plot(at, getattr(bend, part)(at), color=f"C{part == 'derivative':d}", linewidth=2.5)
        column[0].set(title=name, ylim=(-1.4, 2.5))
        column[1].set(xlabel="what comes in", ylim=(-0.1, 1.25))
    axes[0, 0].set_ylabel("what goes out")
    axes[1, 0].set_ylabel("slope")
    return np.asarray(describe(axes, alt))


def _spread(count: int) -> list[float]:
    return [(count - 1) / 2 - place for place in range(count)]


def _scales(shapes: Iterable[tuple[int, ...]]) -> tuple[int, int, int]:
    """Return the largest side of a map, the largest number of maps, and the longest row of numbers."""
    known = list(shapes)
    maps, flat = [s for s in known if len(s) == 3], [s for s in known if len(s) == 1]
    side = max((n for s in maps for n in s[1:]), default=1)
    return side, max((s[0] for s in maps), default=1), max((s[0] for s in flat), default=1)


def _sizes(shape: tuple[int, ...], scales: tuple[int, int, int]) -> tuple[tuple[float, float], float]:
    """Return width and height of the face, and the depth, in shares of the largest map's side."""
    side, deepest, longest = scales
    if len(shape) != 3:
        return (FLATTEST, max(FLATTEST, shape[0] / longest)), FLATTEST
    width, height = (max(FLATTEST, shape[i] / side) for i in (2, 1))
    return (width, height), max(THINNEST, DEEPEST * shape[0] / deepest)


def _draw_box(ax: Axes, left: float, face: tuple[float, float], depth: float, *, sheets: int) -> float:
    """Draw a box whose face is centred at height 0 and return where its right edge ends."""
    from matplotlib.patches import Polygon

    width, height = face
    low, back = np.array([left, -height / 2]), depth * SLANT
    right, up = np.array([width, 0.0]), np.array([0.0, height])
    faces = (
        (TOP, [low + up, low + up + back, low + up + back + right, low + up + right]),
        (SIDE, [low + right, low + right + back, low + right + back + up, low + right + up]),
        (PAPER, [low, low + right, low + right + up, low + up]),
    )
    for colour, corners in faces:
        ax.add_patch(Polygon(np.array(corners), facecolor=colour, edgecolor=EDGE, linewidth=1.0))
    for share in np.arange(1, sheets) / sheets if 1 < sheets <= 16 else []:  # so few that they can be counted
        line = np.array([low + up + share * back, low + up + share * back + right, low + right + share * back])
        ax.plot(*line.T, color=EDGE, linewidth=0.7)
    return float(left + width + back[0])


def _arrow(ax: Axes, start: float, end: float, name: str) -> None:
    look = {"arrowstyle": "-|>", "color": "#555555", "linewidth": 1.2}
    ax.annotate("", xy=(end - 0.12, 0), xytext=(start + 0.12, 0), arrowprops=look)
    ax.text((start + end) / 2, 0.14, name.replace(" ", "\n"), ha="center", va="bottom", fontsize=10, color="#333333")


def _wide_axes(width: float, height: float) -> Axes:
    """Make axes whose units are so large that words fit between two boxes."""
    import matplotlib.pyplot as plt

    unit = min(1.15, 11.0 / width)
    return plt.subplots(figsize=(unit * width, unit * height + 0.2))[1]


def _described(ax: Axes, text: str) -> Axes:
    figure = ax.get_figure(root=True)
    if figure is not None and not getattr(figure, "text_alternative", ""):
        describe(ax, text)
    return ax
