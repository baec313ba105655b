"""A photograph that dreams: layer, map, octaves and strength on sliders, with a preview while they move (lesson 08)."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.widgets._base import array_to_wire, join_modules, join_styles, wire_to_array
from cnncourse.widgets._dream_background import Night, dream_in_steps
from cnncourse.widgets._dream_runs import STEPS, Wish, offered_layers, on_record, preview
from cnncourse.widgets._dream_settings import LIMIT, SETTINGS, DreamSettings
from cnncourse.widgets._pictures import read_picture
from cnncourse.widgets._still import Panel
from cnncourse.widgets._training_background import running_loop
from cnncourse.widgets._training_watch import fault_in

if TYPE_CHECKING:
    from torch import nn

__all__ = ["DreamExplorer"]

Array = NDArray[np.float64]
ROOM = 512  # pixels up to which a picture too small for the network may be enlarged


class DreamExplorer(DreamSettings):
    """Deep Dream under the hand: a small preview while a slider moves, the whole picture when it is let go.

    In JupyterLab the dream runs in the background of the notebook and can be cancelled, which keeps the octaves that
    are whole. A page without a kernel shows the last picture, and walks through those that `record` has kept.

    Parameters
    ----------
    network : Module
        Any network that takes pictures in [0, 1]; it is left as it was.
    image : path or array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture.
    layers : sequence of str, optional
        Names of layers to choose from; by default the parts that the network is made of.
    classes : sequence of str
        Names of the classes.
    layer : str, optional
        The layer chosen first; the last but one by default.
    title : str
        What to call the network; its class by default.

    Attributes
    ----------
    image, layer, channel, octaves, strength
        What is dreamt; assign to change it. Channel -1 stands for all maps of the layer.
    picture : array, shape (height, width, 3) or (height, width)
        The newest picture.

    Raises
    ------
    ValueError
        If there is no such layer, or picture or setting are not what they should be.
    """

    _esm = join_modules("dream_explorer.js")
    _css = join_styles("explorer.css", "dream_explorer.css")

    result = traitlets.Any().tag(sync=True, to_json=array_to_wire, from_json=wire_to_array)
    shown = traitlets.Dict().tag(sync=True)
    fault = traitlets.Dict().tag(sync=True)
    recorded: traitlets.List[Any] = traitlets.List().tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        network: nn.Module,
        image: Any,
        layers: Sequence[str] | None = None,
        *,
        classes: Sequence[str] = (),
        layer: str | None = None,
        title: str = "",
    ) -> None:
        picture = read_picture(image, grey=False, limit=LIMIT, unit=True)
        self._model, self._loop = network, running_loop()
        self._night: Night | None = None
        self._task: asyncio.Task[None] | None = None
        self._inbox: deque[dict[str, Any]] = deque()
        offered = offered_layers(network, layers, classes)
        chosen = offered[max(0, len(offered) - 2)]["name"] if layer is None else layer
        name = title or type(network).__name__
        super().__init__(image=picture.values, layers=offered, network=name, note=picture.note, layer=chosen)
        self._preview("")
        self.on_msg(self._hear)
        self.observe(self._assigned, [*SETTINGS, "image"])

    @property
    def picture(self) -> Array:
        """The newest picture."""
        return np.asarray(self.result)

    def dream(self) -> Array:
        """Dream the whole picture here and now, and show it.

        Returns
        -------
        array, shape (height, width, 3) or (height, width), in [0, 1]
        """
        self._leave()
        night = self._begin()
        while night.state == "dreaming":
            night.step()
        self._tell(night, "")
        return self.picture

    def record(
        self,
        strengths: Sequence[float] = (0.004, 0.012, 0.02),
        *,
        channels: Mapping[str, int | Sequence[int]] | None = None,
        octaves: Sequence[int] = (),
        progress: bool = False,
    ) -> None:
        """Keep dreams of every layer, at each strength and in each number of octaves, for a page without a kernel.

        Parameters
        ----------
        strengths : sequence of float, in (0, 0.03]
            How far a step goes.
        channels : mapping of str to int or sequence of int, optional
            Which map or maps of a layer, by its name; all of them together by default.
        octaves : sequence of int, optional
            Numbers of octaves; the one that is set by default.
        progress : bool
            Whether to show a progress bar.
        """
        asked = [(one["name"], np.atleast_1d((channels or {}).get(one["name"], -1))) for one in self.layers]
        maps = [(name, int(channel)) for name, chosen in asked for channel in chosen]
        ways = list(itertools.product(maps, octaves or (self.octaves,), strengths))
        wishes = [Wish(name, channel, int(many), float(strength)) for (name, channel), many, strength in ways]
        self.recorded = on_record(self._model, self.image, wishes, progress=progress)

    def _assigned(self, change: Any) -> None:
        """Show a preview of what Python has assigned; the page asks for its own, in a message."""
        if self._taking:
            return
        if change["name"] == "layer":
            self._without(lambda: self.set_trait("channel", -1))  # the new layer may have no such map
        self._leave()
        self._preview("")

    # --- the page -----------------------------------------------------------------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page has set, such as its own picture."""
        self._without(lambda: super(DreamExplorer, self).set_state(sync_data))

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        # JupyterLab's messages may arrive in a thread of their own. Only the notebook's main thread runs the network.
        self._inbox.append(message)
        if self._loop is None:
            self._obey()
        else:
            self._loop.call_soon_threadsafe(self._obey)

    def _obey(self) -> None:
        while self._inbox:
            message = self._inbox.popleft()
            if message["do"] == "cancel" and self._night is not None:
                self._night.cancel()  # its task shows what there is
            elif message["do"] in ("preview", "dream"):
                self._leave()
                self._take(message["settings"])
                answer = self._preview if message["do"] == "preview" else self._start
                answer(str(message["id"]))

    def _preview(self, question: str) -> None:
        try:
            picture = preview(self._model, self.image, self.wish)
        except Exception as error:  # the learner's own network may do anything; the page shows it
            self._show(self.image, {"id": question, "kind": "fault"}, fault_in(error, self._model))
        else:
            recipe = {"preview": True, "network": self.network, "size": list(picture.shape[:2]), **asdict(self.wish)}
            self._show(picture, {"id": question, "kind": "preview"}, recipe=recipe)

    def _start(self, question: str) -> None:
        try:
            night = self._begin()
        except Exception as error:
            self._show(self.image, {"id": question, "kind": "fault"}, fault_in(error, self._model))
            return
        if self._loop is None:
            while night.state == "dreaming":
                night.step()
            self._tell(night, question)
        else:
            self._task = self._loop.create_task(dream_in_steps(night, lambda: self._tell(night, question)))

    def _begin(self) -> Night:
        self._night = Night(self.wish.dream(self._model, self.image, longest=max(ROOM, *self.image.shape)))
        return self._night

    def _leave(self) -> None:
        """End a dream that is under way; what it has is not shown any more."""
        if self._night is not None:
            self._night.cancel()
        self._night = None

    def _tell(self, night: Night, question: str) -> None:
        """Show where a dream is: while it runs the picture of its octave, afterwards its own in full size."""
        if night is not self._night:
            return  # a newer one has taken its place
        at, running = night.at, night.state == "dreaming"
        words: dict[str, Any] = {"id": question, "kind": night.state, "seconds": round(night.seconds, 1)}
        if at is not None:
            words |= {"share": at.share, "octave": at.octave, "of": at.octaves, "step": at.step, "steps": at.steps}
            words |= {"first": night.first, "last": night.last, "left": night.left}
        words |= {"notes": " ".join(night.dream.notes)}
        picture = at.picture if running and at is not None else night.dream.picture
        self._show(picture, words, night.fault, recipe={**night.dream.recipe, "network": self.network})

    def _show(
        self, picture: Array, words: dict[str, Any], fault: dict[str, Any] | None = None, *, recipe: Any = None
    ) -> None:
        with self.hold_sync():  # one message to the page
            self.result = picture
            self.fault = fault or {}
            self.shown = {**words, "settings": asdict(self.wish), "recipe": recipe or {"network": self.network}}
            self.description = self._in_words()

    def _in_words(self) -> str:
        chosen = next(layer for layer in self.layers if layer["name"] == self.layer)
        named = (
            chosen["names"][self.channel]
            if chosen["names"] and self.channel >= 0
            else f"{chosen['kind'][:-1]} {self.channel}"
        )
        grows = f"all {chosen['count']} {chosen['kind']}" if self.channel < 0 else named
        high, wide = self.picture.shape[:2]
        kinds = {"preview": "A preview of a", "cancelled": "A cancelled", "failed": "A broken-off", "fault": "No"}
        kind = kinds.get(self.shown["kind"], "A")
        return (
            f"{kind} Deep Dream of {high} × {wide} pixels by {self.network}: more of {grows} of layer {self.layer}, "
            f"{self.octaves} octaves of {STEPS} steps, strength {self.strength:g}."
        )

    def panels(self) -> Sequence[Panel]:
        """Return the picture and its dream for the still picture."""
        return [Panel("Picture", self.image), Panel("Dream", np.clip(self.picture, 0, 1))]
