"""Build the HTML book: every lesson executed, then written as one site that opens from disk without a network."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from warnings import catch_warnings

import nbformat
from nbformat import NotebookNode

from cnncourse.lessons import Lesson, read_lessons
from cnncourse.publish.execute import LessonFailed, execute, plain
from cnncourse.publish.pages import PICTURES, page, start_page, take_out_pictures

__all__ = ["BookFailed", "Executed", "LessonFailed", "build"]

_PACKAGE = Path(__file__).resolve().parents[1]
_STATIC = Path(__file__).with_name("book") / "static"
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
_MARK = ".buildinfo"  # Sphinx leaves it in every site that it writes

SETTINGS: dict[str, Any] = {
    "project": "Convolutional neural networks",
    "html_title": "Convolutional neural networks",
    "language": "en",
    "extensions": ["myst_nb", "cnncourse.publish.mathml"],
    "html_theme": "sphinx_book_theme",
    "html_theme_options": {
        "use_download_button": True,
        "use_fullscreen_button": False,
        "navbar_persistent": [],
        "toc_title": "On this page",
        "show_navbar_depth": 1,
        "show_toc_level": 1,
        "footer_content_items": "extra-footer.html",
        "extra_footer": "Text CC BY 4.0, code BSD 3-Clause.",
        "pygments_light_style": "a11y-light",
        "pygments_dark_style": "a11y-dark",
    },
    "html_context": {"default_mode": "auto"},
    "html_static_path": [str(_STATIC)],
    "html_css_files": ["book.css"],
    "html_js_files": [("reading.js", {"defer": "defer"}), ("mount.js", {"defer": "defer"})],
    "html_math_renderer": "mathml",
    "html_show_search_summary": False,  # a page on disk may not read its neighbours
    "html_copy_source": True,
    "html_use_index": False,
    "nb_execution_mode": "off",
    "nb_merge_streams": True,
    "nb_code_prompt_show": "Show code",  # in the words of reading.js
    "nb_code_prompt_hide": "Hide code",
    "nb_ipywidgets_js": {},
    "myst_enable_extensions": ["dollarmath", "amsmath", "html_image"],
    "myst_heading_anchors": 4,
    "myst_heading_slug_func": "cnncourse.publish.pages.anchor",
}


class BookFailed(RuntimeError):
    """The lessons ran, but the site could not be written."""


@dataclass(frozen=True)
class Executed:
    """What became of one lesson on its way into the book.

    Attributes
    ----------
    lesson : Lesson
        Its description.
    seconds : float, seconds
        How long its cells took.
    reused : bool
        Whether an earlier run was still good.
    """

    lesson: Lesson
    seconds: float
    reused: bool = False

    def __str__(self) -> str:
        took = "unchanged" if self.reused else f"{self.seconds:.1f} s"
        return f"{self.lesson.number:02d} {self.lesson.title} … {took}"


def build(
    notebooks: Path,
    target: Path,
    *,
    lessons: Sequence[str] | None = None,
    reuse: bool = False,
    report: Callable[[object], None] = lambda line: None,
) -> Path:
    """Execute the lessons and write them as one HTML site.

    Parameters
    ----------
    notebooks : Path
        The folder of the lessons; only read.
    target : Path
        Folder of the site. An earlier book there is replaced once the new one is complete. Beside it, a folder named
        after it with ``-work`` keeps what the next build can use.
    lessons : sequence of str, optional
        Numbers or names of lessons, such as ``"02"``; all by default.
    reuse : bool
        Take over the results of lessons whose notebook, course package, data and installed packages are unchanged.
    report : callable
        Told each `Executed` lesson as it ends and every warning, ready for `print`.

    Returns
    -------
    Path
        The start page, ``index.html``.

    Raises
    ------
    FileNotFoundError
        If there is no such lesson.
    FileExistsError
        If `target` holds something that is not a book.
    LessonFailed
        If a cell fails; an earlier book then stays as it is.
    BookFailed
        If Sphinx cannot write the site.
    """
    notebooks, target = notebooks.resolve(), target.resolve()
    _refuse_to_replace(target)
    chosen = _choose(read_lessons(notebooks), lessons, notebooks)
    work = target.with_name(f"{target.name}-work")
    if not reuse:
        shutil.rmtree(work, ignore_errors=True)
    executed = {lesson: _executed(lesson, work / "executed", report) for lesson in chosen}
    _write_source(executed, notebooks, work / "source")
    site = _write_site(work, report)
    for lesson in chosen:  # readers take home the lesson as it was written, not the page made of it
        shutil.copyfile(lesson.path, site / "_sources" / lesson.path.name)
    _replace(target, site)
    return target / "index.html"


def _refuse_to_replace(target: Path) -> None:
    if target.exists() and not (target / _MARK).exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} holds something that is not a book; choose a new or an empty folder")


def _choose(found: Sequence[Lesson], names: Sequence[str] | None, folder: Path) -> list[Lesson]:
    if not found:
        raise FileNotFoundError(f"no lessons in {folder}; expected notebooks named like 01_images.ipynb")
    if names is None:
        return list(found)
    for name in names:
        if not any(_is_called(lesson, name) for lesson in found):
            known = ", ".join(lesson.path.stem for lesson in found)
            raise FileNotFoundError(f"no lesson is called {name!r}; there are {known}")
    return [lesson for lesson in found if any(_is_called(lesson, name) for name in names)]


def _is_called(lesson: Lesson, name: str) -> bool:
    return Path(name).name.removesuffix(".ipynb") in (lesson.path.stem, str(lesson.number), f"{lesson.number:02d}")


def _executed(lesson: Lesson, kept: Path, report: Callable[[object], None]) -> NotebookNode:
    notebook = nbformat.read(lesson.path, as_version=4)
    result = kept / f"{lesson.path.stem}-{_fingerprint(lesson.path)}.ipynb"
    if result.exists():
        report(Executed(lesson, 0.0, reused=True))
        return nbformat.read(result, as_version=4)
    report(Executed(lesson, execute(notebook, lesson=lesson.path.stem, folder=lesson.path.parent)))
    kept.mkdir(parents=True, exist_ok=True)
    for old in kept.glob(f"{lesson.path.stem}-*.ipynb"):
        old.unlink()
    nbformat.write(notebook, result)
    return notebook


def _fingerprint(notebook: Path) -> str:
    """Digest all that a lesson's outputs can depend on."""
    digest = hashlib.sha256(notebook.read_bytes())
    for path in _files(_PACKAGE):
        digest.update(path.read_bytes())
    for path in _files(notebook.parents[1] / "data", Path(os.environ.get("CNNCOURSE_DATA_DIR") or os.devnull)):
        digest.update(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    installed = sorted(f"{package.name} {package.version}" for package in distributions())
    digest.update(f"{sys.version} {installed}".encode())
    return digest.hexdigest()[:16]


def _files(*folders: Path) -> Iterable[Path]:
    return sorted(
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def _write_source(executed: dict[Lesson, NotebookNode], notebooks: Path, source: Path) -> None:
    """Write what Sphinx reads, touching only files that differ so that it can skip the others."""
    files = {source / "index.md": start_page(list(executed)).encode()}
    for lesson, notebook in executed.items():
        shown = page(notebook)
        pictures = take_out_pictures(shown)
        files[source / lesson.path.name] = nbformat.writes(shown).encode()
        files |= {source.with_name("extra") / PICTURES / name: content for name, content in pictures.items()}
    for path in notebooks.rglob("*"):
        if path.suffix.lower() in _PICTURES and ".ipynb_checkpoints" not in path.parts:
            files[source / path.relative_to(notebooks)] = path.read_bytes()
    for stale in set(_files(source, source.with_name("extra"))) - set(files):
        stale.unlink()
    source.with_name("extra").mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _write_site(work: Path, report: Callable[[object], None]) -> Path:
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    site, warnings = work / "site", io.StringIO()
    shutil.rmtree(site, ignore_errors=True)  # pages of lessons that are gone; what Sphinx has read, it keeps elsewhere
    start = time.perf_counter()
    try:
        # what these libraries deprecate among themselves is no concern of a builder of books
        with catch_warnings(action="ignore"), patch_docutils(), docutils_namespace():
            settings = SETTINGS | {"html_extra_path": [str(work / "extra")]}
            source, kept = work / "source", work / "doctrees"
            Sphinx(source, None, site, kept, "html", settings, status=None, warning=warnings).build()
    except SphinxError as fault:
        raise BookFailed(f"the lessons ran, but the site could not be written: {fault}") from fault
    for line in plain(warnings.getvalue()).splitlines():
        report(line.replace(f"{source}{os.sep}", ""))
    report(f"pages written … {time.perf_counter() - start:.1f} s")
    return site


def _replace(target: Path, site: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(site, target, ignore=shutil.ignore_patterns("objects.inv", "locales", "logo_*", "*.map"))
