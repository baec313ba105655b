"""Judges of lesson 04, second part: layers as sums, as matrices, as one layer in disguise, and what they learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, compare
from cnncourse.checks._parts import Part, compare_parts

__all__ = [
    "collapse_cases",
    "detective_cases",
    "judge_collapse",
    "judge_detective",
    "judge_panorama",
    "judge_share",
    "panorama_cases",
    "share_cases",
]

Array = NDArray[np.float64]
Pair = tuple[int, int]


def _layer(maps: Array, filters: Array, bias: Any = None, stride: int = 1) -> Array:
    """Ask PyTorch: maps of shape (..., channels, height, width)."""
    import torch
    from torch.nn import functional

    tensors = [torch.tensor(np.ascontiguousarray(a, dtype=float)) for a in (maps, filters)]
    added = None if bias is None else torch.tensor(np.asarray(bias, dtype=float))
    return np.asarray(functional.conv2d(tensors[0], tensors[1], added, stride).numpy())


# --- panorama ---------------------------------------------------------------------------------------------------------


def panorama_cases(rng: np.random.Generator) -> list[Case]:
    """Draw panoramas with one channel and with several; a stride that leaves a rest among them."""
    sizes = [
        ((1, 2, 3), (1, 1, 1, 2), 1, "one channel, one filter"),
        ((3, 4, 6), (2, 3, 3, 2), 1, "three channels, two filters"),
        ((2, 5, 7), (3, 2, 2, 3), 2, "a stride of 2"),
        ((2, 6, 8), (4, 2, 3, 5), 3, "a stride that leaves a rest"),
    ]
    drawn = [
        Case((_nonzero(rng, maps), _nonzero(rng, filters), _nonzero(rng, filters[:1]), stride), note=note)
        for maps, filters, stride, note in sizes[1:]
    ]
    small = rng.permutation(np.arange(1.0, 7)).reshape(1, 2, 3)
    weights = rng.permutation([1.0, 10.0]).reshape(1, 1, 1, 2)
    return [Case((small, weights, np.array([float(rng.integers(200, 300))]), 1), note=sizes[0][3]), *drawn]


def _nonzero(rng: np.random.Generator, shape: Sequence[int], *, whole: bool = False) -> Array:
    """Draw numbers that are not 0; whole ones for what is to be read and worked out by hand."""
    sizes = rng.integers(1, 10, shape) if whole else rng.uniform(0.5, 3, shape)
    return np.round(sizes * rng.choice([-1.0, 1.0], shape), 3)


def _around(maps: Array, filters: Array, before: int = 0, rows: int = 0, mode: Any = "wrap") -> Array:
    extra = filters.shape[-1] - 1
    return np.pad(maps, [(0, 0), (0, rows), (before, extra - before)], mode=mode)


def _panorama(maps: Array, filters: Array, bias: Array, stride: int) -> Array:
    return _layer(_around(maps, filters), filters, bias, stride)


def judge_panorama(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with PyTorch's layer on a picture that was continued."""
    slips = [
        Slip(
            "The picture ends at its last column. What lies to the right of it, in a panorama?",
            lambda maps, filters, bias, stride: _layer(maps, filters, bias, stride),
        ),
        Slip(
            "To the right of the last column you see zeros. What is there in a panorama?",
            lambda maps, filters, *rest: _layer(_around(maps, filters, mode="constant"), filters, *rest),
        ),
        Slip(
            "Rows go round as well: the ground is not followed by the sky.",
            lambda maps, filters, *rest: _layer(_around(maps, filters, rows=filters.shape[2] - 1), filters, *rest),
        ),
        Slip(
            "The last column is repeated to the right: that is replicate padding. Which column comes next?",
            lambda maps, filters, *rest: _layer(_around(maps, filters, mode="edge"), filters, *rest),
        ),
        Slip(
            "Kernels are turned by half a circle. Lay them on as they stand.",
            lambda maps, filters, *rest: _panorama(maps, filters[..., ::-1, ::-1], *rest),
        ),
        Slip(
            "The biases are missing.",
            lambda maps, filters, bias, stride: _panorama(maps, filters, 0 * bias, stride),
        ),
        Slip(
            "A bias is added once for each channel. It belongs to the filter: one for each sum.",
            lambda maps, filters, bias, stride: _panorama(maps, filters, bias * len(maps), stride),
        ),
        Slip(
            "Only the first channel is seen: a filter has a kernel for each channel, and adds up the answers.",
            lambda maps, filters, *rest: _panorama(maps[:1], filters[:, :1], *rest),
        ),
        Slip(
            "Channels are averaged. The answers of a filter's kernels are added.",
            lambda maps, filters, *rest: _panorama(maps, filters / len(maps), *rest),
        ),
        Slip(
            "Your windows move by one, whatever the stride.",
            lambda maps, filters, bias, stride: _panorama(maps, filters, bias, 1),
        ),
        Slip(
            "All filters are added to one map. Each filter gives a map of its own.",
            lambda *given: _panorama(*given).sum(axis=0, keepdims=True),
        ),
    ]
    return compare(cases, answers, _panorama, what="the stack of maps", slips=slips)


# --- shared weights ---------------------------------------------------------------------------------------------------


def share_cases(rng: np.random.Generator) -> list[Case]:
    """Draw dense layers: edges where a convolution has them, and some where it has none."""
    sizes: list[tuple[Pair, Pair, str]] = [
        ((1, 3), (1, 2), "one row of three pixels"),
        ((3, 4), (2, 2), "a small picture; inside a window an edge is missing"),
        ((4, 6), (2, 3), "a kernel that is not square"),
        ((6, 4), (3, 2), "a picture that is high"),
    ]
    return [Case((_dense(rng, picture, kernel), picture, kernel), note=note) for picture, kernel, note in sizes]


def _dense(rng: np.random.Generator, picture: Pair, kernel: Pair) -> Array:
    local = _edges(picture, kernel).any(axis=0)
    matrix = np.where(local, _nonzero(rng, local.shape, whole=local.size < 10), 0)
    outside = rng.permutation(np.argwhere(~local))
    for row, column in outside[: (len(outside) + 2) // 3]:
        matrix[row, column] = rng.choice([-2.0, 3.0])
    if local.size >= 10:  # edges that are missing where the kernel has a weight
        for mask in _edges(picture, kernel)[:2]:
            row, column = rng.choice(np.argwhere(mask))
            matrix[row, column] = 0
    return matrix


def _edges(picture: Pair, kernel: Pair) -> NDArray[np.bool_]:
    """Return a mask of shape (weights, outputs, inputs) for each weight: which edges carry it."""
    units, ones = np.eye(int(np.prod(picture))), np.eye(int(np.prod(kernel)))
    answers = [
        [signal.correlate2d(unit.reshape(picture), one.reshape(kernel), mode="valid").ravel() for unit in units]
        for one in ones
    ]
    return np.asarray(answers).swapaxes(1, 2) > 0.5


def _shared(matrix: Array, picture_shape: Pair, kernel_shape: Pair) -> tuple[Array, int]:
    edges = _edges(picture_shape, kernel_shape)
    means = np.array([matrix[mask].mean() for mask in edges]).reshape(kernel_shape)
    return means, int(np.count_nonzero(matrix[~edges.any(axis=0)]))


def _columnwise(matrix: Array, picture: Pair, kernel: Pair) -> tuple[Array, int]:
    turned, small = picture[::-1], kernel[::-1]
    means, count = _shared(matrix, turned, small)
    return means.T, count


def _running_on(matrix: Array, picture: Pair, kernel: Pair) -> Array:
    """Move on by one pixel with each output, as if picture rows had no end."""
    places = [[o + a * picture[1] + b for o in range(len(matrix))] for a in range(kernel[0]) for b in range(kernel[1])]
    return np.array([matrix[range(len(matrix)), place].mean() for place in places]).reshape(kernel)


def judge_share(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with means over edges that SciPy's correlation has found."""
    kernel = (
        Slip(
            "Those are sums. Edges that should carry one weight get their mean.",
            lambda matrix, p, k: _shared(matrix, p, k)[0] * len(matrix),
        ),
        Slip(
            "Those are the first output's edges alone. All outputs share the kernel.",
            lambda matrix, p, k: np.array([matrix[0][mask[0]].item() for mask in _edges(p, k)]).reshape(k),
        ),
        Slip("At the end of a picture row the window jumps to the next row: your outputs run on.", _running_on),
        Slip("The kernel is turned by half a circle.", lambda *given: _shared(*given)[0][::-1, ::-1]),
        Slip(
            "Pixels are read row by row, and so are the outputs; you read them column by column.",
            lambda *given: _columnwise(*given)[0],
        ),
        Slip(
            "You divide by the number of edges that are there. A missing edge counts as 0: how many outputs are there?",
            lambda matrix, p, k: np.array(
                [matrix[mask].sum() / max(np.count_nonzero(matrix[mask]), 1) for mask in _edges(p, k)]
            ).reshape(k),
        ),
        Slip(
            "The mean is taken over all pixels. How many edges carry one weight?",
            lambda matrix, p, k: _shared(matrix, p, k)[0] * len(matrix) / matrix.shape[1],
        ),
    )
    cut = (
        Slip(
            "You counted every place outside the windows. Where the matrix holds 0 there is no edge to cut.",
            lambda matrix, p, k: np.count_nonzero(~_edges(p, k).any(axis=0)),
        ),
        Slip(
            "You counted the edges that may stay.",
            lambda matrix, p, k: np.count_nonzero(matrix[_edges(p, k).any(axis=0)]),
        ),
        Slip("You counted all edges of the layer.", lambda matrix, p, k: np.count_nonzero(matrix)),
        Slip(
            "You added up what is cut; count the edges.",
            lambda matrix, p, k: np.abs(matrix[~_edges(p, k).any(axis=0)]).sum(),
        ),
    )
    parts = [Part("the kernel", 0.6, kernel), Part("the number of edges to cut", 0.4, cut)]
    return compare_parts(cases, answers, _shared, parts, what="kernel and number")


# --- a detective ------------------------------------------------------------------------------------------------------


def detective_cases(rng: np.random.Generator) -> list[Case]:
    """Draw an exercise in which no answer is 0, some are cut by the ReLU, and every misreading differs."""
    while True:
        image = rng.integers(-4, 6, (5, 6)).astype(float)
        kernel = (rng.choice([-1, 1], (2, 3)) * rng.integers(1, 4, (2, 3))).astype(float)
        target = rng.integers(1, 8, (4, 4)).astype(float)
        given = {"image": image, "kernel": kernel, "target": target}
        answer = signal.correlate2d(image, kernel, "valid")
        true = _true_gradient(**given)
        others = [_gradient_without(**given, leave=leave) for leave in ("slope", "ReLU", "minus")]
        row, column = int(rng.integers(2)), int(rng.integers(3))
        values = [true[row, column], 0.0, *(other[row, column] for other in others), 2 * true[row, column]]
        values += [-true[row, column], true[row, column] / 16, true[1 - row, 2 - column]]
        wrong = true.copy()
        mistake = float(rng.choice([-1, 1]) * rng.integers(7, 30))
        wrong[row, column] += mistake
        distinct = len({*values, wrong[row, column], mistake}) == len(values) + 2
        places = all(np.argmax(np.abs(other - wrong)) != 3 * row + column for other in others)
        if distinct and places and (row, column) not in ((0, 0), (1, 1)) and (answer != 0).all() and (answer < 0).any():
            return [Case(keywords={**given, "claimed": wrong})]


def _true_gradient(image: Array, kernel: Array, target: Array) -> Array:
    """Ask PyTorch for the gradient by the kernel."""
    import torch
    from torch.nn import functional

    weights = torch.tensor(kernel[None, None], requires_grad=True)
    answer = functional.relu(functional.conv2d(torch.tensor(image[None, None]), weights))
    (0.5 * (answer[0, 0] - torch.tensor(target)).square().sum()).backward()
    assert weights.grad is not None
    return np.asarray(weights.grad[0, 0].numpy())


def _gradient_without(image: Array, kernel: Array, target: Array, *, leave: str) -> Array:
    """Leave out one step of the way back."""
    answer = signal.correlate2d(image, kernel, "valid")
    bent = answer if leave == "ReLU" else np.maximum(answer, 0)
    arriving = bent if leave == "minus" else bent - target
    slope = (answer > 0) if leave == "minus" else 1
    return np.asarray(signal.correlate2d(image, arriving * slope, "valid"))


def _culprit(image: Array, kernel: Array, target: Array, claimed: Array) -> tuple[int, int, float]:
    true = _true_gradient(image, kernel, target)
    row, column = np.unravel_index(np.abs(true - claimed).argmax(), true.shape)
    return int(row), int(column), float(true[row, column])


def judge_detective(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with PyTorch's gradient: where it differs from the claimed one, and what it is there."""

    def furthest(leave: str) -> Any:
        def gives(claimed: Array, **given: Any) -> tuple[int, int, float]:
            mine = _gradient_without(**given, leave=leave)
            row, column = np.unravel_index(np.abs(mine - claimed).argmax(), mine.shape)
            return int(row), int(column), float(mine[row, column])

        return gives

    def spoilt(change: Any) -> Any:
        return lambda **given: change(*_culprit(**given), given["claimed"])

    slips = [
        Slip("Your gradient leaves out the slope of the ReLU: where the filter answers below 0, nothing moves.",
             furthest("slope")),
        Slip("Your network has no ReLU in it; this one has.", furthest("ReLU")),
        Slip("Your gradient leaves out the target: how far is the answer from it?", furthest("minus")),
        Slip("Row and column have changed places.", spoilt(lambda row, column, value, _: (column, row, value))),
        Slip("The place is counted from 1; here the first row and the first column are 0.",
             spoilt(lambda row, column, value, _: (row + 1, column + 1, value))),
        Slip("The place is right, but your value is the claimed one: what should stand there?",
             spoilt(lambda row, column, _, claimed: (row, column, claimed[row, column]))),
        Slip("The place is right, the value is twice too large: where does the half of the loss come in?",
             spoilt(lambda row, column, value, _: (row, column, 2 * value))),
        Slip("The place is right, the value has the wrong sign: answer minus target, or target minus answer?",
             spoilt(lambda row, column, value, _: (row, column, -value))),
        Slip("The place is right, the value is a mean: the loss is a sum.",
             spoilt(lambda row, column, value, _: (row, column, value / 16))),
        Slip("The place is right, but your value is the mistake itself: the difference of the two gradients.",
             spoilt(lambda row, column, value, claimed: (row, column, claimed[row, column] - value))),
    ]  # fmt: skip
    return compare(cases, answers, _culprit, what="what you found", slips=slips, tolerance=1e-3)


# --- collapse ---------------------------------------------------------------------------------------------------------


def collapse_cases(rng: np.random.Generator) -> list[Case]:
    """Draw two layers that follow each other, with one channel and with many."""
    sizes = [
        ((1, 1, 1, 2), (1, 1, 1, 2), "one channel, kernels of 1 × 2"),
        ((2, 3, 2, 3), (4, 2, 3, 2), "many channels"),
        ((3, 2, 1, 4), (2, 3, 3, 1), "a row, then a column"),
    ]
    return [
        Case(tuple(_nonzero(rng, shape, whole=not number) for shape in (one, one[:1], two, two[:1])), note=note)
        for number, (one, two, note) in enumerate(sizes)
    ]


def _collapsed(filters1: Array, bias1: Array, filters2: Array, bias2: Array) -> tuple[Array, Array]:
    """Ask the two layers for their answers to single white pixels, and to a black picture."""
    shape = (filters1.shape[1], *(a + b - 1 for a, b in zip(filters1.shape[2:], filters2.shape[2:], strict=True)))
    pictures = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    black, lit = (
        _layer(_layer(given, filters1, bias1), filters2, bias2)[..., 0, 0]
        for given in (np.zeros((1, *shape)), pictures)
    )
    return (lit - black).T.reshape(-1, *shape), black[0]


def judge_collapse(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with what the two layers answer to single pixels."""
    filters = (
        Slip(
            "The second kernel lies on the first one as in a convolution of pictures. Follow one pixel: by which pairs "
            "of weights does it reach the answer?",
            lambda f, b, g, o: _collapsed(f, b, g[..., ::-1, ::-1], o)[0],
        ),
        Slip(
            "The whole is turned by half a circle. How do libraries lay a kernel on?",
            lambda *given: _collapsed(*given)[0][..., ::-1, ::-1],
        ),
        Slip(
            "The maps in between are averaged. They are added.",
            lambda *given: _collapsed(*given)[0] / len(given[0]),
        ),
        Slip(
            "You went through the first map in between only. Each of them is a way from the pixel to the answer.",
            lambda f, b, g, o: _collapsed(f[:1], b[:1], g[:, :1], o)[0],
        ),
        Slip(
            "All filters have become the same one: each filter of the second layer has kernels of its own.",
            lambda f, b, g, o: _collapsed(f, b, np.broadcast_to(g[:1], g.shape), o)[0],
        ),
    )
    bias = (
        Slip("The biases of the first layer are lost: what does the second layer make of them?",
             lambda f, b, g, o: o),
        Slip("The biases of the first layer pass through the second layer's weights: you added them as they are.",
             lambda f, b, g, o: b.sum() + o),
        Slip("The biases of the second layer are lost.",
             lambda f, b, g, o: g.sum(axis=(2, 3)) @ b),
        Slip("A bias of the first layer stands at every place that the second kernel looks at, not at one of them.",
             lambda f, b, g, o: g.mean(axis=(2, 3)) @ b + o),
    )  # fmt: skip
    parts = [Part("the stack of filters", 0.6, filters), Part("the row of biases", 0.4, bias)]
    return compare_parts(cases, answers, _collapsed, parts, what="filters and biases")
