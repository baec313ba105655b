"""What of this computer can be seen from inside the closed room: Python, its packages, the course's own modules."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["COVERED", "INSIDE", "environment", "find_package", "python_places", "runner_files", "system_places"]

INSIDE = "/inside"  # where the runner's own files are put
RUNNER = (
    "_clearing",
    "_collecting",
    "_confinement",
    "_learner",
    "_preload",
    "_runner",
    "_syscalls",
    "_wire",
    "_wire_reader",
)
COVERED = ("checks", "grading")  # what holds judges and expected answers
SYSTEM = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
LINKED = ("/lib", "/lib32", "/lib64")  # links into /usr on most systems
SHARED = {Path("/usr"), Path("/usr/local"), Path("/")}  # prefixes that hold far more than Python


def find_package() -> Path:
    """Return the folder of the course's package."""
    return Path(__file__).resolve().parents[1]


def runner_files() -> dict[str, str]:
    """Return the runner's files, and where they stand inside."""
    here = Path(__file__).resolve().parent
    return {str(here / f"{name}.py"): f"{INSIDE}/room/{name}.py" for name in ("__init__", *RUNNER)}


def system_places() -> tuple[list[str], dict[str, str]]:
    """Return folders of the system that programs need, and links to make.

    Not among them: ``/usr/local/share`` and ``/srv``, where other learners' submissions may lie.
    """
    links = {place: os.readlink(place) for place in LINKED if os.path.islink(place)}
    folders = [place for place in LINKED if place not in links and os.path.isdir(place)]
    return [*(place for place in SYSTEM if os.path.exists(place)), *folders], links


def python_places() -> dict[str, str]:
    """Return what Python needs, and where it stands inside: the same place, with links followed."""
    places: dict[str, str] = {}
    for prefix in dict.fromkeys(Path(one) for one in (sys.base_prefix, sys.prefix)):
        for name in ("lib", "lib64", "pyvenv.cfg"):
            place = prefix / name
            if place.exists() and not (prefix == Path("/usr") or place.is_symlink()):
                places[str(place)] = str(place)
    places[os.path.realpath(sys.executable)] = sys.executable
    return places


def environment(folder: str) -> dict[str, str]:
    """Return all the environment variables there are inside.

    Parameters
    ----------
    folder : str
        The one that can be written to.
    """
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "USER": "learner",
        "LOGNAME": "learner",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        **dict.fromkeys(threads, "1"),
    }
