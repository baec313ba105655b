"""The digit picker in a page with a model of four methods and no kernel, beside what Python reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse.datasets import digits
from cnncourse.neighbours import nearest, read, shift, vote
from cnncourse.widgets._base import join_modules
from cnncourse.widgets.digit_picker import DigitPicker, to_pictures, to_text

SYNCED = ("remembered", "labels", "sheet", "meant", "count", "picked", "strokes", "fit", "moved", "seen", "description")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>digits</title>
<meta name="viewport" content="width=device-width"><style>%s</style></head><body><main></main></body></html>"""
MOUNT = """async ([source, state]) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set: (key, value) => {
      const changes = typeof key === "string" ? { [key]: value } : key;
      const differs = (name) => JSON.stringify(state[name]) !== JSON.stringify(changes[name]);
      const changed = Object.keys(changes).filter(differs);
      Object.assign(state, changes);
      for (const name of changed) (listeners[`change:${name}`] ?? []).forEach((listen) => listen());
    },
    on: (events, listen) => { for (const event of events.split(" ")) (listeners[event] ??= []).push(listen); },
    off: () => {},
    save_changes: () => {},
  };
  window.model = model;
  widget.render({ model, el: document.querySelector("main") });
}"""
IMAGES, LABELS = digits()
KNOWN, LABELLED = IMAGES[:400], LABELS[:400]
OTHERS, MEANT = IMAGES[1497:], LABELS[1497:]


@pytest.fixture
def show(browser: Any) -> Iterator[Callable[..., Any]]:
    """Yield a function that shows a picker in a fresh page; a fault or a request in the page fails the test."""
    faults: list[str] = []
    contexts: list[Any] = []

    def open_page(picker: DigitPicker, **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
        page.set_content(PAGE % DigitPicker._css)
        state = {key: getattr(picker, key) for key in SYNCED}
        page.evaluate(MOUNT, [join_modules("digit_picker.js"), state])
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def functions(browser: Any) -> Iterator[Any]:
    """Yield a page in which the functions of the module can be called."""
    page = browser.new_page()
    source = join_modules("digit_reading.js").replace("\nfunction digit", "\nexport function digit")
    page.evaluate(
        "async (source) => { Object.assign(window, await import("
        "URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))); }",
        source,
    )
    yield page
    page.close()


def picker(**options: Any) -> DigitPicker:
    return DigitPicker(KNOWN, LABELLED, OTHERS, MEANT, **options)


def told(page: Any, words: str) -> str:
    """Wait until the page's own description holds some words, and return it."""
    page.wait_for_function("(words) => model.get('description').includes(words)", arg=words, timeout=5000)
    return page.evaluate("model.get('description')")


def verdict(page: Any) -> str:
    return " ".join(page.inner_text(".cnn-digit-verdict").split())


def draw(page: Any, *strokes: list[tuple[float, float]]) -> None:
    """Draw with the mouse; points are fractions of the pad."""
    box = page.locator(".cnn-digit-pad").bounding_box()
    for stroke in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=4)
        page.mouse.up()


def ring(points: int = 16) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, points)
    return [(0.5 + 0.18 * np.sin(a), 0.5 - 0.25 * np.cos(a)) for a in angles]


# --- the page and Python agree ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 5, 9])
def test_page_and_python_find_the_same_neighbours_at_the_same_distances(functions: Any, count: int):
    remembered = to_text(KNOWN, LABELLED)[0]
    for query in OTHERS[:40]:
        found = functions.evaluate(
            "([known, query, count]) => digitNearest(digitLevels(known), digitLevels(query), count)",
            [remembered, to_text([query], [0])[0], count],
        )
        places, distances = nearest(KNOWN, query, count=count)
        assert [one["place"] for one in found] == places.tolist()
        assert_allclose([one["distance"] for one in found], distances, rtol=1e-12)


def test_page_and_python_count_votes_alike(functions: Any):
    rng = np.random.default_rng(3)
    for _ in range(200):
        labels = rng.integers(0, 4, rng.integers(1, 10)).tolist()
        found = functions.evaluate("digitVote", labels)
        assert (found["digit"], found["votes"], found["count"]) == vote(labels)


@pytest.mark.parametrize("move", [(0, 0), (0, 1), (2, -3), (-1, 0), (8, 0), (-8, 8)])
def test_page_and_python_move_alike(functions: Any, move: tuple[int, int]):
    levels = np.random.default_rng(5).integers(0, 17, (8, 8))
    found = functions.evaluate(
        "([levels, move]) => Array.from(digitShift(levels, 8, move))", [levels.flatten().tolist(), list(move)]
    )
    assert_array_equal(np.reshape(found, (8, 8)), shift(levels, down=move[0], right=move[1]))


def test_ink_is_counted_in_blocks_as_the_data_set_was_made(functions: Any):
    ink = np.random.default_rng(11).integers(0, 2, (32, 32))
    found = functions.evaluate("(ink) => Array.from(digitCounts(ink, 8))", ink.flatten().tolist())
    assert_array_equal(np.reshape(found, (8, 8)), ink.reshape(8, 4, 8, 4).sum(axis=(1, 3)))


def test_a_fitted_drawing_fills_the_height_and_stands_in_the_middle(functions: Any):
    strokes = [[[3, 5], [6, 15]], [[4, 9], [5, 9]]]
    fitted = np.concatenate(functions.evaluate("digitFit", strokes))
    assert_allclose(fitted.min(axis=0) + fitted.max(axis=0), 32)  # as far from one edge as from the other
    ink = np.reshape(functions.evaluate("(s) => Array.from(digitInk(digitFit(s)))", strokes), (32, 32))
    assert ink[0].any()
    assert ink[31].any()
    assert not ink[:, [0, 31]].any()


def test_text_keeps_every_level():
    levels = np.random.default_rng(2).integers(0, 17, (5, 8, 8))
    text, labels = to_text(levels, [0, 1, 2, 3, 9])
    assert_array_equal(to_pictures(text), levels)
    assert_array_equal(to_pictures(to_text(levels / 16, [0] * 5)[0]), levels)
    assert labels == "01239"


# --- the view ---------------------------------------------------------------------------------------------------------


def test_the_first_digit_is_read_as_the_page_opens(show: Callable[..., Any]):
    page = show(picker(picked=27))
    assert verdict(page) == f"{read(KNOWN, LABELLED, OTHERS[27])} Right: its writer meant 5."
    assert page.locator(".cnn-digit-neighbours li").count() == 5
    assert "This is no network yet: it compares pixel by pixel with 400 remembered digits." in page.inner_text("main")


def test_a_picked_digit_is_read_at_once_and_python_hears_of_it(show: Callable[..., Any]):
    page = show(picker())
    page.get_by_label("Digit 8, meant as 3").check()
    assert "Digit 8 of the sheet: reads 3" in told(page, "Digit 8")
    seen = page.evaluate("model.get('seen')")
    assert_array_equal(to_pictures(seen)[0] / 16, OTHERS[7])


def test_the_sheet_is_walked_with_the_arrow_keys(show: Callable[..., Any]):
    page = show(picker())
    page.get_by_label("Digit 1, meant as 6").focus()
    page.keyboard.press("ArrowRight")
    assert told(page, "Digit 2 of the sheet")


def test_a_move_is_said_undone_and_forgotten_with_the_next_digit(show: Callable[..., Any]):
    page = show(picker())
    page.get_by_role("button", name="Move one pixel right").click()
    expected = read(KNOWN, LABELLED, shift(OTHERS[0], right=1))
    assert f"Digit 1 of the sheet, moved 1 right: reads {expected.digit}, {expected.votes} of 5" in told(page, "moved")
    assert page.get_by_label("Digit 1, meant as 6").is_checked()
    page.get_by_role("button", name="Back").click()
    assert told(page, "Digit 1 of the sheet: reads 6")
    page.get_by_role("button", name="Move one pixel up").click()
    page.get_by_label("Digit 2, meant as 3").check()
    assert told(page, "Digit 2 of the sheet: reads")


def on_the_pad(page: Any) -> np.ndarray:
    """Return what the pad shows, shape (32, 32), from 0 to 255."""
    pixels = page.evaluate(
        "() => { const canvas = document.querySelector('.cnn-digit-pad canvas');"
        " return Array.from(canvas.getContext('2d').getImageData(0, 0, 32, 32).data); }"
    )
    return np.reshape(pixels, (32, 32, 4))[:, :, 0]


def test_the_pad_shows_a_picked_digit_where_it_was_moved(show: Callable[..., Any]):
    page = show(picker(picked=27))
    page.get_by_role("button", name="Move one pixel right").click()
    page.get_by_role("button", name="Move one pixel down").click()
    told(page, "moved 1 down, 1 right")
    expected = np.kron(shift(OTHERS[27], down=1, right=1), np.ones((4, 4))) * 255
    assert_allclose(on_the_pad(page), expected, atol=0.5)


def test_a_moved_drawing_moves_on_the_pad_and_goes_on_under_the_pen(show: Callable[..., Any]):
    page = show(picker())
    draw(page, [(0.25, 0.25), (0.25, 0.75)])
    told(page, "Your drawing")
    before = on_the_pad(page)
    page.get_by_role("button", name="Move one pixel right").click()
    told(page, "moved 1 right")
    assert_array_equal(on_the_pad(page)[:, 4:], before[:, :-4])
    draw(page, [(0.75, 0.25), (0.75, 0.75)])
    page.wait_for_function("model.get('strokes').length === 2", timeout=5000)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert on_the_pad(page)[16, 24] == 255  # where the pen is, not one pixel further


def test_the_number_of_voters_is_a_slider(show: Callable[..., Any]):
    page = show(picker())
    page.get_by_label("Neighbours that vote").focus()
    page.keyboard.press("ArrowRight")
    assert "of 7 neighbours" in told(page, "of 7")
    assert page.locator(".cnn-digit-neighbours li").count() == 7


def test_a_ring_drawn_with_the_mouse_reads_0_and_a_bar_reads_1(show: Callable[..., Any]):
    page = show(picker())
    draw(page, ring())
    assert "Your drawing: reads 0" in told(page, "Your drawing")
    page.get_by_role("button", name="Clear").click()
    assert told(page, "The pad is empty")
    draw(page, [(0.5, 0.2), (0.5, 0.8)])
    assert "Your drawing: reads 1" in told(page, "Your drawing")


def test_undo_takes_back_one_stroke(show: Callable[..., Any]):
    page = show(picker())
    draw(page, ring(), [(0.1, 0.1), (0.9, 0.9)])
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate("model.get('strokes').length") == 1
    assert told(page, "reads 0")


def test_an_unfitted_drawing_is_read_where_it_stands(show: Callable[..., Any]):
    page = show(picker())
    draw(page, [(0.15, 0.1), (0.15, 0.5)])
    told(page, "Your drawing")
    before = page.evaluate("model.get('seen')")
    fitted = to_pictures(before)[0]
    page.get_by_label("Fit my drawing").uncheck()
    page.wait_for_function("(before) => model.get('seen') !== before", arg=before, timeout=5000)
    plain = to_pictures(page.evaluate("model.get('seen')"))[0]
    assert fitted[:, 3:5].sum() == fitted.sum()
    assert plain[:, 3:].sum() == 0


def test_the_pad_is_drawn_on_with_the_keyboard_alone(show: Callable[..., Any]):
    page = show(picker())
    page.get_by_label("Drawing pad").focus()
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    assert "Your drawing: reads 1" in told(page, "Your drawing")
    length = page.evaluate("model.get('strokes')[0].length")
    page.keyboard.press("Space")  # the pen is up: moving draws nothing
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("model.get('strokes')[0].length") == length
    page.keyboard.press("Backspace")
    assert told(page, "The pad is empty")


def test_those_it_misreads_can_be_listed(show: Callable[..., Any]):
    page = show(picker())
    page.get_by_label("Or pick one").select_option(label="those it misreads")
    wrong = [place for place, image in enumerate(OTHERS) if read(KNOWN, LABELLED, image).digit != MEANT[place]]
    tiles = page.locator(".cnn-digit-tile input")
    assert [int(tiles.nth(i).get_attribute("value")) for i in range(tiles.count())] == wrong


def test_a_sheet_is_shown_with_the_first_of_its_digits_read(show: Callable[..., Any]):
    page = show(picker())
    draw(page, ring())
    told(page, "Your drawing")
    page.get_by_label("Or pick one").select_option(label="those it misreads")
    first = next(place for place, image in enumerate(OTHERS) if read(KNOWN, LABELLED, image).digit != MEANT[place])
    assert f"Wrong: its writer meant {MEANT[first]}." in told(page, f"Digit {first + 1} of the sheet")
    assert page.evaluate("model.get('strokes')") == []


def test_it_fits_a_phone_and_is_drawn_on_with_a_finger(show: Callable[..., Any]):
    page = show(picker(), viewport={"width": 360, "height": 740}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator(".cnn-digit-pad").tap()
    assert told(page, "Your drawing")


def test_every_control_has_a_name(show: Callable[..., Any]):
    page = show(picker())
    for control in page.locator("button, input, select, [tabindex]").all():
        name = control.evaluate("e => e.getAttribute('aria-label') || e.textContent || e.labels?.[0]?.textContent")
        assert name


# --- in Python --------------------------------------------------------------------------------------------------------


def test_picker_and_neighbours_read_alike_in_python():
    shown = picker(picked=27, count=3)
    assert shown.reading == read(KNOWN, LABELLED, OTHERS[27], count=3)
    assert_array_equal(shown.image, OTHERS[27])
    assert "Its writer meant 5." in shown.description


def test_without_widgets_the_digit_and_its_neighbours_are_pictures_with_a_text():
    still = picker().fallback_html()
    assert still.count("<img ") == 1
    assert "reads 6" in still
    assert "This is no network yet" in still


def test_a_picker_without_a_sheet_begins_with_an_empty_pad(show: Callable[..., Any]):
    alone = DigitPicker(KNOWN, LABELLED)
    assert alone.reading is None
    page = show(alone)
    assert verdict(page) == "nothing yet"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((9, 28, 28)), np.zeros(9)), "8, 8"),
        ((KNOWN, LABELLED[:7]), "a label for each"),
        ((KNOWN * 255, LABELLED), "from 0 to 16"),
        ((KNOWN[:4], LABELLED[:4]), "9 remembered digits or more"),
        ((KNOWN, LABELLED + 10), "labels from 0 to 9"),
    ],
)
def test_digits_of_another_kind_are_refused_with_advice(arguments: tuple[Any, ...], message: str):
    with pytest.raises(ValueError, match=message):
        DigitPicker(*arguments)
