"""Activation functions against PyTorch's, values and derivatives, far out too."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from cnncourse.nonlinearities import ACTIVATIONS

THEIRS = {
    "ReLU": torch.relu,
    "leaky ReLU": torch.nn.functional.leaky_relu,
    "ELU": torch.nn.functional.elu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_derivatives_agree_with_pytorch(name):
    x = torch.tensor([-1000.0, -3.0, -0.5, 0.25, 2.0, 1000.0], dtype=torch.float64, requires_grad=True)
    values = THEIRS[name](x)
    values.sum().backward()
    ours = ACTIVATIONS[name]
    with np.errstate(all="raise", under="ignore"):
        assert_allclose(ours.function(x.detach().numpy()), values.detach(), atol=1e-12)
        assert_allclose(ours.derivative(x.detach().numpy()), x.grad, atol=1e-12)


def test_every_activation_of_the_lesson_is_there():
    assert set(ACTIVATIONS) == set(THEIRS)
