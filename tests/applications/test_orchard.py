"""Tests of the game of apples and stones, and of those who play it without learning."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse.applications.orchard import APPLE, FALL, GAP, REACH, SIDE, STONE, Orchard
from cnncourse.applications.orchard_play import at_random, best_returns, chase_apples, play, watch

STAY = 1


def lone(start, drift, *, apple=True, steps=FALL):
    """Make one game in which a single thing falls that matters: it arrives with the last step."""
    orchard = Orchard(1, steps=steps)
    orchard.starts[:], orchard.drifts[:], orchard.apples[:] = start, drift, apple
    orchard.reset()
    return orchard


def test_apples_and_stones_have_as_many_bright_pixels():
    assert APPLE.sum() == STONE.sum()
    assert (APPLE != STONE).any()


def test_the_first_picture_shows_a_thing_at_the_top_and_the_basket_in_the_middle():
    field = lone(4, 0, apple=False).picture()[0]
    expected = np.zeros((SIDE, SIDE))
    expected[:3, 3:6] = STONE
    expected[SIDE - 1, SIDE // 2 - REACH : SIDE // 2 + REACH + 1] = 1
    expected[SIDE - 2, [SIDE // 2 - REACH, SIDE // 2 + REACH]] = 1
    assert_array_equal(field, expected)


def test_a_thing_falls_by_a_row_drifts_and_bounces_off_the_wall():
    orchard = lone(SIDE - 3, 1)
    assert [int(orchard.columns(0, age)[0]) for age in range(5)] == [12, 13, 12, 11, 10]
    orchard.step([STAY])
    assert_array_equal(orchard.picture()[0, 1:4, 12:15], APPLE)


def test_at_the_left_wall_it_bounces_too():
    assert [int(lone(2, -1).columns(0, age)[0]) for age in range(4)] == [2, 1, 2, 3]


def test_two_pictures_are_seen_before_and_now():
    orchard = lone(4, 0)
    first = orchard.reset()
    assert_array_equal(first[:, 0], first[:, 1])  # nothing was before
    then = orchard.step([2]).pictures
    assert_array_equal(then[:, 0], first[:, 1])
    assert_array_equal(then[:, 1], orchard.picture())
    assert then.dtype == np.float32


@pytest.mark.parametrize("away", range(5))
def test_an_apple_is_caught_up_to_two_columns_beside_the_middle(away):
    returns = play(lone(SIDE // 2 - away, 0), lambda pictures: [STAY])
    assert returns == (1 if away <= REACH else 0)


def test_a_caught_stone_costs_one():
    assert play(lone(SIDE // 2, 0, apple=False), lambda pictures: [STAY]) == -1


def test_the_reward_comes_with_the_step_of_the_arrival_and_no_other():
    rewards = [moment.rewards[0] for moment in watch(lone(SIDE // 2, 0, steps=FALL + GAP - 1), lambda seen: [STAY])]
    assert rewards == [0] * (FALL - 1) + [1] + [0] * (GAP - 1)


def test_what_has_arrived_is_seen_no_more():
    orchard = lone(SIDE // 2, 0, steps=FALL + 1)
    for _ in range(FALL):
        orchard.step([0])
    assert orchard.picture()[0, FALL : SIDE - 2].sum() == 0


@pytest.mark.parametrize(("action", "column"), [(0, REACH), (1, SIDE // 2), (2, SIDE - 1 - REACH)])
def test_the_basket_moves_as_told_and_stops_at_the_walls(action, column):
    orchard = lone(4, 0)
    for _ in range(FALL):
        orchard.step([action])
    assert orchard.baskets[0] == column


def test_the_same_seed_gives_the_same_games_and_another_others():
    one, same, other = (Orchard(6, seed=seed) for seed in (3, 3, 4))
    assert_array_equal(one.starts, same.starts)
    assert (one.starts != other.starts).any()
    policy = chase_apples
    assert_array_equal(play(one, policy), play(same, policy))


def test_games_side_by_side_do_not_touch_one_another():
    three = Orchard(3, seed=8)
    together = play(three, chase_apples)
    for place in range(3):
        alone = Orchard(1, seed=0)
        for name in ("starts", "drifts", "apples"):
            setattr(alone, name, getattr(three, name)[place : place + 1])
        assert play(alone, chase_apples) == together[place]


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_the_best_return_is_that_of_the_best_of_all_plays(drift):
    orchard = Orchard(4, steps=FALL + 1, seed=1)
    orchard.starts[:, 0], orchard.drifts[:, 0] = [1, 2, 12, 13], drift
    orchard.apples[:, 0] = [True, True, True, False]
    paths = []
    for moves in product((-1, 0, 1), repeat=5):  # five moves, then straight on as far as the last one led
        policy = iter([*moves, *[moves[-1]] * (FALL - 4)])
        paths.append(play(orchard, lambda seen, policy=policy: [1 + next(policy)] * 4))
    assert_array_equal(best_returns(orchard), np.max(paths, axis=0))


def test_nobody_beats_the_best_return():
    orchard = Orchard(40, seed=2)
    best = best_returns(orchard)
    for policy in (chase_apples, at_random(1), lambda seen: np.ones(len(seen), dtype=int)):
        assert (play(orchard, policy) <= best).all()


def test_the_rule_by_hand_goes_under_the_lowest_apple_and_takes_no_stone_for_one():
    field = np.zeros((4, 2, SIDE, SIDE), dtype=np.float32)
    field[:, 1, SIDE - 1, 5:10] = 1  # basket, middle 7
    field[0, 1, 8:11, 1:4] = APPLE
    field[0, 1, 2:5, 10:13] = APPLE  # higher
    field[1, 1, 4:7, 9:12] = APPLE
    field[1, 1, 9:12, 1:4] = STONE
    field[2, 1, 9:12, 1:4] = STONE
    field[3, 1, 5:8, 6:9] = APPLE  # straight above
    assert_array_equal(chase_apples(field), [0, 2, 1, 1])


def test_chance_brings_nothing_and_the_rule_by_hand_much():
    orchard = Orchard(300, seed=5)
    assert abs(play(orchard, at_random(0)).mean()) < 0.5
    assert play(orchard, chase_apples).mean() > 4
    assert play(orchard, chase_apples).mean() < best_returns(orchard).mean() - 2


@pytest.mark.parametrize("actions", [[0, 1], [[0], [1], [2]], [0, 1, 3], [0, 1, -1], [0, 1, 0.5], 1])
def test_what_is_no_action_for_each_game_is_refused(actions):
    with pytest.raises(ValueError, match="an action for each of 3 games"):
        Orchard(3).step(actions)


def test_after_the_last_step_the_game_is_over():
    orchard = Orchard(1, steps=1)
    orchard.step([1])
    with pytest.raises(ValueError, match="over after 1 steps; try: reset"):
        orchard.step([1])


@pytest.mark.parametrize(("games", "steps"), [(0, 5), (5, 0)])
def test_no_game_or_no_step_is_refused(games, steps):
    with pytest.raises(ValueError, match="at least one"):
        Orchard(games, steps=steps)
