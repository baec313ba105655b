"""One call for every data set of the course: pictures as tensors, whole in memory (first used in lesson 06)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.datasets._bundled import digits, faces
from cnncourse.datasets._cifar import SIDE, THINGS, cifar10
from cnncourse.datasets._handwritten import handwritten_digits
from cnncourse.datasets._kinds import Faces, LabelledImages
from cnncourse.datasets._mnist import GARMENTS, fashion_mnist, mnist
from cnncourse.datasets._pictures import PictureSet
from cnncourse.datasets._sets import check_name
from cnncourse.datasets._sizes import check_size, resized, scaled

DIGITS = tuple("0123456789")
SPLITS = ("train", "test")


def load(name: str, split: str = "train", *, size: int | None = None, download: bool = False) -> PictureSet:
    """Read a data set into memory, as tensors (first used in lesson 06).

    Parameters
    ----------
    name : str
        ``"handwritten"`` is MNIST where it is at hand, else the bundled digits at 28×28, and `source` says which.
        ``"mnist"``, ``"fashion-mnist"``, ``"cifar10"`` are looked for in the folder of ``CNNCOURSE_DATA_DIR``, then
        in your cache. ``"digits"`` (enlarged to 28×28 unless `size` is given) and ``"faces"`` (25×25) are bundled.
    split : str
        ``"train"`` or ``"test"``: as their authors split them; of the bundled digits the first 1,500 and the last 297;
        of the faces three of four and the fourth.
    size : int, pixels, optional
        Height and width; by default those of the set.
    download : bool
        Whether to fetch what is in neither place into your cache.

    Returns
    -------
    PictureSet
        ``images``, shape (n, channels, size, size), in [0, 1]; ``labels``; ``classes``; ``source``.

    Raises
    ------
    ValueError
        If there is no such name or split, or `size` is below 8.
    DataMissing
        If the set is not at hand and `download` is false.
    FetchFailed
        If it cannot be fetched.

    Notes
    -----
    Four bytes a value: 188 MB for the training set of MNIST or Fashion-MNIST, 614 MB for that of CIFAR-10, and for
    a moment a quarter more while it is read. JPEGs of CIFAR-10 take seconds to decode, and a bar shows how far it is.

    No picture of a test set is in its training set to the last bit; this was counted for all sets here (CIFAR-10 in the
    form of JPEGs). Near copies are another matter: see `cifar10`. MNIST's two sets have different writers; of the
    bundled digits this is not known.

    Examples
    --------
    >>> faces = load("faces", "test")
    >>> faces.images.shape, faces.counts
    (torch.Size([50, 1, 25, 25]), {'no face': 25, 'face': 25})
    """
    check_name(name, list(_READERS))
    check_name(split, SPLITS, what="split")
    if size is not None:
        check_size(size)
    import torch

    raw = _READERS[name](split, size, download)
    return PictureSet(torch.from_numpy(raw.images), torch.from_numpy(raw.labels), raw.classes, raw.source)


class _Raw(NamedTuple):
    images: NDArray[np.float32]  # (n, channels, height, width)
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    source: str


def _grey(found: LabelledImages, size: int | None, classes: tuple[str, ...]) -> _Raw:
    found = found if size is None else resized(found, size)
    return _Raw(found.images[:, None], found.labels, classes, found.source)


def _handwritten(split: str, size: int | None, download: bool) -> _Raw:
    return _grey(handwritten_digits(split, size=size or 28, download=download), None, DIGITS)


def _digits(split: str, size: int | None, download: bool) -> _Raw:
    return _grey(digits(split), size or 28, DIGITS)


def _mnist(split: str, size: int | None, download: bool) -> _Raw:
    return _grey(mnist(split, download=download), size, DIGITS)


def _fashion(split: str, size: int | None, download: bool) -> _Raw:
    return _grey(fashion_mnist(split, download=download), size, GARMENTS)


def _faces(split: str, size: int | None, download: bool) -> _Raw:
    found = faces()
    kept = (np.arange(len(found)) % 4 == 3) == (split == "test")  # faces come first, so every fourth takes a quarter
    said = {"train": "three of four", "test": "every fourth"}[split]
    part = Faces(found.images[kept], found.labels[kept], f"{found.source}, {said} of them")
    return _grey(part, size, ("no face", "face"))


def _cifar(split: str, size: int | None, download: bool) -> _Raw:
    found = cifar10(split, download=download)
    images, source = found.images.astype(np.float32), found.source
    images /= 255
    if size not in (None, SIDE):
        images = scaled(images.reshape(-1, SIDE, SIDE), size).reshape(-1, 3, size, size)
        source = f"{source}, resized to {size}×{size}"
    return _Raw(images, found.labels, THINGS, source)


_READERS: dict[str, Callable[[str, int | None, bool], _Raw]] = {
    "handwritten": _handwritten,
    "mnist": _mnist,
    "fashion-mnist": _fashion,
    "cifar10": _cifar,
    "digits": _digits,
    "faces": _faces,
}
