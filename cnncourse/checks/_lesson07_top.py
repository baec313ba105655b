"""The exercise of lesson 07 on top images: the pictures that move a neuron most, cut out to what it saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._apart import draw_apart
from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import Slip
from cnncourse.checks._parts import Part, compare_parts

Array = NDArray[np.float64]
Found = tuple[NDArray[np.int64], Array]
Crop = Callable[[Array, int, int, tuple[int, int], int, int], Array]


def _maps(pictures: Array, kernel: Array, stride: int, padding: int) -> Array:
    """Ask PyTorch for the neuron's maps, shape (pictures, rows, columns)."""
    import torch
    from torch.nn import functional

    given, weights = torch.tensor(pictures[:, None]), torch.tensor(kernel[None, None])
    return np.asarray(functional.conv2d(given, weights, stride=stride, padding=padding)[:, 0].numpy())


def _seen(
    picture: Array, i: int, j: int, size: tuple[int, int], stride: int, padding: int, mode: Any = "constant"
) -> Array:
    top, left = i * stride, j * stride
    return np.pad(picture, padding, mode=mode)[top : top + size[0], left : left + size[1]]


def _pushed_in(picture: Array, i: int, j: int, size: tuple[int, int], stride: int, padding: int) -> Array:
    top, left = (
        min(max(at * stride - padding, 0), whole - part)
        for at, whole, part in zip((i, j), picture.shape, size, strict=True)
    )
    return picture[top : top + size[0], left : left + size[1]]


def _no_stride(picture: Array, i: int, j: int, size: tuple[int, int], stride: int, padding: int) -> Array:
    return _seen(picture, i, j, size, 1, padding)


def _no_padding(picture: Array, i: int, j: int, size: tuple[int, int], stride: int, padding: int) -> Array:
    return np.pad(picture, ((0, 9), (0, 9)))[i * stride : i * stride + size[0], j * stride : j * stride + size[1]]


def _edge(picture: Array, i: int, j: int, size: tuple[int, int], stride: int, padding: int) -> Array:
    return _seen(picture, i, j, size, stride, padding, "edge")


def _favourites(crop: Crop = _seen, score: Callable[[Array], Array] = lambda maps: maps, best: int = -1) -> Any:
    """Return a way to find favourites: how a place is cut out, by which score, strongest first (−1) or last (1)."""

    def gives(pictures: Array, kernel: Array, stride: int, padding: int, count: int) -> Found:
        maps = score(_maps(pictures, kernel, stride, padding))
        order = np.argsort(best * maps.max(axis=(1, 2)))[:count]
        places = [np.unravel_index(maps[one].argmax(), maps[one].shape) for one in order]
        crops = [
            crop(pictures[one], int(i), int(j), (kernel.shape[0], kernel.shape[1]), stride, padding)
            for one, (i, j) in zip(order, places, strict=True)
        ]
        return order, np.array(crops)

    return gives


_right = _favourites()


def _order(of: Callable[[Array], Array], *, padded: bool = True) -> Callable[..., NDArray[np.int64]]:
    def gives(pictures: Array, kernel: Array, stride: int, padding: int, count: int) -> NDArray[np.int64]:
        maps = _maps(pictures, kernel, stride, padding if padded else 0)
        return np.argsort(-of(maps.reshape(len(maps), -1)))[:count]

    return gives


def _places_of_all(pictures: Array, kernel: Array, stride: int, padding: int, count: int) -> NDArray[np.int64]:
    maps = _maps(pictures, kernel, stride, padding)
    return np.argsort(-maps.ravel())[:count] // maps[0].size


PLACES_SLIPS = (
    Slip("Those are the pictures that move the neuron least.", lambda *case: _favourites(best=1)(*case)[0]),
    Slip(
        "They are the right ones in the wrong order: the strongest comes first.", lambda *case: _right(*case)[0][::-1]
    ),
    Slip(
        "You count a strong no as a strong yes. Most means the largest value, sign and all.",
        lambda *case: _favourites(score=np.abs)(*case)[0],
    ),
    Slip(
        "You judged a picture by the mean of its map. Wanted is its largest value.",
        _order(lambda maps: maps.mean(axis=1)),
    ),
    Slip(
        "You judged a picture by the sum of what is positive. Wanted is the largest value.",
        _order(lambda maps: np.maximum(maps, 0).sum(axis=1)),
    ),
    Slip(
        "A picture came in more than once, or kept others out. Each picture enters with its best place.", _places_of_all
    ),
    Slip(
        "You let the neuron look at the pictures without their frame.",
        _order(lambda maps: maps.max(axis=1), padded=False),
    ),
)
CROPS_SLIPS = (
    Slip(
        "Your crops are those of another order of the pictures.",
        lambda *case: _right(*case)[1][::-1],
    ),
    Slip(
        "Your crops forget the frame: the first window begins `padding` pixels before the picture.",
        lambda *case: _favourites(_no_padding)(*case)[1],
    ),
    Slip(
        "Your crops forget the stride: how many pixels lie between two neighbours of the map?",
        lambda *case: _favourites(_no_stride)(*case)[1],
    ),
    Slip(
        "Where a window sticks out, you pushed it into the picture. The neuron saw the frame.",
        lambda *case: _favourites(_pushed_in)(*case)[1],
    ),
    Slip(
        "Where a window sticks out, you copied the rim. What did the neuron see there?",
        lambda *case: _favourites(_edge)(*case)[1],
    ),
)


def _cases(rng: np.random.Generator) -> list[Case]:
    def draw(rng: np.random.Generator) -> list[Case]:
        sizes = ((3, 3, 4), (2, 2), 1, 0, 2), ((7, 5, 8), (2, 3), 2, 1, 3), ((9, 8, 7), (4, 3), 3, 2, 4)
        notes = "three small pictures, no frame", "a frame, and a stride of 2", "a wide frame, and a stride of 3"
        return [
            Case((rng.normal(size=shape), rng.normal(size=kernel), stride, padding, count), note=note)
            for (shape, kernel, stride, padding, count), note in zip(sizes, notes, strict=True)
        ]

    def draw_places(rng: np.random.Generator) -> list[Case]:
        return draw_apart(rng, draw, lambda *case: _right(*case)[0], PLACES_SLIPS)

    return draw_apart(rng, draw_places, lambda *case: _right(*case)[1], CROPS_SLIPS)


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    if any(not answer.error and not isinstance(answer.value, (tuple, list)) for answer in answers):
        return iter([Finding(False, "Expected a tuple of two: the places of the pictures, and their crops.")])
    parts = [Part("the list of pictures", 0.4, PLACES_SLIPS), Part("the stack of crops", 0.6, CROPS_SLIPS)]
    return compare_parts(cases, answers, _right, parts, what="the pictures and their crops")


FAVOURITES = Exercise(
    name="07-favourites",
    title="What moves it most",
    entry="favourites",
    kind="function",
    objectives=(3,),
    points=3,
    level="practice",
    cases=_cases,
    judge=_judge,
    hints=(
        "`functional.conv2d` gives all maps at once; or two loops over the places of the padded pictures do.",
        "For each picture: its largest value, and the row and column of the map where it stands "
        "(`np.unravel_index`). Then sort the pictures by that value.",
        "In the *padded* picture the window of map place (i, j) begins at row i · stride, column j · stride. Cut the "
        "crop out there.",
    ),
    torch=True,
)
