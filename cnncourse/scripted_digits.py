"""Digits drawn by script: strokes for all ten digits in several hands, to try a reader on (lesson 06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MANNERS", "SHAPES", "Scripted", "scripted_digits"]

Array = NDArray[np.float64]
Piece = Sequence[tuple[float, float]]
POINTS = 12  # of the curve between two points of a shape

# Each digit in two shapes, as people write it: strokes, made of pieces that meet at a corner, made of points that a
# smooth curve runs through. The box is 10 wide and 16 high, y down.
SHAPES: dict[int, tuple[Sequence[Sequence[Piece]], ...]] = {
    0: (
        [[[(5, 0), (1.2, 4), (0.6, 9), (2, 14), (5, 16), (8.4, 13), (9.4, 8), (8.2, 2.6), (5, 0)]]],
        [[[(6.5, 0.8), (2.2, 1.6), (0, 7), (2, 13.6), (6, 15.6), (10, 10.4), (9.2, 3.6), (6, 0.4), (4.4, 1.2)]]],
    ),
    1: ([[[(5, 0), (5, 8), (5, 16)]]], [[[(2.4, 3.6), (4, 2.2), (5.6, 0)], [(5.6, 0), (5.4, 8), (5.2, 16)]]]),
    2: (
        [[[(1, 4), (2.4, 0.8), (5.6, 0), (8.6, 2.2), (8, 6.4), (4.6, 11), (0.6, 15.6)], [(0.6, 15.6), (9.6, 15.6)]]],
        [
            [
                [(1, 3), (4.4, 0), (8.4, 2), (7.6, 7), (4, 13), (1.8, 15.2), (0.6, 13.6), (2.6, 12.4)],
                [(2.6, 12.4), (6, 14.8), (9.8, 15.4)],
            ]
        ],
    ),
    3: (
        [
            [
                [(1, 2.2), (4.2, 0), (8, 1.8), (7.6, 5.4), (3.8, 7.4)],
                [(3.8, 7.4), (8.2, 8.8), (9, 12.4), (5.6, 15.8), (0.8, 14)],
            ]
        ],
        [[[(1, 0.6), (8.6, 0.6)], [(8.6, 0.6), (4.2, 6.2)], [(4.2, 6.2), (8.4, 7.8), (9, 12), (6, 15.6), (0.8, 14.4)]]],
    ),
    4: (
        [[[(2, 0.4), (1.2, 4.6), (0.8, 8.8)], [(0.8, 8.8), (9.4, 8.4)]], [[(7.6, 1.2), (7.4, 8), (7, 16)]]],
        [[[(6.8, 0), (0.4, 10.4)], [(0.4, 10.4), (9.8, 10.4)]], [[(6.8, 0), (6.8, 16)]]],
    ),
    5: (
        [
            [
                [(9, 0.4), (2.2, 0.4)],
                [(2.2, 0.4), (1.6, 6.6)],
                [(1.6, 6.6), (5.4, 5.8), (9, 9), (8, 14), (4.4, 16), (0.6, 14.4)],
            ]
        ],
        [
            [[(2.2, 0.8), (1.8, 6.8)], [(1.8, 6.8), (6, 6.4), (8.8, 10), (6.8, 14.6), (3.4, 15.8), (0.8, 14.6)]],
            [[(2.2, 0.8), (5.4, 0.6), (9.2, 0)]],
        ],
    ),
    6: (
        [[[(7.4, 0), (3.2, 4.6), (0.8, 10.4), (2.4, 15), (6, 15.8), (8.6, 12.6), (7.2, 9.2), (3.8, 9), (1.2, 12)]]],
        [[[(5.2, 0), (2.4, 6), (1.4, 12), (3.4, 15.8), (7, 15.4), (8.4, 12), (6.2, 9.2), (2.8, 10.2), (1.6, 13)]]],
    ),
    7: (
        [[[(0.8, 0.8), (9.2, 0.6)], [(9.2, 0.6), (6.2, 7), (4, 16)]]],
        [[[(0.8, 1.4), (4.6, 1), (9, 0.8)], [(9, 0.8), (6.4, 6.6), (3.6, 16)]], [[(2.6, 8.2), (8.6, 7.8)]]],
    ),
    8: (
        [
            [
                [
                    (7.8, 2.4), (5, 0), (2, 2), (2.8, 5.4), (5.4, 7.8), (8.4, 11), (7.6, 14.6), (4.6, 16), (1.6, 14),
                    (2.2, 10.8), (5, 8), (7.8, 5.2), (7.8, 2.4),
                ]
            ]
        ],
        [
            [[(5, 0), (2.4, 1.6), (2.4, 5.4), (5, 7.4), (7.6, 5.4), (7.6, 1.6), (5, 0)]],
            [[(5, 7.4), (1.4, 9.6), (1.6, 14), (5, 16), (8.4, 14), (8.6, 9.6), (5, 7.4)]],
        ],
    ),
    9: (
        [
            [
                [(8.4, 3), (5, 0.2), (1.6, 2.6), (2, 6.4), (5.2, 7.6), (8, 5), (8.4, 3)],
                [(8.4, 3), (8, 8), (7, 12.4), (5.8, 16)],
            ]
        ],
        [[[(8, 1.8), (4.6, 0.2), (1.4, 3.4), (2.8, 7.4), (6.4, 6.6), (8.2, 1.4)], [(8.2, 1.4), (8.2, 8), (8, 16)]]],
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Manner:
    """A way of writing: how large, how thick, how slanted, where on the sheet."""

    height: float = 20.0  # pixels
    pen: float = 2.4  # pixels
    width: float = 1.0  # share of the shape's own
    slant: float = 0.0  # pixels to the right for each pixel up
    middle: tuple[float, float] = (14.0, 14.0)  # x and y, pixels
    unsteady: float = 0.0  # pixels


MANNERS: dict[str, Manner] = {
    "plain": Manner(),
    "thin": Manner(pen=1.3, height=22),
    "thick": Manner(pen=4.0, height=21),
    "slanted to the right": Manner(slant=0.35),
    "slanted to the left": Manner(slant=-0.3, pen=2),
    "small, top left": Manner(height=11, pen=1.5, middle=(7, 8)),
    "small, bottom right": Manner(height=12, pen=1.7, middle=(21, 20)),
    "large and wide": Manner(height=25, width=1.2, pen=2.8),
    "narrow, to the right": Manner(width=0.7, middle=(19, 13), pen=2),
    "unsteady": Manner(unsteady=1.1, pen=2.2),
    "hasty, large, to the left": Manner(unsteady=0.8, pen=1.8, slant=0.45, height=23, width=0.8, middle=(11, 14)),
}


@dataclass(frozen=True)
class Scripted:
    """A drawing made by script.

    Attributes
    ----------
    digit : int
        What it means.
    manner : str
        How it is written, a name in `MANNERS`.
    strokes : list of lists of (x, y), pixels
        As `cnncourse.drawing.rasterise` takes them, on a sheet of 28 × 28.
    pen : float, pixels
        Width of the pen.
    """

    digit: int
    manner: str
    strokes: list[list[list[float]]]
    pen: float


def scripted_digits() -> list[Scripted]:
    """Draw all ten digits, each in two shapes and eleven manners: 220 drawings, always the same (lesson 06).

    Returns
    -------
    list of Scripted
        Digit after digit.

    Examples
    --------
    >>> drawings = scripted_digits()
    >>> len(drawings), drawings[22].digit, drawings[22].manner, len(drawings[22].strokes)
    (220, 1, 'plain', 1)
    """
    hand = np.random.default_rng(6)
    return [
        _written(digit, shape, name, hand.normal)
        for digit, shapes in SHAPES.items()
        for shape in shapes
        for name in MANNERS
    ]


def curve(points: ArrayLike) -> Array:
    """Run a smooth curve through points: the spline of Catmull and Rom, whose tangents join the points on either side.

    Parameters
    ----------
    points : array, shape (n, 2)
        Where it passes, two points or more.

    Returns
    -------
    array, shape (12 * (n - 1) + 1, 2)
        Points along it.

    Examples
    --------
    >>> curve([(0, 0), (12, 24)])[[0, 6, 12]]
    array([[ 0.,  0.],
           [ 6., 12.],
           [12., 24.]])
    """
    known = np.asarray(points, dtype=float)
    before, after = 2 * known[0] - known[1], 2 * known[-1] - known[-2]
    a, b, c, d = (np.vstack([before, known, after])[i : len(known) - 1 + i, None] for i in range(4))  # (n - 1, 1, 2)
    t = np.arange(POINTS)[:, None] / POINTS
    cubes = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    return np.vstack([cubes.reshape(-1, 2) / 2, known[-1:]])


def _written(digit: int, shape: Sequence[Sequence[Piece]], name: str, noise: Callable[..., Array]) -> Scripted:
    manner = MANNERS[name]
    strokes = []
    for pieces in shape:
        moved = [np.asarray(piece) + noise(scale=manner.unsteady, size=(len(piece), 2)) for piece in pieces]
        line = np.vstack([curve(piece) for piece in moved])
        x, y = (line - (5, 8)).T * manner.height / 16
        x, y = manner.middle[0] + manner.width * x - manner.slant * y, manner.middle[1] + y
        strokes.append(np.round(np.stack([x, y], axis=1), 2).tolist())
    return Scripted(digit, name, strokes, manner.pen)
