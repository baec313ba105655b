"""Drawings of blocks of layers (lesson 09): what goes in, the branches beside each other, and how they meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.plots import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BOX_WIDTH, BOX_HEIGHT = 0.88, 0.66  # of the distance between two branches, and between two layers
NARROW, WIDE, OTHER, LINE = "#FBE3C8", "#CFE3F3", "#E3E6EA", "#5B6470"


class Block(NamedTuple):
    """What a drawing tells of a block.

    Attributes
    ----------
    inputs, joined : str
        What goes in, such as ``"192 maps"``, and what happens where the branches meet, such as ``"+"``.
    branches : tuple of tuple of str
        For each branch its layers, the first one first; one without layers is a shortcut.
    """

    inputs: str
    branches: tuple[tuple[str, ...], ...]
    joined: str


def show_blocks(blocks: Mapping[str, Block]) -> NDArray[Any]:
    """Draw blocks from above downwards, a column a branch; layers of 1 × 1 have a colour of their own (lesson 09).

    Parameters
    ----------
    blocks : mapping of str to Block
        By the name of the block.

    Returns
    -------
    array of Axes
        One a block.

    Raises
    ------
    ValueError
        If a block has no branch with a layer.
    """
    import matplotlib.pyplot as plt

    empty = [name for name, block in blocks.items() if not any(block.branches)]
    if empty:
        raise ValueError(f"expected a branch with at least one layer in each block, got none in: {', '.join(empty)}")
    widths = [len(block.branches) for block in blocks.values()]
    depth = max(len(branch) for block in blocks.values() for branch in block.branches)
    size = (1.3 * sum(widths), 0.8 * (2.4 + depth))
    axes = plt.subplots(1, len(blocks), figsize=size, width_ratios=widths, squeeze=False, layout="constrained")[1][0]
    for ax, (name, block) in zip(axes, blocks.items(), strict=True):
        _draw(ax, block, depth)
        ax.set_title(name)
    told = [f"{name}: {_told(block)}" for name, block in blocks.items()]
    return np.asarray(describe(axes, f"Blocks, drawn from above downwards. {' '.join(told)}"))


def _draw(ax: Axes, block: Block, depth: int) -> None:
    middle = (len(block.branches) - 1) / 2
    bars = (-0.48, -depth - 0.52)  # heights at which the branches part and meet
    for column, branch in enumerate(block.branches):
        ax.plot([middle, column, column, middle], np.repeat(bars, 2), color=LINE, linewidth=1.6, zorder=1)
        for place, words in enumerate(branch):
            _write(ax, (column, -1 - place - (depth - len(branch)) / 2), words)
    for words, end, bar in zip((block.inputs, block.joined), (0.0, -depth - 1.05), bars, strict=True):
        ax.plot([middle, middle], [end, bar], color=LINE, linewidth=1.6, zorder=1)
        style = "circle" if words == "+" else "round"
        frame = {"boxstyle": f"{style},pad=0.35", "facecolor": "white", "edgecolor": LINE}
        ax.text(middle, end, words, ha="center", va="center", bbox=frame, zorder=3)
    ax.set(xlim=(-0.55, len(block.branches) - 0.45), ylim=(-depth - 1.45, 0.4))
    ax.axis("off")


def _colour(words: str) -> str:
    if words.startswith("1 × 1"):
        return NARROW
    return WIDE if " × " in words and words[0].isdigit() else OTHER


def _write(ax: Axes, middle: tuple[float, float], words: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    corner = (middle[0] - BOX_WIDTH / 2 + 0.05, middle[1] - BOX_HEIGHT / 2 + 0.05)
    look: dict[str, Any] = {"facecolor": _colour(words), "edgecolor": LINE, "zorder": 2}
    ax.add_patch(FancyBboxPatch(corner, BOX_WIDTH - 0.1, BOX_HEIGHT - 0.1, boxstyle="round,pad=0.05", **look))
    ax.text(*middle, words, ha="center", va="center", zorder=3)


def _told(block: Block) -> str:
    ways = [" then ".join(step.replace("\n", " ") for step in branch) or "a shortcut" for branch in block.branches]
    return f"{block.inputs} go into {len(ways)} branches: {'; '.join(ways)}. They meet: {block.joined}."
