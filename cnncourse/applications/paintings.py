"""Three pictures in a manner of their own, painted by rule and by chance, to take a style from (lesson 11).

They are nobody's work, so that anyone may use them, and they come in any size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Size = tuple[int, int]
FINER = 3  # painted so many times larger and then averaged, so that edges are smooth

NIGHT = [(20, 33, 97), (33, 69, 153), (64, 120, 191), (128, 179, 209), (26, 102, 128)]
GOLD = [(250, 217, 77), (242, 166, 38), (255, 242, 179)]
GLASS = [(217, 26, 26), (242, 191, 26), (26, 77, 191), (13, 140, 89), (242, 237, 217), (128, 26, 128), (242, 115, 26)]
BOARD = [(217, 26, 26), (242, 204, 26), (26, 51, 166), (245, 242, 230), (245, 242, 230), (13, 13, 13)]

# Where the strokes turn round: its row and column as shares of height and width, and which way.
TURNS = ((0.30, 0.32, 1), (0.55, 0.72, -1), (0.85, 0.20, 1))


def painting(name: str, size: Size = (192, 240), *, seed: int = 0) -> Array:
    """Paint a picture to take a style from (lesson 11).

    Parameters
    ----------
    name : {"strokes", "glass", "squares"}
        ``"strokes"``: short strokes of a brush that run in whirls, blue and gold. ``"glass"``: coloured panes in lead.
        ``"squares"``: upright fields of plain colours between black bars.
    size : (int, int), pixels
        Height and width, 16 or more each.
    seed : int
        Of the chance in it.

    Returns
    -------
    array, shape (height, width, 3), in [0, 1]

    Raises
    ------
    ValueError
        If there is no painting of this name, or the size is too small.

    Examples
    --------
    >>> painting("glass", (48, 64)).shape
    (48, 64, 3)
    """
    if name not in PAINTERS:
        raise ValueError(f"expected a painting out of {', '.join(PAINTERS)}, got {name!r}")
    if min(size) < 16:
        raise ValueError(f"expected a size of 16 pixels or more each way, got {size}: there is no room for a pattern")
    chance = np.random.default_rng(seed)
    return PAINTERS[name](size, chance)


def flow(rows: Array, columns: Array, size: Size) -> tuple[Array, Array]:
    """Tell which way a stroke runs at each place, as steps of length 1 down and to the right.

    Parameters
    ----------
    rows, columns : array, pixels
        The places.
    size : (int, int), pixels
        Of the picture; the whirls stand at shares of it.

    Returns
    -------
    (array, array), same shape
    """
    down, right = np.zeros_like(rows), np.full_like(columns, 0.3)  # a light wind to the right
    for row, column, way in TURNS:
        below, aside = rows - row * size[0], columns - column * size[1]
        near = way * np.exp(-(below**2 + aside**2) / (0.09 * size[0] * size[1]))
        length = np.sqrt(below**2 + aside**2 + 1)
        down, right = down + near * aside / length, right - near * below / length
    length = np.hypot(down, right) + 1e-9
    return down / length, right / length


def _strokes(size: Size, chance: np.random.Generator) -> Array:
    count = size[0] * size[1] // 18
    rows, columns = chance.uniform(-5, size[0] + 5, count), chance.uniform(-5, size[1] + 5, count)
    golden = chance.random(count) < _near_a_turn(rows, columns, size)
    blues, golds = chance.integers(len(NIGHT), size=count), chance.integers(len(GOLD), size=count)
    widths = chance.uniform(2, 3.6, count)
    paths = [(rows, columns)]
    for _ in range(10):
        down, right = flow(*paths[-1], size)
        paths.append((paths[-1][0] + 2.2 * down, paths[-1][1] + 2.2 * right))
    sheet, brush = _canvas(size, NIGHT[1])
    for one in range(count):
        points = [(FINER * float(x[one]), FINER * float(y[one])) for y, x in paths]
        colour = GOLD[golds[one]] if golden[one] else NIGHT[blues[one]]
        brush.line(points, fill=colour, width=round(FINER * widths[one]), joint="curve")
    return _smaller(sheet, size)


def _near_a_turn(rows: Array, columns: Array, size: Size) -> Array:
    """Tell how surely a stroke is golden: 1 in the eye of a whirl."""
    squares = [(rows - row * size[0]) ** 2 + (columns - column * size[1]) ** 2 for row, column, _ in TURNS]
    return np.asarray(np.exp(-np.min(squares, axis=0) / (0.012 * size[0] * size[1])))


def _glass(size: Size, chance: np.random.Generator) -> Array:
    count = max(3, size[0] * size[1] // 512)
    middles = chance.uniform(size=(count, 2)) * size
    rows, columns = np.mgrid[: size[0], : size[1]]
    away = np.hypot(rows[..., None] - middles[:, 0], columns[..., None] - middles[:, 1])  # (height, width, count)
    nearest, second = np.moveaxis(np.partition(away, 1, axis=2)[..., :2], 2, 0)
    lead = np.clip((second - nearest) / 2 - 1, 0, 1)[..., None]  # 0 where two panes are equally near
    colours = np.array(GLASS)[chance.integers(len(GLASS), size=count)] / 255
    lit = 0.85 + 0.15 * (nearest / nearest.max())[..., None]
    return np.asarray(np.clip(colours[away.argmin(axis=2)] * lead * lit + 0.02, 0, 1))


def _squares(size: Size, chance: np.random.Generator) -> Array:
    sheet, brush = _canvas(size, BOARD[-1])

    def divide(top: int, bottom: int, left: int, right: int, depth: int) -> None:
        height, width = bottom - top, right - left
        if depth == 0 or min(height, width) < 18:
            corners = [FINER * (left + 1), FINER * (top + 1), FINER * (right - 1), FINER * (bottom - 1)]
            brush.rectangle(corners, fill=BOARD[int(chance.integers(len(BOARD)))])
        elif height > width:
            middle = int(top + height * chance.uniform(0.3, 0.7))
            divide(top, middle, left, right, depth - 1)
            divide(middle, bottom, left, right, depth - 1)
        else:
            middle = int(left + width * chance.uniform(0.3, 0.7))
            divide(top, bottom, left, middle, depth - 1)
            divide(top, bottom, middle, right, depth - 1)

    divide(0, size[0], 0, size[1], 6)
    return _smaller(sheet, size)


def _canvas(size: Size, colour: tuple[int, int, int]) -> tuple[Any, Any]:
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (FINER * size[1], FINER * size[0]), colour)
    return sheet, ImageDraw.Draw(sheet)


def _smaller(sheet: Any, size: Size) -> Array:
    """Average squares of `FINER` × `FINER` pixels."""
    values = np.asarray(sheet, dtype=float) / 255
    return np.asarray(values.reshape(size[0], FINER, size[1], FINER, 3).mean(axis=(1, 3)))


PAINTERS: dict[str, Callable[[Size, np.random.Generator], Array]] = {
    "strokes": _strokes,
    "glass": _glass,
    "squares": _squares,
}
