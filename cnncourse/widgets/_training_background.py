"""Training in the background of a notebook: in slices, between which the kernel does whatever else it has to do."""

# Why the kernel's own event loop and not a thread: a cell that evaluates the network then never meets it in the middle
# of a step, or switched to training; an interrupt reaches the training, which a thread would never hear of; and what
# the loop does and what the slices do can be repeated to the bit. The price is that training rests while a cell runs,
# and that a cell may wait for one slice.

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

from cnncourse.widgets._training_watch import Watched

SLICE = 0.05  # seconds of training between two looks at what else there is to do
BREATH = 0.002  # seconds for looking: messages pass through several rounds of the loop
INTERRUPTED = "Interrupted; it can be resumed from here."


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that this code runs in; a notebook has one, a plain program has none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Interrupts:
    """Hears interrupts of the kernel while a training is under way; between cells, kernels ignore them.

    Attributes
    ----------
    came : bool
        Whether there was one.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: Any = signal.SIG_IGN

    def listen(self) -> None:
        """Listen, if nobody else does meanwhile: a cell that runs has its own way with interrupts."""
        heard_by = signal.getsignal(signal.SIGINT)
        if heard_by != self._note and threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)

    def leave(self) -> None:
        """Listen no more."""
        if signal.getsignal(signal.SIGINT) == self._note:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: Any) -> None:
        self.came = True


async def train_in_slices(watched: Watched, tell: Callable[[], None]) -> None:
    """Train until the run is over, paused, or fails; nothing is raised, `watched` says what happened.

    Parameters
    ----------
    watched : Watched
        The training, begun.
    tell : callable
        Called after each slice.
    """
    interrupts = Interrupts()
    try:
        while watched.state == "training":
            interrupts.listen()
            _slice(watched, interrupts)
            tell()
            await asyncio.sleep(BREATH)
            if interrupts.came:
                watched.rest(INTERRUPTED)
    finally:
        interrupts.leave()


def _slice(watched: Watched, interrupts: Interrupts) -> None:
    watched.run.model.train()  # a cell may have looked at the network meanwhile, and left it in evaluation
    end = perf_counter() + SLICE
    try:
        with suppress(Exception):  # shown by the monitor, with its line
            while perf_counter() < end and not interrupts.came and watched.step() is not None:
                pass
    except KeyboardInterrupt:  # a training holds it back until its step is whole
        interrupts.came = True
