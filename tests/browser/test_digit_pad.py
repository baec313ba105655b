"""The digit pad in a page, beside what Python computes, and with a kernel that answers for a learner's network."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from cnncourse.datasets import digits
from cnncourse.lenet import SHAPES, check_weights, run
from cnncourse.scripted_digits import scripted_digits
from cnncourse.weights import weights_arrays
from cnncourse.widgets import DigitPad
from cnncourse.widgets._digit_sheet import picture_to_read
from tests.browser.mount import ANSWER, FINGERPRINT, next_frame, saved_state

Show = Callable[..., Any]
IMAGES, LABELS = digits("test")
SHEET = IMAGES[:12], LABELS[:12]
DRAWINGS = scripted_digits()
SEEN, FIRST_MAPS, SECOND_MAPS = (
    "canvas[aria-label^='what the network']",
    ".cnn-pad-maps >> nth=0",
    ".cnn-pad-maps >> nth=1",
)
PICTURES = """async (cases) => {
  const { pictureToRead } = await import("./drawing.js");
  return cases.map(({ levels, ...settings }) => {
    const digit = levels && { height: 28, width: 28, channels: 1, data: Float64Array.from(levels) };
    return [...pictureToRead({ ...settings, digit }).data];
  });
}"""
NETWORK = """async ({ numbers, pictures }) => {
  const { lenetRun, lenetWeights } = await import("./lenet.js");
  const bytes = Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0));
  const layers = lenetWeights(new Float32Array(bytes.buffer));
  return pictures.map((data) => {
    const picture = { height: 28, width: 28, data: Float64Array.from(data) };
    const { maps1, maps2, logits, probabilities } = lenetRun(layers, picture);
    return { maps1: [...maps1.data], maps2: [...maps2.data], logits: [...logits], probabilities };
  });
}"""


# --- the page and Python agree ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("centre", [True, False])
def test_page_and_python_make_the_same_picture_of_every_scripted_drawing(modules: Any, centre: bool):
    settings = {"centre": centre, "shift": [1, -2], "size": [28, 28]}
    cases = [{"strokes": one.strokes, "pen": one.pen, **settings} for one in DRAWINGS[::3]]
    for case, page in zip(cases, modules.evaluate(PICTURES, cases), strict=True):
        expected = picture_to_read(
            case["strokes"], pen=case["pen"], shift=tuple(case["shift"]), centre=centre, size=(28, 28)
        )
        assert_allclose(np.reshape(page, (28, 28)), expected, atol=1e-12)


@pytest.mark.parametrize("size", [(16, 16), (32, 20)])
@pytest.mark.parametrize("centre", [True, False])
def test_page_and_python_bring_digits_to_the_same_size(modules: Any, size: tuple[int, int], centre: bool):
    rng = np.random.default_rng(9)
    shifts = [tuple(int(by) for by in rng.integers(-8, 9, 2)) for _ in range(20)]
    digits = [np.where(rng.random((28, 28)) > 0.9, rng.random((28, 28)), 0) for _ in shifts]
    cases = [
        {"levels": digit.ravel().tolist(), "strokes": [], "pen": 2, "shift": shift, "centre": centre, "size": size}
        for digit, shift in zip(digits, shifts, strict=True)
    ]
    for digit, shift, page in zip(digits, shifts, modules.evaluate(PICTURES, cases), strict=True):
        expected = picture_to_read(digit, pen=2, shift=shift, centre=centre, size=size)
        assert_allclose(np.reshape(page, size), expected, atol=1e-12)


def test_an_empty_sheet_is_empty_on_both_sides(modules: Any):
    case = {"strokes": [], "pen": 2, "shift": [0, 0], "centre": True, "size": [28, 28]}
    assert not np.any(modules.evaluate(PICTURES, [case])[0])


def test_page_and_python_run_the_same_network(modules: Any):
    rng = np.random.default_rng(8)
    weights = {name: rng.normal(0, 0.2, shape).astype(np.float32) for name, shape in SHAPES.items()}
    pictures = rng.random((3, 28, 28))
    numbers = np.concatenate([array.ravel() for array in weights.values()]).astype("<f4").tobytes()
    given = {"numbers": base64.b64encode(numbers).decode(), "pictures": pictures.reshape(3, -1).tolist()}
    expected = run(weights, pictures)
    for place, page in enumerate(modules.evaluate(NETWORK, given)):
        assert_allclose(np.reshape(page["maps1"], (6, 28, 28)), expected.maps1[place], atol=1e-10)
        assert_allclose(np.reshape(page["maps2"], (16, 10, 10)), expected.maps2[place], atol=1e-10)
        assert_allclose(page["logits"], expected.logits[place], atol=1e-9)
        assert_allclose(page["probabilities"], expected.probabilities[place], atol=1e-12)


@pytest.mark.parametrize("layer", [1, 2])
def test_a_value_looks_at_the_pixels_whose_change_changes_it(modules: Any, layer: int):
    rng = np.random.default_rng(2)
    weights = check_weights({name: rng.random(shape) for name, shape in SHAPES.items()})  # no ReLU silences anything
    picture = rng.random((28, 28))
    row, col = 4, 7
    changes = np.zeros((28, 28), dtype=bool)
    before = run(weights, picture[None])[layer - 1][0, 3, row, col]
    for at in np.ndindex(28, 28):
        other = picture.copy()
        other[at] += 3  # the brightest of its block of four, whatever it was before
        changes[at] = run(weights, other[None])[layer - 1][0, 3, row, col] != before
    block = modules.evaluate(
        "async ([layer, place]) => (await import('./lenet.js')).lenetSees[`maps${layer}`](place)",
        [layer, {"row": row, "col": col}],
    )
    expected = np.zeros((28, 28), dtype=bool)
    rows, cols = (slice(block[at], block[at] + block[size]) for at, size in (("row", "height"), ("col", "width")))
    expected[rows, cols] = True
    assert (changes == expected).all()


# --- drawing ----------------------------------------------------------------------------------------------------------


def pad(**options: Any) -> DigitPad:
    return DigitPad(**{"digits": SHEET, **options})


def draw(page: Any, strokes: list[Any]) -> None:
    """Draw with the mouse; points are in pixels of the sheet."""
    box = page.locator(".cnn-pad-sheet").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x / 28 * box["width"], box["y"] + y / 28 * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()
    next_frame(page)


def drawing(digit: int, manner: str) -> list[Any]:
    strokes = next(one.strokes for one in DRAWINGS if (one.digit, one.manner) == (digit, manner))
    return [stroke[:-1:4] + stroke[-1:] for stroke in strokes]  # a hand is not as fine as a script


def said(page: Any) -> str:
    return " ".join(page.inner_text(".cnn-pad-said").split())


def pixels(page: Any, canvas: str) -> int:
    next_frame(page)
    return int(page.locator(canvas).evaluate(FINGERPRINT))


def press(page: Any, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_drawn_with_the_mouse_is_read(show: Show, digit: int):
    page = show(pad(picked=-1))
    draw(page, drawing(digit, "plain"))
    assert said(page).startswith(f"{digit} ")


def test_the_bars_and_the_numbers_are_the_probabilities(show: Show):
    page = show(pad(picked=-1))
    (stroke,) = drawing(6, "plain")
    draw(page, [stroke[: len(stroke) // 2]])  # half a 6 is not much of anything
    drawn = page.evaluate("model.get('strokes')")
    expected = picture_to_read(drawn, pen=2.4, shift=(0, 0), centre=True, size=(28, 28))
    shares = run(weights_arrays("lenet5"), expected[None]).probabilities[0]
    assert shares.max() < 0.99
    for row, share in zip(page.locator(".cnn-pad-bars li").all(), shares, strict=True):
        width = row.locator(".cnn-pad-bar").evaluate("(bar) => new DOMMatrix(getComputedStyle(bar).transform).a")
        assert width == pytest.approx(share, abs=1e-4)
        shown = row.locator(".cnn-pad-share").inner_text()
        assert shown[0] in "<>" or float(shown[:-2]) == pytest.approx(100 * share, abs=0.06)


def test_the_answer_follows_while_the_pen_is_still_down(show: Show):
    page = show(pad(picked=-1))
    draw(page, [])
    box = page.locator(".cnn-pad-sheet").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    answers, maps = set(), set()
    for share in np.linspace(0.3, 0.7, 9):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.25 * box["height"])
        next_frame(page)
        answers.add(said(page))
        maps.add(pixels(page, FIRST_MAPS))
    assert len(answers) > 3
    assert len(maps) > 6


def test_an_empty_sheet_says_so_and_predicts_nothing(show: Show):
    page = show(pad(picked=-1))
    assert said(page) == "nothing drawn yet"
    assert set(page.locator(".cnn-pad-share").all_inner_texts()) == {"–"}
    draw(page, drawing(4, "plain"))
    assert said(page) != "nothing drawn yet"
    page.get_by_role("button", name="Clear").click()
    next_frame(page)
    assert said(page) == "nothing drawn yet"
    assert page.evaluate("model.get('strokes')") == []


def test_undo_takes_back_one_stroke_and_with_it_what_is_read(show: Show):
    page = show(pad(picked=-1))
    strokes = drawing(7, "plain")
    draw(page, strokes)
    before, seen = said(page), pixels(page, SEEN)
    draw(page, [[(4, 24), (24, 24)]])
    assert pixels(page, SEEN) != seen
    page.get_by_role("button", name="Undo").click()
    assert pixels(page, SEEN) == seen
    assert said(page) == before


def test_whoever_draws_leaves_the_picked_digit(show: Show):
    page = show(pad(picked=3))
    draw(page, [[(14, 4), (14, 24)]])
    assert page.evaluate("model.get('picked')") == -1
    assert said(page).startswith("1 ")
    assert page.locator(".cnn-pad-tile input:checked").count() == 0


def test_a_seven_is_drawn_with_the_keyboard_alone(show: Show):
    page = show(pad(picked=-1))
    page.get_by_label("Drawing pad").focus()
    press(page, "ArrowLeft", 6)
    page.keyboard.press("Space")
    press(page, "ArrowRight", 12)
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
        press(page, "ArrowDown", 2)
    next_frame(page)
    assert said(page).startswith("7 ")
    page.keyboard.press("Space")  # the pen is up: moving draws nothing
    before = page.evaluate("model.get('strokes')[0].length")
    page.keyboard.press("Shift+ArrowUp")
    assert page.evaluate("model.get('strokes')[0].length") == before
    page.keyboard.press("Backspace")
    next_frame(page)
    assert said(page) == "nothing drawn yet"


def test_keys_on_the_pad_do_not_reach_the_notebook(show: Show):
    page = show(pad(picked=-1))
    page.evaluate("() => { window.heard = []; document.addEventListener('keydown', (e) => heard.push(e.key)); }")
    page.get_by_label("Drawing pad").focus()
    for key in ("Space", "ArrowDown", "Backspace", "Delete", "d", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []


def test_a_finger_draws_and_the_page_stands_still(show: Show):
    page = show(pad(picked=-1), viewport={"width": 375, "height": 740}, has_touch=True)
    page.locator(".cnn-pad-sheet").tap()
    next_frame(page)
    assert said(page) != "nothing drawn yet"
    assert page.locator(".cnn-pad-sheet").evaluate("(pad) => getComputedStyle(pad).touchAction") == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


# --- settings ---------------------------------------------------------------------------------------------------------


def test_off_centre_is_misread_without_centring_and_read_with_it(show: Show):
    page = show(pad(picked=-1))
    draw(page, drawing(5, "small, top left"))
    assert said(page).startswith("5 ")
    page.get_by_label("Centre and scale").uncheck()
    next_frame(page)
    assert not said(page).startswith("5 ")


def test_a_shift_moves_the_sheet_and_centring_undoes_it(show: Show):
    page = show(pad(picked=3))
    before = {canvas: pixels(page, canvas) for canvas in (SEEN, ".cnn-pad-sheet canvas")}
    page.get_by_label("Right", exact=True).fill("3")
    assert pixels(page, ".cnn-pad-sheet canvas") != before[".cnn-pad-sheet canvas"]
    assert pixels(page, SEEN) == before[SEEN]
    page.get_by_label("Centre and scale").uncheck()
    assert pixels(page, SEEN) != before[SEEN]
    page.get_by_role("button", name="back to shift 0").click()
    assert page.evaluate("model.get('shift')") == [0, 0]


def test_what_is_drawn_on_a_moved_sheet_appears_under_the_pen(show: Show):
    page = show(pad(picked=-1, centre=False))
    draw(page, [[(6, 6), (6, 20)]])
    page.get_by_label("Right", exact=True).fill("4")
    draw(page, [[(20, 6), (20, 20)]])
    (first, second) = page.evaluate("model.get('strokes')")
    assert first[0] == pytest.approx([6, 6], abs=0.05)
    assert second[0] == pytest.approx([16, 6], abs=0.05)


def test_a_thicker_pen_thickens_what_is_drawn_already(show: Show):
    page = show(pad(picked=-1))
    draw(page, drawing(0, "plain"))
    before = pixels(page, SEEN)
    page.get_by_label("Pen").fill("4")
    assert pixels(page, SEEN) != before


def test_the_pen_rests_while_a_picked_digit_is_read(show: Show):
    assert show(pad(picked=1)).get_by_label("Pen").is_disabled()


# --- digits to pick ---------------------------------------------------------------------------------------------------


def test_a_picked_digit_is_read_and_judged(show: Show):
    shown = pad(picked=2)
    page = show(shown)
    for place in (5, 9):
        page.get_by_label(f"Digit {place + 1}, meant as {LABELS[place]}").check()
        next_frame(page)
        shown.picked = place
        assert said(page).startswith(f"{shown.digit} ")
        verdict = "Right" if shown.digit == LABELS[place] else "Wrong"
        assert page.inner_text(".cnn-pad-truth") == f"{verdict}: its writer meant {LABELS[place]}."


def test_the_sheet_is_walked_with_the_arrow_keys(show: Show):
    page = show(pad(picked=0))
    page.get_by_label(f"Digit 1, meant as {LABELS[0]}").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('picked')") == 1


# --- maps -------------------------------------------------------------------------------------------------------------


def test_pointing_at_a_value_frames_what_it_looks_at(show: Show):
    page = show(pad(picked=0))
    plain = pixels(page, SEEN)
    for maps, size in ((FIRST_MAPS, 5), (SECOND_MAPS, 14)):
        box = page.locator(maps).bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 25)
        assert pixels(page, SEEN) != plain
        assert f"It looks at {size} × {size} pixels." in page.inner_text(".cnn-reading-line")
    page.mouse.move(1, 1)
    assert pixels(page, SEEN) == plain


@pytest.mark.parametrize(("maps", "across", "middle"), [(FIRST_MAPS, 3, (13, 14)), (SECOND_MAPS, 8, (4, 5))])
def test_each_map_is_pointed_at_in_its_own_place(show: Show, maps: str, across: int, middle: tuple[int, int]):
    page = show(pad(picked=0))
    box = page.locator(maps).bounding_box()
    for map_ in range(2 * across):
        down, right = divmod(map_, across)
        page.mouse.move(box["x"] + box["width"] * (right + 0.5) / across, box["y"] + box["height"] * (down + 0.5) / 2)
        told = [int(number) for number in re.findall(r"\d+", page.inner_text(".cnn-reading-line"))[:3]]
        assert told[0] == map_ + 1
        assert set(told[1:]) <= set(middle)


def test_the_value_told_is_the_maps(show: Show):
    shown = pad(picked=0)
    page = show(shown)
    page.locator(SECOND_MAPS).focus()
    press(page, "ArrowDown", 3)
    press(page, "ArrowRight", 9)  # over the edge, into the next map
    next_frame(page)
    line = page.inner_text(".cnn-reading-line")
    map_, row, column = (int(number) for number in re.findall(r"\d+", line)[:3])
    assert (map_, row) == (2, 8)
    value = run(weights_arrays("lenet5"), shown.image[None]).maps2[0, 1, row, column]
    assert float(line.split(": ")[1].split(". ")[0]) == pytest.approx(value, abs=0.006)
    page.keyboard.press("Escape")
    assert "Point at a map" in page.inner_text(".cnn-reading-line")


# --- a network in the kernel ------------------------------------------------------------------------------------------


def answer(page: Any, shown: DigitPad) -> None:
    """Let the kernel answer the question that the page asks now."""
    names = ["picked", "strokes", "pen", "centre", "shift", "question"]
    state = page.evaluate("(names) => Object.fromEntries(names.map((name) => [name, model.get(name)]))", names)
    shown.set_state(state)
    page.evaluate(ANSWER, saved_state(shown))
    next_frame(page)


def network(side: int = 16) -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(1, 4, 5), nn.Tanh(), nn.Flatten(), nn.Linear(4 * (side - 4) ** 2, 10))


class Picky(nn.Module):
    """A network that fails on pictures with little ink."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if images.sum() < 60:
            raise ValueError("too little ink")
        return images.flatten(1)[:, :10]


def test_another_network_answers_through_the_kernel(show: Show):
    shown = pad(model=network(), picked=-1)
    page = show(shown, kernel=True)
    draw(page, drawing(2, "plain"))
    answer(page, shown)
    assert said(page).startswith(f"{shown.digit} ")
    assert "Layer 0: 4 maps of 12 × 12" in page.inner_text(".cnn-pad-layers")
    assert "What the network sees: 16" in page.inner_text(".cnn-pad-seen")


def test_one_question_is_under_way_and_the_newest_is_kept(show: Show):
    shown = pad(model=network())
    page = show(shown, kernel=True)
    page.evaluate(
        "() => { window.asked = []; const { set } = model;"
        " model.set = (name, value) => { if (name === 'question') asked.push(value); set(name, value); }; }"
    )
    for place in (2, 4, 6, 8):
        page.get_by_label(f"Digit {place}, ").check()
        next_frame(page)
    assert [one["picked"] for one in page.evaluate("asked")] == [1]
    answer(page, shown)
    assert [one["picked"] for one in page.evaluate("asked")] == [1, 7]
    answer(page, shown)
    shown.picked = 7
    assert said(page).startswith(f"{shown.digit} ")


def test_a_fault_is_shown_and_the_pad_lives_on(show: Show):
    shown = pad(model=Picky(), picked=-1)
    page = show(shown, kernel=True)
    draw(page, [[(14, 10), (14, 11)]])
    page.get_by_label("Centre and scale").uncheck()
    answer(page, shown)
    answer(page, shown)
    fault = page.inner_text(".cnn-fault")
    assert "Picky, line " in fault
    assert "ValueError: too little ink" in fault
    assert said(page) == "no answer"
    draw(page, drawing(0, "thick"))
    answer(page, shown)
    assert page.locator(".cnn-fault").is_hidden()
    assert said(page) != "no answer"


def test_a_page_without_a_notebook_says_that_the_network_cannot_be_asked(show: Show):
    shown = pad(model=network())
    page = show(shown)
    assert said(page).startswith(f"{shown.digit} ")
    draw(page, drawing(3, "plain"))
    assert "runs no Python" in page.inner_text(".cnn-note")
    assert "stays unread" in page.inner_text(".cnn-note")
    assert said(page) == "not read"
