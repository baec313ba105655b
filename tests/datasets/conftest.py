"""What the tests of the data sets share: an empty cache, and mirrors on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.datasets.mirror import Mirror, running


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache with nothing in it, and no folder of data."""
    monkeypatch.delenv("CNNCOURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("CNNCOURSE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def start() -> Iterator[Callable[..., Mirror]]:
    """Yield a function that starts a mirror, which ends with the test."""
    with ExitStack() as stack:
        yield lambda **faults: stack.enter_context(running(Mirror(**faults)))
