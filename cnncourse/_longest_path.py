"""How many convolutions and dense layers lie in a row between a picture and the answer (lesson 09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

COUNTED = ("conv2d", "linear")


class LongestPath(TorchFunctionMode):
    """Gives every tensor, while it is the current mode, the number of weighted layers on the longest way to it."""

    def __init__(self) -> None:
        super().__init__()
        self._depths: WeakTensorKeyDictionary = WeakTensorKeyDictionary()

    def depth(self, tensor: Tensor) -> int:
        """Say how many convolutions and dense layers lie before a tensor."""
        return int(self._depths.get(tensor, 0))

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        before = max((self.depth(tensor) for tensor in _tensors([args, kwargs or {}])), default=0)
        result = function(*args, **(kwargs or {}))
        own = int(getattr(function, "__name__", "") in COUNTED)
        for tensor in _tensors(result):
            self._depths[tensor] = before + own
        return result


def weighted_depth(network: nn.Module, input_shape: tuple[int, ...]) -> int:
    """Count the layers of a network the way papers do: convolutions and dense layers on the longest path.

    What stands beside another layer does not add to the path, nor does what has no filters: pooling, activation and
    batch normalisation. Layers inside PyTorch's own attention are not seen.

    Parameters
    ----------
    network : Module
        Any network; its numbers are not computed.
    input_shape : tuple of int
        Shape of one picture, (channels, height, width), without the batch.

    Returns
    -------
    int
        How many such layers lie in a row.

    Raises
    ------
    ValueError
        If the network does not answer with a tensor.

    Examples
    --------
    Two branches, of one and of two layers, and a dense layer behind them:

    >>> class Branches(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.short, self.long = nn.Conv2d(3, 4, 1), nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 4, 1))
    ...         self.head = nn.Linear(5, 2)
    ...     def forward(self, x):
    ...         return self.head(self.short(x) + self.long(x))
    >>> weighted_depth(Branches(), (3, 6, 5))
    3
    """
    weights = {n: t.detach().to("meta") for n, t in (*network.named_parameters(), *network.named_buffers())}
    modes = {module: module.training for module in network.modules()}
    network.eval()
    path = LongestPath()
    try:
        with torch.no_grad(), path:
            answer = torch.func.functional_call(network, weights, (torch.zeros((1, *input_shape), device="meta"),))
    finally:
        for module, mode in modes.items():
            module.training = mode
    if not isinstance(answer, Tensor):
        raise ValueError(f"expected a network that answers with one tensor, got {type(answer).__name__}; take one head")
    return path.depth(answer)


def _tensors(nested: Any) -> list[Tensor]:
    if isinstance(nested, Tensor):
        return [nested]
    inside = nested.values() if isinstance(nested, dict) else nested if isinstance(nested, list | tuple) else ()
    return [tensor for one in inside for tensor in _tensors(one)]
