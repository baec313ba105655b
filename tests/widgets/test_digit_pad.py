"""The digit pad's Python side: what the network is given, what it reads, and networks of the learner's own."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from cnncourse.datasets import digits
from cnncourse.drawing import centre_as_mnist, rasterise, resize
from cnncourse.lenet import check_weights, run
from cnncourse.scripted_digits import Scripted, scripted_digits
from cnncourse.weights import weights_arrays
from cnncourse.widgets import DigitPad
from cnncourse.widgets._digit_sheet import picture_to_read, read_digits

WEIGHTS = check_weights(weights_arrays("lenet5"))
IMAGES, LABELS = digits("test")
SHEET = IMAGES[:12], LABELS[:12]
AS_IT_IS = {"pen": 2.0, "shift": (0, 0), "size": (28, 28)}


def drawing(digit: int, manner: str) -> Scripted:
    return next(one for one in scripted_digits() if (one.digit, one.manner) == (digit, manner))


def drawn_pad(scripted: Scripted, **options: Any) -> DigitPad:
    pad = DigitPad(digits=SHEET, picked=-1, **options)
    pad.strokes, pad.pen = scripted.strokes, scripted.pen
    return pad


class Lenet(nn.Module):
    """A LeNet-5 as a learner may write it: other names, and functions in place of layers."""

    def __init__(self, activation: Any = torch.relu) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.dense = nn.ModuleList([nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)])
        self.activation = activation
        numbers = [torch.from_numpy(np.array(array)) for array in WEIGHTS.values()]
        self.load_state_dict(dict(zip(self.state_dict(), numbers, strict=True)))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        for layer in (self.one, self.two):
            images = nn.functional.max_pool2d(self.activation(layer(images)), 2)
        features = images.flatten(1)
        for layer in self.dense[:2]:
            features = self.activation(layer(features))
        return self.dense[2](features)


class Torn(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.flatten(1) @ self.wieght


def small_network(side: int, *, channels: int = 1, classes: int = 10) -> nn.Sequential:
    """Make a network for pictures of `side` × `side` pixels; dropout makes its answers differ while it trains."""
    torch.manual_seed(5)
    left = (side - 5) // 2 + 1
    return nn.Sequential(
        nn.Conv2d(channels, 20, 5, stride=2), nn.Tanh(), nn.Dropout(0.5), nn.Flatten(), nn.Linear(20 * left**2, classes)
    )


# --- what the network is given ----------------------------------------------------------------------------------------


def test_a_drawing_is_centred_and_scaled_as_mnist_was():
    small = drawing(5, "small, top left")
    ink = rasterise(small.strokes, pen=small.pen)
    assert_allclose(drawn_pad(small).image, centre_as_mnist(ink))
    assert_allclose(drawn_pad(small, centre=False).image, resize(ink, 28, 28))


def test_centring_undoes_a_shift_and_without_it_the_shift_counts():
    strokes = drawing(2, "plain").strokes
    given = {
        centre: [picture_to_read(strokes, **{**AS_IT_IS, "shift": shift}, centre=centre) for shift in ((0, 0), (2, -3))]
        for centre in (True, False)
    }
    assert_array_equal(*given[True])
    here, there = given[False]
    assert_allclose(there[2:, :-3], here[:-2, 3:], atol=1e-12)


def test_a_digit_of_the_sheet_is_given_as_it_is():
    digit = np.zeros((28, 28))
    digit[4:24, 9:19] = np.random.default_rng(2).random((20, 10))
    assert_array_equal(picture_to_read(digit, **AS_IT_IS, centre=False), digit)
    moved = picture_to_read(digit, **{**AS_IT_IS, "shift": (1, 2)}, centre=False)
    assert_array_equal(moved[1:, 2:], digit[:-1, :-2])


def test_another_size_is_reached_by_the_filter_that_the_data_sets_use():
    picture = picture_to_read(drawing(3, "plain").strokes, pen=2.4, shift=(0, 0), centre=True, size=(16, 12))
    centred = centre_as_mnist(rasterise(drawing(3, "plain").strokes, pen=2.4))
    assert_allclose(picture, resize(centred, 16, 12))


# --- what it reads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("digit", "manner"), [(7, "plain"), (5, "small, top left"), (8, "thick"), (2, "thin")])
def test_a_drawing_is_read_by_the_shipped_network(digit: int, manner: str):
    pad = drawn_pad(drawing(digit, manner))
    assert pad.digit == digit
    assert_allclose(pad.probabilities, run(WEIGHTS, pad.image[None]).probabilities[0])
    assert f"Your drawing reads {digit}, " in pad.description


def test_a_small_digit_in_a_corner_is_misread_without_centring():
    pad = drawn_pad(drawing(5, "small, top left"), centre=False)
    assert pad.digit != 5
    pad.centre = True
    assert pad.digit == 5


def test_an_empty_pad_reads_nothing_and_says_so():
    pad = DigitPad(digits=SHEET, picked=-1)
    assert (pad.image, pad.digit, pad.probabilities) == (None, None, None)
    assert pad.description.startswith("Nothing drawn yet.")
    assert pad.panels() == ()


def test_a_digit_moved_out_of_the_sheet_is_nothing_either():
    pad = DigitPad(digits=SHEET, picked=-1, centre=False)
    pad.strokes = [[(2, 2), (4, 3)]]
    pad.shift = (-8, 0)
    assert pad.digit is None


def test_a_picked_digit_is_read_with_what_its_writer_meant():
    pad = DigitPad(digits=SHEET, picked=3)
    assert f"Digit 4 of the sheet, meant as {LABELS[3]}, reads {pad.digit}, " in pad.description


def test_the_still_picture_has_the_picture_and_both_layers():
    titles = [panel.title for panel in DigitPad(digits=SHEET).panels()]
    assert titles == ["What it sees", "First layer", "Second layer"]
    assert DigitPad(digits=SHEET).fallback_html().count("<img ") == 1


def test_it_is_made_without_pytorch():
    code = "import sys; from cnncourse.widgets import DigitPad; DigitPad(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- the sheet --------------------------------------------------------------------------------------------------------


def test_the_sheet_has_every_digit_four_times_by_default():
    meant = DigitPad().meant
    assert meant == "0123456789" * 4


@pytest.mark.parametrize(
    "given",
    [
        (IMAGES[:70], LABELS[:70]),
        SimpleNamespace(images=IMAGES[:70], labels=LABELS[:70]),
        (torch.from_numpy(IMAGES[:70])[:, None], torch.from_numpy(LABELS[:70])),
    ],
    ids=["pair", "set", "tensors"],
)
def test_digits_come_as_a_pair_or_a_set_and_the_first_60_are_shown(given: Any):
    levels, meant, note = read_digits(given)
    assert levels.shape == (60, 28, 28)
    assert_allclose(levels[7] / 255, centre_as_mnist(IMAGES[7]), atol=0.5 / 255 + 1e-9)
    assert meant == "".join(map(str, LABELS[:60]))
    assert note == "The sheet has the first 60 of 70 digits."


def test_digits_of_28_pixels_are_left_alone_also_as_bytes():
    levels = np.random.default_rng(1).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    for given in (levels, levels / 255, (levels / 255).astype(np.float32)):
        assert_array_equal(read_digits((given, [1, 2, 3]))[0], levels)


def test_a_pad_without_digits_begins_empty():
    assert DigitPad(digits=(np.zeros((0, 28, 28)), [])).picked == -1


# --- networks of the learner's own ------------------------------------------------------------------------------------


def test_a_lenet_of_the_learners_own_hands_its_weights_to_the_page():
    pad = DigitPad(digits=SHEET, model=Lenet())
    assert not pad.own
    assert_array_equal(pad.weights["conv2.weight"], WEIGHTS["conv2.weight"])
    assert pad.digit == DigitPad(digits=SHEET).digit


@pytest.mark.parametrize("ending", [nn.LogSoftmax(1), nn.Softmax(1)])
def test_a_lenet_that_ends_in_a_softmax_is_one_too(ending: nn.Module):
    assert not DigitPad(digits=SHEET, model=nn.Sequential(Lenet(), ending)).own


def test_the_same_weights_under_other_activations_are_another_network():
    pad = DigitPad(digits=SHEET, model=Lenet(torch.tanh))
    assert pad.own
    assert pad.weights is None


def test_other_weights_may_be_set_later():
    pad = DigitPad(digits=SHEET)
    pad.weights = {**WEIGHTS, "fc3.weight": np.zeros((10, 84)), "fc3.bias": np.arange(10)}
    assert pad.digit == 9
    assert "reads 9" in pad.description


def test_training_on_is_seen_after_a_refresh():
    model = Lenet()
    pad = DigitPad(digits=SHEET, model=model)
    nn.init.zeros_(model.dense[2].weight)
    nn.init.constant_(model.dense[2].bias[4:5], 9)
    pad.refresh()
    assert pad.digit == 4
    assert "reads 4" in pad.description


@pytest.mark.parametrize("side", [16, 28, 8, 32])
def test_another_network_is_given_pictures_of_its_size(side: int):
    model = small_network(side)
    pad = DigitPad(digits=SHEET, model=model)
    assert pad.own
    assert pad.size == (side, side)
    image = torch.from_numpy(pad.image).float()[None, None]
    with torch.no_grad():
        assert_allclose(pad.probabilities, model.eval()(image)[0].softmax(0), atol=1e-6)


def test_an_odd_size_is_named():
    model = nn.Sequential(nn.Flatten(), nn.Linear(18 * 23, 10))
    assert DigitPad(digits=SHEET, model=model, size=(18, 23)).image.shape == (18, 23)


def test_a_network_for_colour_gets_the_grey_picture_three_times():
    assert DigitPad(digits=SHEET, model=small_network(28, channels=3)).digit is not None


def test_it_stays_in_training_mode_and_is_asked_without_dropout():
    model = small_network(28).train()
    pad = DigitPad(digits=SHEET, model=model)
    first = pad.probabilities
    pad.refresh()
    assert model.training
    assert_array_equal(pad.probabilities, first)


def test_its_first_maps_come_along():
    answer = DigitPad(digits=SHEET, model=small_network(28)).answer
    (layer,) = answer["layers"]
    assert layer["title"] == "Layer 0"
    assert layer["maps"]["shape"] == [16, 12, 12]  # of 20 maps the first 16


def test_it_runs_once_for_one_picture():
    model, calls = small_network(28), []
    model.register_forward_hook(lambda *_: calls.append(1))
    pad = DigitPad(digits=SHEET, model=model)
    calls.clear()
    pad.set_state({"picked": 2, "question": {"id": "1-x"}})
    assert (len(calls), pad.answer["id"], pad.answer["settings"]["picked"]) == (1, "1-x", 2)
    assert pad.digit is not None
    assert len(calls) == 1


def test_a_slip_is_shown_with_its_line_and_the_explorer_lives_on():
    model = Torn()
    pad = DigitPad(digits=SHEET, model=model)
    fault = pad.answer["fault"]
    assert (fault["kind"], fault["name"]) == ("AttributeError", "Torn")
    assert fault["source"] == "return images.flatten(1) @ self.wieght"
    assert "The network failed" in pad.description
    assert pad.fallback_html().count("<img ") == 1
    model.wieght = torch.eye(784, 10)
    pad.refresh()
    assert pad.answer["fault"] is None


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            nn.Sequential(nn.Flatten(), nn.Linear(5, 10)),
            r"layer '1', Linear.*, was given shape \(1, 784\): .*mat1 and mat2",
        ),
        (small_network(28, classes=7), r"shape \(1, 7\) for one picture; expected \(1, 10\)"),
        (nn.Identity(), r"shape \(1, 1, 28, 28\) for one picture"),
        (nn.Sequential(nn.Flatten(), nn.LSTM(784, 10)), "it returned tuple; expected a tensor"),
        (nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.Threshold(1e9, float("nan"))), "did its training diverge"),
    ],
    ids=["shape", "classes", "no classes", "tuple", "diverged"],
)
def test_a_network_that_cannot_answer_says_why(model: nn.Module, message: str):
    pad = DigitPad(digits=SHEET, model=model)
    assert pad.size == (28, 28)
    assert "line" in pad.answer["fault"]
    with pytest.raises(Exception, match=message):
        assert pad.digit is None
    pad.picked = -1
    assert pad.digit is None


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"digits": (IMAGES, LABELS[:5])}, r"a label for each; got \(297, 8, 8\) and \(5,\)"),
        ({"digits": (16 * IMAGES, LABELS)}, "divide by the largest value"),
        ({"digits": (IMAGES, LABELS + 1)}, "labels from 0 to 9"),
        ({"digits": (np.full((1, 28, 28), np.nan), [1])}, "from 0 to 1"),
        (
            {"weights": {"conv1.weight": np.zeros(3)}},
            r"'conv1.weight' of a LeNet-5 in shape \(6, 1, 5, 5\), got \(3,\)",
        ),
        ({"weights": {}}, "found no 'conv1.weight'"),
        ({"weights": "lenet6"}, "lenet6"),
        ({"weights": WEIGHTS, "model": Torn()}, "got both"),
        ({"model": lambda image: image}, "an nn.Module, got function"),
        ({"size": 16}, "a LeNet-5 takes pictures of 28 × 28 pixels, got size 16"),
        ({"model": Torn(), "size": (16, 0)}, r"size as \(height, width\).*got \(16, 0\)"),
        ({"model": Torn(), "size": 16.5}, "16.5"),
        ({"picked": 12}, "0 to 11, or -1 to draw; got 12"),
    ],
)
def test_what_it_cannot_be_made_of_is_refused_with_advice(arguments: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        DigitPad(**{"digits": SHEET, **arguments})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("shift", (0, 9), "at most 8 pixels"),
        ("pen", 0, "wider than 0"),
        ("strokes", [[(1, 2, 3)]], "lists of points"),
        ("strokes", [[1, 2]], "lists of points"),
        ("picked", -2, "-1 to draw"),
        ("weights", {"conv1.weight": np.zeros(3)}, "in shape"),
    ],
)
def test_a_refused_setting_leaves_the_pad_as_it_was(name: str, value: Any, message: str):
    pad = DigitPad(digits=SHEET)
    before = getattr(pad, name)
    with pytest.raises(ValueError, match=message):
        setattr(pad, name, value)
    assert getattr(pad, name) is before
