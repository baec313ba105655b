"""What a set of exercises is: which cells answer what, for how many points, and what runs before every answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnncourse.checks import exercise
from cnncourse.grading.course import GradingError

__all__ = ["Assignment", "OpenQuestion", "blank", "read_assignment"]

STUB, TEXT_STUB = "# YOUR CODE HERE\nraise NotImplementedError()", "YOUR ANSWER HERE"  # as nbgrader has them
HEADING = re.compile(
    r"^#+ +(?:\d+\. +)?(.+?)(?: +\(\d+ points?[^()]*\))? *$", re.MULTILINE
)  # without number and points
BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


@dataclass(frozen=True)
class OpenQuestion:
    """A question that a person marks.

    Attributes
    ----------
    name : str
        The cell's name in nbgrader, such as ``"open-02-zero"``.
    title : str
        The heading above it.
    points : float
        What it is worth.
    blank : str
        The cell as learners get it.
    """

    name: str
    title: str
    points: float
    blank: str


@dataclass(frozen=True)
class Assignment:
    """A set of exercises.

    Attributes
    ----------
    name, lesson : str
        Such as ``"02_convolution_by_hand"`` and ``"02"``.
    version : str
        Changes with everything that marks depend on in the notebook.
    given : str
        Source of what runs before every answer.
    answers : dict
        For each exercise, in order, the name of the cell that answers it.
    blanks : dict
        For each exercise, that cell as learners get it.
    points : dict
        For each exercise, what it is worth.
    open_questions : tuple of OpenQuestion
        Marked by a person.
    """

    name: str
    lesson: str
    version: str
    given: str
    answers: Mapping[str, str]
    blanks: Mapping[str, str]
    points: Mapping[str, float]
    open_questions: tuple[OpenQuestion, ...]


def read_assignment(path: Path) -> Assignment:
    """Read a set of exercises from its notebook, with or without solutions.

    Parameters
    ----------
    path : Path
        A notebook in nbgrader's format, written by the course or its lecturer.

    Returns
    -------
    Assignment

    Raises
    ------
    GradingError
        If the notebook cannot be read, or does not agree with the exercises of `cnncourse.checks`.
    """
    cells = _named_cells(path)
    checks = [cell for cell in cells if _is(cell, grade=True, solution=False)]
    points = {cell["name"]: _points(cell, path) for cell in checks}
    if not points:
        raise GradingError(f"{path.name}: expected cells that check an answer, found none")
    blanks = {name: _answer_cell(name, cells, path) for name in points}
    asked = tuple(_open_questions(cells, path))
    given = "\n".join(cell["source"] for cell in cells if "given" in cell["tags"])
    if "cnncourse.checks" in given:
        raise GradingError(f"{path.name}: a given cell imports cnncourse.checks, which learners' code may not have")
    graded = [path.stem, given, list(points.items()), [(one.name, one.points) for one in asked]]
    version = hashlib.sha256(json.dumps(graded).encode()).hexdigest()[:16]
    answers = {name: f"answer-{name}" for name in points}
    return Assignment(path.stem, path.stem[:2], version, given, answers, blanks, points, asked)


def _named_cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        read = [_cell(cell) for cell in cells]
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GradingError(f"{path} is no notebook with exercises: {type(error).__name__}: {error}") from error
    if not re.match(r"\d\d_", path.name):
        raise GradingError(f"expected a set named after its lesson, such as 02_convolution_by_hand, got {path.stem!r}")
    names = [cell["name"] for cell in read if cell["name"]]
    if twice := {name for name in names if names.count(name) > 1}:
        raise GradingError(f"{path.name}: more than one cell is named {sorted(twice)[0]!r}")
    return read


def _cell(cell: Any) -> dict[str, Any]:
    about = cell["metadata"].get("nbgrader", {})
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    tags, name = cell["metadata"].get("tags", []), about.get("grade_id", "")
    return {"name": name, "kind": cell["cell_type"], "source": source, "tags": tags, "about": about}


def _is(cell: dict[str, Any], *, grade: bool, solution: bool) -> bool:
    about = cell["about"]
    return bool(about.get("grade")) == grade and bool(about.get("solution")) == solution


def _points(cell: dict[str, Any], path: Path) -> float:
    try:
        one = exercise(cell["name"])
    except (ValueError, ImportError) as error:
        raise GradingError(f"{path.name}: cell {cell['name']!r} checks what cnncourse.checks does not have") from error
    if one.name[:2] != path.name[:2]:
        raise GradingError(f"{path.name}: {one.name} belongs to another lesson")
    points = cell["about"].get("points")
    if points != one.points:
        raise GradingError(f"{path.name}: expected {one.points} points for {one.name} (as in its check), got {points}")
    return float(points)


def _answer_cell(name: str, cells: list[dict[str, Any]], path: Path) -> str:
    for cell in cells:
        if cell["name"] == f"answer-{name}":
            if cell["kind"] == "code" and _is(cell, grade=False, solution=True):
                return blank(cell["source"])
            raise GradingError(
                f"{path.name}: answer-{name} should be a code cell for a solution, and not graded itself"
            )
    raise GradingError(f"{path.name}: expected a cell answer-{name}, found none")


def _open_questions(cells: list[dict[str, Any]], path: Path) -> list[OpenQuestion]:
    found, heading = [], ""
    for cell in cells:
        if cell["kind"] == "markdown" and _is(cell, grade=True, solution=True):
            points = cell["about"].get("points")
            if not isinstance(points, (int, float)) or points <= 0 or not cell["name"].startswith("open-"):
                raise GradingError(
                    f"{path.name}: expected open-... with points above 0, got {cell['name']!r}, {points}"
                )
            found.append(OpenQuestion(cell["name"], heading or cell["name"], float(points), TEXT_STUB))
        elif cell["kind"] == "markdown" and (title := HEADING.search(cell["source"])):
            heading = title[1]
    return found


def blank(source: str) -> str:
    r"""Return an answer cell as learners get it: what lies between the solution's marks becomes nbgrader's stub.

    Examples
    --------
    >>> print(blank("def area(side):\n    ### BEGIN SOLUTION\n    return side**2\n    ### END SOLUTION"))
    def area(side):
        # YOUR CODE HERE
        raise NotImplementedError()
    """
    if BEGIN not in source:
        return source if STUB.splitlines()[0] in source else STUB
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if BEGIN in line:
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + stub for stub in STUB.split("\n")]
        if not inside and BEGIN not in line:
            kept.append(line)
        inside = (inside or BEGIN in line) and END not in line
    return "\n".join(kept)
