"""Rooms that wait for the next submission: to open one takes as long as many answers, above all with PyTorch inside.

A room is kept only if the runner has found it as it was: no process, no file, no shared memory, no limit changed.
Each submission is another user in it where the grader may choose users, and no message, key or trace can be left.
"""

from __future__ import annotations

import os
from multiprocessing import util

from cnncourse.grading.session import Room
from cnncourse.grading.tasks import Limits

__all__ = ["close_idle", "give", "take"]

MOST = 4  # of one kind; more threads than that find theirs closed

_rooms: dict[tuple[int, Limits], list[Room]] = {}


def take(limits: Limits) -> Room | None:
    """Return a room that waits, if there is one of this process with these limits."""
    try:
        room = _rooms[os.getpid(), limits].pop()
    except (KeyError, IndexError):
        return None
    if room.process.poll() is None:
        return room
    room.close()
    return None


def give(limits: Limits, room: Room) -> None:
    """Let a room wait; at the end of this process it is closed."""
    if not _rooms:
        util.Finalize(None, close_idle, exitpriority=10)  # also at the end of a worker that was forked
    waiting = _rooms.setdefault((os.getpid(), limits), [])
    if len(waiting) < MOST:
        waiting.append(room)
    else:
        room.close()


def close_idle() -> None:
    """Close all rooms of this process that wait."""
    for key in [key for key in _rooms if key[0] == os.getpid()]:
        for room in _rooms.pop(key, []):
            room.close()
