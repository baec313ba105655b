"""Where the lessons stand on the map of the course: in rows, so that every arrow leads downwards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cnncourse.lessons import Lesson

BOX_WIDTH, BOX_HEIGHT = 2.45, 0.95  # inches
PASSAGE = 0.3  # width in inches that an arrow takes where it runs past a box
GAP, ROW = 0.35, 1.4  # inches between two boxes, and from one row to the next


class Stop(NamedTuple):
    """A place of the map: a lesson, or the passage of an arrow through a row.

    Attributes
    ----------
    row : int
        Which row, from the top.
    lesson : int
        Number of the lesson, or of the one that the arrow leads to.
    passes_from : int or None
        Number of the lesson that the passing arrow starts from; None where a lesson stands.
    """

    row: int
    lesson: int
    passes_from: int | None = None

    @property
    def width(self) -> float:
        """Inches that it takes in its row."""
        return BOX_WIDTH if self.passes_from is None else PASSAGE


def direct_needs(lessons: Sequence[Lesson]) -> dict[int, list[int]]:
    """Say which lesson builds directly on which: what another need already implies is left out.

    Parameters
    ----------
    lessons : sequence of Lesson
        The lessons; needs that are not among them are passed over.

    Returns
    -------
    dict
        Number of a lesson -> numbers of those directly before it.

    Raises
    ------
    ValueError
        If a lesson needs itself or one that comes after it.
    """
    wrong = [lesson for lesson in lessons if any(need >= lesson.number for need in lesson.needs)]
    if wrong:
        raise ValueError(f"lesson {wrong[0].number} needs {wrong[0].needs}: only lessons before it can be needed")
    present = {lesson.number: set(lesson.needs) & {other.number for other in lessons} for lesson in lessons}
    all_before: dict[int, set[int]] = {}
    for number in sorted(present):
        all_before[number] = present[number].union(*(all_before[need] for need in present[number]))
    implied = {number: set().union(*(all_before[need] for need in present[number])) for number in present}
    return {number: sorted(present[number] - implied[number]) for number in sorted(present)}


def ways(needs: dict[int, list[int]]) -> list[list[Stop]]:
    """List every arrow as the stops that it touches, one a row.

    Parameters
    ----------
    needs : dict
        Number of a lesson -> numbers of those directly before it.

    Returns
    -------
    list of list of Stop
        From the lesson that is needed, past the rows between, to the lesson that needs it.

    Examples
    --------
    >>> [[stop.row for stop in way] for way in ways({0: [], 1: [0], 2: [1], 3: [0]})]
    [[0, 1], [1, 2], [0, 1]]
    """
    rows = _rows(needs)
    return [
        [Stop(rows[need], need)]
        + [Stop(row, number, need) for row in range(rows[need] + 1, rows[number])]
        + [Stop(rows[number], number)]
        for number in needs
        for need in needs[number]
    ]


def layout(lessons: Sequence[Lesson]) -> dict[Stop, tuple[float, float]]:
    """Place the lessons in rows, so that every arrow leads downwards and none runs through a box.

    A lesson stands one row below the lowest of those it needs. An arrow that crosses a row has a place of its own
    there. Within a row, places follow the mean position of what leads to them [1]_, and the row is centred.

    Parameters
    ----------
    lessons : sequence of Lesson
        The lessons.

    Returns
    -------
    dict
        Stop -> (x, y) of its middle in inches, y upwards, the first row at 0.

    References
    ----------
    .. [1] K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE
       Transactions on Systems, Man, and Cybernetics 11, 1981.
    """
    needs = direct_needs(lessons)
    rows = _rows(needs)
    above: dict[Stop, list[Stop]] = {Stop(rows[number], number): [] for number in needs}
    for way in ways(needs):
        for upper, lower in pairwise(way):
            above.setdefault(lower, []).append(upper)
    places: dict[Stop, tuple[float, float]] = {}
    for row in range(max(rows.values()) + 1):
        means = {s: sum(places[u][0] for u in above[s]) / max(len(above[s]), 1) for s in above if s.row == row}
        stops = sorted(means, key=lambda stop: (round(means[stop], 6), stop.lesson))
        left = -(sum(stop.width for stop in stops) + GAP * (len(stops) - 1)) / 2
        for stop in stops:
            places[stop] = (left + stop.width / 2, -ROW * row)
            left += stop.width + GAP
    return places


def _rows(needs: dict[int, list[int]]) -> dict[int, int]:
    rows: dict[int, int] = {}
    for number in sorted(needs):
        rows[number] = max((rows[need] + 1 for need in needs[number]), default=0)
    return rows
