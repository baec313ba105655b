"""A learner's own function in an explorer: asked in good time, drawn with its picture, locked without a notebook.

The page's clock stands still here and is moved on by hand, so that nothing depends on how fast the machine is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.kernels import read_matrix
from cnncourse.widgets import FilterExplorer, explore
from tests.browser.mount import answer_page, next_frame

Show = Callable[..., Any]
TINY = read_matrix("33210 00131 31223 20022")
COINS = photograph("coins")[20:83, 10:101]
SLIDER = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"
# Every drawing of a canvas begins by wiping it: their places on the page, in the order of the drawings.
LISTEN = """() => {
  window.drawn = [];
  const canvases = [...document.querySelectorAll(".cnn-explorer canvas")];
  const wipe = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (canvases.includes(this.canvas)) window.drawn.push(canvases.indexOf(this.canvas));
    return wipe.apply(this, box);
  };
}"""
PICTURE, ANSWER = 0, 1
WAIT = 80  # milliseconds, as GRACE in own_answers.js


def slide(image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0) -> np.ndarray:
    return correlate(image, kernel, stride=stride, padding=padding)


def brighter(image: np.ndarray, least: float = 0.5) -> np.ndarray:
    if least > 1:
        return nothing  # noqa: F821
    return np.where(image > least, image, 0)


MADE = {
    "convolution": (lambda: explore(TINY, "identity", convolve=slide), "Padding", 2),
    "filter": (lambda: FilterExplorer(COINS, function=brighter), "least", 0.25),
}


def moved(show: Show, name: str) -> tuple[Any, Any]:
    """Return an explorer and its page, just after a slider was moved, with the clock standing still."""
    make, label, value = MADE[name]
    explorer = make()
    page = show(explorer, kernel=True)
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.evaluate(LISTEN)
    page.get_by_label(label, exact=True).evaluate(SLIDER, value)
    return explorer, page


def drawn(page: Any) -> set[int]:
    """Return which canvases were drawn since the slider was moved."""
    return set(page.evaluate("() => window.drawn"))


def test_picture_and_answer_of_a_convolution_are_drawn_together_when_the_answer_comes(show: Show):
    explorer, page = moved(show, "convolution")
    page.clock.run_for(WAIT / 2)
    assert drawn(page) == set()
    answer_page(page, explorer)
    assert drawn(page) >= {PICTURE, ANSWER}  # no frame of the screen has passed between the two


def test_the_answer_of_an_own_filter_is_drawn_as_soon_as_it_comes(show: Show):
    explorer, page = moved(show, "filter")
    page.clock.run_for(WAIT / 2)
    assert drawn(page) == set()
    answer_page(page, explorer)
    assert ANSWER in drawn(page)


def test_a_picture_is_drawn_without_its_answer_when_the_kernel_keeps_it_waiting(show: Show):
    _, page = moved(show, "convolution")
    page.clock.run_for(WAIT - 1)
    assert drawn(page) == set()
    assert "2·2" not in page.locator(".cnn-size").text_content()
    page.clock.run_for(2)
    assert PICTURE in drawn(page)
    assert "2·2" in page.locator(".cnn-size").text_content()


def test_an_answer_to_an_older_question_does_not_end_the_wait(show: Show):
    explorer, page = moved(show, "convolution")
    page.evaluate("(id) => window.model.set('answer', { settings: {}, fault: null, id })", explorer.answer["id"])
    page.clock.run_for(WAIT / 2)
    assert drawn(page) == set()


@pytest.mark.parametrize("name", MADE)
def test_a_late_answer_is_mentioned_and_still_taken(show: Show, name: str):
    explorer, page = moved(show, name)
    busy = page.locator(".cnn-note", has_text="has not answered yet")
    page.clock.run_for(1400)
    assert busy.count() == 0
    page.clock.run_for(200)
    assert busy.count() == 1
    assert page.locator("canvas").nth(ANSWER).is_visible(), "the last answer stands until the next one comes"
    page.evaluate("() => (window.drawn = [])")
    answer_page(page, explorer)
    assert busy.count() == 0
    assert ANSWER in drawn(page)


# ---- the filter explorer -------------------------------------------------------------------------------------------


def words(page: Any, selector: str) -> str:
    next_frame(page)
    return str(page.locator(selector).inner_text())


def test_a_slider_of_an_own_filter_asks_with_the_new_value(show: Show):
    explorer = FilterExplorer(COINS, function=brighter)
    page = show(explorer, kernel=True)
    assert words(page, ".cnn-arithmetic") == f"Answers from 0 to {round(COINS.max(), 4):g}."
    page.get_by_label("least", exact=True).evaluate(SLIDER, 0.25)
    assert page.evaluate("() => window.model.get('question').values") == [0.25]


def test_a_fault_of_an_own_filter_is_shown_with_its_line_and_the_explorer_goes_on(show: Show):
    explorer = FilterExplorer(COINS, function=brighter)
    page = show(explorer, kernel=True)
    least = page.get_by_label("least", exact=True)
    least.evaluate(SLIDER, 1.5)
    answer_page(page, explorer)
    fault = words(page, ".cnn-fault")
    assert f"brighter, line {brighter.__code__.co_firstlineno + 2}: NameError: name 'nothing' is not defined" in fault
    assert "return nothing" in fault
    least.evaluate(SLIDER, 0.75)
    answer_page(page, explorer)
    next_frame(page)
    assert page.locator(".cnn-fault").is_hidden()
    assert words(page, ".cnn-arithmetic").startswith("Answers from 0 to")


def test_an_own_filter_without_a_notebook_is_locked_with_a_sentence(show: Show):
    page = show(FilterExplorer(COINS, function=brighter))
    assert "cannot be asked anew: its sliders are locked, and the picture stays." in words(page, ".cnn-note")
    assert page.get_by_label("least", exact=True).is_disabled()
    assert page.locator("input[type=file]").count() == 0


def test_without_a_notebook_the_other_detectors_work_and_the_recorded_answer_comes_back(show: Show):
    page = show(FilterExplorer(COINS, function=brighter))
    recorded = words(page, ".cnn-arithmetic")
    page.get_by_label("Look for").select_option("edges")
    assert words(page, ".cnn-arithmetic").startswith("Blur of 1 px.")
    assert page.locator(".cnn-note").is_hidden()
    page.get_by_label("Look for").select_option("own")
    assert words(page, ".cnn-arithmetic") == recorded


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda image: correlate(image, np.ones((5, 3)) / 15), "Answers from"),
        (lambda image: image[::3, ::3], "It has 21 × 31 values."),
        (lambda image: np.full_like(image, np.nan), "No answer is a number."),
    ],
    ids=["stays inside", "every third", "NaN"],
)
def test_answers_of_every_size_are_shown(show: Show, function: Any, said: str):
    page = show(FilterExplorer(COINS, function=function))
    assert said in words(page, ".cnn-arithmetic")


def test_an_answer_that_stays_inside_is_read_at_the_pixel_it_belongs_to(show: Show):
    image = np.zeros((20, 31))
    image[9, 16] = 1
    page = show(FilterExplorer(image, function=lambda image: correlate(image, [[0, 0, 0], [0, 8, 0], [0, 0, 0]])))
    page.locator("canvas").first.focus()
    for key in ("ArrowUp", "ArrowRight"):  # from the middle, row 10 and column 15
        page.keyboard.press(key)
    assert "At row 9, column 16: brightness 1, answer 8." in words(page, ".cnn-arithmetic")


def test_another_picture_while_waiting_shows_nothing_of_the_old_answer(show: Show):
    explorer = FilterExplorer(COINS, function=brighter)
    page = show(explorer, kernel=True)
    smaller = explorer.image[:9, :12]
    page.evaluate(
        """([height, width, values]) => {
          model.set("image", { shape: [height, width], data: new DataView(Float32Array.from(values).buffer) });
          model.set("image_id", "page-1");
        }""",
        [*smaller.shape, smaller.ravel().tolist()],
    )
    page.wait_for_timeout(WAIT + 40)
    assert page.locator("canvas").nth(1).is_hidden()
    page.locator("canvas").first.hover()
    assert words(page, ".cnn-arithmetic") == ""
