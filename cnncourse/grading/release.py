"""Making the notebooks that learners get: without solutions, and never over what is there already."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

from cnncourse._files import write_whole
from cnncourse.grading.assignment import BEGIN, TEXT_STUB, blank, read_assignment
from cnncourse.grading.course import (
    CONFIGURATION,
    Course,
    GradingError,
    make_secret,
    programs_at_hand,
    read_configuration,
)

__all__ = ["Released", "find_leaks", "refuse_to_run", "release"]

WORKSHOP = ".cnncourse-release"  # a folder in the course, there only while a release is made
SETTINGS = """c = get_config()
c.CourseDirectory.course_id = "{word}"
# nbgrader's own autograder would run answers as you, with all your rights; `cnncourse exercises grade` does not
c.Autograde.sanitize_preprocessors = ["cnncourse.grading.release.refuse_to_run"]
"""
CELL_METADATA = {"nbgrader", "tags", "deletable", "editable", "slideshow"}


class Released(NamedTuple):
    """What came of a release.

    Attributes
    ----------
    path : Path
        The notebook for learners.
    how : str
        ``"new"``, ``"unchanged"`` or ``"replaced"``.
    notes : tuple of str
        What the lecturer should know.
    """

    path: Path
    how: str
    notes: tuple[str, ...] = ()


def release(course: Course, original: Path, *, replace: bool = False, renew: bool = False) -> Released:
    """Make the learners' version of a set, and enter the set in the gradebook.

    Parameters
    ----------
    course : Course
        Its folder; it is made if need be.
    original : Path
        The set with its solutions, as it comes with the course.
    replace : bool
        Whether a release that differs gives way; it is kept under ``kept``.
    renew : bool
        Whether the lecturer's copy under ``source`` gives way to the original; it is kept too.

    Returns
    -------
    Released

    Raises
    ------
    GradingError
        If the set does not agree with its checks, would show a solution, or would overwrite another release.
    """
    name = original.stem
    course.root.mkdir(parents=True, exist_ok=True)
    notes = _bring_source(course, original, renew=renew)
    assignment = read_assignment(course.source(name))
    read_configuration(course)  # before anything is written: nbgrader must be there
    make_secret(course)
    _write_configuration(course)
    try:
        made = _generate(course, name, database=False)
        finished = _finish(made, course.source(name), assignment.version)
        how = _compare(course, name, finished, replace=replace)
        _generate(course, name, database=True)
        if how != "unchanged":
            write_whole(made, finished)
            _put_in_place(course, name, made)
    finally:
        shutil.rmtree(course.root / WORKSHOP, ignore_errors=True)
    return Released(course.released(name), how, tuple(notes))


def _bring_source(course: Course, original: Path, *, renew: bool) -> list[str]:
    """Copy the set into the course, unless the lecturer has it there already; say what differs."""
    text, target = original.read_text(encoding="utf-8"), course.source(original.stem)
    if BEGIN not in text:
        raise GradingError(f"{original} holds no solutions: it is a learner's copy; go to the folder of the course")
    if target.exists():
        if target.read_text(encoding="utf-8") == text:
            return []
        if not renew:
            return [f"{target} differs from the course's own and was used as it is; --renew takes the course's"]
        _keep(course, target.parent)
    write_whole(target, text)
    return []


def _write_configuration(course: Course) -> None:
    """Leave nbgrader's own commands and screens a minimum of settings, unless there are some."""
    path = course.root / CONFIGURATION
    if not path.exists():
        word = re.sub(r"[^A-Za-z0-9]+", "-", course.root.resolve().name).strip("-").lower() or "course"
        write_whole(path, SETTINGS.format(word=word))


def refuse_to_run(notebook: Any, resources: Any) -> Any:
    """Keep nbgrader's autograder from running answers: they would run without a room around them.

    Raises
    ------
    GradingError
        Always; it says how to mark instead.
    """
    raise GradingError("answers run in a closed room only; mark them with: cnncourse exercises grade --course FOLDER")


def _generate(course: Course, name: str, *, database: bool) -> Path:
    """Let nbgrader make the learners' version in a folder of its own, and return it."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log

    settings = read_configuration(course)
    settings.CourseDirectory.release_directory = WORKSHOP
    settings.SaveCells.enabled = database
    settings.GenerateAssignment.no_database = not database
    folder = CourseDirectory(config=settings, assignment_id=name, notebook_id=name)
    app = GenerateAssignment(coursedir=folder, config=settings)
    app.force = True
    with programs_at_hand():
        done = capture_log(app)
    if not done["success"]:
        raise GradingError(f"nbgrader could not release {name}: {_reason(done)}")
    return course.root / WORKSHOP / name / f"{name}.ipynb"


def _reason(done: dict[str, Any]) -> str:
    lines = [line for line in done.get("log", "").splitlines() if re.match(r"\w*(Error|Exception)\b.*: ", line)]
    return lines[-1] if lines else done["error"].strip().splitlines()[-1]


def _finish(made: Path, source: Path, version: str) -> str:
    """Note the version, leave the cell with the learner's name open, and look for what must not be there."""
    notebook = json.loads(made.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "setup" in cell["metadata"].get("tags", []):
            cell["metadata"].pop("editable", None)
    notebook["metadata"]["cnncourse"] = {"assignment": made.stem, "version": version}
    if leaks := find_leaks(json.loads(source.read_text(encoding="utf-8")), notebook):
        raise GradingError(f"{made.stem} was not released: {'; '.join(leaks)}")
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def find_leaks(source: dict[str, Any], released: dict[str, Any]) -> list[str]:
    """Say what a learners' version shows that it must not.

    Parameters
    ----------
    source, released : dict
        The notebook with solutions, and the one without.

    Returns
    -------
    list of str
        Empty if all is well.
    """
    leaks = []
    before = {_name(cell): cell for cell in source["cells"]}
    for cell in released["cells"]:
        name = _name(cell)
        about = cell["metadata"].get("nbgrader", {})
        text = "".join(cell["source"])
        if cell.get("outputs"):
            leaks.append(f"cell {name} has outputs")
        if strange := set(cell["metadata"]) - CELL_METADATA:
            leaks.append(f"cell {name} has metadata {', '.join(sorted(strange))}")
        if about.get("solution") and cell.get("attachments"):
            leaks.append(f"the solution in {name} has a file attached, which would stay")
        if re.search("(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", text):
            leaks.append(f"cell {name} has a mark of a solution or a hidden test left")
        if about.get("solution") and text != _expected(before.get(name), cell):
            leaks.append(f"cell {name} is not the blank that it should be")
    return leaks


def _expected(cell: dict[str, Any] | None, released: dict[str, Any]) -> str:
    return TEXT_STUB if released["cell_type"] == "markdown" else blank("".join(cell["source"]) if cell else "")


def _name(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", cell.get("id", "without a name")))


def _compare(course: Course, name: str, finished: str, *, replace: bool) -> str:
    there = course.released(name)
    if not there.exists():
        return "new"
    if there.read_text(encoding="utf-8") == finished:
        return "unchanged"
    if not replace:
        raise GradingError(
            f"{there} differs from what would be released now, and learners may have it already; "
            "--replace makes the new one and keeps the old one in the folder kept"
        )
    return "replaced"


def _put_in_place(course: Course, name: str, made: Path) -> None:
    target = course.released(name).parent
    if target.exists():
        _keep(course, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made.parent, target)


def _keep(course: Course, folder: Path) -> None:
    """Move a folder of the course out of the way, with all that is in it."""
    stamp = time.strftime("%Y-%m-%dT%H-%M-%S")
    target = course.root / "kept" / stamp / folder.relative_to(course.root)
    while target.exists():
        target = target.with_name(f"{target.name}-more")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(folder, target)
