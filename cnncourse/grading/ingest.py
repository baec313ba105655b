"""Taking in a submission: of a file that may hold anything, only the source of the answer cells is kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import fault_of_name

__all__ = ["Invalid", "Submission", "read_small", "read_submission"]

LARGEST = 20 * 2**20  # bytes of a notebook
LONGEST = 64 * 2**10  # characters of one answer
ZONE = r"( ?[A-Z]{3,4}| ?[+-](0\d|1[0-4])(:?[0-5]\d)?)?"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?" + ZONE)
NAME_IN_SETUP = re.compile(r"""begin\([^)]*?student\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)')""")


class Invalid(Exception):
    """A submission that cannot be marked.

    Parameters
    ----------
    message : str
        What is wrong and what to do, for the learner.
    """

    state = "invalid"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Submission:
    """What a learner has handed in.

    Attributes
    ----------
    student, assignment : str
        Whose, and of which set.
    sources : dict
        For each exercise that is there, the answer's source.
    open_answers : dict
        For each open question that is there, the text.
    flags : tuple of str
        What the lecturer should know.
    named : str
        The name in the notebook's set-up cell.
    timestamp : str
        When it was handed in, as nbgrader wrote it; empty if unknown.
    """

    student: str
    assignment: str
    sources: Mapping[str, str] = field(default_factory=dict)
    open_answers: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    named: str = ""
    timestamp: str = ""

    @property
    def digest(self) -> str:
        """Changes with everything that marks depend on."""
        content = [self.student, self.assignment, sorted(self.sources.items()), sorted(self.open_answers.items())]
        return hashlib.sha256(json.dumps([*content, self.flags, self.named, self.timestamp]).encode()).hexdigest()


def read_submission(path: Path, assignment: Assignment, *, student: str | None = None) -> Submission:
    """Read a submission; nothing in it is run, and nothing but answers is taken.

    Parameters
    ----------
    path : Path
        The folder ``submitted/STUDENT/ASSIGNMENT``, or a notebook file.
    assignment : Assignment
        What was asked.
    student : str, optional
        Who handed it in; by default the name of the folder above.

    Returns
    -------
    Submission

    Raises
    ------
    Invalid
        If it cannot be marked.
    """
    flags: list[str] = []
    folder = path if path.is_dir() else path.parent
    who = folder.parent.name if student is None else student
    if fault := fault_of_name(who):
        raise Invalid(fault)
    if student is None and (folder.is_symlink() or folder.parent.is_symlink()):
        raise Invalid("The folder that was handed in is a link to somewhere else. Hand in the files themselves.")
    file = _find_notebook(path, assignment, flags) if path.is_dir() else path
    notebook = _read_notebook(file)
    cells = _cells(notebook)
    _look_at_version(notebook, assignment, flags)
    sources = {
        name: source
        for name, cell in assignment.answers.items()
        if (source := _choose(cell, cells, assignment.blanks[name], flags)) is not None
    }
    texts = {
        one.name: _shorten(text, one.name, flags)
        for one in assignment.open_questions
        if (text := _choose(one.name, cells, one.blank, flags)) is not None
    }
    if not sources and not texts:
        raise Invalid(f"There is no answer cell of {assignment.name} in this notebook. Is it the right one?")
    missing = [name for name in assignment.answers if name not in sources]
    flags += [f"the answer cell of {name} is missing" for name in missing]
    named, timestamp = _named(cells), _timestamp(folder, flags)
    if named and plain_name(named) != plain_name(who):
        flags.append(f"the set-up cell names {named!r}, it was handed in by {who!r}")
    return Submission(who, assignment.name, sources, texts, tuple(flags), named, timestamp)


def plain_name(name: str) -> str:
    """Return a name without differences that nobody sees: small letters, one way to write an accent."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def _find_notebook(folder: Path, assignment: Assignment, flags: list[str]) -> Path:
    found = sorted(path for path in folder.iterdir() if path.suffix == ".ipynb")
    if not found:
        raise Invalid(f"There is no notebook in what was handed in. It should be named {assignment.name}.ipynb.")
    right = [path for path in found if path.stem == assignment.name]
    chosen = right[0] if right else max(found, key=lambda path: (path.lstat().st_mtime, path.name))
    if not right:
        flags.append(f"the file is named {chosen.name!r}, and not {assignment.name}.ipynb")
    if len(found) > 1:
        flags.append(f"{len(found)} notebooks were handed in; {chosen.name!r} counts")
    return chosen


def read_small(path: Path, limit: int) -> bytes:
    """Read a file that somebody else made: no links, no pipes, nothing beyond a size.

    Raises
    ------
    Invalid
        If it is something else, or cannot be read.
    """
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if path.is_symlink():
        raise Invalid(f"{path.name!r} is a link to another file. Hand in the file itself.")
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | careful), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Invalid(f"{path.name!r} is no file.")
            if about.st_size > limit:
                raise Invalid(_too_large(path, about.st_size, limit))
            return file.read(limit)
    except OSError as error:
        raise Invalid(f"{path.name!r} cannot be read: {error.strerror}.") from error


def _too_large(path: Path, size: int, limit: int) -> str:
    return (
        f"{path.name!r} has {size / 2**20:.0f} MB; at most {limit / 2**20:.0f} can be marked. "
        "Clear its outputs (Edit, Clear Outputs of All Cells), save it, and hand it in again."
    )


def _read_notebook(path: Path) -> dict[str, Any]:
    content = read_small(path, LARGEST)
    if not content.strip():
        raise Invalid(f"{path.name!r} is empty. Save the notebook and hand it in again.")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError):  # no text, no JSON, cut off, or nested beyond measure
        raise Invalid(
            f"{path.name!r} is damaged: it is no notebook. Open it in JupyterLab and save it again."
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Invalid(f"{path.name!r} is no notebook in today's format. Open it in JupyterLab and save it again.")
    return notebook


def _cells(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the name and the source of every cell that has both; whatever else is in a cell is left behind."""
    found = []
    for cell in notebook["cells"]:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = about.get("grade_id") if isinstance(about, dict) else None
        source = _text(cell.get("source")) if isinstance(name, str) else None
        if isinstance(name, str) and source is not None:
            found.append((name, source))
    return found


def _text(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    return source.replace("\r\n", "\n").encode("utf-8", "replace").decode()  # half a pair of surrogates is no text


def _look_at_version(notebook: dict[str, Any], assignment: Assignment, flags: list[str]) -> None:
    metadata = notebook.get("metadata")
    about = metadata.get("cnncourse") if isinstance(metadata, dict) else None
    version = about.get("version") if isinstance(about, dict) else None
    if isinstance(version, str) and version != assignment.version:
        flags.append("it was made from another version of the set")


def _choose(name: str, cells: list[tuple[str, str]], blank: str, flags: list[str]) -> str | None:
    """Choose among cells of the same name: the first that was changed, otherwise the first."""
    sources = [source for other, source in cells if other == name]
    if len(sources) > 1:
        flags.append(f"there are {len(sources)} cells {name}; the first that was changed counts")
    return next((source for source in sources if source.strip() != blank.strip()), sources[0] if sources else None)


def _shorten(text: str, name: str, flags: list[str]) -> str:
    if len(text) > LONGEST:
        flags.append(f"{name} has {len(text)} characters; the first {LONGEST} are kept")
    return text[:LONGEST]


def _named(cells: list[tuple[str, str]]) -> str:
    setups = [source[:10_000] for name, source in cells if name == "setup"][:4]  # as many as anybody may look through
    found = [match for source in setups if (match := NAME_IN_SETUP.search(source))]
    return (found[0][1] or found[0][2] or "")[:200] if found else ""


def _timestamp(folder: Path, flags: list[str]) -> str:
    file = folder / "timestamp.txt"
    if not os.path.lexists(file):
        return ""
    try:
        text = read_small(file, 200).decode("ascii").strip()
        sensible = 1970 <= datetime.fromisoformat(text[:19]).year < 2970
    except (Invalid, ValueError):
        sensible = False
    if not (sensible and TIMESTAMP.fullmatch(text)):
        flags.append("its timestamp cannot be read")
        return ""
    return text
