"""The robust gradient against that of its twin: by deletion, and by how often it points at the object (lesson 08)."""

from __future__ import annotations

import torch

from cnncourse.attribution import gradient_saliency
from cnncourse.map_checks import deletion_score, pointing_game
from cnncourse.maximisation import clouds, data_pictures
from cnncourse.scenes import hidden, quartets
from cnncourse.weights import load_weights


def test_the_robust_gradient_finds_what_its_network_needs_better_than_that_of_its_twin():
    images = data_pictures(200).images
    lot = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))
    found = {}
    for name in ("robust", "plain"):
        model = load_weights(f"residual-{name}")
        maps = gradient_saliency(model, images)
        scores = [deletion_score(model, images, candidate, steps=5).mean() for candidate in (maps, lot)]
        found[name] = float(scores[0] / scores[1])
    assert found["robust"] < found["plain"], found


def test_by_its_peak_the_robust_gradient_points_better_in_noise_and_that_of_its_twin_better_among_four():
    networks = {name: load_weights(f"residual-{name}") for name in ("robust", "plain")}
    images, labels, _ = data_pictures(400)
    with torch.no_grad():
        said = [model(images).argmax(dim=1) for model in networks.values()]
    good = (said[0] == said[1]) & ((labels < 0) | (labels == said[0]))
    images, labels = images[good][:100], said[0][good][:100]
    hits = {}
    for scenes in (hidden(images, clouds(100, (96, 96))), quartets(images, labels, 100)):
        for name, model in networks.items():
            maps = gradient_saliency(model, scenes.pictures, labels[scenes.chosen])
            hits[name, len(hits) // 2] = float(pointing_game(maps, scenes.objects).double().mean())
    assert hits["robust", 0] > hits["plain", 0] > 1 / 9, hits
    assert hits["plain", 1] > hits["robust", 1] > 1 / 4, hits
