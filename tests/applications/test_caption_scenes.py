"""Tests of the scenes that come with sentences."""

import numpy as np
import pytest
import torch

from cnncourse.applications.caption_scenes import (
    LONGEST,
    NAMES,
    PAIRS,
    SCENE,
    SEEN,
    UNSEEN,
    WORDS,
    caption,
    captioned_scenes,
    sentence,
)
from cnncourse.applications.composed import CLASSES, Objects


def objects(*boxes, labels):
    return Objects(torch.tensor(boxes, dtype=torch.float32), torch.tensor(labels), torch.zeros(len(boxes), 32, 32))


@pytest.mark.parametrize(
    ("boxes", "labels", "said"),
    [
        ([(0, 0, 8, 10)], [7], "a seven"),
        ([(0, 0, 8, 10)], [8], "an eight"),
        ([(0, 4, 8, 14), (20, 0, 30, 12)], [3, 8], "a three left of an eight"),
        ([(20, 0, 30, 12), (0, 4, 8, 14)], [3, 8], "an eight left of a three"),
        ([(4, 20, 14, 30), (0, 0, 10, 12)], [10, 2], "a two above a face"),
        ([(0, 0, 10, 12), (4, 20, 14, 30)], [10, 2], "a face above a two"),
        ([(0, 0, 10, 10), (14, 8, 24, 18)], [1, 1], "a one left of a one"),  # 14 along, 8 down: just clear
    ],
)
def test_the_left_one_or_the_upper_one_is_named_first(boxes, labels, said):
    assert caption(objects(*boxes, labels=labels)) == said


@pytest.mark.parametrize("second", [(14, 9, 24, 19), (9, 14, 19, 24), (12, 12, 22, 22)])
def test_what_lies_nearly_diagonally_has_no_sentence(second):
    assert caption(objects((0, 0, 10, 10), second, labels=[1, 2])) is None


@pytest.mark.parametrize("count", [0, 3])
def test_no_object_or_three_have_no_sentence(count):
    with pytest.raises(ValueError, match=f"one object or two, got {count}"):
        caption(objects(*[(0, 0, 9, 9)] * count, labels=[1] * count))


def test_a_sentence_ends_at_its_end():
    words = [WORDS.index(word) for word in ("a", "face", "<end>", "a")]
    assert sentence(words) == "a face"
    assert sentence(words[:2]) == "a face"
    assert sentence([1, 1]) == ""


def test_names_are_those_of_the_classes():
    assert len(NAMES) == len(CLASSES)
    assert NAMES[CLASSES.index("7")] == "seven"
    assert NAMES[CLASSES.index("face")] == "face"


def test_every_pair_is_either_seen_or_unseen_and_every_class_is_in_both():
    assert sorted([*SEEN, *UNSEEN]) == sorted(PAIRS)
    assert len(PAIRS) == 11 * 12 / 2
    for pairs in (SEEN, UNSEEN):
        assert {label for pair in pairs for label in pair} == set(range(11))


def names_in(told):
    return tuple(sorted(NAMES.index(word) for word in told.split() if word in NAMES))


def test_unseen_pairs_are_in_no_training_scene_and_in_every_test_scene():
    training = captioned_scenes("train", 300, single=0.2)
    test = captioned_scenes("test", 60, pairs=UNSEEN)
    assert not {names_in(told) for told in training.captions} & set(UNSEEN)
    assert {names_in(told) for told in test.captions} <= set(UNSEEN)
    assert not set(training.captions) & set(test.captions)


def test_scenes_have_the_size_and_the_sentences_the_length_that_they_should():
    scenes = captioned_scenes("train", 50, single=0.5, seed=3)
    assert len(scenes) == 50
    assert scenes.images.shape == (50, 1, SCENE.height, SCENE.width)
    assert scenes.words.shape == (50, LONGEST)
    alone = [told for told in scenes.captions if len(names_in(told)) == 1]
    assert 10 < len(alone) < 40
    assert "50 scenes" in repr(scenes)


def test_the_same_seed_gives_the_same_scenes_and_another_others():
    one, same, other = (captioned_scenes("test", 8, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one.images, same.images)
    assert one.captions == same.captions
    assert not torch.equal(one.images, other.images)


def test_the_sentence_fits_what_is_bright_in_the_scene():
    scenes = captioned_scenes("test", 40, pairs=[(1, 10)])  # digits are bright all over, faces only in parts
    for told, image in zip(scenes.captions, scenes.images[:, 0].numpy(), strict=True):
        bright = np.argwhere(image > 0.7)
        if len(bright) < 12:
            continue  # a dim digit
        down, along = bright.mean(axis=0)
        place = along if "left" in told else down
        assert (place < 20) if told.startswith("a one") else (place > 11), told
