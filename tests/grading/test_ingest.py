"""Tests that of a submission only answers are taken, and that whatever else is handed in gets a word and no more."""

from __future__ import annotations

import copy
import json
import os
from types import SimpleNamespace
from typing import Any

import pytest

from cnncourse.grading import ingest
from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import Course, fault_of_name
from cnncourse.grading.ingest import LARGEST, LONGEST, Invalid, Submission, read_submission
from cnncourse.grading.jobs import find_jobs
from tests.grading.classroom import ANSWERS, LOOPS, NAME, ONE, OPEN, cell, fill, hand_in, released


@pytest.fixture
def notebook(course: Course) -> dict[str, Any]:
    """Return a notebook with every answer in it."""
    return fill(released(course), ANSWERS, text="Because.")


def read(course: Course, small: Assignment, notebook: Any, student: str = "ada") -> Submission:
    return read_submission(hand_in(course, student, notebook), small)


def named(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell["metadata"]["nbgrader"]["grade_id"] == name)


def test_the_answers_are_taken(course: Course, small: Assignment, notebook: dict[str, Any]):
    submission = read(course, small, notebook)
    assert (submission.student, submission.assignment) == ("ada", NAME)
    assert submission.sources == ANSWERS
    assert submission.open_answers == {OPEN: "Because."}
    assert submission.flags == ()


def test_nothing_but_sources_of_answers_is_taken(course: Course, small: Assignment, notebook: dict[str, Any]):
    plain = read(course, small, notebook)
    for one in notebook["cells"]:
        one["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        one["outputs"] = [{"output_type": "display_data", "data": {"text/html": "<script>1</script>"}, "metadata": {}}]
        one["attachments"] = {"x.png": {"image/png": "AAAA"}}
    for name in (ONE, LOOPS):
        named(notebook, name)["source"] = "pass"
        named(notebook, name)["metadata"]["nbgrader"]["points"] = 1000
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": "import os; os._exit(0)", "outputs": []})
    notebook["metadata"]["kernelspec"] = {"name": "bash"}
    assert read(course, small, notebook) == plain


def test_a_source_may_be_a_list_of_lines_and_may_end_lines_as_windows_does(
    course: Course, small: Assignment, notebook: dict[str, Any]
):
    plain = read(course, small, notebook)
    named(notebook, f"answer-{LOOPS}")["source"] = ANSWERS[LOOPS].splitlines(keepends=True)
    named(notebook, f"answer-{ONE}")["source"] = ANSWERS[ONE].replace("\n", "\r\n")
    assert read(course, small, b"\xef\xbb\xbf" + json.dumps(notebook).encode()) == plain


@pytest.mark.parametrize("changed", [0, 1], ids=["the original", "the copy"])
def test_of_copied_cells_the_one_that_was_changed_counts(course: Course, small: Assignment, changed: int):
    notebook = released(course)
    cells = [named(notebook, f"answer-{LOOPS}"), copy.deepcopy(named(notebook, f"answer-{LOOPS}"))]
    cells[changed]["source"] = ANSWERS[LOOPS]
    notebook["cells"].append(cells[1])
    submission = read(course, small, notebook)
    assert submission.sources[LOOPS] == ANSWERS[LOOPS]
    assert submission.flags == (f"there are 2 cells answer-{LOOPS}; the first that was changed counts",)


def test_of_copied_cells_that_all_were_changed_the_first_counts(
    course: Course, small: Assignment, notebook: dict[str, Any]
):
    second = copy.deepcopy(named(notebook, f"answer-{LOOPS}"))
    second["source"] = "slide = None"
    notebook["cells"].append(second)
    assert read(course, small, notebook).sources[LOOPS] == ANSWERS[LOOPS]


def test_a_missing_answer_cell_costs_that_answer_only(course: Course, small: Assignment, notebook: dict[str, Any]):
    notebook["cells"].remove(named(notebook, f"answer-{ONE}"))
    submission = read(course, small, notebook)
    assert submission.sources == {LOOPS: ANSWERS[LOOPS]}
    assert submission.flags == (f"the answer cell of {ONE} is missing",)


def test_an_old_version_of_the_set_is_marked_and_flagged(course: Course, small: Assignment, notebook: dict[str, Any]):
    notebook["metadata"]["cnncourse"]["version"] = "0123456789abcdef"
    submission = read(course, small, notebook)
    assert submission.sources == ANSWERS
    assert submission.flags == ("it was made from another version of the set",)


def test_a_file_of_another_name_is_taken_and_flagged(course: Course, small: Assignment, notebook: dict[str, Any]):
    folder = hand_in(course, "ada", notebook)
    (folder / f"{NAME}.ipynb").rename(folder / "final (2).ipynb")
    submission = read_submission(folder, small)
    assert submission.sources == ANSWERS
    assert submission.flags == (f"the file is named 'final (2).ipynb', and not {NAME}.ipynb",)


def test_of_two_notebooks_the_one_of_the_right_name_counts(course: Course, small: Assignment, notebook: dict[str, Any]):
    folder = hand_in(course, "ada", notebook)
    (folder / "a.ipynb").write_text(json.dumps(released(course)))
    submission = read_submission(folder, small)
    assert submission.sources == ANSWERS
    assert submission.flags == (f"2 notebooks were handed in; '{NAME}.ipynb' counts",)


def test_of_two_notebooks_of_wrong_names_the_later_one_counts(
    course: Course, small: Assignment, notebook: dict[str, Any]
):
    folder = hand_in(course, "ada", notebook)
    (folder / f"{NAME}.ipynb").rename(folder / "a.ipynb")
    (folder / "b.ipynb").write_text(json.dumps(released(course)))
    os.utime(folder / "b.ipynb", (1, 1))
    submission = read_submission(folder, small)
    assert submission.sources == ANSWERS
    assert "2 notebooks were handed in; 'a.ipynb' counts" in submission.flags


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "nothing but blanks": (b" \n ", "is empty"),
    "cut off": (b'{"cells": [{"cell_type": "code", "sour', "is damaged"),
    "no UTF-8": (b'{"cells": ["\xff\xfe"]}', "is damaged"),
    "UTF-16": ('{"cells": []}'.encode("utf-16"), "is damaged"),
    "nested too deep": (b"[" * 300_000 + b"]" * 300_000, "is damaged"),
    "a number too long": (b'{"cells": [' + b"9" * 10_000 + b"]}", "is damaged"),
    "an array": (b"[1, 2]", "no notebook in today's format"),
    "of format 3": (b'{"worksheets": [{"cells": []}], "nbformat": 3}', "no notebook in today's format"),
    "without a cell": (b'{"cells": []}', "There is no answer cell of 02_small"),
    "cells of any kind": (
        b'{"cells": [1, null, "x", {"metadata": 3}, {"metadata": {"nbgrader": []}}, '
        b'{"metadata": {"nbgrader": {"grade_id": {}}}}, {"metadata": {"nbgrader": {"grade_id": "answer-02-one-place"}},'
        b' "source": [1]}], "metadata": []}',
        "There is no answer cell of 02_small",
    ),
}


@pytest.mark.parametrize(("content", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_what_is_wrong_with_it(course: Course, small: Assignment, content: bytes, says: str):
    with pytest.raises(Invalid, match=says) as caught:
        read(course, small, content)
    assert caught.value.state == "invalid"


def test_200_megabytes_are_not_even_read(course: Course, small: Assignment):
    folder = hand_in(course, "ada", b"")
    with (folder / f"{NAME}.ipynb").open("r+b") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(Invalid, match="has 200 MB; at most 20 can be marked"):
        read_submission(folder, small)
    assert LARGEST == 20 * 2**20


def test_a_folder_without_a_notebook_says_which_name_it_should_have(course: Course, small: Assignment):
    (course.submitted / "ada" / NAME).mkdir(parents=True)
    with pytest.raises(Invalid, match=f"should be named {NAME}.ipynb"):
        read_submission(course.submitted / "ada" / NAME, small)


def test_links_lead_nowhere(course: Course, small: Assignment, notebook: dict[str, Any]):
    theirs = hand_in(course, "bob", notebook)
    mine = course.submitted / "ada" / NAME
    mine.mkdir(parents=True)
    (mine / f"{NAME}.ipynb").symlink_to(theirs / f"{NAME}.ipynb")
    with pytest.raises(Invalid, match="is a link"):
        read_submission(mine, small)
    (course.submitted / "eve").mkdir()
    (course.submitted / "eve" / NAME).symlink_to(theirs)
    with pytest.raises(Invalid, match="is a link"):
        read_submission(course.submitted / "eve" / NAME, small)
    (course.submitted / "mallory").symlink_to(theirs.parent)
    with pytest.raises(Invalid, match="is a link"):
        read_submission(course.submitted / "mallory" / NAME, small)


def test_a_pipe_or_a_folder_in_place_of_a_file_is_no_file(course: Course, small: Assignment):
    folder = course.submitted / "ada" / NAME
    folder.mkdir(parents=True)
    os.mkfifo(folder / f"{NAME}.ipynb")
    with pytest.raises(Invalid, match=r"is no file|cannot be read: Is a directory"):
        read_submission(folder, small)
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").mkdir()
    with pytest.raises(Invalid, match=r"is no file|cannot be read: Is a directory"):
        read_submission(folder, small)


def test_half_a_letter_does_no_harm_later(course: Course, small: Assignment, notebook: dict[str, Any]):
    named(notebook, f"answer-{ONE}")["source"] = "value = '\ud800'"
    assert read(course, small, notebook).sources[ONE] == "value = '?'"


def test_a_very_long_answer_in_words_is_cut(course: Course, small: Assignment, notebook: dict[str, Any]):
    named(notebook, OPEN)["source"] = "so " * LONGEST
    submission = read(course, small, notebook)
    assert len(submission.open_answers[OPEN]) == LONGEST
    assert f"{OPEN} has {3 * LONGEST} characters; the first {LONGEST} are kept" in submission.flags


@pytest.mark.parametrize("student", ["bob", "ADA "])
def test_the_name_in_the_set_up_cell_is_compared(course: Course, small: Assignment, student: str):
    submission = read(course, small, fill(released(course), ANSWERS, student=student))
    assert submission.named == student
    wrong = ("the set-up cell names 'bob', it was handed in by 'ada'",)
    assert submission.flags == (wrong if student == "bob" else ())


def test_a_timestamp_is_kept_if_it_is_one(course: Course, small: Assignment, notebook: dict[str, Any]):
    folder = hand_in(course, "ada", notebook)
    (folder / "timestamp.txt").write_text("2026-11-21 16:40:00.5 UTC\n")
    assert read_submission(folder, small).timestamp == "2026-11-21 16:40:00.5 UTC"
    out_of_range = "0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1200", "2026-11-21 16:40:00 +2500"
    misread = "2026-W47-6 00:00:00", "2026-11-21 16:40:00 -9999", f"2026-11-21 16:40:00.{'9' * 99}"
    for bad in ("<script>", "2026", "9" * 300, "2026-99-21 16:40:00 UTC", *out_of_range, *misread):
        (folder / "timestamp.txt").write_text(bad)
        submission = read_submission(folder, small)
        assert (submission.timestamp, submission.flags) == ("", ("its timestamp cannot be read",))


def test_set_up_cells_without_end_do_not_hold_up_the_batch(
    course: Course, small: Assignment, notebook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    searched: list[str] = []
    monkeypatch.setattr(ingest, "NAME_IN_SETUP", SimpleNamespace(search=searched.append))
    notebook["cells"] += [cell("setup", "begin(" * 10_000)] * 50
    read_submission(hand_in(course, "ada", notebook), small)
    assert len(searched) <= 4
    assert max(map(len, searched)) <= 10_000


NAMES = {
    "ada": "",
    "Zoë": "",
    "Ω-1": "",
    "王小明": "",
    "प्रिया": "",
    "ada lovelace": "",
    "o'neill": "",
    "a..b@c.org": "",
    "..": "begins with a letter or a digit",
    ".hidden": "begins with a letter or a digit",
    "-rf": "begins with a letter or a digit",
    "": "1 to 128 characters",
    "a" * 129: "1 to 128 characters",
    "a/b": "got '/'",
    "a\\b": "got '\\\\\\\\'",
    "a*": "got '\\*'",
    "a<script>": "got '<'",
    "a\n": "got '\\\\n'",
    "a\u202e": "got",
    "a ": "without a space at its end",
}


@pytest.mark.parametrize(("name", "says"), NAMES.items(), ids=[ascii(name)[:30] for name in NAMES])
def test_names_are_kept_unless_they_could_do_harm(name: str, says: str):
    if says:
        import re

        assert re.search(says, fault_of_name(name))
    else:
        assert fault_of_name(name) == ""


def test_a_folder_of_an_impossible_name_is_refused_and_the_others_go_on(
    course: Course, small: Assignment, notebook: dict[str, Any]
):
    for student in ("ada", "..hidden", "a*b"):
        hand_in(course, student, notebook)
    jobs = find_jobs(course, small, b"secret")
    assert {job.student: bool(job.refused) for job in jobs} == {"ada": False, "..hidden": True, "a*b": True}


def test_of_two_folders_of_one_learner_the_later_counts(course: Course, small: Assignment, notebook: dict[str, Any]):
    for student, time in (("Ada", "2026-11-21 10:00:00 UTC"), ("ada", "2026-11-20 10:00:00 UTC")):
        (hand_in(course, student, notebook) / "timestamp.txt").write_text(time)
    refused = {job.student: job.refused for job in find_jobs(course, small, b"secret")}
    assert refused["Ada"] == ""
    assert refused["ada"] == "'Ada' is the same learner and has handed in later; that one counts"
