"""The feature map explorer from Python: maps are the network's own, fields where they are, faults in words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import Tensor, nn

from cnncourse.models import FaceNet, LeNet5, ResidualNet, fresh
from cnncourse.widgets import FeatureMapExplorer
from cnncourse.widgets._base import SettingError, array_to_wire
from cnncourse.widgets._feature_maps import record_picture
from cnncourse.widgets._looking import fitted
from cnncourse.widgets._own_function import OwnFunctionError

DIGIT = np.random.default_rng(0).random((28, 28))
TINY = np.random.default_rng(1).random((20, 26, 3))


@pytest.fixture
def lenet() -> LeNet5:
    model = fresh(LeNet5, seed=3)
    assert isinstance(model, LeNet5)
    return model.eval()


def test_the_maps_are_those_that_the_network_gives(lenet: LeNet5):
    explorer = FeatureMapExplorer(lenet, DIGIT)
    with torch.no_grad():
        first = lenet.conv1(torch.tensor(DIGIT[None, None], dtype=torch.float32))
        share = lenet(torch.tensor(DIGIT[None, None], dtype=torch.float32)).softmax(dim=1).max().item()
    assert [record["name"] for record in explorer.layers] == ["conv1", "pool1", "conv2", "pool2"]
    assert explorer.layers[0] == {
        "name": "conv1",
        "kind": "Conv2d",
        "shape": (6, 28, 28),
        "start": (-2, -2),
        "stride": (1, 1),
        "size": (5, 5),
    }
    assert_allclose(explorer.values[: 6 * 28 * 28], first.numpy().ravel(), atol=1e-6)
    assert explorer.values.size == sum(int(np.prod(record["shape"])) for record in explorer.layers)
    assert explorer.says[0][1] == pytest.approx(share)


def test_the_largest_value_is_looked_at_first_and_what_it_sees_is_cut_out(lenet: LeNet5):
    explorer = FeatureMapExplorer(lenet, DIGIT, layer="pool1", chosen=4)
    with torch.no_grad():
        maps = lenet.pool1(lenet.conv1(torch.tensor(DIGIT[None, None], dtype=torch.float32)).relu())[0, 4].numpy()
    row, column = np.unravel_index(maps.argmax(), maps.shape)
    seen = explorer.shown
    assert (seen.place, seen.value) == ((row, column), pytest.approx(maps.max()))
    top, left = 2 * row - 2, 2 * column - 2
    expected = DIGIT[max(top, 0) : top + 6, max(left, 0) : left + 6]
    assert_array_equal(seen.crop, expected)
    assert f"Map 4, row {row}, column {column}" in explorer.description
    assert "The network says class" in explorer.description


def test_another_layer_or_place_is_shown_and_what_lies_outside_is_moved_in(lenet: LeNet5):
    explorer = FeatureMapExplorer(lenet, DIGIT)
    explorer.layer, explorer.chosen, explorer.place = "conv2", 99, (-3, 99)
    assert explorer.shown.place == (0, 9)
    assert explorer.shown.box == (0, 16, 12, 12)
    assert "Map 15, row 0, column 9" in explorer.description


def test_a_colour_picture_of_any_shape_and_chosen_layers():
    network = fresh(ResidualNet)
    explorer = FeatureMapExplorer(network, TINY, ["stem", "blocks.1"], classes=["cat", "dog"], place=(1, 2))
    assert [record["shape"] for record in explorer.layers] == [(32, 10, 13), (64, 5, 7)]
    assert explorer.shown.crop.shape == (3, 3, 3)
    assert {name for name, _ in explorer.says} <= {"cat", "dog", *(f"class {k}" for k in range(2, 10))}


def test_a_grey_picture_for_a_network_of_three_channels_and_a_colour_one_for_one_channel():
    assert FeatureMapExplorer(fresh(ResidualNet), TINY[..., 0], ["stem"]).image.shape == (20, 26)
    explorer = FeatureMapExplorer(fresh(FaceNet), np.stack([np.eye(25)] * 3, axis=2))
    assert explorer.values.size == sum(int(np.prod(record["shape"])) for record in explorer.layers)


def test_a_new_picture_is_recorded_anew(lenet: LeNet5):
    explorer = FeatureMapExplorer(lenet, DIGIT)
    before = explorer.values
    explorer.image = DIGIT[::-1]
    assert_array_equal(explorer.values, FeatureMapExplorer(lenet, DIGIT[::-1]).values)
    assert not np.array_equal(explorer.values, before)


def test_after_training_the_maps_are_refreshed(lenet: LeNet5):
    explorer = FeatureMapExplorer(lenet, DIGIT)
    with torch.no_grad():
        lenet.conv1.weight.zero_()
        lenet.conv1.bias.fill_(0.25)
    explorer.refresh()
    assert_array_equal(explorer.values[: 6 * 28 * 28], 0.25)
    assert explorer.shown.value == 0.25


def test_the_pages_own_picture_is_made_to_fit(lenet: LeNet5):
    explorer = FeatureMapExplorer(lenet, DIGIT)
    large = np.zeros((60, 100, 3))
    large[:, 50:] = 1.0
    explorer.set_state(
        {"question": {"id": "1-a", "picture": array_to_wire(large), "note": "own.png: 100 × 60 pixels."}}
    )
    assert explorer.image.shape == (28, 28, 3)
    assert explorer.image[:, :12].max() < 0.01
    assert explorer.image[:, 16:].min() > 0.99
    assert (explorer.answer, explorer.note) == ({"id": "1-a", "fault": None}, "own.png: 100 × 60 pixels.")


class Torn(nn.Module):
    """A network that fails when a picture is too bright."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, images: Tensor) -> Tensor:
        """Return maps, or fail."""
        if images.mean() > 0.9:
            raise KeyError("too bright")
        return self.conv(images)


def test_a_network_that_fails_on_a_picture_says_so_and_leaves_the_one_before():
    explorer = FeatureMapExplorer(Torn(), DIGIT)
    before = explorer.values
    explorer.set_state({"question": {"id": "2-b", "picture": array_to_wire(np.ones((40, 40))), "note": ""}})
    fault = explorer.answer["fault"]
    assert (fault["kind"], fault["name"], fault["source"]) == ("KeyError", "Torn", 'raise KeyError("too bright")')
    assert_array_equal(explorer.image, DIGIT)
    assert explorer.values is before
    with pytest.raises(OwnFunctionError, match="too bright"):
        explorer.image = np.ones((28, 28))
    assert_array_equal(explorer.image, DIGIT)


def test_a_picture_that_the_network_cannot_take_names_the_layer(lenet: LeNet5):
    with pytest.raises(OwnFunctionError, match="a picture of 1 × 20 × 31 cannot pass layer 'fc1'"):
        FeatureMapExplorer(lenet, np.zeros((20, 31)))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"layers": ["conv3"]}, "LeNet5 has no layer 'conv3'; did you mean 'conv"),
        ({"layers": ["fc1"]}, r"'fc1' gives \(120,\)"),
        ({"layer": "conv7"}, "expected a layer out of conv1, pool1, conv2, pool2; got 'conv7'"),
        ({"chosen": -1}, "maps are counted from 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(lenet: LeNet5, settings: dict, said: str):
    with pytest.raises(SettingError, match=said):
        FeatureMapExplorer(lenet, DIGIT, **settings)


def test_what_is_no_picture_or_too_much_for_a_page_is_refused(lenet: LeNet5):
    with pytest.raises(ValueError, match=r"shape \(1, 28, 28\); turn it with image.transpose"):
        FeatureMapExplorer(lenet, DIGIT[None])
    with pytest.raises(SettingError, match="655,360 values, and a page holds 500,000; choose some"):
        FeatureMapExplorer(nn.Sequential(nn.Conv2d(1, 40, 1)), np.zeros((128, 128)))
    with pytest.raises(SettingError, match="none of its layers gives"):
        FeatureMapExplorer(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), DIGIT)
    with pytest.raises(SettingError, match=r"'1' gives \(18,\)|'1' gives \(1352,\)"):
        FeatureMapExplorer(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten()), DIGIT, ["1"])


def test_the_network_keeps_its_mode_and_its_hooks(lenet: LeNet5):
    lenet.train()
    FeatureMapExplorer(lenet, DIGIT).refresh()
    assert all(layer.training for layer in lenet.modules())
    assert not any(layer._forward_hooks for layer in lenet.modules())


def test_dropout_is_no_layer_worth_a_look_and_a_wider_one_is_left_to_its_parts():
    network = nn.Sequential(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True)), nn.Dropout(0.5), nn.Identity())
    recording = record_picture(network, np.zeros((5, 7)))
    assert [layer.name for layer in recording.layers] == ["0.0", "0.1"]
    assert recording.says == []


def test_a_picture_is_cut_in_the_middle_and_keeps_its_proportions():
    wide = np.tile(np.arange(12.0) / 12, (4, 1))
    assert_allclose(fitted(wide, (4, 4)), wide[:, 4:8])
    assert fitted(wide, (8, 6)).shape == (8, 6)
    assert fitted(np.zeros((5, 9, 3)), (3, 3)).shape == (3, 3, 3)


def test_the_still_picture_shows_picture_map_and_crop(lenet: LeNet5):
    panels = FeatureMapExplorer(lenet, DIGIT, layer="conv1").panels()
    assert [panel.title for panel in panels] == ["Picture", "conv1, map 0", "What the value sees"]
    assert panels[0].mark == FeatureMapExplorer(lenet, DIGIT, layer="conv1").shown.box
    assert "<figure>" in FeatureMapExplorer(lenet, DIGIT).fallback_html()


def test_a_value_that_sees_padding_alone_is_borne():
    network = nn.Sequential(nn.Conv2d(1, 1, 1, padding=2))
    explorer = FeatureMapExplorer(network, DIGIT, place=(0, 0))
    assert explorer.shown.box[2:] == (0, 0)
    assert len(explorer.panels()) == 2
