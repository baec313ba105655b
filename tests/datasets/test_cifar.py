"""Tests of CIFAR-10: both forms are read, the archive is fetched and taken apart, and nothing bad gets through."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from cnncourse import datasets
from cnncourse.datasets import DataMissing, Entry, FetchFailed, _cifar, load
from cnncourse.datasets._archive import fetch_members
from cnncourse.datasets._manifest import Archive
from tests.datasets.mirror import Mirror, entry, no_room_beyond

REAL = os.environ.get("CNNCOURSE_DATA_DIR", "")
needs_cifar = pytest.mark.skipif(
    not REAL or not Path(REAL, "cifar10", "test.npz").is_file(), reason="CIFAR-10 is not in CNNCOURSE_DATA_DIR"
)
FOLDER, ARCHIVE = "cifar-10-batches-bin", "cifar-10-binary.tar.gz"
NAMES = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]


def record(label: int, *, red: int, green: int, blue: int) -> bytes:
    """Write one picture as the published batches do: its class, then a plane for each colour; its corner is black."""
    planes = [bytes([0, *[level] * 1023]) for level in (red, green, blue)]
    return bytes([label]) + b"".join(planes)


# two pictures a batch; the levels of red tell which
BATCHES = {
    name: record(number, red=10 * number, green=100, blue=200) + record(9, red=10 * number + 5, green=101, blue=201)
    for number, name in enumerate(NAMES)
}


def listed(batches: dict[str, bytes] = BATCHES) -> tuple[Entry, ...]:
    return tuple(entry(content, name=name, folder=FOLDER, of="cifar10", weak=True) for name, content in batches.items())


def archive(members: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    """Write a tar archive; where a TarInfo stands for content, it is the member."""
    with io.BytesIO() as sink:
        with tarfile.open(fileobj=sink, mode="w:gz") as opened:
            for name, content in members.items():
                if isinstance(content, bytes):
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    opened.addfile(member, io.BytesIO(content))
                else:
                    opened.addfile(content)
        return sink.getvalue()


PUBLISHED = {f"{FOLDER}/{name}": content for name, content in BATCHES.items()}
PACKED = archive({f"{FOLDER}/readme.html": b"<p>not asked for</p>", **PUBLISHED})


def described(packed: bytes) -> Archive:
    return Archive(ARCHIVE, len(packed), hashlib.sha256(packed).hexdigest())


@pytest.fixture
def small(empty, monkeypatch) -> Path:
    """Let the manifest list the small batches and their archive as if they were CIFAR-10; give the empty cache."""
    monkeypatch.setattr(_cifar, "manifest", lambda _: listed())
    monkeypatch.setattr(_cifar, "listed_archive", lambda _: described(PACKED))
    return empty


def lay(folder: Path, batches: dict[str, bytes] = BATCHES) -> Path:
    (folder / FOLDER).mkdir(parents=True)
    for name, content in batches.items():
        (folder / FOLDER / name).write_bytes(content)
    return folder


# --- the published batches --------------------------------------------------------------------------------------------


def test_the_batches_are_read_in_order_with_colours_first(small):
    lay(small)
    train, test = load("cifar10"), load("cifar10", "test")
    assert train.images.shape == (10, 3, 32, 32)
    assert train.images.is_contiguous()
    assert train.labels.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9]
    assert_allclose(train.images[2, :, 31, 0] * 255, [10, 100, 200], rtol=1e-6)
    assert train.images[2, :, 0, 0].tolist() == [0, 0, 0]
    assert_allclose(test.images[:, 0, 5, 5] * 255, [50, 55], rtol=1e-6)
    assert test.classes[9] == "truck"
    assert datasets.set_status("cifar10") == (True, f"genuine, from your cache ({small})")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BATCHES["test_batch.bin"][:-1], "expected 6,146 bytes, came 6,145"),
        (BATCHES["test_batch.bin"][:-1] + b"\x01", "expected MD5"),
    ],
)
def test_a_damaged_batch_is_reported_and_stays_as_it_is(small, content, message):
    lay(small, BATCHES | {"test_batch.bin": content})
    with pytest.raises(DataMissing, match=f"test_batch.bin is not the genuine file.*{message}.*fetch cifar10"):
        load("cifar10", "test")
    assert (small / FOLDER / "test_batch.bin").read_bytes() == content
    assert not datasets.set_status("cifar10").found
    assert len(load("cifar10")) == 10  # what is whole serves all the same


def test_any_size_can_be_asked_for(small):
    lay(small)
    data = load("cifar10", "test", size=10)
    assert data.images.shape == (2, 3, 10, 10)
    assert_allclose(data.images[1, :, 9, 9] * 255, [55, 101, 201], rtol=1e-5)
    assert data.source.endswith("resized to 10×10")


# --- JPEGs end to end -------------------------------------------------------------------------------------------------


def jpeg(red: int, green: int, blue: int, *, size: tuple[int, int] = (32, 32)) -> bytes:
    with io.BytesIO() as sink:
        Image.new("RGB", size, (red, green, blue)).save(sink, "JPEG", quality=95)
        return sink.getvalue()


PAIR = [jpeg(1, 2, 3), jpeg(4, 5, 6)]


def stored(folder: Path, pictures: list[bytes], split: str = "test", **changes: Any) -> Path:
    """Write JPEGs as ``cifar10/test.npz``; ``changes`` replace what stands in it."""
    fields: dict[str, Any] = {
        "jpeg": np.frombuffer(b"".join(pictures), np.uint8),
        "offsets": np.cumsum([0, *map(len, pictures)]),
        "labels": np.arange(len(pictures), dtype=np.uint8),
        "classes": np.array(_cifar.THINGS),
    }
    (folder / "cifar10").mkdir(parents=True, exist_ok=True)
    file = folder / "cifar10" / f"{split}.npz"
    np.savez(file, **(fields | changes))
    return file


def test_jpegs_are_decoded_and_the_source_says_what_they_are(small):
    for split in ("train", "test"):
        stored(small, [jpeg(200, 30, 90), jpeg(10, 220, 60)], split)
    data = load("cifar10", "test")
    assert data.labels.tolist() == [0, 1]
    assert_allclose(data.images[:, :, 3, 20] * 255, [[200, 30, 90], [10, 220, 60]], atol=4)
    assert data.source == ("CIFAR-10, test set: 2 colour photographs of 32×32 pixels kept as JPEGs, from your cache")
    assert datasets.set_status("cifar10").where == f"as JPEGs, a little lossy, from your cache ({small})"


def test_where_both_forms_lie_the_one_without_loss_is_read_unless_it_is_damaged(small):
    lay(small)
    stored(small, [jpeg(1, 2, 3)])
    assert len(load("cifar10", "test")) == 2
    (small / FOLDER / "test_batch.bin").write_bytes(b"half")
    assert len(load("cifar10", "test")) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"offsets": np.array([0, 5])}, "one offset more than labels, came 2 and 2"),
        ({"offsets": np.array([0, 10**6, len(b"".join(PAIR))])}, "offsets that rise from 0"),
        ({"offsets": np.array([0, 5, 10**9])}, "offsets that rise from 0"),
        ({"labels": np.array([3, 10])}, "labels from 0 to 9, came 3 to 10"),
        ({"labels": np.array([-1, 3])}, "labels from 0 to 9, came -1 to 3"),
        ({"classes": np.array(["apple", "bee"])}, "expected the classes airplane, .*, came apple, bee"),
        ({"labels": np.array([], np.uint8), "offsets": np.array([0])}, "came 1 and 0"),
    ],
)
def test_a_file_whose_parts_do_not_fit_together_is_refused_with_what_came(small, changes, message):
    stored(small, PAIR, **changes)
    with pytest.raises(DataMissing, match=f"test.npz does not fit together: .*{message}"):
        load("cifar10", "test")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"JFIF", b"JFIG", 1),
        lambda content: b"<html>Please log in</html>",
        lambda content: b"",
    ],
    ids=["truncated", "altered", "a page", "empty"],
)
def test_a_damaged_file_is_refused_and_stays_as_it_is(small, spoil: Callable[[bytes], bytes]):
    file = stored(small, [jpeg(1, 2, 3)])
    spoiled = spoil(file.read_bytes())
    file.write_bytes(spoiled)
    with pytest.raises(DataMissing, match=r"test.npz is damaged or another kind of file"):
        load("cifar10", "test")
    assert file.read_bytes() == spoiled


class Trap:
    """Touches a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


def test_nothing_is_ever_unpickled(small, tmp_path):
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    stored(small, [jpeg(1, 2, 3)], labels=trap)
    pickles = small / "cifar-10-batches-py"
    pickles.mkdir()
    (pickles / "test_batch").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    (small / "cifar10" / "train.npz").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    for split in ("train", "test"):
        with pytest.raises(DataMissing, match="damaged or another kind of file"):
            load("cifar10", split)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (jpeg(1, 2, 3)[:200], "picture 1 of CIFAR-10 as a JPEG"),
        (b"GIF89a" + bytes(99), "picture 1 of CIFAR-10 as a JPEG"),
        (jpeg(1, 2, 3, size=(32, 31)), "came another: RGB of 31×32 pixels"),
    ],
)
def test_a_picture_that_cannot_be_decoded_is_named(small, picture, message):
    stored(small, [jpeg(1, 2, 3), picture])
    with pytest.raises(DataMissing, match=message):
        load("cifar10", "test")


# --- fetching ---------------------------------------------------------------------------------------------------------


def bring(home: Path, *mirrors: Mirror | str, packed: bytes = PACKED) -> Path:
    addresses = [mirror if isinstance(mirror, str) else mirror.address for mirror in mirrors]
    return fetch_members(described(packed), listed(), home, mirrors=addresses, progress=False)


def files(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder but those that hold a place (locks)."""
    found = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def test_download_brings_the_archive_takes_it_apart_and_reads_it(small, start, monkeypatch):
    mirror = start(files={f"/{ARCHIVE}": PACKED})
    monkeypatch.setattr(_cifar, "known_mirrors", lambda _: (mirror.address,))
    assert load("cifar10", "test", download=True).labels.tolist() == [5, 9]
    assert len(load("cifar10", download=True)) == 10
    assert mirror.asked == ["all"]
    assert files(small) == PUBLISHED  # no archive left, and no readme


def test_the_command_that_fetches_all_of_it_leaves_whole_files_alone(small, start):
    mirror = start(files={f"/{ARCHIVE}": PACKED})
    for _ in range(2):
        assert datasets.fetch_set("cifar10", mirrors=[mirror.address], progress=False) == small
    assert mirror.asked == ["all"]


def test_an_archive_that_broke_off_is_continued(tmp_path, start):
    mirror = start(files={f"/{ARCHIVE}": PACKED}, breaks=[200])
    bring(tmp_path, mirror)
    assert mirror.asked == ["all", "bytes=200-"]
    assert files(tmp_path) == PUBLISHED


def test_a_damaged_batch_in_the_cache_is_set_aside_and_the_archive_fetched_again(small, start):
    lay(small, BATCHES | {"data_batch_3.bin": b"half"})
    bring(small, start(files={f"/{ARCHIVE}": PACKED}))
    found = files(small)
    (aside,) = [name for name in found if ".corrupt-" in name]
    assert found.pop(aside) == b"half"
    assert found == PUBLISHED


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"<html>Please log in</html>", "bytes, came 26"),
        (PACKED[:-1] + b"\x01", "expected SHA-256"),
        (PACKED + b"more", "expected at most"),
    ],
    ids=["a page", "a changed byte", "a longer file"],  # the bytes hold the time of packing, which no name may
)
def test_another_file_than_the_genuine_archive_is_not_even_opened(tmp_path, start, packed, message):
    with pytest.raises(FetchFailed, match=f"{message}(.|\n)*unpack the\narchive into the folder"):
        bring(tmp_path, start(files={f"/{ARCHIVE}": packed}))
    assert not any(name.endswith(".bin") for name in files(tmp_path))
    bring(tmp_path, start(files={f"/{ARCHIVE}": PACKED}))  # what came stands in nobody's way
    assert PUBLISHED.items() <= files(tmp_path).items()


def link(name: str, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({f"{FOLDER}/data_batch_1.bin": link(f"{FOLDER}/data_batch_1.bin", "/etc/passwd")}, "as a plain file"),
        ({f"{FOLDER}/data_batch_1.bin": b"another"}, "expected 6,146 bytes, came 7"),
        ({f"{FOLDER}/data_batch_1.bin": bytes(6146)}, "expected MD5"),
        ({f"{FOLDER}/data_batch_1.bin": bytes(1 << 22)}, "expected 6,146 bytes"),
        ({f"{FOLDER}/data_batch_1.bin": link("elsewhere", "x")}, "data_batch_1.bin in the archive, came an archive"),
    ],
)
def test_a_wrong_member_is_refused_even_in_an_archive_that_is_expected(tmp_path, start, members, message):
    packed = archive(PUBLISHED | members)
    with pytest.raises(FetchFailed, match=message):
        bring(tmp_path, start(files={f"/{ARCHIVE}": packed}), packed=packed)
    assert not (tmp_path / FOLDER / "data_batch_1.bin").exists()


def test_an_archive_cannot_write_outside_its_folder(tmp_path, start):
    home = tmp_path / "deep" / "home"
    astray = {f"../../{name}": content for name, content in BATCHES.items()} | {str(tmp_path / "absolute"): b"x"}
    packed = archive({**astray, FOLDER: link(FOLDER, str(tmp_path)), **PUBLISHED})
    bring(home, start(files={f"/{ARCHIVE}": packed}), packed=packed)
    assert files(tmp_path) == {f"deep/home/{name}": content for name, content in PUBLISHED.items()}


def test_what_is_no_archive_at_all_is_found_out(tmp_path, start):
    with pytest.raises(FetchFailed, match="no whole archive"):
        bring(tmp_path, start(files={f"/{ARCHIVE}": b"neither gzip nor tar"}), packed=b"neither gzip nor tar")


def test_no_network_ends_in_a_message_that_names_each_mirror(tmp_path):
    with pytest.raises(
        FetchFailed, match=rf"127.0.0.1:9/{ARCHIVE}: .*(.|\n)*mirror.invalid/x/{ARCHIVE}: .*(.|\n)*try:"
    ):
        bring(tmp_path, "http://127.0.0.1:9", "http://mirror.invalid/x/")


@pytest.mark.parametrize("room", [len(PACKED) // 2, 6000])  # the archive does not fit; it fits, but not unpacked
def test_a_full_disk_is_said_to_be_one_and_leaves_no_half_file(tmp_path, start, room):
    noise = np.random.default_rng(0).bytes(5000)
    packed = PACKED if room < len(PACKED) else archive(PUBLISHED | {f"{FOLDER}/noise": noise})
    mirror = start(files={f"/{ARCHIVE}": packed})
    with no_room_beyond(room), pytest.raises(FetchFailed, match=rf"expected to keep {ARCHIVE} .*; try: make room"):
        bring(tmp_path, mirror, packed=packed)
    assert not any(name.endswith((".bin", ".new")) for name in files(tmp_path))
    bring(tmp_path, mirror, packed=packed)
    assert files(tmp_path) == PUBLISHED


FETCH = """
import json, sys
from pathlib import Path
from cnncourse.datasets import Entry
from cnncourse.datasets._archive import fetch_members
from cnncourse.datasets._manifest import Archive
archive, entries, home, mirror = json.loads(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
listed = [Entry(**fields) for fields in entries]
fetch_members(Archive(**archive), listed, home, mirrors=[mirror], progress=False)
print(sum((home / entry.path).stat().st_size for entry in listed))
"""


def test_of_two_notebooks_at_once_one_fetches_and_the_other_waits(tmp_path, start):
    mirror = start(files={f"/{ARCHIVE}": PACKED}, pause=2)
    told = [json.dumps(asdict(described(PACKED))), json.dumps([asdict(one) for one in listed()])]
    command = [sys.executable, "-c", FETCH, *told, str(tmp_path), mirror.address]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert [out.strip() for out, _ in answers] == [str(6 * 6146)] * 2
    assert mirror.asked == ["all"]
    assert sum("another process is fetching" in err for _, err in answers) == 1


# --- the genuine photographs ------------------------------------------------------------------------------------------


@needs_cifar
def test_the_genuine_photographs_have_the_colours_and_classes_that_are_known_of_them():
    data = load("cifar10", "test")
    assert data.images.shape == (10_000, 3, 32, 32)
    assert set(data.counts.values()) == {1000}
    # means of red, green and blue over the published test set
    assert_allclose(data.images.mean((0, 2, 3)), [0.4942, 0.4851, 0.4504], atol=0.001)


@needs_cifar
def test_no_jpeg_of_the_test_set_is_among_those_to_learn_from():
    kept = {}
    for split in ("train", "test"):
        with np.load(Path(REAL, "cifar10", f"{split}.npz")) as opened:
            content, ends = opened["jpeg"].tobytes(), opened["offsets"].tolist()
        kept[split] = {content[begin:end] for begin, end in pairwise(ends)}
    assert (len(kept["train"]), len(kept["test"])) == (50_000, 10_000)
    assert kept["train"].isdisjoint(kept["test"])
