"""The best handwritten digits at hand, in any size."""

from __future__ import annotations

import os
import sys

from cnncourse.datasets._bundled import digits
from cnncourse.datasets._errors import DataError
from cnncourse.datasets._kinds import Digits
from cnncourse.datasets._mnist import mnist
from cnncourse.datasets._places import NAMED
from cnncourse.datasets._sizes import check_size, resized


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
    check_size(size)
    try:
        found = mnist(split, download=download)
    except DataError as problem:
        if download or os.environ.get(NAMED):  # somebody expected more than what ships
            reason = str(problem).splitlines()[0]
            print(f"MNIST is not at hand; the digits of scikit-learn stand in ({reason})", file=sys.stderr)
        found = digits(split)
    return resized(found, size)
