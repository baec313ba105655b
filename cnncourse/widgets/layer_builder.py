"""A network built layer by layer: what comes out, what it learns, computes and sees (lesson 04)."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from cnncourse.blueprints import Blueprint, Counted, count_layers
from cnncourse.layer_records import FIELDS, KINDS, read_layer, read_picture_shape
from cnncourse.widgets._base import Explorer, SettingError, Whole, join_modules, join_styles

if TYPE_CHECKING:
    from torch import nn

__all__ = ["PRESETS", "LayerBuilder", "in_words", "layer_title"]

Record = dict[str, Any]
MOST_LAYERS = 40


def _conv(filters: int, kernel: int, **more: Any) -> Record:
    return read_layer({"kind": "convolution", "filters": filters, "kernel": kernel, **more})


def _dense(units: int, **more: Any) -> Record:
    return read_layer({"kind": "dense", "units": units, **more})


_RELU, _POOL, _FLAT = (read_layer({"kind": kind}) for kind in ("activation", "pooling", "flatten"))
_THREE_MAPS = [_conv(3, 3, padding=1, bias=False), _RELU]
_SIXTEEN = [_conv(16, 3, bias=False), _RELU]
PRESETS: dict[str, Record] = {
    "LeNet": {
        "input_shape": (1, 28, 28),
        "layers": [
            _conv(6, 5, padding=2), _RELU, _POOL, _conv(16, 5), _RELU, _POOL, _FLAT,
            _dense(120), _RELU, _dense(84), _RELU, _dense(10),
        ],
    },
    "810 weights": {"input_shape": (1, 28, 28), "layers": [_conv(9, 3, bias=False), _RELU, _conv(9, 3, bias=False)]},
    "two poolings": {
        "input_shape": (1, 28, 28),
        "layers": [*_THREE_MAPS, _POOL, *_THREE_MAPS, _POOL, _FLAT, _dense(10, bias=False)],
    },
    "three 3 × 3": {"input_shape": (16, 32, 32), "layers": [*_SIXTEEN, *_SIXTEEN, _SIXTEEN[0]]},
    "one 7 × 7": {"input_shape": (16, 32, 32), "layers": [_conv(16, 7, bias=False)]},
    "an empty page": {"input_shape": (3, 32, 32), "layers": []},
}  # fmt: skip


class LayerBuilder(Explorer):
    """Layers in a table, the chosen one on sliders, the network drawn to scale; counted in the page.

    Parameters
    ----------
    layers : str, sequence of mappings, or Sequential
        A name out of `PRESETS`; records as `cnncourse.layer_records.read_layer` takes them; or a network of your own:
        an `nn.Sequential` of convolutions, poolings, activations, `Flatten` and `Linear` with square kernels.
    input_shape : (int, int, int), optional
        Channels, height and width of one picture; by default the preset's, or (3, 32, 32).

    Attributes
    ----------
    layers, input_shape, selected
        What is shown, and the place of the chosen layer; assign to change it.

    Raises
    ------
    ValueError
        If a layer or the shape is none. Layers that do not fit each other explain themselves in the explorer.

    Examples
    --------
    >>> builder = LayerBuilder([{"kind": "convolution", "filters": 10, "kernel": 5}])
    >>> builder.blueprint.layers[0].shape, builder.blueprint.parameters
    ((10, 28, 28), 760)
    """

    _esm = join_modules("layer_builder.js")
    _css = join_styles("explorer.css", "layer_builder.css")

    input_shape = traitlets.Any().tag(sync=True, to_json=lambda shape, _: list(shape))
    layers = traitlets.Any().tag(sync=True)
    selected = Whole(0, least=0, why="it is the place of a layer, counted from 0").tag(sync=True)
    kinds = traitlets.Dict(KINDS).tag(sync=True)
    limits = traitlets.Dict({name: list(limit) for name, limit in FIELDS.items()}).tag(sync=True)
    presets = traitlets.List([{"name": name, **preset} for name, preset in PRESETS.items()]).tag(sync=True)

    def __init__(self, layers: Any = "LeNet", *, input_shape: Sequence[int] | None = None) -> None:
        shape: Sequence[int] = (3, 32, 32)
        if isinstance(layers, str):
            if layers not in PRESETS:
                raise SettingError(f"expected layers, a network, or a name out of {', '.join(PRESETS)}; got {layers!r}")
            shape, layers = PRESETS[layers]["input_shape"], PRESETS[layers]["layers"]
        super().__init__(input_shape=shape if input_shape is None else input_shape, layers=layers)
        self._tell()
        self.observe(lambda change: self._tell(), ["input_shape", "layers"])

    @property
    def blueprint(self) -> Blueprint:
        """The counted network."""
        return count_layers(self.input_shape, self.layers)

    def to_torch(self) -> nn.Sequential:
        """Build the network in PyTorch, with fresh random weights.

        Returns
        -------
        Sequential
            One module a layer, in order.

        Raises
        ------
        ValueError
            If a layer does not fit; the message says which and why.
        """
        from cnncourse.widgets._torch_layers import build

        counted = self.blueprint
        if counted.refused:
            place = len(counted.layers)
            title = layer_title(self.layers[place])
            raise ValueError(f"layer {place + 1}, {title}, does not fit: {counted.refused.problem}")
        return build(self.input_shape, self.layers, [row.shape for row in counted.layers])

    @traitlets.validate("input_shape")
    def _check_shape(self, proposal: Any) -> tuple[int, int, int]:
        try:
            return read_picture_shape(proposal["value"])
        except (ValueError, TypeError) as error:
            raise SettingError(str(error)) from error

    @traitlets.validate("layers")
    def _check_layers(self, proposal: Any) -> list[Record]:
        given = proposal["value"]
        if type(given).__module__.startswith("torch."):
            from cnncourse.widgets._torch_layers import read

            given = read(given)
        if not isinstance(given, Sequence) or not all(isinstance(layer, Mapping) for layer in given):
            raise SettingError(f"expected a list of layers, such as {{'kind': 'convolution'}}, got {given!r}")
        if len(given) > MOST_LAYERS:
            raise SettingError(f"there is room for {MOST_LAYERS} layers, got {len(given)}")
        try:
            return [read_layer(layer) for layer in given]
        except ValueError as error:
            raise SettingError(str(error)) from error

    def _tell(self) -> None:
        self.description = in_words(self.input_shape, self.layers)

    def fallback_html(self) -> str:
        """Return the network as a picture and a table, for viewers that run no widgets."""
        words = html.escape(self.description)
        heading = "".join(
            f'<th scope="col">{name}</th>' for name in ("layer", "gives", "parameters", "multiply-adds", "sees")
        )
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>" for cells in self._cells()
        )
        data = base64.b64encode(_drawn(self.blueprint)).decode()
        alt = html.escape(self.description, quote=True)
        picture = (
            f'<img alt="{alt}" style="max-width:100%;height:auto;background:white" src="data:image/png;base64,{data}">'
        )
        hint = "<p><em>In JupyterLab, and in the course’s book, this is an explorer to try out.</em></p>"
        table = f"<table><thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table>"
        return f"<figure>{picture}<figcaption>{words}</figcaption></figure>{table}{hint}"

    def _cells(self) -> list[tuple[str, ...]]:
        titled = zip(self.layers, self.blueprint.layers, strict=False)
        return [
            (layer_title(layer), _shape(row.shape), f"{row.parameters:,}", f"{row.multiply_adds:,}", _shape(row.sees))
            for layer, row in titled
        ]


def layer_title(layer: Record) -> str:
    """Name a layer with its settings, as the page does.

    Examples
    --------
    >>> layer_title({"kind": "convolution", "filters": 6, "kernel": 5, "stride": 1, "padding": 2, "bias": True})
    'convolution: 6 of 5 × 5, padding 2'
    """
    kind, bare = layer["kind"], "" if layer.get("bias", True) else ", no bias"
    if kind == "activation":
        return str(layer["function"])
    if kind == "dense":
        return f"dense: {layer['units']}{bare}"
    if kind == "flatten":
        return "flatten"
    framed = f", padding {layer['padding']}" if layer["padding"] else ""
    moved = f", stride {layer['stride']}" if layer["stride"] > 1 or kind == "pooling" else ""
    moved = "" if kind == "pooling" and layer["stride"] == layer["kernel"] else moved
    window = f"{layer['kernel']} × {layer['kernel']}{moved}{framed}{bare}"
    return (
        f"convolution: {layer['filters']} of {window}" if kind == "convolution" else f"{layer['how']} pooling: {window}"
    )


def in_words(input_shape: Sequence[int], layers: Sequence[Record]) -> str:
    """Say what a network is, in a sentence or two, as the page does.

    Examples
    --------
    >>> in_words((1, 6, 5), [read_layer({"kind": "dense"})])[:63]
    'A network of 1 layer for a picture of 1 × 6 × 5 breaks at layer'
    """
    counted = count_layers(input_shape, layers)
    opening = f"A network of {len(layers)} layer{'s' * (len(layers) != 1)} for a picture of {_shape(input_shape)}"
    if counted.refused:
        place = len(counted.layers)
        return f"{opening} breaks at layer {place + 1}, {layer_title(layers[place])}: {counted.refused.problem}."
    last = counted.layers[-1] if counted.layers else Counted("input", tuple(input_shape))
    counts = f"{counted.parameters:,} parameters, {counted.multiply_adds:,} multiply-adds"
    return f"{opening} gives {_shape(last.shape)}: {counts}. One value at the end sees {_shape(last.sees)} pixels."


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(f"{n:,}" for n in shape)


def _drawn(blueprint: Blueprint) -> bytes:
    from matplotlib.figure import Figure

    from cnncourse.layer_plots import show_network

    figure = Figure(figsize=(11, 3))  # outside of pyplot: a figure of its would appear below the cell
    show_network(blueprint, figure.subplots())
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80, bbox_inches="tight")
    return file.getvalue()
