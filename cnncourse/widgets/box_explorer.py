"""Two boxes to move and stretch, and a heap of detections to thin out (lesson 10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.applications.boxes import iou_table
from cnncourse.widgets._base import (
    Explorer,
    SettingError,
    array_to_wire,
    join_modules,
    join_styles,
    wire_to_array,
)
from cnncourse.widgets._box_heap import Shown, arrays, heap_words, pair_words
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["BoxExplorer", "arrays"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels of a picture
PAPER = (16, 10)  # columns and rows of the squared paper on which the pair lies
PAIR = ((2, 2, 8, 7), (5, 3, 12, 9))


class BoxExplorer(Explorer):
    """Move and stretch two boxes and watch their IoU; thin out a heap of detections; runs in the page.

    Parameters
    ----------
    image : path or array, shape (height, width) or with three or four channels, optional
        The picture in which the heap was found; without it there is the pair alone. Colour becomes brightness.
    boxes : array, shape (n, 4), pixels
        The heap: left, top, right, bottom of each.
    scores : sequence of float, in [0, 1]
        How sure the detector is of each.
    names : sequence of str
        What each shows; boxes drop only those of their own name.
    pair : two boxes of whole numbers
        Where the two boxes lie at first, on paper of 16 × 10 squares.
    threshold : float, in [0, 1]
        The overlap above which the less sure box is dropped.
    least : float, in [0, 1]
        Scores below it are left out.

    Attributes
    ----------
    image, boxes, scores, names, pair, threshold, least
        What is shown; assign to change it.

    Raises
    ------
    ValueError
        If there is not one score and one name a box, a box ends before it begins, or the pair leaves the paper.

    Examples
    --------
    >>> explorer = BoxExplorer(pair=((0, 0, 3, 3), (1, 1, 4, 4)))
    >>> explorer.shown.shared, explorer.shown.covered
    (4, 14)
    """

    _esm = join_modules("box_explorer.js")
    _css = join_styles("explorer.css", "box_explorer.css")

    image = traitlets.Any(None, allow_none=True).tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    boxes = traitlets.Any().tag(sync=True)
    scores = traitlets.Any().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    pair = traitlets.Any(PAIR).tag(sync=True)
    paper = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=PAPER).tag(sync=True)
    threshold = traitlets.Float(0.5, min=0.0, max=1.0).tag(sync=True)
    least = traitlets.Float(0.05, min=0.0, max=1.0).tag(sync=True)

    def __init__(
        self,
        image: Any = None,
        boxes: Any = (),
        scores: Sequence[float] = (),
        names: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        table = np.asarray(boxes, dtype=float).reshape(-1, 4).round(2).tolist()
        sure = np.asarray(scores, dtype=float).round(4).tolist()
        if not len(table) == len(sure) == len(names):
            raise SettingError(
                f"expected a score and a name for each of {len(table)} boxes, got {len(sure)} and {len(names)}"
            )
        picture = None if image is None else read_picture(image, grey=True, limit=LIMIT, unit=True).values
        super().__init__(image=picture, boxes=table, scores=sure, names=list(names), **settings)
        self._tell()
        self.observe(lambda change: self._tell(), ["boxes", "scores", "names", "pair", "threshold", "least"])

    @property
    def shown(self) -> Shown:
        """What is shown, as `arrays` computes it."""
        one, other = self.pair
        return arrays((one, other), self.boxes, self.scores, self.names, threshold=self.threshold, least=self.least)

    @traitlets.validate("boxes")
    def _check_boxes(self, proposal: Any) -> list[list[float]]:
        try:
            iou_table(proposal["value"], [])
        except ValueError as error:
            raise SettingError(str(error)) from error
        return [list(map(float, box)) for box in proposal["value"]]

    @traitlets.validate("pair")
    def _check_pair(self, proposal: Any) -> list[list[int]]:
        pair = np.asarray(proposal["value"])
        ends = np.array([*PAPER, *PAPER])
        fits = pair.shape == (2, 4) and (pair >= 0).all() and (pair <= ends).all() and (pair[:, :2] < pair[:, 2:]).all()
        if not fits:
            raise SettingError(
                f"expected two boxes of a square or more on paper of {PAPER[0]} × {PAPER[1]} squares, got "
                f"{pair.tolist()}; give left, top, right, bottom of each"
            )
        return [[int(side) for side in box] for box in pair]

    def _tell(self) -> None:
        words = pair_words(self.shown)
        heap = heap_words(self.shown, self.names, self.scores) if self.names else ""
        self.description = f"Two boxes on squared paper. {words} {heap}".strip()

    def panels(self) -> Sequence[Panel]:
        """Return the paper with both boxes, and the picture with the surest one, for the still picture."""
        columns, rows = PAPER
        paper = np.zeros((rows, columns))
        for left, top, right, bottom in self.pair:
            paper[top:bottom, left:right] += 1.0
        panels = [Panel("How many of the two boxes cover it", paper)]
        if self.image is not None and self.shown.kept:
            left, top, right, bottom = (round(side) for side in self.boxes[self.shown.kept[0]])
            panels.append(Panel("The surest box", self.image, mark=(top, left, bottom - top, right - left)))
        return panels
