"""Tests of working copies: nothing of the learner's is ever overwritten or lost."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import nbformat
import pytest

from cnncourse.publish import start
from cnncourse.publish.start import BESIDE, NEW, RENEWED, SKIPPED, bring, course_folder, find_originals


def notebook(text: str) -> str:
    """Write a notebook of one cell."""
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="one")]))


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Return a course of two lessons."""
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir(parents=True)
    for number in ("00", "01"):
        (folder / f"{number}_lesson.ipynb").write_text(notebook("first"))
    return folder


@pytest.fixture
def mine(originals: Path) -> Path:
    """Return the learner's folder, once everything has been brought."""
    folder = course_folder(originals)
    bring(originals, folder)
    return folder


def how(originals: Path, folder: Path) -> dict[str, str]:
    """Bring again, and return what happened to each file."""
    return {str(one.path.relative_to(folder)): one.how for one in bring(originals, folder)}


def test_the_first_time_everything_is_brought(originals: Path, tmp_path: Path):
    assert how(originals, tmp_path / "a" / "new") == {"00_lesson.ipynb": NEW, "01_lesson.ipynb": NEW}
    assert (tmp_path / "a" / "new" / "00_lesson.ipynb").read_bytes() == (originals / "00_lesson.ipynb").read_bytes()


def test_sets_that_are_handed_out_in_another_way_stay_away(originals: Path, tmp_path: Path):
    (originals / "exercises").mkdir()
    (originals / "exercises" / "01_lesson.ipynb").write_text(notebook("solve"))
    bring(originals, tmp_path / "new", exercises=False)
    assert sorted(path.name for path in (tmp_path / "new").rglob("*.ipynb")) == ["00_lesson.ipynb", "01_lesson.ipynb"]


def test_the_second_time_nothing_happens(originals: Path, mine: Path):
    (mine / "00_lesson.ipynb").write_text("my work")
    assert how(originals, mine) == {}
    assert (mine / "00_lesson.ipynb").read_text() == "my work"


def test_a_correction_is_laid_beside_what_the_learner_changed(originals: Path, mine: Path):
    (mine / "00_lesson.ipynb").write_text("my work")
    (originals / "00_lesson.ipynb").write_text(notebook("corrected"))
    (beside,) = bring(originals, mine)
    assert beside.how == BESIDE
    assert "corrected" in beside.path.read_text()
    assert "yours, which stays" in str(beside)
    assert (mine / "00_lesson.ipynb").read_text() == "my work"
    assert how(originals, mine) == {}, "it is brought once"


def test_what_the_learner_does_to_a_correction_stays_too(originals: Path, mine: Path):
    (mine / "00_lesson.ipynb").write_text("my work")
    (originals / "00_lesson.ipynb").write_text(notebook("corrected"))
    (beside,) = bring(originals, mine)
    beside.path.write_text("my work there")
    (mine / start.MEMORY).unlink()
    assert how(originals, mine) == {}
    assert beside.path.read_text() == "my work there"


def test_a_copy_that_was_not_touched_is_brought_up_to_date(originals: Path, mine: Path):
    (originals / "01_lesson.ipynb").write_text(notebook("corrected"))
    assert how(originals, mine) == {"01_lesson.ipynb": RENEWED}
    assert "corrected" in (mine / "01_lesson.ipynb").read_text()


@pytest.mark.parametrize("memory", [None, "not json", "[]", "{}"])
def test_without_a_memory_every_file_counts_as_the_learners(originals: Path, mine: Path, memory: str | None):
    (originals / "01_lesson.ipynb").write_text(notebook("corrected"))
    (mine / start.MEMORY).unlink()
    if memory is not None:
        (mine / start.MEMORY).write_text(memory)
    before = (mine / "01_lesson.ipynb").read_text()
    assert list(how(originals, mine).values()) == [BESIDE]
    assert (mine / "01_lesson.ipynb").read_text() == before


def test_a_copy_that_was_deleted_comes_back(originals: Path, mine: Path):
    (mine / "01_lesson.ipynb").unlink()
    assert how(originals, mine) == {"01_lesson.ipynb": NEW}


def test_a_full_disk_leaves_everything_as_it_was(originals: Path, mine: Path, monkeypatch: pytest.MonkeyPatch):
    (originals / "01_lesson.ipynb").write_text(notebook("corrected"))
    before = {path.name: path.read_bytes() for path in mine.iterdir()}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        bring(originals, mine)
    assert {path.name: path.read_bytes() for path in mine.iterdir()} == before


def test_the_courses_own_folder_is_refused(originals: Path):
    with pytest.raises(ValueError, match="another folder"):
        bring(originals, originals)


def test_exercises_come_without_their_solutions(originals: Path, mine: Path):
    pytest.importorskip("nbgrader")
    about = {
        "grade": False,
        "grade_id": "answer",
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    cell = nbformat.v4.new_code_cell("### BEGIN SOLUTION\ntotal = 42\n### END SOLUTION", id="answer")
    cell.metadata["nbgrader"] = about
    (originals / "exercises").mkdir()
    (originals / "exercises" / "01_lesson.ipynb").write_text(
        nbformat.writes(
            nbformat.v4.new_notebook(
                cells=[cell], metadata={"kernelspec": {"language": "python", "name": "x", "display_name": "x"}}
            )
        )
    )
    assert how(originals, mine) == {"exercises/01_lesson.ipynb": NEW}
    text = (mine / "exercises" / "01_lesson.ipynb").read_text()
    assert "42" not in text
    assert "YOUR CODE HERE" in text
    assert how(originals, mine) == {}


def test_without_nbgrader_the_lessons_come_and_the_rest_is_named(
    originals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (originals / "exercises").mkdir()
    (originals / "exercises" / "01_lesson.ipynb").write_text(notebook("exercise"))
    monkeypatch.setitem(__import__("sys").modules, "nbgrader.preprocessors", None)
    found = how(originals, tmp_path / "new")
    assert found["exercises/01_lesson.ipynb"] == SKIPPED
    assert found["00_lesson.ipynb"] == NEW


def test_from_inside_the_learners_folder_the_originals_are_still_found(
    originals: Path, mine: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(originals)
    assert find_originals() == originals
    monkeypatch.chdir(mine)
    assert find_originals() == Path(__file__).parents[2] / "notebooks"


def test_every_copy_is_remembered(mine: Path):
    assert sorted(json.loads((mine / start.MEMORY).read_text())) == ["00_lesson.ipynb", "01_lesson.ipynb"]


def test_the_real_course_can_be_started(tmp_path: Path):
    from cnncourse.lessons import find_notebooks

    brought = bring(find_notebooks(), tmp_path / "mine")
    assert {one.how for one in brought} == {NEW}
    assert any(one.path.parent.name == "exercises" for one in brought)
    assert not any("BEGIN SOLUTION" in one.path.read_text(encoding="utf-8") for one in brought)
