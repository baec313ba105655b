"""Predictions and quizzes: say what you think, then see (all lessons).

`predict` asks before a cell is run; the answer shows once the learner has committed to one of their own. `quiz` asks
afterwards; every wrong answer earns a reason of its own, and another try. Both live in the page: they work without a
network, from the keyboard, in the published book, and never hold up *Run All*.

The texts of the quizzes lie in TOML files, described in `cnncourse.quizzes`, so that no answer stands in a cell.
Answers travel to the page lightly encoded: a glance at the cell, the saved notebook or the page's source does not give
them away. That is a courtesy to the learner, not security: who wants to read them can, and nothing here is for grading.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from cnncourse.quizzes import QuizText, find_quiz
from cnncourse.widgets._base import STATIC, Explorer, join_modules

__all__ = ["predict", "quiz"]

MOST_NUMBERS = 100
_TITLES = {"predict": "Predict", "quiz": "Check yourself"}
_MARKUP = ((r"`([^`]+)`", r"<code>\1</code>"), (r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])", r"<em>\1</em>"))


class Prompt(Explorer):
    """A question that shows its answer once there is an answer to compare it with; made by `predict` and `quiz`.

    Attributes
    ----------
    mode : str
        ``"predict"`` shows the answer after each commitment, ``"quiz"`` only the right one's.
    kind : str
        ``"number"``, ``"single"`` or ``"multiple"``.
    question, hint, unit : str
        What is asked, what helps, and what the numbers count.
    choices : list of str
        What can be picked; empty for numbers.
    sealed : str
        The answer and its reasons, encoded.
    attempt : dict
        What the learner last said, how often, and how it went: ``typed``, ``picked``, ``tries``, ``outcome``.
    """

    _esm = join_modules("prompt.js")
    _css = STATIC / "prompt.css"

    mode = traitlets.Enum(["predict", "quiz"]).tag(sync=True)
    kind = traitlets.Enum(["number", "single", "multiple"]).tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    unit = traitlets.Unicode("").tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sealed = traitlets.Unicode().tag(sync=True)
    attempt = traitlets.Dict().tag(sync=True)

    def __repr__(self) -> str:
        return self.description

    def fallback_html(self) -> str:
        """Return the question and its choices, without the answer, for viewers that run no widgets."""
        choices = "".join(f"<li>{_markup(choice)}</li>" for choice in self.choices)
        return (
            f"<details open><summary><strong>{_TITLES[self.mode]}</strong>: {_markup(self.question)}</summary>"
            f"{f'<ul>{choices}</ul>' if choices else ''}"
            "<p><em>Open this page in JupyterLab or in the course’s book to answer.</em></p></details>"
        )


def predict(
    question: str,
    *,
    reveal: Callable[[], Any] | Any,
    tolerance: float = 0.0,
    because: str | None = None,
    choices: Sequence[Any] | None = None,
    unit: str | None = None,
) -> Prompt:
    """Ask for a prediction, and show the answer once one has been made.

    Parameters
    ----------
    question : str
        What to predict; knows ```code``` and ``*emphasis*``.
    reveal : callable or value
        The answer: a number, several (a shape is several), a matrix of up to 100 numbers, true or false, or one of
        `choices`. A callable is called once, now.
    tolerance : float
        Largest difference that still counts as a match.
    because : str, optional
        One sentence of why, shown with the answer.
    choices : sequence, optional
        Answers to pick from; by default true and false where the answer is one of them.
    unit : str, optional
        What the numbers count, such as ``"pixels"``.

    Returns
    -------
    Prompt
        The question, live in JupyterLab and in the exported page.

    Raises
    ------
    RuntimeError
        If `reveal` fails; its own error is chained.
    ValueError
        If the answer is nothing that can be typed, or not among `choices`.

    Examples
    --------
    >>> predict("How many places has a 3-pixel kernel on 7 pixels?", reveal=lambda: 7 - 3 + 1, unit="places")
    Predict: How many places has a 3-pixel kernel on 7 pixels?
    """
    if not tolerance >= 0:
        raise ValueError(f"tolerance is a difference, 0 or more, got {tolerance}")
    answer = _computed(question, reveal)
    if choices is None and isinstance(answer, bool | np.bool_):
        choices = (True, False)
    if choices is None:
        return _prompt(
            "predict", "number", question, {"answer": _rows(answer), "tolerance": tolerance, "because": because or ""},
            unit=unit or "",
        )  # fmt: skip
    labels = [_label(choice) for choice in choices]
    secret = {"right": [_position(answer, labels)], "because": because or ""}
    return _prompt("predict", "single", question, secret, choices=labels)


def quiz(name: str) -> Prompt:
    """Ask a question of the quiz files; every wrong answer gets a reason, and another try.

    Parameters
    ----------
    name : str
        Number of the lesson and name of the quiz, such as ``"02-output-size"``.

    Returns
    -------
    Prompt
        The question, live in JupyterLab and in the exported page.

    Raises
    ------
    ValueError
        If there is no such quiz (the nearest names are suggested), or its file is not in order.
    """
    text = find_quiz(name)
    choices = [choice.text for choice in text.choices]
    return _prompt("quiz", text.kind, text.question, _secret(text), choices=choices, hint=text.hint, unit=text.unit)


def _prompt(mode: str, kind: str, question: str, secret: dict[str, Any], **traits: Any) -> Prompt:
    sealed = base64.b64encode(json.dumps(secret, ensure_ascii=False).encode()).decode()
    box = "[ ]" if kind == "multiple" else "( )"
    words = "\n".join([f"{_TITLES[mode]}: {question}", *(f"  {box} {choice}" for choice in traits.get("choices", ()))])
    return Prompt(mode=mode, kind=kind, question=question, sealed=sealed, description=words, **traits)


def _secret(text: QuizText) -> dict[str, Any]:
    if text.kind == "number":
        return {
            "answer": text.answer, "tolerance": text.tolerance, "wrong": text.wrong,
            "because": text.because, "otherwise": text.otherwise,
        }  # fmt: skip
    return {
        "right": [place for place, choice in enumerate(text.choices) if choice.right],
        "whys": [choice.why for choice in text.choices],
        "missed": [choice.missed for choice in text.choices],
        "because": text.because,
    }


def _computed(question: str, reveal: Callable[[], Any] | Any) -> Any:
    if not callable(reveal):
        return reveal
    try:
        return reveal()
    except Exception as error:
        advice = "; run the cells above first" if isinstance(error, NameError) else ""
        raise RuntimeError(
            f"the answer to {question!r} could not be computed: {type(error).__name__}: {error}{advice}"
        ) from error


def _rows(answer: Any) -> list[list[float]]:
    try:
        numbers = np.asarray(answer)
    except ValueError:  # rows of different lengths
        numbers = np.asarray(None)
    if numbers.dtype.kind not in "iufb":
        raise ValueError(f"expected numbers as the answer, got {answer!r}; for an answer in words give choices=[…]")
    if numbers.ndim > 2 or not 1 <= numbers.size <= MOST_NUMBERS:
        raise ValueError(
            f"nobody can type an answer of shape {numbers.shape}: ask for a number, a row of numbers or a matrix of up "
            f"to {MOST_NUMBERS}, such as one corner or the shape"
        )
    if not np.isfinite(numbers).all():
        raise ValueError(f"expected finite numbers as the answer, got {answer!r}; ask in words, with choices=[…]")
    return np.atleast_2d(numbers.astype(float)).tolist()


def _label(choice: Any) -> str:
    return str(choice).lower() if isinstance(choice, bool | np.bool_) else str(choice)


def _position(answer: Any, labels: list[str]) -> int:
    if len(set(labels)) < max(2, len(labels)):
        raise ValueError(f"expected two or more choices that differ, got {labels}")
    label = _label(answer)
    if label not in labels:
        raise ValueError(f"the answer {label!r} is not among the choices {labels}; give it in the same words")
    return labels.index(label)


def _markup(text: str) -> str:
    """Turn code and emphasis into HTML and escape everything else; what stands in code is left alone."""
    parts = re.split(r"(`[^`]+`)", html.escape(text))
    (code, as_code), (emphasis, as_emphasis) = _MARKUP
    return "".join(
        re.sub(code, as_code, part) if part.startswith("`") else re.sub(emphasis, as_emphasis, part) for part in parts
    )
