"""Tests of the depth of a network: convolutions and dense layers in a row."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnncourse._longest_path import weighted_depth


class Joined(nn.Module):
    """Two branches, joined by a function, and what comes behind."""

    def __init__(self, short: nn.Module, long: nn.Module, join: str) -> None:
        super().__init__()
        self.short, self.long, self.join = short, long, join
        self.last = nn.Conv2d(8 if join == "cat" else 4, 2, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Join by adding or by stacking."""
        one, other = self.short(images), self.long(images)
        return self.last(torch.cat([one, other], 1) if self.join == "cat" else one + other)


def stack(count: int) -> nn.Sequential:
    return nn.Sequential(
        *[nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()) for _ in range(count)]
    )


@pytest.mark.parametrize("join", ["cat", "add"])
@pytest.mark.parametrize(("short", "long", "expected"), [(0, 3, 4), (3, 0, 4), (1, 5, 6), (2, 2, 3)])
def test_only_the_longest_branch_counts(join: str, short: int, long: int, expected: int):
    assert weighted_depth(Joined(stack(short), stack(long), join), (4, 7, 5)) == expected


def test_what_has_no_filters_adds_nothing():
    network = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(), nn.Flatten())
    assert weighted_depth(network, (3, 8, 6)) == 0


def test_an_activation_in_place_keeps_the_depth():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(4 * 6 * 4, 2))
    assert weighted_depth(network, (3, 8, 6)) == 2


def test_a_layer_that_is_used_three_times_counts_three_times():
    layer = nn.Conv2d(4, 4, 3, padding=1)
    assert weighted_depth(nn.Sequential(layer, layer, layer), (4, 7, 5)) == 3


def test_the_network_is_neither_changed_nor_run():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 5 * 3, 2)).train()
    network[2].eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert weighted_depth(network, (3, 7, 5)) == 2
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert [module.training for module in network] == [True, True, False, True]


def test_an_answer_that_is_no_tensor_is_refused():
    class Two(nn.Module):
        def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
            return images, images

    with pytest.raises(ValueError, match="one tensor, got tuple; take one head"):
        weighted_depth(Two(), (3, 7, 5))
