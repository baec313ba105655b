"""Tests that filters are paired whatever their order, sign and size."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.filter_likeness import match_filters


def test_a_shuffled_inverted_and_enlarged_copy_is_found_again():
    rng = np.random.default_rng(0)
    filters = rng.normal(size=(5, 2, 3, 4))
    order, factors = np.array([3, 0, 4, 1, 2]), np.array([2.0, -1.0, 0.5, -7.0, 1.0])
    match = match_filters(filters, (filters * factors[:, None, None, None])[order])
    assert match.partners.tolist() == [1, 3, 4, 0, 2]
    assert match.signs.tolist() == [1, -1, 1, -1, 1]
    assert_allclose(match.likeness, 1)


def test_the_pairs_are_the_best_of_all_orders():
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 5, 3, 2))
    cosines = [[abs(np.sum(a * b)) / np.linalg.norm(a) / np.linalg.norm(b) for b in other] for a in one]
    best = max(sum(cosines[i][j] for i, j in enumerate(order)) for order in itertools.permutations(range(5)))
    match = match_filters(one, other)
    assert match.likeness.sum() == pytest.approx(best)
    assert sorted(match.partners) == [0, 1, 2, 3, 4]


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match=r"expected filters of one shape, got \(2, 3\) and \(2, 4\)"):
        match_filters(np.ones((2, 3)), np.ones((2, 4)))
    with pytest.raises(ValueError, match=r"expected filters of one shape, got \(2, 3\) and \(1, 3\)"):
        match_filters(np.ones((2, 3)), np.ones((1, 3)))
    with pytest.raises(ValueError, match="filter 1 is 0 everywhere, and has no pattern"):
        match_filters([[1, 2], [0, 0]], np.ones((2, 2)))
