"""Tests of the explorer of networks, its Python side."""

from __future__ import annotations

from typing import Any

import pytest
from torch import nn

from cnncourse.model_zoo import trained
from cnncourse.models import LeNet5
from cnncourse.widgets import ModelExplorer
from cnncourse.widgets._model_points import arrays

SETTINGS = {"x": "parameters", "y": "top1", "bubble": "none", "recipe": "best", "hidden": [], "chosen": ""}


def network(name: str, parameters: float, top1: float, **more: Any) -> dict[str, Any]:
    rest = {"family": "plain", "year": 2015, "weights": "V1", "more_pictures": False, "pixels": 224}
    costs = {"parameters": parameters * 1e6, "multiply_adds": 3.0, "file_size": 4.0, "top1": top1, "top5": top1 + 9}
    return {"name": name, "title": name.upper(), **rest, **costs, **more}


def shown(networks: list, own: list | None = None, **settings: Any) -> list[tuple[str, float, float, bool]]:
    points = arrays(networks, own or [], {**SETTINGS, **settings})
    return [(point.record["title"], point.x, point.y, point.edge) for point in points]


def test_points_stand_from_left_to_right_in_the_axis_unit():
    assert shown([network("b", 30, 70), network("a", 5, 75)]) == [("A", 5, 75, True), ("B", 30, 70, False)]


def test_of_each_network_the_recipe_decides_which_weights_are_shown():
    old, new = network("a", 5, 70), network("a", 5, 74, weights="V2")
    swag = network("a", 5, 80, weights="SWAG", more_pictures=True)
    alone = network("b", 9, 88, weights="SWAG", more_pictures=True)
    heights = {
        recipe: [y for _, _, y, _ in shown([old, new, swag, alone], recipe=recipe)]
        for recipe in ("first", "best", "more")
    }
    assert heights == {"first": [70], "best": [74], "more": [80, 88]}


def test_the_best_is_the_best_by_what_stands_upwards():
    networks = [network("a", 5, 75, top5=90.0), network("a", 5, 74, top5=92.0)]
    assert shown(networks)[0][2] == 75
    assert shown(networks, y="top5")[0][2] == 92


def test_a_point_knows_where_it_stood_with_its_first_recipe():
    (moved,) = arrays([network("a", 5, 70), network("a", 5, 74)], [], SETTINGS)
    assert moved.first == (5, 70)
    (stayed,) = arrays([network("a", 5, 70)], [], SETTINGS)
    assert stayed.first is None


def test_a_family_that_is_hidden_does_not_count_for_the_frontier():
    networks = [network("a", 5, 90, family="small"), network("b", 9, 60)]
    assert shown(networks)[1] == ("B", 9, 60, False)
    assert shown(networks, hidden=["small"]) == [("B", 9, 60, True)]


def test_a_network_without_the_number_asked_for_is_not_placed():
    mine = network("mine", 2, 60, family="own", top5=None, year=None)
    assert len(shown([network("a", 5, 90)], [mine])) == 2
    assert len(shown([network("a", 5, 90)], [mine], y="top5")) == 1
    assert len(shown([network("a", 5, 90)], [mine], x="year")) == 1


def test_all_eighty_networks_are_there_two_of_them_only_with_pictures_from_elsewhere():
    assert len(ModelExplorer().points) == 78
    assert len(ModelExplorer(recipe="more").points) == 80


def test_the_words_name_the_chosen_network_with_all_its_numbers():
    explorer = ModelExplorer(chosen="ResNet-50")
    said = explorer.description
    assert "ResNet-50 (ResNet and its kin, 2015), IMAGENET1K_V2: top-1 80.9 %, top-5 95.4 %" in said
    assert "25.6 million parameters, 97.8 MiB, 4.089 billion multiply-adds on 224 × 224 pixels" in said
    assert "Beaten by EfficientNet B3, which costs no more and reaches 82.0 %." in said
    explorer.recipe = "first"
    assert "top-1 76.1 %" in explorer.description


def test_who_is_on_the_frontier_is_told_so():
    assert "On the frontier: none shown is as cheap" in ModelExplorer(chosen="EfficientNet B0").description


def test_the_beater_is_named_right_for_every_point():
    points = ModelExplorer(x="file_size", y="top5").points
    for point in points:
        beaten = any(other.x <= point.x and other.y >= point.y and other is not point for other in points)
        assert point.edge != beaten


def test_with_all_families_off_the_words_say_what_to_do():
    explorer = ModelExplorer()
    explorer.hidden = list(explorer.families)
    assert explorer.points == []
    assert "switch a family on" in explorer.description
    assert "switch a family on" in explorer.fallback_html()


# --- a network of one's own -------------------------------------------------------------------------------------------


def test_a_network_of_ones_own_is_counted_by_lesson_04():
    explorer = ModelExplorer(x="parameters", recipe="first")
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=61.5, year=1998)
    (mine,) = [point for point in explorer.points if point.record["title"] == "mine"]
    assert (round(mine.x * 1e6), mine.y, mine.edge) == (61_706, 61.5, True)
    assert explorer.own[0]["file_size"] == pytest.approx(4 * 61_706 / 2**20)
    assert explorer.chosen == "mine"
    assert "mine (your own, 1998), as you gave it: top-1 61.5 %; 0.062 million parameters" in explorer.description


def test_a_network_of_the_same_title_takes_the_place_of_the_old_one():
    explorer = ModelExplorer()
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=50)
    explorer.add("mine", nn.Sequential(nn.Flatten(), nn.Linear(35, 10)), (1, 7, 5), top1=40)
    assert [(one["title"], one["parameters"]) for one in explorer.own] == [("mine", 360)]


def test_without_a_year_it_is_not_shown_by_year_and_the_words_say_so():
    explorer = ModelExplorer(x="year")
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=50)
    assert "Not shown, for want of a number: mine." in explorer.description


def test_a_network_that_cannot_be_counted_is_told_in_the_explorer_which_goes_on():
    explorer = ModelExplorer()
    explorer.add("mine", LeNet5(), (3, 224, 224), top1=50)
    assert "mine: a picture of 3 × 224 × 224 cannot pass layer 'conv1'" in explorer.fault
    assert explorer.own == []
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=50)
    assert explorer.fault == ""
    assert len(explorer.own) == 1


def test_what_is_not_counted_of_it_is_noted():
    class Attending(nn.Module):
        def forward(self, images: Any) -> Any:
            rows = images.flatten(2)
            return rows @ rows.transpose(1, 2)

    explorer = ModelExplorer()
    explorer.add("mine", Attending(), (3, 7, 5), top1=50)
    assert "multiply-adds not counted in" in explorer.note


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"title": "ResNet-50", "top1": 50}, "none of torchvision's networks has, got 'ResNet-50'"),
        ({"title": "", "top1": 50}, "got ''"),
        ({"title": "mine", "top1": 150}, "top1 as a percentage from 0 to 100, got 150"),
        ({"title": "mine", "top5": -1}, "top5 as a percentage"),
        ({"title": "mine", "top1": float("nan")}, "from 0 to 100, got nan"),
        ({"title": "mine"}, "expected an accuracy"),
    ],
)
def test_what_is_no_title_or_no_percentage_is_refused(given: dict[str, Any], advice: str):
    explorer = ModelExplorer()
    with pytest.raises(ValueError, match=advice):
        explorer.add(given.pop("title"), LeNet5(), (1, 28, 28), **given)
    assert explorer.own == []


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ({"x": "flops"}, "multiply_adds, parameters, file_size, year; got 'flops'"),
        ({"y": "top3"}, "top1, top5"),
        ({"bubble": "year"}, "none, parameters"),
        ({"recipe": "V2"}, "first, best, more"),
        ({"hidden": ["cats"]}, "plain, inception"),
        ({"size": 3}, "settings out of x, y, bubble"),
        ({"networks": []}, "at least one network"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_advice(setting: dict[str, Any], advice: str):
    with pytest.raises(ValueError, match=advice):
        ModelExplorer(**setting)


def test_a_refused_setting_leaves_the_explorer_as_it_was():
    explorer = ModelExplorer(x="year")
    with pytest.raises(ValueError, match="flops"):
        explorer.x = "flops"
    assert explorer.x == "year"


def test_some_networks_alone_may_be_shown():
    explorer = ModelExplorer([one for one in trained() if one.family == "small"], x="parameters")
    assert {point.record["family"] for point in explorer.points} == {"small"}


def test_the_still_picture_changes_with_the_settings_and_has_its_words():
    explorer = ModelExplorer()
    first = explorer.fallback_html()
    assert 'alt="78 networks with the best recipe' in first
    explorer.frontier = False
    second = explorer.fallback_html()
    explorer.add("mine", LeNet5(), (1, 28, 28), top1=50)
    assert len({first, second, explorer.fallback_html()}) == 3
    assert "text/html" in explorer._repr_mimebundle_()[0]
