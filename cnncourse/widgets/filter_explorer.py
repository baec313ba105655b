"""Filters as detectors: stripes, edges, the Laplacian, and a patch cut out by the learner (lesson 03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.widgets._base import (
    Explorer,
    SettingError,
    Whole,
    array_to_wire,
    join_modules,
    join_styles,
    wire_to_array,
)
from cnncourse.widgets._filters import DETECTORS, SEARCHES, arrays, in_words, inside
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["FilterExplorer", "arrays"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels that a page can filter anew while a slider is dragged
FINEST, COARSEST, STRONGEST, LARGEST = 0.5, 0.03, 8.0, 48  # stripes a pixel; pixels of blur; side of a patch in pixels
SETTINGS: dict[str, tuple[str, ...]] = {
    "gabor": ("orientation", "frequency", "sigma"),
    "edges": ("blur",),
    "laplacian": ("blur",),
    "patch": ("patch", "search", "count"),
}


class FilterExplorer(Explorer):
    """A picture and what a detector answers to it: stripes, edges, the Laplacian, or a patch cut out of it.

    Everything is computed in the page; the settings can be changed there or from Python, and either side follows.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        The picture. Colour is turned into brightness.
    detector : {"gabor", "edges", "laplacian", "patch"}
        What to look for first; the learner can change it.
    **settings
        Any of the attributes below.

    Attributes
    ----------
    image, detector
        As above.
    orientation : float, degrees; frequency : float, stripes a pixel, in [0.03, 0.5]
        Of the Gabor filter.
    sigma : float, pixels, or None
        Its width; None lets it follow the frequency.
    blur : float, pixels, in [0, 8]
        Before edges and Laplacian.
    patch : (row, column, height, width), pixels
        The frame; it is moved into the picture where it hangs over.
    search : {"likeness", "centred", "sum"}; count : int
        How to compare, and how many of the best places to mark.

    Raises
    ------
    ValueError
        If picture or settings are not what they should be.

    Examples
    --------
    >>> FilterExplorer([[0.0, 0.0, 1.0, 1.0]], "edges", blur=0).shown["magnitude"]
    array([[0. , 0.5, 0.5, 0. ]])
    """

    _esm = join_modules("filter_explorer.js")
    _css = join_styles("explorer.css")

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    detector = traitlets.Unicode("gabor").tag(sync=True)
    detectors = traitlets.List([list(pair) for pair in DETECTORS.items()]).tag(sync=True)
    orientation = traitlets.Float(0.0).tag(sync=True)
    frequency = traitlets.Float(0.1).tag(sync=True)
    sigma = traitlets.Float(None, allow_none=True).tag(sync=True)
    blur = traitlets.Float(1.0).tag(sync=True)
    patch = traitlets.List(traitlets.Int(), default_value=[0, 0, 12, 12]).tag(sync=True)
    search = traitlets.Unicode("likeness").tag(sync=True)
    searches = traitlets.List([list(pair) for pair in SEARCHES.items()]).tag(sync=True)
    count = Whole(5, least=1, why="at least the best place is marked").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(self, image: Any, detector: str = "gabor", **settings: Any) -> None:
        picture = read_picture(image, grey=True, limit=LIMIT)
        known = {name for names in SETTINGS.values() for name in names}
        if unknown := sorted(set(settings) - known):
            raise SettingError(f"expected settings out of {', '.join(sorted(known))}, got {', '.join(unknown)}")
        super().__init__(image=picture.values, detector=detector, note=picture.note, **settings)
        self._tell()
        self.observe(lambda change: self._tell(), ["image", "detector", *known])

    @property
    def settings(self) -> dict[str, Any]:
        """What the chosen filter is set to, as `arrays` takes it."""
        chosen = {name: getattr(self, name) for name in SETTINGS[self.detector]}
        if self.detector == "gabor" and self.sigma is None:
            chosen["sigma"] = 0.56 / self.frequency
        if self.detector == "patch":
            chosen["patch"] = inside(self.patch, self.image.shape)
        return chosen

    @property
    def shown(self) -> dict[str, Array]:
        """What the explorer shows, as `arrays` computes it; raises ``ValueError`` where that does."""
        return arrays(self.image, self.detector, **self.settings)

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        values = read_picture(proposal["value"], grey=True, limit=LIMIT).values
        return np.nan_to_num(values, nan=0.5, posinf=1.0, neginf=0.0)  # no number: mid grey, as the note says

    @traitlets.validate("detector", "search")
    def _check_choice(self, proposal: Any) -> str:
        options = DETECTORS if proposal["trait"].name == "detector" else SEARCHES
        if proposal["value"] not in options:
            name = proposal["trait"].name
            raise SettingError(f"expected {name} as one out of {', '.join(options)}, got {proposal['value']!r}")
        return str(proposal["value"])

    @traitlets.validate("frequency", "blur", "sigma")
    def _check_number(self, proposal: Any) -> float | None:
        name, value = proposal["trait"].name, proposal["value"]
        if value is None:
            return None
        low, high = {"frequency": (COARSEST, FINEST), "blur": (0, STRONGEST), "sigma": (0.5, 20)}[name]
        if not low <= value <= high:
            raise SettingError(f"expected {name} from {low:g} to {high:g}, got {value!r}")
        return float(value)

    @traitlets.validate("patch")
    def _check_patch(self, proposal: Any) -> list[int]:
        frame = [int(number) for number in proposal["value"]]
        if len(frame) != 4 or min(frame) < 0 or not all(1 <= side <= LARGEST for side in frame[2:]):
            raise SettingError(
                f"expected patch as (row, column, height, width) with sides from 1 to {LARGEST} pixels, got {frame}"
            )
        return frame

    def _tell(self) -> None:
        high, wide = self.image.shape
        try:
            words = in_words(self.detector, self.settings, self.shown)
        except ValueError as error:
            words = f"{error}."
        self.description = f"{DETECTORS[self.detector]} on a picture of {high} × {wide} pixels. {words}"

    def panels(self) -> Sequence[Panel]:
        """Return the picture and the answers for the still picture."""
        mark = tuple(self.settings["patch"]) if self.detector == "patch" else None
        picture = Panel("Picture", self.image, mark=mark)
        try:
            shown = self.shown
        except ValueError:
            return [picture]
        if self.detector == "edges":
            strength = shown["magnitude"] / (shown["magnitude"].max() or 1.0)
            return [picture, Panel("Magnitude", strength), Panel("Direction", shown["directions"])]
        answer = Panel("Answer", shown["answer"], signed=True)
        if self.detector == "laplacian":
            return [picture, answer, Panel("Zero crossings", 1 - shown["crossings"])]
        if self.detector == "gabor":
            energy = shown["energy"] / (shown["energy"].max() or 1.0)
            return [picture, Panel("Filter", shown["kernel"], signed=True), answer, Panel("Energy", energy)]
        return [picture, Panel("Patch", shown["patch"]), answer]
