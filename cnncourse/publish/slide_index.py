"""The page from which a lecturer opens decks, with the keys that work on a slide."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnncourse.lessons import Lesson

__all__ = ["Made", "index_page"]

KEYS = (
    ("Space, Page Down", "next step; a presenter’s remote sends these"),
    ("Shift + Space, Page Up", "one step back"),
    ("→ ←", "next and previous section"),
    ("↓ ↑", "next and previous slide within a section"),
    ("S", "speaker view, in a window of its own: notes, minutes, clock, what comes next"),
    ("O or Esc", "overview of all slides; arrows and Enter choose one"),
    ("G, a number, Enter", "go to a slide by the number at its foot"),
    ("F", "full screen"),
    ("B or .", "dark screen, and back"),
    ("?", "all keys"),
)
HANDOUTS = {"slides": "PDF", "notes": "PDF with notes"}


@dataclass(frozen=True)
class Made:
    """A deck that can be opened.

    Attributes
    ----------
    lesson : Lesson
        What it shows.
    minutes : float, minutes
        What its notes add up to.
    handouts : mapping of str to str
        Its PDF files, by kind.
    """

    lesson: Lesson
    minutes: float
    handouts: Mapping[str, str]


def index_page(decks: Sequence[Made]) -> str:
    """Write the page.

    Parameters
    ----------
    decks : sequence of Made
        In teaching order.

    Returns
    -------
    str
        HTML.
    """
    rows = "\n".join(_entry(deck) for deck in decks)
    keys = "\n".join(f"<tr><th scope='row'>{_keyed(key)}</th><td>{html.escape(what)}</td></tr>" for key, what in KEYS)
    return _PAGE.format(rows=rows, keys=keys, minutes=f"{sum(deck.minutes for deck in decks):.0f}")


def _entry(deck: Made) -> str:
    lesson = deck.lesson
    prints = " · ".join(
        f'<a href="{name}">{HANDOUTS[kind]}<span class="unseen"> of lesson {lesson.number:02d}</span></a>'
        for kind, name in deck.handouts.items()
    )
    return (
        f'<li><a class="deck-link" href="{lesson.path.stem}.html"><span>{lesson.number:02d}</span> '
        f"{html.escape(lesson.title)}</a><p>{html.escape(lesson.summary)}</p>"
        f'<p class="facts">{deck.minutes:.0f} minutes by the notes{" · " if prints else ""}{prints}</p></li>'
    )


def _keyed(keys: str) -> str:
    """Mark the keys, and leave the words between them."""
    words = ("or", "a", "number,")
    return " ".join(
        one if one in (*words, "+") else f"<kbd>{html.escape(one.rstrip(','))}</kbd>{',' if one.endswith(',') else ''}"
        for one in keys.replace("Page ", "Page\u00a0").split(" ")
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Slides · Convolutional neural networks</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="static/fonts.css"><link rel="stylesheet" href="static/index.css"></head>
<body><main>
<h1>Convolutional neural networks</h1>
<p class="lead">One deck a lesson, made of the lesson’s own notebook. This folder is complete: it works without a
network, from any disk or USB stick. Explorers, predictions and quizzes are alive on the slides.</p>
<h2>Decks</h2>
<ol class="decks">
{rows}
</ol>
<p class="facts">All notes together: {minutes} minutes.</p>
<h2>On stage</h2>
<table class="keys">
<tbody>
{keys}
</tbody>
</table>
<ul>
<li>While an explorer or a question has the keyboard, arrows belong to it. <kbd>Esc</kbd> gives them back to the
slides; <kbd>Page&nbsp;Down</kbd> and <kbd>Page&nbsp;Up</kbd> always turn over.</li>
<li>A deck opens at a cell whose name stands behind its address, as in
<code>06_lenet_and_mnist.html#run-lenet5</code>; the lecturer’s guide names cells so.</li>
<li>A prediction stands on a slide of its own, and what it asks for comes after it: ask the room, then go on.</li>
<li>The speaker view opens with <kbd>S</kbd>. If nothing opens, allow pop-up windows for this page. Share or project the
first window only. The view shows how far you are ahead of the notes’ minutes, or behind.</li>
<li>Two screens: open the deck, press <kbd>S</kbd>, move the first window to the projector, press <kbd>F</kbd>
there.</li>
<li>To change code in front of the room, open the lesson with <code>make lab</code>, run all cells and press
<kbd>Alt</kbd> + <kbd>R</kbd>: the notebook shows one slide at a time, alive.</li>
<li>A PDF by hand: open a deck with <code>?print-pdf</code> behind its address, or with
<code>?print-pdf&amp;showNotes=separate-page</code> for the notes as well, and print it from Chrome or Edge.</li>
</ul>
</main></body></html>
"""
