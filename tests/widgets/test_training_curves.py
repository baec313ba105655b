"""Curves that stay short: nothing of note is lost, whatever the number of steps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import lfilter

from cnncourse.training import Record
from cnncourse.widgets._training_curves import COLUMNS, Curve, Smoothed, loss_scale
from cnncourse.widgets._training_words import clock, number, percent


def record(step: int, loss: float, *, accuracy: float = 0.5) -> Record:
    return Record(step, 10_000, step / 100, loss, accuracy, 0.1 / step, 0.01 * step)


def curve_of(losses: list[float], **options: int) -> Curve:
    curve = Curve(**options)
    for step, loss in enumerate(losses, start=1):
        curve.add(record(step, loss))
    return curve


def column(curve: Curve, name: str) -> np.ndarray:
    return curve.array[:, COLUMNS.index(name)]


def test_a_short_curve_holds_every_step():
    curve = curve_of([3.0, 1.0, 2.0])
    assert_array_equal(column(curve, "step"), [1, 2, 3])
    assert_array_equal(column(curve, "loss_low"), [3, 1, 2])
    assert_array_equal(column(curve, "loss_high"), [3, 1, 2])


def test_when_the_rows_are_full_each_two_become_one():
    curve = curve_of([5.0, 1.0, 2.0, 4.0, 9.0], rows=4)
    assert_array_equal(column(curve, "step"), [2, 4, 5])
    assert_array_equal(column(curve, "loss_low"), [1, 2, 9])
    assert_array_equal(column(curve, "loss_high"), [5, 4, 9])
    assert_allclose(column(curve, "learning_rate"), [0.1 / 2, 0.1 / 4, 0.1 / 5], rtol=1e-6)


@pytest.mark.parametrize("steps", [255, 256, 257, 512, 513, 10_000])
def test_however_long_a_training_is_its_curve_is_not(steps: int):
    curve = curve_of([1.0] * steps)
    assert len(curve.array) <= 256
    assert column(curve, "step")[-1] == steps
    assert (np.diff(column(curve, "step")) > 0).all()


def test_one_bad_step_among_thousands_stays_in_sight():
    losses = [1.0] * 7000
    losses[4321] = 50.0
    high = column(curve_of(losses), "loss_high")
    assert (high == 50).sum() == 1
    assert column(curve_of(losses), "step")[high == 50] >= 4322


def test_the_smoothed_value_is_an_exponential_mean_without_a_bias_at_the_start():
    losses = np.random.default_rng(2).random(300)
    keep = 1 - 1 / 20
    above, below = lfilter([1], [1, -keep], losses), lfilter([1], [1, -keep], np.ones(300))
    assert_allclose(column(curve_of(losses.tolist(), rows=400), "loss"), above / below, rtol=1e-5)


def test_what_is_no_number_is_passed_over_by_the_mean_and_the_range():
    mean = Smoothed(4)
    assert math.isnan(mean.add(math.nan))
    assert (mean.add(2.0), mean.add(math.inf)) == (2.0, 2.0)
    curve = curve_of([1.0, math.nan, math.nan, 3.0, 2.0], rows=2)
    assert_array_equal(column(curve, "loss_low"), [1, 2])
    assert_array_equal(column(curve, "loss_high"), [3, 2])


def test_an_endless_loss_stays_a_number_that_the_page_can_place():
    assert np.isfinite(curve_of([1.0, math.inf]).array).all()


def losses_as_curve(*losses: float) -> np.ndarray:
    return curve_of(list(losses), horizon=1).array


def test_a_curve_that_runs_away_leaves_through_the_top_and_presses_no_other_flat():
    top, _, _ = loss_scale([losses_as_curve(*np.linspace(2.3, 0.1, 40)), losses_as_curve(2.3, 2.4, 9e3, 1e6)])
    assert 2.4 < top <= 6


def test_the_scale_of_powers_of_ten_holds_lowest_and_highest():
    _, lowest, highest = loss_scale([losses_as_curve(2.3, 0.4, 0.02)])
    assert (lowest, highest) == (-2, 1)


def test_before_the_first_step_there_is_a_scale_as_well():
    assert loss_scale([Curve().array]) == (3.0, -2, 1)


@pytest.mark.parametrize("loss", [1e-9, 1e-3, 0.7, 2.3, 40.0])
def test_the_top_of_the_scale_is_a_round_number_above_the_curve(loss: float):
    top, lowest, highest = loss_scale([losses_as_curve(loss, loss)])
    assert top >= loss
    assert f"{top:.1e}"[:3] in {"1.0", "1.5", "2.0", "3.0", "4.0", "5.0", "6.0", "8.0"}
    assert lowest < highest


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0421, "0.042 s"), (9.94, "9.9 s"), (59.7, "1 min 0 s"), (3599.0, "59 min 59 s")]
)
def test_a_duration_can_be_taken_in_at_a_glance(seconds: float, words: str):
    assert clock(seconds) == words


def test_what_is_not_known_is_a_dash():
    assert (percent(math.nan), number(math.nan)) == ("–", "–")
