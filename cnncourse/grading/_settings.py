"""What the runner inside the closed room is told about its limits."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence

from cnncourse.grading.tasks import Limits

__all__ = ["busy_threads", "counts_per_room", "runner_settings"]


def runner_settings(
    limits: Limits, *, folders: Sequence[str], alone: bool, counted: bool, processes: int | None
) -> str:
    """Write the settings of a runner.

    Parameters
    ----------
    limits : Limits
        Of the submission.
    folders : sequence of str
        Those that can be written to; the first is where answers run.
    alone : bool
        Whether the room has process numbers of its own.
    counted : bool
        Whether something outside (a control group, a container) limits the memory of all processes together.
    processes : int or None
        The limit on processes of this user; None where something outside limits them.

    Returns
    -------
    str
        JSON.
    """
    return json.dumps(
        {
            "alone": alone,
            "memory": limits.memory,
            "watched": None if counted else limits.memory,
            "processes": processes,
            "answer_bytes": limits.answer_bytes,
            "printed_bytes": limits.printed_bytes,
            "files_bytes": limits.files_bytes,
            "folders": list(folders),
        }
    )


def counts_per_room() -> bool:
    """Say whether the system counts a user's processes in each user namespace by itself (Linux 5.14 and newer)."""
    numbers = platform.release().split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2] if number.isdigit()) >= (5, 14)


def busy_threads(uid: int) -> int:
    """Count the threads that a user has running, where the system says so."""
    total = 0
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc/self") else ()):
        try:
            if os.stat(f"/proc/{name}").st_uid == uid:
                total += len(os.listdir(f"/proc/{name}/task"))
        except OSError:  # it has just ended
            continue
    return total
