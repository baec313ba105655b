"""Tests of lessons executed once for all: what is run again, what is kept, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from cnncourse.publish.executed import Executed, LessonFailed, choose_lessons, run_lessons
from tests.publish.samples import code, markdown, write_lesson


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson of one sum, in a course whose package nobody edits meanwhile."""
    monkeypatch.setattr("cnncourse.publish.executed._PACKAGE", tmp_path / "package")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_lesson(folder, "04_sum", markdown("# Sum", "title"), code("3 * 5 + 2", "sum"))
    return folder


def run(notebooks: Path, *, reuse: bool) -> tuple[str, bool]:
    """Run the lesson; return what its last cell shows and whether an earlier run served."""
    said: list[Executed] = []
    results = run_lessons(choose_lessons(notebooks), reuse=reuse, report=said.append)
    [(_, notebook)] = results.items()
    return notebook.cells[-1].outputs[0].data["text/plain"], said[0].reused


def test_a_second_reader_of_a_lesson_gets_the_first_ones_run(notebooks: Path) -> None:
    assert run(notebooks, reuse=False) == ("17", False)
    assert run(notebooks, reuse=True) == ("17", True)
    assert run(notebooks, reuse=False) == ("17", False), "whoever wants a fresh run gets one"


def test_what_publishes_is_no_reason_to_run_a_lesson_again_and_what_teaches_is(notebooks: Path) -> None:
    package = notebooks.parent / "package"
    (package / "publish").mkdir(parents=True)
    (package / "kernels.py").write_text("half = 0.5")
    run(notebooks, reuse=True)
    (package / "publish" / "book.css").write_text("p { margin: 0 }")
    assert run(notebooks, reuse=True) == ("17", True)
    (package / "kernels.py").write_text("half = 0.25")
    assert run(notebooks, reuse=True) == ("17", False)


def test_what_a_publishing_tool_puts_on_the_path_is_no_reason_either(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(notebooks, reuse=True)
    told = notebooks.parent / "setuptools" / "_vendor" / "wheel-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: wheel\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(told.parent)
    assert run(notebooks, reuse=True) == ("17", True)
    monkeypatch.syspath_prepend(told.parent.rename(told.parent.with_name("installed")))
    assert run(notebooks, reuse=True) == ("17", False), "a package that was installed is one"


def test_only_the_last_run_of_a_lesson_is_kept_and_no_other_file_is_touched(notebooks: Path) -> None:
    run(notebooks, reuse=False)
    kept = notebooks.parent / "build" / "executed"
    mine = kept / "04_sum-my-notes.ipynb"
    mine.write_text("mine")
    write_lesson(notebooks, "04_sum", markdown("# Sum", "title"), code("3 * 5 + 4", "sum"))
    assert run(notebooks, reuse=True) == ("19", False)
    assert mine.read_text() == "mine"
    mine.unlink()
    [only] = kept.iterdir()
    assert nbformat.read(only, as_version=4).cells[-1].outputs[0].data["text/plain"] == "19"


def test_a_lesson_that_fails_is_not_kept_and_those_before_it_are(notebooks: Path) -> None:
    write_lesson(notebooks, "05_torn", markdown("# Torn", "title"), code("[4, 6][2]", "too-far"))
    with pytest.raises(LessonFailed, match="05_torn: the cell “too-far”"):
        run_lessons(choose_lessons(notebooks))
    assert [path.name[:6] for path in (notebooks.parent / "build" / "executed").iterdir()] == ["04_sum"]


@pytest.mark.parametrize("name", ["04", "4", "04_sum", "notebooks/04_sum.ipynb"])
def test_a_lesson_is_called_by_its_number_its_name_or_its_file(notebooks: Path, name: str) -> None:
    write_lesson(notebooks, "14_other", markdown("# Other", "title"))
    assert [lesson.number for lesson in choose_lessons(notebooks, [name])] == [4]
