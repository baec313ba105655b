"""What a plausible wrong answer is; `tests.exercises.wrong` holds a module of them for each lesson."""

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer: what is wrong with it, the whole answer cell, and part of the message that it must earn."""

    title: str
    source: str
    says: str
