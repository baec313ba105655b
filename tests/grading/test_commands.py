"""Tests of ``cnncourse exercises``: what it says, what it refuses, and that nothing finished is lost."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnncourse.checks import exercise
from cnncourse.cli import main
from cnncourse.grading import batch, course, jobs
from cnncourse.grading.course import Course, open_gradebook
from cnncourse.grading.marks import Marks, load_marks
from cnncourse.grading.sandbox import WARNING, Limits
from tests.grading.classroom import ANSWERS, LOOPS, NAME, WRONG_LOOPS, OpenRoom, fill, hand_in, released, write_set

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> OpenRoom:
    """Stand in for the closed room."""
    stand_in = OpenRoom()
    monkeypatch.setattr(jobs, "find_room", lambda trust=False, backend="": stand_in)
    return stand_in


@pytest.fixture(autouse=True)
def originals(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in for the folder of the lessons, with one small set."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "exercises").mkdir()
    write_set(folder / "exercises")
    monkeypatch.setattr(course, "find_notebooks", lambda: folder)
    return folder


def run(course: Course, action: str, *more: str) -> int:
    return main(["exercises", action, *more, "--course", str(course.root)])


def test_a_class_is_marked_whatever_is_among_it(course: Course, capsys: Capture):
    right = fill(released(course), ANSWERS, text="Because.")
    hand_in(course, "ada", right)
    hand_in(course, "bob", fill(released(course), {**ANSWERS, LOOPS: WRONG_LOOPS}))
    hand_in(course, "carl", b"")
    hand_in(course, "dora", b"{" * 100_000)
    hand_in(course, "..eve", right)
    copied = json.loads(json.dumps(right))
    copied["cells"] += [dict(cell) for cell in copied["cells"]]
    hand_in(course, "王小明", copied)
    (course.submitted / "ghost" / NAME).mkdir(parents=True)
    assert run(course, "grade", "02") == 0
    said = capsys.readouterr().out
    assert f"{NAME}: 7 submission(s)" in said
    assert "  ada: 4 of 4 points by machine\n" in said
    assert "  bob: 1 of 4 points by machine\n" in said
    assert "  carl: 0 of 4 points by machine; '02_small.ipynb' is empty." in said
    assert "  dora: 0 of 4 points by machine; '02_small.ipynb' is damaged" in said
    assert "  ..eve: 0 of 4 points by machine; expected a name that begins with a letter" in said
    assert "  王小明: 4 of 4 points by machine; there are 2 cells" in said
    assert "  ghost: 0 of 4 points by machine; There is no notebook" in said
    with open_gradebook(course) as book:
        scores = {one.student.id: one.score for one in book.assignment_submissions(NAME)}
    assert scores == {"ada": 4, "bob": 1, "carl": 0, "dora": 0, "王小明": 4, "ghost": 0}
    assert not list(course.root.glob("*/..eve/*.json"))


def test_feedback_and_export_follow(course: Course, capsys: Capture, tmp_path: Path):
    hand_in(course, "ada", fill(released(course), ANSWERS, text="Because."))
    run(course, "grade")
    with open_gradebook(course) as book:
        book.find_grade("open-02-why", NAME, NAME, "ada").manual_score = 2.0
        book.db.commit()
    assert run(course, "feedback") == 0
    assert "1 page(s) in" in capsys.readouterr().out
    assert "6 of 8 points" in course.feedback("ada", NAME).read_text(encoding="utf-8")
    marks = tmp_path / "marks.csv"
    assert run(course, "export", NAME, "--to", str(marks)) == 0
    assert "ada,,,,6.0,0.0,6.0,8.0,True" in marks.read_text()
    assert run(course, "export", "--to", str(marks)) == 1
    assert "is there already; try: --replace" in capsys.readouterr().err
    assert run(course, "export", "--to", str(marks), "--replace") == 0


def test_marks_that_cannot_be_read_are_named(course: Course, capsys: Capture):
    course.marks("ada", NAME).parent.mkdir(parents=True)
    course.marks("ada", NAME).write_text("{}")
    assert run(course, "feedback") == 0
    assert "cannot be read; mark the set again" in capsys.readouterr().out


def test_what_is_marked_is_not_marked_again_unless_told(course: Course, room: OpenRoom):
    hand_in(course, "ada", fill(released(course), ANSWERS))
    for more, times in ((), 2), ((), 2), (("--again",), 4):
        assert run(course, "grade", *more) == 0
        assert len(room.tasks) == times


def test_whoever_stops_us_keeps_what_is_finished(course: Course, room: OpenRoom, capsys: Capture):
    for student in ("ada", "bob", "carl"):
        hand_in(course, student, fill(released(course), ANSWERS))

    def stop(task: Any, right: Any) -> Any:
        if len(room.tasks) == 4:  # in the middle of the second
            raise KeyboardInterrupt
        return right

    room.change = stop
    assert run(course, "grade") == 130
    assert load_marks(course, "ada", NAME) is not None
    assert load_marks(course, "bob", NAME) is None
    with open_gradebook(course) as book:
        assert [one.student.id for one in book.assignment_submissions(NAME)] == ["ada"]
    room.change = lambda task, right: right
    assert run(course, "grade") == 0
    assert len(room.tasks) == 4 + 2 + 2, "ada is not marked again"
    assert "stopped" in capsys.readouterr().err


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: Capture
):
    hand_in(course, "ada", fill(released(course), ANSWERS))

    def full(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert run(course, "grade") == 1
    assert "No space left on device" in capsys.readouterr().err
    assert not [path for path in course.root.rglob("*") if path.is_file() and path.suffix in (".part", ".json")]


def test_faults_of_the_grader_show_in_the_exit_code(course: Course, room: OpenRoom, capsys: Capture):
    from cnncourse.grading.tasks import Outcome

    hand_in(course, "ada", fill(released(course), ANSWERS))
    room.change = lambda task, right: Outcome("grader fault", message="no room")
    assert run(course, "grade") == 1
    assert "ada: 0 of 4 points by machine; grader fault" in capsys.readouterr().out


def test_without_a_closed_room_nothing_is_marked(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: Capture):
    hand_in(course, "ada", fill(released(course), ANSWERS))

    def none(trust: bool = False, backend: str = "") -> Any:
        raise course_module.GradingError("nothing to shut it in; install bubblewrap")

    from cnncourse.grading import course as course_module

    monkeypatch.setattr(jobs, "find_room", none)
    assert run(course, "grade") == 1
    assert "install bubblewrap" in capsys.readouterr().err
    assert load_marks(course, "ada", NAME) is None


def test_trust_is_said_loudly(course: Course, capsys: Capture):
    assert run(course, "grade", "--trust") == 0
    assert WARNING in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "long"])
def test_patience_is_a_number(course: Course, wrong: str, capsys: Capture):
    with pytest.raises(SystemExit):
        run(course, "grade", "--patience", wrong)
    assert "expected a number from 1 to 1000" in capsys.readouterr().err


def test_patience_makes_every_time_longer(course: Course, room: OpenRoom):
    hand_in(course, "ada", fill(released(course), ANSWERS))
    run(course, "grade", "--patience", "2.5")
    assert [task.seconds for task in room.tasks] == [2.5 * exercise(name).seconds for name in ANSWERS]
    assert room.limits.total_seconds == 2.5 * Limits().total_seconds


def test_several_workers_or_a_cluster_are_asked_for(course: Course, monkeypatch: pytest.MonkeyPatch):
    asked = []

    def nothing(jobs: object, **options: object) -> Iterator[Marks]:
        asked.append(options)
        yield from ()

    monkeypatch.setattr(batch, "grade_jobs", nothing)
    run(course, "grade", "--jobs", "3")
    run(course, "grade", "--scheduler", "tcp://somewhere:8786")
    assert asked == [{"workers": 3, "scheduler": None}, {"workers": 1, "scheduler": "tcp://somewhere:8786"}]


def test_a_page_on_the_class_is_written_after_marking_and_when_asked(course: Course, capsys: Capture):
    hand_in(course, "ada", fill(released(course), ANSWERS))
    hand_in(course, "bob", fill(released(course), {LOOPS: WRONG_LOOPS}))
    run(course, "grade")
    written = course.report(NAME)
    assert str(written) in capsys.readouterr().out
    shown = written.read_text(encoding="utf-8")
    assert "2 handed in, 2 marked" in shown
    assert "bob" in shown
    written.unlink()
    assert run(course, "report") == 0
    assert written.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("wrong", ["0", "-1", "two"])
def test_a_number_of_workers_is_a_number(course: Course, wrong: str, capsys: Capture):
    with pytest.raises(SystemExit):
        run(course, "grade", "--jobs", wrong)
    assert "expected a number from 1" in capsys.readouterr().err


# --- release ---------------------------------------------------------------------------------------------------------


def test_release_says_what_it_did_and_what_it_will_not_do(course: Course, capsys: Capture):
    assert run(course, "release") == 0
    assert f"unchanged: {course.released(NAME)}" in capsys.readouterr().out
    course.released(NAME).write_text("mine")
    assert run(course, "release", "2") == 1
    assert "--replace makes the new one and keeps the old one" in capsys.readouterr().err
    assert course.released(NAME).read_text() == "mine"
    assert run(course, "release", NAME, "--replace") == 0
    assert "replaced:" in capsys.readouterr().out


def test_names_that_are_not_there_are_answered_with_those_that_are(course: Course, capsys: Capture, tmp_path: Path):
    for action in ("release", "grade", "feedback", "export"):
        assert run(course, action, "07") == 1
        assert f"'07'; there are: {NAME}" in capsys.readouterr().err
    assert run(Course(tmp_path / "empty"), "grade") == 1
    assert "holds no released set; try: cnncourse exercises release" in capsys.readouterr().err


def test_without_nbgrader_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, originals: Path
):
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name.split(".")[0] == "nbgrader":
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert run(Course(tmp_path / "new"), "release") == 1
    assert 'try: pip install "cnncourse[grading]"' in capsys.readouterr().err


def test_the_command_line_itself_needs_neither_nbgrader_nor_torch():
    import subprocess

    script = "import sys, cnncourse.cli; sys.exit(bool({'nbgrader', 'torch', 'numpy', 'nbformat'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_marks_one_file_and_enters_it_nowhere(course: Course, tmp_path: Path, capsys: Capture, room: OpenRoom):
    file = tmp_path / f"{NAME}-Copy1.ipynb"
    file.write_text(json.dumps(fill(released(course), {**ANSWERS, LOOPS: WRONG_LOOPS}, student="ada")))
    before = sorted(course.root.rglob("*"))
    assert main(["exercises", "check", str(file), "--course", str(course.root)]) == 1
    said = capsys.readouterr().out
    assert "02-one-place: 1 of 1 points" in said
    assert "  ✗ The shape of the feature map is not right" in said
    assert "1 of 4 points by machine" in said
    assert sorted(course.root.rglob("*")) == before
    hidden = str(room.tasks[-1].cases)
    file.write_text(json.dumps(fill(released(course), ANSWERS, student="ada")))
    assert main(["exercises", "check", str(file)]) == 0
    assert str(room.tasks[-1].cases) != hidden, "without a course, the learner's own inputs"


def test_check_uses_the_name_in_the_notebook_or_the_one_given(course: Course, tmp_path: Path, room: OpenRoom):
    file = tmp_path / f"{NAME}.ipynb"
    file.write_text(json.dumps(fill(released(course), ANSWERS, student="ada")))
    numbers = []
    for more in ([], ["--student", "ada"], ["--student", "bob"]):
        main(["exercises", "check", str(file), *more])
        numbers.append(str(room.tasks[-2].cases))
    assert numbers[0] == numbers[1] != numbers[2]


def test_check_says_what_is_wrong_with_a_file(tmp_path: Path, capsys: Capture):
    assert main(["exercises", "check", str(tmp_path / "02_none.ipynb")]) == 2
    assert "no notebook" in capsys.readouterr().err
    (tmp_path / "02_small.ipynb").touch()
    assert main(["exercises", "check", str(tmp_path / "02_small.ipynb")]) == 1
    assert "is empty" in capsys.readouterr().err
    (tmp_path / "notes.ipynb").touch()
    assert main(["exercises", "check", str(tmp_path / "notes.ipynb")]) == 1
    assert "no set of exercises 'no'" in capsys.readouterr().err
