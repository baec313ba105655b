"""A course on convolutional neural networks that runs: notebooks, and a small package whose modules are its subjects.

Nothing is imported here and nothing happens at import: take what a lesson needs from the module of that name, such as
``from cnncourse.convolution import correlate``. The command ``cnncourse`` opens, runs and checks the course.
"""

__version__ = "0.1.0"
