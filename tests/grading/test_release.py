"""Tests that learners get no solution in any form, and that a release never runs over what is there."""

from __future__ import annotations

import ast
import copy
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import nbformat
import pytest

import cnncourse
from cnncourse.checks import exercises
from cnncourse.grading.course import SECRET, Course, GradingError, make_secret, read_configuration, read_secret
from cnncourse.grading.release import find_leaks, release
from tests.exercises.sets import SETS, read_set
from tests.grading.classroom import (
    LOOPS,
    NAME,
    ONE,
    OPEN,
    SECRET_WORD,
    cell,
    fill,
    hand_in,
    released,
    small_set,
    write_set,
)

PACKAGE = Path(cnncourse.__file__).parent


def test_learners_get_blanks(course: Course):
    notebook = released(course)
    sources = {one["metadata"]["nbgrader"]["grade_id"]: "".join(one["source"]) for one in notebook["cells"]}
    assert sources[f"answer-{ONE}"] == "# YOUR CODE HERE\nraise NotImplementedError()"
    assert sources[f"answer-{LOOPS}"].endswith("    # YOUR CODE HERE\n    raise NotImplementedError()")
    assert sources[OPEN] == "YOUR ANSWER HERE"
    assert sources[LOOPS] == f'check("{LOOPS}", slide)'


def test_the_cell_with_the_learners_name_stays_open_and_the_version_is_noted(course: Course):
    notebook = released(course)
    by_name = {one["metadata"]["nbgrader"]["grade_id"]: one["metadata"] for one in notebook["cells"]}
    assert "editable" not in by_name["setup"]
    assert by_name["given"]["editable"] is by_name[ONE]["editable"] is False
    assert notebook["metadata"]["cnncourse"]["assignment"] == NAME
    nbformat.validate(nbformat.from_dict(notebook))


def test_nothing_in_the_release_holds_a_solution(course: Course):
    files = [path for path in (course.root / "release").rglob("*") if path.is_file()]
    assert [path.name for path in files] == [f"{NAME}.ipynb"]
    assert SECRET_WORD not in files[0].read_text(encoding="utf-8")
    assert read_secret(course).hex() not in files[0].read_text(encoding="utf-8")
    assert SECRET_WORD in course.source(NAME).read_text(encoding="utf-8")


LEAKS: dict[str, tuple[Any, str]] = {
    "a solution left": (lambda cells: cells[3].update(source="value = 3"), "is not the blank"),
    "a rubric left": (lambda cells: cells[8].update(source="Because."), "is not the blank"),
    "an output": (lambda cells: cells[4].update(outputs=[{"text": "3"}]), "has outputs"),
    "metadata": (lambda cells: cells[4]["metadata"].update(answer=3), "has metadata answer"),
    "a file attached": (lambda cells: cells[8].update(attachments={"a.png": {}}), "has a file attached"),
    "a hidden test": (lambda cells: cells[4].update(source="### BEGIN HIDDEN TESTS"), "a hidden test left"),
}


@pytest.mark.parametrize(("change", "says"), LEAKS.values(), ids=LEAKS)
def test_a_leak_is_noticed(course: Course, change: Any, says: str):
    notebook = copy.deepcopy(released(course))
    assert find_leaks(small_set(), notebook) == []
    change(notebook["cells"])
    (leak,) = find_leaks(small_set(), notebook)
    assert says in leak


def test_a_set_with_a_leak_is_not_released(course: Course, tmp_path: Path):
    notebook = small_set()
    notebook["cells"][8]["attachments"] = {"solution.png": {"image/png": "AAAA"}}
    before = course.released(NAME).read_bytes()
    with pytest.raises(GradingError, match=f"{NAME} was not released: the solution in {OPEN} has a file attached"):
        release(course, write_set(tmp_path, notebook), renew=True, replace=True)
    assert course.released(NAME).read_bytes() == before
    assert not (course.root / ".cnncourse-release").exists()


def test_the_same_again_changes_nothing(course: Course, tmp_path: Path):
    before = course.released(NAME).read_bytes()
    assert release(course, write_set(tmp_path)) == (course.released(NAME), "unchanged", ())
    assert course.released(NAME).read_bytes() == before


def another_set() -> dict[str, Any]:
    notebook = small_set()
    notebook["cells"].append(cell("more", "A last word.", kind="markdown"))
    return notebook


def test_the_lecturers_own_source_is_used_and_kept(course: Course, tmp_path: Path):
    own = json.dumps(another_set())
    course.source(NAME).write_text(own)
    done = release(course, write_set(tmp_path), replace=True)
    assert course.source(NAME).read_text() == own
    assert "differs from the course's own and was used as it is" in done.notes[0]
    assert "A last word." in course.released(NAME).read_text()


def test_a_release_that_differs_gives_way_only_when_told_and_is_kept(course: Course, tmp_path: Path):
    given_out = course.released(NAME).read_bytes()
    (course.released(NAME).parent / "data.csv").write_text("mine")
    course.source(NAME).write_text(json.dumps(another_set()))
    with pytest.raises(GradingError, match="learners may have it already; --replace"):
        release(course, write_set(tmp_path))
    assert course.released(NAME).read_bytes() == given_out
    assert release(course, write_set(tmp_path), replace=True).how == "replaced"
    (kept,) = (course.root / "kept").rglob(f"{NAME}.ipynb")
    assert kept.read_bytes() == given_out
    assert (kept.parent / "data.csv").read_text() == "mine"


def test_the_courses_set_can_be_taken_anew_and_the_lecturers_is_kept(course: Course, tmp_path: Path):
    course.source(NAME).write_text("mine")
    release(course, write_set(tmp_path, another_set()), renew=True, replace=True)
    assert [path.read_text() for path in (course.root / "kept").glob(f"*/source/{NAME}/*.ipynb")] == ["mine"]


def test_a_learners_copy_is_no_set_to_release(course: Course, tmp_path: Path):
    copied = tmp_path / f"{NAME}.ipynb"
    copied.write_bytes(course.released(NAME).read_bytes())
    with pytest.raises(GradingError, match="holds no solutions: it is a learner's copy"):
        release(Course(tmp_path / "other"), copied)


def test_what_nbgrader_refuses_is_said_in_a_line(course: Course, tmp_path: Path):
    notebook = another_set()
    notebook["cells"][-1]["source"] = "### BEGIN SOLUTION\n### END SOLUTION"
    with pytest.raises(GradingError, match="nbgrader could not release 02_small: ") as caught:
        release(course, write_set(tmp_path, notebook), renew=True, replace=True)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own code, in which SQLAlchemy finds fault
def test_nbgraders_own_autograder_refuses_to_run_answers(course: Course, tmp_path: Path):
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log

    trace = tmp_path / "trace"
    hand_in(course, "ada", fill(released(course), {ONE: f"open({str(trace)!r}, 'w')"}))
    settings = read_configuration(course)
    folder = CourseDirectory(config=settings, assignment_id=NAME, student_id="ada")
    done = capture_log(Autograde(coursedir=folder, config=settings))
    assert not done["success"]
    assert "mark them with: cnncourse exercises grade" in done["log"]
    assert not trace.exists()


def test_a_lecturers_own_settings_stay(tmp_path: Path, course: Course):
    own = 'c = get_config()\nc.CourseDirectory.course_id = "mine"\n'
    (course.root / "nbgrader_config.py").write_text(own)
    release(course, write_set(tmp_path))
    assert (course.root / "nbgrader_config.py").read_text() == own
    assert read_configuration(course).CourseDirectory.course_id == "mine"


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path):
    course = Course(tmp_path)
    secret = make_secret(course)
    assert len(secret) == 32
    assert make_secret(course) == read_secret(course) == secret
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / SECRET).stat().st_mode) == 0o600


def test_a_secret_that_is_missing_or_damaged_is_not_made_up(tmp_path: Path):
    with pytest.raises(GradingError, match="is missing: marks depend on it"):
        read_secret(Course(tmp_path))
    (tmp_path / SECRET).write_text("no number")
    with pytest.raises(GradingError, match="is damaged"):
        read_secret(Course(tmp_path))


# --- the sets of the course ------------------------------------------------------------------------------------------

TRIVIAL = (ast.Import, ast.ImportFrom, ast.Pass, ast.Break, ast.Continue)


def telling_lines(source: str) -> set[str]:
    """Return the lines between the marks of a solution that say how it is done."""
    lines, inside = set(), False
    for line in map(str.strip, source.split("\n")):
        if inside and "END SOLUTION" not in line and not is_trivial(line):
            lines.add(line)
        inside = (inside or "BEGIN SOLUTION" in line) and "END SOLUTION" not in line
    return lines


def is_trivial(line: str) -> bool:
    """Say whether a line gives nothing away: a header, an import, a name, a literal, a call with nothing inside."""
    try:
        (statement,) = ast.parse(line).body or [ast.Pass()]
    except (SyntaxError, ValueError):
        return line.endswith(":") or len(line) < 12
    if isinstance(statement, ast.Assign):
        simple = (ast.Name, ast.Constant, ast.Attribute, ast.List, ast.Dict)
        value = statement.value
        call = isinstance(value, ast.Call) and all(isinstance(one, simple) for one in value.args)
        return isinstance(value, simple) or call or ".shape" in line
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return not statement.value.args and not statement.value.keywords
    if isinstance(statement, ast.Return):
        return isinstance(statement.value, (ast.Name, ast.Constant, ast.Tuple)) or statement.value is None
    return isinstance(statement, TRIVIAL) or len(line) < 12


@pytest.fixture(scope="module")
def sets(first_course: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course with every set that is there."""
    course = Course(tmp_path_factory.mktemp("sets"))
    (course.root / "gradebook.db").write_bytes((first_course.root / "gradebook.db").read_bytes())
    for path in SETS:
        release(course, path)
    return course


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_no_solution_of_a_set_is_in_its_release_or_in_the_installed_package(path: Path, sets: Course):
    whole = sets.released(path.stem).read_text(encoding="utf-8")
    shown = "\n".join("".join(one["source"]) for one in json.loads(whole)["cells"])
    installed = {line.strip() for file in PACKAGE.rglob("*.py") for line in file.read_text("utf-8").splitlines()}
    told = "\n".join(one.source for one in read_set(path).cells if not one.metadata.nbgrader.solution)
    for one in read_set(path).cells:
        about = one.metadata.nbgrader
        if about.solution and not about.grade:
            lines = {line for line in telling_lines(one.source) if line not in told}  # a broken network has right lines
            assert {line for line in lines if line in shown} == set(), about.grade_id
            known = lines & installed  # one line of four may be what everybody writes, such as optimiser.zero_grad()
            assert len(known) <= len(lines) // 4, f"{about.grade_id}: the package gives it away: {known}"
        elif about.solution:
            assert {line for line in one.source.split("\n") if len(line) > 20 and line in whole} <= {"| points | for |"}


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_links_of_a_set_lead_to_lessons_beside_it_and_nowhere_else(path: Path, sets: Course):
    text = "\n".join("".join(one["source"]) for one in released(sets, path.stem)["cells"])
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert target.startswith("https://") or (path.parent / target).resolve().is_file(), target


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_hints_and_titles_hold_no_line_of_a_solution(path: Path):
    told = " ".join(" ".join([one.title, *one.hints]) for one in exercises(path.name[:2]))
    lines = {line for one in read_set(path).cells for line in telling_lines(one.source)}
    assert {line for line in lines if line in told} == set()
