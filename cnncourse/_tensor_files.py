"""Named tensors in safetensors files: written whole or not at all, read without ever unpickling."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

PICKLES = (b"PK\x03\x04", b"\x80")  # how a file of `torch.save` or of `pickle` begins


def write_tensors(path: Path | str, tensors: Mapping[str, Tensor], told: Mapping[str, str]) -> None:
    """Write tensors and what is told of them; an interrupt or a full disk leaves the old file as it was.

    Parameters
    ----------
    path : Path or str
        The file.
    tensors : mapping of str to Tensor
        On any device, in any layout.
    told : mapping of str to str
        What to note beside them.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    from safetensors.torch import save

    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    content = save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, dict(told))
    try:
        part.write_bytes(content)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def read_told(content: bytes, name: str) -> dict[str, str]:
    """Read what is told of the tensors in a file, and refuse what is no safetensors file.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        What to call it in an error.

    Returns
    -------
    dict of str to str
        The notes of `write_tensors`.

    Raises
    ------
    ValueError
        If it is a pickle, or no safetensors file at all, or not all of one.

    References
    ----------
    "Safetensors", https://huggingface.co/docs/safetensors: eight bytes say how long the header is, which is JSON.
    """
    import json

    if content.startswith(PICKLES):
        raise ValueError(
            f"expected safetensors in {name}, came a pickle, as torch.save writes it; opening one may run any program "
            "that somebody put in, so the course never does; try: safetensors.torch.save_file where it was made"
        )
    try:
        length = int.from_bytes(content[:8], "little")
        header: dict[str, Any] = json.loads(content[8 : 8 + length])
        ends = [entry["data_offsets"][1] for entry_name, entry in header.items() if entry_name != "__metadata__"]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise ValueError(
            f"expected safetensors in {name}, came {len(content):,} bytes that begin {content[:8].hex(' ') or '?'}"
        ) from None
    if (whole := 8 + length + max(ends, default=0)) != len(content):
        raise ValueError(f"expected {whole:,} bytes in {name}, came {len(content):,}; try: fetch or write it again")
    return dict(header.get("__metadata__", {}))


def read_tensors(content: bytes, name: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Read tensors and what is told of them; parameters and errors as in `read_told`."""
    from safetensors.torch import load

    told = read_told(content, name)
    return load(content), told


def put_into(model: nn.Module, tensors: Mapping[str, Tensor], *, origin: str) -> None:
    """Give a network the weights of a file, all of them or none.

    Parameters
    ----------
    model : Module
        The network, changed in place.
    tensors : mapping of str to Tensor
        By the names of ``model.state_dict()``.
    origin : str
        Where they come from, for an error.

    Raises
    ------
    ValueError
        If one is missing, one too many, or one has another shape; the message names it.
    """
    wanted = model.state_dict()
    for name in dict.fromkeys([*wanted, *tensors]):
        if name not in tensors:
            raise ValueError(f"{origin} lacks {name}, which {type(model).__name__} has; is it for another network?")
        if name not in wanted:
            raise ValueError(f"{origin} has {name}, which {type(model).__name__} lacks; is it for another network?")
        if tensors[name].shape != wanted[name].shape:
            raise ValueError(
                f"expected {name} of shape {tuple(wanted[name].shape)}, as {type(model).__name__} has it; "
                f"{origin} has {tuple(tensors[name].shape)}"
            )
    model.load_state_dict(dict(tensors))
