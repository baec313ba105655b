"""Tests of the references: identifiers found in texts, works found in lessons, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from cnncourse.lessons import Lesson, find_notebooks, read_lessons
from cnncourse.publish.references import (
    DOI,
    Work,
    identifiers,
    read_works,
    references_page,
    sources_of,
    unlisted,
)
from tests.publish.conftest import Opened

Open = Callable[..., Opened]
COURSE = read_lessons(find_notebooks(Path(__file__).parents[2]))
BOOK = Work("goodfellow", "I. Goodfellow, Y. Bengio", "Deep Learning", "MIT Press", 2016)
PAPER = Work(
    "polyak",
    "B. Polyak",
    "Some methods",
    "A journal",
    1964,
    doi="10.1016/0041-5553(64)90137-5",
    also="10.48550/arXiv.0101.00001",
)


def lesson(number: int) -> Lesson:
    return Lesson(number, f"Lesson <{number}>", 30, (), "What it is about.", Path(f"{number:02d}_lesson.ipynb"))


@pytest.mark.parametrize(
    ("text", "dois"),
    [
        ("1951, doi:10.1214/aoms/1177729586: steps.", ["10.1214/aoms/1177729586"]),
        ("doi:10.1016/0041-5553(64)90137-5: momentum", ["10.1016/0041-5553(64)90137-5"]),
        ("(doi:10.1109/5.726791).", ["10.1109/5.726791"]),
        ("[doi:10.24432/C50P49](https://doi.org/10.24432/C50P49)", ["10.24432/C50P49"]),
        ("ArXiv:1412.6980, arXiv:1404.5997.", ["10.48550/arXiv.1412.6980", "10.48550/arXiv.1404.5997"]),
        ("doi:11.1000/no, arXiv:12.3", []),
    ],
)
def test_identifiers_are_found_without_the_signs_around_them(text: str, dois: list[str]) -> None:
    assert [one.doi for one in identifiers(text)] == dois


def test_a_work_is_found_by_its_identifiers_whatever_their_case_or_by_author_and_title_in_one_line() -> None:
    assert PAPER.is_cited_in("DOI:10.1016/0041-5553(64)90137-5")
    assert PAPER.is_cited_in("doi:10.48550/arXiv.0101.00001"), "another version is the same work"
    assert PAPER.is_cited_in('B. Polyak, "Some methods", 1964')
    assert not PAPER.is_cited_in("doi:10.1016/0041-5553(64)90137-6")
    assert BOOK.is_cited_in('- I. Goodfellow and others, "Deep  learning", 2016')
    assert not BOOK.is_cited_in('- C. Zhang, "Understanding deep learning"\n- I. Goodfellow, "Explaining"')


def test_the_page_leads_back_to_every_lesson_that_cites_a_work_and_leaves_out_the_others() -> None:
    sources = {
        lesson(3): "I. Goodfellow, Deep Learning",
        lesson(4): "nothing",
        lesson(5): "Goodfellow: *Deep learning*",
    }
    page = references_page([BOOK, PAPER], sources)
    assert '<a href="03_lesson.html#Sources">03 Lesson &lt;3&gt;</a>, <a href="05_lesson.html#Sources">' in page
    assert "04_lesson" not in page
    assert "Polyak" not in page


def test_what_a_lesson_cites_and_the_list_lacks_is_told_once_with_its_lessons() -> None:
    sources = {lesson(9): "doi:10.1000/new. Again doi:10.1000/NEW", lesson(10): f"doi:{PAPER.doi}; doi:10.1000/new"}
    assert unlisted([PAPER], {lesson(9): sources[lesson(9)]}).keys() == {"10.1000/new"}
    assert [one.number for one in unlisted([PAPER], sources)["10.1000/new"]] == [9, 10]
    assert "doi:10.1000/new</a>. <span" in references_page([PAPER], sources)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ('key="a"\nauthors="A. B"\ntitle="t"\nwhere="w"\nyear=2000\ndoi="doi:10.1/x"', "expected a DOI such as"),
        ('key="a"\nauthors="A. B"\ntitle="t"\nwhere="w"\nyear=2000\n[[work]]\nkey="a"\nauthors="C. D"\ntitle="u"\n'
         'where="w"\nyear=2001', "found a twice"),
    ],
)  # fmt: skip
def test_a_list_with_a_bad_doi_or_a_key_twice_is_refused(tmp_path: Path, told: str, message: str) -> None:
    file = tmp_path / "works.toml"
    file.write_text(f"[[work]]\n{told}\n")
    with pytest.raises(ValueError, match=message):
        read_works(file)


# --- the packaged list ------------------------------------------------------------------------------------------------


def test_every_doi_of_the_list_has_the_form_of_one_and_no_two_works_share_one() -> None:
    dois = [doi for work in read_works() for doi in work.dois]
    assert len(dois) > 90
    assert all(DOI.fullmatch(doi) for doi in dois)
    assert len(set(dois)) == len(dois)


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.path.stem)
def test_every_identifier_that_a_lesson_cites_is_in_the_list(lesson: Lesson) -> None:
    sources = sources_of(nbformat.read(lesson.path, as_version=4))
    assert unlisted(read_works(), {lesson: sources}) == {}


def test_every_work_of_the_list_is_cited_by_a_lesson() -> None:
    sources = "\n".join(sources_of(nbformat.read(lesson.path, as_version=4)) for lesson in COURSE)
    assert [work.key for work in read_works() if not work.is_cited_in(sources)] == []


# --- in the book ------------------------------------------------------------------------------------------------------


def test_a_lesson_links_its_identifiers_outwards_and_its_sources_to_the_list(open_page: Open) -> None:
    sources = open_page("01_window.html").page.locator("section#sources")
    outward = sources.locator("a.external").evaluate_all("all => all.map((one) => one.href)")
    assert outward == ["https://doi.org/10.1109/5.726791", "https://arxiv.org/abs/3112.01234"]
    assert sources.get_by_role("link", name="references").count() == 1


def test_the_list_leads_back_to_the_lesson_that_cites_it(open_page: Open) -> None:
    page = open_page("references.html").page
    entry = page.locator("#ref-lecun-1998")
    assert "Proceedings of the IEEE 86, 1998. doi:10.1109/5.726791." in entry.inner_text()
    entry.get_by_role("link", name="01 Window").click()
    page.wait_for_url("**/01_window.html#Sources")
