"""A graded set as a learner has it in JupyterLab: a wrong answer, its reason, a better answer, and Validate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat
import pytest

from cnncourse.lessons import find_notebooks
from cnncourse.publish.start import bring

SET, EXERCISE = "02_convolution_by_hand.ipynb", "02-one-place"
SOURCES = "() => jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.getSource())"
CHOOSE = "place => { jupyterapp.shell.currentWidget.content.activeCellIndex = place; }"
OUTPUT = """place => jupyterapp.shell.currentWidget.content.widgets[place].node
  .querySelector('.jp-OutputArea').innerText"""
WRONG = f'mine = given("{EXERCISE}")\nvalue = (mine["window"] * mine["kernel"][::-1, ::-1]).sum()'
RIGHT = WRONG.replace("[::-1, ::-1]", "")


@pytest.fixture(scope="module")
def exercises(browser: Any, lab: Any) -> Iterator[Any]:
    """Yield the page of a learner's set, cut after its first exercise, with its set-up run."""
    pytest.importorskip("nbgrader")
    bring(find_notebooks(), lab.folder / "mine")
    path = lab.folder / "mine" / "exercises" / SET
    notebook = nbformat.read(path, 4)
    names = [cell.metadata.nbgrader.grade_id for cell in notebook.cells]
    notebook.cells = notebook.cells[: names.index(EXERCISE) + 1]
    nbformat.write(notebook, path)
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    lab.open(page, f"mine/exercises/{SET}", run=False)
    yield page
    page.close()


def place(page: Any, part: str) -> int:
    """Return the place of the cell whose code holds this."""
    return next(at for at, source in enumerate(page.evaluate(SOURCES)) if part in source)


def run(page: Any, at: int) -> None:
    """Run a cell and wait for it."""
    page.evaluate(CHOOSE, at)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-cell')")
    page.wait_for_timeout(200)
    page.wait_for_function("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")


def answer(page: Any, text: str) -> str:
    """Type an answer into its cell, as a person does; run it and its check; return what the check says."""
    at = place(page, f'check("{EXERCISE}"') - 1
    page.evaluate(CHOOSE, at)
    editor = page.locator(f"[data-windowed-list-index='{at}'] .cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    for cell in (place(page, "begin("), place(page, "import numpy"), at, at + 1):
        run(page, cell)
    said: str = page.evaluate(OUTPUT, at + 1)
    return said


def test_a_blank_says_that_there_is_no_answer_yet(exercises: Any):
    at = place(exercises, f'check("{EXERCISE}"') - 1
    run(exercises, at)
    assert "NotImplementedError" in exercises.evaluate(OUTPUT, at)


def test_a_wrong_answer_gets_its_reason_without_a_traceback(exercises: Any):
    said = answer(exercises, WRONG)
    assert "turned by half a circle" in said
    assert "Traceback" not in said


def test_the_corrected_answer_is_confirmed_and_validates(exercises: Any):
    said = answer(exercises, RIGHT)
    assert "✓" in said
    assert "✗" not in said
    exercises.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    exercises.get_by_role("button", name="Validate").click()
    dialog = exercises.locator(".jp-Dialog")
    dialog.get_by_text("Success").wait_for(timeout=120_000)


def test_what_is_no_answer_cannot_be_changed_by_mistake(exercises: Any):
    at = place(exercises, f'check("{EXERCISE}"')
    assert (
        exercises.evaluate("at => jupyterapp.shell.currentWidget.content.widgets[at].model.getMetadata('editable')", at)
        is False
    )
