"""Pictures changed against a network."""

import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn
from torch.nn import functional

from cnncourse.adversarial import attacked_accuracy, random_signs, right, sign_climb, sign_step
from cnncourse.models import ResidualNet, fresh


def small() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    net = fresh(lambda: ResidualNet(4, widths=(4, 6)), seed=0).eval()
    images = torch.rand(6, 3, 12, 17, generator=torch.Generator().manual_seed(0))
    return net, images, net(images).argmax(dim=1).detach()


def losses(net: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return functional.cross_entropy(net(images), labels, reduction="none")


@pytest.mark.parametrize("attack", [sign_step, sign_climb])
def test_an_attack_stays_inside_the_radius_and_between_black_and_white_and_raises_the_loss(attack):
    net, images, labels = small()
    changed = attack(net, images, labels, 0.03)
    assert (changed - images).abs().max() <= 0.03 + 1e-6
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (losses(net, changed, labels) > losses(net, images, labels)).all()
    assert not changed.requires_grad


def test_one_step_is_the_sign_of_the_gradient():
    net, images, labels = small()
    pixels = images.clone().requires_grad_()
    functional.cross_entropy(net(pixels), labels).backward()
    torch.testing.assert_close(sign_step(net, images, labels, 0.02), (images + 0.02 * pixels.grad.sign()).clamp(0, 1))


def test_several_steps_reach_further_than_one_where_the_slope_turns():
    class Hill(nn.Module):
        """Highest loss at 0.3, where a step of 0.5 from 0 has long passed it."""

        def forward(self, images):
            """Return two logits."""
            height = -((images - 0.3) ** 2).mean(dim=(1, 2, 3))
            return torch.stack([-height, height], dim=1)

    images, labels = torch.zeros(1, 1, 2, 3), torch.tensor([0])
    once, often = (attack(Hill(), images, labels, 0.5) for attack in (sign_step, sign_climb))
    assert_allclose(once, 0.5)
    assert losses(Hill(), often, labels) > losses(Hill(), once, labels)


def test_the_network_keeps_its_mode_and_its_running_means():
    net, images, labels = small()
    net.train()
    before = net.stem[1].running_mean.clone()
    sign_climb(net, images, labels, 0.1, steps=2)
    assert net.training
    assert torch.equal(net.stem[1].running_mean, before)


def test_lots_move_every_pixel_by_the_radius_without_aim():
    moved = random_signs(torch.full((2, 3, 40, 50), 0.5), 0.1) - 0.5
    assert_allclose(moved.abs(), 0.1, rtol=1e-5)
    assert moved.mean().abs() < 0.01


def test_accuracies_fall_from_chance_to_one_step_to_several():
    net, images, labels = small()
    found = attacked_accuracy(net, images, labels, (0.0, 0.01, 0.2), steps=3)
    assert list(found) == ["at random", "one step", "3 steps"]
    assert all(shares[0] == 1 for shares in found.values())
    assert (found["3 steps"] <= found["one step"]).all()
    assert right(net, images, labels).all()


@pytest.mark.parametrize(
    ("images", "labels", "radius", "words"),
    [
        (torch.zeros(2, 3, 8, 8), torch.zeros(2), -0.1, "radius of 0 or more"),
        (torch.zeros(3, 8, 8), torch.zeros(3), 0.1, "got \\(3, 8, 8\\) and \\(3,\\)"),
        (torch.zeros(2, 3, 8, 8), torch.zeros(3), 0.1, "one label each"),
    ],
)
def test_what_does_not_go_together_is_refused(images, labels, radius, words):
    for attack in (sign_step, sign_climb):
        with pytest.raises(ValueError, match=words):
            attack(nn.Flatten(), images, labels.long(), radius)


def test_no_step_is_no_attack():
    with pytest.raises(ValueError, match="at least one step, got 0"):
        sign_climb(nn.Flatten(), torch.zeros(1, 1, 2, 2), torch.tensor([0]), 0.1, steps=0)
