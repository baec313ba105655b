"""Noise, blur, contrast, covers and shifts, each in five strengths."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy import ndimage
from torch import nn

from cnncourse.corruptions import CORRUPTIONS, COVERS, SHIFTS, SIGMAS, blur, corrupt, corrupted_accuracy


def pictures(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 3, 20, 27, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_pictures_stay_pictures_and_the_stronger_the_further(kind):
    given = pictures()
    before = given.clone()
    far = []
    for strength in range(6):
        changed = corrupt(given, kind, strength)
        assert changed.shape == given.shape
        assert changed.min() >= 0
        assert changed.max() <= 1
        far.append(float((changed - before).square().mean()))
    assert torch.equal(given, before)
    assert far[0] == 0 < far[1]
    assert kind == "shift" or far == sorted(far)  # in noise, all shifts are equally far


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_the_same_seed_corrupts_alike(kind):
    assert torch.equal(corrupt(pictures(), kind, 3, seed=4), corrupt(pictures(), kind, 3, seed=4))


def test_noise_has_the_strength_it_says():
    grey = torch.full((1, 3, 200, 200), 0.5)
    assert corrupt(grey, "noise", 1).std().item() == pytest.approx(SIGMAS[0], rel=0.02)


@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_blur_is_scipys(sigma):
    image = pictures(1)
    reach = int(3 * sigma + 0.5)
    expected = ndimage.gaussian_filter(image[0].numpy(), (0, sigma, sigma), mode="nearest", radius=reach)
    assert_allclose(blur(image, sigma)[0], expected, atol=1e-5)


def test_a_cover_is_one_grey_square_of_its_size_anywhere():
    white = torch.ones(40, 1, 20, 27)
    covered = corrupt(white, "cover", 4) == 0.5
    assert (covered.sum(dim=(1, 2, 3)) == (COVERS[3] * 20) ** 2).all()
    rows, columns = covered[0, 0].any(dim=1), covered[0, 0].any(dim=0)
    assert int(rows.sum()) == int(columns.sum()) == 10
    assert len({tuple(one.flatten().tolist()) for one in covered}) > 10


def test_a_shift_moves_by_its_pixels_in_one_of_four_directions():
    given = pictures(12)
    moved = corrupt(given, "shift", 3)
    step, inside = SHIFTS[2], np.s_[:, 5:-5, 5:-5]
    ways = set()
    for one, other in zip(given, moved, strict=True):
        for axis, way in ((1, 1), (1, -1), (2, 1), (2, -1)):
            if torch.equal(other[inside], one.roll(way * step, axis)[inside]):
                ways.add((axis, way))
                break
        else:
            pytest.fail("moved by something else")
    assert len(ways) == 4


@pytest.mark.parametrize(("kind", "strength", "words"), [("rain", 1, "got 'rain'"), ("blur", 6, "to 5, got 6")])
def test_what_is_not_known_is_refused(kind, strength, words):
    with pytest.raises(ValueError, match=words):
        corrupt(pictures(), kind, strength)


class Bright(nn.Module):
    """Says class 1 for pictures with a pixel above 0.9."""

    def forward(self, images):
        """Return two logits."""
        most = images.amax(dim=(1, 2, 3))
        return torch.stack([0.9 - most, most - 0.9], dim=1)


def test_shares_are_counted_for_each_kind_and_strength():
    white = torch.zeros(5, 1, 20, 27)
    white[:, :, :, ::2] = 1
    found = corrupted_accuracy(Bright(), white, torch.ones(5, dtype=torch.int64), kinds=("contrast", "shift"))
    assert list(found) == ["contrast", "shift"]
    assert_allclose(found["contrast"], [1, 0, 0, 0, 0, 0])  # 0.52 + 0.75 · 0.48 is below 0.9
    assert_allclose(found["shift"], 1)
