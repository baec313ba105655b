"""Tests of the rooms themselves: which there are, how they are built, and what the grader believes of them."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncourse.grading import _bytecode, _idle, bubblewrap, containers
from cnncourse.grading._cgroups import Group, make_group
from cnncourse.grading._places import find_package, system_places
from cnncourse.grading._reports import read_outcome
from cnncourse.grading._syscalls import filter_program
from cnncourse.grading._wire import pack
from cnncourse.grading.sandbox import (
    WARNING,
    Bubblewrap,
    Containers,
    Limits,
    NoIsolation,
    Trust,
    find_isolation,
)
from cnncourse.grading.session import Session
from tests.grading.rooms import alive, limits, marked_session, need_room, task

LIVE = "def answer(n):\n    return 2 * n"
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="answers run in processes that are forked")


# --- which room -----------------------------------------------------------------------------------------------------


def test_bubblewrap_comes_first():
    need_room()
    assert find_isolation() == Bubblewrap()
    assert find_isolation(backend="bubblewrap").name == "bubblewrap"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Make this a computer without bubblewrap and engines; return a folder that is searched for programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_any_room_nothing_is_run_and_it_says_what_to_install(bare: Path):
    with pytest.raises(NoIsolation) as caught:
        find_isolation()
    said = str(caught.value)
    assert "apt install bubblewrap" in said
    assert "--trust" in said
    assert all(name in said for name in ("bubblewrap: ", "podman: ", "docker: "))


def test_a_room_that_was_asked_for_is_not_exchanged_for_another():
    with pytest.raises(NoIsolation, match="there is no program 'podman'"):
        find_isolation(backend="podman:no-such-image")


def test_an_unknown_room_is_refused():
    with pytest.raises(ValueError, match="expected the backend 'bubblewrap', 'podman' or 'docker', got 'chroot'"):
        find_isolation(backend="chroot")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap runs on Linux only")
def test_a_bubblewrap_that_may_not_make_namespaces_is_not_used(bare: Path, monkeypatch: pytest.MonkeyPatch):
    program = bare / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    program.chmod(0o755)
    bubblewrap._help.cache_clear()
    reason = Bubblewrap().available()
    bubblewrap._help.cache_clear()
    assert "setting up uid map: Permission denied" in reason
    assert "may not allow users to make namespaces" in reason


@FORKS
def test_trust_has_to_be_asked_for_and_comes_with_a_warning():
    assert find_isolation(trust=True) == Trust()
    assert "can read, change and delete your files" in WARNING


@FORKS
def test_trust_leaves_no_process_and_no_folder():
    cell = (
        "import os, time\ndef answer(n):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        if os.fork() == 0: time.sleep(99)\n        os._exit(0)\n    return os.getcwd()"
    )
    with marked_session(Trust(), memory=2**31) as (session, mark):
        (one,) = session.run(task(cell)).answers
        assert os.path.isdir(one.value)
        if sys.platform.startswith("linux"):
            assert len(alive(mark)) == 1
    assert not os.path.exists(one.value)


@FORKS
def test_trust_knows_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNNCOURSE_SECRET", "x")
    with Trust().session(limits(memory=2**31)) as session:
        (one,) = session.run(task("import os\ndef answer(n):\n    return 'CNNCOURSE_SECRET' in os.environ")).answers
    assert one.value is False


@FORKS
def test_the_runner_does_not_begin_outside_a_room(tmp_path: Path):
    (tmp_path / "kept").touch()
    settings = {"alone": True, "folders": [str(tmp_path)]}
    command = [sys.executable, "-m", "cnncourse.grading._runner", json.dumps(settings)]
    done = subprocess.run(
        command, cwd=find_package().parent, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    assert b"belongs into a room" in done.stderr
    assert (tmp_path / "kept").exists()


# --- bubblewrap -----------------------------------------------------------------------------------------------------


def test_an_answer_comes_out_of_the_room_and_the_group_is_gone_afterwards():
    need_room()
    made: list[Group | None] = []

    def note(**options: Any) -> Group | None:
        made.append(make_group(**options))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bubblewrap, "make_group", note)
        with marked_session(Bubblewrap()) as (session, _):
            assert session.run(task(LIVE)).answers[0].value == 6
            if made[0] is not None:
                assert [(folder / "cgroup.procs").read_text() != "" for folder in made[0].folders] != []
    assert len(made) == 1
    assert made[0] is None or not any(folder.exists() for folder in made[0].folders)


def test_pytorch_is_there_when_a_task_asks_for_it():
    need_room()
    cell = (
        "import torch\ndef answer(x):\n    torch.nn.init.ones_(x)\n"
        "    return x.sum(), torch.rand(2), torch.get_num_threads()"
    )
    import torch

    with marked_session(Bubblewrap(), memory=2**31) as (session, _):
        outcome = session.run(task(cell, torch.zeros(2, 3), torch=True, seed=4, seconds=60.0))
    (one,) = outcome.answers
    assert (one.error, one.changed) == ("", True)
    total, drawn, threads = one.value
    assert (total, threads) == (6, 1)
    torch.manual_seed(4)
    np.testing.assert_array_equal(drawn, torch.rand(2).numpy())


def test_sessions_in_two_threads_do_not_meet():
    need_room()
    found: dict[int, list[Any]] = {}

    def work(which: int) -> None:
        with Bubblewrap().session(limits()) as session:
            cell = f"import os\ndef answer(n):\n    open('{which}', 'w').close()\n    return os.listdir('.')"
            found[which] = [session.run(task(cell)).answers[0].value for _ in range(3)]

    threads = [threading.Thread(target=work, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {which: [[str(which)]] * 3 for which in range(2)}


def test_a_room_that_is_as_it_was_serves_the_next_submission_as_another_user():
    need_room()
    who = task("import os\ndef answer(n):\n    open('mine', 'w').close()\n    return os.getuid(), os.listdir('.')")
    kept = limits(answer_bytes=2**24 + int.from_bytes(os.urandom(4), "little"))
    mark = str(kept.answer_bytes)
    found, runners = [], []
    for _ in range(3):
        with Bubblewrap(keep=True).session(kept) as session:
            found.append(session.run(who).answers[0].value)
        runners.append(alive(mark))
    assert runners[0] == runners[1] == runners[2] != []
    assert [files for _, files in found] == [["mine"]] * 3
    assert len({user for user, _ in found}) == (3 if os.geteuid() == 0 else 1)
    _idle.close_idle()
    assert alive(mark) == []


def test_a_room_that_has_suffered_or_died_is_not_used_again():
    need_room()
    kept = limits(answer_bytes=2**24 + int.from_bytes(os.urandom(4), "little"))
    mark = str(kept.answer_bytes)
    spoil = "import ctypes\ndef answer(n):\n    return ctypes.CDLL(None).shmget(7, 4096, 0o1777)"
    for ending in (lambda: None, lambda: os.kill(max(alive(mark)), 9)):
        with Bubblewrap(keep=True).session(kept) as session:
            assert session.run(task(spoil)).state == "answered"
        assert alive(mark) == []
        with Bubblewrap(keep=True).session(kept) as session:
            assert session.run(task(LIVE)).answers[0].value == 6
        ending()
    with Bubblewrap(keep=True).session(kept) as session:
        assert session.run(task(LIVE)).answers[0].value == 6
    session = Bubblewrap(keep=True).session(kept)
    session.run(task(LIVE))
    session.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert alive(mark) == []


def test_when_the_grader_dies_nobody_is_left():
    need_room()
    script = (
        "import os, sys\nfrom cnncourse.grading.sandbox import Bubblewrap\n"
        "from tests.grading.rooms import limits, task\n"
        "session = Bubblewrap().session(limits(answer_bytes=int(sys.argv[1])))\n"
        "session.run(task('answer = abs'))\nprint('ready', flush=True)\nos.kill(os.getpid(), 9)"
    )
    mark = str(2**24 + int.from_bytes(os.urandom(4), "little"))
    command = [sys.executable, "-c", script, mark]
    done = subprocess.run(command, cwd=find_package().parent, capture_output=True, check=False)
    assert (done.stdout, done.returncode) == (b"ready\n", -signal.SIGKILL)
    waiting = threading.Event()
    for _ in range(200):
        if not alive(mark):
            break
        waiting.wait(0.05)
    assert alive(mark) == []


def test_a_grader_without_roots_rights_is_as_safe(tmp_path: Path):
    need_room()
    if os.geteuid() != 0:
        pytest.skip("all the tests of attacks have just run so")
    script = """
import json, os
os.setgroups([]); os.setgid(12345); os.setuid(12345)
from cnncourse.grading.sandbox import Bubblewrap
from tests.grading.rooms import limits, task
ways = ["os.getuid()", "open('/proc/1/mem')", "os.open('/proc/1/fd/4', 1)", "os.mkdir('/x')", "os.kill(1, 9)",
        "open('/dev/shm/y', 'w').close()", "os.listdir('/dev/shm')", "np.ones(10**9)"]
out = []
assert Bubblewrap().available() == "", Bubblewrap().available()
with Bubblewrap().session(limits()) as session:
    for way in ways:
        got = session.run(task(f"import os\\ndef answer(n):\\n    return {way}"))
        out.append(got.answers[0].error.split(":")[0] or got.answers[0].value)
    bomb = "import os\\ndef answer(n):\\n    while True:\\n        try: os.fork()\\n        except OSError: pass"
    out.append(session.run(task(bomb, seconds=1.0)).state)
    out.append(session.run(task("answer = abs", -3)).answers[0].value)
print(json.dumps(out))
"""
    command = [*_seen_by_all(), sys.executable, "-c", script]
    variables = {"HOME": "/nowhere", "PATH": os.environ["PATH"], "PYTHONPATH": str(find_package().parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    assert done.returncode == 0, done.stderr
    denied = ["PermissionError"] * 2
    assert json.loads(done.stdout) == [12345, *denied, "OSError", None, None, [], "MemoryError", "time-out", 3]


def _seen_by_all() -> list[str]:
    """Return a command that shows the folders of this Python to all users, where they lie in somebody's home."""
    command = ["bwrap", "--dev-bind", "/", "/"]
    for place in (Path(sys.base_prefix), Path(sys.prefix), find_package().parent):
        shut = [one for one in reversed(place.parents) if not one.stat().st_mode & stat.S_IXOTH]
        if shut:
            command += ["--perms", "0755", "--tmpfs", str(shut[0]), *bubblewrap._binds({str(place): str(place)})]
    return command


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap runs on Linux only")
def test_a_room_that_cannot_be_opened_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: "/nowhere/bwrap")
    with Session(lambda: bubblewrap._open_room(limits()), limits()) as session:
        outcome = session.run(task(LIVE))
    assert outcome.state == "grader fault"
    assert outcome.message.startswith("no room to run answers in")


def test_what_is_shown_inside_holds_no_place_where_submissions_lie():
    command = bubblewrap.bubblewrap_command(["python"], files_bytes=2**20)
    shown = {command[i + 1] for i, word in enumerate(command) if word == "--ro-bind"}
    package = str(find_package())
    assert package in shown
    assert not {"/", "/usr", "/usr/local", "/home", "/etc", "/var", "/srv", str(find_package().parent)} & shown
    covers = [command[i + 1 : i + 3] for i, word in enumerate(command) if word == "--ro-bind"][-2:]
    assert covers == [[f"{package}/grading/_absent", f"{package}/{name}"] for name in ("checks", "grading")]


def test_compiled_modules_are_looked_for_beside_their_sources_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    class Spec:
        cached, origin = str(tmp_path / "numpy.pyc"), str(tmp_path / "lib" / "numpy" / "__init__.py")

    (tmp_path / "lib").mkdir()
    monkeypatch.setattr(_bytecode.importlib.util, "find_spec", lambda name: Spec)
    monkeypatch.setattr(_bytecode.platformdirs, "user_cache_path", lambda name: tmp_path / "cache")
    assert (found := _bytecode.bytecode_folder.__wrapped__()) is not None
    assert found.is_relative_to(tmp_path / "cache")
    (tmp_path / "numpy.pyc").touch()
    assert _bytecode.bytecode_folder.__wrapped__() is None


@pytest.mark.skipif(os.name == "nt", reason="folders of Linux")
def test_links_of_the_system_stay_links():
    places, links = system_places()
    assert all(os.path.isdir(place) or os.path.isfile(place) for place in places)
    assert all(os.readlink(place) == target for place, target in links.items())


def test_every_kind_of_processor_has_a_filter_of_its_own():
    programs = {machine: filter_program(machine) for machine in ("x86_64", "aarch64")}
    assert all(len(program) % 8 == 0 and len(program) > 400 for program in programs.values())
    assert programs["x86_64"] != programs["aarch64"]
    assert filter_program("pdp11") == b""


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_jump_of_a_filter_leads_beyond_its_end(machine: str):
    program = filter_program(machine)
    lines = [program[i : i + 8] for i in range(0, len(program), 8)]
    assert lines[-1][0] == 0x06, "the last line returns"
    for place, line in enumerate(lines):
        if line[0] in (0x15, 0x35, 0x45):
            assert place + 1 + max(line[2], line[3]) < len(lines)


# --- control groups -------------------------------------------------------------------------------------------------


def hierarchy(folder: Path, files: list[str]) -> Path:
    """Make a folder of a hierarchy whose new groups have these files at once, as the kernel does it."""
    folder.mkdir(parents=True)
    (folder / "cgroup.procs").touch()
    return folder


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have new folders filled with a group's files, as the kernel does."""
    files = {
        "memory": ("cgroup.procs", "memory.limit_in_bytes", "memory.oom_control"),
        "pids": ("cgroup.procs", "pids.max"),
        "unified": ("cgroup.procs", "memory.max", "memory.swap.max", "memory.oom.group", "memory.events", "pids.max"),
    }
    plain = Path.mkdir

    def mkdir(self: Path, *arguments: Any, **options: Any) -> None:
        plain(self, *arguments, **options)
        if self.name.startswith("cnncourse-"):
            kind = next(part for part in self.parts if part in files)
            for name in files[kind]:
                (self / name).touch()

    monkeypatch.setattr(Path, "mkdir", mkdir)


def test_a_group_of_version_1_limits_memory_and_processes(tmp_path: Path, kernel: None):
    hierarchy(tmp_path / "memory" / "own", [])
    hierarchy(tmp_path / "pids", [])
    (tmp_path / "self").write_text("8:pids:/\n4:memory:/own\n3:cpu,cpuacct:/\n0::/\n")
    group = make_group(memory=2**28, processes=9, root=tmp_path, own=tmp_path / "self")
    assert group is not None
    memory, pids = group.folders
    assert memory.parent == tmp_path / "memory" / "own"
    assert (memory / "memory.limit_in_bytes").read_text() == "268435456\n"
    assert (pids / "pids.max").read_text() == "9\n"
    assert group.entrances == [str(memory / "cgroup.procs"), str(pids / "cgroup.procs")]
    (memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
    assert group.out_of_memory() == 3


def test_a_group_of_version_2_is_made_beside_the_graders_own(tmp_path: Path, kernel: None):
    hierarchy(tmp_path / "unified" / "user", [])
    (tmp_path / "self").write_text("0::/unified/user/session\n")
    group = make_group(memory=2**28, processes=9, root=tmp_path, own=tmp_path / "self")
    assert group is not None
    assert group.folders == (group.memory,)
    assert group.memory.parent == tmp_path / "unified" / "user"
    assert (group.memory / "memory.max").read_text() == "268435456\n"
    (group.memory / "memory.events").write_text("low 0\noom 2\noom_kill 1\noom_group_kill 0\n")
    assert group.out_of_memory() == 1


def test_without_leave_to_make_groups_there_is_none(tmp_path: Path):
    (tmp_path / "self").write_text("0::/user/session\n")
    assert make_group(memory=2**28, processes=9, root=tmp_path, own=tmp_path / "self") is None
    assert make_group(memory=2**28, processes=9, root=tmp_path, own=tmp_path / "nothing") is None


def test_a_group_that_cannot_limit_memory_is_removed_again(tmp_path: Path):
    hierarchy(tmp_path / "user", [])
    (tmp_path / "self").write_text("0::/user\n")
    assert make_group(memory=2**28, processes=9, root=tmp_path, own=tmp_path / "self") is None
    assert sorted(path.name for path in (tmp_path / "user").iterdir()) == ["cgroup.procs"]


def test_what_a_killed_grader_left_is_swept_up(tmp_path: Path):
    parent = hierarchy(tmp_path / "user", [])
    here = os.getpid()
    for name, age in ((f"cnncourse-{here}-1-old", 9000), (f"cnncourse-{here}-new", 60), ("other", 9000)):
        (parent / name).mkdir()
        now = (parent / name).stat().st_mtime
        os.utime(parent / name, (now - age, now - age))
    (parent / "cnncourse-999999999-dead").mkdir()
    os.utime(parent / "cnncourse-999999999-dead", (now - 60, now - 60))
    (tmp_path / "self").write_text("0::/user\n")
    make_group(memory=2**28, processes=9, root=tmp_path, own=tmp_path / "self")
    left = sorted(path.name for path in parent.iterdir() if path.is_dir())
    assert left == [f"cnncourse-{here}-new", "other"]


# --- containers -----------------------------------------------------------------------------------------------------


def test_a_container_has_no_network_no_rights_and_the_same_limits():
    kept = Limits(memory=2**30, processes=40, files_bytes=2**20)
    command = containers.container_command("podman", image="mine", name="one", limits=kept)
    line = " ".join(command)
    for words in (
        *("--network none", "--read-only", "--cap-drop ALL", "--security-opt no-new-privileges", "--pids-limit 48"),
        *("--memory 1073741824", "--memory-swap 1073741824", "--user 65534:65534", "--rm", "--pull never"),
        "--tmpfs /tmp:rw,nosuid,nodev,mode=1777,size=1048576",
        "--entrypoint python mine -s -P -B -m room._runner",
    ):
        assert words in line
    volumes = [command[i + 1] for i, word in enumerate(command) if word == "--volume"]
    assert all(volume.endswith(":ro") for volume in volumes)
    absent = f"{find_package()}/grading/_absent"
    assert f"{absent}:/course/cnncourse/checks:ro" in volumes
    assert f"{absent}:/course/cnncourse/grading:ro" in volumes
    settings = json.loads(command[-1])
    assert settings["alone"] is True
    assert settings["folders"] == ["/tmp"]


ENGINE = """#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "run":
    settings = {{**json.loads(sys.argv[-1]), "alone": False, "folders": [{folder!r}]}}
    os.environ["PYTHONPATH"] = {course!r}
    os.execv({python!r}, [{python!r}, "-s", "-P", "-B", "-m", "cnncourse.grading._runner", json.dumps(settings)])
"""


@pytest.fixture
def engine(bare: Path) -> Path:
    """Put a stand-in for an engine where programs are looked for; return the file in which it notes its calls."""
    log, folder, program = bare / "calls", bare / "folder", bare / "podman"
    folder.mkdir()
    course = str(find_package().parent)
    program.write_text(ENGINE.format(python=sys.executable, log=str(log), folder=str(folder), course=course))
    program.chmod(0o755)
    return log


@FORKS
def test_the_conversation_with_an_engine_is_the_same(engine: Path):
    room = find_isolation(backend="podman:mine")
    assert room == Containers("podman", "mine")
    with marked_session(room, memory=2**31) as (session, _):
        states = [session.run(one).state for one in (task(LIVE), task("import os\nos._exit(1)"), task(LIVE))]
    assert states == ["answered", "student error", "answered"]
    calls = [json.loads(line) for line in engine.read_text().splitlines()]
    assert [call[0] for call in calls] == ["image", "run", "kill"]
    name = calls[1][calls[1].index("--name") + 1]
    assert calls[2] == ["kill", "--signal", "KILL", name]


@FORKS
def test_an_image_that_is_missing_is_named(bare: Path):
    program = bare / "docker"
    program.write_text("#!/bin/sh\necho 'Error: No such image' >&2\nexit 1\n")
    program.chmod(0o755)
    assert "no image 'cnncourse-grading' (Error: No such image)" in Containers("docker").available()


# --- what is believed -----------------------------------------------------------------------------------------------


def report(*frames: Any, **options: Any) -> dict[str, Any]:
    """Return what a runner reports, with frames packed."""
    plain = {"printed": b"", "exit": 0, "signal": None, "late": False, "large": False, "hungry": False, "seconds": 0.5}
    return {**plain, "frames": [f if type(f) is bytes else pack(f) for f in frames], **options}


DONE = {"state": "answered", "message": ""}


def read(*frames: Any, killed: bool | None = False, **options: Any) -> tuple[str, str, list[Any]]:
    """Read a report on one case; return the state, the message and the values."""
    outcome = read_outcome(report(*frames, **options), task(LIVE), Limits(), 10.0, killed)
    return outcome.state, outcome.message, [one.value for one in outcome.answers]


def test_a_whole_report_is_an_answer():
    assert read(DONE, DONE, {"value": 6, "error": "", "changed": False}) == ("answered", "", [6])


def test_answers_beyond_the_last_case_are_not_looked_at():
    assert read(DONE, DONE, {"value": 6, "error": "", "changed": False}, b"noise") == ("answered", "", [6])


@pytest.mark.parametrize(
    "frames",
    [
        (DONE, b"noise"),
        (DONE, 5),
        (DONE, {"state": "answered"}),
        (DONE, DONE, {"value": 6}),
        (DONE, DONE, {"value": 6, "error": 7, "changed": False}),
        (DONE, DONE, {"value": 6, "error": "", "changed": "no"}),
        (DONE, DONE, [1, 2, 3]),
    ],
)
def test_half_a_report_is_none(frames: tuple[Any, ...]):
    state, message, values = read(*frames)
    assert (state, values) == ("student error", [])
    assert message.startswith("what came back is no answer")


@pytest.mark.parametrize(
    "value",
    [
        ["x" * 500_000, *[""] * 5_000],
        [["x" * 500_000], [0.5] * 5_000],
        {"kinds": ("x" * 500_000, (np.zeros(5_000),))},
        [np.array(["x" * 500_000]), *[np.zeros(1)] * 5_000],
    ],
)
def test_data_that_would_swell_in_an_array_of_text_are_no_answer(value: Any):
    state, message, values = read(DONE, DONE, {"value": value, "error": "", "changed": False})
    assert (state, values) == ("student error", [])
    assert message.startswith("what came back is no answer")


def test_a_long_text_a_large_picture_and_many_words_are_answers():
    for value in ("x" * 500_000, ("a caption", np.zeros((500, 400))), ["word"] * 20_000):
        state, message, values = read(DONE, DONE, {"value": value, "error": "", "changed": False})
        assert (state, message, len(values)) == ("answered", "", 1)


@pytest.mark.parametrize("claimed", ["grader fault", "graded", "time-out", ["list"], None])
def test_a_state_that_the_learner_made_up_is_the_learners_error(claimed: Any):
    assert read(DONE, {"state": claimed, "message": "!"})[0] == "student error"


@pytest.mark.parametrize(
    ("how", "killed", "state", "says"),
    [
        ({"late": True}, False, "time-out", "no result after 10 seconds"),
        ({"signal": signal.SIGTERM}, False, "student error", "ended by signal 15"),
        ({"signal": 24}, False, "time-out", "no result after 10 seconds"),
        ({"signal": 9}, True, "out of resources", "needs more memory than the 2 GiB"),
        ({"signal": 9}, None, "out of resources", "most likely because it used too much memory"),
        ({"signal": 9}, False, "student error", "ended by signal 9"),
        ({"hungry": True}, None, "out of resources", "needs more memory"),
        ({"large": True}, False, "out of resources", "hands back more than 16,777,216 bytes"),
        ({"exit": 3}, False, "student error", "Python ended before there was an answer"),
    ],
)
def test_an_answer_that_is_missing_has_its_reason(how: dict[str, Any], killed: bool | None, state: str, says: str):
    got = read(DONE, DONE, killed=killed, **how)
    assert got[0] == state
    assert says in got[1]


def test_what_goes_wrong_before_the_learners_code_is_the_graders_fault():
    assert read(late=True)[0] == "grader fault"


def test_memory_that_was_refused_is_out_of_resources():
    wanted = {"value": None, "error": "MemoryError: Unable to allocate 7.45 GiB (line 2)", "changed": False}
    assert read(DONE, DONE, wanted)[:2] == ("out of resources", wanted["error"])


def test_time_that_was_reported_is_not_believed_beyond_reason():
    outcome = read_outcome(report(DONE, DONE, seconds=1e300), task(LIVE), Limits(), 10.0, False)
    assert outcome.seconds == 70
    assert read_outcome(report(DONE, seconds=-5.0), task(LIVE), Limits(), 10.0, False).seconds == 0


@pytest.mark.parametrize(
    ("place", "folder"), [("/home/ada/course/cnncourse", "/tmp"), ("/tmp/course/cnncourse", "/scratch")]
)
def test_the_folder_that_can_be_written_to_never_covers_the_course(
    place: str, folder: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bubblewrap, "find_package", lambda: Path(place))
    monkeypatch.setattr(bubblewrap, "python_places", lambda: {"/opt/python": "/opt/python"})
    assert bubblewrap.working_folder() == folder
