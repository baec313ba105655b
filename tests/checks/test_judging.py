"""Tests of what judges have in common: kinds and shapes, numbers, slips, and words that give nothing away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncourse.checks import exercise, find_cases, find_findings, try_out
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, brief, compare, find_fault, matches, show

CASES = [Case((np.array([[1.0, 2.0, 3.0]]),), note="one row"), Case((np.array([[1.0], [5.0]]),), note="one column")]
SLIPS = [Slip("Columns were added.", lambda image: image.sum(0)), Slip("It breaks down.", lambda image: image / "a")]


def rows(image: np.ndarray) -> np.ndarray:
    """Add up each row."""
    return np.asarray(image.sum(axis=1))


def judge(*values: Any, **about: Any) -> Finding:
    """Judge values that should be sums of rows."""
    answers = [value if isinstance(value, Answer) else Answer(value) for value in values]
    (finding,) = compare(CASES, answers, rows, what="the sum of rows", slips=SLIPS, **about)
    return finding


def test_right_answers_pass_as_lists_and_arrays_of_any_type():
    assert judge(np.array([6.0]), np.array([1.0, 5.0])).passed
    assert judge([6], (1, 5)).passed
    assert judge(np.float32([6]), np.int8([1, 5])).passed


def test_a_slip_is_named_when_it_explains_every_answer():
    finding = judge(np.array([1.0, 2.0, 3.0]), np.array([6.0]))
    assert finding.message == "Columns were added."


def test_a_slip_that_explains_only_some_answers_is_not_named():
    finding = judge(np.array([6.0]), np.array([6.0]))
    assert "Columns" not in finding.message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "None"),
        ("6", "got text"),
        ({"a": 6}, "a dict"),
        ([[6], [1, 2]], "a list"),
        (np.array([object()]), "Expected numbers"),
        (6.0, "an array of 1 axes"),
        (np.array([[6.0]]), "an array of 1 axes"),
        (np.array([6.0, 7.0]), "shape"),
        (np.array([np.nan]), "NaN"),
        (np.array([6.1]), "one row"),
    ],
)
def test_what_is_no_right_answer_is_told_why(value: Any, message: str):
    finding = judge(value, np.array([1.0, 5.0]))
    assert not finding.passed
    assert message in finding.message


def test_a_message_shows_no_input_no_value_and_nothing_that_the_code_chose():
    for value in (np.full(7, 12345.0), np.array([98765.0]), Answer(error="Hidden12345: [[1. 2. 3.]] (line 2)")):
        finding = judge(value, np.array([1.0, 5.0]))
        assert not any(number in finding.message for number in ("12345", "98765", "1. 2.", "7"))


def test_the_detail_shows_the_smallest_input_that_fails_with_what_came():
    finding = judge(np.array([6.0]), np.array([1.0, 4.0]))
    assert "[5.]" in finding.detail
    assert "[1. 4.]" in finding.detail
    assert "1 of 2 values are wrong, the first at [1]" in finding.detail
    assert "5." not in finding.detail.split("You gave:")[1].replace("[1. 4.]", ""), "never the answer"


def test_changed_inputs_are_noticed_in_right_answers_too():
    finding = judge(Answer(np.array([6.0]), changed=True), np.array([1.0, 5.0]))
    assert not finding.passed
    assert "changes its inputs" in finding.message


def test_several_values_are_compared_one_by_one():
    def both(image: np.ndarray) -> tuple[float, str]:
        return float(image.sum()), "sum"

    def verdict(value: Any) -> Finding:
        (finding,) = compare(CASES[:1], [Answer(value)], both, what="the pair")
        return finding

    assert verdict((6, "Sum ")).passed
    assert verdict([6.0, "sum"]).passed
    assert "2 values" in verdict((6,)).message
    assert "2 values" in verdict(6).message
    assert "value 2 of the pair" in verdict((6, 7)).message
    assert not verdict((7, "sum")).passed


@pytest.mark.parametrize(
    ("value", "expected", "equal"),
    [
        (1.0 + 1e-9, 1, True),
        (1.001, 1, False),
        (True, 1, True),
        (np.nan, np.nan, True),
        ("Horse ", "horse", True),
        (1, "1", False),
        ([1, 2], (1, 2), True),
        (np.array([1, 2]), [1, 2], True),
        ([[1], 2], (1, 2), False),
        (float("inf"), 1e300, False),
        (10**400, 1.0, False),
    ],
)
def test_data_match_up_to_the_last_digits(value: Any, expected: Any, equal: bool):
    assert matches(value, expected) is equal


def test_errors_are_cut_to_kind_and_line():
    assert brief("ZeroDivisionError: division by zero (line 12)") == "a ZeroDivisionError in line 12"
    assert brief("Leak[[1, 2]]: x (line 3)") == "an error in line 3"
    assert brief("print: x") == "an error"
    assert brief("IndexError") == "an IndexError"


def test_a_stub_that_still_stands_is_no_error():
    assert find_fault(Answer(error="NotImplementedError:  (line 2)"), 1, "the sum") == "There is no answer here yet."


def test_the_detail_names_the_arguments_as_the_right_way_does():
    def places(size: int, stride: int) -> int:
        return size // stride

    def detail(right: Any) -> str:
        (finding,) = compare([Case((28, 3))], [Answer(2)], right, what="the number")
        return finding.detail

    assert detail(places).startswith("Tried with:\nsize = 28\nstride = 3\nYou gave:\n2")
    assert "argument 1 = 28\nargument 2 = 3" in detail(lambda *given: places(*given))
    assert "image = [[1. 2. 3.]]" in judge(np.array([5.0]), np.array([1.0, 5.0])).detail


def test_values_side_by_side_are_shown_as_such():
    assert show((3, 2, True)) == "(3, 2, True)"
    assert show((np.float64(2.5),)) == "(2.5,)"
    assert show([(3, 1), (2, 2)]) == "[(3, 1), (2, 2)]"
    assert show([("pooling", 2)]) == "[('pooling', 2)]"
    assert show((np.array([[1], [2]]), 3)) == "([[1]\n [2]],\n3)"
    assert show([[1, 2], [3, 4]]) == "[[1 2]\n [3 4]]"


@pytest.mark.parametrize("parts", ["lazy", "shared"])
def test_a_network_passes_with_lazy_layers_and_with_one_relu_used_again(parts: str):
    nn = pytest.importorskip("torch.nn")
    bend = nn.ReLU()
    dense = nn.LazyLinear(20) if parts == "lazy" else nn.Linear(12 * 3 * 5, 20)
    front = nn.Sequential(nn.Conv2d(3, 6, 5, stride=2), bend, nn.Conv2d(6, 12, 3), bend)
    network = nn.Sequential(front, nn.MaxPool2d(2), nn.Flatten(), dense, bend, nn.Linear(20, 5))
    one = exercise("04-repair")
    cases = find_cases(one)
    assert all(finding.passed for finding in find_findings(one, cases, try_out(one, network, cases)))


def test_large_arrays_are_shown_by_their_shape():
    assert show(np.arange(100.0).reshape(4, 25)) == "array of shape (4, 25), from 0 to 99"
    assert show(np.array(2.5)) == "2.5"
    assert show(np.int64(3)) == "3"
    assert show("text") == "text"


FAINT = [("02-falling-lines", [[2, 1, -2], [-2, 2, -1], [-1, 1, 2]]), ("05-blur", [1, 2, 1])]


@pytest.mark.parametrize(("name", "weights"), FAINT)
def test_what_a_kernel_does_is_not_lost_in_a_tolerance_by_making_it_faint_or_huge(name: str, weights: list[Any]):
    one = exercise(name)
    cases = find_cases(one, "ada")
    for size in (1e-7, 3e-7, 1e-9, 2e-9, 1e300):
        made = np.array(weights) * size
        found = find_findings(one, cases, [Answer(made)])
        assert not any(finding.passed for finding in found), f"{name} passes in part if it is {size:g} times as strong"


@pytest.mark.parametrize("kernel", [[[1j, 0, 0]] * 3, np.full((3, 3), 1j), np.full((3, 3), np.inf)])
def test_weights_that_are_no_real_numbers_are_wrong_and_no_fault_of_the_judge(kernel: Any):
    one = exercise("02-falling-lines")
    (finding,) = find_findings(one, find_cases(one, "ada"), [Answer(kernel)])
    assert (finding.passed, finding.message) == (False, "Expected real and finite weights.")
