"""The explorer of receptive fields in a page without a kernel: it computes what Python does, and is pointed at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.images import photograph
from cnncourse.kernels import read_matrix
from cnncourse.layer_records import read_layer
from cnncourse.widgets import ReceptiveFieldExplorer
from cnncourse.widgets._receptive_field import arrays, count, in_words
from tests.browser.mount import fingerprint, next_frame
from tests.widgets.test_receptive_field_explorer import sliding_stack

Show = Callable[..., Any]
FACE = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")
CAMERA = photograph("camera")[60:157, 100:213]
TOP, PICTURE = 0, 1  # canvases in the order of the page
WALK = """async ([{ height, width, values }, layers, place]) => {
  const { fieldLevels, fieldMaps, fieldSentence, fieldSteps, fieldWalk } = await import("./receptive_field.js");
  const image = { height, width, channels: 1, data: Float64Array.from(values) };
  const { counts, problem } = fieldLevels(image, layers);
  if (problem) return { problem };
  const walk = fieldWalk(layers, counts, place);
  const maps = fieldMaps(image, layers, counts).map((map) => [map.height, map.width, [...map.data]]);
  return { ...walk, maps, words: fieldSentence(layers, layers.length, counts, walk), steps: fieldSteps(layers) };
}"""


def in_page(modules: Any, image: np.ndarray, layers: Any, place: tuple[int, int]) -> Any:
    wire = {"height": image.shape[0], "width": image.shape[1], "values": image.ravel().tolist()}
    return modules.evaluate(WALK, [wire, [read_layer(layer) for layer in layers], place])


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def words(page: Any, selector: str = ".cnn-reading-line") -> str:
    next_frame(page)
    return str(page.locator(selector).first.inner_text())


def set_range(page: Any, label: str, value: float) -> None:
    page.get_by_label(label, exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )
    next_frame(page)


# ---- the page and Python agree --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_maps_blocks_and_words_agree(modules: Any, seed: int):
    shape, layers = sliding_stack(seed)
    rng = np.random.default_rng(seed)
    image = rng.random(shape)
    place = tuple(int(rng.integers(size + 2)) for size in count(shape, layers).layers[-1].shape[1:])
    page, python = in_page(modules, image, layers, place), arrays(image, layers, place)
    assert [page["rows"], page["columns"]] == [[list(s) for s in python.rows], [list(s) for s in python.columns]]
    assert page["side"] == python.side == page["steps"][-1]["seen"]
    assert page["words"] == in_words(shape, layers, len(layers), place)
    for (height, width, values), expected in zip(page["maps"], python.maps, strict=True):
        numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
        assert_allclose(numbers.reshape(height, width), expected, atol=1e-12)


def test_a_value_on_padding_only_agrees(modules: Any):
    layers = [read_layer({"kind": "convolution", "kernel": 2, "padding": 3})]
    page, python = in_page(modules, FACE, layers, (0, 5)), arrays(FACE, layers, (0, 5))
    assert page["rows"] == [[0, -1], [0, 0]] == [list(span) for span in python.rows]
    assert page["words"] == in_words((7, 7), layers, 1, (0, 5))
    assert np.isnan(page["maps"][1][2][0])


def test_a_layer_that_does_not_fit_has_the_same_words(modules: Any):
    layers = [read_layer({"kind": "convolution", "kernel": 5}), read_layer({"kind": "pooling", "kernel": 4})]
    assert in_page(modules, FACE, layers, (0, 0))["problem"] == in_words((7, 7), layers, 2, (0, 0))


def test_each_step_of_the_formula_is_written_out(modules: Any):
    steps = in_page(modules, FACE, [{"kind": "convolution"}, {"kind": "pooling"}], (0, 0))["steps"]
    assert [step["words"] for step in steps] == ["(1 − 1) · 2 + 2 = 2", "(2 − 1) · 1 + 3 = 4"]


# ---- pointing -------------------------------------------------------------------------------------------------------


def test_pointing_at_a_value_frames_what_it_sees_on_every_level(show: Show):
    page = show(ReceptiveFieldExplorer(CAMERA, "and pooling 2 once more", place=(0, 0)))
    assert page.locator("canvas:visible").count() == 4  # the top, the picture, two levels on the way
    before = [fingerprint(page, canvas) for canvas in range(4)]
    box = page.locator("canvas").nth(TOP).bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    assert all(fingerprint(page, canvas) != old for canvas, old in enumerate(before))
    assert get(page, "place") == [0, 0], "looking moves nothing"
    page.mouse.move(box["x"] - 5, box["y"])
    assert [fingerprint(page, canvas) for canvas in range(4)] == before


def test_a_click_chooses_the_value(show: Show):
    page = show(ReceptiveFieldExplorer(FACE, "kernel 3, pooling 2", place=(0, 0)))
    box = page.locator("canvas").nth(TOP).bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    assert get(page, "place") == [0, 1]
    assert words(page).endswith("row 0, column 1 of 2 × 2 sees 4 × 4 pixels: rows 0 to 3, columns 2 to 5.")


def test_arrow_keys_walk_over_the_values_and_stay_inside(show: Show):
    page = show(ReceptiveFieldExplorer(CAMERA, "three 3 × 3", place=(0, 0)))
    page.locator("canvas").nth(TOP).focus()
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        next_frame(page)
    assert get(page, "place") == [5, 1]
    assert "row 5, column 1 of 91 × 107 sees 7 × 7 pixels: rows 5 to 11, columns 1 to 7." in words(page)


def test_a_deeper_layer_sees_more_around_the_same_middle(show: Show):
    page = show(ReceptiveFieldExplorer(CAMERA, depth=4, place=(12, 15)))
    assert "sees 10 × 10 pixels: rows 48 to 57, columns 60 to 69." in words(page)
    set_range(page, "Up to layer", 6)
    assert "Layer 6 of 10, pooling 2 × 2." in words(page)
    assert "sees 22 × 22 pixels: rows 40 to 61, columns 56 to 77." in words(page)
    assert page.locator(".cnn-field-steps li").count() == 6


def test_kernel_stride_and_padding_of_the_layer_are_dragged(show: Show):
    page = show(ReceptiveFieldExplorer(CAMERA, "three 3 × 3"))
    set_range(page, "Kernel", 5)
    assert "sees 9 × 9 pixels" in words(page)
    set_range(page, "Stride", 3)
    set_range(page, "Padding", 2)
    assert get(page, "layers")[2]["stride"] == 3
    assert "convolution 5 × 5, stride 3, padding 2." in words(page)
    assert page.get_by_label("Layers").input_value() == "(your own)"
    page.get_by_label("Layers").select_option("one 7 × 7")
    assert "Layer 1 of 1, convolution 7 × 7." in words(page)
    assert page.get_by_text("On the way").is_hidden()


def test_a_layer_that_does_not_fit_explains_itself_and_can_be_mended(show: Show):
    page = show(ReceptiveFieldExplorer(FACE, "three 3 × 3"))
    set_range(page, "Kernel", 9)
    assert "Layer 3, convolution 9 × 9: a kernel of 9 does not fit into 3 × 3" in words(page, ".cnn-problem")
    assert page.locator("canvas:visible").count() == 0
    set_range(page, "Kernel", 2)
    assert page.locator(".cnn-problem").is_hidden()
    assert "sees 6 × 6 pixels" in words(page)
    set_range(page, "Up to layer", 1)
    assert "sees 3 × 3 pixels" in words(page)


def test_what_the_saved_state_says_is_shown_whatever_the_order_of_its_names(show: Show):
    page = show(ReceptiveFieldExplorer(CAMERA, "VGG-16", depth=3))
    page.evaluate(
        "model.set('layers', model.get('layers').map((layer) => Object.fromEntries(Object.entries(layer).sort())))"
    )
    next_frame(page)
    assert page.get_by_label("Layers").input_value() == "VGG-16"


@pytest.mark.parametrize("image", [np.array([[0.5]]), np.full((20, 30), np.nan)], ids=["one pixel", "NaN"])
def test_odd_pictures_are_borne_in_the_page(show: Show, image: np.ndarray):
    page = show(ReceptiveFieldExplorer(image, "kernel 3, pooling 2"))
    assert page.locator(".cnn-problem").is_visible() == (image.size == 1)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_fits_a_phone(show: Show, dark: bool):
    page = show(ReceptiveFieldExplorer(CAMERA), dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_unmounting_leaves_no_listener_behind(show: Show):
    page = show(ReceptiveFieldExplorer(CAMERA))
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners.length") == 0
