"""The map of the course, drawn from what the lessons say of themselves."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cnncourse.course_layout import BOX_HEIGHT, BOX_WIDTH, Stop, direct_needs, layout, ways
from cnncourse.lessons import Lesson, find_notebooks, read_lessons
from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTERS = 20  # of 12 points, side by side in a box
BLUE, PALE, SAND, GREY = "#0072B2", "#EAF3F9", "#FFF1CC", "#555555"


def course_map(lessons: Sequence[Lesson] | None = None, ax: Axes | None = None, *, here: int | None = None) -> Axes:
    """Draw the course: a box a lesson, an arrow from each lesson to those that build on it (lesson 00).

    Parameters
    ----------
    lessons : sequence of Lesson, optional
        What to draw; by default the lessons of the folder that this runs in.
    ax : Axes, optional
        Where to draw; a new figure, as large as the map, if there is none.
    here : int, optional
        Number of the lesson to mark as the one where the reader is.

    Returns
    -------
    Axes
        With the map drawn, and described in words.

    Raises
    ------
    ValueError
        If there are no lessons, or one needs itself or a later one.
    FileNotFoundError
        If none are given, and none are found from here.
    """
    lessons = read_lessons(find_notebooks()) if lessons is None else lessons
    if not lessons:
        raise ValueError("expected one lesson or more, got none; read_lessons(find_notebooks()) finds them")
    places = layout(lessons)
    ax = ax or _new_axes(places)
    for way in ways(direct_needs(lessons)):
        _draw_arrow(ax, [places[stop] for stop in way])
    by_number = {lesson.number: lesson for lesson in lessons}
    for stop, (x, y) in places.items():
        if stop.passes_from is None:
            _draw_box(ax, x, y, by_number[stop.lesson], here=stop.lesson == here)
    ax.set(aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    describe(ax, map_in_words(lessons, here=here))
    return ax


def map_in_words(lessons: Sequence[Lesson], *, here: int | None = None) -> str:
    """Tell the map to somebody who cannot see it.

    Parameters
    ----------
    lessons : sequence of Lesson
        The lessons.
    here : int, optional
        Number of the lesson where the reader is.

    Returns
    -------
    str
        Every lesson with its minutes and what it builds on directly.
    """
    needs = direct_needs(lessons)
    total = sum(lesson.minutes for lesson in lessons)
    told = [f"Map of the course: {_count(len(lessons), 'lesson')}, {total} minutes in all."]
    for lesson in lessons:
        before = " and ".join(f"{need:02d}" for need in needs[lesson.number])
        after = f"builds on {before}" if before else "needs nothing before it"
        you = "; you are here" if lesson.number == here else ""
        told.append(f"{lesson.number:02d} {lesson.title}, {lesson.minutes} minutes, {after}{you}.")
    return " ".join(told)


def _new_axes(places: dict[Stop, tuple[float, float]]) -> Axes:
    import matplotlib.pyplot as plt

    half = max(abs(x) + stop.width / 2 for stop, (x, _) in places.items()) + 0.05
    low = min(y for _, y in places.values()) - BOX_HEIGHT / 2 - 0.05
    high = BOX_HEIGHT / 2 + 0.05
    ax = plt.subplots(figsize=(2 * half, high - low), layout="none")[1]
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(-half, half), ylim=(low, high))
    return ax


def _draw_box(ax: Axes, x: float, y: float, lesson: Lesson, *, here: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    corner = (x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2)
    look: dict[str, Any] = {
        "facecolor": SAND if here else PALE,
        "edgecolor": BLUE,
        "linewidth": 2.5 if here else 1.2,
        "zorder": 2,
    }
    ax.add_patch(FancyBboxPatch(corner, BOX_WIDTH, BOX_HEIGHT, boxstyle="round,pad=0,rounding_size=0.12", **look))
    lines = textwrap.wrap(f"{lesson.number:02d} {lesson.title}", LETTERS, max_lines=2, placeholder=" …")
    minutes = f"{lesson.minutes} min" + (" · you are here" if here else "")
    ax.text(x, y + 0.13, "\n".join(lines), ha="center", va="center", weight="bold", zorder=3, linespacing=1.15)
    ax.text(x, y - 0.31, minutes, ha="center", va="center", color="#444444", zorder=3)


def _draw_arrow(ax: Axes, points: list[tuple[float, float]]) -> None:
    from matplotlib.patches import FancyArrowPatch, PathPatch
    from matplotlib.path import Path

    half = BOX_HEIGHT / 2
    vertices, codes = [(points[0][0], points[0][1] - half)], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        bottom, top = y0 - half, y1 + half + (0.08 if (x1, y1) == points[-1] else 0)
        middle = (bottom + top) / 2
        vertices += [(x0, bottom), (x0, middle), (x1, middle), (x1, top)]
        codes += [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    ax.add_patch(PathPatch(Path(vertices, codes), fill=False, edgecolor=GREY, linewidth=1.6, zorder=1))
    x, y = points[-1][0], points[-1][1] + half
    head = FancyArrowPatch((x, y + 0.1), (x, y), arrowstyle="-|>", mutation_scale=15, shrinkA=0, shrinkB=0, color=GREY)
    ax.add_patch(head)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
