"""ImageNet's contest of 2010 to 2017: who won, with what error, and how well people do (lesson 09).

The facts stand with their sources in ``tables/ilsvrc.toml``.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Winner:
    """Who won the classification of one year.

    Attributes
    ----------
    year : int
        Of the contest.
    team, method : str
        Who they were, and what they did, in a few words.
    error : float, %
        Top-5 error on the test pictures, learned from the contest's own pictures alone.
    runner_up : str
        The team that came second; empty where no source is given.
    source : str
        Where all this is written.
    with_more_pictures : float, %, or None
        Error of the same team's entry that had learned from other pictures too.
    best_without_network : float, %, or None
        Error of the best entry of that year that was not a convolutional network, where one is given.
    layers : int
        Layers of the deepest network in it; 0 for what came before networks.
    ensemble : bool
        Whether several networks voted.
    networks : int
        How many of them; 0 where the source does not say.
    """

    year: int
    team: str
    method: str
    error: float
    source: str
    runner_up: str = ""
    with_more_pictures: float | None = None
    best_without_network: float | None = None
    layers: int = 0
    ensemble: bool = False
    networks: int = 0


@dataclass(frozen=True)
class Human:
    """How well people did the same task.

    Attributes
    ----------
    error, other_error : float, %
        Top-5 error of one person, and of a second one who had practised less.
    pictures, other_pictures : int
        How many test pictures each of them labelled.
    caveat, source : str
        What to keep in mind, and where it is written.
    """

    error: float
    pictures: int
    other_error: float
    other_pictures: int
    caveat: str
    source: str


@dataclass(frozen=True)
class Sizes:
    """How many pictures and classes the contest had from 2012 on."""

    training_pictures: int
    validation_pictures: int
    test_pictures: int
    classes: int


def winners() -> list[Winner]:
    """List the winners, the first year first.

    Examples
    --------
    >>> [(one.year, one.error) for one in winners() if one.layers][0]
    (2012, 16.4)
    """
    return [Winner(**year) for year in _table()["year"]]


def human() -> Human:
    """Return what is known about people.

    Examples
    --------
    >>> human().error, human().pictures
    (5.1, 1500)
    """
    return Human(**_table()["human"])


def sizes() -> Sizes:
    """Return how large the contest was.

    Examples
    --------
    >>> f"{sizes().training_pictures:,}"
    '1,281,167'
    """
    return Sizes(**{name: _table()[name] for name in Sizes.__dataclass_fields__})


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("cnncourse") / "tables" / "ilsvrc.toml").read_text(encoding="utf-8"))
