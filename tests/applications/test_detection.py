"""Tests of the detector and of the sliding windows beside it: small trainings, and parts by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from cnncourse.applications import detection, sliding_windows
from cnncourse.applications.composed import Layout, compose, stock
from cnncourse.applications.learning import Plan, finish, learn
from cnncourse.models import fresh

LAYOUT = Layout(height=48, width=56, most=2, smallest=18, largest=26, overlap=0)
CLASSES = ("0", "1", "face")


@pytest.fixture(scope="module")
def scenes():
    return compose(stock("train", CLASSES, bundled=True), 160, LAYOUT, seed=1)


@pytest.fixture(scope="module")
def unseen():
    return compose(stock("test", CLASSES, bundled=True), 40, LAYOUT, seed=2)


@pytest.fixture(scope="module")
def trained(scenes):
    return detection.trained(scenes, Plan(epochs=12, batch=16), progress=False)


class Answering(nn.Module):
    """Gives the same answers whatever it sees."""

    def __init__(self, answers: torch.Tensor) -> None:
        super().__init__()
        self.answers = answers

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.answers.expand(len(images), -1, -1, -1)


def test_the_trained_detector_finds_things_that_it_has_never_seen(trained, unseen):
    fresh_one = fresh(lambda: detection.GridDetector(3), seed=5)
    good = detection.score(detection.detect(trained, unseen.images), unseen)
    assert good > 0.6
    assert good > detection.score(detection.detect(fresh_one, unseen.images), unseen) + 0.5


def test_a_seed_gives_the_same_detector_and_leaves_the_chance_of_others_alone(scenes):
    torch.manual_seed(9)
    expected = torch.rand(3)
    torch.manual_seed(9)
    plan = Plan(epochs=1, batch=32, seed=4)
    one, other = (detection.trained(scenes, plan, seed=4, progress=False) for _ in range(2))
    assert torch.equal(torch.rand(3), expected)
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_any_picture_will_do_whose_sides_eight_divides():
    model = fresh(lambda: detection.GridDetector(4))
    assert model(torch.zeros(2, 1, 32, 72)).shape == (2, 9, 4, 9)


def test_a_fresh_detector_believes_that_most_cells_are_empty():
    answers = fresh(lambda: detection.GridDetector(4)).eval()(torch.rand(2, 1, 40, 48))
    assert answers[:, 0].sigmoid().mean() < 0.3


def test_boxes_of_one_class_are_suppressed_and_those_of_another_stay():
    answers = torch.zeros(1, 7, 1, 3)
    answers[:, 0] = torch.tensor([2.0, 1.0, 0.5])
    answers[:, 1, 0] = torch.tensor([1.0, 0.0, -1.0])  # all three point at the middle cell
    answers[:, 5:, 0] = torch.tensor([[9.0, 9.0, 0.0], [0.0, 0.0, 9.0]])
    model, picture = Answering(answers), torch.zeros(1, 1, 8, 24)
    (found,) = detection.detect(model, picture)
    assert found.labels.tolist() == [0, 1]
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
    np.testing.assert_allclose(found.boxes, [[4, 0, 20, 8]] * 2)
    (everything,) = detection.detect(model, picture, overlap=None)
    assert everything.labels.tolist() == [0, 0, 1]
    (sure,) = detection.detect(model, picture, least=0.8, overlap=None)
    assert sure.labels.tolist() == [0]


def test_nothing_found_is_three_empty_arrays():
    (found,) = detection.detect(Answering(torch.full((1, 7, 2, 2), -9.0)), torch.zeros(1, 1, 16, 16))
    assert [part.shape for part in found] == [(0, 4), (0,), (0,)]


def test_the_truth_itself_scores_one(unseen):
    truth = [unseen.objects(scene) for scene in range(len(unseen))]
    perfect = [detection.Detections(t.boxes.numpy(), np.ones(len(t.boxes)), t.labels.numpy()) for t in truth]
    assert detection.score(perfect, unseen) == 1
    wider = [found._replace(boxes=found.boxes + np.array([-8, -8, 8, 8])) for found in perfect]
    assert detection.score(wider, unseen) < 0.2


def test_an_object_is_reached_by_a_box_of_its_class_that_fits(unseen):
    truth = [unseen.objects(scene) for scene in range(len(unseen))]
    boxes = [np.concatenate([t.boxes.numpy(), t.boxes.numpy() + 100]) for t in truth]
    labels = [np.tile(t.labels.numpy(), 2) for t in truth]
    found = [detection.Detections(b, np.full(len(b), 0.1), names) for b, names in zip(boxes, labels, strict=True)]
    assert [fits.tolist() for fits in detection.reached(found, unseen)] == [[True] * len(t.boxes) for t in truth]
    others = [one._replace(labels=one.labels + 1) for one in found]
    assert not np.concatenate(detection.reached(others, unseen)).any()
    nothing = [detection.Detections(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))] * len(unseen)
    assert [fits.tolist() for fits in detection.reached(nothing, unseen)] == [[False] * len(t.boxes) for t in truth]


def test_windows_lie_inside_the_picture_at_every_fourth_pixel():
    places = sliding_windows.windows(40, 60)
    assert places.min() == 0
    assert places[:, 2].max() <= 60
    assert places[:, 3].max() <= 40
    assert not (places[:, :2] % 4).any()
    assert len(places.unique(dim=0)) == len(places)
    assert {tuple(side) for side in (places[:, 2:] - places[:, :2]).int().tolist()} == {
        (round(tall * shape), tall) for tall in (15, 20, 26) for shape in (1.0, 0.7, 0.4)
    }
    assert sliding_windows.windows(10, 10).shape == (0, 4)


def test_windows_are_labelled_by_what_they_show(scenes):
    boxes, labels = sliding_windows._drawn_windows(scenes, 40, torch.Generator().manual_seed(1))
    assert boxes.shape == (160, 40, 4)
    assert set(labels.unique().tolist()) == {-100, 0, 1, 2, 3}
    assert (labels[:, :20] == 3).float().mean() < 0.05, "half of the windows are drawn around objects"
    assert (labels[:, 20:] == 3).float().mean() > 0.4


def test_the_classifier_of_windows_learns_too(scenes, unseen):
    model = fresh(lambda: sliding_windows.WindowClassifier(3), seed=1)
    first = detection.score(sliding_windows.search(model, unseen.images[:10]), unseen[:10])
    losses = finish(sliding_windows.training(model, scenes, Plan(epochs=8, batch=16), progress=False))
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) / 2
    assert detection.score(sliding_windows.search(model, unseen.images[:10]), unseen[:10]) > first + 0.1


def test_a_plan_says_how_many_steps_there_are():
    model, seen = nn.Linear(1, 1), []

    def loss_of(places: torch.Tensor) -> torch.Tensor:
        seen.extend(places.tolist())
        return model(places[:, None].float()).square().mean()

    steps = list(learn(model, loss_of, 10, Plan(epochs=2, batch=4), progress=False))
    assert [step.step for step in steps] == [1, 2, 3, 4]
    assert {step.steps for step in steps} == {4}
    assert len(set(seen[:8])) == 8, "no example twice in an epoch"
    assert not model.training
    for epochs in range(1, 12):
        assert len(list(learn(model, loss_of, 4, Plan(epochs=epochs, batch=4), progress=False))) == epochs
    with pytest.raises(ValueError, match="one batch of 32 examples, got 10"):
        list(learn(model, loss_of, 10, Plan(), progress=False))
