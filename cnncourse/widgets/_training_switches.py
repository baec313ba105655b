"""Several trainings and one hand on the switches: which one is meant, how fast it learns, whether it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cnncourse.widgets._base import SettingError
from cnncourse.widgets._training_background import running_loop, train_in_slices
from cnncourse.widgets._training_runs import ENDED, anew, checked_batch, checked_rate, refuse_if_over, watch
from cnncourse.widgets._training_watch import OVER, Watched

if TYPE_CHECKING:
    from cnncourse.training import Record, Training

LEFT = "The loop was left here; it can go on."


class Switches:
    """The part of the training monitor that needs no page.

    Parameters
    ----------
    runs : Training, or mapping of names to Training
        What to steer; of several, the first is chosen.
    """

    def __init__(self, runs: Training | Mapping[str, Training]) -> None:
        named = dict(runs) if isinstance(runs, Mapping) else {"": runs}
        if not named:
            raise SettingError("expected one training or more to watch, got none; try: Training(model, data)")
        self._all: list[Watched] = []
        for name, run in named.items():
            self._all.append(watch(run, str(name), self._all))
        self._busy: Watched | None = None
        self._task: asyncio.Task[None] | None = None
        self._choose(0)

    def _tell(self, *, at_once: bool = False) -> None:
        """Show what has changed; if that need not be at once, only now and then."""

    # --- the runs -----------------------------------------------------------------------------------------------------

    @property
    def run(self) -> Any:
        """The chosen training."""
        return self._one.run

    @property
    def _in_cell(self) -> bool:
        """Whether a loop of somebody's own trains: then the page is not heard before it is through."""
        return self._busy is not None and self._task is None

    @property
    def _one(self) -> Watched:
        return self._all[self._place]

    def add(self, run: Training, name: str = "") -> None:
        """Watch another training, and choose it; those before stay as pale curves."""
        new = watch(run, name, self._all)
        self._halt()
        self._all.append(new)
        self._choose(len(self._all) - 1)

    def again(self) -> None:
        """Add a run like the chosen one, from the same first weights, with the learning rate and batch size now set.

        Raises
        ------
        ValueError
            If those weights are not known, or there is no room for another run.
        """
        old = self._one
        new = watch(anew(old, rate=self.rate, batch=self.batch), "", self._all, first=old.first)
        self._halt()
        self._all.append(new)
        self._choose(len(self._all) - 1)

    def choose(self, number: int) -> None:
        """Choose the run with this number, as the page shows it; one that is training is paused."""
        places = {watched.number: place for place, watched in enumerate(self._all)}
        if number not in places:
            raise SettingError(f"expected the number of a run out of {', '.join(map(str, places))}; got {number!r}")
        self._halt()
        self._choose(places[number])

    def remove(self, number: int) -> None:
        """Take a run off the monitor; the last one stays."""
        if len(self._all) == 1:
            raise SettingError("this is the only run here; a monitor needs one")
        self.choose(number)
        del self._all[self._place]
        self._choose(max(0, self._place - 1))

    def _choose(self, place: int) -> None:
        self._place = place
        self._rate, self._batch = self._one.run.learning_rate, self._one.run.batch
        self._tell(at_once=True)

    # --- the settings -------------------------------------------------------------------------------------------------

    @property
    def rate(self) -> float:
        """The highest learning rate of the chosen run, or of the next one if it has ended."""
        return self._rate if self._one.state in ENDED else self._one.run.learning_rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._apply(checked_rate(rate), self.batch)

    @property
    def batch(self) -> int:
        """The batch size of the chosen run, or of the next one if it has ended."""
        return self._batch if self._one.state in ENDED else self._one.run.batch

    @batch.setter
    def batch(self, batch: int) -> None:
        self._apply(self.rate, checked_batch(batch, self._one))

    def _apply(self, rate: float, batch: int) -> None:
        self._rate, self._batch = rate, batch
        if self._one.state not in ENDED:
            self._one.set(rate=rate, batch=batch)
        self._tell(at_once=True)

    # --- training -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Train the chosen run in the background of the notebook, from where it is; `pause` or `stop` it as you like.

        Raises
        ------
        ValueError
            If the run is over.
        RuntimeError
            Where there is no notebook; `train` works everywhere.
        """
        loop = running_loop()
        if loop is None:
            raise RuntimeError("only a notebook can train in the background; monitor.train() trains here and now")
        refuse_if_over(self._one)
        if self._busy is None:
            self._task = loop.create_task(self._train(self._begun()))
        self._tell(at_once=True)

    async def _train(self, mine: Watched) -> None:
        await train_in_slices(mine, self._tell)  # cancelled where `_halt` comes first
        self._busy = None
        self._tell(at_once=True)

    def _begun(self) -> Watched:
        if self._one.state == "diverged":
            self._one.set(rate=self._rate, batch=self._batch)
        self._one.begin()
        self._busy = self._one
        return self._one

    def pause(self) -> None:
        """Let the run rest; `start`, `follow` or `train` goes on from there."""
        self._halt()
        self._tell(at_once=True)

    def stop(self) -> None:
        """End the chosen run for good; its network keeps what it has learned."""
        self._halt()
        self._one.end()
        self._tell(at_once=True)

    def _halt(self, why: str = "") -> None:
        if self._task is not None:
            self._task.cancel()
        if self._busy is not None:
            self._busy.rest(why)
        self._task = self._busy = None

    def follow(self, run: Training | None = None) -> Iterator[Record]:
        """Train in a loop of one's own: ``for record in monitor.follow(): …`` takes a step each time round.

        Parameters
        ----------
        run : Training, optional
            What to train; by default the chosen run. One that is new here is added.

        Yields
        ------
        Record
            One a step, until the run is over or is paused. What goes wrong in a step is raised, and shown.
        """
        if run is not None:
            numbers = [watched.number for watched in self._all if watched.run is run]
            self.choose(numbers[0]) if numbers else self.add(run)
        self._halt()
        if self._one.state in OVER:
            return
        mine = self._begun()
        self._tell(at_once=True)
        try:
            while (record := mine.step()) is not None:
                yield record
                self._tell()
        finally:
            if self._busy is mine:
                self._halt(LEFT)
            self._tell(at_once=True)
