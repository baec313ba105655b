"""What the browser tests share: explorers in a bare page, their modules one by one, and a real JupyterLab."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cnncourse.widgets._base import STATIC
from tests.browser.lab import Lab, serve_lab
from tests.browser.mount import mount


@pytest.fixture
def show(browser: Any) -> Iterator[Callable[..., Any]]:
    """Yield a function that shows an explorer in a fresh page without a kernel.

    A fault in the page, or a request to anywhere, fails the test.

    ``show(explorer, dark=False, kernel=False, **options)`` returns the page; ``options`` are those of playwright's
    contexts.
    """
    faults: list[str] = []
    contexts: list[Any] = []

    def open_page(explorer: Any, *, dark: bool = False, kernel: bool = False, **options: Any) -> Any:
        contexts.append(browser.new_context(**{"offline": True, **options}))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
        mount(page, explorer, dark=dark, kernel=kernel)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Keep the test's output readable."""


@pytest.fixture(scope="module")
def modules(browser: Any) -> Iterator[Any]:
    """Yield a page at the folder of the explorers' modules, where ``import("./convolve.js")`` works."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/explorer.css")  # any file: a blank page may not import
    yield page
    page.close()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a running JupyterLab: ``lab.write("a.ipynb", cells)``, then ``lab.open(page, "a.ipynb")``."""
    with serve_lab(tmp_path_factory.mktemp("lab")) as started:
        yield started
