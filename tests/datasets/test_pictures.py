"""Tests of pictures in memory: subsets keep the classes by their share, and nothing held out is learned from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnncourse.datasets import PictureSet

NAMES = ("cat", "dog", "owl")


def pictures(labels: list[int], *, copies: dict[int, int] | None = None) -> PictureSet:
    """Give noise of 2×3 pixels, two channels; ``copies={7: 3}`` makes picture 7 the same as picture 3."""
    images = torch.rand(len(labels), 2, 2, 3, generator=torch.Generator().manual_seed(1))
    for place, original in (copies or {}).items():
        images[place] = images[original]
    return PictureSet(images, torch.tensor(labels), NAMES, "noise")


def keys(data: PictureSet) -> set[bytes]:
    return {image.tobytes() for image in data.images.numpy()}


UNEVEN = [0] * 60 + [1] * 30 + [2] * 10


def test_a_number_gives_one_picture_with_its_label_as_a_loader_wants_it():
    data = pictures([2, 0, 1])
    image, label = data[1]
    assert image.shape == (2, 2, 3)
    assert (label, type(label)) == (0, int)
    assert [label for _, label in data] == [2, 0, 1]
    batch, labels = next(iter(torch.utils.data.DataLoader(data, batch_size=2)))
    assert batch.equal(data.images[:2])
    assert labels.tolist() == [2, 0]


def test_a_slice_shares_memory_and_its_source_says_how_many_they_are():
    data = pictures([2, 0, 1, 1])
    part = data[1:3]
    assert part.labels.tolist() == [0, 1]
    assert part.images.data_ptr() == data.images[1].data_ptr()
    assert part.source == "noise; 2 of them"
    assert data[:].source == "noise"


@pytest.mark.parametrize("which", [[3, 0], np.array([3, 0]), torch.tensor([3, 0])])
def test_places_give_those_pictures_in_that_order(which):
    assert pictures([2, 0, 1, 1])[which].labels.tolist() == [1, 2]


def test_pictures_are_counted_by_class_and_a_class_without_any_is_named_too():
    assert pictures([2, 0, 2, 2]).counts == {"cat": 1, "dog": 0, "owl": 3}


def test_what_does_not_fit_together_is_refused_with_its_shapes_and_the_way_out():
    with pytest.raises(ValueError, match=r"got \(5, 28, 20\) and \(5,\); try: images\[:, None\]"):
        PictureSet(torch.zeros(5, 28, 20), torch.zeros(5, dtype=torch.int64), NAMES, "")
    with pytest.raises(ValueError, match=r"got \(5, 1, 4, 3\) and \(4,\)"):
        PictureSet(torch.zeros(5, 1, 4, 3), torch.zeros(4, dtype=torch.int64), NAMES, "")


# --- a few of many ----------------------------------------------------------------------------------------------------


def test_taking_keeps_each_class_by_its_share():
    assert pictures(UNEVEN).take(20).counts == {"cat": 12, "dog": 6, "owl": 2}


def test_what_rounding_leaves_goes_to_the_largest_remainders():
    assert pictures(UNEVEN).take(7).counts == {"cat": 4, "dog": 2, "owl": 1}  # 4.2, 2.1, 0.7


def test_a_larger_number_holds_the_smaller_one_as_long_as_the_seed_is_the_same():
    data = pictures(UNEVEN)
    ten, thirty = data.take(10, seed=3), data.take(30, seed=3)
    assert keys(ten) < keys(thirty)
    assert keys(data.take(10, seed=4)) != keys(ten)


def test_taking_all_gives_all_in_their_order():
    data = pictures(UNEVEN)
    assert data.take(100).images.equal(data.images)


@pytest.mark.parametrize("count", [0, 101, -3])
def test_more_than_there_are_or_none_is_refused(count):
    with pytest.raises(ValueError, match=f"from 1 to the 100 pictures at hand, got {count}"):
        pictures(UNEVEN).take(count)


# --- held out ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held_out", [20, 0.2])
def test_two_parts_share_no_picture_make_up_the_whole_and_keep_the_classes(held_out):
    data = pictures(UNEVEN)
    train, rest = data.split(held_out)
    assert (len(train), len(rest)) == (80, 20)
    assert keys(train).isdisjoint(keys(rest))
    assert keys(train) | keys(rest) == keys(data)
    assert rest.counts == {"cat": 12, "dog": 6, "owl": 2}
    assert train.source == "noise; 80 of them"


def test_the_same_seed_parts_alike_and_another_one_does_not():
    data = pictures(UNEVEN)
    first, again, other = (data.split(20, seed=seed)[1] for seed in (5, 5, 6))
    assert first.images.equal(again.images)
    assert keys(first) != keys(other)


def test_copies_of_a_picture_never_stand_on_both_sides():
    data = pictures(UNEVEN, copies={place: place - 1 for place in range(1, 30, 2)} | {95: 3})
    for seed in range(20):
        train, rest = data.split(0.1, seed=seed) if seed else data.split(10)
        assert keys(train).isdisjoint(keys(rest))
        assert len(rest) == 10


def test_where_all_pictures_are_copies_nothing_can_be_held_out_and_that_is_said():
    with pytest.raises(
        ValueError, match=r"expected 1 pictures of class 0 that occur only once, found 0; .* would leak"
    ):
        pictures([0, 0, 1, 1], copies={1: 0, 3: 2}).split(2)


@pytest.mark.parametrize(
    ("held_out", "message"),
    [
        (0, "at least 1 and fewer than all 100"),
        (100, "got 100"),
        (1.0, "a share between 0 and 1, or a whole number of pictures; got 1.0"),
        (-0.1, "got -0.1"),
        (0.001, "got 0"),
    ],
)
def test_a_part_that_would_be_empty_is_refused(held_out, message):
    with pytest.raises(ValueError, match=message):
        pictures(UNEVEN).split(held_out)
