"""Tests of the notebook linter: a sound notebook passes, each single fault is named; then all lessons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks.anatomy import RULES, Lesson, main, problems
from tests.notebooks.prose import anchors, headings, images, links, plain, words

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def markdown(name: str, source: str, *tags: str, slide: str = "slide") -> Any:
    """Return a text cell."""
    return new_markdown_cell(source, id=name, metadata=_metadata(tags, slide))


def code(name: str, source: str, *tags: str, prints: str | None = None) -> Any:
    """Return a code cell; with what it prints, it is a checked one."""
    cell = new_code_cell(source, id=name, metadata=_metadata(tags, "-"))
    if prints is not None:
        cell.outputs, cell.execution_count = [new_output("stream", text=prints)], 3
    return cell


def _metadata(tags: tuple[str, ...], slide: str) -> dict[str, Any]:
    return {"slideshow": {"slide_type": slide}, **({"tags": list(tags)} if tags else {})}


def notes(name: str) -> Any:
    """Return a cell for the lecturer."""
    return markdown(name, "3 minutes. Ask the room for the sum.", slide="notes")


def sound() -> Any:
    """Return a small notebook without a fault."""
    about = {"number": 1, "title": "Small sums", "minutes": 20, "needs": [0], "summary": "Adding, looked at closely."}
    cells = [
        markdown("title", "# 01 · Small sums\nWhat does a sum know about its parts? Less than you think."),
        notes("notes-title"),
        markdown(
            "objectives",
            "## What you will be able to do\n1. add\n2. compare\n\n20 minutes. You need lesson 00.",
            "objectives",
        ),
        code("set-up", "import math", "setup"),
        markdown("question", "## Predict\nWhat is $2! + 2$? See [the end](#Sources).", "predict"),
        code("prediction", 'predict("the sum", reveal=lambda: 4)', "predict"),
        notes("notes-sum"),
        code("sum", "print(2 + 2)", "keep_output", "nbval-check-output", prints="4\n"),
        markdown("explanation", "Four, as [the summary](#What-we-saw) says: `!` is no shout in code."),
        markdown("your-turn", "### Try it\nDrag the slider."),
        code("explore", "SumExplorer()", "explorer"),
        markdown("check-yourself", "## Check yourself\nTwo questions.", "check-yourself"),
        code("quiz", 'quiz("01_sums")'),
        notes("notes-quiz"),
        markdown("what-we-saw", "## What we saw\nSums forget.", "summary"),
        markdown("where-next", "## Where to go next\nTo lesson 02.", "next"),
        markdown("sources", "## Sources\n[Sums!](https://example.org/sums), a book.", "sources"),
    ]
    metadata = {"cnncourse": about, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return new_notebook(cells=cells, metadata={**metadata, "language_info": {"name": "python"}})


def judge(notebook: Any) -> list[str]:
    """Return the problems of a notebook as if it lay among the lessons."""
    return problems(notebook, ROOT / "notebooks" / "01_sums.ipynb")


def at(notebook: Any, name: str) -> Any:
    """Return the cell of a name."""
    return next(cell for cell in notebook.cells if cell.id == name)


def test_a_sound_notebook_has_no_problems():
    notebook = sound()
    nbformat.validate(notebook)
    assert judge(notebook) == []


# --- ways to spoil a notebook ---------------------------------------------------------------------------------------

Change = Callable[[Any], None]


def says(name: str, source: str) -> Change:
    return lambda nb: at(nb, name).update(source=source)


def adds(name: str, text: str) -> Change:
    return lambda nb: at(nb, name).update(source=at(nb, name).source + text)


def tagged(name: str, *tags: str) -> Change:
    return lambda nb: at(nb, name).metadata.update(tags=list(tags))


def about(**values: Any) -> Change:
    return lambda nb: nb.metadata["cnncourse"].update(values)


def drops(name: str) -> Change:
    return lambda nb: nb.cells.remove(at(nb, name))


def moves(name: str, to: int) -> Change:
    def change(nb: Any) -> None:
        cell = at(nb, name)
        nb.cells.remove(cell)
        nb.cells.insert(to, cell)

    return change


def renames(name: str, new: str) -> Change:
    return lambda nb: at(nb, name).update(id=new)


def cell_metadata(name: str, **values: Any) -> Change:
    return lambda nb: at(nb, name).metadata.update(values)


def outputs(name: str, *stored: Any, count: int | None = 3) -> Change:
    return lambda nb: at(nb, name).update(outputs=list(stored), execution_count=count)


def printed(text: str, stream: str = "stdout") -> Any:
    return new_output("stream", text=text, name=stream)


SPOILT: dict[str, tuple[Change, str]] = {
    "no metadata": (lambda nb: nb.metadata.pop("cnncourse"), "metadata.cnncourse.number should be int"),
    "an empty summary": (about(summary=" "), "metadata.cnncourse.summary should be str"),
    "minutes in words": (about(minutes="twenty"), "metadata.cnncourse.minutes should be int"),
    "another number than the file": (about(number=7), "the file name is 01_sums.ipynb"),
    "needs a later lesson": (about(needs=[2]), "only lessons before it"),
    "a kernel of one machine": (
        lambda nb: nb.metadata.kernelspec.update(name="my-env"),
        "kernelspec.name should be python3",
    ),
    "the version of a machine": (
        lambda nb: nb.metadata.language_info.update(version="3.11.7"),
        "language_info names more",
    ),
    "metadata of an editor": (lambda nb: nb.metadata.update(vscode={}), "metadata has vscode"),
    "metadata of a run": (cell_metadata("sum", execution={}), "sum: cell metadata has execution"),
    "a random id": (renames("sum", "3f9a01bc"), "3f9a01bc: this looks like a random id"),
    "a long random id": (renames("sum", "3f9a01bc-1b2c-4d5e-8f90-0123456789ab"), "looks like a random id"),
    "an id in capitals": (renames("sum", "Sum_1"), "an id has small letters"),
    "one id twice": (renames("sum", "prediction"), "prediction: two cells have this id"),
    "no slide type": (lambda nb: at(nb, "sum").metadata.pop("slideshow"), "sum: slideshow.slide_type is None"),
    "an unknown slide type": (cell_metadata("sum", slideshow={"slide_type": "page"}), "slide_type is 'page'"),
    "little for the lecturer": (drops("notes-sum"), "2 cells of notes"),
    "notes without minutes": (says("notes-sum", "Ask the room."), "notes-sum: notes say how many minutes"),
    "no title": (says("title", "Small sums, and why they matter to all of us."), "the first cell should be the title"),
    "another title": (says("title", "# Great sums\nWhat does a sum know about its parts?"), "does not contain"),
    "no hook": (says("title", "# 01 · Small sums"), "a hook should follow"),
    "no objectives": (drops("objectives"), "0 markdown cells tagged objectives"),
    "objectives not numbered": (
        says("objectives", "## Aims\nAdd.\n\n20 minutes. You need lesson 00."),
        "objectives are a numbered list",
    ),
    "other minutes": (about(minutes=25), "objectives say the 25 minutes"),
    "no prerequisites": (says("objectives", "## Aims\n1. add\n2. compare\n\n20 minutes."), "name the prerequisites"),
    "no set-up": (tagged("set-up"), "0 cells tagged setup"),
    "two set-ups": (tagged("quiz", "setup"), "2 cells tagged setup"),
    "set-up too late": (moves("set-up", 9), "set-up: the set-up cell comes before"),
    "no explorer": (tagged("explore"), "no cell is tagged explorer"),
    "explorer after the quiz": (moves("explore", 13), "the explorer comes before"),
    "no quiz": (tagged("check-yourself"), "no cell is tagged check-yourself"),
    "no summary": (drops("what-we-saw"), "no cell is tagged summary"),
    "summary before the quiz": (moves("what-we-saw", 10), "should come in the order"),
    "something after the sources": (moves("where-next", 99), "where-next: the last cell should be"),
    "a prediction that nothing follows": (drops("sum"), "prediction: after a prediction comes the cell that runs"),
    "a prediction at the very end": (
        moves("prediction", 99),
        "prediction: after a prediction comes the cell that runs",
    ),
    "a run that is not explained": (
        lambda nb: (tagged("your-turn", "predict")(nb), drops("explanation")(nb)),
        "prediction: after prediction and run comes a text",
    ),
    "a long cell": (says("sum", "\n".join(["x = 1"] * 13)), "sum: 13 lines of code"),
    "cells of middling length": (
        lambda nb: [says(n, "\n".join(["x = 1"] * 6))(nb) for n in ("sum", "explore", "quiz", "set-up")],
        "the median code cell has 6 lines",
    ),
    "an empty code cell": (says("quiz", ""), "quiz: an empty code cell"),
    "pip in a lesson": (says("sum", "!pip install numpy"), "sum: no shell and no magic"),
    "magic in a lesson": (says("sum", "import math\n%matplotlib inline"), "sum: no shell and no magic"),
    "code after code after code": (
        lambda nb: [drops(name)(nb) for name in ("your-turn", "explanation", "check-yourself")],
        "quiz: the third code cell in a row",
    ),
    "an output that is not checked": (outputs("quiz", printed("7\n")), "quiz: a stored output"),
    "a count that is not needed": (outputs("quiz"), "quiz: a stored output or execution count"),
    "nothing stored to check": (outputs("sum"), "sum: tagged keep_output and nothing is stored"),
    "an output without its count": (outputs("sum", printed("4\n"), count=None), "without its execution count"),
    "checked but not kept": (tagged("sum", "nbval-check-output"), "without keep_output"),
    "a stored warning": (outputs("sum", printed("old", "stderr")), "sum: an error or a warning"),
    "a stored error": (
        outputs("sum", new_output("error", ename="E", evalue="", traceback=[])),
        "sum: an error or a warning",
    ),
    "a stored path": (outputs("sum", printed("/home/ann/x.png")), "a place on the author's machine"),
    "a stored address in memory": (outputs("sum", printed("<f at 0x7f3a9c001122>")), "a place on the author's machine"),
    "a long text": (says("explanation", "word " * 120), "explanation: 120 words"),
    "a shout": (adds("explanation", " Four!"), "explanation: an exclamation mark"),
    "a belittling word": (adds("explanation", " You simply add."), "explanation: the word 'simply'"),
    "another one, in capitals": (adds("explanation", " Just add."), "explanation: the word 'just'"),
    "two titles": (says("your-turn", "# Try it"), "your-turn: a second heading of the first level"),
    "a level left out": (says("your-turn", "#### Try it"), "your-turn: a heading of level 4 follows one of level 2"),
    "a picture without words": (adds("explanation", "\n\n![](../pyproject.toml)"), "has no text alternative"),
    "a picture in HTML without words": (
        adds("explanation", '\n\n<img src="../pyproject.toml">'),
        "no text alternative",
    ),
    "a picture that is not there": (adds("explanation", "\n\n![a sum as blocks](sum.png)"), "sum.png is not there"),
    "a link to no file": (adds("explanation", " [more](99_more.ipynb)"), "99_more.ipynb leads nowhere"),
    "a link to no heading": (adds("explanation", " [up](#nowhere)"), "#nowhere names a heading that is not there"),
    "a bare address": (adds("explanation", " See https://example.org."), "explanation: a bare address"),
    "an address in angle brackets": (adds("explanation", " See <https://example.org>."), "a bare address"),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_each_fault_is_named(fault: str):
    change, message = SPOILT[fault]
    notebook = sound()
    change(notebook)
    assert any(message in problem for problem in judge(notebook)), judge(notebook)


def test_every_rule_is_proven_by_a_fault():
    silent = set(RULES)
    for change, _ in SPOILT.values():
        notebook = sound()
        change(notebook)
        lesson = Lesson(notebook, ROOT / "notebooks" / "01_sums.ipynb")
        silent -= {rule for rule in silent if list(rule(lesson))}
    assert not silent


def test_lesson_00_needs_no_explorer():
    notebook = sound()
    about(number=0, needs=[])(notebook)
    tagged("explore")(notebook)
    assert problems(notebook, ROOT / "notebooks" / "00_sums.ipynb") == []


def test_the_program_prints_the_problems_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    notebook = sound()
    says("title", "no title")(notebook)
    nbformat.write(notebook, tmp_path / "01_sums.ipynb")
    assert main(str(tmp_path)) == 1
    assert "01_sums.ipynb: the first cell should be the title" in capsys.readouterr().err


# --- reading Markdown -----------------------------------------------------------------------------------------------


def test_prose_is_what_a_reader_reads():
    source = "## Two *words*\n`x != y`, $n!$ and [a link](http://x.org)\n\n```python\n# no!\n```\n<b>bold</b>"
    assert words(source) == ["Two", "words", "x", "and", "a", "link", "bold"]
    assert "!" not in plain(source)


def test_prices_are_no_formulas():
    assert words("It costs $5 and then $7 more.") == ["It", "costs", "5", "and", "then", "7", "more"]


def test_a_hash_in_code_is_no_heading():
    assert headings("# One\n```\n# two\n```\nThree\n---") == [(1, "One"), (2, "Three")]


def test_links_and_pictures_are_found_in_markdown_and_in_html():
    source = '[a](b.ipynb#c) ![d](e.png) <a href="f.html">g</a> <img src="h.png" alt="i">'
    assert links(source) == ["b.ipynb#c", "f.html"]
    assert images(source) == [("d", "e.png"), ("i", "h.png")]


def test_a_heading_can_be_linked_to_as_jupyterlab_and_as_the_book_name_it():
    names = anchors(["## What we saw: `pad`", '<a id="here"></a>'])
    assert names == {"What-we-saw:-pad", "here"}


# --- the lessons ----------------------------------------------------------------------------------------------------


def test_there_are_lessons():
    assert [path.name[:2] for path in LESSONS] == [f"{n:02d}" for n in range(len(LESSONS))]
    assert len(LESSONS) >= 3


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_the_anatomy_of_a_lesson(path: Path):
    assert problems(path) == []
