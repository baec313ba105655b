"""Tests of lessons that open from a web address: a copy for Colab installs the course by itself and then runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from importlib.metadata import distribution
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from cnncourse.publish.hosted import MARK, Repository, for_colab, read_repository, write_copies
from cnncourse.publish.pages import page

ROOT = Path(__file__).parents[2]
ADA = Repository("ada/cnncourse", "spring")
# what a Colab machine has or the copy installs; what publishes, serves and marks is not among it
ON_COLAB = (
    *("ipykernel", "anywidget", "numpy", "scipy", "matplotlib", "pillow", "scikit-image", "scikit-learn"),
    *("torch", "torchvision", "safetensors", "filelock", "platformdirs", "tqdm", "packaging", "psutil"),
)


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder to publish."""
    folder = tmp_path_factory.mktemp("colab")
    assert write_copies(ROOT / "notebooks", folder, ADA) == []
    return folder


@pytest.mark.parametrize(
    "text", ["ada/cnncourse", "https://github.com/ada/cnncourse", "git@github.com:ada/cnncourse.git", "ada/cnncourse/ "]
)
def test_a_repository_is_known_by_its_name_or_by_its_address(text: str):
    assert read_repository(text, "spring") == ADA


@pytest.mark.parametrize("text", ["", "cnncourse", "https://example.org/ada/cnncourse", "ada/cnn course", "a/b/c"])
def test_what_is_no_repository_is_refused_with_an_example(text: str):
    with pytest.raises(ValueError, match=r"expected a repository on GitHub as OWNER/NAME, got .*; try: ada/cnncourse"):
        read_repository(text)


def test_every_lesson_and_every_set_is_copied_without_solutions(copies: Path):
    names = {path.relative_to(ROOT / "notebooks") for path in (ROOT / "notebooks").glob("**/[0-9][0-9]_*.ipynb")}
    assert {path.relative_to(copies) for path in copies.rglob("*.ipynb")} == names
    for path in copies.rglob("*.ipynb"):
        copied = nbformat.read(path, as_version=4)
        nbformat.validate(copied)
        assert copied.cells[0].id == "on-colab"
        assert "BEGIN SOLUTION" not in path.read_text(encoding="utf-8")


def test_links_from_one_notebook_to_another_stay_on_colab(copies: Path):
    known = {path.relative_to(copies).as_posix() for path in copies.rglob("*.ipynb")}
    links = set()
    for path in copies.rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                links |= set(re.findall(r"\]\(([^)\s]*\.ipynb[^)\s]*)\)", cell.source))
    assert len(links) >= 12
    assert {link.removeprefix(ADA.colab("")) for link in links} <= known


def test_the_front_page_opens_every_copy(copies: Path):
    text = (copies / "README.md").read_text(encoding="utf-8")
    for path in copies.rglob("*.ipynb"):
        assert f"({ADA.colab(path.relative_to(copies).as_posix())})" in text
    assert ADA.binder("02_convolution_by_hand.ipynb") in text
    assert "/gh/ada/cnncourse/spring?" in text


def test_a_page_of_the_book_says_below_its_title_where_to_run_the_lesson():
    cells = [nbformat.v4.new_markdown_cell("# Sum"), nbformat.v4.new_code_cell("1 + 1")]
    shown = page(nbformat.v4.new_notebook(cells=cells), launch=ADA.links("04_sum.ipynb"))
    assert [cell.cell_type for cell in shown.cells] == ["markdown", "markdown", "code"]
    assert f"[Google Colab]({ADA.colab('04_sum.ipynb')})" in shown.cells[1].source
    assert f"[Binder]({ADA.binder('04_sum.ipynb')})" in shown.cells[1].source


def test_binder_opens_a_lesson_where_the_container_lays_it():
    laid = re.search(r'cnncourse start --to "\$\{HOME\}/(\w+)"', (ROOT / ".binder" / "Dockerfile").read_text())
    assert laid is not None
    assert ADA.binder("00_start_here.ipynb").endswith(f"?urlpath=lab/tree/{laid[1]}/00_start_here.ipynb")


def test_a_folder_with_other_things_is_left_alone_and_earlier_copies_are_renewed(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="choose a new or an empty folder"):
        write_copies(ROOT / "notebooks", tmp_path, ADA)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / MARK).touch()
    write_copies(ROOT / "notebooks", tmp_path, ADA)
    assert (tmp_path / "00_start_here.ipynb").exists()


@pytest.fixture
def colab(tmp_path: Path) -> Path:
    """Return the Python of a machine that has what lessons import, and neither this course nor what publishes it."""
    machine = tmp_path / "machine"
    venv.create(machine, symlinks=os.name != "nt")
    python = next(machine.glob("bin/python")) if os.name != "nt" else machine / "Scripts" / "python.exe"
    place = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], **_CAUGHT).stdout
    for name in _needed(*ON_COLAB, "pip", "flit_core", "nbclient"):
        for top in {file.parts[0] for file in distribution(name).files or ()} - {"..", "__pycache__"}:
            here, there = Path(str(distribution(name).locate_file(top))), Path(place.strip()) / top
            if not there.exists():
                there.symlink_to(here, target_is_directory=here.is_dir())
    return python


@pytest.fixture
def github(tmp_path: Path) -> Path:
    """Return a repository with the course as it is now, in the branch that the copies name."""
    course = tmp_path / "github"
    for name in ("cnncourse", "notebooks"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, course)
    said = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    for words in (
        ["init", "--initial-branch", ADA.branch],
        ["add", "."],
        [*said, "commit", "--message", "as it is now"],
    ):
        subprocess.run(["git", *words], cwd=course, **_CAUGHT)
    return course


_CAUGHT = {"check": True, "capture_output": True, "text": True}


def _needed(*names: str) -> set[str]:
    """Name distributions and all that they need here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        needs = map(Requirement, distribution(name).requires or ())
        waiting += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def test_a_copy_brings_the_course_to_a_machine_without_it_and_then_imports_all_that_lessons_do(
    colab: Path, github: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # all but the course is there, and this machine may have no network
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")  # pip reads this variable as what the isolation is set to
    lessons = [nbformat.read(path, as_version=4) for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
    setups = [cell for lesson in lessons for cell in lesson.cells if "setup" in cell.metadata.get("tags", [])]
    assert len(setups) == len(lessons)
    for number, cell in enumerate(setups):
        cell.id = f"setup-{number}"
    copied = for_colab(nbformat.v4.new_notebook(cells=setups), "all.ipynb", ADA)
    assert str(github) not in copied.cells[0].source
    copied.cells[0].source = copied.cells[0].source.replace("https://github.com/ada/cnncourse", github.as_uri())
    told = "from cnncourse.lessons import find_notebooks; len(list(find_notebooks().glob('*.ipynb')))"
    copied.cells.append(nbformat.v4.new_code_cell(told))
    nbformat.write(copied, tmp_path / "all.ipynb")
    execute = "from nbclient.cli import main; main()"
    subprocess.run([colab, "-c", execute, "--inplace", "all.ipynb"], cwd=tmp_path, **_CAUGHT)
    copied = nbformat.read(tmp_path / "all.ipynb", as_version=4)
    assert copied.cells[-1].outputs[0].data["text/plain"] == str(len(lessons))
    assert list(colab.parents[1].glob("**/site-packages/cnncourse/prompts.py")), "installed on that machine"
