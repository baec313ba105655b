"""A small book, built once, and pages of it opened from disk with the network off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cnncourse.publish.book import build
from tests.publish.samples import write_faulty, write_guess, write_set, write_window

NO_PACKAGE = Path("nowhere")  # the course may be edited between two builds, and the second is to reuse the first


@dataclass(frozen=True)
class Book:
    """A built book: where it is, what it was made of, and what was said while it was made."""

    site: Path
    notebooks: Path
    said: list[Any] = field(default_factory=list)


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Build the book of the sample lessons."""
    folder = tmp_path_factory.mktemp("book")
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    write_window(notebooks)
    write_faulty(notebooks)
    write_guess(notebooks)
    write_set(notebooks)
    said: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnncourse.publish.executed._PACKAGE", NO_PACKAGE)
        index = build(notebooks, folder / "site", report=said.append)
    return Book(index.parent, notebooks, said)


@dataclass
class Opened:
    """A page in the browser, and what it complained of or asked from elsewhere."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Listen for errors and for requests that leave the disk or fail."""
        page, note = self.page, self.complaints.append
        page.on("console", lambda message: note(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(str(error)))
        page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
        page.on("request", lambda request: None if request.url.startswith(LOCAL) else note(f"foreign: {request.url}"))


LOCAL = ("file:", "data:", "blob:")


@pytest.fixture
def open_page(browser: Any, book: Book) -> Iterator[Callable[..., Opened]]:
    """Return a function that opens a page of the book from disk; keywords set up the browser, such as its width."""
    contexts = []

    def start(name: str, **options: Any) -> Opened:
        contexts.append(browser.new_context(offline=True, **options))
        opened = Opened(contexts[-1].new_page())
        opened.watch()
        opened.page.goto(f"{book.site.as_uri()}/{name}")
        return opened

    yield start
    for context in contexts:
        context.close()
