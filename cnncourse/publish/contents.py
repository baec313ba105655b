"""The book's start page: a map, the lessons as they describe themselves, and what there is to look up."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping, Sequence
from itertools import pairwise

from cnncourse.course_layout import BOX_WIDTH, ROW, Stop, direct_needs, layout, ways
from cnncourse.lessons import Lesson
from cnncourse.publish.exercises import ExerciseSet
from cnncourse.publish.guide import CAPTION

LOOK_UP = {
    "glossary": ("Glossary", "every word of the course in a sentence or two"),
    "figures": ("Figures", "all figures, each with what is to be seen in words"),
    "references": ("References", "the works that the lessons build on, and which lesson cites them"),
    "licences": ("Data and licences", "whose the data, the networks, the texts and the code are"),
}
_ACROSS = 132  # units of the drawing for an inch of the layout, whose boxes are as wide as one line of words
_ROW, _BOX = 68, 44  # units from one row to the next, and of a box: lower than on paper, for a page is narrow and long
_WIDE = _ACROSS * BOX_WIDTH
_LETTERS = 31  # of a title in a box
_MARGIN = 4

INTRODUCTION = """# Convolutional neural networks

A course that runs: every number and every picture on these pages was computed by the code beside it, and the explorers
answer to your hand. To change the code as well, download a lesson as a notebook.
"""


def start_page(lessons: Sequence[Lesson], sets: Mapping[Lesson, ExerciseSet], *, guide: Sequence[str] = ()) -> str:
    """Write the start page in MyST Markdown, made of what the lessons say of themselves.

    Parameters
    ----------
    lessons : sequence of Lesson
        In teaching order.
    sets : mapping of Lesson to ExerciseSet
        The exercises of those lessons that have some.
    guide : sequence of str
        Names of the pages for lecturers, the first of them to begin with.

    Returns
    -------
    str
        Map, lessons and what there is to look up, then the tables of contents that Sphinx reads.
    """
    entries = "\n".join(_entry(lesson, lessons, sets.get(lesson)) for lesson in lessons)
    looked_up = "\n".join(f"- [{title}]({page}.md): {told}" for page, (title, told) in LOOK_UP.items())
    return (
        f"{INTRODUCTION}\n{course_map(lessons)}\n\n"
        f'## Lessons\n\n<ol class="lessons">\n{entries}\n</ol>\n\n'
        f"## To look up\n\n{looked_up}\n\n"
        f"{_to_teach(guide)}"
        f"{_contents('Lessons', [f'{label(lesson)} <{lesson.path.stem}>' for lesson in lessons])}"
        f"{_contents('Exercises', [f'{label(lesson)} <{one.name}>' for lesson, one in sets.items()])}"
        f"{_contents('To look up', list(LOOK_UP))}"
        f"{_contents(CAPTION, guide)}"
    )


def _to_teach(guide: Sequence[str]) -> str:
    if not guide:
        return ""
    told = "timetables, each lesson's order and misconceptions, objectives, grading, and how to adapt the course"
    return f"## To teach\n\n- [{CAPTION}]({guide[0]}.md): {told}\n\n"


def label(lesson: Lesson) -> str:
    """Name a lesson by its number and its title."""
    return f"{lesson.number:02d} {lesson.title}"


def _contents(caption: str, pages: Sequence[str]) -> str:
    listed = "\n".join(pages)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n\n" if pages else ""


def _entry(lesson: Lesson, lessons: Sequence[Lesson], exercises: ExerciseSet | None) -> str:
    facts = [f"{lesson.minutes} minutes"]
    needed = [other for other in lessons if other.number in lesson.needs]
    if needed:
        links = ", ".join(f'<a href="{other.path.stem}.html">{html.escape(label(other))}</a>' for other in needed)
        facts.append(f"after {links}")
    if exercises:
        facts.append(f'<a href="{exercises.name}.html">{exercises.extent}</a>')
    return (
        f'<li><a class="lesson" href="{lesson.path.stem}.html"><span>{lesson.number:02d}</span> '
        f"{html.escape(lesson.title)}</a><p>{html.escape(lesson.summary)}</p>"
        f'<p class="facts">{" · ".join(facts)}</p></li>'
    )


def course_map(lessons: Sequence[Lesson]) -> str:
    """Draw the course as HTML: a box a lesson that leads to it, an arrow to each lesson that builds on it.

    Parameters
    ----------
    lessons : sequence of Lesson
        What to draw.

    Returns
    -------
    str
        A ``<nav>`` with a drawing in it, without an empty line; its colours are the style sheet's.
    """
    places = {stop: (x * _ACROSS, -y / ROW * _ROW) for stop, (x, y) in layout(lessons).items()}
    half = max(abs(x) + stop.width * _ACROSS / 2 for stop, (x, _) in places.items()) + _MARGIN
    height = max(y for _, y in places.values()) + _BOX + 2 * _MARGIN
    arrows = "\n".join(_arrow([places[stop] for stop in way]) for way in ways(direct_needs(lessons)))
    by_number = {lesson.number: lesson for lesson in lessons}
    boxes = "\n".join(_box(by_number[stop.lesson], *places[stop]) for stop in _in_order(places))
    return (
        '<nav class="course-map" aria-label="Map of the course">\n'
        f'<svg viewBox="{-half:.0f} {-_BOX / 2 - _MARGIN:.0f} {2 * half:.0f} {height:.0f}" width="{2 * half:.0f}">\n'
        f'<g aria-hidden="true">\n{arrows}\n</g>\n{boxes}\n</svg>\n</nav>'
    )


def _in_order(places: Mapping[Stop, tuple[float, float]]) -> list[Stop]:
    """Order the lessons by number, for that is the order in which the keyboard visits them."""
    return sorted((stop for stop in places if stop.passes_from is None), key=lambda stop: stop.lesson)


def _box(lesson: Lesson, x: float, y: float) -> str:
    title = textwrap.shorten(label(lesson), _LETTERS, placeholder=" …")
    left, right = x - _WIDE / 2, x + _WIDE / 2
    return (
        f'<a href="{lesson.path.stem}.html"><rect x="{left:.0f}" y="{y - _BOX / 2:.0f}" width="{_WIDE:.0f}" '
        f'height="{_BOX}" rx="8"/><text class="title" x="{left + 10:.0f}" y="{y + 5:.0f}">{html.escape(title)} </text>'
        f'<text class="minutes" x="{right - 10:.0f}" y="{y + 5:.0f}">{lesson.minutes} min</text></a>'
    )


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    """Draw one way from box to box; it bends between rows and runs straight through them."""
    way = ""
    for (x0, y0), (x1, y1) in pairwise(points):
        bottom, top = y0 + _BOX / 2, y1 - _BOX / 2
        middle = (bottom + top) / 2
        bend = f"{x0:.0f} {middle:.0f} {x1:.0f} {middle:.0f} {x1:.0f} {top:.0f}"
        way += f"{'L' if way else 'M'}{x0:.0f} {bottom:.0f} C{bend} "
    x, y = points[-1][0], points[-1][1] - _BOX / 2
    return f'<path d="{way.strip()}"/><path class="head" d="M{x:.0f} {y:.0f} l-5 -9 h10 z"/>'
