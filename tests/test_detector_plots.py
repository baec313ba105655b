"""Figures of lesson 03: what they draw, on which scale, and that they can be heard."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnncourse import detector_plots as draw
from cnncourse.kernels import SOBEL_X, gabor_bank

SLOPE = np.add.outer(np.zeros(8), np.arange(12.0)) / 12
ALT = "a description that is long enough"


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_a_bank_has_a_frequency_a_row_and_an_orientation_a_column():
    bank = gabor_bank(orientations=3, frequencies=(0.1, 0.3))
    axes = draw.show_bank(bank, alt=ALT)
    assert axes.shape == (2, 3)
    assert [ax.get_title() for ax in axes[0]] == ["0°", "60°", "120°"]
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["0.1", "0.3"]
    shapes = {ax.images[0].get_array().shape for ax in axes.flat}
    assert len(shapes) == 1  # cells of one size, so that fine kernels look small


def test_a_kernel_is_framed_or_cut_around_its_middle():
    assert_array_equal(draw.framed([[1, 2, 3]], 5)[2], [0, 1, 2, 3, 0])
    assert_array_equal(draw.framed(np.arange(25).reshape(5, 5), 3), [[6, 7, 8], [11, 12, 13], [16, 17, 18]])


def test_signed_panels_share_their_limits_and_so_do_magnitudes():
    panels = {"picture": SLOPE, "one": SLOPE - 0.5, "two": 4 * (SLOPE - 0.5), "small": SLOPE, "large": 9 * SLOPE}
    axes = draw.show_row(panels, signed=["one", "two"], scaled=["small", "large"], columns=3, alt=ALT)
    limits = [ax.images[0].get_clim() for ax in axes.flat[:5]]
    assert limits[0] == (0, 1)
    assert limits[1] == limits[2]
    assert limits[1][0] == -limits[1][1]
    assert limits[3] == limits[4]
    assert limits[3][0] == 0


def test_each_place_gets_a_frame_and_its_label():
    ax = draw.mark_places(draw.show_image(SLOPE), [[1, 2], [4, 5]], (2, 3), labels=["a"])
    assert len(ax.patches) == 4  # a dark rim and a bright line each
    assert [text.get_text() for text in ax.texts] == ["a"]


def test_points_get_rings():
    ax = draw.mark_places(draw.show_image(SLOPE), [[1, 2], [4, 5]], (1, 1), dots=True)
    assert_array_equal(ax.lines[-1].get_xdata(), [2, 5])


def test_learning_is_shown_at_the_steps_asked_for():
    kernels = np.linspace(0, 1, 6)[:, None, None] * SOBEL_X
    axes = draw.show_learning(kernels, np.geomspace(1, 1e-4, 6), [0, 2, 5])
    assert [ax.get_title() for ax in axes[1:]] == ["step 0", "step 2", "step 5"]
    assert axes[0].get_yscale() == "log"
    assert {ax.images[0].get_clim() for ax in axes[1:]} == {(-2.0, 2.0)}
