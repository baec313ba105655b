"""What accuracy costs: all networks of torchvision in one picture, and the learner's own among them (lesson 09)."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import traitlets

from cnncourse._zoo_metadata import families, trained
from cnncourse.widgets._base import Explorer, SettingError, join_modules, join_styles
from cnncourse.widgets._model_points import AXES, BUBBLES, HEIGHTS, OWN, RECIPES, Point, arrays, in_words, value
from cnncourse.widgets._model_still import drawn

if TYPE_CHECKING:
    from torch import nn

__all__ = ["ModelExplorer", "arrays"]

Record = dict[str, Any]
NAMES = ("x", "y", "bubble", "recipe", "hidden", "chosen", "log", "frontier", "moves")


class ModelExplorer(Explorer):
    """Walk through networks by what they cost and what they reach; runs in the page.

    Parameters
    ----------
    networks : sequence of `cnncourse.model_zoo.Trained`, optional
        Weights to show; all that torchvision has for ImageNet by default.
    **settings
        What to begin with, by the names of the attributes.

    Attributes
    ----------
    x : {"multiply_adds", "parameters", "file_size", "year"}
        What stands along the picture.
    y : {"top1", "top5"}
        What stands upwards.
    bubble : {"parameters", "multiply_adds", "file_size", "none"}
        What the sizes show.
    recipe : {"first", "best", "more"}
        Which weights of each network: the first ones, the best, or the best of those too that have learned from
        pictures beyond ImageNet.
    log, frontier, moves : bool
        Whether costs are drawn in powers of ten; whether the efficient frontier is; whether a line leads to each
        network from where it stood with its first recipe.
    hidden : list of str
        Families that are switched off.
    chosen : str
        Title of the network that is described.
    own : list of dict
        The learner's networks; see `add`.

    Raises
    ------
    ValueError
        If a setting is none of these, or there is no network.

    Examples
    --------
    >>> explorer = ModelExplorer(x="parameters")
    >>> explorer.chosen = "ResNet-50"
    >>> "25.6 million parameters" in explorer.description
    True
    """

    _esm = join_modules("model_explorer.js")
    _css = join_styles("explorer.css", "chart.css", "model_explorer.css")

    networks: traitlets.List[Any] = traitlets.List().tag(sync=True)
    families = traitlets.Dict().tag(sync=True)
    own: traitlets.List[Any] = traitlets.List().tag(sync=True)
    x = traitlets.Unicode("multiply_adds").tag(sync=True)
    y = traitlets.Unicode("top1").tag(sync=True)
    bubble = traitlets.Unicode("parameters").tag(sync=True)
    recipe = traitlets.Unicode("best").tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    log = traitlets.Bool(True).tag(sync=True)
    frontier = traitlets.Bool(True).tag(sync=True)
    moves = traitlets.Bool(False).tag(sync=True)
    fault = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    offers = traitlets.Dict({"x": AXES, "y": HEIGHTS, "bubble": BUBBLES, "recipe": RECIPES}).tag(sync=True)

    def __init__(self, networks: Sequence[Any] | None = None, **settings: Any) -> None:
        strange = set(settings) - set(NAMES)
        if strange:
            raise SettingError(f"expected settings out of {', '.join(NAMES)}; got {', '.join(sorted(strange))}")
        records = [_record(one) for one in (trained() if networks is None else networks)]
        if not records:
            raise SettingError("expected at least one network, got none; leave `networks` out for torchvision's")
        super().__init__(networks=records, families=families(), **settings)
        self._tell()
        self.observe(lambda change: self._tell(), [*NAMES, "own"])

    @property
    def points(self) -> list[Point]:
        """What is shown, as `arrays` places it."""
        return arrays(self.networks, self.own, self._settings())

    def add(
        self,
        title: str,
        network: nn.Module,
        input_shape: tuple[int, ...],
        *,
        top1: float | None = None,
        top5: float | None = None,
        year: int | None = None,
    ) -> None:
        """Put a network of your own among the others; one of the same title takes the place of the old one.

        Parameters
        ----------
        title : str
            Its name in the picture.
        network : Module
            Counted by `cnncourse.architecture`; what goes wrong there is shown in the explorer.
        input_shape : (int, int, int)
            Channels, height and width of one picture.
        top1, top5 : float, %, optional
            Its accuracy. Compare only what was measured on the same pictures.
        year : int, optional
            When it was made.

        Raises
        ------
        ValueError
            If an accuracy is no percentage, or the title belongs to one of torchvision's networks.
        """
        from cnncourse.architecture import describe_network

        self._check_own(title, {"top1": top1, "top5": top5})
        try:
            table = describe_network(network, input_shape)
        except (ValueError, RuntimeError) as error:  # shown where the learner looks; the explorer goes on
            self.fault = f"{title}: {error}"
            return
        counted = {
            "parameters": table.parameters,
            "multiply_adds": table.multiply_adds / 1e9,
            "file_size": 4 * table.parameters / 2**20,
            "pixels": input_shape[-1],
        }
        given = {"name": title, "title": title, "family": OWN, "weights": "as you gave it", "more_pictures": False}
        record = {**given, **counted, "year": year, "top1": top1, "top5": top5}
        with self.hold_sync():
            self.own = [*(one for one in self.own if one["title"] != title), record]
            self.chosen, self.fault, self.note = title, "", " ".join(table.remarks())

    def _check_own(self, title: str, reached: Mapping[str, float | None]) -> None:
        if not title or title in {one["title"] for one in self.networks}:
            raise SettingError(f"expected a title that none of torchvision's networks has, got {title!r}")
        for name, percent in reached.items():
            if percent is not None and not 0 <= percent <= 100:
                raise SettingError(f"expected {name} as a percentage from 0 to 100, got {percent}")
        if all(percent is None for percent in reached.values()):
            raise SettingError("expected an accuracy, top1 or top5 in per cent, got none; without it there is no place")

    def _settings(self) -> Record:
        return {name: getattr(self, name) for name in NAMES}

    @traitlets.validate("x", "y", "bubble", "recipe")
    def _check_offer(self, proposal: Any) -> str:
        name, offers = proposal["trait"].name, self.offers[proposal["trait"].name]
        if proposal["value"] not in offers:
            raise SettingError(f"expected {name} as one out of {', '.join(offers)}; got {proposal['value']!r}")
        return str(proposal["value"])

    @traitlets.validate("hidden")
    def _check_hidden(self, proposal: Any) -> list[str]:
        strange = [family for family in proposal["value"] if family not in {**self.families, OWN: ""}]
        if strange and self.families:
            raise SettingError(f"expected families out of {', '.join(self.families)}; got {', '.join(strange)}")
        return list(proposal["value"])

    def _tell(self) -> None:
        settings = self._settings()
        missing = [one["title"] for one in self.own if value(one, self.x) is None or value(one, self.y) is None]
        self.description = in_words(self.points, settings, self.families, missing)

    def fallback_html(self) -> str:
        """Return the picture with its text alternative, for viewers that run no widgets."""
        families = {**self.families, OWN: "your own"} if self.own else self.families
        data = base64.b64encode(drawn(self.points, self._settings(), families)).decode()
        alt, words = html.escape(self.description, quote=True), html.escape(self.description)
        look = "max-width:100%;height:auto;background:white"
        picture = f'<img alt="{alt}" style="{look}" src="data:image/png;base64,{data}">'
        hint = "<p><em>In JupyterLab, and in the course’s book, this is an explorer to try out.</em></p>"
        return f"<figure>{picture}<figcaption>{words}</figcaption></figure>{hint}"


def _record(one: Any) -> Record:
    record = asdict(one) if is_dataclass(one) and not isinstance(one, type) else dict(one)
    return {**record, "more_pictures": "SWAG" in record["weights"]}
