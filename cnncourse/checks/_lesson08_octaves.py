"""Judges of lesson 08, third part: a recipe that is read, and a dream in octaves that is repaired."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, matches, read_array, show, stopped
from cnncourse.checks._parts import Part, compare_parts, draw_parts_apart

__all__ = ["broken_cases", "judge_broken", "judge_recipe", "probe_dream", "recipe_cases"]

Array = NDArray[np.float64]

# --- a recipe ---------------------------------------------------------------------------------------------------------

SCALE = 1.5


def recipe_cases(rng: np.random.Generator) -> list[Case]:
    """Draw a recipe whose octaves have whole sizes, and a width that is wanted."""
    return draw_parts_apart(rng, _draw_recipe, _read, RECIPE_PARTS)


def _draw_recipe(rng: np.random.Generator) -> dict[str, Any]:
    octaves, needed = int(rng.integers(4, 7)), int(rng.integers(5, 7))
    side = 3 ** (octaves - 1)
    start = 2 ** (octaves - 1) * int(np.ceil(40 / 2 ** (octaves - 1)))
    more = rng.choice([0, 1, 2, 3], 2, replace=False)
    size = [(start // 2 ** (octaves - 1) + int(extra)) * side for extra in more]
    drawn = int(rng.integers(12, 21))
    wanted = round(drawn * SCALE ** (needed - 1) * float(rng.uniform(0.75, 0.92)))
    steps, strength = int(rng.integers(6, 15)), float(rng.choice([0.009, 0.012, 0.015]))
    recipe = {"size": size, "steps": steps, "strength": strength, "octaves": octaves, "scale": SCALE}
    return {"recipe": recipe, "drawn": drawn, "wanted": wanted}


def _read(recipe: dict[str, Any], drawn: int, wanted: int) -> tuple[tuple[int, int], float, int]:
    from cnncourse._octaves import octave_sizes  # the sizes in which the lesson's own dreamer dreams

    sizes = octave_sizes((recipe["size"][0], recipe["size"][1]), recipe["octaves"], recipe["scale"])
    areas = np.prod(sizes, axis=1)
    needed = next(count for count in itertools.count(1) if drawn * recipe["scale"] ** (count - 1) >= wanted)
    return sizes[0], float(areas.sum() / areas[-1]), needed


def _shrunk(divide: Callable[[dict[str, Any]], float]) -> Callable[..., Any]:
    return lambda recipe, **_: tuple(side / divide(recipe) for side in recipe["size"])


def _summed(one: Callable[[int], float], *, first: int = 0, more: int = 0) -> Callable[..., float]:
    """Add up what the octaves cost, the largest first, in another way."""
    return lambda recipe, **_: float(sum(one(place) for place in range(first, recipe["octaves"] + more)))


RECIPE_PARTS = (
    Part(
        "the smallest size",
        0.3,
        (
            Slip("One enlargement too many: how many steps lie between the octaves?",
                 _shrunk(lambda recipe: SCALE ** recipe["octaves"])),
            Slip("You walked down too few octaves: it is an octave, but not the smallest.",
                 _shrunk(lambda recipe: SCALE ** (recipe["octaves"] - 2))),
            Slip("Height and width have changed places.",
                 lambda **given: _read(**given)[0][::-1]),
            Slip("Enlargements multiply; you added them up.",
                 _shrunk(lambda recipe: SCALE * (recipe["octaves"] - 1))),
            Slip("You divided the sides by the number of octaves.", _shrunk(lambda recipe: recipe["octaves"])),
            Slip("That is the picture's own size, the largest octave.", _shrunk(lambda recipe: 1)),
        ),
    ),
    Part(
        "the work",
        0.35,
        (
            Slip("You compared sides. A step costs as many computations as there are pixels.",
                 _summed(lambda place: SCALE**-place)),
            Slip("You counted a step in a small octave as dear as one in the largest.", _summed(lambda place: 1)),
            Slip("The last octave belongs to the work as well.", _summed(lambda place: SCALE ** (-2 * place), first=1)),
            Slip("One octave is missing in the work.", _summed(lambda place: SCALE ** (-2 * place), more=-1)),
            Slip("You went on to smaller and smaller octaves. The recipe ends somewhere.",
                 lambda **_: 1 / (1 - SCALE**-2)),
            Slip("Upside down: that is the share of the last octave in the whole work.",
                 lambda **given: 1 / _read(**given)[1]),
            Slip("You compared with the smallest octave. The last one is the largest.",
                 _summed(lambda place: SCALE ** (2 * place))),
        ),
    ),
    Part(
        "the number of octaves",
        0.35,
        (
            Slip("You counted enlargements. How many octaves do they join?", lambda **given: _read(**given)[2] - 1),
            Slip("That is more octaves than are needed.", lambda **given: _read(**given)[2] + 1),
            Slip("With so few it stays too narrow by far.",
                 lambda recipe, drawn, wanted: int(np.ceil(np.log(wanted / drawn) / np.log(SCALE**2))) + 1),
        ),
    ),
)  # fmt: skip


def judge_recipe(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with the sizes in which the lesson's dreamer dreams."""
    return compare_parts(cases, answers, _read, RECIPE_PARTS, what="size, work and number")


# --- a broken dream ---------------------------------------------------------------------------------------------------


def broken_cases(rng: np.random.Generator) -> list[Case]:
    """Draw photographs, and by how much each step moves them: one octave, then more."""
    shapes = [((5, 7), 1, 1), ((6, 10), 2, 2), ((12, 20), 3, 2)]
    notes = "one octave, one step", "two octaves", "three octaves"
    return [
        Case((rng.uniform(0.05, 0.95, shape), _moves(rng, octaves, steps), 0.3, float(rng.uniform(0, 6))), note=note)
        for (shape, octaves, steps), note in zip(shapes, notes, strict=True)
    ]


def _moves(rng: np.random.Generator, octaves: int, steps: int) -> list[list[list[int]]]:
    """Draw moves to the right that are not those downwards, and none that is undone by being done again."""
    both = [(1, -2), (-1, 2), (1, 2), (-1, -2), (1, -1), (-1, 1)]
    return [[list(both[int(rng.integers(len(both)))]) for _ in range(steps)] for _ in range(octaves)]


def probe_dream(dream, photograph, moves, strength, phase):  # type: ignore[no-untyped-def]
    """Let a dream climb a hill that is known, whose slope depends on the place and on the picture."""
    import numpy as np

    def slope(picture):  # type: ignore[no-untyped-def]
        down, right = np.indices(picture.shape)
        return np.sin(2.1 * down + 1.3 * right + phase) + 0.8 * np.cos(1.7 * right - 0.6 * down) * picture

    return dream(slope, photograph, [[tuple(move) for move in octave] for octave in moves], strength)


class Way(NamedTuple):
    """A way to dream; the first of each list in `WAYS` is the right one."""

    carried: str = "change"
    back: str = "undone"
    scale: str = "root mean square"
    held: str = "each step"


WAYS = {
    "carried": {
        "change": "What was changed is carried up and laid onto the larger copy.",
        "picture": "The small dream itself is enlarged: where does the photograph's fine detail come from then?",
        "nothing": "Each octave begins anew from the photograph: what the one before has dreamt is lost.",
        "twice": "The photograph is in the larger picture twice. What exactly is it that should be carried up?",
    },
    "back": {
        "undone": "Each move is undone.",
        "again": "The slope is moved once more, and in the same direction as the picture. Which way is back?",
        "never": "The picture is moved for the network, but the slope is never moved back.",
        "swapped": "On the way back, down and right have changed places.",
    },
    "scale": {
        "root mean square": "The slope is brought to a root mean square of 1.",
        "length": "The slope is divided by its length. In a larger octave, every pixel moves less, then.",
        "mean size": "The slope is divided by the mean of its sizes, not by its root mean square.",
        "none": "The slope is taken as long as it is.",
    },
    "held": {
        "each step": "Brightness stays in its range at every step.",
        "never": "Brightness leaves its range, and nothing holds it.",
        "steps": "At the beginning of an octave brightness leaves its range: what is added there is added, too.",
        "at the end": "Brightness is held at the very end only. What does the network see until then?",
    },
}


def _small(picture: Array, factor: int) -> Array:
    rows, columns = picture.shape[0] // factor, picture.shape[1] // factor
    return np.asarray(picture.reshape(rows, factor, columns, factor).mean(axis=(1, 3)))


def _large(picture: Array) -> Array:
    return np.asarray(np.kron(picture, np.ones((2, 2))), dtype=np.float64)


def _carried(way: str, copy: Array, current: Array, before: Array) -> Array:
    """Begin an octave: `before` is the photograph in the size of the octave before, `current` its dream."""
    begun = {
        "change": copy + _large(current - before),
        "picture": _large(current),
        "nothing": copy,
        "twice": copy + _large(current),
    }
    return begun[way]


def _back(slope: Array, move: Sequence[int], way: str) -> Array:
    down, right = move
    turned = {"undone": (-down, -right), "again": (down, right), "never": (0, 0), "swapped": (-right, -down)}[way]
    return np.roll(slope, turned, axis=(0, 1))


def _size(slope: Array, way: str) -> float:
    squares = (slope**2).mean()
    sizes = {"length": (slope**2).sum() ** 0.5, "mean size": np.abs(slope).mean(), "none": 1.0}
    return float(sizes.get(way, squares**0.5))


def _dreamt(photograph: Array, moves: Sequence[Any], strength: float, phase: float, *, way: Way) -> Array:
    """Dream in one of the ways."""
    current = np.zeros(0)
    for place, octave in enumerate(moves):
        copy = _small(photograph, 2 ** (len(moves) - 1 - place))
        before = _small(photograph, 2 ** (len(moves) - place)) if place else copy
        current = _carried(way.carried, copy, current, before) if place else copy
        if way.held == "each step":
            current = current.clip(0, 1)
        for move in octave:
            slope = probe_dream(lambda hill, *_: hill, None, [], 0, phase)(np.roll(current, move, axis=(0, 1)))
            slope = _back(slope, move, way.back)
            current = current + strength * slope / _size(slope, way.scale)
            if way.held in ("each step", "steps"):
                current = current.clip(0, 1)
    return current if way.held == "never" else current.clip(0, 1)


def judge_broken(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Find the way in which the learner's code dreams; each of its four turns has a quarter of the points."""
    for case, answer in zip(cases, answers, strict=True):
        fault = _unfit(case, answer)
        if fault:
            yield Finding(False, fault, detail=answer.error or show(answer.value)[:1500])
            return
    way = _find_way(cases, answers)
    if way is None:
        yield Finding(False, "The dream goes elsewhere. Which four things happen in a step, and what between octaves?")
        return
    for turn, ways in WAYS.items():
        chosen = getattr(way, turn)
        yield Finding(chosen == next(iter(ways)), ways[chosen], 0.25)


def _unfit(case: Case, answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error)
    found = read_array(answer.value)
    if found is None:
        return "Expected a picture: an array of numbers. Is there a `return`?"
    if found.shape != case.arguments[0].shape:
        return "The picture that comes back has another size than the photograph."
    return "Your code changes the photograph itself. Work on a copy." if answer.changed else ""


def _find_way(cases: Sequence[Case], answers: Sequence[Answer]) -> Way | None:
    for turns in itertools.product(*(ways for ways in WAYS.values())):
        way = Way(*turns)
        pairs = zip(reversed(cases), reversed(answers), strict=True)  # the largest tells most of them apart
        if all(matches(answer.value, _dreamt(*case.arguments, way=way)) for case, answer in pairs):
            return way
    return None
