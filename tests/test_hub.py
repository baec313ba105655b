"""A hub in trial mode, started for real: two people log in, and a set goes out and comes back through the exchange."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from tests.grading.rooms import need_room

ROOT = Path(__file__).parents[1]
SET = "02_convolution_by_hand"
Found = TypeVar("Found")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows")


def wait_for(found: Callable[[], Found | None], *, seconds: float, what: str) -> Found:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


class Person:
    """Somebody with a browser's memory for cookies, and a server on the hub."""

    def __init__(self, name: str, address: str, password: str) -> None:
        self.name, self.server, self.session = name, f"{address}/user/{name}/", requests.Session()
        self.session.get(f"{address}/hub/login")
        form = {"username": name, "password": password, "_xsrf": self.session.cookies["_xsrf"]}
        self.session.post(f"{address}/hub/login", data=form).raise_for_status()

    def lab(self) -> str | None:
        """Return JupyterLab's page, once the server has started."""
        answer = self.session.get(f"{self.server}lab")
        return answer.text if answer.ok and answer.url.startswith(self.server) else None

    def ask(self, method: str, path: str, **said: Any) -> requests.Response:
        """Send a request to the server as a page in it would."""
        mine = [cookie.value for cookie in self.session.cookies if cookie.path == f"/user/{self.name}/"]
        token = {"X-XSRFToken": mine[-1].strip('"')}
        return self.session.request(method, self.server + path, headers=token, timeout=60, **said)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the hub."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(state: Path) -> Iterator[str]:
    """Yield the address of a hub that runs while the tests of this file do."""
    ports = [_free() for _ in range(3)]
    told = {name: value for name, value in os.environ.items() if not name.startswith(("CNNCOURSE_", "JUPYTER"))}
    told |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CNNCOURSE_TRIAL": "1",
        "CNNCOURSE_HUB": str(state),
        "CNNCOURSE_ADDRESS": f"http://127.0.0.1:{ports[0]}",
        "CNNCOURSE_HUB_PORT": str(ports[1]),
        "CNNCOURSE_PROXY_PORT": str(ports[2]),
    }
    with (state / "log").open("wb") as log:
        settings = str(ROOT / "hosting" / "jupyterhub_config.py")
        running = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "--config", settings],
            **{"env": told, "cwd": state, "stdout": log, "stderr": log, "start_new_session": True},
        )
        try:
            wait_for(lambda: _well(told["CNNCOURSE_ADDRESS"]), seconds=90, what="the hub answers")
            yield told["CNNCOURSE_ADDRESS"]
        finally:
            running.terminate()
            running.wait(timeout=60)
            _end(running.pid)


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _well(address: str) -> bool:
    try:
        return requests.get(f"{address}/hub/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def _end(group: int) -> None:
    """End what the hub left behind, should it have ended badly."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@pytest.fixture(scope="module")
def people(hub: str, state: Path) -> Iterator[dict[str, Person]]:
    """Yield a learner and a lecturer whose servers run."""
    password = (state / "hub" / "password").read_text(encoding="ascii").strip()
    found = {name: Person(name, hub, password) for name in ("ada", "lecturer")}
    for one in found.values():
        assert "JupyterLab" in wait_for(one.lab, seconds=120, what=f"the server of {one.name}")
    yield found
    for one in found.values():
        one.session.close()


def test_a_wrong_word_lets_nobody_in(hub: str):
    stranger = Person.__new__(Person)
    with pytest.raises(requests.HTTPError, match="403"):
        Person.__init__(stranger, "mallory", hub, "guessed")
    stranger.session.close()


def test_everybody_finds_the_lessons_laid_out_and_only_lecturers_mark(people: dict[str, Person]):
    lessons = {path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    for one in people.values():
        listed = one.ask("GET", "api/contents/cnn").json()["content"]
        assert lessons <= {entry["name"] for entry in listed}
    assert people["ada"].ask("GET", "formgrader").status_code == 404
    assert people["lecturer"].ask("GET", "formgrader").status_code == 200


def test_nobody_enters_the_server_of_another(people: dict[str, Person]):
    ada, lecturer = people["ada"], people["lecturer"]
    answer = ada.session.get(f"{lecturer.server}api/contents/cnn")
    assert answer.status_code in (401, 403, 404)


def test_a_set_goes_out_and_comes_back_through_the_exchange(people: dict[str, Person], state: Path):
    ada, lecturer = people["ada"], people["lecturer"]
    folder = state / "homes" / "lecturer" / "cnn-class"
    command = [sys.executable, "-m", "cnncourse", "exercises"]
    subprocess.run([*command, "release", "02", "--course", str(folder)], check=True, cwd=ROOT, capture_output=True)
    assert lecturer.ask("POST", f"formgrader/api/assignment/{SET}/release").json()["success"]

    listed = ada.ask("GET", "assignments", params={"course_id": "cnn"}).json()
    assert [(one["assignment_id"], one["status"]) for one in listed["value"]] == [(SET, "released")]
    wanted = {"course_id": "cnn", "assignment_id": SET}
    assert ada.ask("POST", "assignments/fetch", json=wanted).json()["success"]
    place = f"api/contents/{SET}/{SET}.ipynb"
    mine = ada.ask("GET", place).json()
    assert "BEGIN SOLUTION" not in str(mine["content"])
    mine["content"]["cells"][0]["source"] += "\n\nAda was here."
    ada.ask("PUT", place, json={name: mine[name] for name in ("type", "format", "content")}).raise_for_status()
    assert ada.ask("POST", "assignments/submit", json=wanted).json()["success"]

    assert lecturer.ask("POST", f"formgrader/api/assignment/{SET}/collect").json()["success"]
    collected = folder / "submitted" / "ada" / SET
    assert "Ada was here." in (collected / f"{SET}.ipynb").read_text(encoding="utf-8")
    assert (collected / "timestamp.txt").exists(), "late work is told from this file"

    need_room()
    for step in ("grade", "feedback"):
        subprocess.run([*command, step, "02", "--course", str(folder)], check=True, cwd=ROOT, capture_output=True)
    assert lecturer.ask("POST", f"formgrader/api/assignment/{SET}/release_feedback").json()["success"]
    assert ada.ask("POST", "assignments/fetch_feedback", json=wanted).json()["success"]
    [page] = (state / "homes" / "ada" / SET / "feedback").rglob("*.html")
    assert "points" in page.read_text(encoding="utf-8")


def test_the_trial_runs_with_what_installs_beside_it():
    assert shutil.which("configurable-http-proxy", path=str(Path(sys.executable).parent))
