"""The commands that publish: ``cnncourse run``, which writes the book, ``slides``, ``colab`` and ``translate``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_publishing(commands: Any) -> None:
    """Add what publishes to the commands of a parser."""
    run = commands.add_parser("run", help="execute the lessons and write them as web pages")
    run.add_argument("lessons", nargs="*", metavar="LESSON", help="numbers or names, such as 02 (default: all)")
    run.add_argument("--to", type=Path, metavar="FOLDER", help="default: build/book in the folder of the course")
    run.add_argument("--reuse", action="store_true", help="take over results of lessons that have not changed")
    run.add_argument("--repository", type=_repository, metavar="OWNER/NAME", help="on GitHub: link to Colab and Binder")
    run.set_defaults(do=_run)
    _add_slides(commands)
    colab = commands.add_parser("colab", help="write copies that run on Google Colab, to publish as the branch colab")
    colab.add_argument("repository", type=_repository, metavar="OWNER/NAME", help="where the course lies on GitHub")
    colab.add_argument("--branch", default="main", help="the branch that Colab installs (default: main)")
    colab.add_argument("--to", type=Path, metavar="FOLDER", help="default: build/colab in the folder of the course")
    colab.set_defaults(do=_colab)
    translate = commands.add_parser(
        "translate", help="write catalogues to translate, and the lessons translated so far"
    )
    translate.add_argument("language", metavar="LANGUAGE", help="such as de or pt_BR")
    translate.add_argument("--to", type=Path, metavar="FOLDER", help="default: translations/LANGUAGE in this folder")
    translate.set_defaults(do=_translate)


def _add_slides(commands: Any) -> None:
    slides = commands.add_parser("slides", help="execute the lessons and write them as slides")
    slides.add_argument("lessons", nargs="*", metavar="LESSON", help="numbers or names, such as 02 (default: all)")
    slides.add_argument("--to", type=Path, metavar="FOLDER", help="default: build/slides in the folder of the course")
    slides.add_argument("--reuse", action="store_true", help="take over results of lessons that have not changed")
    slides.add_argument(
        "--pdf", action=argparse.BooleanOptionalAction, help="a PDF of each deck (default: where there is a Chromium)"
    )
    slides.add_argument("--notes", action="store_true", help="also a PDF with the lecturer's notes")
    slides.set_defaults(do=_slides)


def _repository(text: str) -> Any:
    from cnncourse.publish.hosted import read_repository

    try:
        return read_repository(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _run(options: argparse.Namespace) -> int:
    from cnncourse.lessons import find_notebooks, read_lessons
    from cnncourse.publish import book

    notebooks = find_notebooks()
    try:
        read_lessons(notebooks)
    except ValueError as fault:  # a notebook that was damaged while somebody worked on it
        raise OSError(str(fault)) from fault
    target = options.to or notebooks.parent / "build" / "book"
    index = book.build(
        notebooks,
        target,
        lessons=options.lessons or None,
        reuse=options.reuse,
        repository=options.repository,
        report=_line,
    )
    print(f"read it: {index.resolve().as_uri()}")
    return 0


def _slides(options: argparse.Namespace) -> int:
    from cnncourse.lessons import find_notebooks
    from cnncourse.publish import handout, slides

    notebooks = find_notebooks()
    target = options.to or notebooks.parent / "build" / "slides"
    wanted = options.pdf if options.pdf is not None else handout.find_browser() is not None
    handouts = [kind for kind, asked in (("slides", wanted), ("notes", options.notes)) if asked]
    try:
        index = slides.build(
            notebooks, target, lessons=options.lessons or None, reuse=options.reuse, handouts=handouts, report=_line
        )
    except ValueError as fault:  # a notebook that was damaged while somebody worked on it
        raise OSError(str(fault)) from fault
    print(f"show it: {index.resolve().as_uri()}")
    return 0


def _colab(options: argparse.Namespace) -> int:
    from cnncourse.publish.hosted import COPIES, write_copies
    from cnncourse.publish.start import find_originals

    originals = find_originals()
    target = options.to or originals.parent / "build" / "colab"
    for left_out in write_copies(originals, target, options.repository._replace(branch=options.branch)):
        print(left_out)
    print(f"publish this folder as the branch {COPIES} of {options.repository.slug}: {target.resolve()}")
    return 0


def _translate(options: argparse.Namespace) -> int:
    from cnncourse.publish.start import find_originals
    from cnncourse.publish.translation import translate

    folder = options.to or Path("translations") / options.language
    try:
        made = translate(find_originals(), folder, options.language)
    except ValueError as fault:
        raise OSError(str(fault)) from fault
    for lesson in made:
        print(lesson)
    print(f"translate the .po files in {folder.resolve()}, and do this again; notebooks lies beside them")
    return 0


def _line(text: object) -> None:
    print(text, flush=True)
