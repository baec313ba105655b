"""A slide's table of six networks beside what is counted, and what papers and torchvision measured (lesson 09)."""

from __future__ import annotations

from dataclasses import dataclass

from cnncourse.model_zoo import UNITS, Counted, Trained, count, facts, known, megabytes, trained


@dataclass(frozen=True)
class Measured:
    """An error rate and the way in which it was measured.

    Attributes
    ----------
    name : str
        The network's name in torchvision.
    top1, top5 : float, %, or None
        Errors; None where the source does not say.
    crops : str
        What of each picture was shown, such as ``"10 crops"``.
    networks : int
        How many networks voted.
    pictures : {"validation", "test"}
        Which of ImageNet's pictures.
    source : str
        Where it is written.
    """

    name: str
    crops: str
    networks: int
    pictures: str
    source: str
    top1: float | None = None
    top5: float | None = None

    @property
    def way(self) -> str:
        """How it was measured, in words."""
        voters = "one network" if self.networks == 1 else f"{self.networks} networks"
        return f"{voters}, {self.crops}, {self.pictures}"


@dataclass(frozen=True)
class Row:
    """One network of the slide with all that belongs to it.

    Attributes
    ----------
    name, title : str
        Its name in torchvision, and its usual one.
    slide : dict
        What stands on the slide: ``megabytes``, ``top1``, ``top5``, ``convolutions``, ``dense``.
    counted : Counted
        The network as torchvision builds it, without auxiliary heads.
    weights : Trained
        Torchvision's first weights for it.
    measured : tuple of Measured
        Errors from papers, and last torchvision's own.
    """

    name: str
    title: str
    slide: dict[str, float]
    counted: Counted
    weights: Trained
    measured: tuple[Measured, ...]

    def unit_errors(self) -> dict[str, float]:
        """Say by which share the slide's size differs from ours, for each reading of "MB"."""
        return {unit: self.slide["megabytes"] / megabytes(self.counted.parameters, unit) - 1 for unit in UNITS}

    def nearest(self, what: str) -> Measured:
        """Find the measurement that comes nearest to the slide's ``"top1"`` or ``"top5"`` error."""
        given = [one for one in self.measured if getattr(one, what) is not None]
        return min(given, key=lambda one: abs(getattr(one, what) - self.slide[what]))

    @property
    def one_way(self) -> bool:
        """Whether both of the slide's errors come nearest to numbers that were measured in the same way."""
        return self.nearest("top1").way == self.nearest("top5").way


def rebuilt() -> list[Row]:
    """Rebuild the slide's table.

    Returns
    -------
    list of Row
        In the order of the slide.

    Examples
    --------
    >>> worst = rebuilt()[-1]
    >>> worst.title, worst.slide["top5"], worst.nearest("top5").way
    ('ResNet-152', 3.57, '6 networks, whole picture, many sizes, test')
    """
    first = {one.name: one for one in reversed(trained())}
    return [
        Row(name, known()[name]["title"], dict(slide), count(name), first[name], measurements(name))
        for name, slide in facts()["slide"].items()
    ]


def measurements(name: str) -> tuple[Measured, ...]:
    """List the errors of a network: those of papers, then torchvision's for its first weights.

    Examples
    --------
    >>> [(one.top5, one.way) for one in measurements("resnet152")][0]
    (5.71, 'one network, 10 crops, validation')
    """
    weights = next(one for one in trained() if one.name == name)
    own = Measured(
        name=name,
        crops="1 crop",
        networks=1,
        pictures="validation",
        source=f"torchvision, {weights.weights}",
        top1=round(100 - weights.top1, 3),
        top5=round(100 - weights.top5, 3),
    )
    return (*(Measured(**one) for one in facts()["paper"] if one["name"] == name), own)
