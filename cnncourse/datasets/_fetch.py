"""Bring one file from its mirrors: in turn, resumable, checked, locked, and moved into place in one step."""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from cnncourse.datasets._errors import Damaged, FetchFailed
from cnncourse.datasets._http import BROKEN, receive
from cnncourse.datasets._manifest import Entry, check

_BLOCK = 1 << 16
_PATIENCE = 900.0  # seconds to wait for another process that fetches the same file
_NETWORK = (URLError, *BROKEN, Damaged)


def fetch(entry: Entry, target: Path, *, mirrors: Sequence[str], progress: bool = True, timeout: float = 20.0) -> Path:
    """Bring a file from the first mirror that has it whole, unless it is there already.

    Parameters
    ----------
    entry : Entry
        The file; ``MIRROR + NAME.gz`` is its address.
    target : Path
        Where it shall lie, unpacked. A damaged file there is renamed to ``NAME.corrupt-…`` first.
    mirrors : sequence of str
        Addresses of folders, tried in turn.
    progress : bool
        Whether to show a progress bar.
    timeout : float, seconds
        Longest silence of a mirror.

    Returns
    -------
    Path
        `target`. What arrived of a file that broke off waits beside it as ``NAME.gz.part`` for the next attempt.

    Raises
    ------
    FetchFailed
        If no mirror gives the file, or it cannot be kept.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(target):
            if target.exists() and _whole(target, entry):
                return target
            return _from_any(entry, target, mirrors=mirrors, progress=progress, timeout=timeout)
    except OSError as fault:
        raise FetchFailed(
            f"expected to keep {entry.name} in {target.parent}, came: {fault.strerror or fault}; "
            "try: make room there, or set CNNCOURSE_CACHE_DIR to a folder that you may write to"
        ) from fault


def _from_any(entry: Entry, target: Path, *, mirrors: Sequence[str], progress: bool, timeout: float) -> Path:
    failures = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{entry.name}.gz"
        try:
            _from_mirror(url, entry, target, progress=progress, timeout=timeout)
            return target
        except _NETWORK as fault:
            failures.append(f"{url}: {getattr(fault, 'reason', None) or fault or type(fault).__name__}")
    raise FetchFailed(
        f"expected {entry.name} from one of {len(mirrors)} mirrors, came nothing whole:\n  "
        + "\n  ".join(failures or ["no mirror at all"])
        + "\ntry: look at the network and fetch again (what arrived is kept and continued), or put the file into\n"
        + f"the folder of CNNCOURSE_DATA_DIR as {entry.path}; the digits that ship with the course work without it"
    )


def _from_mirror(url: str, entry: Entry, target: Path, *, progress: bool, timeout: float) -> None:
    part = target.with_name(f"{entry.name}.gz.part")
    continued = part.exists()
    receive(url, part, limit=entry.size + _BLOCK, progress=progress, timeout=timeout)
    try:
        _unpack(part, target, entry)
    except Damaged:
        set_aside(part)
        if not continued:
            raise
        # the beginning may be another mirror's fault: give this one a chance from its first byte on
        _from_mirror(url, entry, target, progress=progress, timeout=timeout)


def _unpack(part: Path, target: Path, entry: Entry) -> None:
    fresh = target.with_name(f"{entry.name}.new")
    try:
        with gzip.open(part) as packed, open(fresh, "wb") as sink:
            size, digest = 0, hashlib.sha256()
            while size <= entry.size and (block := packed.read(_BLOCK)):
                sink.write(block)
                digest.update(block)
                size += len(block)
        check(content_size=size, content_sha256=digest.hexdigest(), entry=entry)
        os.replace(fresh, target)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise Damaged(f"what came is no whole gzip file: {fault}") from fault
    finally:
        fresh.unlink(missing_ok=True)
    part.unlink()


def _whole(target: Path, entry: Entry) -> bool:
    try:
        entry.check(target.read_bytes())
    except Damaged as damage:
        kept = set_aside(target)
        print(f"{target.name} was damaged ({damage}); it is kept as {kept.name} and fetched again", file=sys.stderr)
        return False
    return True


def set_aside(file: Path) -> Path:
    """Rename a damaged file to ``NAME.corrupt-DATE-TIME``, so that nothing is lost and nothing is in the way."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = [f"{file.name}.corrupt-{stamp}", *(f"{file.name}.corrupt-{stamp}-{number}" for number in range(2, 1000))]
    aside = next(file.with_name(name) for name in names if not file.with_name(name).exists())
    return file.rename(aside)


@contextmanager
def _only_one(target: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        lock.acquire(timeout=0.5)
    except Timeout:
        print(f"another process is fetching {target.name}; waiting for it", file=sys.stderr)
        try:
            lock.acquire(timeout=_PATIENCE)
        except Timeout:
            raise FetchFailed(
                f"expected {target.name} from the other process that is fetching it, came nothing in "
                f"{_PATIENCE / 60:.0f} minutes; try: end that process, then fetch again"
            ) from None
    try:
        yield
    finally:
        lock.release()
