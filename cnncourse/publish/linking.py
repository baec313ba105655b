"""Links that nobody writes by hand: a word to the glossary, an identifier to its paper (a Sphinx extension)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

from cnncourse.publish.glossary import FirstUses, Term, Use, read_terms
from cnncourse.publish.references import SOURCES, identifiers

if TYPE_CHECKING:
    from sphinx.application import Sphinx

GLOSSARY = "glossary"
_LESSON = re.compile(r"(\d\d)_\w+")
_NAME = re.compile(r"Lesson \d\d ·")  # the name of a lesson, which may hold a term
# What is no running prose: headings, code, formulas, links that are there already, HTML, cells and their outputs.
_NO_PROSE = (
    nodes.title,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.raw,
    nodes.reference,
    nodes.container,
    nodes.comment,
    addnodes.pending_xref,
    addnodes.download_reference,
)


def link_terms(app: Sphinx, document: nodes.document, page: str) -> None:
    """Link each term of the glossary where a lesson's page uses it first."""
    if not _LESSON.fullmatch(page) or GLOSSARY not in app.env.all_docs:
        return
    address = app.builder.get_relative_uri(page, GLOSSARY)
    named = app.env.domains.standard_domain.objects
    anchors = {word: label for (kind, word), (_, label) in named.items() if kind == "term"}
    by_text: dict[nodes.Text, list[Use]] = {}
    for text, use in first_uses(document, page):
        by_text.setdefault(text, []).append(use)
    for text, uses in by_text.items():
        _split(text, [(use.start, use.end, _link(use, f"{address}#{anchors[use.term.name]}")) for use in uses])


def terms_of(page: str) -> list[Term]:
    """List the terms that a page may link: all but those whose word means something else there.

    Parameters
    ----------
    page : str
        Name of a lesson's page, such as ``"02_convolution_by_hand"``.

    Returns
    -------
    list of Term
        The terms.
    """
    number = int(page[:2])
    return [term for term in _terms() if number not in term.elsewhere]


_terms = cache(read_terms)


def prose(document: nodes.document) -> Iterator[nodes.Text]:
    """Yield the running prose of a page: no headings, no code, no links, no names of lessons, no sources.

    Parameters
    ----------
    document : document
        The page, with its cells.

    Yields
    ------
    Text
        Its texts, in reading order.
    """
    for text in document.findall(nodes.Text):
        kept_out = any(isinstance(above, _NO_PROSE) or _is_sources(above) for above in _ancestors(text))
        if not kept_out and not _NAME.match(text.astext()):
            yield text


def first_uses(document: nodes.document, page: str) -> list[tuple[nodes.Text, Use]]:
    """Find the first use of each term on a page.

    Parameters
    ----------
    document : document
        The page.
    page : str
        Its name.

    Returns
    -------
    list of (Text, Use)
        In reading order.
    """
    texts = list(prose(document))
    return [(texts[use.text], use) for use in FirstUses(terms_of(page))(text.astext() for text in texts)]


def use_anchor(term: Term) -> str:
    """Name the place of a term's first use on a page.

    Examples
    --------
    >>> use_anchor(Term("Gabor filter", "A wave under a bell curve.", 3))
    'use-gabor-filter'
    """
    return nodes.make_id(f"use {term.name}")


def _link(use: Use, address: str) -> nodes.reference:
    return nodes.reference("", "", internal=True, refuri=address, classes=["term"], ids=[use_anchor(use.term)])


def _split(text: nodes.Text, links: Iterable[tuple[int, int, nodes.reference]]) -> None:
    """Put links in the place of parts of a text."""
    whole, parts, end = text.astext(), [], 0
    for start, stop, link in links:
        link += nodes.Text(whole[start:stop])
        parts += [nodes.Text(whole[end:start]), link]
        end = stop
    parts.append(nodes.Text(whole[end:]))
    text.parent.replace(text, [part for part in parts if part.astext()])


def _ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    while (node := node.parent) is not None:
        yield node


def _is_sources(node: nodes.Node) -> bool:
    return isinstance(node, nodes.section) and node.next_node(nodes.title).astext() == SOURCES


def link_sources(app: Sphinx, document: nodes.document, page: str) -> None:
    """Link every DOI and every arXiv number in a page's list of sources."""
    for section in list(document.findall(_is_sources)):
        for text in list(section.findall(nodes.Text)):
            if not any(isinstance(above, _NO_PROSE) for above in _ancestors(text)):
                found = identifiers(text.astext())
                _split(text, [(one.start, one.end, _outward(one.address)) for one in found])


def _outward(address: str) -> nodes.reference:
    return nodes.reference("", "", internal=False, refuri=address)


def point_to_uses(app: Sphinx, document: nodes.document, page: str) -> None:
    """Let the glossary's links to lessons lead to the first use of the word there."""
    if page != GLOSSARY:
        return
    used = {
        lesson: {use_anchor(use.term) for _, use in first_uses(app.env.get_doctree(lesson), lesson)}
        for lesson in app.env.all_docs
        if _LESSON.fullmatch(lesson)
    }
    for item in document.findall(nodes.definition_list_item):
        anchor = nodes.make_id(f"use {item.next_node(nodes.term).astext()}")
        for link in item.findall(nodes.reference):
            lesson = link.get("refuri", "").removesuffix(".html")
            if anchor in used.get(lesson, ()):
                link["refuri"] += f"#{anchor}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what links, once a page's own links are resolved."""
    for link in (link_terms, link_sources, point_to_uses):
        app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
