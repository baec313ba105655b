"""Where to compute, decided when asked and never at import."""

from __future__ import annotations

import torch


def choose_device(wish: str = "auto") -> str:
    """Choose where to compute: a graphics card of NVIDIA, one of Apple, or the processor (lesson 06).

    Parameters
    ----------
    wish : str
        ``"auto"`` for the first of these at hand, or the name of one.

    Returns
    -------
    str
        ``"cuda"``, ``"mps"`` or ``"cpu"``.

    Raises
    ------
    ValueError
        If the machine lacks the one that was named.

    Examples
    --------
    >>> choose_device("cpu")
    'cpu'
    """
    at_hand = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    found = [name for name, there in at_hand.items() if there]
    if wish == "auto":
        return found[0]
    if wish.split(":")[0] not in found:
        raise ValueError(f"expected auto or what this machine has, {' or '.join(found)}; got {wish!r}")
    return wish
