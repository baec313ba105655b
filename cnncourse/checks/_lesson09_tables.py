"""The exercise of lesson 09 on counting: one network, and what two tables say of it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cnncourse.checks._apart import draw_until
from cnncourse.checks._exercise import Answer, Case, Finding
from cnncourse.checks._judging import Slip, matches
from cnncourse.checks._parts import Part, compare_parts

__all__ = ["judge_tables", "table_cases"]

Sizes = tuple[int, int]
MIB, MB = 2**20, 10**6
CLOSE = 1e-5  # a head's biases are few beside all parameters


class Layer(NamedTuple):
    """One layer, for counting."""

    place: str  # "stem", "1x1", "3x3 reduce", "3x3", "5x5 reduce", "5x5", "pool", "head" or "auxiliary"
    inputs: int
    outputs: int
    area: int  # pixels of its kernel
    places: int  # where it stands

    @property
    def weights(self) -> int:
        return self.inputs * self.outputs * self.area

    @property
    def linear(self) -> bool:
        return self.place in ("head", "auxiliary")


Network = Mapping[str, Any]


def _layers(picture: Sizes, stem: Network, block: Network, classes: int, *, whole: bool = False) -> list[Layer]:
    """List the layers; `whole` forgets the stride of the stem."""
    places = picture[0] * picture[1] // (1 if whole else 4)
    inside, (less3, out3), (less5, out5) = stem["maps"], block["3x3"], block["5x5"]
    joined = block["1x1"] + out3 + out5 + block["pool"]
    return [
        Layer("stem", 3, inside, stem["kernel"] ** 2, places),
        Layer("1x1", inside, block["1x1"], 1, places),
        Layer("3x3 reduce", inside, less3, 1, places),
        Layer("3x3", less3, out3, 9, places),
        Layer("5x5 reduce", inside, less5, 1, places),
        Layer("5x5", less5, out5, 25, places),
        Layer("pool", inside, block["pool"], 1, places),
        Layer("head", joined, classes, 1, 1),
        Layer("auxiliary", inside, classes, 1, 1),
    ]


def _sum(
    each: Callable[[Layer], float], *, auxiliary: bool = False, unit: float = 1, whole: bool = False
) -> Callable[..., float]:
    """Add something up over the layers, with or without the auxiliary head."""

    def gives(**network: Any) -> float:
        layers = _layers(**network, whole=whole)
        return sum(each(layer) for layer in layers if auxiliary or layer.place != "auxiliary") / unit

    return gives


def _numbers(normed: int = 2, biased: int = 1) -> Callable[[Layer], float]:
    """Return what counts a layer's weights, `normed` numbers for each map and `biased` for each output of a head."""
    return lambda layer: layer.weights + layer.outputs * (biased if layer.linear else normed)


def _work(layer: Layer) -> float:
    return layer.weights * layer.places


def _tables(picture: Sizes, stem: Network, block: Network, classes: int) -> tuple[int, int, float, int]:
    return _counted(picture, stem["maps"], stem["kernel"], tuple(block.items()), classes)


@functools.lru_cache(maxsize=8)
def _counted(
    picture: Sizes, inside: int, kernel: int, branched: tuple[tuple[str, Any], ...], classes: int
) -> tuple[int, int, float, int]:
    """Build the network on PyTorch's meta device and let PyTorch count."""
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    def conv(inputs: int, outputs: int, size: int, stride: int = 1) -> nn.Sequential:
        layer = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
        return nn.Sequential(layer, nn.BatchNorm2d(outputs))

    block = dict(branched)
    (less3, out3), (less5, out5) = block["3x3"], block["5x5"]
    with torch.device("meta"):
        first = conv(3, inside, kernel, 2)
        branches = nn.ModuleList([
            conv(inside, block["1x1"], 1),
            nn.Sequential(conv(inside, less3, 1), conv(less3, out3, 3)),
            nn.Sequential(conv(inside, less5, 1), conv(less5, out5, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), conv(inside, block["pool"], 1)),
        ])  # fmt: skip
        large = [nn.Conv2d(inside, out3, 3, bias=False), nn.Conv2d(inside, out5, 5, bias=False)]
        head = nn.Linear(block["1x1"] + out3 + out5 + block["pool"], classes)
        auxiliary = nn.Linear(inside, classes)
        counter = FlopCounterMode(display=False)
        with counter, torch.no_grad():
            maps = first.eval()(torch.empty(1, 3, *picture))
            head(torch.cat([branch(maps) for branch in branches.eval()], 1).mean((2, 3)))
    used = nn.ModuleList([first, branches, head])
    stored = [one for name, one in nn.ModuleList([used, auxiliary]).state_dict().items() if "num_batches" not in name]
    spared = sum(layer.weight.numel() for layer in large) - sum(
        layer.weight.numel() for branch in branches[1:3] for layer in branch.modules() if isinstance(layer, nn.Conv2d)
    )
    return (
        sum(one.numel() for one in used.parameters()),
        counter.get_total_flops() // 2,
        sum(one.numel() * one.element_size() for one in stored) / MIB,
        spared,
    )


PARAMETER_SLIPS = (
    Slip("The auxiliary head is in your count. Who uses it, and when?", _sum(_numbers(), auxiliary=True)),
    Slip("Your batch norms have nothing to learn. What do they multiply by, and what do they add?", _sum(_numbers(0))),
    Slip("A running mean and variance are kept, but no gradient moves them: are they parameters?", _sum(_numbers(4))),
    Slip("A batch norm has two learned numbers for each map; you counted one.", _sum(_numbers(1))),
    Slip("The convolutions got biases. Look again at what stands behind each.", _sum(_numbers(3))),
    Slip("The biases of the linear layer are missing.", _sum(_numbers(biased=0))),
    Slip("Those are the weights alone.", _sum(_numbers(0, 0))),
    Slip(
        "The head looks at what all four branches have laid side by side: how many maps are that?",
        lambda **network: _sum(_numbers())(**network)
        - network["classes"] * (_layers(**network)[-2].inputs - network["stem"]["maps"]),
    ),
)  # fmt: skip
WORK_SLIPS = (
    Slip("Those are weights. At how many places is each of them used?", _sum(lambda layer: layer.weights)),
    Slip("The stem has a stride: how many places does it leave?", _sum(_work, whole=True)),
    Slip("A multiplication and its addition are one multiply-add; you counted two.", _sum(lambda one: 2 * _work(one))),
    Slip("The auxiliary head is in your count. Does it work when the network is used?", _sum(_work, auxiliary=True)),
    Slip(
        "The linear layer works once, on means, and not at every place.",
        lambda **network: _sum(_work)(**network)
        + _layers(**network)[-2].weights * (_layers(**network)[0].places - 1),
    ),
    Slip("The linear layer is missing.", _sum(lambda layer: 0 if layer.linear else _work(layer))),
)  # fmt: skip
FILE_SLIPS = (
    Slip("Those are MB, of a million bytes. How many bytes has a MiB?", _sum(_numbers(4), auxiliary=True, unit=MB / 4)),
    Slip("In your file the norms have lost their running means and variances. Who needs them later?",
         _sum(_numbers(2), auxiliary=True, unit=MIB / 4)),
    Slip("The auxiliary head is missing: the file holds the network as it was trained.",
         _sum(_numbers(4), unit=MIB / 4)),
    Slip("The file holds more than what the first number counts. What else is kept?", _sum(_numbers(2), unit=MIB / 4)),
    Slip("Those are numbers, in units of 2²⁰. How many bytes has each?", _sum(_numbers(4), auxiliary=True, unit=MIB)),
    Slip("Those are bits. Eight of them are a byte.", _sum(_numbers(4), auxiliary=True, unit=MIB / 32)),
    Slip("A norm keeps two numbers for each map besides the two it learns; you counted one.",
         _sum(_numbers(3), auxiliary=True, unit=MIB / 4)),
    Slip("Those are KiB. A MiB has 1,024 of them.", _sum(_numbers(4), auxiliary=True, unit=MIB / 4096)),
)  # fmt: skip


def _spared(
    *, three: bool = True, five: bool = True, reductions: bool = True, ratio: bool = False, work: bool = False
) -> Callable[..., float]:
    """Compare the large kernels with and without reduction in another way."""

    def gives(**network: Any) -> float:
        layers = {layer.place: layer for layer in _layers(**network)}
        before = after = 0
        for name, taken in (("3x3", three), ("5x5", five)):
            large, reduce = layers[name], layers[f"{name} reduce"]
            before += taken * reduce.inputs * large.outputs * large.area
            after += taken * (large.weights + reductions * reduce.weights)
        return before / after if ratio else (before - after) * (layers["stem"].places if work else 1)

    return gives


SPARED_SLIPS = (
    Slip("The reductions cost weights of their own, and you left them out.", _spared(reductions=False)),
    Slip("The 5×5 branch saves, too.", _spared(five=False)),
    Slip("The 3×3 branch saves, too.", _spared(three=False)),
    Slip("That is how many times as many. Wanted is how many more.", _spared(ratio=True)),
    Slip("Those are multiply-adds. Wanted are weights.", _spared(work=True)),
    Slip("The sign is turned round: the block without reductions has more.", lambda **given: -_spared()(**given)),
)
TABLE_PARTS = (
    Part("the number of parameters", 0.3, PARAMETER_SLIPS),
    Part("the number of multiply-adds", 0.25, WORK_SLIPS),
    Part("the file's size", 0.25, FILE_SLIPS),
    Part("what the reductions save", 0.2, SPARED_SLIPS),
)


def table_cases(rng: np.random.Generator) -> list[Case]:
    """Draw a network with one block of four branches, in which no slip counts what another way counts."""
    network: dict[str, Any] = draw_until(_apart, lambda: _draw_network(rng))
    return [Case(keywords=network)]


def _apart(network: dict[str, Any]) -> bool:
    for value, part in zip(_tables(**network), TABLE_PARTS, strict=True):
        ways = [value, *(slip.gives(**network) for slip in part.slips)]
        if any(matches(one, other, CLOSE) for one, other in itertools.combinations(ways, 2)):
            return False
    return True


def _draw_network(rng: np.random.Generator) -> dict[str, Any]:
    rows, columns = rng.choice(np.arange(10, 25), 2, replace=False)
    inside = int(rng.integers(12, 25)) * 4
    less = [int(rng.integers(inside // 8, inside // 4)) for _ in range(2)]
    one, three, five, pool = (int(count) for count in rng.choice(np.arange(12, 40), 4, replace=False))
    return {
        "picture": (2 * int(rows), 2 * int(columns)),
        "stem": {"kernel": int(rng.choice([5, 7])), "maps": inside},
        "block": {"1x1": one, "3x3": (less[0], three), "5x5": (less[1], five), "pool": pool},
        "classes": int(rng.integers(11, 30)),
    }


def judge_tables(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Compare with what PyTorch counts in the network."""
    return compare_parts(cases, answers, _tables, TABLE_PARTS, what="the four numbers")
