"""Listen to a network while it runs: what each layer gave, by the layer's name (lesson 07)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

NEVER_CALLED = (nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)


class NotRecorded(KeyError):
    """A map was asked for that no forward pass has given yet."""

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would put the sentence between quotation marks


class Maps(Mapping[str, Tensor]):
    """What the layers gave in the last forward pass, by name; made by `record`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._given: dict[str, Tensor] = {}

    def __getitem__(self, name: str) -> Tensor:
        if name in self._given:
            return self._given[name]
        if name in self._names:
            raise NotRecorded(f"layer {name!r} has given nothing yet; call the network on pictures inside the block")
        raise NotRecorded(f"layer {name!r} is not recorded here; recorded are {', '.join(self._names) or 'none'}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def gradients(self, value: Tensor) -> dict[str, Tensor]:
        """Differentiate one number by every recorded map.

        Parameters
        ----------
        value : Tensor, shape ()
            Computed from the answer of the network, such as ``logits[0, 3]``.

        Returns
        -------
        dict of str to Tensor
            A gradient of each map's shape, 0 where the map has no part in the number. Parameters keep the ``.grad``
            that they had.

        Raises
        ------
        ValueError
            If it is not one number, or was computed without a record for gradients.
        """
        if value.numel() != 1:
            raise ValueError(f"expected one number to differentiate, got shape {tuple(value.shape)}; take its sum()")
        if not value.requires_grad:
            raise ValueError("no gradient can flow back; record with gradients=True, and outside torch.no_grad()")
        wanted = {name: given for name, given in self._given.items() if given.requires_grad}
        found = torch.autograd.grad(value, list(wanted.values()), allow_unused=True, retain_graph=True)
        gradients = dict(zip(wanted, found, strict=True))
        return {n: torch.zeros_like(m) if (g := gradients.get(n)) is None else g for n, m in self._given.items()}


@contextmanager
def record(model: nn.Module, layers: str | Iterable[str] | None = None, *, gradients: bool = False) -> Iterator[Maps]:
    """Record what layers give, inside a ``with`` block (lesson 07).

    However the block ends, by its last line, an error or an interrupt, the network is left without any trace of it.

    Parameters
    ----------
    model : Module
        Any network; its mode and its numbers stay as they are.
    layers : str or iterable of str, optional
        Names, as `layer_names` lists them; all of them by default.
    gradients : bool
        Keep the maps in the graph, so that `Maps.gradients` can differentiate by them.

    Yields
    ------
    Maps
        A mapping from names to tensors, filled anew by every forward pass: what the layer itself gave, also if a later
        layer works in place. A layer that is called several times in a pass is recorded at its first call.

    Raises
    ------
    ValueError
        If there is no such layer; the message suggests the nearest name.
    TypeError
        During the pass, if a named layer gives something that is no tensor.

    Examples
    --------
    The second layer overwrites what the first one gave; the record keeps it:

    >>> network = nn.Sequential(nn.Identity(), nn.ReLU(inplace=True))
    >>> with record(network, ["0", "1"]) as maps:
    ...     answer = network(torch.tensor([-2.0, 3.0]))
    >>> maps["0"], maps["1"]
    (tensor([-2.,  3.]), tensor([0., 3.]))
    """
    names = layer_names(model) if layers is None else [layers] if isinstance(layers, str) else list(layers)
    found = {name: find_layer(model, name) for name in names}
    maps, handles = Maps(names), []
    try:
        handles.append(model.register_forward_pre_hook(lambda *_: maps._given.clear()))
        for name, layer in found.items():
            keep = _keep(name, maps._given, gradients=gradients, strict=layers is not None)
            handles.append(layer.register_forward_hook(keep))
        yield maps
    finally:
        for handle in handles:
            handle.remove()


def _keep(name: str, given: dict[str, Tensor], *, gradients: bool, strict: bool) -> Callable[..., Tensor | None]:
    def hook(layer: nn.Module, inputs: Any, output: Any) -> Tensor | None:
        if name in given:
            return None  # called before in this pass
        if not isinstance(output, Tensor):
            if strict:
                kind = type(output).__name__
                raise TypeError(f"layer {name!r} gives a {kind}, not a tensor; record a layer inside it or after it")
            return None
        if not gradients:
            given[name] = output.detach().clone()
            return None
        given[name] = output if output.requires_grad else output.detach().requires_grad_()
        return given[name].clone()  # what comes next may work in place: on the copy

    return hook


class _Reached(BaseException):
    """Ends a forward pass at the layer that was wanted; no network catches it by mistake."""

    def __init__(self, output: Any) -> None:
        super().__init__()
        self.output = output


def run_until(model: nn.Module, layer: str, images: Tensor) -> Tensor:
    """Run a network up to one layer and no further (lesson 08).

    Parameters
    ----------
    model : Module
        Any network. It is run in evaluation mode, and its own mode is put back.
    layer : str
        Name of the layer; its first call ends the pass.
    images : Tensor, shape (n, channels, height, width)
        The pictures; gradients reach them.

    Returns
    -------
    Tensor
        What the layer gave.

    Raises
    ------
    ValueError
        If there is no such layer, or the pass ends without calling it.
    TypeError
        If it gives something that is no tensor.

    Examples
    --------
    >>> network = nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(100, 7))
    >>> run_until(network, "1", torch.ones(1, 1, 2, 3)).shape
    torch.Size([1, 6])
    """

    def stop(module: nn.Module, inputs: Any, output: Any) -> None:
        raise _Reached(output)

    handle = find_layer(model, layer).register_forward_hook(stop)
    try:
        with evaluating(model):
            model(images)
    except _Reached as reached:
        if not isinstance(reached.output, Tensor):
            raise TypeError(f"layer {layer!r} gives a {type(reached.output).__name__}, not a tensor") from None
        return reached.output
    finally:
        handle.remove()
    raise ValueError(f"the network has a layer {layer!r} and never called it for these pictures; choose another")


@contextmanager
def evaluating(model: nn.Module) -> Iterator[nn.Module]:
    """Put a network into evaluation mode for a block, and each of its parts back into its own mode afterwards.

    In training mode dropout would answer by chance, and batch normalisation would learn from the pictures shown.
    """
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield model
    finally:
        for module, mode in modes.items():
            module.training = mode


def layer_names(model: nn.Module, images: Tensor | None = None) -> list[str]:
    """List the layers whose answer can be recorded.

    Parameters
    ----------
    model : Module
        Any network.
    images : Tensor, shape (n, channels, height, width), optional
        Pictures to send through. With them the layers come in the order in which they finish, and those that are not
        called or give no tensor are left out; without, in the order in which the network holds them.

    Returns
    -------
    list of str
        Names, as in ``named_modules()``.

    Examples
    --------
    >>> layer_names(nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU()))
    ['0', '1']
    """
    if images is None:
        return [name for name, layer in model.named_modules() if name and not isinstance(layer, NEVER_CALLED)]
    with evaluating(model), torch.no_grad(), record(model) as maps:
        model(images)
    return list(maps)


def find_layer(model: nn.Module, name: str) -> nn.Module:
    """Return a layer by its name, or say which name is nearest.

    Raises
    ------
    ValueError
        If there is no such layer.
    """
    names = layer_names(model)
    if name in names:
        return model.get_submodule(name)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    advice = f"did you mean {near[0]!r}?" if near else "see layer_names(model)."
    raise ValueError(f"{type(model).__name__} has no layer {name!r}; {advice} It has {shown or 'no layers'}")
