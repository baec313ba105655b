"""What axe-core finds: no serious or critical violation, in any explorer, prompt or page of the book, light or dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from cnncourse.publish.book import build
from tests.browser.explorers import STATES, explorers, made
from tests.browser.mount import next_frame
from tests.publish.samples import write_guess, write_window

Show = Callable[..., Any]
GRAVE = ("serious", "critical")
PROMPTS = [
    'predict("Half of 84?", reveal=42)',
    'quiz("02-one-place")',
    'predict("Which?", reveal="b", choices=["a", "b"])',
]
LINES = [*(line for lines in STATES.values() for line in lines), *PROMPTS]
# Notebooks and books are what an explorer stands in: headings and landmarks are theirs.
RULES = {"resultTypes": ["violations"], "rules": {"region": {"enabled": False}}}


def grave_violations(page: Any) -> list[str]:
    """Return what axe-core finds serious or critical: the rule, the element, and what to do."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def test_every_explorer_of_the_course_is_looked_at():
    assert set(STATES) == explorers()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("line", LINES)
def test_an_explorer_or_a_prompt_has_no_grave_violation(show: Show, line: str, dark: bool):
    page = show(made(line), dark=dark, color_scheme="dark" if dark else "light")
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    next_frame(page)
    assert grave_violations(page) == []


def test_a_prompt_that_has_been_answered_has_none_either(show: Show):
    page = show(made('predict("Half of 84?", reveal=42)'), reduced_motion="reduce")  # half faded in, it would be pale
    page.get_by_label("Your answer").fill("41")
    page.get_by_role("button").first.click()
    page.locator(".cnn-prompt-result").get_by_text("42").first.wait_for()
    assert grave_violations(page) == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a book of two lessons."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "notebooks").mkdir()
    write_window(folder / "notebooks")
    write_guess(folder / "notebooks")
    return build(folder / "notebooks", folder / "site").parent


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """Yield a browser context that prefers light or dark."""
    context = browser.new_context(offline=True, color_scheme=request.param)
    yield context
    context.close()


@pytest.mark.parametrize("name", ["index.html", "01_window.html", "03_guess.html"])
def test_a_page_of_the_book_has_no_grave_violation(site: Path, scheme: Any, name: str):
    page = scheme.new_page()
    page.goto(f"{site.as_uri()}/{name}")
    page.wait_for_timeout(1500)  # the explorers of the page begin after it has loaded
    assert grave_violations(page) == []
