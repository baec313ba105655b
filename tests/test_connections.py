"""Counting connections: the figures of the paper of 1989, by the network itself."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnncourse.connections import connections_table, count_connections
from cnncourse.models import LeNet5, LeNet1989, dense_baseline

# LeCun et al. 1989, Neural Computation 1(4), section 4: by layer, its units, connections and free parameters
PAPER = {"H1": (768, 19_968, 1_068), "H2": (192, 38_592, 2_592), "H3": (30, 5_790, 5_790), "output": (10, 310, 310)}


def test_lenet_1989_has_the_connections_and_parameters_of_the_paper_in_every_layer():
    rows = {row.name: row for row in count_connections(LeNet1989(), (1, 16, 16))}
    assert list(rows) == list(PAPER)
    for name, (units, connections, parameters) in PAPER.items():
        assert torch.Size(rows[name].shape).numel() == units
        assert (rows[name].connections, rows[name].parameters) == (connections, parameters)


def test_its_sums_are_those_of_the_paper():
    rows = count_connections(LeNet1989(), (1, 16, 16))
    assert sum(row.connections for row in rows) == 64_660
    assert sum(row.parameters for row in rows) == 9_760
    assert sum(row.biases for row in rows) == 1_000


def test_in_a_dense_network_every_connection_is_a_parameter():
    for row in count_connections(dense_baseline(), (1, 28, 28)):
        assert row.connections == row.parameters


def test_lenet_5_shares_its_kernels_and_its_biases():
    conv1, conv2, *dense = count_connections(LeNet5(), (1, 28, 28))
    assert (conv1.weights, conv1.biases, conv1.connections) == (150, 6, 28 * 28 * 6 * 26)
    assert (conv2.weights, conv2.biases, conv2.connections) == (2400, 16, 10 * 10 * 16 * 151)
    assert [row.parameters for row in dense] == [48_120, 10_164, 850]


def test_a_layer_without_biases_has_no_connection_for_them():
    (row,) = count_connections(nn.Conv2d(2, 3, (2, 3), bias=False), (2, 5, 7))
    assert (row.biases, row.connections) == (0, 3 * 4 * 5 * 2 * 6)


def test_grouped_channels_are_not_connected():
    (row,) = count_connections(nn.Conv2d(4, 4, 3, groups=4), (4, 6, 8))
    assert row.inputs == 9
    assert row.connections == 4 * 4 * 6 * 10


def test_counting_leaves_no_trace_in_the_network():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout(), nn.Flatten(), nn.Linear(2 * 3 * 5, 4)).train()
    before = {name: values.clone() for name, values in net.state_dict().items()}
    count_connections(net, (1, 5, 7))
    assert net.training
    assert not any(layer._forward_hooks for layer in net.modules())
    assert all(torch.equal(before[name], values) for name, values in net.state_dict().items())


def test_the_hooks_go_even_when_the_picture_does_not_fit():
    net = LeNet5()
    with pytest.raises(RuntimeError):
        count_connections(net, (1, 16, 16))
    assert not any(layer._forward_hooks for layer in net.modules())


def test_the_table_adds_up_its_columns():
    lines = connections_table(count_connections(LeNet1989(), (1, 16, 16))).splitlines()
    assert lines[0].split() == ["layer", "units", "each", "sees", "weights", "biases", "parameters", "connections"]
    assert lines[1].split() == ["H1", "12", "×", "8", "×", "8", "25", "300", "768", "1,068", "19,968"]
    assert lines[-1].split() == ["sum", "8,760", "1,000", "9,760", "64,660"]
