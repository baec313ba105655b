"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

NEW = 0o644  # rights of a file that was not there before


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, with the rights that it had; its folder is made if need be.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        What it will hold.

    Raises
    ------
    OSError
        If it cannot be written, on a full disk for instance; then the file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, path.stat().st_mode if path.exists() else NEW)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
