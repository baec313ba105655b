"""Digits and faces as arrays in memory, from the best place at hand (used from lesson 00 on).

What ships inside the installed packages is always there, without a network: `digits` and `faces`. The genuine MNIST
is looked for in the folder that ``CNNCOURSE_DATA_DIR`` names, then in your cache; it is fetched only when asked for,
with ``cnncourse data fetch mnist``. Files of your own are read, never written.
"""

from cnncourse.datasets._bundled import digits, faces
from cnncourse.datasets._errors import DataError, DataMissing, FetchFailed
from cnncourse.datasets._kinds import Digits, Faces, LabelledImages
from cnncourse.datasets._manifest import Entry, installed_file, manifest, problem_with
from cnncourse.datasets._mnist import fetch_mnist, handwritten_digits, known_mirrors, mnist, mnist_status
from cnncourse.datasets._places import cache_folder

__all__ = [
    "DataError",
    "DataMissing",
    "Digits",
    "Entry",
    "Faces",
    "FetchFailed",
    "LabelledImages",
    "cache_folder",
    "digits",
    "faces",
    "fetch_mnist",
    "handwritten_digits",
    "installed_file",
    "known_mirrors",
    "manifest",
    "mnist",
    "mnist_status",
    "problem_with",
]
