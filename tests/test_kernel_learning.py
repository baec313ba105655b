"""Learning a kernel: the true weights, finite differences and least squares as oracles."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.convolution import correlate, windows
from cnncourse.images import photograph
from cnncourse.kernel_learning import learn_kernel, moments, standardise, steepest
from cnncourse.kernels import SOBEL_X

LAWN = standardise(photograph("grass")[100:166, 200:266])


def test_sobel_is_learned_back_within_a_hundredth():
    way = learn_kernel(LAWN, correlate(LAWN, SOBEL_X), rate=0.12, steps=200)
    assert np.abs(way.kernels[-1] - SOBEL_X).max() < 1e-2


def test_a_kernel_that_is_not_square_is_learned_too():
    kernel = np.array([[1.0, -2.0, 0.5, 3.0], [0.0, 1.0, -1.0, 2.0]])
    noise = np.random.default_rng(0).normal(size=(40, 55))
    way = learn_kernel(noise, correlate(noise, kernel), shape=(2, 4), rate=0.4, steps=60)
    assert_allclose(way.kernels[-1], kernel, atol=1e-6)


def test_the_first_step_goes_down_the_slope_that_finite_differences_find():
    target = correlate(LAWN, SOBEL_X)
    step = learn_kernel(LAWN, target, rate=1.0, steps=1).kernels[1]
    for place in np.ndindex(3, 3):
        nudge = np.zeros((3, 3))
        nudge[place] = 1e-5
        up, down = (np.mean((correlate(LAWN, sign * nudge) - target) ** 2) for sign in (1, -1))
        assert -step[place] == pytest.approx((up - down) / 2e-5, abs=1e-6)


def test_the_error_never_rises_while_the_rate_holds():
    rate = 1.9 / steepest(LAWN)
    losses = learn_kernel(LAWN, correlate(LAWN, SOBEL_X), rate=rate, steps=80).losses
    assert (np.diff(losses) <= 1e-12).all()


def test_beyond_twice_the_inverse_of_the_steepest_it_runs_away():
    rate = 2.1 / steepest(LAWN)
    losses = learn_kernel(LAWN, correlate(LAWN, SOBEL_X), rate=rate, steps=200).losses
    assert losses[-1] > 1000 * losses[0]


def test_moments_tell_the_error_of_any_weights():
    off = np.random.default_rng(1).normal(size=(3, 3))
    error = np.mean(correlate(LAWN, off) ** 2)
    assert off.ravel() @ moments(LAWN) @ off.ravel() == pytest.approx(error)


def test_stripes_leave_the_rows_undecided_though_no_error_is_left():
    stripes = np.tile(np.sin(np.arange(40) * 0.9), (30, 1))
    way = learn_kernel(stripes, correlate(stripes, SOBEL_X), rate=1.5 / steepest(stripes), steps=200)
    assert way.losses[-1] < 1e-9
    assert np.abs(way.kernels[-1] - SOBEL_X).max() > 0.5
    assert_allclose(way.kernels[-1][0], way.kernels[-1][2])


def test_noise_ends_where_least_squares_does():
    noise = np.random.default_rng(2).normal(size=(20, 25))
    target = correlate(noise, SOBEL_X) + np.random.default_rng(3).normal(size=(18, 23))
    solved = np.linalg.lstsq(windows(noise, (3, 3)).reshape(-1, 9), target.ravel(), rcond=None)[0]
    way = learn_kernel(noise, target, rate=0.4, steps=200)
    assert_allclose(way.kernels[-1].ravel(), solved, atol=1e-8)


def test_a_target_of_another_shape_is_refused_with_the_one_expected():
    with pytest.raises(ValueError, match=r"expected a target of shape \(64, 64\).*got \(66, 66\)"):
        learn_kernel(LAWN, LAWN)


def test_a_picture_that_does_not_vary_becomes_zeros():
    assert_allclose(standardise(np.full((3, 4), 0.7)), 0, atol=1e-12)
