"""Instant feedback on answers: right or not, why, and with which input; hints before answers, and never the answer.

A learner's set of exercises begins with ``check, hint, given = begin("02")``. The same judges mark submissions, there
with answers that come out of a closed room and with inputs that nobody has seen (`cnncourse.grading`).
"""

from __future__ import annotations

import difflib
import functools
import importlib
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding, find_cases, find_findings, share_right
from cnncourse.checks._feedback import CheckFailed, Feedback
from cnncourse.checks._trying import try_out

__all__ = [
    "Answer",
    "Case",
    "CheckFailed",
    "Desk",
    "Exercise",
    "Feedback",
    "Finding",
    "begin",
    "exercise",
    "exercises",
    "find_cases",
    "find_findings",
    "share_right",
    "try_out",
]

LESSONS = ("01", "02", "03", "04", "05", "06", "07", "08", "09")


class Desk(NamedTuple):
    """What a learner works with.

    Attributes
    ----------
    check : callable
        ``check(name, entry)`` shows what is right, what is not, and why; raises `CheckFailed` if something is not.
    hint : callable
        ``hint(name)`` shows the next hint.
    given : callable
        ``given(name)`` returns the learner's own numbers, by name.
    """

    check: Callable[[str, Any], None]
    hint: Callable[[str], None]
    given: Callable[[str], dict[str, Any]]


@functools.cache
def exercises(lesson: str) -> tuple[Exercise, ...]:
    """Return a lesson's exercises in their order.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"02"``.

    Returns
    -------
    tuple of Exercise

    Raises
    ------
    ValueError
        If the lesson has no exercises.
    """
    if lesson not in LESSONS:
        raise ValueError(f"expected a lesson out of {', '.join(LESSONS)}, got {lesson!r}")
    found: tuple[Exercise, ...] = importlib.import_module(f"cnncourse.checks.lesson{lesson}").EXERCISES
    return found


def exercise(name: str) -> Exercise:
    """Return an exercise by its name.

    Parameters
    ----------
    name : str
        Lesson and words, such as ``"02-output-size"``.

    Returns
    -------
    Exercise

    Raises
    ------
    ValueError
        If there is none of this name; the nearest one is suggested.
    """
    known = {one.name: one for one in exercises(name[:2])}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise ValueError(
            f"no exercise {name!r} in lesson {name[:2]}" + (f"; did you mean {near[0]!r}?" if near else "")
        )
    return known[name]


def begin(lesson: str, *, student: str = "") -> Desk:
    """Lay out the desk for a lesson's exercises.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"02"``.
    student : str
        Under which name you hand in; some exercises give every learner numbers of their own. On a JupyterHub it is
        known and may stay empty.

    Returns
    -------
    Desk
        The functions `check`, `hint` and `given`.

    Raises
    ------
    ValueError
        If the lesson has no exercises.
    """
    exercises(lesson)
    who = student or os.environ.get("JUPYTERHUB_USER", "")
    shown: dict[str, int] = {}

    def check(name: str, entry: Any) -> None:
        """Show what is right, what is not, and why."""
        one = exercise(name)
        cases = find_cases(one, who)
        feedback = Feedback(one, find_findings(one, cases, try_out(one, entry, cases)))
        _display(feedback)
        if not feedback.passed:
            raise CheckFailed("not right yet: what was found stands above; change your answer and run both cells again")

    def hint(name: str) -> None:
        """Show one more hint."""
        one = exercise(name)
        shown[name] = min(shown.get(name, 0) + 1, len(one.hints))
        for number, text in enumerate(one.hints[: shown[name]], 1):
            print(f"Hint {number} of {len(one.hints)}: {text}")

    def given(name: str) -> dict[str, Any]:
        """Return your own numbers, by name."""
        return dict(find_cases(exercise(name), who)[0].keywords)

    return Desk(check, hint, given)


def _display(feedback: Feedback) -> None:
    from IPython.display import display

    display(feedback)
