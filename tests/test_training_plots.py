"""Figures of lesson 06: what is drawn, and what is said of it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cnncourse.evaluation import Calibration, Mistake
from cnncourse.style import alternative_text
from cnncourse.training import Record
from cnncourse.training_plots import (
    show_calibration,
    show_confusion,
    show_learning_curve,
    show_mistakes,
    show_shift_accuracy,
    show_training,
    smooth,
)

NAMES = ("cat", "dog", "cow")
COUNTS = np.array([[5, 0, 2], [1, 7, 0], [0, 4, 3]])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def records(start: float, *, validation: float | None = None) -> list[Record]:
    return [
        Record(
            step,
            80,
            step / 40,
            start / step,
            1 - 1 / (step + 1),
            0.1,
            float(step),
            validation if step % 40 == 0 else None,
        )
        for step in range(1, 81)
    ]


def test_smoothing_averages_with_what_came_before_and_invents_nothing_at_the_start():
    assert smooth([8, 0, 4, 4, 1], 3).tolist() == [8, 4, 4, pytest.approx(8 / 3), 3]


def test_a_training_is_drawn_over_its_epochs_and_smoothed():
    loss, wrong = show_training({"LeNet-5": records(2.4)})
    assert loss.lines[0].get_xdata()[-1] == 2
    assert loss.lines[0].get_ydata()[:2].tolist() == [2.4, pytest.approx(1.8)]
    assert wrong.lines[0].get_ydata()[-1] == pytest.approx(100 * (1 / 80 + 1 / 81) / 2)


def test_several_trainings_have_a_colour_each_and_the_held_out_marks_share_it():
    loss, wrong = show_training({"one": records(2.0), "other": records(3.0, validation=0.9)})
    assert [text.get_text() for text in loss.get_legend().get_texts()] == ["one", "other"]
    marks = [line for line in wrong.lines if line.get_marker() not in ("None", "") and len(line.get_xdata()) == 1]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in marks] == [
        (1, pytest.approx(10)),
        (2, pytest.approx(10)),
    ]
    assert {line.get_color() for line in marks} == {loss.lines[1].get_color()}
    assert "held out" in wrong.get_legend().get_texts()[0].get_text()


def test_the_curves_are_told_in_numbers():
    axes = show_training({"LeNet-5": records(2.4, validation=0.875)})
    told = alternative_text(axes[0].figure)
    assert "LeNet-5: the loss goes from 2.4 to 0.0" in told
    assert "12.5% of what was held out" in told


def test_the_confusion_matrix_shows_every_number_with_the_truth_downwards():
    ax = show_confusion(COUNTS, NAMES)
    shown = {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in ax.texts}
    assert shown[0, 2] == "2"
    assert shown[2, 1] == "4"
    assert shown[0, 1] == "·"
    assert [label.get_text() for label in ax.get_yticklabels()] == list(NAMES)


def test_only_mistakes_are_coloured():
    painted = show_confusion(COUNTS, NAMES).images[0].get_array()
    assert np.diag(painted).tolist() == [0, 0, 0]
    assert painted[2, 1] == 4


def test_the_most_frequent_mistake_is_said_in_words():
    told = alternative_text(show_confusion(COUNTS, NAMES).figure)
    assert told == "15 of 22 answers are right; the most frequent mistake, 4 times: cow taken for dog."


def test_a_matrix_without_mistakes_says_so():
    assert alternative_text(show_confusion(np.diag([3, 2]), NAMES[:2]).figure) == "5 of 5 answers are right."


def test_each_mistake_is_shown_with_what_it_is_and_was_taken_for():
    images = np.random.default_rng(0).random((9, 1, 6, 8))
    axes = show_mistakes(images, [Mistake(4, 0, 2, 0.9876), Mistake(1, 1, 0, 0.6)], NAMES)
    assert len(axes) == 2
    assert axes[0].get_title() == "cat, read as cow\n98.8% sure"
    np.testing.assert_array_equal(axes[0].images[0].get_array(), images[4, 0])
    assert "cat read as cow, dog read as cat" in alternative_text(axes[0].figure)


def test_without_a_mistake_there_is_nothing_to_show():
    with pytest.raises(ValueError, match="named every picture rightly"):
        show_mistakes(np.zeros((2, 1, 4, 4)), [], NAMES)


def calibrated() -> Calibration:
    confidence, right = np.array([np.nan, 0.7, 0.95]), np.array([np.nan, 0.5, 0.9])
    return Calibration(confidence, right, np.array([0, 10, 90]), 0.065)


def test_calibration_draws_the_bins_that_hold_answers():
    ax = show_calibration({"dense": calibrated()}, few=5)
    pale, marks = ax.collections[:2]
    assert len(pale.get_offsets()) == 0
    assert marks.get_offsets().tolist() == [pytest.approx([70, 50]), pytest.approx([95, 90])]
    small, large = marks.get_sizes()
    assert small < large
    assert "dense is 6.50% off" in alternative_text(ax.figure)


def test_bins_with_few_answers_are_pale_and_not_joined():
    ax = show_calibration({"dense": calibrated()}, few=20)
    pale, marks = ax.collections[:2]
    assert pale.get_offsets().tolist() == [pytest.approx([70, 50])]
    assert marks.get_offsets().tolist() == [pytest.approx([95, 90])]
    assert pale.get_alpha() < marks.get_alpha()
    assert ax.lines[1].get_xdata().tolist() == pytest.approx([95])


def test_calibration_can_be_looked_at_closely_where_a_network_is_sure():
    ax = show_calibration({"dense": calibrated()}, low=90)
    assert ax.get_xlim() == pytest.approx((90, 100.4))
    assert ax.get_ylim() == pytest.approx((80, 100.4))


def test_shifts_are_drawn_in_per_cent_and_told_at_both_ends():
    ax = show_shift_accuracy({"dense": [0.98, 0.5], "LeNet-5": [0.99, 0.7]}, [0, 3])
    assert ax.lines[1].get_ydata().tolist() == pytest.approx([99, 70])
    assert "LeNet-5 99.0% at 0 pixels, 70.0% at 3 pixels" in alternative_text(ax.figure)


def test_the_learning_curve_shows_mistakes_and_stands_on_logarithmic_scales():
    ax = show_learning_curve({"dense": {100: 0.6, 1000: 0.9}})
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.lines[0].get_ydata().tolist() == pytest.approx([40, 10])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["100", "1,000"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["10", "20"]
    assert alternative_text(ax.figure) == "Named wrongly: dense 40.0% at 100 pictures, 10.0% at 1,000 pictures."


def test_longer_trainings_are_hollow_and_not_joined_with_the_others():
    ax = show_learning_curve({"dense": {100: 0.6, 1000: 0.9}}, longer={"dense": {5000: 0.96}})
    line, mark = ax.lines
    assert list(line.get_xdata()) == [100, 1000]
    assert list(mark.get_xdata()) == [5000]
    assert mark.get_ydata() == pytest.approx([4])
    assert (mark.get_linestyle(), mark.get_markerfacecolor()) == ("None", "white")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["100", "1,000", "5,000"]
    assert "longer" in alternative_text(ax.figure)


def test_a_network_that_misreads_nothing_has_no_mark_on_a_logarithmic_scale():
    ax = show_learning_curve({"dense": {100: 0.9, 1000: 1.0}})
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [False, True]
