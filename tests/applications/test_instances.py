"""Tests of single objects: masks laid back into boxes, overlaps of masks, and connected pieces."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn
from torch.nn import functional
from torchvision.ops import box_iou

from cnncourse.applications import detection, instances, masks, segmentation
from cnncourse.applications.boxes import iou_table
from cnncourse.applications.composed import Layout, compose, stock
from cnncourse.applications.learning import Plan, finish
from cnncourse.models import fresh

LAYOUT = Layout(height=48, width=56, fewest=1, most=2, smallest=18, largest=26, overlap=0)


class Knowing(nn.Module):
    """Gives the scores of the true classes of given pictures, one picture after the other."""

    def __init__(self, classes: torch.Tensor, number: int) -> None:
        super().__init__()
        self.classes, self.number, self.at = classes, number, 0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        part = self.classes[self.at : self.at + len(images)]
        self.at += len(images)
        return 9.0 * functional.one_hot(part, self.number).permute(0, 3, 1, 2)


def test_overlaps_of_masks_that_are_boxes_are_those_of_boxes():
    rng = np.random.default_rng(1)
    boxes = np.sort(rng.integers(0, 12, (30, 2, 2)), axis=1).reshape(-1, 4)
    painted = np.zeros((30, 12, 12), bool)
    for mask, (left, top, right, bottom) in zip(painted, boxes, strict=True):
        mask[top:bottom, left:right] = True
    assert_allclose(masks.mask_overlaps(painted[:11], painted), iou_table(boxes[:11], boxes))


def test_no_masks_are_no_trouble():
    assert masks.mask_overlaps(np.zeros((0, 4, 5), bool), np.ones((3, 4, 5), bool)).shape == (0, 3)


def test_a_square_of_logits_is_laid_back_into_its_box_and_nowhere_else():
    logits = torch.ones(1, 28, 28)
    laid = instances._laid_back(logits, torch.tensor([[3.0, 2, 11, 6]]), (9, 14))[0] > 0
    expected = torch.zeros(9, 14, dtype=torch.bool)
    expected[2:6, 3:11] = True
    assert torch.equal(laid, expected)


def test_right_and_down_are_not_confused_when_a_mask_is_laid_back():
    logits = torch.full((1, 28, 28), -1.0)
    logits[:, :14, 14:] = 1.0  # the upper right quarter
    laid = instances._laid_back(logits, torch.tensor([[4.0, 10, 44, 30]]), (40, 50))[0] > 0
    rows, columns = laid.nonzero().unbind(1)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (10, 20, 24, 44)


def test_examples_hold_the_object_in_the_middle_of_its_square():
    scenes = compose(stock("train", ("face",), bundled=True), 6, LAYOUT, seed=1)
    boxes, squares = instances._examples(scenes, torch.Generator().manual_seed(1))
    assert squares.shape == (sum(map(len, boxes)), 28, 28)
    assert squares[:, 10:18, 10:18].min() == 1
    assert squares[:, 0, 0].max() < 0.5
    agreed = [box_iou(b, scenes.objects(at).boxes).max(1).values.min() for at, b in enumerate(boxes)]
    assert 0.5 < min(agreed) < 1


def test_connected_pieces_are_right_where_nothing_touches_and_wrong_where_it_does():
    apart = compose(stock("test", ("face",), bundled=True), 20, LAYOUT, seed=3)
    known = masks.components(Knowing(apart.semantic, 2), apart.images)
    touching = [at for at in range(20) if len(known[at].masks) != len(apart.objects(at).masks)]
    assert masks.score(known, apart) > 0.85
    assert len(touching) <= 4, "boxes that touch side by side may join"
    heap = compose(
        stock("test", ("face",), bundled=True),
        20,
        Layout(height=48, width=56, fewest=4, most=4, smallest=22, largest=28, overlap=0.3),
        seed=4,
    )
    assert masks.score(masks.components(Knowing(heap.semantic, 2), heap.images), heap) < 0.6


def test_pieces_of_two_classes_that_touch_are_two():
    classes = torch.zeros(1, 8, 12, dtype=torch.int64)
    classes[0, 2:6, 1:6], classes[0, 2:6, 6:11], classes[0, 0, 0] = 1, 2, 2
    (found,) = masks.components(Knowing(classes, 3), torch.zeros(1, 1, 8, 12))
    assert sorted(found.labels.tolist()) == [0, 1]
    assert [int(mask.sum()) for mask in found.masks] == [20, 20], "the crumb in the corner is left out"
    assert found.scores.min() > 0.99


def test_joined_and_split_are_counted_by_hand():
    objects = np.zeros((3, 12, 20), bool)
    objects[0, :6, :5], objects[1, :6, 5:10], objects[2, :, 12:20] = True, True, True
    over_two, above, below, crumb = np.zeros((4, 12, 20), bool)
    over_two[:6, :10], above[:5, 12:], below[7:, 12:], crumb[:6, :1] = True, True, True, True
    pieces = np.stack([over_two, above, below, crumb])
    assert masks.judge([pieces, objects], [objects, objects]) == (1, 1), "nothing but a crumb lies in the first"
    assert masks.judge([pieces[:0]], [objects]) == (0, 0)


def test_the_truth_itself_scores_one():
    scenes = compose(stock("test", bundled=True), 12, LAYOUT, seed=5)
    truth = [scenes.objects(at) for at in range(12)]
    perfect = [masks.Instances(t.masks.numpy(), np.ones(len(t.labels)), t.labels.numpy()) for t in truth]
    assert masks.score(perfect, scenes) == 1
    shifted = [found._replace(masks=np.roll(found.masks, 9, axis=2)) for found in perfect]
    assert masks.score(shifted, scenes) < 0.1


def test_heaps_hold_three_to_five_objects_of_one_class_and_some_touch():
    heap = instances.heaps(stock("test", bundled=True), 30, seed=1)
    numbers = (heap.labels >= 0).sum(1)
    assert set(numbers.tolist()) == {3, 4, 5}
    overlaps = []
    for at in range(30):
        objects = heap.objects(at)
        assert len(objects.labels.unique()) == 1
        overlaps += [box_iou(a[None], b[None]).item() for a, b in combinations(objects.boxes, 2)]
    assert 0 < max(overlaps) <= 0.15 + 1e-6
    assert_array_equal(heap.images, instances.heaps(stock("test", bundled=True), 30, seed=1).images)


def test_the_head_learns_masks_and_leaves_the_other_networks_alone():
    things = stock("train", ("0", "face"), bundled=True)
    scenes = compose(things, 96, LAYOUT, seed=6)
    detector = detection.trained(scenes, Plan(epochs=10, batch=16), progress=False)
    pixels = fresh(lambda: segmentation.PixelNetwork(detector, 3))
    finish(segmentation.training(pixels, scenes, Plan(epochs=3, batch=16, rate=8e-3), progress=False))
    parts = instances.Parts(detector, pixels, fresh(instances.MaskHead))
    before = masks.score(instances.find(parts, scenes.images[:24]), scenes[:24])
    kept = [p.clone() for p in (*detector.parameters(), *pixels.parameters())]
    finish(instances.training(parts, scenes, Plan(epochs=5, batch=16, rate=1e-2), progress=False))
    now = [*detector.parameters(), *pixels.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(kept, now, strict=True))
    assert masks.score(instances.find(parts, scenes.images[:24]), scenes[:24]) > before + 0.3


def test_a_picture_in_which_nothing_is_found_has_no_masks():
    detector = fresh(lambda: detection.GridDetector(2))
    with torch.no_grad():
        detector.head.bias[0] = -30
    pixels = segmentation.PixelNetwork(detector, 3)
    (found,) = instances.find(instances.Parts(detector, pixels, instances.MaskHead()), torch.rand(1, 1, 40, 48))
    assert found.masks.shape == (0, 40, 48)


@pytest.mark.parametrize("name", ["detection", "segmentation", "instances"])
def test_each_comparison_is_registered(name: str):
    from cnncourse.experiments import EXPERIMENTS

    assert f"applications.{name}" in {experiment.module for experiment in EXPERIMENTS.values()}
