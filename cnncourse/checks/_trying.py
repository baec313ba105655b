"""Trying a learner's answer here and now, in the learner's own notebook."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnncourse.checks._exercise import Answer, Case, Exercise

__all__ = ["try_out"]


def try_out(exercise: Exercise, entry: Any, cases: Sequence[Case]) -> list[Answer]:
    """Call the learner's function with every case, or take the learner's value.

    Parameters
    ----------
    exercise : Exercise
        What is tried.
    entry : object
        What the learner's cell has bound: a function, a value, or what the exercise's probe takes.
    cases : sequence of Case
        What to try it on.

    Returns
    -------
    list of Answer
        One a case; an error is an answer too.
    """
    if exercise.kind == "value":
        return [Answer(to_data(entry)) for _ in cases]
    if not callable(entry) and exercise.probe is None:
        return [Answer(error=f"TypeError: expected a function, got {type(entry).__name__}") for _ in cases]
    return [_call(exercise, entry, case) for case in cases]


def _call(exercise: Exercise, entry: Any, case: Case) -> Answer:
    arguments, keywords = copy.deepcopy((case.arguments, dict(case.keywords)))
    try:
        if exercise.probe is None:
            value = entry(*arguments, **keywords)
        else:
            value = exercise.probe(entry, *arguments, **keywords)
        return Answer(to_data(value), changed=not _same((arguments, keywords), (case.arguments, dict(case.keywords))))
    except Exception as error:  # the learner's function may do anything; the check says what it did
        return Answer(error=_in_words(error))


def to_data(value: Any) -> Any:
    """Turn tensors into arrays; all else stays, and the judge says what it thinks of it."""
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        return value.detach().cpu().numpy()
    if isinstance(value, (tuple, list)):
        return type(value)(to_data(one) for one in value) if type(value) in (tuple, list) else list(value)
    if isinstance(value, dict):
        return {key: to_data(one) for key, one in value.items()}
    return value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    return True  # numbers and text cannot be changed in place


def _in_words(error: Exception) -> str:
    own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if not _of_the_course(frame.filename)]
    line = f" (line {own[0]})" if own else ""
    return f"{type(error).__name__}: {error}{line}"


def _of_the_course(file: str) -> bool:
    return file == __file__
