"""The data sets that are fetched on request: which there are, whether they are at hand, and how they come."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from cnncourse.datasets._cifar import fetch_cifar10, places_of_cifar10
from cnncourse.datasets._errors import DataMissing
from cnncourse.datasets._mirrors import known_mirrors
from cnncourse.datasets._mnist import fetch_idx, places_of_idx


class Fetched(NamedTuple):
    """A data set that can be fetched: what it is called in a sentence, and how many megabytes come."""

    called: str
    megabytes: int


FETCHED = {
    "mnist": Fetched("MNIST", 12),
    "fashion-mnist": Fetched("Fashion-MNIST", 31),
    "cifar10": Fetched("CIFAR-10", 170),
}


class Status(NamedTuple):
    """Whether a data set is at hand, and where, or why not."""

    found: bool
    where: str


def set_status(name: str) -> Status:
    """Say whether a data set is at hand and whole, in which form, and where; nothing is fetched or renamed.

    Parameters
    ----------
    name : str
        One of `FETCHED`.

    Returns
    -------
    Status
        Where it is, or what is missing.

    Raises
    ------
    ValueError
        If there is no such data set.
    """
    check_name(name, FETCHED)
    try:
        found = places_of_cifar10() if name == "cifar10" else places_of_idx(name)
    except DataMissing as missing:
        return Status(False, str(missing))
    return Status(True, ", ".join(dict.fromkeys(found)))


def fetch_set(name: str, *, mirrors: Sequence[str] | None = None, progress: bool = True) -> Path:
    """Fetch a data set into your cache; files that are there and whole are left alone.

    Parameters
    ----------
    name : str
        One of `FETCHED`.
    mirrors : sequence of str, optional
        Addresses of folders that hold the packed files; by default those of `known_mirrors`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Path
        The cache; torchvision reads MNIST and Fashion-MNIST there too.

    Raises
    ------
    ValueError
        If there is no such data set.
    FetchFailed
        If no mirror gives a file, or the cache cannot be written.
    """
    check_name(name, FETCHED)
    addresses = known_mirrors(name) if mirrors is None else mirrors
    if name == "cifar10":
        return fetch_cifar10(mirrors=addresses, progress=progress)
    return fetch_idx(name, mirrors=addresses, progress=progress)


def check_name(name: str, known: Sequence[str] | dict[str, Fetched], *, what: str = "data set") -> None:
    """Raise ValueError for a name that is not known; the message lists those that are, and suggests the nearest.

    Examples
    --------
    >>> check_name("fashion", ["mnist", "fashion-mnist"])
    Traceback (most recent call last):
    ValueError: expected a data set out of mnist, fashion-mnist; got 'fashion'; did you mean 'fashion-mnist'?
    """
    if name in known:
        return
    near = get_close_matches(str(name).lower().replace("_", "-"), known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"expected a {what} out of {', '.join(known)}; got {name!r}{hint}")
