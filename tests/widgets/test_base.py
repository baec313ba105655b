"""Tests of what all explorers stand on: modules joined, arrays on the wire, the still picture."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from cnncourse.widgets import ConvolutionExplorer, PixelExplorer
from cnncourse.widgets._base import STATIC, array_to_wire, join_modules, wire_to_array
from cnncourse.widgets._still import Panel, still_png

LIVE = "application/vnd.jupyter.widget-view+json"


def test_joined_modules_come_after_what_they_need_and_each_once(tmp_path: Path):
    (tmp_path / "low.js").write_text("export const low = 1;\n")
    (tmp_path / "middle.js").write_text('import { low } from "./low.js";\nexport const middle = low + 1;\n')
    (tmp_path / "top.js").write_text(
        'import { low } from "./low.js";\nimport { middle } from "./middle.js";\n'
        "export default { sum: low + middle };\n"
    )
    joined = join_modules("top.js", tmp_path)
    assert joined.split("\n") == [
        "const low = 1;", "", "const middle = low + 1;", "", "export default { sum: low + middle };", "",
    ]  # fmt: skip


def test_a_module_that_is_missing_is_named(tmp_path: Path):
    (tmp_path / "top.js").write_text('import { low } from "./low.js";\n')
    with pytest.raises(FileNotFoundError, match=r"low\.js"):
        join_modules("top.js", tmp_path)


def test_nothing_in_the_static_folder_reaches_for_the_network():
    for path in [*STATIC.glob("*.js"), *STATIC.glob("*.css")]:
        source = path.read_text(encoding="utf-8")
        assert "http" not in source.replace("http://www.w3.org/", ""), path.name
        assert "@import" not in source


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (2, 3, 3)])
def test_an_array_survives_the_way_to_the_page_and_back(shape: tuple[int, ...]):
    array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    assert_array_equal(wire_to_array(array_to_wire(array)), array)


def test_no_array_is_no_array_on_the_wire_too():
    assert array_to_wire(None) is None
    assert wire_to_array(None) is None


def test_a_still_picture_marks_its_window():
    data = still_png([Panel("a", np.zeros((4, 6)), mark=(1, 2, 2, 3))])
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    assert ((pixels == (194, 24, 91)).all(axis=2)).any()


@pytest.mark.parametrize(
    "explorer",
    [lambda: ConvolutionExplorer(np.eye(4, 5), [[1, -1]]), lambda: PixelExplorer(np.eye(4, 5), label="line")],
)
def test_viewers_without_widgets_get_a_picture_with_its_text_alternative(explorer):
    shown = explorer()
    data, _ = shown._repr_mimebundle_()
    assert LIVE in data  # JupyterLab and the book prefer this one
    assert data["text/plain"] == shown.description
    assert f'alt="{shown.description.split("“")[0]}' in data["text/html"]
    png = base64.b64decode(data["text/html"].split("base64,")[1].split('"')[0])
    assert Image.open(io.BytesIO(png)).width > 100


def test_the_text_alternative_cannot_break_out_of_its_attribute():
    html = PixelExplorer([[0.5]], label='"><script>').fallback_html()
    assert "<script>" not in html


def test_what_the_page_sends_is_not_sent_back_to_it():
    explorer, sent = ConvolutionExplorer(np.eye(4, 5), [[1, -1]]), []
    explorer._send = lambda message, buffers=None: sent.append((message["method"], sorted(message["state"])))
    explorer.set_state({"padding": 1})
    assert sent == [("update", ["description"])]
    assert explorer.padding == 1
