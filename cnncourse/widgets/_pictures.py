"""Pictures of any kind made fit to show: from a file or an array, small enough to be redrawn while dragged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.images import GREY_WEIGHTS, read_image

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Picture:
    """A picture fit to show, and what was done to it.

    Attributes
    ----------
    values : array, shape (height, width) or (height, width, 3)
        The picture.
    note : str
        What the learner should know about it; empty if nothing was done.
    """

    values: Array
    note: str


def read_picture(source: Any, *, grey: bool, limit: int, unit: bool = False) -> Picture:
    """Make a learner's picture fit to show.

    Parameters
    ----------
    source : path, or array of shape (height, width), (height, width, 3) or (height, width, 4)
        A file, or any array of real numbers; a fourth channel is how opaque a pixel is, and is laid on white.
    grey : bool
        Whether to turn colour into brightness.
    limit : int, pixels
        A larger picture is made smaller by averaging square blocks.
    unit : bool
        Whether to bring whole numbers to 0..1 by the largest value of their type; otherwise values stay as they are.

    Returns
    -------
    Picture
        64-bit floats, and a note on what was changed.

    Raises
    ------
    ValueError
        If there is no pixel, or the shape or type is not that of a picture.
    """
    array = read_image(source) if isinstance(source, str | Path) else np.asarray(source)
    _require_picture(array)
    values, notes = _as_float(array, unit=unit), []
    if values.ndim == 3:
        values, more = _channels(values, _white(array, unit), grey)
        notes += more
    values, more = _smaller(values, limit)
    missing = int(np.isnan(values).sum())
    if missing:
        notes.append(f"{missing:,} of {values.size:,} values are NaN, not a number; they are shown in mid grey.")
    return Picture(np.array(values, order="C"), " ".join([*more, *notes]))


def _require_picture(array: NDArray[Any]) -> None:
    channels_last = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))
    if not channels_last or array.size == 0:
        turned = array.ndim == 3 and array.shape[0] in (1, 3, 4) and array.size
        advice = "turn it with image.transpose(1, 2, 0)" if turned else "give one picture, with at least one pixel"
        raise ValueError(
            f"expected a picture of shape (height, width) or (height, width, 3), got shape {array.shape}; {advice}"
        )
    if array.dtype.kind not in "buif":
        raise ValueError(f"expected a picture of real numbers, got dtype {array.dtype}; convert it with astype(float)")


def _white(array: NDArray[Any], unit: bool) -> float:
    whole = array.dtype.kind in "ui" and not unit
    return float(np.iinfo(array.dtype).max) if whole else 1.0


def _as_float(array: NDArray[Any], *, unit: bool) -> Array:
    if unit and array.dtype.kind in "ui":
        # Signed numbers come from arithmetic on bytes.
        most = 255 if array.dtype.kind == "i" else np.iinfo(array.dtype).max
        return np.asarray(array, dtype=np.float64) / most
    return np.asarray(array, dtype=np.float64)


def _channels(values: Array, white: float, grey: bool) -> tuple[Array, list[str]]:
    notes = []
    if values.shape[2] == 4:
        opaque = np.clip(values[:, :, 3:] / white, 0, 1)
        values = opaque * values[:, :, :3] + (1 - opaque) * white
        notes.append("Transparent parts are shown on white.")
    if values.shape[2] == 1:
        return values[:, :, 0], notes
    if grey:
        return values @ GREY_WEIGHTS, ["The colours are turned into brightness.", *notes]
    return values, notes


def _smaller(values: Array, limit: int) -> tuple[Array, list[str]]:
    height, width = values.shape[:2]
    if height * width <= limit:
        return values, []
    block = int(np.ceil(np.sqrt(height * width / limit)))
    rows, columns = min(block, height), min(block, width)  # a picture one pixel high shrinks along its length only
    high, wide = height // rows, width // columns
    blocks = values[: high * rows, : wide * columns].reshape(high, rows, wide, columns, *values.shape[2:])
    return blocks.mean(axis=(1, 3)), [f"The picture of {height} × {width} pixels is shown at {high} × {wide}."]
