"""A photograph, a Gaussian blur with its strength on a slider, and the edges that survive it (lesson 02)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, cast

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.convolution import correlate
from cnncourse.kernels import IDENTITY, SOBEL_X, SOBEL_Y, gaussian
from cnncourse.widgets._base import (
    Explorer,
    SettingError,
    array_to_wire,
    join_modules,
    join_styles,
    wire_to_array,
)
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

__all__ = ["BlurExplorer", "Blurred", "arrays"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels that a page can blur anew while a slider is dragged
STRONGEST = 12.0  # pixels
SHOWS = {"blurred": "blurred", "edges": "edges after the blur", "removed": "what the blur removed"}


class Blurred(TypedDict):
    """What the explorer shows for one strength."""

    kernel: Array
    blurred: Array
    edges: Array
    removed: Array


def arrays(image: ArrayLike, sigma: float) -> Blurred:
    """Compute all that the explorer shows.

    Parameters
    ----------
    image : array, shape (height, width)
        The picture; beyond its border the last pixels are copied outwards.
    sigma : float, pixels
        Strength of the blur; 0 leaves the picture as it is.

    Returns
    -------
    Blurred
        ``kernel``; the ``blurred`` picture; the strength of its ``edges``, by Sobel's kernels in both directions; and
        what was ``removed``, the picture minus the blurred one.

    Examples
    --------
    >>> arrays([[0, 0, 4, 4]], 0)["edges"]
    array([[ 0., 16., 16.,  0.]])
    """
    picture = np.asarray(image, dtype=float)
    kernel = gaussian(sigma) if sigma > 0 else IDENTITY[1:2, 1:2]
    blurred = correlate(picture, kernel, padding=kernel.shape[0] // 2, mode="replicate")
    across, down = (correlate(blurred, sobel, padding=1, mode="replicate") for sobel in (SOBEL_X, SOBEL_Y))
    return Blurred(kernel=kernel, blurred=blurred, edges=np.hypot(across, down), removed=picture - blurred)


class BlurExplorer(Explorer):
    """A photograph beside its blurred form, or its edges, or what the blur removed; drawn in the page.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        The picture. Colour is turned into brightness.
    sigma : float, pixels, in [0, 12]
        Strength of the blur: the standard deviation of the Gaussian kernel.
    show : {"blurred", "edges", "removed"}
        What stands beside the picture.

    Attributes
    ----------
    image, sigma, show
        What is shown; assign to change it.

    Raises
    ------
    ValueError
        If picture, strength or view are not what they should be.

    Examples
    --------
    >>> BlurExplorer([[0.0, 0.0, 1.0, 1.0]], sigma=0).result
    array([[0., 0., 1., 1.]])
    """

    _esm = join_modules("blur_explorer.js")
    _css = join_styles("explorer.css")

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    sigma = traitlets.Float(2.0).tag(sync=True)
    show = traitlets.Unicode("blurred").tag(sync=True)
    shows = traitlets.Dict(SHOWS).tag(sync=True)
    strongest = traitlets.Float(STRONGEST).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(self, image: Any, *, sigma: float = 2.0, show: str = "blurred") -> None:
        picture = read_picture(image, grey=True, limit=LIMIT)
        super().__init__(image=picture.values, sigma=sigma, show=show, note=picture.note)
        self._tell()
        self.observe(lambda change: self._tell(), ["image", "sigma", "show"])

    @property
    def result(self) -> Array:
        """The picture on the right: blurred, its edges, or what was removed."""
        return cast("dict[str, Array]", arrays(self.image, self.sigma))[self.show]

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        return read_picture(proposal["value"], grey=True, limit=LIMIT).values

    @traitlets.validate("sigma")
    def _check_sigma(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= STRONGEST:
            raise SettingError(f"expected sigma from 0 to {STRONGEST:g} pixels, got {proposal['value']!r}; try 2")
        return float(proposal["value"])

    @traitlets.validate("show")
    def _check_show(self, proposal: Any) -> str:
        if proposal["value"] not in SHOWS:
            raise SettingError(f"expected show as one out of {', '.join(SHOWS)}, got {proposal['value']!r}")
        return str(proposal["value"])

    def _tell(self) -> None:
        high, wide = self.image.shape
        side = 2 * int(np.ceil(3 * self.sigma)) + 1
        self.description = (
            f"A picture of {high} × {wide} pixels, and beside it: {SHOWS[self.show]}. "
            f"The blur has sigma {self.sigma:g}, a kernel of {side} × {side}."
        )

    def panels(self) -> Sequence[Panel]:
        """Return the picture and the result for the still picture."""
        title = SHOWS[self.show].capitalize()
        return [Panel("Picture", self.image), Panel(title, self.result, signed=self.show == "removed")]
