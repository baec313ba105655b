"""Small scenes of one or two objects, each with a sentence that says what lies where (lesson 11).

Some pairs of classes are kept apart: no training scene shows both. What a network writes about such a pair, it cannot
have copied from a sentence that it has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import torch
from torch import Tensor

from cnncourse.applications.composed import CLASSES, Layout, Objects, compose, stock

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "face")  # of `CLASSES`
WORDS = ("<start>", "<end>", "a", "an", "left", "of", "above", *NAMES)
START, END = 0, 1
LONGEST = 7  # words: "a three left of a seven" and <end>
SCENE = Layout(height=32, width=32, most=2, smallest=13, largest=16, overlap=0.0)
CLEAR = 6  # pixels by which one of the two distances between centres exceeds the other, or the scene is not used
PAIRS = tuple(combinations_with_replacement(range(len(CLASSES)), 2))
UNSEEN = tuple(pair for pair in PAIRS if sum(pair) % 4 == 3)  # 15 of 66; every class is in two or three of them
SEEN = tuple(pair for pair in PAIRS if pair not in UNSEEN)


@dataclass(frozen=True, repr=False, eq=False)
class CaptionedScenes:
    """Scenes and their sentences.

    Attributes
    ----------
    images : Tensor of float32, shape (n, 1, 40, 40), in [0, 1]
        The scenes.
    words : Tensor of int64, shape (n, LONGEST)
        Places in `WORDS`; behind the last word of a sentence only ``<end>``.
    source : str
        What the scenes were put together from.
    """

    images: Tensor
    words: Tensor
    source: str

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"CaptionedScenes({len(self):,} scenes: {self.source})"

    @property
    def captions(self) -> list[str]:
        """The sentences, as text."""
        return [sentence(one) for one in self.words.tolist()]


def sentence(words: Sequence[int]) -> str:
    """Write words out, up to the end of their sentence (lesson 11).

    Examples
    --------
    >>> sentence([2, WORDS.index("face"), END, END])
    'a face'
    """
    kept = list(words[: words.index(END)] if END in words else words)
    return " ".join(WORDS[place] for place in kept)


def caption(objects: Objects) -> str | None:
    """Say what lies where; the left one of two comes first, or the upper one (lesson 11).

    Parameters
    ----------
    objects : Objects
        One or two, with their boxes and classes.

    Returns
    -------
    str or None
        The sentence, or None if the two lie neither clearly side by side nor clearly one above the other.

    Raises
    ------
    ValueError
        If there are none, or more than two.

    Examples
    --------
    >>> boxes = torch.tensor([[20.0, 2, 30, 16], [2, 4, 12, 18]])
    >>> caption(Objects(boxes, torch.tensor([7, 3]), torch.zeros(2, 40, 40, dtype=torch.bool)))
    'a three left of a seven'
    """
    names = [f"{'an' if NAMES[label] == 'eight' else 'a'} {NAMES[label]}" for label in objects.labels.tolist()]
    if len(names) not in (1, 2):
        raise ValueError(f"expected one object or two, got {len(names)}")
    if len(names) == 1:
        return names[0]
    first, second = (objects.boxes[:, :2] + objects.boxes[:, 2:]) / 2
    along, down = (second - first).tolist()
    if abs(abs(along) - abs(down)) < CLEAR:
        return None
    sideways = abs(along) > abs(down)
    ordered = names if (along if sideways else down) > 0 else names[::-1]
    return (" left of " if sideways else " above ").join(ordered)


def captioned_scenes(
    split: str, count: int, *, pairs: Sequence[tuple[int, int]] = SEEN, single: float = 0.0, seed: int = 0
) -> CaptionedScenes:
    """Put scenes together, and say what each shows (lesson 11).

    Parameters
    ----------
    split : {"train", "test"}
        From which pictures and photographs; none is in both.
    count : int
        How many scenes.
    pairs : sequence of (int, int)
        Which classes may be together, such as `SEEN` or `UNSEEN`.
    single : float, in [0, 1]
        Share of scenes with one object alone.
    seed : int
        The same seed gives the same scenes.

    Returns
    -------
    CaptionedScenes
        Scenes and sentences.
    """
    chance = np.random.default_rng(seed)
    images: list[Tensor] = []
    words: list[list[int]] = []
    source = ""
    while len(images) < count:
        wanted = [_drawn(pairs, single, chance) for _ in range(count)]
        scenes = compose(stock(split), count, SCENE, seed=int(chance.integers(2**31)), labels=wanted)
        source = scenes.source
        for place in range(count):
            told = caption(scenes.objects(place))
            if told is not None:
                images.append(scenes.images[place])
                words.append(_numbers(told))
    return CaptionedScenes(torch.stack(images[:count]), torch.tensor(words[:count]), source)


def _drawn(pairs: Sequence[tuple[int, int]], single: float, chance: np.random.Generator) -> list[int]:
    if chance.random() < single:
        return [int(chance.integers(len(CLASSES)))]
    return list(pairs[int(chance.integers(len(pairs)))])


def _numbers(told: str) -> list[int]:
    places = [WORDS.index(word) for word in told.split()]
    return places + [END] * (LONGEST - len(places))
