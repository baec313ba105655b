"""Trainings to watch and to steer: growing curves, a learning rate to turn, buttons to pause and resume (lesson 06)."""

from __future__ import annotations

import base64
import html
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from cnncourse.widgets._base import Explorer, array_to_wire, join_modules, join_styles
from cnncourse.widgets._training_background import running_loop
from cnncourse.widgets._training_curves import NOTHING, loss_scale
from cnncourse.widgets._training_runs import ENDED, hint, offered_batches, possible, with_bar
from cnncourse.widgets._training_still import drawn, in_notebook
from cnncourse.widgets._training_switches import Switches
from cnncourse.widgets._training_words import summary

if TYPE_CHECKING:
    from cnncourse.training import Training

__all__ = ["TrainingMonitor"]

TELL_EVERY = 0.1  # seconds between two messages to the page


class TrainingMonitor(Switches, Explorer):
    """Loss and accuracy of a training while it runs; start, pause and stop it, change learning rate and batch size.

    In JupyterLab the buttons train in the background: cells can be run meanwhile. `train` does the same in a loop, for
    notebooks that go on with what was learned. Earlier runs stay as pale curves.

    Parameters
    ----------
    runs : Training, or mapping of names to Training
        What to watch; of several, the first is chosen.
    log : bool
        Whether the loss is drawn on a scale of powers of ten.

    Attributes
    ----------
    run : Training
        The chosen one; ``monitor.run.model`` is its network.
    rate : float, above 0
        The highest learning rate of its cycle; assign to change it, also while it runs. Where the run has ended: that
        of the next one.
    batch : int, pictures
        Its batch size, likewise.

    Raises
    ------
    ValueError
        If there is no run, or too many, or a setting is not what it should be.

    Examples
    --------
    >>> from cnncourse.datasets import load
    >>> from cnncourse.models import LeNet5
    >>> from cnncourse.training import Settings, Training
    >>> run = Training(LeNet5(), load("digits")[:64], Settings(epochs=1, batch=32), device="cpu")
    >>> monitor = TrainingMonitor(run)
    >>> [record.step for record in monitor.follow()]
    [1, 2]
    """

    _esm = join_modules("training_monitor.js")
    _css = join_styles("explorer.css", "chart.css", "training_monitor.css")

    runs = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    live = traitlets.Any().tag(sync=True, to_json=array_to_wire)
    still = traitlets.Any().tag(sync=True, to_json=array_to_wire)
    now = traitlets.Dict().tag(sync=True)
    log = traitlets.Bool(False).tag(sync=True)

    def __init__(self, runs: Training | Mapping[str, Training], *, log: bool = False) -> None:
        self._inbox: deque[dict[str, Any]] = deque()
        self._loop = running_loop()
        self._problem, self._told = "", 0.0
        self._heard = {"set": "", "press": ""}  # the last message of each kind that was dealt with
        self._displayed = False
        self._handle: Any = None
        self._others: Any = None  # what was told last of the runs that rest
        Explorer.__init__(self, log=log)
        Switches.__init__(self, runs)
        self.on_msg(self._hear)

    def train(self) -> None:
        """Train all runs that have not ended, one after the other, and show it; a run that diverges says so.

        Raises
        ------
        Exception
            What goes wrong in a network's own code; the monitor shows it with its line.
        """
        from cnncourse.training import Diverged

        self._show()
        for number in [watched.number for watched in self._all if watched.state not in ENDED]:
            self.choose(number)
            with suppress(Diverged):
                steps = self.follow()
                deque(steps if in_notebook() else with_bar(steps, self._one.name), maxlen=0)
            if self._one.state == "paused":
                break
        self._show()

    def _show(self) -> None:
        if self._handle is not None:
            self._handle.update(self)  # the still picture for viewers that run no widgets
        elif in_notebook() and not self._displayed:
            from IPython.display import display

            self._handle = display(self, display_id=True)

    # --- the page -----------------------------------------------------------------------------------------------------

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        # JupyterLab's messages may arrive in a thread of their own. Only the notebook's main thread touches the runs.
        self._inbox.append(message)
        if self._loop is None:
            self._obey()
        else:
            self._loop.call_soon_threadsafe(self._obey)

    def _obey(self) -> None:
        if not self._inbox:
            return
        with self.hold_sync():
            while self._inbox:
                message = self._inbox.popleft()
                wish, self._problem = str(message["do"]), ""
                try:
                    self._do(wish, message["value"])
                except (ValueError, TypeError, RuntimeError) as error:
                    self._problem = f"{str(error)[:1].upper()}{str(error)[1:]}."
                self._heard["set" if wish == "set" else "press"] = message["id"]
            self._tell(at_once=True)

    def _do(self, wish: str, value: Any) -> None:
        if wish in {"start", "pause", "stop", "again"}:
            getattr(self, wish)()
        elif wish in {"choose", "remove"}:
            getattr(self, wish)(int(value))
        elif wish == "set":
            self.rate, self.batch = value["rate"], value["batch"]
        if wish == "again":
            self.start()

    def _tell(self, *, at_once: bool = False) -> None:
        if not at_once and perf_counter() < self._told + TELL_EVERY:
            return
        self._told = perf_counter()
        one, count = self._one, len(self._all)
        for watched in self._all:
            watched.look()
        with self.hold_sync():
            self.runs = [summary(watched) for watched in self._all]
            self.chosen, self.live = self._place, one.curve.array
            self._tell_others()
            self.now = {
                "rate": self.rate, "batch": self.batch, "batches": offered_batches(one, self.batch), "fault": one.fault,
                "scale": loss_scale([watched.curve.array for watched in self._all]),
                "can": possible(one, count, in_cell=self._in_cell), "hint": hint(one, count, in_cell=self._in_cell),
                "problem": self._problem, "heard": dict(self._heard),
            }  # fmt: skip
            self.description = self._in_short()

    def _tell_others(self) -> None:
        others = [watched for watched in self._all if watched is not self._one]
        key = [(id(watched.curve), watched.last) for watched in others]
        if key != self._others:  # they rest while one trains, so they need not travel with each of its steps
            self._others = key
            self.still = np.concatenate([*(watched.curve.array for watched in others), NOTHING])

    def _in_short(self) -> str:
        run = self.runs[self._place]
        others = [f"{one['name']}: {one['state']}, loss {one['loss']}" for one in self.runs if one is not run]
        more = f" Other runs: {'; '.join(others)}." if others else ""
        steps = f"{run['step']:,} of {run['steps']:,} steps"
        return f"Loss and accuracy of a training, {run['name']}, over its epochs; {steps}. {run['words']}{more}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        self._displayed = True
        self._tell(at_once=True)  # a run may have gone on elsewhere since
        return super()._repr_mimebundle_(**kwargs)

    def fallback_html(self) -> str:
        """Return the curves as a picture with its text alternative, for viewers that run no widgets."""
        alt = html.escape(self.description, quote=True)
        data = base64.b64encode(drawn(self._all, self._one, log=self.log)).decode()
        look = "max-width:100%;height:auto;background:white"
        picture = f'<img alt="{alt}" style="{look}" src="data:image/png;base64,{data}">'
        more = "In JupyterLab this is a monitor to train with; in the course’s book its curves can be read."
        words = html.escape(self.description)
        return f"<figure>{picture}<figcaption>{words}</figcaption></figure><p><em>{more}</em></p>"
