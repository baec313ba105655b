"""Which of many networks nobody beats in both ways: none is cheaper and at least as good (lesson 09)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def frontier(cost: ArrayLike, reached: ArrayLike) -> list[int]:
    """Find the efficient frontier: every point for which no other one is as cheap and as good, and better in one.

    Parameters
    ----------
    cost : array, shape (n,)
        What a point costs; less is better.
    reached : array, shape (n,)
        What it reaches; more is better. A point where either is NaN is left out.

    Returns
    -------
    list of int
        Places of the points on the frontier, the cheapest first. Of points that are equal in both, the first stands
        for all.

    Raises
    ------
    ValueError
        If there is not one cost for each point.

    References
    ----------
    V. Pareto, "Manuale di economia politica", 1906: nobody can gain without losing elsewhere.

    Examples
    --------
    The third costs more than the second and reaches less:

    >>> frontier([1, 2, 3, 4], [50, 70, 60, 80])
    [0, 1, 3]
    """
    costs, heights = np.asarray(cost, dtype=float), np.asarray(reached, dtype=float)
    if costs.ndim != 1 or costs.shape != heights.shape:
        raise ValueError(
            f"expected two rows of numbers, one a point each, got shapes {costs.shape} and {heights.shape}"
        )
    best, kept = -np.inf, []
    for place in np.lexsort((-heights, costs)):  # the cheapest first, and of these the best
        if costs[place] == costs[place] and heights[place] > best:  # only NaN is not itself
            best = heights[place]
            kept.append(int(place))
    return kept
