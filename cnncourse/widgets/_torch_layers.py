"""Layers of the builder as PyTorch's modules, and back; PyTorch is imported only when these are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

Record = dict[str, Any]
FUNCTIONS = {"ReLU": "ReLU", "leaky ReLU": "LeakyReLU", "ELU": "ELU", "sigmoid": "Sigmoid", "tanh": "Tanh"}
POOLS = {"max": "MaxPool2d", "average": "AvgPool2d"}


def build(input_shape: Sequence[int], layers: Sequence[Record], shapes: Sequence[tuple[int, ...]]) -> nn.Sequential:
    """Build the network.

    Parameters
    ----------
    input_shape : (int, int, int)
        Channels, height and width of one picture.
    layers : sequence of dict
        Complete records, as `cnncourse.layer_records.read_layer` returns them.
    shapes : sequence of tuple
        What leaves each layer.

    Returns
    -------
    Sequential
        With fresh random weights.
    """
    from torch import nn

    arriving = [input_shape, *shapes][: len(layers)]
    return nn.Sequential(*[_module(layer, before[0]) for layer, before in zip(layers, arriving, strict=True)])


def _module(layer: Record, arriving: int) -> nn.Module:
    from torch import nn

    kind = layer["kind"]
    slide = {name: layer[name] for name in ("stride", "padding") if name in layer}
    if kind == "convolution":
        return nn.Conv2d(arriving, layer["filters"], layer["kernel"], bias=layer["bias"], **slide)
    if kind == "pooling":
        return getattr(nn, POOLS[layer["how"]])(layer["kernel"], **slide)
    if kind == "dense":
        return nn.Linear(arriving, layer["units"], bias=layer["bias"])
    return nn.Flatten() if kind == "flatten" else getattr(nn, FUNCTIONS[layer["function"]])()


def read(network: nn.Module) -> list[Record]:
    """Read a plain network back into records.

    Parameters
    ----------
    network : Module
        A `Sequential` of convolutions, poolings, activations, `Flatten` and `Linear` with square kernels.

    Returns
    -------
    list of dict
        One record a layer.

    Raises
    ------
    ValueError
        If a layer is of a kind, or has a setting, that the builder does not know; the message names it.
    """
    if type(network).__name__ != "Sequential":
        raise ValueError(
            f"expected an nn.Sequential, got {type(network).__name__}; describe_network gives a table of any network"
        )
    records = []
    for name, module in network.named_children():
        reader = _READ.get(type(module).__name__)
        record = reader(module) if reader else None
        if record is None:
            raise ValueError(
                f"the builder does not know layer {name!r}, {module}; it knows convolutions and poolings with "
                "square kernels (no groups, no dilation), activations, Flatten and Linear"
            )
        records.append(record)
    return records


def _read_convolution(module: Any) -> Record | None:
    square = _squares(module.kernel_size, module.stride, module.padding)
    if square is None or module.groups != 1 or _one(module.dilation) != 1 or module.padding_mode != "zeros":
        return None
    return {"kind": "convolution", "filters": module.out_channels, **square, "bias": module.bias is not None}


def _read_pooling(how: str) -> Callable[[Any], Record | None]:
    def reader(module: Any) -> Record | None:
        square = _squares(module.kernel_size, module.stride, module.padding)
        plain = not module.ceil_mode and _one(getattr(module, "dilation", 1)) == 1
        return {"kind": "pooling", "how": how, **square} if square and plain else None

    return reader


def _read_dense(module: Any) -> Record:
    return {"kind": "dense", "units": module.out_features, "bias": module.bias is not None}


def _read_flatten(module: Any) -> Record | None:
    return {"kind": "flatten"} if (module.start_dim, module.end_dim) == (1, -1) else None


def _read_activation(name: str) -> Callable[[Any], Record | None]:
    def reader(module: Any) -> Record | None:
        usual = getattr(module, "negative_slope", 0.01) == 0.01 and getattr(module, "alpha", 1.0) == 1.0
        return {"kind": "activation", "function": name} if usual else None

    return reader


_READ: dict[str, Callable[[Any], Record | None]] = {
    "Conv2d": _read_convolution,
    **{module: _read_pooling(how) for how, module in POOLS.items()},
    **{module: _read_activation(name) for name, module in FUNCTIONS.items()},
    "Linear": _read_dense,
    "Flatten": _read_flatten,
}


def _squares(kernel: Any, stride: Any, padding: Any) -> Record | None:
    found = {"kernel": _one(kernel), "stride": _one(stride), "padding": _one(padding)}
    return None if None in found.values() else found


def _one(value: Any) -> int | None:
    """Return a number, or both of a pair where they agree; None otherwise."""
    if isinstance(value, tuple):
        return int(value[0]) if len(set(value)) == 1 else None
    return value if isinstance(value, int) else None
