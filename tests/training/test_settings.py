"""Settings of a training, the course of its learning rate, and the device."""

from __future__ import annotations

import math

import pytest
import torch

from cnncourse.training import Settings, choose_device, one_cycle
from cnncourse.training._steps import Position
from tests.training.pictures import bars


def test_a_large_set_is_trained_on_as_the_class_says():
    few = bars(3)
    large = few[torch.arange(60_000) % 3]
    assert Settings.for_data(large) == Settings()


def test_of_fewer_pictures_there_are_more_epochs():
    settings = Settings.for_data(bars(3)[torch.arange(10_000) % 3])
    assert settings == Settings(epochs=12)  # of 78 steps


def test_a_small_set_gets_smaller_batches_and_more_epochs():
    settings = Settings.for_data(bars(1500))
    assert (settings.batch, settings.epochs) == (32, 20)
    assert Settings.for_data(bars(20)).batch == 20


def test_what_you_say_counts():
    assert Settings.for_data(bars(1500), epochs=2, seed=9) == Settings(epochs=2, seed=9, batch=32, learning_rate=0.05)
    assert Settings.for_data(bars(90), batch=90).epochs == 900


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs of 1 or more"),
        ({"batch": 0}, "batch of 1 or more"),
        ({"learning_rate": 0}, "learning rate above 0"),
        ({"learning_rate": math.nan}, "learning rate above 0, got nan"),
        ({"momentum": 1}, "momentum from 0 to below 1"),
        ({"warm_up": 1.2}, "warm_up as a share"),
        ({"weight_decay": -1}, "weight_decay of 0 or more"),
    ],
)
def test_settings_without_sense_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Settings(**wrong)


def test_the_cycle_is_that_of_pytorch():
    weights = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([weights], lr=1)
    steps, warm_up = 1001, 201 / 1001  # PyTorch's cycle turns at the last step of the warm-up, number 200
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 1.0, total_steps=steps, pct_start=warm_up, cycle_momentum=False, final_div_factor=1e9
    )
    for step in range(steps):
        assert one_cycle(step / 1000, 0.2) == pytest.approx(theirs.get_last_lr()[0], abs=1e-7)
        optimiser.step()
        if step < steps - 1:
            theirs.step()


@pytest.mark.parametrize("warm_up", [0.0, 1.0])
def test_the_cycle_may_have_no_way_up_or_no_way_down(warm_up):
    rates = [one_cycle(step / 10, warm_up) for step in range(11)]
    assert rates == sorted(rates, reverse=not warm_up)
    assert max(rates) == 1


def test_the_steps_left_are_counted_with_the_batch_of_now():
    at = Position(pictures=60, goal=3, epochs=1, seen=21)
    assert at.steps_left(batch=7) == 5 + 8
    assert at.steps_left(batch=40) == 0 + 1
    assert Position(pictures=60, goal=3, epochs=3).steps_left(batch=7) == 0


# --- the device -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_the_fastest_device_at_hand_is_chosen_when_asked(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device() == choose_device("auto") == expected


def test_a_device_that_the_machine_lacks_is_refused_with_those_it_has(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ValueError, match="this machine has, cpu; got 'cuda'"):
        choose_device("cuda")


def test_the_second_card_may_be_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("cuda:1") == "cuda:1"
