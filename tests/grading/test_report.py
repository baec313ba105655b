"""Tests of the lecturer's page: it counts right, names who needs a look, and nothing in it can run."""

from __future__ import annotations

from typing import Any

import pytest

from cnncourse.grading.marks import Marks, Noted, Result
from cnncourse.grading.report import page, tally

RIGHT = Result("graded", 2, 2, (Noted(True, "Right."),), seconds=0.5)
WRONG = Result("graded", 0, 2, (Noted(False, "The stride has no effect."),), seconds=1.5)
PARTLY = Result("graded", 1, 2, (Noted(True, "One."), Noted(False, "The border is wrong.")))
LATE = Result("time-out", 0, 2, (Noted(False, "It took too long."),))
FAULT = Result("grader fault", 0, 2, (Noted(False, "Not your doing."),), note="KeyError: 'x'")


def handed_in(student: str, *results: Result, **about: Any) -> Marks:
    """Return the marks of a submission with two exercises."""
    names = ("02-one-place", "02-four-loops")
    return Marks(student, "02_convolution_by_hand", "v", dict(zip(names, results, strict=True)), **about)


CLASS = [
    handed_in("ada", RIGHT, RIGHT),
    handed_in("bob", WRONG, RIGHT, flags=("the cell answer-02-one-place was there twice",)),
    handed_in("cleo", PARTLY, WRONG),
    handed_in("dan", LATE, FAULT),
    handed_in("eve", Result("invalid", 0, 2), Result("invalid", 0, 2), invalid="no notebook of this name"),
]


def test_marks_are_counted_by_what_could_be_earned():
    found = tally(CLASS)
    assert found.shares == [1.0, 0.5, 0.25, 0.0]
    assert found.invalid == {"eve": "no notebook of this name"}


def test_each_exercise_says_how_often_it_was_right_and_what_else_happened():
    found = tally(CLASS)
    assert found.states["02-one-place"] == {"right": 1, "wrong": 1, "partly": 1, "time-out": 1, "invalid": 1}
    assert found.states["02-four-loops"] == {"right": 2, "wrong": 1, "grader fault": 1, "invalid": 1}
    assert found.seconds["02-one-place"] == pytest.approx(2.0)


def test_messages_name_the_learners_who_earned_them():
    found = tally(CLASS)
    assert found.messages["02-one-place"]["The stride has no effect."] == ["bob"]
    assert found.messages["02-one-place"]["The border is wrong."] == ["cleo"]
    assert "One." not in found.messages["02-one-place"], "what is right is no failure"


def test_flags_and_faults_are_listed_for_the_lecturer():
    found = tally(CLASS)
    assert found.flags == {"bob": "the cell answer-02-one-place was there twice"}
    assert found.faults == {"dan": "02-four-loops: KeyError: 'x'"}


def test_the_page_says_it_in_words_figures_and_tables():
    shown = page(tally(CLASS))
    assert "5 handed in, 4 marked; median 38% of the points" in shown
    assert 'aria-label="How many answered each exercise right: 02-one-place 20%, 02-four-loops 40%."' in shown
    assert "1, 0, 1, 0, 0, 1, 0, 0, 0, 1" in shown
    assert shown.count("<svg") == 2
    assert "One place by hand" in shown
    assert "no notebook of this name" in shown


def test_a_class_of_many_names_a_few_and_counts_the_rest():
    shown = page(tally(handed_in(f"learner {number:03}", WRONG, RIGHT) for number in range(100)))
    assert "and 88 more" in shown
    assert "learner 050" not in shown


def test_nothing_that_a_learner_wrote_can_run():
    evil = "<script>alert(1)</script>"
    shown = page(
        tally([handed_in(evil, WRONG, RIGHT, flags=(evil,)), handed_in(evil + "2", WRONG, WRONG, invalid=evil)])
    )
    assert "<script" not in shown
    assert "default-src 'none'" in shown


def test_an_empty_class_has_a_page_too():
    assert "No submissions yet" in page(tally([]))
