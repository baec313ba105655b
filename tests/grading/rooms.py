"""What tests of closed rooms share: whether there can be one here, tasks in a line, and who is still alive."""

from __future__ import annotations

import functools
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cnncourse.checks import Case
from cnncourse.grading.sandbox import Bubblewrap, Limits, Session, Task

MEMORY = 320 * 2**20


@functools.cache
def reason() -> str:
    """Say why no room can be built here; empty if it can."""
    return Bubblewrap().available()


def need_room() -> None:
    """Skip where no room can be built."""
    if reason():
        pytest.skip(f"answers cannot be isolated here: {reason()}")


def task(answer: str, *arguments: Any, **options: Any) -> Task:
    """Return a task with one case for each argument; without any, one with the argument 3."""
    cases = options.pop("cases", [Case((argument,)) for argument in arguments or (3,)])
    fixed = {"name": "02-tried", "given": "import numpy as np", "entry": "answer", "kind": "function", "seconds": 20.0}
    return Task(answer=answer, cases=cases, **{**fixed, **options})


def limits(**options: Any) -> Limits:
    """Return limits that tests can reach, with room for a slow machine."""
    return Limits(**{"total_seconds": 600.0, "memory": MEMORY, "processes": 24, "files_bytes": 2**21, **options})


@contextmanager
def marked_session(isolation: Any, **options: Any) -> Iterator[tuple[Session, str]]:
    """Yield a session and a mark that all its processes bear; look at the end whether one is left."""
    mark = 2**20 + secrets.randbelow(2**30)  # a limit that is never reached, and found in no other process
    with isolation.session(limits(answer_bytes=2**24 + mark, **options)) as session:
        yield session, str(2**24 + mark)
    assert alive(str(2**24 + mark)) == []


def alive(mark: str) -> list[int]:
    """List the processes in whose command line a mark stands; a fork has its parent's."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes() and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        except OSError:  # it has just ended
            continue
    return found
