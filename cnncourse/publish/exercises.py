"""Sets of exercises as pages of the book: without solutions, with hints that wait to be opened."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from cnncourse.checks import LESSONS, Exercise, exercises
from cnncourse.lessons import Lesson
from cnncourse.publish.start import without_solutions

FOLDER = "exercises"  # of the site, as in the folder of the lessons, so that links between both hold


class ExerciseSet(NamedTuple):
    """A set of exercises on its way into the book.

    Attributes
    ----------
    lesson : Lesson
        The lesson that it belongs to.
    given_out : bytes
        The notebook as learners get it.
    page : NotebookNode
        What the book shows of it.
    """

    lesson: Lesson
    given_out: bytes
    page: NotebookNode

    @property
    def name(self) -> str:
        """The page's name, such as ``"exercises/02_convolution_by_hand"``."""
        return f"{FOLDER}/{self.lesson.path.stem}"

    @property
    def extent(self) -> str:
        """How much there is to do."""
        parts = [
            cell.metadata["nbgrader"] for cell in self.page.cells if cell.metadata.get("nbgrader", {}).get("grade")
        ]
        points = sum(part["points"] for part in parts)
        return f"{len(parts)} exercises, {points:g} points"


def read_set(lesson: Lesson) -> ExerciseSet | str | None:
    """Make the page of a lesson's exercises.

    Parameters
    ----------
    lesson : Lesson
        The lesson; its exercises lie in the folder ``exercises`` beside it, under the same name.

    Returns
    -------
    ExerciseSet, str or None
        None if the lesson has no exercises; the reason in words if the page cannot be made.
    """
    path = lesson.path.parent / FOLDER / lesson.path.name
    if not path.exists():
        return None
    given_out = without_solutions(path)
    if isinstance(given_out, str):
        return given_out
    return ExerciseSet(lesson, given_out, _page(given_out, path))


def _page(given_out: bytes, path: Path) -> NotebookNode:
    shown: NotebookNode = nbformat.reads(given_out.decode(), as_version=4)
    hints = {exercise.name: exercise.hints for exercise in _checked(path)}
    cells = [shown.cells[0], nbformat.v4.new_markdown_cell(_how_to_answer(path), id="how-to-answer")]
    for cell in shown.cells[1:]:
        cells.append(cell)
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cells += [_hint(name, number, text) for number, text in enumerate(hints.get(name, ()), start=1)]
    shown.cells = cells
    return shown


def _checked(path: Path) -> tuple[Exercise, ...]:
    number = path.name[:2]
    return exercises(number) if number in LESSONS else ()


def _how_to_answer(path: Path) -> str:
    return (
        f"**On this page** you read the exercises; you answer them in JupyterLab, in `my-course/{FOLDER}/{path.name}`, "
        "where `make lab` has put a copy, or in the notebook that the arrow at the top of this page downloads. Numbers "
        "that are your own are drawn there. Hints wait below each exercise until you open them."
    )


def _hint(exercise: str, number: int, text: str) -> NotebookNode:
    name = f"{exercise}-hint-{number}"
    fold = f'<details class="hint"><summary>Hint {number}</summary>'
    return nbformat.v4.new_markdown_cell(f"{fold}\n\n{text}\n\n</details>", id=name[:64])
