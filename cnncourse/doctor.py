"""Look at the machine and the installation, and say in words what is well and what to do (lesson 00)."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

from cnncourse._jupyter import has_screen
from cnncourse.datasets import FETCHED, cache_folder, known_mirrors, manifest, problem_with, set_status
from cnncourse.lessons import find_notebooks

OK, ADVICE, MISSING = "ok", "advice", "missing"
_GIBI = 1 << 30
_EXTENSIONS = {"anywidget": "anywidget", "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets"}


class Row(NamedTuple):
    """One finding: what was looked at, what is there, ``ok``, ``advice`` or ``missing``, and what to do."""

    name: str
    value: str
    verdict: str
    advice: str = ""


def report(*, network: bool = False) -> list[Row]:
    """Look at everything that the course needs, and at what makes it better.

    Parameters
    ----------
    network : bool
        Whether to try the mirrors of the data too. Nothing else here uses a network.

    Returns
    -------
    list of Row
        ``missing`` where a lesson cannot run without it, ``advice`` where it can.
    """
    checks: list[Callable[[], Iterator[Row]]] = [
        _python, _packages, _lab, _browser, _machine, _accelerator, _cache, _disk, _lessons, _data, _fetched,
    ]  # fmt: skip
    rows = [row for check in checks for row in check()]
    return [*rows, *_network()] if network else rows


def _python() -> Iterator[Row]:
    new_enough = sys.version_info >= (3, 11)
    yield _judge("Python", platform.python_version(), new_enough, "install Python 3.11 or newer", MISSING)


def _judge(name: str, value: str, good: bool, advice: str, otherwise: str = ADVICE) -> Row:
    return Row(name, value, OK) if good else Row(name, value, otherwise, advice)


def _packages() -> Iterator[Row]:
    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(line) for line in requires("cnncourse") or []]
    except PackageNotFoundError:
        advice = "python -m pip install --no-deps --editable . in the folder of the course"
        yield Row("cnncourse", "not installed, used from its folder", ADVICE, advice)
        return
    pinned = _pinned()
    for need in wanted:
        if need.marker is None or need.marker.evaluate():  # an extra, such as dev, is not for everybody
            yield _package(need.name, str(need.specifier), pinned.get(need.name))


def _package(name: str, wanted: str, pinned: str | None) -> Row:
    from packaging.specifiers import SpecifierSet

    repair = f'python -m pip install "{name}{wanted}"'
    try:
        installed = version(name)
    except PackageNotFoundError:
        return Row(name, "not installed", MISSING, repair)
    if not SpecifierSet(wanted).contains(installed, prereleases=True):
        return Row(name, f"{installed}, but the course needs {wanted}", MISSING, repair)
    other = f" (tested with {pinned})" if pinned and pinned != installed.split("+")[0] else ""
    return Row(name, installed + other, OK)


def _pinned() -> dict[str, str]:
    """Read which versions ``requirements.lock`` names, if the course's folder is at hand."""
    lock = Path(__file__).parents[1] / "requirements.lock"
    if not lock.is_file():
        return {}
    lines = (line.split(";")[0].split("\\")[0].strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return {name: number for name, _, number in (line.partition("==") for line in lines) if number}


def _lab() -> Iterator[Row]:
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return  # the row of jupyterlab says it already
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for extension, package in _EXTENSIONS.items():
        there = any((folder / extension / "package.json").is_file() for folder in folders)
        advice = f"python -m pip install --force-reinstall {package}; without it the explorers stay still"
        yield _judge(f"JupyterLab: {extension}", "found" if there else "not found", there, advice, MISSING)


def _browser() -> Iterator[Row]:
    import webbrowser

    try:
        there = has_screen() and bool(webbrowser.get())
    except webbrowser.Error:
        there = False
    advice = "`cnncourse lab` prints an address: open it in a browser elsewhere"
    yield _judge("browser", "found" if there else "no screen or no browser here", there, advice)


def _machine() -> Iterator[Row]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield _judge("cores", str(usable), usable >= 2, "lessons take about twice their time on one core")
    try:
        from psutil import virtual_memory  # type: ignore[import-untyped]
    except ImportError:  # it comes with the notebook kernel
        return
    total, free = (virtual_memory().total / _GIBI, virtual_memory().available / _GIBI)
    advice = "close other programs before the later lessons; 2 GiB free is comfortable"
    yield _judge("memory", f"{total:.1f} GiB, {free:.1f} GiB free", free >= 2, advice)


def _accelerator() -> Iterator[Row]:
    try:
        import torch
    except Exception as fault:  # a library that fails to load raises many things
        repair = "python -m pip install --force-reinstall torch"
        yield Row("accelerator", f"torch cannot be imported: {fault}", MISSING, repair)
        return
    if torch.cuda.is_available():
        yield Row("accelerator", torch.cuda.get_device_name(), OK)
    elif torch.backends.mps.is_available():
        yield Row("accelerator", "Apple GPU (mps)", OK)
    else:
        yield Row("accelerator", "none; the lessons are made for a CPU", OK)


def _cache() -> Iterator[Row]:
    folder = cache_folder()
    existing = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as fault:
        advice = "set CNNCOURSE_CACHE_DIR to a folder that you may write to; lessons run without, on what ships"
        yield Row("cache", f"{folder}: {fault.strerror or fault}", ADVICE, advice)
    else:
        yield Row("cache", str(folder), OK)


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _disk() -> Iterator[Row]:
    try:
        free = shutil.disk_usage(_existing(cache_folder())).free / _GIBI
    except OSError:
        return
    yield _judge("disk", f"{free:.1f} GiB free", free >= 1, "make room: fetched data and pages need up to 1 GiB")


def _lessons() -> Iterator[Row]:
    try:
        folder = find_notebooks()
    except FileNotFoundError:
        advice = "run this in the folder of the course, the one with the Makefile"
        yield Row("lessons", "not found from here", ADVICE, advice)
    else:
        yield Row("lessons", str(folder), OK)


def _data() -> Iterator[Row]:
    for name in ("photographs", "faces", "digits"):
        entries = manifest(name)
        damage = [problem for entry in entries if (problem := problem_with(entry))]
        files = "1 file" if len(entries) == 1 else f"{len(entries)} files"
        if damage:
            yield Row(name, f"{len(damage)} of {files} missing or altered", MISSING, damage[0])
        else:
            yield Row(name, f"bundled, real: {files}, whole", OK)


def _fetched() -> Iterator[Row]:
    for name, described in FETCHED.items():
        status, bring = set_status(name), f"`cnncourse data fetch {name}` ({described.megabytes} MB)"
        if status.found:
            yield Row(described.called, status.where, OK)
        elif name == "mnist":
            yield Row(described.called, status.where, ADVICE, f"{bring}; until then the bundled digits stand in")
        else:
            yield Row(described.called, f"not at hand, and lessons run without; {bring} brings it", OK)


def _network() -> Iterator[Row]:
    import socket
    from urllib.parse import urlsplit

    for mirror in dict.fromkeys(mirror for name in FETCHED for mirror in known_mirrors(name)):
        parts = urlsplit(mirror)
        port = parts.port or {"http": 80}.get(parts.scheme, 443)
        try:
            socket.create_connection((parts.hostname or "", port), timeout=3).close()
        except OSError as fault:
            yield Row("network", f"{parts.hostname}: {fault.strerror or fault}", ADVICE, "only fetching data needs it")
        else:
            yield Row("network", f"{parts.hostname} answers", OK)
