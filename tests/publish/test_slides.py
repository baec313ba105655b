"""Tests of what stands on the slides: sections, notes, minutes, and a folder that is complete."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from cnncourse import cli
from cnncourse.publish import handout
from cnncourse.publish.deck import Deck, deck_of, minutes_of
from cnncourse.publish.executed import Executed
from cnncourse.publish.slide_text import blocks_of_text, text_as_html
from cnncourse.publish.slides import LessonFailed, build
from tests.publish.conftest import NO_PACKAGE
from tests.publish.samples import code, markdown, write_guess, write_lesson, write_window

LESSONS = sorted(Path(__file__).parents[2].glob("notebooks/0[0-8]_*.ipynb"))


def of(*cells: nbformat.NotebookNode) -> Deck:
    return deck_of(nbformat.v4.new_notebook(cells=list(cells)))


def words(block: str) -> str:
    return re.sub(r"<[^>]*>", "", block).strip()


# ---- sections and blocks --------------------------------------------------------------------------------------------


def test_a_slide_opens_a_section_a_subslide_stays_in_it_and_what_is_skipped_is_left_out() -> None:
    deck = of(
        markdown("# One", "a"),
        markdown("Two", "b", "subslide"),
        markdown("goes on", "c", "-"),
        markdown("Reading for later", "d", "skip"),
        markdown("# Three", "e"),
    )
    assert [slide.opens for slide in deck.slides] == [True, False, True]
    assert [[words(block) for block in slide.blocks] for slide in deck.slides] == [
        ["One"],
        ["Two", "goes on"],
        ["Three"],
    ]


def test_a_lesson_that_begins_without_a_slide_type_begins_a_slide_all_the_same() -> None:
    deck = of(markdown("A word before", "a", "-"))
    assert [slide.opens for slide in deck.slides] == [True]


def test_a_fragment_is_marked_as_one_and_its_neighbours_are_not() -> None:
    deck = of(markdown("First", "a"), markdown("Then", "b", "fragment"))
    assert ["data-fragment" in block for block in deck.slides[0].blocks] == [False, True]


def test_code_and_what_it_printed_are_two_blocks_and_folded_code_is_none() -> None:
    shown, folded = code("print(7)", "shown"), code("print(8)", "folded", "hide-input")
    for cell, text in ((shown, "7\n"), (folded, "8\n")):
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    blocks = of(markdown("# T", "t"), shown, folded).slides[0].blocks[1:]
    kinds = [re.search(r'data-kind="(\w+)"', block)[1] for block in blocks]  # type: ignore[index]
    assert kinds == ["code", "printed", "printed"]
    assert [words(block) for block in blocks] == ["print(7)", "7", "8"]


def test_what_is_printed_is_text_and_no_markup() -> None:
    cell = code("print('<b>')", "tag", "hide-input")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="<b> & c\n")]
    assert "&lt;b&gt; &amp; c" in of(cell).slides[0].blocks[0]


def test_a_formula_is_mathml_within_a_line_on_its_own_line_and_in_a_list() -> None:
    text = text_as_html("An $x^2$.\n\n$$\n\\frac{a}{b}\n$$\n\n- and $y$\n")
    assert text.count("<math ") == 3
    assert 'display="block"' in text
    assert "$" not in re.sub(r"<annotation.*?</annotation>", "", text)


def test_a_formula_that_cannot_be_read_shows_its_source() -> None:
    assert "<code>\\nosuchcommand</code>" in text_as_html(r"What is $\nosuchcommand$?")


def test_a_text_is_cut_between_its_parts() -> None:
    kinds = [kind for kind, _ in blocks_of_text("## H\n\none\n\n- a\n- b\n\n| c | d |\n|---|---|\n| 1 | 2 |\n\ntwo")]
    assert kinds == ["heading", "prose", "list", "prose", "prose"]


def test_a_link_to_another_lesson_leads_to_its_slides() -> None:
    assert 'href="02_convolution_by_hand.html"' in text_as_html("[next](02_convolution_by_hand.ipynb#Play)")
    assert 'href="https://doi.org/10"' in text_as_html("[source](https://doi.org/10)")


# ---- notes and minutes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "minutes"),
    [
        ("12 minutes. Ask who needs 5 minutes more.", 12),
        ("1 minute. Point at the map.", 1),
        ("90 minutes in all. For 45 minutes show section 1. 2 minutes here: count.", 2),
        ("No time of its own: 0 minutes.", 0),
        ("Ask the room.", 0),
    ],
)
def test_the_minutes_of_a_note_are_those_of_its_own_part(note: str, minutes: int) -> None:
    assert minutes_of(note) == minutes


def test_a_note_speaks_of_all_slides_since_the_last_one_and_shares_its_minutes_among_them() -> None:
    deck = of(
        markdown("# One", "a"),
        markdown("2 minutes. First.", "n", "notes"),
        markdown("Two", "b", "subslide"),
        markdown("Three", "c", "subslide"),
        markdown("6 minutes. Second.", "m", "notes"),
        markdown("Four", "d", "subslide"),
        markdown("# Five", "e"),
    )
    assert [slide.minutes for slide in deck.slides] == [2, 3, 3, 0, 0]
    told = ["First" if "First" in note else "Second" for slide in deck.slides for note in slide.notes]
    assert told == ["First", "Second", "Second", "Second"], "the fourth keeps it, the next section has none"
    assert deck.minutes == 8


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_note_of_the_course_says_its_minutes_and_together_they_are_a_lecture(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notes = [cell.source for cell in notebook.cells if cell.metadata.slideshow.slide_type == "notes"]
    assert [note for note in notes if not re.search(r"\d+ minutes?\b", note)] == []
    lecture = sum(minutes_of(note) for note in notes)
    assert lecture <= 100
    assert abs(lecture - notebook.metadata.cnncourse.minutes) <= 25
    assert deck_of(notebook).minutes == pytest.approx(lecture)


# ---- the folder -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build decks of two lessons."""
    folder = tmp_path_factory.mktemp("slides")
    (folder / "notebooks").mkdir()
    write_window(folder / "notebooks")
    write_guess(folder / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnncourse.publish.executed._PACKAGE", NO_PACKAGE)
        return build(folder / "notebooks", folder / "slides").parent


def test_everything_that_a_deck_loads_lies_beside_it(made: Path) -> None:
    for page in ("index.html", "01_window.html", "03_guess.html"):
        text = (made / page).read_text(encoding="utf-8")
        found = re.findall(r'<(?:script|img)[^>]* src="([^"]+)"|<link[^>]* href="([^"]+)"', text)
        for target in {a or b for a, b in found}:
            assert (made / target).exists(), target
        assert not re.search(r'(?:src|srcset)="(?:https?:)?//', text)
    for style in made.glob("static/*.css"):
        for target in re.findall(r'url\("?([^")]+)', style.read_text(encoding="utf-8")):
            assert target.startswith("data:") or (style.parent / target).exists(), f"{style.name}: {target}"


def test_the_licences_of_what_others_made_lie_beside_it(made: Path) -> None:
    assert {path.name.partition("-LICENSE")[0] for path in made.glob("static/*LICENSE*")} == {
        "reveal", "source-sans-pro", "dejavu",
    }  # fmt: skip


def test_the_index_names_each_deck_with_its_minutes_and_the_total(made: Path) -> None:
    text = words((made / "index.html").read_text(encoding="utf-8"))
    assert "3 minutes by the notes" in text
    assert "All notes together: 3 minutes." in text
    assert "speaker view" in text


def test_a_deck_tells_the_lecturer_where_the_minutes_are(made: Path) -> None:
    text = (made / "01_window.html").read_text(encoding="utf-8")
    assert "until 0:03 of 0:03" in text
    assert "a whisper for the lecturer" in text


def test_figures_keep_their_text_alternatives(made: Path) -> None:
    text = (made / "01_window.html").read_text(encoding="utf-8")
    assert 'alt="A grey ramp of five rows and seven columns, darkest at the top left"' in text
    assert len(list(made.glob("pictures/01_window/*"))) == 1


def test_one_changed_lesson_is_executed_anew_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnncourse.publish.executed._PACKAGE", NO_PACKAGE)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write_lesson(notebooks, "01_one", markdown("# One", "title"), code("print(1)", "run"))
    write_lesson(notebooks, "02_two", markdown("# Two", "title"), code("print(2)", "run"))
    build(notebooks, tmp_path / "slides")
    write_lesson(notebooks, "02_two", markdown("# Two", "title"), code("print(22)", "run"))
    said: list[Any] = []
    build(notebooks, tmp_path / "slides", reuse=True, report=said.append)
    ran = {one.lesson.number: not one.reused for one in said if isinstance(one, Executed)}
    assert ran == {1: False, 2: True}
    assert ">22</pre>" in (tmp_path / "slides" / "02_two.html").read_text(encoding="utf-8")


def test_a_deck_of_one_lesson_leaves_the_others_and_a_removed_lesson_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnncourse.publish.executed._PACKAGE", NO_PACKAGE)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("01_one", "02_two"):
        write_lesson(notebooks, name, markdown(f"# {name}", "title"))
    slides = build(notebooks, tmp_path / "slides").parent
    build(notebooks, slides, lessons=["02"], reuse=True)
    assert "01_one.html" in (slides / "index.html").read_text(encoding="utf-8")
    (notebooks / "01_one.ipynb").unlink()
    build(notebooks, slides, reuse=True)
    assert not (slides / "01_one.html").exists()
    assert set(json.loads((slides / "slides.json").read_text(encoding="utf-8"))) == {"02_two"}


def test_a_folder_of_something_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "thesis.tex").write_text("mine")
    with pytest.raises(FileExistsError, match="something that is not slides; choose a new or an empty folder"):
        build(LESSONS[0].parent, tmp_path / "slides")
    assert [path.name for path in (tmp_path / "slides").iterdir()] == ["thesis.tex"]


def test_a_lesson_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no lesson is called '77'; there are 00_start_here"):
        build(LESSONS[0].parent, tmp_path / "slides", lessons=["77"])


def test_a_cell_that_fails_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    write_lesson(tmp_path / "notebooks", "01_one", markdown("# One", "title"), code("1 / 0", "nought"))
    with pytest.raises(LessonFailed, match="nought"):
        build(tmp_path / "notebooks", tmp_path / "slides")
    assert not (tmp_path / "slides").exists()


# ---- paper ----------------------------------------------------------------------------------------------------------


def test_without_a_browser_a_pdf_that_is_asked_for_says_what_to_do(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handout, "find_browser", lambda: None)
    with pytest.raises(handout.HandoutFailed, match=r"set CNNCOURSE_BROWSER .* or leave the PDF out: .* --no-pdf"):
        handout.print_deck(made / "01_window.html", made / "01_window.pdf")


def test_a_browser_that_does_not_start_or_ends_at_once_is_named(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for browser, why in (("no-such-browser", "does not start"), (sys.executable, "it ended at once")):
        monkeypatch.setattr(handout, "find_browser", lambda named=browser: named)
        with pytest.raises(handout.HandoutFailed, match=f"{re.escape(browser)}.*{why}"):
            handout.print_deck(made / "01_window.html", made / "01_window.pdf")
        assert not (made / "01_window.pdf").exists()


def test_a_pdf_is_printed_anew_only_when_its_slides_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnncourse.publish.executed._PACKAGE", NO_PACKAGE)
    printed: list[str] = []

    def print_deck(deck: Path, pdf: Path, *, notes: bool) -> None:
        printed.append(pdf.name)
        pdf.write_bytes(b"%PDF")

    monkeypatch.setattr(handout, "print_deck", print_deck)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for text in ("# One", "# One", "# Two"):
        write_lesson(notebooks, "01_one", markdown(text, "title"))
        index = build(notebooks, tmp_path / "slides", reuse=True, handouts=["slides"])
    assert printed == ["01_one.pdf", "01_one.pdf"]
    assert 'href="01_one.pdf"' in index.read_text(encoding="utf-8")


def test_the_command_prints_where_it_can_and_says_where_the_slides_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def written(notebooks: Path, target: Path, **options: Any) -> Path:
        asked.append(options["handouts"])
        return target / "index.html"

    monkeypatch.setattr("cnncourse.publish.slides.build", written)
    monkeypatch.setattr(handout, "find_browser", lambda: None)
    assert cli.main(["slides", "00", "--to", str(tmp_path)]) == 0
    assert cli.main(["slides", "00", "--to", str(tmp_path), "--pdf", "--notes"]) == 0
    monkeypatch.setattr(handout, "find_browser", lambda: "some-chromium")
    assert cli.main(["slides", "00", "--to", str(tmp_path)]) == 0
    assert cli.main(["slides", "00", "--to", str(tmp_path), "--no-pdf"]) == 0
    assert asked == [[], ["slides", "notes"], ["slides"], []]
    assert f"show it: {tmp_path.as_uri()}/index.html" in capsys.readouterr().out
