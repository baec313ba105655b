"""Figures on the book's pages: a place to link to, a text alternative worth the name, and an index of them all."""

from __future__ import annotations

import ast
import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from cnncourse.lessons import Lesson
from cnncourse.publish.execute import code_cells, tags

THUMBNAILS = "thumbnails"  # folder of the site, beside the pages
SHORTEST = 20  # letters; a text alternative has more
_WIDTH, _HEIGHT = 260, 170  # pixels of a thumbnail, at most
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(alt|src|id)="([^"]*)"')
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
_GENERIC = ("Figure with ", "Figure without ")  # how cnncourse.style fills in for a description that is missing

INTRODUCTION = """# Figures

All figures of the lessons in their order. Each leads to its place; the words below it say what is to be seen. Some of
them answer a question: if you like to predict first, go to the lesson first.
"""


@dataclass(frozen=True)
class Figure:
    """A figure on the page of a lesson.

    Attributes
    ----------
    anchor : str
        Its name in addresses, such as ``"figure-blur-photograph"``.
    alternative : str
        What it shows, in words.
    picture : str
        Where its file lies, from the page.
    section : str
        The heading that it stands under.
    cell : str
        Which cell draws it.
    moves : bool
        Whether it is the still picture of an explorer.
    titles : frozenset of str
        What the cell writes above its panels.
    """

    anchor: str
    alternative: str
    picture: str
    section: str
    cell: str
    moves: bool
    titles: frozenset[str] = frozenset()

    @property
    def fault(self) -> str:
        """What is wrong with the text alternative; empty if it will do."""
        told = _plain(self.alternative)
        if len(told) <= SHORTEST:
            return f"it has {len(told)} letters, expected more than {SHORTEST}"
        if told.startswith(tuple(_plain(words) for words in _GENERIC)):
            return "it is made of titles"
        if told in {_plain(title) for title in (*self.titles, self.section)}:
            return "it repeats a title"
        return ""


def name_figures(shown: NotebookNode) -> None:
    """Give every figure of a page a name that links can lead to; stable as long as cells keep their identity.

    Parameters
    ----------
    shown : NotebookNode
        The page; changed in place. The pictures of explorers are left alone, for the explorers take their place.
    """
    for cell in code_cells(shown):
        count = 0
        for output in cell.outputs:
            text = output.get("data", {}).get("text/html", "")
            if not text or _is_live(text):
                continue
            for image in _IMAGE.findall(text):
                count += 1
                name = f"figure-{cell.id}" + (f"-{count}" if count > 1 else "")
                text = text.replace(image, image.replace("<img ", f'<img id="{name}" ', 1), 1)
            output.data["text/html"] = text


def figures_of(shown: NotebookNode) -> list[Figure]:
    """List the figures of a page, and the explorers that its cells are tagged for.

    Parameters
    ----------
    shown : NotebookNode
        The page, after `name_figures` and after its pictures were taken out.

    Returns
    -------
    list of Figure
        In reading order.
    """
    figures: list[Figure] = []
    section = ""
    for cell in shown.cells:
        if cell.cell_type == "markdown":
            section = [section, *_HEADING.findall(cell.source)][-1]
        elif cell.cell_type == "code":
            figures += _figures_of_cell(cell, section)
    return figures


def _figures_of_cell(cell: NotebookNode, section: str) -> Iterator[Figure]:
    for output in cell.outputs:
        data = output.get("data", {})
        text = data.get("text/html", "")
        if any(kind.startswith("image/") for kind in data) and not text:
            yield Figure(cell.id, "", "", section, cell.id, moves=False)  # a picture that nobody can describe
        live = _is_live(text)
        for image in _IMAGE.findall(text)[: 1 if live else None]:
            told = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(image)}
            anchor = f"explorer-{cell.id}" if live else told.get("id", "")
            if not live or "explorer" in tags(cell):
                titles = frozenset(titles_in(cell.source))
                yield Figure(anchor, told.get("alt", ""), told.get("src", ""), section, cell.id, live, titles)


def _is_live(text: str) -> bool:
    return 'class="explorer"' in text


def titles_in(source: str) -> set[str]:
    """Find the titles that a cell writes above its panels.

    Parameters
    ----------
    source : str
        Code.

    Returns
    -------
    set of str
        Every text given as ``title`` or ``titles``, or to ``set_title``, ``suptitle`` and the like.

    Examples
    --------
    >>> sorted(titles_in('show_images(a, b, titles=["before", "after"]); ax.set_title("both")'))
    ['after', 'before', 'both']
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a command of IPython draws nothing that we could read
        return set()
    texts: list[ast.expr] = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        texts += [keyword.value for keyword in call.keywords if keyword.arg in ("title", "titles")]
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("set_title", "suptitle", "title"):
            texts += call.args[:1]
    constants = (node.value for text in texts for node in ast.walk(text) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def thumbnail(content: bytes) -> bytes:
    """Make a small copy of a picture.

    Parameters
    ----------
    content : bytes
        A picture file of any usual kind.

    Returns
    -------
    bytes
        A WebP file of at most 260 × 170 pixels, with the whole picture in it.
    """
    from PIL import Image

    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.thumbnail((_WIDTH, _HEIGHT))
    small = io.BytesIO()
    picture.save(small, format="webp", quality=80)
    return small.getvalue()


def thumbnail_name(figure: Figure) -> str:
    """Name the small copy after the picture, which is named after its content."""
    return f"{figure.picture.rpartition('/')[2].rpartition('.')[0]}.webp"


def figures_page(figures: Mapping[Lesson, Iterable[Figure]]) -> str:
    """Write the page of all figures, in MyST Markdown.

    Parameters
    ----------
    figures : mapping of Lesson to iterable of Figure
        What the pages show.

    Returns
    -------
    str
        A list for each lesson that has figures.
    """
    lists = [_list(lesson, list(shown)) for lesson, shown in figures.items() if shown]
    return INTRODUCTION + "".join(f"\n{one}" for one in lists)


def _list(lesson: Lesson, figures: list[Figure]) -> str:
    items = "\n".join(_item(lesson, figure) for figure in figures if figure.picture)
    return f'## {lesson.number:02d} {lesson.title}\n\n<ul class="figures">\n{items}\n</ul>\n'


def _item(lesson: Lesson, figure: Figure) -> str:
    told = html.escape(" ".join(figure.alternative.split()))
    address = f"{lesson.path.stem}.html#{figure.anchor}"
    kind = "Explorer. " if figure.moves else ""
    # the words stand in the page for everybody; whoever hears the page has heard them with the picture
    source = f"{THUMBNAILS}/{thumbnail_name(figure)}"
    return (
        f'<li><a href="{address}"><img src="{source}" alt="{kind}{told}" loading="lazy"></a>'
        f'<p class="place">{kind}{html.escape(_plain_heading(figure.section))}</p><p aria-hidden="true">{told}</p></li>'
    )


def _plain_heading(text: str) -> str:
    return re.sub(r"[`*$]", "", text)


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).strip(" .:")
