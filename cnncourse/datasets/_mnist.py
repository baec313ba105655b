"""The genuine MNIST where it is at hand, and the best handwritten digits in any case."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.datasets._bundled import digits
from cnncourse.datasets._errors import DataError, DataMissing
from cnncourse.datasets._fetch import fetch
from cnncourse.datasets._idx import parse_idx
from cnncourse.datasets._kinds import Digits
from cnncourse.datasets._manifest import Entry, listed_mirrors, manifest
from cnncourse.datasets._places import NAMED, cache_folder, find

MIRROR = "CNNCOURSE_MNIST_MIRROR"
_STEMS = {"train": "train", "test": "t10k"}
_CALLED = {"train": "training set", "test": "test set"}


class Status(NamedTuple):
    """Whether a data set is at hand, and where, or why not."""

    found: bool
    where: str


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
    if split not in _STEMS:
        raise ValueError(f"expected a split out of {', '.join(_STEMS)}; got {split!r}")
    if download:
        _fetch_missing(_entries(split))
    try:
        return _read(split)
    except DataMissing as missing:
        raise DataMissing(
            f"{missing}; try: `cnncourse data fetch mnist` (11 MB), or set {NAMED} to a folder that has MNIST/raw"
        ) from None


def handwritten_digits(split: str = "train", *, size: int = 28, download: bool = False) -> Digits:
    """Take the best handwritten digits at hand: the genuine MNIST, or else the ones that come with scikit-learn.

    Parameters
    ----------
    split : str
        ``"train"`` or ``"test"``.
    size : int, pixels
        Height and width of the pictures. Digits in another size are resized, strokes and margin alike to MNIST, where
        20 pixels of 28 are for the digit.
    download : bool
        Whether to try and fetch MNIST first if it is not at hand.

    Returns
    -------
    Digits
        ``images``, shape (n, size, size), in [0, 1]; ``labels``; ``source``, which says honestly which digits they are.

    Raises
    ------
    ValueError
        If there is no such split, or `size` is below 8.
    """
    if size < 8:
        raise ValueError(f"expected a size of 8 pixels or more, got {size}: fewer cannot show a digit")
    try:
        found = mnist(split, download=download)
    except DataError as problem:
        if download or os.environ.get(NAMED):  # somebody expected more than what ships
            print(
                f"MNIST is not at hand; the digits of scikit-learn stand in ({_first_line(problem)})", file=sys.stderr
            )
        found = digits(split)
    return _resized(found, size)


def fetch_mnist(*, mirrors: Sequence[str] | None = None, progress: bool = True) -> Path:
    """Fetch the four files of MNIST into your cache; files that are there and whole are left alone.

    Parameters
    ----------
    mirrors : sequence of str, optional
        Addresses of folders that hold the ``.gz`` files. By default the one in ``CNNCOURSE_MNIST_MIRROR``, then those
        of torchvision, then those of the manifest.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Path
        The folder that holds ``MNIST/raw``; `torchvision.datasets.MNIST` reads it too.

    Raises
    ------
    FetchFailed
        If no mirror gives a file, or the cache cannot be written.
    """
    home = cache_folder()
    addresses = known_mirrors() if mirrors is None else mirrors
    for entry in manifest("mnist"):
        fetch(entry, home / entry.path, mirrors=addresses, progress=progress)
    return home


def mnist_status() -> Status:
    """Say whether all four files of MNIST are at hand and genuine, and where; nothing is fetched or renamed."""
    called = []
    for entry in manifest("mnist"):
        try:
            place = find(entry).place
        except DataMissing as missing:
            return Status(False, str(missing))
        called.append(f"{place.called} ({place.folder})")
    return Status(True, "from " + ", ".join(dict.fromkeys(called)))


def known_mirrors() -> tuple[str, ...]:
    """List the addresses of MNIST, each once: your own, torchvision's, the manifest's."""
    own = os.environ.get(MIRROR)
    try:
        from torchvision.datasets import MNIST

        theirs = list(MNIST.mirrors)
    except Exception:  # a broken torch must not keep anybody from the data
        theirs = []
    return tuple(dict.fromkeys([*([own] if own else []), *theirs, *listed_mirrors("mnist")]))


def _entries(split: str) -> tuple[Entry, Entry]:
    images, labels = (entry for entry in manifest("mnist") if entry.name.startswith(_STEMS[split]))
    return images, labels


def _fetch_missing(entries: Sequence[Entry]) -> None:
    addresses: tuple[str, ...] = ()
    for entry in entries:
        try:
            find(entry)
        except DataMissing:
            addresses = addresses or known_mirrors()
            fetch(entry, cache_folder() / entry.path, mirrors=addresses)


def _read(split: str) -> Digits:
    images, labels = (find(entry) for entry in _entries(split))
    pixels = parse_idx(images.content).astype(np.float32)
    pixels /= 255
    source = f"MNIST, {_CALLED[split]}: {len(pixels):,} handwritten digits of 28×28 pixels, from {images.place.called}"
    return Digits(pixels, parse_idx(labels.content).astype(np.int64), source)


def _resized(found: Digits, size: int) -> Digits:
    height, width = found.images.shape[1:]
    if (height, width) == (size, size):
        return found
    margin = round(size / 7) if height == 8 else 0  # MNIST has its margin already, 4 of 28 pixels at each side
    inner = size - 2 * margin
    images = np.zeros((len(found), size, size), np.float32)
    inside = slice(margin, size - margin)
    for image, enlarged in zip(found.images, images, strict=True):
        enlarged[inside, inside] = _scaled(image, inner)
    return Digits(images, found.labels, f"{found.source}, resized to {size}×{size}")


def _scaled(image: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    from PIL import Image

    return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0]
