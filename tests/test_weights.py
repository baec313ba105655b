"""Weights that ship: the file is the one listed, says what its card says, and reads digits as well as stated."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from cnncourse import cli, recipes, weights
from cnncourse.datasets import DataMissing, load
from cnncourse.evaluation import accuracy
from cnncourse.models import LeNet5, fresh
from cnncourse.weights import load_weights, read_weights, save_weights, weights_arrays, weights_card, weights_names

FOLDER = Path(weights.__file__).parent / "data" / "weights"
REAL = os.environ.get("CNNCOURSE_DATA_DIR", "")
needs_mnist = pytest.mark.skipif(
    not REAL or not Path(REAL, "MNIST", "raw").is_dir(), reason="CNNCOURSE_DATA_DIR does not name a folder with MNIST"
)
shipped = pytest.mark.parametrize("name", weights_names())


# --- what ships -----------------------------------------------------------------------------------------------------


@shipped
def test_a_card_says_all_that_is_needed_to_train_anew(name):
    card = weights_card(name)
    assert all([card.network, card.data, card.recipe, card.licence])
    assert card.command == f"cnncourse weights train {name}"
    assert 0.5 < card.accuracy < 1
    assert name in recipes.RECIPES


@shipped
def test_the_file_is_the_one_on_the_card(name):
    content = (FOLDER / f"{name}.safetensors").read_bytes()
    card = weights_card(name)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (card.size, card.sha256)


@shipped
def test_the_file_says_of_itself_what_its_card_says(name):
    with safe_open(FOLDER / f"{name}.safetensors", framework="np") as file:
        told = json.loads(file.metadata()["cnncourse.weights"])
    card = asdict(weights_card(name))
    assert told == {key: card[key] for key in told}
    assert {"network", "data", "recipe", "seed", "accuracy", "command", "licence"} <= set(told)


@shipped
def test_the_arrays_are_those_of_the_network(name):
    arrays, state = weights_arrays(name), load_weights(name).state_dict()
    assert arrays.keys() == state.keys()
    for key, array in arrays.items():
        np.testing.assert_array_equal(array, state[key].numpy())


def test_a_loaded_network_is_ready_for_use():
    assert isinstance(model := load_weights("lenet5"), LeNet5)
    assert not any(layer.training for layer in model.modules())


@needs_mnist
def test_lenet_5_reads_the_genuine_test_digits_as_its_card_says():
    found = accuracy(load_weights("lenet5"), load("mnist", "test"))
    assert found == pytest.approx(weights_card("lenet5").accuracy, abs=2e-4)  # a processor may round otherwise
    assert found >= 0.99


def test_it_reads_digits_of_other_people_too():
    """The bundled digits were written by others and came from 8×8 pixels: harder, but nowhere near guessing."""
    assert accuracy(load_weights("lenet5"), load("digits", "test")) > 0.9


def test_arrays_come_without_pytorch():
    code = "import sys, cnncourse.weights as w; w.weights_arrays('lenet5'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- bad files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def altered(tmp_path, monkeypatch):
    """Let the course find its data in a folder where the weights may be damaged; give the file."""
    target = tmp_path / "data" / "weights" / "lenet5.safetensors"
    target.parent.mkdir(parents=True)
    target.write_bytes((FOLDER / "lenet5.safetensors").read_bytes())
    weights_names()  # the cards are read from the true place
    monkeypatch.setattr(weights, "files", lambda _: tmp_path)
    return target


@pytest.mark.parametrize("read", [load_weights, weights_arrays])
def test_a_file_with_one_bit_changed_is_refused(altered, read):
    content = bytearray(altered.read_bytes())
    content[-1] ^= 1
    altered.write_bytes(content)
    with pytest.raises(DataMissing, match=r"not the file that the course knows: expected SHA-256 \w+…, came \w+…; try"):
        read("lenet5")


@pytest.mark.parametrize("read", [load_weights, weights_arrays])
def test_half_a_file_is_refused_with_both_sizes(altered, read):
    altered.write_bytes(altered.read_bytes()[:1000])
    with pytest.raises(DataMissing, match="expected 247,936 bytes, came 1,000"):
        read("lenet5")


def test_a_missing_file_is_named(altered):
    altered.unlink()
    with pytest.raises(DataMissing, match=r"expected weights/lenet5\.safetensors"):
        load_weights("lenet5")


@pytest.mark.parametrize("read", [load_weights, weights_arrays, weights_card])
def test_an_unknown_name_is_answered_with_those_there_are(read):
    with pytest.raises(ValueError, match=r"expected weights out of lenet5.*, got 'lenet6'"):
        read("lenet6")


# --- weights of one's own -------------------------------------------------------------------------------------------


def test_own_weights_go_to_a_file_and_back(tmp_path):
    model = fresh(LeNet5, seed=8).to(memory_format=torch.channels_last)
    save_weights(tmp_path / "mine.safetensors", model, {"seed": 8})
    other = read_weights(tmp_path / "mine.safetensors", fresh(LeNet5, seed=9))
    assert not other.training
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), other.parameters(), strict=True))


def test_the_same_weights_make_the_same_file_bit_by_bit(tmp_path):
    for name in ("one", "other"):
        save_weights(tmp_path / name, fresh(LeNet5, seed=8), {"seed": 8, "accuracy": 0.1, "data": "none"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_pickle_is_refused_unopened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("the pickle was opened",))

    (tmp_path / "old.pt").write_bytes(pickle.dumps(Trap()))
    torch.save(LeNet5().state_dict(), tmp_path / "new.pt")
    for name in ("old.pt", "new.pt"):
        with pytest.raises(ValueError, match=rf"expected safetensors in {name}, came a pickle.*try: safetensors"):
            read_weights(tmp_path / name, LeNet5())


def test_a_tensor_of_the_wrong_shape_is_named_with_both_shapes_and_nothing_is_changed(tmp_path):
    state = LeNet5().state_dict() | {"fc2.weight": torch.zeros(84, 121)}
    save_file(state, tmp_path / "wide.safetensors")
    model = fresh(LeNet5, seed=1)
    with pytest.raises(ValueError, match=r"expected fc2.weight of shape \(84, 120\), as LeNet5 has it.*\(84, 121\)"):
        read_weights(tmp_path / "wide.safetensors", model)
    assert torch.equal(model.conv1.weight, fresh(LeNet5, seed=1).conv1.weight)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("fc3.bias"), "lacks fc3.bias, which LeNet5 has"),
        (lambda state: state.update(extra=torch.ones(2)), "has extra, which LeNet5 lacks"),
    ],
)
def test_a_tensor_too_few_or_too_many_is_named(tmp_path, change, message):
    state = dict(LeNet5().state_dict())
    change(state)
    save_file(state, tmp_path / "odd.safetensors")
    with pytest.raises(ValueError, match=message):
        read_weights(tmp_path / "odd.safetensors", LeNet5())


def test_a_web_page_in_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "page.safetensors").write_text("<!DOCTYPE html><html></html>", encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected safetensors in page\.safetensors, came 28 bytes that begin 3c 21"):
        read_weights(tmp_path / "page.safetensors", LeNet5())


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["weights"], ["weights", "list"]])
def test_the_command_lists_what_ships(capsys, arguments):
    assert cli.main(arguments) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("lenet5")]
    assert "LeNet5" in line
    assert f"{weights_card('lenet5').accuracy:.2%}" in line


def test_the_command_shows_a_card(capsys):
    assert cli.main(["weights", "show", "lenet5"]) == 0
    shown = capsys.readouterr().out
    card = weights_card("lenet5")
    assert all(fact in shown for fact in (card.recipe, card.data, card.command, card.sha256, card.licence))
    assert "seed        0" in shown


def test_an_unknown_name_is_answered_by_the_command(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["weights", "show", "lenet6"])
    assert "expected weights out of lenet5" in capsys.readouterr().err


@pytest.fixture
def quick_recipe(monkeypatch) -> nn.Module:
    """Let the recipe be done at once; give the network that it makes."""
    model = load_weights("lenet5")
    told = {
        key: value for key, value in asdict(weights_card("lenet5")).items() if key not in {"name", "sha256", "size"}
    }
    with safe_open(FOLDER / "lenet5.safetensors", framework="np") as file:
        told = json.loads(file.metadata()["cnncourse.weights"])
    monkeypatch.setattr(recipes, "run_recipe", lambda name: recipes.Trained(model, told))
    return model


def test_training_anew_writes_the_file_and_says_whether_it_is_the_same(quick_recipe, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["weights", "train", "lenet5"]) == 0
    assert "the same file, bit by bit" in capsys.readouterr().out
    with torch.no_grad():
        quick_recipe.fc3.bias[0] += 1
    assert cli.main(["weights", "train", "lenet5", "--to", "other.safetensors"]) == 0
    assert "another file" in capsys.readouterr().out
    assert torch.equal(read_weights("other.safetensors", LeNet5()).fc3.bias, quick_recipe.fc3.bias)


def test_training_anew_overwrites_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet5.safetensors").write_text("mine", encoding="utf-8")
    assert cli.main(["weights", "train", "lenet5"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "lenet5.safetensors").read_text(encoding="utf-8") == "mine"


def test_training_anew_needs_the_genuine_digits_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("CNNCOURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("CNNCOURSE_CACHE_DIR", str(tmp_path / "empty"))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["weights", "train", "lenet5"]) == 1
    assert "cnncourse data fetch mnist" in capsys.readouterr().err
    assert list(tmp_path.glob("*.safetensors")) == []
