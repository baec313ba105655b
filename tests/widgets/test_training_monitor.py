"""The training monitor in Python: it follows bit by bit, goes on after anything, and says what happened."""

from __future__ import annotations

import asyncio
import base64
import io
import math
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nbformat.v4 import new_code_cell, new_notebook
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from torch import nn

from cnncourse.datasets import PictureSet
from cnncourse.publish.execute import execute
from cnncourse.training import Diverged, Settings, Training
from cnncourse.widgets import TrainingMonitor, training_monitor

SIDES = (4, 7)


def pictures(count: int = 60, *, seed: int = 0) -> PictureSet:
    """Return noise that is brighter at the top or at the bottom: two classes that a dense layer can tell apart."""
    dice = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 2
    images = torch.rand(count, 1, *SIDES, generator=dice) / 2
    images[labels == 0, :, :2] += 0.4
    return PictureSet(images, labels, ("top", "bottom"), "noise with a bright half")


def network() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Flatten(), nn.Linear(SIDES[0] * SIDES[1], 2))


def training(*, rate: float = 0.3, epochs: int = 3, batch: int = 10, model: nn.Module | None = None) -> Training:
    settings = Settings(epochs=epochs, batch=batch, learning_rate=rate)
    return Training(model or network(), pictures(), settings, validation=pictures(20, seed=1), device="cpu")


def weights(run: Training) -> np.ndarray:
    return torch.cat([one.detach().flatten() for one in run.model.parameters()]).numpy()


def state(monitor: TrainingMonitor, place: int = -1) -> str:
    return str(monitor.runs[place]["state"])


# --- following --------------------------------------------------------------------------------------------------------


def test_a_watched_training_ends_with_the_weights_of_an_unwatched_one():
    alone, watched = training(), training()
    for _ in alone:
        pass
    steps = [record.step for record in TrainingMonitor(watched).follow()]
    assert steps == list(range(1, 19))
    assert_array_equal(weights(watched), weights(alone))


def test_the_curve_holds_loss_accuracy_and_rate_of_every_step():
    run = training()
    monitor = TrainingMonitor(run)
    monitor.train()
    step, epoch, low, high, _, _, best, _, rate = monitor.live.T
    assert_array_equal(step, np.arange(1, 19))
    assert_allclose(epoch, np.arange(1, 19) / 6, rtol=1e-6)
    assert_allclose(low, [record.loss for record in run.records], rtol=1e-6)
    assert_array_equal(low, high)
    assert_allclose(best, [record.accuracy for record in run.records], rtol=1e-6)
    assert_allclose(rate, [record.learning_rate for record in run.records], rtol=1e-6)
    assert [epoch for epoch, _ in monitor.runs[0]["points"]] == [1, 2, 3]


def test_a_loop_that_is_left_pauses_the_run_and_another_goes_on():
    run = training()
    monitor = TrainingMonitor(run)
    for record in monitor.follow():
        if record.step == 7:
            break
    assert (state(monitor), len(run.records)) == ("paused", 7)
    assert "Paused at epoch 1.17 of 3" in monitor.description
    assert [record.step for record in monitor.follow()] == list(range(8, 19))
    assert (state(monitor), len(monitor.live)) == ("finished", 18)


def test_an_interrupt_in_the_loop_loses_nothing():
    run = training()
    monitor = TrainingMonitor(run)

    def interrupted() -> None:
        for record in monitor.follow():
            if record.step == 5:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    monitor.train()
    assert [record.step for record in run.records] == list(range(1, 19))
    assert len(monitor.live) == 18


def test_steps_that_were_taken_elsewhere_are_on_the_curve_too():
    run = training()
    monitor = TrainingMonitor(run)
    for record in run:
        if record.step == 4:
            break
    monitor.pause()
    assert (len(monitor.live), state(monitor)) == (4, "paused")
    monitor.train()
    assert len(monitor.live) == 18


def test_a_run_can_be_paused_and_stopped_from_within_the_loop():
    run = training()
    monitor = TrainingMonitor(run)
    for record in monitor.follow():
        if record.step == 3:
            monitor.pause()
    assert (len(run.records), state(monitor)) == (3, "paused")
    for record in monitor.follow():
        if record.step == 6:
            monitor.stop()
    assert (len(run.records), state(monitor)) == (6, "stopped")
    assert list(monitor.follow()) == []


def test_settings_changed_on_the_way_count_from_the_next_step():
    run = training(rate=0.3)
    monitor = TrainingMonitor(run)
    for record in monitor.follow():
        if record.step == 6:
            monitor.rate, monitor.batch = 0.03, 30
    assert (run.learning_rate, run.batch, monitor.rate, monitor.batch) == (0.03, 30, 0.03, 30)
    assert len(run.records) == 6 + 2 * 2  # two epochs of two batches are left
    assert monitor.runs[0]["rate"] == "0.3 → 0.03"
    assert monitor.runs[0]["batch"] == "10 → 30"


# --- what is told -----------------------------------------------------------------------------------------------------


def test_the_words_tell_the_plan_then_where_it_is_then_that_it_is_through():
    monitor = TrainingMonitor(training())
    assert "0 of 18 steps. No step yet; 3 epochs planned, 18 steps in batches of 10" in monitor.description
    for record in monitor.follow():
        if record.step == 9:
            break
    assert "9 of 18 steps. Paused at epoch 1.50 of 3: loss 0." in monitor.description
    assert "on pictures held out. The loop was left here; it can go on." in monitor.description
    monitor.train()
    assert "18 of 18 steps. Finished at epoch 3.00 of 3" in monitor.description


def test_pace_and_time_left_are_told_from_the_records():
    monitor = TrainingMonitor(training())
    for record in monitor.follow():
        if record.step == 12:
            break
    pace = record.seconds / 2
    assert monitor.runs[0]["timing"].startswith(f"{pace:.2g} s an epoch, about ")


def test_viewers_without_widgets_get_the_curves_with_a_text_alternative():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    monitor = TrainingMonitor({"slow": training(rate=0.01), "fast": training()}, log=True)
    bare = monitor.fallback_html()
    monitor.train()
    full = monitor.fallback_html()
    pictures = [base64.b64decode(still.split("base64,")[1].split('"')[0]) for still in (bare, full)]
    assert f'alt="{monitor.description}"' in full
    assert min(Image.open(io.BytesIO(picture)).width for picture in pictures) > 600
    assert pictures[0] != pictures[1]
    assert plt.get_fignums() == before


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that moves the monitor's clock on by so many seconds."""
    clock = [0.0]
    monkeypatch.setattr(training_monitor, "perf_counter", lambda: clock[0])

    def tick(seconds: float) -> None:
        clock[0] += seconds

    return tick


def test_the_page_hears_of_a_fast_training_ten_times_a_second_in_small_messages(ticking: Callable[[float], None]):
    monitor = TrainingMonitor(training(epochs=200), log=True)
    sent: list[int] = []
    monitor._send = lambda message, buffers=None: sent.append(len(str(message)) + sum(map(len, buffers)))
    for _ in monitor.follow():
        ticking(0.004)  # 1,200 steps in 4.8 s
    assert 40 <= len(sent) <= 4.8 * 10 + 2
    assert max(sent) < 20_000
    assert len(monitor.live) <= 256


def test_curves_that_rest_do_not_travel_with_each_step_of_another(ticking: Callable[[float], None]):
    monitor = TrainingMonitor({"first": training(), "second": training()})
    monitor.train()
    monitor.add(training(epochs=20))
    sent: list[list[str]] = []
    monitor._send = lambda message, buffers=None: sent.append(sorted(message["state"]))
    for _ in monitor.follow():
        ticking(0.2)
    assert len(sent) > 100
    assert not any("still" in names for names in sent)


def test_no_array_of_the_saved_state_is_ever_empty():
    # The page takes arrays from the places where the notebook once had them.
    monitor = TrainingMonitor(training())
    assert monitor.get_state(["live"])["live"]["shape"] == [1, 9]
    assert monitor.get_state(["still"])["still"]["shape"] == [1, 9]
    assert np.isnan(monitor.live).all()


# --- several runs -----------------------------------------------------------------------------------------------------


def test_a_new_run_begins_with_the_same_first_weights_and_leaves_the_old_one_alone():
    first = training()
    start = weights(first).copy()
    monitor = TrainingMonitor(first)
    monitor.train()
    learned = weights(first).copy()
    monitor.rate, monitor.batch = 0.05, 20
    monitor.again()
    assert (monitor.run.settings.learning_rate, monitor.run.settings.batch) == (0.05, 20)
    assert_array_equal(weights(monitor.run), start)
    monitor.train()
    assert_array_equal(weights(first), learned)
    assert (first.learning_rate, first.batch) == (0.3, 10)
    assert [run["state"] for run in monitor.runs] == ["finished", "finished"]
    assert len(monitor.live) == 9
    assert len(monitor.still) == 18 + 1  # and a row of nothing, so that it is never empty
    monitor.again()
    assert_array_equal(weights(monitor.run), start)


def test_named_runs_are_trained_in_turn_and_can_be_chosen_and_removed():
    runs = {"small": training(rate=0.01), "right": training(), "other": training(batch=20)}
    monitor = TrainingMonitor(runs)
    assert monitor.run is runs["small"]
    monitor.train()
    assert [run["called"] for run in monitor.runs] == ["small", "right", "other"]
    assert {run["state"] for run in monitor.runs} == {"finished"}
    monitor.choose(2)
    assert monitor.run is runs["right"]
    assert "Other runs: small: finished" in monitor.description
    monitor.remove(1)
    assert [run["number"] for run in monitor.runs] == [2, 3]
    monitor.add(training())
    assert [run["number"] for run in monitor.runs] == [2, 3, 4]


def test_a_run_can_be_handed_to_the_loop_and_is_then_watched():
    monitor, second = TrainingMonitor(training()), training(epochs=1)
    assert len(list(monitor.follow(second))) == 6
    assert monitor.run is second
    assert list(monitor.follow(second)) == []
    assert len(monitor.runs) == 2


def test_there_is_room_for_six_runs():
    monitor = TrainingMonitor(training(epochs=1))
    for _ in range(5):
        monitor.again()
    assert len(monitor.runs) == 6
    with pytest.raises(ValueError, match="room for 6 runs"):
        monitor.again()
    assert len(monitor.runs) == 6


def test_a_run_that_had_begun_is_shown_and_goes_on_but_cannot_begin_anew():
    run = training()
    for record in run:
        if record.step == 6:
            break
    monitor = TrainingMonitor(run)
    assert (state(monitor), len(monitor.live)) == ("paused", 6)
    with pytest.raises(ValueError, match="first weights are not known"):
        monitor.again()
    monitor.train()
    assert state(monitor) == "finished"
    assert "first weights are not known" in monitor.now["hint"]
    assert not monitor.now["can"]["again"]


def test_a_finished_run_is_shown_and_not_started():
    run = training()
    for _ in run:
        pass
    monitor = TrainingMonitor(run)
    assert state(monitor) == "finished"
    assert not monitor.now["can"]["start"]
    assert list(monitor.follow()) == []
    monitor.train()
    assert len(run.records) == 18


def test_a_trained_network_gives_a_low_curve_on_a_scale_of_its_own():
    model = network()
    for _ in training(model=model, epochs=60):
        pass
    monitor = TrainingMonitor(training(model=model, rate=0.001))
    monitor.train()
    top, lowest, highest = monitor.now["scale"]
    assert monitor.live[:, 3].max() <= top < 0.5
    assert 10.0**lowest <= monitor.live[:, 4].min() <= 10.0**highest


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_rate_that_is_too_high_is_said_to_diverge_and_the_others_are_trained_all_the_same():
    monitor = TrainingMonitor({"too high": training(rate=1e6), "right": training()})
    monitor.train()
    assert [run["state"] for run in monitor.runs] == ["diverged", "finished"]
    words = monitor.runs[0]["words"]
    assert "diverged at step" in words
    assert "learning rate" in words
    monitor.choose(1)
    assert monitor.live[-1, 3] > 10  # the step that was too much is on its curve


def test_a_loop_of_ones_own_hears_of_the_divergence():
    monitor = TrainingMonitor(training(rate=1e6))
    with pytest.raises(Diverged):
        list(monitor.follow())
    assert state(monitor) == "diverged"


def test_after_a_divergence_new_settings_are_for_whichever_run_comes_next():
    run = training(rate=1e6)
    monitor = TrainingMonitor(run)
    monitor.train()
    monitor.rate = 0.3
    assert run.learning_rate == 1e6
    list(monitor.follow())
    assert run.learning_rate == 0.3
    assert (state(monitor), len(run.records), len(monitor.live)) == ("finished", 18, 18)


@pytest.mark.parametrize("rate", [0, -0.1, math.nan, math.inf, "fast", True, None])
def test_a_learning_rate_that_is_none_is_refused_and_changes_nothing(rate: Any):
    monitor = TrainingMonitor(training(rate=0.3))
    with pytest.raises(ValueError, match="a learning rate above 0"):
        monitor.rate = rate
    assert monitor.run.learning_rate == monitor.rate == 0.3


@pytest.mark.parametrize("batch", [0, -1, 61, 2.5, "all", True])
def test_a_batch_that_the_set_does_not_hold_is_refused_and_changes_nothing(batch: Any):
    monitor = TrainingMonitor(training(batch=10))
    with pytest.raises(ValueError, match="from 1 to 60, the number of pictures"):
        monitor.batch = batch
    assert monitor.run.batch == monitor.batch == 10


def test_only_batches_that_fit_are_offered():
    assert TrainingMonitor(training(batch=10)).now["batches"] == [1, 4, 8, 10, 16, 32]


class Brittle(nn.Module):
    """A network that breaks at its third picture batch, until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(SIDES[0] * SIDES[1], 2)
        self.calls, self.broken = 0, True

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.calls += self.training
        if self.broken and self.calls == 3:
            return undefined_name  # type: ignore[name-defined]  # noqa: F821
        return self.dense(images.flatten(1))


def test_an_error_in_a_network_is_shown_with_its_line_and_the_monitor_goes_on_when_it_is_mended():
    model = Brittle()
    monitor = TrainingMonitor(training(model=model))
    with pytest.raises(NameError):
        monitor.train()
    fault = monitor.now["fault"]
    assert state(monitor) == "failed"
    assert (fault["kind"], fault["name"]) == ("NameError", "forward")
    assert fault["source"].startswith("return undefined_name")
    assert "ended step 3; nothing of before is lost" in monitor.description
    model.broken = False
    monitor.train()
    assert (state(monitor), monitor.now["fault"]) == ("finished", {})


def test_an_error_inside_a_librarys_layer_names_the_layer_instead_of_a_line():
    model = network()
    monitor = TrainingMonitor(training(model=model))
    model[1] = nn.Linear(5, 2)
    with pytest.raises(RuntimeError):
        monitor.train()
    fault = monitor.now["fault"]
    assert (fault["name"], fault["line"], fault["source"]) == ("your network, layer 1 (Linear)", 0, "")


@pytest.mark.parametrize(
    ("runs", "words"),
    [({}, "one training or more"), ([1, 2], "got list, which has no model"), (network(), "which has no model")],
)
def test_what_is_no_training_is_refused_with_what_is(runs: Any, words: str):
    with pytest.raises(ValueError, match=words):
        TrainingMonitor(runs)


def test_the_same_training_twice_is_refused():
    run = training()
    with pytest.raises(ValueError, match="on the monitor already"):
        TrainingMonitor({"one": run, "two": run})


@pytest.mark.parametrize(("act", "words"), [("choose", "out of 1; got 7"), ("remove", "the only run")])
def test_a_run_that_is_not_there_cannot_be_chosen_and_the_last_one_stays(act: str, words: str):
    with pytest.raises(ValueError, match=words):
        getattr(TrainingMonitor(training()), act)(7)


def test_without_a_notebook_the_background_is_refused_with_what_works():
    with pytest.raises(RuntimeError, match=r"monitor\.train"):
        TrainingMonitor(training()).start()


def test_a_cell_that_trains_shows_the_monitor_and_a_saved_notebook_has_the_curves(tmp_path: Path):
    cells = [
        "import torch",
        "from cnncourse.datasets import load",
        "from cnncourse.training import Settings, Training",
        "from cnncourse.widgets import TrainingMonitor",
        "model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))",
        'run = Training(model, load("digits")[:200], Settings(epochs=2, batch=20), device="cpu")',
        "TrainingMonitor(run).train()",
    ]
    notebook = new_notebook(cells=[new_code_cell("\n".join(cells))])
    execute(notebook, lesson="training", folder=tmp_path)
    (shown,) = notebook.cells[0].outputs
    assert "20 of 20 steps. Finished at epoch 2.00 of 2" in shown.data["text/plain"]
    saved = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    model = saved[shown.data["application/vnd.jupyter.widget-view+json"]["model_id"]]
    (live,) = [one for one in model["buffers"] if one["path"] == ["live", "data"]]
    assert len(base64.b64decode(live["data"])) == 20 * 9 * 4
    assert model["state"]["runs"][0]["state"] == "finished"


# --- in the background of a notebook ----------------------------------------------------------------------------------


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0)


def press(monitor: TrainingMonitor, wish: str, value: Any = None) -> None:
    """Send what the page sends, from a thread of its own, as JupyterLab does."""
    message = {"do": wish, "value": value, "id": f"{wish}-1"}
    thread = threading.Thread(target=monitor._handle_custom_msg, args=(message, []))
    thread.start()
    thread.join()


def test_the_buttons_train_while_other_things_run_and_pause_and_go_on():
    async def notebook() -> None:
        run = training(epochs=2000)
        monitor, rounds = TrainingMonitor(run), 0
        press(monitor, "start")
        await until(lambda: len(run.records) > 20)
        assert state(monitor) == "training"
        while len(run.records) < 200:
            rounds += 1  # another task, which has its turn after each slice
            await asyncio.sleep(0)
        assert rounds >= 2
        press(monitor, "pause")
        await until(lambda: state(monitor) == "paused")
        paused_at = len(run.records)
        await asyncio.sleep(0.12)
        assert len(run.records) == paused_at
        press(monitor, "set", {"rate": 0.02, "batch": 60})
        press(monitor, "start")
        await until(lambda: len(run.records) > paused_at + 5)
        assert (run.batch, run.learning_rate) == (60, 0.02)
        assert monitor.now["heard"] == {"set": "set-1", "press": "start-1"}
        press(monitor, "stop")
        await until(lambda: state(monitor) == "stopped")

    asyncio.run(notebook())


def test_background_and_loop_learn_the_same():
    async def notebook(run: Training) -> None:
        monitor = TrainingMonitor(run)
        monitor.start()
        await until(lambda: state(monitor) == "finished")

    there, here = training(epochs=30), training(epochs=30)
    asyncio.run(notebook(there))
    TrainingMonitor(here).train()
    assert_array_equal(weights(there), weights(here))


def test_a_new_run_from_the_page_starts_at_once():
    async def notebook() -> None:
        monitor = TrainingMonitor(training(epochs=1))
        monitor.train()
        press(monitor, "set", {"rate": 0.1, "batch": 20})
        press(monitor, "again")
        await until(lambda: len(monitor.runs) == 2 and state(monitor) == "finished")
        assert [run["batch"] for run in monitor.runs] == ["10", "20"]

    asyncio.run(notebook())


class Interrupted(nn.Module):
    """A network in whose sixth step somebody interrupts the kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.dense, self.calls = nn.Linear(SIDES[0] * SIDES[1], 2), 0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.calls += self.training
        if self.calls == 6:
            signal.raise_signal(signal.SIGINT)
        return self.dense(images.flatten(1))


@pytest.fixture
def idle_kernel() -> Iterator[None]:
    """Ignore interrupts, as a kernel does between cells."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("idle_kernel")
def test_an_interrupt_of_the_kernel_pauses_the_background_after_a_whole_step():
    async def notebook() -> None:
        run = training(model=Interrupted())
        monitor = TrainingMonitor(run)
        monitor.start()
        await until(lambda: state(monitor) != "training")
        assert (state(monitor), len(run.records)) == ("paused", 6)
        assert "Interrupted; it can be resumed from here." in monitor.description
        monitor.start()
        await until(lambda: state(monitor) == "finished")
        assert len(run.records) == 18

    asyncio.run(notebook())


@pytest.mark.usefixtures("idle_kernel")
def test_an_interrupt_between_two_slices_is_heard_too():
    async def notebook() -> None:
        run = training(epochs=2000)
        monitor = TrainingMonitor(run)
        monitor.start()
        await until(lambda: len(run.records) > 3)
        signal.raise_signal(signal.SIGINT)
        await until(lambda: state(monitor) == "paused")
        assert "Interrupted" in monitor.description

    asyncio.run(notebook())


@pytest.mark.usefixtures("idle_kernel")
def test_a_pause_gives_interrupts_back_to_the_kernel():
    async def notebook() -> None:
        run = training(epochs=2000)
        monitor = TrainingMonitor(run)
        monitor.start()
        await until(lambda: len(run.records) > 3)
        monitor.pause()
        await asyncio.sleep(0.01)

    asyncio.run(notebook())


def test_an_error_in_the_background_is_shown_and_raises_nowhere():
    async def notebook() -> None:
        model = Brittle()
        monitor = TrainingMonitor(training(model=model))
        press(monitor, "start")
        await until(lambda: state(monitor) == "failed")
        assert monitor.now["fault"]["line"] > 0
        model.broken = False
        press(monitor, "start")
        await until(lambda: state(monitor) == "finished")

    asyncio.run(notebook())


def test_a_cell_that_trains_takes_the_run_over_and_the_page_says_so():
    async def notebook() -> None:
        run = training(epochs=50)
        monitor = TrainingMonitor(run)
        monitor.start()
        await until(lambda: len(run.records) > 3)
        for _ in monitor.follow():
            assert "Interrupt the cell" in monitor.now["hint"]
            assert not monitor.now["can"]["pause"]
        assert monitor.now["hint"].startswith("Learning rate and batch size are now for the next run")
        await asyncio.sleep(0)
        assert [record.step for record in run.records] == list(range(1, 301))

    asyncio.run(notebook())


def test_a_cell_that_left_the_network_in_evaluation_does_not_spoil_the_training():
    async def notebook() -> None:
        model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(SIDES[0] * SIDES[1]), nn.Linear(SIDES[0] * SIDES[1], 2))
        run = training(model=model, epochs=2000)
        monitor = TrainingMonitor(run)
        monitor.start()
        await until(lambda: len(run.records) > 3)
        model.eval()
        seen = len(run.records)
        await until(lambda: len(run.records) > seen)
        assert model.training
        monitor.stop()

    asyncio.run(notebook())


def test_a_wish_that_cannot_be_granted_is_answered_in_words():
    async def notebook() -> None:
        monitor = TrainingMonitor(training(epochs=1))
        monitor.train()
        press(monitor, "start")
        await until(lambda: monitor.now["problem"] != "")
        assert monitor.now["problem"].startswith("This run has finished; again() begins anew")
        press(monitor, "set", {"rate": 0.0, "batch": 10})
        await until(lambda: "learning rate above 0" in monitor.now["problem"])
        press(monitor, "set", {"rate": 0.2, "batch": 10})
        await until(lambda: monitor.now["problem"] == "")

    asyncio.run(notebook())
