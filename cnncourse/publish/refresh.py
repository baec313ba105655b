"""Refresh the outputs that a notebook keeps, and take everything else out of it.

``python -m cnncourse.publish.refresh notebooks/02*.ipynb`` executes each notebook and stores the text output of its
cells tagged ``keep_output``. With ``--check`` nothing is written.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnncourse._files import write_whole
from cnncourse.publish.execute import LessonFailed, code_cells, execute, tags

_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_CELL_METADATA = ("tags", "slideshow", "nbgrader", "mystnb")


def refreshed(path: Path) -> str:
    """Execute a notebook and write the text of its refreshed form.

    Outputs and execution counts stay only in cells tagged ``keep_output``, and there only text: what was printed and
    the plain form of results. Cell identities, tags and slide types stay; whatever describes a machine goes.

    Parameters
    ----------
    path : Path
        The notebook, which is only read.

    Returns
    -------
    str
        What the file should contain.

    Raises
    ------
    LessonFailed
        If a cell fails.
    ValueError
        If a cell whose output nbval compares shows more than text.
    """
    notebook = nbformat.read(path, as_version=4)
    run = copy.deepcopy(notebook)
    execute(run, lesson=path.stem, folder=path.parent)
    for cell, ran in zip(code_cells(notebook), code_cells(run), strict=True):
        keep = "keep_output" in tags(cell)
        cell.outputs = _text_outputs(ran) if keep else []
        cell.execution_count = ran.execution_count if keep else None
    notebook.metadata = _lasting_metadata(notebook.metadata)
    for cell in notebook.cells:
        cell.metadata = _only(cell.metadata, _CELL_METADATA)
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def refresh(path: Path, *, check: bool = False) -> bool:
    """Refresh a notebook's stored outputs.

    Parameters
    ----------
    path : Path
        The notebook.
    check : bool
        Only compare, write nothing.

    Returns
    -------
    bool
        Whether the file differs (with `check`) or differed from its refreshed form.

    Raises
    ------
    LessonFailed, ValueError
        As `refreshed`; the file is then untouched.
    """
    text = refreshed(path)
    if text.encode() == path.read_bytes():
        return False
    if not check:
        write_whole(path, text.encode())
    return True


def _text_outputs(cell: NotebookNode) -> list[NotebookNode]:
    kept: list[NotebookNode] = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
            else:
                kept.append(nbformat.v4.new_output("stream", name="stdout", text=output.text))
        elif output.output_type == "execute_result":
            _refuse_more_than_text(cell, output)
            plain = {"text/plain": output.data["text/plain"]}
            kept.append(nbformat.v4.new_output("execute_result", plain, execution_count=output.execution_count))
        else:
            _refuse_more_than_text(cell, output)
    return kept


def _refuse_more_than_text(cell: NotebookNode, output: NotebookNode) -> None:
    more = sorted(set(output.get("data", {})) - {"text/plain"}) or ([output.name] if "name" in output else [])
    if more and "nbval-check-output" in tags(cell):
        raise ValueError(
            f"the cell “{cell.id}” is tagged nbval-check-output, which compares stored text, but it also shows "
            f"{', '.join(more)}; print here, and draw or warn in another cell"
        )


def _lasting_metadata(metadata: NotebookNode) -> NotebookNode:
    lasting = _only(metadata, ("cnncourse",))
    lasting["kernelspec"] = _KERNEL
    lasting["language_info"] = {"name": "python"}
    return lasting


def _only(metadata: NotebookNode, names: Sequence[str]) -> Any:
    return nbformat.from_dict({name: metadata[name] for name in names if name in metadata})


def _one(path: Path, *, check: bool) -> bool:
    """Refresh one notebook, say what came of it, and tell whether all is well."""
    try:
        changed = refresh(path, check=check)
    except (LessonFailed, ValueError, OSError) as fault:
        print(f"{path}: left as it is, because {fault}", file=sys.stderr)
        return False
    print(f"{path}: " + ("out of date" if changed and check else "refreshed" if changed else "up to date"))
    return not (changed and check)


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh the notebooks named on the command line; 0 when all went well, else 1."""
    parser = argparse.ArgumentParser(prog="python -m cnncourse.publish.refresh", description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path, help="notebooks to refresh")
    parser.add_argument("--check", action="store_true", help="only report what is out of date")
    options = parser.parse_args(arguments)
    well = [_one(path, check=options.check) for path in options.notebooks]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
