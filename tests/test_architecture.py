"""Counting networks: the lectures' figures, torchvision's own, hand-made receptive fields, and refusals that advise."""

import numpy as np
import pytest
import torch
import torchinfo
import torchvision
from torch import nn
from torchvision import models

from cnncourse.architecture import describe_network


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.far = nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.ReLU(), nn.Conv2d(2, 2, 3, padding=1))
        self.last = nn.Conv2d(2, 1, 1)

    def forward(self, x):
        return self.last(torch.relu(self.far(x) + x))


def sees(network, shape=(1, 40, 64)):
    return [layer.receptive_field for layer in describe_network(network, shape).layers]


def test_ten_filters_of_five_by_five_on_a_colour_picture_learn_760_numbers():
    (layer,) = describe_network(nn.Sequential(nn.Conv2d(3, 10, 5)), (3, 32, 32)).layers
    assert (layer.parameters, layer.shape, layer.multiply_adds) == (760, (10, 28, 28), 28 * 28 * 10 * 75)


def test_a_network_of_doubles_is_counted_like_one_of_floats():
    network = nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 10, 5))
    assert describe_network(network.double(), (3, 32, 28)) == describe_network(network.float(), (3, 32, 28))


# Those whose layers ask for numbers while they are built, which the meta device has not; two small ones are enough.
NOT_ON_META = {name for name in models.list_models(module=torchvision.models) if name.startswith("regnet")}
ON_META = sorted(set(models.list_models(module=torchvision.models)) - NOT_ON_META)


def published(name):
    """Return a model without numbers, torchvision's own figures for it, and the picture they were counted with."""
    known = list(models.get_model_weights(name))
    sizes = [weights.transforms.keywords["crop_size"] for weights in known]
    at = sizes.index(224) if 224 in sizes else 0
    # Published for GoogLeNet without its auxiliary heads, for Inception with its one; numbers are not drawn on meta.
    options = {"googlenet": {"init_weights": False, "aux_logits": False}, "inception_v3": {"init_weights": False}}
    with torch.device("cpu" if name in NOT_ON_META else "meta"):
        return models.get_model(name, weights=None, **options.get(name, {})), known[at].meta, (3, sizes[at], sizes[at])


@pytest.mark.parametrize("name", [*ON_META, "regnet_x_400mf", "regnet_y_400mf"])
def test_every_classifier_of_torchvision_is_counted_as_torchvision_counts_it_or_says_what_it_leaves_out(name):
    network, meta, shape = published(name)
    counted = describe_network(network, shape)
    assert counted.parameters + sum(layer.parameters for layer in counted.left_out) == meta["num_params"]
    if counted.unknown:
        assert counted.multiply_adds / 1e9 < meta["_ops"]
    else:
        assert counted.multiply_adds / 1e9 == pytest.approx(meta["_ops"], abs=0.0006)  # published to three decimals
    convolutional = not name.startswith(("vit", "swin", "maxvit"))
    assert convolutional == (not counted.unknown)


def test_what_is_not_counted_is_said_below_the_table():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.never = nn.Conv2d(1, 2, 3), nn.Linear(3, 4)

        def forward(self, x):
            maps = self.first(x)
            return maps @ maps.transpose(-1, -2)

    counted = describe_network(Odd(), (1, 5, 6))
    assert [layer.name for layer in counted.layers] == ["first"]
    assert [(layer.name, layer.parameters) for layer in counted.left_out] == [("never", 16)]
    assert counted.parameters == 20
    assert "1 × Linear with 16 parameters" in str(counted)
    assert "multiply-adds not counted in: " in counted._repr_html_()


def test_a_network_that_is_counted_whole_needs_no_remark():
    assert describe_network(nn.Sequential(nn.Conv2d(1, 1, 3)), (1, 5, 6)).remarks() == []


def test_values_in_a_row_still_see_what_they_saw_and_a_dense_layer_sees_all():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.ReLU(), nn.Linear(2 * 5 * 7, 70), nn.Linear(70, 70))
    assert sees(network, (1, 7, 9)) == [(3, 3), (3, 3), (3, 3), (7, 9), (7, 9)]


@pytest.mark.parametrize(
    ("name", "parameters"), [("alexnet", 61_100_840), ("vgg16", 138_357_544), ("resnet50", 25_557_032)]
)
def test_well_known_networks_are_counted_as_torchvision_counts_them(name, parameters):
    weights = torchvision.models.get_model_weights(name).DEFAULT.meta
    counted = describe_network(torchvision.models.get_model(name, weights=None), (3, 224, 224))
    assert counted.parameters == parameters == weights["num_params"]
    assert counted.multiply_adds / 1e9 == pytest.approx(weights["_ops"], abs=0.01)


def test_a_field_grows_by_the_kernel_times_the_stride_so_far():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.MaxPool2d(2), nn.Conv2d(1, 1, 5, stride=2), nn.AvgPool2d(3, 1))
    assert sees(network) == [(3, 3), (4, 4), (12, 12), (20, 20)]


def test_height_and_width_are_told_apart_and_dilation_spreads_the_kernel():
    assert sees(nn.Sequential(nn.Conv2d(1, 1, (3, 7), dilation=(4, 1)))) == [(9, 7)]


def test_padding_does_not_change_what_a_value_sees():
    assert sees(nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), nn.Conv2d(1, 1, 3))) == [
        (3, 3),
        (5, 5),
    ]


def test_where_branches_meet_the_one_that_sees_farthest_counts():
    assert sees(Residual(), (2, 9, 11))[-1] == (5, 5)


def test_a_dense_layer_sees_the_whole_picture():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2 * 5 * 7, 4))
    last = describe_network(network, (1, 7, 9)).layers[-1]
    assert (last.receptive_field, last.parameters, last.multiply_adds) == ((7, 9), 284, 280)


def test_global_average_pooling_sees_the_whole_picture():
    assert sees(nn.Sequential(nn.Conv2d(1, 1, 3), nn.AdaptiveAvgPool2d(1)), (1, 8, 10)) == [(3, 3), (8, 10)]


def test_shared_weights_count_once():
    shared = nn.Conv2d(2, 2, 3, padding=1)
    assert describe_network(nn.Sequential(shared, nn.ReLU(), shared), (2, 8, 8)).parameters == 38


def test_the_network_is_left_as_it_was():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.BatchNorm2d(1), nn.Dropout())
    network[2].eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    describe_network(network, (1, 6, 5))
    assert [layer.training for layer in network] == [True, True, False]
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in network.modules())


def test_hooks_go_away_when_a_layer_refuses():
    network = nn.Sequential(nn.Conv2d(3, 4, 5), nn.Conv2d(5, 2, 3))
    with pytest.raises(ValueError, match=r"cannot pass layer '1', Conv2d\(5, 2.*4 × 16 × 20 arrived there"):
        describe_network(network, (3, 20, 24))
    assert not any(layer._forward_hooks for layer in network.modules())


@pytest.mark.parametrize("shape", [(), (3, 0, 8), (3, 8.0, 8)])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(ValueError, match="leave the batch out"):
        describe_network(nn.ReLU(), shape)


def test_the_table_is_written_as_text_and_as_html_with_its_sum():
    counted = describe_network(nn.Sequential(nn.Conv2d(3, 6, 5), nn.ReLU()), (3, 32, 32))
    assert str(counted).splitlines()[1].split() == [
        "0",
        "Conv2d",
        "6",
        "×",
        "28",
        "×",
        "28",
        "456",
        "352,800",
        "5",
        "×",
        "5",
    ]
    assert "<td>456</td>" in counted._repr_html_()
    assert '<th scope="col">parameters</th>' in counted._repr_html_()


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg11", "resnet18", "squeezenet1_1", "mobilenet_v2", "shufflenet_v2_x0_5"]
)
def test_layer_by_layer_torchinfo_counts_the_same(name):
    network = torchvision.models.get_model(name, weights=None)
    theirs = [
        layer
        for layer in torchinfo.summary(network, (1, 3, 96, 80), verbose=0, device="cpu").summary_list
        if layer.is_leaf_layer
    ]
    ours = describe_network(network, (3, 96, 80)).layers
    assert [layer.kind for layer in ours] == [layer.class_name for layer in theirs]
    assert [layer.shape for layer in ours] == [tuple(layer.output_size[1:]) for layer in theirs]
    assert [layer.parameters for layer in ours] == [layer.num_params for layer in theirs]
    biases = [_bias_additions(layer) for layer in theirs]  # torchinfo counts the addition of a bias as one more
    convolutions = [place for place, layer in enumerate(ours) if layer.kind in ("Conv2d", "Linear")]
    for place in convolutions:
        assert ours[place].multiply_adds == theirs[place].macs - biases[place]


def _bias_additions(layer):
    if getattr(layer.module, "bias", None) is None:
        return 0
    return int(np.prod(layer.output_size[1:]))
