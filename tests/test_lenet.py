"""LeNet-5 in NumPy, beside PyTorch's layers."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse.lenet import SHAPES, check_weights, run, softmax
from cnncourse.models import LeNet5

RANDOM = np.random.default_rng(3)
WEIGHTS = {name: RANDOM.normal(0, 0.2, shape).astype(np.float32) for name, shape in SHAPES.items()}
PICTURES = RANDOM.random((3, 28, 28))


def as_torch(weights: dict) -> nn.Sequential:
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    numbers = [torch.from_numpy(array) for array in weights.values()]
    network.load_state_dict(dict(zip(network.state_dict(), numbers, strict=True)))
    return network.double()


def test_maps_and_logits_are_those_of_pytorch():
    network = as_torch(WEIGHTS)
    images = torch.from_numpy(PICTURES)[:, None]
    answer = run(WEIGHTS, PICTURES)
    with torch.no_grad():
        assert_allclose(answer.maps1, network[:2](images), atol=1e-12)
        assert_allclose(answer.maps2, network[:5](images), atol=1e-12)
        assert_allclose(answer.logits, network(images), atol=1e-10)
        assert_allclose(answer.probabilities, network(images).softmax(1), atol=1e-12)
    assert answer.digits.tolist() == network(images).argmax(1).tolist()


def test_it_has_the_61706_numbers_of_the_networks_module():
    assert {name: tuple(values.shape) for name, values in LeNet5().state_dict().items()} == SHAPES
    assert sum(int(np.prod(shape)) for shape in SHAPES.values()) == 61_706


def test_large_logits_do_not_overflow():
    assert_allclose(softmax([[1000, 1000], [-1000, 1000]]), [[0.5, 0.5], [0, 1]])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"conv2.weight": np.zeros((16, 6, 3, 3))}, r"'conv2.weight' of a LeNet-5 in shape \(16, 6, 5, 5\), got"),
        ({"fc3.bias": np.full(10, np.nan)}, "'fc3.bias' holds numbers that are not finite"),
    ],
)
def test_weights_of_another_kind_are_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        check_weights({**WEIGHTS, **changed})


def test_a_missing_weight_is_named():
    with pytest.raises(ValueError, match=r"found no 'fc2.bias' among conv1.weight"):
        check_weights({name: array for name, array in WEIGHTS.items() if name != "fc2.bias"})


@pytest.mark.parametrize("pictures", [np.zeros((28, 28)), np.zeros((2, 1, 28, 28)), np.zeros((2, 16, 16))])
def test_pictures_of_another_shape_are_refused(pictures):
    with pytest.raises(ValueError, match=r"expected pictures, shape \(n, 28, 28\)"):
        run(WEIGHTS, pictures)
