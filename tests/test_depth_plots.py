"""Tests of the figures of lesson 09 on depth, normalisation and robustness."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.depth_plots import show_gradient_norms, show_rates
from cnncourse.robustness_plots import show_attacks, show_falls


def test_gradients_are_drawn_layer_by_layer_and_told():
    ax = show_gradient_norms({"plain": [1e-9, 1e-3], "short": [1.0, 2.0]})
    assert ax.get_yscale() == "log"
    assert_allclose(ax.lines[0].get_data(), [[1, 2], [1e-9, 1e-3]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["plain", "short"]
    assert "plain: 1e-09 in the first layer" in ax.get_figure().text_alternative


def test_a_diverged_training_is_a_cross_and_no_point():
    ax = show_rates({"with": [0.5, 0.9], "without": [0.4, None]}, [0.01, 0.1])
    points, crosses = ax.lines[2], ax.lines[3]
    assert_allclose(points.get_ydata(), [40, np.nan])
    assert_allclose(crosses.get_xdata(), [0.1])
    assert ax.get_ylim()[0] < crosses.get_ydata()[0] < 0  # in the band below, where no share can be
    assert "without: 40% at 0.01, diverged at 0.1" in ax.get_figure().text_alternative


def test_falls_have_a_panel_a_corruption_on_one_scale():
    shares = {
        "a": {"noise": np.linspace(1, 0.5, 6), "blur": np.ones(6)},
        "b": {"noise": np.ones(6), "blur": np.ones(6)},
    }
    axes = show_falls(shares)
    assert [ax.get_title() for ax in axes] == ["noise", "blur"]
    assert axes[0].get_ylim() == axes[1].get_ylim()
    assert_allclose(axes[0].lines[0].get_ydata(), [100, 90, 80, 70, 60, 50])
    assert "noise, a: 100 to 50 %" in axes[0].get_figure().text_alternative


def test_five_corruptions_stand_in_two_rows_and_the_legend_in_the_place_left_over():
    axes = show_falls({"a": dict.fromkeys("abcde", np.ones(6))})
    figure = axes[0].get_figure()
    figure.draw_without_rendering()
    heights = [ax.get_position().y0 for ax in axes]
    assert min(heights[:3]) > max(heights[3:])
    assert [text.get_text() for text in figure.axes[5].get_legend().get_texts()] == ["a"]


def test_networks_that_met_other_corruptions_are_not_compared():
    with pytest.raises(ValueError, match="expected the same corruptions for each network, noise"):
        show_falls({"a": {"noise": np.ones(6)}, "b": {"blur": np.ones(6)}})


def test_attacks_have_a_panel_a_network_and_count_in_steps_of_255():
    axes = show_attacks({"plain": {"one step": [0.5, 0.1]}, "robust": {"one step": [0.8, 0.7]}}, [1 / 255, 2 / 255])
    assert [ax.get_title() for ax in axes] == ["plain", "robust"]
    assert_allclose(axes[1].lines[0].get_data(), [[1, 2], [80, 70]])
