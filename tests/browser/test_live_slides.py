"""A notebook shown slide by slide in a real JupyterLab: cells run there, notes stay out of sight, keys turn over."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat.v4 import new_notebook

from tests.browser.lab import Lab
from tests.publish.samples import code, markdown

CELLS = [
    markdown("# First slide", "first"),
    code("a = 20", "set"),
    markdown("2 minutes. A whisper for the lecturer.", "whisper", "notes"),
    markdown("## Second slide", "second", "subslide"),
    code("print(a + 1)", "print"),
    markdown("To read at home", "home", "skip"),
    markdown("## Third slide", "third"),
]


SHOWN = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.node.checkVisibility()).map((cell) => cell.model.id)"""


def shown(page: Any) -> list[str]:
    cells: list[str] = page.evaluate(SHOWN)
    return cells


def test_a_notebook_is_shown_slide_by_slide_and_its_cells_run(lab: Lab, browser: Any) -> None:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(new_notebook(cells=CELLS, metadata={"kernelspec": kernel}), lab.folder / "live.ipynb")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    lab.open(page, "live.ipynb", run=False)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Alt+r")
    page.locator(".cnn-live").wait_for()
    assert shown(page) == ["first", "set"]
    page.wait_for_function("() => document.fullscreenElement")
    box = page.locator(".cnn-live .jp-NotebookPanel-notebook").bounding_box()
    assert box["width"] > 1270
    cell = page.locator(".jp-Notebook .jp-Cell:visible").first.bounding_box()
    assert cell["x"] + cell["width"] <= 1280
    assert box["height"] > 670, "the whole screen, not the place that JupyterLab had for it"
    page.locator(".jp-Notebook .jp-CodeCell .cm-content:visible").click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("PageDown")
    assert shown(page) == ["second", "print"]
    page.locator(".jp-Notebook .jp-CodeCell .cm-content:visible").click()
    page.keyboard.press("Control+Enter")
    page.locator(".jp-OutputArea-output:visible").get_by_text("21").wait_for()
    page.keyboard.press("PageDown")
    assert shown(page) == ["third"]
    page.keyboard.press("PageDown")
    page.keyboard.press("PageUp")
    assert shown(page) == ["second", "print"]
    page.keyboard.press("Alt+r")
    page.locator(".cnn-live").wait_for(state="detached")
    assert shown(page) == [cell.id for cell in CELLS]
    assert faults == []
    page.close()
