"""The explorers in a real JupyterLab: run, drag, type, fail and go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.browser.lab import Lab
from tests.browser.mount import FINGERPRINT, fingerprint, next_frame

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
LESSON_CELLS = [
    """import numpy as np
from cnncourse.images import photograph
from cnncourse.kernels import SOBEL_X
from cnncourse.widgets import FilterExplorer, LayerBuilder, LearningExplorer, ReceptiveFieldExplorer, ShiftExplorer

coins = photograph("coins")[:150, :200]""",
    """def bright(image, least=0.5):
    if least == 1:
        return nothing
    return image > least

filters = FilterExplorer(coins, "edges", function=bright)
filters""",
    'learning = LearningExplorer(SOBEL_X, {"lawn": photograph("grass")[:40, :50], "coins": coins})\nlearning',
    "builder = LayerBuilder()\nbuilder",
    "pushed = ShiftExplorer(coins)\npushed",
    "fields = ReceptiveFieldExplorer(coins, place=(0, 0))\nfields",
]
FILTERS, LEARNING, BUILDER, SHIFTS, FIELDS = range(5)
SLIDER = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page with the notebook above, all of it run."""
    lab.write("explorers.ipynb", CELLS)
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "explorers.ipynb")
    yield page
    page.close()


@pytest.fixture(scope="module")
def lessons(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page with the explorers of lessons 03 to 05, all of them run."""
    lab.write("lessons.ipynb", LESSON_CELLS)
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "lessons.ipynb")
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


def pixels(shown: Any, canvas: int) -> int:
    """Return a number that any changed pixel of an explorer's canvas changes."""
    next_frame(shown.page)
    number: int = shown.locator("canvas").nth(canvas).evaluate(FINGERPRINT)
    return number


def eventually(page: Any, code: str, expected: str) -> None:
    """Wait until code in the kernel prints what is expected; what was changed in the page travels for a moment."""
    for _ in range(100):
        if ask_kernel(page, code) == expected:
            return
        page.wait_for_timeout(50)
    assert ask_kernel(page, code) == expected


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
        "import time\nruns = []\ninner = own._function\n"
        "def slow(image, kernel, stride=1):\n    runs.append(1)\n    time.sleep(0.2)\n"
        "    return inner(image, kernel, stride)\n"
        "own._function = slow",
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


# ---- lessons 03 to 05 -----------------------------------------------------------------------------------------------


def test_a_filter_is_dragged_and_the_kernel_follows(lessons: Any):
    shown = explorer(lessons, FILTERS)
    before = [pixels(shown, canvas) for canvas in (1, 2)]
    for blur in np.linspace(1.25, 4, 12):
        shown.get_by_label("Blur", exact=True).evaluate(SLIDER, blur)
    assert all(pixels(shown, canvas) != old for canvas, old in zip((1, 2), before, strict=True))
    eventually(lessons, "print(filters.detector, filters.blur)", "edges 4.0")


def test_corners_are_marked_and_counted_on_both_sides(lessons: Any):
    shown = explorer(lessons, FILTERS)
    shown.get_by_label("Look for").select_option("corners")
    shown.get_by_label("Corners", exact=True).evaluate(SLIDER, 7)
    shown.locator(".cnn-arithmetic").get_by_text("7 corners marked").wait_for()
    eventually(lessons, "print(len(filters.shown['places']))", "7")


def test_an_own_filter_answers_while_its_slider_is_dragged_and_outlives_its_fault(lessons: Any):
    shown = explorer(lessons, FILTERS)
    shown.get_by_label("Look for").select_option("own")
    shown.locator(".cnn-arithmetic").get_by_text("Answers from 0 to 1.").wait_for()
    before = pixels(shown, 1)
    least = shown.get_by_label("least", exact=True)
    for value in np.linspace(0.45, 0.2, 12):
        least.evaluate(SLIDER, value)
    eventually(lessons, "print(filters.settings, filters.answer['settings']['values'])", "{'least': 0.2} [0.2]")
    lessons.wait_for_timeout(100)
    assert pixels(shown, 1) != before
    least.evaluate(SLIDER, 1)
    shown.locator(".cnn-fault").get_by_text("bright, line 3: ").wait_for()
    assert "NameError" in shown.locator(".cnn-fault").inner_text()
    least.evaluate(SLIDER, 0.5)
    shown.locator(".cnn-arithmetic").get_by_text("Answers from 0 to 1.").wait_for()
    assert shown.locator(".cnn-fault").is_hidden()


def test_learning_is_dragged_step_by_step_and_the_kernel_follows(lessons: Any):
    shown = explorer(lessons, LEARNING)
    before = pixels(shown, 0)
    for step in range(1, 41):
        shown.get_by_label("Step", exact=True).evaluate(SLIDER, step)
    assert pixels(shown, 0) != before
    eventually(lessons, "print(learning.step, 'At step 40 of 200' in learning.description)", "40 True")
    shown.get_by_label("Learns from").select_option("coins")
    eventually(lessons, "print(learning.picture)", "coins")


def test_a_layer_is_dragged_and_the_network_in_the_kernel_is_that_of_the_page(lessons: Any):
    shown = explorer(lessons, BUILDER)
    before = shown.locator(".cnn-boxes").inner_html()
    for filters in range(7, 21):
        shown.get_by_label("Filters", exact=True).evaluate(SLIDER, filters)
    assert shown.locator(".cnn-boxes").inner_html() != before
    eventually(lessons, "print(builder.blueprint.layers[0].shape, builder.blueprint.parameters)", "(20, 28, 28) 67670")
    ask_kernel(lessons, "builder.layers = builder.layers[:3]")
    shown.locator("tbody tr").nth(3).wait_for(state="detached")


def test_a_picture_is_pushed_with_the_pointer_and_the_kernel_follows(lessons: Any):
    shown = explorer(lessons, SHIFTS)
    before = [pixels(shown, canvas) for canvas in (0, 1)]
    box = shown.locator("canvas").first.bounding_box()
    cell = box["height"] / (150 - 16)
    x, y = box["x"] + 90.5 * cell, box["y"] + 60.5 * cell  # in the middle of a cell
    lessons.mouse.move(x, y)
    lessons.mouse.down()
    lessons.mouse.move(x + 5 * cell, y - 3 * cell, steps=10)
    lessons.mouse.up()
    assert all(pixels(shown, canvas) != old for canvas, old in zip((0, 1), before, strict=True))
    eventually(lessons, "print(pushed.shift)", "(-3, 5)")


def test_a_deeper_layer_is_dragged_to_and_the_kernel_follows(lessons: Any):
    shown = explorer(lessons, FIELDS)
    before = pixels(shown, 1)
    for depth in range(9, 3, -1):
        shown.get_by_label("Up to layer", exact=True).evaluate(SLIDER, depth)
    assert pixels(shown, 1) != before
    eventually(lessons, "print(fields.depth, fields.walked.side)", "4 10")
    ask_kernel(lessons, "fields.place = (2, 3)")
    shown.locator(".cnn-reading-line").get_by_text("The value at row 2, column 3").wait_for()


def test_what_python_changes_is_shown_at_once(lessons: Any):
    ask_kernel(lessons, "filters.detector, learning.step, pushed.shift = 'laplacian', 3, (0, 0)")
    explorer(lessons, FILTERS).locator(".cnn-arithmetic").get_by_text("zero crossing").wait_for()
    explorer(lessons, LEARNING).get_by_text("Kernel at step 3").wait_for()
    explorer(lessons, SHIFTS).locator(".cnn-reading-line").get_by_text("not moved").wait_for()
