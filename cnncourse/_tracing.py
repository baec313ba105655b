"""Follow one picture through a network: who computed what, at what cost, out of which part of the input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

Pair = tuple[int, int]


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


@dataclass(frozen=True)
class Sight:
    """What one value of a tensor sees of the input, and how far apart two neighbours look."""

    field: Pair | None
    stride: Pair | None


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
        self._sights: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
        self._entered: list[_Visit] = []
        self._handles: list[Any] = []

    def __enter__(self) -> Trace:
        for name, layer in self._network.named_modules():
            if not any(layer.children()) or name in self._parameters:
                self._handles.append(layer.register_forward_pre_hook(self._enter_layer(name)))
                self._handles.append(layer.register_forward_hook(self._leave_layer(name)))
        return super().__enter__()

    def __exit__(self, *reason: Any) -> None:
        super().__exit__(*reason)
        for handle in self._handles:
            handle.remove()

    def start(self, picture: Tensor) -> Tensor:
        """Take the picture as the place from which everything is seen."""
        self._sights[picture] = Sight((1, 1), (1, 1))
        return picture

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if getattr(function, "__name__", "") in UNCOUNTED:
            self.unknown[function.__name__] = None
        if isinstance(result, Tensor):
            name, settings = getattr(function, "__name__", ""), _named_settings(function, args, kwargs or {})
            if self._entered:
                self._entered[-1].multiply_adds += _count_multiply_adds(name, settings, result)
            seen = [self._sights[t] for t in _tensors(args) if t in self._sights]
            if seen:
                self._sights[result] = _see(name, settings, result, _widest(seen), self._input_shape)
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
            sight = self._sights.get(output) or Sight(None, None)
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


SLIDES = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding"),
}
UNCOUNTED = {  # they multiply, and nothing here knows how often
    "matmul", "__matmul__", "bmm", "mm", "addmm", "baddbmm", "einsum", "bilinear", "scaled_dot_product_attention",
    "multi_head_attention_forward", "_native_multi_head_attention", "conv1d", "conv3d", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "lstm", "gru", "rnn_tanh", "rnn_relu",
}  # fmt: skip
MIXES = {"linear", "matmul", "mm", "addmm", "einsum"}  # every value that leaves is made of all that arrive
KEEPS_PLACES = {"pad", "constant_pad_nd"}  # changes the height and width, and yet a value sees what it saw


def _named_settings(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    names = SLIDES.get(getattr(function, "__name__", ""), ("input", "weight"))
    return dict(zip(names, args, strict=False)) | kwargs


def _tensors(args: Any) -> list[Tensor]:
    """Collect the tensors among the arguments, those in lists (as `torch.cat` takes them) included."""
    nested = [_tensors(a) for a in args if isinstance(a, list | tuple)]
    return [a for a in args if isinstance(a, Tensor)] + [t for inner in nested for t in inner]


def _count_multiply_adds(name: str, settings: dict[str, Any], result: Tensor) -> int:
    """Count for one picture: every value of a convolution or a dense layer sums one product a weight of its filter."""
    if name not in ("conv2d", "linear"):
        return 0
    return int(result.numel() * settings["weight"][0].numel())  # one picture, in whatever pieces it comes along


def _widest(seen: list[Sight]) -> Sight:
    """Join branches: where several meet, a value sees as far as the one that sees farthest."""
    fields, strides = [s.field for s in seen if s.field], [s.stride for s in seen if s.stride]
    if len(fields) < len(seen):
        return Sight(None, None)
    return Sight(*((max(p[0] for p in pairs), max(p[1] for p in pairs)) for pairs in (fields, strides)))


def _see(name: str, settings: dict[str, Any], result: Tensor, before: Sight, input_shape: tuple[int, ...]) -> Sight:
    if before.field is None or before.stride is None:
        return before
    given = settings.get("input")
    whole = (
        Sight((input_shape[-2], input_shape[-1]), (input_shape[-2], input_shape[-1]))
        if len(input_shape) > 1
        else before
    )
    if name in SLIDES:
        return _slide(_pair(_kernel_size(settings)), settings, before)
    if name.startswith("adaptive_") and isinstance(given, Tensor):
        sizes = [-(-a // b) for a, b in zip(given.shape[-2:], result.shape[-2:], strict=True)]
        return whole if tuple(result.shape[-2:]) == (1, 1) else _slide(_pair(sizes), {"stride": sizes}, before)
    same = not isinstance(given, Tensor) or given.shape[-2:] == result.shape[-2:]  # joined branches agree by then
    if result.ndim == 4 and (same or name in KEEPS_PLACES):
        return before
    kept = isinstance(given, Tensor) and given.numel() == result.numel() and name not in MIXES
    if result.ndim == 2 and kept:
        return before  # the same values in a row, or one by one: each sees what it saw
    return whole if result.ndim == 2 else Sight(None, None)


def _kernel_size(settings: dict[str, Any]) -> Any:
    weight = settings.get("weight")
    return tuple(weight.shape[-2:]) if weight is not None else settings["kernel_size"]


def _slide(kernel: Pair, settings: dict[str, Any], before: Sight) -> Sight:
    """Apply r + (k - 1) · j and j · s along both axes, with dilation spreading the kernel."""
    default = kernel if "kernel_size" in settings else 1  # pooling moves by its own size unless told otherwise
    step, spread = _pair(settings.get("stride") or default), _pair(settings.get("dilation", 1))
    assert before.field is not None
    assert before.stride is not None
    field = [r + (k - 1) * d * j for r, k, d, j in zip(before.field, kernel, spread, before.stride, strict=True)]
    stride = [j * s for j, s in zip(before.stride, step, strict=True)]
    return Sight((field[0], field[1]), (stride[0], stride[1]))


def _pair(value: Any) -> Pair:
    first, second = (value, value) if isinstance(value, int) else tuple(value) * (2 if len(value) == 1 else 1)
    return int(first), int(second)
