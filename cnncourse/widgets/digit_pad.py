"""Draw a digit, or pick one that somebody wrote, and see a network read it while you draw (lessons 00 and 06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.drawing import PEN, SIDE, rasterise
from cnncourse.lenet import check_weights, run
from cnncourse.widgets._base import Explorer, SettingError, array_to_wire, join_modules, join_styles
from cnncourse.widgets._digit_network import (
    NetworkReading,
    ask,
    lenet_weights,
    require_network,
    size_of,
    weights_of,
)
from cnncourse.widgets._digit_sheet import default_digits, mosaic, percent, picture_to_read, read_digits
from cnncourse.widgets._own_function import OwnFunctionError
from cnncourse.widgets._still import Panel

if TYPE_CHECKING:
    from torch import nn

__all__ = ["DigitPad"]

Array = NDArray[np.float64]
FARTHEST = 8  # pixels of shift
STATE = ("picked", "strokes", "pen", "centre", "shift")
LAYERS = ("First layer", "Second layer")


class DigitPad(Explorer):
    """A pad to draw a digit on, what the network is given, what it reads, and its feature maps; all of it live.

    A LeNet-5 runs in the page, which needs no kernel for that. Any other network runs in the kernel, one question at a
    time, and its fault is shown in the explorer.

    Parameters
    ----------
    weights : mapping of str to array, or str, optional
        Weights of a LeNet-5, or the name of some that the course has; by default those of ``"lenet5"``, which were
        trained on MNIST.
    digits : (images, labels), or anything that has both, optional
        Digits to pick from: images of shape (n, height, width) or (n, 1, height, width), in [0, 1]. The first 60 are
        shown; those in another size than 28 × 28 are centred and scaled as MNIST was. By default forty of the best
        digits at hand.
    model : Module, optional
        A network of your own, in place of `weights`.
    size : int or (int, int), pixels, optional
        The pictures that your network takes; by default what a test finds out.
    picked : int
        Place of the digit that is read first; -1 leaves the pad empty.
    centre : bool
        Whether a drawing is centred and scaled as MNIST was before it is read.

    Attributes
    ----------
    strokes : list of lists of (x, y), pixels
        What is drawn; assign to draw from Python, with ``picked = -1``.
    pen, shift, centre, picked
        Settings, as in the page.

    Raises
    ------
    ValueError
        If weights, digits or a setting are not what they should be.
    """

    _esm = join_modules("digit_pad.js")
    _css = join_styles("explorer.css", "digit_pad.css")

    weights = traitlets.Any().tag(sync=True, to_json=lambda weights, _: array_to_wire(_row(weights)))
    sheet = traitlets.Any().tag(sync=True, to_json=lambda levels, _: memoryview(levels.reshape(-1).data))
    meant = traitlets.Unicode("").tag(sync=True)
    picked = traitlets.Int(-1).tag(sync=True)
    strokes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    pen = traitlets.Float(PEN).tag(sync=True)
    centre = traitlets.Bool(True).tag(sync=True)
    shift = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(sync=True)
    size = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(SIDE, SIDE)).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Bool(False, help="whether the kernel answers").tag(sync=True)
    question = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        weights: Mapping[str, Any] | str | None = None,
        digits: Any = None,
        model: nn.Module | None = None,
        *,
        size: int | Sequence[int] | None = None,
        picked: int = 0,
        centre: bool = True,
    ) -> None:
        levels, labels, note = read_digits(default_digits() if digits is None else digits)
        self._model = require_network(model)
        known = weights_of(weights, model)
        self._known: tuple[bytes, NetworkReading | OwnFunctionError] | None = None
        super().__init__(
            weights=known,
            sheet=levels,
            meant=labels,
            picked=picked if labels else -1,
            centre=centre,
            size=size_of(model, known, size),
            own=known is None,
            note=" ".join(filter(None, [note, _whose(model, known)])),
        )
        self._refresh()
        self.observe(lambda change: self._refresh(), [*STATE, "weights", "question"])

    @property
    def image(self) -> Array | None:
        """The picture that the network is given, shape `size`, in [0, 1]; None while there is nothing in it."""
        drawn = self.sheet[self.picked] / 255 if self.picked >= 0 else self.strokes
        picture = picture_to_read(drawn, pen=self.pen, shift=self.shift, centre=self.centre, size=self.size)
        return picture if picture.any() else None

    @property
    def probabilities(self) -> Array | None:
        """What the network reads, a number for each digit, shape (10,); None while there is nothing to read.

        Raises `OwnFunctionError` if your network fails.
        """
        reading = self._read()
        return None if reading is None else reading.probabilities

    @property
    def digit(self) -> int | None:
        """The most probable digit; None while there is nothing to read."""
        probabilities = self.probabilities
        return None if probabilities is None else int(probabilities.argmax())

    def refresh(self) -> None:
        """Read anew with the weights that your network has now; training changes them behind the explorer's back."""
        self._known = None
        if self._model is not None and not self.own:
            self.weights = lenet_weights(self._model) or self.weights
        self.answer = {}
        self._refresh()

    @traitlets.validate("weights")
    def _check_weights(self, proposal: Any) -> dict[str, NDArray[np.float32]] | None:
        return None if proposal["value"] is None else check_weights(proposal["value"])

    @traitlets.validate("picked")
    def _check_picked(self, proposal: Any) -> int:
        place: int = proposal["value"]
        if not -1 <= place < len(self.meant):
            raise SettingError(
                f"picked is a place on the sheet, 0 to {len(self.meant) - 1}, or -1 to draw; got {place}"
            )
        return place

    @traitlets.validate("shift")
    def _check_shift(self, proposal: Any) -> tuple[int, int]:
        down, right = proposal["value"]
        if max(abs(down), abs(right)) > FARTHEST:
            raise SettingError(f"expected a shift of at most {FARTHEST} pixels down and right, got {(down, right)}")
        return down, right

    @traitlets.validate("strokes")
    def _check_strokes(self, proposal: Any) -> list[list[list[float]]]:
        try:
            rasterise(proposal["value"])
        except (ValueError, TypeError) as error:
            raise SettingError(f"expected strokes as lists of points (x, y), in pixels: {error}") from error
        return [[[float(x), float(y)] for x, y in stroke] for stroke in proposal["value"]]

    @traitlets.validate("pen")
    def _check_pen(self, proposal: Any) -> float:
        if not 0 < proposal["value"] <= SIDE:
            raise SettingError(
                f"expected a pen wider than 0 and no wider than the pad, 28 pixels; got {proposal['value']}"
            )
        return float(proposal["value"])

    def _read(self) -> NetworkReading | None:
        """Read the picture; a network of the learner's runs once for one picture, whoever asks."""
        picture = self.image
        if picture is None:
            return None
        if not self.own:
            answer = run(self.weights, picture[None])
            maps = [answer.maps1[0], answer.maps2[0]]
            return NetworkReading(answer.probabilities[0], list(zip(LAYERS, maps, strict=True)))
        assert self._model is not None
        if self._known is None or self._known[0] != picture.tobytes():
            try:
                reading: NetworkReading | OwnFunctionError = ask(self._model, picture)
            except OwnFunctionError as error:
                reading = error
            self._known = picture.tobytes(), reading
        if isinstance(self._known[1], OwnFunctionError):
            raise self._known[1]
        return self._known[1]

    def _refresh(self) -> None:
        with self.hold_sync():  # one message to the page
            if self.own:
                self.answer = {**self._outcome(), "settings": self._settings(), "id": self.question.get("id", "")}
            self.description = self._in_words()

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in STATE}

    def _outcome(self) -> dict[str, Any]:
        try:
            reading = self._read()
        except OwnFunctionError as error:
            return {"fault": {**error.fault, "name": type(self._model).__name__}}
        if reading is None:
            return {"fault": None}
        layers = [{"title": title, "maps": array_to_wire(maps)} for title, maps in reading.layers]
        return {"fault": None, "output": array_to_wire(reading.probabilities[None]), "layers": layers}

    def _in_words(self) -> str:
        try:
            probabilities = self.probabilities
        except OwnFunctionError as error:
            return f"The network failed: {error}."
        if probabilities is None:
            return "Nothing drawn yet. Draw a digit, or pick one of those below."
        best, next_best = np.argsort(-probabilities)[:2]
        shares = [f"{digit}, {percent(probabilities[digit])}" for digit in (best, next_best)]
        what = (
            "Your drawing"
            if self.picked < 0
            else f"Digit {self.picked + 1} of the sheet, meant as {self.meant[self.picked]},"
        )
        return f"{what} reads {shares[0]}; next comes {shares[1]}."

    def panels(self) -> Sequence[Panel]:
        """Return what the network is given, and its feature maps."""
        picture = self.image
        if picture is None:
            return ()
        try:
            reading = self._read()
        except OwnFunctionError:
            reading = None
        layers = reading.layers if reading else []
        return [Panel("What it sees", picture), *(Panel(title, mosaic(maps)) for title, maps in layers)]


def _row(weights: Mapping[str, NDArray[np.float32]] | None) -> NDArray[np.float32] | None:
    return None if weights is None else np.concatenate([array.reshape(-1) for array in weights.values()])


def _whose(model: nn.Module | None, known: Any) -> str:
    if model is None:
        return ""
    where = "in the notebook" if known is None else "in the page, as a LeNet-5 does"
    return f"Your network, {type(model).__name__}, answers here; it runs {where}."
