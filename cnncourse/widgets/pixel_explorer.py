"""A picture under a magnifying glass: values, arithmetic, and six challenges that leave its name alone (lesson 01)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.challenges import CHALLENGES, challenge, pixel_distance
from cnncourse.images import to_grey
from cnncourse.widgets._base import Explorer, SettingError, array_to_wire, join_modules, join_styles, wire_to_array
from cnncourse.widgets._pictures import Picture, read_picture
from cnncourse.widgets._still import Panel

__all__ = ["PixelExplorer", "Pixels", "arithmetic", "arrays"]

Array = NDArray[np.float64]
LIMIT = 160_000  # pixels that a page can change anew while a slider is dragged
FLIPS = ("none", "left-right", "up-down")
CHANNELS = ("colour", "red", "green", "blue", "grey")
CHALLENGE_NAMES = tuple(CHALLENGES)


class Pixels(TypedDict):
    """What the explorer shows: both pictures in the chosen channel, and how far apart they are."""

    original: Array
    changed: Array
    distance: float


def arithmetic(
    image: ArrayLike, *, brightness: float = 0.0, contrast: float = 1.0, invert: bool = False, flip: str = "none"
) -> Array:
    """Change a picture by arithmetic on its pixels (lesson 01).

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture; it stays as it is.
    brightness : float
        Added to every pixel.
    contrast : float
        Factor by which every pixel is moved away from mid grey.
    invert : bool
        Whether to make the negative.
    flip : {"none", "left-right", "up-down"}
        How to mirror it.

    Returns
    -------
    array, same shape
        The changed picture, cut to 0..1 where brightness or contrast took it outside.

    Raises
    ------
    ValueError
        If `flip` is none of the three.

    Examples
    --------
    >>> arithmetic([[0.25, 1.0]], brightness=0.25, flip="left-right")
    array([[1. , 0.5]])
    """
    if flip not in FLIPS:
        raise SettingError(f"expected a flip out of {', '.join(FLIPS)}, got {flip!r}")
    picture = np.array(image, dtype=float)
    if contrast != 1 or brightness != 0:
        picture = np.clip((picture - 0.5) * contrast + 0.5 + brightness, 0, 1)
    if invert:
        picture = 1 - picture
    return {"none": picture, "left-right": picture[:, ::-1], "up-down": picture[::-1]}[flip]


def arrays(image: ArrayLike, *, channel: str = "colour", **changes: Any) -> Pixels:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture.
    channel : {"colour", "red", "green", "blue", "grey"}
        What to show of a colour picture.
    **changes
        Amounts of `cnncourse.challenges.CHALLENGES` by name, done in that order, and then what `arithmetic` takes.

    Returns
    -------
    Pixels
        ``original`` and ``changed`` in the chosen channel, and the ``distance`` of the whole pictures.

    Examples
    --------
    >>> arrays([[0.0, 1.0]], invert=True)["distance"]
    1.0
    """
    picture = np.asarray(image, dtype=float)
    changed = picture
    for name in CHALLENGE_NAMES:
        changed = challenge(changed, name, changes.pop(name, 0.0))
    changed = arithmetic(changed, **changes)
    distance = pixel_distance(picture, changed)
    return Pixels(original=_channel(picture, channel), changed=_channel(changed, channel), distance=distance)


class PixelExplorer(Explorer):
    """A picture and a changed copy: zoom, read values, do arithmetic, and meet the six challenges; in the page.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        The picture. Whole numbers are divided by the largest of their type.
    label : str
        What it shows, such as ``"cat"``: the word that stays while the pixels change.

    Attributes
    ----------
    brightness, contrast, invert, flip, channel
        As in `arithmetic` and `arrays`; assign to change them.
    viewpoint, illumination, deformation, occlusion, clutter, variation : float, in [0, 1]
        Amounts of the six challenges.
    cursor : (int, int)
        Row and column of the pixel that is read.
    distance : float
        How far the changed picture is from the original.

    Raises
    ------
    ValueError
        If the picture, or a setting, is not what it should be.

    Examples
    --------
    >>> explorer = PixelExplorer([[0.0, 1.0]])
    >>> explorer.invert = True
    >>> explorer.distance
    1.0
    """

    _esm = join_modules("pixel_explorer.js")
    _css = join_styles("explorer.css", "pixel_explorer.css")

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    range = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 1.0)).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    cursor = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    brightness = traitlets.Float(0.0).tag(sync=True)
    contrast = traitlets.Float(1.0).tag(sync=True)
    invert = traitlets.Bool(False).tag(sync=True)
    flip = traitlets.Enum(FLIPS, default_value="none").tag(sync=True)
    channel = traitlets.Enum(CHANNELS, default_value="colour").tag(sync=True)
    viewpoint = traitlets.Float(0.0).tag(sync=True)
    illumination = traitlets.Float(0.0).tag(sync=True)
    deformation = traitlets.Float(0.0).tag(sync=True)
    occlusion = traitlets.Float(0.0).tag(sync=True)
    clutter = traitlets.Float(0.0).tag(sync=True)
    variation = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, image: Any, *, label: str = "") -> None:
        picture = read_picture(image, grey=False, limit=LIMIT, unit=True)
        height, width = picture.values.shape[:2]
        super().__init__(
            image=picture.values,
            range=_range(picture.values),
            label=label,
            note=" ".join(filter(None, [picture.note, _range_words(picture)])),
            cursor=(height // 2, width // 2),
        )
        self._describe()
        self.observe(lambda change: self._describe(), ["image", "label", "cursor", *self.settings])

    @property
    def settings(self) -> dict[str, Any]:
        """All that changes the picture, as `arrays` takes it."""
        names = ("brightness", "contrast", "invert", "flip", "channel", *CHALLENGE_NAMES)
        return {name: getattr(self, name) for name in names}

    @property
    def changed(self) -> Array:
        """The changed picture, in the chosen channel."""
        return arrays(self.image, **self.settings)["changed"]

    @property
    def distance(self) -> float:
        """Mean absolute difference between the changed picture and the original."""
        return arrays(self.image, **self.settings)["distance"]

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        return read_picture(proposal["value"], grey=False, limit=LIMIT, unit=True).values

    @traitlets.validate(*CHALLENGE_NAMES)
    def _check_amount(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= 1:
            raise SettingError(f"expected {proposal['trait'].name} from 0 (unchanged) to 1, got {proposal['value']}")
        return float(proposal["value"])

    def _describe(self) -> None:
        height, width = self.image.shape[:2]
        kind = "colour" if self.image.ndim == 3 else "grey"
        name = f"of “{self.label}” " if self.label else ""
        changes = [f"{key} {value}" for key, value in self.settings.items() if value not in _AT_REST[key]]
        how = f", changed by {', '.join(changes)}" if changes else ", unchanged"
        self.description = f"A {kind} picture {name}with {height} rows and {width} columns of pixels{how}."

    def panels(self) -> Sequence[Panel]:
        """Return the original, and the changed picture if it differs, for the still picture."""
        shown = arrays(self.image, **self.settings)
        original = Panel("Original", shown["original"])
        if shown["distance"] == 0:
            return [original]
        return [original, Panel(f"Changed: pixel distance {shown['distance']:.3f}", shown["changed"])]


_AT_REST: dict[str, tuple[Any, ...]] = {
    "contrast": (1.0,),
    "flip": ("none",),
    "channel": ("colour",),
    "invert": (False,),
    "brightness": (0.0,),
    **dict.fromkeys(CHALLENGE_NAMES, (0.0,)),
}


def _channel(image: Array, channel: str) -> Array:
    if channel not in CHANNELS:
        raise SettingError(f"expected a channel out of {', '.join(CHANNELS)}, got {channel!r}")
    if image.ndim == 2 or channel == "colour":
        return image
    return to_grey(image) if channel == "grey" else image[:, :, CHANNELS.index(channel) - 1]


def _range(values: Array) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if finite.size == 0 or (finite.min() >= 0 and finite.max() <= 1):
        return 0.0, 1.0
    most = float(np.abs(finite).max())
    return (-most, most) if finite.min() < 0 else (0.0, most)


def _range_words(picture: Picture) -> str:
    low, high = _range(picture.values)
    if (low, high) == (0.0, 1.0):
        return ""
    return f"The values leave 0 to 1, so {low:g} to {high:g} is shown. Brightness and contrast cut them to 0 to 1."
