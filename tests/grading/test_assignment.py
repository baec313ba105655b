"""Tests that a set is read as it is meant, and that what does not agree with its checks is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnncourse.grading.assignment import blank, read_assignment
from cnncourse.grading.course import Course, GradingError
from tests.exercises.sets import SETS
from tests.grading.classroom import LOOPS, NAME, ONE, OPEN, cell, small_set, write_set

Change = Callable[[list[dict[str, Any]]], Any]


def test_a_set_says_what_is_asked_and_what_runs_before_every_answer(tmp_path: Path):
    assignment = read_assignment(write_set(tmp_path))
    assert (assignment.name, assignment.lesson) == (NAME, "02")
    assert assignment.given == "import numpy as np"
    assert assignment.answers == {ONE: f"answer-{ONE}", LOOPS: f"answer-{LOOPS}"}
    assert assignment.points == {ONE: 1.0, LOOPS: 3.0}
    (asked,) = assignment.open_questions
    assert (asked.name, asked.title, asked.points) == (OPEN, "Why is that so?", 4.0)


def test_the_released_set_is_read_like_its_source(course: Course):
    assert read_assignment(course.released(NAME)) == read_assignment(course.source(NAME))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_every_set_of_the_course_can_be_read(path: Path):
    assignment = read_assignment(path)
    assert assignment.points
    assert all("NotImplementedError" in source for source in assignment.blanks.values())


def version(tmp_path: Path, change: Change) -> str:
    notebook = small_set()
    change(notebook["cells"])
    return read_assignment(write_set(tmp_path, notebook)).version


def test_the_version_changes_with_what_marks_depend_on_and_with_nothing_else(tmp_path: Path):
    same = version(tmp_path, lambda cells: None)
    assert version(tmp_path, lambda cells: cells[0].update(source="# Another title")) == same
    assert version(tmp_path, lambda cells: cells[3].update(source="### BEGIN SOLUTION\n1\n### END SOLUTION")) == same
    assert version(tmp_path, lambda cells: cells[2].update(source="import numpy as np, math")) != same
    assert version(tmp_path, lambda cells: cells[-1]["metadata"]["nbgrader"].update(points=5)) != same
    assert version(tmp_path, lambda cells: cells.__delitem__(slice(3, 5))) != same


def about(number: int, **values: Any) -> Change:
    return lambda cells: cells[number]["metadata"]["nbgrader"].update(values)


FAULTS: dict[str, tuple[Change, str]] = {
    "other points": (about(4, points=7), "expected 1 points for 02-one-place .*got 7"),
    "no such check": (about(4, grade_id="02-no-such"), "'02-no-such' checks what"),
    "of another lesson": (about(4, grade_id="99-x"), "'99-x' checks what"),
    "an answer cell that is missing": (lambda cells: cells.pop(3), "expected a cell answer-02-one-place"),
    "an answer cell for no solution": (about(3, solution=False), "answer-02-one-place should be a code cell"),
    "two cells of one name": (about(5, grade_id=f"answer-{ONE}"), "more than one cell is named 'answer-02-one-place'"),
    "a question without points": (about(8, points=0), "expected open-... with points above 0"),
    "a question of another name": (about(8, grade_id="why"), "expected open-... with points above 0, got 'why'"),
    "nothing to check": (lambda cells: cells.__delitem__(slice(3, 8)), "cells that check an answer, found none"),
    "checks among what is given": (
        lambda cells: cells.append(cell("more", "import cnncourse.checks", tags=["given"])),
        "a given cell imports cnncourse.checks",
    ),
    "no notebook": (lambda cells: cells.append("cell"), "is no notebook with exercises"),
}


@pytest.mark.parametrize(("change", "says"), FAULTS.values(), ids=FAULTS)
def test_a_set_that_does_not_agree_with_its_checks_is_refused(tmp_path: Path, change: Change, says: str):
    notebook = small_set()
    change(notebook["cells"])
    with pytest.raises(GradingError, match=says):
        read_assignment(write_set(tmp_path, notebook))


def test_a_set_is_named_after_its_lesson(tmp_path: Path):
    with pytest.raises(GradingError, match="such as 02_convolution_by_hand, got 'exercises'"):
        read_assignment(write_set(tmp_path).rename(tmp_path / "exercises.ipynb"))


def test_a_set_that_is_not_there_is_missed(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_assignment(tmp_path / "02_none.ipynb")


@pytest.mark.parametrize(
    "source",
    [
        "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nc = 3",
        "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION",
        "no_marks = 'at all'",
        "### BEGIN SOLUTION\n1\n### END SOLUTION\n### BEGIN SOLUTION\n2\n### END SOLUTION",
    ],
)
def test_a_blank_is_what_nbgrader_makes_of_a_solution(source: str):
    preprocessors = pytest.importorskip("nbgrader.preprocessors")
    import nbformat

    notebook: Any = nbformat.from_dict({**small_set(), "cells": [cell("answer", source, solution=True, locked=False)]})
    notebook, _ = preprocessors.ClearSolutions().preprocess(notebook, {})
    assert blank(source) == notebook.cells[0].source
    assert blank(blank(source)) == blank(source)
