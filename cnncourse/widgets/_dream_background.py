"""A dream in the background of a notebook: a step at a time, between which the kernel does whatever else it has to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from cnncourse.widgets._training_background import BREATH, Interrupts
from cnncourse.widgets._training_watch import fault_in

if TYPE_CHECKING:
    from cnncourse.dreaming import Dream, Progress

TELL_EVERY = 0.4  # seconds between two pictures on their way to the page
TELLING = 0.03  # share of the work from which the time left can be told


class Night:
    """A dream under way, and what became of it.

    Attributes
    ----------
    state : {"dreaming", "done", "cancelled", "failed"}
        Where it is. One that was cancelled has the octaves that were whole by then.
    fault : dict
        What went wrong in the network, for the page; empty if nothing did.
    seconds : float
        Since it began.
    left : float or None, seconds
        About how long it still takes; None before that can be told.
    first, last : float or None
        What shall grow, in the first and in the newest step, on pictures of different sizes.
    """

    def __init__(self, dream: Dream) -> None:
        self.dream, self.state = dream, "dreaming"
        self.fault: dict[str, Any] = {}
        self.at: Progress | None = None
        self.first: float | None = None
        self._steps = iter(dream)
        self._began = perf_counter()
        self.seconds = 0.0

    @property
    def last(self) -> float | None:
        """What shall grow, in the newest step."""
        return None if self.at is None else self.at.value

    @property
    def left(self) -> float | None:
        """About how long it still takes, in seconds."""
        if self.at is None or self.at.share < TELLING:
            return None
        return self.seconds * (1 - self.at.share) / self.at.share

    def step(self) -> None:
        """Take one step; nothing is raised, `state` and `fault` say what happened."""
        try:
            at = next(self._steps, None)
        except KeyboardInterrupt:
            self.cancel()
        except Exception as error:
            self.state, self.fault = "failed", fault_in(error, self.dream.model)
        else:
            self.at = at or self.at
            self.first = self.last if self.first is None else self.first
            if self.dream.finished and self.state == "dreaming":
                self.state = "done"
        self.seconds = perf_counter() - self._began

    def cancel(self) -> None:
        """End it, and keep the octaves that are whole."""
        if self.state == "dreaming":
            self.dream.cancel()
            self.state = "cancelled"


async def dream_in_steps(night: Night, tell: Callable[[], None]) -> None:
    """Dream until it is done, cancelled or failed.

    Parameters
    ----------
    night : Night
        The dream.
    tell : callable
        Called after the first step, now and then, and at the end.
    """
    interrupts, told = Interrupts(), -TELL_EVERY
    try:
        while night.state == "dreaming":
            interrupts.listen()
            night.step()
            if night.state == "dreaming" and perf_counter() > told + TELL_EVERY:
                tell()
                told = perf_counter()
            await asyncio.sleep(BREATH)
            if interrupts.came:
                night.cancel()
    finally:
        interrupts.leave()
        tell()
