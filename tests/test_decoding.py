"""The decoder in NumPy: equal to PyTorch's layers, and strict about what it takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse.applications.digit_generator import DigitGenerator, decoder_of
from cnncourse.decoding import decode, decoder_weights, transposed_convolution


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 5), (4, 7, 3)])
def test_a_transposed_convolution_equals_that_of_pytorch(shape):
    layer = nn.ConvTranspose2d(shape[0], 2, 4, stride=2, padding=1)
    maps = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    found = transposed_convolution(maps.numpy(), layer.weight.detach().numpy(), layer.bias.detach().numpy())
    assert found.shape == (2, 2 * shape[1], 2 * shape[2])
    assert_allclose(found, layer(maps[None])[0].detach(), atol=1e-6)


@pytest.mark.parametrize(("latent", "hidden", "channels"), [(2, 32, 16), (5, 9, 6)])
def test_pictures_equal_those_of_the_network(latent, hidden, channels):
    decoder = decoder_of(latent, hidden=hidden, channels=channels)
    places = torch.randn(3, latent, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        expected = decoder(places).sigmoid()[:, 0]
    assert_allclose(decode(decoder_weights(decoder), places.numpy()), expected, atol=1e-6)


def test_a_network_gives_the_weights_of_its_decoder():
    generator = DigitGenerator(2)
    expected = decoder_weights(generator.decoder)
    for one, other in zip(decoder_weights(generator), expected, strict=True):
        assert np.array_equal(one, other)


def narrow() -> nn.Sequential:
    decoder = decoder_of(2)
    decoder[2] = nn.Linear(31, 784)
    return decoder


def coloured() -> nn.Sequential:
    decoder = decoder_of(2)
    decoder[7] = nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1)
    return decoder


def finer() -> nn.Sequential:
    decoder = decoder_of(2)
    decoder[5] = nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1)
    return decoder


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (nn.Linear(2, 784), "got Linear with weight, bias"),
        (object(), "got object with no weights"),
        (narrow(), "takes what the first gives"),
        (coloured(), "one grey picture"),
        (finer(), "kernels measure 4 × 4"),
    ],
)
def test_a_decoder_of_another_build_is_refused(model, message):
    with pytest.raises(ValueError, match=message):
        decoder_weights(model)
