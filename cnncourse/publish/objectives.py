"""The matrix of objectives: which section teaches one, which question asks about it, which exercise practises it.

As a program it writes ``teaching/objectives.md`` anew: ``python -m cnncourse.publish.objectives``.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from cnncourse._files import write_whole
from cnncourse.checks import LESSONS, exercises
from cnncourse.lessons import Lesson, find_notebooks, read_lessons
from cnncourse.publish.execute import tags
from cnncourse.publish.exercises import FOLDER
from cnncourse.publish.pages import anchor
from cnncourse.quizzes import FOLDER as QUIZZES
from cnncourse.quizzes import read_quizzes

PAGE = "objectives.md"
_TABLE = Path(__file__).with_name("book") / "objectives.toml"
_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_PRACTISED = re.compile(r"<!-- objectives: ([\d, ]+) -->")

INTRODUCTION = """# Objectives

What each lesson promises, and where the promise is kept: the sections that teach an objective, the questions under
*Check yourself* that ask about it, and the exercises that practise it. Questions and exercises go by their names in
`cnncourse/quizzes/` and `cnncourse/checks/`; those that begin with *open* are answered in words. Lesson 00 teaches how
to work, which no question can ask for, so not all of its objectives have one. Lessons without a set of exercises have
none.

`.venv/bin/python -m cnncourse.publish.objectives` makes this page from the notebooks, the quizzes and the exercises.
"""


@dataclass(frozen=True)
class Section:
    """A section of a lesson.

    Attributes
    ----------
    cell : str
        The id of the cell in which its heading stands.
    heading : str
        The heading, with its number.
    objectives : tuple of int
        Which of the lesson's objectives it serves; none if it only sets the scene.
    """

    cell: str
    heading: str
    objectives: tuple[int, ...]


@dataclass(frozen=True)
class Objective:
    """What a learner will be able to do, and where that is taught, asked and practised.

    Attributes
    ----------
    number : int
        Place in the lesson's list.
    text : str
        The objective, in Markdown.
    sections : tuple of Section
        Those that serve it.
    questions, exercises : tuple of str
        Names, such as ``"02-output-size"``.
    """

    number: int
    text: str
    sections: tuple[Section, ...]
    questions: tuple[str, ...]
    exercises: tuple[str, ...]


def read_objectives(lesson: Lesson) -> list[Objective]:
    """Collect a lesson's objectives, with all that serves them.

    Parameters
    ----------
    lesson : Lesson
        The lesson; its exercises lie in the folder ``exercises`` beside it.

    Returns
    -------
    list of Objective
        In the order of the lesson's list.

    Raises
    ------
    ValueError
        If something names an objective that the lesson does not have.
    """
    texts = {
        int(number): text
        for cell in _cells(lesson.path)
        if "objectives" in tags(cell)
        for number, text in _NUMBERED.findall(cell.source)
    }
    sections = read_sections(lesson)
    questions, practised = _asked(lesson), _practised(lesson)
    named = {one.cell: one.objectives for one in sections} | questions | practised
    for name, numbers in named.items():
        if unknown := set(numbers) - set(texts):
            raise ValueError(
                f"{name} serves objective {min(unknown)}; lesson {lesson.number:02d} has 1 to {len(texts)}"
            )
    return [
        Objective(
            number,
            text,
            tuple(one for one in sections if number in one.objectives),
            tuple(name for name, numbers in questions.items() if number in numbers),
            tuple(name for name, numbers in practised.items() if number in numbers),
        )
        for number, text in texts.items()
    ]


def read_sections(lesson: Lesson) -> list[Section]:
    """List a lesson's sections, each with the objectives that it serves.

    Parameters
    ----------
    lesson : Lesson
        The lesson.

    Returns
    -------
    list of Section
        All numbered sections, and others that ``objectives.toml`` names, in reading order.

    Raises
    ------
    ValueError
        If ``objectives.toml`` leaves a numbered section out, or names a cell that is no section.
    """
    serves: Mapping[str, list[int]] = _table().get(f"{lesson.number:02d}", {})
    headings = {
        cell.id: cell.source.partition("\n")[0].removeprefix("## ").strip()
        for cell in _cells(lesson.path)
        if cell.cell_type == "markdown" and cell.source.startswith("## ")
    }
    for cell, heading in headings.items():
        if re.match(r"\d+\b", heading) and cell not in serves:
            raise ValueError(f"{_TABLE.name}, [{lesson.number:02d}]: a line is missing for {cell}, “{heading}”")
    if strangers := [cell for cell in serves if cell not in headings]:
        raise ValueError(
            f"{_TABLE.name}, [{lesson.number:02d}], {strangers[0]}: no section has its heading in this cell"
        )
    return [Section(cell, headings[cell], tuple(serves[cell])) for cell in headings if cell in serves]


@cache
def _table() -> dict[str, dict[str, list[int]]]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def _cells(path: Path) -> list[NotebookNode]:
    cells: list[NotebookNode] = nbformat.read(path, as_version=4).cells
    return cells


def _asked(lesson: Lesson) -> dict[str, tuple[int, ...]]:
    path = QUIZZES / f"{lesson.path.stem}.toml"
    return {name: text.objectives for name, text in read_quizzes(path).items()} if path.exists() else {}


def _practised(lesson: Lesson) -> dict[str, tuple[int, ...]]:
    """Return which objectives each exercise practises; for an open question, a comment in its prompt says so."""
    number = f"{lesson.number:02d}"
    by_machine = {one.name: one.objectives for one in exercises(number)} if number in LESSONS else {}
    path = lesson.path.parent / FOLDER / lesson.path.name
    in_words, before = {}, ""
    for cell in _cells(path) if path.exists() else []:
        if found := _PRACTISED.match(before):
            in_words[cell.metadata.nbgrader.grade_id] = tuple(int(one) for one in found[1].split(","))
        before = cell.source
    return by_machine | in_words


def objectives_page(lessons: Iterable[Lesson]) -> str:
    """Write the matrix of all lessons as a page of the lecturer's guide.

    Parameters
    ----------
    lessons : iterable of Lesson
        In teaching order.

    Returns
    -------
    str
        Markdown, with links as they hold in the folder ``teaching``.
    """
    return "\n".join([INTRODUCTION, *(_lesson(lesson) for lesson in lessons)])


def _lesson(lesson: Lesson) -> str:
    lines = [f"## {lesson.number:02d} · {lesson.title}", ""]
    lines += ["| objective | sections | questions | exercises |", "|---|---|---|---|"]
    lines += [
        f"| {one.number}. {one.text} | {_sections(lesson, one)} | {_names(one.questions)} | {_names(one.exercises)} |"
        for one in read_objectives(lesson)
    ]
    return "\n".join(lines) + "\n"


def _sections(lesson: Lesson, objective: Objective) -> str:
    page = f"../notebooks/{lesson.path.name}"
    return "<br>".join(f"[{one.heading}]({page}#{address(one.heading)})" for one in objective.sections)


def address(heading: str) -> str:
    """Write the anchor of a heading as a link in Markdown can hold it.

    Examples
    --------
    >>> address('The "frozen" `max`')
    'The-%22frozen%22-max'
    """
    return quote(
        anchor(re.sub(r"[*`]", "", heading)),
        safe="".join(chr(code) for code in range(33, 127) if chr(code) not in '"()<>`%'),
    )


def _names(names: Iterable[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names) or "–"


if __name__ == "__main__":
    folder = find_notebooks()
    write_whole(folder.parent / "teaching" / PAGE, objectives_page(read_lessons(folder)))
    print(f"written: teaching/{PAGE}", file=sys.stderr)
