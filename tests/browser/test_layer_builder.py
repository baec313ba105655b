"""The layer builder where it lives: rules equal to Python's, controls, keyboard, phone; without a kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cnncourse.blueprints import count_layers
from cnncourse.layer_records import read_layer
from cnncourse.widgets import LayerBuilder
from cnncourse.widgets.layer_builder import PRESETS, in_words, layer_title
from tests.browser.lab import Lab
from tests.browser.mount import next_frame
from tests.browser.test_explorers_lab import ask_kernel
from tests.test_blueprints import random_stack

COUNT = """async ([picture, layers]) => {
  const { countLayers, layerSentence, layerTitle } = await import("./layer_rules.js");
  return [countLayers(picture, layers), layerSentence(picture, layers), layers.map(layerTitle)];
}"""
CODE = "async ([picture, layers]) => (await import('./layer_rules.js')).layerCode(picture, layers)"
EXTREMES = [
    ((512, 1024, 1024), [{"kind": "convolution", "filters": 1024, "kernel": 15, "padding": 7}]),
    ((3, 1, 1), []),
    ((1, 5, 5), [{"kind": "flatten"}, {"kind": "dense", "units": 65536, "bias": False}]),
]
WORKING = """async ([picture, layers]) => {
  const { countLayers, layerWorking } = await import("./layer_rules.js");
  const { rows } = countLayers(picture, layers);
  return rows.map((row, place) => layerWorking(layers[place], place ? rows[place - 1].shape : picture, row));
}"""


def words(page: Any) -> str:
    next_frame(page)
    return page.inner_text(".cnn-reading-line")


def row(page: Any, place: int) -> list[str]:
    next_frame(page)
    cells = page.locator(f".cnn-layers tbody tr:nth-child({place})").locator("th, td:not([hidden])")
    return [" ".join(text.split()) for text in cells.all_inner_texts()]


# --- the page and Python agree ----------------------------------------------------------------------------------------


def check_equal(modules: Any, picture: Any, layers: Any):
    layers = [read_layer(layer) for layer in layers]
    counted, sentence, titles = modules.evaluate(COUNT, [list(picture), layers])
    expected = count_layers(picture, layers)
    shown = [[r["shape"], r["parameters"], r["multiplyAdds"], r["sees"], r["stride"]] for r in counted["rows"]]
    assert shown == [
        [list(r.shape), r.parameters, r.multiply_adds, list(r.sees), list(r.stride)] for r in expected.layers
    ]
    assert (counted["refused"] or {}).get("problem", "") == (expected.refused.problem if expected.refused else "")
    assert (counted["parameters"], counted["multiplyAdds"]) == (expected.parameters, expected.multiply_adds)
    assert sentence == in_words(picture, layers)
    assert titles == [layer_title(layer) for layer in layers]


def test_the_working_of_each_layer_can_be_followed_by_hand(modules: Any):
    layers = [
        {"kind": "convolution", "filters": 6, "kernel": 5, "stride": 2, "padding": 2},
        {"kind": "activation"},
        {"kind": "pooling", "how": "max", "kernel": 2, "stride": 2},
        {"kind": "flatten"},
        {"kind": "dense", "units": 10, "bias": False},
    ]
    convolution, activation, pooling, flatten, dense = modules.evaluate(
        WORKING, [[3, 28, 20], [read_layer(layer) for layer in layers]]
    )
    assert convolution == [
        "Height: ⌊(28 + 2 · 2 − 5) / 2⌋ + 1 = 14; Width: ⌊(20 + 2 · 2 − 5) / 2⌋ + 1 = 10",
        "Parameters: (5 × 5 × 3 + 1) × 6 = 456",
        "Multiply-adds: 5 × 5 × 3 × 6 × 14 × 10 = 63,000",
    ]
    assert pooling == ["Height: ⌊(14 − 2) / 2⌋ + 1 = 7; Width: ⌊(10 − 2) / 2⌋ + 1 = 5"]
    assert activation == flatten == []
    assert dense == ["Parameters: 210 × 10 = 2,100", "Multiply-adds: 210 × 10 = 2,100"]


def test_page_and_python_count_refuse_and_describe_random_stacks_alike(modules: Any):
    for seed in range(200):
        check_equal(modules, *random_stack(seed))


@pytest.mark.parametrize("case", range(len(EXTREMES)))
def test_page_and_python_agree_at_the_limits(modules: Any, case: int):
    check_equal(modules, *EXTREMES[case])


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset["layers"]])
def test_the_code_that_the_page_shows_builds_the_same_network(modules: Any, name: str):
    from torch import nn

    builder = LayerBuilder(name)
    code = modules.evaluate(CODE, [list(builder.input_shape), builder.layers])
    assert str(eval(code, {"nn": nn})) == str(builder.to_torch())


# --- the view ---------------------------------------------------------------------------------------------------------


def test_the_table_shows_every_layer_and_the_sum(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    assert row(page, 4) == ["4 convolution: 16 of 5 × 5", "16 × 10 × 10", "2,416", "240,000", "14 × 14"]
    assert "61,706" in page.inner_text(".cnn-layers tfoot")
    assert page.locator(".cnn-box-stage").count() == 9  # the input, and each layer that is no activation


def test_a_slider_changes_the_chosen_layer_and_python_hears_of_it(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.get_by_label("Filters").focus()
    page.keyboard.press("ArrowRight")
    assert row(page, 1)[1:3] == ["7 × 28 × 28", "182"]
    assert page.evaluate("model.get('layers')[0].filters") == 7
    assert page.evaluate("model.get('description')") == words(page)
    assert page.get_by_label("Start from").input_value() == "(your own)"


def test_an_impossible_layer_explains_itself_and_is_mended_on_the_spot(show: Callable[..., Any]):
    page = show(LayerBuilder([{"kind": "convolution", "kernel": 3}], input_shape=(1, 5, 8)))
    page.get_by_label("Kernel").fill("7")
    assert "a kernel of 7 does not fit into 5 × 8; use a kernel of 5 or less, pad by 1" in words(page)
    assert "does not fit into 5 × 8" in row(page, 1)[1]
    page.get_by_label("Padding").fill("1")
    assert "gives 6 × 1 × 4" in words(page)


def test_layers_behind_a_broken_one_wait(show: Callable[..., Any]):
    page = show(LayerBuilder([{"kind": "dense"}, {"kind": "activation"}]))
    assert row(page, 2) == ["2 ReLU", "nothing arrives here"]


def test_a_broken_network_is_counted_up_to_the_break_and_its_last_row_says_so(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    last = page.locator(".cnn-layers tfoot")
    assert last.inner_text().split("\t")[0].strip() == "all layers"
    page.get_by_label("4 convolution").check()
    page.get_by_label("Kernel").fill("15")
    next_frame(page)
    assert [cell.strip() for cell in last.inner_text().split("\t")] == [
        "layers 1 to 3, up to the break", "", "156", "117,600", "",
    ]  # fmt: skip
    page.evaluate("model.set('layers', model.get('layers').slice(7))")  # a dense layer, and maps arrive
    next_frame(page)
    assert "nothing before the break" in last.inner_text()


@pytest.mark.parametrize("kind", ["convolution", "pooling", "activation", "flatten", "dense"])
def test_a_layer_is_added_behind_the_chosen_one_and_removed_again(show: Callable[..., Any], kind: str):
    page = show(LayerBuilder("810 weights"))
    page.get_by_label("2 ReLU").check()
    page.get_by_role("button", name=f" {kind} layer after the chosen one").click()
    assert page.evaluate("model.get('layers').map((layer) => layer.kind)")[2] == kind
    assert page.inner_text("legend").startswith(f"Layer 3: {kind}")
    page.get_by_role("button", name="Remove the layer").click()
    assert "gives 9 × 24 × 24: 810 parameters" in words(page)


def test_all_layers_can_be_removed_and_new_ones_added(show: Callable[..., Any]):
    page = show(LayerBuilder("one 7 × 7"))
    page.get_by_role("button", name="Remove the layer").click()
    assert "A network of 0 layers" in words(page)
    assert page.get_by_role("button", name="Remove the layer").count() == 0
    page.get_by_role("button", name="Add a pooling layer").click()
    assert "gives 16 × 16 × 16" in words(page)


def test_everything_can_be_done_from_the_keyboard(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.get_by_label("1 convolution").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.inner_text("legend") == "Layer 3: pooling"
    page.keyboard.press("Alt+ArrowUp")
    assert row(page, 2)[0] == "2 max pooling: 2 × 2"
    assert page.evaluate("document.activeElement.value") == "1"  # the focus has followed the layer
    page.keyboard.press("Delete")
    assert row(page, 2)[0] == "2 ReLU"
    assert page.evaluate("document.activeElement.type") == "radio"


def test_keys_for_the_table_do_not_reach_the_notebook(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.evaluate("document.addEventListener('keydown', (event) => { window.heard = event.key; })")
    page.get_by_label("1 convolution").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("window.heard ?? null") is None


def test_a_box_of_the_picture_chooses_its_layer(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.locator(".cnn-box-stage").nth(3).click()
    assert page.inner_text("legend") == "Layer 4: convolution"
    assert page.get_by_label("4 convolution").is_checked()


def test_a_preset_brings_its_picture_and_its_name(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.get_by_label("Start from").select_option("three 3 × 3")
    assert "for a picture of 16 × 32 × 32 gives 16 × 26 × 26: 6,912 parameters" in words(page)
    assert page.get_by_label("Channels").input_value() == "16"
    page.get_by_label("Height").fill("20")
    assert "gives 16 × 14 × 26" in words(page)


def test_a_change_from_python_is_shown(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.evaluate("model.set('layers', model.get('layers').slice(0, 3))")
    assert "gives 6 × 14 × 14: 156 parameters" in words(page)


def test_a_saved_state_with_its_names_in_another_order_looks_the_same(show: Callable[..., Any]):
    builder = LayerBuilder([{"bias": True, "filters": 3, "kernel": 3, "kind": "convolution"}])
    builder.layers = [dict(sorted(builder.layers[0].items()))]
    page = show(builder)
    labels = page.locator(".cnn-layer-fields label").all_inner_texts()
    assert [label.strip() for label in labels] == ["Filters", "Kernel", "Stride", "Padding", "bias"]


def test_what_changes_is_said_to_those_who_listen(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    page.get_by_role("button", name="Remove the layer").click()
    page.wait_for_function("document.querySelector('[role=status]').textContent.includes('11 layers')", timeout=5000)


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone_in_both_themes(show: Callable[..., Any], dark: bool):
    page = show(LayerBuilder("LeNet"), dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_every_control_has_a_name(show: Callable[..., Any]):
    page = show(LayerBuilder("LeNet"))
    for control in page.locator("button, input, select, summary").all():
        name = control.evaluate("e => e.getAttribute('aria-label') || e.textContent || e.labels?.[0]?.textContent")
        assert name


# --- with a kernel ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page of JupyterLab with a builder on it."""
    lab.write(
        "builder.ipynb", ["from cnncourse.widgets import LayerBuilder", "builder = LayerBuilder('LeNet')\nbuilder"]
    )
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "builder.ipynb")
    page.locator(".cnn-builder").wait_for(timeout=20_000)
    yield page
    page.close()


def test_what_is_built_in_jupyterlab_is_built_in_pytorch(notebook: Any):
    notebook.get_by_role("button", name="Add a pooling layer").click()
    notebook.get_by_role("slider", name="Kernel").fill("3")
    notebook.wait_for_timeout(500)
    assert ask_kernel(notebook, "print(builder.layers[1]['kind'], builder.layers[1]['kernel'])") == "pooling 3"
    assert ask_kernel(notebook, "print(builder.to_torch()[1].kernel_size)") == "3"


def test_what_python_changes_is_shown_in_jupyterlab(notebook: Any):
    ask_kernel(notebook, "builder.layers = [{'kind': 'convolution', 'kernel': 15}, {'kind': 'flatten'}]")
    notebook.get_by_text("gives 1,176").first.wait_for(timeout=10_000)
    assert "gives 1,176" in ask_kernel(notebook, "print(builder.description)")


def test_the_delete_key_in_jupyterlab_removes_a_layer_and_no_cell(notebook: Any):
    ask_kernel(notebook, "builder.layers = [{'kind': 'flatten'}, {'kind': 'activation'}]")
    notebook.get_by_label("2 ReLU").check()
    notebook.get_by_label("2 ReLU").focus()  # it may have been chosen already
    notebook.keyboard.press("Delete")
    notebook.wait_for_timeout(500)
    assert ask_kernel(notebook, "print(len(builder.layers))") == "1"
    assert notebook.locator(".jp-CodeCell").count() == 2
