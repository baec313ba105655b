"""Exercises of lesson 02: convolution by hand."""

from cnncourse.checks._lesson02_diagonal import FALLING_LINES
from cnncourse.checks._lesson02_pictures import PANORAMA, SHAKEN, TRACE
from cnncourse.checks._lesson02_places import FOUR_LOOPS, ONE_PLACE, OUTPUT_SIZE

EXERCISES = (ONE_PLACE, OUTPUT_SIZE, FOUR_LOOPS, FALLING_LINES, PANORAMA, TRACE, SHAKEN)
