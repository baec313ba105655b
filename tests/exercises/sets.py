"""The graded sets as the tests see them: their cells, and what an answer gives when it is run here."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import nbformat

from cnncourse.checks import Answer, Exercise, find_cases, find_findings, try_out
from cnncourse.checks._exercise import Finding

FOLDER = Path(__file__).parents[2] / "notebooks" / "exercises"
SETS = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))
STUDENT = "ada"


@functools.cache
def read_set(path: Path) -> Any:
    """Read a set."""
    return nbformat.read(path, 4)


def find_set(lesson: str) -> Path:
    """Find a lesson's set."""
    return next(path for path in SETS if path.name.startswith(lesson))


def cells(path: Path, **wanted: bool) -> dict[str, Any]:
    """Return the cells whose nbgrader metadata are as wanted, by their names."""
    found = [(cell.metadata.nbgrader, cell) for cell in read_set(path).cells]
    return {about.grade_id: cell for about, cell in found if all(about[key] == value for key, value in wanted.items())}


def given(path: Path) -> str:
    """Return what is run before every answer."""
    return "\n".join(cell.source for cell in read_set(path).cells if "given" in cell.metadata.get("tags", []))


def solution(exercise: Exercise) -> str:
    """Return the reference answer of an exercise."""
    return str(cells(find_set(exercise.name[:2]))[f"answer-{exercise.name}"].source)


def judge(exercise: Exercise, source: str, *, secret: bytes = b"") -> list[Finding]:
    """Run an answer cell here and judge what it gives; only for answers that the tests hold themselves."""
    found = find_cases(exercise, STUDENT, secret=secret)
    names: dict[str, Any] = {"given": lambda name: dict(found[0].keywords)}
    exec(compile(given(find_set(exercise.name[:2])), "given", "exec"), names)
    try:
        exec(compile(source, "answer", "exec"), names)
        answers = try_out(exercise, names[exercise.entry], found)
    except Exception as error:
        answers = [Answer(error=f"{type(error).__name__}: {error}")] * len(found)
    return find_findings(exercise, found, answers)
