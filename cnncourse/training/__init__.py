"""Training by stochastic gradient descent, a record a step; the loop is in `cnncourse.training.loop` (lesson 06).

`train` trains to the end behind a progress bar. A `Training` goes step by step in a ``for`` of your own; it can be
paused, interrupted, saved and resumed, and its learning rate changed on the way.
"""

from cnncourse.training._devices import choose_device
from cnncourse.training._kinds import Diverged, Record, Settings
from cnncourse.training._progress import follow, train
from cnncourse.training._steps import one_cycle
from cnncourse.training.loop import Training

__all__ = ["Diverged", "Record", "Settings", "Training", "choose_device", "follow", "one_cycle", "train"]
