"""Reading what comes out of the closed room; none of it is believed, and none of it can do harm."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import numpy as np

from cnncourse.checks._exercise import Answer
from cnncourse.grading._wire import WireError, unpack
from cnncourse.grading.tasks import Limits, Outcome, State, Task

__all__ = ["broken_outcome", "read_outcome", "too_late_outcome"]

GARBAGE = "what came back is no answer: code that meddles with Python itself cannot be marked"
MOST_LETTERS = 2**24  # an array of text may hold; 64 MB


def broken_outcome(seconds: float) -> Outcome:
    """Return what to say when the room itself fell over."""
    return Outcome(
        "out of resources",
        message="the answer brought down everything around it; it uses far too much",
        seconds=seconds,
    )


def too_late_outcome(seconds: float) -> Outcome:
    """Return what to say when an answer was not done in time."""
    return Outcome(
        "time-out", message=f"no result after {seconds:g} seconds; is there a loop without an end?", seconds=seconds
    )


def read_outcome(report: dict[str, Any], task: Task, limits: Limits, seconds: float, killed: bool | None) -> Outcome:
    """Read a runner's report.

    Parameters
    ----------
    report : dict
        See `cnncourse.grading._runner.run`.
    task : Task
        What was run.
    limits : Limits
        Under which.
    seconds : float
        How long it was allowed to run.
    killed : bool or None
        Whether the system has ended a process for want of memory; None if nobody knows.

    Returns
    -------
    Outcome

    Raises
    ------
    KeyError, TypeError
        If the report is none.
    """
    used = min(max(0.0, float(report["seconds"])), seconds + 60)
    printed = bytes(report["printed"])[: limits.printed_bytes].decode("utf-8", "replace")
    if not report["frames"]:  # the first is sent before the learner's code begins
        why = _why_not(report, limits, seconds, killed)[1]
        return Outcome("grader fault", [], f"the given cells do not run: {why}", printed, used)
    expected = 1 if task.kind == "value" else len(task.cases)
    answers: list[Answer] = []
    try:
        state, message = _loaded(report["frames"], limits)
        answers += (_answer(frame, limits) for frame in report["frames"][2 : 2 + expected])
    except (WireError, KeyError, TypeError):
        state, message = "student error", GARBAGE
    if state == "answered":
        if len(answers) == expected:
            return _answered(answers, printed, used)
        state, message = _why_not(report, limits, seconds, killed)
    return Outcome(state, answers, message, printed, used)


def _loaded(frames: list[bytes], limits: Limits) -> tuple[State, str]:
    """Read whether the given cells and the learner's cell ran."""
    given = unpack(frames[0], limit=limits.answer_bytes)
    if given["state"] != "answered":
        return "grader fault", given["message"]
    if len(frames) == 1:
        return "answered", ""
    cell = unpack(frames[1], limit=limits.answer_bytes)
    message = str(cell["message"])[:1000]
    if cell["state"] == "out of resources":
        return "out of resources", message
    return ("answered" if cell["state"] == "answered" else "student error"), message


def _answer(frame: bytes, limits: Limits) -> Answer:
    got = unpack(frame, limit=limits.answer_bytes + 2**16)
    if type(got["error"]) is not str or type(got["changed"]) is not bool:
        raise TypeError("expected text and a truth")
    if swells(got["value"]):
        raise TypeError("expected numbers and texts that fit into an array together")
    return Answer(got["value"], got["error"][:1000], got["changed"])


def swells(data: Any) -> bool:
    """Say whether data would outgrow all memory if NumPy made one array of it.

    In an array of text each item takes as much room as the longest one, and a number among texts becomes a text.

    Examples
    --------
    >>> swells(["x" * 100_000, *[1.5] * 1_000])
    True
    """
    sizes = list(_sizes(data))
    longest = max((letters for _, letters in sizes), default=0)
    return longest * sum(count for count, _ in sizes) > MOST_LETTERS


def _sizes(data: Any) -> Iterator[tuple[int, int]]:
    """Yield for each text, number and array in data how many items it has, and how many letters the longest has."""
    if isinstance(data, (list, tuple)):
        for one in data:
            yield from _sizes(one)
    elif isinstance(data, dict):
        yield from _sizes(list(data.items()))
    elif isinstance(data, np.ndarray):
        yield data.size, data.dtype.itemsize // 4 if data.dtype.kind == "U" else 0
    else:
        yield 1, len(data) if isinstance(data, (str, bytes)) else 0


def _answered(answers: list[Answer], printed: str, used: float) -> Outcome:
    hungry = [answer for answer in answers if answer.error.startswith("MemoryError")]
    if hungry:
        return Outcome("out of resources", answers, hungry[0].error, printed, used)
    return Outcome("answered", answers, "", printed, used)


def _why_not(report: dict[str, Any], limits: Limits, seconds: float, killed: bool | None) -> tuple[State, str]:
    """Say why there are too few answers, as the runner saw it."""
    if killed or report["hungry"]:
        return "out of resources", f"the answer needs more memory than the {limits.memory / 2**30:g} GiB there are"
    if report["large"]:
        return "out of resources", f"the answer hands back more than {limits.answer_bytes:,} bytes"
    if report["late"]:
        return "time-out", too_late_outcome(seconds).message
    number = report["signal"]
    if number == signal.SIGXCPU:
        return "time-out", too_late_outcome(seconds).message
    if number == signal.SIGKILL and killed is None:
        return "out of resources", "the process was ended from outside, most likely because it used too much memory"
    if number is not None:
        return "student error", f"the process was ended by signal {int(number)} before there was an answer"
    return "student error", "Python ended before there was an answer; leave exit(), quit() and os._exit() out"
