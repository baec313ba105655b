"""Batch normalisation against PyTorch's, in both modes, and what happens to those who confuse them."""

import copy

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse import normalisation
from cnncourse.datasets import PictureSet
from cnncourse.normalisation import PlainBatchNorm, accuracy_in_batches, batch_statistics, compare, normalise


def some_maps(seed: int = 0) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(4, 3, 5, 2, generator=chance) * torch.tensor([1.0, 10, 0.1])[:, None, None] + 7


def pair() -> tuple[PlainBatchNorm, nn.BatchNorm2d]:
    ours, theirs = PlainBatchNorm(3), nn.BatchNorm2d(3)
    weights = {"weight": torch.tensor([2.0, -1, 0.5]), "bias": torch.tensor([0.0, 3, -2])}
    ours.load_state_dict(weights, strict=False)
    theirs.load_state_dict(weights, strict=False)
    return ours, theirs


def test_statistics_are_numpys_over_pictures_rows_and_columns():
    maps = some_maps()
    mean, variance = batch_statistics(maps)
    assert_allclose(mean, maps.numpy().mean(axis=(0, 2, 3)), rtol=1e-5)
    assert_allclose(variance, maps.numpy().var(axis=(0, 2, 3)), rtol=1e-4)


def test_in_training_and_in_evaluation_the_answers_are_pytorchs():
    ours, theirs = pair()
    for seed in range(3):
        torch.testing.assert_close(ours(some_maps(seed)), theirs(some_maps(seed)))
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    ours.eval(), theirs.eval()
    torch.testing.assert_close(ours(some_maps(9)), theirs(some_maps(9)))
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)


def test_gradients_pass_through_mean_and_variance_as_in_pytorch():
    slopes = []
    for layer in pair():
        maps = some_maps().requires_grad_()
        (layer(maps) ** 3).sum().backward()
        slopes.append((maps.grad, layer.weight.grad, layer.bias.grad))
    for ours, theirs in zip(*slopes, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)


def test_running_values_move_a_tenth_of_the_way_and_the_variance_is_divided_by_one_less():
    layer = PlainBatchNorm(1)
    layer(torch.tensor([1.0, 5.0]).reshape(2, 1, 1, 1))
    assert layer.running_mean.item() == pytest.approx(0.3)  # 0 + 0.1 · 3
    assert layer.running_var.item() == pytest.approx(1.7)  # 1 + 0.1 · (8 − 1)


@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (4, 3)])
def test_one_value_a_map_has_no_variance(shape):
    with pytest.raises(ValueError, match="more than one value a channel"):
        PlainBatchNorm(3)(torch.zeros(shape))


def test_a_map_that_is_the_same_everywhere_becomes_zero():
    assert torch.equal(normalise(torch.full((1, 1, 2, 3), 4.0), torch.tensor([4.0]), torch.tensor([0.0]))[0, 0],
                       torch.zeros(2, 3))  # fmt: skip


class Judge(nn.Module):
    """Says class 1 where the normalised mean of a picture is above 0."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(1)

    def forward(self, images):
        """Return two logits."""
        mean = self.norm(images).mean(dim=(1, 2, 3))
        return torch.stack([-mean, mean], dim=1)


def dark_and_bright() -> PictureSet:
    labels = torch.tensor([0, 1] * 6)
    spread = torch.linspace(-0.05, 0.05, 6).reshape(6, 1, 1)
    images = torch.where(labels[:, None, None] == 1, 0.8, 0.2) + 0.1 * torch.rand(12, 3, 2)
    return PictureSet((images.reshape(6, 2, 3, 2) + spread[:, :, None]).reshape(12, 1, 3, 2), labels, ("a", "b"), "two")


def test_in_training_mode_a_batch_of_one_class_is_judged_against_itself():
    data, model = dark_and_bright(), Judge()
    before = copy.deepcopy(model.state_dict())
    assert accuracy_in_batches(model, data, 12) == 1
    assert accuracy_in_batches(model, data, 6, by_class=True) < 1
    assert model.state_dict().keys() == before.keys()
    assert all(torch.equal(model.state_dict()[key], before[key]) for key in before)


@pytest.mark.parametrize("batch", [0, 13])
def test_a_batch_has_a_picture_and_no_more_than_there_are(batch):
    with pytest.raises(ValueError, match="batches of 1 to 12 pictures"):
        accuracy_in_batches(Judge(), dark_and_bright(), batch)


def test_batch_normalisation_learns_more_in_the_same_time(monkeypatch):
    monkeypatch.setattr(normalisation, "RATES", (0.03,))
    monkeypatch.setattr(normalisation, "EPOCHS", 1)
    found = compare(seed=0)
    assert list(found) == ["batch normalisation", "without"]
    assert found["batch normalisation"] > found["without"] + 0.3
    assert np.isfinite(list(found.values())).all()
