"""Tests of the matrix of objectives: nothing that is promised goes untaught, unasked or unpractised."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from cnncourse.lessons import Lesson, read_lessons
from cnncourse.publish import objectives as matrix
from cnncourse.publish.objectives import address, objectives_page, read_objectives, read_sections
from cnncourse.quizzes import FOLDER as QUIZZES
from cnncourse.quizzes import read_quizzes

ROOT = Path(__file__).parents[2]
LESSONS = read_lessons(ROOT / "notebooks")
every = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.path.stem)
taught = pytest.mark.parametrize("lesson", LESSONS[1:], ids=lambda lesson: lesson.path.stem)
with_exercises = [one for one in LESSONS if (ROOT / "notebooks" / "exercises" / one.path.name).exists()]


@every
def test_every_objective_is_taught_in_a_section(lesson: Lesson):
    found = read_objectives(lesson)
    assert len(found) >= 3
    assert [one.number for one in found if not one.sections] == []


@taught
def test_every_objective_is_asked_about(lesson: Lesson):
    assert [one.number for one in read_objectives(lesson) if not one.questions] == []


@pytest.mark.parametrize("lesson", with_exercises, ids=lambda lesson: lesson.path.stem)
def test_every_objective_is_practised(lesson: Lesson):
    assert [one.number for one in read_objectives(lesson) if not one.exercises] == []


def test_lessons_01_to_09_have_exercises():
    assert {one.number for one in with_exercises} >= set(range(1, 10))


@every
def test_every_question_says_what_it_asks_about_and_is_asked_in_the_lesson(lesson: Lesson):
    questions = read_quizzes(QUIZZES / f"{lesson.path.stem}.toml")
    assert [name for name, text in questions.items() if not text.objectives] == []
    source = "\n".join(cell.source for cell in nbformat.read(lesson.path, as_version=4).cells)
    assert [name for name in questions if f'quiz("{name}")' not in source] == []


@every
def test_sections_come_in_reading_order_with_their_headings(lesson: Lesson):
    numbers = [int(one.heading.split()[0].rstrip(".")) for one in read_sections(lesson) if one.heading[0].isdigit()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_page_of_the_guide_is_what_the_course_says():
    page = (ROOT / "teaching" / matrix.PAGE).read_text(encoding="utf-8")
    assert page == objectives_page(LESSONS), "run: .venv/bin/python -m cnncourse.publish.objectives"


def test_a_row_holds_objective_section_question_and_exercise():
    rows = [line for line in objectives_page(LESSONS[2:3]).splitlines() if line.startswith("| 3. ")]
    assert rows == [
        "| 3. **Predict** the size of the output. | [5. How large is the answer?](../notebooks/"
        "02_convolution_by_hand.ipynb#5.-How-large-is-the-answer?) | `02-output-size` | "
        "`02-output-size`<br>`02-four-loops` |"
    ]


# --- a small lesson of its own --------------------------------------------------------------------------------------


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("## Aims\n\n1. Add.\n2. Halve.", metadata={"tags": ["objectives"]}, id="aims"),
        v4.new_markdown_cell("## 1. Adding\n\nTwo and two.", id="adding"),
        v4.new_markdown_cell("## 2. Halving", id="halving"),
        v4.new_markdown_cell("## What we saw", id="summary"),
    ]
    path = tmp_path / "42_sums.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    serving(monkeypatch, {"adding": [1], "halving": [1, 2]})
    return Lesson(42, "Sums", 5, (), "Sums.", path)


def serving(monkeypatch: pytest.MonkeyPatch, table: dict[str, list[int]]) -> None:
    monkeypatch.setattr(matrix, "_table", lambda: {"42": table})


def test_sections_without_a_number_count_only_where_they_are_named(lesson: Lesson, monkeypatch: pytest.MonkeyPatch):
    assert [(one.cell, one.heading) for one in read_sections(lesson)] == [
        ("adding", "1. Adding"), ("halving", "2. Halving"),
    ]  # fmt: skip
    serving(monkeypatch, {"adding": [1], "halving": [], "summary": [2]})
    assert [(one.cell, one.objectives) for one in read_sections(lesson)][1:] == [("halving", ()), ("summary", (2,))]


def test_an_objective_knows_what_serves_it(lesson: Lesson):
    first, second = read_objectives(lesson)
    assert (first.text, [one.cell for one in first.sections]) == ("Add.", ["adding", "halving"])
    assert (second.text, [one.cell for one in second.sections]) == ("Halve.", ["halving"])
    assert first.questions == first.exercises == ()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"adding": [1]}, "a line is missing for halving, “2. Halving”"),
        ({"adding": [1], "halving": [2], "thirds": [1]}, "thirds: no section has its heading in this cell"),
    ],
)
def test_a_table_that_does_not_fit_the_lesson_is_refused(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch, table: dict[str, list[int]], message: str
):
    serving(monkeypatch, table)
    with pytest.raises(ValueError, match=message):
        read_sections(lesson)


def test_an_objective_that_the_lesson_does_not_have_is_refused(lesson: Lesson, monkeypatch: pytest.MonkeyPatch):
    serving(monkeypatch, {"adding": [1], "halving": [3]})
    with pytest.raises(ValueError, match="halving serves objective 3; lesson 42 has 1 to 2"):
        read_objectives(lesson)


def test_a_question_in_words_says_in_its_prompt_what_it_practises(lesson: Lesson):
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("<!-- objectives: 1, 2 -->\n## Why?", id="prompt"),
        v4.new_markdown_cell("Because.", metadata={"nbgrader": {"grade_id": "open-42-why"}}, id="answer"),
    ]
    folder = lesson.path.parent / "exercises"
    folder.mkdir()
    (folder / lesson.path.name).write_text(json.dumps(v4.new_notebook(cells=cells)), encoding="utf-8")
    assert [one.exercises for one in read_objectives(lesson)] == [("open-42-why",), ("open-42-why",)]


def test_a_lesson_without_a_quiz_file_has_no_questions(lesson: Lesson):
    assert [one.questions for one in read_objectives(replace(lesson, number=42))] == [(), ()]


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("5. How large is the answer?", "5.-How-large-is-the-answer?"),
        ("A (small) one", "A-%28small%29-one"),
        ("1 · A rival", "1-%C2%B7-A-rival"),
    ],
)
def test_an_address_is_the_anchor_in_letters_that_a_link_may_hold(heading: str, wanted: str):
    assert address(heading) == wanted
