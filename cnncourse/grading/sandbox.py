"""Where learners' code runs: what a closed room offers, which kinds there are, and which of them works here.

Expected answers and their comparison never enter a room: in go sources and inputs, out comes data.
"""

from __future__ import annotations

from typing import Protocol

from cnncourse.grading.bubblewrap import Bubblewrap
from cnncourse.grading.containers import IMAGE, Containers
from cnncourse.grading.session import Session
from cnncourse.grading.tasks import Limits, Outcome, State, Task
from cnncourse.grading.trust import WARNING, Trust

__all__ = [
    "WARNING",
    "Bubblewrap",
    "Containers",
    "Isolation",
    "Limits",
    "NoIsolation",
    "Outcome",
    "Session",
    "State",
    "Task",
    "Trust",
    "find_isolation",
]


class NoIsolation(RuntimeError):
    """There is no way here to run learners' code safely."""


class Isolation(Protocol):
    """A kind of closed room."""

    @property
    def name(self) -> str:
        """What it is called."""

    def available(self) -> str:
        """Say why it cannot be used here; empty if it can."""

    def session(self, limits: Limits) -> Session:
        """Return a session for one submission; use it in a ``with`` statement."""


def find_isolation(*, trust: bool = False, backend: str | None = None, keep: bool = False) -> Isolation:
    """Find a closed room that works here.

    Parameters
    ----------
    trust : bool
        Do without any; `WARNING` says what that means, and the caller is to show it.
    backend : str, optional
        ``"bubblewrap"``, ``"podman"`` or ``"docker"``, an image after a colon (``"podman:my-image"``); otherwise the
        first of these that works.
    keep : bool
        Whether a room may serve one submission after another, as long as it is found as it was; bubblewrap only.

    Returns
    -------
    Isolation

    Raises
    ------
    NoIsolation
        If none works; it says what to install.
    ValueError
        If there is no such backend.
    """
    kinds = [Trust()] if trust else _kinds(backend, keep)
    reasons = []
    for kind in kinds:
        reason = kind.available()
        if not reason:
            return kind
        reasons.append(f"  {kind.name}: {reason}")
    raise NoIsolation(
        "learners' code can do anything, and here is nothing to shut it in:\n"
        + "\n".join(reasons)
        + "\nOn Linux install bubblewrap (apt install bubblewrap, dnf install bubblewrap), elsewhere Podman.\n"
        "With --trust submissions run without isolation, which is for code that you have read yourself."
    )


def _kinds(backend: str | None, keep: bool) -> list[Isolation]:
    if backend is None:
        return [Bubblewrap(keep), Containers("podman"), Containers("docker")]
    name, _, image = backend.partition(":")
    if name == "bubblewrap" and not image:
        return [Bubblewrap(keep)]
    if name in ("podman", "docker"):
        return [Containers(name, image or IMAGE)]
    raise ValueError(f"expected the backend 'bubblewrap', 'podman' or 'docker', got {backend!r}")
