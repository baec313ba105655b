"""Tests of the book: opened from disk with the network off, it reads well and its explorers live."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from cnncourse.publish.book import LessonFailed, build
from cnncourse.publish.executed import Executed
from tests.publish.conftest import NO_PACKAGE, Book, Opened
from tests.publish.samples import code, markdown, write_lesson

# A link inside a drawing has its address in another place.
ADDRESSES = """all => all.map(({ href, src }) =>
  new URL(href?.baseVal ?? href ?? src, document.baseURI).href)"""
Open = Callable[..., Opened]
PHONE = {"width": 375, "height": 740}
LOOK_UP = ["glossary.html", "figures.html", "references.html", "licences.html"]


def pages_of(book: Book) -> list[Path]:
    return [path for path in book.site.rglob("*.html") if "_static" not in path.parts]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "01_window.html", "exercises/01_window.html", "search.html", *LOOK_UP])
def test_a_page_opens_without_a_complaint_and_asks_no_other_host(open_page: Open, name: str, scheme: str) -> None:
    opened = open_page(name, color_scheme=scheme)
    opened.page.wait_for_load_state("networkidle")
    assert opened.page.locator("html").get_attribute("data-theme") == scheme
    assert opened.complaints == []


def test_every_link_and_every_picture_of_the_book_leads_somewhere_on_disk(open_page: Open, book: Book) -> None:
    pages = {path: open_page(str(path.relative_to(book.site))).page for path in pages_of(book)}
    links = {path: page.eval_on_selector_all("a[href], img[src]", ADDRESSES) for path, page in pages.items()}
    names = {path: page.eval_on_selector_all("[id]", "all => all.map(one => one.id)") for path, page in pages.items()}
    assert len(pages) == 10
    for path, link in [(path, link) for path, found in links.items() for link in found]:
        address, _, fragment = link.partition("#")
        if address.startswith("file:"):
            target = Path(unquote(urlsplit(address).path))
            assert target.exists(), f"{path.name} points to {link}"
            if fragment and target in names:
                assert names[target].count(unquote(fragment)) == 1, f"{path.name} points to {link}"


def test_no_page_is_wider_than_a_phone(open_page: Open, book: Book) -> None:
    for path in pages_of(book):
        page = open_page(str(path.relative_to(book.site)), viewport=PHONE).page
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path.name


def test_the_start_page_lists_the_lessons_as_their_notebooks_describe_them(open_page: Open) -> None:
    items = open_page("index.html").page.locator("ol.lessons > li")
    assert items.count() == 3
    text = items.nth(1).inner_text()
    for part in ("02", "Faulty", "What faulty & company are about.", "40 minutes · after 01 Window"):
        assert part in text
    assert "40 minutes · 2 exercises, 5 points" in items.nth(0).inner_text()
    items.nth(0).get_by_role("link").first.click()
    items.page.wait_for_url("**/01_window.html")


def test_a_formula_is_mathml_that_carries_its_tex(open_page: Open) -> None:
    page = open_page("01_window.html").page
    formulas = page.locator("math")
    assert formulas.count() == 9
    floor = page.locator('math[display="block"]').first
    assert floor.get_attribute("alttext") == r"o = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1"
    assert floor.locator("mfrac").count() == 1
    assert page.locator("math mtable mtable mtr").count() == 3
    assert "\\" not in page.locator("article").inner_text().replace("\\n", "")


def test_no_line_begins_with_the_sign_after_a_formula(open_page: Open) -> None:
    page = open_page("01_window.html").page
    joined = page.locator("span.math").evaluate_all("all => all.map((one) => one.childNodes[1]?.data ?? '')")
    assert joined == ["", "", "", "", ":", "", ":"]
    broken = """() => [...document.querySelectorAll("span.math")].filter(({ childNodes: [formula, sign] }) => {
      const range = document.createRange();
      if (!sign) return false;
      range.selectNodeContents(sign);
      return range.getBoundingClientRect().top > formula.getBoundingClientRect().bottom;
    }).length"""
    for width in range(320, 480, 4):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(broken) == 0, width
    assert [one.inner_text().count(":") for one in page.locator("p:has(math)").all()] == [1, 1], "once, not twice"


def test_a_formula_wider_than_the_page_scrolls_and_is_not_squeezed(open_page: Open) -> None:
    page = open_page("01_window.html").page
    formula = page.locator("div.math").first
    formula.evaluate("one => (one.style.width = '80px')")
    assert formula.evaluate("one => one.scrollWidth > one.clientWidth + 50")
    # Chromium leaves formulas their width anyway; other browsers need to be told.
    assert formula.locator("> math").evaluate("one => getComputedStyle(one).flexShrink") == "0"


def test_what_is_meant_for_the_lecturer_is_nowhere_in_the_site(book: Book) -> None:
    for path in (book.site / "01_window.html", book.site / "searchindex.js"):
        assert "whisper" not in path.read_text(encoding="utf-8")


def test_a_figure_keeps_its_text_alternative_and_its_true_colours_in_the_dark(open_page: Open) -> None:
    figure = open_page("01_window.html", color_scheme="dark").page.locator("article img")
    expected = "A grey ramp of five rows and seven columns, darkest at the top left"
    assert figure.get_attribute("alt") == expected
    assert figure.evaluate("one => getComputedStyle(one).filter") == "none"
    figure.evaluate("one => one.decode()")
    assert figure.evaluate("one => one.naturalWidth") > 100


def test_an_explorer_reads_its_saved_bytes_and_answers_a_click_without_a_kernel(open_page: Open) -> None:
    opened = open_page("01_window.html")
    button = opened.page.locator(".explorer-live button")
    button.wait_for()
    assert button.inner_text() == "count 3, second pixel 0.5"
    button.click()
    button.press("Enter")
    assert button.inner_text() == "count 5, second pixel 0.5"
    assert opened.page.locator(".explorer-still").count() == 0
    assert opened.complaints == []


def test_a_control_that_needs_python_says_so(open_page: Open) -> None:
    resting = open_page("01_window.html").page.locator(".needs-kernel")
    assert "IntSlider(value=7" in resting.inner_text()
    assert "moves in the notebook" in resting.inner_text()


def test_a_bar_of_progress_leaves_with_the_work_and_what_was_printed_stays(open_page: Open) -> None:
    page = open_page("01_window.html").page
    assert "6 in all" in page.locator("main").inner_text()
    assert page.get_by_text("4/4").count() == 0
    assert page.locator(".needs-kernel").count() == 1  # the slider's


def test_an_explorer_that_cannot_start_says_why_and_leaves_its_picture(open_page: Open) -> None:
    page = open_page("02_faulty.html").page
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == "This explorer could not start: the module is torn"
    assert page.locator(".explorer-still").inner_text() == "A picture that stands still."


def test_without_javascript_the_static_picture_of_an_explorer_shows(open_page: Open) -> None:
    page = open_page("01_window.html", java_script_enabled=False).page
    assert page.locator(".explorer-still").inner_text() == "A counter that stands at 3."


def test_search_finds_a_printed_word_from_disk(open_page: Open) -> None:
    opened = open_page("search.html?q=zebra")
    found = opened.page.locator("#search-results li a")
    found.first.wait_for()
    assert "01_window.html" in (found.first.get_attribute("href") or "")
    assert opened.complaints == []


def test_the_notebook_to_take_home_is_the_one_that_was_written(open_page: Open, book: Book) -> None:
    link = open_page("01_window.html").page.locator("a.btn-download-source-button")
    taken = book.site / (link.get_attribute("href") or "")
    assert taken.read_bytes() == (book.notebooks / "01_window.ipynb").read_bytes()


def test_the_build_reports_seconds_for_each_lesson_no_warning_and_leaves_the_notebooks_alone(book: Book) -> None:
    first, second, _, unknown, pages = book.said  # a warning would be a sixth
    assert isinstance(first, Executed)
    assert first.seconds > 0
    assert re.fullmatch(r"02 Faulty … \d+\.\d s", str(second))
    assert unknown == "01_window: 10.48550/arXiv.3112.01234 is cited, and not in references.toml"
    assert str(pages).startswith("pages written")
    lessons = ["01_window.ipynb", "02_faulty.ipynb", "03_guess.ipynb"]
    assert sorted(path.name for path in book.notebooks.iterdir()) == [*lessons, "exercises"]
    written = nbformat.read(book.notebooks / "01_window.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in written.cells)


MOVING = "# Moving\n\nHere is $\\nosuch{x}$."


@pytest.fixture(scope="module")
def second(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A copy of the book, built again after one lesson was written anew."""
    folder = tmp_path_factory.mktemp("second")
    shutil.copytree(book.site.parent, folder, dirs_exist_ok=True)
    write_lesson(folder / "notebooks", "02_faulty", markdown(MOVING, "title"), code("print('seven', 3 + 4)", "sum"))
    said: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnncourse.publish.executed._PACKAGE", NO_PACKAGE)
        build(folder / "notebooks", folder / "site", reuse=True, report=said.append)
    return Book(folder / "site", folder / "notebooks", said)


def test_an_unchanged_lesson_is_reused_and_a_changed_one_is_run_again(second: Book) -> None:
    assert [line.reused for line in second.said if isinstance(line, Executed)] == [True, False, True]
    assert "seven 7" in (second.site / "02_faulty.html").read_text(encoding="utf-8")


def test_a_formula_that_cannot_be_read_is_reported_and_shown_as_written(second: Book) -> None:
    assert any("\\nosuch is not known" in str(line) for line in second.said)
    assert "<code>\\nosuch{x}</code>" in (second.site / "02_faulty.html").read_text(encoding="utf-8")


def test_a_failing_lesson_is_named_with_its_cell_and_leaves_the_earlier_book(tmp_path: Path) -> None:
    folder, site = tmp_path / "notebooks", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    (site / ".buildinfo").write_text("an earlier book")
    write_lesson(folder, "01_torn", markdown("# Torn", "title"), code("2 + 2", "fine"), code("[1, 2][5]", "too-far"))
    with pytest.raises(LessonFailed, match="01_torn: the cell “too-far”") as caught:
        build(folder, site)
    assert caught.value.lesson == "01_torn"
    assert caught.value.cell.source == "[1, 2][5]"
    assert caught.value.error == "IndexError: list index out of range"
    assert (site / ".buildinfo").read_text() == "an earlier book"


def test_a_folder_with_other_things_in_it_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not a book"):
        build(tmp_path, tmp_path)
    assert (tmp_path / "diary.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("chosen", "message"), [(["07"], "no lesson is called '07'; there are 01_still"), ([""], "no lesson")]
)
def test_an_unknown_lesson_is_refused_with_the_known_ones(tmp_path: Path, chosen: list[str], message: str) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_lesson(folder, "01_still", markdown("# Still", "title"))
    with pytest.raises(FileNotFoundError, match=message):
        build(folder, tmp_path / "site", lessons=chosen)
