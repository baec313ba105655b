"""What the explorer of networks shows and says; static/model_points.js computes and says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cnncourse.efficiency import frontier

Record = Mapping[str, Any]
AXES = {  # title of an axis, and how one of its values is told
    "multiply_adds": "multiply-adds, billions",
    "parameters": "parameters, millions",
    "file_size": "file, MiB",
    "year": "year",
}
HEIGHTS = {"top1": "top-1 accuracy, %", "top5": "top-5 accuracy, %"}
BUBBLES = {"none": "all alike", **{name: AXES[name] for name in ("parameters", "multiply_adds", "file_size")}}
RECIPES = {
    "first": "the first recipe",
    "best": "the best recipe",
    "more": "the best recipe, pictures from elsewhere too",
}
OWN = "own"


class Point(NamedTuple):
    """One network in the picture.

    Attributes
    ----------
    record : mapping
        All that is known of it.
    x, y : float
        Where it stands, in the units of the axes.
    bubble : float
        What its size shows; 1 where all are alike.
    first : (float, float) or None
        Where it stood with its first recipe, if that was somewhere else.
    edge : bool
        Whether it is on the efficient frontier.
    """

    record: Record
    x: float
    y: float
    bubble: float
    first: tuple[float, float] | None
    edge: bool


def value(record: Record, axis: str) -> float | None:
    """Return what a network has along an axis, in the axis's unit; None where nothing is known."""
    if record.get(axis) is None:
        return None
    return record[axis] / 1e6 if axis == "parameters" else float(record[axis])


def arrays(networks: Sequence[Record], own: Sequence[Record], settings: Record) -> list[Point]:
    """Choose the weights to be shown of each network, and place them.

    Parameters
    ----------
    networks : sequence of mapping
        All weights, those of one network in the order of their publication; as `cnncourse.model_zoo.Trained`.
    own : sequence of mapping
        The learner's networks.
    settings : mapping
        ``x``, ``y`` and ``bubble`` name what is shown, ``recipe`` is a key of `RECIPES`, ``hidden`` lists families.

    Returns
    -------
    list of Point
        The points from left to right, and of those at one place from bottom to top.

    Examples
    --------
    >>> old = {"name": "a", "title": "A", "family": "plain", "year": 2014, "top1": 70.0, "more_pictures": False}
    >>> settings = {"x": "year", "y": "top1", "bubble": "none", "recipe": "best", "hidden": []}
    >>> [(p.x, p.y, p.first) for p in arrays([old, {**old, "top1": 74.0}], [], settings)]
    [(2014.0, 74.0, (2014.0, 70.0))]
    """
    x, y = settings["x"], settings["y"]
    kept = [*_chosen_weights(networks, y, settings["recipe"]), *own]
    kept = [one for one in kept if one["family"] not in settings["hidden"]]
    placed = [(one, value(one, x), value(one, y)) for one in kept]
    known = sorted(((one, a, b) for one, a, b in placed if a is not None and b is not None), key=lambda p: p[1:])
    edge = set(frontier([a for _, a, _ in known], [b for _, _, b in known]))
    before = {one["name"]: one for one in reversed(networks) if not one["more_pictures"]}
    return [
        Point(one, a, b, _bubble(one, settings["bubble"]), _before(one, before, x, y), place in edge)
        for place, (one, a, b) in enumerate(known)
    ]


def _chosen_weights(networks: Sequence[Record], y: str, recipe: str) -> list[Record]:
    best: dict[str, Record] = {}
    for one in networks:
        if one["more_pictures"] and recipe != "more":
            continue
        old = best.get(one["name"])
        if old is None or (recipe != "first" and one[y] > old[y]):
            best[one["name"]] = one
    return list(best.values())


def _bubble(one: Record, bubble: str) -> float:
    return 1.0 if bubble == "none" else value(one, bubble) or 0.0


def _before(one: Record, before: Mapping[str, Record], x: str, y: str) -> tuple[float, float] | None:
    first = before.get(one["name"]) if one["family"] != OWN else None
    if first is None:
        return None
    place = (value(first, x), value(first, y))
    return None if place == (value(one, x), value(one, y)) else place  # type: ignore[return-value]


def in_words(points: Sequence[Point], settings: Record, families: Mapping[str, str], missing: Sequence[str]) -> str:
    """Say what the picture shows: how many, the frontier's ends, the chosen network, and what could not be placed."""
    x, y = AXES[settings["x"]].split(",")[0], HEIGHTS[settings["y"]].split(",")[0]
    if not points:
        return "No network is shown: switch a family on."
    edge = [p.record["title"] for p in points if p.edge]
    ends = f"from {edge[0]} to {edge[-1]}" if len(edge) > 1 else f"it is {edge[0]}"
    words = [f"{len(points)} networks with {RECIPES[settings['recipe']]}: {y} against {x}."]
    words.append(f"{len(edge)} on the frontier, {ends}.")
    if missing:
        words.append(f"Not shown, for want of a number: {', '.join(missing)}.")
    chosen = next((p for p in points if p.record["title"] == settings["chosen"]), None)
    return " ".join([*words, told(chosen, points, settings, families)] if chosen else words)


def told(point: Point, points: Sequence[Point], settings: Record, families: Mapping[str, str]) -> str:
    """Say all that is known of a network, and who is as cheap and better, if somebody is."""
    one = point.record
    family = "your own" if one["family"] == OWN else families[one["family"]]
    since = f", {one['year']}" if one.get("year") else ""
    reached = [f"{HEIGHTS[y].split(' ')[0]} {one[y]:.1f} %" for y in HEIGHTS if one.get(y) is not None]
    millions, billions = one["parameters"] / 1e6, one["multiply_adds"]
    size = f"{millions:.{3 if millions < 1 else 1}f} million parameters, {one['file_size']:.1f} MiB"
    count = f"{1000 * billions:.1f} million" if billions < 1 else f"{billions:.3f} billion"
    work = f"{count} multiply-adds on {one['pixels']} × {one['pixels']} pixels"
    said = f"{one['title']} ({family}{since}), {one['weights']}: {', '.join(reached)}; {size}, {work}."
    return f"{said} {standing(point, points, settings['x'])}"


def standing(point: Point, points: Sequence[Point], x: str) -> str:
    """Say whether a point is on the frontier, and otherwise who beats it most."""
    cheap, cheaper = ("early", "is no later") if x == "year" else ("cheap", "costs no more")
    if point.edge:
        return f"On the frontier: none shown is as {cheap} and as good."
    better = [p for p in points if p.edge and p.x <= point.x and p.y >= point.y]
    return f"Beaten by {better[-1].record['title']}, which {cheaper} and reaches {better[-1].y:.1f} %."
