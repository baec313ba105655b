"""The experiments behind the stated results of lessons 09 to 11; ``cnncourse results measure NAME`` runs one anew."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import NamedTuple

from cnncourse.results import Result


class Experiment(NamedTuple):
    """Where an experiment lives, and what its numbers are.

    Attributes
    ----------
    module : str
        A module of `cnncourse`. Its ``compare(seed=...)`` trains every arm and returns the measure of each by name.
    measure : str
        What the numbers are, such as ``"mean IoU"``.
    unit : str
        ``"%"`` for shares in [0, 1], ``""`` or a unit for others.
    higher_is_better : bool
        Which way is up.
    data : str
        What it runs on.
    """

    module: str
    measure: str
    unit: str = "%"
    higher_is_better: bool = True
    data: str = "what ships with the course"


EXPERIMENTS: dict[str, Experiment] = {
    "captions": Experiment(
        "applications.captioning",
        "sentences right to the last word, in new scenes",
        data="scenes of the bundled digits and faces",
    ),
    "agent": Experiment("applications.agent", "mean return of 500 new games", unit="", data="the game itself"),
    "colour": Experiment(
        "applications.colourisation",
        "colour error in faded strips",
        unit="CIELAB units",
        higher_is_better=False,
        data="three photographs of scikit-image",
    ),
    "digit-generator": Experiment(
        "applications.digit_generator",
        "unseen digits still read by LeNet-5 after two numbers",
        data="the bundled digits, 8×8, enlarged to 28×28",
    ),
    "detector": Experiment(
        "applications.detection", "mean average precision", data="scenes of the bundled digits and faces"
    ),
    "instances": Experiment(
        "applications.instances", "mean average precision of masks", data="heaps of the bundled digits and faces"
    ),
    "segmentation": Experiment("applications.segmentation", "mean IoU", data="scenes of the bundled digits and faces"),
    "batch-normalisation": Experiment("normalisation", "test digits named rightly", data="the bundled digits, 8×8"),
    "shortcut": Experiment("depth", "test digits named rightly", data="the bundled digits, 8×8"),
    "transfer": Experiment(
        "transfer", "test pieces named rightly", data="three textures of scikit-image, 5 examples each"
    ),
}


def run_experiment(name: str, seeds: Sequence[int] = (0, 1, 2)) -> Result:
    """Run an experiment once with each seed.

    Parameters
    ----------
    name : str
        A key of `EXPERIMENTS`.
    seeds : sequence of int
        At least two, so that there is a spread.

    Returns
    -------
    Result
        Every arm with every seed.

    Raises
    ------
    ValueError
        If there is no such experiment, or fewer than two seeds.
    """
    if name not in EXPERIMENTS:
        raise ValueError(f"expected an experiment out of {', '.join(EXPERIMENTS)}, got {name!r}")
    if len(set(seeds)) < 2:
        raise ValueError(f"expected at least two different seeds, got {list(seeds)}")
    experiment = EXPERIMENTS[name]
    compare = importlib.import_module(f"cnncourse.{experiment.module}").compare
    runs: list[dict[str, float]] = [compare(seed=seed) for seed in seeds]
    arms = {arm: tuple(round(float(run[arm]), 6) for run in runs) for arm in runs[0]}
    return Result(name, *experiment[1:], seeds=tuple(seeds), arms=arms)
