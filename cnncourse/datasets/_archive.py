"""Fetch files that come together in one tar archive, and take out only those that are asked for."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from cnncourse.datasets._errors import Damaged
from cnncourse.datasets._fetch import BLOCK, Parcel, bring, place, whole
from cnncourse.datasets._manifest import Archive, Checking, Entry


def fetch_members(
    archive: Archive,
    entries: Sequence[Entry],
    home: Path,
    *,
    mirrors: Sequence[str],
    progress: bool = True,
    timeout: float = 20.0,
) -> Path:
    """Bring an archive from the first mirror that has it whole, and unpack files out of it.

    The archive is opened only when it is known to be the genuine one, and removed when all is unpacked. Each file is
    written under the name that the manifest gives it; nothing else in the archive is written anywhere.

    Parameters
    ----------
    archive : Archive
        ``MIRROR + NAME`` is its address.
    entries : sequence of Entry
        The files; `path` is the name inside the archive and below `home`. All lie in one folder.
    home : Path
        Where that folder shall lie.
    mirrors : sequence of str
        Addresses of folders, tried in turn.
    progress : bool
        Whether to show a progress bar.
    timeout : float, seconds
        Longest silence of a mirror.

    Returns
    -------
    Path
        `home`.

    Raises
    ------
    FetchFailed
        If no mirror gives the archive, or what is in it cannot be kept.
    """
    targets = {entry: home / entry.path for entry in entries}
    folder = targets[entries[0]].parent
    parcel = Parcel(
        name=archive.name,
        folder=folder,
        limit=archive.size,
        arrived=lambda: all(target.exists() and whole(target, entry) for entry, target in targets.items()),
        unpack=lambda part: _unpack(part, archive, targets),
        otherwise=f"unpack the\narchive into the folder of CNNCOURSE_DATA_DIR, so that {entries[0].path} is there",
    )
    bring(parcel, mirrors=mirrors, progress=progress, timeout=timeout)
    return home


def _unpack(part: Path, archive: Archive, targets: dict[Entry, Path]) -> None:
    _check(part, archive)
    wanted = {PurePosixPath(entry.path): entry for entry in targets}
    try:
        with tarfile.open(part, "r:gz") as opened:
            for member in opened:
                if entry := wanted.pop(PurePosixPath(member.name), None):
                    place(_content(opened, member), targets[entry], entry)
    except (tarfile.TarError, EOFError, zlib.error) as fault:
        raise Damaged(f"what came is no whole archive: {fault}") from fault
    if wanted:
        raise Damaged(f"expected {', '.join(map(str, wanted))} in the archive, came an archive without")


def _content(opened: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    if not member.isreg():  # a link could point anywhere, and a folder has no content
        raise Damaged(f"expected {member.name} as a plain file in the archive, came something else")
    return cast(BinaryIO, opened.extractfile(member))


def _check(part: Path, archive: Archive) -> None:
    checking = Checking(archive)
    with open(part, "rb") as content:
        while block := content.read(BLOCK):
            checking.update(block)
    checking.finish()
