"""Compiled modules for closed rooms, which may not write any: without them Python compiles NumPy in every room anew.

They lie beside the sources where Python was ever allowed to write them, and then there is nothing to do. Otherwise the
grader itself imports the course's modules once, with a folder in its own cache to write to.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import platformdirs

from cnncourse.grading._places import find_package
from cnncourse.grading._preload import ALWAYS

__all__ = ["bytecode_folder", "prepare_bytecode"]

SCRIPT = """
import sys
from cnncourse.grading._preload import preload
import cnncourse.grading._runner
preload(sys.argv[1:])
"""


@functools.cache
def bytecode_folder() -> Path | None:
    """Return the folder with compiled modules; None where they lie beside the sources."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or (spec.cached and os.path.exists(spec.cached)):
        return None
    installed = Path(spec.origin or "").parents[1].stat().st_mtime_ns  # another after packages came or went
    folder = platformdirs.user_cache_path("cnncourse") / "bytecode" / _mark(sys.version, sys.prefix, installed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a disk that is full, a home that cannot be written to: slower, and nothing else
        return None
    return folder


@functools.cache
def prepare_bytecode(names: tuple[str, ...] = ()) -> None:
    """Have modules compiled, if they are not.

    Parameters
    ----------
    names : tuple of str
        Modules that the course's own cells import.
    """
    folder = bytecode_folder()
    if folder is None:
        return
    done = folder / f"done-{_mark(*names)}"
    if done.exists():
        return
    variables = {"PYTHONPYCACHEPREFIX": str(folder), "PYTHONPATH": str(find_package().parent), "MPLBACKEND": "agg"}
    variables |= {
        name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR", "OMP_NUM_THREADS") if name in os.environ
    }
    command = [sys.executable, "-s", "-P", "-c", SCRIPT, *ALWAYS, *names]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=variables, cwd="/")
    with suppress(OSError):
        done.touch()


def _mark(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
