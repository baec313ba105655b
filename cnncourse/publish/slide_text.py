"""Markdown of a notebook as HTML for slides, in blocks that may stand on different pages, formulas as MathML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cnncourse.publish.mathml import mathml

__all__ = ["blocks_of_text", "text_as_html"]

_NOTEBOOK = re.compile(r"(?:\./)?([\w-]+)\.ipynb(?:#.*)?")


def blocks_of_text(source: str) -> Iterator[tuple[str, str]]:
    r"""Cut a text where a page may end: between paragraphs, lists, tables, formulas.

    Parameters
    ----------
    source : str
        Markdown with formulas between dollar signs.

    Yields
    ------
    kind : str
        ``"heading"``, ``"list"`` or ``"prose"``.
    block : str
        HTML.

    Examples
    --------
    >>> list(blocks_of_text("## Rows first\n\nThen *columns*."))
    [('heading', '<h2>Rows first</h2>'), ('prose', '<p>Then <em>columns</em>.</p>')]
    """
    parser = _parser()
    environment: dict[str, Any] = {}
    for tokens in _top_level(parser.parse(source, environment)):
        text = parser.renderer.render(tokens, parser.options, environment).strip()
        yield _kind(tokens[0]), text


def text_as_html(source: str) -> str:
    """Write a text as one piece of HTML, as `blocks_of_text` would in several."""
    return "\n".join(text for _, text in blocks_of_text(source))


def _kind(first: Token) -> str:
    return {"heading_open": "heading", "bullet_list_open": "list", "ordered_list_open": "list"}.get(first.type, "prose")


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    gathered: list[Token] = []
    for token in tokens:
        gathered.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield gathered
            gathered = []


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(dollarmath_plugin, renderer=_formula).use(amsmath_plugin, renderer=_display)
    parser.add_render_rule("link_open", _link)
    return parser


def _formula(tex: str, options: dict[str, Any]) -> str:
    try:
        return mathml(tex, display=bool(options.get("display_mode")))
    except ValueError:  # the book says so when it is built; a slide shows what was meant
        return f"<code>{html.escape(tex)}</code>"


def _display(tex: str) -> str:
    return _formula(tex, {"display_mode": True})


def _link(renderer: Any, tokens: Sequence[Token], place: int, options: Any, environment: Any) -> str:
    """Lead to the other lesson's slides, where a notebook leads to its notebook."""
    target = str(tokens[place].attrs.get("href", ""))
    if found := _NOTEBOOK.fullmatch(target):
        tokens[place].attrs["href"] = f"{found[1]}.html"
    elif target.startswith("#"):
        tokens[place].attrs["href"] = "#/"
    return str(renderer.renderToken(tokens, place, options, environment))
