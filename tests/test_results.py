"""Results over several seeds: kept, read, told, drawn, measured anew."""

from __future__ import annotations

import json
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

from cnncourse import cli, experiments
from cnncourse.experiments import EXPERIMENTS, Experiment, run_experiment
from cnncourse.results import Result, result, result_names, write_result
from cnncourse.results_plots import show_result
from cnncourse.style import alternative_text

ARMS = {"with skips": (0.90, 0.94, 0.95), "without": (0.7, 0.72, 0.74)}
SKIPS = Result("skips", "mean IoU", "%", True, "digits", (0, 1, 2), ARMS)


@pytest.fixture
def tossed(monkeypatch):
    """Offer one experiment whose second arm is worse by ten, and whose numbers name their seed."""
    module = SimpleNamespace(compare=lambda *, seed: {"ours": 10.0 + seed, "baseline": seed})
    monkeypatch.setattr(experiments.importlib, "import_module", lambda name: {"cnncourse.toss": module}[name])
    monkeypatch.setitem(EXPERIMENTS, "toss", Experiment("toss", "heads", unit="", data="coins"))


@pytest.fixture
def axes():
    yield
    plt.close("all")


def test_what_is_written_is_read_again(tmp_path, monkeypatch):
    write_result(SKIPS, tmp_path)
    monkeypatch.setattr("cnncourse.results._folder", lambda: tmp_path)
    assert result_names() == ["skips"]
    assert result("skips") == SKIPS
    assert result("skips").command == "cnncourse results measure skips"


def test_a_result_that_was_never_measured_is_named_with_those_that_were(tmp_path, monkeypatch):
    write_result(SKIPS, tmp_path)
    monkeypatch.setattr("cnncourse.results._folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="a result out of skips, got 'skip'"):
        result("skip")


def test_an_arm_with_a_run_too_few_is_refused():
    with pytest.raises(ValueError, match=r"3 numbers each, one a seed, got \{'without': 2\}"):
        Result("skips", "mean IoU", "%", True, "digits", (0, 1, 2), {**ARMS, "without": (0.7, 0.72)})


def test_shares_are_told_in_per_cent_with_their_spread_and_others_as_they_are():
    assert str(SKIPS) == "mean IoU, over 3 seeds: with skips 93.0 % ± 2.6; without 72.0 % ± 2.0"
    games = Result("agent", "return", "points", True, "games", (0, 1), {"agent": (0.5, 0.7), "random": (-1, -2)})
    assert (games.told("agent"), games.told("random")) == ("0.60 points ± 0.14", "-1.50 points ± 0.71")


@pytest.mark.usefixtures("tossed")
def test_an_experiment_runs_once_with_each_seed():
    measured = run_experiment("toss", seeds=(3, 5))
    assert measured.arms == {"ours": (13.0, 15.0), "baseline": (3.0, 5.0)}
    assert (measured.seeds, measured.measure, measured.data) == ((3, 5), "heads", "coins")


@pytest.mark.usefixtures("tossed")
@pytest.mark.parametrize("seeds", [(), (1,), (2, 2)])
def test_without_two_seeds_there_is_no_spread(seeds):
    with pytest.raises(ValueError, match="at least two different seeds"):
        run_experiment("toss", seeds=seeds)


@pytest.mark.usefixtures("tossed")
def test_the_command_measures_and_keeps(tmp_path, capsys):
    assert cli.main(["results", "measure", "toss", "--to", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "toss.json").read_text(encoding="utf-8"))["arms"]["ours"] == [10, 11, 12]
    assert "heads, over 3 seeds: ours 11.0 ± 1.0; baseline 1.00 ± 1.00" in capsys.readouterr().out


@pytest.mark.usefixtures("tossed")
def test_measuring_into_a_folder_that_is_not_there_says_so_first(tmp_path, capsys):
    assert cli.main(["results", "measure", "toss", "--to", str(tmp_path / "no")]) == 2
    assert "make it first" in capsys.readouterr().err


def test_an_unknown_experiment_is_a_request_without_sense(capsys):
    with pytest.raises(SystemExit):
        cli.main(["results", "measure", "toss"])
    assert "expected an experiment out of" in capsys.readouterr().err


def test_the_command_lists_what_the_lessons_state(capsys):
    assert cli.main(["results"]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == result_names()


def test_what_is_stated_was_measured_by_an_experiment_with_three_seeds_and_beats_the_baseline():
    assert result_names() == sorted(EXPERIMENTS)
    for name in result_names():
        stated, experiment = result(name), EXPERIMENTS[name]
        assert (stated.measure, stated.unit, stated.data) == (experiment.measure, experiment.unit, experiment.data)
        assert stated.seeds == (0, 1, 2), name
        ours, *_, baseline = stated.arms.values()
        way = 1 if stated.higher_is_better else -1
        assert min(way * value for value in ours) > max(way * value for value in baseline), name


@pytest.mark.usefixtures("axes")
def test_every_run_is_a_dot_and_every_mean_a_bar_from_zero():
    ax = show_result(SKIPS)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([93, 72])
    assert [line.get_xdata() for line in ax.lines] == [pytest.approx([90, 94, 95]), pytest.approx([70, 72, 74])]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["with skips", "without"]
    assert ax.get_xlim() == (0, 100)  # no share is larger
    assert alternative_text(ax.figure) == f"{SKIPS}. Measured on digits."


@pytest.mark.usefixtures("axes")
def test_the_last_arm_is_grey_and_so_are_others_that_learn_nothing():
    games = Result("agent", "return", "", True, "games", (0, 1), {"agent": (7, 8), "rule": (5, 5), "chance": (0, 1)})
    plain, marked = ([bar.get_facecolor() for bar in show_result(games, grey=grey).patches] for grey in ((), ("rule",)))
    assert plain[0] == plain[1] != plain[2]
    assert marked[0] == plain[0]
    assert marked[1] == marked[2] == plain[2]


@pytest.mark.usefixtures("axes")
def test_returns_below_zero_stay_inside_the_picture():
    games = Result("agent", "return", "", True, "games", (0, 1), {"agent": (0.5, 0.7), "random": (-1, -2)})
    ax = show_result(games)
    assert ax.get_xlim()[0] < -2
    assert ax.get_xlabel() == "return; higher is better\nmean of 2 seeds ± standard deviation; a dot is a run"
