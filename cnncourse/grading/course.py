"""A course folder, laid out as nbgrader does: what is where, who may hand in, and the secret of the hidden inputs."""

from __future__ import annotations

import os
import secrets
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnncourse.lessons import find_notebooks

__all__ = [
    "Course",
    "GradingError",
    "all_sets",
    "fault_of_name",
    "find_set",
    "open_gradebook",
    "read_secret",
]

SECRET = ".cnncourse-secret"
CONFIGURATION = "nbgrader_config.py"
LONGEST_NAME = 128  # what nbgrader's database keeps
PUNCTUATION = " ._-@+'"


class GradingError(Exception):
    """Something about a course, a set or a room to run code in; the message says what is wrong and what to try."""


@dataclass(frozen=True)
class Course:
    """The folder of a course.

    Attributes
    ----------
    root : Path
        It holds ``source``, ``release``, ``submitted``, ``autograded``, ``marks``, ``reports``,
        ``feedback`` and ``gradebook.db``.
    """

    root: Path

    def source(self, name: str) -> Path:
        """Return where a set is kept with its solutions."""
        return self.root / "source" / name / f"{name}.ipynb"

    def released(self, name: str) -> Path:
        """Return where the set is that learners get."""
        return self.root / "release" / name / f"{name}.ipynb"

    @property
    def submitted(self) -> Path:
        """Return where submissions are; nothing is ever written there."""
        return self.root / "submitted"

    def autograded(self, student: str, name: str) -> Path:
        """Return where a marked notebook is, for formgrader."""
        return self.root / "autograded" / student / name / f"{name}.ipynb"

    def marks(self, student: str, name: str) -> Path:
        """Return where a submission's marks are kept, with all that was found."""
        return self.root / "marks" / student / f"{name}.json"

    def feedback(self, student: str, name: str) -> Path:
        """Return where the page for a learner is."""
        return self.root / "feedback" / student / name / f"{name}.html"

    def report(self, name: str) -> Path:
        """Return where the lecturer's page on a set is."""
        return self.root / "reports" / f"{name}.html"

    def names(self) -> list[str]:
        """Return the names of the sets that were released, in order."""
        return sorted(path.stem for path in self.root.glob("release/*/*.ipynb") if path.stem == path.parent.name)

    def find_names(self, wanted: list[str] | None) -> list[str]:
        """Find released sets by their names or numbers; all of them if none is named.

        Raises
        ------
        GradingError
            If one is not there.
        """
        there = self.names()
        if not there:
            raise GradingError(f"{self.root} holds no released set; try: cnncourse exercises release --course")
        return there if not wanted else [_pick(text, there, "released set") for text in wanted]


def _pick(text: str, there: list[str], what: str) -> str:
    fitting = [name for name in there if text == name or text.zfill(2) == name[:2]]
    if not fitting:
        raise GradingError(f"no {what} {text!r}; there are: {', '.join(there)}")
    return fitting[0]


def find_set(text: str) -> Path:
    """Find a set of exercises that comes with the course.

    Parameters
    ----------
    text : str
        Its name or number, such as ``"02"``.

    Returns
    -------
    Path
        The notebook with the solutions.

    Raises
    ------
    GradingError
        If there is none.
    """
    there = {path.stem: path for path in all_sets()}
    return there[_pick(text, list(there), "set of exercises")]


def all_sets() -> list[Path]:
    """Return the sets of exercises that come with the course, in order."""
    return sorted((find_notebooks() / "exercises").glob("[0-9][0-9]_*.ipynb"))


def fault_of_name(student: str) -> str:
    """Say what is wrong with the name that a learner hands in under, or nothing.

    Names become folders, rows and addresses. Letters of every script, digits, and a few signs inside are welcome.

    Examples
    --------
    >>> fault_of_name("Zoë O'Neill-2")
    ''
    >>> fault_of_name("..")
    "expected a name that begins with a letter or a digit, got '..'"
    """
    if not student or len(student) > LONGEST_NAME:
        return f"expected a name of 1 to {LONGEST_NAME} characters, got {len(student)}"
    if not _is_letter(student[0]):
        return f"expected a name that begins with a letter or a digit, got {student!r}"
    strange = sorted({sign for sign in student if not _is_letter(sign) and sign not in PUNCTUATION})
    if strange:
        return f"expected letters, digits and {PUNCTUATION.strip()} in a name, got {strange[0]!r} in {student!r}"
    return "" if student == student.strip() else f"expected a name without a space at its end, got {student!r}"


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) in ("Mn", "Mc")


def make_secret(course: Course) -> bytes:
    """Make the secret that hidden inputs are drawn with, unless there is one, and return it."""
    path = course.root / SECRET
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    return read_secret(course)


def read_secret(course: Course) -> bytes:
    """Read the secret that hidden inputs are drawn with.

    Raises
    ------
    GradingError
        If it is missing, or not the one that was made.
    """
    path = course.root / SECRET
    if not path.is_file():
        raise GradingError(f"{path} is missing: marks depend on it. Bring it back, or release the sets to make another")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) < 16:
        raise GradingError(f"{path} is damaged; bring the one back that was made with the first release")
    return secret


def read_configuration(course: Course) -> Any:
    """Read the lecturer's settings of nbgrader, and say where the course is.

    Raises
    ------
    GradingError
        If nbgrader is not installed.
    """
    try:
        import nbgrader  # noqa: F401
        from traitlets.config.loader import Config, PyFileConfigLoader
    except ImportError:
        raise GradingError('nbgrader is not installed here; try: pip install "cnncourse[grading]"') from None
    settings = Config()
    if (course.root / CONFIGURATION).is_file():
        settings = PyFileConfigLoader(CONFIGURATION, path=str(course.root)).load_config()
    settings.CourseDirectory.root = str(course.root.resolve())
    return settings


@contextmanager
def open_gradebook(course: Course) -> Iterator[Any]:
    """Open the gradebook for writing or reading; one process at a time should.

    Raises
    ------
    GradingError
        If nbgrader is missing, or the database cannot be used.
    """
    settings = read_configuration(course)
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.exc import SQLAlchemyError

    folder = CourseDirectory(config=settings)
    try:
        with programs_at_hand(), Gradebook(folder.db_url, folder.course_id) as book:
            yield book
    except SQLAlchemyError as error:
        raise GradingError(f"the gradebook {folder.db_url} cannot be used: {error.__cause__ or error}") from error


@contextmanager
def programs_at_hand() -> Iterator[None]:
    """Let nbgrader find the programs that are installed beside Python: it calls one to make a new database."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
