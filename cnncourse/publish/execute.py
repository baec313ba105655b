"""Run a lesson from its first cell to its last, in a kernel of its own."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class LessonFailed(RuntimeError):
    """A cell of a lesson did not run through.

    Attributes
    ----------
    lesson : str
        Name of the notebook, without its ending.
    cell : NotebookNode
        The cell that failed, with its ``id`` and ``source``.
    error : str
        What went wrong, such as ``"ValueError: stride must be 1 or more, got 0"``.
    """

    def __init__(self, lesson: str, cell: NotebookNode, error: str) -> None:
        self.lesson = lesson
        self.cell = cell
        self.error = error
        source = "\n".join(f"    {line}" for line in cell.source.splitlines())
        super().__init__(f"{lesson}: the cell “{cell.get('id', '?')}” failed with\n  {error}\nThe cell is:\n{source}")


def execute(notebook: NotebookNode, *, lesson: str, folder: Path, timeout: int = 600) -> float:
    """Execute a notebook in place, outputs and widget states included.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook; its outputs are replaced.
    lesson : str
        Its name, for the error.
    folder : Path
        Where the kernel runs.
    timeout : int, seconds
        Longest time for one cell.

    Returns
    -------
    float, seconds
        Time from the kernel's start to its last answer.

    Raises
    ------
    LessonFailed
        If a cell raises, takes too long, or takes the kernel down.
    """
    reached: list[NotebookNode] = []
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # what kernels warn of is no concern of a reader of progress lines
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: reached.append(cell),
    )
    start = time.perf_counter()
    try:
        client.execute(env=_environment())
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as fault:
        raise LessonFailed(lesson, _failing_cell(notebook, reached), _in_words(fault, timeout)) from fault
    return time.perf_counter() - start


def _environment() -> dict[str, str]:
    """Give the kernel one thread, and leave it to the kernel where figures go, as in JupyterLab."""
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return inherited | _ONE_THREAD


def _failing_cell(notebook: NotebookNode, reached: list[NotebookNode]) -> NotebookNode:
    return reached[-1] if reached else notebook.cells[0]


def _in_words(fault: Exception, timeout: int) -> str:
    if isinstance(fault, CellExecutionError):
        return plain(f"{fault.ename}: {fault.evalue}")
    if isinstance(fault, CellTimeoutError):
        return f"it was still running after {timeout} seconds"
    return "the kernel died while the cell ran; often the machine ran out of memory"


def plain(text: str) -> str:
    """Take the colours of a terminal out of a text."""
    return _COLOUR.sub("", text)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """List the cells of a notebook that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> list[Any]:
    """List a cell's tags."""
    return list(cell.metadata.get("tags", []))
