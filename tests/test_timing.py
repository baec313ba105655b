"""Tests of how methods are timed, with a clock that tells what the test wants."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.timing import Times, show_times, time_methods, times_table, widest_gap, wins_from

IMAGE = np.zeros((6, 8))


class Machine:
    """Methods whose time is known, and the clock that shows it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[tuple[str, int, int]] = []

    def clock(self) -> float:
        return self.now

    def method(self, name: str, seconds: Any) -> Any:
        def run(image: Any, kernel: Any, *, padding: int) -> Any:
            self.calls.append((name, kernel.shape[0], padding))
            self.now += seconds(kernel.shape[0])
            return image

        return run


def test_each_method_is_measured_at_each_size():
    machine = Machine()
    methods = {"linear": machine.method("linear", lambda k: k / 100), "flat": machine.method("flat", lambda k: 0.02)}
    times = time_methods(methods, IMAGE, [3, 5], clock=machine.clock)
    assert times.sizes == (3, 5)
    assert_allclose(times.seconds["linear"], [0.03, 0.05])
    assert_allclose(times.seconds["flat"], [0.02, 0.02])


def test_a_slow_method_is_spared_the_larger_kernels():
    machine = Machine()
    times = time_methods(
        {"slow": machine.method("slow", lambda k: k / 10)}, IMAGE, [3, 5, 7, 9], patience=0.6, clock=machine.clock
    )
    assert_allclose(times.seconds["slow"], [0.3, 0.5, 0.7, np.nan])
    assert 9 not in {side for _, side, _ in machine.calls}


def test_the_best_of_several_calls_counts():
    machine = Machine()
    waits = iter([9.0, 0.03, 0.01, 0.02, 0.05])  # the first call is not timed
    times = time_methods({"shaky": machine.method("shaky", lambda k: next(waits))}, IMAGE, [3], clock=machine.clock)
    assert_allclose(times.seconds["shaky"], [0.01])


def test_padding_keeps_the_size_of_the_picture():
    machine = Machine()
    time_methods({"any": machine.method("any", lambda k: 1.0)}, IMAGE, [7], clock=machine.clock)
    assert {(side, padding) for _, side, padding in machine.calls} == {(7, 3)}


@pytest.mark.parametrize("sizes", [[5, 3], [3, 3]])
def test_sizes_that_do_not_grow_are_refused(sizes: list[int]):
    with pytest.raises(ValueError, match="sizes that grow"):
        time_methods({}, IMAGE, sizes)


TIMES = Times(
    (3, 9), {"loops": np.array([1.5, np.nan]), "matrix": np.array([0.012, 0.2]), "FFT": np.array([0.0004, 0.19])}
)


def test_the_table_has_a_line_for_each_method_and_a_dash_where_nothing_was_tried():
    lines = [line.split() for line in times_table(TIMES).splitlines()]
    assert lines[1:] == [["loops", "1,500", "–"], ["matrix", "12.0", "200"], ["FFT", "0.40", "190"]]


def test_the_plot_draws_milliseconds_against_the_side_on_logarithmic_scales():
    ax = show_times(TIMES)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert_allclose(ax.lines[1].get_xydata(), [[3, 12], [9, 200]])
    plt.close("all")


def test_names_at_the_ends_of_lines_keep_apart():
    ax = show_times(TIMES)
    places = {text.get_text(): text.xy for text in ax.texts}
    assert places["loops"] == (3, 1500)
    assert places["matrix"][1] / places["FFT"][1] == pytest.approx(1.6)
    plt.close("all")


def test_the_plot_is_told_in_words():
    ax = show_times(TIMES)
    assert "matrix from 12.0 at side 3 to 200 at side 9" in ax.figure.text_alternative
    plt.close("all")


def test_a_method_wins_from_the_kernel_on_at_which_it_stays_the_faster_one():
    times = Times(
        (3, 5, 7, 9),
        {
            "always slower": np.array([5.0, 6, 7, 8]),
            "slower twice": np.array([3.0, 1, 3, 4]),
            "never slower": np.array([1.0, 1, 1, 1]),
            "given up": np.array([1.0, 9, np.nan, np.nan]),
            "FFT": np.array([2.0, 2, 2, 2]),
        },
    )
    wins = wins_from(times, "FFT")
    assert wins == {"always slower": 3, "slower twice": 7, "never slower": None, "given up": 5}


def test_a_method_that_was_not_measured_wins_nothing():
    with pytest.raises(ValueError, match="one of the methods loops, matrix, FFT, got 'fft'"):
        wins_from(TIMES, "fft")


def test_the_widest_gap_compares_times_of_one_kernel_only():
    slow, fast, side, factor = widest_gap(TIMES)
    assert (slow, fast, side) == ("loops", "FFT", 3)
    assert factor == pytest.approx(1.5 / 0.0004)
