"""The data that is always there, because it comes inside the installed packages."""

from __future__ import annotations

import gzip
import io

import numpy as np

from cnncourse.datasets._kinds import Digits, Faces
from cnncourse.datasets._manifest import installed_content, manifest

_TRAINING = 1500  # of 1,797: five in six, as six in seven are in MNIST
_SPLITS = {"all": slice(None), "train": slice(_TRAINING), "test": slice(_TRAINING, None)}
_NAMES = {"all": "all 1,797", "train": "the first 1,500", "test": "the last 297"}


def digits(split: str = "all") -> Digits:
    """Read the handwritten digits that come with scikit-learn: real, small, and always there.

    Thirteen people wrote them by hand. Each 32×32 bitmap was counted in blocks of 4×4, so a pixel is one of the 17
    values 0, 1/16 … 1 [1]_.

    Parameters
    ----------
    split : str
        ``"all"``, ``"train"`` (the first 1,500) or ``"test"`` (the last 297).

    Returns
    -------
    Digits
        ``images``, shape (n, 8, 8), in [0, 1]; ``labels``, 0 to 9; ``source``.

    Raises
    ------
    ValueError
        If there is no such split.
    DataMissing
        If scikit-learn is not installed or its file is damaged.

    References
    ----------
    .. [1] E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape
    (1797, 8, 8)
    >>> labels[:5]
    array([0, 1, 2, 3, 4])
    """
    if split not in _SPLITS:
        raise ValueError(f"expected a split out of {', '.join(_SPLITS)}; got {split!r}")
    (entry,) = manifest("digits")
    text = gzip.decompress(installed_content(entry)).decode("ascii")
    rows = np.loadtxt(io.StringIO(text), delimiter=",")[_SPLITS[split]]
    images = (rows[:, :64] / 16).reshape(-1, 8, 8).astype(np.float32)
    source = f"the handwritten digits that come with scikit-learn, {_NAMES[split]}, 8×8 pixels"
    return Digits(images, rows[:, 64].astype(np.int64), source)


def faces() -> Faces:
    """Read the 200 small grey pictures that come with scikit-image: 100 faces, then 100 cut-outs without one.

    Returns
    -------
    Faces
        ``images``, shape (200, 25, 25), in [0, 1]; ``labels``, 1 for a face and 0 for none; ``source``.

    Raises
    ------
    DataMissing
        If scikit-image is not installed or its file is damaged.

    References
    ----------
    .. [1] G. Huang, M. Mattar, H. Lee, E. Learned-Miller, "Learning to align from scratch", NeurIPS 2012.

    Examples
    --------
    >>> pictures, labels = faces()
    >>> pictures.shape, labels.sum()
    ((200, 25, 25), np.int64(100))
    """
    (entry,) = manifest("faces")
    pictures = np.load(io.BytesIO(installed_content(entry)), allow_pickle=False)
    labels = np.repeat(np.array([1, 0], dtype=np.int64), 100)
    return Faces(
        pictures.astype(np.float32), labels, "100 faces and 100 cut-outs without, which come with scikit-image"
    )
