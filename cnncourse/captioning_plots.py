"""Figures of captioning (lesson 11): scenes with their sentences, where the decoder looks, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnncourse.plots import describe, show_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def show_captions(
    images: ArrayLike, told: Sequence[str], right: Sequence[str], *, columns: int = 4, alt: str | None = None
) -> NDArray[Any]:
    """Show scenes with the sentences written about them; under a wrong one stands the right one.

    Parameters
    ----------
    images : array, shape (n, 1, height, width), in [0, 1]
        The scenes.
    told, right : sequence of str
        What was written, and what should have been.
    columns : int
        Scenes in a row.
    alt : str, optional
        What the figure shows, for those who cannot see it; by default all sentences.

    Returns
    -------
    array of Axes, shape (n,)
        A panel a scene.
    """
    import matplotlib.pyplot as plt

    pictures = np.asarray(images, dtype=float)
    rows = -(-len(pictures) // columns)
    axes = plt.subplots(rows, columns, figsize=(2.6 * columns, 3.2 * rows), squeeze=False)[1].flatten()
    for ax, picture, said, truth in zip(axes, pictures, told, right, strict=False):
        show_image(picture[0], ax, limit=1.0)
        agree = said == truth
        ax.set_title(f"{'✓' if agree else '✗'} {said}", fontsize=12, fontweight="normal")
        ax.set_xlabel("" if agree else f"is: {truth}", fontsize=12)
    for ax in axes[len(pictures) :]:
        ax.set_visible(False)
    words = "; ".join(s if s == t else f"{s}, wrong, for {t}" for s, t in zip(told, right, strict=True))
    return np.asarray(describe(axes, alt or f"Scenes with their sentences: {words}."))[: len(pictures)]


def show_looks(image: ArrayLike, words: Sequence[str], looks: ArrayLike, *, alt: str | None = None) -> NDArray[Any]:
    """Show a scene once for each word, bright where the decoder looked when it said it.

    Parameters
    ----------
    image : array, shape (1, height, width), in [0, 1]
        The scene.
    words : sequence of str
        What was said.
    looks : array, shape (words, rows, columns), 0 or more
        What each place of the encoder's grid counted.
    alt : str, optional
        What the figure shows, for those who cannot see it; by default where each word's look was strongest.

    Returns
    -------
    array of Axes, shape (words + 1,)
        The scene, and a panel a word.
    """
    import matplotlib.pyplot as plt

    scene, weights = np.asarray(image, dtype=float)[0], np.asarray(looks, dtype=float)
    axes = plt.subplots(1, len(words) + 1, figsize=(1.55 * (len(words) + 1), 2.0), squeeze=False)[1][0]
    show_image(scene, axes[0], title="scene", limit=1.0)
    told = []
    for ax, word, look in zip(axes[1:], words, weights, strict=False):
        large = np.kron(look / look.max(), np.ones((scene.shape[0] // len(look), scene.shape[1] // look.shape[1])))
        show_image((0.35 + 0.65 * large) * scene, ax, title=f"“{word}”", limit=1.0)
        row, column = np.unravel_index(look.argmax(), look.shape)
        ax.plot(
            (column + 0.5) * scene.shape[1] / look.shape[1] - 0.5,
            (row + 0.5) * scene.shape[0] / len(look) - 0.5,
            "+",
            color="#FFB000",
            markersize=12,
            markeredgewidth=2.5,
        )
        told.append(f"{word}: {_where(row / (len(look) - 1), column / (look.shape[1] - 1))}")
    return np.asarray(describe(axes, alt or f"Where the decoder looked. {'; '.join(told)}."))


def show_next_words(
    said: Sequence[str], probabilities: ArrayLike, vocabulary: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Show how likely the decoder found each word, in the order in which it spoke.

    Parameters
    ----------
    said : sequence of str
        The words that it chose.
    probabilities : array, shape (words, vocabulary), in [0, 1]
        A row for each word that it chose.
    vocabulary : sequence of str
        All words.
    ax : Axes, optional
        Where to draw; a new figure if there is none.

    Returns
    -------
    Axes
        A column for each word chosen, a row for each that it could have chosen; darker is likelier.
    """
    import matplotlib.pyplot as plt

    shares = np.asarray(probabilities, dtype=float)[: len(said)]
    shown = np.flatnonzero(shares.max(axis=0) >= 0.01)
    ax = ax or plt.subplots(figsize=(1.1 * len(said) + 1.6, 0.42 * len(shown) + 0.9))[1]
    ax.imshow(shares[:, shown].T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for column, row in np.argwhere(shares[:, shown] >= 0.01):
        share = shares[column, shown[row]]
        ax.text(column, row, f"{share:.0%}", ha="center", va="center", color="white" if share > 0.5 else "black")
    ax.set_xticks(range(len(said)), labels=list(said))
    ax.set_yticks(range(len(shown)), labels=[vocabulary[int(place)] for place in shown])
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    told = ", ".join(f"{word} {share:.0%}" for word, share in zip(said, shares.max(axis=1), strict=True))
    return describe(ax, f"How sure the decoder was of each word: {told}.")


def _where(down: float, along: float) -> str:
    high = "top" if down < 1 / 3 else "bottom" if down > 2 / 3 else "middle"
    side = "left" if along < 1 / 3 else "right" if along > 2 / 3 else "centre"
    return f"{high} {side}"
