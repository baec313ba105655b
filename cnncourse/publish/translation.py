"""The lessons in another language: their text goes out into catalogues of gettext, and comes back as notebooks.

A catalogue is one ``.po`` file a lesson, which every translator's tool reads. Text is what a reader meets: Markdown
cells, and in code cells the strings of two words and more, such as labels, questions and text alternatives. Code stays.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import nbformat
from babel import Locale, UnknownLocaleError
from babel.messages import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from nbformat import NotebookNode

from cnncourse._files import write_whole
from cnncourse.lessons import Lesson, read_lessons

__all__ = ["Translated", "texts", "translate", "translated"]

_WORDS = re.compile(r"[^\W\d_]{2,}[^\w]+[^\W\d_]{2,}")
_TOLD = ("title", "summary")  # of what a notebook says of itself


class Translated(NamedTuple):
    """How far a lesson is translated.

    Attributes
    ----------
    lesson : Lesson
        The original.
    done, total : int
        Texts that are translated, and all.
    """

    lesson: Lesson
    done: int
    total: int

    def __str__(self) -> str:
        return f"{self.lesson.number:02d} {self.lesson.title} … {self.done} of {self.total} texts"


def translate(notebooks: Path, folder: Path, language: str) -> list[Translated]:
    """Bring the catalogues of a language up to date, and write the lessons in it as far as they are translated.

    Parameters
    ----------
    notebooks : Path
        The folder of the lessons; only read.
    folder : Path
        Of the translation. It gets ``NN_lesson.po`` for each lesson, in which whatever was translated stays, marked as
        fuzzy where the original has changed; and ``notebooks``, written anew each time.
    language : str
        Such as ``"de"`` or ``"pt_BR"``.

    Returns
    -------
    list of Translated
        One for each lesson.

    Raises
    ------
    ValueError
        If there is no such language, or a catalogue cannot be read; it then stays as it is.
    """
    try:
        locale = Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"expected a language such as de, fr or pt_BR, got {language!r}") from None
    made = []
    for lesson in read_lessons(notebooks):
        notebook = nbformat.read(lesson.path, as_version=4)
        catalogue = _brought_up_to_date(folder / f"{lesson.path.stem}.po", notebook, locale)
        words = {str(one.id): str(one.string) for one in catalogue if one.id and one.string and not one.fuzzy}
        found = texts(notebook)
        result = translated(notebook, words, language)
        write_whole(folder / "notebooks" / lesson.path.name, nbformat.writes(result) + "\n")
        made.append(Translated(lesson, len(words.keys() & found.keys()), len(found)))
    return made


def _brought_up_to_date(path: Path, notebook: NotebookNode, locale: Locale) -> Catalog:
    template = Catalog(locale=locale, project="cnncourse", fuzzy=False)
    for text, places in texts(notebook).items():
        template.add(text, locations=[(f"{path.stem}.ipynb#{place}", 1) for place in places])
    catalogue = template
    if path.exists():
        try:
            catalogue = read_po(BytesIO(path.read_bytes()), locale=locale, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError) as fault:
            raise ValueError(f"{path} cannot be read as a catalogue ({fault}); mend it, or move it away") from fault
        catalogue.update(template, update_creation_date=False)
    written = BytesIO()
    write_po(written, catalogue, width=0, include_lineno=False)
    write_whole(path, written.getvalue())
    return catalogue


def texts(notebook: NotebookNode) -> dict[str, list[str]]:
    """List what there is to translate in a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        A lesson.

    Returns
    -------
    dict of str to list of str
        Each text with the ids of the cells where it stands, in order; what the notebook says of itself has ``about``.
    """
    found: dict[str, list[str]] = {}
    for place, text in _in_order(notebook):
        if place not in found.setdefault(text, []):
            found[text].append(place)
    return found


def _in_order(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    told = notebook.metadata.get("cnncourse", {})
    yield from (("about", told[name]) for name in _TOLD if told.get(name))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.id, cell.source
        elif cell.cell_type == "code":
            yield from ((cell.id, literal.value) for literal in _literals(cell.source))


def translated(notebook: NotebookNode, words: dict[str, str], language: str) -> NotebookNode:
    """Put translations into a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        The original; it is changed.
    words : dict of str to str
        Translations by text, as `texts` lists them; what is missing stays as it is.
    language : str
        Such as ``"de"``; the book and the slides say it to browsers and screen readers.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    told = notebook.metadata.setdefault("cnncourse", {})
    told.update({name: words.get(told[name], told[name]) for name in _TOLD if name in told}, language=language)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = words.get(cell.source, cell.source)
        elif cell.cell_type == "code":
            cell.source = _with_literals(cell.source, words)
    return notebook


class _Literal(NamedTuple):
    start: int  # in bytes of the source as UTF-8
    end: int
    value: str


def _literals(source: str) -> list[_Literal]:
    """Find the strings of two words and more in code; parts of f-strings, which would need their code, stay out."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a line for IPython alone
        return []
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within:
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            place = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
            if _WORDS.search(node.value):
                found.append(_Literal(*place, node.value))
    return sorted(found)


def _with_literals(source: str, words: dict[str, str]) -> str:
    raw = source.encode()
    for literal in reversed(_literals(source)):
        if literal.value in words:
            said = json.dumps(words[literal.value], ensure_ascii=False)  # also a string of Python's
            raw = raw[: literal.start] + said.encode() + raw[literal.end :]
    return raw.decode()
