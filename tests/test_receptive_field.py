"""What a value sees: by gradient as by formula, and less in effect than in theory."""

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from cnncourse.architecture import describe_network
from cnncourse.receptive_field import see


def test_the_measured_field_is_the_one_of_the_formula():
    network = nn.Sequential(nn.Conv2d(1, 4, (3, 5)), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 2, 3, stride=2))
    assert (
        see(network, (1, 40, 48)).size == describe_network(network, (1, 40, 48)).layers[-1].receptive_field == (8, 10)
    )


def test_one_pooled_value_behind_a_three_by_three_kernel_sees_sixteen_pixels():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.MaxPool2d(2))
    assert see(network, (1, 7, 7), place=(0, 0), pictures=64).size == (4, 4)


def test_in_effect_a_deep_network_sees_much_less():
    torch.manual_seed(0)
    seen = see(nn.Sequential(*(nn.Conv2d(1, 1, 3) for _ in range(12))), (1, 31, 35), pictures=1)
    assert seen.size == (25, 25)
    assert seen.effective_size() < 25


def test_even_weights_fill_the_square_and_a_share_of_one_is_all_of_it():
    network = nn.Conv2d(1, 1, 5, bias=False)
    nn.init.ones_(network.weight)
    seen = see(network, (1, 9, 11))
    assert (seen.effective_size(1.0), seen.effective_size(9 / 25)) == (5, 3)


def test_the_network_keeps_its_gradients_and_its_mode():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Dropout())
    see(network, (1, 8, 8))
    assert network.training
    assert network[0].weight.grad is None


def test_a_network_without_weights_can_be_measured():
    assert see(nn.AvgPool2d(3), (1, 9, 12)).size == (3, 3)


def test_a_flat_output_is_refused_with_advice():
    with pytest.raises(ValueError, match=r"got \(8, 32\); take the layers before"):
        see(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten()), (1, 6, 6))


def test_a_place_outside_is_refused():
    with pytest.raises(ValueError, match="inside 4 rows and 5 columns, got"):
        see(nn.Conv2d(1, 1, 3), (1, 6, 7), place=(4, 0))


def test_a_network_that_answers_nothing_is_refused():
    network = nn.Conv2d(1, 1, 3)
    nn.init.zeros_(network.weight)
    with pytest.raises(ValueError, match="no pixel has any influence"):
        see(network, (1, 6, 7))


def random_network(seed):
    numbers, layers = np.random.default_rng(seed), []
    for channels in (1, 5):
        kernel, stride, pool, apart = (int(numbers.integers(1, most)) for most in (6, 3, 4, 3))
        layers += [nn.Conv2d(channels, 5, (kernel, 3), stride=stride, dilation=apart), nn.ReLU(), nn.MaxPool2d(pool, 2)]
    torch.manual_seed(seed)
    return nn.Sequential(*layers)


@pytest.mark.parametrize("seed", range(20))
def test_formula_and_measurement_agree_on_random_networks(seed):
    network, shape = random_network(seed), (1, 103, 91)
    assert see(network, shape, pictures=16).size == describe_network(network, shape).layers[-1].receptive_field


@pytest.mark.parametrize(
    ("name", "side", "place", "expected"), [("vgg16", 224, (3, 3), (212, 212)), ("resnet18", 448, None, (435, 435))]
)
def test_formula_and_measurement_agree_on_networks_in_use(name, side, place, expected):
    torch.manual_seed(0)
    whole = getattr(torchvision.models, name)(weights=None)
    network = whole.features if name == "vgg16" else nn.Sequential(*list(whole.children())[:-2])
    formula = describe_network(network, (3, side, side)).layers[-1].receptive_field
    assert see(network, (3, side, side), place=place, pictures=1).size == formula == expected


def test_what_counts_grows_with_the_square_root_of_the_depth():
    def side(depth):
        torch.manual_seed(1)
        stack = nn.Sequential(*(nn.Conv2d(1 if i == 0 else 4, 4, 3, bias=False) for i in range(depth)))
        return see(stack, (1, 2 * depth + 1, 2 * depth + 1), pictures=1).effective_size()

    assert 1.7 < side(64) / side(16) < 2.4
