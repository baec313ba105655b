"""Tests of the efficient frontier."""

from __future__ import annotations

import numpy as np
import pytest

from cnncourse.efficiency import frontier


def beaten(cost: np.ndarray, reached: np.ndarray, place: int) -> bool:
    """Say, by comparing with every other point, whether one is as cheap and as good, and better in one of the two."""
    as_good = (cost <= cost[place]) & (reached >= reached[place])
    return bool((as_good & ((cost < cost[place]) | (reached > reached[place]))).any())


def test_the_frontier_holds_exactly_the_points_that_nobody_beats():
    rng = np.random.default_rng(9)
    for _ in range(50):
        cost, reached = rng.integers(0, 15, (2, 31)).astype(float)
        found = frontier(cost, reached)
        free = {(cost[n], reached[n]) for n in range(31) if not beaten(cost, reached, n)}
        assert {(cost[n], reached[n]) for n in found} == free
        assert len(found) == len(free)  # of equal points one stands for all


def test_the_cheapest_comes_first_and_each_next_one_reaches_more():
    rng = np.random.default_rng(3)
    cost, reached = rng.random((2, 80))
    found = frontier(cost, reached)
    assert np.all(np.diff(cost[found]) > 0)
    assert np.all(np.diff(reached[found]) > 0)
    assert found[0] == cost.argmin()
    assert found[-1] == reached.argmax()


def test_of_equal_points_the_first_stands_for_all():
    assert frontier([2, 1, 1, 1], [9, 5, 7, 7]) == [2, 0]


def test_what_has_no_number_is_left_out():
    assert frontier([1, np.nan, 3], [5, 90, np.nan]) == [0]
    assert frontier([], []) == []


@pytest.mark.parametrize(("cost", "reached"), [([1, 2], [3]), ([[1, 2]], [[3, 4]])])
def test_costs_and_heights_must_belong_together(cost: list, reached: list):
    with pytest.raises(ValueError, match="one a point each, got shapes"):
        frontier(cost, reached)
