"""Training to the end, behind a progress bar (lesson 06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from cnncourse.training._kinds import Record, Settings
from cnncourse.training.loop import Training

if TYPE_CHECKING:
    from cnncourse.datasets import PictureSet


def train(
    model: nn.Module,
    data: PictureSet,
    settings: Settings | None = None,
    *,
    validation: PictureSet | None = None,
    progress: bool = True,
    early_stop: int | None = None,
) -> list[Record]:
    """Train a network to the end, with a progress bar (lesson 06).

    Parameters
    ----------
    model, data, settings, validation
        As for `Training`.
    progress, early_stop
        As for `follow`.

    Returns
    -------
    list of Record
        One a step.
    """
    return follow(Training(model, data, settings, validation=validation), progress=progress, early_stop=early_stop)


def follow(run: Training, *, progress: bool = True, early_stop: int | None = None) -> list[Record]:
    """Take all steps that are left, with a progress bar; once interrupted, call it again to go on (lesson 06).

    Parameters
    ----------
    run : Training
        New, or half done.
    progress : bool
        Whether to show the bar.
    early_stop : int, optional
        Stop when for so many epochs the network got no better on what was held out.

    Returns
    -------
    list of Record
        One a step since the beginning.

    Raises
    ------
    ValueError
        If it is to stop early, and nothing was held out.
    """
    from tqdm.auto import tqdm

    if early_stop is not None and not run.validation:
        raise ValueError("to stop early, the training needs something held out; try: validation=...")
    with tqdm(total=run.steps, initial=run.step, unit="step", disable=not progress) as bar:
        for record in run:
            bar.set_postfix(loss=f"{record.loss:.3f}", accuracy=f"{record.accuracy:.0%}", refresh=False)
            bar.update()
            if early_stop is not None and _no_better(run.records) >= early_stop:
                run.stop()
    return run.records


def _no_better(records: list[Record]) -> int:
    """Count the epochs since the best one."""
    held_out = [record.validation for record in records if record.validation is not None]
    return len(held_out) - 1 - held_out.index(max(held_out)) if held_out else 0
