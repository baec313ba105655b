"""Turn an executed lesson into slides: which cells stand together, and each of their parts as a block of HTML.

How much of it fits on one screen only a browser knows, so ``deck.js`` lays the blocks out when the deck is opened.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from cnncourse.publish.execute import plain, tags
from cnncourse.publish.pages import STATE, page, speaks_to_lecturer, take_out_pictures
from cnncourse.publish.slide_text import blocks_of_text, text_as_html

__all__ = ["CODE_STYLE", "Deck", "Slide", "deck_of", "minutes_of"]

CODE_STYLE = "a11y-high-contrast-light"
_MODEL = re.compile(r'"model_id": "(\w+)"')
_FIGURE = re.compile(r"\s*<img [^>]*>\s*")
_HERE = re.compile(r"(\d+) minutes? here\b")  # where a note also says how long the whole lesson takes
_MINUTES = re.compile(r"(\d+) minutes?\b")
_WHOLE = ("slide", "subslide")


@dataclass
class Slide:
    """What belongs together and follows a ``slide`` or ``subslide`` cell; on the screen it may take several pages.

    Attributes
    ----------
    opens : bool
        Whether it begins a section, which the arrow to the right jumps to.
    blocks : list of str
        Headings, paragraphs, code, printed lines, pictures, explorers, in order, as HTML.
    notes : list of str
        What the lecturer reads meanwhile, as HTML.
    minutes : float
        Its share of the minutes that the notes give.
    """

    opens: bool
    blocks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    minutes: float = 0.0


@dataclass(frozen=True)
class Deck:
    """A lesson as slides.

    Attributes
    ----------
    slides : list of Slide
        In order.
    state : NotebookNode or None
        The saved state of its explorers.
    pictures : dict of str to bytes
        Files that the slides refer to, by name.
    """

    slides: list[Slide]
    state: NotebookNode | None
    pictures: dict[str, bytes]

    @property
    def minutes(self) -> float:
        """The minutes of all notes together."""
        return sum(slide.minutes for slide in self.slides)


def deck_of(executed: NotebookNode) -> Deck:
    """Make the slides of a lesson.

    Parameters
    ----------
    executed : NotebookNode
        The lesson with its outputs, widget states and slide types; it stays unchanged.

    Returns
    -------
    Deck
        Its slides with notes. Cells of the type ``skip`` are left out.
    """
    shown = page(executed)
    pictures = take_out_pictures(shown)
    state = shown.metadata.get("widgets", {}).get(STATE)
    by_identity = {cell.id: cell for cell in shown.cells}
    slides: list[Slide] = []
    waiting: list[Slide] = []  # those that no note has spoken of yet
    noted = False  # whether a note has spoken in this section
    for cell in executed.cells:
        kind = slide_type(cell)
        if speaks_to_lecturer(cell):
            _note(cell.source, waiting or slides[-1:])
            waiting, noted = [], True
        elif kind != "skip":
            if kind in _WHOLE or not slides:
                opens = kind == "slide" or not slides
                waiting, noted = ([], False) if opens and noted else (waiting, noted)
                slides.append(Slide(opens))
                waiting.append(slides[-1])
            slides[-1].blocks += _blocks(by_identity[cell.id], state, fragment=kind == "fragment")
    _notes_to_the_rest(slides)
    return Deck(slides, state, pictures)


def slide_type(cell: NotebookNode) -> str:
    """Return a cell's slide type: ``slide``, ``subslide``, ``fragment``, ``skip``, ``notes`` or ``-``."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type") or "-")


def minutes_of(note: str) -> int:
    """Read from a lecturer's note how long its part takes.

    Parameters
    ----------
    note : str
        Such a note, whose first words say it.

    Returns
    -------
    int, minutes
        0 if it says nothing.

    Examples
    --------
    >>> minutes_of("12 minutes, the heart of the lecture. Take 2 minutes for questions.")
    12
    >>> minutes_of("90 minutes in all. For 45 minutes show sections 1 and 6. 2 minutes here: ask the room.")
    2
    """
    found = _HERE.search(note) or _MINUTES.search(note)
    return int(found[1]) if found else 0


def _note(source: str, slides: list[Slide]) -> None:
    for slide in slides:
        slide.notes.append(text_as_html(source))
        slide.minutes += minutes_of(source) / len(slides)


def _notes_to_the_rest(slides: list[Slide]) -> None:
    """Give the slides after a section's last note that note too, so that the lecturer's view is never empty."""
    for before, slide in pairwise(slides):
        if not slide.notes and not slide.opens:
            slide.notes = before.notes


def _blocks(cell: NotebookNode, state: NotebookNode | None, *, fragment: bool) -> list[str]:
    made = list(_parts(cell, state))
    attributes = f' data-cell="{html.escape(cell.id)}"' + (' data-fragment=""' if fragment else "")
    return [f'<div class="block {kind}" data-kind="{kind}"{attributes}{more}>{text}</div>' for kind, text, more in made]


def _parts(cell: NotebookNode, state: NotebookNode | None) -> Iterator[tuple[str, str, str]]:
    """Yield kind, HTML and further attributes of each block of a cell."""
    if cell.cell_type == "markdown":
        yield from ((kind, text, "") for kind, text in blocks_of_text(cell.source))
    if cell.cell_type != "code":
        return
    outputs = [_output(output, state) for output in cell.outputs]
    hidden = "hide-input" in tags(cell) or any(kind in ("explorer", "prompt") for kind, _, _ in outputs)
    if not hidden:
        yield "code", f'<pre role="group" aria-label="Code">{_coloured(cell.source)}</pre>', ""
    yield from (output for output in outputs if output[1])


def _output(output: NotebookNode, state: NotebookNode | None) -> tuple[str, str, str]:
    data = output.get("data", {})
    if "text/html" not in data:
        return _printed(
            plain("\n".join(output.get("traceback", ())) or output.get("text") or data.get("text/plain", ""))
        )
    text = str(data["text/html"])
    if model := _MODEL.search(text):
        saved = state["state"].get(model[1], {}).get("state", {}) if state else {}
        return "prompt" if "sealed" in saved else "explorer", text, ""
    return "figure" if _FIGURE.fullmatch(text) else "html", text, ""


def _printed(text: str) -> tuple[str, str, str]:
    text = text.rstrip("\n")
    return "printed", f'<pre role="group" aria-label="Output">{html.escape(text)}</pre>' if text else "", ""


def _coloured(source: str) -> str:
    formatter: Any = HtmlFormatter(nowrap=True)
    return str(highlight(source, PythonLexer(stripnl=False), formatter)).rstrip("\n")
