"""What a value sees: by gradient as by formula, and less in effect than in theory."""

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from cnncourse.activations import run_until
from cnncourse.architecture import describe_network
from cnncourse.models import ResidualNet
from cnncourse.receptive_field import locate, see


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


class Joined(nn.Module):
    """Two branches that look off centre, to different sides."""

    def __init__(self):
        super().__init__()
        self.up = nn.Conv2d(2, 3, (4, 1))
        self.left = nn.Conv2d(2, 3, (1, 3))
        self.merged = nn.Identity()

    def forward(self, images):
        above = self.up(nn.functional.pad(images, (0, 0, 3, 0)))
        return self.merged(torch.cat([above, self.left(nn.functional.pad(images, (2, 0)))], dim=1))


def seen_by_poison(network, layer, shape):
    """Spoil one row, then one column of the picture at a time, and see which values of the layer are spoilt."""
    _, height, width = shape
    rows, columns = torch.zeros((height, *shape)), torch.zeros((width, *shape))
    rows[range(height), :, range(height)] = torch.nan
    columns[range(width), :, :, range(width)] = torch.nan
    network = network.double()  # whatever is fast for small numbers only may spread the poison
    with torch.no_grad():
        by_row = run_until(network, layer, rows.double()).isnan().any(dim=1).any(dim=2)  # (height, rows)
        by_column = run_until(network, layer, columns.double()).isnan().any(dim=1).any(dim=1)  # (width, columns)
    return by_row.numpy(), by_column.numpy()


@pytest.mark.parametrize(
    ("network", "layer", "shape"),
    [
        (nn.Sequential(nn.Conv2d(1, 2, (3, 5)), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 1, 3)), "3", (1, 13, 18)),
        (nn.Sequential(nn.Conv2d(2, 2, 5, padding=2, stride=2), nn.MaxPool2d(3, 2, padding=1)), "1", (2, 21, 18)),
        pytest.param(
            nn.Sequential(nn.Conv2d(1, 1, (4, 3), padding="same"), nn.ReLU()),
            "0",
            (1, 11, 14),
            marks=pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel"),
        ),
        (nn.Sequential(nn.ZeroPad2d((0, 3, 2, 1)), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d((2, 5))), "2", (1, 13, 17)),
        (nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), nn.Conv2d(1, 1, 3)), "1", (1, 9, 7)),
        (ResidualNet(widths=(3, 4, 5)), "blocks.1", (3, 32, 24)),
        (ResidualNet(widths=(3, 4, 5)), "blocks.2.shortcut", (3, 32, 24)),
        (Joined(), "merged", (2, 9, 12)),
        (nn.Sequential(nn.Conv2d(1, 1, 3), nn.Flatten(), nn.Linear(35, 4)), "0", (1, 9, 7)),
    ],
)
def test_the_located_fields_are_those_of_the_pixels_that_reach_a_value(network, layer, shape):
    fields = locate(network, layer, shape)
    by_row, by_column = seen_by_poison(network, layer, shape)
    assert fields.shape[1:] == (by_row.shape[1], by_column.shape[1])
    for row in range(by_row.shape[1]):
        for column in range(by_column.shape[1]):
            rows, columns = fields.box(row, column)
            assert list(np.flatnonzero(by_row[:, row])) == list(range(rows.start, rows.stop))
            assert list(np.flatnonzero(by_column[:, column])) == list(range(columns.start, columns.stop))


def test_a_dense_layer_and_what_is_not_known_count_as_seeing_everything():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.Upsample(scale_factor=2), nn.Flatten(), nn.Linear(140, 4))
    for layer in ("1", "3"):
        assert locate(network, layer, (1, 9, 7)).box(0, 0) == (slice(0, 9), slice(0, 7))


def test_a_field_wholly_in_the_padding_is_empty():
    fields = locate(nn.Sequential(nn.Conv2d(1, 1, 1, padding=1)), "0", (1, 4, 6))
    assert [part.stop - part.start for part in fields.box(0, 3)] == [0, 1]


def test_a_layer_that_cannot_be_located_ends_in_words():
    network = nn.Sequential(nn.Conv2d(1, 1, 3))
    with pytest.raises(ValueError, match=r"no layer '1'; did you mean '0'|no layer '1'; see"):
        locate(network, "1", (1, 9, 7))
    network.unused = nn.Identity()
    network.forward = lambda images: network[0](images)
    with pytest.raises(ValueError, match="has a layer 'unused' and never called it"):
        locate(network, "unused", (1, 9, 7))
    with pytest.raises(ValueError, match="a picture of 3 × 9 × 7 cannot pass layer '0'"):
        locate(network, "0", (3, 9, 7))


def test_a_network_that_looks_at_numbers_on_its_way_is_located_too():
    class Looking(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3)

        def forward(self, images):
            return self.conv(images if images.mean() < 0.5 else 1 - images)

    assert locate(Looking(), "conv", (1, 5, 6)).size == (3, 3)
    with pytest.raises(ValueError, match="a picture of 2 × 5 × 6 cannot pass layer 'conv'"):
        locate(Looking(), "conv", (2, 5, 6))
