"""How alike the filters of two networks are, when neither their order nor their sign means anything (lesson 07)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment


class Match(NamedTuple):
    """Filters of one network and their partners in another.

    Attributes
    ----------
    partners : array of int, shape (filters,)
        For each filter of the first network the place of its partner in the second; no partner has two.
    likeness : array, shape (filters,), in [0, 1]
        How alike each pair is: the cosine between them, without its sign.
    signs : array of int, shape (filters,)
        −1 where the partner shows the opposite pattern, otherwise 1.
    """

    partners: NDArray[np.intp]
    likeness: NDArray[np.float64]
    signs: NDArray[np.int64]


def match_filters(filters: ArrayLike, others: ArrayLike) -> Match:
    """Pair the filters of two layers so that the pairs are as alike as they can be (lesson 07).

    A network may hold its filters in any order, and most patterns may be looked for with either sign: what follows can
    turn the sign round. So order and sign are left out of the comparison, and size, too.

    Parameters
    ----------
    filters, others : array, shape (filters, ...)
        Weights of two layers, of one shape.

    Returns
    -------
    Match
        The pairs, by the assignment with the largest sum of likeness [1]_.

    Raises
    ------
    ValueError
        If the shapes differ, or a filter is 0 everywhere and so has no pattern.

    References
    ----------
    .. [1] H. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics Quarterly 2, 1955;
       as `scipy.optimize.linear_sum_assignment`.

    Examples
    --------
    The same two patterns in the other order, one of them inverted and larger:

    >>> match_filters([[1, 0, 0], [0, 3, 4]], [[0, -6, -8], [2, 0, 0]])
    Match(partners=array([1, 0]), likeness=array([1., 1.]), signs=array([ 1, -1]))
    """
    if np.shape(filters) != np.shape(others):
        raise ValueError(f"expected filters of one shape, got {np.shape(filters)} and {np.shape(others)}")
    one, other = (_directions(weights) for weights in (filters, others))
    cosines = one @ other.T  # (filters, filters)
    rows, partners = linear_sum_assignment(-np.abs(cosines))
    found = cosines[rows, partners]
    return Match(partners, np.abs(found), np.where(found < 0, -1, 1))


def _directions(filters: ArrayLike) -> NDArray[np.float64]:
    """Turn each filter into a row of length 1."""
    flat = np.asarray(filters, dtype=float)
    flat = flat.reshape(len(flat), -1)
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    if not lengths.all():
        raise ValueError(f"filter {int(np.flatnonzero(lengths == 0)[0])} is 0 everywhere, and has no pattern")
    return flat / lengths
