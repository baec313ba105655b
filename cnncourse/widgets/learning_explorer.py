"""A kernel that learns: its weights and its error, step by step, at a learning rate of one's choice (lesson 03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.kernel_learning import Learned, moments
from cnncourse.widgets._base import Explorer, SettingError, Whole, join_modules, join_styles
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["LearningExplorer", "arrays"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels of a picture to learn from
LARGEST, MOST_STEPS, TOO_FAR = 7, 300, 1.3  # side of a kernel; steps; largest rate offered, in rates that just hold


def arrays(kernel: ArrayLike, products: ArrayLike, *, rate: float, steps: int) -> Learned:
    """Compute all that the explorer shows: gradient descent towards a kernel, from the moments of a picture.

    Parameters
    ----------
    kernel : array, shape (height, width)
        The weights to be found.
    products : array, shape (height * width, height * width)
        From `cnncourse.kernel_learning.moments`.
    rate : float
        How far a step goes.
    steps : int
        How many.

    Returns
    -------
    Learned
        The same kernels and losses as `cnncourse.kernel_learning.learn_kernel` finds with the picture itself.

    Examples
    --------
    >>> arrays([[2.0]], [[1.0]], rate=0.25, steps=2).losses
    array([4.  , 1.  , 0.25])
    """
    target, table = np.asarray(kernel, dtype=float), np.asarray(products, dtype=float)
    apart, kernels, losses = -target.ravel(), [], []
    for _ in range(steps + 1):
        kernels.append(target + apart.reshape(target.shape))
        losses.append(apart @ table @ apart)
        apart = apart - rate * 2 * table @ apart
    return Learned(np.array(kernels), np.array(losses))


class LearningExplorer(Explorer):
    """A kernel on its way from zeros to a target, with its error; play it, step through it, change the rate.

    Parameters
    ----------
    kernel : array, shape (height, width), up to 7 × 7
        What is to be learned.
    pictures : array of shape (height, width), path, or a mapping of names to such pictures
        What to learn from: every picture goes in, and what the target makes of it is the answer wanted.
    rate : float, optional
        The learning rate; by default three quarters of the largest one that does not run away.
    steps : int
        How many steps are computed, up to 300.

    Attributes
    ----------
    picture : str
        The name of the one learned from.
    rate : float
    step : int
        The step shown.

    Raises
    ------
    ValueError
        If the kernel or a picture is not what it should be, or there is no picture of that name.

    Examples
    --------
    >>> explorer = LearningExplorer([[1.0, -1.0]], np.eye(4), rate=1.0)
    >>> explorer.way.kernels[0]
    array([[0., 0.]])
    """

    _esm = join_modules("learning_explorer.js")
    _css = join_styles("explorer.css", "chart.css")

    kernel = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)
    names = traitlets.List(traitlets.Unicode(), help="a saved state sorts those of a dict").tag(sync=True)
    moments = traitlets.Dict().tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)
    too_far = traitlets.Float(TOO_FAR).tag(sync=True)
    picture = traitlets.Unicode("").tag(sync=True)
    rate = traitlets.Float(1.0).tag(sync=True)
    step = Whole(0, least=0, why="steps are counted from the start").tag(sync=True)
    steps = Whole(200, least=1, why="without a step nothing is learned").tag(sync=True)

    def __init__(self, kernel: ArrayLike, pictures: Any, *, rate: float | None = None, steps: int = 200) -> None:
        target = _checked_kernel(kernel)
        named = pictures if isinstance(pictures, Mapping) else {"your picture": pictures}
        tables = {str(name): _table(picture, target.shape) for name, picture in named.items()}
        if not tables:
            raise SettingError("expected one picture or more to learn from, got none")
        first = next(iter(tables))
        limits = {name: 1 / max(float(np.linalg.eigvalsh(table)[-1]), 1e-12) for name, table in tables.items()}
        super().__init__(
            kernel=target.tolist(),
            names=list(tables),
            moments={name: table.tolist() for name, table in tables.items()},
            limits=limits,
            picture=first,
            rate=0.75 * limits[first] if rate is None else rate,
            steps=min(steps, MOST_STEPS),
        )
        self._tell()
        self.observe(lambda change: self._tell(), ["picture", "rate", "step"])

    @property
    def way(self) -> Learned:
        """All kernels on the way, and their errors."""
        return arrays(self.kernel, self.moments[self.picture], rate=self.rate, steps=self.steps)

    @traitlets.validate("picture")
    def _check_picture(self, proposal: Any) -> str:
        if proposal["value"] not in self.moments:
            raise SettingError(f"expected a picture out of {', '.join(self.moments)}, got {proposal['value']!r}")
        return str(proposal["value"])

    @traitlets.validate("rate")
    def _check_rate(self, proposal: Any) -> float:
        if not proposal["value"] >= 0:
            raise SettingError(f"expected a learning rate of 0 or more, got {proposal['value']!r}: below 0 it climbs")
        return float(proposal["value"])

    def _tell(self) -> None:
        way, step = self.way, min(self.step, self.steps)
        apart = np.abs(way.kernels[step] - np.asarray(self.kernel)).max()
        self.description = (
            f"A kernel learned from: {self.picture}, with rate {self.rate:.3g}. At step {step} of {self.steps} the "
            f"error is {way.losses[step]:.3g}, and the farthest weight is {apart:.3g} off its target."
        )

    def panels(self) -> Sequence[Panel]:
        """Return three kernels on the way and the target for the still picture."""
        way = self.way
        places = sorted({0, min(3, self.steps), self.steps})
        shown = [Panel(f"Step {place}", way.kernels[place], signed=True) for place in places]
        return [*shown, Panel("Target", np.array(self.kernel, dtype=float), signed=True)]


def _checked_kernel(kernel: ArrayLike) -> Array:
    weights = np.asarray(kernel, dtype=float)
    if weights.ndim != 2 or not 0 < max(weights.shape) <= LARGEST or not np.isfinite(weights).all():
        raise SettingError(
            f"expected a kernel of finite weights with up to {LARGEST} × {LARGEST}, got shape {weights.shape}"
        )
    return weights


def _table(picture: Any, shape: tuple[int, ...]) -> Array:
    values = read_picture(picture, grey=True, limit=LIMIT).values
    if min(np.array(values.shape) - np.array(shape)) < 0:
        raise SettingError(f"expected a picture that holds the {shape} kernel, got shape {values.shape}")
    return moments(np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0), (shape[0], shape[1]))
