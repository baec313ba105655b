"""Apples and stones: a small game that is seen as pictures only, many games at once (lesson 11).

Things fall, one row a step; half of them are apples, half are stones, and they differ in shape alone. Each drifts to
the left, to the right or not at all, and bounces off the walls. A basket at the bottom moves by one column a step. A
caught apple counts 1, a caught stone −1, and what falls beside the basket nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

SIDE = 15  # pixels: height and width of the field
FALL = SIDE - 4  # steps from the first picture of a thing until it reaches the basket
GAP = 5  # steps from one thing to the next
REACH = 2  # columns on either side of the basket's middle
ACTIONS = ("left", "stay", "right")
APPLE = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.float32)
STONE = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=np.float32)  # as many bright pixels as an apple
BASKET = np.array([[1, 0, 0, 0, 1], [1, 1, 1, 1, 1]], dtype=np.float32)


class Step(NamedTuple):
    """What one step brings.

    Attributes
    ----------
    pictures : array of float32, shape (games, 2, SIDE, SIDE), 0 or 1
        The field before the step and after it.
    rewards : array of float32, shape (games,)
        1, 0 or −1.
    """

    pictures: Floats
    rewards: Floats


class Orchard:
    """Many games of apples and stones, played side by side.

    Parameters
    ----------
    games : int
        How many.
    steps : int
        Of a game.
    seed : int
        Of what falls; the same seed gives the same games, whatever the basket does.

    Attributes
    ----------
    starts, drifts : array of int64, shape (games, things)
        Where each thing begins to fall, as a column, and by how many columns a step it drifts.
    apples : array of bool, shape (games, things)
        Which things are apples.
    baskets : array of int64, shape (games,)
        The middle column of each basket.
    time : int
        Steps done.

    Raises
    ------
    ValueError
        If there is no game, or it has no step; while playing, if an action is none, or the games are over.

    Examples
    --------
    >>> orchard = Orchard(games=7, steps=60)
    >>> orchard.reset().shape
    (7, 2, 15, 15)
    >>> orchard.step([0] * 7).rewards
    array([0., 0., 0., 0., 0., 0., 0.], dtype=float32)
    """

    def __init__(self, games: int = 1, *, steps: int = 100, seed: int = 0) -> None:
        if games < 1 or steps < 1:
            raise ValueError(f"expected at least one game of at least one step, got {games} of {steps}")
        self.games, self.steps = games, steps
        chance = np.random.default_rng(seed)
        things = games, (steps - 1) // GAP + 1
        self.starts = chance.integers(1, SIDE - 1, things)
        self.drifts = chance.integers(-1, 2, things)
        self.apples = chance.random(things) < 0.5
        self.reset()

    def reset(self) -> Floats:
        """Begin the same games again, and give their first pictures."""
        self.time, self.baskets = 0, np.full(self.games, SIDE // 2)
        self._before = self.picture()
        return self._seen()

    def step(self, actions: ArrayLike) -> Step:
        """Move every basket, let everything fall by a row, and count what arrives.

        Parameters
        ----------
        actions : array of int, shape (games,)
            For each game a place in `ACTIONS`: 0 left, 1 stay, 2 right.

        Returns
        -------
        Step
            Pictures and rewards.
        """
        moves = self._checked(actions) - 1
        self.baskets = np.clip(self.baskets + moves, REACH, SIDE - 1 - REACH)
        self.time += 1
        return Step(self._seen(), self._arrived())

    def picture(self) -> Floats:
        """Draw the field as it is, shape (games, SIDE, SIDE), 0 or 1."""
        field = np.zeros((self.games, SIDE, SIDE), dtype=np.float32)
        for thing in self._falling():
            age = self.time - thing * GAP
            shapes = np.where(self.apples[:, thing, None, None], APPLE, STONE)
            self._lay(field, shapes, age, self.columns(thing, age) - 1)
        self._lay(field, np.broadcast_to(BASKET, (self.games, *BASKET.shape)), SIDE - 2, self.baskets - REACH)
        return field

    def columns(self, thing: int, age: int) -> Whole:
        """Tell in which column a thing is after so many steps, shape (games,); at a wall it turns round."""
        span = SIDE - 3  # columns from the leftmost place of a thing's middle to the rightmost
        along = (self.starts[:, thing] - 1 + self.drifts[:, thing] * age) % (2 * span)
        return np.asarray(1 + np.minimum(along, 2 * span - along))

    def arriving(self, time: int) -> int | None:
        """Tell which thing reaches the basket at a time, if one does."""
        thing, late = divmod(time - FALL, GAP)
        return thing if thing >= 0 and late == 0 else None

    def _falling(self) -> range:
        return range(max(0, (self.time - FALL) // GAP + 1), min(self.time // GAP + 1, self.starts.shape[1]))

    def _lay(self, field: Floats, shapes: Floats, top: int, lefts: Whole) -> None:
        """Draw a small shape into every game; what is bright stays bright."""
        games = np.arange(self.games)
        for (down, right), _ in np.ndenumerate(shapes[0]):
            column = lefts + right
            field[games, top + down, column] = np.maximum(field[games, top + down, column], shapes[:, down, right])

    def _seen(self) -> Floats:
        now = self.picture()
        both, self._before = np.stack([self._before, now], axis=1), now  # (games, 2, SIDE, SIDE)
        return both

    def _arrived(self) -> Floats:
        thing = self.arriving(self.time)
        if thing is None:
            return np.zeros(self.games, dtype=np.float32)
        caught = np.abs(self.columns(thing, FALL) - self.baskets) <= REACH
        return (caught * np.where(self.apples[:, thing], 1, -1)).astype(np.float32)

    def _checked(self, actions: ArrayLike) -> Whole:
        chosen = np.asarray(actions)
        if self.time >= self.steps:
            raise ValueError(f"these games are over after {self.steps} steps; try: reset()")
        if chosen.shape != (self.games,) or not np.isin(chosen, range(len(ACTIONS))).all():
            raise ValueError(
                f"expected an action for each of {self.games} games, 0 left, 1 stay or 2 right; got shape "
                f"{chosen.shape} with values {np.unique(chosen).tolist()}"
            )
        return chosen.astype(np.int64)
