"""Tests of predictions and quizzes where they live: in a page, with a model of four methods and no kernel."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnncourse.prompts import Prompt, predict
from cnncourse.prompts import _prompt as make_prompt
from cnncourse.prompts import _secret as secret_of
from cnncourse.quizzes import Choice, QuizText
from cnncourse.quizzes._fields import read_rows

COUNT = QuizText(
    "02-size", "number", "How many places?", because="7 − 3 + 1 = 5.", answer=((5.0, 5.0),),
    wrong=((((4.0, 4.0),), "You forgot the + 1."), (((7.0, 7.0),), "That needs *padding*.")), otherwise="Count again.",
)  # fmt: skip
SUM = QuizText(
    "02-sum", "single", "An edge kernel on a wall?", hint="Its weights sum to 0.",
    choices=(Choice("Grey", "That is a mean."), Choice("Zero", "They cancel.", True), Choice("White", "Nothing."))
)  # fmt: skip
LINEAR = QuizText(
    "02-linear", "multiple", "Which are weighted sums?", because="Convolution is linear.",
    choices=(
        Choice("Average", "Equal weights.", True, "What are the weights of an average?"),
        Choice("Maximum", "Its weights change."),
        Choice("Difference", "Weights −1 and 1.", True),
    ),
)  # fmt: skip


def asked(text: QuizText) -> Prompt:
    choices = [choice.text for choice in text.choices]
    return make_prompt("quiz", text.kind, text.question, secret_of(text), choices=choices, hint=text.hint)


def call(modules: Any, module: str, name: str, *arguments: Any) -> Any:
    """Call a function of one of the page's modules."""
    return modules.evaluate(
        "async ([module, name, given]) => (await import(`./${module}`))[name](...given)", [module, name, arguments]
    )


def result(page: Any) -> str:
    return page.inner_text("[role=status]")


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def typed(page: Any, text: str) -> str:
    page.fill("input", text)
    page.press("input", "Enter")
    return result(page)


# --- what can be typed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("5", [[5]]),
        (" -4 ", [[-4]]),
        ("−4", [[-4]]),
        ("+4.", [[4]]),
        (".5", [[0.5]]),
        ("0,25", [[0.25]]),
        ("1/9", [[1 / 9]]),
        ("1 / 9", [[1 / 9]]),
        ("-1/9", [[-1 / 9]]),
        ("≈ 0.111", [[0.111]]),
        ("2e-3", [[0.002]]),
        ("10^6", [[1e6]]),
        ("87 %", [[0.87]]),
        ("ln 10", [[math.log(10)]]),
        ("ln(10)", [[math.log(10)]]),
        ("−ln 4", [[-math.log(4)]]),
        ("Ln( 1/4 )", [[math.log(1 / 4)]]),
        ("ln 2, ln 1, 0,5", [[math.log(2), 0, 0.5]]),
        ("1,310,720", [[1310720]]),
        ("1'310'720", [[1310720]]),
        ("9 pixels", [[9]]),
        ("12 weights", [[12]]),
        ("5x3", [[5, 3]]),
        ("5 X 3", [[5, 3]]),
        ("5×3×2", [[5, 3, 2]]),
        ("5 by 3", [[5, 3]]),
        ("(5, 3)", [[5, 3]]),
        ("(5,)", [[5]]),
        ("5 3", [[5, 3]]),
        ("[5, 3]", [[5, 3]]),
        ("0,5, 0,25", [[0.5, 0.25]]),
        ("0 1 3 / 1 1 1", [[0, 1, 3], [1, 1, 1]]),
        ("0 1 3/1 1 1", [[0, 1, 3], [1, 1, 1]]),
        ("0 1; -2 3", [[0, 1], [-2, 3]]),
        ("[[0, 1], [2, 3]]", [[0, 1], [2, 3]]),
        ("[[0. 1.] [2. 3.]]", [[0, 1], [2, 3]]),
        ("012 220", [[0, 1, 2], [2, 2, 0]]),
        ("1/9 1/9 / 1/9 1/9", [[1 / 9, 1 / 9], [1 / 9, 1 / 9]]),
    ],
)
def test_an_answer_is_read_the_way_it_was_meant(modules: Any, text: str, rows: list[list[float]]):
    secret = {"answer": rows, "tolerance": 0}
    judged = call(modules, "prompt_judge.js", "promptJudgeNumber", text, secret, "weights")
    assert judged is not None, "unreadable"
    assert judged["right"], judged
    np.testing.assert_allclose(judged["rows"], rows, rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("5x3", [[3, 5]]), ("5", [[5, 5]]), ("25", [[5, 5]]), ("0.11", [[1 / 9]]), ("4", [[-4]]), ("1/9", [[1, 9]]),
        ("0 1 / 2 3", [[0, 2], [1, 3]]), ("5.5", [[5, 5]]), ("12", [[1, 2, 3]]), ("1 310 721", [[1310720]]),
    ],
)  # fmt: skip
def test_kind_reading_does_not_make_a_wrong_answer_right(modules: Any, text: str, wrong: list[list[float]]):
    judged = call(modules, "prompt_judge.js", "promptJudgeNumber", text, {"answer": wrong, "tolerance": 0})
    assert judged["right"] is False


@pytest.mark.parametrize(
    "text",
    ["", "five", "5 apples", "1/0", "--4", "0 1 / 2", "5x", "1.2.3.4", "()", "/", "e", "NaN", "ln", "ln 0", "lnx"],
)
def test_what_is_no_number_is_not_read(modules: Any, text: str):
    assert call(modules, "prompt_read.js", "promptRead", text) == []


@pytest.mark.parametrize("text", ["5", "-4", "1/9", "5x3", "5 × 3", "0.5 2e-3", "0 1 3 / 1 1 1", "-1 0; 2 3"])
def test_page_and_python_read_the_notation_of_the_files_alike(modules: Any, text: str):
    assert call(modules, "prompt_read.js", "promptRead", text)[0] == [list(row) for row in read_rows(text)]


@pytest.mark.parametrize(
    ("number", "text"),
    [(5, "5"), (-4, "−4"), (0.25, "0.25"), (1 / 9, "1/9 ≈ 0.1111"), (1310720, "1,310,720"), (0.123456789, "0.123457"),
     (0, "0"), (-2 / 3, "−2/3 ≈ −0.6667"), (1e21, "1e+21")],
)  # fmt: skip
def test_numbers_are_written_so_that_one_can_check_them(modules: Any, number: float, text: str):
    assert call(modules, "prompt_read.js", "promptWriteAlone", number) == text


# --- predictions ------------------------------------------------------------------------------------------------------


def test_the_answer_shows_only_after_a_commitment_beside_what_was_said(show: Callable[..., Any]):
    page = show(predict("top-left sum", reveal=lambda: 4711, because="Nine *products*, one `sum`."))
    assert "4711" not in page.content()
    assert "4,711" not in page.inner_text("body")
    assert "products" not in page.content()
    assert lines(typed(page, "4700")) == [
        "≠", "Close: off by 11.", "You said", "4700", "Answer", "4,711", "Nine products, one sum.",
    ]  # fmt: skip
    assert page.inner_html(".cnn-prompt-because") == "Nine <em>products</em>, one <code>sum</code>."


def test_a_match_says_so_in_words(show: Callable[..., Any]):
    page = show(predict("shape?", reveal=(5, 3)))
    assert "That matches." in typed(page, "5x3")
    assert page.get_attribute(".cnn-prompt", "data-outcome") == "right"


@pytest.mark.parametrize(
    ("answer", "said", "remark"),
    [
        ((5, 3), "3x5", "The right numbers in another order."),
        ((5, 3), "15", "You gave one number; the answer has 2 numbers."),
        (-4, "4", "The right size with the other sign."),
        (100, "20", "Off by 80."),
        ([[0, 1, 3], [1, 1, 1]], "0 1 2 / 1 1 1", "5 of 6 numbers agree."),
        ([[0, 1, 3], [1, 1, 1]], "0 1 / 1 1 / 3 1", "That is the answer with rows and columns exchanged."),
        ([[0, 1, 3], [1, 1, 1]], "0 1 / 3 1", "You gave 2 rows of 2; the answer has 2 rows of 3."),
    ],
)
def test_a_miss_says_how_far_it_is(show: Callable[..., Any], answer: Any, said: str, remark: str):
    assert remark in typed(show(predict("what?", reveal=answer)), said)


def test_cells_that_differ_are_outlined_and_named(show: Callable[..., Any]):
    page = show(predict("which matrix?", reveal=[[0, 1], [2, 3]]))
    typed(page, "0 1 / 2 4")
    assert page.locator("td[title=differs]").all_inner_texts() == ["4"]


def test_within_the_tolerance_counts_and_says_so(show: Callable[..., Any]):
    assert "That matches. Within the tolerance." in typed(show(predict("ms?", reveal=12.0, tolerance=2)), "13.5")


@pytest.mark.parametrize("text", ["many", "", "  "])
def test_what_cannot_be_read_gets_a_hint_and_is_no_commitment(show: Callable[..., Any], text: str):
    page = show(predict("sum?", reveal=4711))
    said = typed(page, text)
    assert ("does not count" if text.strip() else "Type your answer first") in said
    assert page.evaluate("[model.get('attempt'), window.saved ?? 0]") == [{}, 0]
    assert "4711" not in page.content()
    assert page.input_value("input") == text
    assert page.get_attribute("input", "aria-invalid") == "true"
    assert "That matches" in typed(page, "4711")
    assert page.get_attribute("input", "aria-invalid") == "false"


def test_the_keyboard_is_enough(show: Callable[..., Any]):
    page = show(predict("how many?", reveal=9))
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    assert "Off by 1." in result(page)
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert page.input_value("input") == "8", "what was committed stays"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Try again"
    page.keyboard.press("Enter")
    assert result(page) == ""
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    assert "That matches." in result(page)


def test_jupyterlab_keeps_its_shortcuts_off_every_control_and_cannot_swallow_enter(show: Callable[..., Any]):
    page = show(asked(SUM))
    controls = page.locator("input, button, summary")
    assert controls.count() == 7
    assert controls.evaluate_all("(all) => all.every((one) => one.hasAttribute('data-lm-suppress-shortcuts'))")
    page = show(predict("how many?", reveal=9))
    page.fill("input", "8")
    # JupyterLab takes Enter's own effect away: what an event made by a script has not either
    page.dispatch_event("input", "keydown", {"key": "Enter"})
    assert "Off by 1." in result(page)


def test_one_may_say_that_one_does_not_know(show: Callable[..., Any]):
    page = show(predict("how many?", reveal=9, unit="places"))
    page.focus("text=I don’t know: show me")
    page.keyboard.press("Enter")
    assert lines(result(page)) == ["→", "Here is the answer.", "Answer", "9 places"]
    assert page.evaluate("document.activeElement.textContent") == "Try again", "the focus is not lost with its button"


def test_a_choice_is_predicted_from_the_keyboard(show: Callable[..., Any]):
    page = show(predict("is it so?", reveal=np.bool_(False), because="Count."))
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.is_checked("input >> nth=0")
    page.keyboard.press("Enter")
    assert lines(result(page)) == ["≠", "Not the same.", "You said", "true", "Answer", "false", "Count."]
    assert page.locator(".cnn-prompt-choice").all_inner_texts() == ["true\n✗ not this", "false\n✓ answer"]
    assert page.is_disabled("input >> nth=1"), "settled until one tries again"


def test_a_choice_that_matches_says_no_more_than_that(show: Callable[..., Any]):
    page = show(predict("is it so?", reveal=True))
    page.check("text=true")
    page.keyboard.press("Enter")
    assert lines(result(page)) == ["✓", "That matches.", "You said", "true", "Answer", "true"]


def test_what_was_said_outlives_the_view(show: Callable[..., Any]):
    page = show(predict("how many?", reveal=9))
    typed(page, "8")
    page.evaluate("addView(document.querySelector('main'))")
    assert page.locator("[role=status]").nth(1).inner_text() == page.locator("[role=status]").nth(0).inner_text()
    page.locator("text=Try again").nth(1).click()
    assert page.locator("[role=status]").all_inner_texts() == ["", ""]


# --- quizzes ----------------------------------------------------------------------------------------------------------


def test_a_wrong_choice_earns_its_own_reason_and_not_the_answer(show: Callable[..., Any]):
    page = show(asked(SUM))
    for secret in ("That is a mean", "They cancel", "Nothing."):
        assert secret not in page.content()
    page.check("text=Grey")
    page.keyboard.press("Enter")
    assert lines(result(page)) == ["✗", "Not yet.", "Grey: That is a mean."]
    assert "They cancel" not in page.content()
    assert "answer" not in page.inner_text(".cnn-prompt").lower()
    page.check("text=White")
    page.click("text=Check >> nth=-1")
    assert "White: Nothing." in result(page)
    assert page.locator(".cnn-prompt-tag").all_inner_texts() == ["✗ not this", "", "✗ not this"]
    page.check("text=Zero")
    page.keyboard.press("Enter")
    assert lines(result(page)) == ["✓", "Right, on try 3.", "They cancel."]


def test_the_hint_is_folded_away(show: Callable[..., Any]):
    page = show(asked(SUM))
    assert not page.is_visible("text=Its weights sum to 0.")
    page.focus("summary")
    page.keyboard.press("Enter")
    assert page.is_visible("text=Its weights sum to 0.")


def test_picking_nothing_is_no_try(show: Callable[..., Any]):
    page = show(asked(SUM))
    page.click("button[type=submit]")
    assert "Pick an answer first." in result(page)
    assert page.evaluate("model.get('attempt')") == {}


@pytest.mark.parametrize(
    ("said", "reason"),
    [("4x4", "You forgot the + 1."), ("7, 7", "That needs padding."), ("6 6", "Count again."),
     ("5", "You gave one number; 2 numbers would be an answer.")],
)  # fmt: skip
def test_an_expected_wrong_number_earns_its_own_reason(show: Callable[..., Any], said: str, reason: str):
    page = show(asked(COUNT))
    assert lines(typed(page, said)) == ["✗", "Not yet.", f"{said}: {reason}"]
    assert "7 − 3 + 1" not in page.content()
    assert lines(typed(page, "5x5")) == ["✓", "Right, on try 2.", "7 − 3 + 1 = 5."]


def test_after_three_tries_a_quiz_offers_its_answer(show: Callable[..., Any]):
    page = show(asked(COUNT))
    for said in ("1", "2", "3"):
        assert not page.is_visible("text=Show me the answer")
        typed(page, said)
    page.click("text=Show me the answer")
    assert lines(result(page)) == ["→", "Here is the answer.", "Answer", "(5, 5)", "7 − 3 + 1 = 5."]


def test_a_multiple_choice_says_what_is_wrong_and_how_many_are_missing(show: Callable[..., Any]):
    page = show(asked(LINEAR))
    page.check("text=Maximum")
    page.check("text=Difference")
    page.keyboard.press("Enter")
    assert lines(result(page)) == [
        "✗", "Not yet.", "Maximum: Its weights change.", "One more belongs here.",
        "What are the weights of an average?",
    ]  # fmt: skip
    assert "Weights −1 and 1." not in page.content()
    page.uncheck("text=Maximum")
    page.keyboard.press("Enter")
    assert "Right so far, not complete." in result(page)
    page.check("text=Average")
    page.keyboard.press("Enter")
    assert lines(result(page))[1:] == [
        "Right, on try 3.", "Equal weights.", "Weights −1 and 1.", "Convolution is linear.",
    ]  # fmt: skip
    page.click("input >> nth=0")
    assert page.is_checked("input >> nth=0"), "settled until one tries again"


# --- for everyone -----------------------------------------------------------------------------------------------------


def test_texts_cannot_become_markup(show: Callable[..., Any]):
    page = show(predict("<b>2 * 3 * 4</b> `a<b>` *is*?", reveal="<i>x</i>", choices=["<i>x</i>", "y"], because="<u>z"))
    page.check("text=y")
    page.keyboard.press("Enter")
    assert page.inner_text(".cnn-prompt-question") == "<b>2 * 3 * 4</b> a<b> is?"
    assert page.locator("main").evaluate("(m) => m.querySelectorAll('b, i, u').length") == 0


def test_every_control_has_its_name_and_the_result_is_announced(show: Callable[..., Any]):
    page = show(predict("how many?", reveal=9))
    assert page.get_by_role("group", name="Predict how many?").count() == 1
    assert page.get_by_role("textbox", name="Your answer").count() == 1
    assert page.get_by_role("status").get_attribute("aria-live") == "polite"
    page = show(asked(LINEAR))
    assert page.get_by_role("checkbox", name="Average").count() == 1


# Contrast of every text with the first opaque background behind it, after WCAG 2.2.
CONTRAST = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    const colour = parse(getComputedStyle(e).backgroundColor);
    return colour.length < 4 || colour[3] === 1 || !e.parentElement ? colour : behind(e.parentElement);
  };
  return [...document.querySelectorAll(".cnn-prompt *")]
    .filter((e) => e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
      return [e.className || e.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
}"""


@pytest.mark.parametrize("theme", ["light", "dark in JupyterLab", "dark in the book"])
@pytest.mark.parametrize("mode", ["predict", "quiz"])
@pytest.mark.parametrize("said", ["", "4x4", "5x5", "what"])
def test_text_keeps_its_contrast_in_every_theme(show: Callable[..., Any], theme: str, mode: str, said: str):
    page = show(asked(COUNT) if mode == "quiz" else predict("shape?", reveal=(5, 5)), reduced_motion="reduce")
    if "JupyterLab" in theme:
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    if "book" in theme:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
    if said:
        typed(page, said)
    ratios = dict(page.evaluate(CONTRAST))
    assert len(ratios) >= 5
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("width", [320, 375])
def test_nothing_is_cut_off_at_the_width_of_a_phone(show: Callable[..., Any], width: int):
    prompt = predict(
        "what does the kernel `-1 -1 -1 / 2 2 2 / -1 -1 -1` give?", reveal=np.eye(5) - 4, unit="grey values"
    )
    page = show(prompt, viewport={"width": width, "height": 700})
    typed(page, "0 0 0 0 0 / " * 4 + "0 0 0 0 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves_for_those_who_asked_for_stillness(show: Callable[..., Any]):
    page = show(predict("how many?", reveal=9), reduced_motion="reduce")
    typed(page, "9")
    assert page.evaluate("getComputedStyle(document.querySelector('.cnn-prompt-verdict')).animationName") == "none"


def test_the_focus_can_be_seen(show: Callable[..., Any]):
    page = show(predict("how many?", reveal=9))
    page.keyboard.press("Tab")
    style = page.evaluate("(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])"
                          "(getComputedStyle(document.activeElement))")  # fmt: skip
    assert style == ["solid", "3px"]


def test_the_state_of_a_page_holds_json_only(show: Callable[..., Any]):
    page = show(asked(COUNT))
    typed(page, "4x4")
    attempt = page.evaluate("model.get('attempt')")
    assert json.loads(json.dumps(attempt)) == {
        "typed": "4x4",
        "picked": [],
        "tried": [],
        "tries": 1,
        "outcome": "wrong",
    }
