"""Tests of the drawings of blocks of layers."""

import pytest

from cnncourse.block_plots import NARROW, Block, show_blocks

RESIDUAL = Block("8 maps", (("3 × 3\n8", "3 × 3\n8"), ()), "+")
BRANCHES = Block("192 maps", (("1 × 1\n64",), ("1 × 1\n96", "3 × 3\n128"), ("pooling", "1 × 1\n32")), "laid together")


def written(ax):
    return [text.get_text() for text in ax.texts]


def test_every_layer_is_a_box_below_the_one_before_in_the_column_of_its_branch():
    (ax,) = show_blocks({"inception": BRANCHES})
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert [places[name][0] for name in ("1 × 1\n64", "3 × 3\n128", "pooling")] == [0, 1, 2]
    assert places["192 maps"][1] > places["1 × 1\n96"][1] > places["3 × 3\n128"][1] > places["laid together"][1]
    assert ax.get_title() == "inception"


def test_a_shortcut_is_a_line_without_a_box():
    (ax,) = show_blocks({"residual": RESIDUAL})
    assert written(ax) == ["3 × 3\n8", "3 × 3\n8", "8 maps", "+"]
    assert len(ax.lines) == len(RESIDUAL.branches) + 2  # and one into the block, one out of it
    assert "3 × 3 8 then 3 × 3 8; a shortcut. They meet: +." in ax.get_figure().text_alternative


def test_layers_of_one_pixel_have_a_colour_of_their_own():
    from matplotlib.colors import to_rgba

    (ax,) = show_blocks({"inception": BRANCHES})
    colours = [box.get_facecolor() for box in ax.patches]
    assert [colour == to_rgba(NARROW) for colour in colours] == [True, True, False, False, True]


def test_a_wider_block_gets_a_wider_panel():
    narrow, wide = show_blocks({"residual": RESIDUAL, "inception": BRANCHES})
    narrow.figure.draw_without_rendering()
    assert wide.get_position().width > 1.3 * narrow.get_position().width


def test_a_block_without_any_layer_is_refused():
    with pytest.raises(ValueError, match="at least one layer in each block, got none in: empty"):
        show_blocks({"empty": Block("8 maps", ((), ()), "+")})
