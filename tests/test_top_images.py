"""Tests that top images are those that a search through everything finds, cut out where the unit looked."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cnncourse.models import FaceNet, fresh
from cnncourse.top_images import TopImage, crop, top_images


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 4, (2, 3)),
        nn.Flatten(),
        nn.Linear(4 * 3 * 5, 6),
    )


@pytest.fixture
def images() -> Tensor:
    return torch.rand(300, 2, 9, 14, generator=torch.Generator().manual_seed(2))  # more than one batch


def search(maps: Tensor, count: int) -> list[list[tuple[int, float, tuple[int, int]]]]:
    """Go through all pictures and places of each unit, one by one, and sort what was found."""
    found = []
    for unit in range(maps.shape[1]):
        best = []
        for image in range(maps.shape[0]):
            places = [(r, c) for r in range(maps.shape[2]) for c in range(maps.shape[3])]
            place = max(places, key=lambda at: (float(maps[image, unit, at[0], at[1]]), [-at[0], -at[1]]))
            best.append((image, float(maps[image, unit, place[0], place[1]]), place))
        found.append(sorted(best, key=lambda one: -one[1])[:count])
    return found


@pytest.mark.parametrize("layer", ["0", "1", "2", "3"])
def test_the_pictures_found_are_those_of_a_search_through_everything(network: nn.Sequential, images: Tensor, layer):
    with torch.no_grad():
        maps = network[: int(layer) + 1](images[:280])
    found = top_images(network, images[:280], layer, count=4)
    assert [[(top.image, top.value, top.place) for top in unit] for unit in found] == search(maps, 4)


@pytest.mark.parametrize("layer", ["0", "1", "2", "3"])
def test_the_crop_alone_gives_the_value_and_no_pixel_around_it_matters(network: nn.Sequential, images: Tensor, layer):
    spoilt = torch.zeros(1, 2, 9, 14)
    for unit, tops in enumerate(top_images(network, images, layer, count=3)):
        for top in tops:
            spoilt.fill_(7.0)
            spoilt[0, :, top.box[0], top.box[1]] = crop(images, top)
            with torch.no_grad():
                maps = network[: int(layer) + 1](spoilt)
            assert top.place is not None
            assert maps[0, unit, top.place[0], top.place[1]].item() == pytest.approx(top.value, abs=1e-6)


def test_a_dense_unit_has_whole_pictures_and_no_place(network: nn.Sequential, images: Tensor):
    found = top_images(network, images, "5", count=2)
    with torch.no_grad():
        order = network(images).argsort(dim=0, descending=True)
    assert [[top.image for top in unit] for unit in found] == order[:2].T.tolist()
    assert all(top.place is None and crop(images, top).shape == (2, 9, 14) for unit in found for top in unit)


def test_equal_values_come_in_the_order_of_pictures_and_places():
    pictures = torch.zeros(3, 1, 4, 6)
    pictures[2, 0, 1, 4] = pictures[2, 0, 3, 2] = pictures[0, 0, 2, 2] = 0.5
    (tops,) = top_images(nn.Sequential(nn.Identity()), pictures, "0", count=9)
    assert [(top.image, top.value, top.place) for top in tops] == [(0, 0.5, (2, 2)), (2, 0.5, (1, 4)), (1, 0.0, (0, 0))]


def test_the_network_and_the_pictures_stay_as_they_are(images: Tensor):
    network = nn.Sequential(nn.ReLU(inplace=True), nn.BatchNorm2d(2), nn.Dropout(0.9)).train()
    pictures = images - 0.5
    before, numbers = pictures.clone(), network[1].running_mean.clone()
    top_images(network, pictures, "2")
    assert network.training
    assert torch.equal(network[1].running_mean, numbers)
    assert torch.equal(pictures, before)


def test_each_neuron_of_each_layer_of_the_face_network_has_its_pictures():
    pictures = torch.rand(12, 1, 25, 25, generator=torch.Generator().manual_seed(0))
    network = fresh(FaceNet)
    sizes = {"relu1": (8, 5), "pool1": (8, 6), "relu2": (12, 10), "pool2": (12, 12), "relu3": (16, 20), "fc": (2, 25)}
    for layer, (units, side) in sizes.items():
        found = top_images(network, pictures, layer, count=5)
        assert [len(unit) for unit in found] == [5] * units
        assert {crop(pictures, top).shape for unit in found for top in unit} == {(1, side, side)}


def test_what_cannot_be_asked_is_refused(network: nn.Sequential, images: Tensor):
    with pytest.raises(ValueError, match="Sequential has no layer 'conv1'"):
        top_images(network, images, "conv1")
    with pytest.raises(ValueError, match=r"shape \(n, channels, height, width\).* got shape \(2, 9, 14\) and 9"):
        top_images(network, images[0], "0")
    with pytest.raises(ValueError, match=r"a count of 1 or more, got shape \(300, 2, 9, 14\) and 0"):
        top_images(network, images, "0", count=0)
    with pytest.raises(ValueError, match="a picture of 1 × 9 × 14 cannot pass layer '0'"):
        top_images(network, images[:, :1], "0")


def test_a_top_image_is_what_it_says():
    top = TopImage(1, 0.5, (0, 2), (slice(0, 2), slice(1, 4)))
    assert crop(torch.arange(36.0).view(2, 1, 3, 6), top).tolist() == [[[19.0, 20.0, 21.0], [25.0, 26.0, 27.0]]]
