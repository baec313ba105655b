"""Networks on paper: hand-made counts, refusals in words, and PyTorch's own table as the oracle."""

import random

import pytest
import torch
from torch import nn

from cnncourse.architecture import describe_network
from cnncourse.blueprints import count_layers, seen_spans
from cnncourse.layer_records import FIELDS, KINDS, read_layer, read_picture_shape
from cnncourse.widgets import LayerBuilder
from cnncourse.widgets._torch_layers import build

CONV, POOL, FLAT, DENSE = ({"kind": kind} for kind in ("convolution", "pooling", "flatten", "dense"))


def last(shape, *layers):
    return count_layers(shape, layers).layers[-1]


def refused(shape, *layers):
    counted = count_layers(shape, layers)
    assert counted.refused is not None
    return len(counted.layers), counted.refused.problem


def random_stack(seed):
    """Return a picture's shape and layers that may or may not fit, small enough to build."""
    rng = random.Random(seed)
    small = {"filters": (1, 9), "kernel": (1, 6), "stride": (1, 3), "padding": (0, 3), "units": (1, 20)}

    def setting(name):
        if name == "bias":
            return rng.random() < 0.5
        return rng.randint(*small[name]) if name in small else rng.choice(FIELDS[name])

    kinds = rng.choices(list(KINDS), weights=[5, 3, 2, 1, 1], k=rng.randint(1, 6))
    layers = [read_layer({"kind": kind, **{name: setting(name) for name in KINDS[kind]}}) for kind in kinds]
    return (rng.randint(1, 4), rng.randint(3, 24), rng.randint(3, 24)), layers


def test_ten_filters_of_five_by_five_on_a_colour_picture_learn_760_numbers():
    row = last((3, 32, 32), {**CONV, "filters": 10, "kernel": 5})
    assert (row.shape, row.parameters, row.multiply_adds, row.sees) == ((10, 28, 28), 760, 588_000, (5, 5))


def test_height_and_width_are_told_apart_under_stride_and_padding():
    row = last((2, 9, 14), {**CONV, "filters": 4, "kernel": 3, "stride": 2, "padding": 1})
    assert (row.shape, row.stride) == ((4, 5, 7), (2, 2))


def test_pooling_learns_nothing_and_doubles_the_step_of_what_follows():
    row = last((1, 12, 12), POOL, CONV)
    assert (row.shape, row.sees, row.stride) == ((6, 4, 4), (6, 6), (2, 2))
    assert count_layers((1, 12, 12), [POOL]).parameters == 0


def test_a_flattened_value_sees_what_it_saw_and_a_dense_one_the_whole_picture():
    assert last((1, 7, 9), CONV, FLAT).sees == (3, 3)
    assert last((1, 7, 9), CONV, FLAT, DENSE).sees == (7, 9)


def test_a_bias_counts_once_for_a_filter_and_once_for_a_unit():
    counted = count_layers((3, 5, 5), [{**CONV, "filters": 2, "bias": False}, FLAT, {**DENSE, "units": 7}])
    assert [row.parameters for row in counted.layers] == [54, 0, 18 * 7 + 7]


def test_an_empty_stack_gives_the_picture():
    counted = count_layers((3, 5, 5), [])
    assert (counted.layers, counted.refused, counted.parameters) == ((), None, 0)


@pytest.mark.parametrize(
    ("layers", "place", "words"),
    [
        ([{**CONV, "kernel": 5}], 0, "a kernel of 5 does not fit into 3 × 4; use a kernel of 3 or less, pad by 1"),
        (
            [{**CONV, "kernel": 7, "padding": 1}],
            0,
            "into 3 × 4 even with padding 1; use a kernel of 5 or less, pad by 2",
        ),
        ([POOL, POOL], 1, "a kernel of 2 does not fit into 1 × 2; use a kernel of 1"),
        ([{**POOL, "padding": 2}], 0, "padding 2 is more than half a window of 2; use 1 or less"),
        ([FLAT, CONV], 1, "a row of 24 numbers arrives; move this layer before the flatten"),
        ([DENSE], 0, "2 × 3 × 4 maps arrive; flatten them first"),
    ],
)
def test_a_layer_that_cannot_work_says_why_and_what_to_try(layers, place, words):
    at, problem = refused((2, 3, 4), *layers)
    assert at == place
    assert words in problem


def test_what_stands_before_a_refused_layer_is_counted():
    counted = count_layers((1, 6, 6), [CONV, {**CONV, "kernel": 9}, FLAT])
    assert (len(counted.layers), counted.parameters, counted.refused.kind) == (1, 60, "convolution")


@pytest.mark.parametrize("seed", range(60))
def test_paper_and_pytorch_agree_on_random_stacks(seed):
    shape, layers = random_stack(seed)
    counted = count_layers(shape, layers)
    if not counted.layers:
        return  # PyTorch calls an empty network a layer
    network = LayerBuilder(layers[: len(counted.layers)], input_shape=shape).to_torch()
    expected = describe_network(network, shape)
    assert [(row.shape, row.parameters, row.multiply_adds, row.sees, row.stride) for row in counted.layers] == [
        (row.shape, row.parameters, row.multiply_adds, row.receptive_field, row.stride) for row in expected.layers
    ]
    assert (counted.parameters, counted.multiply_adds) == (expected.parameters, expected.multiply_adds)


@pytest.mark.parametrize("seed", range(60))
def test_a_window_that_paper_refuses_is_refused_by_pytorch(seed):
    shape, layers = random_stack(seed)
    counted = count_layers(shape, layers)
    if counted.refused and counted.refused.kind != "dense":  # a dense layer would take maps, along their last axis
        reached = layers[: len(counted.layers) + 1]
        network = build(shape, reached, [row.shape for row in counted.layers])
        with pytest.raises(ValueError, match=f"cannot pass layer '{len(reached) - 1}'"):
            describe_network(network, shape)


def test_random_stacks_are_of_both_sorts():
    outcomes = [count_layers(*random_stack(seed)).refused is None for seed in range(60)]
    assert 15 <= sum(outcomes) <= 45


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"kind": "conv"}, "expected kind as one of convolution, pooling"),
        ({}, "got None"),
        ({"kind": "pooling", "filters": 3}, "a pooling layer has no filters; it takes how, kernel"),
        ({"kind": "flatten", "size": 3}, "it takes nothing"),
        ({"kind": "convolution", "kernel": 0}, "kernel of the convolution layer as a whole number from 1 to 15, got 0"),
        ({"kind": "convolution", "stride": 1.5}, "got 1.5"),
        ({"kind": "convolution", "filters": True}, "got True"),
        ({"kind": "dense", "bias": 1}, "True or False, got 1"),
        ({"kind": "activation", "function": "swish"}, "one of ReLU, leaky ReLU, ELU, sigmoid, tanh, got 'swish'"),
    ],
)
def test_what_is_no_layer_is_refused_with_advice(record, words):
    with pytest.raises(ValueError, match=r"expected|has no") as refusal:
        read_layer(record)
    assert words in str(refusal.value)


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 0), (1, 28.0, 28), (3, 2000, 2000), (True, 3, 3)])
def test_what_is_no_picture_is_refused_with_advice(shape):
    with pytest.raises(ValueError, match=r"\(channels, height, width\).*a grey picture has 1 channel"):
        read_picture_shape(shape)


def test_walking_back_finds_the_pixels_of_the_lectures_example():
    assert seen_spans([(3, 1), (2, 2)], 0)[0] == (0, 3)
    assert seen_spans([(3, 1), (2, 2), (2, 2)], 0) == [(0, 5), (0, 3), (0, 1), (0, 0)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_walking_back_over_padding_finds_the_pixels_that_have_a_gradient(place):
    layers = [(3, 1, 1), (2, 2), (5, 2, 2)]
    network = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.AvgPool2d(2), nn.Conv2d(1, 1, 5, stride=2, padding=2))
    pixels = torch.ones((1, 1, 13, 13), requires_grad=True)
    network(pixels)[0, 0, place, 0].backward()
    rows = pixels.grad[0, 0].any(dim=1).nonzero()
    first, last = seen_spans(layers, place)[0]
    assert (rows.min(), rows.max()) == (max(0, first), min(12, last))


def test_the_walk_back_is_as_wide_as_the_formula():
    layers = [(5, 2, 1), (3, 1), (2, 2), (3, 3, 2)]
    records = [
        {"kind": "convolution", "kernel": kernel, "stride": stride, "padding": sum(padding)}
        for kernel, stride, *padding in layers
    ]
    first, last_one = seen_spans(layers, 4)[0]
    assert last((1, 64, 80), *records).sees == (last_one - first + 1,) * 2
