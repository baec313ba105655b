"""A real JupyterLab for tests: a server of its own in an empty folder, and a notebook opened and run in it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from cnncourse._jupyter import EXTENSIONS, SETTINGS

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
RUN_MILLISECONDS = 240_000
IDLE = """() => {
  const { currentWidget } = jupyterapp.shell;
  const kernel = currentWidget?.sessionContext?.session?.kernel;
  const waits = (cell) => cell.model.executionState === "running";
  return kernel?.status === "idle" && !currentWidget.content.widgets.some(waits);
}"""


class Lab:
    """A running JupyterLab.

    Parameters
    ----------
    address : str
        Where it listens.
    folder : Path
        What it serves.
    """

    def __init__(self, address: str, folder: Path) -> None:
        self.address = address
        self.folder = folder

    def write(self, name: str, cells: Sequence[str]) -> Path:
        """Write a notebook of code cells into the served folder."""
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel})
        path = self.folder / name
        nbformat.write(notebook, path)
        return path

    def open(self, page: Any, name: str, *, run: bool = True) -> None:
        """Open a notebook of the served folder in a page of playwright; run all its cells and wait for them."""
        page.goto(f"{self.address}/lab/tree/{name}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_MILLISECONDS)
        page.wait_for_function(IDLE, timeout=RUN_MILLISECONDS)
        # The side bar would take half of a narrow window.
        page.evaluate("() => jupyterapp.shell.collapseLeft()")
        if run:
            page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
            page.wait_for_function(IDLE, timeout=RUN_MILLISECONDS)


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve_lab(folder: Path) -> Iterator[Lab]:
    """Start JupyterLab as `cnncourse lab` does, without the user's settings; stop it with its kernels at the end."""
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True",
        "--ServerApp.kernel_websocket_connection_class=cnncourse._lab_connection.PromptConnection",
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--LabApp.extra_labextensions_path={EXTENSIONS}",
        "--LabApp.extension_manager=readonly", f"--LabApp.workspaces_dir={folder / '.workspaces'}",
        f"--LabApp.user_settings_dir={folder / '.settings'}",
    ]  # fmt: skip
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(folder / f".{name.lower()}") for name in places}
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {
        **os.environ,
        **own,
        "PYTHONPATH": path,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": str(SETTINGS),
    }
    with (folder / ".lab.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            lab = Lab(f"http://127.0.0.1:{port}", folder)
            _wait_until_up(lab, server)
            yield lab
        finally:
            server.terminate()  # the server ends its kernels with itself
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_until_up(lab: Lab, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.address}/api/status", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    log = (lab.folder / ".lab.log").read_text(errors="replace")
    raise RuntimeError(f"JupyterLab did not start within {START_SECONDS} s; it said:\n{log[-3000:]}")
