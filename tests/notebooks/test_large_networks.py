"""The cells of lesson 08 that dream with GoogLeNet: once with it, on random weights, and once without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import pytest
import torch

from cnncourse import imagenet
from cnncourse.models import ResidualNet, fresh

LESSON = Path(__file__).parents[2] / "notebooks" / "08_deep_dream.ipynb"
CELLS = ("setup", "large-find", "large-run", "large-picture")


def executed() -> dict[str, Any]:
    """Run the cells in their order, and return what they have defined."""
    sources = {cell.id: cell.source for cell in nbformat.read(LESSON, as_version=4).cells}
    defined: dict[str, Any] = {"robust": fresh(ResidualNet, seed=0).eval()}
    with plt.rc_context():  # the set-up cell changes the style
        for cell in CELLS:
            exec(sources[cell], defined)
        plt.close("all")
    return defined


def test_with_its_weights_at_hand_the_lesson_dreams_with_googlenet_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    torch.manual_seed(0)
    monkeypatch.setattr(imagenet, "find_network", imagenet.untrained)
    defined = executed()
    assert isinstance(defined["dreamer"], imagenet.Scaled)
    assert abs(defined["many"] - defined["portrait"]).max() > 0.01
    assert "In use: GoogLeNet" in capsys.readouterr().out


def test_without_them_it_dreams_with_the_network_of_the_course_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(imagenet, "find_network", lambda name: None)
    defined = executed()
    assert defined["dreamer"] is defined["robust"]
    said = capsys.readouterr().out
    assert "In use: our own network" in said
    assert "find_network('googlenet', fetch=True)" in said
