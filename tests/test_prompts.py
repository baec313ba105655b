"""Tests of predictions and quizzes, as far as Python goes; what happens in the page is tested in ``browser/``."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from cnncourse import quizzes
from cnncourse.prompts import Prompt, predict, quiz
from cnncourse.quizzes import find_quiz, read_quizzes
from cnncourse.quizzes._fields import read_rows

TEXTS = """
[output-size]
kind = "number"
question = "A 3 × 3 kernel on a 7 × 5 image, no padding: what is the shape of the answer?"
answer = "5x3"
because = "7 − 3 + 1 and 5 − 3 + 1."
wrong = { "7x5" = "That needs padding.", "4 2" = "You forgot the + 1." }

[edge-sum]
kind = "single"
question = "What does an *edge* kernel answer on a wall?"
hint = "Its weights sum to 0."
choices = [
  { text = "The grey of the wall", why = "Weights that sum to 1 do that." },
  { text = "0 everywhere", right = true, why = "The same number times 0." },
]

[linear]
kind = "multiple"
question = "Which are weighted sums?"
choices = [
  { text = "Average", right = true, why = "Equal weights.", missed = "What are the weights of an average?" },
  { text = "Largest value", why = "Its weights change with the picture." },
  { text = "Difference", right = true, why = "Weights −1 and 1." },
]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "02_by_hand.toml").write_text(TEXTS, encoding="utf-8")
    monkeypatch.setattr(quizzes.find_quiz, "__defaults__", (tmp_path,))
    return tmp_path


def unsealed(prompt: Prompt) -> dict[str, Any]:
    return json.loads(base64.b64decode(prompt.sealed))


# --- predictions ----------------------------------------------------------------------------------------------------


def test_the_answer_is_computed_once_when_the_cell_runs():
    calls: list[str] = []
    prompt = predict("how many?", reveal=lambda: calls.append("called") or 12)
    prompt._repr_mimebundle_()
    assert calls == ["called"]
    assert unsealed(prompt)["answer"] == [[12.0]]


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        (5, [[5]]),
        (np.float32(0.25), [[0.25]]),
        (np.int64(-4), [[-4]]),
        ((5, 3), [[5, 3]]),
        (np.zeros((7, 4)).shape, [[7, 4]]),
        (np.array([[0, 1, 3], [1, 1, 1]]), [[0, 1, 3], [1, 1, 1]]),
        (np.uint8(200), [[200]]),
    ],
)
def test_numbers_shapes_and_small_matrices_can_be_predicted(answer: Any, rows: list[list[float]]):
    assert unsealed(predict("what?", reveal=answer))["answer"] == rows


@pytest.mark.parametrize("answer", [True, np.bool_(True), np.float64(1) == 1])
def test_true_and_false_are_picked_and_not_typed(answer: Any):
    prompt = predict("is it so?", reveal=answer)
    assert (prompt.kind, prompt.choices, unsealed(prompt)["right"]) == ("single", ["true", "false"], [0])


def test_a_choice_is_told_by_its_words_even_where_it_is_a_number():
    prompt = predict("which kernel size wins?", reveal=lambda: 7, choices=[3, 5, 7])
    assert (prompt.choices, unsealed(prompt)["right"]) == (["3", "5", "7"], [2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reveal": np.zeros((20, 30))}, r"shape \(20, 30\).*corner or the shape"),
        ({"reveal": np.zeros((1, 5, 5))}, r"shape \(1, 5, 5\)"),
        ({"reveal": []}, r"shape \(0,\)"),
        ({"reveal": float("nan")}, "finite"),
        ({"reveal": "replicate"}, r"give choices=\["),
        ({"reveal": [[1, 2], [3]]}, "expected numbers"),
        ({"reveal": None}, "expected numbers"),
        ({"reveal": 1j}, "expected numbers"),
        ({"reveal": "edge", "choices": ["zeros", "reflect"]}, "'edge' is not among the choices"),
        ({"reveal": "zeros", "choices": ["zeros"]}, "two or more choices"),
        ({"reveal": "a", "choices": ["a", "a"]}, "two or more choices that differ"),
        ({"reveal": 3, "tolerance": -0.1}, "0 or more, got -0.1"),
    ],
)
def test_an_answer_that_nobody_can_give_is_refused_with_advice(options: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        predict("what?", **options)


def test_a_failing_reveal_says_which_question_and_keeps_its_own_error():
    with pytest.raises(
        RuntimeError, match="the answer to 'top-left sum' could not be computed: ZeroDivisionError"
    ) as info:
        predict("top-left sum", reveal=lambda: 1 / 0)
    assert isinstance(info.value.__cause__, ZeroDivisionError)


def test_a_reveal_that_misses_a_name_advises_to_run_the_cells_above():
    with pytest.raises(RuntimeError, match="run the cells above first"):
        predict("sum", reveal=lambda: missing_image.sum())  # noqa: F821


def test_the_answer_stands_nowhere_in_plain_text():
    prompt = predict("weights at 256 × 256?", reveal=1310720, because="It is 65536 × 20.", unit="weights")
    seen = json.dumps([prompt.get_state(), prompt._repr_mimebundle_()], default=str)
    assert "1310720" not in seen
    assert "65536" not in seen
    assert unsealed(prompt)["because"] == "It is 65536 × 20."


def test_viewers_without_widgets_read_the_question_and_its_choices():
    prompt = predict("is `a < b` *always* so?", reveal=True, choices=[True, False])
    data, _ = prompt._repr_mimebundle_()
    assert data["text/plain"] == "Predict: is `a < b` *always* so?\n  ( ) true\n  ( ) false"
    assert (
        "<summary><strong>Predict</strong>: is <code>a &lt; b</code> <em>always</em> so?</summary>" in data["text/html"]
    )
    assert "<li>true</li><li>false</li>" in data["text/html"]
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == prompt.model_id


def test_a_text_cannot_become_markup():
    data, _ = predict("<img src=x onerror=alert(1)> 2 * 3 * 4", reveal=24)._repr_mimebundle_()
    assert "&lt;img src=x onerror=alert(1)&gt; 2 * 3 * 4" in data["text/html"]


def test_run_all_does_not_wait_for_anyone():
    cells = [
        nbformat.v4.new_code_cell("from cnncourse.prompts import predict\npredict('sum?', reveal=lambda: 6**7)"),
        nbformat.v4.new_code_cell("print('went on')"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=True).execute()
    assert notebook.cells[1].outputs[0].text == "went on\n"
    assert "application/vnd.jupyter.widget-view+json" in notebook.cells[0].outputs[0].data
    assert str(6**7) not in nbformat.writes(notebook)


# --- quizzes --------------------------------------------------------------------------------------------------------


def test_a_quiz_is_found_by_lesson_and_name(folder: Path):
    prompt = quiz("02-edge-sum")
    assert prompt.choices == ["The grey of the wall", "0 everywhere"]
    assert prompt.hint == "Its weights sum to 0."
    assert unsealed(prompt)["right"] == [1]
    assert repr(prompt).startswith("Check yourself: What does an *edge* kernel")


def test_reasons_and_answers_of_a_quiz_travel_sealed(folder: Path):
    seen = json.dumps(
        [[quiz(name).get_state(), repr(quiz(name))] for name in ("02-output-size", "02-linear")], default=str
    )
    for secret in ("needs padding", "7 − 3 + 1", "Equal weights", '"right"', "5.0"):
        assert secret not in seen.replace("\\u2212", "−")


def test_wrong_numbers_keep_their_reasons(folder: Path):
    secret = unsealed(quiz("02-output-size"))
    assert secret["answer"] == [[5, 3]]
    assert secret["wrong"] == [[[[7, 5]], "That needs padding."], [[[4, 2]], "You forgot the + 1."]]


def test_an_unknown_quiz_suggests_the_nearest(folder: Path):
    with pytest.raises(ValueError, match=r"no quiz is called '02-ouput-sizes'; did you mean '02-output-size'\?"):
        quiz("02-ouput-sizes")


def test_an_unknown_quiz_unlike_all_lists_those_of_the_lesson(folder: Path):
    with pytest.raises(ValueError, match="there are 02-output-size, 02-edge-sum, 02-linear"):
        quiz("02-zzzzzzzzzzzzzzzzzzzz")


def test_a_broken_file_of_another_lesson_does_no_harm(folder: Path):
    (folder / "05_pooling.toml").write_text("[broken", encoding="utf-8")
    assert find_quiz("02-linear", folder).kind == "multiple"


def test_a_quiz_says_which_objectives_it_asks_about(tmp_path: Path):
    path = tmp_path / "02_by_hand.toml"
    path.write_text(TEXTS.replace('kind = "single"', 'kind = "single"\nobjectives = [4, 2]'), encoding="utf-8")
    found = read_quizzes(path)
    assert found["02-edge-sum"].objectives == (4, 2)
    assert found["02-linear"].objectives == ()


def test_all_packaged_quizzes_are_in_order():
    files = sorted(quizzes.FOLDER.glob("*.toml"))
    names = [name for path in files for name in read_quizzes(path)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("5", ((5,),)),
        ("-4", ((-4,),)),
        ("−4", ((-4,),)),
        ("1/9", ((1 / 9,),)),
        ("5x3", ((5, 3),)),
        ("5 × 3", ((5, 3),)),
        ("0.5 2e-3", ((0.5, 0.002),)),
        ("0 1 3 / 1 1 1", ((0, 1, 3), (1, 1, 1))),
    ],
)
def test_a_file_writes_numbers_in_one_way(text: str, rows: tuple[tuple[float, ...], ...]):
    assert read_rows(text) == rows


@pytest.mark.parametrize("text", ["", "five", "5,5", "1/0", "0 1 / 2", "1/9/2", "nan"])
def test_a_file_may_not_leave_numbers_open_to_interpretation(text: str):
    with pytest.raises(ValueError, match=r"cannot read|divides by zero"):
        read_rows(text)


NUMBER = 'kind = "number"\nquestion = "How many?"\nbecause = "So."\n'
SINGLE = 'kind = "single"\nquestion = "Which?"\n'
RIGHT, WRONG = '{ text = "a", right = true, why = "w" }', '{ text = "b", why = "w" }'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('question = "Which?"', "kind: this key is missing"),
        ('kind = "essay"\nquestion = "Why?"', r'kind: expected "single" or "multiple" or "number", got \'essay\''),
        ('kind = "number"\nquestion = " "', "question: expected a text"),
        (NUMBER, "answer: this key is missing"),
        (NUMBER + "answer = true", "answer: expected numbers"),
        (NUMBER + "objectives = 3", "objectives: expected a list of different whole numbers from 1 on, got 3"),
        (NUMBER + "objectives = [0]", r"objectives: expected a list .*, got \[0\]"),
        (NUMBER + "objectives = [1, 1]", r"objectives: expected a list .*, got \[1, 1\]"),
        (NUMBER + "objectives = [true]", r"objectives: expected a list .*, got \[True\]"),
        (NUMBER + 'answer = "5,5"', "answer: expected numbers.*cannot read"),
        (NUMBER + "answer = [[1, 2], [3]]", "answer: expected numbers.*equal length"),
        (NUMBER + "answer = inf", "answer: expected numbers.*finite"),
        (NUMBER + "answer = 5\ntolerance = -1", "tolerance: expected a number, 0 or more, got -1"),
        (NUMBER + 'answer = 5\nwrong = { six = "no" }', "wrong: cannot read 'six'"),
        (NUMBER + 'answer = 5\nwrong = { "5.0" = "no" }', "wrong: expected answers other than the right one"),
        (NUMBER + 'answer = 5\nwrong = { "6" = "a", "6.0" = "b" }', "every wrong answer once"),
        (NUMBER + 'answer = 5\nwrong = { "6" = "" }', "wrong, 6: expected a text"),
        (NUMBER + 'answer = 5\notherwize = "no"', "otherwize: no such key here; there are .*otherwise"),
        ('kind = "number"\nquestion = "How many?"\nanswer = 5', "because: this key is missing"),
        (SINGLE, "choices: this key is missing"),
        (SINGLE + "choices = 3", "choices: expected a list"),
        (SINGLE + f"choices = [{RIGHT}]", "choices: expected 2 to 6 choices, got 1"),
        (SINGLE + f"choices = [{WRONG}, {WRONG}]", "choices: expected exactly one choice with right = true, got 0"),
        (SINGLE + f"choices = [{RIGHT}, {RIGHT}]", "choices: expected exactly one choice with right = true, got 2"),
        (SINGLE + f"choices = [{RIGHT}, {WRONG}, {WRONG}]", "choices: expected choices that differ"),
        (SINGLE + f'choices = [{RIGHT}, {{ text = "b" }}]', "choices 2, why: this key is missing"),
        (SINGLE + f'choices = [{RIGHT}, {{ text = "b", why = "w", right = "no" }}]', "right: expected true or false"),
        (SINGLE + f'choices = [{RIGHT}, {{ text = "b", why = "w", reason = "r" }}]', "reason: no such key here"),
        (SINGLE + f'choices = [{RIGHT}, {{ text = "b", why = "w", missed = "m" }}]', "missed: expected it on right"),
        (SINGLE + f"choices = [{RIGHT}, {WRONG}]\nanswer = 3", "answer: no such key here"),
    ],
)
def test_a_slip_in_a_quiz_file_is_named_with_file_quiz_and_key(tmp_path: Path, body: str, message: str):
    path = tmp_path / "03_filters.toml"
    path.write_text(f"[corners]\n{body}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"(?s)03_filters\.toml, \[corners\], .*{message}"):
        read_quizzes(path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("03_filters.toml", "[corners", "03_filters.toml is not TOML"),
        ("03_filters.toml", "[Corners_]", r"\[Corners_\]: a quiz is named in lower-case"),
        ("03_filters.toml", "corners = 3", r"\[corners\]: expected a table"),
        ("filters.toml", "", "expected two digits"),
    ],
)
def test_a_file_that_is_no_quiz_file_is_refused(tmp_path: Path, name: str, text: str, message: str):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_quizzes(tmp_path / name)
