"""The page that a learner gets back: points, what was found, and what the lecturer wrote; no input, no right answer."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from cnncourse._files import write_whole
from cnncourse.checks import exercise
from cnncourse.grading.assignment import Assignment, OpenQuestion
from cnncourse.grading.autograded import STATES, readable
from cnncourse.grading.course import Course
from cnncourse.grading.gradebook import Entry
from cnncourse.grading.ingest import Invalid, read_small
from cnncourse.grading.marks import Marks, Noted

__all__ = ["feedback_page", "feedback_text", "write_feedback"]

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
section { border-left: .3rem solid #666; padding: 0 1rem; margin: 1.5rem 0; overflow-wrap: anywhere; }
section.all { border-color: #1b7837; }
section.some, section.none { border-color: #b35806; }
h2 { font-size: 1.15rem; margin: 0; }
ul { list-style: none; padding: 0; margin: .25rem 0; }
p { margin: .25rem 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.said { white-space: pre-wrap; border: 1px solid #767676; border-radius: .3rem; padding: .5rem .75rem; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #181818; } }
"""
WITHOUT = "default-src 'none'; style-src 'unsafe-inline'"  # a page that loads nothing and runs nothing
KEPT_BESIDE = ("timestamp.txt", "submission_secret.txt")  # what nbgrader needs to hand feedback back


def write_feedback(course: Course, assignment: Assignment, marks: Marks, entries: Mapping[str, Entry]) -> Path:
    """Write a learner's page where nbgrader looks for it, and return its place.

    Parameters
    ----------
    course : Course
        Its folder.
    assignment : Assignment
        The set.
    marks : Marks
        Of the submission.
    entries : dict of Entry
        What stands in the gradebook, by the names of the cells.
    """
    path = course.feedback(marks.student, marks.assignment)
    write_whole(path, feedback_page(assignment, marks, entries))
    folder = course.submitted / marks.student / marks.assignment
    linked = folder.is_symlink() or folder.parent.is_symlink()  # perhaps to a neighbour's
    for name in () if linked else KEPT_BESIDE:
        try:
            text = read_small(folder / name, 500).decode("ascii")
        except (Invalid, ValueError):  # not handed in through nbgrader
            continue
        write_whole(path.with_name(name), text)
    return path


def feedback_page(assignment: Assignment, marks: Marks, entries: Mapping[str, Entry]) -> str:
    """Return a page that stands by itself, with everything in it escaped.

    Parameters
    ----------
    assignment : Assignment
        The set.
    marks : Marks
        Of the submission.
    entries : dict of Entry
        What stands in the gradebook, by the names of the cells.
    """
    title = f"Feedback · {assignment.lesson} {assignment.name[3:].replace('_', ' ')}"
    parts = [_exercise_part(name, marks, entries.get(name)) for name in marks.results]
    for one in assignment.open_questions:
        empty = marks.answers.get(one.name, "").strip() in ("", one.blank.strip())
        parts.append(_open_part(one, entries.get(one.name), empty=empty))
    trouble = f"<p><strong>{_safe(marks.invalid)}</strong></p>" if marks.invalid else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{WITHOUT}">\n'
        f"<title>{_safe(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{_safe(title)}</h1>\n<p>Handed in by {_safe(marks.student)}. {_total(assignment, marks, entries)}</p>\n"
        f"{trouble}{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _total(assignment: Assignment, marks: Marks, entries: Mapping[str, Entry]) -> str:
    earned = sum(_score(name, marks, entries.get(name)) for name in marks.results)
    asked = [entries.get(one.name) for one in assignment.open_questions]
    earned += sum(entry.score for entry in asked if entry and entry.score is not None)
    out_of = marks.out_of + sum(one.points for one in assignment.open_questions)
    waiting = sum(entry is None or entry.score is None for entry in asked)
    later = f" {waiting} answer{'s' * (waiting > 1)} in words not marked yet." if waiting else ""
    return f"<strong>{earned:g} of {out_of:g} points.</strong>{later}"


def _score(name: str, marks: Marks, entry: Entry | None) -> float:
    return marks.results[name].points if entry is None or entry.score is None else entry.score


def _exercise_part(name: str, marks: Marks, entry: Entry | None) -> str:
    result, points = marks.results[name], _score(name, marks, entry)
    found = "".join(map(_finding, result.findings))
    state = f"<p>State: {_safe(STATES[result.state])}.</p>" if STATES[result.state] else ""
    by_hand = " (marked by your lecturer)" if entry and entry.by_hand else ""
    heading = f"{exercise(name).title} · {points:g} of {result.out_of:g} points{by_hand}"
    return _part(heading, points / result.out_of, f'{state}<ul role="list">{found}</ul>{_said(entry)}')


def _finding(found: Noted) -> str:
    sign, word = ("✓", "Right") if found.passed else ("✗", "Not right")
    return f'<li><span aria-hidden="true">{sign}</span><span class="unseen">{word}:</span> {_safe(found.message)}</li>'


def _open_part(one: OpenQuestion, entry: Entry | None, *, empty: bool) -> str:
    inside = f"{'<p>There is no answer.</p>' if empty else ''}{_said(entry)}"
    if entry is None or entry.score is None:
        return _part(f"{one.title} · not marked yet, {one.points:g} points", None, inside)
    return _part(f"{one.title} · {entry.score:g} of {one.points:g} points", entry.score / one.points, inside)


def _part(heading: str, share: float | None, inside: str) -> str:
    kind = "open" if share is None else "all" if share >= 1 else "some" if share > 0 else "none"
    return f'<section class="{kind}">\n<h2>{_safe(heading)}</h2>\n{inside}\n</section>\n'


def _said(entry: Entry | None) -> str:
    if entry is None or not entry.comment:
        return ""
    return f'<p>Your lecturer writes:</p><p class="said">{_safe(entry.comment)}</p>'


def _safe(text: str) -> str:
    return html.escape(readable(text))


def feedback_text(marks: Marks) -> str:
    """Return the marks of the machine as text, for a terminal."""
    lines = [marks.invalid] if marks.invalid else []
    for name, result in marks.results.items():
        state = f" ({STATES[result.state]})" if STATES[result.state] else ""
        lines.append(f"{name}: {result.points:g} of {result.out_of:g} points{state}")
        lines += [f"  {'✓' if found.passed else '✗'} {found.message}" for found in result.findings]
        lines += [f"  for the lecturer: {result.note}"] if result.note else []
    lines += [f"to know: {flag}" for flag in marks.flags]
    return readable("\n".join([*lines, f"{marks.points:g} of {marks.out_of:g} points by machine"]))
