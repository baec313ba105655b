"""Tests of the diagram of one body and its heads."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from cnncourse.head_plots import show_heads
from cnncourse.style import alternative_text

MAPS = [(1, 64, 96), (24, 32, 48), (48, 16, 24), (64, 8, 12)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_every_map_and_every_head_is_named_with_its_numbers():
    written = [text.get_text() for text in show_heads(MAPS, cell=16, classes=12).texts]
    assert "picture\n1 × 64 × 96" in written
    assert {"24 × 32 × 48", "48 × 16 × 24", "64 × 8 × 12"} < set(written)
    assert any("16 numbers" in text for text in written)
    assert written.count("1 × 1: 12 scores") == 3, "each map is scored"
    assert written.count("+") == 2, "two skips are added"
    assert written.count("× 2") == 3


def test_the_maps_shrink_as_they_do_in_the_network():
    heights = [patch.get_height() for patch in show_heads(MAPS, cell=16, classes=12).patches[:4]]
    assert heights[0] / heights[1] == pytest.approx(2)
    assert heights == sorted(heights, reverse=True)


def test_the_diagram_is_told_in_words():
    ax = show_heads(MAPS, cell=25, classes=5)
    assert "24 channels of 32 by 48" in alternative_text(ax.figure)
    assert "25 numbers a cell" in alternative_text(ax.figure)


def test_a_picture_alone_is_refused():
    with pytest.raises(ValueError, match="one map or more, got 1"):
        show_heads(MAPS[:1], cell=16, classes=12)
