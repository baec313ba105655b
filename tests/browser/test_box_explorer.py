"""The explorer of boxes in a page without a kernel: it computes what Python does, and is dragged and driven by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnncourse.widgets import BoxExplorer
from cnncourse.widgets._box_heap import arrays, heap_words, pair_words
from tests.browser.mount import next_frame
from tests.widgets.test_box_explorer import random_heap

Show = Callable[..., Any]
THIN = """async ([pair, heap, threshold, least]) => {
  const { boxHeapWords, boxOverlap, boxPairWords, thinHeap } = await import("./box_heap.js");
  const [overlap, found] = [boxOverlap(...pair), thinHeap(heap, threshold, least)];
  return { ...overlap, ...found, words: [boxPairWords(overlap), boxHeapWords(found, heap)] };
}"""
STEP = """async ([box, by, stretch, paper]) => (await import("./box_heap.js")).boxStep(box, by, stretch, paper)"""
HEAP = ([[4, 2, 20, 22], [6, 4, 22, 22], [30, 8, 44, 30]], [0.9, 0.7, 0.4], ["5", "5", "face"])


@pytest.fixture
def explorer() -> BoxExplorer:
    picture = np.random.default_rng(1).random((40, 56))
    return BoxExplorer(picture, *HEAP, pair=((1, 1, 5, 4), (8, 3, 12, 9)))


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def set_range(page: Any, label: str, value: float) -> None:
    page.get_by_label(label, exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )
    next_frame(page)


def place_of(page: Any, selector: str, across: float, down: float) -> tuple[float, float]:
    box = page.locator(selector).first.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


@pytest.mark.parametrize("seed", range(25))
def test_the_page_and_python_agree_word_for_word(modules: Any, seed: int):
    rng = np.random.default_rng(seed)
    heap = random_heap(seed)
    pair = np.sort(rng.integers(0, 10, (2, 2, 2)), axis=1).reshape(2, 4)
    pair[:, 2:] += 1
    threshold, least = (float(value) for value in rng.integers(0, 21, 2) / 20)
    page = modules.evaluate(THIN, [pair.tolist(), heap, threshold, least])
    python = arrays(tuple(pair.tolist()), **heap, threshold=threshold, least=least)
    assert (page["shared"], page["covered"]) == (python.shared, python.covered)
    assert page["agreement"] == python.agreement
    assert (page["kept"], page["dropped"]) == (python.kept, python.dropped)
    assert page["words"] == [pair_words(python), heap_words(python, heap["names"], heap["scores"])]


def test_a_step_never_leaves_the_paper_and_never_empties_a_box(modules: Any):
    assert modules.evaluate(STEP, [[1, 1, 5, 4], [2, -9], False, [16, 10]]) == [3, 0, 7, 3]
    assert modules.evaluate(STEP, [[1, 1, 5, 4], [99, 99], False, [16, 10]]) == [12, 7, 16, 10]
    assert modules.evaluate(STEP, [[1, 1, 5, 4], [-9, 2], True, [16, 10]]) == [1, 1, 2, 6]
    assert modules.evaluate(STEP, [[1, 1, 5, 4], [99, 99], True, [16, 10]]) == [1, 1, 16, 10]


def test_arrow_keys_move_the_chosen_box_and_with_shift_its_corner(show: Show, explorer: BoxExplorer):
    page = show(explorer)
    page.locator(".cnn-box-paper").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert get(page, "pair") == [[2, 2, 6, 5], [8, 3, 12, 9]]
    page.keyboard.press("Shift+ArrowRight")
    assert get(page, "pair")[0] == [2, 2, 7, 5]
    page.get_by_label("Arrow keys move", exact=True).select_option("1")
    page.locator(".cnn-box-paper").focus()
    page.keyboard.press("ArrowLeft")
    assert get(page, "pair") == [[2, 2, 7, 5], [7, 3, 11, 9]]
    assert "arrow keys move box B" in page.locator(".cnn-box-paper").get_attribute("aria-label")


def test_a_box_is_dragged_onto_the_other_and_they_agree(show: Show, explorer: BoxExplorer):
    page = show(explorer)
    explorer_words = page.locator(".cnn-reading-line").first
    assert "IoU 0 / 36 = 0.00" in explorer_words.inner_text()
    page.mouse.move(*place_of(page, ".cnn-box-second", 0.4, 0.4))
    page.mouse.down()
    page.mouse.move(*place_of(page, ".cnn-box-first", 0.4, 0.6), steps=6)
    page.mouse.up()
    next_frame(page)
    assert "IoU 0 /" not in explorer_words.inner_text()
    left, top, right, bottom = get(page, "pair")[1]
    assert (right - left, bottom - top) == (4, 6), "moved, and not stretched"


def test_the_corner_of_a_box_is_dragged_to_stretch_it(show: Show, explorer: BoxExplorer):
    page = show(explorer)
    page.mouse.move(*place_of(page, ".cnn-box-second", 0.97, 0.97))
    page.mouse.down()
    page.mouse.move(*place_of(page, ".cnn-box-second", 1.4, 0.97), steps=4)
    page.mouse.up()
    left, top, right, _ = get(page, "pair")[1]
    assert (left, top) == (8, 3)
    assert right > 12


def test_sliders_thin_the_heap_and_fill_it_again(show: Show, explorer: BoxExplorer):
    page = show(explorer)
    words = page.locator(".cnn-reading-line").nth(1)
    assert words.inner_text() == "Of 3 boxes 3 are sure enough: 2 kept, 1 dropped. Kept: 5 at 0.90; face at 0.40."
    assert (page.locator(".cnn-box-kept").count(), page.locator(".cnn-box-dropped").count()) == (2, 1)
    set_range(page, "Drop above an IoU of", 0.9)
    assert (page.locator(".cnn-box-kept").count(), page.locator(".cnn-box-dropped").count()) == (3, 0)
    set_range(page, "Scores from", 0.5)
    assert page.locator(".cnn-box-score").all_text_contents() == ["5 0.70", "5 0.90"]
    assert get(page, "least") == 0.5
    assert page.evaluate("() => window.saved") > 0


def test_without_a_heap_the_pair_stands_alone(show: Show):
    page = show(BoxExplorer())
    assert page.locator(".cnn-box-paper").is_visible()
    assert not page.locator(".cnn-box-heap").is_visible()
    assert not page.get_by_label("Scores from").is_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(show: Show, explorer: BoxExplorer, dark: bool):
    page = show(explorer, dark=dark, viewport={"width": 360, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_closing_it_leaves_no_listener_behind(show: Show, explorer: BoxExplorer):
    page = show(explorer)
    page.evaluate("() => window.unmount()")
    assert page.evaluate("() => model.listeners.length") == 0
