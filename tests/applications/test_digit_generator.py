"""The digit generator: its loss by hand and by PyTorch's own, its baseline by scikit-learn's, and that it learns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA
from torch.distributions import Normal, kl_divergence

from cnncourse.applications.digit_generator import (
    DigitGenerator,
    Latent,
    PrincipalComponents,
    compare,
    divergence,
    losses,
    read_right,
    squared_error,
    sureness,
    train_generator,
)
from cnncourse.datasets import load
from cnncourse.models import fresh

DIGITS = load("digits")[:256]


def test_the_divergence_is_that_of_pytorch():
    chance = torch.Generator().manual_seed(0)
    latent = Latent(torch.randn(7, 3, generator=chance), torch.randn(7, 3, generator=chance))
    placed = Normal(latent.mean, (latent.log_variance / 2).exp())
    expected = kl_divergence(placed, Normal(0.0, 1.0)).sum(dim=1)
    torch.testing.assert_close(divergence(latent), expected)


def test_a_place_is_drawn_with_the_doubt_told_and_lets_gradients_through():
    mean = torch.full((20_000, 1), 3.0, requires_grad=True)
    log_variance = torch.full((20_000, 1), float(np.log(0.25)), requires_grad=True)
    drawn = Latent(mean, log_variance).draw(torch.Generator().manual_seed(0))
    assert_allclose((drawn.mean().item(), drawn.std().item()), (3, 0.5), atol=0.02)
    drawn.square().sum().backward()
    assert mean.grad.abs().sum() > 0
    assert log_variance.grad.abs().sum() > 0


def test_the_loss_has_a_part_for_the_picture_and_one_for_the_place():
    model = fresh(lambda: DigitGenerator(3), seed=1)
    images = DIGITS.images[:5]
    picture, place = losses(model, images, torch.Generator().manual_seed(7))
    placed = model.encode(images)
    drawn = model.decode(placed.draw(torch.Generator().manual_seed(7)))
    by_hand = -(images * drawn.log() + (1 - images) * (1 - drawn).log()).sum() / 5
    torch.testing.assert_close(picture, by_hand, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(place, divergence(placed).mean())


@pytest.mark.parametrize("latent", [1, 2, 5])
def test_the_baseline_draws_what_scikit_learn_draws(latent):
    ours = PrincipalComponents(DIGITS, latent)
    flat = DIGITS.images.flatten(1).numpy()
    theirs = PCA(latent, svd_solver="full").fit(flat)
    expected = theirs.inverse_transform(theirs.transform(flat)).clip(0, 1)
    assert_allclose(ours(DIGITS.images).flatten(1), expected, atol=1e-4)
    assert_allclose(ours.encode(DIGITS.images).square().mean(dim=0), np.ones(latent), rtol=1e-3)


def test_training_lowers_the_loss_and_is_the_same_for_the_same_seed():
    one, parts = train_generator(DIGITS, epochs=5, seed=3, progress=False)
    other, again = train_generator(DIGITS, epochs=5, seed=3, progress=False)
    assert parts == again
    assert len(parts) == 5 * 4
    assert parts[-1].picture < 0.6 * parts[0].picture
    assert not one.training
    assert torch.equal(one(DIGITS.images[:3]), other(DIGITS.images[:3]))


def test_pictures_of_another_size_or_too_few_are_refused():
    with pytest.raises(ValueError, match=r"pictures of 1×28×28, got \(1, 16, 16\)"):
        train_generator(load("digits", size=16)[:99], progress=False)
    with pytest.raises(ValueError, match="one batch of 64 examples, got 20"):
        train_generator(DIGITS[:20], progress=False)
    with pytest.raises(ValueError, match="1 latent number or more, got 0"):
        DigitGenerator(0)


def test_the_judge_reads_real_digits_and_is_less_sure_of_grey_paper():
    test = load("digits", "test")
    assert read_right(test.images, test.labels) > 0.85
    assert read_right(test.images, (test.labels + 1) % 10) < 0.1
    assert sureness(test.images) > sureness(torch.full((3, 1, 28, 28), 0.5))
    assert squared_error(torch.tensor([0.0, 1.0]), torch.tensor([0.5, 1.0])) == 0.125


def test_with_two_numbers_the_auto_encoder_leaves_more_to_read_than_principal_components():
    found = compare(epochs=26)
    ours, baseline = found.values()
    assert list(found)[-1].startswith("principal components")
    assert ours > baseline
