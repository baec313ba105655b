"""Tests of what happens to an honest answer, and to an honest mistake, in the process that runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cnncourse.checks import Answer, Case
from cnncourse.grading import _learner
from cnncourse.grading.sandbox import Session, Trust
from tests.grading.rooms import limits, task

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="answers run in processes that are forked")


@pytest.fixture(scope="module")
def room() -> Iterator[Session]:
    # The runner is the same with and without walls; these answers mean no harm, so the tests run on every system.
    with Trust().session(limits(memory=2**31)) as session:
        yield session


def only(room: Session, answer: str, *arguments: object, **options: object) -> Answer:
    """Run an answer that is expected to end well, with one case; return what came of it."""
    outcome = room.run(task(answer, *arguments, **options))
    assert (outcome.state, outcome.message) == ("answered", "")
    (one,) = outcome.answers
    return one


def refused(room: Session, answer: str, **options: object) -> str:
    """Run an answer that cannot be tried; return what is said about it."""
    outcome = room.run(task(answer, **options))
    assert outcome.state == "student error"
    assert outcome.answers == []
    return outcome.message


# --- what comes back ------------------------------------------------------------------------------------------------


def test_a_function_is_called_with_each_case(room: Session):
    cases = [Case((3,)), Case((4,), {"stride": 2}), Case((), {"side": 5, "stride": 3})]
    outcome = room.run(task("def answer(side, stride=1):\n    return side * stride", cases=cases))
    assert [one.value for one in outcome.answers] == [3, 8, 15]
    assert outcome.seconds > 0


def test_a_value_may_use_the_numbers_given(room: Session):
    answer = "numbers = given('02-tried')\nanswer = numbers['side'] + numbers['padding']"
    cases = [Case(keywords={"side": 7, "padding": 2})]
    assert only(room, answer, kind="value", cases=cases) == Answer(9)


def test_a_function_is_given_no_numbers(room: Session):
    assert "no numbers are given" in refused(room, "given('02-tried')\ndef answer(x): return x")


def test_arrays_come_back_with_type_and_shape(room: Session):
    value = only(room, "def answer(a):\n    return a.T[::-1]", np.arange(6, dtype=np.uint8).reshape(2, 3)).value
    assert value.dtype == np.uint8
    np.testing.assert_array_equal(value, [[2, 5], [1, 4], [0, 3]])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("None", None),
        ("np.float32(0.5)", 0.5),
        ("(1, [2.5, 'é'], {'n': True})", (1, [2.5, "é"], {"n": True})),
        ("1 + 2j", 1 + 2j),
    ],
)
def test_plain_data_comes_back(room: Session, made: str, expected: object):
    value = only(room, f"answer = {made}", kind="value").value
    assert (type(value), value) == (type(expected), expected)


def test_nan_and_infinity_come_back_as_they_are(room: Session):
    value = only(room, "answer = (np.array([np.nan, np.inf]), float('nan'))", kind="value").value
    np.testing.assert_array_equal(value[0], [np.nan, np.inf])
    assert np.isnan(value[1])


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ("object()", "expected a number, text or array, got object"),
        ("{1, 2}", "got set"),
        ("np.array([1, None])", "dtype object"),
        ("(n for n in [1])", "got generator"),
    ],
)
def test_what_is_no_data_is_named(room: Session, made: str, says: str):
    error = only(room, f"answer = {made}", kind="value").error
    assert error.startswith("the result is no data that can be compared")
    assert says in error


def test_too_large_an_answer_is_named(room: Session):
    error = only(room, "def answer(n):\n    return np.zeros(30_000_000)").error
    assert "an array of 240,000,000 bytes, more than 16,777,216" in error


def test_each_case_has_its_own_answer_and_its_own_error(room: Session):
    outcome = room.run(task("def answer(n):\n    return 12 // n", 4, 0, 3))
    assert [one.value for one in outcome.answers] == [3, None, 4]
    assert [one.error for one in outcome.answers] == [
        "",
        "ZeroDivisionError: integer division or modulo by zero (line 2)",
        "",
    ]


def test_a_probe_makes_data_of_what_is_none(room: Session):
    probe = "def probe(network, x):\n    import math\n    return math.floor(network.double(x))"
    answer = "class Net:\n    def double(self, x):\n        return 2 * x\nanswer = Net()"
    assert only(room, answer, 2.75, probe=probe).value == 5


def test_an_error_within_a_probe_names_the_learners_line(room: Session):
    probe = "def probe(network, x):\n    return network.double(x)"
    answer = "class Net:\n    def double(self, x):\n        return 1 / 0\nanswer = Net()"
    assert only(room, answer, probe=probe).error == "ZeroDivisionError: division by zero (line 3)"


# --- inputs and chance ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "changed"),
    [("return a.sum()", False), ("a[0, 1] = 9; return 1", True), ("a += 0; return 1", False), ("a.sort(); 1/0", True)],
)
def test_changing_the_input_is_noticed(room: Session, body: str, changed: bool):
    assert only(room, f"def answer(a):\n    {body}", np.array([[3.0, 1.0], [2.0, np.nan]])).changed is changed


def test_changing_a_list_that_was_handed_over_is_noticed(room: Session):
    assert only(room, "def answer(sizes):\n    sizes.append(print)\n    return 1", [3, 4]).changed


def test_a_case_never_sees_what_an_earlier_one_changed(room: Session):
    shared = np.array([1.0, 2.0])
    outcome = room.run(task("def answer(a):\n    a += 1\n    return a[0]", shared, shared))
    assert [one.value for one in outcome.answers] == [2.0, 2.0]
    assert shared.tolist() == [1.0, 2.0]


def test_chance_depends_on_the_seed_alone(room: Session):
    drawn = "import random\nanswer = (random.random(), np.random.rand())"
    first, again = (only(room, drawn, kind="value", seed=5).value for _ in range(2))
    other = only(room, drawn, kind="value", seed=6).value
    assert first == again
    assert first != other
    assert first[1] == np.random.RandomState(5).rand()


def test_an_exercise_knows_nothing_of_the_one_before(room: Session):
    only(room, "import math, os\nmath.pi = 3\nopen('left', 'w').close()\nkept = 1\nanswer = 1", kind="value")
    after = "import math, os\nanswer = (math.pi, 'kept' in globals(), os.listdir('.'))"
    assert only(room, after, kind="value").value == (np.pi, False, [])


# --- what is said ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("def answer(x)\n    return x", "SyntaxError: expected ':' (line 1)"),
        ("x = 1\nx = undefined + 1\nanswer = abs", "NameError: name 'undefined' is not defined (line 2)"),
        ("def help(x):\n    return x / 0\n\nhelp(1)", "ZeroDivisionError: division by zero (line 2)"),
        ("anwser = 3", "gives nothing the name 'answer'; keep that name"),
        ("import sys\nsys.exit('done')", "leave exit(), quit() and sys.exit() out (line 2)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt (line 1)"),
        ("x = input('n? ')", "nobody does here; put the value into the cell instead (line 1)"),
        ("import os\nos._exit(0)", "Python ended before there was an answer"),
        ("import os\nos.kill(os.getpid(), 11)", "ended by signal 11"),
        ("answer = '\0'", "null bytes"),
        ("raise ValueError('x' * 10_000)", "… (line 1)"),
        (
            "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
            "E: without a readable message (line 3)",
        ),
        ("\ud800", "SyntaxError"),
    ],
)
def test_a_cell_that_fails_is_told_why_and_where(room: Session, cell: str, says: str):
    message = refused(room, cell)
    assert says in message
    assert len(message) < 600


def test_what_is_no_function_is_named(room: Session):
    assert only(room, "answer = 5").error == "TypeError: 'answer' should be a function, but it is an int"


def test_a_given_cell_that_fails_is_the_graders_fault(room: Session):
    outcome = room.run(task("answer = 1", given="import no_such_module", kind="value"))
    assert outcome.state == "grader fault"
    assert "the given cells fail: ModuleNotFoundError" in outcome.message


def test_a_given_cell_that_never_ends_is_the_graders_fault(room: Session):
    outcome = room.run(task("answer = 1", given="while True: pass", kind="value", seconds=0.5))
    assert outcome.state == "grader fault"
    assert "the given cells do not run: no result after 0.5 seconds" in outcome.message


def test_inputs_that_cannot_be_sent_are_the_graders_fault(room: Session):
    outcome = room.run(task("answer = abs", object()))
    assert outcome.state == "grader fault"
    assert "the cases of '02-tried' cannot be sent" in outcome.message


def test_warnings_and_progress_bars_are_no_errors(room: Session):
    cell = (
        "import sys, warnings\nfrom tqdm import tqdm\ndef answer(n):\n"
        "    warnings.warn('odd')\n    print('trouble', file=sys.stderr)\n    return sum(tqdm(range(n)))"
    )
    outcome = room.run(task(cell, 4))
    assert [one.value for one in outcome.answers] == [6]
    assert "UserWarning: odd" in outcome.printed
    assert "100%" in outcome.printed


def test_the_beginning_of_what_is_printed_is_kept(room: Session):
    outcome = room.run(task("print('first')\nfor _ in range(200):\n    print('é' * 1000)\nanswer = 1", kind="value"))
    assert outcome.printed.startswith("first\nééé")
    assert len(outcome.printed.encode()) <= limits().printed_bytes + 3


def test_commands_of_the_notebook_are_passed_over(room: Session):
    cell = "%matplotlib inline\n!ls\nif True:\n    %time\n    answer = 7 % 4\nabs?\ndisplay(answer)\ncheck('x', answer)"
    assert only(room, cell, kind="value").value == 3


def test_a_percent_sign_in_correct_python_is_left_alone(room: Session):
    assert only(room, "answer = (17\n% 5)", kind="value").value == 2


def test_classes_and_data_classes_work_as_in_a_notebook(room: Session):
    cell = (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
        "def answer(n):\n    import inspect\n    return P(n).x, 'def answer' in inspect.getsource(answer), __name__"
    )
    assert only(room, cell).value == (3, True, "__main__")


def test_a_short_time_for_all_exercises_ends_the_submission():
    with Trust().session(replace(limits(memory=2**31), total_seconds=0.6)) as room:
        first = room.run(task("while True: pass"))
        second = room.run(task("answer = abs"))
    assert first.state == second.state == "time-out"
    assert "no result after 0.6 seconds" in first.message
    assert "used up before this exercise" in second.message


def test_answers_finished_before_the_time_is_over_are_kept(room: Session):
    outcome = room.run(task("def answer(n):\n    while n == 2: pass\n    return n", 1, 2, 3, seconds=1.5))
    assert outcome.state == "time-out"
    assert [one.value for one in outcome.answers] == [1]


def test_a_line_is_found_however_deep_the_error_lies():
    with pytest.raises(SyntaxError) as caught:
        compile("x =", _learner.ANSWER, "exec")
    assert _learner.describe(caught.value) == "SyntaxError: invalid syntax (line 1)"
