"""Follow one picture through a network: who computed what, at what cost, out of which part of the input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

from cnncourse._sight import UNSEEN, Pair, Sight, named_settings, see_through, widest


@dataclass(frozen=True)
class LayerCount:
    """One row of the table: a layer, what leaves it, what it costs, what one of its values sees.

    Attributes
    ----------
    name : str
        Its name in the network, as in ``named_modules()``.
    kind : str
        Its class, such as ``Conv2d``.
    shape : tuple of int
        What leaves it for one picture, (channels, height, width) or (features,).
    parameters : int
        Its own learned numbers; shared ones are counted where they come first.
    multiply_adds : int
        Multiplications, each with its addition, for one picture.
    receptive_field : (int, int) or None, pixels
        Height and width of the part of the input that one value of it sees; None behind a layer of which this module
        does not know what it sees.
    stride : (int, int) or None, pixels
        How far apart in the input the places lie that two neighbouring values look at.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    receptive_field: Pair | None
    stride: Pair | None


@dataclass(frozen=True)
class LeftOut:
    """A layer that could not be counted: its name, its class, and the learned numbers that it holds."""

    name: str
    kind: str
    parameters: int


@dataclass
class _Visit:
    """A layer that is being called now."""

    name: str
    layer: nn.Module
    arrived: tuple[int, ...]
    multiply_adds: int = 0


class Trace(TorchFunctionMode):
    """Listens to every call of a network while it is the current mode.

    Functions tell what a value sees and how much is computed; hooks on the layers tell in whose name.
    """

    def __init__(self, network: nn.Module, input_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.layers: list[LayerCount] = []
        self.unknown: dict[str, None] = {}  # functions that multiply and are not counted, in order
        self._input_shape = input_shape
        self._network = network
        self._parameters: dict[str, int] = {}
        for name, parameter in network.named_parameters():  # by layer, and shared ones once
            layer = name.rpartition(".")[0]
            self._parameters[layer] = self._parameters.get(layer, 0) + parameter.numel()
        self.sights: dict[str, tuple[tuple[int, ...], Sight]] = {}  # shape and sight of all that is called, by name
        self._sights: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
        self._entered: list[_Visit] = []
        self._handles: list[Any] = []

    def __enter__(self) -> Trace:
        for name, layer in self._network.named_modules():
            if not any(layer.children()) or name in self._parameters:
                self._handles.append(layer.register_forward_pre_hook(self._enter_layer(name)))
                self._handles.append(layer.register_forward_hook(self._leave_layer(name)))
            self._handles.append(layer.register_forward_hook(self._note_sight(name)))
        return super().__enter__()

    def __exit__(self, *reason: Any) -> None:
        super().__exit__(*reason)
        for handle in self._handles:
            handle.remove()

    def start(self, picture: Tensor) -> Tensor:
        """Take the picture as the place from which everything is seen."""
        self._sights[picture] = Sight((1, 1), (1, 1), (0, 0))
        return picture

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") in UNCOUNTED:
            self.unknown[function.__name__] = None
        if isinstance(result, Tensor):
            name, settings = getattr(function, "__name__", ""), named_settings(function, args, kwargs or {})
            if self._entered:
                self._entered[-1].multiply_adds += _count_multiply_adds(name, settings, result)
            seen = [self._sights[t] for t in _tensors(args) if t in self._sights]
            if seen:
                self._sights[result] = see_through(name, settings, result, widest(seen), self._input_shape)
        return result

    def refusal(self, error: Exception) -> str:
        """Say which layer would not take the picture, and what had arrived there."""
        given = " × ".join(map(str, self._input_shape))
        if not self._entered:
            return f"a picture of {given} cannot pass the network: {error}; expected (channels, height, width)"
        visit = self._entered[-1]
        arrived = " × ".join(map(str, visit.arrived))
        return (
            f"a picture of {given} cannot pass layer {visit.name!r}, {visit.layer}: {arrived} arrived there ({error}); "
            "change this layer, the ones before it, or the size of the picture"
        )

    def left_out(self) -> tuple[LeftOut, ...]:
        """List the layers that hold parameters and were never called, or answered with something not a tensor."""
        kinds = {name: type(layer).__name__ for name, layer in self._network.named_modules()}
        return tuple(LeftOut(name, kinds.get(name, "?"), count) for name, count in self._parameters.items())

    def _enter_layer(self, name: str) -> Callable[..., None]:
        def hook(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
            self._entered.append(_Visit(name, layer, tuple(inputs[0].shape[1:]) if inputs else ()))

        return hook

    def _leave_layer(self, name: str) -> Callable[..., None]:
        def hook(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            visit = self._entered.pop()
            if not isinstance(output, Tensor):
                return
            sight = self._sights.get(output) or UNSEEN
            self.layers.append(
                LayerCount(
                    name=name or type(layer).__name__,
                    kind=type(layer).__name__,
                    shape=tuple(output.shape[1:]),
                    parameters=self._parameters.pop(name, 0),
                    multiply_adds=visit.multiply_adds,
                    receptive_field=sight.field,
                    stride=sight.stride,
                )
            )

        return hook

    def _note_sight(self, name: str) -> Callable[..., None]:
        def hook(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if isinstance(output, Tensor):
                sight = self._sights.get(output) or UNSEEN
                self.sights.setdefault(name, (tuple(output.shape[1:]), sight))

        return hook


def trace_network(network: nn.Module, input_shape: tuple[int, ...]) -> Trace:
    """Send one picture through a network on the "meta" device, where tensors have a shape and no numbers.

    A network that looks at numbers on its way, as ``if images.mean() > 0`` does, is given a black picture instead.

    Raises
    ------
    ValueError
        If a picture of this shape cannot pass; the message names the layer that refused and what arrived there.
    """
    _check_input_shape(input_shape)
    try:
        return _traced(network, input_shape, meta=True)
    except ValueError as error:
        if "meta tensors" not in str(error):
            raise
    return _traced(network, input_shape, meta=False)


def _traced(network: nn.Module, input_shape: tuple[int, ...], *, meta: bool) -> Trace:
    trace = Trace(network, input_shape)
    weights = {name: tensor.detach() for name, tensor in (*network.named_parameters(), *network.named_buffers())}
    like = next((weight for weight in weights.values() if weight.is_floating_point()), torch.zeros(()))
    picture = trace.start(torch.zeros((1, *input_shape), dtype=like.dtype, device="meta" if meta else like.device))
    if meta:
        weights = {name: tensor.to("meta") for name, tensor in weights.items()}
    modes = {module: module.training for module in network.modules()}
    network.eval()  # batch normalisation in training would refuse a single picture
    try:
        with torch.no_grad(), trace:
            torch.func.functional_call(network, weights, (picture,))
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise ValueError(trace.refusal(error)) from error
    finally:
        for module, mode in modes.items():
            module.training = mode
    return trace


def _check_input_shape(input_shape: tuple[int, ...]) -> None:
    if not input_shape or any(not isinstance(n, int) or n < 1 for n in input_shape):
        raise ValueError(
            f"expected the shape of one picture as whole numbers, (channels, height, width), got {input_shape}; "
            "leave the batch out"
        )


UNCOUNTED = {  # they multiply, and nothing here knows how often
    "matmul", "__matmul__", "bmm", "mm", "addmm", "baddbmm", "einsum", "bilinear", "scaled_dot_product_attention",
    "multi_head_attention_forward", "_native_multi_head_attention", "conv1d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "lstm", "gru", "rnn_tanh", "rnn_relu",
}  # fmt: skip


def _tensors(args: Any) -> list[Tensor]:
    """Collect the tensors among the arguments, those in lists (as `torch.cat` takes them) included."""
    nested = [_tensors(a) for a in args if isinstance(a, list | tuple)]
    return [a for a in args if isinstance(a, Tensor)] + [t for inner in nested for t in inner]


def _count_multiply_adds(name: str, settings: dict[str, Any], result: Tensor) -> int:
    """Count for one picture: every value of a convolution or a dense layer sums one product a weight of its filter."""
    if name not in ("conv2d", "linear"):
        return 0
    return int(result.numel() * settings["weight"][0].numel())  # one picture, in whatever pieces it comes along
