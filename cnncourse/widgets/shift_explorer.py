"""A picture to push around, and four ways to make a filter's answer smaller: what stays (lesson 05)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate
from cnncourse.kernels import KERNELS
from cnncourse.pooling import average_pool, blur_pool, max_pool, subsample
from cnncourse.shifts import change, moved, shifted
from cnncourse.widgets._base import (
    Explorer,
    SettingError,
    Whole,
    array_to_wire,
    join_modules,
    join_styles,
    wire_to_array,
)
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["ShiftExplorer", "Shifted", "arrays", "framed"]

Array = NDArray[np.float64]
LIMIT = 40_000  # pixels that a page can filter and pool anew while the picture is dragged
LARGEST_SHIFT, LARGEST_SIZE = 8, 8  # pixels
LEAST_SIDE = 48  # pixels; a smaller picture is framed, or the window would hide most of it
COMPARISONS = {"stays": "does it stay?", "moves": "does it move along?"}
WAYS: dict[str, tuple[str, Callable[[ArrayLike, int], Array]]] = {
    "answer": ("filter’s answer", lambda answer, size: np.asarray(answer)),
    "max": ("max pooling", max_pool),
    "average": ("average pooling", average_pool),
    "stride": ("stride", subsample),
    "blur": ("blur, then stride", blur_pool),
}


class Outcome(NamedTuple):
    """What one way of pooling makes of the shifted picture.

    Attributes
    ----------
    after : array, shape (rows, columns)
        Its answer.
    expected : array, same shape
        What it is compared with; NaN where that is not known.
    stays, moves : float
        `cnncourse.shifts.change` against the unshifted answer, and against the same moved along.
    """

    after: Array
    expected: Array
    stays: float
    moves: float


class Shifted(NamedTuple):
    """What the explorer shows: the picture behind its window, and an outcome for each name in `WAYS`."""

    picture: Array
    outcomes: dict[str, Outcome]


def framed(image: ArrayLike) -> Array:
    """Lay a frame of copied edge pixels around a picture too small for its window; others stay as they are.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture.

    Returns
    -------
    array, shape (height, width) or (height + 32, width + 32)
        With pixels to spare on every side.

    Examples
    --------
    >>> framed(np.zeros((28, 20))).shape, framed(np.zeros((60, 48))).shape
    ((60, 52), (60, 48))
    """
    picture = np.asarray(image, dtype=float)
    return picture if min(picture.shape) >= LEAST_SIDE else np.pad(picture, 2 * LARGEST_SHIFT, mode="edge")


def arrays(
    image: ArrayLike, kernel: ArrayLike, shift: tuple[int, int], *, size: int = 2, compare: str = "stays"
) -> Shifted:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width)
        The whole picture; what is seen is 8 pixels smaller on every side, so that nothing is invented at the border.
    kernel : array, shape (height, width)
        The filter; negative answers become 0, as behind a ReLU.
    shift : (int, int), pixels, in [-8, 8]
        How far the picture moves, down and to the right.
    size : int, pixels
        Side of the blocks.
    compare : {"stays", "moves"}
        Whether to compare with the unshifted answer, or with the same moved along.

    Returns
    -------
    Shifted
        The picture and the outcomes.

    Examples
    --------
    Upright stripes: one pixel to the right, a stride of 2 sees the opposite, and an average the same.

    >>> outcomes = arrays(np.tile([0.0, 1.0], (48, 24)), [[1.0]], (0, 1)).outcomes
    >>> outcomes["stride"].stays, outcomes["average"].stays, outcomes["answer"].moves
    (1.0, 0.0, 0.0)
    """
    whole = framed(image)
    views = [shifted(whole, *where, margin=LARGEST_SHIFT) for where in ((0, 0), shift)]
    before, after = (np.maximum(correlate(view, kernel), 0) for view in views)
    outcomes = {name: _outcome(before, after, name, (shift, size, compare)) for name in WAYS}
    return Shifted(np.asarray(views[1], dtype=float), outcomes)


def _outcome(before: Array, after: Array, name: str, settings: tuple[tuple[int, int], int, str]) -> Outcome:
    (down, right), size, compare = settings
    rest, now = (WAYS[name][1](answer, size) for answer in (before, after))
    step = 1 if name == "answer" else size
    along = moved(rest, down / step, right / step)
    expected = rest if compare == "stays" else along
    return Outcome(np.asarray(now, dtype=float), expected, change(rest, now), change(along, now))


class ShiftExplorer(Explorer):
    """A picture that is shifted, a filter's answer, and four poolings of it with their change; computed in the page.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        The picture. Colour is turned into brightness.
    kernel : str
        A name in `cnncourse.kernels.KERNELS`; negative answers become 0.
    size : int, pixels, in [2, 8]
        Side of the blocks that are pooled.
    shift : (int, int), pixels, in [-8, 8]
        How far the picture is moved, down and to the right.
    compare : {"stays", "moves"}
        What the differences are taken from: the unshifted answer, or the same moved along with the picture.

    Attributes
    ----------
    image, kernel, size, shift, compare
        What is shown; assign to change it.

    Raises
    ------
    ValueError
        If the picture or a setting is not what it should be.

    Examples
    --------
    >>> explorer = ShiftExplorer(np.tile([0.0, 1.0], (48, 24)), kernel="identity", shift=(0, 1))
    >>> explorer.outcomes["stride"].stays
    1.0
    """

    _esm = join_modules("shift_explorer.js")
    _css = join_styles("explorer.css", "shift_explorer.css")

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    kernel = traitlets.Unicode("Sobel, left to right").tag(sync=True)
    size = Whole(2, least=2, why="a block of 1 would keep everything").tag(sync=True)
    shift = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    compare = traitlets.Unicode("stays").tag(sync=True)
    kernels = traitlets.Dict({name: weights.tolist() for name, weights in KERNELS.items()}).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        image: Any,
        *,
        kernel: str = "Sobel, left to right",
        size: int = 2,
        shift: tuple[int, int] = (0, 0),
        compare: str = "stays",
    ) -> None:
        picture = read_picture(image, grey=True, limit=LIMIT, unit=True)
        given = {"image": picture.values, "kernel": kernel, "size": size, "shift": shift, "compare": compare}
        super().__init__(**given, note=picture.note)
        self._tell()
        self.observe(lambda change: self._tell(), list(given))

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What the filter and each way of pooling make of the shifted picture, by the names in `WAYS`."""
        return self._shown().outcomes

    def _shown(self) -> Shifted:
        image = np.nan_to_num(self.image, posinf=1.0, neginf=0.0)  # one NaN would make every change a NaN
        return arrays(image, KERNELS[self.kernel], self.shift, size=self.size, compare=self.compare)

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        return read_picture(proposal["value"], grey=True, limit=LIMIT, unit=True).values

    @traitlets.validate("kernel")
    def _check_kernel(self, proposal: Any) -> str:
        if proposal["value"] not in KERNELS:
            raise SettingError(f"expected a kernel out of {'; '.join(KERNELS)}; got {proposal['value']!r}")
        return str(proposal["value"])

    @traitlets.validate("size")
    def _check_size(self, proposal: Any) -> int:
        if proposal["value"] > LARGEST_SIZE:
            raise SettingError(f"expected blocks of 2 to {LARGEST_SIZE} pixels, got {proposal['value']}; try 4")
        return int(proposal["value"])

    @traitlets.validate("shift")
    def _check_shift(self, proposal: Any) -> tuple[int, int]:
        down, right = proposal["value"]
        if max(abs(down), abs(right)) > LARGEST_SHIFT:
            raise SettingError(
                f"expected a shift from −{LARGEST_SHIFT} to {LARGEST_SHIFT} pixels down and to the right, "
                f"got {proposal['value']}; more than that lies outside the picture"
            )
        return down, right

    @traitlets.validate("compare")
    def _check_compare(self, proposal: Any) -> str:
        if proposal["value"] not in COMPARISONS:
            raise SettingError(f"expected compare as one out of {', '.join(COMPARISONS)}, got {proposal['value']!r}")
        return str(proposal["value"])

    def _tell(self) -> None:
        down, right = self.shift
        found = [
            f"{WAYS[name][0]} {'–' if np.isnan(value) else f'{value:.0%}'}"
            for name, value in ((name, getattr(one, self.compare)) for name, one in self.outcomes.items())
        ]
        high, wide = (length - 2 * LARGEST_SHIFT for length in framed(self.image).shape)
        self.description = (
            f"A picture of {high} × {wide} pixels, moved by {down} down and {right} to the right, the answer of the "
            f"filter “{self.kernel}”, and blocks of {self.size} × {self.size} in four ways. "
            f"Change, {COMPARISONS[self.compare]} {', '.join(found)}."
        )

    def panels(self) -> Sequence[Panel]:
        """Return the picture, the filter's answer and the four poolings for the still picture."""
        shown = self._shown()
        most = max(float(np.nanmax(one.after, initial=0)) for one in shown.outcomes.values()) or 1.0
        title = {"stays": "stays", "moves": "moves along"}[self.compare]
        return [Panel("Picture", shown.picture)] + [
            Panel(f"{WAYS[name][0]}: {title}, {getattr(one, self.compare):.0%} changed", one.after / most)
            for name, one in shown.outcomes.items()
        ]
