"""Style transfer: losses by hand, a descent that lowers both, and a network that is left as it was."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse import imagenet
from cnncourse.applications.paintings import painting
from cnncourse.applications.style_transfer import (
    Eyes,
    Settings,
    StyleTransfer,
    content_loss,
    find_eyes,
    gram_matrix,
    maps_of,
    style_loss,
    transfer_style,
)
from cnncourse.images import photograph
from cnncourse.models import ResidualNet, fresh
from tests.dream_networks import everything

CUP = photograph("coffee", grey=False)[60:260:4, 100:380:4]  # 50 × 70
GLASS = painting("glass", (48, 64))
SMALL = Eyes(fresh(ResidualNet, seed=2), "a small network", "blocks.0", ("stem", "blocks.0", "blocks.1"))
QUICK = Settings(steps=6, octaves=1, jitter=2, rate=0.1)


def test_a_gram_matrix_is_that_of_a_loop_over_places_and_pairs():
    maps = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    expected = torch.zeros(2, 3, 3)
    for row in range(4):
        for column in range(5):
            for one in range(3):
                for other in range(3):
                    expected[:, one, other] += maps[:, one, row, column] * maps[:, other, row, column] / 20
    torch.testing.assert_close(gram_matrix(maps), expected)


def test_a_gram_matrix_does_not_know_where_anything_was():
    maps = torch.randn(1, 3, 4, 6, generator=torch.Generator().manual_seed(1))
    mixed = maps.flatten(2)[:, :, torch.randperm(24, generator=torch.Generator().manual_seed(2))].view(1, 3, 6, 4)
    torch.testing.assert_close(gram_matrix(mixed), gram_matrix(maps))
    assert not torch.allclose(mixed.view(1, 3, 4, 6), maps)


def test_a_dense_answer_has_no_gram_matrix():
    with pytest.raises(ValueError, match=r"\(n, channels, height, width\), got \(5, 10\)"):
        gram_matrix(torch.zeros(5, 10))


def test_the_losses_are_shares_of_what_there_is_to_lose():
    wanted = torch.tensor([[[[3.0, 4.0]]]])
    assert content_loss(wanted, wanted) == 0
    assert content_loss(torch.zeros_like(wanted), wanted) == 1
    maps = {"a": torch.zeros(1, 1, 1, 2), "b": wanted}
    grams = {"a": torch.ones(1, 1, 1), "b": gram_matrix(wanted)}
    assert style_loss(maps, grams).item() == 0.5  # all of the first, nothing of the second


def test_the_maps_are_those_of_the_layers_and_no_layer_beyond_the_deepest_runs():
    beyond = []
    handle = SMALL.model.blocks[2].register_forward_hook(lambda *_: beyond.append(1))
    pictures = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        maps = maps_of(SMALL, pictures)
        stem = SMALL.model.eval().stem((pictures - 0.5) / 0.25)
    handle.remove()
    assert set(maps) == {"stem", "blocks.0", "blocks.1"}
    torch.testing.assert_close(maps["stem"], stem)
    assert not beyond


def test_both_losses_fall_below_where_another_style_began():
    transfer = StyleTransfer(SMALL, CUP, GLASS, Settings(steps=25, octaves=1, jitter=0, rate=0.1))
    steps = list(transfer)
    assert steps[-1].style < 0.5 * steps[0].style
    assert 0 < steps[-1].content < 2
    assert transfer.picture.shape == (50, 70, 3)
    assert transfer.picture.min() >= 0
    assert transfer.picture.max() <= 1


def test_the_more_the_content_counts_the_more_of_it_is_left():
    def left(weight):
        settings = Settings(content=weight, steps=20, octaves=1, jitter=0, rate=0.1)
        return list(StyleTransfer(SMALL, CUP, GLASS, settings))[-1].content

    assert left(3.0) < 0.5 * left(0.0)


def test_octaves_come_small_first_and_the_share_of_work_ends_at_one():
    transfer = StyleTransfer(SMALL, CUP, GLASS, Settings(steps=2, octaves=2))
    steps = list(transfer)
    assert transfer.sizes == [(25, 35), (50, 70)]
    assert [tuple(one.pictures.shape[2:]) for one in steps] == [(25, 35)] * 2 + [(50, 70)] * 2
    assert_allclose([one.share for one in steps], np.cumsum([875, 875, 3500, 3500]) / 8750)


def test_the_same_seed_gives_the_same_picture_also_the_second_time_round():
    transfer = StyleTransfer(SMALL, CUP, GLASS, QUICK)
    list(transfer)
    first = transfer.picture
    list(transfer)
    assert np.array_equal(transfer.picture, first)


def test_the_network_is_left_as_it_was():
    before = everything(SMALL.model)
    transfer_style(CUP, GLASS, eyes=SMALL, settings=QUICK)
    assert everything(SMALL.model) == before
    assert all(weights.grad is None for weights in SMALL.model.parameters())


def test_a_grey_photograph_becomes_coloured():
    found = transfer_style(CUP.mean(axis=2), GLASS, eyes=SMALL, settings=Settings(steps=15, octaves=1, rate=0.1))
    assert found.shape == (50, 70, 3)
    assert np.ptp(found, axis=2).mean() > 0.02


def test_without_the_weights_of_vgg_the_network_that_ships_is_used_and_named(monkeypatch):
    monkeypatch.setattr("cnncourse.applications.style_losses.find_network", lambda name: None)
    eyes = find_eyes()
    assert isinstance(eyes.model, ResidualNet)
    assert "robust" in eyes.title


def test_with_the_weights_of_vgg_the_same_code_runs_on_it(monkeypatch):
    # Its convolutions with random weights and few maps: the names of the layers are those of the real one.
    class Vgg(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            convolutions = (0, 2, 5, 7, 10, 12, 14, 16, 19)
            layers = [
                nn.Conv2d(3 if place == 0 else 4, 4, 3, padding=1) if place in convolutions else None
                for place in range(20)
            ]
            pools = (4, 9, 18)
            self.features = nn.Sequential(
                *(
                    one or (nn.MaxPool2d(2) if place in pools else nn.ReLU(inplace=True))
                    for place, one in enumerate(layers)
                )
            )

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return self.features(images)

    torch.manual_seed(0)
    monkeypatch.setattr(
        "cnncourse.applications.style_losses.find_network",
        lambda name: imagenet.Scaled(Vgg()) if name == "vgg19" else None,
    )
    eyes = find_eyes()
    assert "VGG-19" in eyes.title
    assert transfer_style(CUP, GLASS, eyes=eyes, settings=QUICK).shape == CUP.shape


@pytest.mark.parametrize(
    ("options", "message"),
    [({"steps": 0}, "steps of 1"), ({"content": -0.1}, "content of 0"), ({"rate": 0.0}, "rate above 0")],
)
def test_settings_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Settings(**options)


def test_an_unknown_layer_is_refused_before_any_step():
    with pytest.raises(ValueError, match=r"did you mean 'blocks\.0'"):
        StyleTransfer(SMALL._replace(content="block.0"), CUP, GLASS)
