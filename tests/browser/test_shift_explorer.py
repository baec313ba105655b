"""The shift explorer in a page without a kernel: what it computes equals Python, and how it is steered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from cnncourse.images import photograph
from cnncourse.kernels import KERNELS
from cnncourse.widgets import ShiftExplorer
from cnncourse.widgets.shift_explorer import WAYS, arrays
from tests.browser.mount import fingerprint, next_frame

PICTURE = photograph("camera")[60:150, 140:260]
STRIPES = np.tile([0.0, 1.0], (48, 30))
SCENE, MAX, MAX_DIFFERENCE = 0, 3, 4  # canvases in the order of the page: picture, answer, its difference, max …
COMPUTE = """async (cases) => {
  const { answerTo, frameForShifts, shiftScene, viewShifted } = await import("./shift.js");
  const { fromRows, toRows } = await import("./wire.js");
  return cases.map(({ image, kernel, settings }) => {
    const [whole, weights] = [frameForShifts(fromRows(image)), fromRows(kernel)];
    const { picture, outcomes } = shiftScene(whole, answerTo(viewShifted(whole, [0, 0]), weights), weights, settings);
    const plain = Object.entries(outcomes).map(([name, { after, difference, stays, moves }]) => {
      return [name, { after: toRows(after), difference: toRows(difference), stays, moves }];
    });
    return { picture: toRows(picture), outcomes: Object.fromEntries(plain) };
  });
}"""
Show = Callable[..., Any]


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def changes(page: Any, title: str) -> str:
    next_frame(page)
    figure = page.locator(".cnn-figure").filter(has=page.get_by_text(title, exact=True))
    return " ".join(figure.locator(".cnn-shift-numbers").inner_text().split())


def set_range(page: Any, label: str, value: float) -> None:
    page.get_by_label(label, exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )
    next_frame(page)


# ---- the page and Python agree --------------------------------------------------------------------------------------


def agree(modules: Any, cases: list[dict[str, Any]]) -> None:
    for case, page in zip(cases, modules.evaluate(COMPUTE, cases), strict=True):
        settings = {**case["settings"], "shift": tuple(case["settings"]["shift"])}
        python = arrays(case["image"], case["kernel"], **settings)
        assert_allclose(page["picture"], python.picture, atol=1e-12)
        for name, expected in python.outcomes.items():
            found = page["outcomes"][name]
            assert_allclose(found["after"], expected.after, atol=1e-12, err_msg=f"{name}, {settings}")
            difference = np.array(found["difference"], dtype=float)
            assert_allclose(difference, expected.after - expected.expected, atol=1e-12, err_msg=f"{name}, {settings}")
            for number in ("stays", "moves"):
                ours = np.nan if found[number] is None else found[number]
                assert_allclose(ours, getattr(expected, number), atol=1e-9, err_msg=f"{name} {number}, {settings}")


@pytest.mark.parametrize("kernel", ["identity", "Sobel, left to right", "Laplacian"])
@pytest.mark.parametrize("size", range(2, 9))
def test_poolings_changes_and_differences_agree_at_random_shifts(modules: Any, size: int, kernel: str):
    rng = np.random.default_rng(size)
    shifts = [[0, 0], [8, -8], *rng.integers(-8, 9, (3, 2)).tolist()]
    agree(
        modules,
        [
            {
                "image": rng.random((49 + 3 * number, 61)).tolist(),
                "kernel": KERNELS[kernel].tolist(),
                "settings": {"shift": shift, "size": size, "compare": ["stays", "moves"][number % 2]},
            }
            for number, shift in enumerate(shifts)
        ],
    )


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (28, 20), (47, 48), (48, 48)])
def test_small_pictures_are_framed_alike(modules: Any, shape: tuple[int, int]):
    image = np.random.default_rng(9).random(shape).tolist()
    settings = {"shift": [-3, 8], "size": 8, "compare": "moves"}
    agree(modules, [{"image": image, "kernel": [[0, 1, 0]] * 3, "settings": settings}])


# ---- steering -------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_numbers_that_python_computes(show: Show):
    explorer = ShiftExplorer(PICTURE, size=4, shift=(0, 1))
    page = show(explorer)
    for name, (title, _) in WAYS.items():
        outcome = explorer.outcomes[name]
        expected = f"stays? {100 * outcome.stays:.0f} % changed moves along? {100 * outcome.moves:.0f} % changed"
        assert changes(page, title[0].upper() + title[1:]) == expected


def test_arrow_keys_shift_the_picture_and_everything_that_follows(show: Show):
    page = show(ShiftExplorer(PICTURE))
    before = [fingerprint(page, canvas) for canvas in (SCENE, MAX, MAX_DIFFERENCE)]
    page.locator("canvas").nth(SCENE).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
        next_frame(page)
    assert get(page, "shift") == [3, 2]
    after = [fingerprint(page, canvas) for canvas in (SCENE, MAX, MAX_DIFFERENCE)]
    assert all(a != b for a, b in zip(before, after, strict=True))


def test_a_shift_ends_at_eight_pixels(show: Show):
    page = show(ShiftExplorer(PICTURE, shift=(0, 7)))
    page.locator("canvas").nth(SCENE).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert get(page, "shift") == [0, 8]


def test_dragging_moves_the_picture_with_the_pointer(show: Show):
    page = show(ShiftExplorer(PICTURE, shift=(1, 0)))
    box = page.locator("canvas").nth(SCENE).bounding_box()
    cell = box["width"] / (PICTURE.shape[1] - 16)
    page.mouse.move(box["x"] + 40.5 * cell, box["y"] + 30.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 36.5 * cell, box["y"] + 33.5 * cell, steps=6)
    page.mouse.up()
    assert get(page, "shift") == [4, -4]


def test_sliders_shift_and_a_button_goes_back(show: Show):
    page = show(ShiftExplorer(PICTURE))
    set_range(page, "Right", -5)
    set_range(page, "Down", 2)
    assert get(page, "shift") == [2, -5]
    assert page.locator(".cnn-reading-line").inner_text() == "74 × 104 pixels, moved by 2 down and 5 left."
    page.get_by_role("button", name="back to shift 0").click()
    assert get(page, "shift") == [0, 0]
    assert changes(page, "Max pooling").startswith("stays? 0 % changed")


def test_the_filter_moves_along_whatever_the_shift(show: Show):
    page = show(ShiftExplorer(PICTURE))
    for right in (-8, -3, 1, 6):
        set_range(page, "Right", right)
        assert changes(page, "Filter’s answer").endswith("moves along? 0 % changed")


def test_comparing_with_the_answer_moved_along_changes_the_differences(show: Show):
    page = show(ShiftExplorer(PICTURE, size=4, shift=(0, 4)))
    before = fingerprint(page, MAX_DIFFERENCE)
    page.get_by_label("Compare with").select_option("moves")
    assert fingerprint(page, MAX_DIFFERENCE) != before
    assert (
        page.locator("canvas").nth(MAX_DIFFERENCE).get_attribute("aria-label") == "Max pooling, difference: 0 % changed"
    )


def test_filter_and_blocks_change_the_poolings(show: Show):
    page = show(ShiftExplorer(PICTURE))
    first = fingerprint(page, MAX)
    set_range(page, "Blocks", 5)
    second = fingerprint(page, MAX)
    page.get_by_label("Filter", exact=True).select_option("Laplacian")
    assert len({first, second, fingerprint(page, MAX)}) == 3
    assert (get(page, "size"), get(page, "kernel")) == (5, "Laplacian")


def test_a_picture_of_the_learners_own_takes_the_place(show: Show, tmp_path: Path):
    Image.fromarray(np.full((300, 400, 3), 200, np.uint8)).save(tmp_path / "own.png")
    page = show(ShiftExplorer(PICTURE, shift=(0, 3)))
    page.locator("input[type=file]").set_input_files(tmp_path / "own.png")
    page.wait_for_function("() => model.get('note').includes('own.png')")
    assert "400 × 300" in get(page, "note")
    assert changes(page, "Stride").startswith("stays? 0 % changed")


def test_what_happens_is_said(show: Show):
    page = show(ShiftExplorer(STRIPES, kernel="identity"))
    page.locator("canvas").nth(SCENE).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[aria-live]').textContent.includes('1 right')", timeout=5000)
    said = page.locator("[aria-live]").inner_text()
    assert "Stride 100 %" in said
    assert "Average pooling 0 %" in said


def test_a_value_set_by_the_kernel_is_shown(show: Show):
    page = show(ShiftExplorer(PICTURE))
    page.evaluate("model.set('shift', [-2, 6])")
    next_frame(page)
    assert page.get_by_label("Right", exact=True).input_value() == "6"
    assert page.locator(".cnn-reading-line").inner_text().endswith("moved by 2 up and 6 right.")


@pytest.mark.parametrize("image", [np.array([[0.5]]), np.full((20, 30), np.nan)], ids=["one pixel", "NaN"])
def test_odd_pictures_are_borne_in_the_page(show: Show, image: np.ndarray):
    page = show(ShiftExplorer(image, size=8, shift=(8, 8)))
    assert page.locator(".cnn-explorer").is_visible()
    assert "NaN" not in page.locator(".cnn-shift-numbers").first.inner_text()


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(show: Show, dark: bool):
    page = show(ShiftExplorer(PICTURE), dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_control_has_a_name_and_can_be_reached_by_tab(show: Show):
    page = show(ShiftExplorer(PICTURE))
    named = "(e) => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent"
    names = []
    for _ in range(9):
        page.keyboard.press("Tab")
        names.append(page.evaluate(f"() => ({named})(document.activeElement)").strip())
    expected = [
        "picture of",
        "Right",
        "Down",
        "back to shift 0",
        "Compare with",
        "Blocks",
        "Filter",
        "Own picture",
        "Keys",
    ]
    assert all(name.startswith(start) for name, start in zip(names, expected, strict=True)), names


def test_unmounting_leaves_no_listener_behind(show: Show):
    page = show(ShiftExplorer(PICTURE))
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners.length") == 0
