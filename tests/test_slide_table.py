"""Tests of the slide's table beside what is counted and measured."""

from __future__ import annotations

import pytest

from cnncourse.slide_table import Row, measurements, rebuilt

TITLES = ["AlexNet", "VGG-16", "VGG-19", "GoogLeNet", "ResNet-50", "ResNet-152"]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return rebuilt()


def test_the_slides_networks_come_in_its_order(rows: list[Row]):
    assert [row.title for row in rows] == TITLES


def test_every_total_equals_torchvisions_metadata(rows: list[Row]):
    counted = [61_100_840, 138_357_544, 143_667_240, 6_624_904, 25_557_032, 60_192_808]
    assert [row.counted.parameters for row in rows] == counted == [row.weights.parameters for row in rows]
    for row in rows:
        assert round(row.counted.multiply_adds / 1e9, 3) == row.weights.multiply_adds


def test_layers_in_a_row_are_those_on_the_slide(rows: list[Row]):
    for row in rows:
        assert row.counted.depth == row.slide["convolutions"] + row.slide["dense"]
        assert row.counted.dense == row.slide["dense"]


def test_five_sizes_fit_one_unit_and_googlenets_none(rows: list[Row]):
    for row in rows:
        errors = {unit: abs(error) for unit, error in row.unit_errors().items()}
        if row.title == "GoogLeNet":
            assert min(errors.values()) > 0.5
        else:
            assert errors["1,000 KiB"] < 0.003 < 0.02 < min(errors["MB"], errors["MiB"])


def test_only_resnet_152_mixes_two_ways_of_measuring(rows: list[Row]):
    assert [row.title for row in rows if not row.one_way] == ["ResNet-152"]
    worst = rows[-1]
    assert (worst.nearest("top1").networks, worst.nearest("top1").pictures) == (1, "validation")
    assert (worst.nearest("top5").networks, worst.nearest("top5").pictures) == (6, "test")


def test_a_nearest_error_is_never_one_that_was_not_given(rows: list[Row]):
    googlenet = rows[3]
    assert googlenet.nearest("top1").source.startswith("torchvision")  # its paper gives top-5 errors only
    assert googlenet.nearest("top5").top5 == 10.07


def test_torchvisions_own_errors_come_last_and_are_one_crop_of_one_network(rows: list[Row]):
    for row in rows:
        own = row.measured[-1]
        assert own.way == "one network, 1 crop, validation"
        assert own.top1 == pytest.approx(100 - row.weights.top1)
        assert row.weights.weights == "IMAGENET1K_V1"


def test_every_measurement_says_how_and_where():
    for name in ("alexnet", "vgg16", "vgg19", "googlenet", "resnet50", "resnet152"):
        for one in measurements(name):
            assert one.source
            assert one.pictures in {"validation", "test"}
            assert one.top5 is not None
            assert one.top1 is None or one.top1 > one.top5
