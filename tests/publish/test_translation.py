"""Tests of lessons in another language: text goes out, comes back translated, and code stays as it was."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from cnncourse.publish import book, slides
from cnncourse.publish.translation import texts, translate
from tests.publish.samples import code, markdown, write_lesson

PREDICT = 'name = "sum"\n'
PREDICT += 'print("the sum of both:", f"{3 * 5} and more", "0110 1001")\nplot(name, alt="Ünzwei pixels, one white.")'


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """Return a course of one lesson."""
    folder = tmp_path / "course" / "notebooks"
    folder.mkdir(parents=True)
    write_lesson(folder, "04_sum", markdown("# 04 · Sum\n\nAdd *both*.", "title"), code(PREDICT, "picture"))
    return folder


def say(folder: Path, **words: str) -> None:
    """Enter translations into the catalogue, as a translator's tool would."""
    path = folder / "04_sum.po"
    content = path.read_text(encoding="utf-8")
    for text, said in words.values():
        entry = content.index(f'"{text}"\nmsgstr ""') + len(f'"{text}"\nmsgstr "')
        content = content[:entry] + said + content[entry:]
    path.write_text(content, encoding="utf-8")


def made(folder: Path) -> nbformat.NotebookNode:
    """Read the translated lesson."""
    return nbformat.read(folder / "notebooks" / "04_sum.ipynb", as_version=4)


def test_text_is_what_a_reader_meets_and_not_code_or_numbers(notebooks: Path):
    found = texts(nbformat.read(notebooks / "04_sum.ipynb", as_version=4))
    assert found["# 04 · Sum\n\nAdd *both*."] == ["title"]
    assert found["the sum of both:"] == ["picture"]
    assert found["Ünzwei pixels, one white."] == ["picture"]
    assert not {"sum", "0110 1001", " and more"} & found.keys()


def test_what_is_translated_comes_back_and_the_rest_stays_as_it_was(notebooks: Path, tmp_path: Path):
    folder = tmp_path / "de"
    [before] = translate(notebooks, folder, "de")
    assert before.done == 0
    say(folder, a=("the sum of both:", 'die „Summe“ \\"beider\\":'), b=("Ünzwei pixels, one white.", "Zwölf Pixel."))
    [after] = translate(notebooks, folder, "de")
    assert (after.done, after.total) == (2, before.total)
    title, picture = made(folder).cells[0], made(folder).cells[-1]
    assert title.source == "# 04 · Sum\n\nAdd *both*."
    expected = PREDICT.replace('"the sum of both:"', '"die „Summe“ \\"beider\\":"')
    assert picture.source == expected.replace("Ünzwei pixels, one white.", "Zwölf Pixel.")
    assert [cell.id for cell in made(folder).cells] == [
        cell.id for cell in nbformat.read(notebooks / "04_sum.ipynb", as_version=4).cells
    ]


def test_when_the_original_changes_the_translation_is_kept_and_not_used_until_somebody_has_looked(
    notebooks: Path, tmp_path: Path
):
    folder = tmp_path / "de"
    translate(notebooks, folder, "de")
    say(folder, a=("the sum of both:", "die Summe beider:"))
    changed = PREDICT.replace("the sum of both:", "the sum of both numbers:")
    write_lesson(notebooks, "04_sum", markdown("# 04 · Sum\n\nAdd *both*.", "title"), code(changed, "picture"))
    [after] = translate(notebooks, folder, "de")
    assert after.done == 0
    assert made(folder).cells[-1].source == changed
    assert "fuzzy" in (catalogue := (folder / "04_sum.po").read_text(encoding="utf-8"))
    assert "die Summe beider:" in catalogue


def test_book_and_slides_say_which_language_they_are_in(notebooks: Path, tmp_path: Path):
    folder = tmp_path / "de"
    write_lesson(notebooks, "04_sum", markdown("# 04 · Sum\n\nAdd *both*.", "title"), code("1 + 1", "picture"))
    translate(notebooks, folder, "de")
    index = book.build(folder / "notebooks", tmp_path / "book")
    assert '<html lang="de"' in (index.parent / "04_sum.html").read_text(encoding="utf-8")
    shown = slides.build(folder / "notebooks", tmp_path / "slides", reuse=True, handouts=[])
    assert '<html lang="de"' in (shown.parent / "04_sum.html").read_text(encoding="utf-8")


def test_a_language_that_does_not_exist_is_refused(notebooks: Path, tmp_path: Path):
    with pytest.raises(ValueError, match="expected a language such as de, fr or pt_BR, got 'klingon'"):
        translate(notebooks, tmp_path, "klingon")


def test_a_catalogue_that_was_damaged_is_named_and_left_alone(notebooks: Path, tmp_path: Path):
    (tmp_path / "04_sum.po").write_text("no catalogue at all", encoding="utf-8")
    with pytest.raises(ValueError, match=r"04_sum\.po cannot be read as a catalogue"):
        translate(notebooks, tmp_path, "de")
    assert (tmp_path / "04_sum.po").read_text(encoding="utf-8") == "no catalogue at all"


def test_every_cell_of_text_of_every_lesson_is_in_its_catalogue(tmp_path: Path):
    originals = Path(__file__).parents[2] / "notebooks"
    for one in translate(originals, tmp_path, "pt_BR"):
        notebook = nbformat.read(one.lesson.path, as_version=4)
        assert {cell.source for cell in notebook.cells if cell.cell_type == "markdown"} <= texts(notebook).keys()
        untouched = nbformat.read(tmp_path / "notebooks" / one.lesson.path.name, as_version=4)
        assert [cell.source for cell in untouched.cells] == [cell.source for cell in notebook.cells]
        assert untouched.metadata.cnncourse.language == "pt_BR"
