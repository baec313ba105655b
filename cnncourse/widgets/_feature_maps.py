"""What a network makes of a picture, recorded for the feature map explorer: maps, where they look, what it says."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.widgets._base import SettingError
from cnncourse.widgets._own_function import OwnFunctionError

if TYPE_CHECKING:
    from torch import Tensor, nn

Array = NDArray[np.float64]
MOST_VALUES = 500_000  # of all maps: two megabytes, which a saved notebook can bear
SAID = 3  # classes that are named


@dataclass(frozen=True)
class LayerMaps:
    """A layer of the explorer: how many maps of which size, and where their values look.

    Attributes
    ----------
    name, kind : str
        Its name in the network, and its class.
    shape : (int, int, int)
        Maps, rows and columns.
    start, stride, size : (int, int), pixels
        Of the receptive fields, as in `cnncourse.receptive_field.Fields`.
    """

    name: str
    kind: str
    shape: tuple[int, int, int]
    start: tuple[int, int]
    stride: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True)
class Recording:
    """What a network made of one picture.

    Attributes
    ----------
    layers : list of LayerMaps
        In the order in which they finish.
    maps : dict of str to array, shape (maps, rows, columns)
        What each layer gave.
    says : list of (str, float)
        The most probable classes and their probabilities; empty for a network that gives no logits.
    """

    layers: list[LayerMaps]
    maps: dict[str, Array]
    says: list[tuple[str, float]]

    def wire(self) -> tuple[list[dict[str, Any]], Array]:
        """Return the layers as records, and all maps in one row, layer after layer."""
        return [asdict(layer) for layer in self.layers], np.concatenate(
            [self.maps[la.name].ravel() for la in self.layers]
        )


def record_picture(
    network: nn.Module, image: Array, layers: Sequence[str] | None = None, classes: Sequence[str] = ()
) -> Recording:
    """Send a picture through a network and record what its layers give.

    Parameters
    ----------
    network : Module
        Any network; run in evaluation mode and left as it was.
    image : array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture.
    layers : sequence of str, optional
        Names of layers that give feature maps; by default all that hold no others and change what they are given.
    classes : sequence of str
        Names of the classes; by default their numbers.

    Returns
    -------
    Recording
        Maps, where they look, and what the network says.

    Raises
    ------
    ValueError
        If there is no such layer, it gives no maps, or the maps are more than a page can hold.
    OwnFunctionError
        If the network fails on the picture.
    """
    import torch

    from cnncourse.activations import evaluating, layer_names, record

    batch = as_batch(network, image)  # (1, channels, height, width)
    wanted = layer_names(network) if layers is None else list(layers)
    try:
        with torch.no_grad(), evaluating(network), record(network, wanted if layers else None) as given:
            answer = network(batch)
    except TypeError as error:
        if layers and "not a tensor" in str(error):
            raise SettingError(str(error)) from error
        raise network_fault(network, batch, error) from error
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        if isinstance(error, ValueError) and "has no layer" in str(error):
            raise SettingError(str(error)) from error
        raise network_fault(network, batch, error) from error
    maps = {name: tensor[0].double().cpu().numpy() for name, tensor in given.items() if tensor.ndim == 4}
    names = list(layers) if layers else _telling(network, maps)
    _check(names, given, maps)
    described = [_describe(network, name, maps[name].shape, tuple(batch.shape[1:])) for name in names]
    return Recording(described, {name: maps[name] for name in names}, _says(answer, classes))


def as_batch(network: nn.Module, image: Array) -> Tensor:
    """Turn a picture into a batch of one, with as many channels as the network's first convolution takes."""
    import torch

    from cnncourse.images import to_grey

    first = next((layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)), None)
    channels = first.in_channels if first else (1 if image.ndim == 2 else 3)
    picture = to_grey(image) if channels == 1 and image.ndim == 3 else image
    like = next(network.parameters(), torch.zeros(()))
    planes = torch.as_tensor(picture[..., None] if picture.ndim == 2 else picture).permute(2, 0, 1)
    if len(planes) == 1:
        planes = planes.expand(channels, -1, -1)
    return planes[None].to(like)


def network_fault(network: nn.Module, batch: Tensor, error: BaseException) -> OwnFunctionError:
    """Put what a network raised into words: the layer that refused, or the line outside of PyTorch that failed."""
    import torch

    from cnncourse._tracing import trace_network

    if isinstance(error, KeyboardInterrupt):
        return OwnFunctionError("you interrupted it", kind="KeyboardInterrupt")
    if isinstance(error, RuntimeError):
        try:
            trace_network(network, tuple(batch.shape[1:]))
        except ValueError as told:
            return OwnFunctionError(str(told), kind=type(error).__name__)
    inside = (Path(torch.__file__).parent, Path(__file__).parents[1])
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not any(Path(f.filename).is_relative_to(folder) for folder in inside)]
    line, source = (own[-1].lineno or 0, (own[-1].line or "").strip()) if own else (0, "")
    return OwnFunctionError(str(error), kind=type(error).__name__, line=line, source=source)


def _telling(network: nn.Module, maps: Mapping[str, Array]) -> list[str]:
    """Choose the layers worth a look: none that holds others, and none that passes on what came."""
    import torch

    dull = (torch.nn.Identity, torch.nn.Dropout, torch.nn.Dropout2d)
    layers = {name: network.get_submodule(name) for name in maps}
    return [name for name, layer in layers.items() if not any(layer.children()) and not isinstance(layer, dull)]


def _check(names: Iterable[str], given: Mapping[str, Tensor], maps: Mapping[str, Array]) -> None:
    names = list(names)
    for name in names:
        if name not in maps:
            shape = f"gives {tuple(given[name].shape[1:])}" if name in given else "was not called"
            raise SettingError(f"expected layers with feature maps, (maps, rows, columns); {name!r} {shape}")
    if not names:
        raise SettingError("expected a network with feature maps; none of its layers gives (maps, rows, columns)")
    count = sum(maps[name].size for name in names)
    if count > MOST_VALUES:
        raise SettingError(
            f"the maps of {len(names)} layers are {count:,} values, and a page holds {MOST_VALUES:,}; "
            "choose some, as in layers=['conv1', 'conv2'], or a smaller picture"
        )


def _describe(network: nn.Module, name: str, shape: tuple[int, ...], picture: tuple[int, ...]) -> LayerMaps:
    from cnncourse.receptive_field import locate

    fields = locate(network, name, (picture[0], picture[1], picture[2]))
    kind = type(network.get_submodule(name)).__name__
    return LayerMaps(name, kind, (shape[0], shape[1], shape[2]), fields.start, fields.stride, fields.size)


def _says(answer: Any, classes: Sequence[str]) -> list[tuple[str, float]]:
    if getattr(answer, "ndim", 0) != 2 or not bool(answer.isfinite().all()):
        return []
    shares = answer[0].double().softmax(dim=0)
    best = shares.argsort(descending=True)[:SAID].tolist()
    return [(classes[k] if k < len(classes) else f"class {k}", float(shares[k])) for k in best]
