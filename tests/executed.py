"""Lessons executed once for all tests that look at what comes out: no network, no data sets, no caches, one thread."""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock
from nbclient import NotebookClient

from cnncourse.lessons import Lesson

OFFLINE = Path(__file__).parent / "notebooks" / "offline"
HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


@dataclass(frozen=True)
class Run:
    """An executed lesson and the seconds that it took."""

    notebook: Any
    seconds: float


def offline_environment(home: Path) -> dict[str, str]:
    """Return an environment without network, data sets, caches and settings."""
    left_out = ("CNNCOURSE_", "MPL", "TORCH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, **dict.fromkeys(HOMES, str(home)), "PYTHONPATH": str(OFFLINE)}


def execute(notebook: Any, folder: Path, home: Path) -> Any:
    """Execute a notebook as `Run All` does, in such an environment."""
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute(env=offline_environment(home))


class Executed:
    """Executes each lesson when it is first asked for; processes that test side by side share what came out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs: dict[str, Run] = {}

    def __call__(self, lesson: Path) -> Run:
        """Return a lesson with its outputs and widget states, the caller's own to change."""
        if lesson.stem not in self.runs:
            self.runs[lesson.stem] = self._shared(lesson)
        return copy.deepcopy(self.runs[lesson.stem])

    def in_place_of_run_lessons(self, lessons: Sequence[Lesson], **_: object) -> dict[Lesson, Any]:
        """Give book and slides what they would otherwise run themselves."""
        return {lesson: self(lesson.path).notebook for lesson in lessons}

    def _shared(self, lesson: Path) -> Run:
        done = self.folder / f"{lesson.stem}.ipynb"
        with FileLock(done.with_suffix(".lock")):
            if not done.exists():
                self._execute(lesson, done)
        notebook = nbformat.read(done, as_version=4)
        return Run(notebook, notebook.metadata.pop("seconds"))

    def _execute(self, lesson: Path, done: Path) -> None:
        start = time.perf_counter()
        notebook = nbformat.read(lesson, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        home = self.folder / f"home-{lesson.stem}"
        home.mkdir()
        notebook = execute(notebook, lesson.parent, home)
        notebook.metadata["seconds"] = time.perf_counter() - start
        nbformat.write(notebook, done)
