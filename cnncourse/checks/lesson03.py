"""Exercises of lesson 03: filters as detectors."""

from cnncourse.checks._lesson03_edges import TWO_NUMBERS, UPHILL
from cnncourse.checks._lesson03_kernels import DOWNHILL, STRIPS
from cnncourse.checks._lesson03_rim import RIM
from cnncourse.checks._lesson03_search import ANY_LIGHT, ENERGIES

EXERCISES = (UPHILL, TWO_NUMBERS, STRIPS, ANY_LIGHT, ENERGIES, RIM, DOWNHILL)
