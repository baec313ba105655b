"""Marking the convolution set: against nbgrader's autograder, for a large class, and with one and two Dask workers.

Each side marks the same submissions and enters them into a gradebook. nbgrader starts a kernel for each notebook, in
the process and with the rights of whoever calls it; ours runs each answer behind walls.
"""

from __future__ import annotations

import copy
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from cnncourse.checks import exercises
from cnncourse.grading.assignment import read_assignment
from cnncourse.grading.batch import grade_jobs
from cnncourse.grading.course import CONFIGURATION, Course, find_set, read_secret
from cnncourse.grading.jobs import find_jobs
from cnncourse.grading.marks import Marks
from cnncourse.grading.release import release
from tests.exercises.plausible import wrong_answers
from tests.exercises.sets import solution

LESSON, SMALL, LARGE, WORKERS = "02", 40, 1000, 2
Record = dict[str, Any]


def make_class(folder: Path, size: int) -> Course:
    """Make a course in which this many learners have handed in, with right and wrong answers mixed."""
    course = Course(folder / "course")
    original = find_set(LESSON)
    release(course, original)
    blank = json.loads(course.released(original.stem).read_text(encoding="utf-8"))
    for number in range(size):
        there = course.submitted / f"learner{number:04}" / original.stem
        there.mkdir(parents=True)
        (there / f"{original.stem}.ipynb").write_text(json.dumps(_answered(blank, number)), encoding="utf-8")
    return course


def _answered(blank: dict[str, Any], number: int) -> dict[str, Any]:
    """Fill a notebook in: the answers of each learner differ from the next one's."""
    filled = copy.deepcopy(blank)
    sources = {}
    for place, one in enumerate(exercises(LESSON)):
        wrong = wrong_answers(one)
        chosen = (number * 5 + place * 3) % (2 * len(wrong))  # every second answer is right
        sources[f"answer-{one.name}"] = wrong[chosen].source if chosen < len(wrong) else solution(one)
    for cell in filled["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = sources.get(name, cell["source"])
        if name.endswith("setup"):
            cell["source"] = "".join(cell["source"]).replace('student=""', f'student="learner{number:04}"')
    return filled


def ours(course: Course, *options: str) -> float:
    """Mark a class with the command that a lecturer calls; return the seconds."""
    command = [sys.executable, "-m", "cnncourse", "exercises", "grade", LESSON, "--course", str(course.root), "--again"]
    return _seconds([*command, *options], course.root)


def theirs(course: Course) -> float:
    """Mark a class with nbgrader's own command; return the seconds."""
    command = [
        sys.executable,
        "-m",
        "nbgrader",
        "autograde",
        find_set(LESSON).stem,
        "--force",
        "--ExecutePreprocessor.allow_errors=True",
    ]
    return _seconds(command, course.root)


def _seconds(command: Sequence[str], folder: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command} failed:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    return time.perf_counter() - start


def jobs(course: Course) -> list[Any]:
    """Return what is to be marked."""
    assignment = read_assignment(course.released(find_set(LESSON).stem))
    return list(find_jobs(course, assignment, read_secret(course), again=True))


def by_student(marks: Iterator[Marks]) -> dict[str, Marks]:
    """Collect marks; a learner who comes twice is an error."""
    found: dict[str, Marks] = {}
    for one in marks:
        if one.student in found:
            raise RuntimeError(f"{one.student} was marked twice")
        found[one.student] = one
    return found


def record(name: str, mine: float, peer: float, unit: str, *, more_is_better: bool = False) -> Record:
    """Write one comparison; a ratio above 1 means that ours is better."""
    ratio = mine / peer if more_is_better else peer / mine
    return {"name": name, "ours": round(mine, 2), "peer": round(peer, 2), "ratio": round(ratio, 2), "unit": unit}


def against_nbgrader(folder: Path) -> Iterator[Record]:
    """Mark a small class both ways."""
    course = make_class(folder, SMALL)
    copied = Course(folder / "theirs")
    shutil.copytree(course.root, copied.root)
    (copied.root / CONFIGURATION).unlink()  # it keeps nbgrader from running answers without walls
    mine, peer = ours(course, "--jobs", str(WORKERS)), theirs(copied)
    title = f"{SMALL} submissions of {find_set(LESSON).stem}, {WORKERS} processes, against nbgrader autograde"
    yield record(title, 60 * SMALL / mine, 60 * SMALL / peer, "marks a minute", more_is_better=True)


def a_large_class(folder: Path) -> Iterator[Record]:
    """Mark a large class; time and memory of its second half against its first."""
    course = make_class(folder, LARGE)
    start, halves, peaks = time.perf_counter(), [], []
    for number, _ in enumerate(grade_jobs(jobs(course), workers=WORKERS), 1):
        if number in (LARGE // 2, LARGE):
            halves.append(time.perf_counter() - start)
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + _workers_megabytes())
    first, second = halves[0], halves[1] - halves[0]
    yield record(f"{LARGE} submissions: seconds for the second half, against the first", second, first, "s")
    yield record(f"{LARGE} submissions: memory after the second half, against the first", peaks[1], peaks[0], "MB")


def _workers_megabytes() -> float:
    return sum(child.memory_info().rss for child in psutil.Process().children()) / 2**20


def on_dask(folder: Path) -> Iterator[Record]:
    """Mark a class with one and with two Dask workers, and with one of two killed half-way."""
    from distributed import LocalCluster

    course = make_class(folder, SMALL)
    class_ = jobs(course)
    alone = by_student(grade_jobs(class_))
    seconds = {}
    for count in (1, 2):
        with LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0") as cluster:
            by_student(grade_jobs(class_[:4], scheduler=cluster.scheduler_address))  # workers import once
            start = time.perf_counter()
            found = by_student(grade_jobs(class_, scheduler=cluster.scheduler_address))
            seconds[count] = time.perf_counter() - start
            _require(found == alone, f"{count} Dask worker(s) give the same marks as none")
    yield record(f"{SMALL} submissions: two Dask workers against one", seconds[2], seconds[1], "s")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        victim = next(iter(cluster.workers.values())).pid
        threading.Timer(seconds[2] / 2, os.kill, (victim, signal.SIGKILL)).start()
        start = time.perf_counter()
        found = by_student(grade_jobs(class_, scheduler=cluster.scheduler_address))
        killed = time.perf_counter() - start
    _require(found == alone, "with a worker killed half-way every mark is there once, and the same")
    yield record(f"{SMALL} submissions: one of two Dask workers killed half-way", killed, seconds[1], "s")


def _require(true: bool, what: str) -> None:
    if not true:
        raise RuntimeError(f"expected that {what}; it is not so")


def main() -> Iterator[Record]:
    """Yield every comparison."""
    for subject in (against_nbgrader, on_dask, a_large_class):
        with tempfile.TemporaryDirectory() as folder:
            yield from subject(Path(folder))
