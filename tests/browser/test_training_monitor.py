"""The training monitor where it lives: read without a kernel, steered with one, and a training in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from cnncourse.widgets._training_curves import COLUMNS
from tests.browser.explorers import made
from tests.browser.lab import Lab
from tests.browser.mount import LISTEN, next_frame, saved_state
from tests.browser.test_explorers_lab import SLIDER, ask_kernel

Show = Callable[..., Any]
THREE = "trainings(0.002, 0.1, 30)"
READY = "trainings(0.1, train=False)"
PUT = """({ state, buffers }) => {
  window.unpack(state, buffers);
  for (const name of ["runs", "chosen", "live", "still", "now"]) window.model.set(name, state[name]);
}"""


@pytest.fixture
def steered(show: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return a function that shows a monitor in a page that takes itself for one with a kernel, and listens."""

    def open_page(explorer: Any) -> Any:
        page = show(explorer, kernel=True)
        page.evaluate(LISTEN)
        return page

    return open_page


def answer(page: Any, monitor: Any) -> None:
    """Let a monitor hear what its page has sent, and the page what the monitor says."""
    for message in page.evaluate("() => window.asked.splice(0)"):
        monitor._handle_custom_msg(message, [])
    next_frame(page)  # playwright has an event loop, and a monitor obeys in its next round
    page.evaluate(PUT, saved_state(monitor))
    next_frame(page)


def reading(page: Any) -> str:
    next_frame(page)
    return str(page.inner_text(".cnn-reading-line"))


def points(page: Any, chart: int = 0) -> str:
    next_frame(page)
    return str(page.locator(".cnn-training-chart").nth(chart).locator(".cnn-run-strong").first.get_attribute("points"))


# --- modules ----------------------------------------------------------------------------------------------------------


def test_the_page_knows_the_columns_by_their_places(modules: Any):
    places = modules.evaluate("async () => (await import('./training_curves.js')).CURVE")
    names = {"lossLow": "loss_low", "lossHigh": "loss_high", "accuracyLow": "accuracy_low", "rate": "learning_rate"}
    names["accuracyHigh"] = "accuracy_high"
    assert {names.get(name, name): place for name, place in places.items()} == {
        name: place for place, name in enumerate(COLUMNS)
    }


def test_each_run_gets_its_own_rows(modules: Any):
    found = modules.evaluate(
        """async () => {
          const { trainingCurves } = await import("./training_curves.js");
          const bytes = (rows) => new DataView(Float32Array.from(rows.flat()).buffer);
          const wire = (rows) => ({ shape: [rows.length, 9], data: bytes(rows) });
          const row = (epoch) => [1, epoch, 0, 0, 0, 0, 0, 0, 0];
          const state = {
            runs: [{ rows: 2 }, { rows: 1 }, { rows: 1 }], chosen: 1,
            live: wire([row(5)]), still: wire([row(1), row(2), row(NaN), row(NaN)]),
          };
          return trainingCurves(state).map(({ rows }) => rows.map((one) => one[1]));
        }"""
    )
    assert found == [[1, 2], [5], []]


@pytest.mark.parametrize(
    ("high", "ticks"),
    [(3, [0, 1, 2, 3]), (100, [0, 20, 40, 60, 80, 100]), (0.4, [0, 0.1, 0.2, 0.3, 0.4]), (7, [0, 2, 4, 6])],
)
def test_axes_have_round_numbers(modules: Any, high: float, ticks: list[float]):
    found = modules.evaluate("async (high) => (await import('./training_curves.js')).niceTicks(high)", high)
    assert found == pytest.approx(ticks)


def test_the_slider_of_rates_goes_evenly_through_powers_of_ten_and_finds_every_rate_it_offers(modules: Any):
    rates = modules.evaluate(
        """async () => {
          const { placeOfRate, rateAt } = await import("./training_controls.js");
          const rates = [];
          for (let place = 0; rateAt(place) !== undefined; place += 1) rates.push(rateAt(place));
          const nearest = [0.07, 1e-9, 400].map((rate) => rateAt(placeOfRate(rate)));
          return { rates, found: rates.map(placeOfRate), nearest };
        }"""
    )
    assert (rates["rates"][0], rates["rates"][-1]) == (0.0001, 10)
    assert rates["found"] == list(range(len(rates["rates"])))
    steps = np.diff(np.log10(rates["rates"]))
    assert 0.05 < steps.min() < steps.max() < 0.13
    assert {0.01, 0.1, 1} < set(rates["rates"])
    assert rates["nearest"] == [0.08, 0.0001, 10]


# --- without a kernel -------------------------------------------------------------------------------------------------


def test_without_a_kernel_nothing_can_be_trained_and_the_page_says_why(show: Show):
    page = show(made(THREE))
    for name in ("Resume", "Stop", "New run", "Remove the chosen run"):
        assert page.get_by_role("button", name=name, exact=True).is_disabled()
    assert page.get_by_role("slider", name="Learning rate").is_disabled()
    assert page.get_by_label("Batch size").is_disabled()
    why = page.locator(f"[id='{page.get_by_role('button', name='Stop').get_attribute('aria-describedby')}']")
    assert why.inner_text().startswith("This page runs no Python")


def test_recorded_curves_are_read_by_keys(show: Show):
    page = show(made(THREE))
    page.locator(".cnn-runs").get_by_label("2 rate 0.1").check()
    assert reading(page).startswith("Epoch 3.00, step 42: loss 0.")
    assert "held out" in reading(page)
    page.get_by_label("Read at").focus()
    page.keyboard.press("Home")
    assert reading(page).startswith("Epoch 0.07, step 1: loss 2.")
    page.keyboard.press("ArrowRight")
    assert reading(page).startswith("Epoch 0.14, step 2: ")
    label = page.locator(".cnn-training-chart").first.get_attribute("aria-label")
    assert label == f"loss over epochs, run 2. {reading(page)}"


def test_recorded_curves_are_read_by_the_pointer(show: Show):
    page = show(made(THREE))
    page.locator(".cnn-runs").get_by_label("1 rate 0.002").check()
    next_frame(page)
    box = page.locator(".cnn-training-chart").nth(1).bounding_box()
    page.mouse.move(box["x"] + 56 + (box["width"] - 78) / 2, box["y"] + 60)
    assert reading(page).startswith("Epoch 1.50, step 21: ")
    assert page.get_by_label("Read at").get_attribute("aria-valuetext") == "epoch 1.50"


def test_another_run_can_be_chosen_and_is_drawn_strong(show: Show):
    page = show(made(THREE))
    assert page.get_by_label("3 rate 30").is_checked()
    assert page.locator("p.cnn-problem").inner_text().startswith("Training diverged at step ")
    before = points(page)
    page.get_by_label("1 rate 0.002").check()
    assert points(page) != before
    assert page.locator("p.cnn-problem").count() == 0
    assert page.locator(".cnn-training-words").inner_text().startswith("Finished at epoch 3.00 of 3")


def test_the_loss_can_be_seen_on_a_scale_of_powers_of_ten(show: Show):
    page = show(made(THREE))
    before = points(page)
    accuracy = points(page, 1)
    page.get_by_label("Loss in powers of ten").check()
    assert points(page) != before
    assert points(page, 1) == accuracy
    assert "10⁰" in page.locator(".cnn-training-chart").first.text_content()


def test_the_curve_of_a_run_stands_where_its_values_are(show: Show):
    monitor = made("trainings(0.1)")
    page = show(monitor)
    chart = page.locator(".cnn-training-chart").nth(1)
    top, bottom = (
        chart.evaluate(
            "(svg, word) => +[...svg.querySelectorAll('text')].find((t) => t.textContent === word).getAttribute('y')",
            word,
        )
        for word in ("100", "0")
    )
    drawn = [float(pair.split(",")[1]) for pair in points(page, 1).split()]
    expected = bottom + monitor.live[:, COLUMNS.index("accuracy")] * (top - bottom) - 4  # words stand 4 px lower
    np.testing.assert_allclose(drawn, expected, atol=0.11)


def test_without_a_step_there_are_empty_axes_and_the_plan(show: Show):
    page = show(made(READY))
    assert page.locator(".cnn-training-words").inner_text().startswith("No step yet; 3 epochs planned, 42 steps")
    assert page.get_by_label("Read at").is_disabled()
    assert points(page) == ""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_fits_a_phone(show: Show, dark: bool):
    page = show(made(THREE), dark=dark, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for chart in page.locator(".cnn-training-chart").all():
        assert chart.bounding_box()["width"] <= 340
        size = chart.locator("text").first.evaluate("(text) => text.getBoundingClientRect().height")
        assert size >= 11  # words keep their size


def test_every_control_has_a_name(show: Show):
    page = show(made(THREE))
    for control in page.locator("input, select, button, svg, progress").all():
        name = control.evaluate(
            "(el) => el.getAttribute('aria-label') ?? [...(el.labels ?? []), el].map((one) => one.textContent).join('')"
        )
        assert name.strip()


def test_unmounting_leaves_no_listener_behind(show: Show):
    page = show(made(THREE))
    page.evaluate("unmount()")
    assert page.evaluate("model.listeners.length") == 0


# --- steered ----------------------------------------------------------------------------------------------------------


def test_buttons_ask_the_kernel_and_follow_what_it_says(steered: Callable[..., Any]):
    monitor = made(READY)
    page = steered(monitor)
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.asked.splice(0).map((one) => one.do)") == ["start"]
    steps = monitor.follow()
    for _ in range(20):
        next(steps)
    steps.close()
    answer(page, monitor)
    assert page.get_by_role("button", name="Resume").is_enabled()
    assert "Paused at epoch 1.43 of 3" in page.inner_text(".cnn-training-words")
    assert page.inner_text(".cnn-training-count").startswith("20 of 42 steps; ")
    assert page.locator("progress").evaluate("(bar) => bar.value / bar.max") == pytest.approx(20 / 42)
    page.get_by_role("button", name="Stop").click()
    answer(page, monitor)
    assert page.get_by_role("button", name="Resume").is_disabled()
    assert "for the next run" in page.inner_text(".cnn-training-hint")


def test_a_dragged_rate_is_not_set_back_and_its_last_value_arrives(steered: Callable[..., Any]):
    monitor = made(READY)
    page = steered(monitor)
    slider = page.get_by_role("slider", name="Learning rate")
    start = int(slider.input_value())
    for place in range(start, start + 6):
        slider.evaluate(SLIDER, place)
    page.evaluate(PUT, saved_state(monitor))  # told before the kernel has heard of the slider
    next_frame(page)
    assert int(slider.input_value()) == start + 5
    assert page.evaluate("() => window.asked.length") == 1  # one under way, the newest kept
    answer(page, monitor)
    answer(page, monitor)
    assert monitor.rate == monitor.run.learning_rate == 0.3
    assert slider.get_attribute("aria-valuetext") == "up to 0.3"


def test_a_batch_size_is_chosen_from_those_that_fit(steered: Callable[..., Any]):
    monitor = made(READY)
    page = steered(monitor)
    menu = page.get_by_label("Batch size")
    offered = menu.evaluate("(menu) => [...menu.options].map((option) => Number(option.value))")
    assert offered == [1, 4, 8, 16, 32, 50, 64, 128, 256, 512]
    menu.select_option("256")
    answer(page, monitor)
    assert monitor.run.batch == 256
    assert "6 steps in batches of 256" in page.inner_text(".cnn-training-words")


def test_a_rate_between_the_steps_of_the_slider_is_told_as_it_is(steered: Callable[..., Any]):
    monitor = made(READY)
    monitor.rate = 0.0712
    page = steered(monitor)
    assert page.get_by_role("slider", name="Learning rate").get_attribute("aria-valuetext") == "up to 0.0712"


def test_an_error_in_the_network_is_shown_with_its_line_and_the_page_goes_on(steered: Callable[..., Any]):
    monitor = made(READY)

    def broken(images: Any) -> Any:
        return images @ undefined_name  # type: ignore[name-defined]  # noqa: F821

    monitor.run.model.forward = broken
    with pytest.raises(NameError):
        list(monitor.follow())
    page = steered(monitor)
    fault = page.locator(".cnn-fault").inner_text()
    assert "broken, line" in fault
    assert "NameError" in fault
    assert "return images @ undefined_name" in fault
    del monitor.run.model.forward
    list(monitor.follow())
    answer(page, monitor)
    assert page.locator(".cnn-fault").is_hidden()


def test_a_run_is_chosen_and_removed_by_keys(steered: Callable[..., Any]):
    monitor = made(THREE)
    page = steered(monitor)
    page.get_by_label("3 rate 30").focus()
    page.keyboard.press("ArrowUp")
    answer(page, monitor)
    assert monitor.chosen == 1
    page.get_by_role("button", name="Remove the chosen run").press("Enter")
    answer(page, monitor)
    assert [run["number"] for run in monitor.runs] == [1, 3]
    assert page.locator(".cnn-runs tbody tr").count() == 2


def test_a_kernel_that_does_not_answer_is_mentioned(steered: Callable[..., Any]):
    page = steered(made(READY))
    page.get_by_role("button", name="Start").click()
    page.get_by_text("The notebook has not answered yet.").wait_for(timeout=10_000)


def test_a_change_of_state_is_said_to_those_who_listen(steered: Callable[..., Any]):
    monitor = made(READY)
    page = steered(monitor)
    list(monitor.follow())
    answer(page, monitor)
    said = "document.querySelector('[role=status]').textContent"
    page.wait_for_function(f"{said}.startsWith('Finished at epoch 3.00 of 3') && {said}.includes('42 of 42 steps')")


# --- in JupyterLab ----------------------------------------------------------------------------------------------------

CELLS = [
    """import torch
from cnncourse.datasets import load
from cnncourse.models import LeNet5
from cnncourse.training import Settings, Training
from cnncourse.widgets import TrainingMonitor

torch.set_num_threads(1)
torch.manual_seed(0)
seen, held_out = load("digits").split(200)
run = Training(LeNet5(), seen, Settings(epochs=400, batch=32, learning_rate=0.02), validation=held_out, device="cpu")
monitor = TrainingMonitor(run)
monitor""",
    "after = len(run.records)",
]


@pytest.fixture(scope="module")
def notebook(lab: Lab, browser: Any) -> Iterator[Any]:
    """Yield a page of JupyterLab with a monitor on it, all its cells run."""
    lab.write("training.ipynb", CELLS)
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    lab.open(page, "training.ipynb")
    page.locator(".cnn-training").wait_for(timeout=20_000)
    yield page
    page.close()


def button(page: Any, name: str) -> Any:
    return page.locator(".cnn-training").get_by_role("button", name=name, exact=True)


def wait_for_words(page: Any, words: str) -> None:
    page.locator(".cnn-training-words").get_by_text(words).wait_for(timeout=60_000)


def steps(page: Any) -> int:
    return int(ask_kernel(page, "print(len(run.records))"))


def test_running_all_cells_neither_trains_nor_waits(notebook: Any):
    assert ask_kernel(notebook, "print(after)") == "0"
    assert button(notebook, "Start").is_enabled()


def test_a_training_is_started_and_cells_run_meanwhile(notebook: Any):
    button(notebook, "Start").click()
    wait_for_words(notebook, "Training at epoch")
    before, curve = steps(notebook), points(notebook)
    notebook.wait_for_timeout(700)
    assert steps(notebook) > before
    assert points(notebook) != curve


def test_the_rate_is_changed_while_it_runs(notebook: Any):
    slider = notebook.get_by_role("slider", name="Learning rate")
    slider.focus()
    slider.press("ArrowRight")
    notebook.wait_for_function("document.querySelector('.cnn-training').textContent.includes('up to 0.025')")
    notebook.wait_for_timeout(500)
    assert ask_kernel(notebook, "print(run.learning_rate, monitor._one.state)") == "0.025 training"


def test_it_pauses_and_goes_on(notebook: Any):
    button(notebook, "Pause").click()
    wait_for_words(notebook, "Paused at epoch")
    before, curve = steps(notebook), points(notebook)
    notebook.wait_for_timeout(500)
    assert (steps(notebook), points(notebook)) == (before, curve)
    button(notebook, "Resume").press("Enter")
    wait_for_words(notebook, "Training at epoch")
    notebook.wait_for_timeout(500)
    assert steps(notebook) > before
    assert points(notebook) != curve


def test_an_interrupt_of_the_kernel_pauses_it(notebook: Any):
    notebook.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    wait_for_words(notebook, "Interrupted; it can be resumed from here.")
    before = steps(notebook)
    button(notebook, "Resume").click()
    wait_for_words(notebook, "Training at epoch")
    notebook.wait_for_timeout(300)
    assert steps(notebook) > before


def test_a_page_that_was_closed_finds_the_training_again(notebook: Any, lab: Lab):
    notebook.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    notebook.wait_for_timeout(500)
    before = steps(notebook)
    notebook.goto("about:blank")
    lab.open(notebook, "training.ipynb", run=False)
    wait_for_words(notebook, "Training at epoch")
    assert steps(notebook) > before
    button(notebook, "Pause").click()
    wait_for_words(notebook, "Paused at epoch")


def test_a_cell_that_trains_moves_the_curves_and_says_who_steers(notebook: Any):
    curve = points(notebook)
    seen = "print('Interrupt the cell' in monitor.now['hint'])"
    code = f"for record in monitor.follow():\n    if len(run.records) % 40 == 0:\n        {seen}; break"
    assert ask_kernel(notebook, code) == "True"
    wait_for_words(notebook, "The loop was left here; it can go on.")
    assert points(notebook) != curve


def test_after_a_stop_a_new_run_begins_beside_the_old_one(notebook: Any):
    button(notebook, "Stop").click()
    wait_for_words(notebook, "Stopped at epoch")
    button(notebook, "New run").click()
    wait_for_words(notebook, "Training at epoch")
    assert notebook.locator(".cnn-runs tbody tr").count() == 2
    assert (
        ask_kernel(notebook, "print(monitor.run is not run, monitor.run.learning_rate == run.learning_rate)")
        == "True True"
    )
    button(notebook, "Stop").click()
    wait_for_words(notebook, "Stopped at epoch")
