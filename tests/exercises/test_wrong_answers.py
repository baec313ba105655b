"""Tests that plausible wrong answers are told what is wrong with them, and right ones pass."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cnncourse.checks import Exercise, exercises
from tests.exercises.plausible import Wrong, wrong_answers
from tests.exercises.sets import SETS, judge, solution

LEAST = 6
EXERCISES = [one for path in SETS for one in exercises(path.name[:2])]
SECRET = b"what only the grader knows"


def first_fault(exercise: Exercise, source: str, secret: bytes) -> str:
    """Return the message that an answer earns, or nothing if it passes."""
    return next((finding.message for finding in judge(exercise, source, secret=secret) if not finding.passed), "")


CASES = [pytest.param(one, wrong, id=f"{one.name}: {wrong.title}") for one in EXERCISES for wrong in wrong_answers(one)]


@pytest.mark.parametrize("secret", [b"", SECRET], ids=["public", "hidden"])
@pytest.mark.parametrize(("exercise", "wrong"), CASES)
def test_a_wrong_answer_is_told_what_is_wrong(exercise: Exercise, wrong: Wrong, secret: bytes):
    message = first_fault(exercise, wrong.source, secret)
    assert message, "this wrong answer passes"
    assert wrong.says in message


@pytest.mark.parametrize("secret", [b"", SECRET, b"another"], ids=["public", "hidden", "hidden otherwise"])
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_the_reference_answer_passes(exercise: Exercise, secret: bytes):
    assert first_fault(exercise, solution(exercise), secret) == ""


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_a_blank_earns_nothing(exercise: Exercise):
    findings = judge(exercise, released(solution(exercise)))
    assert not any(finding.passed for finding in findings)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_there_are_enough_wrong_answers_and_each_has_its_message(exercise: Exercise):
    wrong = wrong_answers(exercise)
    assert len(wrong) >= LEAST
    messages = [first_fault(exercise, one.source, b"") for one in wrong]
    assert len(set(messages)) >= LEAST, "at least six messages differ"
    assert len({one.source for one in wrong}) == len(wrong)


def test_the_table_of_wrong_answers_is_written(tmp_path_factory: pytest.TempPathFactory):
    rows = ["| exercise | wrong answer | message |", "|---|---|---|"]
    for exercise in EXERCISES:
        for wrong in wrong_answers(exercise):
            rows.append(f"| {exercise.name} | {wrong.title} | {first_fault(exercise, wrong.source, b'')} |")
    table = Path(__file__).parents[2] / "build" / "exercises" / "wrong_answers.md"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert len(rows) - 2 == len(CASES)


def released(source: str) -> str:
    """Return an answer cell as the learner gets it."""
    blank = re.sub(
        r"( *)### BEGIN SOLUTION.*?### END SOLUTION", r"\1raise NotImplementedError", source, flags=re.DOTALL
    )
    ast.parse(blank)
    return blank
