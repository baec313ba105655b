"""Tests that marks reach the gradebook once, that people's marks stay, and that formgrader shows answers as text."""

from __future__ import annotations

import copy
import csv
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cnncourse.grading.assignment import Assignment
from cnncourse.grading.autograded import findings_text, plain_block, read_answers
from cnncourse.grading.course import Course, GradingError, open_gradebook
from cnncourse.grading.export import export
from cnncourse.grading.gradebook import read_entries, record
from cnncourse.grading.ingest import read_submission
from cnncourse.grading.marking import invalid_marks, mark
from cnncourse.grading.marks import Marks, Noted, Result
from cnncourse.grading.tasks import Outcome
from tests.grading.classroom import ANSWERS, LOOPS, NAME, ONE, OPEN, WRONG_LOOPS, OpenRoom, fill, hand_in, released

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3)) $\\href{javascript:4}{x}$ ```"
)


def enter(course: Course, small: Assignment, answers: dict[str, str], *, student: str = "ada", **options: Any) -> Marks:
    """Hand in, mark, and enter the marks."""
    folder = hand_in(course, student, fill(released(course), answers, text=options.pop("text", "")))
    (folder / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
    marks = mark(read_submission(folder, small), small, OpenRoom(**options), secret=b"secret")
    with open_gradebook(course) as book:
        record(book, course, small, marks)
    return marks


def grades(course: Course, student: str = "ada") -> dict[str, tuple[Any, ...]]:
    with open_gradebook(course) as book:
        notebook = book.find_submission_notebook(NAME, NAME, student)
        return {one.name: (one.auto_score, one.manual_score, one.needs_manual_grade) for one in notebook.grades}


def mark_by_hand(course: Course, points: dict[str, float], comment: str = "") -> None:
    with open_gradebook(course) as book:
        for cell, score in points.items():
            grade = book.find_grade(cell, NAME, NAME, "ada")
            grade.manual_score, grade.needs_manual_grade = score, False
        if comment:
            book.find_comment(OPEN, NAME, NAME, "ada").manual_comment = comment
        book.db.commit()


def test_points_are_entered_and_a_person_is_asked_for_the_rest(course: Course, small: Assignment):
    enter(course, small, {**ANSWERS, LOOPS: WRONG_LOOPS}, text="Because.")
    assert grades(course) == {ONE: (1, None, False), LOOPS: (0, None, False), OPEN: (None, None, True)}
    with open_gradebook(course) as book:
        submission = book.find_submission(NAME, "ada")
        assert (submission.score, submission.max_score, submission.needs_manual_grade) == (1, 8, True)
        assert submission.timestamp.isoformat() == "2026-11-21T10:00:00"
        assert "shape of the feature map" in book.find_comment(f"answer-{LOOPS}", NAME, NAME, "ada").auto_comment


@pytest.mark.parametrize("timestamp", ["0001-01-01 00:00:00 +1400", "2026-11-21 16:40:00 JAN", "2026-W47-6 00:00:00"])
def test_a_time_that_cannot_be_entered_does_not_stop_the_batch(course: Course, small: Assignment, timestamp: str):
    marks = dataclasses.replace(enter(course, small, ANSWERS), timestamp=timestamp)
    with open_gradebook(course) as book:
        record(book, course, small, marks)
        assert book.find_submission(NAME, "ada").score == 4


@pytest.mark.parametrize("text", ["", "YOUR ANSWER HERE\n"])
def test_where_nothing_was_written_nobody_has_to_read(course: Course, small: Assignment, text: str):
    enter(course, small, ANSWERS, text=text)
    assert grades(course)[OPEN] == (0, None, False)
    with open_gradebook(course) as book:
        assert book.find_comment(OPEN, NAME, NAME, "ada").auto_comment == "No response."


def test_the_same_submission_twice_is_one_row(course: Course, small: Assignment):
    enter(course, small, ANSWERS, text="Because.")
    before = grades(course)
    enter(course, small, ANSWERS, text="Because.")
    assert grades(course) == before
    with open_gradebook(course) as book:
        assert len(book.assignment_submissions(NAME)) == len(book.students) == 1


def test_what_a_person_has_marked_stays(course: Course, small: Assignment):
    enter(course, small, {**ANSWERS, LOOPS: WRONG_LOOPS}, text="Because.")
    mark_by_hand(course, {OPEN: 3.0, LOOPS: 2.0}, "Say more about the reason.")
    enter(course, small, {**ANSWERS, LOOPS: WRONG_LOOPS}, text="Because.")
    assert grades(course) == {ONE: (1, None, False), LOOPS: (0, 2, False), OPEN: (None, 3, False)}
    with open_gradebook(course) as book:
        assert book.find_comment(OPEN, NAME, NAME, "ada").comment == "Say more about the reason."
        assert book.find_submission(NAME, "ada").score == 6


def test_after_a_new_answer_a_persons_mark_stays_and_is_to_be_looked_at(course: Course, small: Assignment):
    enter(course, small, {**ANSWERS, LOOPS: WRONG_LOOPS}, text="Because.")
    mark_by_hand(course, {OPEN: 3.0, LOOPS: 2.0})
    enter(course, small, ANSWERS, text="Because, and therefore.")
    assert grades(course) == {ONE: (1, None, False), LOOPS: (3, 2, True), OPEN: (None, 3, True)}


def test_a_fault_of_the_grader_waits_for_a_person(course: Course, small: Assignment):
    enter(course, small, ANSWERS, change=lambda task, right: Outcome("grader fault") if task.name == LOOPS else right)
    assert grades(course)[LOOPS] == (None, None, True)
    enter(course, small, ANSWERS)
    assert grades(course)[LOOPS] == (3, None, False)


def test_an_invalid_submission_has_its_row_and_its_flag(course: Course, small: Assignment):
    with open_gradebook(course) as book:
        record(book, course, small, invalid_marks("ada", small, "It is empty."))
        assert book.find_submission_notebook(NAME, NAME, "ada").flagged
    assert grades(course) == {ONE: (0, None, False), LOOPS: (0, None, False), OPEN: (0, None, False)}
    assert "It is empty." in course.autograded("ada", NAME).read_text(encoding="utf-8")


def test_a_set_that_was_never_released_is_missed(course: Course, small: Assignment):
    other = dataclasses.replace(small, name="02_other")
    with (
        open_gradebook(course) as book,
        pytest.raises(GradingError, match="does not know 02_other; release it into this course first"),
    ):
        record(book, course, other, invalid_marks("ada", other, "x"))


def test_a_damaged_gradebook_is_told_in_words(course: Course):
    (course.root / "gradebook.db").write_bytes(b"no database" * 1000)
    with (
        pytest.raises(GradingError, match=r"the gradebook .* cannot be used: file is not a database"),
        open_gradebook(course),
    ):
        pass


# --- the notebook for formgrader -------------------------------------------------------------------------------------


def test_the_marked_notebook_is_the_released_one_with_answers_and_findings(course: Course, small: Assignment):
    enter(course, small, {**ANSWERS, LOOPS: WRONG_LOOPS}, text="Because.")
    notebook = json.loads(course.autograded("ada", NAME).read_text(encoding="utf-8"))
    nbformat.validate(nbformat.from_dict(notebook))
    cells = {one["metadata"].get("nbgrader", {}).get("grade_id"): one for one in notebook["cells"]}
    assert cells[f"answer-{LOOPS}"]["source"] == WRONG_LOOPS
    assert cells[OPEN]["source"] == "```text\nBecause.\n```"
    assert "".join(cells[LOOPS]["source"]) == f'check("{LOOPS}", slide)'
    assert cells[LOOPS]["outputs"][0]["text"].startswith("0 of 3 points\n✗ The shape of the feature map")
    original = {one["metadata"]["nbgrader"]["grade_id"]: one for one in released(course)["cells"]}
    assert cells["title"] == original["title"]
    assert cells[OPEN]["metadata"]["nbgrader"] == original[OPEN]["metadata"]["nbgrader"]
    assert read_answers(course, "ada", NAME)[OPEN] == "Because."


def formgraded(path: Path, student: str = "ada") -> str:
    """Return the page that formgrader makes of a notebook."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    settings = Config()
    settings.HTMLExporter.template_name = "formgrade"
    settings.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    resources = {"notebook_id": NAME, "assignment_id": NAME, "student": student, "base_url": "", "index": 0, "total": 1}
    page, _ = HTMLExporter(config=settings).from_filename(str(path), resources=resources)
    return str(page)


@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
def test_formgrader_shows_a_hostile_answer_as_text(course: Course, small: Assignment):
    pytest.importorskip("nbgrader.server_extensions.formgrader")
    enter(course, small, {**ANSWERS, LOOPS: f"'''{HOSTILE}'''\n\x1b[31m"}, text=f"{HOSTILE}\n````\n{HOSTILE}")
    page = formgraded(course.autograded("ada", NAME))
    for dangerous in ("<script>alert(1)", "<img src=x", 'href="javascript', "\x1b"):
        assert dangerous not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert f'id="{OPEN}"' in page, "the field for the points"


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a ``` b", "````text\na ``` b\n````"),
        ("word " * 30, None),
        ("x" * 250, None),
        ("a\x00\x1b[31m\u202eb", "```text\na[31mb\n```"),
        ("", "```text\n\n```"),
        ("two\n\nlines", "```text\ntwo\n\nlines\n```"),
    ],
)
def test_text_becomes_a_block_of_lines_that_fit(text: str, block: str | None):
    made = plain_block(text)
    assert max(map(len, made.split("\n"))) <= 100
    assert "".join(made.split("\n")[1:-1]) == "".join(sign for sign in text if sign.isprintable())
    if block is not None:
        assert made == block


# --- what submissions cannot touch -----------------------------------------------------------------------------------


def fingerprints(course: Course, *folders: str) -> dict[str, str]:
    paths = [path for folder in folders for path in sorted((course.root / folder).rglob("*")) if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_marking_writes_neither_to_submissions_nor_to_sources(course: Course, small: Assignment):
    notebook = fill(released(course), ANSWERS, text="Because.")
    more = copy.deepcopy(notebook)
    more["cells"] += [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ONE, "points": 99}}, "source": "1"}]
    hand_in(course, "bob", more)
    before = fingerprints(course, "source", "release", "submitted")
    for student in ("bob",):
        marks = mark(read_submission(course.submitted / student / NAME, small), small, OpenRoom(), secret=b"s")
        with open_gradebook(course) as book:
            record(book, course, small, marks)
    assert fingerprints(course, "source", "release", "submitted") == before
    assert grades(course, "bob")[ONE][0] == 1


# --- export ----------------------------------------------------------------------------------------------------------


def test_marks_are_exported_as_a_table_that_a_spreadsheet_reads(course: Course, small: Assignment, tmp_path: Path):
    enter(course, small, ANSWERS, student="Zoë", text="Because.")
    with open_gradebook(course) as book:
        book.update_or_create_student("Zoë", last_name='Ng, "Z"', first_name="=1+1")
        book.update_or_create_student("absent")
        export(book, tmp_path / "marks.csv", [NAME])
        with pytest.raises(GradingError, match="is there already; try: --replace"):
            export(book, tmp_path / "marks.csv", [NAME])
        export(book, tmp_path / "none.csv", ["02_other"], replace=True)
    with (tmp_path / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (rows["Zoë"]["score"], rows["Zoë"]["max_score"], rows["Zoë"]["last_name"]) == ("4.0", "8.0", 'Ng, "Z"')
    assert (rows["Zoë"]["first_name"], rows["Zoë"]["needs_manual_grade"]) == ("'=1+1", "True")
    assert rows["absent"]["score"] == "0.0"
    assert len((tmp_path / "none.csv").read_text().splitlines()) == 1


def test_an_exporter_of_nbgraders_does_the_same_marks(course: Course, small: Assignment, tmp_path: Path):
    enter(course, small, ANSWERS)
    with open_gradebook(course) as book:
        export(book, tmp_path / "theirs.csv", [NAME], exporter="nbgrader.plugins.CsvExportPlugin")
        for wrong, says in (
            ("no.such.Class", "expected an exporter"),
            ("pathlib.Path", "is no exporter"),
            ("x", "got"),
        ):
            with pytest.raises(GradingError, match=says):
                export(book, tmp_path / "other.csv", [NAME], exporter=wrong)
    assert f"{NAME},,2026-11-21 10:00:00,ada,,,,4.0,0.0,4.0,8.0" in (tmp_path / "theirs.csv").read_text()


def test_entries_say_what_stands_in_the_gradebook(course: Course, small: Assignment):
    enter(course, small, ANSWERS, text="Because.")
    with open_gradebook(course) as book:
        assert read_entries(book, "nobody", NAME) == {}
        entries = read_entries(book, "ada", NAME)
    assert entries[OPEN] == (None, "", False)
    mark_by_hand(course, {OPEN: 0.0}, "No.")
    with open_gradebook(course) as book:
        assert read_entries(book, "ada", NAME)[OPEN] == (0.0, "No.", True)


def test_what_learners_code_says_is_no_part_of_the_marked_notebook():
    noted = (Noted(False, "Your code stopped with a ValueError in line 2."),)
    said = findings_text(Result("student error", 0, 3, noted, note="ValueError: [[hidden input 31337]]\x1b[31m"))
    assert "31337" not in said
    fault = findings_text(Result("grader fault", 0, 3, noted, note="KeyError: 'x'\x1b[31m"))
    assert "for the lecturer: KeyError: 'x'[31m" in fault
    assert "\x1b" not in fault
