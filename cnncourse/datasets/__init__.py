"""Digits, faces, garments and photographs in memory, from the best place at hand (used from lesson 00 on).

What ships inside the installed packages is always there, without a network: `digits` and `faces`. MNIST, Fashion-MNIST
and CIFAR-10 are looked for in the folder that ``CNNCOURSE_DATA_DIR`` names, then in your cache; they are fetched only
when asked for, such as with ``cnncourse data fetch mnist``. Files of your own are read, never written.

`load` gives any of them as tensors; the other readers give arrays, and import no PyTorch.
"""

from cnncourse.datasets._bundled import digits, faces
from cnncourse.datasets._cifar import cifar10
from cnncourse.datasets._errors import DataError, DataMissing, FetchFailed
from cnncourse.datasets._handwritten import handwritten_digits
from cnncourse.datasets._kinds import Digits, Faces, Garments, LabelledImages
from cnncourse.datasets._load import load
from cnncourse.datasets._manifest import Entry, installed_file, manifest, problem_with
from cnncourse.datasets._mirrors import known_mirrors
from cnncourse.datasets._mnist import fashion_mnist, mnist
from cnncourse.datasets._pictures import PictureSet
from cnncourse.datasets._places import cache_folder
from cnncourse.datasets._sets import FETCHED, Status, check_name, fetch_set, set_status

__all__ = [
    "FETCHED",
    "DataError",
    "DataMissing",
    "Digits",
    "Entry",
    "Faces",
    "FetchFailed",
    "Garments",
    "LabelledImages",
    "PictureSet",
    "Status",
    "cache_folder",
    "check_name",
    "cifar10",
    "digits",
    "faces",
    "fashion_mnist",
    "fetch_set",
    "handwritten_digits",
    "installed_file",
    "known_mirrors",
    "load",
    "manifest",
    "mnist",
    "problem_with",
    "set_status",
]
