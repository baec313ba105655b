"""Tests of classes for pixels: counting, enlarging, and what skips bring back."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import confusion_matrix, jaccard_score
from torch import nn
from torch.nn import functional

from cnncourse.applications import detection, segmentation
from cnncourse.applications.composed import Layout, compose, stock
from cnncourse.applications.learning import Plan, finish
from cnncourse.applications.segmentation import PixelNetwork, bilinear_kernel, counts_of_pixels, ious
from cnncourse.models import fresh

LAYOUT = Layout(height=48, width=56, fewest=1, most=2, smallest=18, largest=26, overlap=0)
CLASSES = ("0", "1", "face")


@pytest.fixture(scope="module")
def scenes():
    return compose(stock("train", CLASSES, bundled=True), 160, LAYOUT, seed=1)


@pytest.fixture(scope="module")
def unseen():
    return compose(stock("test", CLASSES, bundled=True), 40, LAYOUT, seed=2)


def test_pixels_are_counted_as_scikit_learn_counts_them():
    rng = np.random.default_rng(3)
    truth, answers = rng.integers(0, 5, (2, 7, 9)), rng.integers(0, 5, (2, 7, 9))
    table = counts_of_pixels(answers, truth, 5)
    assert_array_equal(table, confusion_matrix(truth.ravel(), answers.ravel()))
    assert_allclose(ious(table), jaccard_score(truth.ravel(), answers.ravel(), average=None))


def test_mean_iou_by_hand():
    table = counts_of_pixels([0] * 7 + [1, 1, 0], [0] * 8 + [1, 1], 2)
    assert table.tolist() == [[7, 1], [1, 1]]
    assert_allclose(ious(table), [7 / 9, 1 / 3])


def test_a_class_that_nobody_has_seen_does_not_count():
    found = ious(counts_of_pixels([0, 1], [0, 1], 3))
    assert found[:2].tolist() == [1, 1]
    assert np.isnan(found[2])


def test_all_ground_has_a_high_accuracy_and_a_low_mean(unseen):
    truth = unseen.semantic.numpy()
    table = counts_of_pixels(np.zeros_like(truth), truth, 4)
    assert table.diagonal().sum() / table.sum() > 0.75
    assert ious(table).mean() < 0.25


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_a_transposed_convolution_with_the_bilinear_kernel_is_interpolation_but_for_the_rim(factor: int):
    small = torch.randn(1, 1, 5, 7, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    kernel = torch.tensor(bilinear_kernel(factor))[None, None]
    ours = functional.conv_transpose2d(small, kernel, stride=factor, padding=factor // 2)
    theirs = functional.interpolate(small, scale_factor=factor, mode="bilinear", align_corners=False)
    rim = factor // 2
    assert ours.shape == theirs.shape == (1, 1, 5 * factor, 7 * factor)
    inside = np.s_[..., rim:-rim, rim:-rim]
    torch.testing.assert_close(ours[inside], theirs[inside])
    assert not torch.allclose(ours, theirs)


def test_a_bilinear_kernel_by_hand():
    assert_array_equal(bilinear_kernel(2) * 16, np.outer([1, 3, 3, 1], [1, 3, 3, 1]))
    for factor in (2, 6):
        assert bilinear_kernel(factor).sum() == pytest.approx(factor**2), "a value spreads over so many pixels"
    with pytest.raises(ValueError, match="even factor of 2 or more, got 3"):
        bilinear_kernel(3)


def test_maps_have_half_a_quarter_and_an_eighth_of_the_height_and_width():
    model = PixelNetwork(fresh(lambda: detection.GridDetector(3)), 4)
    features = model.features(torch.zeros(2, 1, 32, 72))
    assert [tuple(maps.shape) for maps in features] == [(2, 24, 16, 36), (2, 48, 8, 18), (2, 64, 4, 9)]
    assert model(torch.zeros(2, 1, 32, 72)).shape == (2, 4, 32, 72)


def test_the_body_is_the_detectors_and_training_it_leaves_the_detector_alone(scenes):
    detector = fresh(lambda: detection.GridDetector(3))
    before = [p.clone() for p in detector.parameters()]
    model = PixelNetwork(detector, 4)
    assert torch.equal(model.body[0][0].weight, detector.body[0][0].weight)
    finish(segmentation.training(model, scenes[:32], Plan(epochs=1, batch=16), progress=False))
    assert not torch.equal(model.body[0][0].weight, detector.body[0][0].weight)
    assert all(torch.equal(a, b) for a, b in zip(before, detector.parameters(), strict=True))


def test_without_skips_fine_maps_have_no_say():
    model = PixelNetwork(fresh(lambda: detection.GridDetector(3)), 4, skips=False).eval()
    scored = model(torch.rand(1, 1, 32, 40, generator=torch.Generator().manual_seed(1)))
    scored.sum().backward()
    assert model.scores[0].weight.grad is None
    assert model.scores[2].weight.grad is not None


def test_skips_bring_back_where_exactly(scenes, unseen):
    detector = detection.trained(scenes, Plan(epochs=8, batch=16), progress=False)
    found = {}
    for skips in (True, False):
        model = fresh(lambda skips=skips: PixelNetwork(detector, 4, skips=skips))
        finish(segmentation.training(model, scenes, Plan(epochs=6, batch=16, rate=8e-3), progress=False))
        found[skips] = segmentation.mean_iou(model, unseen)
    assert found[True] > found[False] + 0.05
    assert found[False] > 0.3


def test_a_network_that_knows_all_has_a_mean_iou_of_one(unseen):
    class Knowing(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return functional.one_hot(unseen.semantic, 4).permute(0, 3, 1, 2).float()

    assert segmentation.mean_iou(Knowing(), unseen) == 1


def test_answers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"got shapes \(2,\) and \(3,\)"):
        counts_of_pixels([0, 1], [0, 1, 1], 2)
    with pytest.raises(ValueError, match=r"classes from 0 to 1, got \[.*0.*2.*\]"):
        counts_of_pixels([0, 2], [0, 0], 2)
