"""The large networks: the same code dreams with them, on random weights here, and the right file gives its weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from cnncourse import imagenet
from cnncourse.dreaming import Settings, deep_dream
from cnncourse.images import photograph
from cnncourse.maximisation import maximise
from tests.dream_networks import everything

PHOTO = photograph("coffee", grey=False)[100:228, 150:310]  # 128 × 160


@pytest.mark.parametrize("name", list(imagenet.NETWORKS))
def test_every_layer_offered_dreams_and_leaves_the_network_as_it_was(name: str):
    torch.manual_seed(0)
    model = imagenet.untrained(name)
    before = everything(model)
    for layer in imagenet.NETWORKS[name].layers:
        dreamt = deep_dream(model, PHOTO, layer, settings=Settings(steps=1, octaves=2))
        assert dreamt.shape == PHOTO.shape
        assert not np.array_equal(dreamt, PHOTO)
    assert everything(model) == before


def test_a_unit_of_squeezenet_behind_an_in_place_relu_is_maximised():
    torch.manual_seed(0)
    found = maximise(imagenet.untrained("squeezenet1_1"), "network.features.1", [0, 7, 40], size=32)
    assert (found.after > found.before).all()


def test_pictures_are_scaled_as_in_training():
    model = imagenet.Scaled(torch.nn.Identity())
    grey = torch.full((1, 3, 2, 2), 0.5)
    expected = [(0.5 - mean) / deviation for mean, deviation in zip(imagenet.MEAN, imagenet.DEVIATION, strict=True)]
    assert torch.allclose(model(grey)[0, :, 0, 0], torch.tensor(expected))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which weights are looked for, empty."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


def test_without_weights_there_is_no_network_and_a_line_that_says_what_to_do(folder: Path):
    assert imagenet.find_network("squeezenet1_1") is None
    assert "find_network('squeezenet1_1', fetch=True)" in imagenet.why_not("squeezenet1_1")


def test_weights_that_are_there_are_used(folder: Path, monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(1)
    known = imagenet.untrained("squeezenet1_1")
    torch.save(known.network.state_dict(), folder / "new.pth")
    letters = hashlib.sha256((folder / "new.pth").read_bytes()).hexdigest()[:8]
    (folder / "new.pth").rename(folder / f"mine-{letters}.pth")
    entry = imagenet.NETWORKS["squeezenet1_1"]._replace(file=f"mine-{letters}.pth")
    monkeypatch.setitem(imagenet.NETWORKS, "squeezenet1_1", entry)
    found = imagenet.find_network("squeezenet1_1")
    assert found is not None
    assert not found.training
    images = torch.rand(1, 3, 64, 80)
    with torch.no_grad():
        assert torch.equal(found(images), known(images))


def test_a_file_that_is_not_what_its_name_says_is_refused(folder: Path):
    imagenet.weights_file("squeezenet1_1").write_bytes(b"anything")
    with pytest.raises(ValueError, match="not b8a52dc0; delete it"):
        imagenet.find_network("squeezenet1_1")


def test_a_name_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="googlenet, squeezenet1_1, vgg19, got 'vgg'"):
        imagenet.find_network("vgg")


def test_the_names_of_the_classes_are_there():
    assert len(imagenet.categories()) == 1000
    assert imagenet.categories()[207] == "golden retriever"
