"""Write formulas as MathML while the book is built, so that a page needs nothing to show them (a Sphinx extension)."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_MATHML = "http://www.w3.org/1998/Math/MathML"
_PUNCTUATION = re.compile(r"[.,;:!?)\]»”’]+")
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split)\}")

ElementTree.register_namespace("", _MATHML)


def mathml(tex: str, *, display: bool = False) -> str:
    r"""Write a TeX formula as MathML that carries its source.

    Parameters
    ----------
    tex : str
        The formula, without dollar signs.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        A ``<math>`` element. Its ``alttext`` and an annotation hold the TeX.

    Raises
    ------
    ValueError
        If the formula cannot be read, or holds a command that is not known.

    Examples
    --------
    >>> '<msup><mi>x</mi><mn>2</mn></msup>' in mathml("x^2")
    True
    >>> mathml(r"\nosuchcommand")
    Traceback (most recent call last):
    ...
    ValueError: \nosuchcommand is not known in the formula \nosuchcommand
    """
    formula = _parse(tex, display)
    body = list(formula)
    for element in body:
        formula.remove(element)
    semantics = ElementTree.SubElement(formula, f"{{{_MATHML}}}semantics")
    row = ElementTree.SubElement(semantics, f"{{{_MATHML}}}mrow")
    row.extend(body)
    source = ElementTree.SubElement(semantics, f"{{{_MATHML}}}annotation", encoding="application/x-tex")
    source.text = tex.strip()
    formula.set("alttext", tex.strip())
    return ElementTree.tostring(formula, encoding="unicode")


def _parse(tex: str, display: bool) -> ElementTree.Element:
    try:
        text = convert(_ALIGNED.sub(r"\\\1{align*}", tex.strip()), display="block" if display else "inline")
        formula = ElementTree.fromstring(text)
    except Exception as fault:  # the converter has a dozen exceptions without a common ancestor
        raise ValueError(f"the formula {tex.strip()} cannot be read: {fault!r}") from fault
    for element in formula.iter():
        if (element.text or "").startswith("\\") and len(element.text or "") > 1:
            raise ValueError(f"{element.text} is not known in the formula {tex.strip()}")
        if column := element.attrib.pop("columnalign", None):  # browsers read the style, not this attribute
            element.set("style", f"text-align: {column}; padding-inline: 0.1em")
    return formula


def _write(translator: Any, node: nodes.Element, *, display: bool) -> str:
    tex = node.astext()
    try:
        return mathml(tex, display=display)
    except ValueError as fault:
        from sphinx.util import logging

        logging.getLogger(__name__).warning(str(fault), location=node, type="cnncourse", subtype="formula")
        return f"<code>{html.escape(tex)}</code>"


def keep_punctuation(app: Sphinx, doctree: nodes.document, name: str) -> None:
    """Hand each formula within a line the sign that follows it, so that no line begins with a comma.

    A browser breaks lines on either side of a formula, whatever stands there, except inside of what may not be broken.
    """
    for formula in list(doctree.findall(nodes.math)):
        after = formula.next_node(descend=False, siblings=True, ascend=False)
        signs = _PUNCTUATION.match(after.astext()) if isinstance(after, nodes.Text) else None
        if signs and formula.parent:
            formula["after"] = signs.group()
            formula.parent.replace(after, nodes.Text(after.astext()[signs.end() :]))


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula within a line, with the sign that follows it."""
    after = html.escape(node.get("after", ""))
    translator.body.append(f'<span class="math">{_write(translator, node, display=False)}{after}</span>')
    raise nodes.SkipNode


def visit_display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number where it has one."""
    # a formula too wide for the page scrolls, so the keyboard must reach it
    translator.body.append(translator.starttag(node, "div", CLASS="math", tabindex="0"))
    translator.body.append(_write(translator, node, display=True))
    if node.get("number"):
        from sphinx.util.math import get_node_equation_number

        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})</span>')
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer under the name ``mathml``."""
    app.connect("doctree-resolved", keep_punctuation)
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
