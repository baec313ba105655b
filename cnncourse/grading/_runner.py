"""The first process inside the closed room: it starts one process an answer, watches it, and clears up after it.

It imports NumPy (and PyTorch when a task wants it) once and then forks, which makes a process cost milliseconds. Where
the room has process numbers of its own, this is number 1: nothing inside can stop it or look into its memory, and when
it is gone so is everything else. It reads tasks from its standard input and writes reports to its standard output, each
a message of `_wire` with its length before it. It knows nothing of expected answers.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from ._clearing import clear, empty, end_others
from ._collecting import Collection
from ._confinement import RESULT_FD, adopt_orphans, close_in, give_up, hide_memory, standing
from ._learner import end, live
from ._preload import ALWAYS, find_imports, preload
from ._wire import pack, unpack

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Run tasks until the input ends.

    Parameters
    ----------
    arguments : list of str
        One text: the settings, as JSON.

    Returns
    -------
    int
        The exit status.
    """
    settings = json.loads(arguments[0])
    if settings["alone"] and os.getpid() != 1:  # outside a room it would end and remove what is not its own
        raise SystemExit("the runner belongs into a room with process numbers of its own")
    tasks, reports = _own_ends()
    hide_memory()
    adopt_orphans()
    _preload(ALWAYS, settings)
    _write(reports, pack({"ready": True}))
    while (message := _read(tasks)) is not None:
        task = unpack(message, exact=False)
        _preload(find_imports(task["given"]) + ["torch"] * task["torch"], settings)
        _write(reports, pack({"begun": True}))
        gc.freeze()  # what is here already is never looked through again, in no fork
        report = run(task, {**settings, "uid": task["uid"]})
        _write(reports, pack(report))
        if report["soiled"]:
            return 0
    return 0


def _preload(names: Sequence[str], settings: dict[str, Any]) -> None:
    preload(names)
    for folder in settings["folders"]:  # what the import has written there must not look like a learner's
        empty(folder)


def _own_ends() -> tuple[int, int]:
    """Take the pipes to the host away from the numbers 0 and 1, where a stray print would hit them."""
    tasks, reports = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return tasks, reports


def run(task: Mapping[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Run one task in a process of its own.

    Parameters
    ----------
    task : mapping
        Sources, inputs and seconds; see `cnncourse.grading.session`.
    settings : dict
        Limits, and what this system offers.

    Returns
    -------
    dict
        ``frames`` (what came through the pipe, unread), ``printed``, ``exit``, ``signal``, ``seconds``, and whether it
        was ``late``, ``large``, ``hungry``, or left something behind that could not be removed (``soiled``).
    """
    begin, before = time.monotonic(), standing()
    results, result = os.pipe()
    texts, printed = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_learner(task, settings, result, printed)
    os.close(result)
    os.close(printed)
    collection = Collection(child, results, texts, settings)
    collection.watch(frames=2 + len(task["cases"]), until=begin + task["seconds"])
    end_others(child, settings)
    report = collection.finish()
    report["seconds"] = time.monotonic() - begin
    report["soiled"] = not clear(settings) or standing() != before
    return report


def _be_the_learner(task: Mapping[str, Any], settings: dict[str, Any], result: int, printed: int) -> None:
    status = 70
    try:
        close_in(result=result, printed=printed)
        give_up(settings, task["seconds"])
        os.chdir(settings["folders"][0])
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(line_buffering=True, errors="replace")  # type: ignore[union-attr]
        live(task, lambda data: _write(RESULT_FD, pack(data)), limit=settings["answer_bytes"])
        status = 0
    except BaseException:
        traceback.print_exc()  # goes where the answer's prints go
    finally:
        end(status)


def _write(fd: int, message: bytes) -> None:
    rest = memoryview(len(message).to_bytes(8, "little") + message)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _read(fd: int) -> bytes | None:
    head = _exactly(fd, 8)
    return None if head is None else _exactly(fd, int.from_bytes(head, "little"))


def _exactly(fd: int, count: int) -> bytes | None:
    parts: list[bytes] = []
    while count:
        part = os.read(fd, min(count, 2**20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.exit(main(sys.argv[1:]))
