"""Tests that README, contributing guide and CI speak of things that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.notebooks.prose import images, links

ROOT = Path(__file__).parents[1]
GUIDE = tuple(f"teaching/{path.name}" for path in sorted((ROOT / "teaching").glob("*.md")))
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", *GUIDE)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_of_a_document_leads_to_a_file(name: str):
    targets = [*links(read(name)), *(address for _, address in images(read(name)))]
    beside = (ROOT / name).parent
    assert [target for target in targets if "://" not in target and not (beside / target.split("#")[0]).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_target_that_a_document_names_is_in_the_makefile(name: str):
    # After "make" in code come a target, or none; a variable follows with a "=".
    named = set(re.findall(r"(?:`|^)make ([a-z]+)\b(?!=)", read(name), re.MULTILINE))
    assert named <= TARGETS


def test_the_guide_links_all_its_pages_from_its_first():
    assert {f"teaching/{target}" for target in links(read("teaching/README.md")) if "/" not in target} >= {*GUIDE[1:]}


def test_the_readme_lists_every_lesson():
    lessons = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {target for target in links(read("README.md")) if target.endswith(".ipynb")} == lessons


def test_the_picture_of_the_readme_is_described():
    assert all(len(alternative) > 40 for alternative, _ in images(read("README.md")))


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_make_alone_lists_every_target():
    done = subprocess.run(["make", "-C", str(ROOT), "--no-print-directory"], capture_output=True, text=True, check=True)
    assert {line.split()[0] for line in done.stdout.splitlines()[1:]} == TARGETS
    assert {"lab", "run", "test", "bench", "book", "help"} <= TARGETS


def test_continuous_integration_runs_the_same_command_as_everybody():
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("exec make test")
    for workflow in WORKFLOWS:
        for name, job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].items():
            matrix = job.get("strategy", {}).get("matrix", {}).get("include", [])
            commands = {entry["command"] for entry in matrix} | {step["run"] for step in job["steps"] if "run" in step}
            wanted = {"make check"} if name == "check" else {".ci/run", "make test"}
            assert commands & wanted, f"{workflow.name}, {name}"


def test_commit_hooks_fetch_nothing():
    config = yaml.safe_load(read(".pre-commit-config.yaml"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    assert {hook["language"] for repository in config["repos"] for hook in repository["hooks"]} == {"system"}


def test_the_project_names_no_index_to_install_from():
    texts = [MAKEFILE, *(path.read_text(encoding="utf-8") for path in WORKFLOWS), *map(read, DOCUMENTS)]
    texts += [read("pyproject.toml"), read("environment.yml"), read(".ci/run")]
    assert [text for text in texts if re.search(r"--(extra-)?index-url|--find-links|pypi\.|/simple\b", text)] == []
