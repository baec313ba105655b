"""Pick a real handwritten digit, or draw one, and see it read by its nearest neighbours (lesson 00)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.neighbours import Reading, nearest, read
from cnncourse.widgets._base import Explorer, join_modules, join_styles
from cnncourse.widgets._still import Panel

__all__ = ["DigitPicker"]

SIDE, TOP = 8, 16  # pixels along a side, and the level of full ink
_DIGITS = "0123456789abcdefg"  # one character a pixel, for levels 0 to 16


class DigitPicker(Explorer):
    """A contact sheet of real digits and a pad to draw on; what is picked or drawn is read at once.

    The page compares pixel by pixel with the remembered digits, as `cnncourse.neighbours.read` does, and says so. It
    needs no kernel for that.

    Parameters
    ----------
    images : array, shape (number, 8, 8), in [0, 1] in steps of 1/16, or whole numbers from 0 to 16
        The remembered digits.
    labels : array of int, shape (number,)
        What each of them shows, 0 to 9.
    sheet : array, shape (number of others, 8, 8), optional
        Digits to pick from, which should not be among those remembered.
    meant : array of int, shape (number of others,), optional
        What each of these shows.
    count : int
        How many neighbours vote: 1, 3, 5, 7 or 9.
    picked : int
        Place on the sheet of the digit that is read first; the learner changes it. It is -1 while the pad is in use.

    Attributes
    ----------
    moved : list of int, pixels
        How far the picture is moved, down and right.

    Raises
    ------
    ValueError
        If the digits are no 8 × 8 pictures with a label each, or there are too few of them.
    """

    _esm = join_modules("digit_picker.js")
    _css = join_styles("explorer.css", "digit_picker.css")

    remembered = traitlets.Unicode().tag(sync=True)
    labels = traitlets.Unicode().tag(sync=True)
    sheet = traitlets.Unicode().tag(sync=True)
    meant = traitlets.Unicode().tag(sync=True)
    count = traitlets.Enum([1, 3, 5, 7, 9], default_value=5).tag(sync=True)
    picked = traitlets.Int(-1).tag(sync=True)
    strokes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    fit = traitlets.Bool(True).tag(sync=True)
    moved = traitlets.List(traitlets.Int(), default_value=[0, 0], minlen=2, maxlen=2).tag(sync=True)
    seen = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        sheet: ArrayLike | None = None,
        meant: ArrayLike | None = None,
        *,
        count: int = 5,
        picked: int = 0,
    ) -> None:
        others = np.zeros((0, SIDE, SIDE)) if sheet is None else sheet
        known, truths = to_text(images, labels), to_text(others, [] if meant is None else meant)
        if len(known[1]) < 9:
            raise ValueError(f"expected 9 remembered digits or more, for up to 9 may vote; got {len(known[1])}")
        start = picked * SIDE * SIDE
        first = {"picked": picked, "seen": truths[0][start : start + SIDE * SIDE]} if truths[1] else {}
        super().__init__(remembered=known[0], labels=known[1], sheet=truths[0], meant=truths[1], count=count, **first)
        self.description = self._in_words()

    @property
    def image(self) -> NDArray[np.float64] | None:
        """The picture that is read now, shape (8, 8), in [0, 1]; None while the pad is empty."""
        return to_pictures(self.seen)[0] / TOP if self.seen else None

    @property
    def reading(self) -> Reading | None:
        """What the neighbours of that picture say; None while the pad is empty."""
        if not self.seen:
            return None
        labels = [int(label) for label in self.labels]
        return read(to_pictures(self.remembered), labels, to_pictures(self.seen)[0], count=self.count)

    @traitlets.validate("picked")
    def _check_picked(self, proposal: Any) -> int:
        place: int = proposal["value"]
        if not -1 <= place < len(self.meant):
            raise traitlets.TraitError(
                f"picked is a place on the sheet, 0 to {len(self.meant) - 1}, or -1 for the pad; got {place}"
            )
        return place

    def _in_words(self) -> str:
        reading = self.reading
        if reading is None:
            return "The pad is empty. Draw a digit, or pick one from the sheet."
        return (
            f"Digit {self.picked + 1} of the sheet {reading}. Its writer meant {self.meant[self.picked]}. This is no "
            f"network yet: it compares pixel by pixel with {len(self.labels):,} remembered digits."
        )

    def panels(self) -> Sequence[Panel]:
        """Return the digit that is read and its neighbours."""
        if not self.seen:
            return ()
        remembered, query = to_pictures(self.remembered) / TOP, to_pictures(self.seen)[0] / TOP
        places, distances = nearest(remembered, query, count=self.count)
        near = [(self.labels[place], far, remembered[place]) for place, far in zip(places, distances, strict=True)]
        return [Panel("to read", query), *(Panel(f"{label} at {far:.2f}", image) for label, far, image in near)]


def to_text(images: ArrayLike, labels: ArrayLike) -> tuple[str, str]:
    """Write digits and their labels as text, one character a pixel and one a label.

    Parameters
    ----------
    images : array, shape (number, 8, 8), in [0, 1] in steps of 1/16, or whole numbers from 0 to 16
        The digits.
    labels : array of int, shape (number,)
        What they show.

    Returns
    -------
    pixels, labels : str
        Levels 0 to 16 as ``0`` to ``g``, row after row; labels as they are.

    Raises
    ------
    ValueError
        If shapes or ranges are others.
    """
    pictures, shown = np.asarray(images), np.asarray(labels, dtype=int)
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE) or shown.shape != pictures.shape[:1]:
        raise ValueError(
            f"expected digits, shape (number, 8, 8), and a label for each; got {pictures.shape} and {shown.shape}; "
            "cnncourse.datasets.digits() gives both"
        )
    levels = np.rint(pictures * (TOP if pictures.dtype.kind == "f" and pictures.max(initial=0) <= 1 else 1)).astype(int)
    if levels.min(initial=0) < 0 or levels.max(initial=0) > TOP or shown.min(initial=0) < 0 or shown.max(initial=0) > 9:
        raise ValueError("expected pixels from 0 to 1, or from 0 to 16, and labels from 0 to 9")
    return "".join(_DIGITS[level] for level in levels.flat), "".join(str(label) for label in shown)


def to_pictures(text: str) -> NDArray[np.float64]:
    """Read digits back from text, shape (number, 8, 8), whole numbers from 0 to 16."""
    levels = [_DIGITS.index(character) for character in text]
    return np.array(levels, dtype=float).reshape(-1, SIDE, SIDE)
