"""Tests that maps are checked as they should be: what tells of the network passes, an edge detector does not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy import stats
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.attribution import grad_cam, gradient_saliency, occlusion, smooth_grad
from cnncourse.map_checks import (
    deletion_curve,
    deletion_score,
    pointing_game,
    randomisation_check,
    rank_similarity,
    shuffled,
)

METHODS = {
    "gradient": gradient_saliency,
    "smooth": partial(smooth_grad, samples=5),
    "occlusion": partial(occlusion, window=4, stride=2, fill=0.5),
    "cam": partial(grad_cam, layer="3"),
}


def edges(model: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
    """Pose as an explanation: the strength of edges, for which the network is not even asked."""
    padded = functional.pad(images, (0, 1, 0, 1), mode="replicate")
    right, down = padded[..., :-1, 1:] - images, padded[..., 1:, :-1] - images
    return (right**2 + down**2).sum(dim=1).sqrt()


def spots(count: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return pictures of 14 × 18 with an upright (1) or a lying bar (0) in noise, the labels, and where the bar is."""
    numbers = torch.Generator().manual_seed(seed)
    images = 0.3 * torch.rand(count, 1, 14, 18, generator=numbers)
    labels = torch.randint(0, 2, (count,), generator=numbers)
    bars = torch.zeros(count, 14, 18, dtype=torch.bool)
    for bar, label in zip(bars, labels, strict=True):
        row, column = (int(torch.randint(1, high, (), generator=numbers)) for high in (8, 12))
        bar[row : row + (5 if label else 2), column : column + (2 if label else 5)] = True
    images[:, 0][bars] += 0.7
    return images, labels, bars


@pytest.fixture(scope="module")
def trained() -> nn.Sequential:
    """Return a network that tells upright from lying bars."""
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2)),
    )
    images, labels, _ = spots(256, seed=1)
    optimiser = torch.optim.Adam(network.parameters(), 0.02)
    for step in range(120):
        batch = torch.arange(64) + 64 * (step % 4)
        optimiser.zero_grad()
        functional.cross_entropy(network(images[batch]), labels[batch]).backward()
        optimiser.step()
    network.zero_grad()
    fresh, truth, _ = spots(100, seed=2)
    assert (network(fresh).argmax(dim=1) == truth).float().mean() > 0.95
    return network.eval()


@pytest.mark.parametrize("explain", METHODS.values(), ids=METHODS)
def test_maps_that_tell_of_the_network_fall_to_what_needs_no_learning(trained: nn.Sequential, explain):
    images, labels, _ = spots(40, seed=3)
    check = randomisation_check(explain, trained, images, labels, repeats=5)
    assert list(check.similar) == ["7", "3", "0"], "from the end to the beginning"
    assert check.similar["0"] < 0.5
    assert check.similar["0"] == pytest.approx(check.floor, abs=0.2)


def test_an_edge_detector_that_poses_as_an_explanation_fails(trained: nn.Sequential):
    images, labels, _ = spots(40, seed=3)
    check = randomisation_check(edges, trained, images, labels)
    assert list(check.similar.values()) == pytest.approx([1.0, 1.0, 1.0])
    assert check.floor == pytest.approx(1.0)


def test_maps_of_the_spoilt_network_are_for_the_classes_first_asked_about(trained: nn.Sequential):
    asked: list[list[int]] = []

    def explain(model: nn.Module, images: Tensor, targets: Tensor) -> Tensor:
        asked.append(targets.tolist())
        return images[:, 0]

    images = spots(3, seed=5)[0]
    randomisation_check(explain, trained, images, repeats=2)
    assert asked == [trained(images).argmax(dim=1).tolist()] * (1 + 3 * 2 + 1)


def test_the_network_itself_stays_as_it_was(trained: nn.Sequential):
    before = {name: weights.clone() for name, weights in trained.state_dict().items()}
    trained.train()
    randomisation_check(gradient_saliency, trained, spots(2, seed=5)[0], 1)
    assert all(layer.training for layer in trained.modules())
    trained.eval()
    assert all(torch.equal(before[name], weights) for name, weights in trained.state_dict().items())


def test_shuffling_keeps_the_numbers_and_spoils_no_other_layer(trained: nn.Sequential):
    spoilt = shuffled(trained, ["3"])
    for name, weights in trained.state_dict().items():
        other = spoilt.state_dict()[name]
        assert torch.equal(weights.flatten().sort().values, other.flatten().sort().values)
        assert torch.equal(weights, other) == (not name.startswith("3."))
    again, another = shuffled(trained, ["3"]), shuffled(trained, ["3"], seed=1)
    assert torch.equal(spoilt[3].weight, again[3].weight)
    assert not torch.equal(spoilt[3].weight, another[3].weight)


def test_maps_of_another_size_and_networks_without_weights_are_refused(trained: nn.Sequential):
    images = spots(2, seed=5)[0]
    with pytest.raises(
        ValueError, match=r"expected maps of shape \(2, 14, 18\), one value a pixel, got \(2, 1, 14, 18\)"
    ):
        randomisation_check(lambda model, pictures, targets: pictures, trained, images)
    bare = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(ValueError, match=r"expected a network with weights to spoil .* got \[\] and 3"):
        randomisation_check(edges, bare, images)
    with pytest.raises(ValueError, match="one repeat or more"):
        randomisation_check(edges, trained, images, repeats=0)


def test_likeness_of_ranks_is_that_of_scipy():
    numbers = torch.Generator().manual_seed(0)
    maps = torch.rand(3, 5, 7, generator=numbers)
    others = (maps + torch.rand(3, 5, 7, generator=numbers)).round(decimals=1)  # with ties
    expected = [stats.spearmanr(a.flatten(), b.flatten()).statistic for a, b in zip(maps, others, strict=True)]
    assert_allclose(rank_similarity(maps, others), expected)
    with pytest.raises(ValueError, match=r"expected maps of one shape, got \(3, 5, 7\) and \(2, 5, 7\)"):
        rank_similarity(maps, others[:2])


def test_pixels_go_in_the_order_of_the_map_by_hand():
    network = nn.Sequential(nn.Flatten(), nn.Linear(6, 2, bias=False))
    weights = torch.tensor([3.0, 0, 1, 0, 2, 0])
    network[1].weight.data = torch.stack([torch.zeros(6), weights])
    picture, ranks = torch.ones(1, 1, 2, 3), torch.tensor([[[6.0, 1, 4], [2, 5, 3]]])
    left = [6, 3, 1, 0, 0, 0, 0]  # what the logit of class 1 is still made of
    curve = deletion_curve(network, picture, ranks, 1, steps=6, fill=0.0)[0]
    assert_allclose(curve.numpy(), 1 / (1 + np.exp(-np.array(left))), atol=1e-6)
    halves = deletion_curve(network, picture, ranks, 1, steps=2, fill=0.0)[0]
    assert_allclose(halves, curve[[0, 3, 6]])
    assert deletion_score(network, picture, ranks, 1, steps=6, fill=0.0).item() == pytest.approx(
        np.trapezoid(curve, dx=1 / 6), abs=1e-6
    )


def test_what_is_taken_away_becomes_the_pictures_own_mean_colour():
    network = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    picture = torch.rand(1, 2, 2, 3, generator=torch.Generator().manual_seed(0))
    even = picture.mean(dim=(2, 3), keepdim=True).expand_as(picture)
    curve = deletion_curve(network, picture, torch.rand(1, 2, 3), 0, steps=3)
    assert curve[0, -1].item() == pytest.approx(network(even).softmax(dim=1)[0, 0].item())


def test_a_map_that_finds_what_the_network_needs_scores_lower_than_the_lot_and_than_its_reverse(trained):
    images, labels, _ = spots(60, seed=4)
    maps = occlusion(trained, images, labels, window=3, fill=0.15)
    lot = torch.rand(maps.shape, generator=torch.Generator().manual_seed(0))
    found, by_lot, reverse = (
        deletion_score(trained, images, some, labels, fill=0.15).mean() for some in (maps, lot, -maps)
    )
    assert found < by_lot < reverse


def test_equal_values_go_by_lot_and_not_from_the_top_left():
    network = nn.Sequential(nn.Flatten(), nn.Linear(100, 2, bias=False))
    top = torch.zeros(10, 10)
    top[:5] = 0.1
    network[1].weight.data = torch.stack([torch.zeros(100), top.flatten()])
    curve = deletion_curve(network, torch.ones(1, 1, 10, 10), torch.zeros(1, 10, 10), 1, steps=2, fill=0.0)
    assert 0.8 < curve[0, 1] < 0.98, "half of the pixels gone, and about half of those in the upper half left"


def test_shapes_that_do_not_fit_are_refused(trained: nn.Sequential):
    images, labels, bars = spots(2, seed=4)
    with pytest.raises(ValueError, match=r"expected maps of shape \(2, 14, 18\).* got \(2, 14, 17\) and 20"):
        deletion_score(trained, images, torch.rand(2, 14, 17), labels)
    with pytest.raises(ValueError, match=r"one step or more; got .* and 0"):
        deletion_curve(trained, images, torch.rand(2, 14, 18), labels, steps=0)
    with pytest.raises(ValueError, match="objects as True and False"):
        pointing_game(torch.rand(2, 14, 18), bars.float())
    with pytest.raises(ValueError, match=r"got \(2, 14, 18\) and \(1, 14, 18\)"):
        pointing_game(torch.rand(2, 14, 18), bars[:1])


def test_pointing_hits_the_object_misses_beside_it_and_an_even_map_points_nowhere():
    objects = torch.zeros(3, 4, 5, dtype=torch.bool)
    objects[:, 2, 3] = True
    maps = torch.zeros(3, 4, 5)
    maps[0, 2, 3] = maps[1, 2, 4] = 1.0
    assert pointing_game(maps, objects).tolist() == [True, False, False]
    assert not pointing_game(torch.ones(1, 4, 5), torch.ones(1, 4, 5, dtype=torch.bool)).any()


def test_gradients_of_the_trained_network_point_at_the_bar_more_often_than_its_share_of_the_picture(trained):
    images, labels, bars = spots(100, seed=6)
    hits = pointing_game(gradient_saliency(trained, images, labels), bars).float().mean()
    assert hits > 5 * bars.float().mean()
