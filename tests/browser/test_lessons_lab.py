"""Lesson 02 as a learner has it: opened in JupyterLab, run from top to bottom, and its explorer dragged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

LESSON = Path(__file__).parents[2] / "notebooks" / "02_convolution_by_hand.ipynb"
PIXELS = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.join()"
PLACE = """code => jupyterapp.shell.currentWidget.content.widgets.findIndex(
  cell => cell.model.sharedModel.getSource() === code)"""
ERRORS = """() => jupyterapp.shell.currentWidget.content.model.sharedModel.cells.flatMap(
  (cell) => (cell.toJSON().outputs ?? []).filter((output) => output.output_type === "error")).length"""


@pytest.fixture(scope="module")
def lesson(browser: Any, lab: Any) -> Any:
    """Yield the page of lesson 02 in JupyterLab, with all its cells run."""
    shutil.copy(LESSON, lab.folder)
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    lab.open(page, LESSON.name)
    yield page
    page.close()


def explorer(page: Any, code: str) -> Any:
    """Scroll to the explorer of the cell with this code, which JupyterLab may not have drawn yet, and return it."""
    place = page.evaluate(PLACE, code)
    found = page.locator(f"[data-windowed-list-index='{place}'] .cnn-explorer")
    for _ in range(20):  # cells above grow as they are drawn, so the place of this one is known better each time
        page.evaluate("place => jupyterapp.shell.currentWidget.content.scrollToItem(place, 'start')", place)
        page.wait_for_timeout(500)
        if found.count():
            break
    found.scroll_into_view_if_needed()
    return found


def test_the_lesson_runs_whole_in_jupyterlab_without_an_error(lesson: Any):
    assert lesson.evaluate(ERRORS) == 0


def test_a_dragged_slider_moves_the_window_over_the_picture(lesson: Any):
    found = explorer(lesson, "ConvolutionExplorer(small, HORIZONTAL_LINES)")
    slider, picture = found.get_by_label("Place"), found.locator("canvas").first
    slider.scroll_into_view_if_needed()
    before = picture.evaluate(PIXELS)
    box = slider.bounding_box()
    lesson.mouse.move(box["x"] + 6, box["y"] + box["height"] / 2)
    lesson.mouse.down()
    lesson.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    lesson.mouse.up()
    lesson.wait_for_timeout(300)
    assert int(slider.input_value()) > 5
    assert picture.evaluate(PIXELS) != before


def test_a_prediction_is_committed_from_the_keyboard(lesson: Any):
    box = lesson.locator(".cnn-prompt input[type=text]:visible").first  # one near the explorer, drawn on the way to it
    box.scroll_into_view_if_needed()
    box.fill("3")
    box.press("Enter")
    again = lesson.get_by_role("button", name="Try again").first
    again.wait_for(timeout=10_000)
    assert again.is_visible()
