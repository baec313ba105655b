"""The explorer of receptive fields in Python: what a value sees, against autograd; what it says; what it refuses."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse.architecture import describe_network
from cnncourse.images import photograph
from cnncourse.kernels import read_matrix
from cnncourse.layer_records import read_layer
from cnncourse.widgets import ReceptiveFieldExplorer
from cnncourse.widgets._receptive_field import count
from cnncourse.widgets._torch_layers import build
from cnncourse.widgets.receptive_field_explorer import LIMIT, PRESETS, arrays

FACE = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")
CAMERA = photograph("camera")[60:157, 100:213]


def sliding_stack(seed: int) -> tuple[tuple[int, int], list[dict[str, Any]]]:
    """Return a picture's shape and layers that fit it."""
    rng = random.Random(seed)
    while True:
        shape = (rng.randint(5, 19), rng.randint(5, 19))
        layers = [
            read_layer(
                {
                    "kind": rng.choice(["convolution", "pooling"]),
                    "kernel": (kernel := rng.randint(1, 4)),
                    "stride": rng.randint(1, 3),
                    "padding": rng.randint(0, kernel // 2),
                }
            )
            for _ in range(rng.randint(1, 4))
        ]
        layers = [{**layer, **({"filters": 1} if layer["kind"] == "convolution" else {})} for layer in layers]
        if not count(shape, layers).refused:
            return shape, layers


def test_the_lectures_pooled_value_sees_sixteen_pixels():
    walked = arrays(FACE, PRESETS["kernel 3, pooling 2"], (0, 1))
    assert walked.rows == [(0, 3), (0, 1), (0, 0)]
    assert walked.columns == [(2, 5), (2, 3), (1, 1)]
    assert walked.side == 4


@pytest.mark.parametrize("seed", range(25))
def test_what_is_seen_is_what_has_a_gradient(seed: int):
    shape, layers = sliding_stack(seed)
    averages = [{**layer, "how": "average"} if layer["kind"] == "pooling" else layer for layer in layers]
    rows = count(shape, layers).layers
    network = build((1, *shape), averages, [row.shape for row in rows])
    side = describe_network(network, (1, *shape)).layers[-1].receptive_field
    for parameter in network.double().parameters():
        nn.init.ones_(parameter)
    place = tuple(random.Random(seed).randrange(size) for size in rows[-1].shape[1:])
    pixels = torch.ones((1, 1, *shape), dtype=torch.float64, requires_grad=True)
    network(pixels)[0, 0][place].backward()
    seen = pixels.grad[0, 0].numpy() > 0
    walked = arrays(np.zeros(shape), layers, place)
    for axis, (first, last) in ((1, walked.rows[0]), (0, walked.columns[0])):
        found = np.flatnonzero(seen.any(axis=axis))  # with gaps where a stride is larger than its kernel
        assert (found.min(), found.max()) == (first, last)
    assert (walked.side, walked.side) == side


def test_each_value_is_the_mean_of_the_pixels_that_it_sees():
    layers = [
        read_layer({"kind": "convolution", "padding": 1}),
        read_layer({"kind": "pooling", "kernel": 3, "stride": 3}),
    ]
    walked = arrays(CAMERA, layers, (0, 0))
    assert [one.shape for one in walked.maps] == [(97, 113), (97, 113), (32, 37)]
    assert_allclose(walked.maps[0], CAMERA)
    assert walked.maps[1][0, 5] == pytest.approx(CAMERA[0:2, 4:7].mean())
    assert walked.maps[2][4, 0] == pytest.approx(CAMERA[11:16, 0:4].mean())


def test_a_value_that_sees_padding_only_is_no_number():
    layers = [read_layer({"kind": "convolution", "kernel": 2, "padding": 3})]
    walked = arrays(FACE, layers, (0, 0))
    assert np.isnan(walked.maps[1][0, 0])
    assert walked.rows[0] == (0, -1)
    explorer = ReceptiveFieldExplorer(FACE, layers, place=(0, 4))
    assert explorer.description.endswith("sees padding and no pixel.")


def test_it_begins_in_the_middle_of_the_last_layer():
    explorer = ReceptiveFieldExplorer(CAMERA)
    assert explorer.depth == 10
    assert explorer.walked.maps[-1].shape == (1, 1)
    assert "sees 94 × 94 pixels: rows 0 to 93, columns 0 to 93." in explorer.description
    assert "<img" in explorer.fallback_html()


def test_fewer_layers_see_less():
    explorer = ReceptiveFieldExplorer(CAMERA)
    sides = []
    for depth in range(1, 11):
        explorer.depth = depth
        sides.append(explorer.walked.side)
    assert sides == [3, 4, 8, 10, 18, 22, 38, 46, 78, 94]


def test_a_field_that_reaches_out_to_padding_says_so():
    explorer = ReceptiveFieldExplorer(photograph("camera")[:224, :224], "VGG-16", place=(0, 0))
    assert "Its field of 212 × 212 reaches out to padding." in explorer.description
    assert explorer.description.startswith("Layer 18 of 18, pooling 2 × 2. The value at row 0, column 0 of 7 × 7 sees")


def test_a_network_of_ones_own_is_taken_up_to_its_flatten():
    network = nn.Sequential(
        nn.Conv2d(3, 8, 5, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten(), nn.Linear(800, 10)
    )
    explorer = ReceptiveFieldExplorer(CAMERA, network)
    assert [layer["kind"] for layer in explorer.layers] == ["convolution", "pooling"]
    assert (explorer.walked.side,) * 2 == describe_network(network[:3], (3, 97, 113)).layers[-1].receptive_field


def test_layers_that_do_not_fit_explain_themselves_and_can_be_mended():
    explorer = ReceptiveFieldExplorer(FACE, "five pairs")
    assert explorer.description.startswith("Layer 3, convolution 3 × 3: a kernel of 3 does not fit into 2 × 2;")
    assert "<img" in explorer.fallback_html()
    with pytest.raises(ValueError, match="does not fit"):
        _ = explorer.walked
    explorer.depth = 2
    assert "sees 4 × 4 pixels" in explorer.description


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("VGG", "expected layers, a network, or a name out of kernel 3, pooling 2"),
        ([], "expected 1 to 24 convolutions and poolings, got 0"),
        ([{"kind": "flatten"}, {"kind": "pooling"}], "got 0"),
        ([{"kind": "pooling"}] * 25, "got 25"),
        ([{"kind": "pooling", "kernel": 0}], "expected kernel of the pooling layer as a whole number from 1 to 15"),
        ([{"kind": "circle"}], "expected kind as one of"),
        (7, "expected layers such as"),
    ],
)
def test_what_is_no_stack_of_sliding_layers_is_refused(layers: Any, message: str):
    with pytest.raises(ValueError, match=message):
        ReceptiveFieldExplorer(CAMERA, layers)


def test_a_depth_below_one_is_refused_and_one_beyond_the_last_layer_is_the_last():
    explorer = ReceptiveFieldExplorer(CAMERA, "three 3 × 3")
    with pytest.raises(ValueError, match="depth as a whole number of 1 or more"):
        explorer.depth = 0
    explorer.depth = 9
    assert explorer.walked.side == 7


@pytest.mark.parametrize(
    "image",
    [np.array([[0.5]]), np.full((30, 41), np.nan), np.ones((30, 41, 4)), np.zeros((30, 41), dtype=np.uint16)],
    ids=["one pixel", "NaN", "RGBA", "16 bits"],
)
def test_odd_pictures_are_borne(image: np.ndarray):
    assert "<img" in ReceptiveFieldExplorer(image, "one 7 × 7").fallback_html()


def test_a_large_photograph_is_made_smaller_and_says_so():
    explorer = ReceptiveFieldExplorer(np.zeros((3000, 4000), dtype=np.uint8))
    assert explorer.image.size <= LIMIT
    assert "3000 × 4000" in explorer.note
