"""The works that lessons build on: one packaged list, and the page that says which lesson cites what."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from cnncourse.lessons import Lesson
from cnncourse.publish.execute import tags

SOURCES = "Sources"  # the heading that every lesson ends with
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>\[\]]+")
_FILE = Path(__file__).with_name("book") / "references.toml"
_NAMED = re.compile(rf"\bdoi:\s?(?P<doi>{DOI.pattern})|\barXiv:(?P<arxiv>\d{{4}}\.\d{{4,5}})", re.IGNORECASE)

INTRODUCTION = """# References

The works that the lessons build on, by their first author, each with the lessons that cite it. What is said of a work
stands there, under *Sources*.
"""


@dataclass(frozen=True)
class Work:
    """A paper, book or page that lessons cite.

    Attributes
    ----------
    key : str
        Its name in addresses, such as ``"lecun-1998"``.
    authors, title, where : str
        Who, what, and in which journal, conference or house.
    year : int
        Of this version.
    doi : str
        Its digital object identifier, or empty.
    also : str
        That of another version, or empty.
    url : str
        Its address where there is no such identifier, or empty.
    """

    key: str
    authors: str
    title: str
    where: str
    year: int
    doi: str = ""
    also: str = ""
    url: str = ""

    @property
    def address(self) -> str:
        """Where it is found; empty if nowhere."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def is_cited_in(self, sources: str) -> bool:
        """Tell whether a list of sources names it, by its identifier or, in one line, by its author and title."""
        if self.dois & {one.doi.lower() for one in identifiers(sources)}:
            return True
        name, title = self.last_name, _letters(self.title)
        return any(name in line.lower() and title in _letters(line) for line in sources.splitlines())

    @property
    def dois(self) -> set[str]:
        """Its identifiers, in small letters, in which they count as the same."""
        return {doi.lower() for doi in (self.doi, self.also) if doi}

    @property
    def last_name(self) -> str:
        """Of the first author, in small letters."""
        return self.authors.split(",")[0].split()[-1].lower()


class Identifier(NamedTuple):
    """A DOI or a number of arXiv in a text.

    Attributes
    ----------
    start, end : int
        Where it stands, in letters.
    doi : str
        The identifier; papers of arXiv have one, too.
    address : str
        Where it leads.
    """

    start: int
    end: int
    doi: str
    address: str


def identifiers(text: str) -> list[Identifier]:
    """Find what a text writes as ``doi:…`` or ``arXiv:…``.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of Identifier
        In their order. Signs that end a sentence or a bracket are no part of them.

    Examples
    --------
    >>> [one.doi for one in identifiers("doi:10.5244/C.2.23: corners. arXiv:1412.6980.")]
    ['10.5244/C.2.23', '10.48550/arXiv.1412.6980']
    """
    return [_identifier(found) for found in _NAMED.finditer(text)]


def _identifier(found: re.Match[str]) -> Identifier:
    if number := found["arxiv"]:
        return Identifier(*found.span(), f"10.48550/arXiv.{number}", f"https://arxiv.org/abs/{number}")
    doi = found["doi"].rstrip(".,;:]*")
    if doi.count(")") > doi.count("("):  # the bracket around it, not one of its own
        doi = doi.rsplit(")", 1)[0].rstrip(".,;:]")
    return Identifier(found.start(), found.start("doi") + len(doi), doi, f"https://doi.org/{doi}")


def read_works(file: Path = _FILE) -> list[Work]:
    """Read the list of works.

    Parameters
    ----------
    file : Path
        A TOML file of tables ``[[work]]``; the packaged one by default.

    Returns
    -------
    list of Work
        By the last name of the first author, then by year.

    Raises
    ------
    ValueError
        If two works have one key, or a DOI has not the form of one.
    """
    works = [Work(**one) for one in tomllib.loads(file.read_text(encoding="utf-8"))["work"]]
    keys = [work.key for work in works]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"expected every key once in {file.name}, found {', '.join(twice)} twice; rename one")
    for work in works:
        if wrong := sorted(doi for doi in work.dois if not DOI.fullmatch(doi)):
            raise ValueError(f"{work.key}: expected a DOI such as 10.1109/5.726791, got {wrong[0]!r}")
    return sorted(works, key=lambda work: (work.last_name, work.year))


def sources_of(notebook: NotebookNode) -> str:
    """Return the text in which a lesson names its sources."""
    return "\n".join(cell.source for cell in notebook.cells if "sources" in tags(cell))


def unlisted(works: Iterable[Work], sources: Mapping[Lesson, str]) -> dict[str, list[Lesson]]:
    """Find identifiers that lessons cite and the list of works lacks.

    Parameters
    ----------
    works : iterable of Work
        The list.
    sources : mapping of Lesson to str
        Each lesson's sources, see `sources_of`.

    Returns
    -------
    dict of str to list of Lesson
        DOI -> the lessons that cite it.
    """
    known = {doi for work in works for doi in work.dois}
    cited = {lesson: {one.doi.lower(): one.doi for one in identifiers(text)[::-1]} for lesson, text in sources.items()}
    written = {low: doi for found in cited.values() for low, doi in found.items() if low not in known}
    return {doi: [lesson for lesson, found in cited.items() if low in found] for low, doi in written.items()}


def references_page(works: Iterable[Work], sources: Mapping[Lesson, str]) -> str:
    """Write the page of all works that lessons cite, with links back to these lessons.

    Parameters
    ----------
    works : iterable of Work
        The list.
    sources : mapping of Lesson to str
        Each lesson's sources.

    Returns
    -------
    str
        The page in MyST Markdown.
    """
    works = list(works)
    cited = {work: [lesson for lesson, text in sources.items() if work.is_cited_in(text)] for work in works}
    items = [_item(work, lessons) for work, lessons in cited.items() if lessons]
    items += [_bare_item(doi, lessons) for doi, lessons in unlisted(works, sources).items()]
    listed = "\n".join(items)
    return f'{INTRODUCTION}\n<ul class="references">\n{listed}\n</ul>\n'


def _item(work: Work, lessons: list[Lesson]) -> str:
    told = (
        f"{html.escape(work.authors)}: <cite>{html.escape(work.title)}</cite>. {html.escape(work.where)}, {work.year}."
    )
    if work.address:
        shown = f"doi:{work.doi}" if work.doi else work.url.removeprefix("https://")
        told += f' <a class="reference external" href="{html.escape(work.address)}">{html.escape(shown)}</a>.'
    return f'<li id="ref-{work.key}">{told} {_cited_in(lessons)}</li>'


def _bare_item(doi: str, lessons: list[Lesson]) -> str:
    link = f'<a class="reference external" href="https://doi.org/{html.escape(doi)}">doi:{html.escape(doi)}</a>'
    return f"<li>{link}. {_cited_in(lessons)}</li>"


def _cited_in(lessons: list[Lesson]) -> str:
    links = ", ".join(
        f'<a href="{one.path.stem}.html#{SOURCES}">{one.number:02d} {html.escape(one.title)}</a>' for one in lessons
    )
    return f'<span class="cited">Cited in {links}.</span>'


def _letters(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", text.lower()).split())
