"""One step uphill: the right gradient, nothing computed in vain, nothing left behind."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy.ndimage import gaussian_filter
from torch import nn

from cnncourse._ascent import FLAT, Settings, Target, blurred, climb, slope, unit_length, variation_slope
from tests.dream_networks import Tripwire, everything, small


@pytest.fixture
def pictures() -> torch.Tensor:
    return torch.rand(2, 3, 10, 14, generator=torch.Generator().manual_seed(3))


def by_hand(model: nn.Module, until: int, pictures: torch.Tensor, value) -> torch.Tensor:
    """Differentiate with autograd through the first layers of a Sequential, called one by one."""
    leaf = pictures.clone().requires_grad_()
    maps = leaf
    for layer in list(model)[: until + 1]:
        maps = layer(maps)
    return torch.autograd.grad(value(maps).sum(), leaf)[0]


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (Target("3"), lambda maps: maps.square().mean(dim=(1, 2, 3))),
        (Target("3", 2), lambda maps: maps[:, 2].mean(dim=(1, 2))),
        (Target("3", (4, 1)), lambda maps: torch.stack([maps[0, 4].mean(), maps[1, 1].mean()])),
        (Target("3", 5, centre=True), lambda maps: maps[:, 5, 2, 3]),
        (Target("8", 3), lambda logits: logits[:, 3]),
        (Target("8", 3, centre=True), lambda logits: logits[:, 3]),
    ],
)
def test_the_slope_is_the_gradient_by_the_pixels(pictures, target, value):
    model = small()
    found, values = slope(model, target, pictures)
    assert_allclose(found, by_hand(model, int(target.layer), pictures, value), atol=1e-7)
    with torch.no_grad():
        assert_allclose(values, value(model[: int(target.layer) + 1](pictures)), rtol=1e-5)


def test_a_shift_moves_what_the_network_sees_and_not_the_gradient(pictures):
    model, value = small(), lambda maps: maps[:, 2].mean(dim=(1, 2))
    expected = by_hand(model, 3, pictures.roll((3, -2), dims=(2, 3)), value).roll((-3, 2), dims=(2, 3))
    assert_allclose(slope(model, Target("3", 2), pictures, shift=(3, -2))[0], expected, atol=1e-7)


def test_nothing_above_the_target_is_computed(pictures):
    model = nn.Sequential(nn.Conv2d(3, 2, 3), Tripwire(RuntimeError("too far"), at=1))
    assert slope(model, Target("0", 1), pictures)[0].shape == pictures.shape


def test_weights_get_no_gradient_and_keep_the_one_they_had(pictures):
    model = small()
    model[0].weight.grad = torch.full_like(model[0].weight, 7.0)
    before = everything(model)
    slope(model, Target("3", 2), pictures)
    assert everything(model) == before
    assert model[3].weight.grad is None


def test_a_network_in_training_mode_answers_as_in_use_and_stays_in_training(pictures):
    resting, training = small(), small().train()
    training[1].eval()  # a part of its own mind
    before = everything(training)
    assert_allclose(slope(training, Target("5"), pictures)[0], slope(resting, Target("5"), pictures)[0])
    assert everything(training) == before


@pytest.mark.parametrize("error", [RuntimeError("torn"), KeyboardInterrupt()], ids=["exception", "interrupt"])
def test_a_step_that_fails_leaves_the_network_as_it_was(pictures, error):
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), Tripwire(error), nn.ReLU()).train()
    before = everything(model)
    with pytest.raises(type(error)):
        slope(model, Target("3"), pictures)
    assert everything(model) == before


def test_a_network_that_works_in_place_does_not_write_into_the_picture(pictures):
    model = nn.Sequential(nn.Threshold(0.5, 0.0, inplace=True), nn.Flatten())
    kept = pictures.clone()
    found, _ = slope(model, Target("0"), pictures)
    assert torch.equal(pictures, kept)
    assert_allclose(found, 2 * torch.where(kept > 0.5, kept, 0) / kept[0].numel(), rtol=1e-5)


def test_sixteen_bits_point_nearly_the_same_way(pictures):
    model = small()
    exact, fast = (slope(model, Target("3"), pictures, fast=fast)[0].flatten() for fast in (False, True))
    assert fast.dtype == torch.float32
    assert torch.cosine_similarity(exact, fast, dim=0) > 0.99


def test_each_picture_goes_its_own_way_at_one_pace(pictures):
    steps = unit_length(pictures * torch.tensor([1.0, 1000.0])[:, None, None, None])
    assert_allclose(steps.square().mean(dim=(1, 2, 3)), [1, 1], rtol=1e-5)
    assert unit_length(torch.zeros(1, 3, 2, 2)).abs().max() == 0


def test_a_linear_unit_is_climbed_to_the_one_best_picture():
    model = nn.Sequential(nn.Conv2d(1, 1, (2, 3), bias=False))
    model[0].weight.data = torch.tensor([[[[1.0, -2.0, 0.5], [3.0, -0.7, 4.0]]]])
    picture, chance = torch.full((1, 1, 2, 3), 0.5), torch.Generator()
    for _ in range(60):
        picture, value = climb(model, Target("0", 0), picture, Settings(strength=0.05, jitter=0), chance)
    assert_allclose(picture[0, 0], [[1, 0, 1], [1, 0, 1]])  # white where a weight is above 0, black below
    assert_allclose(value, [8.5])


def test_the_slope_of_total_variation_is_autograds():
    pictures = torch.rand(2, 3, 5, 7, dtype=torch.float64).requires_grad_()
    down = nn.functional.pad(pictures.diff(dim=2), (0, 0, 0, 1))
    right = nn.functional.pad(pictures.diff(dim=3), (0, 1))
    length = (down.square() + right.square() + FLAT**2).sqrt().sum()
    (expected,) = torch.autograd.grad(length, pictures)
    assert_allclose(variation_slope(pictures.detach()), expected, atol=1e-12)


@pytest.mark.parametrize("width", [0.3, 1.0, 2.4])
def test_the_blur_is_scipys(width):
    picture = np.random.default_rng(1).random((9, 14))
    expected = gaussian_filter(picture, width, mode="nearest", radius=max(1, round(3 * width)))
    assert_allclose(blurred(torch.tensor(picture)[None, None], width)[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize("switch", [{"blur": 1.0}, {"total_variation": 0.5}])
def test_each_switch_calms_the_picture(pictures, switch):
    def roughness(**switches):
        after = pictures
        for _ in range(5):
            settings = Settings(strength=0.05, jitter=0, **switches)
            after, _ = climb(small(), Target("3", 2), after, settings, torch.Generator())
        return (after.diff(dim=2).abs().mean() + after.diff(dim=3).abs().mean()).item()

    assert roughness(**switch) < 0.9 * roughness()


def test_jitter_is_drawn_from_the_seed(pictures):
    def after(seed):
        chance = torch.Generator().manual_seed(seed)
        return climb(small(), Target("3", 2), pictures, Settings(jitter=4), chance)[0]

    assert torch.equal(after(1), after(1))
    assert not torch.equal(after(1), after(2))


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"steps": 0}, "steps of 1 or more, got 0"),
        ({"strength": -0.1}, "strength of 0 or more"),
        ({"strength": float("nan")}, "got nan"),
        ({"octaves": 0}, "octaves of 1 or more"),
        ({"scale": 1.0}, "a scale above 1, got 1.0; try 1.5"),
        ({"jitter": -1}, "jitter of 0 or more"),
        ({"blur": -1}, "blur"),
        ({"total_variation": -1}, "total_variation"),
    ],
)
def test_a_setting_out_of_range_is_refused(wrong, advice):
    with pytest.raises(ValueError, match=advice):
        Settings(**wrong)
