"""Tests of the recipe for natural pictures: the attack, the augmentation, the loop, and what it shipped."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnncourse.models import ResidualNet, fresh
from cnncourse.recipes.natural import MARGIN, augmented, one_step_attack, robust_accuracy, train_natural
from cnncourse.weights import load_weights, weights_card


def pictures(count: int, seed: int = 0) -> torch.Tensor:
    """Make coloured noise, a little higher than wide."""
    return torch.rand(count, 3, 20, 16, generator=torch.Generator().manual_seed(seed))


def test_an_attack_stays_within_its_radius_and_raises_the_loss() -> None:
    model, images, labels = fresh(ResidualNet).eval(), 0.25 + pictures(6) / 2, torch.tensor([0, 3, 9, 1, 1, 7])
    attacked = one_step_attack(model, images, labels, 0.5, torch.zeros_like(images))
    lengths = (attacked - images).flatten(1).norm(dim=1)
    assert (lengths <= 0.5 + 1e-5).all()
    assert (lengths > 0.4).all()
    before, after = (functional.cross_entropy(model(x), labels, reduction="none") for x in (images, attacked))
    assert (after > before).all()


def test_an_augmented_picture_is_the_picture_moved_and_perhaps_mirrored() -> None:
    images = pictures(40)
    padded = functional.pad(images, [MARGIN] * 4, mode="reflect")
    for place, changed in enumerate(augmented(images, torch.Generator().manual_seed(1))):
        windows = padded[place].unfold(1, 20, 1).unfold(2, 16, 1)  # (3, rows, columns, 20, 16)
        same = [(windows == one[:, None, None]).all((0, 3, 4)).any() for one in (changed, changed.flip(2))]
        assert any(same), f"picture {place} is no window of its padded original"


def test_half_of_the_pictures_are_mirrored() -> None:
    ramp = torch.linspace(0, 1, 32).expand(2000, 3, 32, 32)
    changed = augmented(ramp, torch.Generator().manual_seed(2))
    falling = (changed[:, 0, 0, 8] > changed[:, 0, 0, 24]).float().mean()
    assert 0.45 < falling < 0.55


def test_the_loop_learns_and_repeats_itself() -> None:
    images, labels = pictures(256), torch.arange(256) % 2
    images[labels == 1, 0] *= 0.2  # one kind has little red
    runs = [
        list(train_natural(fresh(ResidualNet), images, labels, radius=radius, epochs=3, seed=4))
        for radius in (0, 0, 0.5)
    ]
    assert runs[0] == runs[1]
    assert runs[0][-1][1] < runs[0][0][1]
    assert runs[2] != runs[0]


def test_robust_accuracy_is_that_of_hand_made_cases() -> None:
    class Brightness(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            mean = images.mean((1, 2, 3))
            return torch.stack([0.5 - mean, mean - 0.5], dim=1)

    # A change of length r moves the mean of n values by r / √n at most: by 0.5 / √960 = 0.016 here.
    grey = torch.tensor([0.49, 0.47, 0.51, 0.53])[:, None, None, None].expand(4, 3, 20, 16)
    assert robust_accuracy(Brightness(), grey, torch.tensor([0, 0, 1, 1]), radius=0.5) == 0.5


@pytest.mark.parametrize("name", ["residual-robust", "residual-plain"])
def test_what_ships_is_small_and_ready(name: str) -> None:
    card, model = weights_card(name), load_weights(name)
    assert card.size < 3e6
    assert not model.training
    assert {weights.dtype for weights in model.parameters()} == {torch.float32}
    assert model(torch.rand(1, 3, 32, 32)).shape == (1, 10)


def test_the_robust_network_pays_a_little_accuracy_for_much_robustness() -> None:
    robust, plain = weights_card("residual-robust"), weights_card("residual-plain")
    assert robust.accuracy >= 0.78
    assert plain.accuracy > robust.accuracy
    assert (robust.robust_accuracy or 0) > 5 * (plain.robust_accuracy or 1)
