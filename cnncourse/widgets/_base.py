"""What every explorer and prompt stands on: one ES module out of several, arrays on the wire, a static fallback."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from cnncourse.widgets._still import Panel, still_png

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import\s+\{[^}]*\}\s+from\s+"\./([\w.-]+\.js)";\n', re.MULTILINE)


def join_modules(name: str, folder: Path = STATIC) -> str:
    """Join an ES module and those it imports from its own folder into one.

    A widget's code travels to the page as one piece of text, which cannot import its neighbours. So the imported
    modules are put in front, each once, without their ``import`` lines and ``export`` words; only the module asked for
    keeps its ``export default``. All of them share one scope: a name may be declared once in the whole folder.

    Parameters
    ----------
    name : str
        File name of the module, such as ``"convolution_explorer.js"``.
    folder : Path
        Where the modules lie.

    Returns
    -------
    str
        The source of one self-contained ES module.

    Raises
    ------
    FileNotFoundError
        If the module, or one that it imports, is not in the folder.
    """
    ordered: dict[str, str] = {}

    def visit(module: str) -> None:
        source = (folder / module).read_text(encoding="utf-8")
        for needed in _IMPORT.findall(source):
            if needed not in ordered:
                visit(needed)
        ordered[module] = _IMPORT.sub("", source)

    visit(name)
    own = ordered.pop(name)
    return "\n".join([re.sub(r"^export (?!default)", "", s, flags=re.MULTILINE) for s in [*ordered.values(), own]])


def join_styles(*names: str, folder: Path = STATIC) -> str:
    """Join style sheets into one, in the order given: the one that all explorers share, and an explorer's own."""
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def array_to_wire(array: NDArray[Any] | None, widget: Any = None) -> dict[str, Any] | None:
    """Pack an array for the page: shape, and its values as little-endian 32-bit floats."""
    if array is None:
        return None
    flat = np.ascontiguousarray(array, dtype="<f4").reshape(-1)
    return {"shape": list(array.shape), "data": memoryview(flat.data).cast("B")}


def wire_to_array(wire: dict[str, Any] | None, widget: Any = None) -> NDArray[np.float64] | None:
    """Unpack what `array_to_wire`, or the page, packed."""
    if wire is None:
        return None
    return np.frombuffer(wire["data"], dtype="<f4").astype(np.float64).reshape(wire["shape"])


class SettingError(traitlets.TraitError, ValueError):
    """A setting that an explorer cannot take, with what it expects instead."""


class Whole(traitlets.Int):  # type: ignore[type-arg]  # Colab has a traitlets whose classes take no parameters
    """A whole number with a least value, refused with advice otherwise."""

    def __init__(self, default: int, *, least: int, why: str) -> None:
        super().__init__(default)
        self.least, self.why = least, why

    def validate(self, obj: Any, value: Any) -> int:
        """Return the number as an int, or raise `SettingError`."""
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < self.least:
            raise SettingError(
                f"expected {self.name} as a whole number of {self.least} or more, got {value!r}: {self.why}"
            )
        return int(value)


class Explorer(anywidget.AnyWidget):
    """An anywidget whose module lies in ``static/`` and that says in words what it shows.

    A viewer that runs widgets shows it live. Others get its first state as a picture with a text alternative.

    Attributes
    ----------
    description : str
        What the picture shows, in a sentence or two.
    """

    description = traitlets.Unicode("").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Stop the kernel from sending back what the page has sent: a page shows its own state, and the way is long."""
        super().__init_subclass__(**kwargs)
        for trait in vars(cls).values():
            if isinstance(trait, traitlets.TraitType) and trait.metadata.get("sync"):
                trait.tag(echo_update=False)

    def panels(self) -> Sequence[Panel]:
        """Return the arrays of the still picture; none leaves the words alone."""
        return ()

    def fallback_html(self) -> str:
        """Return the state as a picture with its text alternative, for viewers that run no widgets."""
        words = html.escape(self.description)
        panels = self.panels()
        hint = "<p><em>In JupyterLab, and in the course’s book, this is an explorer to try out.</em></p>"
        if not panels:
            return f"<p>{words}</p>{hint}"
        data = base64.b64encode(still_png(panels)).decode()
        look = "max-width:100%;height:auto;background:white"
        alt = html.escape(self.description, quote=True)
        picture = f'<img alt="{alt}" style="{look}" src="data:image/png;base64,{data}">'
        return f"<figure>{picture}<figcaption>{words}</figcaption></figure>{hint}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None or not self.description:
            return bundle
        data, metadata = bundle
        # Front ends that run widgets prefer the live view to both of these.
        return {**data, "text/plain": self.description, "text/html": self.fallback_html()}, metadata
