"""A class at once: submissions spread over processes of this machine, or over a Dask cluster, with the same marks.

A worker is ours; what a learner wrote runs in the closed room that the worker starts. A worker that dies takes nothing
along: its submissions go to another one, and marks count once, when they arrive here.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any

from cnncourse.grading.course import GradingError
from cnncourse.grading.jobs import Job, grade_one
from cnncourse.grading.marking import invalid_marks
from cnncourse.grading.marks import Marks

__all__ = ["grade_jobs"]

TRIES = 3  # a submission that has ended this many workers is put aside
AHEAD = 2  # submissions that wait for each worker: enough to keep it busy, few enough to keep memory flat
PATIENCE = 20.0  # seconds until a scheduler has answered
SILENCE = 60.0  # seconds without marks after which to look whether a cluster has any workers left
Grade = Callable[[Job], Marks]


def grade_jobs(
    jobs: Iterable[Job], *, workers: int = 1, scheduler: str | None = None, grade: Grade = grade_one
) -> Generator[Marks, None, None]:
    """Mark submissions, and hand each one's marks over as soon as they are made.

    Parameters
    ----------
    jobs : iterable of Job
        What to mark; drawn as needed.
    workers : int, 1 or more
        Processes on this machine.
    scheduler : str, optional
        Address of a Dask scheduler, such as ``"tcp://10.0.0.5:8786"``; its workers mark then. They need this package,
        a place to run code in, and the course folder under the same path.
    grade : callable
        Marks one job and never raises, as `cnncourse.grading.jobs.grade_one`.

    Yields
    ------
    Marks
        In the order in which they are made, once for each job.

    Raises
    ------
    ValueError
        If `workers` is less than 1.
    GradingError
        If Dask is not installed, or the scheduler cannot be reached or has no workers.
    """
    if workers < 1:
        raise ValueError(f"expected 1 worker or more, got {workers}")
    if scheduler:
        yield from _on_cluster(iter(jobs), scheduler, grade)
    elif workers == 1:
        yield from map(grade, jobs)
    else:
        yield from _in_pool(iter(jobs), workers, grade)


def _given_up(job: Job) -> Marks:
    return invalid_marks(job.student, job.assignment, "", fault=f"{TRIES} workers ended while they marked this")


# --- processes of this machine ----------------------------------------------------------------------------------------


def _in_pool(jobs: Iterator[Job], workers: int, grade: Grade) -> Iterator[Marks]:
    suspects: deque[tuple[Job, int]] = deque()  # what was under way when a worker died, and how often that was so
    while True:
        running: dict[Future[Marks], Job] = {}
        try:
            with _pool(workers) as pool:
                while suspects:  # one at a time: so it shows which of them ends workers
                    marks = pool.submit(grade, suspects[0][0]).result()
                    suspects.popleft()
                    yield marks
                yield from _flow(jobs, running, lambda job: pool.submit(grade, job), AHEAD * workers)
                return
        except BrokenProcessPool:
            if not suspects:
                suspects.extend((job, 1) for job in running.values())
                continue
        job, deaths = suspects.popleft()
        if deaths + 1 < TRIES:
            suspects.appendleft((job, deaths + 1))
        else:
            yield _given_up(job)


def _flow(
    jobs: Iterator[Job], running: dict[Future[Marks], Job], submit: Callable[[Job], Future[Marks]], ahead: int
) -> Iterator[Marks]:
    """Keep a few submissions under way, and yield marks as they come; `running` holds what is not yet marked."""
    while True:
        for job in islice(jobs, ahead - len(running)):
            running[submit(job)] = job
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            marks = future.result()
            del running[future]
            yield marks


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool whose processes end with it, also when somebody stops us in the middle."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent)
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# --- a cluster --------------------------------------------------------------------------------------------------------


def _on_cluster(jobs: Iterator[Job], scheduler: str, grade: Grade) -> Iterator[Marks]:
    try:
        from distributed import Client
    except ImportError:
        raise GradingError('Dask is not installed here; try: pip install "cnncourse[grading]"') from None
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        raise GradingError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise GradingError(f"the scheduler at {scheduler} has no workers; start some: dask worker {scheduler}")
        suspects: list[Job] = []
        yield from _through(client, jobs, grade, suspects, ahead=AHEAD * threads)
        # What was under way beside a submission that ends workers is suspected with it; one at a time it shows which.
        for job in suspects:
            ended: list[Job] = []
            yield from _through(client, iter([job]), grade, ended, ahead=1)
            yield from map(_given_up, ended)


def _through(client: Any, jobs: Iterator[Job], grade: Grade, ended: list[Job], *, ahead: int) -> Iterator[Marks]:
    """Send jobs through a cluster, and yield marks as they come; those that ended too many workers go to `ended`."""
    running: dict[Any, Job] = {}
    while True:
        for job in islice(jobs, ahead - len(running)):
            running[client.submit(grade, job, pure=False)] = job
        if not running:
            return
        try:
            yield from _from_cluster(running, ended)
        except TimeoutError:
            if not client.nthreads():
                raise GradingError(
                    f"all workers of {client.scheduler.address} are gone; start some and call this again: "
                    "what is marked is kept"
                ) from None


def _from_cluster(running: dict[Any, Job], ended: list[Job]) -> Iterator[Marks]:
    """Yield what is marked by now, and take it out of `running`."""
    from distributed import wait

    for future in wait(list(running), timeout=SILENCE, return_when="FIRST_COMPLETED").done:
        # A worker that was lost is no error: Dask runs its tasks again elsewhere, until they have ended too many.
        if future.status == "error":
            ended.append(running.pop(future))
            continue
        marks = future.result(timeout=SILENCE)
        del running[future]
        yield marks
