"""Tests that a class is marked whole, once, and alike, by one worker or many, also when workers die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnncourse.grading.assignment import Assignment, read_assignment
from cnncourse.grading.batch import TRIES, grade_jobs
from cnncourse.grading.course import GradingError
from cnncourse.grading.jobs import Job
from cnncourse.grading.marking import invalid_marks
from cnncourse.grading.marks import Marks
from tests.exercises.sets import SETS

STUDENTS = [f"learner {number}" for number in range(9)]


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """Return a set."""
    return read_assignment(SETS[0])


@pytest.fixture
def jobs(assignment: Assignment, tmp_path: Path) -> list[Job]:
    """Return a class."""
    return [Job(tmp_path, student, assignment, b"secret") for student in STUDENTS]


def note(job: Job) -> Marks:
    """Stand in for the marking: say which process it was, and leave a trace."""
    with (job.path / job.student).open("a") as trace:
        trace.write(f"{os.getpid()}\n")
    return invalid_marks(job.student, job.assignment, "noted")


def die_once(job: Job) -> Marks:
    """End the worker in the middle of one submission, the first time."""
    marks = note(job)
    if job.student == STUDENTS[4] and len((job.path / job.student).read_text().split()) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return marks


def die_always(job: Job) -> Marks:
    """End the worker whenever one submission comes."""
    if job.student == STUDENTS[4]:
        os.kill(os.getpid(), signal.SIGKILL)
    return note(job)


def dawdle(job: Job) -> Marks:
    """Take longer than anybody waits, but for the first one."""
    if job.student != STUDENTS[0]:
        time.sleep(60)
    return note(job)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Give the address of a scheduler with two workers in processes of their own."""
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
        ) as here,
    ):
        yield here.scheduler_address


def ways(cluster: str) -> dict[str, dict[str, Any]]:
    """Return every way to spread a class."""
    return {"one": {}, "pool": {"workers": 2}, "cluster": {"scheduler": cluster}}


def test_one_worker_and_many_give_the_same_marks(jobs: list[Job], cluster: str):
    found = {
        way: {marks.student: marks for marks in grade_jobs(jobs, grade=note, **about)}
        for way, about in ways(cluster).items()
    }
    assert list(found["one"]) == STUDENTS
    assert found["one"] == found["pool"] == found["cluster"]


def test_a_pool_and_a_cluster_use_several_processes(jobs: list[Job], cluster: str):
    for way in ("pool", "cluster"):
        list(grade_jobs(jobs, grade=note, **ways(cluster)[way]))
        processes = {(jobs[0].path / student).read_text().split()[-1] for student in STUDENTS}
        assert str(os.getpid()) not in processes


@pytest.mark.parametrize("way", ["pool", "cluster"])
def test_a_worker_that_is_killed_loses_and_doubles_nothing(jobs: list[Job], cluster: str, way: str):
    found = Counter(marks.student for marks in grade_jobs(jobs, grade=die_once, **ways(cluster)[way]))
    assert found == Counter(STUDENTS)


@pytest.mark.parametrize("way", ["pool", "cluster"])
def test_a_submission_that_ends_worker_after_worker_is_put_aside_and_the_others_are_marked(
    jobs: list[Job], cluster: str, way: str
):
    found = {marks.student: marks for marks in grade_jobs(jobs, grade=die_always, **ways(cluster)[way])}
    assert sorted(found) == STUDENTS
    assert [student for student, marks in found.items() if marks.faulty] == [STUDENTS[4]]
    assert f"{TRIES} workers" in next(iter(found[STUDENTS[4]].results.values())).note


def test_who_stops_in_the_middle_keeps_what_is_marked_and_leaves_no_process(jobs: list[Job]):
    before = set(multiprocessing.active_children())
    with closing(grade_jobs(jobs, workers=2, grade=dawdle)) as marks:
        assert next(marks).student == STUDENTS[0]
    assert set(multiprocessing.active_children()) <= before


@pytest.mark.parametrize("about", [{}, {"workers": 2}])
def test_submissions_are_drawn_as_they_are_needed(jobs: list[Job], about: dict[str, int]):
    drawn: list[str] = []

    def draw() -> Iterator[Job]:
        for number in range(1000):
            drawn.append(str(number))
            yield replace(jobs[0], student=f"learner {number}")

    with closing(grade_jobs(draw(), grade=note, **about)) as marks:
        next(marks)
    assert len(drawn) < 10


@pytest.mark.parametrize(
    ("about", "error", "message"),
    [
        ({"workers": 0}, ValueError, "1 worker or more"),
        ({"scheduler": "tcp://127.0.0.1:9"}, GradingError, "no Dask scheduler answers"),
        ({"scheduler": "nonsense://"}, GradingError, "no Dask scheduler answers"),
    ],
)
def test_what_cannot_be_done_is_said(
    jobs: list[Job], about: dict[str, Any], error: type[Exception], message: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("cnncourse.grading.batch.PATIENCE", 1.0)
    with pytest.raises(error, match=message):
        list(grade_jobs(jobs, grade=note, **about))


def test_a_cluster_that_loses_all_its_workers_is_named_and_what_is_marked_is_kept(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("cnncourse.grading.batch.SILENCE", 2.0)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=":0", host="127.0.0.1"
    ) as small:
        marks = grade_jobs(draw_then_close(jobs, small), scheduler=small.scheduler_address, grade=note)
        with pytest.raises(GradingError, match=r"all workers of .* are gone"):
            list(marks)


def draw_then_close(jobs: list[Job], cluster: Any) -> Iterator[Job]:
    """Hand out a first job, and the others once all workers have gone."""
    yield from jobs[:2]
    while not all((job.path / job.student).exists() for job in jobs[:2]):
        time.sleep(0.05)
    cluster.scale(0)
    while cluster.scheduler_info["workers"]:
        time.sleep(0.05)
    yield from jobs[2:]


def test_a_scheduler_without_workers_is_named(jobs: list[Job]):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", host="127.0.0.1") as empty,
        pytest.raises(GradingError, match="no workers"),
    ):
        list(grade_jobs(jobs, scheduler=empty.scheduler_address, grade=note))
