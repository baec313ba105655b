"""One submission's stay in the closed room: the room is built when it is needed, and built anew when it is broken."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from cnncourse.grading._bytecode import prepare_bytecode
from cnncourse.grading._pipes import Broken, TooLate, read_message, write_message
from cnncourse.grading._preload import find_imports
from cnncourse.grading._reports import broken_outcome, read_outcome, too_late_outcome
from cnncourse.grading._wire import NotData, WireError, pack, unpack
from cnncourse.grading.tasks import Limits, Outcome, Task

__all__ = ["Room", "Session"]

START_SECONDS = 120.0  # for the interpreter, NumPy and PyTorch on a busy machine; not counted as the learner's
GRACE_SECONDS = 10.0  # for clearing up, after the room itself should have ended an answer


@dataclass
class Room:
    """A closed room.

    Attributes
    ----------
    process : Popen
        The runner behind its walls.
    close : callable
        Tears it down, with whatever is inside.
    out_of_memory : callable
        Counts how often the system has ended a process inside for want of memory; None where nobody counts.
    fresh : bool
        Whether the runner has not yet said that it is there.
    """

    process: subprocess.Popen[bytes]
    close: Callable[[], None]
    out_of_memory: Callable[[], int | None]
    fresh: bool = True


class Session:
    """Runs tasks one after the other; use it in a ``with`` statement.

    Parameters
    ----------
    open_room : callable
        Opens a room; called again after one has broken.
    limits : Limits
        For all tasks together.
    uid : int, optional
        The user that answers become, where the room may choose.
    keep : callable, optional
        Takes a room that is as it was, at the end; otherwise it is torn down.
    """

    def __init__(
        self,
        open_room: Callable[[], Room],
        limits: Limits,
        *,
        uid: int | None = None,
        keep: Callable[[Room], None] | None = None,
    ) -> None:
        self.limits = limits
        self.seconds_left = limits.total_seconds
        self._open_room, self._uid, self._keep = open_room, uid, keep
        self._room: Room | None = None
        self._served = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything inside, however the block was left."""
        room = self._room
        if kind is None and room is not None and self._keep is not None:
            self._room = None
            self._keep(room)
        self.close()

    def close(self) -> None:
        """Tear the room down."""
        room, self._room = self._room, None
        if room is not None:
            room.close()

    def run(self, task: Task) -> Outcome:
        """Run a task, and say what came of it; whatever it does, this returns.

        Parameters
        ----------
        task : Task
            Sources and inputs.

        Returns
        -------
        Outcome
        """
        seconds = min(task.seconds, self.seconds_left)
        if seconds <= 0:
            total = self.limits.total_seconds
            return Outcome("time-out", message=f"the submission's {total:g} seconds were used up before this exercise")
        try:
            message = _task_message(task, seconds, self._uid)
        except NotData as error:
            return Outcome("grader fault", message=f"the cases of {task.name!r} cannot be sent: {error}")
        prepare_bytecode((*find_imports(task.given), *(["torch"] if task.torch else [])))
        try:
            room = self._ready_again(message)
        except (OSError, Broken, TooLate, WireError) as error:
            return self._fault(error)
        outcome = self._ask(room, task, seconds)
        self.seconds_left -= outcome.seconds
        return outcome

    def _ready_again(self, message: bytes) -> Room:
        """Hand the task in; a room that has fallen over since it last served is no fault of this task."""
        while True:
            try:
                return self._ready(message)
            except (OSError, Broken, TooLate, WireError):
                if self._room is None or not self._served:
                    raise
                self.close()

    def _ready(self, message: bytes) -> Room:
        """Hand the task in, and return when its clock has begun to run."""
        until = time.monotonic() + START_SECONDS
        room = self._room = self._room or self._open_room()
        self._served = not room.fresh
        if room.fresh:
            read_message(room.process, limit=2**10, until=until)
            room.fresh = False
        write_message(room.process, message, until=until)
        read_message(room.process, limit=2**10, until=until)
        return room

    def _fault(self, error: Exception) -> Outcome:
        said = str(error)
        if self._room is not None:
            self._room.process.kill()
            said = f"{said} {_last_words(self._room.process)}".strip()
        self.close()
        return Outcome("grader fault", message=f"no room to run answers in: {said or type(error).__name__}")

    def _ask(self, room: Room, task: Task, seconds: float) -> Outcome:
        begin, kills = time.monotonic(), room.out_of_memory()
        until = begin + seconds + GRACE_SECONDS
        limit = self.limits.answer_bytes + self.limits.printed_bytes + 2**20
        try:
            report = unpack(read_message(room.process, limit=limit, until=until), limit=limit)
            outcome = read_outcome(report, task, self.limits, seconds, _killed(room, kills))
            soiled = report["soiled"]
        except TooLate:
            outcome, soiled = too_late_outcome(seconds), True
        except (Broken, WireError, KeyError, TypeError):
            outcome, soiled = broken_outcome(time.monotonic() - begin), True
        if soiled:
            self.close()
        return outcome


def _killed(room: Room, before: int | None) -> bool | None:
    """Say whether memory has run out since; None if nobody knows."""
    now = room.out_of_memory()
    return None if now is None or before is None else now > before


def _task_message(task: Task, seconds: float, uid: int | None) -> bytes:
    parts: dict[str, Any] = {
        "name": task.name,
        "given": task.given,
        "answer": task.answer.encode("utf-8", "replace"),
        "entry": task.entry,
        "kind": task.kind,
        "cases": [pack((case.arguments, dict(case.keywords))) for case in task.cases],
        "probe": task.probe,
        "torch": task.torch,
        "seconds": float(seconds),
        "seed": task.seed,
        "uid": uid,
    }
    return pack(parts)


def _last_words(process: subprocess.Popen[bytes]) -> str:
    """Return the end of what the room's own processes complained about."""
    with suppress(OSError, ValueError, subprocess.TimeoutExpired):
        text = process.communicate(timeout=2)[1]
        return " ".join((text or b"").decode("utf-8", "replace").split()[-40:])
    return ""
