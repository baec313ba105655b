"""Tests of what the cells say: written down, read back, and judged."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional
from torchvision.ops import box_iou

from cnncourse.applications.composed import Layout, compose, stock
from cnncourse.applications.grid import Losses, Targets, decode, losses, targets


@pytest.fixture(scope="module")
def scenes():
    return compose(stock("train"), 30, Layout(height=48, width=72, largest=24), seed=1)


def answers_for(wanted: Targets, classes: int) -> torch.Tensor:
    """Write the answers of a network that knows everything."""
    names = functional.one_hot(wanted.labels, classes).permute(0, 3, 1, 2) * 40.0
    return torch.cat([(wanted.objectness[:, None] - 0.5) * 40, wanted.places, names], dim=1)


def test_what_is_written_for_a_box_reads_back_as_that_box(scenes):
    wanted = targets(scenes.boxes, scenes.labels, 48, 72)
    boxes, scores, labels = decode(answers_for(wanted, 11))
    for scene in range(30):
        objects = scenes.objects(scene)
        sure = scores[scene] > 0.5
        assert int(sure.sum()) == int(wanted.objectness[scene].sum())
        agreed, which = box_iou(boxes[scene][sure], objects.boxes).max(1)
        assert agreed.min() > 0.999
        assert torch.equal(labels[scene][sure], objects.labels[which])
        claimed = which.unique().tolist()
        assert len(claimed) >= len(objects.boxes) - 1, "only where two objects claim one cell may one be lost"


def test_cells_by_hand():
    wanted = targets(torch.tensor([[[20.0, 12, 36, 36]]]), torch.tensor([[7]]), 48, 72)
    assert wanted.objectness.shape == (1, 6, 9)
    assert wanted.objectness[0].nonzero().tolist() == [[2, 3], [3, 3]]
    assert wanted.labels[0, 2, 3] == 7
    torch.testing.assert_close(wanted.places[0, :, 2, 3], torch.tensor([0.0, 0.5, 0.0, math.log(1.5)]))


def test_an_object_that_holds_no_middle_of_a_cell_still_gets_the_cell_of_its_centre():
    wanted = targets(torch.tensor([[[17.0, 9, 20, 19]]]), torch.tensor([[0]]), 24, 40)
    assert wanted.objectness[0].nonzero().tolist() == [[1, 2]]


def test_where_two_objects_claim_a_cell_the_later_smaller_one_has_it():
    both = torch.tensor([[[8.0, 8, 40, 40], [18, 18, 30, 28]]])
    wanted = targets(both, torch.tensor([[3, 5]]), 48, 48)
    assert wanted.labels[0, 2, 2] == 5
    assert wanted.labels[0, 3, 3] == 3


def test_empty_places_of_the_list_leave_no_trace():
    none = targets(torch.zeros(2, 3, 4), torch.full((2, 3), -1), 32, 40)
    assert not none.objectness.any()
    assert all(torch.isfinite(part).all() for part in none)


def test_perfect_answers_cost_nothing_and_each_mistake_shows_in_its_own_part(scenes):
    wanted = targets(scenes.boxes, scenes.labels, 48, 72)
    right = answers_for(wanted, 11)
    assert max(part.item() for part in losses(right, wanted)) < 1e-4
    for channel, part in ((0, "whether"), (2, "where"), (4, "where")):
        wrong = right.clone()
        wrong[:, channel] += 30 if channel == 0 else 1.0
        found = losses(wrong, wanted)._asdict()
        assert found.pop(part) > 0.5
        assert max(rest.item() for rest in found.values()) < 1e-4
    swapped = torch.cat([right[:, :5], right[:, 5:].roll(1, 1)], dim=1)
    assert losses(swapped, wanted).what > 10


def test_losses_by_hand():
    wanted = Targets(torch.tensor([[[1.0, 0.0]]]), torch.zeros(1, 4, 1, 2), torch.tensor([[[1, 0]]]))
    answers = torch.zeros(1, 7, 1, 2)
    answers[0, 1, 0, 0] = 0.5  # half a cell off
    found = losses(answers, wanted)
    assert found.whether.item() == pytest.approx(2 * math.log(2)), "two cells at ½, one of them with an object"
    assert found.where.item() == pytest.approx(0.45), "0.5 less half of the rounding, 0.1"
    assert found.what.item() == pytest.approx(math.log(2))
    assert found.total.item() == pytest.approx(3 * math.log(2) + 0.9)


def test_empty_cells_learn_to_be_quiet_and_nothing_else():
    wanted = targets(torch.zeros(1, 1, 4), torch.full((1, 1), -1), 16, 24)
    answers = torch.randn(1, 8, 2, 3, requires_grad=True)
    found = losses(answers, wanted)
    found.total.backward()
    assert isinstance(found, Losses)
    assert found.where == found.what == 0
    assert (answers.grad[:, 0] > 0).all()
    assert not answers.grad[:, 1:].any()


def test_boxes_are_read_no_further_than_the_picture_and_never_inside_out():
    wild = 30 * torch.randn(3, 9, 4, 5, generator=torch.Generator().manual_seed(2))
    boxes, scores, _ = decode(wild)
    assert boxes.shape == (3, 20, 4)
    assert boxes.min() >= 0
    assert boxes[..., 2].max() <= 40
    assert boxes[..., 3].max() <= 32
    assert (boxes[..., :2] <= boxes[..., 2:]).all()
    assert ((scores >= 0) & (scores <= 1)).all()


def test_sides_that_are_no_multiple_of_a_cell_are_refused():
    with pytest.raises(ValueError, match="multiples of 8, got 60×64"):
        targets(torch.zeros(1, 1, 4), torch.zeros(1, 1), 60, 64)
    with pytest.raises(ValueError, match=r"got \(2, 4\) and \(2,\)"):
        targets(torch.zeros(2, 4), torch.zeros(2), 64, 64)
