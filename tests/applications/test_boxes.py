"""Tests of boxes, against torchvision on thousands of random ones, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from torchvision import ops

from cnncourse.applications.boxes import Round, iou, iou_table, rounds, suppress


def random_boxes(count: int, seed: int, *, whole: bool) -> np.ndarray:
    """Draw boxes; with whole corners on a small grid many are empty, touch, or are the same."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 7, (count, 2, 2)) if whole else rng.uniform(0, 50, (count, 2, 2))
    return np.sort(corners, axis=1).reshape(-1, 4).astype(float)


@pytest.mark.parametrize("whole", [True, False])
def test_overlaps_of_thousands_of_boxes_are_those_of_torchvision(whole: bool):
    one, other = random_boxes(3000, 1, whole=whole), random_boxes(500, 2, whole=whole)
    theirs = ops.box_iou(torch.tensor(one), torch.tensor(other)).numpy()
    assert_array_equal(iou_table(one, other), np.nan_to_num(theirs))
    assert np.isnan(theirs).any() == whole


def test_one_pair_at_a_time_gives_the_table():
    one, other = random_boxes(40, 3, whole=True), random_boxes(30, 4, whole=True)
    assert_array_equal([[iou(a, b) for b in other] for a in one], iou_table(one, other))


def test_the_cases_that_go_wrong():
    square = (0, 0, 2, 2)
    assert iou(square, square) == 1
    assert iou(square, (2, 0, 4, 2)) == 0, "they touch along a side"
    assert iou(square, (2, 2, 4, 4)) == 0, "they touch at a corner"
    assert iou(square, (5, 5, 7, 7)) == 0, "apart both ways, minus times minus is plus"
    assert iou(square, (5, 0, 7, 2)) == 0
    assert iou((1, 1, 1, 1), (1, 1, 1, 1)) == 0, "torchvision divides 0 by 0"
    assert iou((1, 0, 1, 2), square) == 0
    assert iou((0, 0, 4, 2), (0, 0, 2, 2)) == 0.5


def test_overlap_does_not_mind_order_place_or_unit():
    one, other = random_boxes(200, 5, whole=False), random_boxes(150, 6, whole=False)
    table = iou_table(one, other)
    np.testing.assert_allclose(iou_table(other, one).T, table)
    np.testing.assert_allclose(iou_table(one * 3 + 11, other * 3 + 11), table, atol=1e-12)
    np.testing.assert_allclose(iou_table(one[:, [1, 0, 3, 2]], other[:, [1, 0, 3, 2]]), table)
    assert table.min() >= 0
    assert table.max() <= 1


@pytest.mark.parametrize("threshold", [0.0, 0.2, 1 / 3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("whole", [True, False])
def test_thousands_of_boxes_are_suppressed_as_torchvision_does_equal_scores_included(threshold: float, whole: bool):
    many = random_boxes(2000, 7, whole=whole)
    scores = np.random.default_rng(8).integers(0, 30, 2000) / 30
    theirs = ops.nms(torch.tensor(many), torch.tensor(scores), threshold)
    assert_array_equal(suppress(many, scores, threshold), theirs.numpy())


def test_of_identical_boxes_with_equal_scores_the_first_is_kept():
    assert suppress([[3, 1, 9, 4]] * 5, [0.5] * 5, 0.5).tolist() == [0]
    assert suppress([[3, 1, 9, 4]] * 5, [0.5] * 5, 1.0).tolist() == [0, 1, 2, 3, 4]


def test_an_overlap_equal_to_the_threshold_is_not_above_it():
    half = [[0, 0, 4, 2], [0, 0, 2, 2]]
    assert suppress(half, [0.9, 0.8], 0.5).tolist() == [0, 1]
    assert suppress(half, [0.9, 0.8], 0.49).tolist() == [0]


def test_a_box_that_is_gone_drops_no_other():
    row = [[0, 0, 10, 4], [3, 0, 13, 4], [6, 0, 16, 4]]  # each agrees with its neighbour by 7/13, the ends by 4/16
    assert rounds(row, [0.9, 0.8, 0.7], 0.5) == [Round(0, [1]), Round(2, [])]


def test_kept_boxes_agree_little_and_every_dropped_one_has_a_better_kept_one():
    many = random_boxes(400, 9, whole=False)
    scores = np.random.default_rng(10).random(400)
    kept = suppress(many, scores, 0.3)
    table = iou_table(many, many)
    assert (table[np.ix_(kept, kept)] - np.eye(len(kept))).max() <= 0.3
    for box in set(range(400)) - set(kept.tolist()):
        assert any(table[box, best] > 0.3 and scores[best] >= scores[box] for best in kept)


def test_with_labels_boxes_drop_those_of_their_class_alone_as_torchvision_does():
    boxes = random_boxes(300, 7, whole=False)
    rng = np.random.default_rng(8)
    scores, labels = rng.permutation(300) / 300, rng.integers(0, 3, 300)
    ours = [kept for kept, _ in rounds(boxes, scores, 0.3, labels=labels)]
    theirs = ops.batched_nms(torch.tensor(boxes), torch.tensor(scores), torch.tensor(labels), 0.3)
    assert ours == theirs.tolist()
    assert len(ours) > len(suppress(boxes, scores, 0.3))
    with pytest.raises(ValueError, match=r"label for each of 2 boxes, got labels of shape \(1,\)"):
        rounds([[0, 0, 1, 1]] * 2, [0.5, 0.4], labels=[3])


def test_no_boxes_are_no_trouble():
    assert iou_table([], [[0, 0, 1, 1]]).shape == (0, 1)
    assert suppress([], []).tolist() == []
    assert suppress(np.zeros((0, 4)), np.zeros(0)).dtype == np.int64


def test_bad_boxes_are_refused():
    with pytest.raises(ValueError, match=r"ends before it begins: .*not left, top, width, height"):
        iou((5, 5, 2, 3), (0, 0, 1, 1))
    with pytest.raises(ValueError, match=r"shape \(n, 4\) .* got shape \(4,\)"):
        iou_table([0, 0, 1, 1], [[0, 0, 1, 1]])
    with pytest.raises(ValueError, match=r"a score for each of 1 boxes, got scores of shape \(2,\)"):
        suppress([[0, 0, 1, 1]], [0.5, 0.6])
    with pytest.raises(ValueError, match=r"threshold from 0 to 1, got 1\.5"):
        suppress([[0, 0, 1, 1]], [0.5], 1.5)
