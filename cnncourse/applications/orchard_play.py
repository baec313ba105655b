"""Playing apples and stones: returns, policies that need no learning, and the best that is possible (lesson 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.applications.orchard import ACTIONS, APPLE, FALL, REACH, SIDE, Floats, Orchard, Whole

Policy = Callable[[Floats], ArrayLike]  # pictures, shape (games, 2, SIDE, SIDE), to an action a game


class Moment(NamedTuple):
    """One step of a game that was watched.

    Attributes
    ----------
    pictures : array of float32, shape (games, 2, SIDE, SIDE)
        What was seen before the step.
    actions : array of int64, shape (games,)
        What was done.
    rewards : array of float32, shape (games,)
        What it brought.
    """

    pictures: Floats
    actions: Whole
    rewards: Floats


def watch(orchard: Orchard, policy: Policy) -> Iterator[Moment]:
    """Play games from the beginning to the end, a moment at a time (lesson 11)."""
    pictures = orchard.reset()
    for _ in range(orchard.steps):
        actions = np.asarray(policy(pictures))
        seen, rewards = orchard.step(actions)
        yield Moment(pictures, actions, rewards)
        pictures = seen


def play(orchard: Orchard, policy: Policy) -> NDArray[np.float64]:
    """Play games from the beginning to the end, and add up what they bring (lesson 11).

    Parameters
    ----------
    orchard : Orchard
        The games; begun anew.
    policy : function
        Gives an action a game for pictures of shape (games, 2, SIDE, SIDE). It sees nothing else.

    Returns
    -------
    array, shape (games,)
        The return of each game: apples caught minus stones caught.

    Examples
    --------
    A basket that never moves catches as many stones as apples, about:

    >>> stay = lambda pictures: np.ones(len(pictures), dtype=int)
    >>> bool(abs(play(Orchard(games=2000), stay).mean()) < 0.2)
    True
    """
    return np.sum([moment.rewards for moment in watch(orchard, policy)], axis=0, dtype=np.float64)


def best_returns(orchard: Orchard) -> NDArray[np.float64]:
    """Compute the highest return that any play can reach, knowing all that will fall (lesson 11).

    Backwards from the last step: what a place of the basket is worth is what arrives there, plus the most that is to
    be had from the places within one step (dynamic programming [1]_).

    Parameters
    ----------
    orchard : Orchard
        The games; left as they are.

    Returns
    -------
    array, shape (games,)
        A ceiling: nobody who sees only pictures can know what has not begun to fall.

    References
    ----------
    .. [1] R. Bellman, "Dynamic Programming", Princeton University Press, 1957.
    """
    places = np.arange(REACH, SIDE - REACH)
    worth = np.zeros((orchard.games, len(places)))
    for time in range(orchard.steps, 0, -1):
        thing = orchard.arriving(time)
        if thing is not None:
            caught = np.abs(orchard.columns(thing, FALL)[:, None] - places) <= REACH
            worth = worth + caught * np.where(orchard.apples[:, thing, None], 1, -1)
        framed = np.pad(worth, ((0, 0), (1, 1)), mode="edge")  # at a wall, a step outwards is none
        worth = np.maximum(worth, np.maximum(framed[:, :-2], framed[:, 2:]))
    return np.asarray(worth[:, SIDE // 2 - REACH])


def chase_apples(pictures: Floats) -> Whole:
    """Move under the lowest apple: a policy by hand, with the pattern search of lesson 02 (lesson 11).

    Parameters
    ----------
    pictures : array, shape (games, 2, SIDE, SIDE)
        Before and now; only now is looked at.

    Returns
    -------
    array of int64, shape (games,)
        Actions; stay where no apple is seen.
    """
    now = pictures[:, -1]
    windows = np.lib.stride_tricks.sliding_window_view(now, APPLE.shape, axis=(1, 2))  # (games, rows, columns, 3, 3)
    found = np.einsum("grcij,ij->grc", windows, 2 * APPLE - 1) == APPLE.sum()
    baskets = np.argmax(now[:, -1], axis=1) + REACH
    lowest = found.shape[1] - 1 - found.any(axis=2)[:, ::-1].argmax(axis=1)
    columns = found[np.arange(len(now)), lowest].argmax(axis=1) + 1
    towards = np.sign(columns - baskets) + 1
    return np.where(found.any(axis=(1, 2)), towards, ACTIONS.index("stay")).astype(np.int64)


def at_random(seed: int = 0) -> Policy:
    """Make a policy that looks at nothing, and chooses each action as often as any other (lesson 11)."""
    chance = np.random.default_rng(seed)
    return lambda pictures: chance.integers(len(ACTIONS), size=len(pictures))
