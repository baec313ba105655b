"""Tests of exercises in the book: no solution anywhere, hints folded, and links both ways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cnncourse.checks import exercises
from cnncourse.lessons import read_lessons
from cnncourse.publish import start
from cnncourse.publish.exercises import ExerciseSet, read_set
from tests.publish.conftest import Book, Opened
from tests.publish.samples import write_set, write_window

Open = Callable[..., Opened]
PAGE = "exercises/01_window.html"


def test_no_file_of_the_site_holds_a_solution(book: Book) -> None:
    texts = [path for path in book.site.rglob("*") if path.suffix in (".html", ".ipynb", ".js", ".md")]
    assert [path.name for path in texts if b"a secret" in path.read_bytes()] == []


def test_the_notebook_to_take_home_is_what_learners_get(open_page: Open, book: Book) -> None:
    link = open_page(PAGE).page.locator("a.btn-download-source-button")
    taken = (book.site / "exercises" / (link.get_attribute("href") or "")).resolve().read_bytes()
    assert taken == start.without_solutions(book.notebooks / "exercises" / "01_window.ipynb")


def test_hints_wait_until_they_are_opened_and_open_by_the_keyboard(open_page: Open) -> None:
    page = open_page(PAGE).page
    hints = page.locator("details.hint")
    [exercise] = [one for one in exercises("01") if one.name == "01-weights"]
    assert hints.count() == len(exercise.hints) == 2
    words = hints.first.locator("p")
    assert not words.is_visible()
    hints.first.locator("summary").press("Enter")
    assert words.is_visible()
    assert words.inner_text() == exercise.hints[0].replace("`", "")


def test_a_lesson_leads_to_its_exercises_and_they_lead_back(open_page: Open) -> None:
    page = open_page("01_window.html").page
    page.locator("section#practise").get_by_role("link", name="Exercises 01 · Window").click()
    page.wait_for_url(f"**/{PAGE}")
    page.get_by_role("article").get_by_role("link", name="01 · Window").click()
    page.wait_for_url("**/01_window.html")
    assert open_page("02_faulty.html").page.locator("section#practise").count() == 0


def test_a_set_says_how_much_there_is_to_do(tmp_path: Path) -> None:
    write_window(tmp_path)
    write_set(tmp_path)
    [lesson] = read_lessons(tmp_path)
    found = read_set(lesson)
    assert isinstance(found, ExerciseSet)
    assert found.extent == "2 exercises, 5 points"


def test_without_nbgrader_the_set_is_left_out_and_the_reason_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_window(tmp_path)
    write_set(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "nbgrader.preprocessors", None)
    [lesson] = read_lessons(tmp_path)
    assert read_set(lesson) == 'left out: exercises need nbgrader; try: pip install "cnncourse[grading]"'
