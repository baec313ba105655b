"""The marked notebook that formgrader shows: the set as released, with a learner's answers and what was found."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from cnncourse._files import write_whole
from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import Course
from cnncourse.grading.marks import Marks, Result

__all__ = ["findings_text", "plain_block", "read_answers", "write_autograded"]

WIDTH = 100  # characters a line
STATES = {
    "graded": "",
    "student error": "the code stopped with an error",
    "time-out": "no result in time",
    "out of resources": "too much memory or room used",
    "invalid": "could not be marked",
    "grader fault": "the grader failed; not the learner's doing",
}


def write_autograded(course: Course, assignment: Assignment, marks: Marks) -> None:
    """Write the marked notebook; code is only shown, and text cannot become anything but text.

    Parameters
    ----------
    course : Course
        Its folder; the released set is read from there.
    assignment : Assignment
        The set.
    marks : Marks
        Of one submission, with its answers.
    """
    notebook = json.loads(course.released(assignment.name).read_text(encoding="utf-8"))
    texts = {one.name for one in assignment.open_questions}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in marks.results:
            cell["outputs"] = [_output(findings_text(marks.results[name]))]
        elif name in marks.answers:
            answer = readable(marks.answers[name])
            cell["source"] = plain_block(answer) if name in texts else answer
            cell["metadata"]["cnncourse"] = {"answer": marks.answers[name]}
    notebook["cells"].insert(0, _about(marks))
    path = course.autograded(marks.student, marks.assignment)
    write_whole(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")


def read_answers(course: Course, student: str, name: str) -> dict[str, str]:
    """Return the answers in the marked notebook that is there now, by the names of the cells; none if there is none."""
    try:
        cells = json.loads(course.autograded(student, name).read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):
        return {}
    answers = [(cell["metadata"].get("nbgrader", {}), cell["metadata"].get("cnncourse", {})) for cell in cells]
    return {about["grade_id"]: ours["answer"] for about, ours in answers if "answer" in ours}


def _about(marks: Marks) -> dict[str, Any]:
    lines = [f"{marks.points:g} of {marks.out_of:g} points by machine", *([marks.invalid] if marks.invalid else [])]
    lines += [f"to know: {flag}" for flag in marks.flags]
    return {"cell_type": "markdown", "id": "marks", "metadata": {}, "source": plain_block("\n".join(lines))}


def _output(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def findings_text(result: Result) -> str:
    """Return what was found, line by line."""
    state = f" ({STATES[result.state]})" if STATES[result.state] else ""
    lines = [f"{result.points:g} of {result.out_of:g} points{state}"]
    lines += [f"{'✓' if found.passed else '✗'} {found.message}" for found in result.findings]
    # What learners' code says itself may hold hidden inputs; it stays in the lecturer's folder of marks.
    shown = result.state == "grader fault" and result.note
    return readable("\n".join([*lines, *([f"for the lecturer: {result.note}"] if shown else [])]))


def readable(text: str) -> str:
    """Return text without control characters, which a terminal or a page might obey."""
    return "".join(sign for sign in text if sign in "\n\t" or (sign.isprintable() or sign == "\u00a0"))


def plain_block(text: str) -> str:
    """Return Markdown that shows a text as it was typed: no markup, links, pictures, formulas or scripts in it.

    Examples
    --------
    >>> print(plain_block("<b>bold</b> ```"))
    ````text
    <b>bold</b> ```
    ````
    """
    longest = max([2, *(len(run) for run in re.findall("`+", text))])
    fence = "`" * (longest + 1)
    lines = [part for line in readable(text).split("\n") for part in textwrap.wrap(line, WIDTH, **KEEP) or [""]]
    return "\n".join([f"{fence}text", *lines, fence])


KEEP: Any = {"replace_whitespace": False, "drop_whitespace": False, "expand_tabs": False, "break_on_hyphens": False}
