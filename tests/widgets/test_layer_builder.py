"""Tests of the layer builder's Python side."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from cnncourse.architecture import describe_network
from cnncourse.widgets import LayerBuilder
from cnncourse.widgets.layer_builder import PRESETS

CONV = {"kind": "convolution", "filters": 4, "kernel": 3}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("LeNet", 61_706), ("810 weights", 810), ("two poolings", 1_578), ("three 3 × 3", 6_912), ("one 7 × 7", 12_544)],
)
def test_presets_fit_and_have_the_parameters_that_the_lesson_names(name: str, parameters: int):
    builder = LayerBuilder(name)
    assert builder.blueprint.refused is None
    counted = describe_network(builder.to_torch(), builder.input_shape)
    assert counted.parameters == builder.blueprint.parameters == parameters


def test_every_preset_but_the_empty_one_has_layers():
    assert [name for name, preset in PRESETS.items() if not preset["layers"]] == ["an empty page"]


def test_layers_are_completed_and_can_be_changed_from_python():
    builder = LayerBuilder([CONV], input_shape=(1, 9, 12))
    builder.layers = [*builder.layers, {"kind": "pooling"}]
    assert builder.layers[1] == {"kind": "pooling", "how": "max", "kernel": 2, "stride": 2, "padding": 0}
    assert "gives 4 × 3 × 5: 40 parameters" in builder.description


def test_a_stack_that_breaks_says_so_and_is_not_built():
    builder = LayerBuilder([CONV, {"kind": "dense"}])
    assert "breaks at layer 2, dense: 10: a dense layer wants a row of numbers" in builder.description
    with pytest.raises(ValueError, match=r"layer 2, dense: 10, does not fit: .* flatten them first"):
        builder.to_torch()
    assert "text/html" in builder._repr_mimebundle_()[0]


def test_a_refused_setting_leaves_the_builder_as_it_was():
    builder = LayerBuilder([CONV])
    with pytest.raises(ValueError, match="whole number from 1 to 15"):
        builder.layers = [{"kind": "convolution", "kernel": 99}]
    with pytest.raises(ValueError, match="a grey picture has 1 channel"):
        builder.input_shape = (28, 28)
    assert (builder.layers[0]["kernel"], builder.input_shape) == (3, (3, 32, 32))


@pytest.mark.parametrize(
    ("given", "words"),
    [("AlexNet", "a name out of LeNet, 810 weights"), ([3], "a list of layers"), ([CONV] * 41, "room for 40 layers")],
)
def test_what_is_no_stack_is_refused_with_advice(given: Any, words: str):
    with pytest.raises(ValueError, match=words):
        LayerBuilder(given)


def test_what_the_page_sends_is_checked_too():
    builder = LayerBuilder([CONV])
    builder.set_state({"input_shape": [1, 20, 30], "layers": [{**CONV, "kernel": 5, "stride": 2}]})
    assert builder.input_shape == (1, 20, 30)
    assert builder.blueprint.layers[0].shape == (4, 8, 13)


def test_a_network_of_ones_own_goes_in_and_comes_out_unchanged():
    from torch import nn

    own = nn.Sequential(
        nn.Conv2d(2, 5, (3, 3), stride=2, padding=1, bias=False), nn.LeakyReLU(), nn.AvgPool2d(3, stride=1, padding=1),
        nn.ELU(), nn.MaxPool2d(2), nn.Sigmoid(), nn.Flatten(), nn.Linear(20, 7, bias=False), nn.Tanh(),
    )  # fmt: skip
    builder = LayerBuilder(own, input_shape=(2, 9, 9))
    assert str(builder.to_torch()) == str(own)
    assert describe_network(own, (2, 9, 9)).parameters == builder.blueprint.parameters


def unknown_networks() -> list[Any]:
    from torch import nn

    return [
        (nn.Sequential(nn.Conv2d(1, 1, (3, 5))), "layer '0', Conv2d"),
        (nn.Sequential(nn.ReLU(), nn.Conv2d(4, 4, 3, groups=2)), "layer '1', Conv2d"),
        (nn.Sequential(nn.Conv2d(1, 1, 3, dilation=2)), "no groups, no dilation"),
        (nn.Sequential(nn.Conv2d(1, 1, 3, padding="same")), "layer '0'"),
        (nn.Sequential(nn.MaxPool2d(2, ceil_mode=True)), "MaxPool2d"),
        (nn.Sequential(nn.LeakyReLU(0.2)), "LeakyReLU"),
        (nn.Sequential(nn.BatchNorm2d(3)), "BatchNorm2d"),
        (nn.Linear(3, 4), "expected an nn.Sequential, got Linear; describe_network"),
    ]


@pytest.mark.parametrize("place", range(8))
def test_a_network_that_the_builder_does_not_know_is_refused_by_name(place: int):
    network, words = unknown_networks()[place]
    with pytest.raises(ValueError, match=r"the builder does not know|expected") as refusal:
        LayerBuilder(network)
    assert words in str(refusal.value)


def test_without_widgets_there_is_a_picture_a_text_and_a_table():
    builder = LayerBuilder("LeNet")
    still = builder.fallback_html()
    assert f'alt="{builder.description}"' in still
    assert "<td>convolution: 6 of 5 × 5, padding 2</td><td>6 × 28 × 28</td><td>156</td>" in still
    png = base64.b64decode(still.split("base64,")[1].split('"')[0])
    assert Image.open(io.BytesIO(png)).width > 400


def test_the_still_picture_opens_no_figure_of_its_own():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    LayerBuilder("LeNet").fallback_html()
    assert plt.get_fignums() == before
