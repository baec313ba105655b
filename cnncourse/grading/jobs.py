"""The submissions of a class as jobs: each can be marked by itself, anywhere, and none can spoil another."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import Course, GradingError, fault_of_name
from cnncourse.grading.ingest import Invalid, plain_name, read_small, read_submission
from cnncourse.grading.marking import invalid_marks, mark
from cnncourse.grading.marks import Marks, find_key, load_marks
from cnncourse.grading.tasks import Limits

__all__ = ["Job", "find_jobs", "find_room", "grade_one"]


@dataclass(frozen=True)
class Job:
    """One submission to mark; it can be sent to another process or machine.

    Attributes
    ----------
    path : Path
        The folder of the submission.
    student : str
        Whose.
    assignment : Assignment
        What was asked.
    secret : bytes
        What hidden inputs are drawn with.
    trust, backend : bool, str
        Where to run answers; see `find_room`.
    limits : Limits
        For the submission.
    patience : float
        Makes all times longer.
    kept : Marks, optional
        From an earlier run; they stay if nothing has changed.
    refused : str
        Why it is not marked at all.
    """

    path: Path
    student: str
    assignment: Assignment
    secret: bytes = field(repr=False)
    trust: bool = False
    backend: str = ""
    limits: Limits = field(default_factory=Limits)
    patience: float = 1.0
    kept: Marks | None = None
    refused: str = ""


def find_jobs(
    course: Course, assignment: Assignment, secret: bytes, *, again: bool = False, **options: Any
) -> list[Job]:
    """List what was handed in for a set.

    Parameters
    ----------
    course : Course
        Its folder.
    assignment : Assignment
        The set.
    secret : bytes
        What hidden inputs are drawn with.
    again : bool
        Whether to mark anew what was marked already.
    **options
        Where and how long answers run: `trust`, `backend`, `limits` and `patience` of `Job`.

    Returns
    -------
    list of Job
        By name. Of two folders whose names differ in case or accents only, the one handed in last is marked.
    """
    folders = [path for path in sorted(course.submitted.glob(f"*/{assignment.name}")) if path.is_dir()]
    jobs = []
    for path in folders:
        student = path.parent.name
        refused = fault_of_name(student) or _later_one(path, folders)
        kept = None if again or refused else load_marks(course, student, assignment.name)
        jobs.append(Job(path, student, assignment, secret, kept=kept, refused=refused, **options))
    return jobs


def _later_one(path: Path, folders: list[Path]) -> str:
    same = [other for other in folders if plain_name(other.parent.name) == plain_name(path.parent.name)]
    last = max(same, key=_when)
    return "" if last == path else f"{last.parent.name!r} is the same learner and has handed in later; that one counts"


def _when(path: Path) -> tuple[str, float, str]:
    try:
        text = read_small(path / "timestamp.txt", 200).decode("ascii", "replace").strip()
    except Invalid:
        text = ""
    return text, path.lstat().st_mtime, path.parent.name


@functools.cache
def find_room(trust: bool = False, backend: str = "") -> Any:
    """Find where learners' code can run, once in each process.

    Parameters
    ----------
    trust : bool
        Whether to run answers without walls around them.
    backend : str
        A certain kind of room, such as ``"bubblewrap"`` or ``"podman"``; empty for the first one that works.

    Returns
    -------
    Isolation
        See `cnncourse.grading.sandbox`.

    Raises
    ------
    GradingError
        If there is no such place; it says what to install.
    """
    from cnncourse.grading.sandbox import NoIsolation, find_isolation

    try:
        return find_isolation(trust=trust, backend=backend or None)
    except (NoIsolation, ValueError) as error:
        raise GradingError(str(error)) from error


def grade_one(job: Job) -> Marks:
    """Mark one submission; whatever it holds, this returns marks.

    Parameters
    ----------
    job : Job
        What to mark.

    Returns
    -------
    Marks
        Those from an earlier run if nothing has changed since.
    """
    try:
        if job.refused:
            raise Invalid(job.refused)
        submission = read_submission(job.path, job.assignment)
        if job.kept and not job.kept.faulty and job.kept.key == find_key(submission, job.assignment, job.secret):
            return job.kept
        room = find_room(job.trust, job.backend)
        options: Any = {"secret": job.secret, "limits": job.limits, "patience": job.patience}
        return mark(submission, job.assignment, room, **options)
    except Invalid as problem:
        return invalid_marks(job.student, job.assignment, problem.message)
    except Exception as error:  # whatever it is: one submission, and not the class
        return invalid_marks(job.student, job.assignment, "", fault=f"{type(error).__name__}: {error}"[:1000])
