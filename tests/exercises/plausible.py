"""What a plausible wrong answer is; `tests.exercises.wrong` holds a module of them for each lesson."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from cnncourse.checks import Exercise


class Wrong(NamedTuple):
    """A wrong answer: what is wrong with it, the whole answer cell, and part of the message that it must earn."""

    title: str
    source: str
    says: str


def wrong_answers(exercise: Exercise) -> list[Wrong]:
    """Return the plausible wrong answers to an exercise."""
    found: dict[str, list[Wrong]] = importlib.import_module(f"tests.exercises.wrong.lesson{exercise.name[:2]}").WRONG
    return found[exercise.name]
