"""The glossary of the book: its words, its page, and where a text uses which word first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnncourse.lessons import Lesson

_FILE = Path(__file__).with_name("book") / "glossary.toml"

INTRODUCTION = """# Glossary

The words of the course, each in a sentence or two. The lesson named with a word is where it is built; the link leads
to the first place there that uses it. In the lessons, words with a dotted line below them lead here.
"""


@dataclass(frozen=True)
class Term:
    """A word of the course.

    Attributes
    ----------
    name : str
        As the glossary lists it.
    text : str
        What it means, in Markdown.
    lesson : int
        Number of the lesson that builds it.
    forms : tuple of str
        Other ways of writing it, plurals too.
    elsewhere : tuple of int
        Lessons in which the word means something else.
    """

    name: str
    text: str
    lesson: int
    forms: tuple[str, ...] = ()
    elsewhere: tuple[int, ...] = ()


def read_terms(file: Path = _FILE) -> list[Term]:
    """Read the words of the course.

    Parameters
    ----------
    file : Path
        A TOML file of tables ``[[term]]``; the packaged one by default.

    Returns
    -------
    list of Term
        As the file orders them, by lesson.

    Raises
    ------
    ValueError
        If two terms are written the same way.
    """
    told = tomllib.loads(file.read_text(encoding="utf-8"))["term"]
    terms = [
        Term(one["name"], one["text"], one["lesson"], tuple(one.get("forms", ())), tuple(one.get("elsewhere", ())))
        for one in told
    ]
    written = [form.lower() for term in terms for form in (term.name, *term.forms)]
    if twice := sorted({form for form in written if written.count(form) > 1}):
        raise ValueError(f"expected every form once in {file.name}, found {', '.join(twice)} twice; keep one of them")
    return terms


def glossary_page(terms: Iterable[Term], lessons: Sequence[Lesson]) -> str:
    """Write the page of all words, in MyST Markdown.

    Parameters
    ----------
    terms : iterable of Term
        The words.
    lessons : sequence of Lesson
        The lessons of this book; other ones are named and not linked.

    Returns
    -------
    str
        The page, in alphabetical order.
    """
    entries = sorted(terms, key=lambda term: term.name.lower())
    listed = "\n".join(f"{term.name}\n  {term.text} {_built_in(term, lessons)}\n" for term in entries)
    return f"{INTRODUCTION}\n:::{{glossary}}\n{listed}:::\n"


def _built_in(term: Term, lessons: Sequence[Lesson]) -> str:
    for lesson in lessons:
        if lesson.number == term.lesson:
            return f"*Lesson [{lesson.number:02d} {lesson.title}]({lesson.path.name}).*"
    return f"*Lesson {term.lesson:02d}.*"


@dataclass(frozen=True)
class Use:
    """A term as it stands in a text.

    Attributes
    ----------
    text : int
        Which text, counted from 0.
    start, end : int
        Where in it, in letters.
    term : Term
        Which word.
    """

    text: int
    start: int
    end: int
    term: Term


class FirstUses:
    """Finds where texts use each term first; longer words go before the shorter ones inside them.

    Parameters
    ----------
    terms : iterable of Term
        The words to look for.

    Examples
    --------
    >>> stride = Term("stride", "How far a kernel moves.", 2, ("strides",))
    >>> [(use.text, use.start) for use in FirstUses([stride])(["No step.", "Two Strides, one stride"])]
    [(1, 4)]
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_form = {_plain(form): term for term in terms for form in (term.name, *term.forms)}
        longest_first = sorted(self._by_form, key=len, reverse=True)
        forms = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first) or r"(?!)"
        self._pattern = re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE)

    def __call__(self, texts: Iterable[str]) -> Iterator[Use]:
        """Yield the first use of each term, in reading order."""
        seen: set[Term] = set()
        for place, text in enumerate(texts):
            for found in self._pattern.finditer(text):
                term = self._by_form[_plain(found.group())]
                if term not in seen:
                    seen.add(term)
                    yield Use(place, found.start(), found.end(), term)


def _plain(form: str) -> str:
    return " ".join(form.lower().split())
