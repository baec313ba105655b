"""Tests of fetching, against mirrors on this machine that break off, lie, or serve two processes at once."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from cnncourse.datasets import FetchFailed
from cnncourse.datasets._fetch import fetch, set_aside
from tests.datasets.mirror import CONTENT, NAME, Mirror, entry, no_room_beyond

PACKED = gzip.compress(CONTENT, mtime=0)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "MNIST" / "raw" / NAME


def bring(target: Path, *mirrors: Mirror | str, timeout: float = 5.0) -> Path:
    addresses = [mirror if isinstance(mirror, str) else mirror.address for mirror in mirrors]
    return fetch(entry(), target, mirrors=addresses, progress=False, timeout=timeout)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def test_a_file_arrives_unpacked_and_leaves_nothing_beside_it(start, target):
    assert bring(target, start()).read_bytes() == CONTENT
    assert names(target.parent) == [NAME]


def test_a_whole_file_is_not_fetched_again(start, target):
    mirror = start()
    bring(target, mirror)
    bring(target, mirror)
    assert mirror.asked == ["all"]


def test_a_connection_that_breaks_off_is_taken_up_where_it_broke(start, target):
    mirror = start(breaks=[70_000, 60_000])
    assert bring(target, mirror).read_bytes() == CONTENT
    assert mirror.asked == ["all", "bytes=70000-", "bytes=130000-"]


def test_what_an_earlier_attempt_left_is_continued(start, target):
    target.parent.mkdir(parents=True)
    target.with_name(f"{NAME}.gz.part").write_bytes(PACKED[:99_000])
    mirror = start()
    assert bring(target, mirror).read_bytes() == CONTENT
    assert mirror.asked == ["bytes=99000-"]


def test_a_part_that_was_whole_already_needs_no_further_byte(start, target):
    target.parent.mkdir(parents=True)
    target.with_name(f"{NAME}.gz.part").write_bytes(PACKED)
    assert bring(target, start()).read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_sends_all_and_nothing_is_doubled(start, target):
    mirror = start(breaks=[70_000], knows_ranges=False)
    assert bring(target, mirror).read_bytes() == CONTENT
    assert mirror.asked == ["all", "bytes=70000-"]


def test_a_server_that_brings_nothing_new_is_given_up_and_the_part_stays(start, target):
    mirror = start(breaks=[70_000, 0])
    with pytest.raises(FetchFailed, match=r"broke off before the end(.|\n)*what arrived is kept"):
        bring(target, mirror)
    assert target.with_name(f"{NAME}.gz.part").read_bytes() == PACKED[:70_000]
    assert len(mirror.asked) == 2


def test_the_next_mirror_goes_on_where_the_first_stopped(start, target):
    first, second = start(breaks=[70_000, 0]), start()
    assert bring(target, first, second).read_bytes() == CONTENT
    assert second.asked == ["bytes=70000-"]


def test_a_mirror_with_another_file_is_found_out_and_the_next_one_serves(start, target):
    other = bytes(len(CONTENT))
    liar, honest = start(files={f"/{NAME}.gz": gzip.compress(other, mtime=0)}), start()
    assert bring(target, liar, honest).read_bytes() == CONTENT
    set_aside_files = [name for name in names(target.parent) if ".corrupt-" in name]
    assert len(set_aside_files) == 1
    assert gzip.decompress((target.parent / set_aside_files[0]).read_bytes()) == other


def test_a_bad_beginning_from_one_mirror_does_not_spoil_the_next(start, target):
    liar = start(files={f"/{NAME}.gz": gzip.compress(bytes(reversed(CONTENT)), mtime=0)}, breaks=[70_000, 0])
    honest = start()
    assert bring(target, liar, honest).read_bytes() == CONTENT
    assert honest.asked == ["bytes=70000-", "all"]


def test_a_log_in_page_instead_of_the_file_is_found_out(start, target):
    portal = start(files={f"/{NAME}.gz": b"<html>Please log in</html>"})
    with pytest.raises(FetchFailed, match="no whole gzip file"):
        bring(target, portal)
    assert not target.exists()


def test_a_file_that_does_not_end_is_cut_short(start, target):
    endless = start(files={f"/{NAME}.gz": bytes(10 * len(CONTENT))})
    with pytest.raises(FetchFailed, match="expected at most"):
        bring(target, endless)
    assert bring(target, start()).read_bytes() == CONTENT  # and what it left does not stand in the way


def test_a_small_file_that_unpacks_without_end_is_cut_short(start, target):
    bomb = start(files={f"/{NAME}.gz": gzip.compress(bytes(100 * len(CONTENT)), mtime=0)})
    with no_room_beyond(2 * len(CONTENT)), pytest.raises(FetchFailed, match=f"expected {len(CONTENT):,} bytes"):
        bring(target, bomb)


def test_a_damaged_file_is_set_aside_not_deleted_and_fetched_again(start, target, capsys):
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT[:1234])
    assert bring(target, start()).read_bytes() == CONTENT
    (aside,) = [file for file in target.parent.iterdir() if ".corrupt-" in file.name]
    assert aside.read_bytes() == CONTENT[:1234]
    assert f"expected {len(CONTENT):,} bytes, came 1,234" in capsys.readouterr().err


def test_two_damaged_files_within_a_second_are_both_kept(tmp_path):
    for text in ("first", "second"):
        (tmp_path / "data").write_text(text)
        set_aside(tmp_path / "data")
    assert sorted(file.read_text() for file in tmp_path.iterdir()) == ["first", "second"]


def test_no_network_ends_in_a_message_that_names_each_mirror_and_a_way_out(target):
    with pytest.raises(FetchFailed) as caught:
        bring(target, "http://127.0.0.1:9/", "http://mirror.invalid/mnist")
    for part in ("127.0.0.1:9", f"mirror.invalid/mnist/{NAME}.gz", "try:", "CNNCOURSE_DATA_DIR"):
        assert part in str(caught.value)


def test_a_mirror_that_says_nothing_is_left_after_the_timeout(start, target):
    assert bring(target, start(pause=30), start(), timeout=0.5).read_bytes() == CONTENT


def test_a_missing_file_and_a_strange_address_are_passed_over(start, target):
    assert bring(target, "file:///etc/", start(files={}), start()).read_bytes() == CONTENT


def test_a_cache_that_cannot_be_made_ends_in_advice(start, tmp_path):
    (tmp_path / "MNIST").write_text("a file where a folder should be")
    with pytest.raises(FetchFailed, match=r"expected to keep .* came: .* set CNNCOURSE_CACHE_DIR"):
        bring(tmp_path / "MNIST" / "raw" / NAME, start())
    assert (tmp_path / "MNIST").read_text() == "a file where a folder should be"


@pytest.mark.parametrize("room", [100_000, len(PACKED)])  # what is packed does not fit; it fits, but not unpacked
def test_a_full_disk_is_not_taken_for_a_bad_mirror(start, target, room):
    content = bytes(2 * len(CONTENT)) + CONTENT
    first, second = (start(files={f"/{NAME}.gz": gzip.compress(content, mtime=0)}) for _ in range(2))
    addresses = [first.address, second.address]
    with no_room_beyond(room + 2000), pytest.raises(FetchFailed, match=r"expected to keep .*; try: make room"):
        fetch(entry(content), target, mirrors=addresses, progress=False)
    assert second.asked == []
    assert not target.exists()
    assert fetch(entry(content), target, mirrors=addresses, progress=False).read_bytes() == content


def test_a_file_of_which_only_an_md5_is_known_is_checked_by_it(start, target):
    listed = entry(weak=True)
    mirror = start(files={f"/{NAME}.gz": gzip.compress(bytes(len(CONTENT)), mtime=0)})
    with pytest.raises(FetchFailed, match=f"expected MD5 {listed.md5[:12]}…"):
        fetch(listed, target, mirrors=[mirror.address], progress=False)
    assert fetch(listed, target, mirrors=[start().address], progress=False).read_bytes() == CONTENT


FETCH = """
import json, sys
from pathlib import Path
from cnncourse.datasets import Entry
from cnncourse.datasets._fetch import fetch
fields, target, mirror = sys.argv[1:]
print(fetch(Entry(**json.loads(fields)), Path(target), mirrors=[mirror], progress=False).stat().st_size)
"""


def test_of_two_processes_at_once_one_fetches_and_the_other_waits(start, target):
    mirror = start(pause=2)
    command = [sys.executable, "-c", FETCH, json.dumps(asdict(entry())), str(target), mirror.address]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert [out.strip() for out, _ in answers] == [str(len(CONTENT))] * 2
    assert mirror.asked == ["all"]
    assert sum("another process is fetching" in err for _, err in answers) == 1
