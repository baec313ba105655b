"""The notebook linter: the anatomy that every lesson shares, as rules that read a notebook and name what is wrong.

A rule is a function from a `Lesson` to sentences; `problems` asks all of them. As a program it prints what they say:
``python -m tests.notebooks.anatomy notebooks``.
"""

from __future__ import annotations

import itertools
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat

from tests.notebooks.prose import anchors, headings, images, links, plain, words

MAX_CODE_LINES, MEDIAN_CODE_LINES, MAX_WORDS, NOTES = 12, 5, 120, 3
SLIDES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
CLOSING = ("check-yourself", "summary", "next", "sources")
BANNED_WORDS = re.compile(r"\b(simply|just|obviously)\b", re.IGNORECASE)
METADATA: dict[str, type] = {"number": int, "title": str, "minutes": int, "needs": list, "summary": str}

Found = Iterator[str]


@dataclass(frozen=True)
class Lesson:
    """A notebook, and the file that it is or would be."""

    notebook: Any
    path: Path

    @property
    def cells(self) -> list[Any]:
        """All cells."""
        return self.notebook.cells

    @property
    def about(self) -> dict[str, Any]:
        """What the notebook says of itself."""
        return self.notebook.metadata.get("cnncourse", {})

    def of_type(self, kind: str) -> list[Any]:
        """Return the cells of one type, ``"code"`` or ``"markdown"``."""
        return [cell for cell in self.cells if cell.cell_type == kind]

    def tagged(self, tag: str) -> list[int]:
        """Return the places of the cells that carry a tag."""
        return [place for place, cell in enumerate(self.cells) if tag in tags(cell)]


def tags(cell: Any) -> list[str]:
    """Return a cell's tags."""
    return list(cell.metadata.get("tags", []))


def slide(cell: Any) -> str | None:
    """Return a cell's slide type, None where it has none."""
    return cell.metadata.get("slideshow", {}).get("slide_type")


def is_notes(cell: Any) -> bool:
    """Say whether a cell speaks to the lecturer."""
    return slide(cell) == "notes"


# --- the notebook as a whole ----------------------------------------------------------------------------------------


def says_what_it_is(lesson: Lesson) -> Found:
    """The course map, the book and the start page are drawn from ``metadata.cnncourse``."""
    for key, kind in METADATA.items():
        if not isinstance(lesson.about.get(key), kind) or (kind is str and not lesson.about[key].strip()):
            yield f"metadata.cnncourse.{key} should be {kind.__name__}, got {lesson.about.get(key)!r}"
    number, needs = lesson.about.get("number"), lesson.about.get("needs", [])
    if isinstance(number, int) and not lesson.path.name.startswith(f"{number:02d}_"):
        yield f"metadata.cnncourse.number is {number}, the file name is {lesson.path.name}"
    if isinstance(number, int) and any(not isinstance(n, int) or n >= number for n in needs):
        yield f"lesson {number} needs {needs}: only lessons before it can be needed"


def carries_nothing_of_a_machine(lesson: Lesson) -> Found:
    """Metadata that changes with the author's machine makes every commit noisy."""
    metadata = lesson.notebook.metadata
    extra = sorted(set(metadata) - {"cnncourse", "kernelspec", "language_info"})
    if extra:
        yield f"notebook metadata has {', '.join(extra)}, which is no part of the lesson"
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield "metadata.kernelspec.name should be python3, which every machine has"
    if set(metadata.get("language_info", {})) - {"name"}:
        yield "metadata.language_info names more than the language: the version is the machine's"
    for cell in lesson.cells:
        if more := sorted(set(cell.metadata) - {"slideshow", "tags"}):
            yield f"{cell.id}: cell metadata has {', '.join(more)}"


def has_stable_ids(lesson: Lesson) -> Found:
    """A readable id survives every edit; a random one changes whenever a cell is made anew."""
    ids = [cell.get("id", "") for cell in lesson.cells]
    yield from (f"{i}: two cells have this id" for i in sorted({i for i in ids if ids.count(i) > 1}))
    for i in ids:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", i):
            yield f"{i!r}: an id has small letters, digits and hyphens"
        elif re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?", i):
            yield f"{i}: this looks like a random id; name the cell after what it does"


def has_slides(lesson: Lesson) -> Found:
    """The same file is the lecture, so every cell says what it is there."""
    for cell in lesson.cells:
        if slide(cell) not in SLIDES:
            yield f"{cell.id}: slideshow.slide_type is {slide(cell)!r}, not one of {', '.join(sorted(SLIDES))}"
    notes = [cell for cell in lesson.cells if is_notes(cell)]
    if len(notes) < NOTES:
        yield f"{len(notes)} cells of notes for the lecturer; there should be {NOTES} or more"
    for cell in notes:
        if not re.search(r"\b\d+ minutes?\b", cell.source):
            yield f"{cell.id}: notes say how many minutes the section takes"


# --- the skeleton ---------------------------------------------------------------------------------------------------


def opens_with_title_and_hook(lesson: Lesson) -> Found:
    """One heading of the first level, then a reason to read on."""
    first = lesson.cells[0] if lesson.cells else None
    if first is None or first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "the first cell should be the title, `# …`"
        return
    title, _, hook = first.source.partition("\n")
    if str(lesson.about.get("title", "")).casefold() not in title.casefold():
        yield f"{first.id}: the title {title!r} does not contain metadata.cnncourse.title"
    if len(words(hook)) < 5:
        yield f"{first.id}: a hook should follow the title, in the same cell"


def states_objectives(lesson: Lesson) -> Found:
    """What the learner will be able to do, how long it takes, what should be known before."""
    found = [lesson.cells[place] for place in lesson.tagged("objectives")]
    if len(found) != 1 or found[0].cell_type != "markdown":
        yield f"{len(found)} markdown cells tagged objectives; there should be one"
        return
    text = found[0].source
    if len(re.findall(r"^\s*\d+\. ", text, re.MULTILINE)) < 2:
        yield f"{found[0].id}: objectives are a numbered list"
    if not re.search(rf"\b{lesson.about.get('minutes')}\b\W*minutes", plain(text)):
        yield f"{found[0].id}: objectives say the {lesson.about.get('minutes')} minutes of the metadata"
    if not re.search(r"prerequisite|need|before", text, re.IGNORECASE):
        yield f"{found[0].id}: objectives name the prerequisites"


def is_set_up_once(lesson: Lesson) -> Found:
    """One cell imports and sets the style, before any other code."""
    places = lesson.tagged("setup")
    code = [place for place, cell in enumerate(lesson.cells) if cell.cell_type == "code"]
    if len(places) != 1 or places[0] not in code:
        yield f"{len(places)} cells tagged setup; there should be one, a code cell"
    elif places[0] != code[0]:
        yield f"{lesson.cells[places[0]].id}: the set-up cell comes before all other code"


def has_an_explorer(lesson: Lesson) -> Found:
    """From lesson 01 on there is something to drag."""
    explorers = lesson.tagged("explorer")
    if not explorers and lesson.about.get("number", 0) >= 1:
        yield "no cell is tagged explorer"
    closing = lesson.tagged(CLOSING[0])
    if explorers and closing and explorers[0] > closing[0]:
        yield "the explorer comes before the learner is asked to check"


def closes_in_order(lesson: Lesson) -> Found:
    """Check yourself, what we saw, where to go next, sources: in this order, at the end."""
    places = {tag: lesson.tagged(tag) for tag in CLOSING}
    yield from (f"no cell is tagged {tag}" for tag, found in places.items() if not found)
    firsts = [found[0] for found in places.values() if found]
    if firsts != sorted(firsts):
        yield f"the closing cells should come in the order {', '.join(CLOSING)}"
    last = [cell for cell in lesson.cells if not is_notes(cell)][-1:]
    if last and "sources" not in tags(last[0]):
        yield f"{last[0].id}: the last cell should be the one tagged sources"


def predicts_runs_explains(lesson: Lesson) -> Found:
    """After a prediction the code runs, and then a text explains what was seen."""
    cells = [cell for cell in lesson.cells if not is_notes(cell)]
    for cell, following in itertools.pairwise(cells):
        if "predict" in tags(cell) and "predict" not in tags(following):
            after = cells[cells.index(following) :]
            run = next((i for i, c in enumerate(after) if c.cell_type != "code"), len(after))
            if run == 0:
                yield f"{cell.id}: after a prediction comes the cell that runs"
            elif run == len(after) or "predict" in tags(after[run]):
                yield f"{cell.id}: after prediction and run comes a text that explains"
    if cells and "predict" in tags(cells[-1]):
        yield f"{cells[-1].id}: after a prediction comes the cell that runs"


# --- cells of code --------------------------------------------------------------------------------------------------


def has_short_code(lesson: Lesson) -> Found:
    """One idea a cell."""
    lengths = {cell.id: len(cell.source.splitlines()) for cell in lesson.of_type("code")}
    for i, length in lengths.items():
        if length > MAX_CODE_LINES:
            yield f"{i}: {length} lines of code, at most {MAX_CODE_LINES}"
        elif length == 0:
            yield f"{i}: an empty code cell"
    if lengths and statistics.median(lengths.values()) > MEDIAN_CODE_LINES:
        yield f"the median code cell has {statistics.median(lengths.values()):g} lines, at most {MEDIAN_CODE_LINES}"


def has_plain_code(lesson: Lesson) -> Found:
    """Nothing is installed from a lesson, and the style sheet does what magic would."""
    for cell in lesson.of_type("code"):
        for line in cell.source.splitlines():
            if re.match(r"\s*(!|%%?(pip|conda|matplotlib|pylab|bash|sh|load_ext)\b)", line):
                yield f"{cell.id}: no shell and no magic in a lesson: {line.strip()}"


def has_prose_above_code(lesson: Lesson) -> Found:
    """Numbers and their picture may follow each other; three cells of code in a row leave the reader alone."""
    alone = 0
    for cell in (cell for cell in lesson.cells if not is_notes(cell)):
        counts = cell.cell_type == "code" and not {"predict", "setup"} & set(tags(cell))
        alone = alone + 1 if counts else 0
        if alone == 3:
            yield f"{cell.id}: the third code cell in a row without a text"


def stores_only_checked_outputs(lesson: Lesson) -> Found:
    """An output is stored where its text is compared, with its count (nbval asks for it), and nowhere else."""
    for cell in lesson.of_type("code"):
        kept = "keep_output" in tags(cell)
        if not kept and (cell.outputs or cell.execution_count is not None):
            yield f"{cell.id}: a stored output or execution count without the tag keep_output"
        if kept and not cell.outputs:
            yield f"{cell.id}: tagged keep_output and nothing is stored; refresh it"
        if kept and cell.outputs and cell.execution_count is None:
            yield f"{cell.id}: a stored output without its execution count, which nbval refuses"
        if "nbval-check-output" in tags(cell) and not kept:
            yield f"{cell.id}: tagged nbval-check-output without keep_output"
        yield from _bad_outputs(cell)


def _bad_outputs(cell: Any) -> Found:
    for output in cell.outputs:
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"{cell.id}: an error or a warning is stored"
        if re.search(r"/home/|/Users/|/tmp/|[A-Z]:\\\\|0x[0-9a-f]{6,}", str(output)):
            yield f"{cell.id}: the stored output names a place on the author's machine"


# --- cells of prose -------------------------------------------------------------------------------------------------


def has_short_prose(lesson: Lesson) -> Found:
    """Under 120 words above each piece of code."""
    for cell in lesson.of_type("markdown"):
        count = len(words(cell.source))
        if count >= MAX_WORDS and "sources" not in tags(cell):
            yield f"{cell.id}: {count} words, under {MAX_WORDS} please"


def has_calm_prose(lesson: Lesson) -> Found:
    """Nobody is shouted at, and nothing is called easy. Titles of sources are their authors' own."""
    for cell in lesson.of_type("markdown"):
        text = "" if "sources" in tags(cell) else plain(cell.source)
        if "!" in text:
            yield f"{cell.id}: an exclamation mark"
        yield from (f"{cell.id}: the word {word!r}" for word in sorted({m.lower() for m in BANNED_WORDS.findall(text)}))


def has_orderly_headings(lesson: Lesson) -> Found:
    """One title; below it no level is left out."""
    found = [(cell.id, level) for cell in lesson.of_type("markdown") for level, _ in headings(cell.source)]
    titles = [i for i, level in found if level == 1]
    if len(titles) > 1:
        yield f"{titles[1]}: a second heading of the first level"
    for (_, before), (i, level) in itertools.pairwise(found):
        if level > before + 1:
            yield f"{i}: a heading of level {level} follows one of level {before}"


def has_pictures_in_words(lesson: Lesson) -> Found:
    """Every picture in a text cell says in words what it shows, and lies where the text says."""
    for cell in lesson.of_type("markdown"):
        for alternative, target in images(cell.source):
            if len(alternative) < 10:
                yield f"{cell.id}: the picture {target} has no text alternative"
            if target and not (lesson.path.parent / unquote(target)).exists():
                yield f"{cell.id}: the picture {target} is not there"


def has_links_that_resolve(lesson: Lesson) -> Found:
    """A link to a file or a heading finds it; an address hides behind words."""
    for cell in lesson.of_type("markdown"):
        for target in links(cell.source):
            if not re.match(r"https?:|mailto:", target):
                yield from (f"{cell.id}: {fault}" for fault in _broken(lesson, target))
        if re.search(r"https?://|www\.", plain(cell.source)):
            yield f"{cell.id}: a bare address; write [words](address)"


def _broken(lesson: Lesson, target: str) -> Found:
    name, _, anchor = unquote(target).partition("#")
    path = lesson.path.parent / name if name else lesson.path
    if name and not path.exists():
        yield f"the link to {target} leads nowhere"
    elif anchor:
        notebook = nbformat.read(path, 4) if name else lesson.notebook
        if anchor not in anchors(cell.source for cell in notebook.cells if cell.cell_type == "markdown"):
            yield f"the link to {target} names a heading that is not there"


RULES: tuple[Callable[[Lesson], Found], ...] = (
    says_what_it_is,
    carries_nothing_of_a_machine,
    has_stable_ids,
    has_slides,
    opens_with_title_and_hook,
    states_objectives,
    is_set_up_once,
    has_an_explorer,
    closes_in_order,
    predicts_runs_explains,
    has_short_code,
    has_plain_code,
    has_prose_above_code,
    stores_only_checked_outputs,
    has_short_prose,
    has_calm_prose,
    has_orderly_headings,
    has_pictures_in_words,
    has_links_that_resolve,
)


def problems(notebook: Path | Any, path: Path | None = None) -> list[str]:
    """Return what is wrong with a notebook, a sentence each; an empty list means nothing.

    A notebook in memory is judged as if it lay at `path`, against which its links resolve.
    """
    if isinstance(notebook, Path):
        notebook, path = nbformat.read(notebook, 4), notebook
    lesson = Lesson(notebook, path or Path("notebooks/00_unnamed.ipynb"))
    return [problem for rule in RULES for problem in rule(lesson)]


def main(folder: str = "notebooks") -> int:
    """Print the problems of every notebook of a folder; return how many there are."""
    found = [f"{path}: {problem}" for path in sorted(Path(folder).glob("*.ipynb")) for problem in problems(path)]
    print("\n".join(found), file=sys.stderr)
    return len(found)


if __name__ == "__main__":
    sys.exit(min(1, main(*sys.argv[1:])))
