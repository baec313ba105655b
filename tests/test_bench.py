"""Tests of what `make bench` prints; what it measures is no test."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from tests.benchmarks.__main__ import chosen, lines, main, measure, subjects

RECORD = {"name": "a sum", "ours": 2.0, "peer": 3.0, "ratio": 1.5, "unit": "ms"}


def module(main_function) -> ModuleType:
    made = ModuleType("made")
    made.main = main_function
    return made


def test_each_record_is_one_line_of_json(capsys):
    assert measure(module(lambda: iter([RECORD, RECORD])))
    printed = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in printed] == [RECORD, RECORD]


def test_a_module_may_print_by_itself():
    assert list(lines(None)) == []


def test_a_record_without_its_peer_is_refused():
    with pytest.raises(ValueError, match="peer is missing"):
        list(lines([{key: value for key, value in RECORD.items() if key != "peer"}]))


def test_a_failing_module_is_reported_and_does_not_raise(capsys):
    assert not measure(module(lambda: 1 / 0))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "ZeroDivisionError" in captured.err


def test_an_unknown_name_is_answered_with_those_there_are(capsys):
    assert main(["nonsense"]) == 2
    assert "convolution" in capsys.readouterr().err


def test_one_subject_can_be_chosen_and_none_means_all():
    assert chosen(["b"], ["a", "b"]) == ["b"]
    assert chosen([], ["a", "b"]) == ["a", "b"]


def test_the_runner_itself_is_no_subject():
    assert "convolution" in subjects()
    assert not any(name.startswith("_") for name in subjects())
