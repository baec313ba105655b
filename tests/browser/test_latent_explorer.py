"""Tests of the latent explorer in a real browser, without a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.applications.digit_generator import decoder_of
from cnncourse.decoding import decoder_weights
from cnncourse.models import fresh
from cnncourse.widgets import LatentExplorer
from cnncourse.widgets.latent_explorer import TILES, arrays, nearest
from tests.browser.mount import fingerprint, next_frame

COMPUTE = """async ({ numbers, shapes, place, tiles, reach }) => {
  const { decodedPicture, decodedPlane, decoderOf } = await import("./decoding.js");
  const { toRows } = await import("./wire.js");
  const decoder = decoderOf(Float32Array.from(numbers), shapes);
  return { digit: toRows(decodedPicture(decoder, place)), plane: toRows(decodedPlane(decoder, place, tiles, reach)) };
}"""
NEAREST = """async ({ rows, place, count }) => {
  const { nearestPoints } = await import("./decoding.js");
  const { fromRows } = await import("./wire.js");
  return nearestPoints(fromRows(rows), place, count);
}"""


def explorer(latent: int = 2, **options: Any) -> LatentExplorer:
    points = np.random.default_rng(3).normal(size=(9, latent))
    return LatentExplorer(fresh(lambda: decoder_of(latent), seed=1), points, range(9), **options)


@pytest.mark.parametrize(("latent", "hidden", "channels"), [(2, 32, 16), (4, 7, 6)])
def test_the_page_draws_what_python_draws(modules: Any, latent: int, hidden: int, channels: int):
    weights = decoder_weights(fresh(lambda: decoder_of(latent, hidden=hidden, channels=channels), seed=latent))
    place = np.random.default_rng(latent).normal(size=latent)
    numbers = np.concatenate([part.ravel() for part in weights]).tolist()
    shapes = [list(part.shape) for part in weights]
    asked = {"numbers": numbers, "shapes": shapes, "place": place.tolist(), "tiles": TILES, "reach": 2.0}
    page = modules.evaluate(COMPUTE, asked)
    for name, expected in arrays(weights, place, reach=2.0).items():
        assert_allclose(page[name], expected, atol=1e-9, err_msg=name)


def test_the_page_finds_the_same_nearest_points(modules: Any):
    rows = np.random.default_rng(5).integers(-2, 3, size=(40, 2)).astype(float)  # with many equals
    for place in ([0.0, 0.0], [1.0, -2.0], [0.4, 0.3]):
        found = modules.evaluate(NEAREST, {"rows": rows.tolist(), "place": place, "count": 6})
        assert found == nearest(rows, place, 6).tolist()


def test_a_drag_over_the_plane_redraws_the_digit_and_not_the_plane(show: Any):
    page = show(explorer())
    before = fingerprint(page, 1)
    plane = page.locator(".cnn-explorer canvas").first
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"], steps=5)
    page.mouse.up()
    assert fingerprint(page, 1) != before
    assert_allclose(page.evaluate("model.get('place')"), [1.35, 1.35], atol=0.03)  # half-way to the upper right corner


def test_the_arrow_keys_move_and_stop_at_the_rim(show: Any):
    page = show(explorer(reach=0.7))
    page.locator(".cnn-explorer canvas").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    next_frame(page)
    assert page.evaluate("model.get('place')") == [0.1, -0.5]
    for _ in range(3):
        page.keyboard.press("Shift+ArrowUp")
    assert page.evaluate("model.get('place')") == [0.1, 0.7]


def test_a_slider_moves_one_number_and_the_words_follow(show: Any):
    shown = explorer(3)
    page = show(shown)
    page.get_by_role("slider", name="Number 3").press("ArrowRight")
    next_frame(page)
    assert page.evaluate("model.get('place')") == [0, 0, 0.05]
    near = ", ".join(str(at) for at in nearest(shown.points, [0, 0, 0.05]))
    assert page.get_by_text(f"Place 0, 0, 0.05. The nearest known digits are {near}.").count() >= 1


def test_a_third_number_changes_the_whole_plane(show: Any):
    page = show(explorer(3))
    before = fingerprint(page, 0)
    page.get_by_role("slider", name="Number 3").press("End")
    assert fingerprint(page, 0) != before


def test_a_place_drawn_by_chance_lies_on_the_plane(show: Any):
    page = show(explorer(reach=0.5))
    for _ in range(5):
        page.get_by_role("button", name="Draw a place by chance").click()
        place = page.evaluate("model.get('place')")
        assert max(map(abs, place)) <= 0.5
    page.get_by_role("button", name="To the middle").click()
    assert page.evaluate("model.get('place')") == [0, 0]


def test_nothing_is_wider_than_a_phone(show: Any):
    page = show(explorer(), viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= 360")


def test_nothing_is_left_behind_when_it_is_taken_away(show: Any):
    page = show(explorer())
    page.evaluate("window.unmount()")
    assert page.evaluate("model.listeners.length") == 0
