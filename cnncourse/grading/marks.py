"""Marks of a submission, with what was found: made once, kept as JSON, the same for the same submission."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import cnncourse
from cnncourse._files import write_whole
from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import Course
from cnncourse.grading.ingest import Submission

__all__ = ["Marks", "Noted", "Result", "State", "find_key", "load_marks", "save_marks"]

State = Literal["graded", "student error", "time-out", "out of resources", "invalid", "grader fault"]
CHECKS = Path(cnncourse.__file__).parent / "checks"


@dataclass(frozen=True)
class Noted:
    """What a judge has found, as far as it may be shown.

    Attributes
    ----------
    passed : bool
        Whether it is right.
    message : str
        What is right or wrong, and why; no input, no expected value.
    """

    passed: bool
    message: str


@dataclass(frozen=True)
class Result:
    """What an exercise has earned.

    Attributes
    ----------
    state : str
        ``"graded"``, or what prevented it.
    points, out_of : float
        Earned, and to be earned.
    findings : tuple of Noted
        For the learner.
    note : str
        For the lecturer only: what went wrong in the grader.
    seconds : float
        How long the answer ran; no part of what makes two results equal.
    """

    state: State
    points: float
    out_of: float
    findings: tuple[Noted, ...] = ()
    note: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Marks:
    """Marks of a submission.

    Attributes
    ----------
    student, assignment, version : str
        Whose, of what, and of which version of it.
    results : dict
        A result for each exercise.
    flags : tuple of str
        What the lecturer should know.
    key : str
        Equal for equal submission, set, checks and secret; empty where there was nothing to mark.
    invalid : str
        Why a submission as a whole cannot be marked.
    answers : dict
        What was handed in, by the names of the cells.
    timestamp : str
        When.
    """

    student: str
    assignment: str
    version: str
    results: Mapping[str, Result]
    flags: tuple[str, ...] = ()
    key: str = ""
    invalid: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    timestamp: str = ""

    @property
    def points(self) -> float:
        """What was earned, without open questions."""
        return sum(result.points for result in self.results.values())

    @property
    def out_of(self) -> float:
        """What could be earned, without open questions."""
        return sum(result.out_of for result in self.results.values())

    @property
    def faulty(self) -> bool:
        """Whether the grader itself failed somewhere, so that another try is worth it."""
        return any(result.state == "grader fault" for result in self.results.values())

    def to_json(self) -> str:
        """Write everything as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Marks:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            If it is something else.
        """
        data = json.loads(text)
        data["results"] = {
            name: Result(**{**one, "findings": tuple(Noted(**found) for found in one["findings"])})
            for name, one in data["results"].items()
        }
        return cls(**{**data, "flags": tuple(data["flags"])})


def find_key(submission: Submission, assignment: Assignment, secret: bytes) -> str:
    """Return what marks are known by: they need not be made again while nothing of it changes."""
    parts = [submission.digest, assignment.version, grader_version(), hashlib.sha256(secret).hexdigest()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@functools.cache
def grader_version() -> str:
    """Return the version of what judges: it changes with the course's version and with every change to its checks."""
    digest = hashlib.sha256(cnncourse.__version__.encode())
    for path in sorted(CHECKS.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def save_marks(course: Course, marks: Marks) -> None:
    """Keep marks in the course folder."""
    write_whole(course.marks(marks.student, marks.assignment), marks.to_json())


def load_marks(course: Course, student: str, name: str) -> Marks | None:
    """Return marks that were kept, or None if there are none that can be read."""
    path = course.marks(student, name)
    try:
        return Marks.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
