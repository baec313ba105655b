"""Every lesson whole, in a kernel that reaches no network and finds no cache, as on a machine just unpacked.

That each checked number is right is the work of nbval, which runs every cell as a test of its own (see pyproject.toml).
"""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.executed import Executed, Run, execute, offline_environment
from tests.notebooks.prose import headings

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


# --- reading what came out ------------------------------------------------------------------------------------------


def warnings_in(notebook: Any) -> list[str]:
    """Return what the cells wrote to the error stream, the way of all warnings."""
    return [
        f"{cell.id}: {output.text.strip()}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]


def mute_figures_in(notebook: Any) -> list[str]:
    """Return the figures that do not say in words what they show."""
    titles = {text.casefold() for cell in notebook.cells for _, text in headings(cell.source)}
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            pictures = _pictures("".join(data.get("text/html", "")))
            if not pictures and any(kind.startswith("image/") for kind in data):
                found.append(f"{cell.id}: a picture without a text alternative")
            found += [f"{cell.id}: {fault}" for picture in pictures if (fault := _fault(picture, titles))]
    return found


def _fault(picture: dict[str, str], titles: set[str]) -> str | None:
    alternative = picture.get("alt", "").strip()
    if len(alternative) <= 20:
        return f"the text alternative {alternative!r} says too little"
    if alternative.casefold() in titles | {picture.get("title", "").casefold()}:
        return f"the text alternative {alternative!r} is no more than a title"
    return None


def _pictures(html: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    class Pictures(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "img" and dict(attrs).get("aria-hidden") != "true":
                found.append({name: value or "" for name, value in attrs})

    Pictures().feed(html)
    return found


# --- the lessons ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def run(request: pytest.FixtureRequest, executed: Executed) -> Run:
    """Return a lesson, executed."""
    return executed(request.param)


def test_a_lesson_runs_whole_without_network_and_without_caches(run: Run, request, record_property):
    record_property("lesson_seconds", (request.node.callspec.id, run.seconds))
    left_out = [cell.id for cell in run.notebook.cells if cell.cell_type == "code" and cell.execution_count is None]
    assert left_out == []


def test_no_cell_of_a_lesson_warns(run: Run):
    assert warnings_in(run.notebook) == []


def test_every_figure_of_a_lesson_says_in_words_what_it_shows(run: Run):
    assert mute_figures_in(run.notebook) == []


# --- the network is really cut --------------------------------------------------------------------------------------

REACH = {
    "a name": "import socket; socket.getaddrinfo('example.org', 80)",
    "an address": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "an address of version 6": "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    "an address, without an exception": "import socket; socket.socket().connect_ex(('192.0.2.1', 80))",
    "a datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "a page": "import urllib.request; urllib.request.urlopen('http://example.org', timeout=1)",
    "a page by number": "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
    "from a thread of asyncio": "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
    "from a process of its own": "import subprocess, sys; subprocess.run([sys.executable, '-c', "
    "'import socket; socket.create_connection((\"192.0.2.1\", 80), timeout=1)'], check=True)",
}


def python(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of Python with the network cut."""
    command = [sys.executable, "-c", line]
    return subprocess.run(command, capture_output=True, text=True, env=offline_environment(home), check=False)


@pytest.mark.parametrize("way", REACH)
def test_with_the_network_cut_nothing_beyond_this_machine_is_reached(way: str, tmp_path: Path):
    done = python(REACH[way], tmp_path)
    assert done.returncode != 0
    assert "the network is cut" in done.stderr


def test_with_the_network_cut_this_machine_is_still_reached(tmp_path: Path):
    line = (
        "import socket; server = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(('localhost', server.getsockname()[1]), timeout=5).close()"
    )
    done = python(line, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_cell_that_needs_the_network_fails(tmp_path: Path):
    notebook = new_notebook(cells=[new_code_cell(REACH["an address"], id="reach")])
    with pytest.raises(CellExecutionError, match="the network is cut"):
        execute(notebook, tmp_path, tmp_path)


def test_the_tests_themselves_reach_nothing_beyond_this_machine():
    import socket

    with pytest.raises(OSError, match="the network is cut"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


# --- faults in outputs are noticed ----------------------------------------------------------------------------------


def shown(**data: str) -> Any:
    """Return a notebook with one output."""
    output = new_output("display_data", data={kind.replace("_", "/"): value for kind, value in data.items()})
    return new_notebook(cells=[new_code_cell("draw()", id="draw", outputs=[output])])


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<img src="data:,">', "says too little"),
        ('<img src="data:," alt="a camera">', "says too little"),
        ('<img src="data:," alt="A cameraman on a lawn" title="a cameraman on a lawn">', "no more than a title"),
    ],
)
def test_a_figure_that_says_too_little_is_noticed(html: str, fault: str):
    assert fault in mute_figures_in(shown(text_html=html))[0]


def test_a_picture_that_says_nothing_is_noticed():
    assert mute_figures_in(shown(image_png="aGk=")) == ["draw: a picture without a text alternative"]


def test_a_figure_in_words_is_welcome():
    html = '<img src="data:," alt="A man with a camera on a lawn, towers behind him">'
    assert mute_figures_in(shown(text_html=html, image_png="aGk=")) == []


def test_a_warning_is_noticed(tmp_path: Path):
    notebook = new_notebook(cells=[new_code_cell("import warnings; warnings.warn('old')", id="warn")])
    assert "old" in warnings_in(execute(notebook, tmp_path, tmp_path))[0]
