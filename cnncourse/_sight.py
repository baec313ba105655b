"""What a value sees of the input, and where: how each function of a network passes that on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

Pair = tuple[int, int]


@dataclass(frozen=True)
class Sight:
    """What one value of a tensor sees of the input, how far apart two neighbours look, and where the first one begins.

    The first value's field begins at `start`, row and column of the input; below 0 it begins in the padding.
    """

    field: Pair | None
    stride: Pair | None
    start: Pair | None


UNSEEN = Sight(None, None, None)  # nobody here knows

SLIDES = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding"),
}
PADS = {"pad": ("input", "pad"), "constant_pad_nd": ("input", "pad")}  # a value still sees what it saw, elsewhere
MIXES = {"linear", "matmul", "mm", "addmm", "einsum"}  # every value that leaves is made of all that arrive


def named_settings(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Give the arguments of a function their names."""
    names = {**SLIDES, **PADS}.get(getattr(function, "__name__", ""), ("input", "weight"))
    return dict(zip(names, args, strict=False)) | kwargs


def widest(seen: list[Sight]) -> Sight:
    """Join branches: where several meet, a value sees what any of them sees."""
    fields, strides, starts = zip(*((s.field, s.stride, s.start) for s in seen), strict=True)
    if None in fields or None in strides or None in starts:
        return UNSEEN
    first = [min(start[axis] for start in starts) for axis in (0, 1)]
    past = [max(start[axis] + field[axis] for start, field in zip(starts, fields, strict=True)) for axis in (0, 1)]
    stride = [max(stride[axis] for stride in strides) for axis in (0, 1)]
    return Sight((past[0] - first[0], past[1] - first[1]), (stride[0], stride[1]), (first[0], first[1]))


def see_through(
    name: str, settings: dict[str, Any], result: Tensor, before: Sight, input_shape: tuple[int, ...]
) -> Sight:
    """Say what a value of a function's result sees, from what the values that arrived see."""
    if before.field is None or before.start is None:
        return before
    given = settings.get("input")
    whole = Sight(input_shape[-2:], input_shape[-2:], (0, 0)) if len(input_shape) > 1 else before  # type: ignore[arg-type]
    if name in SLIDES:
        return _slide(_pair(_kernel_size(settings)), settings, before)
    if name.startswith("adaptive_") and isinstance(given, Tensor):
        sizes = [-(-a // b) for a, b in zip(given.shape[-2:], result.shape[-2:], strict=True)]
        return whole if tuple(result.shape[-2:]) == (1, 1) else _slide(_pair(sizes), {"stride": sizes}, before)
    if name in PADS and result.ndim == 4:
        return _move(settings.get("pad", ()), before)
    same = not isinstance(given, Tensor) or given.shape[-2:] == result.shape[-2:]  # joined branches agree by then
    if result.ndim == 4 and same:
        return before
    kept = isinstance(given, Tensor) and given.numel() == result.numel() and name not in MIXES
    if result.ndim == 2 and kept:
        return before  # the same values in a row, or one by one: each sees what it saw
    return whole if result.ndim == 2 else UNSEEN


def _kernel_size(settings: dict[str, Any]) -> Any:
    weight = settings.get("weight")
    return tuple(weight.shape[-2:]) if weight is not None else settings["kernel_size"]


def _slide(kernel: Pair, settings: dict[str, Any], before: Sight) -> Sight:
    """Apply r + (k - 1) · j, j · s and a - p · j along both axes, with dilation spreading the kernel."""
    default = kernel if "kernel_size" in settings else 1  # pooling moves by its own size unless told otherwise
    step, spread = _pair(settings.get("stride") or default), _pair(settings.get("dilation", 1))
    padding = settings.get("padding", 0)
    if isinstance(padding, str):  # "same" puts the larger half behind
        padding = [(k - 1) * d // 2 if padding == "same" else 0 for k, d in zip(kernel, spread, strict=True)]
    assert before.field is not None
    assert before.stride is not None
    assert before.start is not None
    field = [r + (k - 1) * d * j for r, k, d, j in zip(before.field, kernel, spread, before.stride, strict=True)]
    stride = [j * s for j, s in zip(before.stride, step, strict=True)]
    start = [a - p * j for a, p, j in zip(before.start, _pair(padding), before.stride, strict=True)]
    return Sight((field[0], field[1]), (stride[0], stride[1]), (start[0], start[1]))


def _move(padding: Any, before: Sight) -> Sight:
    """Begin earlier by what was added on the left and above; `torch` counts paddings from the last axis backwards."""
    left, above = padding[0] if len(padding) > 0 else 0, padding[2] if len(padding) > 2 else 0
    assert before.stride is not None
    assert before.start is not None
    start = before.start[0] - above * before.stride[0], before.start[1] - left * before.stride[1]
    return Sight(before.field, before.stride, start)


def _pair(value: Any) -> Pair:
    first, second = (value, value) if isinstance(value, int) else tuple(value) * (2 if len(value) == 1 else 1)
    return int(first), int(second)
