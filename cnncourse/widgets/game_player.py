"""Apples and stones for two: the learner plays with the keyboard, beside an agent that played before (lesson 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.applications.orchard import Orchard
from cnncourse.applications.orchard_play import Policy, best_returns, watch
from cnncourse.widgets._base import Explorer, SettingError, Whole, join_modules, join_styles
from cnncourse.widgets._still import Panel

__all__ = ["GamePlayer", "Played", "arrays"]

MOST_GAMES = 20  # that a page offers


class Played(NamedTuple):
    """A game after some moves.

    Attributes
    ----------
    field : array, shape (15, 15), 0 or 1
        What is seen.
    rewards : array, shape (moves,)
        What each move brought.
    """

    field: NDArray[np.float32]
    rewards: NDArray[np.float64]


def arrays(orchard: Orchard, game: int, moves: Sequence[int]) -> Played:
    """Play one game out of several, by given moves.

    Parameters
    ----------
    orchard : Orchard
        The games; begun anew.
    game : int
        Which one.
    moves : sequence of int
        −1 left, 0 stay, 1 right; the other games stay.

    Returns
    -------
    Played
        The field behind the last move, and the rewards.

    Examples
    --------
    >>> arrays(Orchard(3), 1, [-1, -1, 0]).rewards
    array([0., 0., 0.])
    """
    orchard.reset()
    actions = np.ones(orchard.games, dtype=int)
    rewards = []
    for move in moves:
        actions[game] = 1 + move
        rewards.append(orchard.step(actions).rewards[game])
    return Played(orchard.picture()[game], np.array(rewards, dtype=float))


class GamePlayer(Explorer):
    """The game of lesson 11 with the arrow keys, and the same game as an agent played it; all of it runs in the page.

    The game waits for each move, unless time is let run.

    Parameters
    ----------
    orchard : Orchard
        The games to choose from, up to 20.
    policy : function
        The agent's; it plays all games once, now.

    Attributes
    ----------
    game : int
        Which game is played, counted from 0.
    moves : list of int
        The learner's so far: −1 left, 0 stay, 1 right.

    Raises
    ------
    ValueError
        If there are too many games, no such game, or moves that are none.

    Examples
    --------
    >>> player = GamePlayer(Orchard(2, steps=12), lambda pictures: [1] * len(pictures))
    >>> player.moves = [1, 1, 0]
    >>> player.returns
    {'you': 0, 'agent': 0}
    """

    _esm = join_modules("game_player.js")
    _css = join_styles("explorer.css")

    games = traitlets.List(traitlets.List(traitlets.Dict())).tag(sync=True)
    agent = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    best = traitlets.List(traitlets.Int()).tag(sync=True)
    game = Whole(0, least=0, why="games are counted from 0").tag(sync=True)
    moves = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(self, orchard: Orchard, policy: Policy) -> None:
        if orchard.games > MOST_GAMES:
            raise SettingError(f"expected up to {MOST_GAMES} games to choose from, got {orchard.games}")
        self.orchard = orchard
        played = np.stack([moment.actions for moment in watch(orchard, policy)], axis=1) - 1  # (games, steps)
        parts = zip(orchard.starts.tolist(), orchard.drifts.tolist(), orchard.apples.tolist(), strict=True)
        games = [
            [{"start": s, "drift": d, "apple": a} for s, d, a in zip(*part, strict=True)] for part in parts
        ]  # a thing an entry
        best = [int(one) for one in best_returns(orchard)]
        super().__init__(games=games, agent=played.tolist(), best=best)
        self._tell()
        self.observe(lambda change: self._tell(), ["game", "moves"])

    @property
    def returns(self) -> dict[str, int]:
        """What the learner and the agent have reached so far in this game."""
        theirs = self.agent[self.game][: len(self.moves)]
        played = {"you": self.moves, "agent": theirs}
        return {who: int(arrays(self.orchard, self.game, moves).rewards.sum()) for who, moves in played.items()}

    @traitlets.validate("game")
    def _check_game(self, proposal: Any) -> int:
        if proposal["value"] >= self.orchard.games:
            raise SettingError(f"expected a game from 0 to {self.orchard.games - 1}, got {proposal['value']}")
        return int(proposal["value"])

    @traitlets.validate("moves")
    def _check_moves(self, proposal: Any) -> list[int]:
        moves = list(proposal["value"])
        if len(moves) > self.orchard.steps or not set(moves) <= {-1, 0, 1}:
            raise SettingError(
                f"expected up to {self.orchard.steps} moves out of −1 left, 0 stay, 1 right; got {len(moves)} moves "
                f"with values {sorted(set(moves))}"
            )
        return moves

    def _tell(self) -> None:
        returns = self.returns
        self.description = (
            f"A game of apples and stones, number {self.game + 1} of {self.orchard.games}, at step {len(self.moves)} "
            f"of {self.orchard.steps}: two fields of 15 × 15 pixels, the learner's and the agent's. Return so far: "
            f"you {returns['you']}, the agent {returns['agent']}; possible in the end {self.best[self.game]}."
        )

    def panels(self) -> Sequence[Panel]:
        """Return both fields for the still picture."""
        theirs = self.agent[self.game][: len(self.moves)]
        fields = (arrays(self.orchard, self.game, moves).field for moves in (self.moves, theirs))
        return [
            Panel(title, np.asarray(field, dtype=float))
            for title, field in zip(("You", "The agent"), fields, strict=True)
        ]
