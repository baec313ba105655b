"""The loop of training: what a step does, one record a step, and leaving and going on at any of them."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from itertools import islice, pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnncourse.datasets import PictureSet
from cnncourse.models import LeNet5, fresh
from cnncourse.training import Diverged, Settings, Training, follow, one_cycle, train
from tests.training.pictures import bars, equal, small_net, weights_of

SETTINGS = Settings(epochs=3, batch=7, learning_rate=0.05, seed=2)  # 60 pictures: 8 whole batches, 4 left out


def new(settings: Settings = SETTINGS, **options) -> Training:
    return Training(fresh(small_net, seed=1), bars(), settings, device="cpu", **options)


# --- a step ---------------------------------------------------------------------------------------------------------


def test_the_steps_are_those_of_gradient_descent_written_out_by_hand():
    """One layer, three steps: momentum in Nesterov's way and decay of weights, by their formulas."""
    data = bars(12)
    settings = Settings(epochs=3, batch=12, learning_rate=0.3, momentum=0.8, weight_decay=0.01, warm_up=0.5)
    run = Training(fresh(lambda: nn.Sequential(nn.Flatten(), nn.Linear(54, 3)), seed=5), data, settings, device="cpu")
    weight, bias = (values.detach().clone() for values in run.model.parameters())
    speed = {"weight": torch.zeros_like(weight), "bias": torch.zeros_like(bias)}
    for step, _ in enumerate(run):
        rate = 0.3 * one_cycle(step / 3, 0.5)
        shares = (data.images.flatten(1) @ weight.T + bias).softmax(dim=1)
        error = (shares - functional.one_hot(data.labels, 3)) / 12  # how the mean cross-entropy moves with the logits
        for name, values, slope in (
            ("weight", weight, error.T @ data.images.flatten(1)),
            ("bias", bias, error.sum(dim=0)),
        ):
            slope = slope + 0.01 * values
            speed[name] = 0.8 * speed[name] + slope if step else slope
            values -= rate * (slope + 0.8 * speed[name])
    found = dict(run.model.named_parameters())
    torch.testing.assert_close(found["1.weight"].detach(), weight)
    torch.testing.assert_close(found["1.bias"].detach(), bias)


def test_a_network_learns_rows_from_columns():
    records = train(model := fresh(small_net, seed=1), bars(90), Settings(epochs=8, batch=10), progress=False)
    assert records[-1].loss < 0.2 < records[0].loss
    assert records[-1].accuracy == 1.0
    with torch.no_grad():
        assert (model.eval()(bars(30, seed=8).images).argmax(dim=1) == bars(30).labels).float().mean() > 0.9


def test_there_is_one_record_a_step_and_it_counts_epochs():
    records = list(new())
    assert [record.step for record in records] == list(range(1, 25))
    assert {record.steps for record in records} == {24}
    assert [record.epoch for record in records[:9]] == pytest.approx([n / 8 for n in range(1, 10)])
    assert records[-1].epoch == 3
    assert all(later.seconds > earlier.seconds for earlier, later in pairwise(records))


def test_a_record_tells_loss_and_accuracy_of_its_batch_before_the_step():
    run, data, model = new(), bars(), fresh(small_net, seed=1).train()
    first = next(iter(run))
    places = run.order[:7]
    logits = model(data.images[places])
    assert first.loss == pytest.approx(functional.cross_entropy(logits, data.labels[places]).item())
    assert first.accuracy == pytest.approx((logits.argmax(dim=1) == data.labels[places]).float().mean().item())


def test_an_epoch_looks_at_no_picture_twice_and_the_next_one_in_another_order():
    run = new()
    orders = []
    for record in run:
        if record.step in (1, 9):
            orders.append(run.order.tolist())
    assert sorted(orders[0]) == list(range(60))
    assert orders[0] != orders[1]


def test_the_rate_rises_and_falls_and_is_told():
    rates = [record.learning_rate for record in new(replace(SETTINGS, warm_up=0.25))]
    assert rates.index(max(rates)) == 6
    assert rates[0] == pytest.approx(0.05 / 25)
    assert max(rates) == pytest.approx(0.05)
    assert rates[-1] < 0.001


# --- repeatable -----------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights_bit_by_bit():
    one, other = new(), new()
    list(one)
    torch.rand(5)  # random numbers of others do not matter
    list(other)
    assert equal(weights_of(one.model), weights_of(other.model))
    assert [r.loss for r in one.records] == [r.loss for r in other.records]


def test_another_seed_gives_another_order():
    one, other = new(), new(replace(SETTINGS, seed=3))
    next(iter(one)), next(iter(other))
    assert one.order.tolist() != other.order.tolist()


# --- leaving and going on -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave_at", [1, 8, 9, 23])
def test_a_training_left_at_any_step_goes_on_as_if_never_left(leave_at):
    whole, parted = new(), new()
    list(whole)
    assert [record.step for record in islice(parted, leave_at)][-1] == leave_at
    assert not parted.finished
    rest = list(parted)
    assert rest[0].step == leave_at + 1
    assert equal(weights_of(whole.model), weights_of(parted.model))
    assert len(parted.records) == 24


def test_pause_leaves_the_loop_and_the_next_one_goes_on():
    run = new()
    for record in run:
        if record.step == 5:
            run.pause()
    assert (run.step, run.finished) == (5, False)
    assert next(iter(run)).step == 6


def test_stop_is_for_good():
    run = new()
    for record in run:
        if record.step == 5:
            run.stop()
    assert run.finished
    assert list(run) == []
    assert len(run.records) == 5


def test_what_is_finished_takes_no_more_steps():
    run = new()
    list(run)
    assert run.finished
    assert list(run) == []


class InterruptedAt(nn.Module):
    """Stands in the network and presses the stop button in the middle of a step."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.calls, self.call = 0, call

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        self.calls += self.training
        if self.calls == self.call and self.training:
            os.kill(os.getpid(), signal.SIGINT)
        return maps


@pytest.mark.parametrize("step", [1, 4, 8])
def test_an_interrupt_waits_for_the_end_of_the_step_and_nothing_is_lost(step):
    whole, parted = new(), new()
    list(whole)
    parted.model.append(InterruptedAt(step))
    with pytest.raises(KeyboardInterrupt):
        list(parted)
    assert parted.step == step
    assert len(parted.records) == step
    list(parted)
    assert equal(weights_of(whole.model), weights_of(parted.model))


def test_after_an_interrupt_follow_goes_on():
    run = new()
    run.model.append(InterruptedAt(3))
    with pytest.raises(KeyboardInterrupt):
        follow(run, progress=False)
    assert [record.step for record in follow(run, progress=False)] == list(range(1, 25))


# --- steering -------------------------------------------------------------------------------------------------------


def test_a_new_learning_rate_counts_from_the_next_step_on():
    run = new(replace(SETTINGS, warm_up=0.0, learning_rate=0.02))
    rates = []
    for record in run:
        rates.append(record.learning_rate)
        if record.step == 4:
            run.learning_rate = 0.2
    assert rates[4] == pytest.approx(10 * 0.02 * one_cycle(4 / 24, 0.0))


def test_a_new_batch_size_changes_the_number_of_steps_to_come():
    run = new()
    steps = []
    for record in run:
        steps.append(record.steps)
        if record.step == 3:
            run.batch = 13  # 39 pictures are left: 3 batches; then twice 4
    assert steps[2] == 24
    assert steps[3] == 3 + 3 + 8 == len(steps)
    assert run.records[-1].epoch == 3


def test_when_the_new_batch_is_more_than_what_is_left_the_next_epoch_begins():
    run = new()
    for record in run:
        if record.step == 7:
            run.batch = 20  # 11 are left
    assert len(run.records) == 7 + 3 + 3
    assert run.records[-1].epoch == 3


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf")])
def test_a_rate_that_makes_no_sense_is_refused_and_the_old_one_stays(rate):
    run = new()
    with pytest.raises(ValueError, match="learning rate above 0"):
        run.learning_rate = rate
    assert run.learning_rate == 0.05


def test_a_batch_that_does_not_fit_is_refused_on_the_way_too():
    run = new()
    with pytest.raises(ValueError, match="batch of 1 to 60"):
        run.batch = 61


# --- held out -------------------------------------------------------------------------------------------------------


def test_what_is_held_out_is_read_at_the_end_of_each_epoch():
    run = new(validation=bars(30, seed=4))
    told = {record.step: record.validation for record in run if record.validation is not None}
    assert list(told) == [8, 16, 24]
    with torch.no_grad():
        right = (run.model.eval()(run.validation.images).argmax(dim=1) == run.validation.labels).float().mean()
    assert told[24] == pytest.approx(float(right))


def test_reading_what_is_held_out_changes_nothing_in_the_training():
    without, with_it = new(), new(validation=bars(30, seed=4))
    list(without), list(with_it)
    assert equal(weights_of(without.model), weights_of(with_it.model))
    assert with_it.model.training


def test_early_stop_ends_when_nothing_got_better_for_so_many_epochs():
    unreadable = replace(bars(30), labels=torch.zeros(30, dtype=torch.int64))  # nothing can be learned for it
    settings = Settings(epochs=50, batch=20, learning_rate=1e-9)
    records = train(fresh(small_net, seed=1), bars(), settings, validation=unreadable, progress=False, early_stop=4)
    held_out = [record.validation for record in records if record.validation is not None]
    assert len(held_out) == held_out.index(max(held_out)) + 1 + 4 < 50


def test_early_stop_needs_something_held_out():
    with pytest.raises(ValueError, match="validation="):
        train(small_net(), bars(), SETTINGS, progress=False, early_stop=2)


# --- diverging ------------------------------------------------------------------------------------------------------


def test_a_rate_far_too_high_is_noticed_and_said_in_words():
    run = new(Settings(epochs=20, batch=20, learning_rate=1e6, warm_up=0.0))
    with pytest.raises(Diverged, match=r"diverged at step \d+, at a learning rate of 1e\+06.*Try: a learning rate a"):
        list(run)


def test_numbers_that_overflow_are_noticed():
    class Overflow(nn.Module):
        def forward(self, logits: torch.Tensor) -> torch.Tensor:
            return logits * float("nan") if self.training and run.step == 9 else logits

    run = new()
    run.model.append(Overflow())
    with pytest.raises(Diverged, match="the loss is nan") as caught:
        list(run)
    assert caught.value.step == 10


def test_after_diverging_the_weights_are_those_of_the_last_epoch_and_training_can_go_on():
    whole, broken = new(), new()
    list(whole)
    weights = {}
    for record in whole_again(new(), weights):
        assert record.step <= 8
    for record in broken:
        if record.step == 12:
            broken.learning_rate = 1e9
            break
    with pytest.raises(Diverged, match="those after step 8"):
        list(broken)
    assert equal(weights_of(broken.model), weights)
    assert (broken.step, len(broken.records)) == (8, 8)
    broken.learning_rate = 0.05
    list(broken)
    assert equal(weights_of(whole.model), weights_of(broken.model))


def whole_again(run: Training, weights: dict[str, torch.Tensor]):
    for record in run:
        yield record
        if record.step == 8:
            weights.update(weights_of(run.model))
            return


def test_a_network_that_answers_all_pictures_alike_has_died_and_it_is_said():
    run = new(replace(SETTINGS, epochs=4))
    for record in run:
        if record.step == 11:
            break
    for values in run.model[0].parameters():
        nn.init.zeros_(values)
    nn.init.constant_(run.model[1].bias, -100.0)  # every unit off, for good
    nn.init.zeros_(run.model[1].weight)
    with pytest.raises(Diverged, match="the same answer"):
        list(run)


def test_starting_from_zeros_is_not_taken_for_dying():
    model = nn.Sequential(nn.Flatten(), nn.Linear(54, 3))
    for values in model.parameters():
        nn.init.zeros_(values)
    records = train(model, bars(), SETTINGS, progress=False)
    assert records[0].loss == pytest.approx(torch.tensor(3.0).log().item())
    assert records[-1].loss < records[0].loss


# --- bad input ------------------------------------------------------------------------------------------------------


def ten(count: int = 40) -> PictureSet:
    dice = torch.Generator().manual_seed(3)
    return PictureSet(
        torch.rand(count, 1, 28, 28, generator=dice), torch.arange(count) % 10, tuple("0123456789"), "noise"
    )


def test_a_label_outside_0_to_9_is_refused_with_its_place():
    data = ten()
    data.labels[17] = 10
    with pytest.raises(ValueError, match=r"labels from 0 to 9.*got 10 at picture 17; 1 of 40"):
        Training(LeNet5(), data)


def test_a_negative_label_is_refused():
    data = ten()
    data.labels[3] = -1
    with pytest.raises(ValueError, match="got -1 at picture 3"):
        Training(LeNet5(), data)


def test_labels_of_one_class_only_are_refused():
    data = ten()
    with pytest.raises(ValueError, match="two classes or more, got 4 for all 4 pictures"):
        Training(LeNet5(), data[[4, 14, 24, 34]])


def test_a_batch_larger_than_the_set_is_refused():
    with pytest.raises(ValueError, match=r"batch of 1 to 40 pictures.*got 128"):
        Training(LeNet5(), ten(), Settings(batch=128))


def test_pictures_of_bytes_are_refused_with_the_remedy():
    data = replace(ten(), images=torch.zeros(40, 1, 28, 28, dtype=torch.uint8))
    with pytest.raises(ValueError, match=r"floats in \[0, 1\], got torch.uint8.*/ 255"):
        Training(LeNet5(), data)


def test_labels_that_are_no_whole_numbers_are_refused_with_the_remedy():
    data = replace(ten(), labels=ten().labels.float())
    with pytest.raises(ValueError, match=r"int64, got torch.float32; try: labels.long\(\)"):
        Training(LeNet5(), data)


def test_a_picture_with_a_hole_in_it_is_named():
    data = ten()
    data.images[23, 0, 4, 5] = float("nan")
    with pytest.raises(ValueError, match="picture 23"):
        Training(LeNet5(), data)


def test_pictures_of_another_size_are_refused_with_both_sizes():
    data = replace(ten(), images=torch.rand(40, 1, 32, 28))
    with pytest.raises(ValueError, match=r"shape \(1, 32, 28\).*cannot be multiplied"):
        Training(LeNet5(), data)


def test_a_network_that_gives_maps_and_not_logits_is_refused():
    with pytest.raises(ValueError, match=r"logits of shape \(pictures, classes\).*got \(2, 3, 26, 26\)"):
        Training(nn.Conv2d(1, 3, 3), ten())


def test_a_set_without_pictures_is_refused():
    with pytest.raises(ValueError, match="got none"):
        Training(LeNet5(), ten()[:0])
