"""A still picture of an explorer, for viewers that run no widgets: panels of arrays, drawn with Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

GAP, TITLE, SIDE = 28, 30, 300  # pixels
INK, SOFT, MARK = (31, 35, 40), (213, 218, 224), (194, 24, 91)
PLUS, MINUS, PAPER = np.array([40, 106, 183]), np.array([206, 112, 32]), np.array([250, 250, 250])


@dataclass(frozen=True)
class Panel:
    """One array of a still picture.

    Attributes
    ----------
    title : str
        Stands above it.
    array : array, shape (height, width) or (height, width, 3)
        What to show.
    signed : bool
        Whether zero is white, with blue above and orange below.
    mark : (row, column, height, width), cells, or None
        A block to outline.
    """

    title: str
    array: NDArray[np.float64]
    signed: bool = False
    mark: tuple[int, int, int, int] | None = None


def still_png(panels: Sequence[Panel]) -> bytes:
    """Draw panels beside each other.

    Parameters
    ----------
    panels : sequence of Panel
        What to draw, from left to right.

    Returns
    -------
    bytes
        A PNG file.
    """
    from PIL import Image, ImageDraw

    drawn = [(panel, _enlarged(panel)) for panel in panels]
    wide = sum(picture.width + GAP for _, picture in drawn) + GAP
    high = max(picture.height for _, picture in drawn) + TITLE + GAP
    sheet = Image.new("RGB", (wide, high), "white")
    pen = ImageDraw.Draw(sheet)
    left = GAP
    for panel, picture in drawn:
        sheet.paste(picture, (left, TITLE))
        pen.rectangle((left - 1, TITLE - 1, left + picture.width, TITLE + picture.height), outline=SOFT)
        pen.text((left, 8), panel.title, fill=INK, font_size=15)
        left += picture.width + GAP
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()


def _enlarged(panel: Panel) -> Image.Image:
    from PIL import Image, ImageDraw

    height, width = panel.array.shape[:2]
    cell = min(40.0, SIDE / max(height, width))
    cell = float(int(cell)) if cell >= 2 else cell
    size = (max(1, round(width * cell)), max(1, round(height * cell)))
    picture = Image.fromarray(_colours(panel)).resize(size, Image.Resampling.NEAREST)
    pen = ImageDraw.Draw(picture)
    if cell >= 20 and panel.array.ndim == 2:
        _numbers(pen, panel, cell)
    if panel.mark:
        row, column, high, wide = (side * cell for side in panel.mark)
        pen.rectangle((column, row, column + wide - 1, row + high - 1), outline=MARK, width=3)
    return picture


def _colours(panel: Panel) -> NDArray[np.uint8]:
    values = np.nan_to_num(panel.array, nan=0.5, posinf=1e30, neginf=-1e30)
    if panel.signed:
        most = np.abs(values).max() or 1.0
        share = (values / most)[..., None]
        mixed = PAPER + np.abs(share) * (np.where(share < 0, MINUS, PLUS) - PAPER)
        return mixed.astype(np.uint8)
    low, high = min(0.0, float(values.min())), max(1.0, float(values.max()))
    grey = ((values - low) / (high - low) * 255).astype(np.uint8)
    return grey if grey.ndim == 3 else np.repeat(grey[..., None], 3, axis=2)


def _numbers(pen: ImageDraw.ImageDraw, panel: Panel, cell: float) -> None:
    colours = _colours(panel)
    texts = [f"{value:.3g}" for value in panel.array.ravel()]
    size = min(cell * 0.42, cell * 1.5 / max(map(len, texts)))
    for (row, column), text in zip(np.ndindex(panel.array.shape), texts, strict=True):
        ink = INK if colours[row, column].mean() > 120 else (255, 255, 255)
        pen.text(((column + 0.5) * cell, (row + 0.5) * cell), text, fill=ink, font_size=size, anchor="mm")
