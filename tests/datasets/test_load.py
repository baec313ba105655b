"""Tests of the one call for every data set, and that no test picture is among those to learn from."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse import datasets
from cnncourse.datasets import DataMissing, FetchFailed, _mnist, load
from tests.datasets.mirror import Mirror, entry, idx

REAL = os.environ.get("CNNCOURSE_DATA_DIR", "")


def at_hand(*folder: str) -> bool:
    return bool(REAL) and Path(REAL, *folder).is_dir()


needs_mnist = pytest.mark.skipif(not at_hand("MNIST", "raw"), reason="MNIST is not in CNNCOURSE_DATA_DIR")
needs_fashion = pytest.mark.skipif(not at_hand("FashionMNIST", "raw"), reason="no Fashion-MNIST in CNNCOURSE_DATA_DIR")

# three pictures of 2×3 pixels and their labels, in files of the same names as MNIST's
SMALL = {
    "t10k-images-idx3-ubyte": idx(3, 2, 3, values=bytes([0, 51, 102, 153, 204, 255] * 3)),
    "t10k-labels-idx1-ubyte": idx(3, values=bytes([9, 0, 5])),
}
FOLDERS = {"mnist": "MNIST/raw", "fashion-mnist": "FashionMNIST/raw"}


@pytest.fixture(params=FOLDERS)
def small(request, empty, monkeypatch) -> str:
    """Let a manifest list the small files as if they were a whole set; give the set's name."""
    name = request.param
    entries = tuple(entry(content, name=file, folder=FOLDERS[name], of=name) for file, content in SMALL.items())
    monkeypatch.setattr(_mnist, "manifest", lambda wanted: entries if wanted == name else ())
    return name


def lay(folder: Path) -> None:
    folder.mkdir(parents=True)
    for file, content in SMALL.items():
        (folder / file).write_bytes(content)


# --- what comes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "split", "shape", "classes"),
    [
        ("digits", "train", (1500, 1, 28, 28), 10),
        ("digits", "test", (297, 1, 28, 28), 10),
        ("handwritten", "test", (297, 1, 28, 28), 10),
        ("faces", "train", (150, 1, 25, 25), 2),
        ("faces", "test", (50, 1, 25, 25), 2),
    ],
)
def test_what_is_bundled_comes_as_tensors_that_a_network_takes(empty, name, split, shape, classes):
    data = load(name, split)
    assert data.images.shape == shape
    assert (data.images.dtype, data.labels.dtype) == (torch.float32, torch.int64)
    assert data.images.is_contiguous()
    assert 0 <= data.images.min() <= data.images.max() <= 1
    assert len(data.classes) == classes
    assert set(data.labels.tolist()) == set(range(classes))


def test_the_bundled_digits_in_their_own_size_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    data, theirs = load("digits", "test", size=8), load_digits()
    assert_array_equal(data.images[:, 0] * 16, theirs.images[1500:])
    assert_array_equal(data.labels, theirs.target[1500:])


def test_enlarged_they_are_the_handwritten_digits_of_the_first_lesson(empty):
    assert_array_equal(load("digits", "test").images[:, 0], datasets.handwritten_digits("test").images)


def test_the_faces_of_both_splits_make_up_all_of_them_half_and_half():
    train, test = load("faces"), load("faces", "test")
    assert train.counts == {"no face": 75, "face": 75}
    assert test.counts == {"no face": 25, "face": 25}
    everything = {image.tobytes() for image in datasets.faces().images}
    assert {image.tobytes() for part in (train, test) for image in part.images[:, 0].numpy()} == everything
    assert_array_equal(test.images[0, 0], datasets.faces().images[3])


@pytest.mark.parametrize(("name", "size"), [("digits", 16), ("faces", 16), ("faces", 28), ("handwritten", 12)])
def test_any_size_can_be_asked_for_and_the_source_says_so(empty, name, size):
    data = load(name, "test", size=size)
    assert data.images.shape[1:] == (1, size, size)
    assert f"resized to {size}×{size}" in data.source


def test_a_shrunken_picture_keeps_its_mean_grey():
    large, little = load("faces", "test"), load("faces", "test", size=8)
    assert_allclose(little.images.mean((1, 2, 3)), large.images.mean((1, 2, 3)), atol=0.03)


def test_files_of_both_families_are_read_from_their_own_folder(small, empty):
    lay(empty / FOLDERS[small])
    data = load(small, "test")
    assert data.images.shape == (3, 1, 2, 3)
    assert_allclose(data.images[1, 0], [[0, 0.2, 0.4], [0.6, 0.8, 1]], rtol=1e-6)
    assert [data.classes[label] for label in data.labels] == {
        "mnist": ["9", "0", "5"],
        "fashion-mnist": ["Ankle boot", "T-shirt/top", "Sandal"],
    }[small]
    assert datasets.set_status(small) == (True, f"genuine, from your cache ({empty})")


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("minst", "mnist"),
        ("MNIST", "mnist"),
        ("fashion", "fashion-mnist"),
        ("CIFAR-10", "cifar10"),
        ("digit", "digits"),
    ],
)
def test_an_unknown_name_is_refused_with_those_known_and_the_nearest(name, meant):
    with pytest.raises(ValueError, match=f"out of handwritten, mnist, .*; got '{name}'; did you mean '{meant}'"):
        load(name)


def test_a_name_like_none_is_refused_without_a_guess():
    with pytest.raises(ValueError, match=r"got 'imagenet'$"):
        load("imagenet")


@pytest.mark.parametrize("name", ["handwritten", "mnist", "fashion-mnist", "cifar10", "digits", "faces"])
def test_a_split_that_does_not_exist_is_refused_before_anything_is_read(name):
    with pytest.raises(ValueError, match="expected a split out of train, test; got 'tset'; did you mean 'test'"):
        load(name, "tset")


@pytest.mark.parametrize("name", ["handwritten", "mnist", "cifar10", "digits", "faces"])
@pytest.mark.parametrize("size", [7, 0, -28])
def test_a_size_too_small_to_show_anything_is_refused(name, size):
    with pytest.raises(ValueError, match=f"8 pixels or more, got {size}"):
        load(name, size=size)


@pytest.mark.parametrize("name", datasets.FETCHED)
def test_a_set_that_is_not_at_hand_says_how_to_get_it(empty, name):
    with pytest.raises(DataMissing, match=rf"your cache .*: there is no such folder.*`cnncourse data fetch {name}`"):
        load(name)
    assert not datasets.set_status(name).found
    assert not empty.exists()


# --- what is fetched --------------------------------------------------------------------------------------------------


def packed(**changed: bytes) -> dict[str, bytes]:
    """Give what a mirror holds; ``labels=b"…"`` puts that in place of the file with the labels."""
    files = {f"/{file}.gz": gzip.compress(content, mtime=0) for file, content in SMALL.items()}
    return files | {f"/t10k-{kind}-ubyte.gz": content for kind, content in changed.items()}


def own_mirror(monkeypatch: pytest.MonkeyPatch, name: str, mirror: Mirror) -> None:
    monkeypatch.setenv(f"CNNCOURSE_{name.upper().replace('-', '_')}_MIRROR", mirror.address)
    monkeypatch.setattr(_mnist, "known_mirrors", lambda name: datasets.known_mirrors(name)[:1])


def test_download_brings_what_is_missing_and_then_reads_it(small, start, monkeypatch):
    mirror = start(files=packed(), breaks=[30])
    own_mirror(monkeypatch, small, mirror)
    for _ in range(2):
        assert load(small, "test", download=True).labels.tolist() == [9, 0, 5]
    assert mirror.asked == ["all", "bytes=30-", "all"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>Please log in</html>", "no whole gzip file"),
        (gzip.compress(SMALL["t10k-labels-idx1-ubyte"], mtime=0)[:-9], "no whole gzip file"),
        (gzip.compress(SMALL["t10k-labels-idx1-ubyte"][:-1], mtime=0), "expected 11 bytes, came 10"),
        (gzip.compress(SMALL["t10k-labels-idx1-ubyte"][:-1] + b"\x06", mtime=0), "expected SHA-256"),
    ],
)
def test_what_a_mirror_gives_instead_is_found_out(small, empty, start, monkeypatch, content, message):
    own_mirror(monkeypatch, small, start(files=packed(**{"labels-idx1": content})))
    with pytest.raises(FetchFailed, match=message):
        load(small, "test", download=True)
    assert not (empty / FOLDERS[small] / "t10k-labels-idx1-ubyte").exists()


def test_a_damaged_file_in_the_cache_is_set_aside_and_brought_again(small, empty, start, monkeypatch, capsys):
    folder = empty / FOLDERS[small]
    lay(folder)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(b"half")
    with pytest.raises(DataMissing, match="expected 11 bytes, came 4"):
        load(small, "test")
    own_mirror(monkeypatch, small, start(files=packed()))
    assert load(small, "test", download=True).labels.tolist() == [9, 0, 5]
    assert [file.read_bytes() for file in folder.glob("*.corrupt-*")] == [b"half"]
    assert "was damaged" in capsys.readouterr().err


def test_without_a_network_the_message_names_the_mirrors_and_a_way_out(small, monkeypatch):
    monkeypatch.setattr(_mnist, "known_mirrors", lambda name: ("http://127.0.0.1:9/", "http://mirror.invalid/"))
    with pytest.raises(
        FetchFailed, match=r"127.0.0.1:9/t10k(.|\n)*mirror.invalid(.|\n)*CNNCOURSE_DATA_DIR as"
    ) as caught:
        load(small, "test", download=True)
    assert ("digits that ship" in str(caught.value)) == (small == "mnist")


def test_an_unknown_set_is_neither_fetched_nor_looked_for():
    for ask in (datasets.fetch_set, datasets.set_status):
        with pytest.raises(ValueError, match="got 'digits'"):
            ask("digits")


# --- nothing leaks ----------------------------------------------------------------------------------------------------


def shared(name: str, **options: int) -> int:
    train, test = (load(name, split, **options) for split in ("train", "test"))
    learned = {image.tobytes() for image in train.images.numpy()}
    return sum(image.tobytes() in learned for image in test.images.numpy())


@pytest.mark.parametrize("options", [{"size": 8}, {"size": 16}, {}])
def test_no_bundled_test_digit_is_among_those_to_learn_from(options):
    assert shared("digits", **options) == 0


def test_no_face_to_test_with_is_among_those_to_learn_from():
    assert shared("faces") == 0


@needs_mnist
def test_no_test_digit_of_mnist_is_among_those_to_learn_from():
    assert shared("mnist") == 0


@needs_fashion
def test_no_test_picture_of_fashion_mnist_is_among_those_to_learn_from():
    assert shared("fashion-mnist") == 0


@pytest.mark.parametrize("name", ["digits", "faces"])
def test_what_is_held_out_of_the_training_set_is_in_no_other_part(name):
    train, validation = load(name).split(0.2)
    parts = [{image.tobytes() for image in part.images.numpy()} for part in (train, validation, load(name, "test"))]
    assert len(set.union(*parts)) == sum(map(len, parts)) == len(train) + len(validation) + len(load(name, "test"))


# --- the genuine sets -------------------------------------------------------------------------------------------------


@needs_mnist
def test_handwritten_is_the_genuine_mnist_where_it_is_at_hand():
    data = load("handwritten", "test")
    assert data.images.shape == (10_000, 1, 28, 28)
    assert data.images.is_contiguous()
    assert data.labels[:3].tolist() == [7, 2, 1]
    assert data.source.startswith("MNIST, test set: 10,000")


@needs_fashion
def test_the_genuine_fashion_mnist_is_what_torchvision_reads():
    from torchvision.datasets import FashionMNIST

    data, theirs = load("fashion-mnist", "test"), FashionMNIST(REAL, train=False)
    assert_allclose(data.images[::97, 0] * 255, theirs.data[::97].numpy().astype(np.float32), atol=1e-4)
    assert_array_equal(data.labels, theirs.targets)
    assert list(data.classes) == theirs.classes
