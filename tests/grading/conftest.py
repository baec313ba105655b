"""A course that is released once, and copied for each test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnncourse.grading.assignment import Assignment, read_assignment
from cnncourse.grading.course import Course
from tests.grading.classroom import NAME, make_course


@pytest.fixture(scope="session")
def first_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Return a course with a released set; nobody writes there."""
    pytest.importorskip("nbgrader", reason="releasing needs nbgrader: pip install 'cnncourse[grading]'")
    return make_course(tmp_path_factory.mktemp("first"))


@pytest.fixture
def course(first_course: Course, tmp_path: Path) -> Course:
    """Return a course of the test's own."""
    shutil.copytree(first_course.root, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def small(course: Course) -> Assignment:
    """Return the released set."""
    return read_assignment(course.released(NAME))
