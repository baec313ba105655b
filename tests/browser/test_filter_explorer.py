"""The filter and the learning explorer in a page without a kernel: what they compute, and how they are steered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from skimage import data

from cnncourse.images import photograph, to_float
from cnncourse.kernel_learning import moments, standardise
from cnncourse.kernels import SOBEL_X
from cnncourse.widgets import FilterExplorer, LearningExplorer, filter_explorer, learning_explorer
from tests.browser.mount import fingerprint, next_frame
from tests.browser.test_explorers import CONTRAST

Show = Callable[..., Any]
RUN = """async ([file, name, { height, width, values }, state]) => {
  const module = await import(file);
  const image = { height, width, channels: 1, data: Float64Array.from(values) };
  const shown = module[name](image, state);
  const packed = ({ height, width, channels = 1, data }) => ({ shape: [height, width, channels], data: [...data] });
  const plain = (value) => (value?.data ? packed(value) : value);
  return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, plain(value)]));
}"""
SCENES = {
    "gabor": ("./gabor.js", "gaborScene"),
    "edges": ("./edges.js", "edgeScene"),
    "laplacian": ("./edges.js", "laplaceScene"),
    "corners": ("./corners.js", "cornerScene"),
    "patch": ("./matching.js", "patchScene"),
}
COINS = photograph("coins")[20:83, 10:101]
PAGE = to_float(data.page())[20:130, 150:290]


def in_page(modules: Any, image: np.ndarray, detector: str, settings: dict[str, Any]) -> dict[str, Any]:
    wire = {"height": image.shape[0], "width": image.shape[1], "values": image.ravel().tolist()}
    found = modules.evaluate(RUN, [*SCENES[detector], wire, settings])
    arrays = {}
    for name, value in found.items():
        if isinstance(value, dict):
            height, width, channels = value["shape"]
            array = np.array(value["data"]).reshape(height, width, channels)
            arrays[name] = array[..., 0] if channels == 1 else array
        else:
            arrays[name] = np.array(value)
    return arrays


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def words(page: Any) -> str:
    next_frame(page)
    return str(page.locator(".cnn-arithmetic").inner_text())


def set_range(page: Any, label: str, value: float) -> None:
    page.get_by_label(label, exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )
    next_frame(page)


# ---- the page and Python agree --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("orientation", "frequency", "sigma"), [(0, 0.1, 5.6), (90, 0.25, 2.24), (37.5, 0.07, 7.9), (140, 0.5, 0.8)]
)
def test_stripes_and_their_energy_agree(modules: Any, orientation: float, frequency: float, sigma: float):
    settings = {"orientation": orientation, "frequency": frequency, "sigma": sigma}
    page, python = in_page(modules, COINS, "gabor", settings), filter_explorer.arrays(COINS, "gabor", **settings)
    for name in ("kernel", "answer", "energy"):
        assert_allclose(page[name], python[name], atol=1e-12, err_msg=name)


@pytest.mark.parametrize("blur", [0, 0.75, 2.5])
def test_edges_agree_and_their_colours_to_a_thousandth(modules: Any, blur: float):
    page, python = in_page(modules, COINS, "edges", {"blur": blur}), filter_explorer.arrays(COINS, "edges", blur=blur)
    for name in ("right", "down", "magnitude"):
        assert_allclose(page[name], python[name], atol=1e-12, err_msg=name)
    assert_allclose(page["directions"], python["directions"], atol=1e-3)


@pytest.mark.parametrize("blur", [0, 1, 3.25])
def test_the_laplacian_and_its_zero_crossings_agree(modules: Any, blur: float):
    image = COINS + np.random.default_rng(7).normal(0, 1e-3, COINS.shape)  # no 0, where rounding decides
    page = in_page(modules, image, "laplacian", {"blur": blur})
    python = filter_explorer.arrays(image, "laplacian", blur=blur)
    assert_allclose(page["answer"], python["answer"], atol=1e-12)
    assert_array_equal(page["crossings"], python["crossings"])


@pytest.mark.parametrize(("window", "sensitivity"), [(0.5, 0.05), (1.5, 0.04), (3.7, 0.2)])
def test_corners_agree_with_their_response_and_eigenvalues(modules: Any, window: float, sensitivity: float):
    settings = {"window": window, "sensitivity": sensitivity, "corners": 12}
    page, python = in_page(modules, COINS, "corners", settings), filter_explorer.arrays(COINS, "corners", **settings)
    for name in ("response", "small", "large"):
        assert_allclose(page[name], python[name], atol=1e-15, err_msg=name)
    assert_array_equal(page["places"], python["places"])


@pytest.mark.parametrize("search", ["likeness", "centred", "sum"])
@pytest.mark.parametrize("patch", [[31, 44, 12, 8], [0, 0, 3, 7], [90, 120, 20, 20]])
def test_the_search_for_a_patch_agrees(modules: Any, patch: list[int], search: str):
    settings = {"patch": patch, "search": search, "count": 7}
    page, python = in_page(modules, PAGE, "patch", settings), filter_explorer.arrays(PAGE, "patch", **settings)
    for name in ("patch", "answer", "places"):
        assert_allclose(page[name], python[name], atol=1e-9, err_msg=name)


def test_a_search_over_partly_even_paper_agrees(modules: Any):
    image = np.zeros((30, 40))
    image[:, 20:] = np.random.default_rng(0).random((30, 20))
    settings = {"patch": [4, 25, 5, 6], "search": "likeness", "count": 3}
    page, python = in_page(modules, image, "patch", settings), filter_explorer.arrays(image, "patch", **settings)
    assert_allclose(page["answer"], python["answer"], atol=1e-9)


def test_the_answer_to_a_patch_lies_where_the_patch_does(modules: Any):
    frame = [31, 44, 12, 8]
    row, column, height, width = modules.evaluate(
        """async ([{ height, width, values }, patch]) => {
          const { filterScene } = await import("./filter_scene.js");
          const image = { height, width, channels: 1, data: Float64Array.from(values) };
          const shown = filterScene(image, { detector: "patch", patch, search: "likeness", count: 1 }).panels[0].array;
          const best = shown.data.indexOf(Math.max(...shown.data));
          return [Math.floor(best / shown.width), best % shown.width, shown.height, shown.width];
        }""",
        [{"height": PAGE.shape[0], "width": PAGE.shape[1], "values": PAGE.ravel().tolist()}, frame],
    )
    assert (height, width) == PAGE.shape
    assert (row, column) == (31 + 6, 44 + 4)


def test_learning_agrees_step_by_step(modules: Any):
    table = moments(standardise(photograph("grass")[:40, :50]))
    found = modules.evaluate(
        "async ([k, m]) => (await import('./learning.js')).learnWeights(k, m, 0.1, 60)",
        [SOBEL_X.tolist(), table.tolist()],
    )
    python = learning_explorer.arrays(SOBEL_X, table, rate=0.1, steps=60)
    assert_allclose(np.array(found["kernels"]).reshape(-1, 3, 3), python.kernels, atol=1e-12)
    assert_allclose(found["losses"], python.losses, atol=1e-12)


# ---- steering -------------------------------------------------------------------------------------------------------


def test_a_slider_changes_filter_answer_and_words(show: Show):
    page = show(FilterExplorer(COINS, frequency=0.2))
    before = [fingerprint(page, canvas) for canvas in (1, 2, 3)]
    set_range(page, "Orientation", 45)
    assert all(fingerprint(page, canvas) != old for canvas, old in zip((1, 2, 3), before, strict=True))
    assert words(page).startswith("Stripes at 45°, one every 5 pixels.")
    assert get(page, "orientation") == 45


def test_the_width_follows_the_frequency_until_it_is_let_go(show: Show):
    page = show(FilterExplorer(COINS, frequency=0.1))
    width = page.get_by_label("Width", exact=True)
    assert width.is_disabled()
    assert float(width.input_value()) == pytest.approx(5.6)
    page.get_by_label("width follows the frequency").uncheck()
    set_range(page, "Frequency", 0.3)
    assert get(page, "sigma") == pytest.approx(5.6)


def test_another_detector_brings_its_own_controls(show: Show):
    page = show(FilterExplorer(COINS))
    page.get_by_label("Look for").select_option("edges")
    next_frame(page)
    assert page.get_by_label("Blur", exact=True).is_visible()
    assert not page.get_by_label("Orientation", exact=True).is_visible()


def test_searches_stand_in_the_order_of_the_lesson(show: Show):
    page = show(FilterExplorer(PAGE, "patch"))
    values = page.get_by_label("Search").evaluate("(menu) => [...menu.options].map((option) => option.value)")
    assert values == ["sum", "centred", "likeness"]


def test_pointing_with_arrow_keys_reads_magnitude_and_direction(show: Show):
    step = np.zeros((9, 12))
    step[:, 6:] = 0.8
    page = show(FilterExplorer(step, "edges", blur=0))
    page.locator("canvas").first.focus()
    page.keyboard.press("ArrowUp")
    assert "At row 3, column 6: brightness 0.8, magnitude 0.4, brighter towards 0° (right)." in words(page)


def test_the_corners_of_a_bright_square_are_marked_and_told_from_its_edges(show: Show):
    square = np.zeros((24, 33))
    square[6:17, 8:27] = 1
    page = show(FilterExplorer(square, "corners", corners=9))
    assert words(page).startswith("4 corners marked. The strongest stands at row")
    reading = {"a corner": (7, 9), "an edge": (6, 16), "neither edge nor corner": (20, 3)}
    box = page.locator("canvas").first.bounding_box()
    for what, (row, column) in reading.items():
        page.mouse.move(box["x"] + (column + 0.5) * box["width"] / 33, box["y"] + (row + 0.5) * box["height"] / 24)
        assert words(page).endswith(f": {what}."), what


def test_fewer_corners_stay_when_the_detector_gets_stricter(show: Show):
    page = show(FilterExplorer(COINS, "corners", corners=100))
    before = (fingerprint(page, 1), words(page))
    set_range(page, "Sensitivity k", 0.2)
    assert get(page, "sensitivity") == 0.2
    assert fingerprint(page, 1) != before[0]
    assert int(words(page).split()[0]) < int(before[1].split()[0])


def test_a_wider_window_changes_both_eigenvalues(show: Show):
    page = show(FilterExplorer(COINS, "corners"))
    before = [fingerprint(page, canvas) for canvas in (0, 1, 2, 3)]
    set_range(page, "Window", 4)
    assert all(fingerprint(page, canvas) != old for canvas, old in enumerate(before))


def test_a_dragged_frame_is_looked_for(show: Show):
    page = show(FilterExplorer(PAGE, "patch", patch=(0, 0, 9, 9)))
    box = page.locator("canvas").first.bounding_box()
    cell = box["width"] / PAGE.shape[1]
    page.mouse.move(box["x"] + 44.5 * cell, box["y"] + 31.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 51.5 * cell, box["y"] + 42.5 * cell, steps=5)
    page.mouse.up()
    assert get(page, "patch") == [31, 44, 12, 8]
    assert words(page).startswith("Frame of 12 × 8 at row 31, column 44. Best answers: 1, ")


def test_a_click_moves_the_frame(show: Show):
    page = show(FilterExplorer(PAGE, "patch", patch=(0, 0, 11, 9)))
    box = page.locator("canvas").first.bounding_box()
    cell = box["width"] / PAGE.shape[1]
    page.mouse.click(box["x"] + 60.5 * cell, box["y"] + 50.5 * cell)
    assert get(page, "patch") == [45, 56, 11, 9]


def test_arrow_keys_move_the_frame_and_with_shift_resize_it(show: Show):
    page = show(FilterExplorer(PAGE, "patch", patch=(20, 30, 12, 8)))
    page.locator("canvas").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
        next_frame(page)
    assert get(page, "patch") == [22, 31, 11, 9]


def test_an_even_frame_explains_itself_and_the_explorer_goes_on(show: Show):
    image = np.full((30, 40), 0.5)
    image[20:, 20:] = np.random.default_rng(1).random((10, 20))
    page = show(FilterExplorer(image, "patch", patch=(0, 0, 6, 6)))
    assert "same grey everywhere" in page.locator(".cnn-problem").inner_text()
    page.get_by_label("Search").select_option("sum")
    next_frame(page)
    assert not page.locator(".cnn-problem").is_visible()


def test_a_filter_too_large_for_the_picture_explains_itself(show: Show):
    page = show(FilterExplorer(COINS[:12, :20], frequency=0.05))
    assert "Make the filter narrower" in page.locator(".cnn-problem").inner_text()
    set_range(page, "Frequency", 0.4)
    assert not page.locator(".cnn-problem").is_visible()


@pytest.mark.parametrize("detector", [*SCENES])
@pytest.mark.parametrize("image", [np.array([[0.5]]), np.full((20, 30), np.nan)], ids=["one pixel", "NaN"])
def test_odd_pictures_are_borne_in_the_page(show: Show, image: np.ndarray, detector: str):
    page = show(FilterExplorer(image, detector))
    assert page.locator(".cnn-explorer").is_visible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("detector", [*SCENES])
def test_it_fits_a_phone(show: Show, detector: str, dark: bool):
    page = show(FilterExplorer(COINS, detector), dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


MADE = {
    **{detector: lambda detector=detector: FilterExplorer(COINS, detector) for detector in SCENES},
    "learning": lambda: LearningExplorer(SOBEL_X, {"coins": standardise(COINS), "page": standardise(PAGE)}),
}


@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
def test_every_control_has_a_name(show: Show, make: Callable[[], Any]):
    page = show(make())
    for control in page.locator("input, select, button, canvas, svg").all():
        name = control.evaluate(
            "(el) => [el.ariaLabel, ...[...(el.labels ?? []), el].map((one) => one.textContent)].join('')"
        )
        assert name.strip()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
def test_text_meets_the_contrast_of_wcag_aa(show: Show, make: Callable[[], Any], dark: bool):
    for text, contrast in show(make(), dark=dark).evaluate(CONTRAST):
        assert contrast >= 4.5, text


def test_a_learning_rate_that_is_too_large_is_said_to_be(show: Show):
    page = show(LearningExplorer(SOBEL_X, standardise(photograph("grass")[:40, :50])))
    set_range(page, "Step", 200)
    assert "overshoots" not in words(page)
    before = page.locator(".cnn-chart polyline").first.get_attribute("points")
    limit = page.evaluate("Object.values(model.get('limits'))[0]")
    set_range(page, "Learning rate", 1.2 * limit)
    assert "each step overshoots by more than it came from" in words(page)
    assert page.locator(".cnn-chart polyline").first.get_attribute("points") != before


def test_playing_walks_through_the_steps_and_stops(show: Show):
    page = show(LearningExplorer(SOBEL_X, standardise(photograph("grass")[:40, :50]), steps=5))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => model.get('step') === 5")
    page.wait_for_function("() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Play')")
    assert words(page).startswith("Step 5 of 5")


def test_another_teacher_gets_a_rate_as_near_to_its_limit(show: Show):
    noise = np.random.default_rng(0).normal(size=(30, 30))
    page = show(LearningExplorer(SOBEL_X, {"lawn": standardise(photograph("grass")[:40, :50]), "noise": noise}))
    page.get_by_label("Learns from").select_option("noise")
    assert get(page, "rate") == pytest.approx(0.75 * page.evaluate("model.get('limits').noise"))


def test_teachers_stand_in_the_order_given_although_a_saved_state_sorts_their_names(show: Show):
    lawn, noise = standardise(photograph("grass")[:40, :50]), np.random.default_rng(0).normal(size=(30, 30))
    explorer = LearningExplorer(SOBEL_X, {"noise": noise, "lawn": lawn, "coins": standardise(COINS)})
    explorer.moments = dict(sorted(explorer.moments.items()))
    page = show(explorer)
    options = page.get_by_label("Learns from").evaluate("(menu) => [...menu.options].map((option) => option.value)")
    assert options == ["noise", "lawn", "coins"]


def test_learning_fits_a_phone(show: Show):
    page = show(LearningExplorer(SOBEL_X, standardise(COINS)), viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_unmounting_leaves_no_listener_behind(show: Show):
    for explorer in (FilterExplorer(COINS), LearningExplorer(SOBEL_X, COINS)):
        page = show(explorer)
        page.evaluate("unmount()")
        assert page.evaluate("model.listeners.length") == 0
