"""Tests of figures in the book: places to link to, text alternatives worth the name, an index."""

from __future__ import annotations

import io
from collections.abc import Callable

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from cnncourse.publish.figures import Figure, figures_of, name_figures, thumbnail, titles_in
from tests.publish.conftest import Opened

Open = Callable[..., Opened]
TOLD = "A grey ramp of five rows and seven columns"


def shown(*images: str, source: str = "draw()", tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """A page with a heading and one cell that shows these images."""
    outputs = [new_output("display_data", {"text/html": image}) for image in images]
    cell = new_code_cell(source, id="ramp", outputs=outputs, metadata={"tags": list(tags)})
    return new_notebook(cells=[new_markdown_cell("# Title\n\n## A *grey* ramp", id="title"), cell])


def fault(alternative: str, *, section: str = "3. Ramps", titles: tuple[str, ...] = ()) -> str:
    return Figure("figure-a", alternative, "pictures/a.webp", section, "a", False, frozenset(titles)).fault


def test_every_figure_of_a_cell_gets_a_name_of_its_own() -> None:
    page = shown(
        f'<img alt="{TOLD}" src="a.webp">', f'<div><img alt="x" src="b.webp"><img alt="{TOLD}" src="c.webp"></div>'
    )
    name_figures(page)
    assert [(one.anchor, one.picture) for one in figures_of(page)] == [
        ("figure-ramp", "a.webp"), ("figure-ramp-2", "b.webp"), ("figure-ramp-3", "c.webp"),
    ]  # fmt: skip
    assert figures_of(page)[0].section == "A *grey* ramp"


def test_the_still_picture_of_an_explorer_is_listed_by_its_cell_and_keeps_no_name() -> None:
    live = f'<div class="explorer" id="explorer-ramp"><div><img alt="{TOLD} &amp; more" src="a.webp"></div></div>'
    page = shown(live, tags=("explorer",))
    name_figures(page)
    [figure] = figures_of(page)
    assert (figure.anchor, figure.alternative, figure.moves) == ("explorer-ramp", f"{TOLD} & more", True)
    assert page.cells[1].outputs[0].data["text/html"] == live
    assert figures_of(shown(live)) == [], "a prediction is no figure"


def test_a_picture_that_comes_without_html_is_at_fault() -> None:
    page = new_notebook(
        cells=[new_code_cell("photo", id="raw", outputs=[new_output("display_data", {"image/png": ""})])]
    )
    assert figures_of(page)[0].fault == "it has 0 letters, expected more than 20"


@pytest.mark.parametrize(
    ("alternative", "titles", "said"),
    [
        (TOLD, (), ""),
        ("A ramp of grey steps", (), "it has 20 letters, expected more than 20"),
        ("Figure with “before”; “after” (row against column)", (), "it is made of titles"),
        ("Figure without a description", (), "it is made of titles"),
        ("The ramp in seven grey steps.", ("the ramp in seven  grey steps",), "it repeats a title"),
    ],
)
def test_a_text_alternative_is_long_enough_and_no_title(alternative: str, titles: tuple[str, ...], said: str) -> None:
    assert fault(alternative, titles=titles) == said


def test_a_text_alternative_that_repeats_the_heading_is_at_fault() -> None:
    assert fault("3. Ramps of seven grey steps", section="3. Ramps of seven grey steps") == "it repeats a title"


@pytest.mark.parametrize(
    ("source", "titles"),
    [
        ('show(a, title="one")\nax.set_title("two", size=9)', {"one", "two"}),
        ('show(a, b, titles=[f"{n} steps" for n in names] + ["three"])', {" steps", "three"}),
        ('figure.suptitle("four"); describe(ax, "five")', {"four"}),
        ("%matplotlib inline", set()),
    ],
)
def test_titles_are_read_from_the_code_that_draws(source: str, titles: set[str]) -> None:
    assert titles_in(source) == titles


@pytest.mark.parametrize(("size", "small"), [((900, 300), (260, 87)), ((200, 1700), (20, 170)), ((30, 20), (30, 20))])
def test_a_thumbnail_holds_the_whole_picture(size: tuple[int, int], small: tuple[int, int]) -> None:
    content = io.BytesIO()
    Image.new("RGBA", size).save(content, format="png")
    assert Image.open(io.BytesIO(thumbnail(content.getvalue()))).size == small


# --- in the book ------------------------------------------------------------------------------------------------------


def test_the_index_shows_each_figure_with_its_words_and_leads_to_it(open_page: Open) -> None:
    page = open_page("figures.html").page
    entry = page.locator("ul.figures > li", has_text=TOLD)
    assert entry.get_by_role("img", name=TOLD).count() == 1
    assert entry.locator("p.place").inner_text() == "A picture"
    entry.get_by_role("link").click()
    page.wait_for_url("**/01_window.html#figure-figure")
    assert page.locator("#figure-figure").get_attribute("alt") == f"{TOLD}, darkest at the top left"


def test_a_link_to_a_figure_that_is_held_back_shows_it(open_page: Open) -> None:
    page = open_page("03_guess.html").page
    page.locator(".held-note").first.wait_for()
    held = page.locator(".held .output, .held").first
    held.evaluate("(one) => (one.id = 'wanted')")
    assert not held.is_visible()
    page.evaluate("() => (location.hash = 'wanted')")
    page.locator("#wanted").wait_for(state="visible")
