"""Formgrader as a lecturer has it: a class that is marked, and an open question that waits for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnncourse.cli import main
from cnncourse.grading.course import Course, open_gradebook
from cnncourse.grading.sandbox import NoIsolation, find_isolation
from tests.browser.lab import serve_lab
from tests.grading.classroom import ANSWERS, NAME, OPEN, fill, hand_in, make_course, released

pytest.importorskip("nbgrader")
EVIL = "It is <script>document.title = 'broken in'</script> because of the weights."
PATIENCE = 60_000


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course in which Ada has handed in, and all is marked that a machine can mark."""
    try:
        find_isolation()
    except NoIsolation as reason:
        pytest.skip(str(reason))
    made = make_course(tmp_path_factory.mktemp("class"))
    hand_in(made, "ada", fill(released(made), ANSWERS, text=EVIL, student="ada"))
    assert main(["exercises", "grade", "--course", str(made.root)]) == 0
    return made


@pytest.fixture(scope="module")
def formgrader(browser: Any, course: Course) -> Iterator[Any]:
    """Yield a page at formgrader's list of what waits for a person."""
    with serve_lab(course.root) as lab:
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.goto(f"{lab.address}/formgrader/gradebook/{NAME}/{NAME}")
        yield page
        page.close()


def machine_points(course: Course) -> tuple[float, float | None]:
    """Return what the machine has given Ada for everything, and what a person has given for the open question."""
    with open_gradebook(course) as book:
        grades = book.find_submission_notebook(NAME, NAME, "ada").grades
        return sum(one.auto_score or 0 for one in grades), book.find_grade(OPEN, NAME, NAME, "ada").manual_score


def test_the_submission_waits_for_the_open_question(formgrader: Any):
    row = formgrader.locator("tbody tr", has_text="Submission #1")
    row.wait_for(timeout=PATIENCE)
    assert row.locator(".needs-manual-grade .glyphicon-ok").count() == 1
    assert row.locator(".code-score").inner_text() == "4 / 4"


def test_the_lecturer_reads_the_answer_and_marks_it(formgrader: Any, course: Course):
    before, nothing = machine_points(course)
    assert nothing is None
    formgrader.get_by_role("link", name="Submission #1").click()
    box = formgrader.locator(f"input.score#{OPEN}, .nbgrader_cell input.score").last
    box.wait_for(timeout=PATIENCE)
    formgrader.get_by_text("because of the weights").first.wait_for(timeout=PATIENCE)
    assert formgrader.title() != "broken in", "what a learner writes does not run in the lecturer's browser"
    box.fill("3")
    box.press("Tab")
    formgrader.wait_for_timeout(1500)
    after, given = machine_points(course)
    assert given == 3
    assert after == before, "marks of the machine stay"


def test_the_mark_is_in_the_learners_feedback(course: Course):
    assert main(["exercises", "feedback", "--course", str(course.root)]) == 0
    shown = Path(course.feedback("ada", NAME)).read_text(encoding="utf-8")
    assert "7 of 8 points" in shown
    assert "<script" not in shown


def test_marking_again_keeps_what_the_lecturer_has_given(course: Course):
    assert main(["exercises", "grade", "--again", "--course", str(course.root)]) == 0
    assert machine_points(course)[1] == 3
    assert json.loads(course.marks("ada", NAME).read_text(encoding="utf-8"))["student"] == "ada"
