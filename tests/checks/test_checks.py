"""Tests of the learner's desk: feedback, hints, own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncourse import checks
from cnncourse.checks import Answer, Case, CheckFailed, Exercise, Feedback, Finding, begin, find_cases, find_findings


def made(**changes: Any) -> Exercise:
    """Make an exercise: add up what is given."""
    about: dict[str, Any] = {
        "name": "02-sum", "title": "Add <b>up</b>", "entry": "total", "kind": "function",
        "objectives": (1,), "points": 2,
        "level": "warm-up", "cases": lambda rng: [Case((rng.integers(0, 100, (2, 3)),))],
        "judge": lambda cases, answers: [Finding(answers[0].value == cases[0].arguments[0].sum(), "Added up?")],
    }  # fmt: skip
    return Exercise(**{**about, **changes})


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str]) -> checks.Desk:
    """Return the desk of lesson 02."""
    return begin("02", student="ada")


def test_a_right_answer_is_confirmed(desk: checks.Desk, capsys: pytest.CaptureFixture[str]):
    mine = desk.given("02-one-place")
    desk.check("02-one-place", int((mine["window"] * mine["kernel"]).sum()))
    assert "✓ One place by hand" in capsys.readouterr().out


def test_a_wrong_answer_gets_its_reason_and_stops_the_cell(desk: checks.Desk, capsys: pytest.CaptureFixture[str]):
    mine = desk.given("02-one-place")
    with pytest.raises(CheckFailed) as stopped:
        desk.check("02-one-place", (mine["window"] * mine["kernel"]).mean())
    assert "That is the mean of the nine products." in capsys.readouterr().out
    assert len(stopped.value._render_traceback_()) == 1, "no traceback hides the reason"


def test_hints_come_one_at_a_time_and_the_last_one_stays(desk: checks.Desk, capsys: pytest.CaptureFixture[str]):
    count = len(checks.exercise("02-one-place").hints)
    for turn in range(1, count + 2):
        desk.hint("02-one-place")
        assert capsys.readouterr().out.count("Hint ") == min(turn, count)


def test_numbers_are_the_learners_own_and_stay_so():
    ada, again, bob = (begin("02", student=name).given("02-one-place") for name in ("ada", " Ada ", "bob"))
    assert np.array_equal(ada["window"], again["window"])
    assert not np.array_equal(ada["window"], bob["window"])


def test_a_course_server_knows_who_you_are(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    mine = begin("02").given("02-one-place")
    assert np.array_equal(mine["kernel"], begin("02", student="ada").given("02-one-place")["kernel"])


def test_unknown_names_are_told_the_nearest_one():
    with pytest.raises(ValueError, match="did you mean '02-one-place'"):
        checks.exercise("02-oneplace")
    with pytest.raises(ValueError, match="a lesson out of 01"):
        begin("99")


def test_everything_in_feedback_is_escaped():
    finding = Finding(False, "<script>1</script>", detail="<img onerror=1>")
    shown = Feedback(made(), [finding])._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown


def test_the_detail_of_what_is_right_is_not_shown():
    assert "secret" not in repr(Feedback(made(), [Finding(True, "Right.", detail="secret")]))


def test_hidden_cases_cannot_be_had_without_the_secret():
    def draw(**about: Any) -> Any:
        return find_cases(made(), **about)[0].arguments[0].tolist()

    assert draw() == draw(student="bob"), "public cases are the same for all"
    assert draw(secret=b"a") != draw(secret=b"b")
    assert draw(secret=b"a", student="ada") != draw(secret=b"a", student="bob")


def test_a_judge_whose_shares_do_not_add_up_is_found():
    half = made(judge=lambda cases, answers: [Finding(True, "half", share=0.5)])
    with pytest.raises(ValueError, match="shares of 02-sum"):
        find_findings(half, [Case()], [Answer(1)])
    with pytest.raises(ValueError, match="an answer for each"):
        find_findings(made(), [Case()], [])


def test_what_goes_past_a_probe_is_wrong_and_what_breaks_a_judge_otherwise_is_a_fault():
    def judge(cases: Any, answers: Any) -> list[Finding]:
        return [Finding(answers[0].value["weights"] == 1, "Weighed.")]

    probed = made(judge=judge, probe=lambda entry, image: {"weights": 1})
    (finding,) = find_findings(probed, [Case()], [Answer("forged")])
    assert not finding.passed
    assert "form of an answer" in finding.message
    with pytest.raises(TypeError):
        find_findings(made(judge=judge), [Case()], [Answer("odd")])


def test_what_a_function_does_to_its_inputs_and_its_errors_are_seen():
    def spoil(image: np.ndarray) -> int:
        image[0, 0] = -1
        return 0

    def stop(image: np.ndarray) -> int:
        raise KeyError("there")

    exercise = made()
    cases = find_cases(exercise)
    before = cases[0].arguments[0].copy()
    assert checks.try_out(exercise, spoil, cases) == [Answer(0, changed=True)]
    assert np.array_equal(cases[0].arguments[0], before), "others still get the original"
    assert "KeyError: 'there' (line" in checks.try_out(exercise, stop, cases)[0].error
    assert "expected a function, got int" in checks.try_out(exercise, 3, cases)[0].error


def test_a_probe_turns_what_is_no_data_into_data():
    exercise = made(probe=lambda entry, image: entry["scale"] * image.sum())
    (answer,) = checks.try_out(exercise, {"scale": 2}, [Case((np.ones((1, 3)),))])
    assert answer.value == 6


def test_tensors_count_as_arrays():
    torch = pytest.importorskip("torch")
    (answer,) = checks.try_out(made(), lambda image: [torch.ones(2, requires_grad=True)], [Case((1,))])
    assert answer.value[0].tolist() == [1, 1]
