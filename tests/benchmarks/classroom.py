"""What a learner needs of a shared machine: memory and processor time of each lesson, and ten learners at once.

The peer of a lesson's memory is a kernel that has imported PyTorch, Matplotlib and JupyterLab's widgets and done
nothing. The peer of ten learners is the time that the machine needs at best: ten times the processor time of one,
shared between all cores.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

from cnncourse.lessons import find_notebooks, read_lessons
from cnncourse.publish.execute import execute

LEARNERS, SHARED = 10, ("02", "06")
MEGABYTE = 1e6
Record = dict[str, Any]
BARE = "import anywidget, ipywidgets, matplotlib.pyplot, numpy, scipy, torch, torchvision"


class Need(NamedTuple):
    """What a kernel took: seconds on the clock, seconds of a core, and the most memory that it held, in MB."""

    seconds: float
    core_seconds: float
    memory: float


def take_need(notebook: nbformat.NotebookNode, name: str, folder: Path) -> Need:
    """Execute a notebook in this process's only kernel, and look at it ten times a second."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    held, used, ended = [0.0], {0: 0.0}, threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            alive = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
            held.append(sum(_held(child) for child in alive))
            used.update({child.pid: _used(child, used.get(child.pid, 0.0)) for child in alive})

    watch = threading.Thread(target=look)
    watch.start()
    try:
        seconds = execute(notebook, lesson=name, folder=folder)
    finally:
        ended.set()
        watch.join()
    return Need(seconds, sum(used.values()), max(held))


def _held(process: psutil.Process) -> float:
    """Return the memory of a process in MB; what it shares with others counts in part."""
    try:
        told = process.memory_full_info()
    except psutil.Error:  # it ended as we looked
        return 0.0
    return getattr(told, "pss", told.rss) / MEGABYTE


def _used(process: psutil.Process, before: float) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return before
    return times.user + times.system


def main() -> Iterator[Record]:
    """Yield a record for each lesson's memory and processor time, then those of ten learners at once."""
    lessons = {f"{lesson.number:02d}": lesson.path for lesson in read_lessons(find_notebooks())}
    folder = next(iter(lessons.values())).parent
    bare = take_need(new_notebook(cells=[new_code_cell(BARE)]), "bare", folder)
    alone = {}
    for number, path in lessons.items():
        alone[number] = need = take_need(nbformat.read(path, as_version=4), path.stem, folder)
        yield _record(f"memory of lesson {number}, against a kernel that only imports", need.memory, bare.memory, "MB")
        yield _record(f"processor time of lesson {number}, against its time on the clock", *need[1::-1], "s")
    for number in SHARED:
        yield from _together(number, lessons[number], alone[number])


def _record(name: str, ours: float, peer: float, unit: str) -> Record:
    return {"name": name, "ours": round(ours, 1), "peer": round(peer, 1), "ratio": round(peer / ours, 2), "unit": unit}


def _together(number: str, path: Path, alone: Need) -> Iterator[Record]:
    """Let ten learners run a lesson from top to bottom, all starting at once: the worst that a class can do."""
    held, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            held.append(sum(_held(child) for child in psutil.Process().children(recursive=True)))

    def learn(_: int) -> float:
        return execute(nbformat.read(path, as_version=4), lesson=path.stem, folder=path.parent, timeout=1800)

    watch = threading.Thread(target=look)
    watch.start()
    start = time.perf_counter()
    try:
        with ThreadPoolExecutor(LEARNERS) as room:
            times = list(room.map(learn, range(LEARNERS)))
    finally:
        ended.set()
        watch.join()
    best = LEARNERS * alone.core_seconds / (os.cpu_count() or 1)
    what = f"{LEARNERS} learners run lesson {number} at once"
    yield _record(f"{what}: until the last is done, against the cores' best", time.perf_counter() - start, best, "s")
    yield _record(f"{what}: the slowest, against one alone", max(times), alone.seconds, "s")
    yield _record(f"{what}: memory, against {LEARNERS} times one", max(held), LEARNERS * alone.memory, "MB")
