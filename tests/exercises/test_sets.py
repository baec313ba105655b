"""Tests of the graded sets: what every set has, and that each objective of a lesson is practised."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cnncourse.checks import Exercise, exercise, exercises, find_cases
from tests.exercises.plausible import wrong_answers
from tests.exercises.sets import FOLDER, SETS, cells, judge, read_set, solution
from tests.notebooks.prose import words

LESSONS = FOLDER.parent
MOST_WORDS, FEWEST, MOST = 120, 4, 8
SEEDS = 12
paths = pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
every = [one for path in SETS for one in exercises(path.name[:2])]
each = pytest.mark.parametrize("one", every, ids=lambda one: one.name)


def objectives(path: Path) -> list[int]:
    """Return the numbers of a lesson's objectives."""
    cell = next(
        cell for cell in nbformat.read(LESSONS / path.name, 4).cells if "objectives" in cell.metadata.get("tags", [])
    )
    return [int(number) for number in re.findall(r"^(\d+)\. ", cell.source, flags=re.MULTILINE)]


def open_questions(path: Path) -> dict[str, Any]:
    """Return the questions that a person marks."""
    return cells(path, solution=True, grade=True)


def practised_in_words(path: Path) -> dict[str, list[int]]:
    """Return which objectives the open questions practise: a comment in the prompt says so."""
    found: dict[str, list[int]] = {}
    before = ""
    for cell in read_set(path).cells:
        if cell.metadata.nbgrader.grade_id in open_questions(path):
            comment = re.match(r"<!-- objectives: ([\d, ]+) -->", before)
            found[cell.metadata.nbgrader.grade_id] = (
                [int(number) for number in comment[1].split(",")] if comment else []
            )
        before = cell.source
    return found


@paths
def test_a_set_belongs_to_a_lesson_and_has_its_exercises_in_order(path: Path):
    assert (LESSONS / path.name).exists()
    lesson = exercises(path.name[:2])
    assert list(cells(path, grade=True, solution=False)) == [one.name for one in lesson]
    assert list(cells(path, grade=False, solution=True)) == [f"answer-{one.name}" for one in lesson]
    assert FEWEST <= len(lesson) <= MOST


@paths
def test_a_set_goes_from_warm_up_to_challenge_and_gives_some_numbers_to_each_learner(path: Path):
    lesson = exercises(path.name[:2])
    assert {one.level for one in lesson} == {"warm-up", "practice", "challenge"}
    assert lesson[0].level == "warm-up"
    assert any(one.personal for one in lesson)


@paths
def test_two_open_questions_come_with_a_rubric_whose_points_add_up(path: Path):
    asked = open_questions(path)
    assert len(asked) == 2
    for name, cell in asked.items():
        points = [int(number) for number in re.findall(r"^\| *(\d+) *\|", cell.source, flags=re.MULTILINE)]
        assert sum(points) == cell.metadata.nbgrader.points, name
        assert practised_in_words(path)[name], f"{name}: the prompt's first line says which objectives it practises"


@paths
def test_every_objective_of_the_lesson_is_practised(path: Path):
    practised = {number for one in exercises(path.name[:2]) for number in one.objectives}
    practised |= {number for numbers in practised_in_words(path).values() for number in numbers}
    assert practised == set(objectives(path))


@paths
def test_a_set_is_an_assignment_for_nbgrader(path: Path):
    notebook = read_set(path)
    nbformat.validate(notebook)
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    for cell in notebook.cells:
        about = cell.metadata.nbgrader
        assert about.schema_version == 3
        may_change = about.solution or "setup" in cell.metadata.get("tags", [])  # a learner's name stands in the set-up
        assert about.locked is not may_change
        assert ("points" in about) is about.grade
        assert not cell.get("outputs")
        assert not cell.get("execution_count")


@paths
def test_points_and_check_cells_are_what_the_checks_say(path: Path):
    for name, cell in cells(path, grade=True, solution=False).items():
        assert cell.metadata.nbgrader.points == exercise(name).points
        assert cell.source == f'check("{name}", {exercise(name).entry})'


@paths
def test_checks_run_in_the_set_up_cell_only_and_given_cells_do_without_them(path: Path):
    for cell in read_set(path).cells:
        if "given" in cell.metadata.get("tags", []):
            assert "cnncourse.checks" not in cell.source
    assert sum("setup" in cell.metadata.get("tags", []) for cell in read_set(path).cells) == 1


@paths
def test_prompts_are_short(path: Path):
    for cell in read_set(path).cells:
        if cell.cell_type == "markdown" and not cell.metadata.nbgrader.solution:
            assert len(words(cell.source)) <= MOST_WORDS, cell.metadata.nbgrader.grade_id


@each
def test_a_solution_stands_between_its_marks(one: Exercise):
    source = solution(one)
    assert source.count("### BEGIN SOLUTION") == source.count("### END SOLUTION") == 1
    ast.parse(source)


@each
def test_hints_lead_from_a_nudge_onwards(one: Exercise):
    assert len(one.hints) >= 2
    assert all(hint.endswith((".", "?", ":")) for hint in one.hints)


@each
def test_a_learners_numbers_are_their_own_and_hidden_cases_differ_from_public_ones(one: Exercise):
    def drawn(student: str, secret: bytes = b"") -> str:
        return repr([(case.arguments, dict(case.keywords)) for case in find_cases(one, student, secret=secret)])

    assert drawn("ada") == drawn("ada"), "the same for the same learner"
    if one.personal:
        assert len({drawn(name) for name in ("ada", "bob", "cleo", "dan")}) > 1
    if one.kind == "value":
        assert drawn("ada", b"secret") == drawn("ada"), "the numbers stay those that the learner has seen"
    else:
        assert drawn("ada", b"secret") != drawn("ada")


@each
def test_right_and_wrong_are_told_apart_with_any_hidden_cases(one: Exercise):
    few = [b"%d" % seed for seed in range(SEEDS if one.seconds <= 10 else 2)]
    for secret in few:
        assert all(finding.passed for finding in judge(one, solution(one), secret=secret))
        for wrong in wrong_answers(one):
            assert not all(finding.passed for finding in judge(one, wrong.source, secret=secret)), wrong.title


def test_the_table_of_what_is_practised_where_is_written():
    rows = ["| objective | exercises |", "|---|---|"]
    for path in SETS:
        by = {one.name: list(one.objectives) for one in exercises(path.name[:2])} | practised_in_words(path)
        for number in objectives(path):
            rows.append(
                f"| {path.name[:2]}.{number} | {', '.join(n for n, numbers in by.items() if number in numbers)} |"
            )
    table = FOLDER.parents[1] / "build" / "exercises" / "coverage.md"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert all(row.count("|") == 3 and not row.endswith("|  |") for row in rows)
