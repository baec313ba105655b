"""Ending whatever an answer has started inside the closed room, and removing whatever it has written there."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

__all__ = ["clear", "empty", "end_others"]

SECONDS = 2.0  # for clearing; what takes longer is left to a new room


def end_others(child: int, settings: dict[str, Any]) -> None:
    """End a process and everything that it has started, daemons too, and wait until they are gone.

    Parameters
    ----------
    child : int
        The process.
    settings : dict
        ``alone`` says that the room has process numbers of its own; then one call ends everything but the caller.
    """
    if settings["alone"] and os.getpid() == 1:
        _end_all()
    else:
        _end_tree(child)


def _end_all() -> None:
    # As number 1 of a room of its own. Anywhere else this would end every process of the user.
    while True:
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            while os.waitpid(-1, 0):
                pass
        except ChildProcessError:
            return


def _end_tree(child: int) -> None:
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
        for pid in descendants(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return
        time.sleep(0.005)


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that these have started.

    Parameters
    ----------
    pid : int
        The process. Orphans below it must come back to it (`PR_SET_CHILD_SUBREAPER`).
    """
    parents = dict(_parents())
    generation = {pid}
    while generation:
        generation = {one for one, parent in parents.items() if parent in generation}
        yield from generation


def _parents() -> Iterator[tuple[int, int]]:
    if not os.path.isdir("/proc/self"):
        return
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
            yield int(name), int(file.read().rpartition(b")")[2].split()[1])


def clear(settings: dict[str, Any]) -> bool:
    """Remove what lies in the folders that can be written to.

    Parameters
    ----------
    settings : dict
        ``folders`` to empty, and ``uid`` that owns what lies there.

    Returns
    -------
    bool
        Whether nothing is left behind, neither files nor shared memory.
    """
    if not _clean(settings):
        _clear_as(settings)
    return _clean(settings)


def _clean(settings: dict[str, Any]) -> bool:
    if any(os.listdir(folder) for folder in settings["folders"]):
        return False
    return not (settings["alone"] and any(map(_rows, ("shm", "sem", "msg"))))


def _rows(kind: str) -> bool:
    try:
        with open(f"/proc/sysvipc/{kind}") as file:
            return len(file.readlines()) > 1
    except OSError:
        return False


def _clear_as(settings: dict[str, Any]) -> None:
    """Remove it as the user who wrote it: the runner may not go into folders that were shut to it."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            if settings["uid"] is not None:
                os.setgroups([])
                os.setresgid(*[settings["uid"]] * 3)
                os.setresuid(*[settings["uid"]] * 3)
            for folder in settings["folders"]:
                empty(folder)
        os._exit(0)
    limit = time.monotonic() + SECONDS
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > limit:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.001)


def empty(folder: str) -> None:
    """Remove all that lies in a folder, as far as this process may."""
    for parent, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(parent, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
