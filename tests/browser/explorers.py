"""Every explorer of the course in the states worth a look, as lines of Python: for a page or a notebook's cells."""

from __future__ import annotations

from typing import Any

from cnncourse import widgets

IMPORTS = """import numpy as np
from cnncourse.applications.orchard import Orchard
from cnncourse.applications.orchard_play import chase_apples
from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.datasets import load
from cnncourse.kernels import MEAN, SOBEL_X, read_matrix
from cnncourse.models import LeNet1989, LeNet5, ResidualNet, fresh
from cnncourse.prompts import predict, quiz
from cnncourse.widgets import *  # noqa

tiny = photograph("astronaut", grey=False)[::16, ::16]
small = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")


def trainings(*rates, train=True):
    import torch
    from cnncourse.training import Diverged, Settings, Training

    torch.manual_seed(0)
    seen, held_out = load("digits")[:900].split(200)
    runs = {}
    for rate in rates:
        dense = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
        settings = Settings(epochs=3, batch=50, learning_rate=rate)
        runs[f"rate {rate:g}"] = Training(dense, seen, settings, validation=held_out)
    monitor = TrainingMonitor(runs)
    for run in runs.values() if train else []:
        try:
            list(monitor.follow(run))
        except Diverged:
            pass
    return monitor


def dreams(*strengths):
    explorer = DreamExplorer(fresh(ResidualNet), tiny, ["stem", "blocks.1", "head"], title="a small network")
    if strengths:
        explorer.record(strengths)
    return explorer


def with_own():
    explorer = ModelExplorer(x="parameters", recipe="first")
    explorer.add("a network of six filters", LeNet5(), (1, 28, 28), top1=61.5, year=1998)
    explorer.add("a network that does not fit", LeNet5(), (3, 224, 224), top1=70)
    return explorer


def latent(numbers):
    from cnncourse.applications.digit_generator import decoder_of

    return fresh(lambda: decoder_of(numbers))


def game(*moves):
    player = GamePlayer(Orchard(3, steps=60, seed=5), chase_apples)
    player.moves = list(moves)
    return player


def torn(image, kernel):
    return image @ undefined


def bright(image, least=0.5):
    return image > least
"""
STATES = {
    "BlurExplorer": ['BlurExplorer(photograph("camera"))'],
    "BoxExplorer": [
        "BoxExplorer()",
        "BoxExplorer(small, [[1, 0, 6, 6], [2, 1, 6, 6], [0, 3, 4, 7]], [0.9, 0.6, 0.4], ['face', 'face', '7'])",
    ],
    "ConvolutionExplorer": [
        "ConvolutionExplorer(small, SOBEL_X)",
        'ConvolutionExplorer(photograph("camera"), MEAN, padding=1)',
        "ConvolutionExplorer(small, np.ones((9, 9)))",
        "explore(small, SOBEL_X, convolve=lambda image, kernel: correlate(image, kernel))",
        "explore(small, SOBEL_X, convolve=torn)",
    ],
    "DigitPad": ["DigitPad()", "DigitPad(model=fresh(LeNet1989))", "DigitPad(model=ResidualNet(7))"],
    "DreamExplorer": ["dreams()", "dreams(0.01, 0.02, 0.03)"],
    "FeatureMapExplorer": [
        "FeatureMapExplorer(fresh(LeNet5), load('digits', 'test').images[3, 0], layer='pool1', chosen=2)",
        'FeatureMapExplorer(fresh(ResidualNet), tiny, ["stem", "blocks.1"], classes=["cat", "dog"])',
    ],
    "FilterExplorer": [
        'FilterExplorer(photograph("camera"))',
        'FilterExplorer(photograph("camera"), "corners")',
        'FilterExplorer(photograph("camera"), function=bright)',
    ],
    "GamePlayer": ["game()", "game(*[-1, 0, 1, 1] * 10)"],
    "LatentExplorer": ["LatentExplorer(latent(2), np.eye(2), [3, 8])", "LatentExplorer(latent(5), place=[0.5] * 5)"],
    "LayerBuilder": ["LayerBuilder()"],
    "LearningExplorer": ['LearningExplorer(SOBEL_X, photograph("camera"))'],
    "ModelExplorer": [
        "ModelExplorer()",
        'ModelExplorer(chosen="ResNet-50", x="year", recipe="more", moves=True, bubble="none")',
        "with_own()",
    ],
    "PixelExplorer": [
        'PixelExplorer(photograph("chelsea", grey=False), label="cat")',
        "PixelExplorer(small / 4 + 0.3)",
    ],
    "ReceptiveFieldExplorer": ['ReceptiveFieldExplorer(photograph("camera"))'],
    "ShiftExplorer": ['ShiftExplorer(photograph("camera"))'],
    "TrainingMonitor": ["trainings(0.1, train=False)", "trainings(0.002, 0.1, 30)"],
}


def explorers() -> set[str]:
    """Return the names of all explorers that the course has."""
    found = (getattr(widgets, name) for name in widgets.__all__)
    classes = [one for one in found if isinstance(one, type) and issubclass(one, widgets.Explorer)]
    return {one.__name__ for one in classes if one is not widgets.Explorer}


def made(line: str) -> Any:
    """Make what a line of Python describes."""
    names: dict[str, Any] = {}
    exec(IMPORTS, names)
    return eval(line, names)
