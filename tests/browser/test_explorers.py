"""The explorers in a page without a kernel and without a network: pointer, keys, faults, small and large pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.kernels import HORIZONTAL_LINES, MEAN, read_matrix
from cnncourse.widgets import ConvolutionExplorer, PixelExplorer, explore
from tests.browser.mount import fingerprint, next_frame

SMALL = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")
TINY = read_matrix("33210 00131 31223 20022 20001")
PATTERN = read_matrix("012 220 012")
INPUT, OUTPUT = 0, 1  # canvases in the order of the page
Show = Callable[..., Any]


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def set_range(page: Any, label: str, value: float) -> None:
    page.get_by_label(label, exact=True).evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }",
        value,
    )
    next_frame(page)


def words(page: Any, selector: str) -> str:
    next_frame(page)
    return str(page.locator(selector).inner_text())


def centre_of_cell(page: Any, canvas: int, row: int, col: int, rows: int, cols: int) -> dict[str, float]:
    box = page.locator(".cnn-explorer canvas").nth(canvas).bounding_box()
    return {"x": (col + 0.5) * box["width"] / cols, "y": (row + 0.5) * box["height"] / rows}


# ---- convolution -------------------------------------------------------------------------------------------


def test_the_sum_of_the_window_is_written_out(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    assert words(page, ".cnn-arithmetic") == ("3·0 + 3·1 + 2·2 + 0·2 + 0·2 + 1·0 + 3·0 + 1·1 + 2·2 = 12 → output[0, 0]")


def test_arrow_keys_walk_the_window_over_the_output(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    page.locator("canvas").nth(OUTPUT).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        next_frame(page)
    assert words(page, ".cnn-arithmetic").endswith("= 19 → output[1, 2]")
    assert get(page, "position") == [1, 2]


def test_pointing_at_an_output_shows_its_inputs_without_moving_the_window(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    before = fingerprint(page, INPUT)
    page.locator("canvas").nth(OUTPUT).hover(position=centre_of_cell(page, OUTPUT, 2, 1, 3, 3))
    assert words(page, ".cnn-arithmetic").endswith("= 6 → output[2, 1]")
    assert fingerprint(page, INPUT) != before
    assert get(page, "position") == [0, 0]
    page.mouse.move(1, 1)
    assert fingerprint(page, INPUT) == before


def test_pointing_at_an_input_tells_the_outputs_it_takes_part_in(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    page.locator("canvas").nth(INPUT).hover(position=centre_of_cell(page, INPUT, 0, 1, 5, 5))
    assert "image[0, 1] = 3 takes part in 2 outputs." in words(page, ".cnn-arithmetic")


def test_the_same_is_reached_with_shift_and_arrows(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    page.locator("canvas").nth(INPUT).focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
        next_frame(page)
    assert "image[0, 1] = 3 takes part in 2 outputs." in words(page, ".cnn-arithmetic")
    page.keyboard.press("Escape")
    assert "takes part" not in words(page, ".cnn-arithmetic")


def test_the_window_can_be_dragged(show: Show):
    page = show(ConvolutionExplorer(SMALL, HORIZONTAL_LINES))
    box = page.locator("canvas").nth(INPUT).bounding_box()
    cell = box["width"] / 7
    page.mouse.move(box["x"] + 1.5 * cell, box["y"] + 1.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 3.5 * cell, box["y"] + 2.5 * cell, steps=4)
    page.mouse.up()
    assert get(page, "position") == [1, 2]


def test_play_walks_and_fills_and_pause_stops(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    empty = fingerprint(page, OUTPUT)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => model.get('position')[1] === 1")
    page.get_by_role("button", name="Pause").click()
    assert fingerprint(page, OUTPUT) != empty
    page.get_by_role("button", name="Reset").click()
    assert get(page, "position") == [0, 0]
    page.get_by_role("button", name="Step").click()
    assert get(page, "position") == [0, 1]


def test_a_weight_written_in_the_grid_changes_the_output_at_once(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    page.get_by_label("weight in row 1, column 1", exact=True).fill("1/3")
    assert words(page, ".cnn-arithmetic").endswith("= 13 → output[0, 0]")
    page.get_by_label("weight in row 1, column 1", exact=True).fill("nonsense")
    assert words(page, ".cnn-arithmetic").endswith("= 13 → output[0, 0]")


def test_presets_and_sizes_change_the_kernel(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    page.get_by_label("Kernel", exact=True).select_option("mean")
    next_frame(page)
    assert page.get_by_label("weight in row 2, column 2", exact=True).input_value() == "1/9"
    page.get_by_label("kernel columns").select_option("2")
    assert np.shape(get(page, "kernel")) == (3, 2)
    assert page.locator(".cnn-grid input").count() == 6


def test_padding_and_mode_change_picture_and_size(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    before = fingerprint(page, INPUT)
    set_range(page, "Padding", 1)
    zeros = fingerprint(page, INPUT)
    page.get_by_label("Mode").select_option("replicate")
    assert len({before, zeros, fingerprint(page, INPUT)}) == 3
    assert "⌊(5 + 2·1 − 3) / 1⌋ + 1 → 5" in words(page, ".cnn-size")
    page.get_by_label("Mode").select_option("constant")
    page.get_by_label("Constant").fill("1")
    assert get(page, "value") == 1


def test_what_cannot_work_explains_itself_and_recovers(show: Show):
    page = show(ConvolutionExplorer(TINY, np.ones((7, 7))))
    assert "7 × 7 does not fit into the padded picture of 5 × 5. Pad by at least 1" in words(page, ".cnn-problem")
    set_range(page, "Padding", 1)
    assert page.locator(".cnn-problem").is_hidden()
    page.get_by_label("Mode").select_option("reflect")
    set_range(page, "Padding", 5)
    assert "Mirroring 5 pixels needs a picture of at least 6 × 6" in words(page, ".cnn-problem")


def test_everything_is_reached_with_the_keyboard_alone(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    controls = page.evaluate(
        """() => {
          window.controls = [...document.querySelectorAll("input, select, button, canvas[tabindex], summary")]
            .filter((one) => one.offsetParent && !one.disabled);
          return window.controls.length;
        }"""
    )
    reached = set()
    for _ in range(controls):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => controls.indexOf(document.activeElement)"))
    assert reached == set(range(controls))
    page.get_by_label("Stride").focus()
    page.keyboard.press("ArrowRight")
    assert get(page, "stride") == 2


def test_an_own_function_without_a_notebook_locks_what_it_could_not_answer_and_says_so_at_once(show: Show):
    def mine(image: np.ndarray, kernel: np.ndarray, padding: int = 0, stride: int = 1) -> np.ndarray:
        return correlate(image, kernel, padding=padding, stride=stride)

    page = show(explore(TINY, PATTERN, convolve=mine))
    note = words(page, ".cnn-note")
    assert "agrees with the course in 9 values" in note
    assert "kernel, stride and padding are locked" in note
    assert page.locator(".cnn-settings :enabled, .cnn-grid :enabled, input[type=file]").count() == 0


def test_an_own_function_without_a_notebook_can_still_be_walked_over(show: Show):
    page = show(explore(TINY, PATTERN, convolve=lambda image, kernel: correlate(image, kernel)))
    page.get_by_role("button", name="Step").click()
    assert words(page, ".cnn-arithmetic").endswith("→ output[0, 1]")
    assert page.locator(".cnn-settings :enabled").count() == 0


def test_a_wrong_answer_of_an_own_function_is_compared_value_by_value(show: Show):
    def mine(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        return correlate(image, kernel) + np.eye(3)[:, ::-1]

    page = show(explore(TINY, PATTERN, convolve=mine))
    assert "differs in 3 of 9 values, by up to 1: output[0, 2] is 18 where the course has 17." in words(
        page, ".cnn-note"
    )


def test_a_fault_of_an_own_function_is_shown_with_its_line(show: Show):
    def mine(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        return image @ undefined  # noqa: F821

    page = show(explore(TINY, PATTERN, convolve=mine))
    text = words(page, ".cnn-fault")
    assert f"mine, line {mine.__code__.co_firstlineno + 1}: NameError: name 'undefined' is not defined" in text
    assert "return image @ undefined" in text


def test_a_picture_of_ones_own_is_read_in_the_page(show: Show, tmp_path: Any):
    Image.fromarray(np.full((400, 600, 3), 128, dtype=np.uint8)).save(tmp_path / "holiday.png")
    page = show(ConvolutionExplorer(TINY, MEAN))
    page.locator("input[type=file]").set_input_files(tmp_path / "holiday.png")
    page.wait_for_function("() => model.get('note').includes('holiday.png')")
    assert "400" in get(page, "note")
    assert page.evaluate("() => model.get('image').shape") == [209, 313]


def test_a_file_that_is_no_picture_is_refused_in_words(show: Show, tmp_path: Any):
    (tmp_path / "notes.png").write_text("no picture")
    page = show(PixelExplorer(TINY / 3))
    page.locator("input[type=file]").set_input_files(tmp_path / "notes.png")
    page.wait_for_function("() => document.querySelector('.cnn-note').textContent.includes('could not be read')")


# ---- pixels ------------------------------------------------------------------------------------------------


def test_a_pixel_is_read_by_pointer_and_by_keys(show: Show):
    image = np.arange(12).reshape(3, 4) / 15
    page = show(PixelExplorer(image))
    page.locator("canvas").first.hover(position=centre_of_cell(page, 0, 2, 1, 3, 4))
    assert words(page, ".cnn-reading-line") == "image[2, 1] = 0.6 (153)"
    page.mouse.move(1, 1)
    page.locator("canvas").first.focus()
    page.keyboard.press("ArrowRight")
    assert words(page, ".cnn-reading-line") == "image[1, 3] = 0.467 (119)"


def test_arithmetic_shows_its_line_of_python(show: Show):
    page = show(PixelExplorer(photograph("chelsea")))
    set_range(page, "Contrast", 1.5)
    page.get_by_label("Flip").select_option("left-right")
    assert words(page, ".cnn-code") == "np.clip((image - 0.5) * 1.5 + 0.5, 0, 1)[:, ::-1]"


@pytest.mark.parametrize("name", ["Viewpoint", "Illumination", "Deformation", "Occlusion", "Clutter", "Variation"])
def test_each_challenge_changes_one_picture_and_not_the_other(show: Show, name: str):
    page = show(PixelExplorer(photograph("chelsea", grey=False), label="cat"))
    before = [fingerprint(page, canvas) for canvas in (0, 1)]
    set_range(page, name, 0.6)
    after = [fingerprint(page, canvas) for canvas in (0, 1)]
    assert after[0] == before[0]
    assert after[1] != before[1]
    distance = page.locator(".cnn-distance")
    assert float(distance.locator("strong").inner_text()) > 0.01
    assert "still “cat”" in distance.inner_text()


def test_zooming_in_shows_numbers_and_the_crop(show: Show):
    page = show(PixelExplorer(photograph("chelsea")))
    set_range(page, "Zoom", 5)
    assert "you see image[" in words(page, ".cnn-reading-line")
    before = fingerprint(page)
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 150, steps=3)
    page.mouse.up()
    page.mouse.move(1, 1)
    assert fingerprint(page) != before


def test_a_magnified_picture_shows_whole_pixels_only(show: Show):
    page = show(PixelExplorer(np.arange(60 * 90).reshape(60, 90) / 5400))
    set_range(page, "Zoom", 5)
    crop = re.search(r"image\[(\d+):(\d+), (\d+):(\d+)\]$", words(page, ".cnn-reading-line"))
    assert crop
    top, bottom, left, right = (int(edge) for edge in crop.groups())
    canvas = page.locator("canvas").first.bounding_box()
    cell = canvas["width"] / (right - left)
    assert 40 < cell <= 46.1
    assert 0 <= canvas["height"] - cell * (bottom - top) < cell
    page.locator("canvas").first.hover(position={"x": 1, "y": 1})
    assert words(page, ".cnn-reading-line").startswith(f"image[{top}, {left}] = ")
    page.locator("canvas").first.hover(position={"x": canvas["width"] - 1, "y": cell * (bottom - top) - 1})
    assert words(page, ".cnn-reading-line").startswith(f"image[{bottom - 1}, {right - 1}] = ")


def test_each_step_of_the_zoom_is_kept_though_the_view_fits_whole_pixels(show: Show):
    page = show(PixelExplorer(photograph("camera")))
    zoom = page.get_by_label("Zoom", exact=True)
    zoom.focus()
    for _ in range(48):
        page.keyboard.press("ArrowRight")
    next_frame(page)
    assert float(zoom.input_value()) == pytest.approx(4.8)


def test_reset_brings_back_the_whole_picture_as_it_was(show: Show):
    page = show(PixelExplorer(photograph("chelsea", grey=False)))
    before = [fingerprint(page, canvas) for canvas in (0, 1)]
    set_range(page, "Zoom", 3)
    set_range(page, "Viewpoint", 0.5)
    page.get_by_label("Channel").select_option("red")
    page.get_by_role("button", name="Reset").click()
    assert [fingerprint(page, canvas) for canvas in (0, 1)] == before
    assert page.get_by_label("Zoom", exact=True).input_value() == "0"


def test_a_change_is_drawn_before_the_next_frame_and_many_cost_one_drawing_each_frame(modules: Any):
    drawn = modules.evaluate(
        """async () => {
          const { oncePerFrame } = await import("./frame.js");
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          let count = 0;
          const redraw = oncePerFrame(() => (count += 1));
          await frame();
          const counts = [];
          const look = async (wait) => counts.push((await wait, count));
          redraw();
          redraw();
          await look(null); // at once, for both
          redraw();
          await look(null); // the second waits
          await look(frame()); // and is drawn in the next frame
          redraw();
          await look(null); // under pressure each waits for its frame
          await look(frame());
          await look(frame());
          redraw();
          redraw.cancel();
          await look(frame());
          return counts;
        }"""
    )
    assert drawn == [1, 1, 2, 2, 3, 3, 3]


# ---- both --------------------------------------------------------------------------------------------------

UNUSUAL = {
    "1 × 1": np.array([[0.5]]),
    "all NaN": np.full((4, 6), np.nan),
    "infinite": np.array([[np.inf, -np.inf, 1.0]]),
    "RGBA": np.full((5, 7, 4), 200, dtype=np.uint8),
    "16 bits": np.arange(35, dtype=np.uint16).reshape(5, 7) * 1800,
    "bool": np.eye(4, 6, dtype=bool),
    "large": np.zeros((4000, 3000), dtype=np.uint8),
    "one row": np.linspace(0, 1, 300).reshape(1, -1),
}
MADE = {"convolution": lambda image: ConvolutionExplorer(image, [[1, -1]], padding=1), "pixels": PixelExplorer}


@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
@pytest.mark.parametrize("image", UNUSUAL.values(), ids=list(UNUSUAL))
def test_unusual_pictures_are_shown(show: Show, make: Any, image: np.ndarray):
    page = show(make(image))
    assert page.locator("canvas").first.bounding_box()["width"] >= 1
    assert page.locator(".cnn-problem:visible").count() == 0


@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
@pytest.mark.parametrize("width", [360, 700])
def test_nothing_sticks_out_at_a_phones_width_or_at_200_percent(show: Show, make: Any, width: int):
    page = show(make(photograph("camera")), viewport={"width": width, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    for canvas in page.locator("canvas").all():
        assert canvas.bounding_box()["x"] + canvas.bounding_box()["width"] <= width


@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
def test_every_control_has_a_name(show: Show, make: Any):
    page = show(make(SMALL))
    for control in page.locator("input, select, button, canvas").all():
        name = control.evaluate(
            "(el) => [el.ariaLabel, ...[...(el.labels ?? []), el].map((one) => one.textContent)].join('')"
        )
        assert name.strip()


CONTRAST = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((x) => x / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
    .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3) return colour;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll(".cnn-explorer *")].filter((el) => !el.closest(".cnn-unseen, canvas"))
    .filter((el) => [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return texts.map((el) => {
    const [a, b] = [light(channels(getComputedStyle(el).color)), light(ground(el))].sort((x, y) => y - x);
    return [el.textContent.slice(0, 40), (a + 0.05) / (b + 0.05)];
  });
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
def test_text_meets_the_contrast_of_wcag_aa(show: Show, make: Any, dark: bool):
    page = show(make(SMALL), dark=dark)
    for text, contrast in page.evaluate(CONTRAST):
        assert contrast >= 4.5, text


def test_a_closed_explorer_listens_no_more(show: Show):
    page = show(ConvolutionExplorer(SMALL, MEAN))
    page.evaluate("() => unmount()")
    assert page.evaluate("() => model.listeners.length") == 0


def test_two_thousand_updates_leave_the_page_as_large_as_it_was(show: Show):
    page = show(PixelExplorer(SMALL))
    counts = page.evaluate(
        """async () => {
          const size = () => document.querySelectorAll("*").length;
          const before = size();
          for (let step = 0; step < 2000; step += 1) {
            model.set("brightness", (step % 40) / 40);
            if (step % 20 === 0) await new Promise(requestAnimationFrame);
          }
          return [before, size()];
        }"""
    )
    assert counts[0] == counts[1]


def test_what_is_shown_is_said_but_not_with_every_step(show: Show):
    page = show(ConvolutionExplorer(TINY, PATTERN))
    page.evaluate(
        """() => {
          window.said = 0;
          const spoken = document.querySelector("[aria-live]");
          new MutationObserver(() => (window.said += 1)).observe(spoken, { childList: true });
        }"""
    )
    page.locator("canvas").nth(OUTPUT).focus()
    for key in ["ArrowRight", "ArrowLeft"] * 10:
        page.keyboard.press(key)
        next_frame(page)
    page.wait_for_function("() => document.querySelector('[aria-live]').textContent.includes('Place 1 of 9')")
    assert page.evaluate("() => window.said") <= 3
