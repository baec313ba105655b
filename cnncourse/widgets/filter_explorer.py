"""Filters as detectors: stripes, edges, corners, a patch cut out by the learner, an own function (lesson 03)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.widgets._base import SettingError, Whole, join_modules, join_styles, wire_to_array
from cnncourse.widgets._filters import DETECTORS, SEARCHES, arrays, in_words, inside, own_words, still_panels
from cnncourse.widgets._own_answers import AnsweringExplorer
from cnncourse.widgets._own_function import call_own
from cnncourse.widgets._own_sliders import own_sliders
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["FilterExplorer", "arrays"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels that a page can filter anew while a slider is dragged
LARGEST = 48  # pixels: side of a patch
RANGES = {"frequency": (0.03, 0.5), "blur": (0, 8), "sigma": (0.5, 20), "window": (0.5, 6), "sensitivity": (0.01, 0.24)}
SETTINGS: dict[str, tuple[str, ...]] = {
    "gabor": ("orientation", "frequency", "sigma"),
    "edges": ("blur",),
    "laplacian": ("blur",),
    "corners": ("window", "sensitivity", "corners"),
    "patch": ("patch", "search", "count"),
    "own": (),
}


class FilterExplorer(AnsweringExplorer):
    """A picture and what a detector answers to it: stripes, edges, corners, a patch of it, or a function of yours.

    The course's detectors are computed in the page, your function in the kernel. The settings can be changed in the
    page or from Python, and either side follows.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        The picture. Colour is turned into brightness.
    detector : {"gabor", "edges", "laplacian", "corners", "patch", "own"}, optional
        What to look for first; by default your own function, or stripes. The learner can change it.
    function : callable, optional
        Your own ``function(image)``. It returns one number a pixel, or fewer where a window stays inside the picture.
        Each of its parameters whose default is a number gets a slider.
    sliders : mapping of str to (least, most), optional
        The ends of such sliders; by default from 0 to four times the number.
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
    window : float, pixels, in [0.5, 6]; sensitivity : float, in [0.01, 0.24]; corners : int
        Of Harris's detector, as in `cnncourse.detectors.harris`, and how many corners to mark.
    patch : (row, column, height, width), pixels
        The frame; it is moved into the picture where it hangs over.
    search : {"likeness", "centred", "sum"}; count : int
        How to compare, and how many of the best places to mark.
    own_values : list of float
        What the sliders of your function stand at, in the order of its parameters.

    Raises
    ------
    ValueError
        If picture or settings are not what they should be.

    Examples
    --------
    >>> FilterExplorer([[0.0, 0.0, 1.0, 1.0]], "edges", blur=0).shown["magnitude"]
    array([[0. , 0.5, 0.5, 0. ]])
    >>> FilterExplorer([[0.0, 0.25, 1.0]], function=lambda image, least=0.5: image > least).shown["answer"]
    array([[0., 0., 1.]])
    """

    _esm = join_modules("filter_explorer.js")
    _css = join_styles("explorer.css")

    detector = traitlets.Unicode("gabor").tag(sync=True)
    detectors: Any = traitlets.List().tag(sync=True)
    orientation = traitlets.Float(0.0).tag(sync=True)
    frequency = traitlets.Float(0.1).tag(sync=True)
    sigma = traitlets.Float(None, allow_none=True).tag(sync=True)
    blur = traitlets.Float(1.0).tag(sync=True)
    window = traitlets.Float(1.5).tag(sync=True)
    sensitivity = traitlets.Float(0.05).tag(sync=True)
    corners = Whole(30, least=1, why="at least the strongest corner is marked").tag(sync=True)
    patch = traitlets.List(traitlets.Int(), default_value=[0, 0, 12, 12]).tag(sync=True)
    search = traitlets.Unicode("likeness").tag(sync=True)
    searches = traitlets.List([list(pair) for pair in SEARCHES.items()]).tag(sync=True)
    count = Whole(5, least=1, why="at least the best place is marked").tag(sync=True)
    own_name = traitlets.Unicode("").tag(sync=True)
    own_sliders: Any = traitlets.List().tag(sync=True)
    own_values = traitlets.List(traitlets.Float()).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        image: Any,
        detector: str | None = None,
        *,
        function: Callable[..., Any] | None = None,
        sliders: Mapping[str, Sequence[float]] | None = None,
        **settings: Any,
    ) -> None:
        picture = read_picture(image, grey=True, limit=LIMIT)
        known = {name for names in SETTINGS.values() for name in names}
        if unknown := sorted(set(settings) - known):
            raise SettingError(f"expected settings out of {', '.join(sorted(known))}, got {', '.join(unknown)}")
        self._function = function
        super().__init__(
            image=picture.values,
            detector=detector or ("gabor" if function is None else "own"),
            note=picture.note,
            **self._about_own(function, sliders or {}),
            **settings,
        )
        self._tell()
        self.observe(lambda change: self._tell(), ["image", "detector", "own_values", "question", *known])

    @staticmethod
    def _about_own(function: Callable[..., Any] | None, ends: Mapping[str, Sequence[float]]) -> dict[str, Any]:
        detectors = [list(pair) for pair in DETECTORS.items()]
        if function is None:
            if ends:
                raise SettingError(f"expected a function with the sliders {', '.join(ends)}, got none")
            return {"detectors": detectors}
        name = getattr(function, "__name__", "")
        named, sliders = name.isidentifier(), own_sliders(function, ends)
        return {
            "own": True,
            "own_name": f"{name}()" if named else "your function",
            "own_sliders": sliders,
            "own_values": [slider["value"] for slider in sliders],
            "detectors": [["own", f"Your function {name}()" if named else "Your function"], *detectors],
        }

    @property
    def settings(self) -> dict[str, Any]:
        """What the chosen filter is set to, as `arrays` takes it, or as your function does."""
        if self.detector == "own":
            return self._own_options()
        chosen = {name: getattr(self, name) for name in SETTINGS[self.detector]}
        if self.detector == "gabor" and self.sigma is None:
            chosen["sigma"] = 0.56 / self.frequency
        if self.detector == "patch":
            chosen["patch"] = inside(self.patch, self.image.shape)
        return chosen

    @property
    def shown(self) -> dict[str, Array]:
        """What the explorer shows: as `arrays` computes it, or the ``answer`` of your function.

        Raises ``ValueError`` where `arrays` does, and `OwnFunctionError` if your function fails.
        """
        if self.detector == "own":
            return {"answer": self.own_output()}
        return arrays(self.image, self.detector, **self.settings)

    def own_settings(self) -> dict[str, Any]:
        """Return what an answer of your function depends on, as the page writes it."""
        return {"values": self.own_values, "image_id": self.image_id}

    def own_output(self) -> Array:
        """Run your function on the picture."""
        assert self._function is not None
        expected = self.image.shape
        return call_own(self._function, self.image, expected=expected, options=self._own_options(), smaller=True)

    def _own_options(self) -> dict[str, float]:
        titled = zip(self.own_sliders, self.own_values, strict=True)
        return {one["name"]: round(value) if one["whole"] else value for one, value in titled}

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        values = read_picture(proposal["value"], grey=True, limit=LIMIT).values
        return np.nan_to_num(values, nan=0.5, posinf=1.0, neginf=0.0)  # no number: mid grey, as the note says

    @traitlets.validate("detector", "search")
    def _check_choice(self, proposal: Any) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        options = [key for key, _ in (self.detectors if name == "detector" else self.searches)]
        if value == "own" and name == "detector" and value not in options:
            raise SettingError(
                "there is no function of your own to look through; make it FilterExplorer(image, function=…)"
            )
        if value not in options:
            raise SettingError(f"expected {name} as one out of {', '.join(options)}, got {value!r}")
        return str(value)

    @traitlets.validate(*RANGES)
    def _check_number(self, proposal: Any) -> float | None:
        name, value = proposal["trait"].name, proposal["value"]
        if value is None:
            return None
        low, high = RANGES[name]
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

    @traitlets.validate("own_values")
    def _check_values(self, proposal: Any) -> list[float]:
        values = [float(value) for value in proposal["value"]]
        if len(values) != len(self.own_sliders) or not np.isfinite(values).all():
            names = ", ".join(one["name"] for one in self.own_sliders) or "none"
            raise SettingError(f"expected own_values with one number for each slider ({names}), got {values}")
        return values

    def _tell(self) -> None:
        with self.hold_sync():  # one message to the page
            if self._function is not None and (self.detector == "own" or not self.answer):
                self.answer_page()
            high, wide = self.image.shape
            try:
                words = self._in_words()
            except ValueError as error:
                words = f"{error}."
            title = dict(self.detectors)[self.detector]
            self.description = f"{title} on a picture of {high} × {wide} pixels. {words}"

    def _in_words(self) -> str:
        if self.detector == "own":
            return own_words(self.answer["fault"], wire_to_array(self.answer["output"]))
        return in_words(self.detector, self.settings, self.shown)

    def panels(self) -> Sequence[Panel]:
        """Return the picture and the answers for the still picture."""
        mark = tuple(self.settings["patch"]) if self.detector == "patch" else None
        picture = Panel("Picture", self.image, mark=mark)
        if self.detector == "own":
            answer = wire_to_array(self.answer["output"])  # your function does not run once more for it
            return [picture] if answer is None else [picture, Panel("Answer", answer, signed=bool((answer < 0).any()))]
        try:
            return [picture, *still_panels(self.detector, self.shown)]
        except ValueError:
            return [picture]
