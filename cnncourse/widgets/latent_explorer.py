"""A plane of latent numbers to drag in, and the digit that a decoder draws at each place (lesson 11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from cnncourse.decoding import decode, decoder_weights
from cnncourse.widgets._base import Explorer, SettingError, array_to_wire, join_modules, join_styles, wire_to_array
from cnncourse.widgets._still import Panel

__all__ = ["LatentExplorer", "Scene", "arrays", "nearest"]

Array = NDArray[np.float64]
TILES = 9  # digits along each side of the plane
NEAREST = 5
MOST = 8  # latent numbers: a slider each


class Scene(TypedDict):
    """What the explorer shows at one place."""

    digit: Array
    plane: Array


def arrays(weights: Sequence[NDArray[Any]], place: ArrayLike, *, reach: float = 2.7) -> Scene:
    """Compute all that the explorer shows.

    Parameters
    ----------
    weights : sequence of array
        Of a decoder, as `cnncourse.decoding.decoder_weights` gives them.
    place : array, shape (latent,)
        Where to draw.
    reach : float
        How far the plane goes from the middle, in each direction.

    Returns
    -------
    Scene
        The ``digit`` at the place; and the ``plane``, 9 × 9 digits over the first two numbers, the first growing to
        the right and the second upwards, the others as in the place.
    """
    steps = reach * (2 * np.arange(TILES) + 1 - TILES) / TILES
    places = np.tile(np.asarray(place, dtype=float), (TILES * TILES, 1))
    places[:, 0], places[:, 1] = np.tile(steps, TILES), np.repeat(-steps, TILES)
    tiles = decode(weights, places)  # (81, height, width)
    height, width = tiles.shape[1:]
    rows = tiles.reshape(TILES, TILES, height, width).swapaxes(1, 2)
    return Scene(
        digit=decode(weights, np.asarray(place, dtype=float)[None])[0],
        plane=rows.reshape(TILES * height, TILES * width),
    )


def nearest(points: ArrayLike, place: ArrayLike, count: int = NEAREST) -> NDArray[np.intp]:
    """List the known points nearest to a place, the nearest first; of equals the one that comes first.

    Examples
    --------
    >>> nearest([[5.0, 0.0], [1.0, 0.0], [0.0, 2.0]], [0.0, 0.0], 2)
    array([1, 2])
    """
    apart = np.square(np.asarray(points, dtype=float) - np.asarray(place, dtype=float)).sum(axis=1)
    return np.argsort(apart, kind="stable")[:count]


class LatentExplorer(Explorer):
    """Drag through a latent plane, or move its sliders, and the digit of each place is drawn; all of it in the page.

    Parameters
    ----------
    model : Module
        A decoder as `cnncourse.applications.digit_generator.decoder_of` makes it, or a network that holds one.
    points : array, shape (n, latent), optional
        Where known digits lie; in words it is told which are nearest.
    labels : sequence of int, optional
        What each of them is, 0 to 9.
    place : sequence of float, optional
        Where to begin; the middle by default.
    reach : float
        How far the plane and the sliders go.

    Attributes
    ----------
    place : list of float
        Assign to move.

    Raises
    ------
    ValueError
        If the decoder is of another build, has fewer than 2 or more than 8 latent numbers, or place, points and labels
        do not fit it.
    """

    _esm = join_modules("latent_explorer.js")
    _css = join_styles("explorer.css")

    weights = traitlets.Any().tag(sync=True, to_json=lambda weights, _: array_to_wire(_row(weights)))
    shapes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    points = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    labels = traitlets.Unicode("").tag(sync=True)
    place: traitlets.List[float] = traitlets.List(traitlets.Float()).tag(sync=True)
    reach = traitlets.Float(2.7).tag(sync=True)
    tiles = traitlets.Int(TILES).tag(sync=True)

    def __init__(
        self,
        model: Any,
        points: ArrayLike | None = None,
        labels: Sequence[int] | None = None,
        *,
        place: Sequence[float] | None = None,
        reach: float = 2.7,
    ) -> None:
        weights = decoder_weights(model)
        latent = weights[0].shape[1]
        if not 2 <= latent <= MOST:
            raise SettingError(f"expected a decoder of 2 to {MOST} latent numbers, got {latent}: a plane needs two")
        known, names = _known(points, labels, latent)
        super().__init__(
            weights=weights,
            shapes=[list(part.shape) for part in weights],
            points=known,
            labels=names,
            reach=reach,
            place=[0.0] * latent if place is None else [float(one) for one in place],
        )
        self._tell()
        self.observe(lambda change: self._tell(), ["place"])

    @property
    def digit(self) -> Array:
        """The digit drawn at the place, shape (28, 28), in [0, 1]."""
        return decode(self.weights, [self.place])[0]

    @traitlets.validate("reach")
    def _check_reach(self, proposal: Any) -> float:
        if not 0 < proposal["value"] <= 10:
            raise SettingError(f"expected a reach above 0 and up to 10, got {proposal['value']}: digits lie within 3")
        return float(proposal["value"])

    @traitlets.validate("place")
    def _check_place(self, proposal: Any) -> list[float]:
        place = proposal["value"]
        latent = self.shapes[0][1]
        if len(place) != latent or not np.isfinite(place).all():
            raise SettingError(f"expected a place of {latent} finite numbers, got {list(place)}")
        return [float(one) for one in place]

    def _tell(self) -> None:
        where = ", ".join(f"{one:.2f}".replace("-", "−") for one in self.place)
        words = f"A digit drawn at the place {where} of {len(self.place)} latent numbers."
        if self.points is not None:
            near = ", ".join(self.labels[at] for at in nearest(self.points, self.place))
            words += f" The nearest known digits are {near}."
        self.description = words

    def panels(self) -> Sequence[Panel]:
        """Return the plane, with a frame at the place, and the digit."""
        scene = arrays(self.weights, self.place, reach=self.reach)
        side = len(scene["plane"])
        column, row = ((1 + way * one / self.reach) * side / 2 for way, one in zip((1, -1), self.place, strict=False))
        half = side // TILES // 2
        frame = (round(row) - half, round(column) - half, 2 * half, 2 * half)
        return [Panel("The latent plane", scene["plane"], mark=frame), Panel("Drawn here", scene["digit"])]


def _row(weights: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([part.reshape(-1) for part in weights])


def _known(points: ArrayLike | None, labels: Sequence[int] | None, latent: int) -> tuple[Array | None, str]:
    if points is None:
        return None, ""
    found = np.asarray(points, dtype=float)
    names = "".join(str(int(label)) for label in (() if labels is None else labels))
    if found.ndim != 2 or found.shape[1] != latent or len(names) != len(found):
        raise SettingError(
            f"expected points of shape (n, {latent}) and as many labels from 0 to 9, got shape {found.shape} and "
            f"{len(names)} labels"
        )
    return found, names
