"""Where the data sets can be fetched from."""

from __future__ import annotations

import os

from cnncourse.datasets._manifest import listed_mirrors

_OF_TORCHVISION = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}


def known_mirrors(set_name: str = "mnist") -> tuple[str, ...]:
    """List the addresses of a data set, each once: your own, torchvision's, the manifest's.

    Parameters
    ----------
    set_name : str
        ``"mnist"``, ``"fashion-mnist"`` or ``"cifar10"``.

    Returns
    -------
    tuple of str
        Folders, in the order in which they are tried. Your own is what ``CNNCOURSE_MNIST_MIRROR`` says, or
        ``CNNCOURSE_FASHION_MNIST_MIRROR``, ``CNNCOURSE_CIFAR10_MIRROR``.
    """
    own = os.environ.get(f"CNNCOURSE_{set_name.replace('-', '_').upper()}_MIRROR")
    try:
        from torchvision import datasets

        theirs = list(getattr(datasets, _OF_TORCHVISION[set_name]).mirrors)
    except Exception:  # a broken torch must not keep anybody from the data
        theirs = []
    return tuple(dict.fromkeys([*([own] if own else []), *theirs, *listed_mirrors(set_name)]))
