"""Sliders for the parameters of a learner's own function: every number with a default gets one."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnncourse.widgets._base import SettingError

STEPS = 100  # about so many stand between the ends of a slider


def own_sliders(function: Callable[..., Any], ranges: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    """List the sliders of a function: its parameters whose default is a number.

    Parameters
    ----------
    function : callable
        The learner's function; what it is given first is no setting and gets no slider.
    ranges : mapping of str to (least, most)
        Ends of sliders; the others go from 0 to four times the default, or to 1 where that is 0.

    Returns
    -------
    list of dict
        In the order of the parameters: ``name``, ``least``, ``most``, ``step``, the default as ``value``, and whether
        all of them are ``whole`` numbers.

    Raises
    ------
    SettingError
        If a range is of no such parameter, is none, or does not hold the default.

    Examples
    --------
    >>> own_sliders(lambda image, sigma=1.5, steps=3: image, {"steps": (1, 8)})[1]
    {'name': 'steps', 'least': 1, 'most': 8, 'step': 1, 'value': 3, 'whole': True}
    """
    defaults = _numbers(function)
    if unknown := sorted(set(ranges) - set(defaults)):
        raise SettingError(
            f"expected sliders for {_listed(defaults)}, got {', '.join(unknown)}; "
            "a parameter gets a slider if its default is a number, such as sigma=1.5"
        )
    return [_slider(name, value, ranges.get(name)) for name, value in defaults.items()]


def _numbers(function: Callable[..., Any]) -> dict[str, float]:
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):  # built-in functions may not say
        return {}
    numbers = (p for p in parameters if isinstance(p.default, int | float) and not isinstance(p.default, bool))
    return {p.name: p.default for p in numbers if math.isfinite(p.default) and p.kind is not p.POSITIONAL_ONLY}


def _slider(name: str, value: float, ends: Sequence[float] | None) -> dict[str, Any]:
    least, most = sorted((0, 4 * value)) if ends is None else _read_ends(name, value, ends)
    most = max(most, least + 1) if least == most else most
    whole = all(isinstance(number, int) for number in (value, least, most))
    step = 1 if whole else 10.0 ** round(math.log10((most - least) / STEPS))
    return {"name": name, "least": least, "most": most, "step": step, "value": value, "whole": whole}


def _read_ends(name: str, value: float, ends: Sequence[float]) -> tuple[float, float]:
    numbers = [end for end in ends if isinstance(end, int | float) and math.isfinite(end)]
    if len(ends) != 2 or len(numbers) != 2 or not numbers[0] <= value <= numbers[1] or numbers[0] == numbers[1]:
        raise SettingError(f"expected the ends of {name} as (least, most) around its default {value}, got {ends!r}")
    return numbers[0], numbers[1]


def _listed(names: Mapping[str, float]) -> str:
    return ", ".join(names) or "no parameter, for none has a number as its default"
