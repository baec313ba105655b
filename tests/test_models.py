"""The networks: their sizes from the papers, what their units see, and that the same seed makes the same network."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchinfo import summary

from cnncourse.models import LeNet5, LeNet1989, ResidualNet, dense_baseline, fresh, squash


def parameters(model: nn.Module) -> int:
    return sum(weights.numel() for weights in model.parameters())


@pytest.fixture
def digits() -> torch.Tensor:
    return torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("make", "side", "count"), [(dense_baseline, 28, 407_050), (LeNet1989, 16, 9_760), (LeNet5, 28, 61_706)]
)
def test_each_network_has_the_parameters_of_its_source_and_gives_ten_logits(make, side, count):
    model = make()
    assert parameters(model) == count
    assert summary(model, (2, 1, side, side), verbose=0).total_params == count
    assert model(torch.rand(2, 1, side, side)).shape == (2, 10)


def test_lenet_5_multiplies_as_often_as_counted_by_hand():
    by_hand = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10
    biases_are_counted_too = 28 * 28 * 6 + 10 * 10 * 16 + 120 + 84 + 10  # torchinfo counts a bias as a multiplication
    assert summary(LeNet5(), (1, 1, 28, 28), verbose=0).total_mult_adds == by_hand + biases_are_counted_too


def test_the_layers_of_lenet_5_are_named_so_that_their_maps_can_be_recorded():
    names = [name for name, _ in LeNet5().named_children()]
    assert names == ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "fc3"]


def test_lenet_5_is_the_plain_chain_of_its_layers(digits):
    net = LeNet5()
    relu, layers = nn.ReLU(), dict(net.named_children())
    chain = nn.Sequential(
        layers["conv1"], relu, layers["pool1"], layers["conv2"], relu, layers["pool2"], nn.Flatten(),
        layers["fc1"], relu, layers["fc2"], relu, layers["fc3"],
    )  # fmt: skip
    torch.testing.assert_close(net(digits), chain(digits))


def test_the_first_weights_of_lenet_5_keep_the_size_of_what_passes():
    net = fresh(LeNet5, seed=3)
    expected = {"conv1": (2 / 25) ** 0.5, "conv2": (2 / 150) ** 0.5, "fc1": (2 / 400) ** 0.5}
    for name, spread in expected.items():
        assert float(net.get_parameter(f"{name}.weight").detach().std()) == pytest.approx(spread, rel=0.2)
    assert not net.fc2.bias.any()


# --- 1989 -----------------------------------------------------------------------------------------------------------


def test_an_empty_picture_looks_like_its_surroundings_so_that_border_and_middle_agree():
    net = LeNet1989()
    maps = net.H1(torch.full((1, 1, 16, 16), -1.0))  # background, as it arrives at H1
    torch.testing.assert_close(maps, maps[:, :, 3:4, 4:5].expand_as(maps))


def test_a_kernel_of_h1_is_shared_by_64_units_and_a_bias_is_not():
    net = LeNet1989()
    picture = 2 * torch.rand(1, 1, 16, 16) - 1
    before = net.H1(picture)
    with torch.no_grad():
        net.H1.bias[5, 2, 6] += 1
    assert (net.H1(picture) != before).nonzero().tolist() == [[0, 5, 2, 6]]
    with torch.no_grad():
        net.H1.weight[5, 0, 2, 2] += 1
    changed = (net.H1(picture) - before).flatten(2).abs().amax(dim=2)[0]
    assert changed.nonzero().flatten().tolist() == [5]


def test_a_unit_of_h1_sees_a_window_of_five_pixels_that_moves_by_two():
    net = LeNet1989()
    picture = torch.zeros(1, 1, 16, 16, requires_grad=True)
    net.H1(picture)[0, 4, 3, 5].backward()
    assert picture.grad is not None
    seen = picture.grad[0, 0].nonzero()
    assert seen.amin(dim=0).tolist() == [2 * 3 - 2, 2 * 5 - 2]
    assert seen.amax(dim=0).tolist() == [2 * 3 + 2, 2 * 5 + 2]


def test_a_map_of_h2_sees_eight_maps_of_h1_and_every_map_of_h1_is_seen_by_eight():
    net = LeNet1989()
    sees = torch.zeros(12, 12, dtype=torch.bool)
    for number in range(12):
        maps = torch.zeros(1, 12, 8, 8, requires_grad=True)
        net.H2(maps)[0, number].sum().backward()
        assert maps.grad is not None
        sees[number] = maps.grad[0].flatten(1).any(dim=1)
    assert sees.sum(dim=0).tolist() == [8] * 12
    assert sees.sum(dim=1).tolist() == [8] * 12
    assert len({tuple(row) for row in sees.tolist()}) == 3


def test_the_first_weights_of_1989_lie_within_24_tenths_over_the_inputs_of_a_unit():
    net = LeNet1989()
    for layer, inputs in ((net.H1, 25), (net.H2, 200), (net.H3, 192), (net.output, 30)):
        reach = float(layer.weight.detach().abs().max())
        assert 0.9 * 2.4 / inputs < reach <= 2.4 / inputs


def test_squashing_keeps_one_and_minus_one_and_ends_below_1_72():
    values = squash(torch.tensor([-100.0, -1.0, 0.0, 1.0, 100.0]))
    assert values.tolist() == pytest.approx([-1.7159, -1, 0, 1, 1.7159], abs=1e-4)


# --- seeds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [dense_baseline, LeNet1989, LeNet5, ResidualNet])
def test_the_seed_alone_decides_the_first_weights(make):
    torch.manual_seed(11)
    one = fresh(make, seed=4)
    torch.manual_seed(12)
    other, third = fresh(make, seed=4), fresh(make, seed=5)
    first = [next(iter(model.parameters())) for model in (one, other, third)]
    assert torch.equal(first[0], first[1])
    assert not torch.equal(first[0], first[2])


def test_making_a_network_leaves_the_random_numbers_of_others_alone():
    torch.manual_seed(9)
    expected = torch.rand(2)
    torch.manual_seed(9)
    fresh(LeNet5, seed=1)
    assert torch.equal(torch.rand(2), expected)


# --- for natural pictures -------------------------------------------------------------------------------------------


def test_the_residual_network_halves_its_pictures_four_times_and_takes_any_size():
    net = ResidualNet().eval()
    assert net.blocks(net.stem(torch.rand(2, 3, 48, 32))).shape == (2, 256, 3, 2)
    assert net(torch.rand(2, 3, 48, 32)).shape == (2, 10)


def test_a_residual_block_without_weights_is_its_shortcut():
    net = ResidualNet(widths=(4, 4)).eval()
    block = net.blocks[0]
    nn.init.zeros_(block.conv2.weight)
    maps = torch.rand(1, 4, 5, 7)
    torch.testing.assert_close(block(maps), maps)
