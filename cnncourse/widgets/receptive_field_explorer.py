"""What one value of a stack of layers sees of a picture, walked back layer by layer (lesson 05)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.layer_records import FIELDS, read_layer
from cnncourse.widgets._base import (
    Explorer,
    SettingError,
    Whole,
    array_to_wire,
    join_modules,
    join_styles,
    wire_to_array,
)
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._receptive_field import SLIDERS, Walked, arrays, count, in_words
from cnncourse.widgets._still import Panel

__all__ = ["PRESETS", "ReceptiveFieldExplorer", "arrays"]

Array = NDArray[np.float64]
Record = dict[str, Any]
LIMIT = 65_536  # pixels of a picture
MOST_LAYERS = 24
_CONV: Record = {"kind": "convolution", "filters": 1}
_POOL: Record = {"kind": "pooling"}
_VGG: list[Record] = [layer for many in (2, 2, 3, 3, 3) for layer in [*[{**_CONV, "padding": 1}] * many, _POOL]]
PRESETS: dict[str, list[Record]] = {
    name: [read_layer(layer) for layer in layers]
    for name, layers in {
        "kernel 3, pooling 2": [_CONV, _POOL],
        "and pooling 2 once more": [_CONV, _POOL, _POOL],
        "three 3 × 3": [_CONV] * 3,
        "one 7 × 7": [{**_CONV, "kernel": 7}],
        "five pairs": [_CONV, _POOL] * 5,
        "VGG-16": _VGG,
    }.items()
}


class ReceptiveFieldExplorer(Explorer):
    """Point at a value of a stack of layers and see what it sees, on every level down to the picture; runs in the page.

    Parameters
    ----------
    image : path or array, shape (height, width), (height, width, 3) or (height, width, 4)
        The picture. Colour is turned into brightness.
    layers : str, sequence of mappings, or Sequential
        A name out of `PRESETS`; records of convolutions and poolings, as `cnncourse.layer_records.read_layer` takes
        them; or a network of your own, of which the layers that slide before a `Flatten` are taken.
    depth : int, optional
        Up to which layer, counted from 1; all of them by default.
    place : (int, int), optional
        Row and column of the value; the middle by default.

    Attributes
    ----------
    image, layers, depth, place
        What is shown; assign to change it.

    Raises
    ------
    ValueError
        If the picture or a layer is none. Layers that do not fit explain themselves in the explorer.

    Examples
    --------
    >>> explorer = ReceptiveFieldExplorer(np.eye(7), "kernel 3, pooling 2", place=(0, 1))
    >>> explorer.walked.rows[0], explorer.walked.columns[0]
    ((0, 3), (2, 5))
    """

    _esm = join_modules("receptive_field_explorer.js")
    _css = join_styles("explorer.css", "receptive_field_explorer.css")

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    layers = traitlets.Any().tag(sync=True)
    depth = Whole(1, least=1, why="layers are counted from 1").tag(sync=True)
    place = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    limits = traitlets.Dict({name: list(FIELDS[name]) for name in SLIDERS}).tag(sync=True)
    presets = traitlets.List([{"name": name, "layers": layers} for name, layers in PRESETS.items()]).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self, image: Any, layers: Any = "five pairs", *, depth: int | None = None, place: tuple[int, int] | None = None
    ) -> None:
        picture = read_picture(image, grey=True, limit=LIMIT, unit=True)
        super().__init__(image=picture.values, layers=layers, note=picture.note)
        self.depth = len(self.layers) if depth is None else depth
        middle = [size // 2 for size in self._shown_shape()]
        self.place = (middle[0], middle[1]) if place is None else place
        self._tell()
        self.observe(lambda change: self._tell(), ["image", "layers", "depth", "place"])

    @property
    def walked(self) -> Walked:
        """What is shown, as `arrays` computes it; raises ``ValueError`` where a layer does not fit."""
        return arrays(self.image, self.layers[: self.depth], self.place)

    def _shown_shape(self) -> tuple[int, ...]:
        counted = count(self.image.shape, self.layers[: self.depth])
        return counted.layers[-1].shape[1:] if counted.layers and not counted.refused else self.image.shape

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        values = read_picture(proposal["value"], grey=True, limit=LIMIT, unit=True).values
        return np.nan_to_num(values, nan=0.5, posinf=1.0, neginf=0.0)  # no number: mid grey, as the note says

    @traitlets.validate("layers")
    def _check_layers(self, proposal: Any) -> list[Record]:
        try:
            layers = [read_layer({**layer, **_one_filter(layer)}) for layer in _sliding(proposal["value"])]
        except (TypeError, AttributeError, ValueError) as error:
            raise SettingError(f"{error}; expected layers such as {{'kind': 'pooling', 'kernel': 2}}") from error
        if not 1 <= len(layers) <= MOST_LAYERS:
            raise SettingError(
                f"expected 1 to {MOST_LAYERS} convolutions and poolings, got {len(layers)}; "
                "what comes behind a flatten sees the whole picture and does not count"
            )
        return layers

    def _tell(self) -> None:
        self.description = in_words(self.image.shape, self.layers, self.depth, self.place)

    def panels(self) -> Sequence[Panel]:
        """Return the map and the picture with what is seen for the still picture."""
        try:
            walked = self.walked
        except ValueError:
            return [Panel("Picture", self.image)]
        (top, bottom), (left, right) = walked.rows[0], walked.columns[0]
        block = (top, left, bottom - top + 1, right - left + 1)
        value = (walked.rows[-1][0], walked.columns[-1][0], 1, 1)
        depth = len(walked.maps) - 1
        return [Panel(f"Layer {depth}", walked.maps[-1], mark=value), Panel("Picture", self.image, mark=block)]


def _sliding(layers: Any) -> list[Mapping[str, Any]]:
    """Return the layers that slide, up to the first that does not leave maps."""
    if isinstance(layers, str):
        if layers not in PRESETS:
            raise SettingError(f"expected layers, a network, or a name out of {', '.join(PRESETS)}; got {layers!r}")
        return list(PRESETS[layers])
    if type(layers).__module__.startswith("torch."):
        from cnncourse.widgets._torch_layers import read

        layers = read(layers)
    kinds = [layer.get("kind") for layer in layers]
    ends = [place for place, kind in enumerate(kinds) if kind in ("flatten", "dense")]
    return [layer for layer in layers[: min(ends, default=len(layers))] if layer.get("kind") != "activation"]


def _one_filter(layer: Mapping[str, Any]) -> Record:
    return {"filters": 1} if layer.get("kind") == "convolution" else {}  # how many there are does not matter here
