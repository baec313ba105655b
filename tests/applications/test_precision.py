"""Tests of average precision: by hand, and against the definition by another route."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.applications.precision import (
    average_precision,
    curve_of_class,
    hits,
    mean_average_precision,
    mean_over_classes,
    precision_recall,
)


def by_definition(right: np.ndarray, scores: np.ndarray, objects: int) -> float:
    """For each object to be found: the best precision of any threshold that finds so many, then the mean."""
    best = [0.0] * objects
    for threshold in scores:
        admitted = right[scores >= threshold]
        for number in range(int(admitted.sum())):
            best[number] = max(best[number], float(admitted.mean()))
    return sum(best) / objects


@pytest.mark.parametrize("seed", range(30))
def test_average_precision_is_the_mean_over_objects_of_the_best_precision(seed: int):
    rng = np.random.default_rng(seed)
    right = rng.random(int(rng.integers(1, 60))) < rng.random()
    scores = rng.permutation(len(right)) / 100  # no two alike
    objects = int(right.sum() + rng.integers(1, 9))
    assert average_precision(precision_recall(right, scores, objects)) == pytest.approx(
        by_definition(right, scores, objects)
    )


def test_average_precision_by_hand():
    curve = precision_recall([True, False, True, True, False], [0.9, 0.8, 0.7, 0.6, 0.5], 4)
    assert_allclose(curve.precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    assert_allclose(curve.recall, [0.25, 0.25, 0.5, 0.75, 0.75])
    assert average_precision(curve) == 0.625


def test_the_ends_of_the_scale():
    assert average_precision(precision_recall([True, True], [0.4, 0.3], 2)) == 1
    assert average_precision(precision_recall([False, False], [0.4, 0.3], 2)) == 0
    assert average_precision(precision_recall([], [], 3)) == 0
    assert average_precision(precision_recall([True, False, False], [0.9, 0.8, 0.7], 1)) == 1, "late mistakes are free"


def test_the_order_of_the_list_does_not_count_but_that_of_scores():
    right, scores = np.array([False, True, True, False]), np.array([0.2, 0.9, 0.4, 0.5])
    order = [2, 0, 3, 1]
    one, other = precision_recall(right, scores, 3), precision_recall(right[order], scores[order], 3)
    assert_array_equal(one.precision, other.precision)
    assert_allclose(one.precision, [1, 1 / 2, 2 / 3, 2 / 4])


def test_who_finds_a_thing_twice_is_wrong_once_and_the_surer_one_is_right():
    assert hits([[0.6], [0.9]], [0.8, 0.7]).tolist() == [True, False]
    assert hits([[0.6], [0.9]], [0.7, 0.8]).tolist() == [False, True]
    assert hits([[0.6], [0.9]], [0.7, 0.7]).tolist() == [True, False], "of equal scores the first"


def test_a_detection_counts_for_the_object_that_it_overlaps_most_even_if_that_is_taken():
    overlaps = [[0.9, 0.1], [0.7, 0.6]]  # the rule of PASCAL; COCO's would give the second one the second object
    assert hits(overlaps, [0.9, 0.8]).tolist() == [True, False]


def test_the_threshold_is_reached_by_an_equal_overlap():
    assert hits([[0.5]], [1.0], threshold=0.5).tolist() == [True]
    assert hits([[0.499]], [1.0], threshold=0.5).tolist() == [False]


def test_detections_of_nothing_and_objects_that_nobody_found():
    assert hits(np.zeros((2, 0)), [0.5, 0.4]).tolist() == [False, False]
    assert hits(np.zeros((0, 3)), []).tolist() == []


BOX, FAR = [0, 0, 4, 4], [10, 10, 14, 15]


def test_classes_are_judged_each_by_itself():
    found = [([BOX, FAR], [0.9, 0.8], [1, 2])]
    assert mean_average_precision(found, [([BOX, FAR], [1, 2])]) == 1
    assert mean_average_precision(found, [([BOX, FAR], [2, 1])]) == 0
    assert mean_average_precision(found, [([BOX, FAR], [1, 1])]) == 0.5, "class 2 has no object and does not count"


def test_pictures_are_ranked_together():
    found = [([BOX], [0.3], [0]), ([FAR], [0.9], [0])]
    truth = [([BOX], [0]), ([BOX], [0])]
    assert mean_average_precision(found, truth) == pytest.approx(0.25)  # wrong at 0.9 first: half the recall at ½


def test_a_picture_without_detections_counts_as_missed():
    none = (np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))
    assert mean_average_precision([none, ([BOX], [0.9], [3])], [([BOX], [3]), ([BOX], [3])]) == 0.5


def test_a_higher_threshold_asks_for_tighter_boxes():
    found, truth = [([[0, 0, 4, 3]], [0.9], [0])], [([BOX], [0])]
    assert mean_average_precision(found, truth, threshold=0.75) == 1
    assert mean_average_precision(found, truth, threshold=0.76) == 0


def test_the_curve_of_a_class_has_only_that_class():
    pictures = [([[0.9, 0.0], [0.0, 0.8]], [0.7, 0.6], [4, 5], [4, 5])]
    assert curve_of_class(pictures, 5).scores.tolist() == [0.6]
    assert mean_over_classes(pictures) == 1


def test_impossible_lists_are_refused():
    with pytest.raises(ValueError, match="at least one object"):
        precision_recall([False], [0.5], 0)
    with pytest.raises(ValueError, match="one for each of 2 hits, got 1"):
        precision_recall([True, True], [0.5, 0.4], 1)
    with pytest.raises(ValueError, match=r"shapes \(2,\) and \(1,\)"):
        precision_recall([True, False], [0.5], 3)
    with pytest.raises(ValueError, match=r"got shapes \(1, 2\) and \(2,\)"):
        hits([[0.5, 0.1]], [0.9, 0.8])
    with pytest.raises(ValueError, match="recall has no meaning"):
        mean_average_precision([([BOX], [0.9], [1])], [(np.zeros((0, 4)), [])])
    with pytest.raises(ValueError, match="zip"):
        mean_average_precision([], [([BOX], [1])])
