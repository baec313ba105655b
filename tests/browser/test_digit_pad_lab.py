"""The digit pad in a real JupyterLab: drawn on, read in the kernel too, and answered by a learner's own network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cnncourse.scripted_digits import scripted_digits
from tests.browser.lab import Lab
from tests.browser.test_explorers_lab import ask_kernel, eventually, explorer

CELLS = [
    "from torch import nn\n\nfrom cnncourse.widgets import DigitPad\n\npad = DigitPad(picked=-1)\npad",
    """class Mine(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(1, 8, 5, stride=2)
        self.dense = nn.Linear(8 * 6 * 6, 10)

    def forward(self, images):
        if images.sum() < 10:
            return nothing
        return self.dense(self.convolution(images).relu().flatten(1))

own = DigitPad(model=Mine(), picked=-1, centre=False)
own""",
]


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page with the notebook above, all of it run."""
    lab.write("pads.ipynb", CELLS)
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "pads.ipynb")
    yield page
    page.close()


def draw(page: Any, shown: Any, strokes: list[Any]) -> None:
    """Draw with the mouse; points are in pixels of the sheet."""
    box = shown.locator(".cnn-pad-sheet").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x / 28 * box["width"], box["y"] + y / 28 * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()


def drawing(digit: int, manner: str = "plain") -> list[Any]:
    strokes = next(one.strokes for one in scripted_digits() if (one.digit, one.manner) == (digit, manner))
    return [stroke[:-1:4] + stroke[-1:] for stroke in strokes]


def test_what_is_drawn_is_read_in_the_page_and_in_the_kernel_alike(notebook: Any):
    shown = explorer(notebook, 0)
    draw(notebook, shown, drawing(3))
    shown.locator(".cnn-pad-big").get_by_text("3", exact=True).wait_for()
    eventually(notebook, "print(pad.digit)", "3")
    told = shown.locator(".cnn-pad-bars li").nth(8).locator(".cnn-pad-share").inner_text().replace("\xa0", " ")
    ask = "from cnncourse.widgets._digit_sheet import percent; print(percent(pad.probabilities[8]))"
    eventually(notebook, ask, told)


def test_a_drawing_made_in_python_appears_and_is_read(notebook: Any):
    shown = explorer(notebook, 0)
    ask_kernel(notebook, "pad.strokes = [[(14, 4), (14, 24)]]")
    shown.locator(".cnn-pad-big").get_by_text("1", exact=True).wait_for()
    ask_kernel(notebook, "pad.picked = 7")
    shown.locator(".cnn-pad-truth").get_by_text("its writer meant 7.").wait_for()


def test_the_pen_moved_by_keys_leaves_the_notebook_alone(notebook: Any):
    shown = explorer(notebook, 0)
    cells = notebook.locator(".jp-Notebook .jp-Cell").count()
    shown.locator(".cnn-pad-sheet").click()
    for key in ("Delete", "Space", "ArrowDown", "ArrowDown", "Space", "d", "d", "Backspace"):
        notebook.keyboard.press(key)
    shown.get_by_text("nothing drawn yet").wait_for()
    assert notebook.locator(".jp-Notebook .jp-Cell").count() == cells
    assert notebook.locator(".jp-Notebook.jp-mod-editMode, .jp-Notebook.jp-mod-commandMode").count() == 1


def test_an_own_network_follows_and_outlives_its_fault(notebook: Any):
    shown = explorer(notebook, 1)
    draw(notebook, shown, drawing(5))
    shown.locator(".cnn-pad-layers").get_by_text("Layer convolution: 8 maps of").wait_for()
    notebook.wait_for_timeout(500)
    eventually(notebook, "print(own.digit)", shown.locator(".cnn-pad-big").inner_text())
    shown.get_by_role("button", name="Clear").click()
    draw(notebook, shown, [[(3, 3), (3.5, 3)]])
    shown.locator(".cnn-fault").get_by_text("Mine, line 9: ").wait_for()
    assert "NameError" in shown.locator(".cnn-fault").inner_text()
    draw(notebook, shown, drawing(0, "thick"))
    shown.locator(".cnn-fault").wait_for(state="hidden")


def test_drawing_faster_than_the_network_answers_builds_no_queue(notebook: Any):
    shown = explorer(notebook, 1)
    ask_kernel(
        notebook,
        "import time\nruns = []\n"
        "handle = own._model.register_forward_pre_hook(lambda *_: (runs.append(1), time.sleep(0.2)) and None)",
    )
    shown.get_by_role("button", name="Clear").click()
    points = [(4 + at / 4, 8 + (at % 9)) for at in range(80)]
    draw(notebook, shown, [points])
    eventually(notebook, "print(len(own.strokes[0]) > 60)", "True")
    assert int(ask_kernel(notebook, "print(len(runs))")) < 40
    ask_kernel(notebook, "handle.remove()")
