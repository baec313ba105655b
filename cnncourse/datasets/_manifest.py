"""The list of every data file, and the check that a file is the one listed."""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cnncourse.datasets._errors import Damaged, DataMissing


@dataclass(frozen=True)
class Entry:
    """One data file of the course, as ``cnncourse/data/manifest.toml`` lists it.

    Attributes
    ----------
    name, set : str
        The file, and the data set that it belongs to.
    shows, credit, licence, origin : str
        What is in it, whose it is, under which licence, and where it comes from.
    delivery : str
        ``"installed"`` inside the package named by `package`, ``"ships"`` with the course, or ``"fetched"`` on request.
    path : str
        Where it lies, below the place that its delivery implies.
    size : int, bytes
        Its length, unpacked.
    sha256, md5 : str
        Its checksum, unpacked; the weaker MD5 only where no SHA-256 is known.
    package : str
        The distribution that brings it, if one does.
    """

    name: str
    set: str
    shows: str
    credit: str
    licence: str
    origin: str
    delivery: str
    path: str
    size: int
    sha256: str = ""
    md5: str = ""
    package: str = ""

    def check(self, content: bytes) -> None:
        """Raise `Damaged` unless `content` is this file, whole and unaltered."""
        checking = Checking(self)
        checking.update(content)
        checking.finish()


class Checking:
    """Check a file while it passes by, block by block: its size, and its SHA-256, or its MD5 where that is all we know.

    Parameters
    ----------
    entry : Entry or Archive
        What the file shall be.
    """

    def __init__(self, entry: Entry | Archive) -> None:
        self.entry, self.size = entry, 0
        self._called, self._expected = ("SHA-256", entry.sha256) if entry.sha256 else ("MD5", entry.md5)
        self._digest = hashlib.sha256() if entry.sha256 else hashlib.md5(usedforsecurity=False)

    def update(self, block: bytes) -> None:
        """Take note of the next bytes."""
        self.size += len(block)
        self._digest.update(block)

    def finish(self) -> None:
        """Raise `Damaged` unless size and checksum of all that came are those of the entry."""
        if self.size != self.entry.size:
            raise Damaged(f"expected {self.entry.size:,} bytes, came {self.size:,}")
        if (came := self._digest.hexdigest()) != self._expected:
            raise Damaged(f"expected {self._called} {self._expected[:12]}…, came {came[:12]}…")


@dataclass(frozen=True)
class Archive:
    """A file that is fetched only to be taken apart: its name, its size in bytes, and a checksum as in `Entry`."""

    name: str
    size: int
    sha256: str = ""
    md5: str = ""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("cnncourse") / "data" / "manifest.toml").read_text(encoding="utf-8"))


def manifest(set_name: str | None = None) -> tuple[Entry, ...]:
    """List the data files of the course.

    Parameters
    ----------
    set_name : str, optional
        Only those of one set: ``"photographs"``, ``"faces"``, ``"digits"``, ``"mnist"``, ``"fashion-mnist"`` or
        ``"cifar10"``.

    Returns
    -------
    tuple of Entry
        In the order of the file.

    Examples
    --------
    >>> [entry.name for entry in manifest("digits")]
    ['digits.csv.gz']
    """
    entries = tuple(Entry(**fields) for fields in _table()["file"])
    return tuple(entry for entry in entries if set_name in (None, entry.set))


def listed_mirrors(set_name: str) -> tuple[str, ...]:
    """List the addresses that the manifest gives for a set that is fetched."""
    return tuple(_table()["mirrors"][set_name])


def listed_archive(set_name: str) -> Archive:
    """Describe the archive in which a set is fetched."""
    return Archive(**_table()["archives"][set_name])


def installed_file(entry: Entry) -> Path:
    """Find a file that came with an installed package, without importing that package.

    Raises
    ------
    DataMissing
        If the package is not installed, or the file is not in it.
    """
    spec = importlib.util.find_spec(entry.path.split("/")[0])
    homes = spec.submodule_search_locations if spec else None
    for home in homes or ():
        file = Path(home).parent / entry.path
        if file.is_file():
            return file
    raise DataMissing(
        f"expected {entry.name} inside the package {entry.package}, came nothing; "
        f"try: python -m pip install --force-reinstall {entry.package}"
    )


def installed_content(entry: Entry) -> bytes:
    """Read a file that came with an installed package, checked against the manifest.

    Raises
    ------
    DataMissing
        If it is not there, or is not the file that the manifest lists.
    """
    content = installed_file(entry).read_bytes()
    try:
        entry.check(content)
    except Damaged as damage:
        raise DataMissing(
            f"{entry.name} in the package {entry.package} is not the file that the course knows: {damage}; "
            f"try: python -m pip install --force-reinstall {entry.package}"
        ) from None
    return content


def problem_with(entry: Entry) -> str | None:
    """Say what is wrong with a file that comes with an installed package; None if it is whole."""
    try:
        installed_content(entry)
    except DataMissing as missing:
        return str(missing)
    return None
