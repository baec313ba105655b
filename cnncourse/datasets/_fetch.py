"""Bring one file from its mirrors: in turn, resumable, checked, locked, and moved into place in one step."""

from __future__ import annotations

import gzip
import os
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.error import URLError

from cnncourse.datasets._errors import Damaged, FetchFailed
from cnncourse.datasets._http import BROKEN, receive
from cnncourse.datasets._manifest import Checking, Entry

BLOCK = 1 << 16
_PATIENCE = 900.0  # seconds to wait for another process that fetches the same file
_NETWORK = (URLError, *BROKEN, Damaged)


@dataclass(frozen=True)
class Parcel:
    """What is to be brought, and what to do with it.

    Attributes
    ----------
    name : str
        The file at the mirrors; ``MIRROR + NAME`` is its address.
    folder : Path
        Where it shall lie; what arrived of it waits there as ``NAME.part``.
    limit : int, bytes
        More than this cannot be it.
    arrived : function
        Whether all is there already.
    unpack : function of a Path
        Takes the packed file apart, or raises `Damaged`.
    otherwise : str
        What a person can do where no mirror serves.
    """

    name: str
    folder: Path
    limit: int
    arrived: Callable[[], bool]
    unpack: Callable[[Path], None]
    otherwise: str


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
    aid = "; the digits that ship with the course work without it" if entry.set == "mnist" else ""
    parcel = Parcel(
        name=f"{entry.name}.gz",
        folder=target.parent,
        limit=entry.size + BLOCK,
        arrived=lambda: target.exists() and whole(target, entry),
        unpack=lambda part: _unpack(part, target, entry),
        otherwise=f"put the file into\nthe folder of CNNCOURSE_DATA_DIR as {entry.path}{aid}",
    )
    bring(parcel, mirrors=mirrors, progress=progress, timeout=timeout)
    return target


def bring(parcel: Parcel, *, mirrors: Sequence[str], progress: bool = True, timeout: float = 20.0) -> None:
    """Bring what is packed in one file from the first mirror that has it whole; arguments and errors as `fetch`."""
    try:
        parcel.folder.mkdir(parents=True, exist_ok=True)
        with _only_one(parcel):
            if not parcel.arrived():
                _from_any(parcel, mirrors=mirrors, progress=progress, timeout=timeout)
    except OSError as fault:
        raise FetchFailed(
            f"expected to keep {parcel.name} in {parcel.folder}, came: {fault.strerror or fault}; "
            "try: make room there, or set CNNCOURSE_CACHE_DIR to a folder that you may write to"
        ) from fault


def _from_any(parcel: Parcel, *, mirrors: Sequence[str], progress: bool, timeout: float) -> None:
    failures = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{parcel.name}"
        try:
            _from_mirror(url, parcel, progress=progress, timeout=timeout)
            return
        except _NETWORK as fault:
            failures.append(f"{url}: {getattr(fault, 'reason', None) or fault or type(fault).__name__}")
    raise FetchFailed(
        f"expected {parcel.name} from one of {len(mirrors)} mirrors, came nothing whole:\n  "
        + "\n  ".join(failures or ["no mirror at all"])
        + f"\ntry: look at the network and fetch again (what arrived is kept and continued), or {parcel.otherwise}"
    )


def _from_mirror(url: str, parcel: Parcel, *, progress: bool, timeout: float) -> None:
    part = parcel.folder / f"{parcel.name}.part"
    continued = part.exists()
    receive(url, part, limit=parcel.limit, progress=progress, timeout=timeout)
    try:
        parcel.unpack(part)
    except Damaged:
        set_aside(part)
        if not continued:
            raise
        # the beginning may be another mirror's fault: give this one a chance from its first byte on
        _from_mirror(url, parcel, progress=progress, timeout=timeout)
    else:
        part.unlink()


def _unpack(part: Path, target: Path, entry: Entry) -> None:
    try:
        with gzip.open(part) as packed:
            place(cast(BinaryIO, packed), target, entry)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise Damaged(f"what came is no whole gzip file: {fault}") from fault


def place(content: BinaryIO, target: Path, entry: Entry) -> None:
    """Write a file in one step: it is there whole and checked, or not at all (`Damaged`)."""
    fresh, checking = target.with_name(f"{entry.name}.new"), Checking(entry)
    try:
        with open(fresh, "wb") as sink:
            while checking.size <= entry.size and (block := content.read(BLOCK)):
                sink.write(block)
                checking.update(block)
        checking.finish()
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def whole(target: Path, entry: Entry) -> bool:
    """Say whether a file is the one listed; a damaged one is renamed, and a line says so."""
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
def _only_one(parcel: Parcel) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(parcel.folder / f".{parcel.name}.lock")
    try:
        lock.acquire(timeout=0.5)
    except Timeout:
        print(f"another process is fetching {parcel.name}; waiting for it", file=sys.stderr)
        try:
            lock.acquire(timeout=_PATIENCE)
        except Timeout:
            raise FetchFailed(
                f"expected {parcel.name} from the other process that is fetching it, came nothing in "
                f"{_PATIENCE / 60:.0f} minutes; try: end that process, then fetch again"
            ) from None
    try:
        yield
    finally:
        lock.release()
