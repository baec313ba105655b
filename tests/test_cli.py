"""Tests of the ``cnncourse`` command, as a person at a terminal meets it."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import cnncourse
from cnncourse import _jupyter, cli
from tests.datasets.mirror import Mirror, running

ROOT = Path(__file__).parents[1]
REAL = os.environ.get("CNNCOURSE_DATA_DIR", "")
needs_mnist = pytest.mark.skipif(
    not Path(REAL, "MNIST", "raw").is_dir() or not REAL, reason="CNNCOURSE_DATA_DIR does not name a folder with MNIST"
)


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch) -> Path:
    """Keep these tests away from the cache of whoever runs them."""
    monkeypatch.delenv("CNNCOURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("CNNCOURSE_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def course(tmp_path, monkeypatch) -> Callable[..., Path]:
    """Give a function that makes a course of one lesson with the given cells, and goes there."""

    def make(*sources: str) -> Path:
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        told = {"number": 0, "title": "Start here", "minutes": 5, "needs": [], "summary": "One lesson."}
        notebook.metadata["cnncourse"] = told
        folder = tmp_path / "course" / "notebooks"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "00_start_here.ipynb")
        monkeypatch.chdir(folder.parent)
        return folder

    return make


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, in the current folder."""
    return subprocess.run(
        [sys.executable, "-m", "cnncourse", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        check=False,
    )


# --- the command itself ---------------------------------------------------------------------------------------------


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert command("--version").stdout.strip() == f"cnncourse {project['version']}"
    assert cnncourse.__version__ == project["version"]


def test_without_a_word_it_lists_what_it_can_do(capsys):
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n    {name} " in shown for name in ("lab", "run", "doctor", "data"))


@pytest.mark.parametrize(
    "arguments", [["dance"], ["lab", "--port", "0"], ["lab", "--port", "http"], ["data", "fetch", "imagenet"]]
)
def test_a_request_without_sense_ends_with_2_and_how_to_ask(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: cnncourse" in capsys.readouterr().err


def test_a_console_without_the_letters_still_gets_the_text():
    done = command("data", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "camera.png" in done.stdout


def test_stopping_with_the_keyboard_shows_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr("cnncourse.datasets.manifest", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert cli.main(["data"]) == 130
    assert capsys.readouterr().err == "stopped\n"


# --- lab ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ":0", "CI": "true"}, "linux", False),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}, "darwin", False),
        ({}, "win32", True),
    ],
)
def test_a_browser_opens_only_where_there_is_a_screen(environment, platform, expected):
    assert _jupyter.has_screen(environment, platform) is expected


def test_a_port_that_is_taken_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _jupyter.free_port(port) > port
        with pytest.raises(OSError, match="--port with another number"):
            _jupyter.free_port(port, tries=1)


def test_lab_opens_copies_to_work_in_and_without_a_screen_only_says_where(course, monkeypatch, capsys):
    served = []
    monkeypatch.setattr(_jupyter, "serve", lambda folder, **options: served.append((folder, options)) or 0)
    monkeypatch.setattr(_jupyter, "has_screen", lambda: True)
    folder = course("1 + 1")
    assert cli.main(["lab"]) == 0
    assert capsys.readouterr().out == "00_start_here.ipynb: yours to work in\n"
    assert cli.main(["lab", "--no-browser", "--port", "9000"]) == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(_jupyter, "has_screen", lambda: False)
    assert cli.main(["lab", "--originals"]) == 0
    mine = folder.parent / "my-course"
    assert served == [
        (mine, {"port": 8888, "browser": True}),
        (mine, {"port": 9000, "browser": False}),
        (folder, {"port": 8888, "browser": False}),
    ]
    assert (mine / "00_start_here.ipynb").read_bytes() == (folder / "00_start_here.ipynb").read_bytes()


def test_start_brings_copies_into_a_folder_of_the_learners_choice(course, tmp_path, capsys):
    folder = course("1 + 1")
    assert cli.main(["start", "--to", str(tmp_path / "mine")]) == 0
    assert capsys.readouterr().out.endswith(f"your folder: {tmp_path / 'mine'}\n")
    assert (tmp_path / "mine" / "00_start_here.ipynb").exists()
    assert cli.main(["start", "--to", str(folder)]) == 1
    assert "another folder: --to FOLDER" in capsys.readouterr().err


def test_lab_serves_the_start_page_at_the_address_that_it_prints(course):
    course("1 + 1")
    lab = subprocess.Popen(
        [sys.executable, "-m", "cnncourse", "lab", "--no-browser", "--port", "18888"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "JUPYTER_TOKEN"} | {"PYTHONPATH": str(ROOT)},
    )
    try:
        assert lab.stdout is not None
        line = next(line for line in lab.stdout if "http://" in line)
        address, page, token = re.search(r"(http://localhost:\d+/)(\S+)\?token=(\w{32})$", line.strip()).groups()
        assert page == "lab/tree/00_start_here.ipynb"
        with urlopen(f"{address}api/contents/00_start_here.ipynb?content=0&token={token}", timeout=20) as answer:
            assert json.load(answer)["name"] == "00_start_here.ipynb"
        with urlopen(f"{address}{page}?token={token}", timeout=20) as answer:
            served = answer.read().decode()
        assert "JupyterLab" in served
        settings = json.loads(re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', served, re.DOTALL)[1])
        assert "@jupyterlab/apputils-extension:announcements" in settings["disabledExtensions"]
    finally:
        lab.terminate()
        rest, _ = lab.communicate(timeout=30)
    assert "Traceback" not in rest
    assert lab.returncode in (0, -signal.SIGTERM, 1)


@pytest.mark.parametrize("name", ["lab", "run"])
def test_away_from_the_course_the_advice_is_where_to_go(name, monkeypatch, capsys):
    def nothing() -> Path:
        raise FileNotFoundError("no lessons here; go to the folder of the course")

    monkeypatch.setattr("cnncourse.lessons.find_notebooks", nothing)
    assert cli.main([name]) == 2
    assert capsys.readouterr().err == "cnncourse: no lessons here; go to the folder of the course\n"


# --- run ------------------------------------------------------------------------------------------------------------


def test_run_builds_the_book_of_the_course_and_says_where_to_read(course, monkeypatch, capsys):
    asked = []

    def build(
        notebooks: Path,
        target: Path,
        *,
        lessons: list[str] | None,
        reuse: bool,
        repository: object,
        report: Callable[[object], None],
    ) -> Path:
        asked.append((notebooks, target, lessons, reuse, repository))
        report("00 Start here … 0.4 s")
        return target / "index.html"

    monkeypatch.setattr("cnncourse.publish.book.build", build)
    folder = course("1 + 1")
    monkeypatch.chdir(folder)  # pages go to the same place from wherever in the course
    assert cli.main(["run"]) == 0
    assert cli.main(["run", "00", "--to", "pages", "--reuse", "--repository", "ada/cnncourse"]) == 0
    assert asked == [
        (folder, folder.parent / "build" / "book", None, False, None),
        (folder, Path("pages"), ["00"], True, ("ada/cnncourse", "main")),
    ]
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first == "00 Start here … 0.4 s"
    assert second == f"read it: {(folder.parent / 'build' / 'book' / 'index.html').as_uri()}"


def test_a_lesson_that_fails_is_named_with_cell_and_error_and_no_traceback(course, capsys):
    course("image = [1, 2, 3]", "image[7]")
    assert cli.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "00_start_here" in said
    assert "IndexError: list index out of range" in said
    assert "image[7]" in said
    assert "Traceback" not in said


def test_a_lesson_that_does_not_exist_is_answered_with_those_that_do(course, capsys):
    course("1 + 1")
    assert cli.main(["run", "77"]) == 2
    assert "'77'" in (said := capsys.readouterr().err)
    assert "00_start_here" in said


def test_a_notebook_that_is_damaged_is_named(course, capsys):
    (course("1 + 1") / "00_start_here.ipynb").write_text("{", encoding="utf-8")
    assert cli.main(["run"]) == 1
    assert "00_start_here.ipynb does not describe itself" in capsys.readouterr().err


def test_a_folder_with_the_learners_own_files_is_not_replaced(course, tmp_path, capsys):
    course("1 + 1")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert cli.main(["run", "--to", str(tmp_path / "mine")]) == 1
    assert "not a book" in capsys.readouterr().err
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


# --- data -----------------------------------------------------------------------------------------------------------


def test_copies_for_colab_say_where_they_go(course, tmp_path, capsys):
    course("1 + 1")
    assert cli.main(["colab", "ada/cnncourse", "--branch", "spring", "--to", str(tmp_path / "copies")]) == 0
    assert "publish this folder as the branch colab of ada/cnncourse: " in capsys.readouterr().out
    assert "--branch spring https://github.com/ada/cnncourse" in (tmp_path / "copies/00_start_here.ipynb").read_text()


def test_a_repository_that_is_none_ends_with_2_and_an_example(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["run", "--repository", "cnncourse"])
    assert stopped.value.code == 2
    assert "expected a repository on GitHub as OWNER/NAME, got 'cnncourse'" in capsys.readouterr().err


def test_translate_says_how_far_each_lesson_is(course, tmp_path, capsys):
    course("1 + 1")
    assert cli.main(["translate", "de", "--to", str(tmp_path / "de")]) == 0
    assert re.search(r"^00 .* … 0 of \d+ texts$", capsys.readouterr().out, re.MULTILINE)
    assert (tmp_path / "de" / "00_start_here.po").exists()
    assert cli.main(["translate", "xx", "--to", str(tmp_path / "xx")]) == 1
    assert "expected a language such as" in capsys.readouterr().err


def test_data_lists_every_bundled_file_and_how_to_get_mnist(capsys):
    assert cli.main(["data"]) == 0
    shown = capsys.readouterr().out
    for name in ("camera.png", "lfw_subset.npy", "digits.csv.gz"):
        assert re.search(rf"{re.escape(name)} .*bundled, whole", shown)
    for name in ("mnist", "fashion-mnist", "cifar10"):
        assert re.search(rf"^{name}: not at hand: ", shown, re.MULTILINE)
        assert f"cnncourse data fetch {name}` (" in shown


def test_a_data_set_that_is_not_known_ends_with_2_and_the_nearest_that_is(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["data", "fetch", "fashion_mnist"])
    assert "out of mnist, fashion-mnist, cifar10; got 'fashion_mnist'; did you mean" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["fashion-mnist", "cifar10"])
def test_each_data_set_is_fetched_from_the_mirror_that_is_named(capsys, name):
    assert cli.main(["data", "fetch", name, "--mirror", "http://127.0.0.1:9/"]) == 1
    assert "from one of 1 mirrors" in capsys.readouterr().err


def test_data_that_cannot_be_fetched_ends_with_1_and_one_message(capsys):
    assert cli.main(["data", "fetch", "mnist", "--mirror", "http://127.0.0.1:9/"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("cnncourse: expected train-images-idx3-ubyte.gz from one of 1 mirrors")
    assert "try:" in said


@needs_mnist
def test_the_genuine_mnist_is_fetched_from_a_mirror_checked_and_found_again(empty_cache, capsys):
    raw = Path(REAL, "MNIST", "raw")
    names = [
        f"{kind}-ubyte" for kind in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    ]
    files = {f"/{name}.gz": gzip.compress((raw / name).read_bytes(), compresslevel=1, mtime=0) for name in names}
    with running(Mirror(files=files, breaks=[1_000_000])) as mirror:
        assert cli.main(["data", "fetch", "mnist", "--mirror", mirror.address]) == 0
    assert mirror.asked == ["all", "bytes=1000000-", "all", "all", "all"]
    assert cli.main(["data"]) == 0
    assert f"mnist: genuine, from your cache ({empty_cache})" in capsys.readouterr().out
