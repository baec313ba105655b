"""Control groups: Linux counts what a group of processes uses together, and stops it there.

Below the group that the grader itself is in, a group a submission is made, in version 1 or 2 of the interface. Where
none may be made (on a desktop without delegation, in most containers) the caller has to do with other means.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Group", "make_group"]

ROOT = Path("/sys/fs/cgroup")
PREFIX = "cnncourse-"


@dataclass(frozen=True)
class Group:
    """A group of processes with common limits.

    Attributes
    ----------
    memory : Path
        Its folder in the hierarchy that counts memory.
    folders : tuple of Path
        All its folders; in version 2 there is one.
    """

    memory: Path
    folders: tuple[Path, ...]

    @property
    def entrances(self) -> list[str]:
        """Files that a process writes its number to in order to join."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

    def out_of_memory(self) -> int | None:
        """Count the processes that were ended for want of memory."""
        for name in ("memory.oom_control", "memory.events"):
            with suppress(OSError):
                rows = (self.memory / name).read_text().splitlines()
                return sum(int(row.split()[1]) for row in rows if row.startswith("oom_kill "))
        return None

    def remove(self, *, seconds: float = 5.0) -> None:
        """Remove it, as soon as the last process in it is gone."""
        limit = time.monotonic() + seconds
        for folder in self.folders:
            while folder.exists() and not _removed(folder) and time.monotonic() < limit:
                time.sleep(0.002)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def make_group(
    *, memory: int, processes: int, root: Path = ROOT, own: Path = Path("/proc/self/cgroup")
) -> Group | None:
    """Make a group, if this system lets us.

    Parameters
    ----------
    memory : int, bytes
        For all of its processes together.
    processes : int
        How many it may have, threads included.
    root, own : Path
        Where the hierarchies are mounted, and the file that says where in them this process is.

    Returns
    -------
    Group or None
        None where no group with a limit on memory can be made.
    """
    try:
        rows = [line.split(":", 2) for line in own.read_text().splitlines()]
    except OSError:
        return None
    name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    places = {controller: path for _, controllers, path in rows for controller in controllers.split(",")}
    if "memory" in places:
        return _version_1(root, places, name, memory, processes)
    return _version_2(root, places.get("", "/"), name, memory, processes)


def _version_1(root: Path, places: dict[str, str], name: str, memory: int, processes: int) -> Group | None:
    counted = _make(root / "memory", places["memory"], name, {"memory.limit_in_bytes": memory})
    if counted is None:
        return None
    _write(counted / "memory.memsw.limit_in_bytes", memory)  # absent where there is no swap
    numbered = _make(root / "pids", places["pids"], name, {"pids.max": processes}) if "pids" in places else None
    return Group(counted, tuple(folder for folder in (counted, numbered) if folder is not None))


def _version_2(root: Path, own: str, name: str, memory: int, processes: int) -> Group | None:
    for place in (own, str(Path(own).parent)):  # a group that has processes itself can hand no controllers down
        made = _make(root, place, name, {"memory.max": memory, "pids.max": processes})
        if made is not None:
            _write(made / "memory.swap.max", 0)
            _write(made / "memory.oom.group", 0)
            return Group(made, (made,))
    return None


def _make(hierarchy: Path, place: str, name: str, limits: dict[str, int]) -> Path | None:
    parent = hierarchy / place.lstrip("/")
    folder = parent / name
    try:
        folder.mkdir()
    except OSError:
        return None
    _sweep(parent)
    if all(_write(folder / file, value) for file, value in limits.items()) and _may_enter(parent, folder):
        return folder
    _removed(folder)
    return None


def _write(file: Path, value: int) -> bool:
    if not file.exists():
        return False
    try:
        file.write_text(f"{value}\n")
    except OSError:
        return False
    return True


def _may_enter(parent: Path, folder: Path) -> bool:
    return all(os.access(place / "cgroup.procs", os.W_OK) for place in (parent, folder))


def _sweep(parent: Path) -> None:
    """Remove what a grader that was killed has left: groups without processes whose maker is gone, or that are old."""
    with suppress(OSError):
        for folder in parent.glob(f"{PREFIX}*"):
            age, maker = time.time() - folder.stat().st_mtime, folder.name.split("-")[1]
            if age > (3600 if os.path.exists(f"/proc/{maker}") else 10):
                _removed(folder)
