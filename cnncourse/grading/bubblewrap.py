"""The closed room by bubblewrap: Linux namespaces, with or without root's rights, without a daemon or an image.

No network; a read-only system of little more than Python; process numbers of its own; a small folder in memory to write
to; limits on memory, processes, processor, files and time. Started by root, each submission runs as a user of its own.
"""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cnncourse.grading._bytecode import bytecode_folder, prepare_bytecode
from cnncourse.grading._cgroups import Group, make_group
from cnncourse.grading._clearing import descendants
from cnncourse.grading._idle import give, take
from cnncourse.grading._places import (
    COVERED,
    INSIDE,
    environment,
    find_package,
    python_places,
    runner_files,
    system_places,
)
from cnncourse.grading._settings import busy_threads, counts_per_room, runner_settings
from cnncourse.grading.session import Room, Session
from cnncourse.grading.tasks import Limits

__all__ = ["Bubblewrap", "bubblewrap_command"]

COMPILED = f"{INSIDE}/compiled"
FOLDERS, SHARED_MEMORY = ("/tmp", "/scratch"), "/dev/shm"
RIGHTS = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL")  # what the runner needs to make others of another user, and end them


@dataclass(frozen=True)
class Bubblewrap:
    """Runs submissions under bubblewrap.

    Attributes
    ----------
    keep : bool
        Whether a room that is as it was before serves the next submission too, which saves most of the time; otherwise
        each has a room of its own.
    """

    keep: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return "bubblewrap"

    def available(self) -> str:
        """Say why it cannot be used here; empty if it can."""
        return _trial(shutil.which("bwrap") or "")

    def session(self, limits: Limits) -> Session:
        """Return a session; use it in a ``with`` statement."""
        uid = _own_user() if os.geteuid() == 0 else None
        if not self.keep:
            return Session(functools.partial(_open_room, limits), limits, uid=uid)
        return Session(
            lambda: take(limits) or _open_room(limits), limits, uid=uid, keep=functools.partial(give, limits)
        )


@functools.cache
def _trial(program: str) -> str:
    if not sys.platform.startswith("linux"):
        return "bubblewrap runs on Linux only"
    if not program:
        return "there is no program `bwrap`; install the package bubblewrap (apt install bubblewrap)"
    command = bubblewrap_command([sys.executable, "-S", "-c", ""], files_bytes=2**20)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False, env={})
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bwrap does not run: {error}"
    if done.returncode == 0:
        return ""
    said = " ".join(done.stderr.decode("utf-8", "replace").split())
    return f"bwrap does not run here ({said[-300:]}); this system may not allow users to make namespaces"


def _open_room(limits: Limits) -> Room:
    prepare_bytecode()
    group = make_group(memory=limits.memory, processes=limits.processes + 8)
    own_count = os.geteuid() == 0 or counts_per_room()
    settings = runner_settings(
        limits,
        folders=(working_folder(), SHARED_MEMORY),
        alone=True,
        counted=group is not None,
        processes=limits.processes + (0 if own_count else busy_threads(os.getuid())),
    )
    runner = [sys.executable, "-s", "-P", "-B", "-m", "room._runner", settings]
    command = _joining(group, bubblewrap_command(runner, files_bytes=limits.files_bytes))
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", env={}, bufsize=0
        )
    except OSError:
        if group is not None:
            group.remove()
        raise
    return Room(
        process, functools.partial(_close, process, group), _nobody_counts if group is None else group.out_of_memory
    )


def _own_user() -> int:
    """Return the number of a user whom nobody knows: with one for all, one submission could use up all's processes."""
    return 2**30 + secrets.randbelow(2**29)


def _nobody_counts() -> None:
    return None


def _joining(group: Group | None, command: Sequence[str]) -> list[str]:
    """Return a command that joins a group before it becomes another command."""
    if group is None:
        return list(command)
    script = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 77; shift; done; shift; exec "$@"'
    return ["/bin/sh", "-c", script, "sh", *group.entrances, "--", *command]


def _close(process: subprocess.Popen[bytes], group: Group | None) -> None:
    inside = list(descendants(process.pid))
    process.kill()  # --die-with-parent: number 1 inside goes too, and everything else with it
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    process.wait()
    _wait_for(inside)
    if group is not None:
        group.remove()


def _wait_for(processes: Sequence[int], *, seconds: float = 10.0) -> None:
    """Wait until processes are gone; one that had much memory needs a moment.

    Number 1 of a room has ended when all others in it have; that nobody has taken note of it yet does not matter.
    """
    limit = time.monotonic() + seconds
    while any(map(_runs, processes)) and time.monotonic() < limit:
        time.sleep(0.002)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def bubblewrap_command(command: Sequence[str], *, files_bytes: int) -> list[str]:
    """Return the command line that runs a command in a closed room.

    Parameters
    ----------
    command : sequence of str
        What to run, as process number 1.
    files_bytes : int
        The size of the folder that can be written to.

    Returns
    -------
    list of str
    """
    return [
        shutil.which("bwrap") or "bwrap",
        *_walls(),
        *_system(),
        *_course(),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", str(files_bytes), "--tmpfs", SHARED_MEMORY),
        *("--perms", "1777", "--size", str(files_bytes), "--tmpfs", working_folder()),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--clearenv"),
        *(word for key, value in _variables().items() for word in ("--setenv", key, value)),
        "--",
        *command,
    ]


def working_folder() -> str:
    """Return the folder inside that can be written to; it must not cover Python or the course, wherever they lie."""
    shown = [PurePosixPath(place) for place in (*python_places().values(), str(find_package()))]
    return next(folder for folder in FOLDERS if not any(place.is_relative_to(folder) for place in shown))


def _walls() -> list[str]:
    common = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    common += ["--hostname", "room", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL"]
    if os.geteuid() == 0:
        return [*common, *(word for right in RIGHTS for word in ("--cap-add", right))]
    closed = ["--disable-userns"] if "--disable-userns" in _help() else []
    return ["--unshare-user", *closed, *common]


@functools.cache
def _help() -> str:
    """Return what bwrap says about itself: older ones know fewer options."""
    program = shutil.which("bwrap")
    if program is None:
        return ""
    return subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout


def _system() -> list[str]:
    places, links = system_places()
    binds = {place: place for place in places} | python_places()
    return [*_binds(binds), *(word for target, source in links.items() for word in ("--symlink", source, target))]


def _course() -> list[str]:
    package, compiled = find_package(), bytecode_folder()
    absent = str(package / "grading" / "_absent")
    covers = (word for name in COVERED for word in ("--ro-bind", absent, str(package / name)))
    shown = {str(package): str(package)} | ({} if compiled is None else {str(compiled): COMPILED}) | runner_files()
    return [*_binds(shown), *covers]


def _binds(binds: dict[str, str]) -> list[str]:
    """Return options for what is shown inside, and for the folders above it, which a new user must pass through."""
    above = sorted({str(folder) for target in binds.values() for folder in PurePosixPath(target).parents} - {"/"})
    return [
        *(word for folder in above for word in ("--perms", "0755", "--dir", folder)),
        *(word for source, target in binds.items() for word in ("--ro-bind", source, target)),
    ]


def _variables() -> dict[str, str]:
    compiled = {} if bytecode_folder() is None else {"PYTHONPYCACHEPREFIX": COMPILED}
    return {**environment(working_folder()), **compiled, "PYTHONPATH": f"{INSIDE}:{find_package().parent}"}
