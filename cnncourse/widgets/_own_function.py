"""A learner's own function, called with care: what it takes, what it returned, and where it failed, in words."""

from __future__ import annotations

import inspect
import linecache
import traceback
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray


class OwnFunctionError(Exception):
    """What went wrong in a learner's function, ready to be shown.

    Parameters
    ----------
    message : str
        What was expected, what came, what to try.
    kind : str
        Name of the exception; empty for a wrong result.
    line : int
        Line of the function's file or cell; 0 when there is none.
    source : str
        The text of that line.
    """

    def __init__(self, message: str, *, kind: str = "", line: int = 0, source: str = "") -> None:
        super().__init__(message)
        self.fault = {"message": message, "kind": kind, "line": line, "source": source}


def options_taken(function: Callable[..., Any], options: Collection[str]) -> list[str]:
    """List those of `options` that a function takes as keyword arguments.

    Examples
    --------
    >>> options_taken(lambda image, kernel, stride=1: None, ["stride", "padding"])
    ['stride']
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # built-in functions may not say
        return []
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return list(options)
    named = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return [option for option in options if option in named]


def takes_words(function: Callable[..., Any] | None, taken: Collection[str]) -> str:
    """Say what an explorer does where a learner's function takes no stride or no padding; nothing without one."""
    if function is None:
        return ""
    words = []
    if "stride" not in taken:
        words.append("It takes no stride, so the window moves by 1.")
    if "padding" not in taken:
        words.append("It takes no padding, so it is given the padded picture.")
    return " ".join([f"Your function {getattr(function, '__name__', '')} answers here.", *words])


def call_own(
    function: Callable[..., Any],
    *arrays: NDArray[Any],
    expected: tuple[int, ...],
    options: dict[str, Any],
    smaller: bool = False,
) -> NDArray[np.float64]:
    """Call a learner's function on copies of arrays, and check what it returns.

    Parameters
    ----------
    function : callable
        The learner's function.
    arrays : arrays
        Its arguments; it gets copies, so that it cannot change what is shown.
    expected : tuple of int
        The shape that its result should have.
    options : dict
        Keyword arguments.
    smaller : bool
        Whether a result that has fewer rows or columns will do as well.

    Returns
    -------
    array, shape `expected`, or less where that will do
        What it returned.

    Raises
    ------
    OwnFunctionError
        If it raised, was interrupted, or returned something else.
    """
    try:
        result = function(*(array.copy() for array in arrays), **options)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        raise _raised(function, error) from error
    return _checked(result, expected, smaller)


def _raised(function: Callable[..., Any], error: BaseException) -> OwnFunctionError:
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the call above
    own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    where = next(reversed(own or frames), None)
    message = "you interrupted it" if isinstance(error, KeyboardInterrupt) else str(error)
    line = 0 if where is None or where.lineno is None else where.lineno
    source = "" if where is None else linecache.getline(where.filename, line).strip()
    return OwnFunctionError(message, kind=type(error).__name__, line=line, source=source)


def _checked(result: Any, expected: tuple[int, ...], smaller: bool) -> NDArray[np.float64]:
    wanted = f"{expected}, or less where a window stays inside" if smaller else f"{expected}"
    if result is None:
        raise OwnFunctionError(f"it returned nothing; expected an array of shape {wanted}. Does it end in a return?")
    try:
        array = np.asarray(result)
    except ValueError:
        raise OwnFunctionError(f"it returned rows of different lengths; expected an array of shape {wanted}") from None
    if array.dtype.kind not in "buif":
        what = type(result).__name__ if array.dtype.kind in "OUS" else f"an array of {array.dtype}"
        raise OwnFunctionError(f"it returned {what}; expected an array of real numbers of shape {wanted}")
    if array.shape != expected and not (smaller and _is_within(array, expected)):
        raise OwnFunctionError(f"it returned shape {array.shape}; expected {wanted}. {_shape_advice(array, expected)}")
    return array.astype(np.float64)


def _is_within(array: NDArray[Any], expected: tuple[int, ...]) -> bool:
    return array.ndim == len(expected) and all(1 <= n <= most for n, most in zip(array.shape, expected, strict=True))


def _shape_advice(array: NDArray[Any], expected: tuple[int, ...]) -> str:
    if array.shape == expected[::-1]:
        return "Rows come first: these look like columns and rows exchanged."
    if array.ndim != len(expected):
        return f"The result has {array.ndim} dimensions where {len(expected)} belong."
    if any(got > want for got, want in zip(array.shape, expected, strict=True)):
        return "There are more places than a window has: is the stride used, and does the window stay inside?"
    return "Places are missing: the kernel also fits at the very bottom and the very right."
