"""What all tests share: one thread a process, pictures without a screen, a browser, and a word on the lessons' time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

# Before NumPy and PyTorch start their thread pools; `make test` says the same, and plain `pytest` must not be slower.
for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

import hypothesis
import matplotlib
import pytest

import tests.notebooks.offline.sitecustomize  # noqa: F401  (no test reaches beyond this machine)
from tests.chromium import ADVICE, find_chromium
from tests.executed import Executed

# Not by MPLBACKEND: kernels that tests start would inherit it and show no figures.
matplotlib.use("agg")

# No test measures time: a slow machine is not a fault.
hypothesis.settings.register_profile("course", deadline=None, print_blob=True)
hypothesis.settings.load_profile("course")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the executable of a Chromium, or fail with what to install."""
    path = find_chromium()
    if path is None:
        pytest.fail(ADVICE, pytrace=False)
    return path


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    """Yield a headless Chromium under playwright; a module shares it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Executed:
    """Return what executes a lesson once, for this process and those that test beside it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "lessons"
    folder.mkdir(exist_ok=True)
    return Executed(folder)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how long each lesson took, which is stated as a goal and not a test."""
    reports = terminalreporter.stats.get("passed", [])
    times = {value for report in reports for key, value in report.user_properties if key == "lesson_seconds"}
    if times:
        terminalreporter.section("lessons executed whole, network cut, caches empty")
        for name, seconds in sorted(times):
            terminalreporter.write_line(f"{name}: {seconds:.1f} s")
