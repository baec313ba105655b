"""The map of the course: what builds on what, where it stands, and what it says in words."""

import json
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from cnncourse.course_layout import BOX_HEIGHT, BOX_WIDTH, Stop, direct_needs, layout, ways
from cnncourse.course_map import course_map, map_in_words
from cnncourse.lessons import Lesson

LONG = {
    0: [], 1: [], 2: [1], 3: [2], 4: [2], 5: [4], 6: [4, 5], 7: [3, 6], 8: [7], 9: [6], 10: [6, 9], 11: [6, 8, 9],
}  # fmt: skip
SHORT = {0: [], 1: [], 2: [1]}


def course(needs: dict[int, list[int]]) -> list[Lesson]:
    return [
        Lesson(number, f"Pooling and receptive fields {number}", 10 * number + 5, tuple(before), "S.", Path("x.ipynb"))
        for number, before in needs.items()
    ]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_a_need_that_another_need_implies_is_left_out():
    assert direct_needs(course({0: [], 1: [0], 2: [0, 1], 3: [0, 2]})) == {0: [], 1: [0], 2: [1], 3: [2]}


def test_two_needs_that_do_not_imply_each_other_both_stay():
    assert direct_needs(course({0: [], 1: [], 2: [0, 1]}))[2] == [0, 1]


def test_a_need_that_is_not_among_the_lessons_is_passed_over():
    assert direct_needs(course({4: [2, 3], 5: [4]})) == {4: [], 5: [4]}


@pytest.mark.parametrize("needs", [{0: [], 1: [2], 2: []}, {0: [0]}])
def test_a_lesson_that_needs_itself_or_a_later_one_is_named(needs):
    with pytest.raises(ValueError, match="only lessons before it can be needed"):
        direct_needs(course(needs))


@pytest.mark.parametrize("needs", [SHORT, LONG])
def test_every_arrow_leads_downwards_a_row_at_a_time(needs):
    places = layout(course(needs))
    for way in ways(direct_needs(course(needs))):
        assert all(lower.row == upper.row + 1 for upper, lower in pairwise(way))
        assert all(places[lower][1] < places[upper][1] for upper, lower in pairwise(way))


@pytest.mark.parametrize("needs", [SHORT, LONG])
def test_nothing_lies_on_anything_else(needs):
    places = layout(course(needs))
    for (one, (x0, y0)), (other, (x1, y1)) in combinations(places.items(), 2):
        assert abs(y0 - y1) > BOX_HEIGHT or abs(x0 - x1) > (one.width + other.width) / 2


def test_an_arrow_past_a_row_has_a_place_of_its_own_there():
    way = ways({0: [], 1: [0], 2: [1], 3: [0, 2]})[-2]
    assert way == [Stop(0, 0), Stop(1, 3, 0), Stop(2, 3, 0), Stop(3, 3)]


def test_all_lessons_stand_in_the_map_and_rows_are_centred():
    places = layout(course(LONG))
    assert {stop.lesson for stop in places if stop.passes_from is None} == set(LONG)
    for row in range(3):
        edges = [(x - s.width / 2, x + s.width / 2) for s, (x, _) in places.items() if s.row == row]
        assert min(left for left, _ in edges) == pytest.approx(-max(right for _, right in edges))


def test_the_map_in_words_names_minutes_needs_and_the_readers_place():
    words = map_in_words(course({0: [], 1: [], 2: [0, 1]}), here=1)
    assert words.startswith("Map of the course: 3 lessons, 45 minutes in all. 00 Pooling")
    assert "01 Pooling and receptive fields 1, 15 minutes, needs nothing before it; you are here." in words
    assert words.endswith("25 minutes, builds on 00 and 01.")


@pytest.mark.parametrize("needs", [{0: []}, SHORT, LONG])
def test_every_title_stays_inside_its_box(needs):
    ax = course_map(course(needs), here=0)
    figure = ax.get_figure()
    figure.canvas.draw()
    assert len(ax.texts) == 2 * len(needs)
    for text in ax.texts:
        box = text.get_window_extent().transformed(ax.transData.inverted())
        assert box.width < BOX_WIDTH
        assert box.height < BOX_HEIGHT


def test_the_figure_carries_the_map_in_words():
    lessons = course(SHORT)
    figure = course_map(lessons).get_figure()
    assert figure.text_alternative == map_in_words(lessons)
    assert "you are here" not in figure.text_alternative


def test_a_map_can_be_drawn_into_a_given_panel():
    _, ax = plt.subplots()
    assert course_map(course(SHORT), ax) is ax


def test_a_course_without_lessons_is_refused_with_advice():
    with pytest.raises(ValueError, match="read_lessons"):
        course_map([])


def test_without_lessons_the_folder_is_read(tmp_path, monkeypatch):
    told = {"number": 0, "title": "Alone", "minutes": 7, "needs": [], "summary": "S."}
    (tmp_path / "00_alone.ipynb").write_text(json.dumps({"metadata": {"cnncourse": told}}))
    monkeypatch.chdir(tmp_path)
    assert course_map().get_figure().text_alternative.startswith("Map of the course: 1 lesson, 7 minutes in all.")
