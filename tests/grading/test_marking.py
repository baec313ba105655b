"""Tests that answers run elsewhere and are judged here, and that nothing can spoil more than one mark."""

from __future__ import annotations

import dataclasses
import json
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from cnncourse.checks import Answer, exercises, find_cases, find_findings
from cnncourse.grading import jobs, marking
from cnncourse.grading.assignment import Assignment
from cnncourse.grading.course import Course
from cnncourse.grading.ingest import LONGEST, Submission
from cnncourse.grading.jobs import Job, find_jobs, grade_one
from cnncourse.grading.marking import FAULT, mark
from cnncourse.grading.marks import Marks, load_marks, save_marks
from cnncourse.grading.tasks import Outcome
from tests.exercises.sets import SETS
from tests.grading.classroom import ANSWERS, LOOPS, NAME, ONE, WRONG_LOOPS, OpenRoom, answered, fill, hand_in, released

SECRET = b"what only the grader knows"


def handed_in(answers: Mapping[str, str] | None = None, **options: Any) -> Submission:
    return Submission("ada", NAME, ANSWERS if answers is None else answers, **options)


def first(marks: Marks, name: str = LOOPS) -> str:
    return marks.results[name].findings[0].message


def test_right_answers_earn_everything(small: Assignment):
    marks = mark(handed_in(), small, OpenRoom(), secret=SECRET)
    assert (marks.points, marks.out_of) == (4, 4)
    assert [result.state for result in marks.results.values()] == ["graded", "graded"]


def test_half_of_the_exercises_earn_their_half_and_blanks_earn_nothing(small: Assignment):
    room = OpenRoom()
    marks = mark(handed_in({ONE: ANSWERS[ONE], LOOPS: small.blanks[LOOPS] + "\n"}), small, room, secret=SECRET)
    assert [(result.points, result.state) for result in marks.results.values()] == [(1, "graded"), (0, "graded")]
    assert first(marks) == "There is no answer."
    assert [task.name for task in room.tasks] == [ONE], "a blank need not run"


def test_a_wrong_answer_is_told_why_without_a_detail(small: Assignment):
    marks = mark(handed_in({**ANSWERS, LOOPS: WRONG_LOOPS}), small, OpenRoom(), secret=SECRET)
    assert marks.results[LOOPS].points == 0
    assert first(marks) == "The shape of the feature map is not right: how large does it have to be for this input?"


def test_a_missing_cell_costs_its_exercise_only(small: Assignment):
    marks = mark(handed_in({ONE: ANSWERS[ONE]}), small, OpenRoom(), secret=SECRET)
    assert marks.results[LOOPS].state == "invalid"
    assert "is missing from your notebook" in first(marks)
    assert marks.points == 1


def test_an_endless_answer_is_not_even_run(small: Assignment):
    marks = mark(handed_in({**ANSWERS, LOOPS: "#" * (LONGEST + 1)}), small, OpenRoom(), secret=SECRET)
    assert marks.results[LOOPS].state == "invalid"
    assert marks.points == 1


def test_what_goes_into_the_room_holds_sources_and_inputs_and_no_secret(small: Assignment):
    room = OpenRoom()
    mark(handed_in(), small, room, secret=SECRET)
    one, loops = room.tasks
    assert (one.kind, one.entry, loops.kind, loops.entry) == ("value", "value", "function", "slide")
    assert loops.given == "import numpy as np"
    assert loops.answer == ANSWERS[LOOPS]
    assert SECRET not in pickle.dumps(room.tasks)
    public = find_cases(marking.exercise(LOOPS), "ada")
    assert not all(np.array_equal(a.arguments[0], b.arguments[0]) for a, b in zip(loops.cases, public, strict=True))
    assert one.cases[0].keywords.keys() == {"window", "kernel"}


def test_hidden_inputs_and_seeds_differ_by_learner_and_by_secret_and_otherwise_stay(small: Assignment):
    def asked(student: str, secret: bytes) -> tuple[str, int]:
        room = OpenRoom()
        mark(dataclasses.replace(handed_in(), student=student), small, room, secret=secret)
        return str(room.tasks[1].cases), room.tasks[1].seed

    assert asked("ada", SECRET) == asked("ada", SECRET)
    assert len({asked("ada", SECRET), asked("bob", SECRET), asked("ada", b"another")}) == 3


def test_a_probe_goes_along_as_source_that_stands_by_itself(small: Assignment, monkeypatch: pytest.MonkeyPatch):
    def probe(entry: Any, *arguments: Any) -> Any:
        return entry(*arguments)

    one = dataclasses.replace(marking.exercise(LOOPS), probe=probe)
    monkeypatch.setattr(marking, "exercise", lambda name: one)
    room = OpenRoom()
    mark(handed_in({LOOPS: ANSWERS[LOOPS]}), small, room, secret=SECRET)
    names: dict[str, Any] = {"Any": Any}
    exec(room.tasks[0].probe, names)
    assert names["probe"](len, "four") == 4


def outcome(state: Any, message: str) -> OpenRoom:
    return OpenRoom(lambda task, _: Outcome(state, message=message) if task.name == LOOPS else _)


STATES = {
    "time-out": ("no result after 10 s with [[31337]]", "There was no result in time (10 seconds"),
    "out of resources": ("MemoryError: 31337", "It uses more memory"),
    "student error": ("ValueError: [[31337]] (line 2)", "Your cell stopped with a ValueError in line 2."),
}


@pytest.mark.parametrize(("state", "said", "shown"), [(state, *pair) for state, pair in STATES.items()], ids=STATES)
def test_what_prevented_an_answer_is_said_in_our_own_words(small: Assignment, state: str, said: str, shown: str):
    marks = mark(handed_in(), small, outcome(state, said), secret=SECRET)
    assert (marks.results[LOOPS].state, marks.points) == (state, 1)
    assert first(marks).startswith(shown)
    assert "31337" not in first(marks)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the cell runs, but gives nothing the name 'slide'; keep that name", "nothing in it has the name slide"),
        ("Python ended before there was an answer; 31337", "Python ended before there was an answer. Leave exit()"),
        ("what came back is no answer: 31337", "Code that changes Python itself cannot be marked."),
        ("31337 is what the learner's code says", "Your cell stopped before there was an answer."),
        ("Forged31337: x", "Your cell stopped with an error."),
    ],
)
def test_no_words_of_the_learners_code_come_back(small: Assignment, said: str, shown: str):
    marks = mark(handed_in(), small, outcome("student error", said), secret=SECRET)
    assert shown in first(marks)
    assert "31337" not in first(marks)


def test_an_error_in_every_case_is_the_learners_and_shows_no_input(small: Assignment):
    source = "def slide(image, kernel, stride):\n    raise ValueError(str(image.tolist()) + '31337')"
    marks = mark(handed_in({**ANSWERS, LOOPS: source}), small, OpenRoom(), secret=SECRET)
    assert marks.results[LOOPS].state == "student error"
    assert first(marks) == "Your code stopped with a ValueError in line 3."
    assert "31337" not in marks.to_json().replace(json.dumps(source)[1:-1], "")


def test_a_fault_of_the_room_is_tried_once_more_and_costs_one_exercise(small: Assignment):
    faults = iter([True, False])
    flaky = OpenRoom(lambda task, right: Outcome("grader fault") if task.name == LOOPS and next(faults) else right)
    assert mark(handed_in(), small, flaky, secret=SECRET).points == 4
    marks = mark(handed_in(), small, outcome("grader fault", "bwrap fell over"), secret=SECRET)
    assert (marks.points, marks.faulty, first(marks)) == (1, True, FAULT)
    assert marks.results[LOOPS].note == "bwrap fell over"


@pytest.mark.parametrize("where", ["find_cases", "find_findings"])
def test_a_judge_that_fails_costs_its_exercise_only(small: Assignment, where: str, monkeypatch: pytest.MonkeyPatch):
    real = getattr(marking, where)

    def fail(one: Any, *rest: Any, **options: Any) -> Any:
        if one.name == LOOPS:
            raise RuntimeError("31337")
        return real(one, *rest, **options)

    monkeypatch.setattr(marking, where, fail)
    marks = mark(handed_in(), small, OpenRoom(), secret=SECRET)
    assert (marks.results[LOOPS].state, marks.points) == ("grader fault", 1)
    assert (first(marks), marks.results[LOOPS].note) == (FAULT, "RuntimeError: 31337")


def test_another_learners_numbers_are_pointed_out(small: Assignment):
    marks = mark(handed_in({ONE: "value = 0.5"}, named="bob"), small, OpenRoom(), secret=SECRET)
    assert first(marks, ONE).endswith("Your numbers are those of the name under which you handed in, ada.")
    assert "name under which" not in first(mark(handed_in({ONE: "value = 0.5"}, named="ADA "), small, OpenRoom()), ONE)


def test_marks_are_the_same_again_and_survive_being_written_down(small: Assignment, course: Course):
    marks = mark(handed_in(flags=("seen",), timestamp="2026-11-21 10:00:00 UTC"), small, OpenRoom(), secret=SECRET)
    again = mark(handed_in(flags=("seen",), timestamp="2026-11-21 10:00:00 UTC"), small, OpenRoom(), secret=SECRET)
    assert marks == again
    assert Marks.from_json(marks.to_json()) == marks
    assert pickle.loads(pickle.dumps(marks)) == marks
    save_marks(course, marks)
    assert load_marks(course, "ada", NAME) == marks
    course.marks("ada", NAME).write_text('{"results": 3}')
    assert load_marks(course, "ada", NAME) is None


def test_the_key_changes_with_submission_set_and_secret(small: Assignment):
    def key(submission: Submission, assignment: Assignment = small, secret: bytes = SECRET) -> str:
        return mark(submission, assignment, OpenRoom(), secret=secret).key

    keys = [
        key(handed_in()),
        key(handed_in({ONE: "value = 1"})),
        key(handed_in(), dataclasses.replace(small, version="other")),
        key(handed_in(), secret=b"another"),
    ]
    assert len(set(keys)) == 4
    assert key(handed_in()) == keys[0]


# --- a job -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> OpenRoom:
    """Stand in for the closed room of every job."""
    stand_in = OpenRoom()
    monkeypatch.setattr(jobs, "find_room", lambda trust, backend: stand_in)
    return stand_in


def test_a_job_can_be_sent_away_and_keeps_its_secret_out_of_sight(course: Course, small: Assignment, room: OpenRoom):
    hand_in(course, "ada", fill(released(course), ANSWERS))
    (job,) = find_jobs(course, small, SECRET)
    assert "knows" not in repr(job)
    assert grade_one(pickle.loads(pickle.dumps(job))).points == 4


def test_what_has_not_changed_is_not_marked_again(course: Course, small: Assignment, room: OpenRoom):
    hand_in(course, "ada", fill(released(course), ANSWERS))
    save_marks(course, grade_one(find_jobs(course, small, SECRET)[0]))
    assert len(room.tasks) == 2
    again = grade_one(find_jobs(course, small, SECRET)[0])
    assert (again.points, len(room.tasks)) == (4, 2)
    grade_one(find_jobs(course, small, SECRET, again=True)[0])
    assert len(room.tasks) == 4
    hand_in(course, "ada", fill(released(course), {**ANSWERS, LOOPS: WRONG_LOOPS}))
    assert grade_one(find_jobs(course, small, SECRET)[0]).points == 1


def test_marks_with_a_fault_of_ours_are_made_again(course: Course, small: Assignment, room: OpenRoom):
    hand_in(course, "ada", fill(released(course), ANSWERS))
    room.change = lambda task, right: Outcome("grader fault")
    save_marks(course, grade_one(find_jobs(course, small, SECRET)[0]))
    room.change = lambda task, right: right
    assert grade_one(find_jobs(course, small, SECRET)[0]).points == 4


def test_a_job_never_raises(course: Course, small: Assignment, monkeypatch: pytest.MonkeyPatch):
    broken = grade_one(Job(course.submitted / "ada" / NAME, "ada", small, SECRET))
    assert (broken.points, broken.invalid) == (0, "'02_small' cannot be read: No such file or directory.")
    hand_in(course, "ada", fill(released(course), ANSWERS))

    def fall(trust: bool, backend: str) -> Any:
        raise MemoryError("all gone")

    monkeypatch.setattr(jobs, "find_room", fall)
    marks = grade_one(find_jobs(course, small, SECRET)[0])
    assert (marks.faulty, marks.invalid) == (True, FAULT)
    assert marks.results[ONE].note == "MemoryError: all gone"


# --- strange data ----------------------------------------------------------------------------------------------------

DEEP: Any = 1
for _ in range(15):
    DEEP = [DEEP]
STRANGE = {
    "nothing": None,
    "truth": True,
    "minus one": -1,
    "a number of 4000 digits": 10**3999,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "complex": 1 + 2j,
    "text": "31337",
    "no text": "",
    "long text": "x" * 100_000,
    "bytes": b"31337",
    "an empty list": [],
    "an empty tuple": (),
    "an empty dict": {},
    "a dict": {"value": 1, 2: [3], None: 4},
    "a list in itself, nearly": DEEP,
    "rows of different lengths": [[1, 2], [3]],
    "a list of everything": [1, "a", None, {"b": [2]}, np.zeros(2), float("nan")],
    "a pair of texts": ("a", "b"),
    "a thousand numbers": list(range(1000)),
    "an array without numbers": np.zeros((0, 3)),
    "an array of six axes": np.zeros((1, 2, 1, 2, 1, 2)),
    "an array of NaN": np.full((3, 3), np.nan),
    "an array of infinities": np.full((2, 5), -np.inf),
    "an array of the largest numbers": np.full((3, 3), np.finfo(float).max),
    "an array of whole numbers": np.full((2, 2), np.iinfo(np.int64).min),
    "an array of unsigned numbers": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "an array of half precision": np.ones((2, 2), np.float16),
    "an array of truths": np.ones((2, 3), bool),
    "an array of texts": np.array([["a", "b"]]),
    "an array of complex numbers": np.ones((3, 3), complex),
    "an array of no axes": np.array(3.0),
    "a large array": np.zeros((1000, 1500)),
    "a list of arrays": [np.zeros(2), np.ones((3, 3))],
    "an error": Answer(error="ValueError: 31337"),
    "an error without a kind": Answer(error="31337"),
}
EVERY = [one for path in SETS for one in exercises(path.name[:2])]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
@pytest.mark.filterwarnings("ignore")  # as in marking
def test_no_judge_stumbles_over_strange_data(one: Any):
    cases, stumbled = find_cases(one, "ada", secret=SECRET), {}
    for name, strange in STRANGE.items():
        answers = [strange if isinstance(strange, Answer) else Answer(strange)] * len(cases)
        try:
            findings = find_findings(one, cases, answers)
        except Exception as error:
            stumbled[name] = f"{type(error).__name__}: {error}"
            continue
        if all(found.passed for found in findings):
            stumbled[name] = "passes"
        if any("31337" in found.message for found in findings):
            stumbled[name] = "is shown"
    assert stumbled == {}


def test_strange_data_are_wrong_and_no_fault_and_no_warning(small: Assignment):
    for strange in STRANGE.values():
        marks = mark(handed_in(), small, OpenRoom(answered(strange)), secret=SECRET)
        assert (marks.points, marks.faulty) == (0, False)
