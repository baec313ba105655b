"""Scenes say where their object is; which network's gradient points at it, lesson 08 counts and nbval compares."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cnncourse.scenes import hidden, quartets


def numbered(count: int, height: int = 2, width: int = 3) -> Tensor:
    """Return pictures in three colours, each filled with its number."""
    return torch.arange(1.0, count + 1)[:, None, None, None].expand(count, 3, height, width)


def test_a_hidden_picture_is_whole_and_lies_where_the_scene_says():
    images, ground = numbered(40), torch.zeros(40, 3, 5, 9)
    scenes = hidden(images, ground, seed=1)
    assert torch.equal(scenes.pictures[:, 1] > 0, scenes.objects)
    assert torch.equal(scenes.pictures.amax(dim=(1, 2, 3)), images[:, 0, 0, 0])
    assert (scenes.objects.sum(dim=(1, 2)) == 6).all()
    assert ground.sum() == 0


def test_pictures_are_hidden_at_every_place_up_to_the_borders():
    objects = hidden(numbered(300), torch.zeros(300, 3, 4, 5)).objects
    corners = {tuple(place.nonzero()[0].tolist()) for place in objects}
    assert corners == {(top, left) for top in range(3) for left in range(3)}


@pytest.mark.parametrize("ground", [(2, 3, 5, 9), (3, 1, 5, 9), (3, 3, 1, 9), (3, 3, 5, 2)])
def test_a_ground_that_does_not_fit_is_refused_with_both_shapes(ground: tuple[int, ...]):
    with pytest.raises(ValueError, match=r"\(3, 3, 2, 3\).*\(" + ", ".join(map(str, ground))):
        hidden(numbered(3), torch.zeros(ground))


def test_a_quartet_has_four_classes_and_the_chosen_one_where_it_says():
    images, labels = numbered(12), torch.arange(12) % 5
    scenes = quartets(images, labels, 9, seed=3)
    assert scenes.pictures.shape == (9, 3, 4, 6)
    for picture, place, chosen in zip(scenes.pictures, scenes.objects, scenes.chosen, strict=True):
        assert (picture[:, place] == chosen + 1).all()
        assert place.sum() == 6
        assert len({int(labels[int(number) - 1]) for number in picture.unique()}) == 4
    assert len({tuple(place.nonzero()[0].tolist()) for place in scenes.objects}) == 4  # each corner has its turn


def test_three_classes_make_no_quartet():
    with pytest.raises(ValueError, match="four classes or more, got 3"):
        quartets(numbered(9), torch.arange(9) % 3, 1)
