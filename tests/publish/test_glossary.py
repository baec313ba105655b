"""Tests of the glossary: its words, what it links and what it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from cnncourse.lessons import find_notebooks, read_lessons
from cnncourse.publish.glossary import FirstUses, Term, glossary_page, read_terms
from tests.publish.conftest import Opened
from tests.publish.samples import markdown, write_lesson

Open = Callable[..., Opened]
MAP = Term("feature map", "A picture of answers.", 4, ("feature maps",))
FEATURE = Term("feature", "Something that is looked for.", 3)
LESSONS = {lesson.number: lesson.path for lesson in read_lessons(find_notebooks(Path(__file__).parents[2]))}


def uses(text: str, *terms: Term) -> list[tuple[str, str]]:
    return [(use.term.name, text[use.start : use.end]) for use in FirstUses(terms)([text])]


def test_the_longer_word_wins_over_the_one_inside_it_in_any_order() -> None:
    for terms in ((MAP, FEATURE), (FEATURE, MAP)):
        assert uses("Two Feature\nmaps show a feature.", *terms) == [
            ("feature map", "Feature\nmaps"),
            ("feature", "feature"),
        ]


def test_a_word_inside_another_word_is_no_use() -> None:
    assert uses("Featureless, pre-feature, feature-rich", FEATURE) == []


def test_only_the_first_use_of_all_forms_together_counts() -> None:
    texts = ["nothing here", "a feature map", "feature maps again"]
    assert [(use.text, use.start, use.end) for use in FirstUses([MAP])(texts)] == [(1, 2, 13)]


def test_two_terms_written_alike_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    file.write_text(
        '[[term]]\nname="Map"\nlesson=1\ntext="a"\n[[term]]\nname="chart"\nforms=["map"]\nlesson=1\ntext="b"\n'
    )
    with pytest.raises(ValueError, match=r"every form once in words\.toml, found map twice"):
        read_terms(file)


def test_the_page_names_a_lesson_that_is_not_in_this_book_without_a_link(tmp_path: Path) -> None:
    write_lesson(tmp_path, "04_layers", markdown("# Layers", "title"))
    page = glossary_page([MAP, FEATURE], read_lessons(tmp_path))
    assert "*Lesson [04 Layers](04_layers.ipynb).*" in page
    assert "*Lesson 03.*" in page
    assert page.index("feature\n") < page.index("feature map\n")


# --- the packaged words -----------------------------------------------------------------------------------------------


def test_there_are_sixty_words_or_more_each_in_a_sentence_or_three() -> None:
    terms = read_terms()
    assert 60 <= len(terms) <= 140
    for term in terms:
        assert 1 <= len(re.findall(r"[.!?](?=\s|$)", term.text)) <= 3, term.name
        assert term.text.endswith("."), term.name
        assert 40 <= len(term.text) <= 260, term.name


@pytest.mark.parametrize("term", read_terms(), ids=lambda term: term.name)
def test_the_lesson_that_builds_a_word_uses_it(term: Term) -> None:
    path = LESSONS.get(term.lesson)
    if path is None:
        return  # the book names such a lesson without a link
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    assert list(FirstUses([term])(texts)), f"lesson {term.lesson:02d} never says {term.name}"


# --- in the book ------------------------------------------------------------------------------------------------------


def test_a_word_is_linked_at_its_first_use_and_only_there(open_page: Open) -> None:
    page = open_page("01_window.html").page
    links = page.locator("article a.term")
    words = links.all_inner_texts()
    assert words[:4] == ["kernel", "pixels", "padding", "stride"]
    assert len({word.lower() for word in words}) == len(words)
    assert page.locator("article").inner_text().lower().count("padding") > 1


def test_no_heading_code_link_or_source_holds_such_a_link(open_page: Open) -> None:
    page = open_page("01_window.html").page
    assert page.locator(":is(h1, h2, h3, pre, code, math) a.term, section#sources a.term").count() == 0
    assert page.locator("a a.term").count() == 0


def test_a_link_leads_to_the_definition_and_that_one_back_to_the_first_use(open_page: Open) -> None:
    page = open_page("01_window.html").page
    page.locator("a.term", has_text="pixels").click()
    page.wait_for_url("**/glossary.html#term-pixel")
    entry = page.locator("dt#term-pixel + dd")
    assert "brightness" in entry.inner_text()
    entry.get_by_role("link", name="01 Window").click()
    page.wait_for_url("**/01_window.html#use-pixel")
    assert page.locator("#use-pixel").inner_text() == "pixels"


def test_a_word_that_the_lesson_never_says_leads_to_the_top_of_it(open_page: Open) -> None:
    link = open_page("glossary.html").page.locator("dt#term-batch + dd a")
    assert (link.get_attribute("href") or "").endswith("01_window.html")
