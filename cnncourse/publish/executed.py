"""Lessons executed once, for whatever is made of them: the book and the slides take the same run."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnncourse._files import write_whole
from cnncourse.lessons import Lesson, read_lessons
from cnncourse.publish.execute import LessonFailed, execute

__all__ = ["Executed", "LessonFailed", "choose_lessons", "files_in", "run_lessons"]

_PACKAGE = Path(__file__).resolve().parents[1]
_NOT_SHOWN = ("publish", "grading")  # no lesson imports these, so none looks different for a change there


@dataclass(frozen=True)
class Executed:
    """What became of one lesson on its way into the book or the slides.

    Attributes
    ----------
    lesson : Lesson
        Its description.
    seconds : float, seconds
        How long its cells took.
    reused : bool
        Whether an earlier run was still good.
    """

    lesson: Lesson
    seconds: float
    reused: bool = False

    def __str__(self) -> str:
        took = "unchanged" if self.reused else f"{self.seconds:.1f} s"
        return f"{self.lesson.number:02d} {self.lesson.title} … {took}"


def choose_lessons(notebooks: Path, names: Sequence[str] | None = None) -> list[Lesson]:
    """Find the lessons that are meant.

    Parameters
    ----------
    notebooks : Path
        The folder of the lessons.
    names : sequence of str, optional
        Numbers or names of lessons, such as ``"02"``; all by default.

    Returns
    -------
    list of Lesson
        In teaching order.

    Raises
    ------
    FileNotFoundError
        If there is no such lesson, or none at all.
    """
    found = read_lessons(notebooks)
    if not found:
        raise FileNotFoundError(f"no lessons in {notebooks}; expected notebooks named like 01_images.ipynb")
    if names is None:
        return found
    for name in names:
        if not any(_is_called(lesson, name) for lesson in found):
            known = ", ".join(lesson.path.stem for lesson in found)
            raise FileNotFoundError(f"no lesson is called {name!r}; there are {known}")
    return [lesson for lesson in found if any(_is_called(lesson, name) for name in names)]


def _is_called(lesson: Lesson, name: str) -> bool:
    return Path(name).name.removesuffix(".ipynb") in (lesson.path.stem, str(lesson.number), f"{lesson.number:02d}")


def run_lessons(
    lessons: Sequence[Lesson],
    *,
    reuse: bool = False,
    kept: Path | None = None,
    report: Callable[[object], None] = lambda line: None,
) -> dict[Lesson, NotebookNode]:
    """Execute lessons, and keep what came out for the next who asks.

    Parameters
    ----------
    lessons : sequence of Lesson
        Which, as `choose_lessons` returns them.
    reuse : bool
        Take over earlier runs of lessons whose notebook, course package, data and installed packages are unchanged.
    kept : Path, optional
        The folder of earlier runs; by default ``build/executed`` beside the folder of the lessons.
    report : callable
        Told each `Executed` lesson as it ends.

    Returns
    -------
    dict of Lesson to NotebookNode
        Each with its outputs and widget states, the caller's own to change.

    Raises
    ------
    LessonFailed
        If a cell fails; what ran before it is kept.
    """
    return {lesson: _executed(lesson, kept or _beside(lesson), reuse, report) for lesson in lessons}


def _beside(lesson: Lesson) -> Path:
    return lesson.path.parents[1] / "build" / "executed"


def _executed(lesson: Lesson, kept: Path, reuse: bool, report: Callable[[object], None]) -> NotebookNode:
    result = kept / f"{lesson.path.stem}-{_fingerprint(lesson.path)}.ipynb"
    if reuse and result.exists():
        report(Executed(lesson, 0.0, reused=True))
        return nbformat.read(result, as_version=4)
    notebook = nbformat.read(lesson.path, as_version=4)
    report(Executed(lesson, execute(notebook, lesson=lesson.path.stem, folder=lesson.path.parent)))
    for old in _earlier(lesson, kept):
        old.unlink()
    write_whole(result, nbformat.writes(notebook).encode())
    return notebook


def _earlier(lesson: Lesson, kept: Path) -> list[Path]:
    """List earlier runs by the whole form of their names, so that no file of another's making is taken for one."""
    name = re.compile(rf"{re.escape(lesson.path.stem)}-[0-9a-f]{{16}}\.ipynb")
    return [path for path in kept.glob("*.ipynb") if name.fullmatch(path.name)]


def _fingerprint(notebook: Path) -> str:
    """Digest all that a lesson's outputs can depend on."""
    digest = hashlib.sha256(notebook.read_bytes())
    for path in files_in(_PACKAGE):
        if path.relative_to(_PACKAGE).parts[0] not in _NOT_SHOWN:
            digest.update(path.read_bytes())
    for path in files_in(notebook.parents[1] / "data", Path(os.environ.get("CNNCOURSE_DATA_DIR") or os.devnull)):
        digest.update(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    # setuptools, once imported by whatever is published, puts packages of its own on the path
    places = [place for place in sys.path if not place.endswith("_vendor")]
    installed = sorted(f"{package.name} {package.version}" for package in distributions(path=places))
    digest.update(f"{sys.version} {installed}".encode())
    return digest.hexdigest()[:16]


def files_in(*folders: Path) -> Iterable[Path]:
    """List all files in folders and below, but what Python compiled; a folder that is not there holds none."""
    return sorted(
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
