"""Importing before the fork what every answer begins with, so that it is imported once and not in each process.

Only modules that the course's own cells name are imported here, never a learner's.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress

__all__ = ["ALWAYS", "find_imports", "preload"]

ALWAYS = ("numpy.random", "numpy.linalg", "numpy.fft", "numpy.lib.stride_tricks")


def find_imports(source: str) -> list[str]:
    """List the modules that a source imports outside functions.

    Parameters
    ----------
    source : str
        Python; if it is none, nothing is listed.

    Returns
    -------
    list of str
        Possibly with names that are functions and no modules.

    Examples
    --------
    >>> find_imports("import numpy as np; from cnncourse import images")
    ['numpy', 'cnncourse', 'cnncourse.images']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    return list(dict.fromkeys(name for node in tree.body for name in _names(node)))


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def preload(names: Iterable[str]) -> None:
    """Import what can be imported, in silence; what cannot is left to the cell that wants it."""
    for name in names:
        if name not in sys.modules:
            with suppress(Exception):
                importlib.import_module(name)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
