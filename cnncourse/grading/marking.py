"""Marking a submission: answers come out of the closed room, and are judged here, where no learner's code runs."""

from __future__ import annotations

import hashlib
import inspect
import re
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cnncourse.checks import Case, Exercise, exercise, find_cases, find_findings
from cnncourse.checks._judging import brief
from cnncourse.grading.assignment import Assignment
from cnncourse.grading.ingest import LONGEST, Submission, plain_name
from cnncourse.grading.marks import Marks, Noted, Result, State, find_key
from cnncourse.grading.tasks import Limits, Outcome, Task

if TYPE_CHECKING:
    from cnncourse.grading.sandbox import Isolation, Session

__all__ = ["invalid_marks", "mark"]

FAULT = "This answer could not be marked, and that is not your doing. Your lecturer can see why."
NO_DATA = "It uses more memory, room or processes than a submission may use, or hands back too much."
# What the closed room says itself, by its beginning; anything else could have been written by the learner's code.
OWN_WORDS = {
    "Python ended before": "Python ended before there was an answer. Leave exit(), quit() and os._exit() out.",
    "the process was ended": "Python was ended by the system before there was an answer.",
    "what came back is no answer": "What came back is no answer. Code that changes Python itself cannot be marked.",
}


def mark(
    submission: Submission,
    assignment: Assignment,
    isolation: Isolation,
    *,
    secret: bytes = b"",
    limits: Limits | None = None,
    patience: float = 1.0,
) -> Marks:
    """Mark a submission.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    assignment : Assignment
        What was asked.
    isolation : Isolation
        Where the answers run; see `cnncourse.grading.sandbox`.
    secret : bytes
        What hidden inputs are drawn with; without one, the inputs of the learner's own check are used.
    limits : Limits, optional
        For the whole submission.
    patience : float
        Makes all times longer, on a slow machine or a busy one.

    Returns
    -------
    Marks
        The same for the same submission, set, checks and secret.
    """
    limits = limits or Limits()
    with isolation.session(replace(limits, total_seconds=limits.total_seconds * patience)) as session:
        asking = _Asking(submission, assignment, session, secret, patience)
        results = {name: _mark_one(name, asking) for name in assignment.answers}
    return Marks(
        submission.student,
        assignment.name,
        assignment.version,
        results,
        flags=submission.flags,
        key=find_key(submission, assignment, secret),
        answers={
            **{assignment.answers[name]: source for name, source in submission.sources.items()},
            **submission.open_answers,
        },
        timestamp=submission.timestamp,
    )


def invalid_marks(student: str, assignment: Assignment, message: str, *, fault: str = "") -> Marks:
    """Return the marks of a submission that cannot be marked at all: nothing, and why.

    Parameters
    ----------
    student : str
        Whose.
    assignment : Assignment
        What was asked.
    message : str
        Why, for the learner.
    fault : str
        What went wrong, if it was the grader; for the lecturer.
    """
    noted = (Noted(False, FAULT if fault else message),)
    state: State = "grader fault" if fault else "invalid"
    results = {name: Result(state, 0.0, points, noted, fault) for name, points in assignment.points.items()}
    return Marks(student, assignment.name, assignment.version, results, invalid=noted[0].message)


class _Asking(NamedTuple):
    submission: Submission
    assignment: Assignment
    session: Session
    secret: bytes
    patience: float


def _mark_one(name: str, asking: _Asking) -> Result:
    submission, assignment, session, secret, patience = asking
    out_of, source = assignment.points[name], submission.sources.get(name)
    if source is None:
        return _nothing(
            "invalid", out_of, "The cell for this answer is missing from your notebook, so nothing was run."
        )
    if source.strip() == assignment.blanks[name].strip() or not source.strip():
        return _nothing("graded", out_of, "There is no answer.")
    if len(source) > LONGEST:
        return _nothing("invalid", out_of, f"This answer has {len(source):,} characters; at most {LONGEST:,} are read.")
    try:
        one = replace(exercise(name), seconds=exercise(name).seconds * patience)
        cases = find_cases(one, plain_name(submission.student), secret=secret)
        task = _task(one, source, assignment, cases, _seed(submission, name, secret))
        outcome = session.run(task)
        if outcome.state == "grader fault":  # the only state in which another try may help
            outcome = session.run(task)
        return _judge(one, cases, outcome, out_of, submission)
    except Exception as error:  # ours or a judge's: it costs this exercise, and no other and no other learner
        return Result("grader fault", 0.0, out_of, (Noted(False, FAULT),), f"{type(error).__name__}: {error}"[:1000])


def _nothing(state: State, out_of: float, message: str, outcome: Outcome | None = None) -> Result:
    note = outcome.message[:1000] if outcome else ""
    return Result(state, 0.0, out_of, (Noted(False, message),), note, outcome.seconds if outcome else 0.0)


def _task(one: Exercise, source: str, assignment: Assignment, cases: Sequence[Case], seed: int) -> Task:
    return Task(
        name=one.name,
        given=assignment.given,
        answer=source,
        entry=one.entry,
        kind=one.kind,
        cases=cases,
        probe=textwrap.dedent(inspect.getsource(one.probe)) if one.probe else "",
        torch=one.torch,
        seconds=one.seconds,
        seed=seed,
    )


def _seed(submission: Submission, name: str, secret: bytes) -> int:
    parts = [submission.student.encode(), name.encode(), secret]
    return int.from_bytes(hashlib.sha256(b"\0".join(parts)).digest()[:4], "little")


def _judge(one: Exercise, cases: Sequence[Case], outcome: Outcome, out_of: float, submission: Submission) -> Result:
    if outcome.state != "answered":
        message = FAULT if outcome.state == "grader fault" else _in_words(outcome, one)
        return _nothing(outcome.state, out_of, message, outcome)
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # strange data are no reason to complain here
        warnings.simplefilter("ignore")
        findings = find_findings(one, cases, outcome.answers)
    noted = tuple(Noted(bool(found.passed), _with_name(one, found, submission)) for found in findings)
    share = sum(found.share for found in findings if found.passed)
    points = out_of if all(found.passed for found in findings) else round(out_of * share, 4)
    failed = all(answer.error for answer in outcome.answers)
    return Result("student error" if failed else "graded", points, out_of, noted, "", outcome.seconds)


def _with_name(one: Exercise, found: Any, submission: Submission) -> str:
    """Return a message, with a word on whose numbers they were where that may be what went wrong."""
    if found.passed or not one.personal or plain_name(submission.named) == plain_name(submission.student):
        return str(found.message)
    return f"{found.message} Your numbers are those of the name under which you handed in, {submission.student}."


def _in_words(outcome: Outcome, one: Exercise) -> str:
    """Say what prevented an answer, in words that the learner's code cannot have chosen."""
    if outcome.state == "time-out":
        return (
            f"There was no result in time ({one.seconds:g} seconds for this exercise). Is there a loop without an end?"
        )
    if outcome.state == "out of resources":
        return NO_DATA
    if own := [said for begins, said in OWN_WORDS.items() if outcome.message.startswith(begins)]:
        return own[0]
    if f"gives nothing the name {one.entry!r}" in outcome.message:
        return f"The cell runs, but nothing in it has the name {one.entry}. Keep that name."
    if re.match(r"[A-Za-z_]\w*:", outcome.message):
        return f"Your cell stopped with {brief(outcome.message)}."
    return "Your cell stopped before there was an answer."
