"""Tests of the figures about ImageNet's years and about many networks."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import PathCollection

from cnncourse import model_zoo, zoo_plots
from cnncourse._zoo_bubbles import FAMILY_LOOKS


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def winners(**more):
    names = ["hand", "net", "deeper"]
    return zoo_plots.show_winners(
        [2011, 2012, 2013], [25.0, 16.5, 4.0], names=names, layers=[0, 8, 22], human=5.1, **more
    )


def alternative(ax) -> str:
    return ax.get_figure().text_alternative


def test_bars_are_as_high_as_the_errors_and_networks_have_another_colour():
    bars = winners().patches
    assert [bar.get_height() for bar in bars] == [25, 16.5, 4]
    assert bars[0].get_facecolor() != bars[1].get_facecolor() == bars[2].get_facecolor()


def test_errors_layers_and_the_person_stand_in_words():
    said = [text.get_text() for text in winners(best_without={2012: 26.2}).texts]
    for words in ("25 %", "16.5 %", "8\nlayers", "22 layers", " a person:\n 5.1 %", "best without\na network: 26.2 %"):
        assert words in said


def test_the_best_without_a_network_stands_over_its_year():
    line = winners(best_without={2012: 26.2}).lines[0]
    assert np.mean(line.get_xdata()) == 1
    assert set(line.get_ydata()) == {26.2}


def test_the_winners_alternative_has_all_numbers_and_who_is_below_the_person():
    assert "2011 25, 2012 16.5, 2013 4" in alternative(winners())
    assert alternative(winners()).endswith("the bars below it: 2013.")


def test_the_first_network_stands_on_top():
    ax = zoo_plots.show_ways(["A", "B", "C"], [[(10.0, "1 crop", 1)]] * 3, [9.0, 3.5, 4.0], label="error, %")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A", "B", "C"]
    assert list(ax.get_yticks()) == [2, 1, 0]


def test_a_ring_lies_at_the_slides_number_and_votes_are_stars():
    measured = [[(10.0, "1 crop", 1), (9.0, "10 crops", 1)], [(6.0, "1 crop", 1), (3.5, "whole", 6)]]
    ax = zoo_plots.show_ways(["A", "B"], measured, [9.0, 3.5], label="top-5 error, %")
    ring = ax.lines[-1]
    assert list(ring.get_xdata()) == [9.0, 3.5]
    assert ring.get_markerfacecolor() == "none"
    stars = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "*"]
    assert stars == [3.5]
    assert "B 3.5 among 6 (one crop), 3.5 (several networks vote)" in alternative(ax)


def test_torchvisions_errors_stand_below_the_line_where_no_papers_mark_covers_them():
    measured = [[(9.0, "1 crop", 1), (9.1, "torchvision", 1)], [(3.5, "10 crops", 1), (3.7, "torchvision", 1)]]
    ax = zoo_plots.show_ways(["A", "B"], measured, [9.0, 3.5], label="top-5 error, %")
    below = {float(line.get_xdata()[0]): float(line.get_ydata()[0]) for line in ax.lines if line.get_marker() == "o"}
    assert below[9.1] < 1
    assert below[3.7] < 0
    assert "A 9 among 9 (one crop), 9.1 (one crop, torchvision)" in alternative(ax)


def test_the_best_without_a_network_does_not_reach_back_to_the_bar_before():
    ax = winners(best_without={2012: 26.2})
    words = next(text for text in ax.texts if text.get_text().startswith("best without"))
    ax.get_figure().canvas.draw()
    assert words.get_window_extent().transformed(ax.transData.inverted()).x0 > 0.5


def bubbles(**more):
    points = {"plain": ([1.0, 20.0], [60, 70], [40, 400]), "small": ([0.1], [65], [30])}
    return zoo_plots.show_zoo(points, xlabel="cost", ylabel="reached", **more)


def test_bubbles_have_their_places_sizes_and_the_shape_of_their_family():
    plain, small = [one for one in bubbles().collections if isinstance(one, PathCollection)]
    assert plain.get_offsets().tolist() == [[1, 60], [20, 70]]
    assert plain.get_sizes().tolist() == [40, 400]
    assert len(plain.get_paths()[0].vertices) != len(small.get_paths()[0].vertices)


def test_the_frontier_is_a_line_of_steps_and_names_stand_at_their_places():
    ax = bubbles(edge=([0.1, 20], [65, 70]), names={"VGG": (20.0, 70.0)})
    assert ax.lines[0].get_drawstyle() == "steps-post"
    assert ax.texts[0].get_text() == "VGG"
    assert ax.texts[0].xy == (20.0, 70.0)
    assert ax.get_xscale() == "log"


def test_every_family_has_a_shape_and_a_colour_of_its_own_in_all_pictures():
    from cnncourse.widgets._model_still import LOOKS

    assert set(FAMILY_LOOKS) == set(model_zoo.families()) == set(LOOKS) - {"own"}
    for looks in (FAMILY_LOOKS, LOOKS):
        assert (
            len({marker for marker, _ in looks.values()}) == len({colour for _, colour in looks.values()}) == len(looks)
        )


def test_every_figure_says_what_there_is_to_see():
    for ax in (winners(), bubbles()):
        assert len(alternative(ax)) > 60
