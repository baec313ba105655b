"""Tests of taking in from the exchange: a submission is its owner's, whatever name it bears."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pytest

pwd = pytest.importorskip("pwd", reason="nbgrader has no exchange on Windows")

from nbgrader.coursedir import CourseDirectory  # noqa: E402
from traitlets.config import Config  # noqa: E402

from cnncourse.grading.exchange import CollectFromOwners  # noqa: E402

ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def inbound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the exchange into which learners submit."""
    # nbgrader makes its database with a program that lies beside Python
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "exchange" / "cnn" / "inbound"
    folder.mkdir(parents=True)
    return folder


def submit(inbound: Path, name: str, time: str, text: str) -> None:
    """Lay a submission into the exchange, under a name of one's choice."""
    folder = inbound / f"{name}+02+{time}+c2VjcmV0"
    folder.mkdir()
    (folder / "02.ipynb").write_text(text)
    (folder / "timestamp.txt").write_text(time)


def collect(inbound: Path, *, check_owner: bool = True) -> dict[str, str]:
    """Collect; return who handed in what."""
    course = inbound.parents[2] / "class"
    course.mkdir(exist_ok=True)
    told = Config()
    told.Exchange.root = str(inbound.parents[1])
    told.CourseDirectory.update(course_id="cnn", assignment_id="02", root=str(course))
    told.ExchangeCollect.check_owner = check_owner
    CollectFromOwners(coursedir=CourseDirectory(config=told), config=told).start()
    return {path.parts[-3]: path.read_text() for path in course.glob("submitted/*/02/02.ipynb")}


def test_ones_own_submission_is_taken_in(inbound: Path):
    submit(inbound, ME, "2026-10-01 10:00:00 UTC", "mine")
    assert collect(inbound) == {ME: "mine"}


def test_who_hands_in_under_another_name_hands_in_under_their_own(inbound: Path, caplog: pytest.LogCaptureFixture):
    submit(inbound, "bob", "2026-10-01 10:00:00 UTC", "not by bob")
    with caplog.at_level(logging.WARNING, logger="traitlets"):
        assert collect(inbound) == {ME: "not by bob"}
    assert f"bears the name of bob: taken as handed in by {ME}" in caplog.text


def test_an_owner_without_a_name_here_keeps_the_name_given(inbound: Path, monkeypatch: pytest.MonkeyPatch):
    def nobody(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr("cnncourse.grading.exchange.pwd.getpwuid", nobody)
    submit(inbound, "bob", "2026-10-01 10:00:00 UTC", "by somebody")
    assert collect(inbound) == {"bob": "by somebody"}


def test_under_one_account_for_all_names_count(inbound: Path):
    submit(inbound, "bob", "2026-10-01 10:00:00 UTC", "by bob")
    submit(inbound, "eve", "2026-10-01 10:00:00 UTC", "by eve")
    assert collect(inbound, check_owner=False) == {"bob": "by bob", "eve": "by eve"}
