"""Exercises of lesson 06: LeNet and MNIST."""

from cnncourse.checks._lesson06_counts import CALIBRATION, OLD_COUNT
from cnncourse.checks._lesson06_digits import HIDDEN_DIGITS
from cnncourse.checks._lesson06_loop import REPAIR_LOOP
from cnncourse.checks._lesson06_losses import CHOICES, RULED_OUT
from cnncourse.checks._lesson06_rates import BEST_RATE

EXERCISES = (CHOICES, RULED_OUT, BEST_RATE, OLD_COUNT, CALIBRATION, REPAIR_LOOP, HIDDEN_DIGITS)
