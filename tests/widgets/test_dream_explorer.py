"""Tests of the dream explorer's Python side: previews, whole dreams, cancelling, faults, and pictures on record."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from torch import nn

from cnncourse.dreaming import Settings, deep_dream
from cnncourse.images import photograph
from cnncourse.models import LeNet5, ResidualNet
from cnncourse.widgets import DreamExplorer
from cnncourse.widgets._base import array_to_wire
from cnncourse.widgets._dream_runs import PREVIEW_SIDE, RECORD_SIDE, main_parts, preview
from tests.dream_networks import Tripwire, everything, small

PHOTO = photograph("chelsea", grey=False)[40:120, 90:190]  # 80 × 100
NAMES = ("ant", "bee", "cow", "dog", "elk")


def make(**settings: Any) -> DreamExplorer:
    return DreamExplorer(small(), PHOTO, ["3", "8"], classes=NAMES, **settings)


def wish(explorer: DreamExplorer, **changes: Any) -> dict[str, Any]:
    return {name: getattr(explorer, name) for name in ("layer", "channel", "octaves", "strength")} | changes


def send(explorer: DreamExplorer, do: str, number: str = "1", **changes: Any) -> None:
    """Do as the page does."""
    explorer._hear(explorer, {"do": do, "id": number, "settings": wish(explorer, **changes)}, [])


def test_layers_come_with_their_maps_and_the_last_one_with_its_classes():
    assert make().layers == [
        {"name": "3", "title": "3: 6 maps", "kind": "maps", "count": 6, "names": []},
        {"name": "8", "title": "8: 5 classes", "kind": "classes", "count": 5, "names": list(NAMES)},
    ]
    explorer = DreamExplorer(ResidualNet(), PHOTO)
    assert [layer["name"] for layer in explorer.layers] == [
        "stem",
        "blocks.0",
        "blocks.1",
        "blocks.2",
        "blocks.3",
        "head",
    ]
    assert (explorer.layer, explorer.layers[5]["title"]) == ("blocks.3", "head: 10 numbers")


def test_the_parts_of_googlenet_are_its_inceptions():
    from torchvision.models import googlenet

    from cnncourse.imagenet import Scaled

    network = googlenet(weights=None, init_weights=False, aux_logits=False)
    parts = main_parts(network)
    assert (parts[0], parts[10]) == ("conv1", "inception4c")
    assert main_parts(Scaled(network)) == [f"network.{part}" for part in parts]


def test_the_parts_of_a_plain_network_are_the_members_of_its_rows():
    network = nn.Sequential()
    network.add_module("features", nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 2, 3)))
    network.add_module("top", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3)))
    assert main_parts(network) == ["features.0", "features.1", "features.2", "top"]


def test_a_network_for_one_size_of_picture_offers_the_layers_before_its_dense_ones():
    explorer = DreamExplorer(LeNet5(), PHOTO)
    assert [layer["name"] for layer in explorer.layers] == ["conv1", "pool1", "conv2", "pool2"]
    assert explorer.dream().shape == (80, 100)
    with pytest.raises(ValueError, match=r"LeNet5 gave none of them: .*cannot be multiplied"):
        DreamExplorer(LeNet5(), PHOTO, ["fc2"])


def test_it_begins_with_a_preview_and_says_so():
    explorer = make(title="a small network")
    assert explorer.shown["kind"] == "preview"
    assert max(explorer.picture.shape[:2]) <= PREVIEW_SIDE
    assert explorer.description == (
        "A preview of a Deep Dream of 77 × 96 pixels by a small network: more of all 6 maps of layer 3, "
        "4 octaves of 10 steps, strength 0.012."
    )


def test_a_whole_dream_is_that_of_the_module():
    explorer = make()
    explorer.channel = 2
    dreamt = explorer.dream()
    assert_allclose(dreamt, deep_dream(small(), PHOTO, "3", channel=2, settings=Settings()), atol=1e-6)
    assert_array_equal(dreamt, explorer.picture)
    assert explorer.shown["kind"] == "done"
    assert explorer.shown["recipe"]["octaves done"] == 4
    assert explorer.shown["last"] > explorer.shown["first"]


def test_a_setting_made_in_python_shows_a_preview():
    explorer = make()
    explorer.dream()
    before = explorer.picture
    explorer.layer = "8"
    explorer.channel = 4
    assert explorer.shown["kind"] == "preview"
    assert "more of elk of layer 8" in explorer.description
    assert explorer.picture.shape != before.shape or not np.array_equal(explorer.picture, before)


def test_another_layer_begins_with_all_its_maps():
    explorer = make(layer="3")
    explorer.channel = 5  # layer 8 has no such map
    explorer.layer = "8"
    assert (explorer.channel, explorer.fault) == (-1, {})


def test_another_picture_shows_a_preview_of_it():
    explorer = make()
    explorer.dream()
    explorer.image = np.full((50, 60, 3), 0.5)
    assert (explorer.shown["kind"], explorer.picture.shape) == ("preview", (50, 60, 3))


def test_the_page_that_sends_a_picture_asks_for_its_preview_itself():
    explorer = make()
    explorer.dream()
    explorer.set_state({"image": array_to_wire(np.full((50, 60, 3), 0.5))})
    assert explorer.shown["kind"] == "done"
    send(explorer, "preview")
    assert explorer.picture.shape == (50, 60, 3)


def test_a_preview_stops_when_its_time_is_over():
    quick = preview(small(), PHOTO, make().wish, seconds=0)
    assert quick.shape == (34, 43, 3)  # one step in the smallest of three octaves: 77 × 96 over 1.5 twice
    assert preview(small(), PHOTO, make().wish, seconds=np.inf).shape == (77, 96, 3)


def test_how_far_a_dream_is_and_how_long_it_still_takes():
    night = make()._begin()
    assert night.left is None
    while night.at is None or night.at.octave < 3:
        night.step()
    assert night.left == pytest.approx(night.seconds / night.at.share - night.seconds)
    while night.state == "dreaming":
        night.step()
    assert night.left == 0


def test_the_page_asks_for_a_preview_and_gets_its_answer():
    explorer = make()
    send(explorer, "preview", "7", layer="8", channel=1, octaves=2, strength=0.02)
    assert (explorer.shown["id"], explorer.shown["kind"]) == ("7", "preview")
    assert explorer.shown["settings"] == {"layer": "8", "channel": 1, "octaves": 2, "strength": 0.02}
    assert (explorer.layer, explorer.channel, explorer.octaves, explorer.strength) == ("8", 1, 2, 0.02)


def test_a_map_of_one_layer_that_another_has_not_is_no_hindrance():
    explorer = make()
    send(explorer, "preview", layer="3", channel=5)
    send(explorer, "preview", layer="8", channel=0)
    send(explorer, "preview", layer="3", channel=5)
    assert explorer.wish.channel == 5


def test_a_layer_of_numbers_without_names_is_described_as_such():
    explorer = DreamExplorer(small(), PHOTO, ["8"])
    assert "more of all 5 numbers of layer 8" in explorer.description
    explorer.channel = 3
    assert "more of number 3 of layer 8" in explorer.description


def in_a_notebook(script: Any) -> Any:
    """Run a coroutine in which an explorer finds the event loop that a notebook has."""
    return asyncio.run(script())


async def until(explorer: DreamExplorer, *kinds: str) -> None:
    for _ in range(4000):
        if explorer.shown["kind"] in kinds:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"still {explorer.shown['kind']}")


def test_in_a_notebook_the_dream_runs_in_the_background_and_is_the_same():
    async def script() -> tuple[np.ndarray, int]:
        explorer, turns = make(), 0
        send(explorer, "dream", "5")
        while explorer.shown["id"] != "5" or explorer.shown["kind"] == "dreaming":
            turns += 1
            await asyncio.sleep(0)
        return explorer.picture, turns

    picture, turns = in_a_notebook(script)
    assert turns > 20, "the kernel has its turn between the steps"
    assert_array_equal(picture, make().dream())


def test_a_cancelled_dream_keeps_the_octaves_that_were_whole():
    async def script() -> DreamExplorer:
        explorer = make()
        send(explorer, "dream")
        while explorer._night is None or explorer._night.at is None or explorer._night.at.octave < 3:
            await asyncio.sleep(0)
        send(explorer, "cancel")
        await until(explorer, "cancelled")
        return explorer

    explorer = in_a_notebook(script)
    assert explorer.shown["recipe"]["octaves done"] == 2
    assert explorer.picture.shape == PHOTO.shape
    assert not np.array_equal(explorer.picture, PHOTO)
    assert explorer.description.startswith("A cancelled Deep Dream of 80 × 100")


def test_a_slider_that_moves_takes_the_place_of_the_dream_under_way():
    async def script() -> DreamExplorer:
        explorer = make()
        send(explorer, "dream", "1")
        await asyncio.sleep(0)
        send(explorer, "preview", "2", channel=3)
        await until(explorer, "preview")
        for _ in range(20):
            await asyncio.sleep(0.005)  # the old dream's task ends, and must not show itself
        return explorer

    explorer = in_a_notebook(script)
    assert (explorer.shown["id"], explorer.shown["kind"]) == ("2", "preview")


@pytest.mark.parametrize("do", ["preview", "dream"])
def test_a_fault_in_the_network_is_shown_with_its_layer_and_the_explorer_goes_on(do: str):
    wire = Tripwire(RuntimeError("torn"), at=10**6)
    explorer = DreamExplorer(nn.Sequential(*list(small())[:4], wire), PHOTO, ["4"])
    wire.at = wire.calls + 4  # two calls look at the picture, a step has begun
    send(explorer, do)
    assert explorer.shown["kind"] in ("fault", "failed")
    assert "torn" in explorer.fault["message"]
    assert "Tripwire" in explorer.fault["name"]
    send(explorer, do, "2")
    assert (explorer.shown["id"], explorer.fault) == ("2", {})


def test_an_interrupt_keeps_what_there_is():
    wire = Tripwire(KeyboardInterrupt(), at=10**6)
    explorer = DreamExplorer(nn.Sequential(*list(small())[:4], wire), PHOTO, ["4"])
    wire.at = wire.calls + 15
    explorer.dream()
    assert explorer.shown["kind"] == "cancelled"
    assert explorer.shown["recipe"]["octaves done"] == 1


def test_the_network_is_left_as_it_was():
    model = small().train()
    before = everything(model)
    explorer = DreamExplorer(model, PHOTO, ["3"])
    explorer.dream()
    explorer.record([0.01])
    assert everything(model) == before


def test_dreams_on_record_are_small_pictures_of_every_layer_and_strength():
    explorer = make()
    explorer.record([0.01, 0.02], channels={"8": 1})
    assert [(one["layer"], one["channel"], one["strength"]) for one in explorer.recorded] == [
        ("3", -1, 0.01),
        ("3", -1, 0.02),
        ("8", 1, 0.01),
        ("8", 1, 0.02),
    ]
    for one in explorer.recorded:
        with Image.open(io.BytesIO(one["data"])) as opened:
            assert opened.size == (one["size"][1], one["size"][0]) == (100, 80)
    large = DreamExplorer(small(), np.full((300, 200, 3), 0.5), ["3"])
    large.record([0.01])
    assert large.recorded[0]["size"] == [RECORD_SIDE, round(RECORD_SIDE * 2 / 3)]


def test_several_maps_and_numbers_of_octaves_are_recorded_and_without_a_bar(capsys: pytest.CaptureFixture[str]):
    explorer = make()
    explorer.record([0.01], channels={"8": [3, 1]}, octaves=(1, 2))
    assert [(one["layer"], one["channel"], one["octaves"]) for one in explorer.recorded] == [
        *[("3", -1, 1), ("3", -1, 2)],
        *[("8", 3, 1), ("8", 3, 2), ("8", 1, 1), ("8", 1, 2)],
    ]
    assert capsys.readouterr().err == ""
    explorer.record([0.01], progress=True)
    assert "dreams for the page" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ({"layer": "9"}, "expected a layer out of 3, 8; got '9'"),
        ({"layer": "08"}, "did you mean '8'"),
        ({"channel": 6}, "a map of 3 from 0 to 5, or -1; got 6"),
        ({"channel": -2}, "-1 stands for all of them"),
        ({"octaves": 0}, "the picture itself is one"),
        ({"octaves": 7}, "1 to 6 octaves, got 7"),
        ({"strength": 0.5}, "a strength from 0 to 0.03, got 0.5"),
        ({"strength": -1.0}, "try 0.012"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_advice(setting: dict[str, Any], advice: str):
    explorer = make()
    (name, value), before = next(iter(setting.items())), wish(make())
    with pytest.raises(ValueError, match=advice):
        setattr(explorer, name, value)
    assert wish(explorer) == before


def test_a_layer_that_there_is_not_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'blocks\\.2'"):
        DreamExplorer(ResidualNet(), PHOTO, ["block.2"])


def test_a_file_of_the_learners_own_is_read(tmp_path: Path):
    Image.fromarray(np.full((60, 70, 3), 51, np.uint8)).save(tmp_path / "own.png")
    assert_allclose(DreamExplorer(small(), tmp_path / "own.png", ["3"]).image, np.full((60, 70, 3), 0.2))


@pytest.mark.parametrize("image", [np.zeros((1, 1)), np.full((9, 7), 3.0), np.ones((30, 20, 4), dtype=np.uint8)])
def test_unusual_pictures_are_dreamt(image: np.ndarray):
    explorer = DreamExplorer(small(), image, ["3"])
    assert explorer.fault == {}
    assert explorer.dream().shape[2] == 3


def test_a_picture_smaller_than_the_networks_stride_is_enlarged_and_the_page_says_so():
    explorer = DreamExplorer(ResidualNet(), np.full((9, 7, 3), 0.5))
    assert explorer.dream().shape == (41, 32, 3)
    assert explorer.shown["notes"] == (
        "The picture of 9 × 7 pixels is dreamt at 41 × 32, for the network looks in steps of 16 pixels."
    )


def test_a_picture_6000_pixels_wide_is_made_smaller():
    explorer = DreamExplorer(small(), np.zeros((500, 6000, 3), dtype=np.uint8), ["3"])
    assert explorer.image.size <= 3 * 262_144
    assert "500 × 6000" in explorer.note


def test_a_network_for_grey_pictures_dreams_in_grey():
    torch.manual_seed(0)
    explorer = DreamExplorer(nn.Sequential(nn.Conv2d(1, 4, 3)), PHOTO)
    assert explorer.dream().shape == (80, 100)


def test_the_still_picture_shows_both():
    explorer = make()
    assert [panel.title for panel in explorer.panels()] == ["Picture", "Dream"]
    assert "text/html" in explorer._repr_mimebundle_()[0]
