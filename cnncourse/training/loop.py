"""The loop of training: `Training.take_step` is all of it, and can be read in a minute (lesson 06).

All pictures are in memory as one tensor, and a batch is picked from it by a list of places; that is why it is fast.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse._inference import accuracy
from cnncourse.training import _checkpoints
from cnncourse.training._checks import check_batch, check_data, check_model
from cnncourse.training._devices import choose_device
from cnncourse.training._interrupts import finish_first
from cnncourse.training._kinds import Diverged, Record, Settings, check_rate
from cnncourse.training._steps import Position, one_cycle

if TYPE_CHECKING:
    from cnncourse.datasets import PictureSet

BEYOND_SENSE = 10  # a loss of so many times that of guessing; sound trainings stay below 3 times
PATIENCE = 10  # steps; before, a network that started from zeros may still answer all pictures alike


class Training:
    """A network on its way: ``for record in run:`` takes a step each time round, and may be left at any of them.

    A second ``for`` goes on where the first one stopped; so it does after an interrupt, which never cuts a step in two.

    Parameters
    ----------
    model : Module
        Takes pictures and gives logits; trained in place, and moved to the device.
    data : PictureSet
        What to learn from.
    settings : Settings, optional
        How; by default ``Settings.for_data(data)``.
    validation : PictureSet, optional
        Held out; the record that ends an epoch says how well the network reads it.
    device : str, optional
        Such as ``"cpu"``; by default what `choose_device` finds.

    Attributes
    ----------
    records : list of Record
        One a step since the beginning.
    settings : Settings
        What it was given.
    order : Tensor of int64, shape (pictures,)
        The places of the pictures in the set, as this epoch looks at them.
    at : Position
        Steps, epochs and pictures seen so far.

    Raises
    ------
    ValueError
        If data and network do not fit: a label for which there is no output, one class only, a batch larger than the
        set, pictures of another shape.
    Diverged
        While it runs, when the learning rate is too high.
    """

    def __init__(
        self,
        model: nn.Module,
        data: PictureSet,
        settings: Settings | None = None,
        *,
        validation: PictureSet | None = None,
        device: str | None = None,
    ) -> None:
        check_data(data)
        self.settings = settings or Settings.for_data(data)
        check_batch(self.settings.batch, len(data.labels))
        check_model(model, data)
        self.device = torch.device(choose_device(device or "auto"))
        self.model = model.to(self.device).to(memory_format=torch.channels_last)  # as processors like to convolve
        self.images, self.labels = data.images.to(self.device), data.labels.to(self.device)
        self.validation = validation
        self.records: list[Record] = []
        self._batch, self._rate = self.settings.batch, self.settings.learning_rate
        self.optimiser = _optimiser(self.model, self.settings)
        self.dice = torch.Generator().manual_seed(self.settings.seed)
        self.order = torch.empty(0, dtype=torch.int64)
        self.at = Position(len(data.labels), self.settings.epochs)
        self._paused, self._stopped = False, False
        self._safe = _checkpoints.take(self)

    def take_step(self) -> Record:
        """Look at one batch, and move every weight a little downhill."""
        start = time.perf_counter()
        places = self._next_places()
        images, labels = self.images[places], self.labels[places]
        rate = self._set_rate()
        logits = self.model(images)  # (batch, classes)
        loss = functional.cross_entropy(logits, labels)  # the mean of log(1 / p(label))
        self._stop_if_diverged(loss.item(), logits.detach(), rate)
        self.optimiser.zero_grad()
        loss.backward()  # how much each weight moves the loss
        self.optimiser.step()  # downhill
        right = (logits.argmax(dim=1) == labels).float().mean()
        return self._note(loss.item(), right.item(), rate, start)

    def __iter__(self) -> Iterator[Record]:
        """Take steps, from where the training stands, until all are done, or somebody pauses or stops it."""
        self._paused = False
        self.model.train()
        while not (self.finished or self._paused):
            with finish_first():
                record = self.take_step()
            yield record

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self._stopped or self.at.steps_left(self.batch) == 0

    @property
    def steps(self) -> int:
        """How many steps there will have been at the end."""
        return self.at.step + self.at.steps_left(self.batch)

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.at.step

    def pause(self) -> None:
        """Leave the ``for`` after this step; the next ``for`` goes on."""
        self._paused = True

    def stop(self) -> None:
        """Leave the ``for`` after this step, for good."""
        self._stopped = True

    @property
    def learning_rate(self) -> float:
        """The highest rate of the cycle; a new value counts from the next step on."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        check_rate(rate)
        self._rate = rate

    @property
    def batch(self) -> int:
        """Pictures a step; a new number counts from the next step on."""
        return self._batch

    @batch.setter
    def batch(self, batch: int) -> None:
        check_batch(batch, len(self.labels))
        self._batch = batch

    def save(self, path: Path | str) -> None:
        """Write all that is needed to go on later: weights, momentum, order, records; see `resume`."""
        _checkpoints.save(self, path)

    @classmethod
    def resume(
        cls,
        path: Path | str,
        model: nn.Module,
        data: PictureSet,
        *,
        validation: PictureSet | None = None,
        device: str | None = None,
    ) -> Training:
        """Go on with a training that was saved; on a processor, bit by bit as if it had never been left.

        Parameters
        ----------
        path : Path or str
            What `save` wrote.
        model : Module
            A network of the same kind; its weights are replaced.
        data : PictureSet
            The same pictures.
        validation, device
            As for `Training`.

        Raises
        ------
        ValueError
            If the file is none of these, or is for other data or another network.
        """
        snapshot, records, noted = _checkpoints.read(path, data.labels)
        run = cls(model, data, Settings(**noted["settings"]), validation=validation, device=device)
        run.records, run.batch, run.learning_rate = records, noted["now"]["batch"], noted["now"]["learning_rate"]
        _checkpoints.restore(run, snapshot, origin=Path(path).name)
        run._safe = snapshot
        return run

    def _next_places(self) -> Tensor:
        """Return the places of the next batch in the data; where an epoch begins, shuffle."""
        self.at.end_epoch_without(self.batch)  # the batch may have grown
        if self.at.seen == 0:
            self._safe = _checkpoints.take(self)
            self.order = torch.randperm(len(self.labels), generator=self.dice)
        return self.order[self.at.seen : self.at.seen + self.batch].to(self.device)

    def _set_rate(self) -> float:
        rate = self.learning_rate * one_cycle(self.at.epoch(self.batch) / self.at.goal, self.settings.warm_up)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        return rate

    def _stop_if_diverged(self, loss: float, logits: Tensor, rate: float) -> None:
        step, sense = self.at.step + 1, BEYOND_SENSE * math.log(logits.shape[1])
        alike = step > PATIENCE and len(logits) > 1 and bool((logits == logits[0]).all())
        if alike or not loss < sense:  # NaN is not below anything
            _checkpoints.restore(self, self._safe)
            raise Diverged(step, loss, rate, alike=alike, back_to=self.at.step)

    def _note(self, loss: float, right: float, rate: float, start: float) -> Record:
        total = self.steps
        ended = self.at.advance(self.batch)
        held_out = accuracy(self.model, self.validation) if ended and self.validation else None
        self.at.seconds += time.perf_counter() - start
        epoch = self.at.epoch(self.batch)
        self.records.append(Record(self.at.step, total, epoch, loss, right, rate, self.at.seconds, held_out))
        return self.records[-1]


def _optimiser(model: nn.Module, settings: Settings) -> torch.optim.Optimizer:
    momentum, decay = settings.momentum, settings.weight_decay
    return torch.optim.SGD(
        model.parameters(), settings.learning_rate, momentum, weight_decay=decay, nesterov=momentum > 0
    )
