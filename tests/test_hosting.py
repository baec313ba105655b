"""Tests of what puts the course on a server: its files name things that exist, and say the same as each other."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
HOSTING = ROOT / "hosting"
DOCKERFILE = (ROOT / ".binder" / "Dockerfile").read_text(encoding="utf-8")


class Settings(SimpleNamespace):
    """Takes any setting, as Jupyter's own object does."""

    def __getattr__(self, name: str) -> Settings:
        """Make a section when it is first named."""
        if name.startswith("__"):
            raise AttributeError(name)
        made = Settings()
        setattr(self, name, made)
        return made


def read(path: Path) -> Settings:
    """Run a file of settings, and return what it set."""
    settings = Settings()
    exec(
        compile(path.read_text(encoding="utf-8"), str(path), "exec"),
        {"get_config": lambda: settings, "__file__": str(path)},
    )
    return settings


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that reads the hub's settings with some variables set."""

    for name in [name for name in os.environ if name.startswith("CNNCOURSE_")]:
        monkeypatch.delenv(name)

    def settings(**variables: str) -> Settings:
        for name, value in {"CNNCOURSE_HUB": str(tmp_path / "hub"), **variables}.items():
            monkeypatch.setenv(name, value)
        return read(HOSTING / "jupyterhub_config.py")

    return settings


def test_on_a_server_everybody_has_an_account_and_limits(hub: Any):
    told = hub(CNNCOURSE_MEMORY="1G", CNNCOURSE_LECTURERS="vera,paul", CNNCOURSE_GROUP="class-a")
    assert told.JupyterHub.authenticator_class == "pam"
    assert told.LocalAuthenticator.allowed_groups == {"class-a"}
    assert told.Authenticator.admin_users == {"vera", "paul"}
    assert told.Spawner.mem_limit == "1G"
    assert told.Spawner.environment["OMP_NUM_THREADS"] == "1"


def test_a_trial_asks_for_a_word_that_only_its_owner_can_read(hub: Any, tmp_path: Path):
    told = hub(CNNCOURSE_TRIAL="1")
    word = tmp_path / "hub" / "hub" / "password"
    assert told.DummyAuthenticator.password == word.read_text(encoding="ascii").strip()
    assert len(told.DummyAuthenticator.password) >= 12
    assert word.stat().st_mode & 0o077 == 0
    assert hub(CNNCOURSE_TRIAL="1").DummyAuthenticator.password == told.DummyAuthenticator.password


def test_the_exchange_is_open_to_all_and_the_hub_keeps_its_own_to_itself(hub: Any, tmp_path: Path):
    hub()
    assert (tmp_path / "hub" / "exchange").stat().st_mode & 0o777 == 0o777
    assert (tmp_path / "hub" / "hub").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("user", "teaches"), [("vera", True), ("ada", False)])
def test_marking_is_for_lecturers(monkeypatch: pytest.MonkeyPatch, user: str, teaches: bool):
    monkeypatch.setenv("JUPYTERHUB_USER", user)
    monkeypatch.setenv("CNNCOURSE_LECTURERS", "vera,paul")
    extensions = read(HOSTING / "jupyter" / "jupyter_server_config.py").ServerApp.jpserver_extensions
    assert extensions["nbgrader.server_extensions.formgrader"] is teaches
    assert extensions["nbgrader.server_extensions.assignment_list"] is True
    told = read(HOSTING / "jupyter" / "nbgrader_config.py")
    assert ("root" in vars(told.CourseDirectory)) is teaches
    assert vars(told.CourseDirectory).get("student_id") == (None if teaches else "ada")
    assert told.ExchangeCollect.check_owner is True


def test_the_container_copies_and_calls_what_is_there():
    [copied] = re.findall(r"cp --recursive (hosting/\S+)/\. ", DOCKERFILE)
    names = {path.name for path in (ROOT / copied).rglob("*") if path.is_file()}
    assert {"jupyter_server_config.py", "jupyter_lab_config.py", "nbgrader_config.py", "page_config.json"} == names
    assert "make setup" in DOCKERFILE
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not {"Makefile", "requirements.lock", "cnncourse", "notebooks", "hosting"} & set(ignored)


def test_the_dev_container_is_built_from_the_same_image():
    told = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert (ROOT / ".devcontainer" / told["build"]["dockerfile"]).resolve() == ROOT / ".binder" / "Dockerfile"
    assert f"ARG NB_USER={told['remoteUser']}" in DOCKERFILE


def test_the_cluster_gives_each_learner_a_number_of_their_own_and_the_same_settings_as_the_hub(hub: Any):
    told = yaml.safe_load((HOSTING / "kubernetes.yaml").read_text(encoding="utf-8"))
    assert "spawner.user.id" in told["hub"]["extraConfig"]["own-numbers"]
    assert '"$JUPYTERHUB_USER:x:$(id -u)' in " ".join(told["singleuser"]["cmd"])
    assert told["singleuser"]["storage"]["homeMountPath"] == "/home/" + re.search(r"NB_USER=(\w+)", DOCKERFILE)[1]
    assert "chmod g+w /etc/passwd" in DOCKERFILE, "so that the number can be given a name"
    named = {name for name in hub().Spawner.environment if name not in ("JUPYTER_CONFIG_PATH", "PATH")}
    assert named == set(told["singleuser"]["extraEnv"])


def test_the_guide_lists_every_variable_that_the_hub_reads():
    read_by_hub = set(
        re.findall(
            r'"(CNNCOURSE_[A-Z_]+)"\)|get\("(CNNCOURSE_[A-Z_]+)"',
            (HOSTING / "jupyterhub_config.py").read_text(encoding="utf-8"),
        )
    )
    names = {name for pair in read_by_hub for name in pair if name} - {"CNNCOURSE_HUB_PORT", "CNNCOURSE_PROXY_PORT"}
    guide = (HOSTING / "README.md").read_text(encoding="utf-8")
    assert names <= set(re.findall(r"CNNCOURSE_[A-Z_]+", guide))
