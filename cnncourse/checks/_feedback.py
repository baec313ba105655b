"""Feedback in a notebook: what is right, what is not and why, the smallest input that fails; never the answer."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from cnncourse.checks._exercise import Exercise, Finding

__all__ = ["CheckFailed", "Feedback"]

RIGHT, WRONG = "✓", "✗"


class CheckFailed(AssertionError):
    """An answer is not right yet; a notebook shows the reason without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{WRONG} {self}"]


class Feedback:
    """What a check has found, as text and as HTML; everything in it is escaped.

    Parameters
    ----------
    exercise : Exercise
        What was checked.
    findings : sequence of Finding
        What was found.
    """

    def __init__(self, exercise: Exercise, findings: Sequence[Finding]) -> None:
        self.exercise, self.findings = exercise, tuple(findings)

    @property
    def passed(self) -> bool:
        """Whether all of it is right."""
        return all(finding.passed for finding in self.findings)

    def __repr__(self) -> str:
        lines = [f"{RIGHT if self.passed else WRONG} {self.exercise.title}"]
        for finding in self.findings:
            lines.append(f"  {RIGHT if finding.passed else WRONG} {finding.message}")
            lines += [f"    {line}" for line in finding.detail.splitlines() if not finding.passed]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(_row(finding) for finding in self.findings)
        colour = "#1b7837" if self.passed else "#b35806"
        return (
            f'<div role="status" style="border-left:4px solid {colour};padding:.25em .75em">'
            f"<strong>{html.escape(self.exercise.title)}</strong>"
            f'<ul style="list-style:none;margin:.25em 0;padding:0">{rows}</ul></div>'
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


def _row(finding: Finding) -> str:
    mark = RIGHT if finding.passed else WRONG
    shown = "" if finding.passed or not finding.detail else f"<pre>{html.escape(finding.detail)}</pre>"
    return f"<li>{mark} {html.escape(finding.message)}{shown}</li>"
