"""Marks for a learning platform: as a table, or through one of nbgrader's exporters."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cnncourse._files import write_whole
from cnncourse.grading.course import GradingError

__all__ = ["export"]

# The columns of nbgrader's own export, in its order.
COLUMNS = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"]
COLUMNS += ["raw_score", "late_submission_penalty", "score", "max_score"]


def export(book: Any, target: Path, names: Sequence[str], *, exporter: str = "", replace: bool = False) -> None:
    """Write the marks of some sets to a file.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
        Open.
    target : Path
        The file.
    names : sequence of str
        Which sets.
    exporter : str
        An exporter of nbgrader's instead, as ``package.module.Class``.
    replace : bool
        Whether a file that is there already gives way.

    Raises
    ------
    GradingError
        If the file is there already, or the exporter is not.
    """
    if target.exists() and not replace:
        raise GradingError(f"{target} is there already; try: --replace, or another file with --to")
    if exporter:
        plugin = _find_exporter(exporter)()
        plugin.to, plugin.assignment = str(target), list(names)
        plugin.export(book)
        return
    text = io.StringIO()
    table = csv.DictWriter(text, [*COLUMNS, "needs_manual_grade"], lineterminator="\n")
    table.writeheader()
    table.writerows(_rows(book, names))
    write_whole(target, text.getvalue())


def _find_exporter(path: str) -> Any:
    from nbgrader.plugins import ExportPlugin

    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise GradingError(f"expected an exporter such as package.module.Class, got {path!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, ExportPlugin)):
        raise GradingError(f"{path} is no exporter of nbgrader's (nbgrader.plugins.ExportPlugin)")
    return found


def _rows(book: Any, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    from nbgrader.api import MissingEntry

    for assignment in book.assignments:
        if assignment.name not in names:
            continue
        for student in book.students:
            try:
                submission = book.find_submission(assignment.name, student.id)
            except MissingEntry:
                submission = None
            yield _row(assignment, student, submission)


def _row(assignment: Any, student: Any, submission: Any) -> dict[str, Any]:
    penalty = submission.late_submission_penalty if submission else 0.0
    score = submission.score if submission else 0.0
    return {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "timestamp": submission.timestamp if submission else None,
        "student_id": student.id,
        "last_name": _cell(student.last_name),
        "first_name": _cell(student.first_name),
        "email": _cell(student.email),
        "raw_score": score,
        "late_submission_penalty": penalty,
        "score": max(0.0, score - penalty),
        "max_score": assignment.max_score,
        "needs_manual_grade": bool(submission and submission.needs_manual_grade),
    }


def _cell(text: str | None) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text or ""
