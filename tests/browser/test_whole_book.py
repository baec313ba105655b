"""The book of the whole course, opened from disk with the network off: every page, light and dark, wide and narrow.

The lessons in it are those that `tests.executed` has run.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from cnncourse.lessons import find_notebooks, read_lessons
from cnncourse.publish import book, guide
from cnncourse.publish.contents import LOOK_UP
from tests.browser.test_axe import grave_violations
from tests.executed import Executed

NOTEBOOKS = find_notebooks(Path(__file__).parents[2])
LESSONS = [lesson.path.stem for lesson in read_lessons(NOTEBOOKS)]
SETS = [f"exercises/{path.stem}" for path in sorted((NOTEBOOKS / "exercises").glob("[0-9][0-9]_*.ipynb"))]
TEACHING = [f"{guide.FOLDER}/{name}" for name in guide.PAGES]
PAGES = [f"{name}.html" for name in ("index", *LESSONS, *SETS, *LOOK_UP, *TEACHING, "search")]
SIZES = [(390, 844), (1280, 720), (1920, 1080)]
LOCAL = ("file:", "data:", "blob:")
# A link inside a drawing has its address in another place.
ADDRESSES = "all => all.map(({ href, src }) => new URL(href?.baseVal ?? href ?? src, document.baseURI).href)"
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => one.checkVisibility())
  .map((one) => Number(one.tagName[1]))"""
SHOWN = "all => all.filter((one) => one.checkVisibility() && !one.closest('[aria-hidden=true]')).map((one) => one.alt)"
# What the keyboard reaches, in its order, and whether one can see where it is.
REACHED = """() => {
  const one = document.activeElement;
  const { outlineStyle, boxShadow } = getComputedStyle(one);
  const seen = one.matches(":focus-visible") && (outlineStyle !== "none" || boxShadow !== "none");
  return [one.tagName, one.textContent.trim().slice(0, 40), seen];
}"""


@pytest.fixture(scope="module")
def told() -> list[str]:
    """Return what was said while the book was built; filled by `site`."""
    return []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, told: list[str], executed: Executed) -> Path:
    """Build the book of all lessons."""
    target = tmp_path_factory.mktemp("whole") / "book"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "run_lessons", executed.in_place_of_run_lessons)
        return book.build(NOTEBOOKS, target, report=lambda line: told.append(str(line))).parent


class Tour:
    """Opens pages of the site, one visit each, and keeps what is on them."""

    def __init__(self, browser: Any, site: Path) -> None:
        self.browser, self.site = browser, site
        self.on_page = cache(self._on_page)

    def open(self, name: str, *, scheme: str = "light", size: tuple[int, int] = (1280, 720)) -> tuple[Any, list[str]]:
        """Open a page; return it, and the list of what it complains of."""
        viewport = {"width": size[0], "height": size[1]}
        context = self.browser.new_context(
            offline=True, color_scheme=scheme, viewport=viewport, reduced_motion="reduce"
        )
        page, complaints = context.new_page(), []
        page.on("console", lambda one: complaints.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda one: complaints.append(f"failed: {one.url}"))
        page.on("request", lambda one: None if one.url.startswith(LOCAL) else complaints.append(f"foreign: {one.url}"))
        page.goto(f"{self.site.as_uri()}/{name}")
        page.wait_for_load_state("networkidle")
        page.wait_for_function("() => !document.querySelector('.explorer-live:empty')")
        return page, complaints

    def _on_page(self, name: str) -> tuple[list[str], list[str]]:
        page, _ = self.open(name)
        found = page.eval_on_selector_all("a[href], img[src]", ADDRESSES)
        names = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
        page.context.close()
        return found, names


@pytest.fixture(scope="module")
def tour(browser: Any, site: Path) -> Tour:
    """Return what opens pages of the book."""
    return Tour(browser, site)


def test_the_book_is_built_without_a_warning(site: Path, told: list[str]) -> None:
    assert [line for line in told if " … " not in line] == []


def test_the_site_has_these_pages_and_no_other(site: Path) -> None:
    found = {str(path.relative_to(site)) for path in site.rglob("*.html") if "_static" not in path.parts}
    assert found == set(PAGES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_a_complaint_and_without_a_grave_violation(tour: Tour, name: str, scheme: str) -> None:
    page, complaints = tour.open(name, scheme=scheme)
    assert page.locator("html").get_attribute("data-theme") == scheme
    assert page.locator(".explorer-fault").count() == 0
    assert complaints == []  # before axe, which tries to read style sheets from disk
    assert grave_violations(page) == []
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_phone_and_hall_and_its_headings_go_down_step_by_step(tour: Tour, name: str) -> None:
    page, _ = tour.open(name)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)  # explorers measure themselves anew
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    levels = page.evaluate(LEVELS)
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels))
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_and_to_a_place_in_it(tour: Tour, site: Path, name: str) -> None:
    for address in tour.on_page(name)[0]:
        if address.startswith("file:"):
            parts = urlsplit(address)
            target = Path(unquote(parts.path))
            assert target.exists(), address
            inside = str(target.relative_to(site))
            if parts.fragment and inside in PAGES:
                assert tour.on_page(inside)[1].count(unquote(parts.fragment)) == 1, address
        else:
            assert address.startswith(("https:", "http:", "data:", "blob:")), address


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_told_in_more_than_twenty_letters(tour: Tour, name: str) -> None:
    page, _ = tour.open(name)
    assert [alt for alt in page.eval_on_selector_all("img", SHOWN) if len(alt) <= 20] == []
    page.context.close()


@pytest.mark.parametrize("name", ["index.html", f"{LESSONS[2]}.html", SETS[0] + ".html", "glossary.html"])
def test_the_keyboard_walks_through_a_page_and_one_sees_where_it_is(tour: Tour, name: str) -> None:
    page, _ = tour.open(name)
    steps = []
    for _ in range(60):
        page.keyboard.press("Tab")
        steps.append(tuple(page.evaluate(REACHED)))
        if steps[-1][0] == "BODY":
            break
    reached = [step for step in steps if step[0] != "BODY"]
    assert reached[0][1].lower() == "skip to main content"
    assert len(set(reached)) > 15
    assert [step for step in reached if not step[2]] == []
    page.context.close()


def test_the_first_step_of_the_keyboard_skips_to_the_text(tour: Tour) -> None:
    page, _ = tour.open(f"{LESSONS[1]}.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, #main-content') !== null")
    page.context.close()


@pytest.mark.parametrize("word", ["Sobel", "receptive", "aliasing"])
def test_search_finds_what_stands_in_the_lessons(tour: Tour, word: str) -> None:
    page, complaints = tour.open(f"search.html?q={word}")
    found = page.locator("#search-results li a")
    found.first.wait_for()
    assert found.count() >= 2
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_and_holds_nothing_back(tour: Tour, scheme: str) -> None:
    page, _ = tour.open(f"{LESSONS[2]}.html", scheme=scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert page.locator(".held").count() > 3
    assert all(one.is_visible() for one in page.locator(".held").all())
    assert not any(one.is_visible() for one in page.locator(".held-note, .code-switch, .bd-sidebar-primary").all())
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == scheme
    page.context.close()
