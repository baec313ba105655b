"""What an exercise is: the cases that it is tried on, and the judge of what comes back (all lessons)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Kind = Literal["value", "function"]
Level = Literal["warm-up", "practice", "challenge"]


@dataclass(frozen=True)
class Case:
    """One input of an exercise.

    Attributes
    ----------
    arguments, keywords
        What a function is called with. For a value: the learner's own numbers, by name.
    note : str
        What is special about it, in words for the learner.
    """

    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back for one case: plain data, or the error in words.

    Attributes
    ----------
    value : None, bool, int, float, str, array, or tuple, list or dict of these
        The data.
    error : str
        Why there is none, such as ``"ZeroDivisionError: division by zero (line 3)"``.
    changed : bool
        Whether the call changed its inputs.
    """

    value: Any = None
    error: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing that a judge has looked at.

    Attributes
    ----------
    passed : bool
        Whether it is right.
    message : str
        What is right or wrong, and why. It shows no input and no expected value, so that it may be shown after grading.
    share : float, in [0, 1]
        How much of the exercise's points hang on it; the shares of an exercise add up to 1.
    detail : str
        The smallest input that fails, with the learner's own result; shown by the check while working only.
    """

    passed: bool
    message: str
    share: float = 1.0
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """An exercise that can be checked by machine.

    Attributes
    ----------
    name : str
        Lesson and words, such as ``"02-output-size"``; the cell's name in nbgrader.
    title : str
        What is to be done.
    entry : str
        The name that the learner's cell must bind.
    kind : str
        ``"value"`` or ``"function"``.
    objectives : tuple of int
        Which of the lesson's objectives it practises.
    points : int
        What it is worth.
    level : str
        ``"warm-up"``, ``"practice"`` or ``"challenge"``.
    cases : callable
        Draws the cases with a random generator, smallest first. A value has one; its keywords are the numbers given.
    judge : callable
        Compares cases and answers, and yields findings.
    hints : tuple of str
        From a nudge to nearly all of it.
    personal : bool
        Whether each learner has numbers of their own.
    probe : callable, optional
        ``probe(entry, *arguments, **keywords)`` turns what is no data, such as a network, into data. It stands by
        itself: its source is sent to where the learner's code runs.
    seconds : float
        Time for all cases together.
    torch : bool
        Whether the answer needs PyTorch.
    """

    name: str
    title: str
    entry: str
    kind: Kind
    objectives: tuple[int, ...]
    points: int
    level: Level
    cases: Callable[[np.random.Generator], Sequence[Case]]
    judge: Callable[[Sequence[Case], Sequence[Answer]], Iterable[Finding]]
    hints: tuple[str, ...] = ()
    personal: bool = False
    probe: Callable[..., Any] | None = None
    seconds: float = 10.0
    torch: bool = False


def find_cases(exercise: Exercise, student: str = "", *, secret: bytes = b"") -> list[Case]:
    """Draw an exercise's cases for a learner.

    Parameters
    ----------
    exercise : Exercise
        What is to be tried.
    student : str
        Who answers; matters for personal exercises, and for hidden cases.
    secret : bytes
        Empty for the cases that the learner's own check uses. With a secret other cases are drawn, which cannot be
        foretold without it; the numbers given to a learner stay as they are.

    Returns
    -------
    list of Case
        The smallest first; the same for the same arguments, on every machine.
    """
    who = student.strip().casefold() if exercise.personal or secret else ""
    hidden = secret if exercise.kind == "function" else b""
    digest = hashlib.sha256(b"\0".join([exercise.name.encode(), who.encode(), hidden])).digest()
    return list(exercise.cases(np.random.default_rng(list(digest))))


def find_findings(exercise: Exercise, cases: Sequence[Case], answers: Sequence[Answer]) -> list[Finding]:
    """Judge answers: what was looked at, and whether it is right.

    Parameters
    ----------
    exercise : Exercise
        Whose judge to ask.
    cases, answers : sequences of the same length
        What was asked, and what came back.

    Returns
    -------
    list of Finding
        At least one; their shares add up to 1.

    Raises
    ------
    ValueError
        If there are not as many answers as cases, or the judge's shares do not add up.
    """
    if len(cases) != len(answers):
        raise ValueError(f"expected an answer for each of {len(cases)} cases, got {len(answers)}")
    findings = _judged(exercise, cases, answers)
    total = sum(finding.share for finding in findings)
    if not findings or abs(total - 1) > 1e-9:
        raise ValueError(f"expected shares of {exercise.name} that add up to 1, got {total:g}")
    return findings


def _judged(exercise: Exercise, cases: Sequence[Case], answers: Sequence[Answer]) -> list[Finding]:
    try:
        return list(exercise.judge(cases, answers))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        if exercise.probe is None:
            raise
        # What a probe measures has a form of its own; whoever hands back another one has gone past the probe.
        return [Finding(False, "What came back has not the form of an answer. Does your code do what was asked?")]


def share_right(findings: Sequence[Finding]) -> float:
    """Add up the shares of what is right, from 0 to 1."""
    return sum(finding.share for finding in findings if finding.passed)
