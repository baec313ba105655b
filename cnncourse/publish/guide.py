"""The lecturer's guide as pages of the book: the folder ``teaching`` beside the lessons, its links adapted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from cnncourse.publish.objectives import address

FOLDER = "teaching"  # of the site, as in the repository
CAPTION = "For lecturers"
START = "README"
PAGES = (START, "timetables", "lessons", "objectives", "grading", "adapting")  # in the order of the book
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_NOTEBOOK = re.compile(r"\.\./notebooks/(.+)\.ipynb(#.+)?")
# A cell is named by the heading that it stands under and by its id, *2. Four loops say it all* (`loops`); the lesson is
# the one whose number was linked, or headed a part, last.
_NAMED = re.compile(r"\[(\d\d)\]\(|^## (\d\d) · |\*([^*|]+)\* \(`([a-z0-9]+(?:-[a-z0-9]+)*)`\)", re.MULTILINE)
_SIBLING = re.compile(r"(\w+)\.md(?:#(.+))?")


def guide_pages(notebooks: Path, shown: Collection[str]) -> dict[str, str]:
    """Read the guide as the book shows it.

    Parameters
    ----------
    notebooks : Path
        The folder of the lessons; the guide lies in the folder ``teaching`` beside it.
    shown : collection of str
        Names of the pages that the book has, such as ``"02_convolution_by_hand"``. A link to anything else, be it a
        lesson that is left out or a file of the repository, leaves its words without a link.

    Returns
    -------
    dict of str to str
        Markdown by the page's name, such as ``"teaching/README"``, in the order of the book; empty if there is no
        guide, as where only the package is installed.
    """
    folder = notebooks.parent / FOLDER
    texts = {name: path.read_text(encoding="utf-8") for name in PAGES if (path := folder / f"{name}.md").exists()}
    lessons = {path.name[:2]: path.name for path in notebooks.glob("[0-9][0-9]_*.ipynb")}
    return {f"{FOLDER}/{name}": adapted(with_places(text, lessons), texts, shown) for name, text in texts.items()}


def with_places(text: str, lessons: Mapping[str, str]) -> str:
    r"""Link each cell that a page names to the heading that it stands under.

    Parameters
    ----------
    text : str
        The page, in Markdown.
    lessons : mapping of str to str
        The file of each lesson by its number in two digits.

    Returns
    -------
    str
        The page with links as they hold in the folder ``teaching``.

    Examples
    --------
    >>> print(with_places("## 02 · Sums\n\n*1. One place* (`walk`)", {"02": "02_sums.ipynb"}).splitlines()[2])
    [*1. One place*](../notebooks/02_sums.ipynb#1.-One-place) (`walk`)
    """
    lesson = ""

    def link(found: re.Match[str]) -> str:
        nonlocal lesson
        if number := found[1] or found[2]:
            lesson = number
            return found[0]
        return f"[*{found[3]}*](../notebooks/{lessons[lesson]}#{address(found[3])}) (`{found[4]}`)"

    return _NAMED.sub(link, text)


def adapted(text: str, siblings: dict[str, str], shown: Collection[str]) -> str:
    """Let a page's links lead to pages of the book.

    Parameters
    ----------
    text : str
        The page, in Markdown.
    siblings : dict of str to str
        All pages of the guide by name; an anchor in a link is looked up among their headings.
    shown : collection of str
        The other pages of the book.

    Returns
    -------
    str
        The page with links that hold in the book, and without the others.

    Examples
    --------
    >>> adapted("[02](../notebooks/02_a.ipynb), [03](../notebooks/03_b.ipynb), [start](../README.md)", {}, ["02_a"])
    '[02](../02_a.ipynb), 03, start'
    """

    def lead(found: re.Match[str]) -> str:
        words, target = found.groups()
        if "://" in target:
            return found[0]
        here = _place(target, siblings, shown)
        return f"[{words}]({here})" if here else words

    return _LINK.sub(lead, text)


def _place(target: str, siblings: dict[str, str], shown: Collection[str]) -> str:
    if found := _NOTEBOOK.fullmatch(target):
        return f"../{found[1]}.ipynb{found[2] or ''}" if found[1] in shown else ""
    if (found := _SIBLING.fullmatch(target)) and found[1] in siblings:
        return f"{found[1]}.md" + (f"#{_in_book(found[2], siblings[found[1]])}" if found[2] else "")
    return ""


def _in_book(anchored: str, text: str) -> str:
    """Turn a heading's anchor as GitHub writes it into that of the book."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return next((address(heading) for heading in headings if slug(heading) == anchored), anchored)


def slug(heading: str) -> str:
    """Name a heading as GitHub does.

    Examples
    --------
    >>> slug("What goes wrong live?")
    'what-goes-wrong-live'
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
