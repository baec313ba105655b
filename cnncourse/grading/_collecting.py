"""Taking in what one process inside the closed room writes: so much and no more, so long and no longer."""

from __future__ import annotations

import os
import selectors
import time
from typing import Any

from ._clearing import descendants

__all__ = ["Collection"]

TURN = 0.02  # seconds between two looks at the process itself
SPARE = 2**16  # bytes for what stands around the answers


class Collection:
    """What comes out of a process, and how it ended.

    Parameters
    ----------
    child : int
        The process.
    results, texts : int
        The ends of its two pipes to read from; closed by `finish`.
    settings : dict
        ``answer_bytes``, ``printed_bytes``, ``watched`` (bytes of resident memory to end it at, or None).
    """

    def __init__(self, child: int, results: int, texts: int, settings: dict[str, Any]) -> None:
        self.child, self.results, self.texts, self.settings = child, results, texts, settings
        self.stream, self.printed = bytearray(), bytearray()
        self.frames: list[bytes] = []
        self.late = self.large = self.hungry = self.over = False
        self.status: int | None = None
        self.taken, self.looked = 0, 0.0
        os.set_blocking(results, False)
        os.set_blocking(texts, False)

    def watch(self, *, frames: int, until: float) -> None:
        """Take in until all frames are there, the process ends, or a limit is reached.

        Parameters
        ----------
        frames : int
            How many to wait for.
        until : float, seconds
            When it is late, on the monotonic clock.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self.results, selectors.EVENT_READ)
            selector.register(self.texts, selectors.EVENT_READ)
            while len(self.frames) < frames and not (self.over or self.large or self.hungry):
                rest = until - time.monotonic()
                if rest <= 0:
                    self.late = True
                    return
                for key, _ in selector.select(min(rest, TURN)):
                    if not self._take(key.fd):
                        selector.unregister(key.fd)
                self._look()

    def _look(self) -> None:
        self.over = self.over or self._ended()
        most, now = self.settings["watched"], time.monotonic()
        if most is not None and os.path.isdir("/proc/self") and now > self.looked + TURN:
            self.looked = now
            self.hungry = resident_bytes(alone=self.settings["alone"]) > most

    def _ended(self) -> bool:
        try:
            pid, status = os.waitpid(self.child, os.WNOHANG)
        except ChildProcessError:  # taken by another wait
            return True
        if pid:
            self.status = status
        return pid != 0

    def _take(self, fd: int) -> bool:
        """Read once; return whether there may be more."""
        try:
            part = os.read(fd, 2**16)
        except BlockingIOError:
            return True
        if fd == self.texts:
            self.printed += part[: self.settings["printed_bytes"] - len(self.printed)]
        else:
            self._add(part)
        return bool(part) and not self.large

    def _add(self, part: bytes) -> None:
        self.taken += len(part)
        self.large = self.large or self.taken > self.settings["answer_bytes"] + SPARE
        self.stream += part
        while len(self.stream) >= 8:
            size = int.from_bytes(self.stream[:8], "little")
            if len(self.stream) < 8 + size:
                return
            self.frames.append(bytes(self.stream[8 : 8 + size]))
            del self.stream[: 8 + size]

    def finish(self) -> dict[str, Any]:
        """Take what still lies in the pipes, close them, and report."""
        for fd in (self.results, self.texts):
            while not self.large and self._waiting(fd):
                pass
            os.close(fd)
        status = self.status
        return {
            "frames": self.frames,
            "printed": bytes(self.printed),
            "exit": None if status is None or not os.WIFEXITED(status) else os.WEXITSTATUS(status),
            "signal": None if status is None or not os.WIFSIGNALED(status) else os.WTERMSIG(status),
            "late": self.late,
            "large": self.large,
            "hungry": self.hungry,
        }

    def _waiting(self, fd: int) -> bool:
        before = self.taken, len(self.printed)
        self._take(fd)
        return before != (self.taken, len(self.printed))


def resident_bytes(*, alone: bool) -> int:
    """Add up the memory that the processes of an answer have for themselves.

    Memory shared since the fork is counted in each, so the sum is too large rather than too small.

    Parameters
    ----------
    alone : bool
        Whether all processes that can be seen belong to the answer; otherwise only those below this one do.
    """
    own = os.getpid()
    base = _own_bytes(own)
    seen = (int(name) for name in os.listdir("/proc") if name.isdigit()) if alone else descendants(own)
    return sum(max(0, _own_bytes(pid) - base) for pid in seen if pid != own)


def _own_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status") as file:
            rows = [line.split() for line in file if line.startswith(("RssAnon:", "RssShmem:"))]
    except OSError:  # it has just ended
        return 0
    return sum(int(row[1]) * 1024 for row in rows)
