"""A training under watch: its state, its curve, and what went wrong, in words."""

from __future__ import annotations

import linecache
import math
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncourse.widgets._training_curves import Curve, horizon_for

if TYPE_CHECKING:
    from cnncourse.training import Record, Training

OVER = {"finished", "stopped"}  # states that a run does not leave
MOST_POINTS = 100  # validation points that a page is sent
LONGEST = 600  # letters of an error message
NOT_OWN = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))


class Watched:
    """A training, step by step: nothing that happens in a step ends the watching.

    Parameters
    ----------
    run : Training
        What to watch. Steps that it has taken already are on the curve.
    name : str
        What to call it; "" names it by its learning rate and batch size.
    number : int
        What the page calls it.
    first : nn.Module, optional
        A copy of the network before its first step.

    Attributes
    ----------
    state : {"ready", "training", "paused", "finished", "stopped", "diverged", "failed"}
        Where it is. What has finished or was stopped is over; all others can go on.
    curve : Curve
        Loss and accuracy of its steps, those included that a divergence made undone.
    last : Record or None
        The newest step on the curve.
    points : list of (float, float)
        Epoch and accuracy on the validation set.
    rates, batches : list
        The learning rate it began with, and the one it has now if that is another; batch sizes likewise.
    said : str
        Why it stands, if there is more to say than its state.
    fault : dict
        What went wrong in the learner's network, for the page; empty if nothing did.
    """

    def __init__(self, run: Training, name: str = "", *, number: int = 1, first: Any = None) -> None:
        self.run, self.number, self.first = run, number, first
        self.called = name
        self._steps: Iterator[Record] = iter(())
        self.state, self.said = "ready", ""
        self.fault: dict[str, Any] = {}
        self.rates, self.batches = [run.learning_rate], [run.batch]
        self._begin_curve()
        self.settle()

    def _begin_curve(self) -> None:
        self.curve, self._seen = Curve(horizon=horizon_for(self.run.steps)), 0
        self.last: Record | None = None
        self.points: list[tuple[float, float]] = []
        self._paced_from = (0.0, 0.0)  # seconds and epochs since when the pace holds
        self.catch_up()

    @property
    def name(self) -> str:
        """What it is called."""
        return self.called or f"rate {_ways(self.rates)}, batch {_ways(self.batches)}"

    @property
    def pace(self) -> float | None:
        """Seconds an epoch, at the present batch size; None before there is something to tell it from."""
        if self.last is None:
            return None
        seconds, epochs = self.last.seconds - self._paced_from[0], self.last.epoch - self._paced_from[1]
        return seconds / epochs if epochs > 0 else None

    def begin(self) -> None:
        """Get ready for steps, the first or further ones; after a divergence those that count again."""
        undone = self.state == "diverged"
        self.state, self.said, self.fault = "training", "", {}
        if undone:
            self._begin_curve()
        self._steps = iter(self.run)

    def step(self) -> Record | None:
        """Take one step; None if there was none, and `state` says why.

        Raises
        ------
        Exception
            Whatever happened in the step, after `state`, `said` and `fault` were set to it.
        """
        try:
            record = next(self._steps, None)
        except Exception as error:
            self._fail(error)
            raise
        self.catch_up()
        if record is None:
            self.settle()
        return record

    def rest(self, why: str = "") -> None:
        """Pause between two steps, if it is training."""
        if self.state != "training":
            return
        self._steps = iter(())  # what is left of a loop ends here; the next one goes on at the same step
        self.said, self.state = why, "paused"
        self.look()

    def look(self) -> None:
        """See what was done to the run elsewhere, while it rested here."""
        if self.state != "training":
            self.catch_up()
            self.settle()

    def end(self) -> None:
        """Stop for good."""
        self.rest()
        self.run.stop()
        self.settle()

    def settle(self) -> None:
        """Tell the state from the run, unless something ended it: finished, stopped before, paused, or not begun."""
        if self.run.finished:
            self.state = "finished" if len(self.run.records) >= self.run.steps else "stopped"
        elif self.state not in {"diverged", "failed"}:
            self.state = "paused" if self.run.records else "ready"

    def set(self, *, rate: float, batch: int) -> None:
        """Change learning rate and batch size from the next step on."""
        if batch != self.run.batch and self.last is not None:
            self._paced_from = (self.last.seconds, self.last.epoch)
        self.run.learning_rate, self.run.batch = rate, batch
        self._note_settings()

    def _note_settings(self) -> None:
        begun = bool(self.run.records)
        self.rates = _changed(self.rates, self.run.learning_rate, begun=begun)
        self.batches = _changed(self.batches, self.run.batch, begun=begun)

    def catch_up(self) -> None:
        """Put on the curve what the run has done, here or elsewhere; what a divergence undid stays till it goes on."""
        if self.state == "diverged":
            return
        if len(self.run.records) < self._seen:  # it diverged in a loop of its own, and took steps back
            self._begin_curve()
        for record in self.run.records[self._seen :]:
            self.curve.add(record)
            self.last = record
            if record.validation is not None:
                self.points.append((record.epoch, record.validation))
        self._seen = len(self.run.records)
        self._note_settings()

    def _fail(self, error: Exception) -> None:
        from cnncourse.training import Diverged, Record

        if not isinstance(error, Diverged):
            self.state, self.fault = "failed", fault_in(error, self.run.model)
            return
        self.state, self.said = "diverged", str(error)
        epoch = (self.last.epoch if self.last else 0) + self.run.batch / len(self.run.labels)
        told = {"loss": error.loss, "accuracy": math.nan, "learning_rate": error.learning_rate, "seconds": math.nan}
        self.curve.add(Record(error.step, self.run.steps, epoch, **told))  # the step that was too much


def _changed(values: list[Any], new: Any, *, begun: bool) -> list[Any]:
    return [*values[:1], new] if begun and new != values[0] else [new]


def _ways(values: list[Any]) -> str:
    return " → ".join(f"{value:g}" for value in values)


def fault_in(error: BaseException, model: Any) -> dict[str, Any]:
    """Say what went wrong in a step, in which layer, and in which line of the learner's own code.

    Parameters
    ----------
    error : exception
        With its traceback.
    model : nn.Module
        The network.

    Returns
    -------
    dict
        ``kind`` and ``message``; ``line`` and ``source`` of the last line that is neither the course's nor a
        library's, 0 and "" if there is none; ``name``, where it happened.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = next((frame for frame in reversed(frames) if not frame.filename.startswith(NOT_OWN)), None)
    line = own.lineno or 0 if own else 0
    layer = _layer(error, model)
    return {
        "kind": type(error).__name__,
        "message": str(error)[:LONGEST],
        "line": line,
        "source": linecache.getline(own.filename, line).strip() if own else "",
        "name": (f"{own.name}" if own else "your network") + (f", layer {layer}" if layer else ""),
    }


def _layer(error: BaseException, model: Any) -> str:
    names = {id(module): name for name, module in model.named_modules() if name}
    inside = [frame.f_locals.get("self") for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next((f"{names[id(one)]} ({type(one).__name__})" for one in reversed(inside) if id(one) in names), "")
