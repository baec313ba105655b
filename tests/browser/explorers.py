"""Every explorer of the course in the states worth a look, as lines of Python: for a page or a notebook's cells."""

from __future__ import annotations

from typing import Any

from cnncourse import widgets

IMPORTS = """import numpy as np
from sklearn.datasets import load_digits
from cnncourse.convolution import correlate
from cnncourse.images import photograph
from cnncourse.kernels import MEAN, SOBEL_X, read_matrix
from cnncourse.prompts import predict, quiz
from cnncourse.widgets import *  # noqa

digits = load_digits()
shapes, names = digits.images / 16, digits.target
small = read_matrix("0000000 0011100 0111110 0111000 0111110 0011100 0000000")


def torn(image, kernel):
    return image @ undefined
"""
STATES = {
    "BlurExplorer": ['BlurExplorer(photograph("camera"))'],
    "ConvolutionExplorer": [
        "ConvolutionExplorer(small, SOBEL_X)",
        'ConvolutionExplorer(photograph("camera"), MEAN, padding=1)',
        "ConvolutionExplorer(small, np.ones((9, 9)))",
        "explore(small, SOBEL_X, convolve=lambda image, kernel: correlate(image, kernel))",
        "explore(small, SOBEL_X, convolve=torn)",
    ],
    "DigitPicker": ["DigitPicker(shapes[:200], names[:200], shapes[200:230], names[200:230], picked=7)"],
    "FilterExplorer": ['FilterExplorer(photograph("camera"))'],
    "LayerBuilder": ["LayerBuilder()"],
    "LearningExplorer": ['LearningExplorer(SOBEL_X, photograph("camera"))'],
    "PixelExplorer": [
        'PixelExplorer(photograph("chelsea", grey=False), label="cat")',
        "PixelExplorer(small / 4 + 0.3)",
    ],
    "ShiftExplorer": ['ShiftExplorer(photograph("camera"))'],
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
