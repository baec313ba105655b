"""Stacks of small kernels, and the branches of an inception block."""

import pytest
import torch
from torch.nn import functional

from cnncourse.architecture import describe_network
from cnncourse.models import fresh
from cnncourse.stacks import Inception, composed, stack


def inception(narrowed):
    return fresh(lambda: Inception(5, ones=2, threes=4, fives=3, pooled=1, narrowed=narrowed), seed=0)


def test_three_small_kernels_see_as_far_as_a_large_one_with_fewer_parameters_and_multiplications():
    small, large = (describe_network(stack(6, kernels), (6, 11, 13)) for kernels in ([3, 3, 3], [7]))
    assert small.layers[-1].receptive_field == large.layers[-1].receptive_field == (7, 7)
    assert small.parameters == 3 * (9 * 6 + 1) * 6
    assert large.parameters == (49 * 6 + 1) * 6
    assert (small.multiply_adds, large.multiply_adds) == (27 * 36 * 143, 49 * 36 * 143)


def test_a_stack_takes_another_number_of_maps_at_its_foot():
    assert stack(4, [3, 1], inputs=2)(torch.zeros(1, 2, 5, 7)).shape == (1, 4, 5, 7)


@pytest.mark.parametrize("kernels", [[], [3, 4], [0]])
def test_kernels_without_a_middle_are_refused(kernels):
    with pytest.raises(ValueError, match="expected odd sides of kernels"):
        stack(3, kernels)


def test_one_kernel_does_what_two_do_after_each_other():
    chance = torch.Generator().manual_seed(0)
    first, second = torch.randn(4, 2, 3, 5, generator=chance), torch.randn(3, 4, 2, 3, generator=chance)
    maps = torch.randn(1, 2, 9, 12, generator=chance)
    both = functional.conv2d(functional.conv2d(maps, first), second)
    kernel = composed(first, second)
    assert kernel.shape == (3, 2, 4, 7)
    torch.testing.assert_close(functional.conv2d(maps, kernel), both, rtol=1e-4, atol=1e-4)


def test_kernels_that_do_not_follow_each_other_are_refused():
    with pytest.raises(ValueError, match="second layer for 4 maps, got one for 3"):
        composed(torch.zeros(4, 2, 3, 3), torch.zeros(5, 3, 3, 3))


@pytest.mark.parametrize(("narrowed", "maps"), [((3, 2), 2 + 4 + 3 + 1), (None, 2 + 4 + 3 + 5)])
def test_the_branches_lie_side_by_side(narrowed, maps):
    block = inception(narrowed)
    pictures = torch.rand(2, 5, 6, 7)
    found = block(pictures)
    assert found.shape == (2, maps, 6, 7)
    torch.testing.assert_close(found[:, :2], block.ones(pictures))
    torch.testing.assert_close(found[:, -(maps - 9) :], block.pooled(pictures))


def test_narrowing_counts_as_by_hand():
    narrow = (5 + 1) * 2 + ((5 + 1) * 3 + (9 * 3 + 1) * 4) + ((5 + 1) * 2 + (25 * 2 + 1) * 3) + (5 + 1) * 1
    wide = (5 + 1) * 2 + (9 * 5 + 1) * 4 + (25 * 5 + 1) * 3
    for narrowed, expected in (((3, 2), narrow), (None, wide)):
        assert describe_network(inception(narrowed), (5, 6, 7)).parameters == expected


def test_the_block_of_googlenet_has_torchvisions_size_but_for_its_five_by_fives():
    from torchvision.models.googlenet import Inception as Theirs

    ours = Inception(192, ones=64, threes=128, fives=32, pooled=32, narrowed=(96, 16))
    theirs = Theirs(192, 64, 96, 128, 16, 32, 32)
    kernels = [sum(w.numel() for w in block.parameters() if w.ndim == 4) for block in (ours, theirs)]
    assert kernels[0] - kernels[1] == (25 - 9) * 16 * 32  # torchvision has 3×3 there, by an old mistake that stayed
