"""The lessons as their notebooks describe themselves: number, title, minutes, what they need."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lesson:
    """One lesson, as written in its notebook's metadata under ``cnncourse``.

    Attributes
    ----------
    number : int
        Place in the teaching order.
    title : str
        Its name.
    minutes : int
        Time for one learner alone.
    needs : tuple of int
        Numbers of the lessons it builds on.
    summary : str
        What it is about, in a sentence.
    path : Path
        The notebook.
    language : str
        That it is written in, such as ``"en"``.
    """

    number: int
    title: str
    minutes: int
    needs: tuple[int, ...]
    summary: str
    path: Path
    language: str = "en"


def find_notebooks(start: Path | None = None) -> Path:
    """Find the folder of the lessons, from a place upwards, or beside the installed package.

    Parameters
    ----------
    start : Path, optional
        Where to begin; the current folder by default.

    Returns
    -------
    Path
        The folder that holds ``00_*.ipynb``.

    Raises
    ------
    FileNotFoundError
        If no folder above holds lessons.
    """
    here = (start or Path.cwd()).resolve()
    for folder in [here, *here.parents, Path(__file__).resolve().parents[1]]:
        for candidate in (folder, folder / "notebooks"):
            if any(candidate.glob("00_*.ipynb")):
                return candidate
    raise FileNotFoundError(
        f"no lessons in {here} or above it; go to the folder of the course, the one with the Makefile"
    )


def read_lessons(folder: Path) -> list[Lesson]:
    """Read what every lesson in a folder says of itself, in teaching order.

    Parameters
    ----------
    folder : Path
        The folder of the notebooks.

    Returns
    -------
    list of Lesson
        Sorted by number; empty if there are none.

    Raises
    ------
    ValueError
        If a notebook cannot be read or does not describe itself.
    """
    return sorted((_read(path) for path in folder.glob("[0-9][0-9]_*.ipynb")), key=lambda lesson: lesson.number)


def _read(path: Path) -> Lesson:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))["metadata"]["cnncourse"]
        needs = tuple(int(number) for number in told["needs"])
        about = (told["title"], int(told["minutes"]), needs, told["summary"])
        return Lesson(int(told["number"]), *about, path, told.get("language", "en"))
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path.name} does not describe itself ({error!r}); expected metadata.cnncourse with number, title, "
            "minutes, needs and summary"
        ) from error
