"""Lessons describe themselves in their notebooks, and are found from anywhere inside the course."""

import json

import pytest

from cnncourse.lessons import Lesson, find_notebooks, read_lessons


def write_notebook(folder, number, **told):
    path = folder / f"{number:02d}_lesson.ipynb"
    described = {"number": number, "title": "T", "minutes": 5, "needs": [], "summary": "S."} | told
    path.write_text(json.dumps({"metadata": {"cnncourse": described}}))
    return path


def test_lessons_come_in_teaching_order(tmp_path):
    write_notebook(tmp_path, 2, needs=[0, 1], title="Two")
    first = write_notebook(tmp_path, 1, minutes=75)
    (tmp_path / "notes.ipynb").write_text("{}")
    lessons = read_lessons(tmp_path)
    assert lessons[0] == Lesson(1, "T", 75, (), "S.", first)
    assert lessons[1].needs == (0, 1)


def test_a_notebook_that_says_nothing_of_itself_is_named(tmp_path):
    write_notebook(tmp_path, 3, minutes=None)
    with pytest.raises(ValueError, match=r"03_lesson.ipynb does not describe itself .* minutes"):
        read_lessons(tmp_path)


def test_a_broken_notebook_is_named(tmp_path):
    (tmp_path / "04_broken.ipynb").write_text("{ not json")
    with pytest.raises(ValueError, match="04_broken"):
        read_lessons(tmp_path)


def test_the_folder_is_found_from_below_and_from_the_root(tmp_path):
    notebooks = tmp_path / "notebooks"
    below = notebooks / "exercises" / "deep"
    below.mkdir(parents=True)
    write_notebook(notebooks, 0)
    assert find_notebooks(below) == find_notebooks(tmp_path) == notebooks


def test_the_real_lessons_start_with_lesson_zero_and_build_on_earlier_ones_only():
    lessons = read_lessons(find_notebooks())
    assert lessons[0].number == 0
    assert all(needed < lesson.number for lesson in lessons for needed in lesson.needs)
