"""Tests of the outputs that notebooks keep: text of the checked cells, and nothing of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cnncourse.publish.refresh import main, refresh
from tests.publish.samples import code, markdown, write_lesson

KEPT = ("keep_output", "nbval-check-output")


def write_worked_on(folder: Path) -> Path:
    """Write a lesson as it looks after work on somebody's machine."""
    path = write_lesson(
        folder,
        "01_sums",
        markdown("# Sums", "title"),
        code("height, width = 5, 7", "setup", "setup"),
        code("print('rows', height)\nprint('columns', width)\nheight * width", "sums", *KEPT),
        code("print('not kept')", "chat"),
    )
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec = {"name": "mine", "display_name": "My machine", "language": "python"}
    notebook.metadata.language_info = {"name": "python", "version": "3.99", "mimetype": "text/x-python"}
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", name="stdout", text="stale")]
    notebook.cells[3].execution_count = 41
    notebook.cells[3].metadata.execution = {"iopub.status.busy": "2020-01-01"}
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def refreshed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same lesson after a refresh; only to be read."""
    path = write_worked_on(tmp_path_factory.mktemp("refreshed"))
    assert refresh(path)
    return path


@pytest.fixture
def refreshed(refreshed_once: Path, tmp_path: Path) -> Path:
    """A copy of the refreshed lesson."""
    return Path(shutil.copy2(refreshed_once, tmp_path))


def test_only_the_text_of_kept_cells_is_stored_with_its_count_and_the_machine_goes(refreshed: Path) -> None:
    _, setup, sums, chat = nbformat.read(refreshed, as_version=4).cells
    printed, result = sums.outputs
    assert printed == {"output_type": "stream", "name": "stdout", "text": "rows 5\ncolumns 7\n"}
    assert result.data == {"text/plain": "35"}
    assert sums.execution_count == result.execution_count == 2
    assert all(cell.outputs == [] and cell.execution_count is None for cell in (setup, chat))
    notebook = nbformat.read(refreshed, as_version=4)
    assert [cell.id for cell in notebook.cells] == ["title", "setup", "sums", "chat"]
    assert notebook.cells[2].metadata == {"slideshow": {"slide_type": "-"}, "tags": list(KEPT)}
    assert set(notebook.metadata) == {"cnncourse", "kernelspec", "language_info"}
    assert notebook.metadata.cnncourse.title == "Sums"
    assert notebook.metadata.kernelspec == {"name": "python3", "display_name": "Python 3", "language": "python"}
    assert notebook.metadata.language_info == {"name": "python"}


def test_a_second_refresh_changes_no_byte_and_does_not_touch_the_file(refreshed: Path) -> None:
    before, moment = refreshed.read_bytes(), refreshed.stat().st_mtime_ns
    assert main([str(refreshed), "--check"]) == 0
    assert main([str(refreshed)]) == 0
    assert (refreshed.read_bytes(), refreshed.stat().st_mtime_ns) == (before, moment)
    assert list(refreshed.parent.iterdir()) == [refreshed]


def test_check_reports_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = write_worked_on(tmp_path)
    before = lesson.read_bytes()
    assert main([str(lesson), "--check"]) == 1
    assert lesson.read_bytes() == before
    assert "out of date" in capsys.readouterr().out


def test_a_failing_cell_is_named_and_the_file_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_lesson(tmp_path, "01_torn", code("print(1)", "fine", *KEPT), code("1 / 0", "by-nothing"))
    before = path.read_bytes()
    assert main([str(path)]) == 1
    said = capsys.readouterr().err
    for part in ("by-nothing", "ZeroDivisionError: division by zero", "1 / 0"):
        assert part in said
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "more"),
    [
        ("from IPython.display import HTML\nHTML('<b>bold</b>')", "text/html"),
        ("import sys\nprint('a whim', file=sys.stderr)", "stderr"),
    ],
)
def test_a_compared_cell_that_shows_more_than_printed_text_is_refused(tmp_path: Path, source: str, more: str) -> None:
    path = write_lesson(tmp_path, "01_bold", code(source, "bold", *KEPT))
    with pytest.raises(ValueError, match=rf"“bold” is tagged nbval-check-output.*shows {more}; print here"):
        refresh(path)


def test_nbval_passes_on_what_is_stored_and_fails_on_one_wrong_digit(refreshed: Path) -> None:
    wrong = refreshed.read_text(encoding="utf-8").replace("columns 7\\n", "columns 8\\n")
    refreshed.with_name("02_wrong.ipynb").write_text(wrong, encoding="utf-8")
    # as the course's own tests run it, with no other plugin to load, and in one process for both
    quietly = ["-q", "-rA", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-p", "nbval.plugin", "--nbval-lax", *quietly]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, cwd=refreshed.parent, env=alone, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    ends = [line.split("::")[0] for line in run.stdout.splitlines() if line.startswith(("PASSED", "FAILED"))]
    assert sorted(ends) == ["FAILED 02_wrong.ipynb", *["PASSED 01_sums.ipynb"] * 3, *["PASSED 02_wrong.ipynb"] * 2]
    assert "columns 7" in run.stdout
