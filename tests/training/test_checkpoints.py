"""Checkpoints: a training that was saved goes on bit by bit as if it had never been left."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import islice

import pytest
import torch
from torch import nn

from cnncourse import _tensor_files
from cnncourse.models import fresh
from cnncourse.training import Settings, Training
from tests.training.pictures import bars, equal, small_net, weights_of

SETTINGS = Settings(epochs=3, batch=7, learning_rate=0.05, seed=2)


def new(**options) -> Training:
    return Training(fresh(small_net, seed=1), bars(), SETTINGS, device="cpu", **options)


@pytest.fixture
def saved(tmp_path):
    """Give the file of a training that was left after 11 of its 24 steps."""
    run = new()
    list(islice(run, 11))
    run.save(tmp_path / "half.safetensors")
    return tmp_path / "half.safetensors"


@pytest.mark.parametrize("leave_at", [0, 1, 8, 11, 16, 24])
def test_resuming_gives_the_weights_of_an_uninterrupted_training_bit_by_bit(tmp_path, leave_at):
    whole, left = new(validation=bars(20, seed=5)), new(validation=bars(20, seed=5))
    list(whole)
    list(islice(left, leave_at))
    left.save(tmp_path / "left.safetensors")
    again = Training.resume(
        tmp_path / "left.safetensors", fresh(small_net, seed=99), bars(), validation=bars(20, seed=5), device="cpu"
    )
    assert again.step == leave_at
    list(again)
    assert equal(weights_of(whole.model), weights_of(again.model))
    told = [[replace(record, seconds=0.0) for record in run.records] for run in (whole, again)]
    assert told[0] == told[1]


def test_a_changed_rate_and_batch_are_kept(tmp_path):
    run = new()
    list(islice(run, 3))
    run.learning_rate, run.batch = 0.01, 13
    run.save(tmp_path / "run.safetensors")
    again = Training.resume(tmp_path / "run.safetensors", small_net(), bars(), device="cpu")
    assert (again.learning_rate, again.batch, again.settings) == (0.01, 13, SETTINGS)
    list(run), list(again)
    assert equal(weights_of(run.model), weights_of(again.model))


def test_saving_again_replaces_the_file_and_leaves_no_other(saved):
    run = Training.resume(saved, small_net(), bars(), device="cpu")
    list(islice(run, 2))
    run.save(saved)
    assert Training.resume(saved, small_net(), bars(), device="cpu").step == 13
    assert [file.name for file in saved.parent.iterdir()] == ["half.safetensors"]


def test_a_full_disk_leaves_the_old_file_whole(saved, monkeypatch):
    before = saved.read_bytes()
    run = Training.resume(saved, small_net(), bars(), device="cpu")
    list(islice(run, 2))

    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_tensor_files.Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        run.save(saved)
    assert saved.read_bytes() == before
    assert [file.name for file in saved.parent.iterdir()] == ["half.safetensors"]


# --- bad input ------------------------------------------------------------------------------------------------------


def test_other_pictures_are_refused(saved):
    with pytest.raises(ValueError, match=r"on other pictures \(60 labels, \w+\) than those given \(61 labels"):
        Training.resume(saved, small_net(), bars(61))
    shuffled = bars()[torch.arange(59, -1, -1)]
    with pytest.raises(ValueError, match="other pictures"):
        Training.resume(saved, small_net(), shuffled)


def test_another_network_is_refused_and_the_tensor_named(saved):
    wider = nn.Sequential(
        nn.Conv2d(1, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(30, 3)
    )
    with pytest.raises(ValueError, match=r"0.weight of shape \(5, 1, 3, 3\).*half.safetensors has \(4, 1, 3, 3\)"):
        Training.resume(saved, wider, bars())


def test_a_pickle_is_refused_unopened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    old, new_kind = tmp_path / "old.pt", tmp_path / "new.pt"
    old.write_bytes(pickle.dumps(Trap()))
    torch.save(small_net().state_dict(), new_kind)
    for file in (old, new_kind):
        with pytest.raises(ValueError, match=f"expected safetensors in {file.name}, came a pickle"):
            Training.resume(file, small_net(), bars())


def test_half_a_file_is_refused_with_both_sizes(saved):
    content = saved.read_bytes()
    saved.write_bytes(content[:-100])
    with pytest.raises(
        ValueError, match=rf"expected {len(content):,} bytes in half.safetensors, came {len(content) - 100:,}"
    ):
        Training.resume(saved, small_net(), bars())


@pytest.mark.parametrize("content", [b"", b"\n", b"<!DOCTYPE html><html>", b"\xff" * 40, b"\x02" + bytes(7) + b"[]"])
def test_what_is_no_safetensors_file_is_refused(tmp_path, content):
    file = tmp_path / "page.safetensors"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"expected safetensors in page\.safetensors"):
        Training.resume(file, small_net(), bars())


def test_weights_alone_are_no_training(tmp_path):
    file = tmp_path / "weights.safetensors"
    _tensor_files.write_tensors(file, small_net().state_dict(), {})
    with pytest.raises(ValueError, match=r"expected a training in weights\.safetensors"):
        Training.resume(file, small_net(), bars())


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Training.resume(tmp_path / "nowhere.safetensors", small_net(), bars())
