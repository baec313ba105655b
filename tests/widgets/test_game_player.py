"""Tests of the game player's Python side."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse.applications.orchard import FALL, Orchard
from cnncourse.applications.orchard_play import best_returns, chase_apples, play, watch
from cnncourse.widgets import GamePlayer
from cnncourse.widgets.game_player import arrays


def test_moves_make_the_same_game_as_its_steps():
    orchard = Orchard(3, steps=40, seed=5)
    moments = list(watch(orchard, chase_apples))
    moves = [moment.actions[2] - 1 for moment in moments]
    played = arrays(orchard, 2, moves)
    assert_array_equal(played.rewards, [moment.rewards[2] for moment in moments])
    assert_array_equal(arrays(orchard, 2, moves[:17]).field, moments[17].pictures[2, 1])


def test_the_agent_plays_all_games_and_what_is_possible_is_told():
    orchard = Orchard(4, steps=50, seed=7)
    player = GamePlayer(orchard, chase_apples)
    assert np.shape(player.agent) == (4, 50)
    expected = play(orchard, chase_apples)
    for game in range(4):
        player.game, player.moves = game, [0] * 50
        assert player.returns["agent"] == expected[game]
        assert player.best[game] == best_returns(orchard)[game]
    assert f"possible in the end {player.best[3]}" in player.description


def test_the_words_say_where_the_game_stands():
    player = GamePlayer(Orchard(2, steps=30, seed=1), chase_apples)
    assert "number 1 of 2, at step 0 of 30" in player.description
    player.game, player.moves = 1, [1] * FALL
    assert f"number 2 of 2, at step {FALL} of 30" in player.description
    assert f"you {player.returns['you']}, the agent {player.returns['agent']}" in player.description


def test_the_still_picture_shows_both_fields():
    player = GamePlayer(Orchard(2, steps=30, seed=1), chase_apples)
    player.moves = [-1, -1, -1]
    own, agents = player.panels()
    assert (own.title, agents.title) == ("You", "The agent")
    assert_array_equal(own.array[-1, 2:7], 1)  # the basket, three columns to the left
    assert own.array[-1, 7:].sum() == 0


@pytest.mark.parametrize("moves", [[2], [0, -2], [0] * 31])
def test_moves_that_are_none_are_refused(moves):
    player = GamePlayer(Orchard(1, steps=30), chase_apples)
    with pytest.raises(ValueError, match="up to 30 moves out of −1 left, 0 stay, 1 right"):
        player.moves = moves


@pytest.mark.parametrize("game", [2, -1, 0.5])
def test_a_game_that_is_not_there_is_refused(game):
    player = GamePlayer(Orchard(2, steps=30), chase_apples)
    with pytest.raises(ValueError, match="expected"):
        player.game = game


def test_too_many_games_are_refused():
    with pytest.raises(ValueError, match="up to 20 games to choose from, got 21"):
        GamePlayer(Orchard(21), chase_apples)
