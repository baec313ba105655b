"""Pictures on their way into a dream and out of it: made fit for a network, saved with their settings (lesson 08)."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from cnncourse._octaves import resized
from cnncourse.activations import evaluating, record
from cnncourse.images import to_float, to_grey, to_uint8

Array = NDArray[np.float64]
PROBE = 128  # pixels; a picture of this side tells how a network strides
SETTINGS = "cnncourse.dream"  # the key under which a saved picture holds its settings


@dataclass(frozen=True)
class Fit:
    """A picture as a network takes it.

    Attributes
    ----------
    pictures : Tensor, shape (1, channels, height, width), in [0, 1]
        On the network's device.
    notes : tuple of str
        What was done to it, a sentence each.
    """

    pictures: Tensor
    notes: tuple[str, ...]


def fit_picture(picture: ArrayLike, model: nn.Module, *, least: int, longest: int) -> Fit:
    """Make a picture of any usual kind fit for a network.

    Parameters
    ----------
    picture : array, shape (height, width), (height, width, 3) or (height, width, 4), in [0, 1] or of unsigned numbers
        The picture; a fourth channel says how opaque a pixel is, and is laid on white.
    model : Module
        Its first convolution says whether it wants colour.
    least, longest : int, pixels
        The shorter side is brought to `least`, the longer one to `longest`, where they are below and above.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        If it is no picture, has values outside [0, 1], or is for a network that takes neither grey nor colour.
    """
    values, notes = _channels(_checked(picture), colours_of(model))
    pictures = torch.from_numpy(values).permute(2, 0, 1)[None].to(home_of(model))
    height, width = values.shape[:2]
    share = min(longest / max(height, width), max(1.0, least / min(height, width)))
    if share == 1:
        return Fit(pictures, tuple(notes))
    high, wide = max(1, round(height * share)), max(1, round(width * share))
    why = "so that it fits the memory" if share < 1 else f"for the network looks in steps of {least // 2} pixels"
    notes.append(f"The picture of {height} × {width} pixels is dreamt at {high} × {wide}, {why}.")
    return Fit(resized(pictures, (high, wide)).clamp(0, 1), tuple(notes))


def _checked(picture: ArrayLike) -> Array:
    values = to_float(np.asarray(picture))
    channels_last = values.ndim == 2 or (values.ndim == 3 and values.shape[2] in (1, 3, 4))
    if not channels_last or not values.size:
        raise ValueError(
            f"expected a picture of shape (height, width), (height, width, 3) or (height, width, 4), got shape "
            f"{values.shape}; one stored channels first is turned by image.transpose(1, 2, 0)"
        )
    if not (values.min() >= 0 and values.max() <= 1):  # NaN fails both
        raise ValueError(
            f"expected brightnesses from 0 to 1, got {values.min():g} to {values.max():g}; "
            "divide by the largest, or cut off with np.clip"
        )
    return values[..., None] if values.ndim == 2 else values


def _channels(values: Array, wanted: int) -> tuple[Array, list[str]]:
    notes = []
    if values.shape[2] == 4:
        values = values[..., 3:] * values[..., :3] + (1 - values[..., 3:])
        notes.append("Transparent parts are laid on white.")
    if values.shape[2] == wanted:
        return values, notes
    if wanted == 1:
        return to_grey(values)[..., None], [*notes, "The colours are turned into brightness, as the network takes it."]
    return np.repeat(values, 3, axis=2), [*notes, "The grey picture is given to the network as red, green and blue."]


def colours_of(model: nn.Module) -> int:
    """Tell how many channels the pictures of a network have: those that its first convolution takes, 1 or 3."""
    wanted = next((layer.in_channels for layer in model.modules() if isinstance(layer, nn.Conv2d)), 3)
    if wanted not in (1, 3):
        raise ValueError(f"expected a network for pictures in grey or colour, 1 or 3 channels; this one takes {wanted}")
    return wanted


def home_of(model: nn.Module) -> Tensor:
    """Return an empty tensor on the device and of the type of a network's weights, for ``pictures.to(home)``."""
    weights = next((one for one in model.parameters() if one.is_floating_point()), torch.empty(0))
    return weights.detach().new_empty(0)


def stride_of(model: nn.Module, layer: str) -> int:
    """Tell how many pixels apart two neighbours of a layer's map look; of a dense layer, of the last map before it."""
    probe = torch.zeros((1, colours_of(model), PROBE, PROBE)).to(home_of(model))
    with torch.no_grad(), evaluating(model), record(model) as maps, contextlib.suppress(RuntimeError):
        model(probe)  # a dense layer may refuse the size; the maps before it are recorded by then
    stride = 1.0
    for name, given in maps.items():
        if given.ndim == 4 and min(given.shape[2:]) > 1:
            stride = PROBE / min(given.shape[2:])
        if name == layer:
            break
    return round(stride)


def to_array(pictures: Tensor) -> Array:
    """Return pictures as the rest of the course has them.

    Parameters
    ----------
    pictures : Tensor, shape (n, channels, height, width)
        In [0, 1].

    Returns
    -------
    array, shape (n, height, width, 3) or (n, height, width)
    """
    values = pictures.detach().permute(0, 2, 3, 1).double().cpu().numpy()
    return np.ascontiguousarray(values[..., 0] if values.shape[3] == 1 else values)


def save_dream(file: str | Path | BinaryIO, picture: ArrayLike, settings: dict[str, Any]) -> None:
    """Save a picture as PNG, with the settings that made it inside, as text.

    Parameters
    ----------
    file : path or open binary file
        Where to; a path should end in ``.png``.
    picture : array, shape (height, width) or (height, width, 3), in [0, 1]
        The picture.
    settings : dict
        What can be written as JSON, as `cnncourse.dreaming.Dream.recipe` gives it.

    Raises
    ------
    ValueError
        If the path ends in something else: other formats would lose the settings.

    References
    ----------
    W3C, "Portable Network Graphics (PNG) Specification", third edition: textual information chunks.
    """
    from PIL import Image, PngImagePlugin

    if isinstance(file, str | Path) and Path(file).suffix.lower() != ".png":
        raise ValueError(f"expected a file name that ends in .png, which can hold the settings; got {Path(file).name}")
    text = PngImagePlugin.PngInfo()
    text.add_text("Software", f"cnncourse {version('cnncourse')}")
    text.add_itxt(SETTINGS, json.dumps(settings, ensure_ascii=False))
    Image.fromarray(to_uint8(np.asarray(picture))).save(file, "PNG", pnginfo=text)


def read_recipe(file: str | Path | BinaryIO) -> dict[str, Any]:
    """Read the settings out of a picture that `save_dream` wrote.

    Raises
    ------
    ValueError
        If there are none in it.
    """
    from PIL import Image

    with Image.open(file) as opened:
        text = getattr(opened, "text", {}).get(SETTINGS)
    if text is None:
        raise ValueError("this picture holds no settings of a dream; some programs drop them when they save a picture")
    return dict(json.loads(text))
