"""Find a Chromium to test with; as a program, fetch one where there is none.

Any of Chromium, Chrome and Edge will do. ``CNNCOURSE_BROWSER`` names one in an unusual place.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cnncourse.publish.handout import find_browser

ADVICE = (
    "the browser tests need Chromium, Chrome or Edge, and none was found: install one (Debian and Ubuntu: "
    "sudo apt-get install chromium; any system: .venv/bin/python -m playwright install --with-deps chromium) "
    "or set CNNCOURSE_BROWSER to its executable"
)


def find_chromium() -> str | None:
    """Return the executable of the first browser found: the one named, on the path, in a usual place, playwright's."""
    found = find_browser()
    return found if found or os.environ.get("CNNCOURSE_BROWSER") else _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> None:
    """Fetch a browser if there is none; say so if that fails, and leave it to the browser tests to fail."""
    if find_chromium():
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find_chromium():
        print(ADVICE, file=sys.stderr)


if __name__ == "__main__":
    main()
