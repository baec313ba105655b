"""What a data set looks like once it is in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, repr=False, eq=False)
class LabelledImages:
    """Pictures, what each of them is, and where they come from.

    Attributes
    ----------
    images : array of float32, shape (n, height, width), in [0, 1]
        The pictures; 0 is the background of a digit, 1 the darkest ink.
    labels : array of int64, shape (n,)
        What each picture shows.
    source : str
        One sentence that says which data these are, for a lesson to print.

    Examples
    --------
    Two names on the left take pictures and labels apart:

    >>> pair = LabelledImages(np.zeros((3, 8, 6), np.float32), np.array([7, 1, 7]), "three empty pictures")
    >>> images, labels = pair
    >>> images.shape, len(pair)
    ((3, 8, 6), 3)
    >>> pair
    LabelledImages(3 pictures of 8×6 pixels: three empty pictures)
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int64]
    source: str

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.labels.shape != self.images.shape[:1]:
            raise ValueError(
                "expected images of shape (n, height, width) and labels of shape (n,); "
                f"got {self.images.shape} and {self.labels.shape}"
            )

    def __iter__(self) -> Iterator[NDArray[np.float32] | NDArray[np.int64]]:
        return iter((self.images, self.labels))

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        height, width = self.images.shape[1:]
        return f"{type(self).__name__}({len(self):,} pictures of {height}×{width} pixels: {self.source})"


class Digits(LabelledImages):
    """Handwritten digits; a label is the digit, 0 to 9."""


class Garments(LabelledImages):
    """Garments, shoes and bags; a label is a place in the list of ten kinds."""


class Faces(LabelledImages):
    """Pictures with and without a face; a label is 1 for a face, 0 for none."""
