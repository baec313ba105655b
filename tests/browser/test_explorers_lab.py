"""The explorers in a real JupyterLab: run, drag, type, fail and go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.lab import Lab
from tests.browser.mount import fingerprint

CELLS = [
    """import numpy as np
from cnncourse.images import photograph
from cnncourse.kernels import HORIZONTAL_LINES, read_matrix
from cnncourse.widgets import ConvolutionExplorer, PixelExplorer, explore

small = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")""",
    "own = None\nexplorer = ConvolutionExplorer(small, HORIZONTAL_LINES)\nexplorer",
    'pixels = PixelExplorer(photograph("chelsea", grey=False), label="cat")\npixels',
    """def slide(image, kernel, stride=1):
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            output[i, j] = (image[i : i + kernel.shape[0], j : j + kernel.shape[1]] * kernel).sum()
    if kernel[0, 0] == 7:
        return undefined
    return output[::stride, ::stride]

own = explore(small, HORIZONTAL_LINES, convolve=slide)
own""",
]
SLIDER = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page with the notebook above, all of it run."""
    lab.write("explorers.ipynb", CELLS)
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "explorers.ipynb")
    yield page
    page.close()


def explorer(page: Any, place: int) -> Any:
    """Return the explorer of the notebook at that place, scrolled into view."""
    found = page.locator(".cnn-explorer").nth(place)
    found.wait_for(timeout=20_000)
    found.scroll_into_view_if_needed()
    return found


def ask_kernel(page: Any, code: str) -> str:
    """Run code in the notebook's kernel and return what it prints."""
    return str(
        page.evaluate(
            """async (code) => {
              const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
              let text = "";
              const future = kernel.requestExecute({ code });
              future.onIOPub = ({ header, content }) => { if (header.msg_type === "stream") text += content.text; };
              await future.done;
              return text.trim();
            }""",
            code,
        )
    )


def test_dragging_a_slider_changes_the_picture_and_the_kernel_follows(notebook: Any):
    shown = explorer(notebook, 0)
    before = fingerprint(notebook, 1)
    for place in range(1, 15):
        shown.get_by_label("Place", exact=True).evaluate(SLIDER, place)
    assert fingerprint(notebook, 1) != before
    notebook.wait_for_timeout(400)
    assert ask_kernel(notebook, "print(explorer.position)") == "(2, 3)"


def test_a_setting_made_in_python_moves_the_page(notebook: Any):
    shown = explorer(notebook, 0)
    ask_kernel(notebook, "explorer.padding = 1; explorer.mode = 'replicate'")
    notebook.wait_for_function("() => document.querySelector('.cnn-size').textContent.includes('2·1')")
    assert shown.get_by_label("Mode").input_value() == "replicate"
    ask_kernel(notebook, "explorer.image = np.eye(6, 4)")
    notebook.wait_for_function("() => document.querySelector('.cnn-size').textContent.includes('rows ⌊(6')")


def test_keys_in_the_explorer_do_not_reach_the_notebook(notebook: Any):
    cells = notebook.locator(".jp-Notebook .jp-Cell").count()
    shown = explorer(notebook, 0)
    field = shown.get_by_label("weight in row 1, column 1", exact=True)
    field.click()
    for key in ("b", "d", "d", "Backspace", "Backspace", "Backspace", "4"):
        notebook.keyboard.press(key)
    field.fill("4")
    notebook.wait_for_timeout(400)
    assert notebook.locator(".jp-Notebook .jp-Cell").count() == cells
    assert ask_kernel(notebook, "print(explorer.kernel[0, 0])") == "4.0"


def test_a_challenge_is_dragged_in_colour(notebook: Any):
    shown = explorer(notebook, 1)
    canvas = shown.locator("canvas").nth(1)
    look = "(canvas) => canvas.toDataURL()"
    before = canvas.evaluate(look)
    shown.get_by_label("Clutter").evaluate(SLIDER, 0.8)
    notebook.wait_for_timeout(400)
    assert canvas.evaluate(look) != before
    assert ask_kernel(notebook, "print(pixels.clutter, round(pixels.distance, 3) > 0)") == "0.8 True"


def test_an_own_function_follows_and_its_fault_is_shown_with_the_line(notebook: Any):
    shown = explorer(notebook, 2)
    shown.locator(".cnn-note").get_by_text("agrees with the course in 25 values").wait_for()
    shown.get_by_label("Stride").evaluate(SLIDER, 2)
    shown.locator(".cnn-note").get_by_text("agrees with the course in 9 values").wait_for()
    weight = shown.get_by_label("weight in row 1, column 1", exact=True)
    weight.fill("7")
    shown.locator(".cnn-fault").get_by_text("slide, line 8: ").wait_for()
    assert "NameError" in shown.locator(".cnn-fault").inner_text()
    weight.fill("1")
    shown.locator(".cnn-note").get_by_text("agrees with the course in 9 values").wait_for()
    assert shown.locator(".cnn-fault").is_hidden()


def test_dragging_faster_than_the_kernel_answers_builds_no_queue(notebook: Any):
    shown = explorer(notebook, 2)
    ask_kernel(
        notebook,
        "import time\nruns = []\ninner = own._convolve\n"
        "def slow(image, kernel, stride=1):\n    runs.append(1)\n    time.sleep(0.2)\n"
        "    return inner(image, kernel, stride)\n"
        "own._convolve = slow",
    )
    began = time.monotonic()
    for step in range(40):
        shown.get_by_label("Padding").evaluate(SLIDER, step % 4)
        notebook.wait_for_timeout(10)
    shown.get_by_label("Padding").evaluate(SLIDER, 3)
    shown.locator(".cnn-note").get_by_text("agrees with the course in 36 values").wait_for()
    one_at_a_time = (time.monotonic() - began) / 0.2 + 2  # however slow the machine: a queue would have run all 41
    assert int(ask_kernel(notebook, "print(len(runs))")) <= min(one_at_a_time, 40)


def test_the_explorer_fits_a_phone(notebook: Any):
    notebook.set_viewport_size({"width": 360, "height": 740})
    shown = explorer(notebook, 0)
    notebook.wait_for_timeout(300)
    box, canvas = shown.bounding_box(), shown.locator("canvas").first.bounding_box()
    assert canvas["x"] + canvas["width"] <= box["x"] + box["width"] + 1
    assert shown.evaluate("(el) => el.scrollWidth <= el.clientWidth + 1")
    notebook.set_viewport_size({"width": 1200, "height": 1000})


def test_the_live_view_is_shown_and_not_the_still_picture(notebook: Any):
    assert notebook.locator(".jp-OutputArea-output figure img").count() == 0
    assert notebook.locator(".cnn-explorer").count() == 3
