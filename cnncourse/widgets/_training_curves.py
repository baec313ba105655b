"""A curve that stays short while a training grows long: a row holds many steps, by lowest, highest, smoothed value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cnncourse.training import Record

COLUMNS = (
    "step", "epoch", "loss_low", "loss_high", "loss", "accuracy_low", "accuracy_high", "accuracy", "learning_rate",
)  # fmt: skip
MOST_ROWS = 256  # about as many as a chart has pixels to tell them apart
HORIZON, LEAST_HORIZON = 20, 3  # steps: about as far back as the smoothed values remember
NOTHING = np.full((1, len(COLUMNS)), np.nan, dtype=np.float32)
SURPRISE = math.log(10)  # the loss of guessing among ten classes
LARGEST = 1e30  # what a page can still compute with in 32 bits


def horizon_for(steps: int) -> int:
    """Choose how far smoothed values remember: in a short training less far, or they would lag behind it.

    Examples
    --------
    >>> horizon_for(1404), horizon_for(150), horizon_for(5)
    (20, 6, 3)
    """
    return max(LEAST_HORIZON, min(HORIZON, steps // 25))


class Smoothed:
    """A running mean that forgets: the newest value counts most, one `horizon` steps old a third of it.

    Parameters
    ----------
    horizon : int, steps
        How far back it remembers.

    Attributes
    ----------
    value : float
        The mean so far; NaN before the first number.

    Examples
    --------
    The first value is itself, not a mixture with an invented 0:

    >>> mean = Smoothed(horizon=2)
    >>> mean.add(4.0), mean.add(1.0)
    (4.0, 2.0)
    """

    def __init__(self, horizon: int = HORIZON) -> None:
        self._keep = 1 - 1 / horizon
        self._sum = self._weight = 0.0
        self.value = math.nan

    def add(self, number: float) -> float:
        """Take a number in and return the mean; what is not finite is left out."""
        if math.isfinite(number):
            self._sum = self._keep * self._sum + number
            self._weight = self._keep * self._weight + 1
            self.value = self._sum / self._weight
        return self.value


class Curve:
    """The steps of a training in at most `rows` rows, however many there are.

    When the rows are full, each two of them become one: its lowest and highest values are those of both, so that a
    single bad step stays visible among a million.

    Parameters
    ----------
    rows : int, even
        How many at most.
    horizon : int, steps
        How far back the smoothed values remember.

    Examples
    --------
    >>> from cnncourse.training import Record
    >>> curve = Curve(rows=2)
    >>> for step in (1, 2, 3):
    ...     curve.add(Record(step, 3, step / 3, loss=4.0 - step, accuracy=0.5, learning_rate=0.1, seconds=0.0))
    >>> curve.array[:, [0, 2, 3]]  # step, lowest loss, highest loss
    array([[2., 2., 3.],
           [3., 1., 1.]], dtype=float32)
    """

    def __init__(self, *, rows: int = MOST_ROWS, horizon: int = HORIZON) -> None:
        self._most, self.horizon = rows, horizon
        self._rows: list[list[float]] = []
        self._steps_a_row, self._in_last = 1, 0
        self._loss, self._accuracy = Smoothed(horizon), Smoothed(horizon)

    def add(self, record: Record) -> None:
        """Take a step in."""
        loss = record.loss if math.isnan(record.loss) else min(LARGEST, record.loss)
        smooth_loss, smooth_accuracy = self._loss.add(loss), self._accuracy.add(record.accuracy)
        row = [record.step, record.epoch, loss, loss, smooth_loss]
        row += [record.accuracy, record.accuracy, smooth_accuracy, record.learning_rate]
        if self._rows and self._in_last < self._steps_a_row:
            self._rows[-1] = _together(self._rows[-1], row)
            self._in_last += 1
            return
        if len(self._rows) == self._most:
            self._rows = [_together(*two) for two in zip(self._rows[::2], self._rows[1::2], strict=True)]
            self._steps_a_row *= 2
        self._rows.append(row)
        self._in_last = 1

    @property
    def array(self) -> NDArray[np.float32]:
        """The rows, shape (rows, 9), with columns as in `COLUMNS`; before the first step one row of NaN."""
        # Never empty: a saved notebook keeps where each array lay, and an array that is gone would be missing there.
        return np.array(self._rows, dtype=np.float32) if self._rows else NOTHING

    @property
    def last(self) -> dict[str, float]:
        """The newest row by the names in `COLUMNS`; empty before the first step."""
        return dict(zip(COLUMNS, self._rows[-1], strict=True)) if self._rows else {}


def _together(first: list[float], second: list[float]) -> list[float]:
    _, _, low, high, _, worst, best, _, _ = first
    step, epoch, low_2, high_2, loss, worst_2, best_2, accuracy, rate = second
    lows, highs = _range(low, low_2, high, high_2), _range(worst, worst_2, best, best_2)
    return [step, epoch, *lows, loss, *highs, accuracy, rate]


def _range(low: float, other_low: float, high: float, other_high: float) -> tuple[float, float]:
    # fmin and fmax pass over NaN, which min and max keep or drop by the order of their arguments.
    return float(np.fmin(low, other_low)), float(np.fmax(high, other_high))


def loss_scale(curves: Sequence[NDArray[np.float32]]) -> tuple[float, int, int]:
    """Choose the ends of the loss's axis for several curves.

    A curve that runs away leaves through the top: it would press all others flat.

    Parameters
    ----------
    curves : sequence of array, shape (rows, 9)
        From `Curve.array`.

    Returns
    -------
    (float, int, int)
        The top of the plain scale, which begins at 0; the lowest and the highest power of ten of the other one.

    Examples
    --------
    >>> row = [1, 0.1, 2.2, 2.4, 2.3, 0.1, 0.1, 0.1, 0.1]
    >>> loss_scale([np.array([row, row], dtype=np.float32)])
    (3.0, 0, 1)
    """
    losses = [curve[np.isfinite(curve[:, 4]), 4] for curve in curves]
    losses = [loss for loss in losses if len(loss)]
    if not losses:
        return 3.0, -2, 1
    usual = max(float(max(loss[0], np.quantile(loss, 0.9))) for loss in losses)
    most = min(usual, 2 * max(SURPRISE, max(float(loss[0]) for loss in losses)))
    least = max(1e-5, min(float(loss.min()) for loss in losses))
    top = _nice(1.15 * most)
    return top, min(math.floor(math.log10(least)), math.floor(math.log10(top))), math.ceil(math.log10(top))


def _nice(value: float) -> float:
    value = max(value, 1e-4)
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(step * power, 6) for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))
