"""Colours, what they are learned from, and the network that predicts them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from skimage.color import deltaE_cie76, rgb2lab

from cnncourse.applications import colourisation
from cnncourse.applications.colour_pictures import GREEN, LIGHTNESS, RED, Patches, apples, cut_patches, photos
from cnncourse.applications.colourisation import Colouriser, colourise, compare, error_in_strips, train_colouriser
from cnncourse.applications.colours import colour_classes, colour_error, to_lab, to_rgb

COLOURED = np.random.default_rng(0).uniform(0.1, 0.9, (6, 9, 3))


def test_lightness_and_hue_lead_back_to_the_same_picture():
    lab = to_lab(COLOURED[None])
    assert lab.shape == (1, 3, 6, 9)
    assert_allclose(to_rgb(lab)[0], COLOURED, atol=1e-4)


def test_a_picture_without_its_axis_of_pictures_is_refused():
    with pytest.raises(ValueError, match=r"got \(6, 9, 3\); try: image\[None\]"):
        to_lab(COLOURED)


def test_the_colour_error_is_the_distance_of_hues_and_leaves_lightness_out():
    other = np.random.default_rng(1).uniform(0.1, 0.9, COLOURED.shape)
    one, two = rgb2lab(COLOURED), rgb2lab(other)
    one[..., 0] = two[..., 0] = 50
    assert_allclose(colour_error(COLOURED, other), deltaE_cie76(one, two).mean(), rtol=1e-5)
    with pytest.raises(ValueError, match="one shape"):
        colour_error(COLOURED, other[:5])


def test_three_heaps_of_hues_become_three_classes():
    heaps = torch.tensor([[60.0, 40.0], [-50.0, 45.0], [0.0, -60.0]])
    noise = torch.randn(300, 2, generator=torch.Generator().manual_seed(0))
    found = colour_classes(heaps.repeat(100, 1) + noise, 3, seed=1)
    apart = torch.cdist(found, heaps)
    assert sorted(apart.argmin(dim=1).tolist()) == [0, 1, 2]
    assert apart.min(dim=1).values.max() < 1


def test_more_classes_than_hues_are_refused():
    with pytest.raises(ValueError, match="at least 4 different hues, got 2"):
        colour_classes(torch.tensor([[0.0, 1.0], [2.0, 3.0]]).repeat(9, 1), 4)


def test_every_third_strip_of_a_photograph_has_faded():
    (cup,) = photos(("coffee",))
    assert cup.image.shape == (200, 300, 3)
    assert_array_equal(np.flatnonzero(np.diff(cup.faded.astype(int))), [47, 71, 119, 143, 191, 215, 263, 287])
    with pytest.raises(ValueError, match="'brick', which is grey"):
        photos(("brick",))


def test_patches_are_pieces_of_the_photographs_with_their_strips_at_the_right_place():
    found = photos(("chelsea",))
    image = np.repeat(found[0].faded[None, :, None], 150, axis=0).repeat(3, axis=2).astype(float)  # white where faded
    patches = cut_patches([found[0]._replace(image=image)], 20, side=50, seed=3)
    assert_array_equal(patches.images[..., 0] == 0, patches.seen)
    assert 0 < patches.seen.mean() < 1
    with pytest.raises(ValueError, match="fit into chelsea"):
        cut_patches(found, 2, side=151)


def test_colours_in_faded_strips_are_not_learned_from():
    patches = cut_patches(photos(("coffee",)), 32, side=48, seed=1)
    spoilt = np.where(patches.seen[..., None], patches.images, patches.images[..., ::-1])  # red and blue changed places
    # Their lightness is looked at, so it has to be the same in both.
    lab = to_lab(spoilt)
    lab[:, 0] = to_lab(patches.images)[:, 0]
    lab[:, 1:] = torch.where(torch.from_numpy(patches.seen)[:, None], to_lab(patches.images)[:, 1:], lab[:, 1:])
    one, parts = train_colouriser(patches, classes=6, epochs=4, progress=False)
    # A different hue under the faded parts only: nothing may change.
    original, colourisation.to_lab = colourisation.to_lab, lambda images: lab
    try:
        two, others = train_colouriser(patches, classes=6, epochs=4, progress=False)
    finally:
        colourisation.to_lab = original
    assert parts == others
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_apples_of_either_colour_are_equally_light():
    lab = to_lab(apples(40, size=24, seed=2))
    middle = lab[:, :, 12, 12]
    green = middle[:, 1] < 0
    assert 8 < green.sum() < 32
    assert_allclose(middle[:, 0], LIGHTNESS, atol=1.5)
    assert_allclose(middle[green, 1:].mean(dim=0), GREEN, atol=1)
    assert_allclose(middle[~green, 1:].mean(dim=0), RED, atol=1)


def test_where_nothing_tells_red_from_green_the_mean_is_brown_and_the_likely_hue_is_one_of_both():
    images = apples(192)
    model, parts = train_colouriser(
        Patches(images, np.ones(images.shape[:3], bool)), classes=8, epochs=4, progress=False
    )
    assert parts[-1].mean < parts[0].mean
    new = apples(12, seed=5)
    mean, likely = (
        torch.cat([to_lab(colourise(model, one, way)[None])[:, 1:, 16, 16] for one in new])
        for way in ("mean", "likely")
    )
    brown = (torch.tensor(RED) + torch.tensor(GREEN)) / 2
    assert (mean - brown).norm(dim=1).max() < 20
    distances = torch.stack([(likely - torch.tensor(hue)).norm(dim=1) for hue in (RED, GREEN)])
    assert (distances.min(dim=0).values < 8).float().mean() > 0.7  # where both are as likely, pixels may be at odds


def test_the_lightness_stays_and_the_colours_of_the_picture_are_not_looked_at():
    model = Colouriser(torch.tensor([[20.0, 10.0], [-20.0, 5.0]])).eval()
    image = photos(("coffee",))[0].image[:32, :40]
    for way in ("mean", "likely", "grey"):
        coloured = colourise(model, image, way)
        assert_allclose(to_lab(coloured[None])[0, 0], to_lab(image[None])[0, 0], atol=2)  # but where no screen has it
        assert_allclose(colourise(model, colourise(model, image, "grey"), way), coloured, atol=0.01)
    assert colourise(model, image.mean(axis=2)).shape == (32, 40, 3)


def test_a_way_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="out of mean, likely, got 'median'"):
        Colouriser(torch.zeros(2, 2)).hues(torch.zeros(1, 1, 16, 16), "median")


def test_a_short_training_beats_leaving_the_strips_grey():
    found = compare(epochs=1, count=256)
    assert list(found) == ["mean hue", "most likely hue", "left grey"]
    assert found["mean hue"] < found["left grey"] > found["most likely hue"]


def test_the_error_of_a_grey_strip_is_how_colourful_it_was():
    (cup,) = photos(("coffee",))
    colourful = to_lab(cup.image[None])[0, 1:, :, cup.faded].norm(dim=0).mean().item()
    assert_allclose(error_in_strips(Colouriser(torch.zeros(2, 2)).eval(), cup, "grey"), colourful, rtol=0.01)
