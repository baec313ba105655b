"""Every explorer in a page of the book, opened from disk with the network off: sliders, keys, a phone's width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnncourse.publish.book import build
from tests.browser.explorers import IMPORTS, STATES
from tests.browser.mount import next_frame
from tests.publish.samples import code, markdown, write_lesson

NAMES = [f"{name} {place}" for name, lines in STATES.items() for place in range(len(lines))]
# What is seen of an explorer: the pixels of its canvases and the shapes of its drawings.
SEEN = """(root) => {
  let sum = 0;
  const add = (value) => (sum = (sum * 31 + value) % 4294967291);
  for (const canvas of root.querySelectorAll("canvas")) {
    if (!canvas.checkVisibility()) continue;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 1) add(data[at]);
  }
  for (const drawing of root.querySelectorAll("svg")) for (const sign of drawing.outerHTML) add(sign.charCodeAt(0));
  return sum;
}"""
DRAG = """(input, value) => {
  const before = input.value;
  input.value = value ?? (2 * (before - input.min) > input.max - input.min ? input.min : input.max);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return before;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build a lesson with all explorers in it, and return where it lies on disk."""
    folder = tmp_path_factory.mktemp("explorers")
    (folder / "notebooks").mkdir()
    lines = [line for lines in STATES.values() for line in lines]
    cells = [code(line, f"explorer-{place}", "explorer") for place, line in enumerate(lines)]
    imports = code(IMPORTS, "setup", "setup")
    write_lesson(folder / "notebooks", "01_all", markdown("# All explorers", "title"), imports, *cells)
    index: Path = build(folder / "notebooks", folder / "site")
    return f"{index.parent.as_uri()}/01_all.html"


def opened(browser: Any, address: str, **options: Any) -> Any:
    page = browser.new_context(offline=True, **options).new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda request: page.complaints.append(request.url))
    page.goto(address)
    page.locator(".explorer-live .cnn-explorer").nth(len(NAMES) - 1).wait_for()
    next_frame(page)
    return page


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """Yield the page with all explorers; what it complains of or fails to find fails the test."""
    shown = opened(browser, address)
    yield shown
    assert shown.complaints == []
    shown.context.close()


def explorer(page: Any, name: str) -> Any:
    return page.locator(".explorer-live .cnn-explorer").nth(NAMES.index(name))


def seen(page: Any, name: str) -> Any:
    next_frame(page)
    return explorer(page, name).evaluate(SEEN)


def sliders(page: Any, name: str) -> list[Any]:
    """Return the sliders of an explorer; one whose settings cannot be shown has words instead of a picture."""
    shown = explorer(page, name)
    if shown.locator(".cnn-problem:visible").count():
        return []
    return [one for one in shown.locator("input[type=range]:enabled").all() if one.is_visible()]


def test_every_explorer_is_alive_and_none_is_left_a_still_picture(page: Any):
    assert page.locator(".explorer-live .cnn-explorer").count() == len(NAMES)
    assert page.locator(".explorer-still, .explorer-fault").count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_each_slider_changes_what_is_seen(page: Any, name: str):
    for slider in sliders(page, name):
        label = slider.evaluate("(one) => one.labels[0].textContent")
        before = seen(page, name)
        value = slider.evaluate(DRAG)
        assert seen(page, name) != before, label
        slider.evaluate(DRAG, value)


@pytest.mark.parametrize("name", NAMES)
def test_a_slider_and_a_picture_are_moved_by_keys(page: Any, name: str):
    for slider in sliders(page, name)[:1]:
        before = slider.input_value()
        slider.press("ArrowRight")
        moved = slider.input_value()
        slider.press("ArrowLeft")
        slider.press("ArrowLeft")
        assert {before, moved, slider.input_value()} != {before}
    if explorer(page, name).locator(".cnn-problem:visible").count():
        return  # there is no window to move
    for canvas in explorer(page, name).locator("canvas[tabindex]:visible").all():
        before = seen(page, name)
        for key in ("ArrowRight", "ArrowDown"):
            canvas.press(key)
        assert seen(page, name) != before
        for key in ("ArrowUp", "ArrowLeft"):
            canvas.press(key)


def test_a_layer_is_taken_away_by_a_key_and_the_drawing_follows(page: Any):
    before = seen(page, "LayerBuilder 0")
    explorer(page, "LayerBuilder 0").locator("tbody button, tbody input[type=radio]").first.press("Delete")
    assert seen(page, "LayerBuilder 0") != before


def test_the_page_with_all_explorers_does_not_scroll_sideways_on_a_phone(browser: Any, address: str):
    phone = opened(browser, address, viewport={"width": 375, "height": 740})
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 375
    for name in NAMES:
        box = explorer(phone, name).bounding_box()
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 375, name
        for canvas in explorer(phone, name).locator("canvas:visible").all():
            assert canvas.bounding_box()["x"] + canvas.bounding_box()["width"] <= 375, name
    phone.context.close()
