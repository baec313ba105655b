"""Tests that layers are listened to, by name, without leaving a trace."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.feature_extraction import create_feature_extractor

from cnncourse.activations import evaluating, find_layer, layer_names, record, run_until


class Branching(nn.Module):
    """Layers in another order than they are called, one of them twice, one never, one that gives a pair."""

    def __init__(self) -> None:
        super().__init__()
        self.last = nn.Linear(18, 4)
        self.first = nn.Conv2d(2, 3, 3)
        self.relu = nn.ReLU(inplace=True)
        self.norm = nn.BatchNorm2d(3)
        self.pair = nn.MaxPool2d(2, return_indices=True)
        self.unused = nn.Linear(1, 1)
        self.many = nn.ModuleList([nn.Dropout(0.5)])

    def forward(self, images: Tensor) -> Tensor:
        """Return logits, shape (n, 4), for pictures of 6 × 9 pixels."""
        maps = self.relu(self.first(images))
        pooled, _ = self.pair(self.relu(self.norm(maps) - 0.5))
        return self.last(self.many[0](pooled).flatten(1))


@pytest.fixture
def network() -> Branching:
    torch.manual_seed(0)
    return Branching().eval()


@pytest.fixture
def images() -> Tensor:
    return torch.randn(5, 2, 6, 9, generator=torch.Generator().manual_seed(1))


def hooks(model: nn.Module) -> int:
    """Count every hook on every layer."""
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in model.modules())


def state(model: nn.Module) -> list[bytes]:
    """Return every number of a network, its gradients, and the mode of each layer."""
    numbers = [t.detach().numpy().tobytes() for t in model.state_dict().values()]
    gradients = [b"" if p.grad is None else p.grad.numpy().tobytes() for p in model.parameters()]
    return [*numbers, *gradients, bytes(m.training for m in model.modules())]


def test_maps_are_those_of_torchvisions_feature_extraction(network: Branching, images: Tensor):
    names = ["first", "relu", "norm", "many.0"]
    with torch.no_grad(), record(network, names) as maps:
        network(images)
    reference = create_feature_extractor(network, return_nodes=["norm", "many.0"])(images)
    for name in reference:
        assert torch.equal(maps[name], reference[name])
    assert maps["many.0"].shape == (5, 3, 2, 3)


def test_a_later_layer_that_works_in_place_does_not_change_the_record(network: Branching, images: Tensor):
    by_hand = functional.conv2d(images, network.first.weight, network.first.bias)
    for gradients in (False, True):
        with record(network, "first", gradients=gradients) as maps:
            network(images)
        assert torch.equal(maps["first"], by_hand)
        assert maps["first"].min() < 0, "ReLU would have left none below 0"


def test_a_layer_called_twice_is_recorded_at_its_first_call(network: Branching, images: Tensor):
    with record(network, "relu") as maps:
        network(images)
    first_call = functional.relu(network.first(images))
    assert torch.equal(maps["relu"], first_call)
    assert torch.equal(run_until(network, "relu", images), first_call)


def test_the_answer_is_the_same_with_and_without_a_record(network: Branching, images: Tensor):
    plain = network(images)
    with record(network, ["first", "relu", "norm"], gradients=True):
        assert torch.equal(network(images), plain)


def test_every_pass_fills_the_maps_anew(network: Branching, images: Tensor):
    with record(network, "norm") as maps:
        network(images)
        first = maps["norm"]
        network(images[:2])
    assert first.shape[0] == 5
    assert maps["norm"].shape[0] == 2


def test_without_names_all_layers_are_recorded_that_give_a_tensor(network: Branching, images: Tensor):
    with record(network) as maps:
        network(images)
    assert list(maps) == ["first", "relu", "norm", "many.0", "last"]


def test_names_come_in_the_order_of_the_network_or_of_the_pass(network: Branching, images: Tensor):
    assert layer_names(network) == ["last", "first", "relu", "norm", "pair", "unused", "many.0"]
    assert layer_names(network, images) == ["first", "relu", "norm", "many.0", "last"]
    nested = nn.Sequential(nn.Sequential(nn.ReLU(), nn.Tanh()))
    assert layer_names(nested) == ["0", "0.0", "0.1"]
    assert layer_names(nested, images) == ["0.0", "0.1", "0"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_no_hook_stays_behind_however_the_block_ends(network: Branching, images: Tensor, error: type[BaseException]):
    before = state(network)

    def broken_off() -> None:
        with record(network, gradients=True):
            network(images)
            assert hooks(network) > 0
            raise error

    with pytest.raises(error):
        broken_off()
    assert hooks(network) == 0
    assert state(network) == before


def test_no_hook_stays_behind_when_the_pass_itself_fails(network: Branching):
    with pytest.raises(RuntimeError), record(network, "last"):
        network(torch.zeros(1, 7, 6, 9))
    with pytest.raises(RuntimeError):
        run_until(network, "last", torch.zeros(1, 7, 6, 9))
    with pytest.raises(RuntimeError):
        layer_names(network, torch.zeros(1, 7, 6, 9))
    assert hooks(network) == 0


def test_hooks_of_others_stay(network: Branching, images: Tensor):
    calls: list[str] = []
    network.first.register_forward_hook(lambda *_: calls.append("heard"))
    with record(network, "first"):
        network(images)
    network(images)
    assert calls == ["heard", "heard"]


def test_an_unknown_layer_brings_the_nearest_name(network: Branching, images: Tensor):
    for call in (lambda: find_layer(network, "frist"), lambda: run_until(network, "frist", images)):
        with pytest.raises(ValueError, match=r"Branching has no layer 'frist'; did you mean 'first'\?"):
            call()
    with pytest.raises(ValueError, match="has no layer ''; see layer_names"):
        find_layer(network, "")
    with pytest.raises(ValueError, match="did you mean 'norm'"), record(network, ["first", "norm1"]):
        pass
    assert hooks(network) == 0


def test_a_map_that_is_not_there_says_why(network: Branching, images: Tensor):
    with record(network, "first") as maps:
        with pytest.raises(KeyError) as early:
            maps["first"]
        network(images)
        with pytest.raises(KeyError) as other:
            maps["norm"]
    assert str(early.value) == "layer 'first' has given nothing yet; call the network on pictures inside the block"
    assert str(other.value) == "layer 'norm' is not recorded here; recorded are first"
    assert "norm" not in maps


def test_a_layer_that_gives_a_pair_is_refused_in_words(network: Branching, images: Tensor):
    with pytest.raises(TypeError, match="layer 'pair' gives a tuple, not a tensor"), record(network, "pair"):
        network(images)
    with pytest.raises(TypeError, match="layer 'pair' gives a tuple"):
        run_until(network, "pair", images)


def test_gradients_are_those_of_finite_differences(network: Branching, images: Tensor):
    network.double()
    with record(network, ["first", "norm"], gradients=True) as maps:
        score = network(images.double())[2, 1]
        gradients = maps.gradients(score)
    assert gradients["first"].shape == maps["first"].shape
    place, step = (2, 1, 2, 4), 1e-6
    moved = maps["norm"].detach().clone()

    def rest(value: Tensor) -> Tensor:
        pooled, _ = network.pair(functional.relu(value - 0.5))
        return network.last(pooled.flatten(1))[2, 1]

    low = rest(moved)
    moved[place] += step
    assert gradients["norm"][place].item() == pytest.approx((rest(moved) - low).item() / step, abs=1e-6)


def test_gradients_leave_the_parameters_gradients_alone(network: Branching, images: Tensor):
    network.last.weight.grad = torch.full_like(network.last.weight, 7.0)
    before = state(network)
    with record(network, "first", gradients=True) as maps:
        assert maps.gradients(network(images)[0, 0])["first"].any()
    assert state(network) == before


def test_gradients_of_a_frozen_network_reach_the_maps(network: Branching, images: Tensor):
    network.requires_grad_(False)
    with record(network, "first", gradients=True) as maps:
        assert maps.gradients(network(images)[0, 0])["first"].any()


def test_a_map_without_a_part_in_the_number_has_gradient_0(network: Branching, images: Tensor):
    with record(network, ["first", "last"], gradients=True) as maps:
        network(images)
        gradients = maps.gradients(maps["first"].sum())
    assert gradients["first"].min() == gradients["first"].max() == 1
    assert not gradients["last"].any()


def test_what_cannot_be_differentiated_is_refused(network: Branching, images: Tensor):
    with record(network, "first", gradients=True) as maps:
        answer = network(images)
        with pytest.raises(ValueError, match=r"expected one number to differentiate, got shape \(5, 4\)"):
            maps.gradients(answer)
    with record(network, "first") as maps, pytest.raises(ValueError, match="record with gradients=True"):
        maps.gradients(network(images).detach().sum())


def test_running_until_a_layer_computes_nothing_beyond(network: Branching, images: Tensor):
    called: list[str] = []
    for name in ("norm", "last"):
        network.get_submodule(name).register_forward_pre_hook(lambda *_, name=name: called.append(name))
    pixels = images.clone().requires_grad_()
    answer = run_until(network, "norm", pixels)
    assert called == ["norm"]
    (gradient,) = torch.autograd.grad(answer[:, 1].sum(), pixels)
    assert gradient.any()
    assert hooks(network) == 2


def test_running_until_a_layer_in_training_mode_learns_nothing_from_the_pictures(network: Branching, images: Tensor):
    network.train()
    network.norm.eval()  # a mixture must come back as it was
    before = state(network)
    assert torch.equal(run_until(network, "many.0", images), run_until(network, "many.0", images)), "dropout is off"
    assert state(network) == before
    assert hooks(network) == 0


def test_a_layer_that_is_never_called_ends_in_words(network: Branching, images: Tensor):
    with pytest.raises(ValueError, match="has a layer 'unused' and never called it"):
        run_until(network, "unused", images)


def test_modes_come_back_after_an_interrupt(network: Branching):
    network.train()

    def broken_off() -> None:
        with evaluating(network):
            assert not network.norm.training
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert all(layer.training for layer in network.modules())
