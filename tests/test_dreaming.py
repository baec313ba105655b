"""A dream: octave after octave, broken off and gone on with, cancelled, interrupted, and given what it cannot use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn
from torch.nn import functional

from cnncourse.dreaming import Dream, Settings, Target, deep_dream
from cnncourse.images import photograph
from cnncourse.maximisation import clouds
from cnncourse.models import LeNet5, ResidualNet
from cnncourse.weights import load_weights
from tests.dream_networks import Tripwire, everything, small

PHOTO = photograph("chelsea", grey=False)[40:104, 90:180]  # 64 × 90
QUICK = Settings(steps=3, octaves=3, jitter=2)


def plain(model: nn.Module, picture: np.ndarray, layer: int, channel: int, settings: Settings) -> np.ndarray:
    """Dream as the tutorials do: the whole network in each step, the steps down and up written out."""
    base = torch.from_numpy(picture).float().permute(2, 0, 1)[None]
    sizes = [tuple(round(n / settings.scale**k) for n in base.shape[2:]) for k in (2, 1, 0)]
    chance, detail = torch.Generator().manual_seed(settings.seed), torch.zeros(1, 3, 1, 1)
    for size in sizes:
        small_base = functional.interpolate(base, size, mode="bilinear", antialias=True) if size != sizes[-1] else base
        image = (small_base + functional.interpolate(detail, size, mode="bicubic")).clamp(0, 1)
        for _ in range(settings.steps):
            down, right = torch.randint(-settings.jitter, settings.jitter + 1, (2,), generator=chance).tolist()
            image = image.detach().requires_grad_()
            maps = []
            handle = model[layer].register_forward_hook(lambda *call, maps=maps: maps.append(call[2].clone()))
            model(image.roll((down, right), (2, 3)))
            handle.remove()
            maps[0][0, channel].mean().backward()
            gradient = image.grad
            image = (image + settings.strength * gradient / gradient.square().mean().sqrt()).clamp(0, 1)
        detail = (image - small_base).detach()
    return image[0].detach().permute(1, 2, 0).numpy()


def test_a_dream_equals_the_plain_loop():
    expected = plain(small(), PHOTO, 3, 2, QUICK)
    assert_allclose(deep_dream(small(), PHOTO, "3", channel=2, settings=QUICK), expected, atol=1e-5)


def test_octaves_come_smallest_first_and_the_share_of_work_grows_to_all_of_it():
    dream = Dream(small(), PHOTO, Target("3"), QUICK)
    seen = list(dream)
    assert [(at.octave, at.step) for at in seen] == [(o, s) for o in (1, 2, 3) for s in (1, 2, 3)]
    assert [seen[k].size for k in (0, 3, 6)] == dream.sizes == [(28, 40), (43, 60), (64, 90)]
    assert [at.picture.shape for at in seen[::3]] == [(28, 40, 3), (43, 60, 3), (64, 90, 3)]
    shares = [at.share for at in seen]
    assert shares == sorted(set(shares))
    assert shares[-1] == pytest.approx(1)
    assert dream.finished
    assert_allclose(dream.picture, seen[-1].picture, atol=1e-7)


def test_what_shall_grow_grows_within_each_octave():
    values = [at.value for at in Dream(small(), PHOTO, Target("3", 2), replace(QUICK, jitter=0))]
    for octave in range(3):
        part = values[3 * octave : 3 * octave + 3]
        assert part == sorted(set(part))


def test_broken_off_and_gone_on_with_gives_the_same_to_the_bit():
    whole, broken = (Dream(small(), PHOTO, Target("3", 2), QUICK) for _ in range(2))
    list(whole)
    while not broken.finished:
        for _ in broken:
            break
    assert_array_equal(broken.picture, whole.picture)


def test_the_same_seed_gives_the_same_picture_and_another_one_another():
    one, same, other = (deep_dream(small(), PHOTO, "3", settings=replace(QUICK, seed=s)) for s in (1, 1, 2))
    assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_cancelled_dream_keeps_the_last_whole_octave_in_full_size():
    cancelled, reference = (Dream(small(), PHOTO, Target("3", 2), QUICK) for _ in range(2))
    for at in reference:
        if at.octave == 2 and at.step == 3:
            break
    for at in cancelled:
        if at.octave == 3 and at.step == 2:
            cancelled.cancel()
    assert cancelled.finished
    assert_array_equal(cancelled.picture, reference.picture)
    assert cancelled.picture.shape == PHOTO.shape
    assert not np.array_equal(cancelled.picture, PHOTO)
    assert cancelled.recipe["octaves done"] == 2


def test_cancelled_before_the_first_octave_is_whole_it_is_the_photograph():
    dream = Dream(small(), PHOTO, Target("3"), QUICK)
    next(iter(dream))
    dream.cancel()
    assert list(dream) == []
    assert_allclose(dream.picture, PHOTO, atol=1e-7)


@pytest.mark.parametrize("error", [RuntimeError("torn"), KeyboardInterrupt()], ids=["exception", "interrupt"])
def test_an_error_or_an_interrupt_in_a_step_loses_nothing(error):
    wire = Tripwire(error, at=7)  # in the second octave: two calls belong to the preparation
    model = nn.Sequential(*list(small())[:4], wire, nn.ReLU()).train()
    before = everything(model)
    dream = Dream(model, PHOTO, Target("5", 2), QUICK)
    with pytest.raises(type(error)):
        list(dream)
    assert everything(model) == before
    assert dream.recipe["octaves done"] == 1
    list(dream)  # the wire is torn only once
    assert_array_equal(dream.picture, deep_dream(model, PHOTO, "5", channel=2, settings=QUICK))


def test_nothing_is_left_behind_when_all_went_well():
    model = small().train()
    before = everything(model)
    deep_dream(model, PHOTO, "3", settings=QUICK)
    assert everything(model) == before


# ---- what cannot be used --------------------------------------------------------------------------------------------


def test_an_unknown_layer_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"no layer 'block\.2'; did you mean 'blocks\.2'"):
        deep_dream(ResidualNet(), PHOTO, "block.2")


@pytest.mark.parametrize("channel", [6, -1])
def test_a_channel_that_the_layer_does_not_have_is_refused(channel: int):
    with pytest.raises(ValueError, match=f"channel of layer '3' from 0 to 5, got {channel}"):
        deep_dream(small(), PHOTO, "3", channel=channel)


def test_a_picture_smaller_than_the_stride_is_enlarged_and_that_is_said():
    dream = Dream(ResidualNet(), PHOTO[:10, :15], Target("blocks.3"), QUICK)
    assert dream.sizes == [(32, 48)]
    assert dream.notes == (
        "The picture of 10 × 15 pixels is dreamt at 32 × 48, for the network looks in steps of 16 pixels.",
    )
    assert [at.step for at in dream] == [1, 2, 3]
    assert dream.picture.shape == (32, 48, 3)


def test_octaves_too_small_for_the_network_are_left_out():
    assert Dream(ResidualNet(), PHOTO, Target("blocks.3"), QUICK).sizes == [(43, 60), (64, 90)]


def test_a_picture_6000_pixels_wide_is_made_smaller_and_that_is_said():
    wide = np.zeros((40, 6000, 3), dtype=np.uint8)
    dream = Dream(small(), wide, Target("3"), Settings(steps=1, octaves=1))
    assert dream.sizes == [(7, 1024)]
    assert "40 × 6000 pixels is dreamt at 7 × 1024, so that it fits the memory" in dream.notes[0]


def test_a_grey_picture_is_dreamt_in_colour_and_that_is_said():
    dream = Dream(small(), PHOTO[..., 0], Target("3"), QUICK)
    list(dream)
    assert dream.picture.shape == PHOTO.shape
    assert "given to the network as red, green and blue" in dream.notes[0]


def test_transparent_parts_are_laid_on_white():
    picture = np.dstack([PHOTO, np.zeros(PHOTO.shape[:2])])
    dream = Dream(small(), picture, Target("3"), QUICK)
    assert_allclose(dream.picture, np.ones_like(PHOTO))
    assert dream.notes == ("Transparent parts are laid on white.",)


def test_a_network_for_grey_pictures_gets_brightness():
    dream = Dream(LeNet5(), PHOTO, Target("conv2", 3), QUICK)
    list(dream)
    assert dream.picture.shape == PHOTO.shape[:2]
    assert "turned into brightness" in dream.notes[0]


def test_a_network_with_dense_layers_dreams_in_the_one_size_that_it_takes():
    dream = Dream(LeNet5(), PHOTO[:28, :28], Target("fc3", 4), QUICK)
    assert dream.sizes == [(28, 28)]
    assert len(list(dream)) == 3


def test_a_picture_that_no_octave_of_the_network_takes_is_refused():
    with pytest.raises(ValueError, match="does not take a picture of 1 × 64 × 90"):
        Dream(LeNet5(), PHOTO, Target("fc3"), QUICK)


@pytest.mark.parametrize(
    ("picture", "advice"),
    [
        (PHOTO * 255, "divide by the largest"),
        (np.where(PHOTO > 0.5, np.nan, PHOTO), "brightnesses from 0 to 1, got nan"),
        (PHOTO.transpose(2, 0, 1), r"got shape \(3, 64, 90\); one stored channels first"),
        (PHOTO[:0], "got shape"),
        ((255 * PHOTO).astype(int), "unsigned or float numbers, got int64"),
    ],
)
def test_what_is_no_picture_is_refused_with_advice(picture: np.ndarray, advice: str):
    with pytest.raises(ValueError, match=advice):
        Dream(small(), picture, Target("3"), QUICK)


def test_a_network_for_neither_grey_nor_colour_is_refused():
    with pytest.raises(ValueError, match="1 or 3 channels; this one takes 2"):
        Dream(nn.Sequential(nn.Conv2d(2, 1, 3)), PHOTO, Target("0"))


def test_bytes_and_a_network_of_64_bits_are_taken():
    picture = np.round(255 * PHOTO).astype(np.uint8)
    found = deep_dream(small().double(), picture, "3", settings=QUICK)
    assert_allclose(found, deep_dream(small(), PHOTO, "3", settings=QUICK), atol=0.02)


@pytest.mark.parametrize("name", ["robust", "plain"])
def test_a_climb_without_switches_ends_highest_and_roughest(name: str):
    model = load_weights(f"residual-{name}")
    start = clouds(1, (64, 64), seed=3)[0].permute(1, 2, 0).numpy()
    switches = ({}, {"jitter": 8}, {"blur": 0.5}, {"total_variation": 0.4}, {"jitter": 8, "total_variation": 0.4})
    heights, roughness = [], []
    for switched in switches:
        settings = replace(Settings(steps=15, strength=0.02, octaves=1, jitter=0), **switched)
        picture = deep_dream(model, start, "head", channel=4, settings=settings)
        with torch.no_grad():
            heights.append(float(model(torch.tensor(picture.transpose(2, 0, 1)[None]).float())[0, 4]))
        roughness.append(np.abs(np.diff(picture, axis=1)).mean())
    assert max(heights[1:]) < heights[0], heights
    assert max(roughness[1:]) < roughness[0], roughness
