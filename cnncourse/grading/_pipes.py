"""Writing to and reading from a process that may never read, never answer, or answer without end."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from typing import IO

from cnncourse.grading._wire import WireError

__all__ = ["Broken", "TooLate", "read_message", "write_message"]


class TooLate(Exception):
    """The other side has not answered in time."""


class Broken(Exception):
    """The other side is gone."""


def write_message(process: subprocess.Popen[bytes], message: bytes, *, until: float) -> None:
    """Write a message to a process's input.

    Parameters
    ----------
    process : Popen
        With a pipe as its input.
    message : bytes
        What to write, after its length.
    until : float, seconds
        When to stop trying, on the monotonic clock.

    Raises
    ------
    TooLate, Broken
        If the process does not read, or is gone.
    """
    stream = _stream(process.stdin)
    rest = memoryview(len(message).to_bytes(8, "little") + message)
    while rest:
        _wait(stream, selectors.EVENT_WRITE, until)
        try:
            rest = rest[os.write(stream, rest) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise Broken from error


def read_message(process: subprocess.Popen[bytes], *, limit: int, until: float) -> bytes:
    """Read a message from a process's output.

    Parameters
    ----------
    process : Popen
        With a pipe as its output.
    limit : int, bytes
        How long the message may be.
    until : float, seconds
        When to stop waiting, on the monotonic clock.

    Returns
    -------
    bytes

    Raises
    ------
    TooLate, Broken, WireError
        If nothing whole comes in time, if the process is gone, or if what comes is too long.
    """
    size = int.from_bytes(_exactly(process, 8, until), "little")
    if size > limit:
        raise WireError(f"a message of {size:,} bytes, more than {limit:,}")
    return _exactly(process, size, until)


def _exactly(process: subprocess.Popen[bytes], count: int, until: float) -> bytes:
    stream, parts = _stream(process.stdout), []
    while count:
        _wait(stream, selectors.EVENT_READ, until)
        try:
            part = os.read(stream, min(count, 2**20))
        except BlockingIOError:
            continue
        if not part:
            raise Broken
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _stream(pipe: IO[bytes] | None) -> int:
    assert pipe is not None, "the process was started with pipes"
    os.set_blocking(pipe.fileno(), False)
    return pipe.fileno()


def _wait(stream: int, event: int, until: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, event)
        if not selector.select(max(0.0, until - time.monotonic())):
            raise TooLate
