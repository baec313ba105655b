"""The settings of the dream explorer: what may be chosen, and what is refused with advice."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.widgets._base import Explorer, SettingError, Whole, array_to_wire, wire_to_array
from cnncourse.widgets._dream_runs import Wish
from cnncourse.widgets._pictures import read_picture

Array = NDArray[np.float64]
LIMIT = 262_144  # pixels of a picture: 512 × 512
MOST_OCTAVES, MOST_STRENGTH = 6, 0.03
SETTINGS = ("layer", "channel", "octaves", "strength")


class DreamSettings(Explorer):
    """Picture, layer, map, octaves and strength, each checked."""

    _taking = False  # whether what the page wishes is being written

    image = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    layers: traitlets.List[Any] = traitlets.List().tag(sync=True)
    layer = traitlets.Unicode().tag(sync=True)
    channel = Whole(-1, least=-1, why="maps are counted from 0, and -1 stands for all of them").tag(sync=True)
    octaves = Whole(4, least=1, why="the picture itself is one").tag(sync=True)
    strength = traitlets.Float(0.012).tag(sync=True)
    limits = traitlets.Dict({"octaves": MOST_OCTAVES, "strength": MOST_STRENGTH, "pixels": LIMIT}).tag(sync=True)
    network = traitlets.Unicode().tag(sync=True)

    @property
    def wish(self) -> Wish:
        """What the settings say."""
        return Wish(self.layer, self.channel, self.octaves, self.strength)

    @traitlets.validate("image")
    def _check_image(self, proposal: Any) -> Array:
        return np.clip(read_picture(proposal["value"], grey=False, limit=LIMIT, unit=True).values, 0, 1)

    @traitlets.validate("layer")
    def _check_layer(self, proposal: Any) -> str:
        names = [layer["name"] for layer in self.layers]
        if proposal["value"] not in names:
            near = difflib.get_close_matches(str(proposal["value"]), names, n=1, cutoff=0.4)
            advice = f"; did you mean {near[0]!r}?" if near else ""
            raise SettingError(f"expected a layer out of {', '.join(names)}; got {proposal['value']!r}{advice}")
        return str(proposal["value"])

    @traitlets.validate("channel")
    def _check_channel(self, proposal: Any) -> int:
        count = next((layer["count"] for layer in self.layers if layer["name"] == self.layer), np.inf)
        if proposal["value"] >= count:
            raise SettingError(f"expected a map of {self.layer} from 0 to {count - 1}, or -1; got {proposal['value']}")
        return int(proposal["value"])

    @traitlets.validate("octaves")
    def _check_octaves(self, proposal: Any) -> int:
        if proposal["value"] > MOST_OCTAVES:
            raise SettingError(f"expected 1 to {MOST_OCTAVES} octaves, got {proposal['value']}; try 4")
        return int(proposal["value"])

    @traitlets.validate("strength")
    def _check_strength(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= MOST_STRENGTH:
            raise SettingError(f"expected a strength from 0 to {MOST_STRENGTH}, got {proposal['value']}; try 0.012")
        return float(proposal["value"])

    def _take(self, settings: dict[str, Any]) -> None:
        def assign() -> None:
            self.channel = -1  # a map of the old layer may not be one of the new
            for name in SETTINGS:
                setattr(self, name, settings[name])

        self._without(assign)

    def _without(self, act: Callable[[], None]) -> None:
        """Assign settings without a preview of each."""
        before, self._taking = self._taking, True
        try:
            act()
        finally:
            self._taking = before
