"""From a picture to a sentence: a convolutional encoder and a recurrent decoder that looks where it writes (lesson 11).

The encoder makes a grid of features. For each word the decoder weighs the places of the grid, takes their weighted
mean, and says which word comes next; what it has said so far it keeps in its state.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnncourse.applications.caption_scenes import LONGEST, START, WORDS, sentence

FEATURES = 64
GRID = 8  # rows and columns of the encoder's features


class Reading(NamedTuple):
    """What a decoder says, word by word.

    Attributes
    ----------
    logits : Tensor, shape (n, words, len(WORDS))
        A row for each next word.
    looks : Tensor, shape (n, words, GRID, GRID), or None
        Where the decoder looked for it; each grid adds up to 1. None if it has no way to look.
    """

    logits: Tensor
    looks: Tensor | None

    @property
    def sentences(self) -> list[str]:
        """The likeliest word at each place, written out."""
        return [sentence(words) for words in self.logits.argmax(dim=2).tolist()]


def encoder() -> nn.Sequential:
    """Make the encoder: a picture of 32 × 32 pixels becomes a grid of 8 × 8 places with 64 features each.

    Examples
    --------
    >>> encoder()(torch.zeros(2, 1, 32, 32)).shape
    torch.Size([2, 64, 8, 8])
    """
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.BatchNorm2d(16),
        nn.ReLU(),  # (n, 16, 16, 16)
        nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (n, 32, 8, 8)
        nn.Conv2d(32, FEATURES, 3, padding=1),
        nn.BatchNorm2d(FEATURES),
        nn.ReLU(),  # (n, 64, 8, 8)
    )


class Captioner(nn.Module):
    """An encoder, and a recurrent decoder that looks at its grid [1]_.

    Parameters
    ----------
    hidden : int
        Numbers in the decoder's state.
    embedding : int
        Numbers that stand for a word.

    References
    ----------
    .. [1] K. Xu et al., "Show, attend and tell: neural image caption generation with visual attention", 2015,
       arXiv:1502.03044; here with the scaled products of A. Vaswani et al., 2017, arXiv:1706.03762.
    """

    def __init__(self, *, hidden: int = 96, embedding: int = 24) -> None:
        super().__init__()
        self.encoder = encoder()
        self.places = nn.Parameter(0.1 * torch.randn(FEATURES, GRID, GRID))  # so that a feature tells where it is
        self.words = nn.Embedding(len(WORDS), embedding)
        self.begin = nn.Linear(FEATURES, hidden)
        self.ask = nn.Linear(hidden, FEATURES)
        self.recurrent = nn.GRUCell(embedding + FEATURES, hidden)
        self.answer = nn.Linear(hidden + FEATURES, len(WORDS))

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the grid as a list of places, shape (n, 64, FEATURES), and the first state, shape (n, hidden)."""
        grid = (self.encoder(images) + self.places).flatten(2).transpose(1, 2).contiguous()  # (n, 64, FEATURES)
        return grid, torch.tanh(self.begin(grid.mean(dim=1)))

    def next_word(self, grid: Tensor, state: Tensor, word: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Look, and say what comes after a word.

        Parameters
        ----------
        grid : Tensor, shape (n, 64, FEATURES)
            From `encode`.
        state : Tensor, shape (n, hidden)
            From `encode`, or from the last word.
        word : Tensor of int64, shape (n,)
            The word before.

        Returns
        -------
        logits : Tensor, shape (n, len(WORDS))
            For each word how much speaks for it.
        state : Tensor, shape (n, hidden)
            The next one.
        look : Tensor, shape (n, 64)
            What each place of the grid counted.
        """
        likeness = torch.bmm(grid, self.ask(state)[:, :, None])[:, :, 0] / FEATURES**0.5  # (n, 64)
        look = likeness.softmax(dim=1)
        seen = torch.bmm(look[:, None], grid)[:, 0]  # (n, FEATURES)
        state = self.recurrent(torch.cat([self.words(word), seen], dim=1), state)
        return self.answer(torch.cat([state, seen], dim=1)), state, look

    def forward(self, images: Tensor, words: Tensor | None = None) -> Reading:
        """Say one word after the other.

        Parameters
        ----------
        images : Tensor, shape (n, 1, 32, 32)
            The scenes.
        words : Tensor of int64, shape (n, LONGEST), optional
            The right sentences: then each word is said after the right ones before it (teacher forcing). Without
            them, it is said after those that the decoder itself finds likeliest (greedy decoding).
        """
        grid, state = self.encode(images)
        word = torch.full((len(images),), START)
        logits, looks = [], []
        for place in range(LONGEST):
            scores, state, look = self.next_word(grid, state, word)
            logits.append(scores)
            looks.append(look.unflatten(1, (GRID, GRID)))
            word = scores.argmax(dim=1) if words is None else words[:, place]
        return Reading(torch.stack(logits, dim=1), torch.stack(looks, dim=1))


class WordByPlace(nn.Module):
    """The same encoder without a decoder: the word at each place is chosen from the picture alone."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = encoder()
        self.answer = nn.Sequential(
            nn.MaxPool2d(2),  # (n, FEATURES, 4, 4)
            nn.Flatten(),
            nn.Linear(FEATURES * (GRID // 2) ** 2, 96),
            nn.ReLU(),
            nn.Linear(96, LONGEST * len(WORDS)),
            nn.Unflatten(1, (LONGEST, len(WORDS))),
        )

    def forward(self, images: Tensor, words: Tensor | None = None) -> Reading:
        """Say all words at once; those given are of no use to it."""
        return Reading(self.answer(self.encoder(images)), None)
