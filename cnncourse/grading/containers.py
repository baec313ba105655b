"""The closed room by Podman or Docker: the same runner in a container, with the same limits.

The image holds Python and the packages of `requirements.lock`, nothing of the course; the course's own modules are
mounted read-only, its judges covered. Two lines make one::

    FROM python:3.11-slim
    RUN --mount=source=requirements.lock,target=/r.txt pip install --require-hashes -r /r.txt

built with ``podman build -t cnncourse-grading .``. Prefer Podman without root's rights: who may talk to Docker's daemon
is root. What is tested here is the command line and, with a stand-in for the engine, the conversation with the runner;
no test of this project starts an engine.
"""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass

from cnncourse.grading._places import COVERED, INSIDE, environment, find_package, runner_files
from cnncourse.grading._settings import runner_settings
from cnncourse.grading.session import Room, Session
from cnncourse.grading.tasks import Limits

__all__ = ["IMAGE", "Containers", "container_command"]

IMAGE = "cnncourse-grading"
COURSE, FOLDER = "/course", "/tmp"
NOBODY = 65534


@dataclass(frozen=True)
class Containers:
    """Runs submissions in containers.

    Attributes
    ----------
    engine : str
        ``"podman"`` or ``"docker"``.
    image : str
        With Python and the packages.
    """

    engine: str = "podman"
    image: str = IMAGE

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine

    def available(self) -> str:
        """Say why it cannot be used here; empty if it can."""
        program = shutil.which(self.engine)
        if program is None:
            return f"there is no program {self.engine!r}"
        command = [program, "image", "inspect", self.image]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{self.engine} does not run: {error}"
        if done.returncode == 0:
            return ""
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        return f"no image {self.image!r} ({said[-200:]}); cnncourse.grading.containers says how to make it"

    def session(self, limits: Limits) -> Session:
        """Return a session; use it in a ``with`` statement."""
        return Session(functools.partial(_open_room, self.engine, self.image, limits), limits)


def _open_room(engine: str, image: str, limits: Limits) -> Room:
    name = f"cnncourse-{os.getpid()}-{secrets.token_hex(4)}"
    program = shutil.which(engine) or engine
    process = subprocess.Popen(
        container_command(program, image=image, name=name, limits=limits),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    return Room(process, functools.partial(_close, process, program, name), _nobody_counts)


def _nobody_counts() -> None:
    return None


def _close(process: subprocess.Popen[bytes], program: str, name: str) -> None:
    """End the container; the engine's own command at this end is only its telephone."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    kill = [program, "kill", "--signal", "KILL", name]
    subprocess.run(kill, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    process.kill()
    process.wait()


def container_command(program: str, *, image: str, name: str, limits: Limits) -> list[str]:
    """Return the command line that runs the runner in a container.

    Parameters
    ----------
    program : str
        The engine's.
    image, name : str
        What to start, and what to call it.
    limits : Limits
        Of the submission.

    Returns
    -------
    list of str
    """
    settings = runner_settings(limits, folders=(FOLDER,), alone=True, counted=True, processes=None)
    variables = {**environment(FOLDER), "PYTHONPATH": f"{INSIDE}:{COURSE}"}
    return [
        *(program, "run", "--rm", "--interactive", "--name", name, "--pull", "never"),
        *("--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--pids-limit", str(limits.processes + 8), "--user", f"{NOBODY}:{NOBODY}", "--ipc", "private"),
        *("--memory", str(limits.memory), "--memory-swap", str(limits.memory), "--shm-size", str(limits.files_bytes)),
        *("--tmpfs", f"{FOLDER}:rw,nosuid,nodev,mode=1777,size={limits.files_bytes}", "--workdir", "/"),
        *(word for source, target in _mounts() for word in ("--volume", f"{source}:{target}:ro")),
        *(word for key, value in variables.items() for word in ("--env", f"{key}={value}")),
        *("--entrypoint", "python", image, "-s", "-P", "-B", "-m", "room._runner", settings),
    ]


def _mounts() -> list[tuple[str, str]]:
    package = find_package()
    absent = str(package / "grading" / "_absent")
    covers = [(absent, f"{COURSE}/cnncourse/{name}") for name in COVERED]
    return [(str(package), f"{COURSE}/cnncourse"), *covers, *runner_files().items()]
