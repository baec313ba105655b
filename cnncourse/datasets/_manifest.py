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
    sha256 : str
        Its checksum, unpacked.
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
    sha256: str
    package: str = ""

    def check(self, content: bytes) -> None:
        """Raise `Damaged` unless `content` is this file, whole and unaltered."""
        check(content_size=len(content), content_sha256=hashlib.sha256(content).hexdigest(), entry=self)


def check(*, content_size: int, content_sha256: str, entry: Entry) -> None:
    """Raise `Damaged` unless a size (in bytes) and a checksum are those of an entry."""
    if content_size != entry.size:
        raise Damaged(f"expected {entry.size:,} bytes, came {content_size:,}")
    if content_sha256 != entry.sha256:
        raise Damaged(f"expected SHA-256 {entry.sha256[:12]}…, came {content_sha256[:12]}…")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("cnncourse") / "data" / "manifest.toml").read_text(encoding="utf-8"))


def manifest(set_name: str | None = None) -> tuple[Entry, ...]:
    """List the data files of the course.

    Parameters
    ----------
    set_name : str, optional
        Only those of one set: ``"photographs"``, ``"faces"``, ``"digits"`` or ``"mnist"``.

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
