"""Tests of the blur explorer in a real browser, without a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.widgets import BlurExplorer
from cnncourse.widgets.blur_explorer import arrays
from tests.browser.mount import fingerprint, next_frame

IMAGE = np.random.default_rng(7).random((40, 61))
COMPUTE = """async ({ rows, sigma }) => {
  const { blurPicture, bellKernel, edgeStrength, removedBy } = await import("./blur.js");
  const { fromRows, toRows } = await import("./wire.js");
  const image = fromRows(rows);
  const blurred = blurPicture(image, sigma);
  const [edges, removed] = [edgeStrength(blurred), removedBy(image, blurred)];
  const found = { kernel: bellKernel(sigma), blurred, edges, removed };
  return Object.fromEntries(Object.entries(found).map(([name, array]) => [name, toRows(array)]));
}"""


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (5, 1), (7, 11), (16, 9)])
@pytest.mark.parametrize("sigma", [0, 0.25, 1, 2.5, 7])
def test_the_page_computes_what_python_computes(modules: Any, shape: tuple[int, int], sigma: float):
    image = np.random.default_rng(shape).normal(size=shape)
    ours, theirs = arrays(image, sigma), modules.evaluate(COMPUTE, {"rows": image.tolist(), "sigma": sigma})
    for name, expected in ours.items():
        assert_allclose(theirs[name], expected, atol=1e-9, err_msg=name)


def test_a_stronger_blur_changes_the_result_and_not_the_picture(show: Any):
    page = show(BlurExplorer(IMAGE))
    before = [fingerprint(page, canvas) for canvas in range(2)]
    page.get_by_role("slider", name="Sigma").press("ArrowRight")
    after = [fingerprint(page, canvas) for canvas in range(2)]
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert page.evaluate("model.get('sigma')") == 2.25


def test_the_view_is_chosen_from_the_keyboard(show: Any):
    page = show(BlurExplorer(IMAGE))
    page.get_by_role("combobox", name="Show").focus()
    page.keyboard.press("ArrowDown")
    next_frame(page)
    assert page.evaluate("model.get('show')") == "edges"
    assert page.locator("figcaption").nth(1).inner_text() == "Edges after the blur"


def test_the_size_of_the_kernel_stands_in_words(show: Any):
    page = show(BlurExplorer(IMAGE, sigma=1))
    next_frame(page)
    assert page.get_by_text("7 × 7 = 49 weights").count() == 1


def test_nothing_is_wider_than_a_phone(show: Any):
    page = show(BlurExplorer(IMAGE), viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= 360")


def test_nothing_is_left_behind_when_it_is_taken_away(show: Any):
    page = show(BlurExplorer(IMAGE))
    page.evaluate("window.unmount()")
    assert page.evaluate("model.listeners.length") == 0
