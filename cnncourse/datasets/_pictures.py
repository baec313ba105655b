"""Pictures as tensors in memory, and subsets of them that keep the share of each class (first used in lesson 06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, repr=False, eq=False)
class PictureSet:
    """Pictures, what each of them is, and where they come from, as tensors whole in memory.

    Attributes
    ----------
    images : Tensor of float32, shape (n, channels, height, width), in [0, 1]
        The pictures.
    labels : Tensor of int64, shape (n,)
        What each picture shows, as a place in `classes`.
    classes : tuple of str
        The names.
    source : str
        One sentence that says which data these are, for a lesson to print.

    Examples
    --------
    >>> import torch
    >>> labels = torch.tensor([0, 0, 1, 1, 1, 1])
    >>> pictures = PictureSet(torch.rand(6, 1, 2, 3), labels, ("cat", "dog"), "six pictures of noise")
    >>> pictures.take(3).labels.tolist()
    [0, 1, 1]
    >>> pictures[1:3]
    PictureSet(2 pictures of 1×2×3 in 2 classes: six pictures of noise; 2 of them)
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.labels.shape != self.images.shape[:1]:
            raise ValueError(
                "expected images of shape (n, channels, height, width) and labels of shape (n,); "
                f"got {tuple(self.images.shape)} and {tuple(self.labels.shape)}; "
                "try: images[:, None] where grey pictures have no axis for channels"
            )

    def __len__(self) -> int:
        return len(self.labels)

    @overload
    def __getitem__(self, which: int) -> tuple[Tensor, int]: ...
    @overload
    def __getitem__(self, which: slice | Sequence[int] | NDArray[np.intp] | Tensor) -> PictureSet: ...
    def __getitem__(
        self, which: int | slice | Sequence[int] | NDArray[np.intp] | Tensor
    ) -> tuple[Tensor, int] | PictureSet:
        """Give one picture with its label, or the set of several; a slice shares memory with the whole."""
        if isinstance(which, (int, np.integer)):
            return self.images[which], int(self.labels[which])
        labels = self.labels[which]
        source = self.source if len(labels) == len(self) else f"{self.source}; {len(labels):,} of them"
        return replace(self, images=self.images[which], labels=labels, source=source)

    def __repr__(self) -> str:
        shape = "×".join(map(str, self.images.shape[1:]))
        return f"{type(self).__name__}({len(self):,} pictures of {shape} in {len(self.classes)} classes: {self.source})"

    @property
    def counts(self) -> dict[str, int]:
        """How many pictures there are of each class."""
        return {name: int((self.labels == place).sum()) for place, name in enumerate(self.classes)}

    def take(self, count: int, *, seed: int = 0) -> PictureSet:
        """Choose pictures at random, each class by its share.

        Parameters
        ----------
        count : int
            How many, from 1 to all.
        seed : int
            The same seed chooses the same pictures; where each class gets no fewer, a larger set holds the smaller.

        Returns
        -------
        PictureSet
            In the order of the whole set, which may be sorted by class: mix it before you take a slice of it.

        Raises
        ------
        ValueError
            If there are not so many.
        """
        if not 1 <= count <= len(self):
            raise ValueError(f"expected a count from 1 to the {len(self):,} pictures at hand, got {count}")
        labels = self.labels.cpu().numpy()
        return self[_stratified(labels, count, np.ones(len(self), bool), seed)]

    def split(self, held_out: float, *, seed: int = 0) -> tuple[PictureSet, PictureSet]:
        """Part the set into one to learn from and one held out; no picture is in both.

        A picture that occurs more than once, to the last bit, stays with all its copies among those to learn from.

        Parameters
        ----------
        held_out : int, or float between 0 and 1
            How many pictures to hold out, or which share.
        seed : int
            The same seed parts alike.

        Returns
        -------
        train, held_out : PictureSet
            Each with the classes by their share, in the order of the whole set.

        Raises
        ------
        ValueError
            If a part would be empty, or too many pictures occur more than once.
        """
        count = _number_held_out(held_out, len(self))
        chosen = _stratified(self.labels.cpu().numpy(), count, _occurring_once(self.images), seed)
        rest = np.setdiff1d(np.arange(len(self)), chosen)
        return self[rest], self[chosen]


def _number_held_out(held_out: float, total: int) -> int:
    if isinstance(held_out, float) and not 0 < held_out < 1:
        raise ValueError(f"expected a share between 0 and 1, or a whole number of pictures; got {held_out}")
    count = round(held_out * total) if isinstance(held_out, float) else held_out
    if not 1 <= count < total:
        raise ValueError(f"expected to hold out at least 1 and fewer than all {total:,} pictures, got {count:,}")
    return count


def _stratified(labels: NDArray[np.int64], count: int, allowed: NDArray[np.bool_], seed: int) -> NDArray[np.intp]:
    """Choose places so that each class has its share, rounded; what rounding leaves goes to the largest remainders."""
    classes, totals = np.unique(labels, return_counts=True)
    exact = totals * (count / len(labels))
    shares = np.floor(exact).astype(int)
    most_wanting = np.argsort(shares - exact, kind="stable")[: count - shares.sum()]
    shares[most_wanting] += 1
    order = np.random.default_rng(seed)
    chosen = []
    for label, share in zip(classes, shares, strict=True):
        candidates = np.flatnonzero((labels == label) & allowed)
        if len(candidates) < share:
            raise ValueError(
                f"expected {share:,} pictures of class {label} that occur only once, found {len(candidates):,}; "
                "a copy on the other side would leak; try: hold out fewer, or remove the copies"
            )
        chosen.append(order.permutation(candidates)[:share])
    return np.sort(np.concatenate(chosen))


def _occurring_once(images: Tensor) -> NDArray[np.bool_]:
    keys = [hash(image.tobytes()) for image in images.cpu().numpy()]
    _, group, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    return sizes[group] == 1
