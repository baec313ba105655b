"""Figures of lesson 09 on what accuracy on clean pictures leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe

STYLES = ("o-", "s--", "^:", "D-.")


def show_falls(
    shares: Mapping[str, Mapping[str, ArrayLike]], *, ylabel: str = "named rightly (%)", xlabel: str = "strength"
) -> NDArray[Any]:
    """Draw how networks fall as corruptions grow: a panel a corruption, in two rows, a line a network.

    Parameters
    ----------
    shares : mapping of str to mapping of str to array, shape (6,), in [0, 1]
        By the name of the network, then of the corruption, such as from `cnncourse.corruptions.corrupted_accuracy`;
        the first number is that of the clean pictures.
    ylabel, xlabel : str
        What is drawn.

    Returns
    -------
    array of Axes
        One a corruption, with the same scale.

    Raises
    ------
    ValueError
        If the networks met different corruptions.
    """
    import matplotlib.pyplot as plt

    kinds = list(next(iter(shares.values())))
    if any(list(found) != kinds for found in shares.values()):
        raise ValueError(f"expected the same corruptions for each network, {', '.join(kinds)} for the first one")
    across = len(kinds) // 2 + 1  # one place is left over for the legend
    panels = plt.subplots(2, across, figsize=(2.4 * across, 5.0), sharey=True, layout="constrained")[1].flatten()
    axes = panels[: len(kinds)]
    told = []
    for ax, kind in zip(axes, kinds, strict=True):
        for number, (name, found) in enumerate(shares.items()):
            line = 100 * np.asarray(found[kind], dtype=float)
            ax.plot(range(len(line)), line, STYLES[number % 4], color=f"C{number}", label=name)
            told.append(f"{kind}, {name}: {line[0]:.0f} to {line[-1]:.0f} %")
        ax.set(title=kind, xlabel=xlabel, ylim=(0, 104), xticks=range(len(line)))
        ax.grid(True)
    for ax in panels[::across]:
        ax.set_ylabel(ylabel)
    for ax in panels[len(kinds) :]:
        ax.axis("off")
    panels[-1].legend(*axes[0].get_legend_handles_labels(), loc="center")
    return np.asarray(describe(axes, f"From clean pictures to the strongest change. {'; '.join(told)}."))


def show_attacks(
    shares: Mapping[str, Mapping[str, ArrayLike]], radii: Sequence[float], *, ylabel: str = "named rightly (%)"
) -> NDArray[Any]:
    """Draw what is left of networks when each pixel may change by so much: a panel a network, a line a way to change.

    Parameters
    ----------
    shares : mapping of str to mapping of str to array, shape (radii,), in [0, 1]
        By the name of the network, then of the attack, such as from `cnncourse.adversarial.attacked_accuracy`.
    radii : sequence of float, in [0, 1]
        By how much a pixel may change; drawn in steps of 255.
    ylabel : str
        What is drawn.

    Returns
    -------
    array of Axes
        One a network, with the same scale.
    """
    import matplotlib.pyplot as plt

    size = (3.7 * len(shares), 3.6)
    axes = plt.subplots(1, len(shares), figsize=size, sharey=True, squeeze=False, layout="constrained")[1][0]
    told = []
    for ax, (name, attacks) in zip(axes, shares.items(), strict=True):
        for number, (attack, found) in enumerate(attacks.items()):
            line = 100 * np.asarray(found, dtype=float)
            ax.plot(255 * np.asarray(radii), line, STYLES[number % 4], color=f"C{number}", label=attack)
            told.append(f"{name}, {attack}: {', '.join(f'{share:.0f}' for share in line)} %")
        ax.set(title=name, xlabel="change of a pixel, of 255", ylim=(0, 104), xticks=255 * np.asarray(radii))
        ax.grid(True)
    axes[0].set_ylabel(ylabel)
    axes[-1].legend()
    return np.asarray(describe(axes, f"Shares for growing changes. {'; '.join(told)}."))
