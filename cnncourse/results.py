"""What lessons 09 to 11 state as measured: each experiment over several seeds, as its run left it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from statistics import mean, stdev

from cnncourse._files import write_whole


@dataclass(frozen=True)
class Result:
    """One experiment, run once with each seed.

    Attributes
    ----------
    name : str
        The experiment's, such as ``"detector"``.
    measure : str
        What its numbers are.
    unit : str
        ``"%"`` if they are shares in [0, 1], to be shown in per cent; otherwise what stands behind a number.
    higher_is_better : bool
        Which way is up.
    data : str
        What it was run on.
    seeds : tuple of int
        One a run.
    arms : dict of str to tuple of float
        By the name of each arm its measure, one a seed. What the lesson is about stands first, the obvious baseline
        last.
    """

    name: str
    measure: str
    unit: str
    higher_is_better: bool
    data: str
    seeds: tuple[int, ...]
    arms: dict[str, tuple[float, ...]]

    def __post_init__(self) -> None:
        """Check that every arm has one number a seed."""
        odd = {arm: len(values) for arm, values in self.arms.items() if len(values) != len(self.seeds)}
        if odd or len(self.arms) < 2:
            raise ValueError(
                f"expected at least two arms with {len(self.seeds)} numbers each, one a seed, got {odd or self.arms}"
            )

    @property
    def command(self) -> str:
        """What to type to measure it anew."""
        return f"cnncourse results measure {self.name}"

    def told(self, arm: str) -> str:
        """Say an arm's mean and its standard deviation over the seeds.

        Examples
        --------
        >>> arms = {"with": (0.9, 0.94, 0.95), "without": (0.5, 0.5, 0.5)}
        >>> Result("skips", "right", "%", True, "digits", (0, 1, 2), arms).told("with")
        '93.0 % ± 2.6'
        """
        scale = 100 if self.unit == "%" else 1
        values = [scale * value for value in self.arms[arm]]
        digits = 1 if max(map(abs, values)) >= 10 else 2
        unit = f" {self.unit}" if self.unit else ""
        return f"{mean(values):.{digits}f}{unit} ± {stdev(values):.{digits}f}"

    def __str__(self) -> str:
        arms = "; ".join(f"{arm} {self.told(arm)}" for arm in self.arms)
        return f"{self.measure}, over {len(self.seeds)} seeds: {arms}"


def result_names() -> list[str]:
    """Name the results that are kept."""
    return sorted(path.stem for path in _folder().glob("*.json"))


def result(name: str) -> Result:
    """Read what was measured.

    Parameters
    ----------
    name : str
        One of `result_names`.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If nothing of this name was measured.
    """
    if name not in result_names():
        raise ValueError(f"expected a result out of {', '.join(result_names())}, got {name!r}")
    kept = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    arms = {arm: tuple(values) for arm, values in kept.pop("arms").items()}
    return Result(arms=arms, seeds=tuple(kept.pop("seeds")), **kept)


def write_result(result: Result, folder: Path | None = None) -> Path:
    """Keep what was measured, in place of what was kept before.

    Parameters
    ----------
    result : Result
        To be kept.
    folder : Path, optional
        Where; by default beside the package's data, where `result` reads.

    Returns
    -------
    Path
        The file.
    """
    path = (folder or _folder()) / f"{result.name}.json"
    write_whole(path, json.dumps(asdict(result), indent=1, ensure_ascii=False) + "\n")
    return path


def _folder() -> Path:
    return Path(str(files("cnncourse").joinpath("tables", "results")))
