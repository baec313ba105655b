"""Reading by nearest neighbours: hand values, an outside oracle, and settings that make no sense."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import KNeighborsClassifier

from cnncourse.neighbours import nearest, read, shift, vote

RANDOM = np.random.default_rng(7)
PICTURES = RANDOM.random((40, 3, 5))
LABELS = RANDOM.integers(0, 4, 40)


def test_the_nearest_come_first_with_their_distances():
    pictures = np.array([[[5, 0], [0, 0]], [[0, 0], [0, 1]], [[0, 3], [4, 0]]])
    places, distances = nearest(pictures, np.zeros((2, 2)), count=3)
    assert_array_equal(places, [1, 0, 2])  # 0 and 2 are both 5 away: the earlier comes first
    assert_allclose(distances, [1, 5, 5])


def test_whole_numbers_of_eight_bits_do_not_wrap_around():
    dark, bright = np.zeros((1, 2), np.uint8), np.full((1, 2), 255, np.uint8)
    assert_allclose(nearest(np.array([bright]), dark, count=1)[1], [255 * np.sqrt(2)])


@pytest.mark.parametrize("count", [1, 3, 7])
def test_places_and_distances_are_those_of_scikit_learn(count):
    oracle = KNeighborsClassifier(count, algorithm="brute").fit(PICTURES.reshape(40, -1), LABELS)
    for query in RANDOM.random((5, 3, 5)):
        places, distances = nearest(PICTURES, query, count=count)
        expected_distances, expected_places = oracle.kneighbors(query.reshape(1, -1))
        assert_array_equal(places, expected_places[0])
        assert_allclose(distances, expected_distances[0])


def test_the_majority_wins_even_when_the_nearest_disagrees():
    assert vote([9, 4, 4, 4, 9]) == (4, 3, 5)
    assert str(vote([9, 4, 4, 4, 9])) == "reads 4 (3 of 5 neighbours)"


def test_among_equals_the_nearest_decides():
    assert vote([2, 7, 7, 2]).digit == 2
    assert vote([7, 2, 2, 7]).digit == 7


def test_a_remembered_picture_reads_as_itself():
    for place in (0, 17, 39):
        assert read(PICTURES, LABELS, PICTURES[place], count=1).digit == LABELS[place]


def test_a_shift_loses_what_leaves_and_brings_zeros():
    image = np.array([[1, 2, 3], [4, 5, 6]])
    assert_array_equal(shift(image, right=1), [[0, 1, 2], [0, 4, 5]])
    assert_array_equal(shift(image, down=-1), [[4, 5, 6], [0, 0, 0]])
    assert_array_equal(shift(image, down=1, right=-2), [[0, 0, 0], [3, 0, 0]])
    assert_array_equal(shift(image, right=9), np.zeros((2, 3)))
    assert_array_equal(shift(np.stack([image, -image]), right=1)[1], [[0, -1, -2], [0, -4, -5]])


@pytest.mark.parametrize(
    ("images", "query", "count", "message"),
    [
        (PICTURES, np.zeros((5, 3)), 5, r"got \(40, 3, 5\) and \(5, 3\)"),
        (PICTURES[0], np.zeros((3, 5)), 1, r"expected pictures, shape \(number, height, width\)"),
        (PICTURES, PICTURES[:2], 5, "one after the other"),
        (PICTURES, np.zeros((3, 5)), 41, "from 1 to the 40 remembered pictures, got 41"),
        (PICTURES, np.zeros((3, 5)), 0, "got 0"),
        (PICTURES, np.full((3, 5), np.nan), 1, "no finite numbers"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_advice(images, query, count, message):
    with pytest.raises(ValueError, match=message):
        nearest(images, query, count=count)


def test_a_vote_of_nobody_and_labels_for_others_are_refused():
    with pytest.raises(ValueError, match="got none"):
        vote([])
    with pytest.raises(ValueError, match="got 3 for 40 pictures"):
        read(PICTURES, [1, 2, 3], PICTURES[0])
