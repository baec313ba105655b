"""The explorer of networks in a page without a kernel: what it computes equals Python, and how it is steered."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cnncourse.models import LeNet5
from cnncourse.widgets import ModelExplorer
from cnncourse.widgets._model_points import AXES, BUBBLES, HEIGHTS, RECIPES, arrays, in_words
from tests.browser.mount import next_frame

COMPUTE = """async ({ networks, own, families, offers, cases }) => {
  const { modelPoints, modelWords } = await import("./model_points.js");
  return cases.map((settings) => {
    const points = modelPoints(networks, own, settings);
    const numbers = points.map(({ x, y, bubble, first, edge }) => [x, y, bubble, ...(first ?? [-1, -1]), Number(edge)]);
    const titles = points.map(({ record }) => record.title);
    return { numbers, titles, words: modelWords(points, settings, { families, offers, missing: ["one"] }) };
  });
}"""
Show = Callable[..., Any]


def get(page: Any, name: str) -> Any:
    next_frame(page)
    return page.evaluate("(name) => model.get(name)", name)


def drawing(page: Any) -> str:
    next_frame(page)
    return str(page.locator(".cnn-model-chart").evaluate("(svg) => svg.outerHTML"))


def reading(page: Any) -> str:
    next_frame(page)
    return str(page.locator(".cnn-model-reading").inner_text())


def test_points_frontier_and_words_agree_for_all_settings(modules: Any):
    explorer = ModelExplorer()
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=61.5)
    titles = [one["title"] for one in explorer.networks] + ["mine", ""]
    rng = np.random.default_rng(9)
    cases = [
        {
            "x": x, "y": y, "bubble": bubble, "recipe": recipe, "chosen": str(rng.choice(titles)),
            "hidden": [family for family in explorer.families if rng.random() < 0.25],
        }
        for x, y, bubble, recipe in product(AXES, HEIGHTS, BUBBLES, RECIPES)
    ]  # fmt: skip
    given = {
        "networks": explorer.networks,
        "own": explorer.own,
        "families": explorer.families,
        "offers": explorer.offers,
    }
    for case, page in zip(cases, modules.evaluate(COMPUTE, {**given, "cases": cases}), strict=True):
        points = arrays(explorer.networks, explorer.own, case)
        assert page["titles"] == [point.record["title"] for point in points]
        expected = [[p.x, p.y, p.bubble, *(p.first or (-1, -1)), p.edge] for p in points]
        assert_allclose(page["numbers"], expected, rtol=1e-12)
        assert page["words"] == in_words(points, case, explorer.families, ["one"])


def test_nothing_shown_is_said_alike(modules: Any):
    explorer = ModelExplorer()
    settings = {
        "x": "year",
        "y": "top1",
        "bubble": "none",
        "recipe": "best",
        "chosen": "",
        "hidden": [*explorer.families],
    }
    given = {"networks": explorer.networks, "own": [], "families": explorer.families, "offers": explorer.offers}
    (page,) = modules.evaluate(COMPUTE, {**given, "cases": [settings]})
    assert page["words"] == in_words([], settings, explorer.families, [])


def test_every_network_has_its_bubble(show: Show):
    page = show(ModelExplorer())
    assert page.locator(".cnn-model-bubbles path").count() == 78
    page.get_by_label("Weights", exact=True).select_option("more")
    next_frame(page)
    assert page.locator(".cnn-model-bubbles path").count() == 80


@pytest.mark.parametrize(
    ("label", "value", "name"),
    [
        ("Across", "parameters", "x"),
        ("Across", "year", "x"),
        ("Upwards", "top5", "y"),
        ("Bubbles", "none", "bubble"),
        ("Weights", "first", "recipe"),
        ("Network", "VGG-16", "chosen"),
    ],
)
def test_each_choice_changes_the_picture_and_the_state(show: Show, label: str, value: str, name: str):
    page = show(ModelExplorer())
    before = drawing(page)
    page.get_by_label(label, exact=True).select_option(value)
    assert drawing(page) != before
    assert get(page, name) == value


@pytest.mark.parametrize("label", ["powers of ten", "frontier", "lines from the first recipe", "AlexNet and VGG"])
def test_each_switch_changes_the_picture(show: Show, label: str):
    page = show(ModelExplorer())
    before = drawing(page)
    page.get_by_label(label, exact=True).click()
    assert drawing(page) != before


def test_a_family_can_be_switched_off_and_on(show: Show):
    page = show(ModelExplorer())
    page.get_by_label("RegNet", exact=True).uncheck()
    assert get(page, "hidden") == ["regnet"]
    assert page.locator(".cnn-model-bubbles .cnn-family-regnet").count() == 0
    page.get_by_label("RegNet", exact=True).check()
    assert get(page, "hidden") == []
    assert page.locator(".cnn-model-bubbles .cnn-family-regnet").count() == 14


def test_arrow_keys_walk_by_cost_and_by_accuracy(show: Show):
    explorer = ModelExplorer()
    page = show(explorer)
    page.locator(".cnn-model-chart").focus()
    by_cost = [point.record["title"] for point in explorer.points]
    by_height = [p.record["title"] for p in sorted(explorer.points, key=lambda p: (p.y, p.x))]
    page.keyboard.press("Home")
    assert get(page, "chosen") == by_cost[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert get(page, "chosen") == by_cost[2]
    page.keyboard.press("ArrowUp")
    assert get(page, "chosen") == by_height[by_height.index(by_cost[2]) + 1]
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert get(page, "chosen") == by_cost[-1]


def test_pointing_at_a_bubble_chooses_and_describes_it(show: Show):
    page = show(ModelExplorer(hidden=["plain", "inception", "small", "efficient", "regnet", "convnext", "transformer"]))
    page.wait_for_timeout(600)  # until all have glided to their places
    box = page.locator(".cnn-model-bubbles path").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    chosen = get(page, "chosen")
    assert chosen == "DenseNet-121"  # the smallest lies on top, and so comes last
    assert reading(page).startswith("DenseNet-121 (ResNet and its kin, 2016), IMAGENET1K_V1")


def test_the_reading_is_what_python_says(show: Show):
    explorer = ModelExplorer(chosen="VGG-16", y="top5")
    page = show(explorer)
    assert reading(page) in explorer.description
    assert page.locator(".cnn-model-chart").get_attribute("aria-label") == explorer.description


def test_what_is_chosen_is_spoken(show: Show):
    page = show(ModelExplorer())
    page.get_by_label("Network", exact=True).select_option("GoogLeNet")
    page.wait_for_function(
        "() => document.querySelector('[aria-live]').textContent.startsWith('GoogLeNet')", timeout=5000
    )


def test_years_are_not_drawn_in_powers_of_ten(show: Show):
    page = show(ModelExplorer(x="year"))
    assert page.get_by_label("powers of ten", exact=True).is_disabled()
    texts = page.locator(".cnn-chart-text text").all_text_contents()
    assert {"2012", "2022"} <= set(texts)


def test_a_fault_of_the_learners_network_is_shown_and_the_rest_goes_on(show: Show):
    explorer = ModelExplorer()
    explorer.add("mine", LeNet5(), (3, 224, 224), top1=50)
    page = show(explorer)
    assert "cannot pass layer 'conv1'" in page.locator(".cnn-fault").inner_text()
    page.get_by_label("Network", exact=True).select_option("VGG-16")
    assert "VGG-16" in reading(page)


def test_a_network_that_the_kernel_adds_appears_with_its_family(show: Show):
    explorer = ModelExplorer()
    page = show(explorer)
    assert page.get_by_label("your own", exact=True).is_hidden()
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=61.5)
    page.evaluate("(own) => { model.set('own', own); model.set('chosen', 'mine'); }", explorer.own)
    assert "mine (your own)" in reading(page)
    assert page.locator(".cnn-model-bubbles .cnn-family-own").count() == 1
    page.get_by_label("your own", exact=True).uncheck()
    next_frame(page)
    assert page.locator(".cnn-model-bubbles .cnn-family-own").count() == 0


def test_the_table_has_a_row_for_each_network_shown(show: Show):
    page = show(ModelExplorer(x="parameters"))
    page.get_by_text("All that is shown as a table").click()
    next_frame(page)
    rows = page.locator("tbody tr")
    assert rows.count() == 78
    first = rows.first.inner_text().split("\t")
    assert first == ["SqueezeNet 1.1", "small networks", "2016", "1.2", "0.349", "4.7", "58.2", "80.6"]


def test_with_all_families_off_the_page_says_what_to_do(show: Show):
    explorer = ModelExplorer()
    page = show(ModelExplorer(hidden=list(explorer.families)))
    assert "switch a family on" in reading(page)
    assert page.locator(".cnn-model-bubbles path").count() == 0


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(show: Show, dark: bool):
    page = show(ModelExplorer(chosen="Wide ResNet-101-2"), dark=dark, viewport={"width": 360, "height": 740})
    page.get_by_text("All that is shown as a table").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_reduced_motion_lets_nothing_glide(show: Show):
    page = show(ModelExplorer(), reduced_motion="reduce")
    bubble = page.locator(".cnn-model-bubbles path").first
    assert bubble.evaluate("(one) => getComputedStyle(one).transitionDuration") == "0s"


def test_every_control_has_a_name_and_can_be_reached_by_tab(show: Show):
    page = show(ModelExplorer())
    named = "(e) => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent"
    names = []
    for _ in range(19):
        page.keyboard.press("Tab")
        names.append(page.evaluate(f"() => ({named})(document.activeElement)").strip())
    expected = [
        "78 networks",
        "Across",
        "Upwards",
        "Bubbles",
        "Weights",
        "Network",
        "powers of ten",
        "frontier",
        "lines",
    ]
    assert all(name.startswith(start) for name, start in zip(names, expected, strict=False)), names
    assert names[9:17] == list(ModelExplorer().families.values())
    assert names[17:] == ["All that is shown as a table", "Keys and pointer"]


def test_unmounting_leaves_no_listener_behind(show: Show):
    page = show(ModelExplorer())
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners.length") == 0
