"""Tests of the doctor: what it finds, what it advises, and when it calls something missing."""

from __future__ import annotations

import importlib.metadata
import json

import pytest

from cnncourse import cli, doctor
from cnncourse.doctor import ADVICE, MISSING, OK, Row, report


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch) -> None:
    """Keep these tests away from the cache of whoever runs them."""
    monkeypatch.delenv("CNNCOURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("CNNCOURSE_CACHE_DIR", str(tmp_path / "cache"))


def rows(**options: bool) -> dict[str, Row]:
    return {row.name: row for row in report(**options)}


def versions(monkeypatch, **changed: str | None) -> None:
    """Let some packages have another version, or none."""
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name not in changed:
            return real(name)
        if changed[name] is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return str(changed[name])

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setattr(doctor, "requires", lambda _: ["numpy>=2.0", "tqdm>=4.67", 'ruff>=0.9; extra == "dev"'])


def test_everything_is_looked_at_and_each_piece_of_advice_says_what_to_do():
    found = rows()
    assert {"Python", "browser", "cores", "memory", "accelerator", "cache", "disk", "lessons", "MNIST"} <= set(found)
    assert all(row.advice for row in found.values() if row.verdict != OK)
    assert {row.verdict for row in found.values()} <= {OK, ADVICE, MISSING}


def test_the_bundled_data_are_called_real_and_whole():
    found = rows()
    assert [found[name].verdict for name in ("photographs", "faces", "digits")] == [OK] * 3
    assert found["digits"].value == "bundled, real: 1 file, whole"


def test_where_mnist_is_not_at_hand_the_advice_is_how_to_fetch_it():
    assert rows()["MNIST"].verdict == ADVICE
    assert "cnncourse data fetch mnist" in rows()["MNIST"].advice


@pytest.mark.parametrize(("called", "name"), [("Fashion-MNIST", "fashion-mnist"), ("CIFAR-10", "cifar10")])
def test_a_set_that_lessons_run_without_is_no_shortcoming_but_named(called, name):
    assert rows()[called].verdict == OK
    assert f"cnncourse data fetch {name}" in rows()[called].value


def test_a_package_that_is_too_old_is_missing_and_named_with_what_is_needed(monkeypatch):
    versions(monkeypatch, numpy="1.26.4")
    row = rows()["numpy"]
    assert row == ("numpy", "1.26.4, but the course needs >=2.0", MISSING, 'python -m pip install "numpy>=2.0"')


def test_a_package_that_is_not_there_is_missing(monkeypatch):
    versions(monkeypatch, tqdm=None)
    assert rows()["tqdm"][1:3] == ("not installed", MISSING)


def test_a_package_newer_than_the_tested_one_is_well_and_says_so(monkeypatch):
    versions(monkeypatch, numpy="2.99.0")
    monkeypatch.setattr(doctor, "_pinned", lambda: {"numpy": "2.4.6"})
    assert rows()["numpy"] == ("numpy", "2.99.0 (tested with 2.4.6)", OK, "")


def test_a_build_for_another_processor_counts_as_the_pinned_version(monkeypatch):
    versions(monkeypatch, numpy="2.4.6+cpu")
    monkeypatch.setattr(doctor, "_pinned", lambda: {"numpy": "2.4.6"})
    assert rows()["numpy"].value == "2.4.6+cpu"


def test_what_only_developers_need_is_not_asked_for(monkeypatch):
    versions(monkeypatch, ruff=None)
    assert "ruff" not in rows()


def test_the_lock_is_read_with_its_markers_and_hashes_left_out(tmp_path, monkeypatch):
    lock = [
        "# by hand",
        "numpy==2.4.6 \\",
        "    --hash=sha256:00",
        "    # via x",
        "appnope==1.0 ; sys_platform == 'darwin' \\",
    ]
    (tmp_path / "requirements.lock").write_text("\n".join(lock), encoding="utf-8")
    monkeypatch.setattr(doctor, "__file__", str(tmp_path / "cnncourse" / "doctor.py"))
    assert doctor._pinned() == {"numpy": "2.4.6", "appnope": "1.0"}


def test_without_the_widget_extension_explorers_would_stay_still(monkeypatch):
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: ["/nowhere"])
    row = rows()["JupyterLab: anywidget"]
    assert row.verdict == MISSING
    assert "explorers stay still" in row.advice


def test_a_cache_that_cannot_be_written_is_no_obstacle_but_advised_on(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNCOURSE_CACHE_DIR", str(tmp_path / "file" / "cache"))
    row = rows()["cache"]
    assert row.verdict == ADVICE
    assert "CNNCOURSE_CACHE_DIR" in row.advice


def test_looking_at_the_cache_does_not_make_it(tmp_path):
    rows()
    assert list(tmp_path.iterdir()) == []


def test_the_network_is_tried_only_on_request(monkeypatch):
    monkeypatch.setattr(doctor, "known_mirrors", lambda name: ("http://127.0.0.1:9/",))
    assert "network" not in rows()
    row = rows(network=True)["network"]
    assert row.value.startswith("127.0.0.1: ")
    assert row.verdict == ADVICE


def test_something_missing_ends_the_command_with_1_and_the_way_to_get_it(monkeypatch, capsys):
    versions(monkeypatch, tqdm=None)
    assert cli.main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert 'missing tqdm: not installed\n        → python -m pip install "tqdm>=4.67"' in shown


def test_a_sound_installation_ends_with_0_and_json_holds_the_same_rows(capsys):
    assert cli.main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert {row["name"] for row in told["rows"]} == set(rows())
