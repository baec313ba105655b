"""Files that are written whole or not at all, and folders that are only replaced by what made them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all, with the rights that it had; its folder is made if need be.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes or str
        What it will hold; text as UTF-8.

    Raises
    ------
    OSError
        If it cannot be written, on a full disk for instance; then the file is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}-{secrets.token_hex(8)}.part")
    try:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)
        if path.exists():
            beside.chmod(path.stat().st_mode)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def refuse_to_replace(folder: Path, *, mark: str, kind: str) -> None:
    """Stop before a folder is written over that somebody else has filled.

    Parameters
    ----------
    folder : Path
        Where something is to be written.
    mark : str
        The file that lies in every folder of this kind.
    kind : str
        What is written, such as ``"a book"``.

    Raises
    ------
    FileExistsError
        If the folder holds files, and not that one.
    """
    if folder.exists() and not (folder / mark).exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} holds something that is not {kind}; choose a new or an empty folder")
