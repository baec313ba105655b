"""Tests of the lecturer's guide: what it names exists, its minutes add up, and its links hold in the book too."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from cnncourse.lessons import read_lessons
from cnncourse.publish.guide import PAGES, adapted, guide_pages, slug, with_places

ROOT = Path(__file__).parents[2]
LESSONS = {f"{lesson.number:02d}": lesson for lesson in read_lessons(ROOT / "notebooks")}
GUIDE = {name: (ROOT / "teaching" / f"{name}.md").read_text(encoding="utf-8") for name in PAGES}
# A cell is named by the heading that it stands under, and by its id: *2. Four loops say it all* (`loops`).
_NAMED = re.compile(r"\*([^*|]+)\* \(`([a-z0-9]+(?:-[a-z0-9]+)*)`\)")
_LESSON = re.compile(r"\[(\d\d)\]\(|^## (\d\d) · ", re.MULTILINE)
_ROW = re.compile(r"^\| *(\d+) *\|", re.MULTILINE)
SHORT = 45  # minutes of the last column in lessons.md


@cache
def headings(number: str) -> dict[str, str]:
    """Return, for each cell of a lesson by its id, the heading that it stands under."""
    found, heading = {}, ""
    for cell in nbformat.read(LESSONS[number].path, as_version=4).cells:
        if cell.cell_type == "markdown" and (first := re.search(r"^#{1,4} (.+)$", cell.source, re.MULTILINE)):
            heading = first[1].strip()
        found[cell.id] = heading
    return found


def named(text: str) -> list[tuple[str, str, str]]:
    """Return lesson, heading and id of each cell that a page names; the lesson is the one named last before it."""
    lessons = [(found.start(), found[1] or found[2]) for found in _LESSON.finditer(text)]
    return [
        ([number for place, number in lessons if place < found.start()][-1], found[1], found[2])
        for found in _NAMED.finditer(text)
    ]


def minutes(number: str) -> dict[str, int]:
    """Add up the minutes of a lesson's notes, by the cell of the section in which they stand."""
    found, section = {"": 0}, ""
    for cell in nbformat.read(LESSONS[number].path, as_version=4).cells:
        if cell.source.startswith("## ") and "objectives" not in cell.metadata.get("tags", []):
            section = cell.id
        if cell.metadata.get("slideshow", {}).get("slide_type") == "notes":
            here = re.search(r"(\d+) minutes here", cell.source) or re.search(r"(\d+) minutes?", cell.source)
            found[section] = found.get(section, 0) + int(here[1])
    return {cell: spent for cell, spent in found.items() if spent}


def parts(text: str, level: str) -> dict[str, str]:
    """Divide a page at its headings of one level."""
    pieces = re.split(rf"^{level} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("page", ["timetables", "lessons"])
def test_every_cell_that_is_named_stands_under_the_heading_that_is_named(page: str):
    found = named(GUIDE[page])
    assert len(found) > 100
    assert [one for one in found if headings(one[0]).get(one[2]) != one[1]] == []


def test_every_lesson_has_its_part():
    assert [title[:2] for title in parts(GUIDE["lessons"], "##")] == list(LESSONS)


@pytest.mark.parametrize("number", LESSONS)
def test_the_part_of_a_lesson_has_all_that_a_lecturer_needs(number: str):
    text = next(text for title, text in parts(GUIDE["lessons"], "##").items() if title.startswith(number))
    for bold in ("Show", "Goes wrong live", "Misconceptions", "Ask", "Leave out"):
        assert f"**{bold}" in text
    misconceptions = re.findall(r"^- \*.+", text, re.MULTILINE)
    assert 3 <= len(misconceptions) <= 5
    assert [line for line in misconceptions if not _NAMED.search(line)] == []
    assert text.split("**Ask.**")[1].split("**Leave out.**")[0].count("?") >= 3


@pytest.mark.parametrize("number", LESSONS)
def test_minutes_of_sections_are_those_of_the_notes_and_the_short_lecture_fits(number: str):
    text = next(text for title, text in parts(GUIDE["lessons"], "##").items() if title.startswith(number))
    rows = re.findall(r"^\| (?:.*\(`([a-z0-9-]+)`\)|Opening) \| (\d+) \| (\d*) \|$", text, re.MULTILINE)
    assert {cell: int(spent) for cell, spent, _ in rows} == minutes(number)
    together = re.search(r"^\| \*\*together\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \|$", text, re.MULTILINE)
    assert int(together[1]) == sum(int(spent) for _, spent, _ in rows)
    assert int(together[2]) == sum(int(short or 0) for _, _, short in rows) <= SHORT
    assert all(int(short or 0) <= int(spent) for _, spent, short in rows)


def test_there_are_six_timetables():
    assert len(parts(GUIDE["timetables"], "##")) == 6


def test_minutes_of_every_timetable_add_up_to_what_its_heading_promises():
    tables = parts(GUIDE["timetables"], "###")
    assert len(tables) >= 25
    for title, text in tables.items():
        promised = int(re.search(r"· (\d+) minutes$", title)[1])
        assert sum(int(spent) for spent in _ROW.findall(text.split("\n## ")[0])) == promised, title


def test_a_lesson_shown_whole_takes_the_minutes_of_its_notes():
    rows = re.findall(r"^\| (\d+) \| \[(\d\d)\][^|]*?, whole(.*?) \|", GUIDE["timetables"], re.MULTILINE)
    assert len(rows) >= 8
    for spent, number, without in rows:
        left_out = {cell for _, cell in _NAMED.findall(without)}
        assert int(spent) == sum(one for cell, one in minutes(number).items() if cell not in left_out), number


def test_who_works_alone_is_told_the_minutes_that_the_lessons_state():
    home = parts(GUIDE["timetables"], "###")["What to do at home · 1025 minutes"]
    rows = re.findall(r"^\| (\d+) \| \[(\d\d)\]", home, re.MULTILINE)
    assert {number: int(spent) for spent, number in rows} == {n: one.minutes for n, one in LESSONS.items()}


def test_an_exercise_that_a_timetable_names_exists():
    from cnncourse.checks import exercise

    found = set(re.findall(r"`(\d\d-[a-z-]+)`", GUIDE["timetables"]))
    assert found
    assert [name for name in found if exercise(name).name != name] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_of_the_guide_lead_to_headings(page: str):
    for name, anchor in re.findall(r"\]\((\w+)\.md#([^)]+)\)", GUIDE[page]):
        assert anchor in [slug(heading) for heading in re.findall(r"^#+ (.+)$", GUIDE[name], re.MULTILINE)]


# --- in the book ----------------------------------------------------------------------------------------------------

GUIDES = {"README": "# Start\n\n## What goes wrong live?\n", "lessons": "# Lessons\n"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[a](../notebooks/02_a.ipynb#1.-One)", "[a](../02_a.ipynb#1.-One)"),
        ("[a](../notebooks/exercises/02_a.ipynb)", "[a](../exercises/02_a.ipynb)"),
        ("[a](../notebooks/03_b.ipynb)", "a"),
        ("[a](lessons.md), [b](timetables.md)", "[a](lessons.md), b"),
        ("[a](README.md#what-goes-wrong-live)", "[a](README.md#What-goes-wrong-live?)"),
        ("[*Grade*](../README.md#grade-a-class)", "*Grade*"),
        ("[8. [sic]](../notebooks/02_a.ipynb)", "[8. [sic]](../02_a.ipynb)"),
        ("[a](https://example.org)", "[a](https://example.org)"),
    ],
)
def test_links_are_adapted_or_taken_away(text: str, wanted: str):
    assert adapted(text, GUIDES, {"02_a", "exercises/02_a"}) == wanted


def test_a_cell_is_linked_to_its_heading_in_the_lesson_that_was_named_last():
    lessons = {"02": "02_a.ipynb", "03": "03_b.ipynb"}
    text = "## 02 · A\n\n*One `max`* (`one-max`), [03](../notebooks/03_b.ipynb) *Two (too)* (`two`), *no cell*"
    assert with_places(text, lessons).splitlines()[2] == (
        "[*One `max`*](../notebooks/02_a.ipynb#One-max) (`one-max`), [03](../notebooks/03_b.ipynb) "
        "[*Two (too)*](../notebooks/03_b.ipynb#Two-%28too%29) (`two`), *no cell*"
    )


def test_the_book_takes_every_page_in_and_loses_no_link_to_a_lesson():
    shown = [lesson.path.stem for lesson in LESSONS.values()]
    pages = guide_pages(ROOT / "notebooks", shown)
    assert list(pages) == [f"teaching/{name}" for name in PAGES]
    assert all("../notebooks/" not in text for text in pages.values())
    assert pages["teaching/lessons"].count(".ipynb)") == GUIDE["lessons"].count(".ipynb)")
    assert pages["teaching/lessons"].count(".ipynb#") == len(named(GUIDE["lessons"]))


def test_where_there_is_no_guide_the_book_has_no_pages_of_it(tmp_path: Path):
    assert guide_pages(tmp_path / "notebooks", ["02_a"]) == {}
