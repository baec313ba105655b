"""What tests of marking share: a small set, learners' notebooks made from it, and a room that is not closed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cnncourse.checks import Answer, exercise, try_out
from cnncourse.grading.course import Course
from cnncourse.grading.release import release
from cnncourse.grading.tasks import Outcome, Task

NAME = "02_small"
ONE, LOOPS, OPEN = "02-one-place", "02-four-loops", "open-02-why"
SECRET_WORD = "Mendelian"  # only the solutions and the rubric hold it
SOLUTIONS = {
    ONE: f'### BEGIN SOLUTION\nmine = given("{ONE}")  # {SECRET_WORD}\n'
    'value = (mine["window"] * mine["kernel"]).sum()\n### END SOLUTION',
    LOOPS: "def slide(image, kernel, stride):\n    ### BEGIN SOLUTION\n"
    "    whole = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)\n"
    "    return np.einsum('ijkl,kl->ij', whole[::stride, ::stride], kernel)\n    ### END SOLUTION",
}
ANSWERS = {
    name: source.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "") for name, source in SOLUTIONS.items()
}
WRONG_LOOPS = "def slide(image, kernel, stride):\n    return image"


def cell(name: str, source: str, *, kind: str = "code", tags: list[str] | None = None, **about: Any) -> dict[str, Any]:
    """Return a cell as nbgrader has them."""
    nbgrader = {"grade": False, "grade_id": name, "locked": True, "schema_version": 3, "solution": False, "task": False}
    metadata = {"nbgrader": {**nbgrader, **about}, **({"tags": tags} if tags else {})}
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": source, **code}


def small_set() -> dict[str, Any]:
    """Return a set with a number, a function and a question, with solutions."""
    cells = [
        cell("title", "# Exercises\n\nOf the lesson [02](../02_convolution_by_hand.ipynb).", kind="markdown"),
        cell(
            "setup", 'from cnncourse.checks import begin\ncheck, hint, given = begin("02", student="")', tags=["setup"]
        ),
        cell("given", "import numpy as np", tags=["given"]),
    ]
    for name in (ONE, LOOPS):
        one = exercise(name)
        cells.append(cell(f"answer-{name}", SOLUTIONS[name], solution=True, locked=False))
        cells.append(cell(name, f'check("{name}", {one.entry})', grade=True, points=one.points))
    cells.append(cell("prompt-why", "## 3. Why is that so? (4 points)\n\nSay it in words.", kind="markdown"))
    rubric = f"Because of {SECRET_WORD} reasons.\n\n| points | for |\n|---|---|\n| 4 | the reason |"
    cells.append(cell(OPEN, rubric, kind="markdown", solution=True, grade=True, locked=False, points=4))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def write_set(folder: Path, notebook: Mapping[str, Any] | None = None) -> Path:
    """Write a set to a folder."""
    path = folder / f"{NAME}.ipynb"
    path.write_text(json.dumps(notebook or small_set()), encoding="utf-8")
    return path


def make_course(folder: Path) -> Course:
    """Make a course with the small set released."""
    course = Course(folder / "course")
    release(course, write_set(folder))
    return course


def released(course: Course, name: str = NAME) -> dict[str, Any]:
    """Return what learners get."""
    return json.loads(course.released(name).read_text(encoding="utf-8"))


def fill(notebook: dict[str, Any], answers: Mapping[str, str], *, text: str = "", student: str = "") -> dict[str, Any]:
    """Return a notebook with answers in it, by the names of their exercises."""
    filled = copy.deepcopy(notebook)
    for one in filled["cells"]:
        name = one["metadata"]["nbgrader"]["grade_id"]
        if name.removeprefix("answer-") in answers and name.startswith("answer-"):
            one["source"] = answers[name.removeprefix("answer-")]
        elif name == OPEN and text:
            one["source"] = text
        elif name == "setup":
            one["source"] = "".join(one["source"]).replace('student=""', f'student="{student}"')
    return filled


def hand_in(course: Course, student: str, notebook: Mapping[str, Any] | bytes, name: str = NAME) -> Path:
    """Put a submission where nbgrader collects them, and return its folder."""
    folder = course.submitted / student / name
    folder.mkdir(parents=True, exist_ok=True)
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    (folder / f"{name}.ipynb").write_bytes(content)
    return folder


class OpenRoom:
    """Runs the tests' own answers right here; what it was asked is kept."""

    name = "open"

    def __init__(self, change: Callable[[Task, Outcome], Outcome] | None = None) -> None:
        self.tasks: list[Task] = []
        self.change = change or (lambda task, outcome: outcome)

    def available(self) -> str:
        """Say that it can be used."""
        return ""

    @contextmanager
    def session(self, limits: Any) -> Any:
        """Yield itself."""
        self.limits = limits
        yield self

    def run(self, task: Task) -> Outcome:
        """Run a task."""
        self.tasks.append(task)
        return self.change(task, self._run(task))

    def _run(self, task: Task) -> Outcome:
        names: dict[str, Any] = {"given": lambda name: dict(task.cases[0].keywords)}
        try:
            exec(task.given + "\n" + task.answer, names)
        except Exception as error:
            return Outcome("student error", message=f"{type(error).__name__}: {error} (line 1)")
        return Outcome("answered", try_out(exercise(task.name), names[task.entry], task.cases), seconds=0.01)


def answered(value: Any) -> Callable[[Task, Outcome], Outcome]:
    """Return what makes every answer a certain value."""
    return lambda task, outcome: Outcome("answered", [Answer(value)] * len(task.cases))
