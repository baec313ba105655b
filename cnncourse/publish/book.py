"""Build the HTML book: every lesson executed, then written as one site that opens from disk without a network."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from warnings import catch_warnings

from cnncourse._files import refuse_to_replace
from cnncourse.publish.execute import LessonFailed, plain
from cnncourse.publish.executed import Executed, choose_lessons, run_lessons
from cnncourse.publish.hosted import Repository
from cnncourse.publish.source import write_source

__all__ = ["BookFailed", "Executed", "LessonFailed", "build"]

_STATIC = Path(__file__).with_name("book") / "static"
_MARK = ".buildinfo"  # Sphinx leaves it in every site that it writes

SETTINGS: dict[str, Any] = {
    "project": "Convolutional neural networks",
    "html_title": "Convolutional neural networks",
    "extensions": ["myst_nb", "cnncourse.publish.mathml", "cnncourse.publish.linking"],
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
    "myst_enable_extensions": ["amsmath", "colon_fence", "dollarmath", "html_image"],
    "myst_heading_anchors": 4,
    "myst_heading_slug_func": "cnncourse.publish.pages.anchor",
}


class BookFailed(RuntimeError):
    """The lessons ran, but the site could not be written."""


def build(
    notebooks: Path,
    target: Path,
    *,
    lessons: Sequence[str] | None = None,
    reuse: bool = False,
    repository: Repository | None = None,
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
    repository : Repository, optional
        Where the course lies on GitHub; then each lesson's page leads to Colab and Binder.
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
    refuse_to_replace(target, mark=_MARK, kind="a book")
    chosen = choose_lessons(notebooks, lessons)
    work = target.with_name(f"{target.name}-work")
    if not reuse:
        shutil.rmtree(work, ignore_errors=True)
    executed = run_lessons(chosen, reuse=reuse, report=report)
    taken_home = write_source(executed, notebooks, work, report, repository=repository)
    site = _write_site(work, chosen[0].language, report)
    for path, content in taken_home.items():
        (site / "_sources" / path).write_bytes(content)
    _replace(target, site)
    return target / "index.html"


def _write_site(work: Path, language: str, report: Callable[[object], None]) -> Path:
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    site, warnings = work / "site", io.StringIO()
    shutil.rmtree(site, ignore_errors=True)  # pages of lessons that are gone; what Sphinx has read, it keeps elsewhere
    start = time.perf_counter()
    try:
        # what these libraries deprecate among themselves is no concern of a builder of books
        with catch_warnings(action="ignore"), patch_docutils(), docutils_namespace():
            settings = SETTINGS | {"language": language, "html_extra_path": [str(work / "extra")]}
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
