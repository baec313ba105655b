"""Evaluation: counted by hand on small answers, or against scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.metrics import confusion_matrix
from torch import nn

from cnncourse.datasets import PictureSet
from cnncourse.evaluation import (
    accuracy,
    calibration,
    confident_mistakes,
    confusion,
    learning_curve,
    predict_logits,
    predict_probabilities,
    shift_accuracy,
    shifted,
)
from cnncourse.models import dense_baseline, fresh
from tests.training.pictures import bars, small_net

LABELS = np.array([0, 2, 1, 2, 2, 0, 1])
SAID = np.array([0, 2, 2, 1, 2, 1, 1])


class Ink(nn.Module):
    """Answers with the pixels of the middle row: logit k is pixel k."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images[:, 0, images.shape[2] // 2]


def pictures(rows: list[list[float]], labels: list[int]) -> PictureSet:
    """Make pictures of three rows whose middle one is given."""
    middle = torch.tensor(rows)[:, None, None]  # (n, 1, 1, width)
    images = torch.cat([torch.zeros_like(middle), middle, torch.zeros_like(middle)], dim=2)
    return PictureSet(images, torch.tensor(labels), tuple(str(k) for k in range(middle.shape[3])), "rows")


# --- answers --------------------------------------------------------------------------------------------------------


def test_many_pictures_are_answered_as_one_by_one_whatever_the_batch():
    net, images = fresh(small_net, seed=1).eval(), bars(2 * 1000 + 11).images
    logits = predict_logits(net, images)
    with torch.no_grad():
        torch.testing.assert_close(logits[[0, 999, 1000, 2010]], net(images[[0, 999, 1000, 2010]]))
    assert logits.shape == (2011, 3)


def test_asking_does_not_train_and_leaves_the_network_in_its_mode():
    net = fresh(small_net, seed=1).train()
    net[1].eval()
    before = {name: values.clone() for name, values in net.state_dict().items()}
    logits = predict_logits(net, bars().images)
    assert not logits.requires_grad
    assert [layer.training for layer in (net, net[0], net[1])] == [True, True, False]
    assert all(torch.equal(before[name], values) for name, values in net.state_dict().items())


def test_probabilities_sum_to_one_and_keep_the_order_of_the_logits():
    net, images = fresh(small_net, seed=1), bars().images
    shares = predict_probabilities(net, images)
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(60))
    assert torch.equal(shares.argmax(dim=1), predict_logits(net, images).argmax(dim=1))


def test_accuracy_is_the_share_of_right_answers():
    data = pictures([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0, 0, 1.0]], [0, 1, 2, 0])
    assert accuracy(Ink(), data) == 0.75


@pytest.mark.parametrize("shape", [(0, 1, 6, 9), (6, 9)])
def test_what_are_no_pictures_is_refused_with_its_shape(shape):
    with pytest.raises(ValueError, match=rf"\(n, channels, height, width\), got \({shape[0]}, "):
        predict_logits(Ink(), torch.zeros(shape))


# --- what is taken for what -----------------------------------------------------------------------------------------


def test_confusion_counts_as_scikit_learn_does():
    assert_array_equal(confusion(LABELS, SAID, classes=3), confusion_matrix(LABELS, SAID))


def test_rows_are_the_truth_and_columns_the_answers():
    counts = confusion(torch.tensor([3]), torch.tensor([5]))
    assert counts.shape == (10, 10)
    assert counts[3, 5] == 1 == counts.sum()


def test_confusion_refuses_what_is_no_class():
    with pytest.raises(ValueError, match="labels from 0 to 9, got 0 to 10"):
        confusion([0, 10], [0, 1])
    with pytest.raises(ValueError, match="answers from 0 to 1, got -1 to 1"):
        confusion([0, 1], [-1, 1], classes=2)
    with pytest.raises(ValueError, match=r"shapes \(3,\) and \(2,\)"):
        confusion([0, 1], [0, 1, 1])


def test_the_surest_mistakes_come_first_and_right_answers_never():
    data = pictures([[2.0, 0, 0], [0, 5.0, 0], [0, 0, 3.0], [0, 0, 9.0]], [1, 0, 1, 2])
    found = confident_mistakes(Ink(), data, count=2)
    assert [(m.place, m.label, m.predicted) for m in found] == [(1, 0, 1), (2, 1, 2)]
    assert found[0].confidence == pytest.approx(np.exp(5) / (np.exp(5) + 2))


def test_fewer_mistakes_than_asked_for_are_all_shown():
    data = pictures([[1.0, 0, 0], [0, 1.0, 0]], [0, 2])
    assert len(confident_mistakes(Ink(), data, count=12)) == 1


# --- how sure -------------------------------------------------------------------------------------------------------


def test_calibration_by_hand():
    """Answers of 95 % (right), 85 % (right, wrong) and 55 % (wrong) confidence."""
    shares = [[0.95, 0.05], [0.15, 0.85], [0.15, 0.85], [0.55, 0.45]]
    found = calibration(shares, [0, 1, 0, 1], bins=10)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 2, 1]
    assert found.confidence[[5, 8, 9]] == pytest.approx([0.55, 0.85, 0.95])
    assert found.accuracy[[5, 8, 9]] == pytest.approx([0, 0.5, 1])
    assert np.isnan(found.confidence[:5]).all()
    assert found.error == pytest.approx((0.55 + 2 * 0.35 + 0.05) / 4)


def test_full_confidence_belongs_to_the_last_bin():
    found = calibration([[1.0, 0.0], [0.0, 1.0]], [0, 1], bins=4)
    assert found.counts.tolist() == [0, 0, 0, 2]
    assert found.error == 0


def test_logits_in_place_of_probabilities_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"softmax\(dim=1\)"):
        calibration([[3.0, -1.0]], [0])
    with pytest.raises(ValueError, match=r"got \(1, 2\) and \(2,\)"):
        calibration([[0.5, 0.5]], [0, 1])


# --- shifts ---------------------------------------------------------------------------------------------------------


def test_shifting_moves_down_and_right_and_fills_with_background():
    image = torch.arange(1.0, 13).reshape(1, 1, 3, 4)
    moved = shifted(image, 1, -2)[0, 0]
    assert moved.tolist() == [[0, 0, 0, 0], [3, 4, 0, 0], [7, 8, 0, 0]]


def test_shift_accuracy_averages_over_the_four_directions():
    """The middle row decides: moved up or down it is empty, and logits that are all 0 mean class 0."""
    data = pictures([[0, 1.0, 0, 0, 0]], [1])
    assert shift_accuracy(Ink(), data, [0]).tolist() == [1]
    assert shift_accuracy(Ink(), data, [1]).tolist() == [0]
    empty = pictures([[0, 1.0, 0, 0, 0], [1.0, 0, 0, 0, 0]], [1, 0])
    # up, down and to the left: the second is still read as 0; to the right neither is right
    assert shift_accuracy(Ink(), empty, [1]).tolist() == [pytest.approx((0.5 + 0.5 + 0.5 + 0) / 4)]


def test_the_pictures_are_not_changed_by_shifting():
    data = bars(9)
    before = data.images.clone()
    shift_accuracy(fresh(small_net), data, [2])
    assert torch.equal(data.images, before)


# --- more and more to learn from ------------------------------------------------------------------------------------


def test_more_pictures_are_read_better_and_counts_beyond_the_set_are_left_out():
    curve = learning_curve(lambda: fresh(small_net, seed=1), bars(120), bars(60, seed=3), (6, 120, 1000))
    assert list(curve) == [6, 120]
    assert curve[6] < curve[120]


def test_each_point_of_the_curve_is_a_network_of_its_own():
    made = []

    def make():
        made.append(fresh(small_net, seed=1))
        return made[-1]

    curve = learning_curve(make, bars(30), bars(30, seed=3), (15, 30))
    assert len(made) == 2
    assert curve[30] == accuracy(made[1], bars(30, seed=3))


def test_pictures_in_colour_are_no_matter():
    data = bars(12)
    colour = replace(data, images=data.images.repeat(1, 3, 1, 1))
    assert shifted(colour.images, 0, 1).shape == (12, 3, 6, 9)
    assert predict_logits(fresh(dense_baseline), torch.rand(2, 1, 28, 28)).shape == (2, 10)
