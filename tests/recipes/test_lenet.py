"""The recipe of the LeNet-5 that ships: what it learns from, and that it can be repeated."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from cnncourse.datasets import load
from cnncourse.models import LeNet5
from cnncourse.recipes import RECIPES, lenet, run_recipe
from cnncourse.recipes.lenet import distorted, in_other_hands


def dice(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def cross() -> torch.Tensor:
    """Give 40 times the same cross, off the middle, with arms of different lengths."""
    image = torch.zeros(28, 28)
    image[8:22, 12:14] = 1
    image[11:13, 9:20] = 1
    return image.expand(40, 1, 28, 28)


def test_distorted_digits_stay_pictures_with_their_ink_inside(cross):
    made = distorted(cross, dice())
    assert made.shape == cross.shape
    assert 0 <= float(made.min()) <= float(made.max()) <= 1
    assert made[:, 0, [0, -1]].max() == 0
    ink = made.sum(dim=(1, 2, 3)) / cross[0].sum()
    assert 0.3 < float(ink.min()) < 1 < float(ink.max()) < 2.5


def test_each_copy_is_another_one_and_the_same_dice_give_the_same(cross):
    made = distorted(cross, dice())
    assert len({image.numpy().tobytes() for image in made}) == 40
    assert torch.equal(made, distorted(cross, dice()))


def test_the_middle_of_a_digit_moves_by_few_pixels(cross):
    made = distorted(cross, dice())[:, 0]
    rows = (made.sum(dim=2) * torch.arange(28)).sum(dim=1) / made.sum(dim=(1, 2))
    home = (cross[0, 0].sum(dim=1) * torch.arange(28)).sum() / cross[0].sum()
    assert 0.5 < float((rows - home).abs().max()) < 5


def test_without_any_reach_only_the_strokes_change(cross, monkeypatch):
    for name in ("TURN", "STRETCH", "SLANT", "SHIFT"):
        monkeypatch.setattr(lenet, name, 0.0)
    made = distorted(cross, dice())
    same = (made - cross).abs().amax(dim=(1, 2, 3)) < 1e-4
    assert 0.25 < float(same.float().mean()) < 0.75
    thicker = made.sum(dim=(1, 2, 3)) > cross[0].sum() + 1
    thinner = made.sum(dim=(1, 2, 3)) < cross[0].sum() - 1
    assert thicker.any()
    assert thinner.any()
    assert torch.equal(thicker | thinner, ~same)


def test_the_copies_stand_behind_the_digits_with_their_labels():
    data = load("digits")[:30]
    more = in_other_hands(data, 2, seed=1)
    assert torch.equal(more.images[:30], data.images)
    assert torch.equal(more.labels, torch.cat([data.labels] * 3))
    assert not torch.equal(more.images[30:60], more.images[60:])
    assert "2 distorted copies" in more.source


def test_the_recipe_trains_a_lenet_5_twice_to_the_same_bits_and_says_how_good_it_is(monkeypatch):
    monkeypatch.setattr(lenet, "load", lambda _, split: load("digits", split).take(200))
    monkeypatch.setattr(lenet, "SETTINGS", replace(lenet.SETTINGS, epochs=2, batch=20))
    one, other = (run_recipe("lenet5", progress=False) for _ in range(2))
    assert isinstance(one.model, LeNet5)
    assert all(torch.equal(a, b) for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True))
    assert one.told == other.told
    assert 0 < one.told["accuracy"] < 1
    assert one.told["command"] == "cnncourse weights train lenet5"


def test_an_unknown_recipe_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=f"out of {', '.join(RECIPES)}, got 'lenet6'"):
        run_recipe("lenet6")
