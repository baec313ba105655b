"""Where data is looked for, in order, and how a file is read there."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import NamedTuple

from cnncourse.datasets._errors import Damaged, DataMissing
from cnncourse.datasets._manifest import Entry

NAMED = "CNNCOURSE_DATA_DIR"
CACHE = "CNNCOURSE_CACHE_DIR"


class Place(NamedTuple):
    """A folder where data may lie, and what to call it in a sentence."""

    folder: Path
    called: str


class Found(NamedTuple):
    """A file's bytes, checked, and the place that they came from."""

    content: bytes
    place: Place


def cache_folder() -> Path:
    """Name the folder where fetched data is kept: your user's cache, or what ``CNNCOURSE_CACHE_DIR`` says.

    The folder need not exist; it is made when something is fetched.
    """
    own = os.environ.get(CACHE)
    if own:
        return Path(own).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("cnncourse", appauthor=False)


def places() -> list[Place]:
    """List the folders where fetched data is looked for, best first."""
    named = os.environ.get(NAMED)
    own = [Place(Path(named).expanduser(), NAMED)] if named else []
    return [*own, Place(cache_folder(), "your cache")]


def find(entry: Entry) -> Found:
    """Read a file from the first place that has it whole.

    Parameters
    ----------
    entry : Entry
        The file, from the manifest.

    Returns
    -------
    Found
        Its bytes, unpacked and checked, and the place.

    Raises
    ------
    DataMissing
        If no place has it whole; the message says for each place what is there instead.
    """
    reasons = []
    for place in places():
        try:
            return Found(read_from(place.folder, entry), place)
        except (Damaged, OSError) as problem:
            reasons.append(told(place, problem))
    raise DataMissing(f"expected {entry.path}; came " + "; ".join(reasons))


def told(place: Place, problem: Exception) -> str:
    """Say what is wrong at a place, such as ``your cache (…): there is no such folder``."""
    words = str(problem)
    if isinstance(problem, OSError) and problem.filename:
        words = f"{Path(problem.filename).name}: {problem.strerror or problem}"
    return f"{place.called} ({place.folder}): {words}"


def read_from(folder: Path, entry: Entry) -> bytes:
    """Read a file in a folder of data, unpacked and checked; `Damaged` if it is not there or not whole."""
    if not folder.is_dir():
        raise Damaged("there is no such folder")
    file = _candidate(entry, folder)
    content = _unpacked(file, entry.size) if file.suffix == ".gz" else file.read_bytes()
    try:
        entry.check(content)
    except Damaged as damage:
        raise Damaged(f"{file.name} is not the genuine file, or not all of it: {damage}") from None
    return content


def _candidate(entry: Entry, folder: Path) -> Path:
    # torchvision's layout, and the innermost folder itself, for those who named that one
    for home in (folder / Path(entry.path).parent, folder):
        for name in (entry.name, f"{entry.name}.gz"):
            if (home / name).is_file():
                return home / name
    raise Damaged(f"no {entry.path} in it, packed (.gz) or not")


def _unpacked(file: Path, size: int) -> bytes:
    try:
        with gzip.open(file) as stream:
            return stream.read(size + 1)  # one byte more shows that a file is too long, whatever its true length
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise Damaged(f"{file.name} is damaged or half-downloaded: {fault}") from fault
