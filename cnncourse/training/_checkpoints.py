"""All that a training needs to go on later, as tensors and a few numbers, in memory or in a file (lesson 06)."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, astuple, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from cnncourse._tensor_files import put_into, read_tensors, write_tensors
from cnncourse.training._kinds import Record
from cnncourse.training._steps import Position

if TYPE_CHECKING:
    from cnncourse.training.loop import Training

KEY = "cnncourse.training"


class Snapshot(NamedTuple):
    """The state of a training.

    Attributes
    ----------
    tensors : dict of str to Tensor
        ``weights.NAME`` and ``momentum.NAME``, the ``order`` of this epoch, and the state of the ``dice`` for the next.
    at : Position
        Where it stood.
    """

    tensors: dict[str, Tensor]
    at: Position


def take(run: Training) -> Snapshot:
    """Copy the state of a training."""
    kept = {f"weights.{name}": tensor for name, tensor in run.model.state_dict().items()}
    for name, weights in run.model.named_parameters():
        momentum = run.optimiser.state[weights].get("momentum_buffer")
        if momentum is not None:
            kept[f"momentum.{name}"] = momentum
    kept |= {"order": run.order, "dice": run.dice.get_state()}
    return Snapshot({name: tensor.detach().clone() for name, tensor in kept.items()}, replace(run.at))


def restore(run: Training, snapshot: Snapshot, *, origin: str = "the snapshot") -> None:
    """Put a training back into a state."""
    put_into(run.model, _part(snapshot.tensors, "weights."), origin=origin)
    momentum = _part(snapshot.tensors, "momentum.")
    for name, weights in run.model.named_parameters():
        run.optimiser.state.pop(weights, None)
        if name in momentum:
            run.optimiser.state[weights]["momentum_buffer"] = torch.empty_like(weights).copy_(momentum[name])
    run.order = snapshot.tensors["order"].clone()
    run.dice.set_state(snapshot.tensors["dice"])
    run.at = replace(snapshot.at)
    del run.records[run.at.step :]


def save(run: Training, path: Path | str) -> None:
    """Write the state of a training, its settings and its records into one file."""
    snapshot = take(run)
    rows = torch.tensor([_numbers(record) for record in run.records], dtype=torch.float64)
    told = {
        "settings": asdict(run.settings),
        "at": asdict(snapshot.at),
        "now": {"learning_rate": run.learning_rate, "batch": run.batch},
        "data": _fingerprint(run.labels),
    }
    write_tensors(path, {**snapshot.tensors, "records": rows}, {KEY: json.dumps(told)})


def read(path: Path | str, labels: Tensor) -> tuple[Snapshot, list[Record], dict[str, Any]]:
    """Read what `save` wrote: the state, the records, and what is told of them.

    Raises
    ------
    ValueError
        If the file holds no training, or one on other data than those of these labels.
    """
    file = Path(path)
    tensors, told = read_tensors(file.read_bytes(), file.name)
    if KEY not in told:
        raise ValueError(f"expected a training in {file.name}, as Training.save writes it; came other tensors")
    noted = json.loads(told[KEY])
    if noted["data"] != (found := _fingerprint(labels)):
        raise ValueError(
            f"the training in {file.name} was on other pictures ({noted['data']}) than those given ({found}); "
            "try: the same set, in the same order"
        )
    records = [_record(row) for row in tensors.pop("records").reshape(-1, len(fields(Record))).tolist()]
    return Snapshot(tensors, Position(**noted["at"])), records, noted


def _fingerprint(labels: Tensor) -> str:
    return f"{len(labels):,} labels, {hashlib.sha256(labels.cpu().numpy().tobytes()).hexdigest()[:12]}"


def _numbers(record: Record) -> list[float]:
    return [math.nan if value is None else float(value) for value in astuple(record)]


def _record(numbers: list[float]) -> Record:
    step, steps, epoch, loss, accuracy, rate, seconds, held_out = numbers
    validation = None if math.isnan(held_out) else held_out
    return Record(int(step), int(steps), epoch, loss, accuracy, rate, seconds, validation)


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
