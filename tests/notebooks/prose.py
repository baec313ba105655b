"""Reads the Markdown of a notebook cell: its words, headings, links and pictures.

Markdown is parsed, not guessed at with patterns, so that a `#` in code is no heading and a `!` in a formula no shout.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cnncourse.publish.pages import anchor

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_FORMULA = re.compile(r"\$\$.+?\$\$|(?<![\\$])\$(?!\s)[^$\n]+?(?<![\s\\])\$(?!\d)", re.DOTALL)


def _tokens(source: str) -> Iterator[Token]:
    for token in _MARKDOWN.parse(_FORMULA.sub("x", source)):
        yield token
        yield from token.children or []


def plain(source: str) -> str:
    """Return what a reader reads as prose: without code, formulas, tags and the targets of links."""
    kept = []
    for token in _tokens(source):
        if token.type in ("text", "softbreak", "hardbreak"):
            kept.append(token.content or "\n")
        elif token.type in ("html_block", "html_inline"):
            kept.append(re.sub(r"<[^>]*>", " ", token.content))
        elif token.type.endswith("_close") and token.block:
            kept.append("\n")
    return "".join(kept)


def words(source: str) -> list[str]:
    """Return the words of the prose."""
    return re.findall(r"\w+(?:['’\-]\w+)*", plain(source))


def headings(source: str) -> list[tuple[int, str]]:
    """Return the headings, each with its level."""
    tokens = _MARKDOWN.parse(source)
    return [
        (int(opening.tag[1]), inline.content)
        for opening, inline in itertools.pairwise(tokens)
        if opening.type == "heading_open"
    ]


def links(source: str) -> list[str]:
    """Return the targets of all links, those written as HTML included."""
    written = [str(token.attrs["href"]) for token in _tokens(source) if token.type == "link_open"]
    return written + [attributes["href"] for tag, attributes in _html(source) if tag == "a" and "href" in attributes]


def images(source: str) -> list[tuple[str, str]]:
    """Return text alternative and address of all pictures, those written as HTML included."""
    written = [(token.content, str(token.attrs["src"])) for token in _tokens(source) if token.type == "image"]
    return written + [(a.get("alt", ""), a.get("src", "")) for tag, a in _html(source) if tag == "img"]


def anchors(sources: Iterable[str]) -> set[str]:
    """Return the names under which the headings can be linked to: JupyterLab's, which the book takes over."""
    found = set()
    for source in sources:
        found |= {anchor(re.sub(r"[`*_]", "", text)) for _, text in headings(source)}
        found |= {attributes["id"] for _, attributes in _html(source) if "id" in attributes}
    return found


def _html(source: str) -> list[tuple[str, dict[str, str]]]:
    parser = _Tags()
    for token in _tokens(source):
        if token.type in ("html_block", "html_inline"):
            parser.feed(token.content)
    return parser.found


class _Tags(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep one tag."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))
