"""Tests of the data sets: what is in them, where they are looked for, and what is said when they are not there."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnncourse import datasets
from cnncourse.datasets import DataMissing, FetchFailed, _mnist, _places
from cnncourse.datasets._idx import parse_idx
from tests.datasets.mirror import Mirror, entry, idx, running

REAL = os.environ.get("CNNCOURSE_DATA_DIR", "")
needs_mnist = pytest.mark.skipif(
    not Path(REAL, "MNIST", "raw").is_dir() or not REAL, reason="CNNCOURSE_DATA_DIR does not name a folder with MNIST"
)

# three pictures of 2×3 pixels and their labels, in the files that MNIST calls its test set
PIXELS = bytes([0, 51, 102, 153, 204, 255] * 3)
SMALL = {
    "t10k-images-idx3-ubyte": idx(3, 2, 3, values=PIXELS),
    "t10k-labels-idx1-ubyte": idx(3, values=bytes([7, 2, 1])),
}


@pytest.fixture
def small(empty, monkeypatch) -> Path:
    """Let a manifest list the small files as if they were MNIST; give the empty cache."""
    entries = tuple(entry(content, name=name) for name, content in SMALL.items())
    real = datasets.manifest
    monkeypatch.setattr(_mnist, "manifest", lambda name: entries if name == "mnist" else real(name))
    return empty


def lay(folder: Path, *, packed: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in SMALL.items():
        (folder / (f"{name}.gz" if packed else name)).write_bytes(
            gzip.compress(content, mtime=0) if packed else content
        )
    return folder


# --- what ships -----------------------------------------------------------------------------------------------------


def test_the_bundled_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    found, theirs = datasets.digits(), load_digits()
    assert found.images.dtype == np.float32
    assert_array_equal(found.images * 16, theirs.images)
    assert_array_equal(found.labels, theirs.target)


def test_the_two_splits_of_the_bundled_digits_make_up_all_of_them():
    train, test = datasets.digits("train"), datasets.digits("test")
    assert (len(train), len(test)) == (1500, 297)
    assert_array_equal(np.concatenate([train.labels, test.labels]), datasets.digits().labels)


def test_the_faces_are_those_of_scikit_image_in_the_same_order():
    from skimage.data import lfw_subset

    found = datasets.faces()
    assert_allclose(found.images, lfw_subset(), rtol=1e-6)
    assert found.labels[99:101].tolist() == [1, 0]


@pytest.mark.parametrize(
    "read", [datasets.digits, datasets.mnist, datasets.handwritten_digits, datasets.fashion_mnist, datasets.cifar10]
)
def test_a_split_that_does_not_exist_is_refused_by_name(read):
    with pytest.raises(ValueError, match=r"expected a split out of .*test; got 'tset'"):
        read("tset")


def test_images_and_labels_of_different_number_are_refused_with_their_shapes():
    with pytest.raises(ValueError, match=r"got \(3, 8, 6\) and \(4,\)"):
        datasets.Digits(np.zeros((3, 8, 6), np.float32), np.zeros(4, np.int64), "")


# --- the manifest ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [e for e in datasets.manifest() if e.delivery == "installed"], ids=lambda e: e.name)
def test_each_installed_file_has_the_size_and_checksum_that_the_manifest_lists(listed):
    assert datasets.problem_with(listed) is None


@pytest.mark.parametrize("listed", datasets.manifest(), ids=lambda e: e.name)
def test_each_file_says_what_it_is_whose_and_under_which_licence(listed):
    assert all([listed.shows, listed.credit, listed.licence, listed.origin])
    assert listed.delivery in {"installed", "ships", "fetched"}
    assert (listed.delivery == "installed") == bool(listed.package)
    assert (len(listed.sha256), len(listed.md5)) in {(64, 0), (0, 32)}


def test_every_photograph_of_the_course_is_in_the_manifest():
    from cnncourse.images import PHOTOGRAPHS

    assert set(PHOTOGRAPHS) <= {Path(listed.name).stem for listed in datasets.manifest("photographs")}


def test_whatever_lies_in_the_folder_of_data_is_listed_there():
    folder = Path(datasets.__file__).parents[1] / "data"
    present = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert present - {"manifest.toml"} == {e.path for e in datasets.manifest() if e.delivery == "ships"}


@pytest.mark.parametrize(("name", "theirs"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")])
def test_the_mirrors_include_all_that_torchvision_names(name, theirs):
    import torchvision

    assert set(getattr(torchvision.datasets, theirs).mirrors) <= set(datasets.known_mirrors(name))


@pytest.mark.parametrize("name", datasets.FETCHED)
def test_a_mirror_of_ones_own_comes_first(monkeypatch, name):
    assert len(datasets.known_mirrors(name)) >= 2
    monkeypatch.setenv(f"CNNCOURSE_{name.upper().replace('-', '_')}_MIRROR", "https://our.school/data/")
    assert datasets.known_mirrors(name)[0] == "https://our.school/data/"


def test_an_altered_installed_file_is_reported_with_the_way_to_repair_it(monkeypatch):
    monkeypatch.setattr("cnncourse.datasets._manifest.installed_file", lambda _: Path(__file__))
    with pytest.raises(DataMissing, match=r"digits.csv.gz .* expected 57,523 bytes, came .*--force-reinstall"):
        datasets.digits()


def test_a_package_that_is_not_installed_is_named():
    missing = entry().__class__(**(vars(entry()) | {"path": "no_such_package/x", "package": "no-such-package"}))
    with pytest.raises(DataMissing, match="pip install --force-reinstall no-such-package"):
        datasets.installed_file(missing)


# --- idx ------------------------------------------------------------------------------------------------------------


def test_an_idx_file_keeps_its_axes_in_order():
    assert parse_idx(idx(1, 2, 3, values=bytes([1, 2, 3, 4, 5, 6]))).tolist() == [[[1, 2, 3], [4, 5, 6]]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "came nothing"),
        (b"<htm", "came 3c 68 74 6d"),
        (bytes([0, 0, 13, 1]), "begins 00 00 08"),
        (bytes([0, 0, 8, 3, 0, 0]), "expected a header of 16 bytes, came 6"),
        (idx(2, 3, values=bytes(5)), r"expected 6 values for the shape \(2, 3\), came 5"),
        (idx(2, 3, values=bytes(7)), r"expected 6 values for the shape \(2, 3\), came 7"),
        (idx(2**31, 2**31, 2**31, values=b""), "expected 9,903,520,314,283,042,199,192,993,792 values"),
    ],
)
def test_what_is_no_idx_file_is_refused_with_what_came(content, message):
    with pytest.raises(ValueError, match=message):
        parse_idx(content)


# --- where MNIST is looked for --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["MNIST/raw", "."])
@pytest.mark.parametrize("packed", [False, True])
def test_the_folder_that_the_variable_names_is_read_in_each_layout(small, tmp_path, monkeypatch, layout, packed):
    lay(tmp_path / "own" / layout, packed=packed)
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path / "own"))
    found = datasets.mnist("test")
    assert_allclose(found.images[0], [[0, 0.2, 0.4], [0.6, 0.8, 1]], rtol=1e-6)
    assert found.labels.tolist() == [7, 2, 1]
    assert found.source.endswith("from CNNCOURSE_DATA_DIR")


def test_the_cache_serves_where_no_folder_is_named(small):
    lay(small / "MNIST" / "raw")
    assert datasets.mnist("test").source.endswith("from your cache")
    assert datasets.set_status("mnist").found


def test_a_wrong_folder_does_not_keep_anyone_from_the_cache(small, monkeypatch, tmp_path):
    lay(small / "MNIST" / "raw")
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path / "nowhere"))
    assert len(datasets.mnist("test")) == 3


def test_a_folder_that_does_not_exist_is_named(small, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DataMissing, match=r"nowhere\): there is no such folder.*try: `cnncourse data fetch mnist`"):
        datasets.mnist("test")


def test_a_folder_without_mnist_says_which_file_it_lacks(small, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path))
    with pytest.raises(DataMissing, match="no MNIST/raw/t10k-images-idx3-ubyte in it, packed"):
        datasets.mnist("test")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t10k-images-idx3-ubyte", SMALL["t10k-images-idx3-ubyte"][:20], "expected 34 bytes, came 20"),
        ("t10k-images-idx3-ubyte", bytes(34), "expected SHA-256 .*…, came .*…"),
        ("t10k-images-idx3-ubyte.gz", gzip.compress(SMALL["t10k-images-idx3-ubyte"], mtime=0)[:25], "half-downloaded"),
        ("t10k-images-idx3-ubyte.gz", b"<html>", "damaged or half-downloaded"),
        ("t10k-images-idx3-ubyte.gz", gzip.compress(bytes(1 << 20), mtime=0), "expected 34 bytes, came 35"),
    ],
)
def test_a_damaged_file_of_the_learner_is_reported_and_stays_as_it_is(
    small, monkeypatch, tmp_path, name, content, message
):
    folder = tmp_path / "own" / "MNIST" / "raw"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path / "own"))
    with pytest.raises(DataMissing, match=message):
        datasets.mnist("test")
    assert [(file.name, file.read_bytes()) for file in folder.iterdir()] == [(name, content)]


def test_reading_without_download_changes_nothing_in_the_cache(small):
    folder = lay(small / "MNIST" / "raw")
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"half")
    with pytest.raises(DataMissing, match="came 4"):
        datasets.mnist("test")
    assert sorted(file.name for file in folder.iterdir()) == sorted(SMALL)


def test_download_brings_what_is_missing_and_then_reads_it(small, monkeypatch):
    files = {f"/{name}.gz": gzip.compress(content, mtime=0) for name, content in SMALL.items()}
    with running(Mirror(files=files)) as mirror:
        monkeypatch.setenv("CNNCOURSE_MNIST_MIRROR", mirror.address)
        assert datasets.mnist("test", download=True).labels.tolist() == [7, 2, 1]
        datasets.mnist("test", download=True)
        assert mirror.asked == ["all", "all"]


def test_fetching_into_the_cache_leaves_the_named_folder_alone(small, monkeypatch, tmp_path):
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path / "own"))
    files = {f"/{name}.gz": gzip.compress(content, mtime=0) for name, content in SMALL.items()}
    with running(Mirror(files=files)) as mirror:
        assert datasets.fetch_set("mnist", mirrors=[mirror.address], progress=False) == small
    assert list((tmp_path / "own").iterdir()) == []
    assert sorted(f.name for f in (small / "MNIST/raw").iterdir() if f.name[0] != ".") == sorted(SMALL)


def test_without_a_variable_the_cache_is_that_of_the_user(monkeypatch):
    monkeypatch.delenv("CNNCOURSE_CACHE_DIR", raising=False)
    assert datasets.cache_folder().name == "cnncourse" or datasets.cache_folder().parent.name == "cnncourse"
    assert datasets.cache_folder().is_relative_to(Path.home()) or "XDG_CACHE_HOME" in os.environ


# --- the best digits at hand ----------------------------------------------------------------------------------------


def test_without_mnist_the_bundled_digits_stand_in_and_say_so(empty, capsys):
    found = datasets.handwritten_digits()
    assert found.images.shape == (1500, 28, 28)
    assert "scikit-learn" in found.source
    assert "resized to 28×28" in found.source
    assert capsys.readouterr().err == ""  # nobody asked for more


def test_where_a_download_fails_one_line_says_so_and_the_lesson_goes_on(empty, monkeypatch, capsys):
    monkeypatch.setattr(_mnist, "known_mirrors", lambda name: ("http://127.0.0.1:9/",))
    assert len(datasets.handwritten_digits("test", download=True)) == 297
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("MNIST is not at hand; the digits of scikit-learn stand in")


def test_where_the_cache_cannot_be_written_the_lesson_goes_on(empty, monkeypatch, capsys):
    empty.write_text("a file, not a folder")
    monkeypatch.setattr(_mnist, "known_mirrors", lambda name: ("http://127.0.0.1:9/",))
    with pytest.raises(FetchFailed, match="CNNCOURSE_CACHE_DIR"):
        datasets.mnist("test", download=True)
    assert len(datasets.handwritten_digits("test", download=True)) == 297
    assert "stand in" in capsys.readouterr().err


def test_a_wrong_folder_is_mentioned_when_the_bundled_digits_stand_in(empty, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("CNNCOURSE_DATA_DIR", str(tmp_path / "nowhere"))
    datasets.handwritten_digits("test")
    assert "nowhere): there is no such folder" in capsys.readouterr().err


def test_enlarged_digits_have_the_margin_of_mnist_and_the_same_range(empty):
    images = datasets.handwritten_digits("test").images
    assert images[:, :4].max() == images[:, -4:].max() == images[:, :, :4].max() == images[:, :, -4:].max() == 0
    assert images[:, 4:-4, 4:-4].max() > 0.9
    assert 0 <= images.min() <= images.max() <= 1


def test_enlarged_digits_still_show_the_original_upright(empty):
    large = datasets.handwritten_digits("test").images[:, 4:24, 4:24]
    # each original pixel is 2.5 wide: blocks of 5 hold two, so both ways of averaging must nearly agree
    coarse = large.reshape(-1, 4, 5, 4, 5).mean((2, 4))
    original = datasets.digits("test").images.reshape(-1, 4, 2, 4, 2).mean((2, 4))
    assert_allclose(coarse, original, atol=0.16)


def test_pictures_of_the_size_asked_for_are_given_as_they_are(small):
    lay(small / "MNIST" / "raw")
    assert datasets.handwritten_digits("test", size=8).images.shape == (3, 8, 8)


def test_a_size_too_small_for_a_digit_is_refused():
    with pytest.raises(ValueError, match="8 pixels or more, got 3"):
        datasets.handwritten_digits(size=3)


# --- the genuine MNIST ----------------------------------------------------------------------------------------------


@needs_mnist
@pytest.mark.parametrize(("split", "number", "first"), [("train", 60_000, [5, 0, 4]), ("test", 10_000, [7, 2, 1])])
def test_the_genuine_mnist_is_what_torchvision_reads(split, number, first):
    from torchvision.datasets import MNIST

    found, theirs = datasets.mnist(split), MNIST(REAL, train=split == "train")
    assert len(found) == number
    assert found.labels[:3].tolist() == first
    assert_allclose(found.images[::997] * 255, theirs.data[::997].numpy(), atol=1e-4)
    assert_array_equal(found.labels, theirs.targets.numpy())


@needs_mnist
def test_the_best_digits_are_mnist_where_it_is_at_hand():
    found = datasets.handwritten_digits("test")
    assert found.images.shape == (10_000, 28, 28)
    assert found.source.startswith("MNIST, test set")
    assert _places.find(datasets.manifest("mnist")[0]).place.called == "CNNCOURSE_DATA_DIR"
