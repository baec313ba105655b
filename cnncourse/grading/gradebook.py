"""Entering marks in nbgrader's gradebook: one trusted writer, and what people have marked stays."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncourse.grading.assignment import Assignment
from cnncourse.grading.autograded import read_answers, write_autograded
from cnncourse.grading.course import Course, GradingError
from cnncourse.grading.marks import Marks, Result

__all__ = ["Entry", "read_entries", "record"]


class Entry(NamedTuple):
    """What stands in the gradebook for one cell.

    Attributes
    ----------
    score : float or None
        Points, by a person where one has marked; None while a person still has to.
    comment : str
        What a person wrote.
    by_hand : bool
        Whether a person has marked it.
    """

    score: float | None
    comment: str
    by_hand: bool


def record(book: Any, course: Course, assignment: Assignment, marks: Marks) -> None:
    """Enter the marks of one submission, and write the marked notebook for formgrader.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
        Open for writing; see `cnncourse.grading.course.open_gradebook`.
    course : Course
        Its folder.
    assignment : Assignment
        The set.
    marks : Marks
        Of one submission. Entering them twice changes nothing.

    Raises
    ------
    GradingError
        If the gradebook does not know the set.
    """
    before = read_answers(course, marks.student, marks.assignment)
    notebook = _submitted_notebook(book, marks)
    write_autograded(course, assignment, marks)
    open_questions = {one.name: one.blank for one in assignment.open_questions}
    for grade in notebook.grades:
        if grade.name in marks.results:
            _enter_result(grade, marks.results[grade.name])
        elif grade.name in open_questions:
            empty = marks.answers.get(grade.name, "").strip() in ("", open_questions[grade.name].strip())
            changed = before.get(grade.name, "") != marks.answers.get(grade.name, "")
            _enter_open(grade, empty=empty, changed=changed)
    for comment in notebook.comments:
        comment.auto_comment = _comment(comment.name, assignment, marks)
    notebook.flagged = bool(notebook.flagged or marks.flags or marks.invalid)
    book.db.commit()


def _submitted_notebook(book: Any, marks: Marks) -> Any:
    from nbgrader.api import MissingEntry

    try:
        book.find_notebook(marks.assignment, marks.assignment)
    except MissingEntry:
        raise GradingError(
            f"the gradebook does not know {marks.assignment}; release it into this course first"
        ) from None
    book.update_or_create_student(marks.student)
    when = {"timestamp": moment} if (moment := _moment(marks.timestamp)) else {}
    with book.db.no_autoflush:  # otherwise SQLAlchemy warns of rows that nbgrader has not added yet
        book.update_or_create_submission(marks.assignment, marks.student, **when)
    return book.find_submission_notebook(marks.assignment, marks.assignment, marks.student)


def _moment(text: str) -> Any:
    """Return a time as the gradebook keeps it, or None if it cannot keep it."""
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError):
        return None


def _enter_result(grade: Any, result: Result) -> None:
    faulty = result.state == "grader fault"
    points = None if faulty else result.points
    changed = grade.auto_score != points
    grade.auto_score = points
    if grade.manual_score is None:
        grade.needs_manual_grade = faulty
    elif changed:  # somebody should look whether their mark still fits
        grade.needs_manual_grade = True


def _enter_open(grade: Any, *, empty: bool, changed: bool) -> None:
    grade.auto_score = 0.0 if empty else None
    if grade.manual_score is None:
        grade.needs_manual_grade = not empty
    elif changed:
        grade.needs_manual_grade = True


def _comment(name: str, assignment: Assignment, marks: Marks) -> str | None:
    for exercise, cell in assignment.answers.items():
        if cell == name:
            return "\n".join(found.message for found in marks.results[exercise].findings)
    blanks = {one.name: one.blank.strip() for one in assignment.open_questions}
    return "No response." if marks.answers.get(name, "").strip() in ("", blanks.get(name)) else None


def read_entries(book: Any, student: str, name: str) -> dict[str, Entry]:
    """Return what the gradebook holds for a submission, by the names of its cells; nothing if it is not there.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
        Open.
    student, name : str
        Whose submission of which set.
    """
    from nbgrader.api import MissingEntry

    try:
        notebook = book.find_submission_notebook(name, name, student)
    except MissingEntry:
        return {}
    words = {one.name: (one.manual_comment or "") for one in notebook.comments}
    entries = {}
    for grade in notebook.grades:
        said = [words.get(cell, "") for cell in (grade.name, f"answer-{grade.name}")]
        waiting = grade.auto_score is None and grade.manual_score is None
        score = None if waiting else float(grade.score)
        entries[grade.name] = Entry(score, "\n".join(filter(None, said)), grade.manual_score is not None)
    return entries
