"""The feature map explorer in a page: what it shows equals Python, and how it is steered, with and without a kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image
from torch import nn

from cnncourse.models import LeNet5, fresh
from cnncourse.widgets import FeatureMapExplorer
from cnncourse.widgets._feature_maps import LayerMaps
from cnncourse.widgets._looking import look
from tests.browser.mount import fingerprint, next_frame, saved_state

DIGIT = np.random.default_rng(0).random((28, 28))
PICTURE, MAP, CROP, SHEET = range(4)  # canvases in the order of the page
LOOK = """async (cases) => {
  const { boxSeen, cropSeen } = await import("./feature_maps.js");
  const { fromRows, toRows } = await import("./wire.js");
  return cases.map(({ image, layer, place }) => {
    const picture = fromRows(image);
    const box = boxSeen(layer, place, picture);
    return { box: [box.row, box.col, box.height, box.width], crop: toRows(cropSeen(picture, box)) };
  });
}"""
SHEETS = """async (cases) => {
  const { MapSheet } = await import("./feature_maps.js");
  const map = (height, width) => ({ height, width, data: new Float64Array(height * width).fill(1) });
  return cases.map(([count, height, width]) => {
    const sheet = new MapSheet(Array.from({ length: count }, () => map(height, width)));
    const found = new Set();
    for (let row = 0; row < sheet.array.height; row += 1) for (let col = 0; col < sheet.array.width; col += 1) {
      const at = sheet.find({ row, col });
      if (at) found.add(`${at.at} ${at.place}`);
    }
    return { found: found.size, filled: sheet.array.data.filter((x) => x === 1).length, columns: sheet.columns };
  });
}"""
SET = "(values) => { for (const [name, value] of Object.entries(values)) model.set(name, value); }"
RECEIVE = """({ state, buffers }) => {
  window.unpack(state, buffers);
  for (const name of ["image", "layers", "values", "says", "note", "answer"]) window.model.set(name, state[name]);
}"""
Show = Callable[..., Any]


@pytest.fixture
def explorer() -> FeatureMapExplorer:
    return FeatureMapExplorer(fresh(LeNet5, seed=3), DIGIT, layer="pool1", chosen=1, place=(4, 9))


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def send(page: Any, explorer: FeatureMapExplorer) -> None:
    """Bring what the kernel has changed into the page."""
    page.evaluate(RECEIVE, saved_state(explorer))
    next_frame(page)


def words(page: Any) -> str:
    next_frame(page)
    text: str = page.locator(".cnn-arithmetic").inner_text()
    return text


def cell(page: Any, canvas: int, row: float, column: float, shape: tuple[int, int]) -> tuple[float, float]:
    """Return where on the screen a cell of a canvas has its middle."""
    box = page.locator("canvas").nth(canvas).bounding_box()
    return box["x"] + (column + 0.5) * box["width"] / shape[1], box["y"] + (row + 0.5) * box["height"] / shape[0]


# ---- the page and Python agree --------------------------------------------------------------------------------------


def test_fields_and_crops_are_those_of_python_for_any_layer_and_place(modules: Any):
    rng = np.random.default_rng(4)
    cases = []
    for _ in range(60):
        start, stride, size = ([int(n) for n in rng.integers(low, high, 2)] for low, high in ((-6, 4), (1, 5), (1, 9)))
        rows, columns = (int(n) for n in rng.integers(3, 9, 2))
        layer = LayerMaps("layer", "Conv2d", (1, rows, columns), tuple(start), tuple(stride), tuple(size))
        place = (int(rng.integers(rows)), int(rng.integers(columns)))
        cases.append((rng.random((11, 14)), layer, place, np.zeros((rows, columns))))
    sent = [{"image": i.tolist(), "layer": asdict(la), "place": p} for i, la, p, _ in cases]
    for (image, layer, place, feature_map), found in zip(cases, modules.evaluate(LOOK, sent), strict=True):
        expected = look(image, layer, feature_map, place)
        assert tuple(found["box"]) == expected.box
        assert_allclose(np.reshape(found["crop"], expected.crop.shape), expected.crop)


def test_every_value_stands_on_the_sheet_once_and_lines_are_filled_where_that_is_possible(modules: Any):
    cases = [(1, 5, 7), (6, 28, 28), (7, 4, 6), (16, 10, 10), (32, 16, 16), (64, 3, 20), (5, 20, 3)]
    for (count, height, width), sheet in zip(cases, modules.evaluate(SHEETS, cases), strict=True):
        assert sheet["found"] == sheet["filled"] == count * height * width
    assert [one["columns"] for one in modules.evaluate(SHEETS, [(6, 28, 28), (16, 10, 10), (32, 16, 16)])] == [6, 8, 16]


def test_the_page_shows_the_value_that_python_looks_up(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    for layer, chosen, place in [("pool1", 1, (4, 9)), ("conv2", 12, (0, 0)), ("conv1", 5, (27, 3))]:
        explorer.layer, explorer.chosen, explorer.place = layer, chosen, place
        page.evaluate(SET, {"layer": layer, "chosen": chosen, "place": place})
        seen = explorer.shown
        top, left, height, width = seen.box
        said = words(page).replace("−", "-")
        assert said.startswith(f"Map {chosen} of {layer}, row {place[0]}, column {place[1]}: ")
        assert float(said.split(": ")[1].split(". ")[0]) == pytest.approx(seen.value, abs=6e-4)
        where = f"{height} × {width} pixels: rows {top} to {top + height - 1}, columns {left} to {left + width - 1}."
        assert said.endswith(where)


# ---- steering -------------------------------------------------------------------------------------------------------


def test_arrow_keys_walk_over_the_map_and_everything_follows(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    before = [fingerprint(page, canvas) for canvas in (PICTURE, MAP, CROP, SHEET)]
    page.locator("canvas").nth(MAP).focus()
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
        next_frame(page)
    assert get(page, "place") == [9, 10]
    after = [fingerprint(page, canvas) for canvas in (PICTURE, MAP, CROP, SHEET)]
    assert all(a != b for a, b in zip(before, after, strict=True))
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert get(page, "place") == [9, 13], "it stays on the map"


def test_arrow_keys_on_the_sheet_choose_another_map(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    page.locator("canvas").nth(SHEET).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):  # six maps stand in one line: there is none below
        page.keyboard.press(key)
    assert (get(page, "chosen"), get(page, "place")) == (3, [4, 9])
    for _ in range(9):
        page.keyboard.press("ArrowLeft")
    assert get(page, "chosen") == 0


def test_hovering_looks_and_a_click_stays(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    page.mouse.move(*cell(page, MAP, 7, 2, (14, 14)))
    assert words(page).startswith("Map 1 of pool1, row 7, column 2: ")
    assert get(page, "place") == [4, 9]
    page.mouse.move(2, 2)
    assert words(page).startswith("Map 1 of pool1, row 4, column 9: ")
    page.mouse.click(*cell(page, MAP, 7, 2, (14, 14)))
    page.mouse.move(2, 2)
    assert get(page, "place") == [7, 2]


def test_a_click_on_the_sheet_chooses_map_and_value(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    page.mouse.click(*cell(page, SHEET, 3, 4 * 15 + 11, (14, 6 * 15 - 1)))
    assert (get(page, "chosen"), get(page, "place")) == (4, [3, 11])
    page.mouse.click(*cell(page, SHEET, 3, 14, (14, 6 * 15 - 1)))  # between two maps
    assert get(page, "chosen") == 4


def test_another_layer_looks_at_the_same_part_of_the_picture(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)  # row 4, column 9 of pool1 sees rows 6 to 11, columns 16 to 21
    page.get_by_label("Layer").select_option("conv1")
    assert words(page).endswith("5 × 5 pixels: rows 6 to 10, columns 16 to 20.") or words(page).endswith(
        "5 × 5 pixels: rows 7 to 11, columns 17 to 21."
    )
    page.get_by_label("Layer").select_option("conv2")
    rows = words(page).split("rows ")[1].split(",")[0].split(" to ")
    assert int(rows[0]) <= 6 <= 11 <= int(rows[1])


def test_the_slider_chooses_a_map(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    slider = page.get_by_label("Map", exact=True)
    assert (slider.get_attribute("max"), slider.input_value()) == ("5", "1")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert get(page, "chosen") == 2
    assert words(page).startswith("Map 2 of pool1")


def test_maps_with_values_below_zero_are_white_at_zero(show: Show):
    network = nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), nn.ReLU())
    page = show(FeatureMapExplorer(network, DIGIT))
    kind = "() => document.querySelector('.cnn-map-stage .cnn-strip').dataset.kind"
    assert page.evaluate(kind) == "signed"
    page.get_by_label("Layer").select_option("1")
    next_frame(page)
    assert page.evaluate(kind) == "grey"


def test_what_happens_is_said(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    page.locator("canvas").nth(MAP).focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('[aria-live]').textContent.includes('column 8')", timeout=5000)
    assert "row 4, column 8" in page.locator("canvas").nth(MAP).get_attribute("aria-label")


# ---- with and without a kernel --------------------------------------------------------------------------------------


def test_a_page_without_a_kernel_says_that_its_maps_are_recorded(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer)
    assert page.locator("input[type=file]").count() == 0
    assert "This page runs no Python" in page.locator(".cnn-note").inner_text()


def test_a_picture_of_the_learners_own_goes_through_the_network(show: Show, explorer: FeatureMapExplorer, tmp_path):
    Image.fromarray(np.tile(np.arange(0, 240, 6, np.uint8), (40, 1))).save(tmp_path / "own.png")
    page = show(explorer, kernel=True)
    before = [fingerprint(page, canvas) for canvas in (PICTURE, MAP, SHEET)]
    page.locator("input[type=file]").set_input_files(tmp_path / "own.png")
    page.wait_for_function("() => model.get('question')?.picture")
    sent = page.evaluate("""() => {
      const { shape, data } = model.get("question").picture;
      return { shape, data: Array.from(new Float32Array(data.buffer)), note: model.get("question").note };
    }""")
    explorer.set_state(
        {
            "question": {
                "id": page.evaluate("() => model.get('question').id"),
                "picture": {"shape": sent["shape"], "data": memoryview(np.array(sent["data"], "<f4").data).cast("B")},
                "note": sent["note"],
            }
        }
    )
    send(page, explorer)
    after = [fingerprint(page, canvas) for canvas in (PICTURE, MAP, SHEET)]
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert "own.png" in page.locator(".cnn-note").inner_text()


def test_a_network_that_fails_is_told_in_the_explorer(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer, kernel=True)
    fault = {"kind": "KeyError", "message": "too bright", "line": 7, "source": "raise", "name": "Torn"}
    explorer.answer = {"id": "1", "fault": fault}
    send(page, explorer)
    assert page.get_by_role("alert").inner_text().startswith("Torn, line 7: KeyError: too bright")


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(show: Show, explorer: FeatureMapExplorer, dark: bool):
    page = show(explorer, dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_control_has_a_name_and_can_be_reached_by_tab(show: Show, explorer: FeatureMapExplorer):
    page = show(explorer, kernel=True)
    named = "(e) => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent"
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate(f"() => ({named})(document.activeElement)").strip())
    expected = ["Layer", "Map", "Own picture", "map 1 of pool1", "all 6 maps of pool1", "Keys"]
    assert all(name.startswith(start) for name, start in zip(names, expected, strict=True)), names
