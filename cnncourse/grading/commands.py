"""``cnncourse exercises``: release sets, mark what was handed in, write feedback, export marks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from cnncourse.grading.course import Course, GradingError

__all__ = ["add_exercises"]

TROUBLE = 1


def add_exercises(commands: Any) -> None:
    """Add ``exercises`` and what it can do to a parser's commands."""
    exercises = commands.add_parser("exercises", help="for lecturers: release exercises, mark them, give feedback")
    actions = exercises.add_subparsers(title="what to do", metavar="", required=True)
    release = actions.add_parser("release", help="make the learners' versions of sets, without solutions")
    release.add_argument("--replace", action="store_true", help="replace a release that differs; the old one is kept")
    release.add_argument("--renew", action="store_true", help="take the course's set instead of yours in source")
    release.set_defaults(do=_release)
    check = actions.add_parser("check", help="mark one notebook, here and now, and enter it nowhere")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--student", default="", help="who handed it in; matters where learners have their own numbers")
    check.add_argument("--course", type=Path, metavar="FOLDER", help="use this course's hidden inputs")
    check.set_defaults(do=_check)
    grade = actions.add_parser("grade", help="mark everything that was handed in")
    grade.add_argument("--again", action="store_true", help="also what has not changed since it was marked")
    grade.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes on this machine (default: 1)")
    grade.add_argument("--patience", type=_factor, default=1.0, metavar="X", help="make all time limits X times longer")
    grade.set_defaults(do=_grade)
    grade.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that marks instead, tcp://HOST:8786")
    report = actions.add_parser("report", help="write a page on how the class did, as grade does at its end")
    report.set_defaults(do=_report)
    feedback = actions.add_parser("feedback", help="write a page for each learner")
    feedback.set_defaults(do=_feedback)
    export = actions.add_parser("export", help="write marks for a learning platform")
    export.add_argument("--to", type=Path, metavar="FILE", default=Path("grades.csv"), help="default: grades.csv")
    export.add_argument("--exporter", default="", metavar="CLASS", help="one of nbgrader's, as package.module.Class")
    export.add_argument("--replace", action="store_true", help="overwrite the file")
    export.set_defaults(do=_export)
    for action in (release, grade, report, feedback, export):
        action.add_argument("sets", nargs="*", metavar="SET", help="numbers or names, such as 02 (default: all)")
        action.add_argument("--course", type=Path, required=True, metavar="FOLDER", help="the folder of your course")
    for action in (check, grade):
        action.add_argument("--trust", action="store_true", help="run answers without walls around them: your own only")
        action.add_argument("--backend", default="", help="bubblewrap, podman or docker (default: what works here)")


def _release(options: argparse.Namespace) -> int:
    from cnncourse.grading.course import all_sets, find_set
    from cnncourse.grading.release import release

    for original in [find_set(text) for text in options.sets] or all_sets():
        done = release(Course(options.course), original, replace=options.replace, renew=options.renew)
        print(f"{done.how}: {done.path}")
        _say(done.notes)
    print(f"learners get what is in {options.course / 'release'}; it holds no solutions")
    return 0


def _check(options: argparse.Namespace) -> int:
    from cnncourse.grading.assignment import read_assignment
    from cnncourse.grading.course import find_set, read_secret
    from cnncourse.grading.feedback import feedback_text
    from cnncourse.grading.ingest import Invalid, read_submission
    from cnncourse.grading.marking import mark

    if not options.file.is_file():
        raise FileNotFoundError(f"no notebook {options.file}")
    course = Course(options.course) if options.course else None
    number = options.file.name[:2]
    assignment = read_assignment(course.released(course.find_names([number])[0]) if course else find_set(number))
    room = _room(options)
    try:
        submission = read_submission(options.file, assignment, student=options.student or "nobody")
        if submission.named and not options.student:
            submission = read_submission(options.file, assignment, student=submission.named)
    except Invalid as problem:
        raise GradingError(problem.message) from problem
    marks = mark(submission, assignment, room, secret=read_secret(course) if course else b"")
    print(feedback_text(marks))
    return 0 if marks.points == marks.out_of else TROUBLE


def _grade(options: argparse.Namespace) -> int:
    from cnncourse.grading.assignment import read_assignment
    from cnncourse.grading.course import open_gradebook, read_secret
    from cnncourse.grading.jobs import find_jobs

    course = Course(options.course)
    names, secret = course.find_names(options.sets), read_secret(course)
    _room(options)  # before anything else: without one, nothing is marked
    faulty = False
    with open_gradebook(course) as book:
        for name in names:
            assignment = read_assignment(course.released(name))
            jobs = find_jobs(
                course, assignment, secret, again=options.again, patience=options.patience, **_where(options)
            )
            print(f"{name}: {len(jobs)} submission(s) in {course.submitted}")
            spread = {"workers": options.jobs, "scheduler": options.scheduler}
            faulty |= _grade_set(course, book, assignment, jobs, spread)
            print(f"  how the class did: {_write_report(course, name)}")
    return TROUBLE if faulty else 0


def _grade_set(course: Course, book: Any, assignment: Any, jobs: list[Any], spread: dict[str, Any]) -> bool:
    """Mark a set's submissions, and keep each one's marks at once: whoever stops us loses nothing that is done."""
    from tqdm import tqdm

    from cnncourse.grading.batch import grade_jobs
    from cnncourse.grading.gradebook import record
    from cnncourse.grading.marks import save_marks

    faulty, refused = False, {job.student for job in jobs if job.refused}
    # The bar shows rate and time left; it is for people and stays out of files.
    with closing(grade_jobs(jobs, **spread)) as made, tqdm(total=len(jobs), unit="submission", disable=None) as bar:
        for marks in made:
            bar.write(_in_short(marks))
            bar.update()
            faulty |= marks.faulty
            if marks.student not in refused:
                save_marks(course, marks)
                record(book, course, assignment, marks)
    return faulty


def _report(options: argparse.Namespace) -> int:
    course = Course(options.course)
    for name in course.find_names(options.sets):
        print(_write_report(course, name))
    return 0


def _write_report(course: Course, name: str) -> Path:
    from cnncourse._files import write_whole
    from cnncourse.grading.marks import load_marks
    from cnncourse.grading.report import page, tally

    kept = (load_marks(course, path.parent.name, name) for path in sorted(course.root.glob(f"marks/*/{name}.json")))
    target = course.report(name)
    write_whole(target, page(tally(marks for marks in kept if marks)))
    return target


def _in_short(marks: Any) -> str:
    from cnncourse.grading.autograded import readable

    parts = [f"  {marks.student}: {marks.points:g} of {marks.out_of:g} points by machine"]
    states = {result.state for result in marks.results.values()} - {"graded"}
    parts += [marks.invalid] if marks.invalid else sorted(states)
    return readable("; ".join([*parts, *marks.flags]))


def _feedback(options: argparse.Namespace) -> int:
    from cnncourse.grading.assignment import read_assignment
    from cnncourse.grading.course import open_gradebook
    from cnncourse.grading.feedback import write_feedback
    from cnncourse.grading.gradebook import read_entries
    from cnncourse.grading.marks import load_marks

    course, written = Course(options.course), 0
    with open_gradebook(course) as book:
        for name in course.find_names(options.sets):
            assignment = read_assignment(course.released(name))
            for path in sorted(course.root.glob(f"marks/*/{name}.json")):
                marks = load_marks(course, path.parent.name, name)
                if marks is None:
                    _line(f"  {path} cannot be read; mark the set again")
                    continue
                write_feedback(course, assignment, marks, read_entries(book, marks.student, name))
                written += 1
    print(f"{written} page(s) in {course.root / 'feedback'}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from cnncourse.grading.course import open_gradebook
    from cnncourse.grading.export import export

    course = Course(options.course)
    names = course.find_names(options.sets)
    with open_gradebook(course) as book:
        export(book, options.to, names, exporter=options.exporter, replace=options.replace)
    print(f"written: {options.to}")
    return 0


def _room(options: argparse.Namespace) -> Any:
    from cnncourse.grading.jobs import find_room
    from cnncourse.grading.sandbox import WARNING

    if options.trust:
        print(WARNING, file=sys.stderr)
    return find_room(**_where(options))


def _where(options: argparse.Namespace) -> dict[str, Any]:
    return {"trust": options.trust, "backend": options.backend}


def _factor(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"expected a number from 1 to 1000, got {text!r}")
    return number


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, got {text!r}")
    return int(text)


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        _line(f"  {note}")


def _line(text: str) -> None:
    print(text, flush=True)
