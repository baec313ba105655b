"""Tests of the network of lesson 09 that can be deep or not, with shortcuts or without."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnncourse import depth
from cnncourse.depth import DeepNet, Step, best_of, compare, gradient_norms, small_digits, try_rates
from cnncourse.models import fresh


def test_a_shortcut_adds_what_came_in_to_what_the_convolution_makes():
    step = fresh(lambda: Step(3, shortcut=True, normalised=False), seed=1)
    maps = torch.randn(2, 3, 5, 4, generator=torch.Generator().manual_seed(0))
    made = functional.conv2d(maps.clamp(min=0), step.conv.weight, step.conv.bias, padding=1)
    torch.testing.assert_close(step(maps), maps + made)
    step.shortcut = False
    torch.testing.assert_close(step(maps), made)


def test_with_all_weights_at_zero_a_shortcut_passes_everything_and_a_plain_layer_nothing():
    maps = torch.randn(1, 2, 4, 5)
    for shortcut, expected in ((True, maps), (False, torch.zeros_like(maps))):
        step = Step(2, shortcut=shortcut, normalised=False)
        nn.init.zeros_(step.conv.weight)
        nn.init.zeros_(step.conv.bias)
        torch.testing.assert_close(step(maps), expected)


def test_batch_normalisation_stands_before_the_relu():
    step = Step(2, shortcut=False, normalised=True).train()
    maps = torch.randn(3, 2, 4, 5) + 100  # without normalisation, the ReLU would pass it all
    expected = step.conv(functional.batch_norm(maps, None, None, training=True).relu())
    torch.testing.assert_close(step(maps), expected)


def test_both_networks_begin_with_the_same_weights_but_for_the_division_by_the_root_of_the_depth():
    plain, short = (fresh(lambda w=which: DeepNet(9, shortcuts=w), seed=3) for which in (False, True))
    torch.testing.assert_close(plain.steps[4].conv.weight, 3 * short.steps[4].conv.weight)
    torch.testing.assert_close(plain.stem.weight, short.stem.weight)


def test_the_first_weights_of_he_have_the_variance_two_over_the_inputs():
    steps = fresh(lambda: DeepNet(30, shortcuts=False, width=16), seed=0).steps
    drawn = torch.cat([step.conv.weight.flatten() for step in steps])
    assert drawn.var().item() == pytest.approx(2 / (9 * 16), rel=0.03)
    asked = fresh(lambda: DeepNet(30, shortcuts=False, width=16, first_weights="pytorch"), seed=0).steps
    drawn = torch.cat([step.conv.weight.flatten() for step in asked])
    assert drawn.var().item() == pytest.approx(1 / (3 * 9 * 16), rel=0.03)  # uniform up to 1 / √inputs


def test_pictures_need_not_be_square():
    assert DeepNet(2)(torch.zeros(3, 1, 9, 6)).shape == (3, 10)


@pytest.mark.parametrize(
    ("how", "words"),
    [({"depth": 0}, "1 layer or more, got 0"), ({"first_weights": "zeros"}, "he, pytorch, got 'zeros'")],
)
def test_a_network_that_cannot_be_is_refused(how, words):
    with pytest.raises(ValueError, match=words):
        DeepNet(**how)


def test_gradient_norms_are_those_of_backward_and_leave_nothing_behind():
    net = fresh(lambda: DeepNet(3, shortcuts=True), seed=2)
    learn = small_digits()[0]
    images, labels = learn.images[:20], learn.labels[:20]
    found = gradient_norms(net, images, labels)
    assert all(weight.grad is None for weight in net.parameters())
    functional.cross_entropy(net(images), labels).backward()
    expected = {"stem": net.stem.weight.grad.norm().item()}
    expected |= {f"steps.{place}.conv": step.conv.weight.grad.norm().item() for place, step in enumerate(net.steps)}
    assert found == pytest.approx(expected)
    assert list(found) == list(expected)


def test_a_network_without_convolution_has_no_such_gradients():
    with pytest.raises(ValueError, match="expected a network with convolutions, got a Linear"):
        gradient_norms(nn.Linear(3, 2), torch.zeros(1, 3), torch.tensor([0]))


def test_in_thirty_plain_layers_the_gradient_dies_with_usual_weights_and_lives_with_those_of_he_or_shortcuts():
    learn = small_digits()[0]
    first = {}
    for name, how in {
        "usual": {"shortcuts": False, "first_weights": "pytorch"},
        "he": {"shortcuts": False},
        "short": {"shortcuts": True},
    }.items():
        first[name] = gradient_norms(
            fresh(lambda how=how: DeepNet(**how), seed=0), learn.images[:64], learn.labels[:64]
        )["steps.0.conv"]
    assert first["usual"] < 1e-12
    assert first["he"] > 1e-4
    assert first["short"] > 1e-2


def test_the_digits_are_parted_without_overlap():
    learn, chosen, test = small_digits()
    assert (len(learn), len(chosen), len(test)) == (1200, 300, 297)
    keys = [{picture.numpy().tobytes() for picture in part.images} for part in (learn, chosen, test)]
    assert len(set.union(*keys)) == sum(map(len, keys))


def test_a_rate_that_is_too_high_leaves_nothing_and_the_best_of_the_others_is_chosen():
    found = try_rates({"depth": 2, "shortcuts": True}, (0.003, 0.03, 1e6), epochs=1)
    assert found[1e6] is None
    reached = {rate: one[1][-1].validation for rate, one in found.items() if one}
    assert best_of(found) is found[max(reached, key=reached.get)][0]


def test_where_all_have_diverged_none_is_best():
    with pytest.raises(ValueError, match=r"every training diverged, at the rates 1\.0, 2\.0"):
        best_of({1.0: None, 2.0: None})


def test_shortcuts_win_over_plain_depth(monkeypatch):
    monkeypatch.setattr(depth, "RATES", (0.01,))
    monkeypatch.setattr(depth, "EPOCHS", 1)
    found = compare(seed=0)
    assert list(found) == ["30 layers, shortcuts", "4 layers, plain", "30 layers, plain"]
    assert found["30 layers, shortcuts"] > found["30 layers, plain"] + 0.2
