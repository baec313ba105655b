"""The robust gradient against that of its twin, by the deletion score; lesson 08 counts how often they point right."""

from __future__ import annotations

import torch

from cnncourse.attribution import gradient_saliency
from cnncourse.map_checks import deletion_score
from cnncourse.maximisation import data_pictures
from cnncourse.weights import load_weights


def test_the_robust_gradient_finds_what_its_network_needs_better_than_that_of_its_twin():
    images, _ = data_pictures(200)
    lot = torch.rand(200, 32, 32, generator=torch.Generator().manual_seed(0))
    found = {}
    for name in ("robust", "plain"):
        model = load_weights(f"residual-{name}")
        maps = gradient_saliency(model, images)
        scores = [deletion_score(model, images, candidate, steps=5).mean() for candidate in (maps, lot)]
        found[name] = float(scores[0] / scores[1])
    assert found["robust"] < found["plain"], found
