"""What a process inside the closed room gives up before it runs a learner's code."""

from __future__ import annotations

import ctypes
import math
import os
import signal
from contextlib import suppress
from typing import Any

from ._syscalls import forbid_calls

__all__ = ["RESULT_FD", "adopt_orphans", "close_in", "give_up", "hide_memory", "standing"]

RESULT_FD = 3
# From <linux/prctl.h>.
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38


def ask_kernel(option: int, value: int) -> bool:
    """Call `prctl`, where there is one, and say whether it worked."""
    call = getattr(ctypes.CDLL(None), "prctl", None)
    return call is not None and call(option, *map(ctypes.c_ulong, (value, 0, 0, 0))) == 0


def hide_memory() -> None:
    """Keep other processes of the same user away from this one's memory and open files."""
    ask_kernel(PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Have processes whose parents are gone come back to this one, where there are no process numbers of its own."""
    ask_kernel(PR_SET_CHILD_SUBREAPER, 1)


def close_in(*, result: int, printed: int) -> None:
    """Keep an empty input, an output that is thrown away beyond its limit, and one pipe for the answers.

    Parameters
    ----------
    result, printed : int
        The ends of two pipes to write to.
    """
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    high = [os.dup2(fd, 100 + place) for place, fd in enumerate((nothing, printed, printed, result))]
    for place, fd in enumerate(high):
        os.dup2(fd, place)
    os.closerange(RESULT_FD + 1, os.sysconf("SC_OPEN_MAX"))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    ask_kernel(PR_SET_PDEATHSIG, signal.SIGKILL)


def give_up(settings: dict[str, Any], seconds: float) -> None:
    """Take limits on, then put rights down, for good.

    Parameters
    ----------
    settings : dict
        ``memory``, ``processes`` (None where something outside limits them), ``files_bytes``, ``uid`` (None to stay).
    seconds : float
        Wall clock of the task; a thread that computes cannot use more of the processor.
    """
    ask_kernel(PR_SET_DUMPABLE, 1)  # not the runner any more; otherwise it may not even write to its own /proc
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory runs out, this process goes before the runner
    processor = math.ceil(seconds) + 1
    _limit("RLIMIT_CPU", processor, processor + 1)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", settings["files_bytes"])
    _limit("RLIMIT_NOFILE", 256)
    _limit("RLIMIT_DATA", settings["memory"])
    _limit("RLIMIT_NPROC", settings["processes"])
    if settings["uid"] is not None:
        os.setgroups([])
        os.setresgid(*[settings["uid"]] * 3)
        os.setresuid(*[settings["uid"]] * 3)
    ask_kernel(PR_SET_NO_NEW_PRIVS, 1)
    for option, value in ((PR_SET_PDEATHSIG, signal.SIGKILL), (PR_SET_DUMPABLE, 1)):
        ask_kernel(option, value)  # once more: a change of user has undone it
    if settings["alone"]:
        forbid_calls()


def standing() -> tuple[object, ...]:
    """Return what another process of the same user could change about this one: its limits and its turn."""
    import resource

    limits = [resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")]
    turn = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    return limits, turn, os.getpriority(os.PRIO_PROCESS, 0)


def _limit(name: str, soft: int | None, hard: int | None = None) -> None:
    import resource  # here, so that this file can be read on Windows too

    kind = getattr(resource, name, None)
    if kind is None or soft is None:
        return
    now = resource.getrlimit(kind)[1]
    most = soft if hard is None else hard
    if now != resource.RLIM_INFINITY:
        soft, most = min(soft, now), min(most, now)
    with suppress(OSError, ValueError):  # a system that does not know the limit; the ones outside still hold
        resource.setrlimit(kind, (soft, most))
