"""No closed room: answers run as ordinary processes of yours. For code that you would run yourself, and no other.

Limits on time, output and memory hold against accidents. Nothing holds against intent: an answer can read and change
whatever you can, other submissions and the gradebook included, and use the network.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cnncourse.grading._places import environment, find_package
from cnncourse.grading._settings import runner_settings
from cnncourse.grading.session import Room, Session
from cnncourse.grading.tasks import Limits

__all__ = ["WARNING", "Trust"]

WARNING = (
    "WARNING: --trust runs every submission as an ordinary program of yours, without isolation.\n"
    "A submission can read, change and delete your files, other submissions and the gradebook,\n"
    "and use the network. Marks made in this way can be forged. Use it only for code that you have read."
)


@dataclass(frozen=True)
class Trust:
    """Runs submissions without isolation."""

    name: str = "trust"

    def available(self) -> str:
        """Say why it cannot be used here; empty if it can."""
        return "" if hasattr(os, "fork") else "answers run in processes that are forked, which this system cannot do"

    def session(self, limits: Limits) -> Session:
        """Return a session; use it in a ``with`` statement."""
        return Session(functools.partial(_open_room, limits), limits)


def _open_room(limits: Limits) -> Room:
    folder = tempfile.mkdtemp(prefix="cnncourse-")
    settings = runner_settings(limits, folders=(folder,), alone=False, counted=False, processes=None)
    variables = {**environment(folder), "PYTHONPATH": str(find_package().parent)}
    process = subprocess.Popen(
        [sys.executable, "-s", "-P", "-B", "-m", "cnncourse.grading._runner", settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=variables,
        bufsize=0,
    )
    return Room(process, functools.partial(_close, process, Path(folder)), _nobody_counts)


def _nobody_counts() -> None:
    return None


def _close(process: subprocess.Popen[bytes], folder: Path) -> None:
    """End the runner and the answer it may be waiting for; at the end of its input it goes by itself."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)
