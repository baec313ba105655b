"""Turn an executed notebook into a page of the book."""

from __future__ import annotations

import base64
import copy
import hashlib
import html
import json
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnncourse.publish.execute import code_cells, tags

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PICTURES = "pictures"  # folder of the site, beside the pages
WIDE = 700  # pixels of the page; a figure beyond it cannot be read at the width of a phone
_FIGURE = re.compile(r'<img (?=[^>]*\bwidth="(\d+)")')
_INLINE = re.compile(r'src="data:image/(png|jpeg|webp|gif);base64,([^"]+)"')


def page(executed: NotebookNode, *, launch: str = "", practise: str = "", look_up: str = "") -> NotebookNode:
    """Make the page of a lesson: for the reader, with explorers that live without a kernel.

    Parameters
    ----------
    executed : NotebookNode
        The lesson with its outputs and widget states; it stays unchanged.
    launch : str
        Text in Markdown to put below the title.
    practise, look_up : str
        Texts in Markdown to put before the sources and after them. Without sources, only the first, at the end.

    Returns
    -------
    NotebookNode
        Without the cells that speak to the lecturer; every widget as HTML that ``mount.js`` brings to life.
    """
    shown = copy.deepcopy(executed)
    shown.cells = _with_further(
        [cell for cell in shown.cells if not speaks_to_lecturer(cell)], practise=practise, look_up=look_up
    )
    if launch:
        shown.cells.insert(1, nbformat.v4.new_markdown_cell(launch, id="launch"))
    models = _anywidget_models(shown)
    passing = _progress_bars(shown)
    for cell in code_cells(shown):
        lasting = [one for one in cell.outputs if one.get("data", {}).get(VIEW, {}).get("model_id") not in passing]
        cell.outputs = [_as_html(output, models, cell.id) for output in lasting]
    if models:
        shown.metadata.widgets = {STATE: {"version_major": 2, "version_minor": 0, "state": models}}
    else:
        shown.metadata.pop("widgets", None)
    return shown


def _with_further(cells: list[NotebookNode], *, practise: str, look_up: str) -> list[NotebookNode]:
    before = [nbformat.v4.new_markdown_cell(practise, id="practise")] if practise else []
    after = [nbformat.v4.new_markdown_cell(look_up, id="look-up")] if look_up else []
    places = [place for place, cell in enumerate(cells) if "sources" in tags(cell)]
    if not places:
        return cells + before
    last = places[-1]
    return [*cells[:last], *before, cells[last], *after, *cells[last + 1 :]]


def take_out_pictures(shown: NotebookNode) -> dict[str, bytes]:
    """Move the pictures inside a page's HTML outputs into files, so that the page itself stays light.

    Parameters
    ----------
    shown : NotebookNode
        The page; its outputs then refer to ``pictures/NAME``.

    Returns
    -------
    dict of str to bytes
        Name and content of each file; the same picture has the same name everywhere.
    """
    pictures: dict[str, bytes] = {}

    def refer(found: re.Match[str]) -> str:
        content = base64.b64decode(found[2])
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{found[1]}"
        pictures[name] = content
        return f'src="{PICTURES}/{name}"'

    for output in (output for cell in code_cells(shown) for output in cell.outputs):
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = _INLINE.sub(refer, output.data["text/html"])
    return pictures


def speaks_to_lecturer(cell: NotebookNode) -> bool:
    """Tell whether a cell is a note for the one who teaches."""
    return "notes" in (cell.metadata.get("slideshow", {}).get("slide_type"), *cell.metadata.get("tags", []))


def _anywidget_models(notebook: NotebookNode) -> dict[str, Any]:
    """Keep the models that bring their own module; layouts and the like mean nothing without a widget manager."""
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    return {name: model for name, model in state.items() if model["model_module"] == "anywidget"}


def _progress_bars(notebook: NotebookNode) -> set[str]:
    """Name the boxes that hold a bar of progress: once the work is done, they tell nobody anything."""
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    bars = {f"IPY_MODEL_{name}" for name, model in state.items() if model["model_name"] == "FloatProgressModel"}
    return {name for name, model in state.items() if bars & set(model["state"].get("children", ()))}


def _as_html(output: NotebookNode, models: dict[str, Any], cell: str) -> NotebookNode:
    if VIEW not in output.get("data", {}):
        if "text/html" in output.get("data", {}):
            output.data["text/html"] = _FIGURE.sub(_mark_wide, output.data["text/html"])
        return output
    model = output.data[VIEW]["model_id"]
    text = _explorer(model, output.data, cell) if model in models else _needs_kernel(output.data)
    return nbformat.v4.new_output("display_data", {"text/html": text})


def _mark_wide(figure: re.Match[str]) -> str:
    """Let the style sheet know a wide figure, which on a phone scrolls instead of shrinking."""
    return '<img class="wide" ' if int(figure[1]) > WIDE else figure[0]


def _explorer(model: str, data: NotebookNode, cell: str) -> str:
    still = data.get("text/html") or "<p>This explorer needs JavaScript.</p>"
    view = json.dumps({"version_major": 2, "version_minor": 0, "model_id": model})
    return (
        f'<div class="explorer" id="explorer-{cell}"><div class="explorer-still">{still}</div>'
        f'<script type="{VIEW}">{view}</script></div>'
    )


def _needs_kernel(data: NotebookNode) -> str:
    text = html.escape(data.get("text/plain", ""))
    return (
        f'<div class="needs-kernel"><pre>{text}</pre><p>This control is worked by Python, so it moves in the notebook '
        "and rests on this page.</p></div>"
    )


def anchor(heading: str) -> str:
    """Name a heading as JupyterLab does, so that links within a notebook also work in the book.

    Examples
    --------
    >>> anchor("What we saw")
    'What-we-saw'
    """
    return heading.strip().replace(" ", "-")
