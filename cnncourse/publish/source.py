"""What Sphinx reads to write the book: a page for each lesson and each set of exercises, and the pages to look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnncourse.lessons import Lesson
from cnncourse.publish.contents import start_page
from cnncourse.publish.executed import files_in
from cnncourse.publish.exercises import ExerciseSet, read_set
from cnncourse.publish.figures import (
    THUMBNAILS,
    Figure,
    figures_of,
    figures_page,
    name_figures,
    thumbnail,
    thumbnail_name,
)
from cnncourse.publish.glossary import glossary_page, read_terms
from cnncourse.publish.guide import guide_pages
from cnncourse.publish.hosted import Repository
from cnncourse.publish.licences import licences_page
from cnncourse.publish.pages import PICTURES, page, take_out_pictures
from cnncourse.publish.references import read_works, references_page, sources_of, unlisted

_PICTURE_FILES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
Report = Callable[[object], None]
Files = dict[Path, bytes]


def write_source(
    executed: Mapping[Lesson, NotebookNode],
    notebooks: Path,
    work: Path,
    report: Report,
    *,
    repository: Repository | None = None,
) -> Files:
    """Write what Sphinx reads, touching only files that differ so that it can skip the others.

    Parameters
    ----------
    executed : mapping of Lesson to NotebookNode
        The lessons with their outputs.
    notebooks : Path
        The folder that they come from; only read.
    work : Path
        Where to write: ``source`` for pages, ``extra`` for files that go into the site as they are.
    report : callable
        Told what a reader would miss: a set that cannot be shown, a figure without words, an unknown reference.
    repository : Repository, optional
        Where the course lies on GitHub; then each lesson's page says where to run it.

    Returns
    -------
    dict of Path to bytes
        The notebooks that readers take home, by their place in the site's folder of sources.
    """
    source, extra = work / "source", work / "extra"
    sets = _sets(executed, report)
    files, figures = _lesson_pages(executed, sets, source, extra, repository)
    files |= _pages_to_look_up(executed, figures, source, report)
    guide = guide_pages(notebooks, [*(one.path.stem for one in executed), *(one.name for one in sets.values())])
    files |= {source / f"{name}.md": text.encode() for name, text in guide.items()}
    files[source / "index.md"] = start_page(list(executed), sets, guide=list(guide)).encode()
    for one in sets.values():
        files[source / f"{one.name}.ipynb"] = nbformat.writes(one.page).encode()
    for path in notebooks.rglob("*"):
        if path.suffix.lower() in _PICTURE_FILES and ".ipynb_checkpoints" not in path.parts:
            files[source / path.relative_to(notebooks)] = path.read_bytes()
    extra.mkdir(parents=True, exist_ok=True)
    _bring_up_to_date(files, source, extra)
    # readers take home the lesson as it was written, not the page made of it
    taken_home = {Path(lesson.path.name): lesson.path.read_bytes() for lesson in executed}
    return taken_home | {Path(f"{one.name}.ipynb"): one.given_out for one in sets.values()}


def _sets(lessons: Mapping[Lesson, NotebookNode], report: Report) -> dict[Lesson, ExerciseSet]:
    found = {lesson: read_set(lesson) for lesson in lessons}
    for reason in dict.fromkeys(one for one in found.values() if isinstance(one, str)):
        report(f"exercises {reason}")
    return {lesson: one for lesson, one in found.items() if isinstance(one, ExerciseSet)}


def _lesson_pages(
    executed: Mapping[Lesson, NotebookNode],
    sets: Mapping[Lesson, ExerciseSet],
    source: Path,
    extra: Path,
    repository: Repository | None,
) -> tuple[Files, dict[Lesson, list[Figure]]]:
    files: Files = {}
    figures: dict[Lesson, list[Figure]] = {}
    for lesson, notebook in executed.items():
        launch = repository.links(lesson.path.name) if repository else ""
        shown = page(notebook, launch=launch, practise=_practise(sets.get(lesson)), look_up=_LOOK_UP)
        name_figures(shown)
        pictures = take_out_pictures(shown)
        figures[lesson] = figures_of(shown)
        files[source / lesson.path.name] = nbformat.writes(shown).encode()
        files |= {extra / PICTURES / name: content for name, content in pictures.items()}
        for figure in figures[lesson]:
            small = extra / THUMBNAILS / thumbnail_name(figure)
            if content := pictures.get(Path(figure.picture).name):  # named after its content: once made, it stays good
                files[small] = small.read_bytes() if small.exists() else thumbnail(content)
    return files, figures


_LOOK_UP = "These works, and which other lessons cite them, stand in the [references](references.md)."


def _practise(exercises: ExerciseSet | None) -> str:
    if exercises is None:
        return ""
    return (
        f"## Practise\n\n[Exercises {exercises.lesson.number:02d} · {exercises.lesson.title}]({exercises.name}.ipynb): "
        f"{exercises.extent}. In JupyterLab a check says at once what is right, what is not, and why."
    )


def _pages_to_look_up(
    executed: Mapping[Lesson, NotebookNode], figures: Mapping[Lesson, list[Figure]], source: Path, report: Report
) -> Files:
    for lesson, shown in figures.items():
        for figure in shown:
            if figure.fault:
                report(f"{lesson.path.stem}: the text alternative of a figure in “{figure.cell}”: {figure.fault}")
    works, sources = read_works(), {lesson: sources_of(notebook) for lesson, notebook in executed.items()}
    for doi, lessons in unlisted(works, sources).items():
        report(f"{lessons[0].path.stem}: {doi} is cited, and not in references.toml")
    texts = {
        "glossary": glossary_page(read_terms(), list(executed)),
        "figures": figures_page(figures),
        "references": references_page(works, sources),
        "licences": licences_page(),
    }
    return {source / f"{name}.md": text.encode() for name, text in texts.items()}


def _bring_up_to_date(files: Files, *folders: Path) -> None:
    for stale in set(files_in(*folders)) - set(files):
        stale.unlink()
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
