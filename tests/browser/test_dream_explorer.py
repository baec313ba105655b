"""The dream explorer where it lives: with a kernel, walking through records without one, and in a real JupyterLab."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from cnncourse.dream_pictures import read_recipe
from cnncourse.images import photograph
from cnncourse.widgets import DreamExplorer
from tests.browser.explorers import made
from tests.browser.lab import Lab
from tests.browser.mount import LISTEN, fingerprint, next_frame, saved_state
from tests.browser.test_explorers_lab import ask_kernel
from tests.dream_networks import small

Show = Callable[..., Any]
PHOTO = photograph("chelsea", grey=False)[40:120, 90:190]  # 80 × 100
NAMES = ("ant", "bee", "cow", "dog", "elk")
PICTURE, DREAM = 0, 1  # canvases in the order of the page
PUT = """({ state, buffers }) => {
  window.unpack(state, buffers);
  const kept = ["layer", "channel", "octaves", "strength", "result", "fault", "shown"];
  for (const name of kept) model.set(name, state[name]);
}"""
MOVE = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"
LET_GO = "(input) => input.dispatchEvent(new Event('change', { bubbles: true }))"


def make() -> DreamExplorer:
    return DreamExplorer(small(), PHOTO, ["3", "8"], classes=NAMES, title="a small network")


@pytest.fixture
def live(show: Callable[..., Any]) -> Callable[[DreamExplorer], Any]:
    """Return a function that shows an explorer in a page that takes itself for one with a kernel, and listens."""

    def open_page(explorer: DreamExplorer) -> Any:
        page = show(explorer, kernel=True)
        page.evaluate(LISTEN)
        return page

    return open_page


def asked(page: Any) -> list[dict[str, Any]]:
    """Return what the page has asked, and forget it."""
    next_frame(page)
    return list(page.evaluate("() => window.asked.splice(0)"))


def answer(page: Any, explorer: DreamExplorer, messages: list[dict[str, Any]]) -> None:
    """Let an explorer hear messages, and the page what the explorer then says."""
    explorer._loop = None  # no event loop: it obeys at once
    for message in messages:
        explorer._handle_custom_msg(message, [])
    page.evaluate(PUT, saved_state(explorer))
    next_frame(page)


def title(page: Any) -> str:
    next_frame(page)
    return str(page.locator("figcaption").nth(1).inner_text())


# --- with a kernel ----------------------------------------------------------------------------------------------------


def test_a_slider_asks_for_previews_one_at_a_time_and_for_the_whole_when_it_is_let_go(live: Any):
    explorer = make()
    page = live(explorer)
    slider = page.get_by_label("Strength", exact=True)
    for value in (0.002, 0.02, 0.027):
        slider.evaluate(MOVE, value)
    first = asked(page)
    assert [(one["do"], one["settings"]["strength"]) for one in first] == [("preview", 0.002)]
    assert slider.input_value() == "0.027", "a slider does not jump back under the hand"
    answer(page, explorer, first)
    assert slider.input_value() == "0.027"
    second = asked(page)
    assert [(one["do"], one["settings"]["strength"]) for one in second] == [("preview", 0.027)]
    answer(page, explorer, second)
    before = fingerprint(page, DREAM)
    slider.evaluate(LET_GO)
    page.wait_for_function("() => window.asked.length > 0")
    whole = asked(page)
    assert [(one["do"], one["settings"]["strength"]) for one in whole] == [("dream", 0.027)]
    answer(page, explorer, whole)
    assert title(page) == "Dream, 80 × 100 pixels"
    assert fingerprint(page, DREAM) != before
    assert "strength 0.027. What grows went from" in page.inner_text(".cnn-dream-words")


def test_a_change_before_the_whole_dream_begins_puts_it_off(live: Any):
    page = live(make())
    slider = page.get_by_label("Octaves", exact=True)
    slider.evaluate(LET_GO)
    slider.evaluate(MOVE, 2)
    page.wait_for_timeout(600)
    assert [one["do"] for one in asked(page)] == ["preview"]


def test_a_slow_kernel_is_not_asked_for_a_preview_behind_the_whole_dream(live: Any):
    explorer = make()
    page = live(explorer)
    slider = page.get_by_label("Strength", exact=True)
    slider.evaluate(MOVE, 0.002)
    first = asked(page)
    slider.evaluate(MOVE, 0.027)
    slider.evaluate(LET_GO)
    page.wait_for_function("() => window.asked.length > 0")
    whole = asked(page)
    answer(page, explorer, first)
    assert slider.input_value() == "0.027", "it waits for the dream where it was let go"
    assert asked(page) == []
    answer(page, explorer, whole)
    assert "strength 0.027" in page.inner_text(".cnn-dream-words")


def test_answers_that_come_between_two_drawings_are_all_heard(live: Any):
    explorer = make()
    page = live(explorer)
    page.get_by_label("Octaves", exact=True).evaluate(MOVE, 2)
    (question,) = asked(page)
    explorer._loop = None
    states = []
    for message in (question, {**question, "do": "dream", "id": "whole"}):
        explorer._handle_custom_msg(message, [])
        states.append(saved_state(explorer))
    page.evaluate(f"(both) => both.forEach({PUT})", states)
    page.get_by_label("Octaves", exact=True).evaluate(MOVE, 3)
    assert [(one["do"], one["settings"]["octaves"]) for one in asked(page)] == [("preview", 3)]


def test_another_layer_brings_its_own_maps_and_names(live: Any):
    explorer = make()
    page = live(explorer)
    page.get_by_label("Layer", exact=True).select_option("8")
    answer(page, explorer, asked(page)[:1])
    channel = page.get_by_label("Map", exact=True)
    assert (channel.get_attribute("max"), channel.get_attribute("aria-valuetext")) == ("4", "all of them")
    channel.press("ArrowRight")
    channel.press("ArrowRight")
    assert channel.get_attribute("aria-valuetext") == "bee"
    answer(page, explorer, asked(page)[:1])
    answer(page, explorer, asked(page)[:1])
    assert explorer.channel == 1
    assert "more of “bee” of 8" in page.inner_text(".cnn-dream-words")


def test_a_dream_under_way_shows_how_far_it_is_and_can_be_cancelled(live: Any):
    explorer = make()
    page = live(explorer)
    page.get_by_role("button", name="Dream").click()
    (message,) = asked(page)
    assert message["do"] == "dream"
    night = explorer._begin()
    for _ in range(15):
        night.step()
    explorer._tell(night, message["id"])
    page.evaluate(PUT, saved_state(explorer))
    assert re.fullmatch(r"Octave 2 of 4, step 5 of 10, about \d+ s left", title(page))
    assert 0 < page.locator("progress").evaluate("(bar) => bar.value") < 0.5
    assert re.fullmatch(r"\d+ %, about \d+ s left", page.locator("progress").get_attribute("aria-valuetext"))
    page.get_by_role("button", name="Cancel").click()
    assert [one["do"] for one in asked(page)] == ["cancel"]
    night.cancel()
    explorer._tell(night, message["id"])
    page.evaluate(PUT, saved_state(explorer))
    assert title(page) == "Cancelled dream, 80 × 100 pixels"
    assert "The octave that was whole is kept." in page.inner_text(".cnn-dream-words")
    assert page.locator("progress").is_hidden()
    assert page.get_by_role("button", name="Dream").is_visible()


def test_a_fault_of_the_network_is_shown_and_goes_away(live: Any):
    explorer = make()
    page = live(explorer)
    explorer.fault = {"kind": "RuntimeError", "message": "torn", "line": 0, "source": "", "name": "forward"}
    page.evaluate(PUT, saved_state(explorer))
    next_frame(page)
    assert page.inner_text(".cnn-fault") == "forward: RuntimeError: torn"
    page.get_by_label("Octaves", exact=True).evaluate(MOVE, 2)
    answer(page, explorer, asked(page))
    assert page.locator(".cnn-fault").is_hidden()


def test_a_picture_of_the_learners_own_is_sent_and_asked_about(live: Any, tmp_path: Path):
    Image.fromarray(np.full((70, 90, 3), 200, np.uint8)).save(tmp_path / "own.png")
    page = live(make())
    page.locator("input[type=file]").set_input_files(tmp_path / "own.png")
    page.wait_for_function("() => model.get('note').includes('own.png')")
    assert page.evaluate("() => model.get('image').shape") == [70, 90, 3]
    page.wait_for_function("() => window.asked.length === 2")
    assert [one["do"] for one in asked(page)] == ["preview", "dream"]


def test_a_kernel_that_does_not_answer_is_mentioned(live: Any):
    page = live(make())
    page.get_by_role("button", name="Dream").click()
    page.locator(".cnn-note").get_by_text("has not answered yet").wait_for(timeout=8000)


# --- without one ------------------------------------------------------------------------------------------------------


def test_without_kernel_and_record_the_last_picture_stays_and_the_controls_say_why(show: Show):
    page = show(make())
    for label in ("Layer", "Map", "Octaves", "Strength"):
        assert page.get_by_label(label, exact=True).is_disabled()
    assert page.get_by_role("button", name="Dream").is_disabled()
    assert page.locator(".cnn-file").is_hidden()
    assert "runs no Python" in page.inner_text(".cnn-note")


def test_without_a_kernel_layer_and_strength_walk_through_the_record(show: Show):
    page = show(made("dreams(0.01, 0.02, 0.03)"))
    page.wait_for_function("() => document.querySelectorAll('figcaption')[1].textContent.startsWith('Dream on record')")
    seen = {fingerprint(page, DREAM)}
    strength = page.get_by_label("Strength", exact=True)
    for key, words in (("ArrowRight", "0.020"), ("ArrowRight", "0.030")):
        strength.press(key)
        assert strength.get_attribute("aria-valuetext") == words
        assert f"strength {words}" in page.inner_text(".cnn-dream-words")
        seen.add(fingerprint(page, DREAM))
    page.get_by_label("Layer", exact=True).select_option("head")
    seen.add(fingerprint(page, DREAM))
    assert "of head" in page.inner_text(".cnn-dream-words")
    assert len(seen) == 4
    assert "9 dreams on record" in page.inner_text(".cnn-note")
    for label in ("Map", "Octaves"):
        assert page.get_by_label(label, exact=True).is_disabled()


def test_without_a_kernel_map_and_octaves_walk_through_the_record_as_well(show: Show):
    explorer = make()
    explorer.record([0.02], channels={"3": [2, 4]}, octaves=(1, 3))
    page = show(explorer)
    page.wait_for_function("() => document.querySelectorAll('figcaption')[1].textContent.startsWith('Dream on record')")
    seen = {fingerprint(page, DREAM)}
    for label, key, words in (
        ("Octaves", "ArrowLeft", "1"),
        ("Map", "ArrowRight", "4"),
        ("Octaves", "ArrowRight", "3"),
    ):
        slider = page.get_by_label(label, exact=True)
        slider.press(key)
        assert slider.get_attribute("aria-valuetext") == words
        seen.add(fingerprint(page, DREAM))
    assert len(seen) == 4
    assert page.get_by_label("Strength", exact=True).is_disabled()


def test_a_saved_picture_holds_its_pixels_and_its_settings(show: Show):
    explorer = make()
    explorer.channel = 2
    explorer.dream()
    page = show(explorer, accept_downloads=True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    assert download.value.suggested_filename == "dream-3-2.png"
    content = Path(download.value.path()).read_bytes()
    recipe = read_recipe(io.BytesIO(content))
    assert recipe == explorer.shown["recipe"]
    assert (recipe["layer"], recipe["channel"], recipe["octaves"], recipe["network"]) == ("3", 2, 4, "a small network")
    with Image.open(io.BytesIO(content)) as opened:
        assert_allclose(np.asarray(opened.convert("RGB")) / 255, explorer.picture, atol=1 / 255)


def test_the_chunk_of_text_is_what_pillow_writes(modules: Any):
    found = modules.evaluate(
        """async () => {
          const { pngChecksum, textChunk } = await import("./dream_png.js");
          return [pngChecksum(new TextEncoder().encode("IEND")), Array.from(textChunk("key", "café 5 × 7"))];
        }"""
    )
    assert found[0] == 0xAE426082  # as in every PNG file
    file = io.BytesIO()
    Image.new("L", (2, 3)).save(file, "PNG")
    whole = file.getvalue()
    with Image.open(io.BytesIO(whole[:33] + bytes(found[1]) + whole[33:])) as opened:
        assert opened.text == {"key": "café 5 × 7"}


def test_every_control_has_a_name_and_can_be_reached_by_tab(live: Any):
    page = live(make())
    named = "(e) => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent"
    names = []
    for _ in range(7):
        page.keyboard.press("Tab")
        names.append(page.evaluate(f"() => ({named})(document.activeElement)").strip())
    assert names == ["Layer", "Map", "Octaves", "Strength", "Dream", "Save as PNG", "Own picture …"]


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(show: Show, dark: bool):
    page = show(make(), dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_unmounting_leaves_no_listener_behind(show: Show):
    page = show(made("dreams(0.01, 0.02, 0.03)"))
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners.length") == 0


# --- in JupyterLab ----------------------------------------------------------------------------------------------------

CELLS = [
    """import torch
from cnncourse.images import photograph
from cnncourse.models import ResidualNet
from cnncourse.widgets import DreamExplorer

torch.manual_seed(0)
network = ResidualNet()
explorer = DreamExplorer(network, photograph("chelsea", grey=False))
explorer"""
]


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page with the notebook above, all of it run."""
    lab.write("dreams.ipynb", CELLS)
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "dreams.ipynb")
    page.locator(".cnn-explorer").wait_for(timeout=60_000)
    yield page
    page.close()


def wait_for_title(page: Any, start: str) -> None:
    page.wait_for_function(
        "(start) => document.querySelectorAll('.cnn-explorer figcaption')[1].textContent.startsWith(start)",
        arg=start,
        timeout=120_000,
    )


def test_in_jupyterlab_a_slider_previews_and_then_dreams_while_cells_run(notebook: Any):
    wait_for_title(notebook, "Preview")
    slider = notebook.get_by_label("Octaves", exact=True)
    slider.press("ArrowLeft")
    wait_for_title(notebook, "Octave")
    assert ask_kernel(notebook, "print(1 + 1)") == "2", "the kernel answers while it dreams"
    wait_for_title(notebook, "Dream, 300 × 451")
    assert ask_kernel(notebook, "print(explorer.octaves, explorer.picture.shape)") == "3 (300, 451, 3)"


def test_in_jupyterlab_a_dream_is_cancelled_and_keeps_its_octaves(notebook: Any):
    notebook.get_by_role("button", name="Dream", exact=True).click()
    wait_for_title(notebook, "Octave")
    notebook.get_by_role("button", name="Cancel", exact=True).click()
    wait_for_title(notebook, "Cancelled dream, 300 × 451")
    hooks = "print(sum(len(m._forward_hooks) for m in network.modules()), network.training)"
    assert ask_kernel(notebook, hooks) == "0 True"
