"""What the doctor finds, as a table to read in a notebook (lesson 00)."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from cnncourse.doctor import ADVICE, MISSING, OK, Row, report

_SIGNS = {OK: "✓", ADVICE: "→", MISSING: "✗"}
_WORDS = {OK: "well", ADVICE: "could be better", MISSING: "missing"}
_FOLDER = re.compile(
    r"(?<![\w.…-])(?:[A-Za-z]:\\|/)(?:[^/\\:;()]+[/\\])+([^\s/\\:;()]+)"
)  # an absolute path of two parts or more
_LEFT = "text-align:left"
_CODE = re.compile(r"`([^`]+)`")
_MACHINE = ("Python", "browser", "cores", "memory", "accelerator", "cache", "disk", "lessons")
_DATA = ("photographs", "faces", "digits", "MNIST", "Fashion-MNIST", "CIFAR-10", "weights")


class Checkup:
    """The doctor's findings in three groups: this machine, pictures and data, packages.

    Parameters
    ----------
    rows : sequence of Row
        What `cnncourse.doctor.report` gives.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)

    @property
    def verdict(self) -> str:
        """Whether the course can run here, in a sentence."""
        missing = [row.name for row in self.rows if row.verdict == MISSING]
        return f"Missing: {', '.join(missing)}. See below." if missing else "The course can run here."

    def groups(self) -> dict[str, list[Row]]:
        """Sort the findings under headings; what is well with the packages becomes one line."""
        packages = [row for row in self.rows if row.name not in _MACHINE + _DATA]
        well = [row for row in packages if row.verdict == OK]
        names = ", ".join(f"{row.name} {row.value}" for row in well if row.name in ("numpy", "torch", "jupyterlab"))
        together = [Row(f"{len(well)} packages", f"installed; among them {names}" if names else "installed", OK)]
        return {
            "This machine": [row for row in self.rows if row.name in _MACHINE],
            "Pictures and data": [row for row in self.rows if row.name in _DATA],
            "Packages": [row for row in packages if row.verdict != OK] + together * bool(well),
        }

    def __repr__(self) -> str:
        lines = [self.verdict]
        for heading, rows in self.groups().items():
            lines += ["", heading]
            lines += [f"  {_SIGNS[row.verdict]} {row.name}: {_told(row)}" for row in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        bodies = []
        for heading, rows in self.groups().items():
            head = f'<tr><th scope="rowgroup" colspan="3" style="{_LEFT};padding-top:0.9em">{heading}</th></tr>'
            bodies.append(f"<tbody>{head}{''.join(_line(row) for row in rows)}</tbody>")
        caption = f'<caption style="{_LEFT};caption-side:top"><strong>{html.escape(self.verdict)}</strong></caption>'
        return f'<table style="width:auto">{caption}{"".join(bodies)}</table>'


def checkup() -> Checkup:
    """Look at this machine and installation, without a network (lesson 00).

    Returns
    -------
    Checkup
        A table in a notebook, lines of text elsewhere; the same findings as ``cnncourse doctor``.
    """
    return Checkup(report())


def _told(row: Row) -> str:
    """Write value and advice without the folders above, which say more of a person than of the course."""
    value = "not at hand" if row.name == "MNIST" and row.verdict != OK else row.value
    text = value if row.verdict == OK or not row.advice else f"{value}; {row.advice}"
    return _FOLDER.sub(r"…/\1", text)


def _line(row: Row) -> str:
    sign = f'<span role="img" aria-label="{_WORDS[row.verdict]}">{_SIGNS[row.verdict]}</span>'
    cells = "".join(
        f'<td style="{_LEFT};vertical-align:top;padding:0.2em 1em 0.2em 0">{cell}</td>'
        for cell in (sign, html.escape(row.name), _CODE.sub(r"<code>\1</code>", html.escape(_told(row))))
    )
    return f"<tr>{cells}</tr>"
