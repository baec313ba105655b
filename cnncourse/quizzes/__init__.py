"""Texts of the quizzes, one TOML file a lesson, read strictly.

``02_convolution_by_hand.toml`` holds the quizzes of lesson 02, one table each; ``quiz("02-output-size")`` shows the
table ``[output-size]``. There are three kinds. A *single* choice has one right choice, and every choice says why:

.. code-block:: toml

    [edge-kernel-sum]
    kind = "single"
    objectives = [2, 4]                    # which of the lesson's objectives it asks about
    question = "The weights of an edge kernel sum to 0. What does it answer on an evenly grey wall?"
    hint = "Every pixel of the wall is the same number."                           # optional, folded away
    choices = [
      { text = "The grey of the wall", why = "That takes weights that sum to 1." },
      { text = "0 everywhere", right = true, why = "The same number times weights that sum to 0." },
    ]

A *multiple* choice has one or more right ones, ticked together; ``missed`` nudges towards a right one left unticked:

.. code-block:: toml

    [linear-operations]
    kind = "multiple"
    objectives = [1]
    question = "Which of these are weighted sums with the same weights everywhere?"
    because = "A convolution is linear."                                           # optional
    choices = [
      { text = "Average of a window", right = true, why = "Equal weights.", missed = "What would its weights be?" },
      { text = "Largest value of a window", why = "Which pixel gets weight 1 changes from place to place." },
    ]

A *number* is one number, several, a shape or a small matrix, with reasons for the wrong answers to be expected:

.. code-block:: toml

    [output-size]
    kind = "number"
    objectives = [3]
    question = "A 3 × 3 kernel on a 7 × 7 image, no padding: what is the shape of the answer?"
    answer = [5, 5]                        # or 5, 0.25, "1/9", "5x5", [[0, 1], [2, 3]]
    because = "Along each axis 3 fits into 7 at 7 − 3 + 1 = 5 places."
    wrong = { "7x7" = "That needs padding.", "4x4" = "You forgot the + 1." }       # optional
    otherwise = "Count the places along one axis."                                 # optional
    tolerance = 0                          # optional: largest difference that still counts as right
    unit = "pixels"                        # optional: stands behind the field

Texts know ```code```, ``*emphasis*`` and formulas in plain Unicode; everything else is shown as it stands.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cnncourse.quizzes._fields import Fields, Rows

FOLDER = Path(__file__).parent
KINDS = ("single", "multiple", "number")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Choice:
    """One choice: what it says, why it is right or wrong, and a nudge for when a right one was missed."""

    text: str
    why: str
    right: bool = False
    missed: str = ""


@dataclass(frozen=True)
class QuizText:
    """One quiz as its file has it; of `choices` and `answer` only what its kind needs is filled."""

    name: str
    kind: str
    question: str
    objectives: tuple[int, ...] = ()
    hint: str = ""
    because: str = ""
    choices: tuple[Choice, ...] = ()
    answer: Rows = ()
    wrong: tuple[tuple[Rows, str], ...] = ()
    otherwise: str = ""
    tolerance: float = 0.0
    unit: str = ""


def find_quiz(name: str, folder: Path = FOLDER) -> QuizText:
    """Look a quiz up by its name.

    Parameters
    ----------
    name : str
        Number of the lesson and name of the quiz, such as ``"02-output-size"``.
    folder : Path
        Where the TOML files lie.

    Returns
    -------
    QuizText
        The text, checked.

    Raises
    ------
    ValueError
        If there is no such quiz (the nearest names are suggested), or its file is not in order.
    """
    number, _, key = name.partition("-")
    for path in _files(folder):
        # a fault in another lesson's file is that lesson's business
        if path.name.startswith(f"{number}_") and key in (tables := _tables(path)):
            return _quiz(name, Fields(f"{path.name}, [{key}]", tables[key]))
    known = [f"{path.name[:2]}-{key}" for path in _files(folder) for key in _tables(path)]
    raise ValueError(f"no quiz is called {name!r}; {_nearest(name, known)}")


def read_quizzes(path: Path) -> dict[str, QuizText]:
    """Read and check every quiz of one file.

    Parameters
    ----------
    path : Path
        A file named like ``02_convolution_by_hand.toml``.

    Returns
    -------
    dict
        From names such as ``"02-output-size"`` to texts, in the order of the file.

    Raises
    ------
    ValueError
        If something is not in order; the message names file, quiz and key.
    """
    names = {key: f"{path.name[:2]}-{key}" for key in _tables(path)}
    return {names[k]: _quiz(names[k], Fields(f"{path.name}, [{k}]", t)) for k, t in _tables(path).items()}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9]_*.toml"))


def _tables(path: Path) -> dict[str, object]:
    if not re.fullmatch(r"\d\d_\w+\.toml", path.name):
        raise ValueError(f"{path.name}: expected two digits and the lesson's name, such as 02_convolution_by_hand.toml")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not TOML: {error}") from error
    for key in tables:
        if not _NAME.fullmatch(key):
            raise ValueError(f"{path.name}, [{key}]: a quiz is named in lower-case letters, digits and hyphens")
    return tables


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(repr(match) for match in near) + "?"
    same = [other for other in known if other[:3] == name[:3]] or known
    return f"there are {', '.join(same)}" if same else "there are no quizzes installed"


class _Asked(NamedTuple):
    """What every quiz has, whatever its kind; the first fields of `QuizText`."""

    name: str
    kind: str
    question: str
    objectives: tuple[int, ...]
    hint: str


def _quiz(name: str, fields: Fields) -> QuizText:
    kind = fields.text("kind", choices=KINDS)
    asked = _Asked(name, kind, fields.text("question"), fields.counts("objectives"), fields.text("hint", ""))
    if kind == "number":
        return _number(asked, fields)
    choices, because = _choices(kind, fields), fields.text("because", "")
    fields.finish()
    return QuizText(*asked, because=because, choices=choices)


def _choices(kind: str, fields: Fields) -> tuple[Choice, ...]:
    choices = tuple(_choice(kind, entry) for entry in fields.tables("choices"))
    right = sum(choice.right for choice in choices)
    if not 2 <= len(choices) <= 6:
        raise fields.error("choices", "2 to 6 choices", f"{len(choices)}")
    if right == 0 or (kind == "single" and right > 1):
        wanted = "exactly one choice" if kind == "single" else "at least one choice"
        raise fields.error("choices", f"{wanted} with right = true", f"{right}")
    if len({choice.text for choice in choices}) < len(choices):
        raise fields.error("choices", "choices that differ", "two with the same text")
    return choices


def _choice(kind: str, fields: Fields) -> Choice:
    choice = Choice(fields.text("text"), fields.text("why"), fields.flag("right"), fields.text("missed", ""))
    if choice.missed and (kind == "single" or not choice.right):
        raise fields.error("missed", "it on right choices of a multiple choice only", "it elsewhere")
    fields.finish()
    return choice


def _number(asked: _Asked, fields: Fields) -> QuizText:
    answer, tolerance = fields.rows("answer"), fields.number("tolerance", 0.0)
    wrong = fields.reasons("wrong")
    if any(rows == answer for rows, _ in wrong):
        raise fields.error("wrong", "answers other than the right one", "the right one too")
    because, otherwise, unit = fields.text("because"), fields.text("otherwise", ""), fields.text("unit", "")
    fields.finish()
    return QuizText(
        *asked, because=because,
        answer=answer, wrong=wrong, otherwise=otherwise, tolerance=tolerance, unit=unit,
    )  # fmt: skip
