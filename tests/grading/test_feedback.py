"""Tests that a learner's page says what was found, stands by itself, and holds nothing that it must not."""

from __future__ import annotations

import html
import html.parser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cnncourse.checks import Answer, find_cases, find_findings
from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import Course
from cnncourse.grading.feedback import feedback_page, feedback_text, write_feedback
from cnncourse.grading.gradebook import Entry
from cnncourse.grading.ingest import Submission
from cnncourse.grading.marking import exercise, invalid_marks, mark
from cnncourse.grading.marks import Marks
from tests.grading.classroom import ANSWERS, LOOPS, NAME, ONE, OPEN, WRONG_LOOPS, OpenRoom, hand_in

SCRIPT = "<script>alert(1)</script>"


def marked(small: Assignment, answers: Mapping[str, str], *, student: str = "ada", text: str = "Because.") -> Marks:
    return mark(Submission(student, NAME, answers, {OPEN: text}), small, OpenRoom(), secret=b"secret")


class Outline(html.parser.HTMLParser):
    """Collects the tags of a page and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def text_of(page: str) -> str:
    return " ".join(Outline(page).text.split())


def test_the_page_says_points_and_reasons(small: Assignment):
    page = feedback_page(small, marked(small, {**ANSWERS, LOOPS: WRONG_LOOPS}), {})
    text = text_of(page)
    assert "Handed in by ada. 1 of 8 points. 1 answer in words not marked yet." in text
    assert "One place by hand · 1 of 1 points" in text
    assert "Four loops and a stride · 0 of 3 points" in text
    assert "Not right: The shape of the feature map is not right" in text
    assert "Why is that so? · not marked yet, 4 points" in text


def test_marks_and_words_of_a_person_are_shown(small: Assignment):
    entries = {
        ONE: Entry(1.0, "", False),
        LOOPS: Entry(2.5, "Nearly.\nLook again.", True),
        OPEN: Entry(3.0, "Good", True),
    }
    text = text_of(feedback_page(small, marked(small, {**ANSWERS, LOOPS: WRONG_LOOPS}), entries))
    assert "6.5 of 8 points." in text
    assert "not marked yet" not in text
    assert "Four loops and a stride · 2.5 of 3 points (marked by your lecturer)" in text
    assert "Your lecturer writes: Nearly. Look again." in text
    assert "Why is that so? · 3 of 4 points Your lecturer writes: Good" in text


def test_states_and_whole_failures_are_said(small: Assignment):
    slow = feedback_page(small, marked(small, {ONE: ANSWERS[ONE], LOOPS: "oops ="}), {})
    assert "State: the code stopped with an error. ✗ Not right: Your cell stopped with a SyntaxError" in text_of(slow)
    assert "State: could not be marked" in text_of(feedback_page(small, marked(small, {ONE: ANSWERS[ONE]}), {}))
    broken = feedback_page(small, invalid_marks("ada", small, "Your file is empty."), {})
    assert "0 of 8 points" in text_of(broken)
    assert "Your file is empty." in text_of(broken)
    assert "Why is that so? · not marked yet, 4 points There is no answer." in text_of(broken)


def test_everything_that_somebody_wrote_is_escaped(small: Assignment):
    marks = marked(small, {**ANSWERS, LOOPS: f"raise ValueError('{SCRIPT}')"}, student=SCRIPT, text=SCRIPT)
    page = feedback_page(small, marks, {OPEN: Entry(1.0, SCRIPT, True)})
    assert "<script" not in page
    assert page.count(html.escape(SCRIPT)) == 2, "the name and the comment"


def test_the_page_loads_nothing_runs_nothing_and_has_an_outline(small: Assignment):
    page = Outline(feedback_page(small, marked(small, ANSWERS), {}))
    names = [name for name, _ in page.tags]
    assert not {"script", "img", "link", "iframe", "object", "a", "form"} & set(names)
    assert ("html", {"lang": "en"}) in page.tags
    assert {"title", "main", "h1"} <= set(names)
    assert names.count("h2") == 3
    policy = [about["content"] for name, about in page.tags if about.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert not any(name.startswith("on") or name == "src" for _, about in page.tags for name in about)


def test_no_hidden_input_expected_value_print_or_detail_is_shown(small: Assignment):
    source = (
        "def slide(image, kernel, stride):\n    print('printed', image)\n"
        "    if stride > 1:\n        raise ValueError(image)\n    return image * 0 + 31337"
    )
    marks = marked(small, {ONE: "value = 31337", LOOPS: source})
    page = text_of(feedback_page(small, marks, {})) + feedback_text(marks)
    assert "31337" not in page
    assert "printed" not in page
    cases = find_cases(exercise(LOOPS), "ada", secret=b"secret")
    (found,) = find_findings(exercise(LOOPS), cases, [Answer(31337)] * len(cases))
    assert "31337" in found.detail, "there was something to leave out"
    for case in cases:
        for array in case.arguments[:2]:
            assert str(array) not in page
            assert " ".join(f"{number:g}" for number in array[0]) not in page


def test_the_page_lies_where_nbgrader_looks_and_brings_along_what_it_needs(course: Course, small: Assignment):
    folder = hand_in(course, "ada", b"{}")
    (folder / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")
    (folder / "submission_secret.txt").write_text("0123")
    path = write_feedback(course, small, marked(small, ANSWERS), {})
    assert path == course.root / "feedback" / "ada" / NAME / f"{NAME}.html"
    assert path.with_name("timestamp.txt").read_text() == "2026-11-21 10:00:00 UTC"
    assert path.with_name("submission_secret.txt").read_text() == "0123"


def test_a_link_beside_a_submission_is_not_followed(course: Course, small: Assignment, tmp_path: Path):
    (tmp_path / "secret").write_text("31337")
    (hand_in(course, "ada", b"{}") / "submission_secret.txt").symlink_to(tmp_path / "secret")
    assert not write_feedback(course, small, marked(small, ANSWERS), {}).with_name("submission_secret.txt").exists()


def test_nothing_is_taken_from_a_folder_that_is_a_link_to_a_neighbours(course: Course, small: Assignment):
    folder = hand_in(course, "ada", b"{}")
    (folder / "submission_secret.txt").write_text("0123")
    (course.submitted / "eve").symlink_to(folder.parent)
    (course.submitted / "bob").mkdir()
    (course.submitted / "bob" / NAME).symlink_to(folder)
    for student in ("eve", "bob"):
        path = write_feedback(course, small, marked(small, ANSWERS, student=student), {})
        assert not path.with_name("submission_secret.txt").exists()


def test_text_for_a_terminal_holds_no_control_characters(small: Assignment):
    marks = invalid_marks("ada", small, "\x1b[31mred\x07")
    assert feedback_text(marks).startswith("[31mred\n02-one-place: 0 of 1 points (could not be marked)\n  ✗ ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_readable_for_everybody(small: Assignment, browser: Any, tmp_path: Path, scheme: Any):
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "page.html"
    entries = {OPEN: Entry(3.0, "Good.", True)}
    path.write_text(feedback_page(small, marked(small, {**ANSWERS, LOOPS: WRONG_LOOPS}), entries), encoding="utf-8")
    context = browser.new_context(viewport={"width": 320, "height": 600}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(path.as_uri())
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
