"""CIFAR-10 in two forms: the published binary batches, and JPEGs end to end in one file."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnncourse.datasets._archive import fetch_members
from cnncourse.datasets._errors import Damaged, DataMissing
from cnncourse.datasets._manifest import Entry, listed_archive, manifest
from cnncourse.datasets._mirrors import known_mirrors
from cnncourse.datasets._places import NAMED, Place, cache_folder, places, read_from, told

THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32  # pixels
_STEMS = {"train": "data_batch", "test": "test_batch"}
_CALLED = {"train": "training set", "test": "test set"}


class Photographs(NamedTuple):
    """Colour pictures as bytes: `images`, shape (n, 3, 32, 32), `labels`, shape (n,), and `source`, a sentence."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    source: str


class _Jpegs(NamedTuple):
    content: bytes
    ends: NDArray[np.int64]
    labels: NDArray[np.int64]


_Packed = list[bytes] | _Jpegs


def cifar10(split: str = "train", *, download: bool = False) -> Photographs:
    """Read CIFAR-10 from the folder of ``CNNCOURSE_DATA_DIR`` or from your cache.

    In each place the published binary batches (``cifar-10-batches-bin``) are looked for first, then ``cifar10`` with
    ``train.npz`` and ``test.npz``: ``jpeg`` (all JPEGs end to end), ``offsets`` (where each begins, and the end),
    ``labels`` and ``classes``. The published form for Python is a pickle, which could run any program; it is not read.

    Parameters
    ----------
    split : str
        ``"train"`` (50,000 photographs) or ``"test"`` (10,000).
    download : bool
        Whether to fetch it (170 MB) into your cache if it is in neither place.

    Returns
    -------
    Photographs
        ``images``, shape (n, 3, 32, 32), 0 to 255; ``labels``, places in `THINGS`; ``source``.

    Raises
    ------
    ValueError
        If there is no such split.
    DataMissing
        If it is not at hand and `download` is false.
    FetchFailed
        If it cannot be fetched.

    Notes
    -----
    The files of JPEGs may be sorted by class. A slice of them is then of few classes; `PictureSet.take` gives all, each
    by its share, and one after the other as before.

    Of the test set, 3.3 % have a near copy in the training set [2]_, which makes a network look a little too good.

    References
    ----------
    .. [1] A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", University of Toronto, 2009.
    .. [2] B. Barz, J. Denzler, "Do we train on test data? Purging CIFAR of near-duplicates", Journal of Imaging 6,
       2020.
    """
    if split not in _STEMS:
        raise ValueError(f"expected a split out of {', '.join(_STEMS)}; got {split!r}")
    try:
        packed, place = _find(split)
    except DataMissing as missing:
        if not download:
            raise DataMissing(
                f"{missing}; try: `cnncourse data fetch cifar10`, or set {NAMED} to a folder that has "
                f"cifar-10-batches-bin or cifar10/{split}.npz"
            ) from None
        fetch_cifar10(mirrors=known_mirrors("cifar10"), progress=True)
        packed, place = _find(split)
    images, labels = _from_batches(packed) if isinstance(packed, list) else _from_jpegs(packed)
    form = "" if isinstance(packed, list) else " kept as JPEGs"
    shown = f"{len(labels):,} colour photographs of {SIDE}×{SIDE} pixels{form}"
    return Photographs(images, labels, f"CIFAR-10, {_CALLED[split]}: {shown}, from {place.called}")


def fetch_cifar10(*, mirrors: Sequence[str], progress: bool) -> Path:
    """Fetch the binary batches into your cache, unless they are there and whole."""
    return fetch_members(
        listed_archive("cifar10"), manifest("cifar10"), cache_folder(), mirrors=mirrors, progress=progress
    )


def places_of_cifar10() -> list[str]:
    """Say where the two splits lie, whole, and in which form; `DataMissing` if one does not."""
    found = [_find(split) for split in _STEMS]
    form = {True: "genuine", False: "as JPEGs, a little lossy"}
    return [f"{form[isinstance(packed, list)]}, from {place.called} ({place.folder})" for packed, place in found]


def _find(split: str) -> tuple[_Packed, Place]:
    batches = [entry for entry in manifest("cifar10") if entry.name.startswith(_STEMS[split])]
    reasons = []
    for place in places():
        for read in (_read_batches, _read_jpegs):
            try:
                return read(place.folder, split, batches), place
            except (Damaged, OSError) as problem:
                reasons.append(told(place, problem))
    raise DataMissing(f"expected CIFAR-10, {_CALLED[split]}; came {'; '.join(dict.fromkeys(reasons))}")


def _read_batches(folder: Path, split: str, batches: Sequence[Entry]) -> _Packed:
    return [read_from(folder, entry) for entry in batches]


def _from_batches(batches: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Take apart records of one byte for the class and 32×32 for red, green and blue each."""
    length = 1 + 3 * SIDE * SIDE
    records = [np.frombuffer(batch, np.uint8).reshape(-1, length) for batch in batches]  # each (n, 3073)
    labels = np.concatenate([batch[:, 0] for batch in records]).astype(np.int64)
    images = np.concatenate([batch[:, 1:] for batch in records])
    return images.reshape(-1, 3, SIDE, SIDE), labels


def _read_jpegs(folder: Path, split: str, batches: Sequence[Entry]) -> _Packed:
    file = folder / "cifar10" / f"{split}.npz"
    if not folder.is_dir():
        raise Damaged("there is no such folder")
    if not file.is_file():
        raise Damaged(f"no cifar10/{split}.npz in it")
    try:
        # opened here, for np.load leaves a damaged file open
        with open(file, "rb") as content, np.load(content, allow_pickle=False) as stored:
            ends, labels = (stored[key].astype(np.int64).ravel() for key in ("offsets", "labels"))
            jpegs, classes = _Jpegs(stored["jpeg"].tobytes(), ends, labels), tuple(map(str, stored["classes"]))
    except (ValueError, TypeError, KeyError, EOFError, zlib.error, zipfile.BadZipFile) as fault:
        raise Damaged(f"{file.name} is damaged or another kind of file: {fault}") from None
    if problem := _misfit(jpegs, classes):
        raise Damaged(f"{file.name} does not fit together: {problem}")
    return jpegs


def _misfit(jpegs: _Jpegs, classes: tuple[str, ...]) -> str:
    if classes != THINGS:
        return f"expected the classes {', '.join(THINGS)}, came {', '.join(classes)}"
    if len(jpegs.ends) != len(jpegs.labels) + 1 or not len(jpegs.labels):
        return f"expected one offset more than labels, came {len(jpegs.ends):,} and {len(jpegs.labels):,}"
    if jpegs.ends[0] != 0 or jpegs.ends[-1] != len(jpegs.content) or (np.diff(jpegs.ends) <= 0).any():
        return f"expected offsets that rise from 0 to {len(jpegs.content):,}, came others"
    if jpegs.labels.min() < 0 or jpegs.labels.max() >= len(THINGS):
        return f"expected labels from 0 to 9, came {jpegs.labels.min()} to {jpegs.labels.max()}"
    return ""


def _from_jpegs(jpegs: _Jpegs) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from tqdm.auto import tqdm

    images = np.empty((len(jpegs.labels), 3, SIDE, SIDE), np.uint8)
    content = memoryview(jpegs.content)
    ends = jpegs.ends.tolist()
    for place in tqdm(range(len(images)), desc="decoding CIFAR-10", delay=5, mininterval=0.5, leave=False):
        images[place] = _decoded(content[ends[place] : ends[place + 1]], place)
    return images, jpegs.labels


def _decoded(jpeg: memoryview, place: int) -> NDArray[np.uint8]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            if (picture.mode, picture.size) != ("RGB", (SIDE, SIDE)):
                raise OSError(f"{picture.mode} of {picture.height}×{picture.width} pixels")
            pixels = picture.tobytes()
    except (OSError, SyntaxError, Image.DecompressionBombError) as fault:
        raise DataMissing(
            f"expected picture {place:,} of CIFAR-10 as a JPEG, RGB of {SIDE}×{SIDE} pixels, came another: {fault}; "
            "try: copy the file again"
        ) from None
    return np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE, 3).transpose(2, 0, 1)
