"""Build the slides: a deck a lesson that needs neither a network nor a server, and an index page of all decks."""

from __future__ import annotations

import html
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from pygments.formatters import HtmlFormatter

from cnncourse._files import refuse_to_replace, write_whole
from cnncourse.lessons import Lesson, read_lessons
from cnncourse.publish import handout
from cnncourse.publish.deck import CODE_STYLE, Deck, Slide, deck_of
from cnncourse.publish.executed import LessonFailed, choose_lessons, run_lessons
from cnncourse.publish.handout import HandoutFailed
from cnncourse.publish.pages import PICTURES, STATE
from cnncourse.publish.slide_index import Made, index_page

__all__ = ["HandoutFailed", "LessonFailed", "build"]

MARK = "slides.json"  # what was made of which lesson; tells this folder from one of another kind
STATIC = "static"
_OWN = Path(__file__).with_name("slides") / "static"
_MOUNT = Path(__file__).with_name("book") / "static" / "mount.js"


def build(
    notebooks: Path,
    target: Path,
    *,
    lessons: Sequence[str] | None = None,
    reuse: bool = False,
    handouts: Sequence[str] = (),
    report: Callable[[object], None] = lambda line: None,
) -> Path:
    """Execute the lessons and write each as slides.

    Parameters
    ----------
    notebooks : Path
        The folder of the lessons; only read.
    target : Path
        Folder of the slides. Decks of other lessons that are there stay.
    lessons : sequence of str, optional
        Numbers or names of lessons, such as ``"02"``; all by default.
    reuse : bool
        Take over the results of lessons that have not changed.
    handouts : sequence of str
        PDF files to print of each deck: ``"slides"``, ``"notes"`` (slides with the lecturer's notes), or both.
    report : callable
        Told what has been done, ready for `print`.

    Returns
    -------
    Path
        The index page, ``index.html``.

    Raises
    ------
    FileNotFoundError
        If there is no such lesson.
    FileExistsError
        If `target` holds something that is not a folder of slides.
    LessonFailed
        If a cell fails.
    HandoutFailed
        If the browser cannot print.
    """
    notebooks, target = notebooks.resolve(), target.resolve()
    refuse_to_replace(target, mark=MARK, kind="slides")
    chosen = choose_lessons(notebooks, lessons)
    ran = run_lessons(chosen, reuse=reuse, report=report)
    start = time.perf_counter()
    made = _kept(target) | {lesson.path.stem: _write_deck(deck_of(ran[lesson]), lesson, target) for lesson in chosen}
    _write_static(target / STATIC)
    report(f"decks written … {time.perf_counter() - start:.1f} s")
    for lesson in chosen:
        _print(lesson, target, handouts, report)
    known = [lesson for lesson in read_lessons(notebooks) if lesson.path.stem in made]
    write_whole(target / MARK, json.dumps({lesson.path.stem: made[lesson.path.stem] for lesson in known}).encode())
    _remove_stale(target, {lesson.path.stem for lesson in known})
    rows = [Made(lesson, made[lesson.path.stem]["minutes"], _handouts(lesson, target)) for lesson in known]
    write_whole(target / "index.html", index_page(rows).encode())
    return target / "index.html"


def _kept(target: Path) -> dict[str, dict[str, float]]:
    try:
        kept: dict[str, dict[str, float]] = json.loads((target / MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {stem: made for stem, made in kept.items() if (target / f"{stem}.html").exists()}


def _write_deck(deck: Deck, lesson: Lesson, target: Path) -> dict[str, float]:
    for name, content in deck.pictures.items():
        if not (target / PICTURES / lesson.path.stem / name).exists():
            write_whole(target / PICTURES / lesson.path.stem / name, content)
    for stale in {path.name for path in (target / PICTURES / lesson.path.stem).glob("*")} - set(deck.pictures):
        (target / PICTURES / lesson.path.stem / stale).unlink()
    text = deck_page(deck, lesson).replace(f'src="{PICTURES}/', f'src="{PICTURES}/{lesson.path.stem}/')
    _write_if_new(target / f"{lesson.path.stem}.html", text.encode())
    return {"minutes": round(deck.minutes)}


def _print(lesson: Lesson, target: Path, handouts: Sequence[str], report: Callable[[object], None]) -> None:
    """Print what is asked for and not there yet; what was printed of an earlier deck goes."""
    deck = [target / f"{lesson.path.stem}.html", *(target / STATIC).iterdir()]
    changed = max(path.stat().st_mtime for path in deck)
    for kind, pdf in handout.paths(target, lesson.path.stem).items():
        if pdf.exists() and pdf.stat().st_mtime < changed:
            pdf.unlink()
        if kind in handouts and not pdf.exists():
            start = time.perf_counter()
            handout.print_deck(target / f"{lesson.path.stem}.html", pdf, notes=kind == "notes")
            report(f"{pdf.name} … {time.perf_counter() - start:.1f} s")


def _handouts(lesson: Lesson, target: Path) -> dict[str, str]:
    return {kind: pdf.name for kind, pdf in handout.paths(target, lesson.path.stem).items() if pdf.exists()}


def _remove_stale(target: Path, stems: set[str]) -> None:
    for path in target.glob("[0-9][0-9]_*.html"):
        if path.stem not in stems:
            path.unlink()
            shutil.rmtree(target / PICTURES / path.stem, ignore_errors=True)


def deck_page(deck: Deck, lesson: Lesson) -> str:
    """Write the page of a deck.

    Parameters
    ----------
    deck : Deck
        Its slides.
    lesson : Lesson
        What it is called.

    Returns
    -------
    str
        HTML. Without JavaScript it is a plain page of all slides, one below the other.
    """
    name, language = html.escape(f"{lesson.number:02d} · {lesson.title}"), lesson.language.replace("_", "-")
    state = json.dumps(deck.state).replace("</", "<\\/") if deck.state else ""
    saved = f'<script type="{STATE}">{state}</script>' if state else ""
    scripts = "".join(f'<script src="{STATIC}/{one}"></script>' for one in _SCRIPTS)
    styles = "".join(f'<link rel="stylesheet" href="{STATIC}/{one}">' for one in _STYLES)
    return (
        f'<!doctype html>\n<html lang="{language}" class="deck"><head><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'{styles}</head>\n<body><main class="reveal" data-lesson="{name}" data-minutes="{deck.minutes:.0f}">'
        f'<div class="slides">\n{"".join(_sections(deck))}</div></main>\n{saved}{scripts}</body></html>\n'
    )


_STYLES = ("reveal.css", "fonts.css", "code.css", "deck.css")
_SCRIPTS = ("reveal.js", "notes.js", "mount.js", "layout.js", "deck.js")


def _sections(deck: Deck) -> Iterator[str]:
    until = 0.0
    for slide in deck.slides:
        until += slide.minutes
        yield _section(slide, until, deck.minutes)


def _section(slide: Slide, until: float, minutes: float) -> str:
    opens = ' data-opens=""' if slide.opens else ""
    clock = f"<p><strong>until {_clock(until)} of {_clock(minutes)}</strong></p>" if slide.notes else ""
    notes = f'<aside class="notes">{clock}{"".join(slide.notes)}</aside>' if slide.notes else ""
    blocks = "\n".join(slide.blocks)
    return f'<section class="flow"{opens} data-seconds="{slide.minutes * 60:.0f}">\n{blocks}\n{notes}</section>\n'


def _clock(minutes: float) -> str:
    return "{}:{:02d}".format(*divmod(round(minutes), 60))


def _write_static(folder: Path) -> None:
    """Lay beside the decks all that they load: reveal.js and fonts out of installed packages, and what is ours."""
    reveal = _installed("sphinx_revealjs") / "_static" / "revealjs"
    fonts = reveal / "dist" / "theme" / "fonts" / "source-sans-pro"
    sans = [f"source-sans-pro-{kind}.woff" for kind in ("regular", "italic", "semibold", "semibolditalic")]
    mono = _installed("matplotlib") / "mpl-data" / "fonts" / "ttf"
    found = {
        "reveal.js": reveal / "dist" / "reveal.js",
        "reveal.css": reveal / "dist" / "reveal.css",
        "notes.js": reveal / "plugin" / "notes" / "notes.js",
        "reveal-LICENSE.txt": reveal / "LICENSE",
        **{name: fonts / name for name in sans},
        "source-sans-pro-LICENSE.txt": fonts / "LICENSE",
        **{name: mono / name for name in ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")},
        "dejavu-LICENSE.txt": mono / "LICENSE_DEJAVU",
        "STIXTwoMath-Regular.ttf": _installed("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf",
        "mount.js": _MOUNT,
        **{path.name: path for path in _OWN.iterdir()},
    }
    contents = {name: source.read_bytes() for name, source in found.items()}
    contents["code.css"] = HtmlFormatter(style=CODE_STYLE).get_style_defs(".code pre").encode()
    for name, content in contents.items():
        _write_if_new(folder / name, content)


def _write_if_new(path: Path, content: bytes) -> None:
    """Leave a file that is right as it is, for its time tells whether a PDF is still good."""
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)


def _installed(package: str) -> Path:
    """Return the folder of a package without importing it: of these we want files only."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"slides need the package {package}, which is not installed; try: make setup")
    return Path(spec.origin).parent
