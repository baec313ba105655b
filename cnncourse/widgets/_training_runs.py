"""Which trainings a monitor takes, what settings they may have, and how one begins anew."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncourse.widgets._base import SettingError
from cnncourse.widgets._training_watch import OVER, Watched

if TYPE_CHECKING:
    from cnncourse.training import Record, Training

ENDED = OVER | {"diverged"}  # states in which new settings are for the next run
MOST_RUNS = 6  # curves that can still be told apart
BATCHES = (1, 4, 8, 16, 32, 64, 128, 256, 512, 1024)  # offered where the set is large enough
NEEDED = ("model", "labels", "settings", "records", "finished", "learning_rate", "batch", "stop", "__iter__")
UNKNOWN = (
    "this run had begun before it came to the monitor, so its first weights are not known; make another Training with "
    "a fresh network and add() it"
)


def watch(run: Training, name: str, others: Sequence[Watched], *, first: Any = None) -> Watched:
    """Watch one more training.

    Parameters
    ----------
    run : Training
        What to watch.
    name : str
        What to call it; "" names it by its settings.
    others : sequence of Watched
        Those on the monitor already.
    first : nn.Module, optional
        The network as it is before its first step, if that is at hand; otherwise it is copied.

    Returns
    -------
    Watched
        With a number that no other has.

    Raises
    ------
    ValueError
        If it is no training, is there already, or there is no room for it.
    """
    if missing := [needed for needed in NEEDED if not hasattr(run, needed)]:
        raise SettingError(
            f"expected a training to watch, got {type(run).__name__}, which has no {missing[0]}; "
            "try: TrainingMonitor(Training(model, data))"
        )
    if any(run is other.run for other in others):
        raise SettingError("this training is on the monitor already; choose it there")
    if len(others) >= MOST_RUNS:
        raise SettingError(
            f"there is room for {MOST_RUNS} runs, whose curves can still be told apart; remove one first"
        )
    if first is None and not run.records:
        first = copy.deepcopy(run.model)
    return Watched(run, name, number=1 + max((other.number for other in others), default=0), first=first)


def anew(watched: Watched, *, rate: float, batch: int) -> Training:
    """Make a training like another, from the same first weights, with a learning rate and a batch size of its own.

    Raises
    ------
    ValueError
        If the first weights are not known.
    """
    if watched.first is None:
        raise SettingError(UNKNOWN)
    run: Any = watched.run
    settings = replace(run.settings, learning_rate=rate, batch=batch)
    pictures = SimpleNamespace(images=run.images, labels=run.labels)  # those in use: no second copy of the set
    more = {"validation": run.validation, "device": str(run.device)}
    fresh: Training = type(run)(copy.deepcopy(watched.first), pictures, settings, **more)
    return fresh


def checked_rate(rate: Any) -> float:
    """Return a learning rate as a float, or raise `SettingError`."""
    number = isinstance(rate, int | float | np.number) and not isinstance(rate, bool)
    if not number or not 0 < rate < math.inf:
        raise SettingError(
            f"expected a learning rate above 0, such as 0.1, got {rate!r}: at 0 nothing is learned, below 0 the loss "
            "climbs"
        )
    return float(rate)


def checked_batch(batch: Any, watched: Watched) -> int:
    """Return a batch size as an int, or raise `SettingError`."""
    most = len(watched.run.labels)
    whole = isinstance(batch, int | np.integer) and not isinstance(batch, bool)
    if not whole or not 1 <= batch <= most:
        raise SettingError(
            f"expected batch as a whole number from 1 to {most:,}, the number of pictures, got {batch!r}"
        )
    return int(batch)


def offered_batches(watched: Watched, batch: int) -> list[int]:
    """List the batch sizes to choose from: powers of two that fit, and the present one."""
    return sorted({batch, *(size for size in BATCHES if size <= len(watched.run.labels))})


def refuse_if_over(watched: Watched) -> None:
    """Raise `SettingError` if a run cannot go on."""
    if watched.state in OVER:
        raise SettingError(f"this run has {watched.state}; again() begins anew with the same first weights")


def possible(watched: Watched, count: int, *, in_cell: bool) -> dict[str, bool]:
    """Tell which controls of the page make sense for the chosen one of so many runs."""
    trains, over, heard = watched.state == "training", watched.state in OVER, not in_cell
    known = watched.first is not None and count < MOST_RUNS
    return {
        "start": not trains and not over,
        "pause": trains and heard,
        "stop": not over and watched.last is not None and heard,
        "again": not trains and watched.state != "ready" and known,
        "set": heard,
        "choose": not trains,
        "remove": not trains and count > 1,
    }


def hint(watched: Watched, count: int, *, in_cell: bool) -> str:
    """Tell why a control cannot be used, where that is not plain."""
    if in_cell:
        return "A cell of the notebook trains this run. Interrupt the cell to pause it; then it can be resumed here."
    if watched.state not in ENDED:
        return ""
    if watched.first is None:
        return f"No new run: {UNKNOWN}."
    if count >= MOST_RUNS:
        return f"No new run: there is room for {MOST_RUNS}; remove one first."
    also = ", or, with Resume, for this one" if watched.state == "diverged" else ""
    return f"Learning rate and batch size are now for the next run, which begins with the same first weights{also}."


def with_bar(records: Iterator[Record], name: str) -> Iterator[Record]:
    """Pass records on, with a progress bar in the terminal."""
    from tqdm import tqdm

    with tqdm(unit="step", desc=name, leave=False) as bar:
        for record in records:
            bar.total = record.steps
            bar.set_postfix(loss=f"{record.loss:.3g}", refresh=False)
            bar.update()
            yield record
