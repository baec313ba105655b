"""The page that says whose the data, the networks, the texts and the code are, and under which licence."""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from cnncourse.datasets import Entry, manifest
from cnncourse.weights import WeightsCard, weights_card, weights_names

BUILT_WITH = ("Sphinx", "myst-nb", "sphinx-book-theme", "pydata-sphinx-theme", "latex2mathml")
_SETS = {
    "photographs": "Photographs",
    "faces": "Faces",
    "digits": "Digits that come with scikit-learn",
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "cifar10": "CIFAR-10",
}
_WAYS = {
    "installed": "Comes inside the package {package}, and is there without a network.",
    "ships": "Comes with the course.",
    "fetched": "Comes on request, with `cnncourse data fetch {set}`.",
}

_ICONS = "The signs on buttons are from Font Awesome Free, which comes with pydata-sphinx-theme (CC BY 4.0).\n"

OWN_WORK = """# Data and licences

What this course is made of, whose it is, and what you may do with it. The tables are drawn from the list by which the
course checks its files.

## Texts, figures and code

- **Texts and figures** of the course: [Creative Commons Attribution 4.0](https://creativecommons.org/licenses/by/4.0/).
  You may share and change them, also commercially, if you name the source and say what you have changed.
- **Code**, in the package, the notebooks and the exercises:
  [BSD 3-Clause](https://opensource.org/license/bsd-3-clause). You may use and change it, in closed works too, if you
  keep the notice.
- **Photographs and data**: each its own, below. A figure that shows a photograph shows it under the photograph's
  licence.
"""


def licences_page() -> str:
    """Write the page, from the manifest of data and the cards of the weights.

    Returns
    -------
    str
        In MyST Markdown.
    """
    entries = [entry for entry in manifest() if entry.set != "weights"]
    sets = list(dict.fromkeys(entry.set for entry in entries))
    parts = [OWN_WORK, "## Data\n"]
    parts += [_set_section(name, [entry for entry in entries if entry.set == name]) for name in sets]
    parts += ["## Trained networks\n", "Trained for this course, from the data above; each can be trained anew.\n"]
    parts += [_card(weights_card(name)) for name in weights_names()]
    parts += ["## What these pages are built with\n", _tools(), _ICONS]
    return "\n".join(parts)


def _set_section(name: str, entries: list[Entry]) -> str:
    way = _WAYS[entries[0].delivery].format(package=entries[0].package, set=name)
    head = f"### {_SETS.get(name, name)}\n\n{way}\n\n"
    if len({(entry.credit, entry.licence, entry.origin) for entry in entries}) > 1:
        rows = [(_shows(entry), entry.credit, entry.licence, _origin(entry.origin)) for entry in entries]
        return head + _table(("file", "by", "licence", "from"), rows)
    first = entries[0]
    whose = f"- by: {first.credit}\n- licence: {first.licence}\n- from: {_origin(first.origin)}\n"
    return head + whose + "".join(f"- {_shows(entry)} ({_size(entry)})\n" for entry in entries)


def _shows(entry: Entry) -> str:
    return f"`{entry.name}`: {entry.shows}"


def _origin(origin: str) -> str:
    if not origin.startswith("http"):
        return origin
    return f"[{origin.split('/')[2].removeprefix('www.')}]({origin})"


def _size(entry: Entry) -> str:
    return f"{entry.size / 1e6:.2f} MB" if entry.size >= 5e4 else f"{entry.size / 1e3:.0f} kB"


def _card(card: WeightsCard) -> str:
    attacked = "" if card.robust_accuracy is None else f", {card.robust_accuracy:.1%} under attack"
    facts = {
        "network": f"`{card.network}`",
        "trained on": card.data,
        "recipe": card.recipe,
        "right": f"{card.accuracy:.2%} of the test pictures{attacked}",
        "train anew": f"`{card.command}`",
        "licence": card.licence,
        "file": f"{card.size / 1e6:.2f} MB, SHA-256 `{card.sha256}`",
    }
    return f"### {card.name}\n\n" + "".join(f"- {name}: {value}\n" for name, value in facts.items())


def _tools() -> str:
    rows = [(name, *told) for name in BUILT_WITH if (told := _told_of(name))]
    return _table(("package", "version", "licence"), rows)


def _told_of(package: str) -> tuple[str, str] | None:
    try:
        told: Any = metadata(package)
    except PackageNotFoundError:
        return None
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License ::")]
    licence = told.get("License-Expression") or next(iter(classified), "") or (told.get("License") or "").split("\n")[0]
    return told["Version"], licence


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(one) for one in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return html.escape(text, quote=False).replace("|", r"\|")
