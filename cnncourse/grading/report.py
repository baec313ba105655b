"""The lecturer's page on a set: how marks are spread, which exercise failed whom and how, and what needs a look."""

from __future__ import annotations

import html
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnncourse.checks import exercise
from cnncourse.grading.marks import Marks, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Tally", "page", "tally"]

BINS = 10
MOST_NAMES = 12  # learners named with a message; the rest are counted


@dataclass
class Tally:
    """What a class did in one set; small, however many submissions there are.

    Attributes
    ----------
    assignment : str
        The set.
    shares : list of float, in [0, 1]
        Of each submission that could be marked: how much of the points that a machine gives it has earned.
    states : dict of str to Counter
        For each exercise: how many submissions ended in which state, and ``"right"``, ``"partly"`` or ``"wrong"``.
    messages : dict of str to dict of str to list of str
        For each exercise: each message that was earned, and the learners who earned it.
    seconds : dict of str to float
        For each exercise: the time that all answers took together.
    flags, invalid, faults : dict of str to str
        Learners, with what the lecturer should know.
    """

    assignment: str = ""
    shares: list[float] = field(default_factory=list)
    states: dict[str, Counter[str]] = field(default_factory=dict)
    messages: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    invalid: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def tally(marks: Iterable[Marks]) -> Tally:
    """Count what a class did.

    Parameters
    ----------
    marks : iterable of Marks
        Of one set; read one by one.

    Returns
    -------
    Tally
        Empty if there are none.
    """
    found = Tally()
    for one in marks:
        found.assignment = one.assignment
        if one.flags:
            found.flags[one.student] = "; ".join(one.flags)
        if one.invalid:
            found.invalid[one.student] = one.invalid
        else:
            found.shares.append(one.points / one.out_of if one.out_of else 0.0)
        for name, result in one.results.items():
            _count(found, name, result, one.student)
    return found


def _count(found: Tally, name: str, result: Result, student: str) -> None:
    found.states.setdefault(name, Counter())[_verdict(result)] += 1
    found.seconds[name] = found.seconds.get(name, 0.0) + result.seconds
    if result.state == "grader fault":
        found.faults[student] = f"{name}: {result.note}"
    for noted in result.findings:
        if not noted.passed and result.state != "invalid":
            found.messages.setdefault(name, {}).setdefault(noted.message, []).append(student)


def _verdict(result: Result) -> str:
    if result.state not in ("graded", "student error"):
        return result.state
    if result.points >= result.out_of:
        return "right"
    return "partly" if result.points > 0 else "wrong"


def page(found: Tally) -> str:
    """Write the page: self-contained, with figures and their text alternatives; everything in it is escaped.

    Parameters
    ----------
    found : Tally
        What the class did.

    Returns
    -------
    str
        A whole HTML page.
    """
    parts = [f"<h1>{html.escape(found.assignment or 'No submissions yet')}</h1>", _in_short(found)]
    if found.shares:
        parts += ["<h2>How the marks are spread</h2>", _figure(_draw_shares, found, _shares_in_words(found))]
    if found.states:
        parts += ["<h2>Which exercise failed whom</h2>", _figure(_draw_exercises, found, _exercises_in_words(found))]
        parts.append(_exercise_table(found))
    if found.messages:
        parts += ["<h2>How they failed</h2>", *(_messages(name, those) for name, those in found.messages.items())]
    for title, rows in (
        ("Flags", found.flags),
        ("Not markable", found.invalid),
        ("Faults of the grader", found.faults),
    ):
        if rows:
            parts += [f"<h2>{title}</h2>", _table(("learner", "what"), sorted(rows.items()))]
    return PAGE.format(title=html.escape(found.assignment), body="\n".join(parts))


def _in_short(found: Tally) -> str:
    marked = len(found.shares)
    if not marked:
        return f"<p>{len(found.invalid)} handed in, none that could be marked.</p>"
    ordered = sorted(found.shares)
    middle = (ordered[(marked - 1) // 2] + ordered[marked // 2]) / 2
    return (
        f"<p>{marked + len(found.invalid)} handed in, {marked} marked; median {middle:.0%} of the points that a "
        f"machine gives, mean {sum(ordered) / marked:.0%}. Open questions are marked by you and do not count here.</p>"
    )


# --- figures ----------------------------------------------------------------------------------------------------------


def _counts(found: Tally) -> list[int]:
    counts = [0] * BINS
    for share in found.shares:
        counts[min(int(share * BINS + 1e-9), BINS - 1)] += 1
    return counts


def _draw_shares(found: Tally, ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.bar([(place + 0.5) * 100 / BINS for place in range(BINS)], _counts(found), width=92 / BINS)
    ax.set(xlabel="points earned, in percent", ylabel="submissions", xlim=(0, 100))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))


def _shares_in_words(found: Tally) -> str:
    counts = _counts(found)
    most = counts.index(max(counts))
    return (
        f"Submissions by points earned, in tenths from 0 to 100 percent: {', '.join(map(str, counts))}. "
        f"Most of them lie from {most * 10} to {most * 10 + 10} percent."
    )


def _rights(found: Tally) -> dict[str, float]:
    return {name: states["right"] / max(states.total(), 1) for name, states in found.states.items()}


def _draw_exercises(found: Tally, ax: Axes) -> None:
    rights = _rights(found)
    ax.barh(list(rights), [100 * share for share in rights.values()])
    ax.invert_yaxis()
    ax.set(xlabel="answered right, in percent of the submissions", xlim=(0, 100))


def _exercises_in_words(found: Tally) -> str:
    said = ", ".join(f"{name} {share:.0%}" for name, share in _rights(found).items())
    return f"How many answered each exercise right: {said}."


def _figure(draw: Any, found: Tally, alternative: str) -> str:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, max(2.6, 0.45 * len(found.states))), layout="constrained")
    draw(found, figure.subplots())
    drawn = io.StringIO()
    with rc_context({"svg.hashsalt": draw.__name__}):  # the same class gives the same page, and no two names clash
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    svg = drawn.getvalue()
    return f'<figure role="img" aria-label="{html.escape(alternative)}">{svg[svg.index("<svg") :]}</figure>'


# --- tables -----------------------------------------------------------------------------------------------------------


def _exercise_table(found: Tally) -> str:
    kinds = sorted({kind for states in found.states.values() for kind in states}, key=_order)
    rows = [
        (name, _title(name), *(states[kind] for kind in kinds), f"{found.seconds[name] / max(states.total(), 1):.2f}")
        for name, states in found.states.items()
    ]
    return _table(("exercise", "title", *kinds, "seconds an answer"), rows)


def _order(kind: str) -> tuple[int, str]:
    first = ("right", "partly", "wrong")
    return (first.index(kind) if kind in first else len(first), kind)


def _title(name: str) -> str:
    try:
        return exercise(name).title
    except ValueError:
        return ""


def _messages(name: str, messages: dict[str, list[str]]) -> str:
    ordered = sorted(messages.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    rows = [(len(students), message, _named(students)) for message, students in ordered]
    return f"<h3>{html.escape(name)}</h3>" + _table(("times", "message", "learners"), rows)


def _named(students: Sequence[str]) -> str:
    named = ", ".join(sorted(students)[:MOST_NAMES])
    return named if len(students) <= MOST_NAMES else f"{named} and {len(students) - MOST_NAMES} more"


def _table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Report: {title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff }}
main {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
figure {{ margin: 1rem 0 }} figure svg {{ max-width: 100%; height: auto }}
.wide {{ overflow-x: auto }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .7rem; border-bottom: 1px solid #ccc }}
</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
