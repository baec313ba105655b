"""Working copies for a learner: lessons and exercises in a folder of their own, where nothing of theirs is ever lost.

What was brought is remembered by its checksum. When the course is corrected, a copy that the learner has not touched is
brought up to date; beside one that they have worked in, the corrected version is laid under another name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cnncourse import lessons
from cnncourse._files import write_whole

__all__ = ["Brought", "bring", "course_folder", "find_originals", "without_solutions", "working_copies"]

MEMORY = ".cnncourse-copies.json"
NEW, RENEWED, BESIDE, SKIPPED = "new", "renewed", "beside", "skipped"


class Brought(NamedTuple):
    """What happened to one notebook.

    Attributes
    ----------
    path : Path
        The file that was written, or that could not be.
    how : str
        ``"new"``; ``"renewed"``: a correction of a copy that had not been touched; ``"beside"``: a correction of one
        that had; ``"skipped"``: not written, see `why`.
    why : str
        The reason, for what was skipped.
    """

    path: Path
    how: str
    why: str = ""

    def __str__(self) -> str:
        return {
            NEW: f"{self.path.name}: yours to work in",
            RENEWED: f"{self.path.name}: corrected; you had not changed it",
            BESIDE: f"{self.path.name}: the corrected version, beside yours, which stays as it is",
            SKIPPED: f"{self.path.name}: {self.why}",
        }[self.how]


def find_originals() -> Path:
    """Find the course's own notebooks; from within a learner's folder, those that belong to this package."""
    found = lessons.find_notebooks()
    return lessons.find_notebooks(Path(__file__).parent) if (found / MEMORY).exists() else found


def course_folder(originals: Path) -> Path:
    """Return where working copies go by default: ``my-course`` in the folder of the course; git does not look there."""
    return originals.parent / "my-course"


def bring(originals: Path, folder: Path, *, exercises: bool = True) -> list[Brought]:
    """Bring lessons and exercises into a learner's folder, and later corrections beside what they have changed.

    Parameters
    ----------
    originals : Path
        The folder of the course's notebooks.
    folder : Path
        The learner's own; it is made if need be.
    exercises : bool
        Also the sets; where they are handed out in another way, a second copy would be worked in, and never collected.

    Returns
    -------
    list of Brought
        What was written or skipped; empty if all was there already.

    Raises
    ------
    ValueError
        If both are the same folder.
    OSError
        If the folder cannot be written; what is in it stays as it was.
    """
    if folder.resolve() == originals.resolve():
        raise ValueError(f"{folder} holds the course's own notebooks; working copies need another folder: --to FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    memory = _remembered(folder)
    brought = []
    for name, content in working_copies(originals, exercises=exercises):
        if isinstance(content, str):
            brought.append(Brought(folder / name, SKIPPED, content))
            continue
        if done := _bring_one(folder, name, content, memory):
            brought.append(done)
        memory[name] = _checksum(content)
        write_whole(folder / MEMORY, json.dumps(memory, indent=1, sort_keys=True).encode())
    return brought


def working_copies(originals: Path, *, exercises: bool = True) -> Iterator[tuple[str, bytes | str]]:
    """Yield what a learner works in, all lessons and all exercises without solutions.

    Parameters
    ----------
    originals : Path
        The folder of the course's notebooks.
    exercises : bool
        Also the sets.

    Yields
    ------
    tuple of str and (bytes or str)
        The place in the learner's folder, with ``/``, and the notebook as a file holds it; or, as a str, why it
        cannot be made.
    """
    for path in sorted(originals.glob("[0-9][0-9]_*.ipynb")):
        yield path.name, path.read_bytes()
    for path in sorted((originals / "exercises").glob("[0-9][0-9]_*.ipynb")) if exercises else ():
        yield f"exercises/{path.name}", without_solutions(path)


def without_solutions(path: Path) -> bytes | str:
    """Make the learner's version of a set of exercises.

    Parameters
    ----------
    path : Path
        The set with its solutions; only read.

    Returns
    -------
    bytes or str
        The notebook without them, as a file holds it; or why it cannot be made, in words.
    """
    try:
        from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
    except ImportError:
        return 'left out: exercises need nbgrader; try: pip install "cnncourse[grading]"'
    import nbformat

    notebook: Any = nbformat.read(path, as_version=4)
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, {})
    return nbformat.writes(notebook).encode() + b"\n"


def _bring_one(folder: Path, name: str, content: bytes, memory: dict[str, str]) -> Brought | None:
    mine = folder / name
    if not mine.exists():
        write_whole(mine, content)
        return Brought(mine, NEW)
    found, wanted = _checksum(mine.read_bytes()), _checksum(content)
    if wanted in (found, memory.get(name)):
        return None
    if found == memory.get(name):
        write_whole(mine, content)
        return Brought(mine, RENEWED)
    beside = _free_name(mine, wanted)
    if beside.exists():
        return None  # brought before; whatever the learner did to it stays
    write_whole(beside, content)
    return Brought(beside, BESIDE)


def _free_name(mine: Path, checksum: str) -> Path:
    """Name a correction after its content, so that it is brought once."""
    return mine.with_name(f"{mine.stem}_corrected_{checksum[:6]}{mine.suffix}")


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _remembered(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # nothing remembered: every file that is there counts as the learner's work
    return {str(name): str(checksum) for name, checksum in found.items()} if isinstance(found, dict) else {}
