"""What a unit looks for: found from noise for every unit of a layer, beyond what any photograph gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from torch import nn

from cnncourse._ascent import Settings, Target
from cnncourse.activations import run_until
from cnncourse.datasets import DataMissing, PictureSet
from cnncourse.maximisation import ASCENT, answers, clouds, data_pictures, maximise, pieces
from cnncourse.weights import load_weights
from tests.dream_networks import everything, small


def test_every_unit_of_a_layer_is_raised_beyond_the_best_of_1000_photographs_at_any_place():
    model, data = load_weights("residual-robust"), data_pictures(1000).images
    with torch.no_grad():
        best = run_until(model, "blocks.1", data).amax(dim=(0, 2, 3)).numpy()  # (64,)
    found = maximise(model, "blocks.1", range(64), size=32, settings=Settings(steps=30, strength=0.05, jitter=0))
    assert found.pictures.shape == (64, 32, 32, 3)
    assert (found.after / best).min() > 1.2
    assert np.median(found.after / best) > 2


def test_photographs_to_compare_with_come_in_mixed_order_from_sorted_files(monkeypatch: pytest.MonkeyPatch):
    labels = torch.arange(10).repeat_interleave(30)  # as the files of JPEGs are
    images = labels[:, None, None, None].expand(300, 3, 32, 32) / 10
    everything_there = PictureSet(images, labels, tuple("abcdefghij"), "a set, sorted: 300 pictures")
    monkeypatch.setattr("cnncourse.maximisation.load", lambda *_: everything_there)
    found = data_pictures(100, seed=2)
    assert torch.bincount(found.labels).tolist() == [10] * 10
    assert len(found.labels[:20].unique()) > 5
    assert torch.equal(found.images[:, 0, 0, 0], found.labels / 10)
    assert found.source == "100 photographs of a set, sorted, each class by its share"


def test_pieces_of_photographs_have_no_labels(monkeypatch: pytest.MonkeyPatch):
    def missing(*_: str) -> PictureSet:
        raise DataMissing("not here")

    monkeypatch.setattr("cnncourse.maximisation.load", missing)
    found = data_pictures(5)
    assert found.labels.tolist() == [-1] * 5
    assert "5 pieces of photographs" in found.source


def test_the_answers_told_are_those_of_the_pictures_returned():
    model = small()
    found = maximise(model, "3", [5, 0, 5], size=12)
    pictures = torch.from_numpy(found.pictures).permute(0, 3, 1, 2).float()
    again = answers(model, Target("3", (5, 0, 5), centre=True), pictures)
    assert np.allclose(found.after, again, atol=1e-5)
    assert (found.after > found.before).all()
    assert_array_equal(found.pictures[0], found.pictures[2])


def test_no_step_ends_lower_than_it_began_however_long_it_is():
    found = maximise(small(), "5", range(6), size=12, settings=Settings(steps=6, strength=0.5, jitter=0))
    assert (found.after >= found.before).all()


def test_a_unit_that_is_switched_off_is_woken_by_other_noise():
    model = nn.Sequential(nn.Conv2d(3, 1, 1), nn.ReLU())
    model[0].weight.data = torch.tensor([[[[1.0]], [[-1.0]], [[0.0]]]])
    model[0].bias.data = torch.tensor([-0.55])  # red must outshine green by more than half
    found = maximise(model, "1", [0], size=8)
    assert found.before[0] > 0
    assert found.after[0] == pytest.approx(0.45)


def test_a_unit_that_nothing_wakes_stays_noise_and_says_so():
    model = nn.Sequential(nn.Conv2d(3, 1, 1), nn.ReLU())
    nn.init.zeros_(model[0].weight)
    nn.init.constant_(model[0].bias, -1.0)
    found = maximise(model, "1", [0], size=8)
    assert (found.before[0], found.after[0]) == (0, 0)


def test_grey_networks_get_grey_noise():
    found = maximise(nn.Sequential(nn.Conv2d(1, 2, 3)), "0", [1], size=9)
    assert found.pictures.shape == (1, 9, 9)


def test_the_network_is_left_as_it_was():
    model = small().train()
    before = everything(model)
    maximise(model, "3", [1, 2], size=12)
    assert everything(model) == before


def test_a_unit_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="channel of layer '3' from 0 to 5, got 6"):
        maximise(small(), "3", [0, 6], size=12)


def test_clouds_are_stronger_the_longer_the_wave():
    spectrum = torch.fft.rfft(clouds(40, (64, 48))[:, :, :, :] - 0.5, dim=3).abs().mean(dim=(0, 1, 2))
    assert spectrum[1] > 2 * spectrum[3] > 4 * spectrum[12]
    assert clouds(2, (7, 9), colours=1).shape == (2, 1, 7, 9)


def test_pieces_of_photographs_are_many_different_ones_in_colour():
    cut = pieces(12, 20, seed=4)
    assert cut.shape == (12, 3, 20, 20)
    assert len({picture.numpy().tobytes() for picture in cut}) == 12
    assert torch.equal(cut, pieces(12, 20, seed=4))


def test_units_come_in_parts_and_none_is_lost():
    model = nn.Sequential(nn.Conv2d(3, 70, 3))
    found = maximise(model, "0", range(70), size=6, settings=Settings(steps=1, strength=ASCENT.strength))
    assert len(found.pictures) == len(found.after) == 70
    one = maximise(model, "0", [69], size=6, settings=Settings(steps=1, strength=ASCENT.strength, jitter=8))
    assert one.before[0] == pytest.approx(found.before[69], abs=1e-5)
