"""Exercises of lesson 01: images as matrices."""

from cnncourse.checks._lesson01_darkroom import DEVELOP
from cnncourse.checks._lesson01_patterns import COPIES, SHREDDER
from cnncourse.checks._lesson01_tables import BATCH, MOUSE, WEIGHTS

EXERCISES = (MOUSE, WEIGHTS, BATCH, DEVELOP, COPIES, SHREDDER)
