"""Tests of torchvision's networks in numbers."""

from __future__ import annotations

import pytest
import torch
from torchvision import models

from cnncourse import model_zoo
from cnncourse.model_zoo import build, count, describe, families, known, megabytes, trained

CHEAP = ("alexnet", "vgg16", "googlenet", "resnet18", "resnet50", "squeezenet1_1", "shufflenet_v2_x0_5", "mobilenet_v2")


def test_every_classifier_of_torchvision_has_title_family_and_year():
    assert set(known()) == set(models.list_models(module=models)), "add it to cnncourse/tables/networks.toml"
    assert {one["family"] for one in known().values()} == set(families())
    assert len({one["title"] for one in known().values()}) == len(known())


def test_every_architecture_has_its_source():
    assert all("arXiv:" in one["source"] or "doi:" in one["source"] for one in model_zoo.facts()["architecture"])


def test_weights_are_listed_as_torchvision_describes_them():
    (one,) = [one for one in trained() if (one.name, one.weights) == ("resnet50", "IMAGENET1K_V2")]
    meta = models.ResNet50_Weights.IMAGENET1K_V2.meta
    assert (one.parameters, one.multiply_adds, one.file_size) == (meta["num_params"], meta["_ops"], meta["_file_size"])
    assert (one.top1, one.top5, one.pixels) == (80.858, 95.434, 224)


def test_weights_without_an_accuracy_are_left_out_and_no_network_is():
    assert {one.name for one in trained()} == set(known())
    assert ("vgg16", "IMAGENET1K_FEATURES") not in {(one.name, one.weights) for one in trained()}


def test_years_ascend_and_the_first_weights_of_a_network_come_first():
    assert [one.year for one in trained()] == sorted(one.year for one in trained())
    twice = [one.weights for one in trained() if one.name == "regnet_y_16gf"]
    assert twice[:2] == ["IMAGENET1K_V1", "IMAGENET1K_V2"]


def test_pictures_from_elsewhere_are_told():
    assert {one.more_pictures for one in trained() if one.name == "regnet_y_128gf"} == {True}
    assert {one.more_pictures for one in trained() if one.name == "resnet50"} == {False}


@pytest.mark.parametrize("name", CHEAP)
def test_what_is_counted_equals_torchvisions_metadata(name: str):
    first = next(one for one in trained() if one.name == name)
    found = count(name)
    assert found.parameters == first.parameters == found.held
    assert round(found.multiply_adds / 1e9, 3) == first.multiply_adds


@pytest.mark.parametrize(
    ("name", "depth", "both", "learning"),
    [("alexnet", 8, 8, 8), ("vgg16", 16, 16, 16), ("googlenet", 22, 58, 115), ("resnet50", 50, 54, 107)],
)
def test_layers_are_counted_by_three_rules(name: str, depth: int, both: int, learning: int):
    found = count(name)
    assert (found.depth, found.convolutions + found.dense, found.learning) == (depth, both, learning)


def test_googlenets_heads_are_held_and_not_met():
    found = count("googlenet", heads=True)
    assert (found.held, found.parameters) == (13_004_888, 6_624_904)
    assert count("googlenet").held == 6_624_904


def test_a_larger_picture_costs_more_work_and_no_parameters():
    small, large = count("squeezenet1_1", pixels=96), count("squeezenet1_1", pixels=224)
    assert small.parameters == large.parameters
    assert small.multiply_adds < large.multiply_adds / 4


def test_a_network_is_built_without_numbers_and_without_touching_random_ones():
    before = torch.get_rng_state()
    network = build("googlenet", heads=True)
    assert {parameter.device.type for parameter in network.parameters()} == {"meta"}
    assert not network.training
    assert torch.equal(torch.get_rng_state(), before)


def test_layer_by_layer_it_is_the_table_of_lesson_04():
    table = describe("alexnet")
    assert [layer.kind for layer in table.layers].count("Linear") == 3
    assert table.parameters == 61_100_840


def test_an_unknown_network_is_refused_with_the_names():
    with pytest.raises(ValueError, match=r"resnet50.*got .resnet51."):
        build("resnet51")


@pytest.mark.parametrize(("unit", "expected"), [("MB", 4.096), ("MiB", 3.90625), ("1,000 KiB", 4.0)])
def test_bytes_are_told_in_three_units(unit: str, expected: float):
    assert megabytes(1_024_000, unit) == pytest.approx(expected, abs=1e-12)


def test_another_unit_is_refused():
    with pytest.raises(ValueError, match="MB, MiB, 1,000 KiB; got 'GB'"):
        megabytes(1, "GB")
