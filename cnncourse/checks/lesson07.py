"""Exercises of lesson 07: inside the network."""

from cnncourse.checks._lesson07_axes import ALIKE, TWO_AXES
from cnncourse.checks._lesson07_listening import LISTEN
from cnncourse.checks._lesson07_pixels import CAM_BY_HAND, COVER
from cnncourse.checks._lesson07_top import FAVOURITES
from cnncourse.checks._lesson07_trust import KNOWS

EXERCISES = (CAM_BY_HAND, LISTEN, FAVOURITES, TWO_AXES, COVER, ALIKE, KNOWS)
