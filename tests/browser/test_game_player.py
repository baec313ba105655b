"""The game player in a page without a kernel: it plays by the rules of Python, waits for moves, and runs when let."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse.applications.orchard import SIDE, Orchard
from cnncourse.applications.orchard_play import chase_apples
from cnncourse.widgets import GamePlayer
from cnncourse.widgets.game_player import arrays
from tests.browser.mount import fingerprint, next_frame

Show = Callable[..., Any]
PLAY = """async ([things, moves]) => {
  const { orchardField, orchardPlay } = await import("./orchard.js");
  const { baskets, rewards } = orchardPlay(things, moves);
  return { rewards, fields: baskets.map((basket, time) => [...orchardField(things, time, basket).data]) };
}"""


def player(**changes: Any) -> GamePlayer:
    made = GamePlayer(Orchard(3, steps=40, seed=5), chase_apples)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def line(page: Any) -> str:
    next_frame(page)
    return str(page.locator(".cnn-arithmetic").inner_text())


def moves(page: Any) -> list[int]:
    next_frame(page)
    return list(page.evaluate("() => model.get('moves')"))


@pytest.mark.parametrize("seed", range(8))
def test_the_page_plays_by_the_rules_of_python(modules: Any, seed: int):
    made = GamePlayer(Orchard(2, steps=45, seed=seed), chase_apples)
    steps = np.random.default_rng(seed).integers(-1, 2, 45).tolist()
    steps[:12] = [1 if seed % 2 else -1] * 12  # as far as the wall
    page = modules.evaluate(PLAY, [made.games[1], steps])
    assert_array_equal(page["rewards"], arrays(made.orchard, 1, steps).rewards)
    for time in (0, 1, 12, 13, 30, 45):
        field = arrays(made.orchard, 1, steps[:time]).field
        assert_array_equal(np.reshape(page["fields"][time], (SIDE, SIDE)), field)


def test_the_game_waits_for_a_key_and_each_is_a_step(show: Show):
    page = show(player())
    field = page.locator("canvas").first
    before = fingerprint(page)
    page.wait_for_timeout(500)
    assert moves(page) == []
    field.focus()
    for key in ("ArrowLeft", "ArrowRight", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert moves(page) == [-1, 1, 0, 1]
    assert fingerprint(page) != before
    assert line(page).startswith("Step 4 of 40.")


def test_buttons_move_and_begin_again(show: Show):
    page = show(player())
    for name in ("← Left", "Stay", "Right →"):
        page.get_by_role("button", name=name).click()
    assert moves(page) == [-1, 0, 1]
    page.get_by_role("button", name="Begin again").click()
    assert moves(page) == []


def test_another_game_begins_at_its_first_step(show: Show):
    page = show(player(moves=[1, 1]))
    page.get_by_label("Game", exact=True).select_option("2")
    assert moves(page) == []
    assert page.evaluate("() => model.get('game')") == 2


def test_time_runs_when_it_is_let_and_stops_at_the_end(show: Show):
    page = show(player(moves=[0] * 37))
    page.get_by_role("button", name="Let time run").click()
    page.keyboard.press("ArrowRight")  # the field has the keys
    page.wait_for_function("() => model.get('moves').length === 40", timeout=5000)
    assert moves(page)[-1] == 1
    page.get_by_role("button", name="Let time run").wait_for()  # it has stopped by itself
    assert "The game is over. Who knows the future can reach" in line(page)
    page.keyboard.press("ArrowLeft")
    assert len(moves(page)) == 40


def test_scores_stand_below_the_fields_as_python_counts_them(show: Show):
    steps = [-1, -1, 0, 1, 1, 1, 0, -1] * 5
    made = player(moves=steps)
    page = show(made)
    next_frame(page)
    own, theirs = (str(text) for text in page.locator("figure p").all_inner_texts())
    assert own.endswith(f"return {made.returns['you']}".replace("-", "−"))
    assert theirs.endswith(f"return {made.returns['agent']}".replace("-", "−"))


def test_the_field_tells_what_is_seen_in_words(show: Show):
    page = show(player())
    label = page.locator("canvas").first.get_attribute("aria-label")
    thing = "apple" if player().orchard.apples[0, 0] else "stone"
    assert label.startswith("your game at step 0: basket in column 8 of 15; " + thing)
    assert "11 steps away" in label
