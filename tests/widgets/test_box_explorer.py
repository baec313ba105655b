"""The explorer of boxes: what it computes, says and refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms
from traitlets import TraitError

from cnncourse.widgets import BoxExplorer
from cnncourse.widgets._box_heap import arrays, heap_words, pair_words, two

PAIR = ((0, 0, 4, 3), (2, 1, 7, 5))


def random_heap(seed: int, count: int = 40) -> dict[str, Any]:
    """Draw a heap with equal scores, empty boxes and three names."""
    rng = np.random.default_rng(seed)
    boxes = np.sort(rng.integers(0, 9, (count, 2, 2)), axis=1).reshape(-1, 4)
    names = [str(name) for name in rng.choice(["3", "8", "face"], count)]
    return {"boxes": boxes.tolist(), "scores": (rng.integers(0, 20, count) / 20).tolist(), "names": names}


@pytest.mark.parametrize("seed", range(10))
def test_the_heap_is_thinned_as_torchvision_thins_each_class(seed: int):
    heap = random_heap(seed)
    shown = arrays(PAIR, **heap, threshold=0.3, least=0.2)
    sure = np.flatnonzero(np.array(heap["scores"]) >= 0.2)
    labels = [sorted(set(heap["names"])).index(heap["names"][at]) for at in sure]
    table = torch.tensor(heap["boxes"], dtype=torch.float64)[sure]
    expected = batched_nms(table, torch.tensor(heap["scores"], dtype=torch.float64)[sure], torch.tensor(labels), 0.3)
    assert sorted(shown.kept) == sorted(sure[expected].tolist())
    assert sorted(shown.kept + shown.dropped) == sure.tolist()
    assert [heap["scores"][at] for at in shown.kept] == sorted((heap["scores"][at] for at in shown.kept), reverse=True)


def test_it_says_what_it_shows():
    explorer = BoxExplorer(np.eye(9), [[0, 0, 4, 4], [0, 0, 4, 3]], [0.6, 0.9], ["7", "7"], pair=PAIR)
    assert pair_words(explorer.shown) == "Both cover 4 square pixels, at least one covers 28: IoU 4 / 28 = 0.14."
    assert explorer.description.endswith("Of 2 boxes 2 are sure enough: 1 kept, 1 dropped. Kept: 7 at 0.90.")
    explorer.threshold = 0.8
    assert explorer.description.endswith("2 kept, 0 dropped. Kept: 7 at 0.90; 7 at 0.60.")
    explorer.least = 0.95
    assert explorer.description.endswith("Of 2 boxes 0 are sure enough: 0 kept, 0 dropped.")
    explorer.pair = ((0, 0, 2, 2), (2, 0, 4, 2))
    assert "IoU 0 / 8 = 0.00" in explorer.description


def test_halves_are_rounded_up_in_words():
    assert [two(value) for value in (0.125, 0.375, 0.994, 0.996)] == ["0.13", "0.38", "0.99", "1.00"]


def test_without_a_heap_there_is_the_pair_alone():
    explorer = BoxExplorer()
    assert "boxes" in explorer.description
    assert "sure enough" not in explorer.description
    assert len(explorer.panels()) == 1
    assert heap_words(explorer.shown, [], []) == "Of 0 boxes 0 are sure enough: 0 kept, 0 dropped."


def test_the_still_picture_counts_how_many_boxes_cover_each_square():
    paper, picture = BoxExplorer(np.eye(9), [[1, 2, 5, 9]], [0.9], ["7"], pair=PAIR).panels()
    assert paper.array.shape == (10, 16)
    assert paper.array.sum() == 4 * 3 + 5 * 4
    assert (paper.array == 2).sum() == 4
    assert picture.mark == (2, 1, 7, 4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pair": ((0, 0, 4, 3), (2, 1, 17, 5))}, "paper of 16 × 10 squares"),
        ({"pair": ((0, 0, 4, 3), (2, 1, 2, 5))}, "a square or more"),
        ({"pair": ((0, 0, 4, 3),)}, "expected two boxes"),
        ({"boxes": [[0, 0, 4, 3]]}, "a score and a name for each of 1 boxes, got 0 and 0"),
        ({"boxes": [[5, 0, 4, 3]], "scores": [0.5], "names": ["7"]}, "ends before it begins"),
        ({"threshold": 1.5}, "1.5"),
    ],
)
def test_what_it_cannot_show_is_refused(settings: dict[str, Any], message: str):
    with pytest.raises((ValueError, TraitError), match=message):
        BoxExplorer(**settings)
