"""Every set from release to feedback: reference answers earn all, blanks nothing, half of the answers their half."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnncourse.checks import exercises, find_cases
from cnncourse.cli import main
from cnncourse.grading.assignment import read_assignment
from cnncourse.grading.course import Course, read_secret
from cnncourse.grading.jobs import find_jobs, find_room, grade_one
from cnncourse.grading.marks import load_marks
from cnncourse.grading.sandbox import NoIsolation, find_isolation
from tests.exercises.sets import SETS, cells, solution
from tests.grading.classroom import ANSWERS, LOOPS, NAME, fill, hand_in, released
from tests.grading.rooms import need_room

WHOLE, HALF, BLANK = "ada", "Zoë half", "bob"
paths = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)


def isolated() -> bool:
    """Say whether there is a closed room here; reference answers are ours and may run without one."""
    try:
        find_isolation()
    except NoIsolation:
        return False
    return True


def halved(path: Path) -> list[str]:
    """Return the exercises that the middling learner has solved."""
    names = [one.name for one in exercises(path.name[:2])]
    return names[: len(names) // 2]


@pytest.fixture(scope="module")
def sent_back(first_course: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """Yield a course in which every set was released, solved, marked and sent back, by the command line alone."""
    course = Course(tmp_path_factory.mktemp("whole"))
    (course.root / "gradebook.db").write_bytes((first_course.root / "gradebook.db").read_bytes())
    here = ["--course", str(course.root)]
    assert main(["exercises", "release", *here]) == 0
    for path in SETS:
        right = {one.name: solution(one) for one in exercises(path.name[:2])}
        blank = released(course, path.stem)
        hand_in(course, WHOLE, fill(blank, right), path.stem)
        hand_in(course, HALF, fill(blank, {name: right[name] for name in halved(path)}), path.stem)
        hand_in(course, BLANK, blank, path.stem)
    before = fingerprint(course)
    trust = [] if isolated() else ["--trust"]
    assert main(["exercises", "grade", *here, *trust, "--patience", "20"]) == 0
    assert main(["exercises", "feedback", *here]) == 0
    assert main(["exercises", "export", *here, "--to", str(course.root / "marks.csv")]) == 0
    assert fingerprint(course) == before
    yield course
    find_room.cache_clear()


def fingerprint(course: Course) -> str:
    """Return what changes with any file that learners or lecturers made."""
    files = [
        path for folder in ("source", "release", "submitted") for path in sorted((course.root / folder).rglob("*"))
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


@paths
def test_reference_answers_earn_all_blanks_nothing_and_half_the_answers_their_half(path: Path, sent_back: Course):
    assignment = read_assignment(sent_back.released(path.stem))
    earned = {who: load_marks(sent_back, who, path.stem) for who in (WHOLE, HALF, BLANK)}
    assert all(marks and not marks.flags and not marks.faulty for marks in earned.values())
    states = {name: (one.state, one.findings) for name, one in earned[WHOLE].results.items() if one.points < one.out_of}
    assert states == {}
    assert earned[WHOLE].points == sum(assignment.points.values())
    assert earned[HALF].points == sum(assignment.points[name] for name in halved(path))
    assert earned[BLANK].points == 0
    assert 0 < earned[HALF].points < earned[WHOLE].points


@paths
def test_the_table_of_marks_says_the_same(path: Path, sent_back: Course):
    with (sent_back.root / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file) if row["assignment"] == path.stem}
    assert set(rows) == {WHOLE, HALF, BLANK}
    for who, row in rows.items():
        marks = load_marks(sent_back, who, path.stem)
        assert marks is not None
        assert float(row["score"]) == marks.points
    in_words = sum(cell.metadata.nbgrader.points for cell in cells(path, solution=True, grade=True).values())
    assert float(rows[WHOLE]["max_score"]) == load_marks(sent_back, WHOLE, path.stem).out_of + in_words  # type: ignore[union-attr]


@paths
def test_feedback_holds_no_hidden_input_and_no_model_answer(path: Path, sent_back: Course):
    secret = read_secret(sent_back)
    model = {line for cell in cells(path, solution=True, grade=True).values() for line in cell.source.split("\n")}
    for who in (WHOLE, HALF, BLANK):
        page = sent_back.feedback(who, path.stem).read_text(encoding="utf-8")
        assert not any(line in page for line in model if len(line) > 20)
        for one in exercises(path.name[:2]):
            for case in find_cases(one, who, secret=secret):
                for value in [*case.arguments, *case.keywords.values()]:
                    assert not (shows(value) and str(value) in page)


def shows(value: Any) -> bool:
    """Say whether a value, written out, is long enough to be told from any other number."""
    return len(str(value)) > 8


def test_a_hostile_submission_leaves_gradebook_and_files_as_they_were(course: Course):
    need_room()
    enemy = f"""
import os, pathlib, sqlite3
root = pathlib.Path({str(course.root)!r})
def slide(image, kernel, stride):
    for path in ("gradebook.db", ".cnncourse-secret", "source/{NAME}/{NAME}.ipynb", "release/{NAME}/{NAME}.ipynb"):
        try:
            (root / path).write_bytes(b"mine")
        except OSError:
            pass
    return (root / ".cnncourse-secret").read_text()
"""
    hand_in(course, "eve", fill(released(course), {**ANSWERS, LOOPS: enemy}))
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    (job,) = find_jobs(course, read_assignment(course.released(NAME)), read_secret(course), patience=20.0)
    marks = grade_one(job)
    assert {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()} == before
    assert (marks.points, marks.results[LOOPS].state) == (1, "student error"), "the secret is not there to be read"


@paths
def test_every_submission_has_its_page_and_its_marked_notebook(path: Path, sent_back: Course):
    for who in (WHOLE, HALF, BLANK):
        assert sent_back.feedback(who, path.stem).is_file()
        assert sent_back.autograded(who, path.stem).is_file()
