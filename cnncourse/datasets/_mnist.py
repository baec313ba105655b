"""MNIST and Fashion-MNIST, which lie in the same kind of files: found, fetched and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.datasets._errors import DataMissing
from cnncourse.datasets._fetch import fetch
from cnncourse.datasets._idx import parse_idx
from cnncourse.datasets._kinds import Digits, Garments
from cnncourse.datasets._manifest import Entry, manifest
from cnncourse.datasets._mirrors import known_mirrors
from cnncourse.datasets._places import NAMED, cache_folder, find

GARMENTS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
_STEMS = {"train": "train", "test": "t10k"}
_CALLED = {"train": "training set", "test": "test set"}


class _Read(NamedTuple):
    pixels: NDArray[np.float32]
    labels: NDArray[np.int64]
    place: str


def mnist(split: str = "train", *, download: bool = False) -> Digits:
    """Read the genuine MNIST from the folder of ``CNNCOURSE_DATA_DIR`` or from your cache.

    Parameters
    ----------
    split : str
        ``"train"`` (60,000 digits) or ``"test"`` (10,000 digits by other writers).
    download : bool
        Whether to fetch it into your cache if it is in neither place.

    Returns
    -------
    Digits
        ``images``, shape (n, 28, 28), in [0, 1]; ``labels``, 0 to 9; ``source``.

    Raises
    ------
    ValueError
        If there is no such split.
    DataMissing
        If it is not at hand and `download` is false.
    FetchFailed
        If it cannot be fetched.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998.
    """
    found = _read("mnist", split, download)
    shown = f"{len(found.pixels):,} handwritten digits of 28×28 pixels"
    return Digits(found.pixels, found.labels, f"MNIST, {_CALLED[split]}: {shown}, from {found.place}")


def fashion_mnist(split: str = "train", *, download: bool = False) -> Garments:
    """Read Fashion-MNIST, garments in the form of MNIST and harder, from the same places.

    Parameters
    ----------
    split : str
        ``"train"`` (60,000 pictures) or ``"test"`` (10,000).
    download : bool
        Whether to fetch it into your cache if it is in neither place.

    Returns
    -------
    Garments
        ``images``, shape (n, 28, 28), in [0, 1]; ``labels``, places in `GARMENTS`; ``source``.

    Raises
    ------
    ValueError, DataMissing, FetchFailed
        As `mnist` does.

    References
    ----------
    .. [1] H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
       algorithms", arXiv:1708.07747, 2017.
    """
    found = _read("fashion-mnist", split, download)
    shown = f"{len(found.pixels):,} garments of 28×28 pixels"
    return Garments(found.pixels, found.labels, f"Fashion-MNIST, {_CALLED[split]}: {shown}, from {found.place}")


def fetch_idx(set_name: str, *, mirrors: Sequence[str], progress: bool) -> Path:
    """Fetch the four files of a set into your cache; files that are there and whole are left alone."""
    home = cache_folder()
    for entry in manifest(set_name):
        fetch(entry, home / entry.path, mirrors=mirrors, progress=progress)
    return home


def places_of_idx(set_name: str) -> list[str]:
    """Say where each of the four files of a set lies, whole; `DataMissing` if one does not."""
    found = [find(entry).place for entry in manifest(set_name)]
    return [f"genuine, from {place.called} ({place.folder})" for place in found]


def _read(set_name: str, split: str, download: bool) -> _Read:
    if split not in _STEMS:
        raise ValueError(f"expected a split out of {', '.join(_STEMS)}; got {split!r}")
    entries = [entry for entry in manifest(set_name) if entry.name.startswith(_STEMS[split])]
    if download:
        _fetch_missing(entries)
    try:
        images, labels = (find(entry) for entry in entries)
    except DataMissing as missing:
        raise DataMissing(
            f"{missing}; try: `cnncourse data fetch {set_name}`, or set {NAMED} to a folder that has "
            f"{Path(entries[0].path).parent.as_posix()}"
        ) from None
    pixels = parse_idx(images.content).astype(np.float32)
    pixels /= 255
    return _Read(pixels, parse_idx(labels.content).astype(np.int64), images.place.called)


def _fetch_missing(entries: Sequence[Entry]) -> None:
    addresses: tuple[str, ...] = ()
    for entry in entries:
        try:
            find(entry)
        except DataMissing:
            addresses = addresses or known_mirrors(entry.set)
            fetch(entry, cache_folder() / entry.path, mirrors=addresses)
