"""Cut-out digits and faces, and the photographs on which they are laid (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.datasets import check_name, digits, faces, handwritten_digits
from cnncourse.datasets._sizes import resized
from cnncourse.images import photograph

Floats = NDArray[np.float32]
CLASSES = (*"0123456789", "face")
GROUNDS = {"train": ("brick", "grass", "coffee"), "test": ("gravel", "chelsea", "rocket")}  # none with a human face
SOLID = 0.4  # from this cover on a pixel belongs to its object; thin strokes have little more


class Piece(NamedTuple):
    """One object, ready to be laid.

    Attributes
    ----------
    picture : array, shape (height, width), in [0, 1]
        What it looks like.
    alpha : array, shape (height, width), in [0, 1]
        How much of it covers the ground.
    label : int
        Its class.
    """

    picture: Floats
    alpha: Floats
    label: int


@dataclass(frozen=True, repr=False, eq=False)
class Stock:
    """Pictures to lay, and photographs to lay them on.

    Attributes
    ----------
    pictures : sequence of arrays, shape (height, width), in [0, 1]
        Digits and faces, as they come.
    places : sequence of arrays of int64
        For each class, which of the pictures show it.
    classes : tuple of str
        The names.
    grounds : sequence of arrays, shape (height, width), in [0, 1]
        The photographs, each in two sizes.
    source : str
        One sentence that says which pictures these are.
    """

    pictures: Sequence[Floats]
    places: Sequence[NDArray[np.int64]]
    classes: tuple[str, ...]
    grounds: Sequence[Floats]
    source: str

    def __repr__(self) -> str:
        return f"Stock({sum(map(len, self.places)):,} pictures of {', '.join(self.classes)}: {self.source})"

    def piece(self, label: int, smallest: int, largest: int, chance: np.random.Generator) -> Piece:
        """Draw a picture of a class, cut out and scaled to a longer side between two lengths in pixels, or just below.

        Raises
        ------
        ValueError
            If there is no such class.
        """
        if not 0 <= label < len(self.classes):
            raise ValueError(f"expected a class from 0 to {len(self.classes) - 1}, got {label}")
        places = self.places[label]
        picture = self.pictures[places[chance.integers(len(places))]]
        side, bright = int(chance.integers(smallest, largest + 1)), np.float32(chance.uniform(0.75, 1))
        if self.classes[label] == "face":
            face = _scaled(picture, side)
            return Piece(face * bright, _oval(face.shape), label)
        strokes = _cut(_crisp(_scaled(_cut(picture), side)))
        return Piece(np.full_like(strokes, bright), strokes, label)

    def ground(self, shape: tuple[int, int], chance: np.random.Generator) -> Floats:
        """Cut a piece out of one of the photographs, perhaps mirrored, dimmed so that light strokes stay legible."""
        whole = self.grounds[int(chance.integers(len(self.grounds)))]
        top, left = (int(chance.integers(room - need + 1)) for room, need in zip(whole.shape, shape, strict=True))
        cut = whole[top : top + shape[0], left : left + shape[1]]
        return 0.05 + np.float32(chance.uniform(0.45, 0.8)) * (cut[:, ::-1] if chance.random() < 0.5 else cut)


@cache
def stock(split: str = "train", classes: tuple[str, ...] = CLASSES, *, bundled: bool = False) -> Stock:
    """Cut out the pictures from which scenes are put together (lesson 10).

    Parameters
    ----------
    split : str
        ``"train"`` or ``"test"``: no picture, and no photograph of the ground, is in both.
    classes : tuple of str
        Out of `CLASSES`: the digits ``"0"`` to ``"9"``, and ``"face"``.
    bundled : bool
        Whether to take scikit-learn's digits even where MNIST is at hand, so that results agree everywhere.

    Returns
    -------
    Stock
        MNIST's digits where they are at hand, else those of scikit-learn; the faces of scikit-image.

    Raises
    ------
    ValueError
        If there is no such split or class.

    Examples
    --------
    >>> stock("test", ("face",))
    Stock(25 pictures of face: faces that come with scikit-image)
    """
    check_name(split, list(GROUNDS), what="split")
    for name in classes:
        check_name(name, list(CLASSES), what="class")
    pictures: list[Floats] = []
    labels: list[int] = []
    sources = []
    if set(classes) != {"face"}:
        found = resized(digits(split), 28) if bundled else handwritten_digits(split)
        pictures.extend(found.images)
        labels.extend(found.labels.tolist())
        sources.append(found.source)
    if "face" in classes:
        heads = _faces(split)
        pictures.extend(heads)
        labels.extend([CLASSES.index("face")] * len(heads))
        sources.append("faces that come with scikit-image")
    places = [np.flatnonzero(np.array(labels) == CLASSES.index(name)) for name in classes]
    grounds = [part for name in GROUNDS[split] for part in _two_sizes(photograph(name).astype(np.float32))]
    return Stock(pictures, places, classes, grounds, "; ".join(sources))


def _faces(split: str) -> list[Floats]:
    found = faces()
    every = (np.arange(len(found)) % 4 == 3) == (split == "test")  # as `cnncourse.datasets.load` parts them
    return list(found.images[every & (found.labels == 1)])


def _cut(image: Floats) -> Floats:
    """Cut a digit out to the end of its strokes."""
    inked = image >= min(SOLID, image.max())
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _crisp(strokes: Floats) -> Floats:
    """Clear the haze around strokes that were enlarged; below 0.2 is nothing, above 0.75 all ink."""
    return np.clip((strokes - 0.2) / 0.55, 0, 1)


def _scaled(picture: Floats, side: int) -> Floats:
    """Scale a picture until its longer side has so many pixels; the shorter one has two or more."""
    from PIL import Image

    height, width = (max(2, round(length * side / max(picture.shape))) for length in picture.shape)
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR))


def _oval(shape: tuple[int, ...]) -> Floats:
    """Cover an oval that touches all four sides, with an edge about a pixel soft."""
    rows, columns = (np.linspace(-1, 1, length, dtype=np.float32) for length in shape)
    outside = np.sqrt(rows[:, None] ** 2 + columns**2) - 1  # 0 on the oval, in half sides
    return np.clip(0.7 - outside * (min(shape) / 2), 0, 1)


def _two_sizes(photo: Floats) -> tuple[Floats, Floats]:
    """Give a photograph as it is, and at half the size."""
    height, width = (length // 2 * 2 for length in photo.shape)
    return photo, photo[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
