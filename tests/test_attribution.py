"""Tests that the maps are Captum's, can be worked out by hand, and leave the network alone."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam, NoiseTunnel, Occlusion, Saliency
from numpy.testing import assert_allclose
from torch import Tensor, nn

from cnncourse.attribution import grad_cam, gradient_saliency, occlusion, smooth_grad

METHODS = {
    "gradient": gradient_saliency,
    "smooth": partial(smooth_grad, samples=3),
    "occlusion": partial(occlusion, window=3, stride=2),
    "cam": partial(grad_cam, layer="3"),
}
METHOD = pytest.mark.parametrize("explain", METHODS.values(), ids=METHODS)
CLASSES = [4, 0, 2]


@pytest.fixture
def network() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(2, 4, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 2, padding=1),
        nn.BatchNorm2d(6),
        nn.Tanh(),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(6 * 5 * 7, 5),
    ).eval()


@pytest.fixture
def images() -> Tensor:
    return torch.rand(3, 2, 11, 14, generator=torch.Generator().manual_seed(4))


def state(model: nn.Module) -> list[bytes]:
    """Return every number of a network, its gradients, its hooks and its modes."""
    numbers = [t.detach().numpy().tobytes() for t in model.state_dict().values()]
    gradients = [b"" if p.grad is None else p.grad.numpy().tobytes() for p in model.parameters()]
    hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())
    return [*numbers, *gradients, bytes(m.training for m in model.modules()), bytes([hooks])]


def test_gradients_are_those_of_captum(network: nn.Sequential, images: Tensor):
    reference = Saliency(network).attribute(images.requires_grad_(), target=CLASSES).amax(dim=1)
    assert_allclose(gradient_saliency(network, images, CLASSES), reference.detach(), atol=1e-6)


def test_smooth_gradients_are_those_of_captum_from_the_same_noise(network: nn.Sequential, images, monkeypatch):
    numbers = torch.Generator().manual_seed(11)
    drawn = torch.stack([torch.randn(images.shape[1:], generator=numbers) for _ in range(7)])
    monkeypatch.setattr(torch, "normal", lambda mean, spread: mean + spread * drawn)  # Captum's source of noise
    tunnel = NoiseTunnel(Saliency(network)).attribute(
        images[:1].requires_grad_(), nt_samples=7, nt_type="smoothgrad", stdevs=0.2, target=2, abs=False
    )
    ours = smooth_grad(network, images[:1], 2, samples=7, noise=0.2, seed=11)
    assert_allclose(ours, tunnel.abs().amax(dim=1).detach(), atol=1e-6)


@pytest.mark.parametrize(("window", "stride"), [(1, 1), (3, 1), (3, 2), (4, 3), (5, 5), (11, 4)])
def test_occlusion_is_that_of_captum(network: nn.Sequential, images: Tensor, window: int, stride: int):
    reference = Occlusion(network).attribute(
        images, sliding_window_shapes=(2, window, window), strides=(1, stride, stride), baselines=0.3, target=CLASSES
    )
    ours = occlusion(network, images, CLASSES, window=window, stride=stride, fill=0.3)
    assert_allclose(ours, reference[:, 0], atol=1e-5)


@pytest.mark.parametrize("layer", ["0", "3", "5"])
def test_grad_cam_is_that_of_captum(network: nn.Sequential, images: Tensor, layer: str):
    coarse = LayerGradCam(network, network.get_submodule(layer)).attribute(
        images, target=CLASSES, relu_attributions=True
    )
    reference = LayerAttribution.interpolate(coarse, (11, 14), interpolate_mode="bilinear")[:, 0]
    assert_allclose(grad_cam(network, images, CLASSES, layer=layer), reference.detach(), atol=1e-5)


def test_covering_shows_what_a_sum_is_made_of_by_hand():
    network = nn.Sequential(nn.Flatten(), nn.Linear(6, 1, bias=False))
    network[1].weight.data = torch.tensor([[1.0, 2, 0, -1, 0, 3]])
    picture = torch.tensor([[[[0.5, 1, 1], [1, 1, 0]]]])
    assert_allclose(occlusion(network, picture, window=1)[0], [[0.5, 2, 0], [-1, 0, 0]], atol=1e-6)
    left, right = 0.5 + 2 - 1, 2.0  # two windows of 2 × 2; the middle column lies in both
    assert_allclose(occlusion(network, picture, window=2)[0], [[left, (left + right) / 2, right]] * 2, atol=1e-6)


@METHOD
def test_without_a_class_the_one_that_the_network_names_is_asked_about(network: nn.Sequential, images, explain):
    named = network(images).argmax(dim=1)
    assert torch.equal(explain(network, images), explain(network, images, named))
    assert torch.equal(explain(network, images, 1), explain(network, images, [1, 1, 1]))


@METHOD
def test_each_picture_has_a_map_of_its_own(network: nn.Sequential, images: Tensor, explain):
    maps = explain(network, images[:1], 2)
    assert maps.shape == (1, 11, 14)
    assert_allclose(explain(network, images, [2, 4, 0])[:1], maps, atol=1e-5)


@METHOD
def test_a_network_in_training_mode_is_asked_in_evaluation_mode_and_put_back(network, images: Tensor, explain):
    expected = explain(network, images, CLASSES)
    network.train()
    network[4].eval()
    network[8].weight.grad = torch.ones_like(network[8].weight)
    before = state(network)
    assert torch.equal(explain(network, images, CLASSES), expected)
    assert state(network) == before


@METHOD
def test_the_pictures_stay_as_they_are_also_before_a_layer_that_works_in_place(images: Tensor, explain):
    network = nn.Sequential(
        nn.ReLU(inplace=True), nn.Identity(), nn.Flatten(2), nn.Unflatten(2, (11, 14)), nn.Flatten(), nn.Linear(308, 2)
    )
    pictures = images - 0.5
    before = pictures.clone()
    with torch.no_grad():
        explain(network, pictures, 1)
    assert torch.equal(pictures, before)


@METHOD
def test_a_frozen_network_is_explained_alike_also_without_gradients_around(network, images: Tensor, explain):
    expected = explain(network, images, CLASSES)
    network.requires_grad_(False)
    with torch.no_grad():
        assert torch.equal(explain(network, images, CLASSES), expected)


@METHOD
@pytest.mark.parametrize(
    ("channels", "taken", "advice"),
    [(1, 3, "expand"), (3, 1, "mean"), (4, 3, "RGBA"), (4, 1, "images.:, :3..mean"), (2, 5, "axes are")],
)
def test_pictures_with_other_channels_are_refused_with_advice(explain, channels, taken, advice):
    network = nn.Sequential(nn.Conv2d(taken, 2, 3), nn.Flatten(), nn.LazyLinear(2))
    with pytest.raises(ValueError, match=f"takes pictures of {taken} channels, got {channels}; .*{advice}"):
        explain(network, torch.rand(2, channels, 8, 9))


@METHOD
def test_what_is_no_batch_of_pictures_is_refused(network: nn.Sequential, images: Tensor, explain):
    with pytest.raises(ValueError, match=r"one picture becomes a batch by picture\[None\]"):
        explain(network, images[0])
    with pytest.raises(ValueError, match=r"bytes by \.float"):
        explain(network, (images * 255).to(torch.uint8))
    with pytest.raises(ValueError, match=r"got torch.float32, shape \(0, 2, 11, 14\)"):
        explain(network, images[:0])


@METHOD
def test_pictures_of_another_size_are_refused_by_the_layer_that_minds(network: nn.Sequential, images, explain):
    with pytest.raises(ValueError, match="a picture of 2 × 11 × 9 cannot pass layer '8'"):
        explain(network, images[..., :9])
    with pytest.raises(ValueError, match="a picture of 2 × 3 × 14 cannot pass layer '2'"):
        explain(network, images[..., :3, :])


@METHOD
@pytest.mark.parametrize(("asked", "said"), [(5, "0 to 4, got 5 to 5"), ([0, -1, 1], "0 to 4, got -1 to 1")])
def test_a_class_that_is_not_there_is_refused(network: nn.Sequential, images: Tensor, explain, asked, said):
    with pytest.raises(ValueError, match=f"expected classes from {said}"):
        explain(network, images, asked)


@METHOD
def test_as_many_classes_as_pictures_or_one_for_all(network: nn.Sequential, images: Tensor, explain):
    with pytest.raises(ValueError, match="expected one class for all 3 pictures or one each, got 2"):
        explain(network, images, [1, 2])


@METHOD
def test_a_network_without_logits_is_refused(images: Tensor, explain):
    with pytest.raises(ValueError, match=r"gives logits, shape \(n, classes\), got \(3, 2, 9, 12\)"):
        explain(nn.Sequential(nn.Conv2d(2, 2, 3)), images)


@pytest.mark.parametrize(("window", "stride"), [(0, 1), (12, 1), (3, 4), (3, 0)])
def test_windows_that_leave_pixels_out_are_refused(network: nn.Sequential, images: Tensor, window: int, stride: int):
    with pytest.raises(ValueError, match="expected 1 ≤ stride ≤ window ≤ 11, the picture's shorter side"):
        occlusion(network, images, window=window, stride=stride)


def test_grad_cam_names_the_layer_that_it_cannot_use(network: nn.Sequential, images: Tensor):
    with pytest.raises(ValueError, match=r"layer '7' gives \(3, 210\); choose one before the layer that flattens"):
        grad_cam(network, images, layer="7")
    with pytest.raises(ValueError, match="Sequential has no layer 'conv3'"):
        grad_cam(network, images, layer="conv3")


def test_noise_needs_a_sample_and_is_repeatable(network: nn.Sequential, images: Tensor):
    with pytest.raises(ValueError, match="expected one sample or more and noise of 0 or more, got 0 and 0"):
        smooth_grad(network, images, samples=0)
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    one, other = (smooth_grad(network, images, samples=2, seed=seed) for seed in (5, 6))
    assert torch.equal(one, smooth_grad(network, images, samples=2, seed=5))
    assert not torch.equal(one, other)
    assert torch.equal(torch.random.get_rng_state(), before), "the program's own random numbers go on undisturbed"
