"""Lessons that open from a web address: copies that run on Google Colab, and where Colab and Binder find them."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from cnncourse._files import refuse_to_replace, write_whole
from cnncourse.lessons import read_lessons
from cnncourse.publish.contents import label
from cnncourse.publish.start import working_copies

__all__ = ["COPIES", "Repository", "for_colab", "read_repository", "write_copies"]

COPIES = "colab"  # the branch that holds the copies
MARK = ".cnncourse-colab"  # lies in every folder of copies that was written here
_PARTS = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_LINK = re.compile(r"\]\(((?:\.\./|exercises/)?\d\d_\w+\.ipynb)(?:#[^)\s]*)?\)")
_SETUP = """# Only on Google Colab: brings the course to this machine, once; it takes about a minute.
from pathlib import Path

course = Path.home() / "cnncourse"
if not course.exists():
    !git clone --quiet --depth 1 --branch {branch} {address} "{{course}}"
    %pip install --quiet --no-deps "{{course}}"
    %pip install --quiet anywidget safetensors  # Colab has the rest
%cd -q {{course}}"""


class Repository(NamedTuple):
    """Where the course lies on GitHub.

    Attributes
    ----------
    slug : str
        Owner and name, as ``owner/name``.
    branch : str
        The branch of the course itself.
    """

    slug: str
    branch: str = "main"

    def colab(self, path: str) -> str:
        """Return the address under which Colab opens a copy, such as ``exercises/02_convolution_by_hand.ipynb``."""
        return f"https://colab.research.google.com/github/{self.slug}/blob/{COPIES}/{path}"

    def binder(self, path: str) -> str:
        """Return the address under which Binder starts the course's container and opens a notebook in it."""
        return f"https://mybinder.org/v2/gh/{self.slug}/{self.branch}?urlpath=lab/tree/cnn/{path}"

    def links(self, path: str) -> str:
        """Return both as a line of Markdown."""
        return f"Open it in [Google Colab]({self.colab(path)}) or on [Binder]({self.binder(path)})."


def read_repository(text: str, branch: str = "main") -> Repository:
    """Read where the course lies.

    Parameters
    ----------
    text : str
        ``owner/name``, or the address of a repository on GitHub.
    branch : str
        The branch of the course.

    Returns
    -------
    Repository
        Its owner and name, with the branch.

    Raises
    ------
    ValueError
        If it names no repository.

    Examples
    --------
    >>> read_repository("https://github.com/ada/cnncourse.git").slug
    'ada/cnncourse'
    """
    slug = re.sub(r"^(https://|git@)?(github\.com[/:])?", "", text.strip()).removesuffix("/").removesuffix(".git")
    if not _PARTS.fullmatch(slug):
        raise ValueError(f"expected a repository on GitHub as OWNER/NAME, got {text!r}; try: ada/cnncourse")
    return Repository(slug, branch)


def for_colab(notebook: NotebookNode, path: str, repository: Repository) -> NotebookNode:
    """Make the copy of a notebook that runs on Colab: it brings the course along, and its links stay on Colab.

    Parameters
    ----------
    notebook : NotebookNode
        A lesson, or exercises without solutions; it is changed.
    path : str
        Its place in the folder of copies, with ``/``.
    repository : Repository
        Where Colab fetches the course.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(lambda link: f"]({repository.colab(_place(path, link[1]))})", cell.source)
    source = _SETUP.format(address=f"https://github.com/{repository.slug}", branch=repository.branch)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(source, id="on-colab"))
    return notebook


def _place(path: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), link))


def write_copies(originals: Path, target: Path, repository: Repository) -> list[str]:
    """Write the folder to publish as the branch ``colab``: all lessons and exercises, and a page that opens them.

    Parameters
    ----------
    originals : Path
        The folder of the course's notebooks; only read.
    target : Path
        Where to; earlier copies there are replaced.
    repository : Repository
        Where the course lies.

    Returns
    -------
    list of str
        What was left out, each with the reason.

    Raises
    ------
    FileExistsError
        If `target` holds something else.
    """
    refuse_to_replace(target, mark=MARK, kind="copies for Colab")
    write_whole(target / MARK, f"{repository.slug} {repository.branch}\n")
    left_out = []
    for path, content in working_copies(originals):
        if isinstance(content, str):
            left_out.append(f"{path}: {content}")
            continue
        copied = for_colab(nbformat.reads(content.decode(), as_version=4), path, repository)
        write_whole(target / path, nbformat.writes(copied) + "\n")
    write_whole(target / "README.md", _front_page(originals, target, repository))
    return left_out


def _front_page(originals: Path, target: Path, repository: Repository) -> str:
    rows = []
    for lesson in read_lessons(originals):
        name = lesson.path.name
        links = f"[lesson]({repository.colab(name)})"
        if (target / "exercises" / name).exists():
            links += f" · [exercises]({repository.colab(f'exercises/{name}')})"
        rows.append(f"| {label(lesson)} | {links} | [lesson]({repository.binder(name)}) |")
    return (
        "# Convolutional neural networks, on a machine elsewhere\n\n"
        f"Copies of the notebooks of [{repository.slug}](https://github.com/{repository.slug}) that bring the course "
        "along. On Colab, run the first cell, then the rest; keep what you do with *File → Save a copy in Drive*. "
        "Binder needs some minutes to start, and forgets everything at the end.\n\n"
        "| | Google Colab | Binder |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    )
