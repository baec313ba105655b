"""One look for every figure, and a text alternative that travels with it."""

from __future__ import annotations

import base64
import html
import io
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 160  # finer than the 96 of a page, so that figures stay sharp on fine screens and projectors


def use_style() -> None:
    """Give every figure of this notebook the course's look and a text alternative.

    Reads the packaged ``course.mplstyle``. Inside a notebook, figures leave the kernel as HTML pictures whose
    alternative text is the one set by `cnncourse.plots.describe`, or one made of the titles and labels.
    """
    import matplotlib.pyplot as plt

    plt.style.use(str(files("cnncourse").joinpath("course.mplstyle")))
    _show_figures_as_html()


def _show_figures_as_html() -> None:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    plt.switch_backend(plt.get_backend())  # the inline back end, once loaded by a first figure, would undo what follows
    formatters = shell.display_formatter.formatters
    for kind in ("image/png", "image/svg+xml", "image/jpeg", "application/pdf"):
        formatters[kind].pop(Figure, None)
    formatters["text/html"].for_type(Figure, figure_html)
    formatters["text/plain"].for_type(Figure, _figure_text)


def figure_html(figure: Figure) -> str:
    """Write a figure as one HTML picture with its text alternative.

    Parameters
    ----------
    figure : Figure
        Any matplotlib figure.

    Returns
    -------
    str
        An ``<img>`` element that carries the picture inside it and never exceeds the page's width.
    """
    from PIL import Image

    buffer = io.BytesIO()
    # WebP: photographs with their titles take a tenth of what PNG needs, and every browser since 2020 shows it.
    figure.savefig(buffer, format="webp", bbox_inches="tight", dpi=DOTS_PER_INCH, pil_kwargs={"quality": 90})
    width = Image.open(buffer).width * 96 // DOTS_PER_INCH
    alt = html.escape(alternative_text(figure), quote=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    look = "max-width:100%;height:auto;background:white;border-radius:6px;padding:6px;box-sizing:border-box"
    return f'<img alt="{alt}" width="{width}" style="{look}" src="data:image/webp;base64,{data}">'


def alternative_text(figure: Figure) -> str:
    """Give a figure's text alternative.

    Parameters
    ----------
    figure : Figure
        Any matplotlib figure.

    Returns
    -------
    str
        What `cnncourse.plots.describe` set; otherwise the panels' titles and the names of their axes.
    """
    told: str = getattr(figure, "text_alternative", "")
    if told:
        return told
    panels = [_panel_text(ax) for ax in figure.axes if ax.get_title() or ax.get_xlabel() or ax.get_ylabel()]
    return "Figure with " + "; ".join(panels) if panels else "Figure without a description"


def _panel_text(ax: Any) -> str:
    title = f"“{ax.get_title()}”" if ax.get_title() else "a panel"
    if ax.get_xlabel() or ax.get_ylabel():
        title += f" ({ax.get_ylabel() or 'value'} against {ax.get_xlabel() or 'position'})"
    return title


def _figure_text(figure: Figure, printer: Any, cycle: bool) -> None:
    printer.text(alternative_text(figure))
