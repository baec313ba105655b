"""Pictures into a dream and out of it: settings that stay with the file, strides that are measured."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from PIL import Image
from torch import nn

from cnncourse.dream_pictures import read_recipe, save_dream, stride_of, to_array
from cnncourse.dreaming import Dream, Settings, Target
from cnncourse.images import to_uint8
from cnncourse.models import LeNet5, ResidualNet
from tests.dream_networks import small

PICTURE = np.random.default_rng(0).random((5, 7, 3))
RECIPE = {"layer": "blocks.2", "channel": None, "strength": 0.012, "picture": "café, 5 × 7"}


def test_a_saved_picture_holds_its_settings(tmp_path: Path):
    save_dream(tmp_path / "dream.PNG", PICTURE, RECIPE)
    assert read_recipe(tmp_path / "dream.PNG") == RECIPE
    with Image.open(tmp_path / "dream.PNG") as opened:
        assert_array_equal(np.asarray(opened), to_uint8(PICTURE))
        assert opened.text["Software"].startswith("cnncourse ")


def test_the_recipe_of_a_dream_is_enough_to_dream_it_again():
    dream = Dream(small(), PICTURE, Target("3", 2), Settings(steps=2, octaves=1, seed=5))
    list(dream)
    file = io.BytesIO()
    save_dream(file, dream.picture, dream.recipe)
    recipe = read_recipe(file)
    settings = Settings(**{name: recipe[name] for name in Settings.__dataclass_fields__})
    again = Dream(small(), PICTURE, Target(recipe["layer"], recipe["channel"], recipe["centre"]), settings)
    list(again)
    assert_array_equal(again.picture, dream.picture)
    assert (recipe["network"], recipe["octaves done"], recipe["size"]) == ("Sequential", 1, [5, 7])


def test_a_format_that_would_lose_the_settings_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"ends in \.png.*got dream\.jpg"):
        save_dream(tmp_path / "dream.jpg", PICTURE, RECIPE)


def test_a_picture_without_settings_says_so(tmp_path: Path):
    Image.fromarray(to_uint8(PICTURE)).save(tmp_path / "plain.png")
    with pytest.raises(ValueError, match="holds no settings"):
        read_recipe(tmp_path / "plain.png")


@pytest.mark.parametrize(
    ("model", "layer", "stride"),
    [
        (ResidualNet(), "stem", 2),
        (ResidualNet(), "blocks.2", 8),
        (ResidualNet(), "head", 16),
        (LeNet5(), "conv1", 1),
        (LeNet5(), "pool2", 4),
        (LeNet5(), "fc2", 4),
        (nn.Sequential(nn.Conv2d(3, 2, 5, stride=3)), "0", 3),
    ],
)
def test_the_stride_of_a_layer_is_measured_also_where_a_dense_layer_refuses_the_size(model, layer, stride):
    assert stride_of(model, layer) == stride


def test_grey_pictures_come_out_without_channels():
    assert to_array(torch.rand(2, 1, 4, 6)).shape == (2, 4, 6)
    assert to_array(torch.rand(2, 3, 4, 6)).shape == (2, 4, 6, 3)
