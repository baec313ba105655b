"""Tests that the three descriptions of the environment agree: what we need, what is pinned, what conda is told."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
TEXTS = tuple(
    (ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "requirements.lock", "environment.yml")
)
PLATFORMS = {
    "linux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"},
    "darwin": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"},
    "win32": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"},
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# What the CUDA build of torch needs, and the CPU build does without.
CUDA_ONLY = re.compile(r"nvidia-|cuda-|triton$")


# --- reading --------------------------------------------------------------------------------------------------------


def pinned(lock_text: str) -> list[tuple[Requirement, list[str]]]:
    """Read the entries of a lock file, each with its hashes."""
    joined = re.sub(r"\\\n", " ", lock_text)
    lines = [
        line.split(" #")[0].strip()
        for line in joined.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    return [
        (Requirement(line.split("--hash")[0]), re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line)) for line in lines
    ]


def needed(pyproject_text: str) -> list[Requirement]:
    """Read the dependencies of the project, those of development included."""
    project = tomllib.loads(pyproject_text)["project"]
    return [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["dev"])]


def environments() -> dict[str, dict[str, str]]:
    """Return the marker environments that the lock must serve: every platform under every Python."""
    return {
        f"{platform}, Python {python}": {
            **values,
            "python_version": python,
            "python_full_version": f"{python}.0",
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
        }
        for platform, values in PLATFORMS.items()
        for python in PYTHONS
    }


def _applies(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)


# --- comparing ------------------------------------------------------------------------------------------------------


def disagreements(pyproject_text: str, lock_text: str, environment_text: str) -> list[str]:
    """Say in words where the three texts contradict one another; an empty list means that they agree."""
    if addresses := re.findall(r"\S*(?:://|git\+|--(?:extra-)?index-url|--find-links)\S*", lock_text):
        return [f"the lock names an address: {addresses[0]}"]
    entries = pinned(lock_text)
    return [
        *_unpinned(entries),
        *_unmet(needed(pyproject_text), entries),
        *_one_platform_only(entries),
        *_other_python(pyproject_text, lock_text, environment_text),
        *_other_than_the_lock(environment_text),
    ]


def _unpinned(entries: list[tuple[Requirement, list[str]]]) -> list[str]:
    loose = [r.name for r, _ in entries if not re.fullmatch(r"==[^*,]+", str(r.specifier))]
    bare = [r.name for r, hashes in entries if not hashes]
    return [f"{n} is not pinned to one version" for n in loose] + [f"{n} has no hash in the lock" for n in bare]


def _unmet(needs: list[Requirement], entries: list[tuple[Requirement, list[str]]]) -> list[str]:
    found = []
    names = {canonicalize_name(need.name) for need in needs}
    found += [f"{name} is not among the dependencies" for name in ("torch", "torchvision") if name not in names]
    for need in needs:
        pins = [r for r, _ in entries if canonicalize_name(r.name) == canonicalize_name(need.name)]
        if not pins:
            found.append(f"{need.name} is not in the lock")
        found += [
            f"{need} is asked for, the lock has {pin}"
            for pin in pins
            if not all(need.specifier.contains(s.version, prereleases=True) for s in pin.specifier)
        ]
        for name, environment in environments().items():
            if pins and _applies(need, environment) and not any(_applies(pin, environment) for pin in pins):
                found.append(f"{need.name} is not in the lock for {name}")
    return found


def _one_platform_only(entries: list[tuple[Requirement, list[str]]]) -> list[str]:
    """Each platform has packages of its own; a lock resolved for one platform only knows none of the others'."""
    active = {
        platform: {r.name for r, _ in entries if _applies(r, environments()[f"{platform}, Python 3.11"])}
        for platform in PLATFORMS
    }
    return [
        f"the lock has nothing for {platform} alone: it was not resolved for all platforms"
        for platform, names in active.items()
        if not names - set().union(*(others for other, others in active.items() if other != platform))
    ]


def _other_python(pyproject_text: str, lock_text: str, environment_text: str) -> list[str]:
    project = tomllib.loads(pyproject_text)["project"]["requires-python"].removeprefix(">=")
    lock = re.search(r"Python (\d+\.\d+)", lock_text.split("==")[0])
    conda = [d for d in _conda(environment_text) if isinstance(d, str) and re.match(r"python\b", d)]
    found = [] if conda == [f"python={project}"] else [f"environment.yml has {conda}, pyproject.toml python {project}"]
    if lock is None or lock[1] != project:
        found.append(f"the lock is for Python {lock and lock[1]}, pyproject.toml asks for {project}")
    return found


def _other_than_the_lock(environment_text: str) -> list[str]:
    pip = [d["pip"] for d in _conda(environment_text) if isinstance(d, dict)]
    others = [d for d in _conda(environment_text) if isinstance(d, str) and not re.match(r"(python|pip)\b", d)]
    found = [f"environment.yml installs {other}, which is not from the lock" for other in others]
    return (
        found
        if pip == [["-r requirements.lock"]]
        else [*found, f"environment.yml lets pip install {pip}, not the lock"]
    )


def _conda(environment_text: str) -> list[Any]:
    return yaml.safe_load(environment_text)["dependencies"]


# --- the real files -------------------------------------------------------------------------------------------------


def test_the_three_descriptions_of_the_environment_agree():
    assert disagreements(*TEXTS) == []


def test_the_lock_is_long_enough_to_be_whole():
    names = {canonicalize_name(r.name) for r, _ in pinned(TEXTS[1])}
    assert len(names) > 100
    assert {"jupyter-server", "pyzmq", "jinja2", "certifi"} <= names, "what our packages need must be pinned too"


def test_what_is_installed_is_what_the_lock_pins():
    cpu_torch = Version(version("torch")).local == "cpu"
    wrong = {}
    for requirement, _ in pinned(TEXTS[1]):
        if not (requirement.marker is None or requirement.marker.evaluate()):
            continue
        if cpu_torch and CUDA_ONLY.match(requirement.name):
            continue
        installed = _installed(requirement.name)
        if installed is None or not requirement.specifier.contains(installed.public, prereleases=True):
            wrong[str(requirement)] = str(installed)
    assert wrong == {}, "run `make setup`"


def test_the_project_itself_is_installed_in_the_version_that_it_states():
    assert version("cnncourse") == tomllib.loads(TEXTS[0])["project"]["version"]


def _installed(name: str) -> Version | None:
    try:
        return Version(version(name))
    except PackageNotFoundError:
        return None


# --- the comparison notices -----------------------------------------------------------------------------------------


def _without(name: str) -> Callable[[str], str]:
    return lambda text: re.sub(rf"(?ms)^{name}==.*?(?=^[a-z])", "", text)


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(old, new, text, count=1, flags=re.MULTILINE | re.DOTALL)


PYPROJECT, LOCK, CONDA = range(3)
TAMPERED = {
    "a dependency that nobody pinned": (
        PYPROJECT,
        _swap('"scipy>', '"astropy>=6", "scipy>'),
        "astropy is not in the lock",
    ),
    "a dependency of development that nobody pinned": (
        PYPROJECT,
        _swap('"mypy', '"tox", "mypy'),
        "tox is not in the lock",
    ),
    "a dependency raised above its pin": (PYPROJECT, _swap("numpy>=[0-9.]+", "numpy>=99"), "numpy>=99 is asked for"),
    "torch dropped": (PYPROJECT, _swap(r'"torch>=[^"]+",', ""), "torch is not among the dependencies"),
    "another Python": (PYPROJECT, _swap('requires-python = "[^"]+"', 'requires-python = ">=3.12"'), "python 3.12"),
    "a package missing from the lock": (LOCK, _without("torchvision"), "torchvision is not in the lock"),
    "a pin below what is asked for": (
        LOCK,
        _swap("^matplotlib==[0-9.]+", "matplotlib==3.1.0"),
        "the lock has matplotlib",
    ),
    "a pin loosened": (LOCK, _swap("^certifi==", "certifi>="), "certifi is not pinned"),
    "a pin with a wildcard": (LOCK, _swap(r"^certifi==[0-9.]+", "certifi==2026.*"), "certifi is not pinned"),
    "hashes gone": (LOCK, _swap(r"^(six==\S+) \\\n.*?\n(?=    #)", r"\1\n"), "six has no hash"),
    "a hash cut short": (
        LOCK,
        _swap(r"^(anywidget==.*?)sha256:\w+(.*?)sha256:\w+", r"\1sha256:12\2sha256:34"),
        "no hash",
    ),
    "the address of an index": (LOCK, _swap("^anyio", "--index-url https://example.org/simple\nanyio"), "an address"),
    "a package from an address": (LOCK, _swap(r"^six==\S+", "six @ https://example.org/six.whl"), "an address"),
    "a lock for Linux alone": (
        LOCK,
        lambda text: text.replace("'win32'", "'linux'").replace("'nt'", "'posix'"),
        "nothing for win32 alone",
    ),
    "a dependency for one platform only": (
        LOCK,
        _swap(r"^(scipy==\S+) \\", r"\1 ; sys_platform == 'linux' \\"),
        "scipy is not in the lock for darwin, Python 3.11",
    ),
    "a dependency for old Pythons only": (
        LOCK,
        _swap(r"^(scipy==\S+) \\", r"\1 ; python_full_version < '3.13' \\"),
        "scipy is not in the lock for win32, Python 3.13",
    ),
    "a lock for another Python": (LOCK, _swap(r"Python 3\.11", "Python 3.13"), "the lock is for Python 3.13"),
    "conda with another Python": (CONDA, _swap("python=3.11", "python=3.10"), "python=3.10"),
    "conda without the lock": (CONDA, _swap("-r requirements.lock", "numpy"), "not the lock"),
    "conda with another lock": (CONDA, _swap("-r requirements.lock", "-r other.lock"), "not the lock"),
    "conda with a package of its own": (CONDA, _swap("  - pip\n", "  - pip\n  - opencv\n"), "installs opencv"),
    "an editable project beside hashes, which pip refuses": (CONDA, _swap(r"\Z", "      - -e .\n"), "not the lock"),
}


@pytest.mark.parametrize("tampering", TAMPERED)
def test_a_disagreement_is_noticed_and_named(tampering: str):
    which, change, message = TAMPERED[tampering]
    texts = list(TEXTS)
    texts[which] = change(texts[which])
    assert texts[which] != TEXTS[which], "the tampering itself must have worked"
    assert any(message in found for found in disagreements(*texts)), disagreements(*texts)


def test_markers_are_evaluated_for_the_platform_asked_and_not_for_this_one():
    windows = environments()["win32, Python 3.12"]
    assert Marker("sys_platform == 'win32' and python_version == '3.12'").evaluate(windows)
    assert not Marker("sys_platform == 'linux'").evaluate(windows)
