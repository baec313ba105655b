"""Print a deck as a PDF file, with whatever Chromium is at hand."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websocket import WebSocket, WebSocketException, create_connection

from cnncourse._files import write_whole

__all__ = ["HandoutFailed", "find_browser", "paths", "print_deck"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
SECONDS = 180  # a deck of a hundred slides takes ten
SETTLING = 2.0  # seconds in which explorers find their size
LAID_OUT = "'ready' in document.documentElement.dataset && document.querySelectorAll('.pdf-page').length > 0"


class HandoutFailed(RuntimeError):
    """The decks are written, but a PDF file could not be printed."""


def find_browser() -> str | None:
    """Return the executable of a Chromium, Chrome or Edge: the one that ``CNNCOURSE_BROWSER`` names, or one found."""
    named = os.environ.get("CNNCOURSE_BROWSER")
    if named:
        return shutil.which(named)
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in PLACES if Path(place).exists())
    return next((found for found in (*on_path, *in_place) if found), None)


def paths(folder: Path, stem: str) -> dict[str, Path]:
    """Name the PDF files of a deck: ``slides`` for the room, ``notes`` with what the lecturer reads."""
    return {"slides": folder / f"{stem}.pdf", "notes": folder / f"{stem}-with-notes.pdf"}


def print_deck(deck: Path, target: Path, *, notes: bool = False) -> None:
    """Print a deck, a page a slide.

    Parameters
    ----------
    deck : Path
        Its HTML file.
    target : Path
        The PDF file.
    notes : bool
        Whether the lecturer's notes follow each slide, on a page of their own.

    Raises
    ------
    HandoutFailed
        If there is no browser, or it prints nothing.
    """
    browser = find_browser()
    if browser is None:
        raise HandoutFailed(
            "a PDF needs Chromium, Chrome or Edge, and none was found; install one, set CNNCOURSE_BROWSER to its "
            "executable, or leave the PDF out: cnncourse slides --no-pdf"
        )
    address = f"{deck.resolve().as_uri()}?print-pdf" + ("&showNotes=separate-page" if notes else "")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *_options(profile), "about:blank"]
        try:
            started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError as fault:
            raise HandoutFailed(f"{browser} does not start: {fault}") from fault
        try:
            with closing(_connection(Path(profile), started)) as page:
                write_whole(target, _printed(page, address))
        except (OSError, TimeoutError, WebSocketException) as fault:
            raise HandoutFailed(f"{browser} could not print {deck.name}: {fault}") from fault
        finally:
            started.kill()
            started.wait()


def _options(profile: str) -> list[str]:
    options = [
        "--headless=new", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # root has none to enter, in a container for instance
    return options


def _connection(profile: Path, browser: subprocess.Popen[bytes]) -> WebSocket:
    """Connect to the page of a browser that has just been started, as its developer tools would."""
    port = profile / "DevToolsActivePort"
    for _ in _patiently("the browser did not open"):
        if browser.poll() is not None:
            raise OSError(f"it ended at once, with status {browser.returncode}")
        if port.exists() and (lines := port.read_text().split()):
            break
    with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list", timeout=SECONDS) as answer:
        pages = [one for one in json.load(answer) if one["type"] == "page"]
    return create_connection(pages[0]["webSocketDebuggerUrl"], timeout=SECONDS, suppress_origin=True)


def _printed(page: WebSocket, address: str) -> bytes:
    """Open the deck, wait until it is laid out and its explorers keep still, and print it."""
    _ask(page, "Page.navigate", url=address)
    for _ in _patiently("the deck did not get ready"):
        if _ask(page, "Runtime.evaluate", expression=LAID_OUT)["result"].get("value"):
            break
    time.sleep(SETTLING)
    return base64.b64decode(_ask(page, "Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])


def _ask(page: WebSocket, method: str, **parameters: Any) -> Any:
    page.send(json.dumps({"id": 1, "method": method, "params": parameters}))
    while True:
        answer = json.loads(page.recv())
        if answer.get("id") == 1:
            if "error" in answer:
                raise OSError(f"{method}: {answer['error']['message']}")
            return answer["result"]


def _patiently(complaint: str) -> Iterator[None]:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.2)
    raise TimeoutError(f"{complaint} within {SECONDS} seconds")
