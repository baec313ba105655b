"""Tests of scenes put together: what is said to lie somewhere lies there, and nowhere else."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou, masks_to_boxes

from cnncourse.applications.composed import CLASSES, Layout, Stock, compose, stock

LAYOUT = Layout(height=56, width=72, fewest=2, most=4, smallest=12, largest=22, overlap=0.15)


@pytest.fixture(scope="module")
def scenes():
    return compose(stock("train"), 120, LAYOUT, seed=3)


def test_a_seed_gives_the_same_scenes_and_few_are_the_first_of_many(scenes):
    few = compose(stock("train"), 7, LAYOUT, seed=3)
    for name in ("images", "boxes", "labels", "instances"):
        assert torch.equal(getattr(few, name), getattr(scenes, name)[:7]), name
    assert not torch.equal(compose(stock("train"), 7, LAYOUT, seed=4).images, few.images)


def test_shapes_types_and_ranges_are_as_stated(scenes):
    assert scenes.images.shape == (120, 1, 56, 72)
    assert scenes.images.dtype == torch.float32
    assert scenes.images.min() >= 0
    assert scenes.images.max() <= 1
    assert scenes.boxes.shape == (120, 4, 4)
    assert set(scenes.labels.unique().tolist()) == {-1, *range(11)}
    assert scenes.classes == CLASSES


def test_every_number_of_objects_occurs_and_no_other(scenes):
    assert set((scenes.labels >= 0).sum(1).tolist()) == {2, 3, 4}


def test_a_box_frames_exactly_the_pixels_of_its_object():
    apart = compose(stock("test"), 60, Layout(height=50, width=66, smallest=9, largest=20, overlap=0), seed=1)
    for scene in range(60):
        boxes, _, masks = apart.objects(scene)
        frames = masks_to_boxes(masks) + torch.tensor([0, 0, 1, 1])  # torchvision names the last pixel itself
        assert torch.equal(frames, boxes)


def test_boxes_lie_inside_the_scene_and_are_as_large_as_asked(scenes):
    there = scenes.labels >= 0
    left, top, right, bottom = scenes.boxes[there].unbind(1)
    assert min(left.min(), top.min()) >= 0
    assert right.max() <= 72
    assert bottom.max() <= 56
    longer = torch.maximum(right - left, bottom - top)
    assert longer.max() <= 22
    assert longer.min() >= 10  # strokes that fade at their ends cost a pixel or two of the 12


@pytest.mark.parametrize("allowed", [0.0, 0.05, 0.3])
def test_no_two_boxes_overlap_more_than_allowed_and_some_come_near(allowed: float):
    layout = Layout(height=44, width=60, fewest=3, most=4, smallest=14, largest=22, overlap=allowed)
    crowded = compose(stock("train"), 80, layout, seed=2)
    found = []
    for scene in range(80):
        boxes = crowded.objects(scene).boxes
        found += [box_iou(boxes[i : i + 1], boxes[j : j + 1]).item() for i, j in combinations(range(len(boxes)), 2)]
    assert max(found) <= allowed + 1e-6
    assert max(found) >= allowed * 0.7


def test_something_of_every_object_can_be_seen():
    layout = Layout(height=44, width=60, fewest=4, most=4, smallest=12, largest=24, overlap=0.3)
    crowded = compose(stock("train"), 60, layout, seed=5)
    seen = torch.stack([crowded.objects(scene).masks.sum((1, 2)) for scene in range(60)])
    assert seen.min() >= 10


def test_the_larger_box_comes_first(scenes):
    size = (scenes.boxes[..., 2] - scenes.boxes[..., 0]) * (scenes.boxes[..., 3] - scenes.boxes[..., 1])
    assert (size[:, :-1] >= size[:, 1:]).all()


def test_classes_of_pixels_follow_from_objects(scenes):
    for scene in range(20):
        expected = torch.zeros(56, 72, dtype=torch.int64)
        _, labels, masks = scenes.objects(scene)
        for label, mask in zip(labels, masks, strict=True):
            expected[mask] = label + 1
        assert torch.equal(scenes.semantic[scene], expected)


def test_digits_are_brighter_than_what_they_lie_on():
    plain = compose(stock("test", tuple("0123456789")), 40, LAYOUT, seed=6)
    drawn = plain.instances > 0
    assert plain.images[:, 0][drawn].mean() > plain.images[:, 0][~drawn].mean() + 0.3


def test_the_ground_is_a_photograph_and_not_one_grey():
    empty = compose(stock("train"), 20, Layout(fewest=0, most=0, height=40, width=64), seed=0)
    assert empty.labels.shape == (20, 0)
    assert empty.images.std((1, 2, 3)).min() > 0.01
    assert not empty.instances.any()


def test_no_picture_and_no_ground_is_in_both_parts():
    train, test = stock("train"), stock("test")
    for pictures in ("pictures", "grounds"):
        prints = [{np.asarray(p).tobytes() for p in getattr(part, pictures)} for part in (train, test)]
        assert prints[0]
        assert prints[1]
        assert not prints[0] & prints[1]


def test_one_may_say_what_lies_in_each_scene():
    wanted = [[1, 0], [], [0, 0, 1]]
    told = compose(stock("test", ("7", "face")), 3, LAYOUT, labels=wanted)
    assert [sorted(told.objects(scene).labels.tolist()) for scene in range(3)] == [sorted(labels) for labels in wanted]
    assert told.boxes.shape == (3, 3, 4)


def test_a_part_of_the_set_keeps_pictures_and_objects_together(scenes):
    part = scenes[[5, 2]]
    assert len(part) == 2
    assert torch.equal(part.objects(1).boxes, scenes.objects(2).boxes)
    assert torch.equal(part.images[0], scenes.images[5])
    assert repr(part).startswith("SceneSet(2 scenes of 56×72 pixels with ")


def test_faces_keep_to_an_oval_without_corners():
    heads = compose(stock("test", ("face",)), 10, Layout(fewest=1, most=1, overlap=0, smallest=20), seed=8)
    for scene in range(10):
        (box,), _, (mask,) = heads.objects(scene)
        left, top, right, bottom = box.int().tolist()
        inside = mask[top:bottom, left:right]
        assert not inside[0, 0]
        assert not inside[-1, -1]
        assert inside.float().mean().item() == pytest.approx(np.pi / 4, abs=0.06)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fewest": 3, "most": 2}, "0 ≤ fewest ≤ most, got 3 and 2"),
        ({"largest": 80}, "shorter side, got 14, 80 and a scene of 64×64"),
        ({"smallest": 30}, "6 ≤ smallest ≤ largest"),
        ({"overlap": 1.5}, "overlap from 0 to 1, got 1.5"),
    ],
)
def test_an_impossible_layout_is_refused(settings: dict[str, float], message: str):
    with pytest.raises(ValueError, match=message):
        Layout(**settings)


def test_a_scene_without_room_says_so():
    with pytest.raises(ValueError, match="no room for 9 objects of up to 28 pixels in 32×32"):
        compose(stock("train"), 1, Layout(height=32, width=32, fewest=9, most=9, smallest=20, overlap=0))


def test_lists_of_labels_must_fit():
    with pytest.raises(ValueError, match="each of the 3 scenes, got 1"):
        compose(stock("train"), 3, labels=[[0]])
    with pytest.raises(ValueError, match="class from 0 to 10, got 11"):
        compose(stock("train"), 1, labels=[[11]])


def test_names_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="split out of train, test; got 'held out'"):
        stock("held out")
    with pytest.raises(ValueError, match=r"expected a class out of 0, 1, .*; got 'cat'"):
        stock("train", ("3", "cat"))


def test_a_stock_says_what_it_holds():
    assert isinstance(stock("test", ("face",)), Stock)
    assert repr(stock("test", ("face",))) == "Stock(25 pictures of face: faces that come with scikit-image)"
