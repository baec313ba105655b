"""Reading a table of a quiz file key by key, with errors that name the place."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Rows = tuple[tuple[float, ...], ...]

_CELL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(/\d+)?")
_ABSENT = object()


def read_rows(text: str) -> Rows:
    """Read a number, several, a shape or a matrix as a quiz file may write it.

    The page understands more (decimal commas, brackets, thousands); in a file only what can be read in one way stands.

    Parameters
    ----------
    text : str
        Such as ``"-4"``, ``"1/9"``, ``"5x5"``, ``"5 5"`` or ``"0 1 3 / 1 1 1"``.

    Returns
    -------
    tuple of rows
        One row for numbers and shapes.

    Raises
    ------
    ValueError
        If it cannot be read.

    Examples
    --------
    >>> read_rows("5x3")
    ((5.0, 3.0),)
    >>> read_rows("-1 0 / 0.5 1/4")
    ((-1.0, 0.0), (0.5, 0.25))
    """
    text = text.strip().lower().replace("−", "-")
    lines = re.split(r"\s+/\s+|\s*;\s*|\s*\n\s*", text)
    cells = [re.split(r"\s*[x×]\s*|\s+", line.strip()) for line in lines]
    if len({len(row) for row in cells}) > 1 or not all(_CELL.fullmatch(cell) for row in cells for cell in row):
        raise ValueError(f"cannot read {text!r} as numbers; write '5', '1/9', '5x5', '5 5' or '0 1 / 2 3'")
    return tuple(tuple(_value(cell) for cell in row) for row in cells)


def _value(cell: str) -> float:
    above, _, below = cell.partition("/")
    if below and not int(below):
        raise ValueError(f"{cell!r} divides by zero")
    return float(Fraction(above) / int(below)) if below else float(above)


def number_rows(value: object) -> Rows:
    """Bring a number, a row of numbers or rows of numbers into rows; a string is read.

    Raises
    ------
    ValueError
        If it is none of these, its rows differ in length, or a number is not finite.
    """
    if isinstance(value, str):
        return read_rows(value)
    if not isinstance(value, Sequence):
        return ((_finite(value),),)
    rows = value if value and all(isinstance(row, Sequence) for row in value) else [value]
    if not rows[0] or len({len(row) for row in rows}) > 1:
        raise ValueError("expected rows of equal length, at least one number long")
    return tuple(tuple(_finite(cell) for cell in row) for row in rows)


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"expected a finite number, got {value!r}")
    return float(value)


class Fields:
    """One table of a quiz file; remembers which keys were asked for, so that `finish` finds misspelt ones."""

    def __init__(self, place: str, table: object) -> None:
        self.place = place
        if not isinstance(table, dict):
            raise ValueError(f"{place}: expected a table of keys, got {table!r}")
        self._left: dict[str, Any] = dict(table)
        self._asked: list[str] = []

    def error(self, key: str, expected: str, came: str) -> ValueError:
        """Make the error that says where it is, what was expected and what came."""
        return ValueError(f"{self.place}, {key}: expected {expected}, got {came}")

    def _take(self, key: str, default: Any = _ABSENT) -> Any:
        self._asked.append(key)
        value = self._left.pop(key, default)
        if value is _ABSENT:
            raise ValueError(f"{self.place}, {key}: this key is missing")
        return value

    def text(self, key: str, default: Any = _ABSENT, *, choices: tuple[str, ...] = ()) -> str:
        """Take a text that is not empty, one of `choices` if given."""
        value = self._take(key, default)
        if value is default:
            return str(default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "a text", repr(value))
        if choices and value not in choices:
            raise self.error(key, " or ".join(f'"{choice}"' for choice in choices), repr(value))
        return value.strip()

    def flag(self, key: str) -> bool:
        """Take true or false; false where the key is absent."""
        value = self._take(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "true or false", repr(value))
        return value

    def number(self, key: str, default: float) -> float:
        """Take a number, 0 or more."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            raise self.error(key, "a number, 0 or more", repr(value))
        return float(value)

    def counts(self, key: str) -> tuple[int, ...]:
        """Take a list of whole numbers from 1 on, each of them once; empty where the key is absent."""
        value = self._take(key, [])
        whole = isinstance(value, list) and all(type(one) is int and one >= 1 for one in value)
        if not whole or len(set(value)) < len(value):
            raise self.error(key, "a list of different whole numbers from 1 on", repr(value))
        return tuple(value)

    def rows(self, key: str) -> Rows:
        """Take an answer made of numbers."""
        value = self._take(key)
        try:
            return number_rows(value)
        except ValueError as error:
            raise self.error(key, "numbers", f"{value!r}: {error}") from error

    def reasons(self, key: str) -> tuple[tuple[Rows, str], ...]:
        """Take a table from wrong answers to their reasons; every answer once."""
        inner = Fields(f"{self.place}, {key}", self._take(key, {}))
        found: dict[Rows, str] = {}
        for typed in list(inner._left):
            try:
                rows = read_rows(typed)
            except ValueError as error:
                raise ValueError(f"{inner.place}: {error}") from error
            if rows in found:
                raise inner.error(typed, "every wrong answer once", "the same numbers again")
            found[rows] = inner.text(typed)
        return tuple(found.items())

    def tables(self, key: str) -> list[Fields]:
        """Take a list of tables, each with a place of its own, counted from 1."""
        value = self._take(key)
        if not isinstance(value, list):
            raise self.error(key, "a list of { … }", repr(value))
        return [Fields(f"{self.place}, {key} {count}", entry) for count, entry in enumerate(value, start=1)]

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._left:
            raise ValueError(f"{self.place}, {key}: no such key here; there are {', '.join(self._asked)}")
