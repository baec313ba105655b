"""What judges have in common: kind and shape of the data, right or wrong, and which slip it was.

A judge knows right answers through a library's own function, or through a property that only right answers have; there
is no text of a solution here. `compare` does what most judges need. A `Slip` is a wrong way of thinking that is worth a
sentence of its own: what it would have given is compared with what came.
"""

from __future__ import annotations

import builtins
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Finding

__all__ = ["Slip", "brief", "compare", "find_fault", "matches", "read_array", "show", "stopped"]

KINDS = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)}
MOST_SHOWN = 49  # numbers of an array that are shown whole


@dataclass(frozen=True)
class Slip:
    """A wrong way to an answer, and what to say about it.

    Attributes
    ----------
    message : str
        What went wrong, and what to think about; it does not give the answer.
    gives : callable
        Called like the function that the learner writes: what this way of thinking gives. It may raise: that matches
        nothing.
    """

    message: str
    gives: Callable[..., Any]


def compare(
    cases: Sequence[Case],
    answers: Sequence[Answer],
    right: Callable[..., Any],
    *,
    what: str,
    slips: Sequence[Slip] = (),
    tolerance: float = 1e-6,
) -> Iterator[Finding]:
    """Compare answers with right ones, and name the slip if they are wrong.

    Parameters
    ----------
    cases, answers : sequences of the same length
        What was asked, and what came back.
    right : callable
        Called with a case's arguments and keywords: a number, text, array, or tuple of these.
    what : str
        What the learner makes, such as ``"the feature map"``, for the messages.
    slips : sequence of Slip
        Known wrong ways; the first one that explains every answer is named.
    tolerance : float
        Largest difference, absolute and relative, that still counts as equal.

    Yields
    ------
    Finding
        One, with the whole share.
    """
    for case, answer in zip(cases, answers, strict=True):
        expected = right(*case.arguments, **case.keywords)
        fault = find_fault(answer, expected, what)
        if fault or not matches(answer.value, expected, tolerance):
            slip = _find_slip(cases, answers, slips, right, tolerance)
            message = slip or fault or f"Not right yet: {what} differs from what it should be{_where(case)}."
            yield Finding(False, message, detail=_in_detail(case, answer, expected, _names(right)))
            return
    if any(answer.changed for answer in answers):
        yield Finding(False, "Your code changes its inputs. Work on a copy: others may still need the original.")
        return
    yield Finding(
        True, f"{what[0].upper()}{what[1:]} is right in all {len(cases)} cases." if len(cases) > 1 else "Right."
    )


def find_fault(answer: Answer, expected: Any, what: str) -> str:
    """Say what keeps an answer from being compared at all: an error, nothing, another kind or shape; or ""."""
    if answer.error:
        return stopped(answer.error)
    if answer.value is None:
        return f"Nothing came back: {what} is None. Is there a `return`, and is the stub replaced?"
    if isinstance(expected, (tuple, list)):
        return _sequence_fault(answer.value, expected, what)
    if isinstance(expected, str):
        found = type(answer.value).__name__
        return "" if isinstance(answer.value, str) else f"Expected text for {what}, got {found}."
    return _array_fault(answer.value, np.asarray(expected), what)


def _sequence_fault(value: Any, expected: Sequence[Any], what: str) -> str:
    if not isinstance(value, (tuple, list, np.ndarray)) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return f"Expected {len(expected)} values for {what}, got {_kind(value)}."
    if len(value) != len(expected):
        return f"Expected {len(expected)} values for {what}, got {len(value)}."
    faults = (
        find_fault(Answer(one), other, f"value {place} of {what}")
        for place, (one, other) in enumerate(zip(value, expected, strict=True), 1)
    )
    return next((fault for fault in faults if fault), "")


def _array_fault(value: Any, expected: NDArray[Any], what: str) -> str:
    array = read_array(value)
    if array is None:
        return f"Expected numbers for {what}, got {_kind(value)}."
    if array.ndim != expected.ndim:
        wanted = f"an array of {expected.ndim} axes" if expected.ndim else "a single number"
        return f"Another kind of result: {what} should be {wanted}."
    if array.shape != expected.shape:
        return f"The shape of {what} is not right: how large does it have to be for this input?"
    if np.isnan(array).any() and not np.isnan(expected.astype(float)).any():
        return f"There is a NaN in {what}: is something divided by zero, or never filled in?"
    return ""


def read_array(value: Any) -> NDArray[Any] | None:
    """Read data as an array of numbers or truth values, or None if it is something else."""
    if isinstance(value, (str, bytes, dict)) or value is None:
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biufc" else None


def matches(value: Any, expected: Any, tolerance: float = 1e-6) -> bool:
    """Say whether data equal what is expected: kinds, shapes, and numbers up to a tolerance."""
    if isinstance(expected, str):
        return isinstance(value, str) and value.strip().casefold() == expected.strip().casefold()
    if isinstance(expected, (tuple, list)):
        if not isinstance(value, (tuple, list, np.ndarray)) or len(value) != len(expected):
            return False
        return all(matches(one, other, tolerance) for one, other in zip(value, expected, strict=True))
    array, right = read_array(value), np.asarray(expected)
    if array is None or array.shape != right.shape:
        return False
    return bool(np.allclose(array, right, rtol=tolerance, atol=tolerance, equal_nan=True))


def _find_slip(
    cases: Sequence[Case],
    answers: Sequence[Answer],
    slips: Sequence[Slip],
    right: Callable[..., Any],
    tolerance: float,
) -> str:
    """Name the slip that explains every answer, and not only those that are right all the same."""
    for slip in slips:
        explained = [_given_by(slip, case, answer, tolerance) for case, answer in zip(cases, answers, strict=True)]
        if all(explained):
            return slip.message
    return ""


def _given_by(slip: Slip, case: Case, answer: Answer, tolerance: float) -> bool:
    try:
        return not answer.error and matches(answer.value, slip.gives(*case.arguments, **case.keywords), tolerance)
    except Exception:  # a wrong way may break down on an input; then it does not explain the answer
        return False


def stopped(error: str, what: str = "Your code") -> str:
    """Say that something stopped with an error, or that there is nothing yet where a stub still stands.

    Examples
    --------
    >>> stopped("KeyError: 'there' (line 2)")
    'Your code stopped with a KeyError in line 2.'
    >>> stopped("NotImplementedError:  (line 2)")
    'There is no answer here yet.'
    """
    if error.partition(":")[0].strip() == "NotImplementedError":
        return "There is no answer here yet."
    return f"{what} stopped with {brief(error)}."


def brief(error: str) -> str:
    """Shorten an error to its kind and line: its text may hold anything, and a message may be shown after grading.

    Examples
    --------
    >>> brief("ValueError: got [[1, 2]] (line 3)")
    'a ValueError in line 3'
    """
    kind = error.partition(":")[0].strip()
    known = kind in KINDS
    line = re.search(r"\(line (\d{1,4})\)$", error)
    article = "an" if kind[:1] in "AEIOU" else "a"
    return (f"{article} {kind}" if known else "an error") + (f" in line {line[1]}" if line else "")


def _where(case: Case) -> str:
    return f" ({case.note})" if case.note else ""


def _names(right: Callable[..., Any]) -> list[str]:
    """Return what the right way calls its arguments, as the task does; nothing if they have no names."""
    try:
        parameters = inspect.signature(right).parameters.values()
    except (TypeError, ValueError):
        return []
    return [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]


def _in_detail(case: Case, answer: Answer, expected: Any, names: Sequence[str]) -> str:
    names = names if len(names) >= len(case.arguments) else [f"argument {n + 1}" for n in range(len(case.arguments))]
    given = [_called(name, argument) for name, argument in zip(names, case.arguments, strict=False)]
    given += [_called(name, value) for name, value in case.keywords.items()]
    lines = ["Tried with:", *given] if given else []
    return "\n".join([*lines, "You gave:", answer.error or show(answer.value), *_first_wrong(answer.value, expected)])


def _called(name: str, value: Any) -> str:
    shown = show(value)
    return f"{name} =\n{shown}" if "\n" in shown else f"{name} = {shown}"


def _first_wrong(value: Any, expected: Any) -> list[str]:
    array, right = read_array(value), read_array(expected)
    if array is None or right is None or array.ndim == 0:
        return []
    if array.shape != right.shape:
        return [f"of shape {_shape(array)}"]
    wrong = ~np.isclose(array, right, rtol=1e-6, atol=1e-6, equal_nan=True)
    if not wrong.any():
        return []
    place = ", ".join(str(int(index)) for index in np.argwhere(wrong)[0])
    return [f"{int(wrong.sum())} of {wrong.size} values are wrong, the first at [{place}]"]


def show(value: Any) -> str:
    """Write data for a reader: small arrays whole, large ones by their shape."""
    if isinstance(value, str):
        return value
    array = read_array(value)
    if _is_row(value, array):
        parts = [repr(one) if isinstance(one, str) else show(one) for one in value]
        inside = (",\n" if any("\n" in part for part in parts) else ", ").join(parts)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(parts) == 1 else f"({inside})"
    if array is None or array.ndim == 0:
        return repr(value if array is None else array.item())
    if array.size > MOST_SHOWN:
        return f"array of shape {_shape(array)}, from {array.min():.4g} to {array.max():.4g}"
    return np.array2string(array, precision=4, suppress_small=True)


def _is_row(value: Any, array: NDArray[Any] | None) -> bool:
    """Say whether data are values side by side and no array: a tuple, or a list that holds tuples or unlike things."""
    if not isinstance(value, (tuple, list)) or not 0 < len(value) <= MOST_SHOWN:
        return False
    return isinstance(value, tuple) or array is None or any(isinstance(one, tuple) for one in value)


def _shape(array: NDArray[Any]) -> str:
    return "(" + ", ".join(map(str, array.shape)) + ("," if array.ndim == 1 else "") + ")"


def _kind(value: Any) -> str:
    return {"str": "text", "NoneType": "nothing"}.get(type(value).__name__, f"a {type(value).__name__}")
