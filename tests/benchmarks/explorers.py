"""How fast the explorers follow a drag: in the kernel, and from the event to changed pixels in a real JupyterLab.

JupyterLab runs as ``cnncourse lab`` starts it. A time in the browser runs from the dispatch of a slider's ``input``
event to the first frame of the screen at whose beginning the pixels of the canvas differ: what is drawn between two
frames counts when the next one is due, so half a frame of waiting (8 ms at 60 Hz) is in every time. Events are
dispatched at random moments of a frame.

The peer is the view that notebooks usually have: ``ipywidgets.interact`` and a new matplotlib figure for every change.
What goes through the kernel is also set beside the smallest question that JupyterLab can ask one: no explorer can be
faster than that.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import matplotlib
import numpy as np
from IPython.core.pylabtools import print_figure
from matplotlib import pyplot as plt

from cnncourse.convolution import correlate, pad
from cnncourse.images import photograph
from cnncourse.kernels import SOBEL_X
from cnncourse.widgets import explore
from tests.browser.lab import Lab, serve_lab
from tests.chromium import ADVICE, find_chromium

STEPS, PEER_STEPS, MANY = 100, 20, 2000
IMPORTS = """%matplotlib inline
import numpy as np
from ipywidgets import IntSlider, interact
from matplotlib import pyplot as plt
from cnncourse.convolution import correlate, pad
from cnncourse.images import photograph
from cnncourse.kernels import SOBEL_X
from cnncourse.widgets import (
    ConvolutionExplorer, DigitPad, FilterExplorer, LayerBuilder, PixelExplorer, ShiftExplorer, explore,
)
"""


def three_panels(photo: Any, padding: int) -> Any:
    """Draw the three panels of the convolution explorer into a new figure, as notebooks usually do."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.5))
    for ax, panel in zip(axes, (pad(photo, padding), SOBEL_X, correlate(photo, SOBEL_X, padding=padding)), strict=True):
        ax.imshow(panel, cmap="gray")
    return figure


CELLS = [
    IMPORTS,
    'photo = photograph("camera")[::2, ::2]\nPixelExplorer(photo)',
    "ConvolutionExplorer(photo, SOBEL_X)",
    "own = explore(photo, SOBEL_X, convolve=correlate)\nown",
    "from typing import Any\n" + inspect.getsource(three_panels),
    'FilterExplorer(photograph("camera"))',
    "LayerBuilder()",
    'ShiftExplorer(photograph("camera"))',
    "DigitPad(picked=-1)",
    "def naive(padding):\n    three_panels(photo, padding)\n    plt.show()\n\n"
    "interact(naive, padding=IntSlider(1, 0, 5));",
]
# Events come at any moment of a frame, as those of a hand do; the wait between two steps sees to that. Pixels are
# looked at in every frame, until they differ from those before the event.
# An explorer may draw with elements instead of a canvas: then those are compared.
DRAG = """async ({ place, label, canvas, values, drawn }) => {
  const root = document.querySelectorAll(".cnn-explorer")[place];
  const input = [...root.querySelectorAll("input")].find((one) => one.labels[0]?.textContent === label);
  const shown = drawn ? root.querySelector(drawn) : root.querySelectorAll("canvas")[canvas];
  root.scrollIntoView();
  const look = () => {
    if (drawn) return shown.innerHTML;
    const { data } = shown.getContext("2d").getImageData(0, 0, shown.width, shown.height);
    let sum = shown.width * 7 + shown.height;
    for (let at = 0; at < data.length; at += 5) sum = (sum * 31 + data[at]) % 4294967291;
    return sum;
  };
  const times = [];
  for (const value of values) {
    await new Promise((done) => setTimeout(done, 20 + 17 * Math.random()));
    const before = look();
    const start = performance.now();
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    while (look() === before && performance.now() - start < 5000) await new Promise(requestAnimationFrame);
    times.push(performance.now() - start);
  }
  return times;
}"""
# The pen is down already. From each of its moves to the first frame in which another probability is shown.
DRAWN = """async ({ place, points }) => {
  const root = document.querySelectorAll(".cnn-explorer")[place];
  const [pad, shown] = [root.querySelector(".cnn-pad-sheet"), root.querySelector(".cnn-pad-bars")];
  const { left, top, width, height } = pad.getBoundingClientRect();
  const times = [];
  for (const [x, y] of points) {
    await new Promise((done) => setTimeout(done, 20 + 17 * Math.random()));
    const before = shown.innerHTML;
    const start = performance.now();
    const at = { clientX: left + x * width, clientY: top + y * height, pointerId: 1, isPrimary: true, bubbles: true };
    pad.dispatchEvent(new PointerEvent("pointermove", at));
    while (shown.innerHTML === before && performance.now() - start < 5000) await new Promise(requestAnimationFrame);
    times.push(performance.now() - start);
  }
  return times;
}"""
PEER = """async (steps) => {
  const handle = document.querySelector(".widget-interact .noUi-handle");
  const output = document.querySelector(".widget-interact .jp-OutputArea, .widget-interact .widget-output");
  handle.scrollIntoView();
  const times = [];
  for (let step = 0; step < steps; step += 1) {
    await new Promise((done) => setTimeout(done, 300));
    const before = output.querySelector("img").src;
    const start = performance.now();
    const key = step % 2 ? "ArrowLeft" : "ArrowRight";
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    const same = () => (output.querySelector("img")?.src ?? before) === before;
    while (same() && performance.now() - start < 5000) await new Promise(requestAnimationFrame);
    await output.querySelector("img").decode(); // until then the screen has the old pixels
    times.push(performance.now() - start);
  }
  return times;
}"""
BARE = """async (steps) => {
  const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
  const times = [];
  for (let step = 0; step < steps; step += 1) {
    await new Promise((done) => setTimeout(done, 20 + 17 * Math.random()));
    const start = performance.now();
    await kernel.requestCommInfo({ target_name: "nobody" });
    times.push(performance.now() - start);
  }
  return times;
}"""
MANY_UPDATES = """async (updates) => {
  const root = document.querySelectorAll(".cnn-explorer")[0];
  const input = [...root.querySelectorAll("input")].find((one) => one.labels[0]?.textContent === "Clutter");
  for (let step = 0; step < updates; step += 1) {
    input.value = (step % 50) / 50;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (step % 4 === 0) await new Promise(requestAnimationFrame);
  }
}"""
KERNEL = """async (code) => {
  const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
  let text = "";
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ header, content }) => { if (header.msg_type === "stream") text += content.text; };
  await future.done;
  return text;
}"""
MEMORY = (
    "import gc, json; gc.collect()\n"
    "print(json.dumps(int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6))"  # resident pages, Linux only
)


def record(name: str, ours: float, peer: float, unit: str = "ms") -> dict[str, Any]:
    """Return a measurement whose ratio is above 1 where ours is smaller."""
    return {
        "name": name,
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": round(peer / max(ours, 1e-9), 2),
        "unit": unit,
    }


def median_ms(update: Callable[[int], None], steps: int) -> float:
    """Return the median time of an update, in milliseconds."""
    update(0)
    times = []
    for step in range(1, steps + 1):
        start = time.perf_counter()
        update(step)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def in_the_kernel() -> dict[str, Any]:
    """Measure one update as the kernel does it when a slider of the page moves, against a new figure."""
    photo = photograph("camera")[::2, ::2]

    def draw(padding: int) -> None:
        print_figure(three_panels(photo, padding))  # as the notebook does when a figure is shown
        plt.close("all")

    naive = ipywidgets.interactive(draw, padding=(0, 5))
    explorer = explore(photo, SOBEL_X, convolve=correlate)

    def ours(step: int) -> None:
        explorer.set_state({"padding": step % 6, "question": {"id": str(step)}})

    def peer(step: int) -> None:
        naive.children[0].value = step % 6

    return record("explorer: one update in the kernel", median_ms(ours, STEPS), median_ms(peer, PEER_STEPS))


def spread(name: str, ours: Sequence[float], peer: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Yield median and 95th percentile."""
    yield record(f"{name}, median", statistics.median(ours), statistics.median(peer))
    yield record(f"{name}, 95th percentile", float(np.percentile(ours, 95)), float(np.percentile(peer, 95)))


def drawn(page: Any, place: int) -> list[float]:
    """Draw a spiral with the mouse; return the times from a move of the pen to a changed prediction."""
    pad = page.locator(".cnn-explorer").nth(place).locator(".cnn-pad-sheet")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    shares = [step / STEPS for step in range(1, STEPS + 1)]
    spiral = [(0.1 + 0.35 * share, 4 * np.pi * share) for share in shares]
    points = [[0.5 + far * np.cos(turn), 0.5 + far * np.sin(turn)] for far, turn in spiral]
    times: list[float] = page.evaluate(DRAWN, {"place": place, "points": points})
    page.mouse.up()
    return times


def drags(page: Any) -> Iterator[dict[str, Any]]:
    """Yield the times from an input event to changed pixels."""
    peer = page.evaluate(PEER, PEER_STEPS)
    saw = [step / 50 if step <= 50 else 2 - step / 50 for step in range(1, STEPS + 1)]
    pixels = {"place": 0, "label": "Viewpoint", "canvas": 1, "values": saw}
    yield from spread("explorer: drag a challenge, in the page", page.evaluate(DRAG, pixels), peer)
    places = {"place": 1, "label": "Place", "canvas": 0, "values": [600 * step for step in range(1, STEPS + 1)]}
    yield from spread("explorer: drag the window, in the page", page.evaluate(DRAG, places), peer)
    angles = {
        "place": 3,
        "label": "Orientation",
        "canvas": 1,
        "values": [5 * (step % 36) for step in range(1, STEPS + 1)],
    }
    yield from spread("explorer: drag a filter's orientation, in the page", page.evaluate(DRAG, angles), peer)
    filters = {"place": 4, "label": "Filters", "drawn": ".cnn-boxes", "values": [2 + step for step in range(STEPS)]}
    yield from spread("explorer: drag a layer's filters, in the page", page.evaluate(DRAG, filters), peer)
    shifts = {"place": 5, "label": "Right", "canvas": 1, "values": [step % 8 for step in range(1, STEPS + 1)]}
    yield from spread("explorer: drag a shift, in the page", page.evaluate(DRAG, shifts), peer)
    yield from spread("explorer: draw a digit, from the pen to the prediction", drawn(page, 6), peer)
    padding = {"place": 2, "label": "Padding", "canvas": 1, "values": [step % 6 for step in range(1, STEPS + 1)]}
    through = page.evaluate(DRAG, padding)
    yield from spread("explorer: drag the padding, own function in the kernel", through, peer)
    yield from spread("explorer: the same beside a bare question to the kernel", through, page.evaluate(BARE, STEPS))


def memory(page: Any) -> Iterator[dict[str, Any]]:
    """Yield how page and kernel grow over many updates; a ratio near 1 is flat."""
    session = page.context.new_cdp_session(page)

    def heap() -> float:
        session.send("HeapProfiler.collectGarbage")
        return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    page.evaluate(MANY_UPDATES, 200)
    page_before, kernel_before = heap(), float(json.loads(page.evaluate(KERNEL, MEMORY)))
    page.evaluate(MANY_UPDATES, MANY)
    page.wait_for_timeout(1000)
    yield record(f"explorer: page memory after {MANY} updates", heap(), page_before, "MB")
    after = float(json.loads(page.evaluate(KERNEL, MEMORY)))
    yield record(f"explorer: kernel memory after {MANY} updates", after, kernel_before, "MB")


def in_the_browser(lab: Lab) -> Iterator[dict[str, Any]]:
    """Open the explorers and their peer in one notebook and measure them."""
    from playwright.sync_api import sync_playwright

    executable = find_chromium()
    if executable is None:
        raise RuntimeError(ADVICE)
    lab.write("bench.ipynb", CELLS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        lab.open(page, "bench.ipynb")
        page.wait_for_selector(".widget-interact img")
        page.locator(".cnn-explorer canvas").nth(20).wait_for()
        page.wait_for_timeout(1000)
        yield from drags(page)
        yield from memory(page)
        browser.close()


def main() -> Iterator[dict[str, Any]]:
    """Yield all measurements."""
    matplotlib.use("agg")
    with contextlib.redirect_stdout(io.StringIO()):  # without a notebook, clearing an output prints signs
        kernel = in_the_kernel()
    yield kernel
    with tempfile.TemporaryDirectory() as folder, serve_lab(Path(folder)) as lab:
        yield from in_the_browser(lab)


if __name__ == "__main__":
    for line in main():
        print(json.dumps(line), flush=True)
