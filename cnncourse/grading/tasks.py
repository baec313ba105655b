"""What goes into the closed room and what comes out of it: a task, its limits, its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cnncourse.checks._exercise import Answer, Case

__all__ = ["Limits", "Outcome", "State", "Task"]

State = Literal["answered", "student error", "time-out", "out of resources", "grader fault"]


@dataclass(frozen=True)
class Limits:
    """How much a submission may use.

    Attributes
    ----------
    seconds : float
        Wall clock an exercise, where its task does not say otherwise.
    total_seconds : float
        Wall clock for all exercises of a submission together.
    memory : int, bytes
        For all its processes together.
    processes : int
        Processes and threads at a time.
    answer_bytes : int
        What an exercise may hand back.
    printed_bytes : int
        How much of what it prints is kept; the rest is thrown away without harm.
    files_bytes : int
        What it may write to its folder, which is gone afterwards.
    """

    seconds: float = 10.0
    total_seconds: float = 120.0
    memory: int = 2 * 2**30
    processes: int = 64
    answer_bytes: int = 16 * 2**20
    printed_bytes: int = 64 * 2**10
    files_bytes: int = 64 * 2**20


@dataclass(frozen=True)
class Task:
    """An exercise to run: sources and inputs, and nothing of what is expected.

    Attributes
    ----------
    name : str
        The exercise's.
    given, answer : str
        Sources: what everybody's answer begins with, and the learner's cell.
    entry : str
        The name that the cell must bind.
    kind : str
        ``"value"`` or ``"function"``.
    cases : sequence of Case
        The inputs. For a value, the keywords of the first are what ``given(name)`` returns to the learner's cell.
    probe : str
        Source of one function that makes data of what is none, or empty.
    torch : bool
        Whether to have PyTorch at hand before the clock starts.
    seconds : float
        Wall clock for all cases.
    seed : int
        For the random numbers of Python, NumPy and PyTorch.
    """

    name: str
    given: str
    answer: str
    entry: str
    kind: Literal["value", "function"]
    cases: Sequence[Case] = ()
    probe: str = ""
    torch: bool = False
    seconds: float = 10.0
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Attributes
    ----------
    state : str
        ``"answered"`` if there is an answer (or an error) for each case; otherwise what prevented it. Only a
        ``"grader fault"`` is worth another try.
    answers : list of Answer
        One a case if answered; otherwise those that were finished before.
    message : str
        What happened, in words for the learner; empty if answered.
    printed : str
        The beginning of what the code printed. It may hold inputs, so it is for the lecturer only.
    seconds : float
        How long it ran.
    """

    state: State
    answers: list[Answer] = field(default_factory=list)
    message: str = ""
    printed: str = ""
    seconds: float = 0.0
