"""Every feature map of a network, and what each of its values sees of the picture (lesson 07)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
from cnncourse.widgets._feature_maps import LayerMaps, record_picture
from cnncourse.widgets._looking import Seen, fitted, look
from cnncourse.widgets._own_function import OwnFunctionError
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel

if TYPE_CHECKING:
    from torch import nn

__all__ = ["FeatureMapExplorer", "look"]

Array = NDArray[np.float64]
LIMIT = 65_536  # pixels of a picture


class FeatureMapExplorer(Explorer):
    """Point at a value of any feature map of a network and see what it sees of the picture.

    The maps of one picture are recorded and travel with the page, so that it needs no kernel. Another picture, or other
    weights, are recorded anew by the kernel.

    Parameters
    ----------
    network : Module
        Any network that has layers with feature maps.
    image : path or array, shape (height, width) or (height, width, 3), in [0, 1]
        A picture of the size that the network takes.
    layers : sequence of str, optional
        Names of layers, as `cnncourse.activations.layer_names` lists them; by default all that give maps and hold no
        others.
    classes : sequence of str
        Names of the classes, for what the network says.
    layer : str, optional
        The layer shown first; the first one by default.
    chosen : int
        Which of its maps.
    place : (int, int), optional
        Row and column of the value looked at; by default the largest of the map.

    Attributes
    ----------
    image, layer, chosen, place
        What is shown; assign to change it.

    Raises
    ------
    ValueError
        If the picture or a setting is not what it should be. A network that fails on a later picture says so in the
        explorer.
    OwnFunctionError
        If the network fails on the first picture.
    """

    _esm = join_modules("feature_map_explorer.js")
    _css = join_styles("explorer.css", "feature_map_explorer.css")

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    layers: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    says: traitlets.List[Any] = traitlets.List().tag(sync=True)
    layer = traitlets.Unicode("").tag(sync=True)
    chosen = Whole(0, least=0, why="maps are counted from 0").tag(sync=True)
    place = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    question = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        network: nn.Module,
        image: Any,
        layers: Sequence[str] | None = None,
        *,
        classes: Sequence[str] = (),
        layer: str | None = None,
        chosen: int = 0,
        place: tuple[int, int] | None = None,
    ) -> None:
        picture = read_picture(image, grey=False, limit=LIMIT, unit=True)
        self._network, self._classes, self._wanted = network, tuple(classes), layers
        self._record(picture.values)
        records, values = self._recorded.wire()
        super().__init__(
            image=picture.values,
            layers=records,
            values=values,
            says=[list(pair) for pair in self._recorded.says],
            note=picture.note,
        )
        self.layer = records[0]["name"] if layer is None else layer
        self.chosen = chosen
        self.place = self._strongest() if place is None else place
        self._tell()
        self.observe(lambda change: self._show(), "image")
        self.observe(self._answer_page, "question")
        self.observe(lambda change: self._tell(), ["layer", "chosen", "place"])

    @property
    def shown(self) -> Seen:
        """The value that is looked at, and what it sees."""
        return look(self.image, self._layer(), self._map(), self.place)

    def refresh(self) -> None:
        """Record anew with the weights that the network has now; training changes them behind the explorer's back."""
        self._record(self.image)
        self._show()

    def _layer(self) -> LayerMaps:
        return next(layer for layer in self._recorded.layers if layer.name == self.layer)

    def _map(self) -> Array:
        maps = self._recorded.maps[self.layer]
        return maps[min(self.chosen, len(maps) - 1)]

    def _strongest(self) -> tuple[int, int]:
        row, column = np.unravel_index(int(np.argmax(self._map())), self._map().shape)
        return int(row), int(column)

    def _record(self, image: Array) -> None:
        self._recorded = record_picture(self._network, image, self._wanted, self._classes)
        self._of = image.tobytes()

    def _show(self) -> None:
        with self.hold_sync():  # one message to the page
            self.layers, self.values = self._recorded.wire()
            self.says = [list(pair) for pair in self._recorded.says]
            self._tell()

    def _answer_page(self, change: Any) -> None:
        """Take the picture that the page sends, in the size of the one before, or say why not."""
        asked, shape = self.question, self.image.shape[:2]
        fault, note = None, self.note
        with self.hold_sync():
            try:
                given = read_picture(wire_to_array(asked["picture"]), grey=False, limit=4 * LIMIT, unit=True).values
                self.image = fitted(given, (shape[0], shape[1]))
                note = str(asked.get("note", ""))
            except OwnFunctionError as error:
                fault = {**error.fault, "name": type(self._network).__name__}
            except ValueError as error:
                note = f"{error}."
            self.note = note
            self.answer = {"id": asked.get("id", ""), "fault": fault}

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        image = read_picture(proposal["value"], grey=False, limit=LIMIT, unit=True).values
        if image.tobytes() != self._of:
            self._record(image)  # before the picture is taken: a network that fails on it leaves all as it was
        return image

    @traitlets.validate("layer")
    def _check_layer(self, proposal: Any) -> str:
        names = [record["name"] for record in self.layers]
        if proposal["value"] not in names:
            raise SettingError(f"expected a layer out of {', '.join(names)}; got {proposal['value']!r}")
        return str(proposal["value"])

    def _tell(self) -> None:
        layer, seen = self._layer(), self.shown
        count, rows, columns = layer.shape
        top, left, height, width = seen.box
        says = ", ".join(f"{name} ({share:.0%})" for name, share in self._recorded.says)
        self.description = (
            f"Layer {layer.name} ({layer.kind}) gives {count} maps of {rows} × {columns} values. "
            f"Map {min(self.chosen, count - 1)}, row {seen.place[0]}, column {seen.place[1]}: {seen.value:.3g}. "
            f"It sees {height} × {width} pixels of the picture, from row {top} and column {left} on."
            + (f" The network says {says}." if says else "")
        )

    def panels(self) -> Sequence[Panel]:
        """Return the picture with the field outlined, the map, and what the value sees, for the still picture."""
        seen, values = self.shown, self._map()
        row, column = seen.place
        most = float(np.abs(values).max()) or 1.0
        signed = bool(values.min() < 0)
        panels = [
            Panel("Picture", np.clip(self.image, 0, 1), mark=seen.box),
            Panel(f"{self.layer}, map {self.chosen}", values / most, signed=signed, mark=(row, column, 1, 1)),
        ]
        return [*panels, Panel("What the value sees", np.clip(seen.crop, 0, 1))] if seen.crop.size else panels
