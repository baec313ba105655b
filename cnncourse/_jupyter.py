"""Start JupyterLab on the course's start page, and say where it is."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

EXTENSIONS = Path(__file__).with_name("_lab_extensions")  # what the course adds to JupyterLab, without a build step
SETTINGS = Path(__file__).with_name("_lab_config")  # JupyterLab asks nobody whether news may be fetched
_START = "lab/tree/00_start_here.ipynb"


def has_screen(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Say whether a browser can open here.

    Parameters
    ----------
    environment : mapping of str to str, optional
        Environment variables; by default those of this process.
    platform : str
        What `sys.platform` says.

    Returns
    -------
    bool
        False in continuous integration, over ssh, and on Linux without a display.

    Examples
    --------
    >>> has_screen({}, "linux"), has_screen({"DISPLAY": ":0"}, "linux"), has_screen({}, "darwin")
    (False, True, True)
    """
    known = os.environ if environment is None else environment
    if known.get("CI") or known.get("SSH_CONNECTION"):
        return False
    return not platform.startswith("linux") or bool(known.get("DISPLAY") or known.get("WAYLAND_DISPLAY"))


def free_port(wanted: int, *, tries: int = 50) -> int:
    """Find a port that nothing listens on, from the wanted one upwards.

    Raises
    ------
    OSError
        If none of them is free.
    """
    for port in range(wanted, min(wanted + tries, 65536)):
        with socket.socket() as probe:
            if (
                os.name == "posix"
            ):  # a port that was in use a moment ago is free; on Windows the option means another thing
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError(f"expected a free port from {wanted} on, came none; try: cnncourse lab --port with another number")


def serve(notebooks: Path, *, port: int, browser: bool) -> int:
    """Run JupyterLab in this process until it is stopped.

    Parameters
    ----------
    notebooks : Path
        The folder that it opens.
    port : int
        Where it listens, on this machine only; the next free one if it is taken.
    browser : bool
        Whether to open a browser.

    Returns
    -------
    int
        0 once it has been stopped.
    """
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]

    port = free_port(port)
    # by environment, because other users of a machine can read command lines
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(16))
    settings = (os.environ.get("JUPYTER_CONFIG_PATH"), str(SETTINGS))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))
    threading.Thread(target=_announce, args=(port, token), daemon=True).start()
    LabApp.launch_instance(_options(notebooks, port=port, browser=browser))
    return 0


def _options(notebooks: Path, *, port: int, browser: bool) -> list[str]:
    options = [
        f"--ServerApp.root_dir={notebooks}",
        f"--LabApp.default_url=/{_START}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.answer_yes=True",  # Ctrl+C ends it without a question
        "--log-level=ERROR",
        "--ServerApp.kernel_websocket_connection_class=cnncourse._lab_connection.PromptConnection",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--LabApp.extra_labextensions_path={EXTENSIONS}",
    ]
    if not browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container everybody is root, and Jupyter would refuse
    return options


def _announce(port: int, token: str, *, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            print(f"The course is open at  http://localhost:{port}/{_START}?token={token}", flush=True)
            if os.environ.get("SSH_CONNECTION"):
                there = f"{getpass.getuser()}@{socket.gethostname()}"
                print(f"From your own machine first:  ssh -N -L {port}:localhost:{port} {there}", flush=True)
            print("Ctrl+C ends it.", flush=True)
            return
