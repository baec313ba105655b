"""What the dream explorer computes: which layers there are, a preview while a slider moves, and pictures on record."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import nn

    from cnncourse.dreaming import Dream

Array = NDArray[np.float64]
STEPS = 10  # in each octave
PREVIEW_SIDE, PREVIEW_STEPS, PREVIEW_OCTAVES = 96, 5, 3
PREVIEW_SECONDS = 0.2  # after which no further step begins: a hand on a slider waits no longer
RECORD_SIDE = 176  # pixels of the pictures on record
QUALITY = 82  # of the JPEGs on record


@dataclass(frozen=True)
class Wish:
    """What to dream: a layer, one of its maps or -1 for all of them, how many octaves, how far a step goes."""

    layer: str
    channel: int
    octaves: int
    strength: float

    def dream(self, model: nn.Module, image: Array, *, longest: int, steps: int = STEPS) -> Dream:
        """Prepare the dream; nothing is computed yet but that the network takes the picture."""
        from cnncourse.dreaming import Dream, Settings, Target

        target = Target(self.layer, None if self.channel < 0 else self.channel)
        settings = Settings(steps=steps, octaves=self.octaves, strength=self.strength)
        return Dream(model, image, target, settings, longest=longest)


def preview(model: nn.Module, image: Array, wish: Wish, *, seconds: float = PREVIEW_SECONDS) -> Array:
    """Dream a small copy of the picture, as far as the time allows.

    Parameters
    ----------
    model : Module
        Any network.
    image : array, shape (height, width, 3) or (height, width), in [0, 1]
        The picture.
    wish : Wish
        What to dream; the preview has three octaves at most.
    seconds : float
        When to begin no further step.

    Returns
    -------
    array, shape (rows, columns, 3) or (rows, columns)
        At most 96 pixels long; less where a slow network came no further than a smaller octave.
    """
    start = perf_counter()
    octaves = min(wish.octaves, PREVIEW_OCTAVES)
    few = Wish(wish.layer, wish.channel, octaves, wish.strength * STEPS / PREVIEW_STEPS)
    dream = few.dream(model, image, longest=PREVIEW_SIDE, steps=PREVIEW_STEPS)
    for at in dream:
        if perf_counter() - start > seconds:
            return at.picture
    return dream.picture


def offered_layers(model: nn.Module, names: Sequence[str] | None, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Describe layers to dream with.

    Parameters
    ----------
    model : Module
        Any network.
    names : sequence of str, optional
        Names of layers; by default the parts that the network is made of, as `main_parts` lists them.
    classes : sequence of str
        Names of the classes, for the layer that has as many numbers.

    Returns
    -------
    list of dict
        ``name``; ``title``, how it is written; ``kind`` of what it gives, maps, numbers or classes; ``count`` of these;
        their ``names``, where known.

    Raises
    ------
    ValueError
        If there is no such layer, where the message suggests the nearest; or none that gives maps or numbers.
    """
    shapes, refused = _shapes(model, main_parts(model) if names is None else names)
    described = []
    for name, shape in ((name, shape) for name, shape in shapes.items() if len(shape) in (2, 4)):
        named = len(shape) == 2 and shape[1] == len(classes)
        kind = "classes" if named else "maps" if len(shape) == 4 else "numbers"
        names_of = list(classes) if named else []
        words = {"name": name, "title": f"{name}: {shape[1]} {kind}", "kind": kind}
        described.append({**words, "count": shape[1], "names": names_of})
    if not described:
        why = f": {refused}" if refused else ""
        raise ValueError(f"expected layers that give maps or numbers; {type(model).__name__} gave none of them{why}")
    return described


def main_parts(model: nn.Module) -> list[str]:
    """List the parts that a network is made of; a row of blocks, or of several convolutions, counts as its members.

    Examples
    --------
    >>> from cnncourse.models import ResidualNet
    >>> main_parts(ResidualNet())
    ['stem', 'blocks.0', 'blocks.1', 'blocks.2', 'blocks.3', 'head']
    """
    parts = []
    children = list(model.named_children())
    if len(children) == 1 and any(children[0][1].children()):  # wrapped, as `cnncourse.imagenet.Scaled` does
        name, inner = children[0]
        return [f"{name}.{part}" for part in main_parts(inner)]
    for name, child in children:
        parts += [f"{name}.{place}" for place, _ in child.named_children()] if _is_row(child) else [name]
    return parts


def _is_row(part: nn.Module) -> bool:
    from torch import nn

    inside = list(part.children())
    blocks = any(any(one.children()) for one in inside)
    return isinstance(part, nn.Sequential) and (blocks or sum(isinstance(one, nn.Conv2d) for one in inside) > 1)


def _shapes(model: nn.Module, names: Iterable[str]) -> tuple[dict[str, tuple[int, ...]], str]:
    """Return the shapes that layers give, and why the network went no further if it refused the size."""
    import torch

    from cnncourse.activations import evaluating, record
    from cnncourse.dream_pictures import PROBE, colours_of, home_of

    wanted = list(names)
    probe = torch.zeros((1, colours_of(model), PROBE, PROBE)).to(home_of(model))
    refused = ""
    with torch.no_grad(), evaluating(model), record(model, wanted) as maps:
        try:
            model(probe)
        except RuntimeError as error:  # a dense layer may want another size; the maps before it are recorded by then
            refused = str(error)
    return {name: tuple(maps[name].shape) for name in wanted if name in maps}, refused


def as_jpeg(picture: Array) -> bytes:
    """Write a picture as JPEG, small enough to travel with a page by the dozen."""
    from PIL import Image

    from cnncourse.images import to_uint8

    file = io.BytesIO()
    Image.fromarray(to_uint8(picture)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def on_record(
    model: nn.Module, image: Array, wishes: Sequence[Wish], *, progress: bool = False
) -> list[dict[str, Any]]:
    """Dream each wish at 176 pixels, for a page that cannot ask.

    Returns
    -------
    list of dict
        The wish's fields; ``steps`` of an octave; ``size``, (height, width); ``data``, a JPEG.
    """
    from tqdm.auto import tqdm

    kept = []
    for wish in tqdm(wishes, desc="dreams for the page", leave=False, disable=not progress):
        dream = wish.dream(model, image, longest=RECORD_SIDE)
        for _ in dream:
            pass
        size = list(dream.sizes[-1])
        data = memoryview(as_jpeg(dream.picture))
        kept.append({**asdict(wish), "steps": STEPS, "size": size, "data": data})
    return kept
