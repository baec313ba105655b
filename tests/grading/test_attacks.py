"""Tests that what a learner's code may try gains nothing, harms no neighbour, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cnncourse
from cnncourse.grading.sandbox import Bubblewrap, Outcome, Session
from tests.grading.rooms import alive, marked_session, need_room, task

ROOT = Path(__file__).parents[2]
PACKAGE = Path(cnncourse.__file__).parent
LIVE = "def answer(n):\n    return 2 * n"

# Defines `tried(what, ...)`: the names of those that did not raise an error.
TRIED = """
def tried(**ways):
    worked = []
    for name, way in ways.items():
        try:
            way()
        except (OSError, ImportError, PermissionError, AttributeError):
            continue
        worked.append(name)
    return worked
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Session, str]]:
    need_room()
    with marked_session(Bubblewrap()) as (session, mark):
        yield session, mark


@pytest.fixture
def room(shared: tuple[Session, str]) -> Iterator[Session]:
    """Yield a session; afterwards the next exercise is still answered, and its room is as it was."""
    session, mark = shared
    yield session
    after = session.run(task("import os\ndef answer(n):\n    return 2 * n, os.listdir('.'), os.listdir('/dev/shm')"))
    assert (after.state, after.message) == ("answered", "")
    assert after.answers[0].value == (6, [], [])
    assert len(alive(mark)) == 2, "bwrap and the runner are left, and no process of an answer"


def value(room: Session, answer: str, *arguments: Any, **options: Any) -> Any:
    """Run an answer that ends well; return its data."""
    outcome = room.run(task(answer, *arguments, **options))
    assert (outcome.state, outcome.message, [one.error for one in outcome.answers]) == ("answered", "", [""])
    return outcome.answers[0].value


def tried(room: Session, imports: str, ways: str) -> list[str]:
    """Return which of several ways did not fail."""
    return value(room, f"{imports}\n{TRIED}\ndef answer(n):\n    return tried({ways})")


# --- files ----------------------------------------------------------------------------------------------------------


def test_nothing_outside_can_be_read(room: Session, tmp_path: Path):
    (tmp_path / "gradebook.db").write_text("marks")
    places = [
        tmp_path / "gradebook.db",
        ROOT / "notebooks",
        ROOT / "tests",
        ROOT / "pyproject.toml",
        Path.home() / ".ssh",
        Path.home() / ".bashrc",
        *("/etc/passwd", "/etc/shadow", "/etc/hosts", "/var", "/srv", "/usr/local/share", "/sys", "/run", "/home"),
    ]
    look = "import os\ndef answer(paths):\n    return [p for p in paths if os.path.exists(p) or os.path.islink(p)]"
    assert value(room, look, [str(place) for place in places]) == []


def test_judges_and_expected_answers_are_not_there(room: Session):
    cell = (
        "import os\ndef answer(folder):\n    found = []\n    for parent, _, files in os.walk(folder):\n"
        "        files = [] if parent.endswith('__pycache__') else files  # of the one file that is there\n"
        "        found += [open(os.path.join(parent, f), encoding='utf-8').read() for f in files]\n    return found"
    )
    for name in ("checks", "grading"):
        (only,) = value(room, cell, str(PACKAGE / name))
        assert only == (PACKAGE / "grading" / "_absent" / "__init__.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["cnncourse.checks", "cnncourse.grading", "cnncourse.checks.lesson02"])
def test_judges_cannot_be_imported(room: Session, name: str):
    outcome = room.run(task(f"from {name} import *\nanswer = 1", kind="value"))
    assert outcome.state == "student error"
    assert "is not here while answers are marked" in outcome.message


def test_the_courses_own_modules_can_be_imported(room: Session):
    cell = "from cnncourse.pooling import max_pool\ndef answer(a):\n    return max_pool(a, size=2)"
    np.testing.assert_array_equal(value(room, cell, np.arange(12.0).reshape(2, 6)), [[7, 9, 11]])


def test_nothing_outside_can_be_written_renamed_or_opened_up(room: Session):
    before = {path: path.read_bytes() for path in sorted(PACKAGE.glob("*.py"))}
    source, packages = str(PACKAGE / "pooling.py"), str(Path(np.__file__).parent)
    ways = (
        f"w1=lambda: open({source!r}, 'a'), w2=lambda: os.rename({source!r}, {source + 'x'!r}),"
        f"w3=lambda: os.chmod({source!r}, 0o777), w4=lambda: os.unlink({source!r}),"
        f"w5=lambda: open({packages + '/x.py'!r}, 'w'), w6=lambda: os.mkdir('/x'), w7=lambda: os.mkdir('/dev/x'),"
        "w8=lambda: open('/usr/lib/x', 'w'), w9=lambda: open('/inside/room/x', 'w'), w10=lambda: os.mkdir('/inside/x'),"
        "w11=lambda: open('/proc/sys/kernel/core_pattern', 'w'), w12=lambda: open('/proc/sysrq-trigger', 'w'),"
        "w13=lambda: os.mkdir('/etc/x'), w14=lambda: os.chown('/tmp', os.getuid(), -1) or os.chmod('/', 0o777),"
        "w15=lambda: os.mknod('/tmp/disk', 0o60666, os.makedev(8, 0))"
    )
    assert tried(room, "import os", ways) == []
    assert {path: path.read_bytes() for path in sorted(PACKAGE.glob("*.py"))} == before


def test_its_own_folder_can_be_written_to_and_is_empty_next_time(room: Session):
    cell = "def answer(n):\n    open('mine', 'w').write('x' * n)\n    return len(open('mine').read())"
    assert value(room, cell) == 3


@pytest.mark.parametrize(
    "left",
    [
        "os.makedirs('a/b/c'); open('a/b/c/d', 'w').close(); os.chmod('a/b', 0); os.chmod('a', 0)",
        "os.symlink('/', 'root'); os.symlink('loop', 'loop'); os.mkfifo('pipe'); os.mkdir('.hidden')",
        "socket.socket(socket.AF_UNIX).bind('here'); open('/dev/shm/memory', 'w').close()",
        "[os.mkdir(str(i)) or os.chdir(str(i)) for i in range(900)]",
        "[open(f'{i} \\n\\udcff', 'w').close() for i in range(500)]",
        "ctypes.CDLL(None).shmget(7, 4096, 0o1777)",
        "resource.prlimit(1, resource.RLIMIT_NOFILE, (5, 5))",
        "os.sched_setaffinity(1, {0})",
    ],
)
def test_what_an_answer_leaves_behind_is_gone(room: Session, left: str):
    imports = "import ctypes, os, resource, socket"
    cell = f"{imports}\ndef answer(n):\n    try:\n        {left}\n    except OSError: pass\n    return n"
    assert value(room, cell) == 3
    found = "import ctypes, resource\ndef answer(n):\n    return ctypes.CDLL(None).shmget(7, 4096, 0)"
    assert value(room, found) == -1


def test_files_have_a_limit(room: Session):
    cell = (
        "def answer(n):\n    with open('large', 'wb', buffering=0) as file:\n"
        "        while True:\n            file.write(bytes(2**20))"
    )
    outcome = room.run(task(cell))
    assert outcome.state in ("answered", "student error")  # an OSError, or the signal SIGXFSZ
    assert outcome.message or "OSError" in outcome.answers[0].error


def test_many_files_have_a_limit_together(room: Session):
    cell = "def answer(n):\n    for i in range(9):\n        open(f'/dev/shm/{i}', 'wb').write(bytes(2**20))"
    outcome = room.run(task(cell))
    assert "No space left on device" in outcome.answers[0].error


# --- network --------------------------------------------------------------------------------------------------------


def test_there_is_no_network_not_even_to_this_computer(room: Session):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0cnncourse-" + os.urandom(4).hex())
        local.listen()
        ways = (
            f"own=lambda: socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2),"
            f"local=lambda: socket.socket(socket.AF_UNIX).connect({local.getsockname()!r}),"
            "far=lambda: socket.create_connection(('192.0.2.1', 80), 2),"
            "udp=lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)),"
            "name=lambda: socket.getaddrinfo('example.org', 80),"
            "url=lambda: urllib.request.urlopen('http://example.org', timeout=2),"
            "host=lambda: socket.socket(40, socket.SOCK_STREAM),"  # AF_VSOCK: from a virtual machine to its host
            "raw=lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"
        )
        assert tried(room, "import socket, urllib.request", ways) == []


# --- ending, never ending ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("os._exit(0)", "Python ended before there was an answer"),
        ("os.kill(os.getpid(), 9)", "the process was ended"),
        ("os.abort()", "ended by signal 6"),
        ("os.execv('/proc/self/exe', ['python', '-c', 'print(1)'])", "Python ended before there was an answer"),
        ("ctypes.string_at(0)", "ended by signal 11"),
    ],
)
def test_an_answer_that_ends_its_process_costs_itself_only(room: Session, way: str, says: str):
    outcome = room.run(task(f"import ctypes, os, sys\ndef answer(n):\n    {way}"))
    assert outcome.state in ("student error", "out of resources")
    assert says in outcome.message


@pytest.mark.parametrize(
    "call", ["os.kill(-1, 9)", "os.kill(1, 9)", "os.kill(0, 9)", "os.killpg(1, 9)", "os.kill(1, 19)"]
)
def test_nobody_else_can_be_killed(room: Session, call: str):
    outcome = room.run(
        task(f"import os\ndef answer(n):\n    try:\n        {call}\n    except OSError: pass\n    return n")
    )
    assert outcome.state in ("answered", "student error", "out of resources")  # it may hit itself
    assert value(room, LIVE) == 6


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n        pass",
        "while True:\n        try:\n            while True: time.sleep(9)\n        except: pass",
        "[signal.signal(s, lambda *a: None) for s in (2, 10, 14, 15, 24)]\n    while True: pass",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    time.sleep(99)",
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    threading.Event().wait()",
        "while True: np.linalg.svd(np.ones((900, 900)))",
    ],
)
def test_a_loop_that_hears_nothing_is_ended(room: Session, loop: str):
    imports = "import resource, signal, threading, time\n"
    outcome = room.run(task(f"{imports}def answer(n):\n    {loop}", seconds=0.7))
    assert outcome.state == "time-out"
    assert "no result after 0.7 seconds" in outcome.message


def test_many_slow_answers_share_one_budget():
    need_room()
    slow = task("import time\ndef answer(n):\n    time.sleep(0.6)\n    return n", seconds=1.5)
    with marked_session(Bubblewrap(), total_seconds=1.0) as (room, _):
        states = [room.run(slow).state for _ in range(5)]
    assert states[1:] == ["time-out"] * 4


# --- memory, processes, output --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "greed",
    [
        "np.ones(10**9)",
        "[bytearray(2**20) for _ in range(8000)]",
        "m = mmap.mmap(-1, 8 * 2**30)\n    for i in range(0, 8 * 2**30, 4096): m[i] = 1",
        "[os.fork() for _ in range(4)]\n    kept = np.ones(12_000_000)\n    time.sleep(30)",
    ],
)
def test_eight_gigabytes_are_not_to_be_had(room: Session, greed: str):
    outcome = room.run(task(f"import mmap, os, time\ndef answer(n):\n    {greed}", seconds=3.0))
    assert outcome.state == "out of resources"


@pytest.mark.parametrize(
    "greed", ["np.ones(10**9)", "m = mmap.mmap(-1, 2**33)\n    for i in range(0, 2**33, 4096): m[i] = 1"]
)
def test_nor_where_the_system_does_not_count_for_us(monkeypatch: pytest.MonkeyPatch, greed: str):
    need_room()
    monkeypatch.setattr("cnncourse.grading.bubblewrap.make_group", lambda **_: None)
    with marked_session(Bubblewrap()) as (room, _):
        assert room.run(task(f"import mmap\ndef answer(n):\n    {greed}")).state == "out of resources"
        assert value(room, LIVE) == 6


def test_a_fork_bomb_fizzles_out_and_leaves_nothing(shared: tuple[Session, str]):
    room, mark = shared
    bomb = (
        "import os\ndef answer(n):\n    while True:\n        try:\n            os.fork()\n        except OSError: pass"
    )
    assert room.run(task(bomb, seconds=0.7)).state == "time-out"
    assert len(alive(mark)) == 2
    assert value(room, LIVE) == 6


def test_threads_have_a_limit_too(room: Session):
    cell = (
        "import threading, time\ndef answer(n):\n    for i in range(1000):\n"
        "        threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
    )
    assert "can't start new thread" in room.run(task(cell)).answers[0].error


def test_a_daemon_does_not_outlive_its_answer(shared: tuple[Session, str]):
    room, mark = shared
    name = f"daemon-{os.urandom(6).hex()}"
    cell = f"""
import os, sys, time
def answer(n):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            if os.fork() == 0:
                os.execv("/proc/self/exe", ["python", "-S", "-c", "import time; time.sleep(99) # {name}"])
            time.sleep(99)
        os._exit(0)
    time.sleep(0.2)
    return len([p for p in os.listdir("/proc") if p.isdigit()])
"""
    assert value(room, cell) == 5, "the runner, the answer, its child that has ended, its daemon, the daemon's child"
    assert len(alive(mark)) == 2
    assert alive(name) == []
    assert value(room, LIVE) == 6


def test_a_process_left_behind_cannot_answer_the_next_exercise(room: Session):
    cell = "import os\ndef answer(n):\n    if os.fork() == 0:\n        while True: os.write(3, b'x' * 99)\n    return n"
    assert room.run(task(cell)).state in ("answered", "student error", "out of resources")
    assert value(room, LIVE) == 6


def test_a_hundred_megabytes_of_output_are_thrown_away(room: Session):
    cell = "import os\ndef answer(n):\n    for _ in range(100):\n        os.write(1, b'x' * 10**6)\n    return n"
    outcome = room.run(task(cell, seconds=60.0))
    assert outcome.answers[0].value == 3
    assert outcome.printed == "x" * 2**16


# --- what comes back ------------------------------------------------------------------------------------------------


def forged(room: Session, write: str) -> Outcome:
    """Run an answer that writes to the pipe itself."""
    return room.run(task(f"import os, pickle, struct, json\ndef answer(n):\n    {write}\n    os._exit(0)"))


FRAME = "f = lambda b: os.write(3, struct.pack('<Q', len(b)) + b); "


@pytest.mark.parametrize(
    "write",
    [
        "os.write(3, b'nonsense' * 50)",
        "os.write(3, struct.pack('<Q', 2**62) + b'x')",
        FRAME + "f(pickle.dumps(print))",
        FRAME + "f(b'')",
        FRAME + "t = json.dumps({'tree': ['array', 'O', [1], 0], 'blobs': [8]}).encode();"
        " f(struct.pack('<Q', len(t)) + t + b'x' * 8)",
        FRAME + "t = json.dumps({'tree': {'value': 6}, 'blobs': []}).encode(); f(struct.pack('<Q', len(t)) + t)",
        FRAME
        + "t = json.dumps({'tree': ['dict', ['value', 6]], 'blobs': []}).encode(); f(struct.pack('<Q', len(t)) + t)",
        FRAME + "t = json.dumps({'tree': 5, 'blobs': []}).encode(); f(struct.pack('<Q', len(t)) + t)",
    ],
)
def test_forged_results_are_a_students_error(room: Session, write: str):
    outcome = forged(room, write)
    assert outcome.state == "student error"
    assert outcome.answers == []


def test_a_result_without_end_is_cut_off(room: Session):
    outcome = forged(room, "while True: os.write(3, b'x' * 10**6)")
    assert outcome.state in ("student error", "out of resources")


def test_more_answers_than_questions_are_no_answers(room: Session):
    cell = (
        "import os, sys\nfrom room._wire import pack\ndef answer(n):\n"
        "    b = pack({'value': 1, 'error': '', 'changed': False})\n"
        "    for _ in range(9):\n        os.write(3, len(b).to_bytes(8, 'little') + b)\n    return 7"
    )
    outcome = room.run(task(cell, 3, 4))
    assert [one.value for one in outcome.answers] == [1, 1]  # data, which the judge compares as any other


def test_a_grader_fault_cannot_be_feigned(room: Session):
    cell = (
        "import os\nfrom room._wire import pack\nb = pack({'state': 'grader fault', 'message': 'try again'})\n"
        "os.write(3, len(b).to_bytes(8, 'little') + b)\nos._exit(0)"
    )
    outcome = room.run(task(cell))
    assert outcome.state == "student error"


def test_objects_that_equal_everything_are_no_data(room: Session):
    cell = "class All(float):\n    __eq__ = lambda a, b: True\ndef answer(n):\n    return All()"
    assert "got All" in room.run(task(cell)).answers[0].error
    array = "class All(np.ndarray):\n    __eq__ = lambda a, b: True\ndef answer(n):\n    return np.ones(3).view(All)"
    assert "got All" in room.run(task(array)).answers[0].error


@pytest.mark.parametrize(
    "patch",
    [
        "np.array_equal = np.allclose = lambda *a, **k: True",
        "np.ndarray.__eq__ = None",
        "builtins.isinstance = lambda *a: True",
        "builtins.print = builtins.len = None",
        "import json; json.dumps = lambda *a, **k: '{}'",
        "[setattr(m, k, print) for n, m in list(sys.modules.items()) if n.startswith('room') for k in list(vars(m))]",
        "[f.clear() for f in [sys._getframe(i) for i in range(3)] if f is not sys._getframe()]",
        "[vars(sys.modules['room._learner']).update(_changed=lambda *a: False, describe=lambda e: 'fine')]",
        "sys.modules.clear()",
        "[gc.collect(), [o.clear() for o in gc.get_objects() if type(o) is dict and 'frames' in o]]",
        "sys.settrace(lambda *a: 1/0)",
        "threading.excepthook = sys.excepthook = sys.stdout = sys.stderr = None",
        "atexit.register(lambda: os.write(3, b'x' * 99))",
        "os._exit = os.write = lambda *a: None",
    ],
)
def test_patched_libraries_change_this_answer_only(room: Session, patch: str):
    imports = "import atexit, builtins, gc, os, sys, threading"
    cell = f"{imports}\ntry:\n    {patch}\nexcept Exception: pass\n{LIVE}"
    outcome = room.run(task(cell, seconds=3.0))
    assert outcome.state in ("answered", "student error", "time-out")
    assert all(one.value in (6, None) for one in outcome.answers)  # never what it is not
    again = value(
        room, "def answer(a):\n    return np.array_equal(a, [1, 2]), len([1]), isinstance(1, str)", np.ones(2)
    )
    assert again == (False, 1, False)


def test_nothing_in_memory_tells_what_is_expected(room: Session):
    cell = """
import gc, sys
def answer(n):
    modules = [name for name in sys.modules if "checks" in name or "grading" in name]
    frame, names = sys._getframe(), set()
    while frame:
        names |= set(frame.f_locals)
        frame = frame.f_back
    words = {w for o in gc.get_objects() if type(o) is dict for w in o if type(w) is str}
    return modules, sorted((names | words) & {"judge", "findings", "expected", "solution", "secret", "EXERCISES"})
"""
    modules, names = value(room, cell)
    assert modules == []
    assert set(names) <= {"expected"}, "a word that Python's own modules use"


# --- out of the room ------------------------------------------------------------------------------------------------


def test_the_runner_can_neither_be_read_nor_traced(room: Session):
    ways = (
        "mem=lambda: open('/proc/1/mem', 'rb'), env=lambda: open('/proc/1/environ', 'rb').read(),"
        "maps=lambda: open('/proc/1/maps').read(1), fds=lambda: os.readlink('/proc/1/fd/3'),"
        "reports=lambda: [os.open(f'/proc/1/fd/{i}', os.O_WRONLY) for i in (4, 5)],"
        "root=lambda: os.listdir('/proc/1/root/'),"
        "trace=lambda: call('ptrace', 16, 1, 0, 0), steal=lambda: call('process_vm_readv', 1, 0, 0, 0, 0, 0),"
        "limit=lambda: resource.prlimit(1, resource.RLIMIT_CPU, (0, 0))"
    )
    assert tried(room, f"import ctypes, os, resource\n{CALL}", ways) == []


CALL = """
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
"""


def test_no_rights_and_no_namespaces_can_be_had(room: Session):
    ways = (
        "user=lambda: call('unshare', 0x10000000), mounts=lambda: call('unshare', 0x20000), "
        "clone=lambda: call('syscall', 56 if os.uname().machine == 'x86_64' else 220, 0x10000011, 0, 0, 0, 0),"
        "mount=lambda: call('mount', b'none', b'/tmp', b'tmpfs', 0, 0), chroot=lambda: os.chroot('/tmp'),"
        "root=lambda: os.setuid(0), group=lambda: os.setgroups([0]), host=lambda: call('sethostname', b'x', 1),"
        "nice=lambda: os.nice(-5)"
    )
    assert tried(room, f"import ctypes, os\n{CALL}", ways) == []
    cell = "import resource\ndef answer(n):\n    resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))"
    assert "not allowed to raise" in room.run(task(cell)).answers[0].error


def test_the_environment_tells_nothing(room: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CNNCOURSE_SECRET", "for the lecturer")
    names = value(room, "import os\ndef answer(n):\n    return sorted(os.environ)")
    assert set(names) <= {
        *("HOME", "LANG", "LC_CTYPE", "LOGNAME", "MKL_NUM_THREADS", "MPLBACKEND", "OMP_NUM_THREADS", "USER", "PATH"),
        *("OPENBLAS_NUM_THREADS", "PWD", "PYTHONHASHSEED", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "TMPDIR"),
    }
    assert value(room, "def answer(n):\n    return open('/proc/self/environ').read()").count("lecturer") == 0


def test_only_its_own_pipes_are_open(room: Session):
    cell = (
        "import os\ndef answer(n):\n    own = '/proc/self/fd/'\n"
        "    return {int(f): os.readlink(own + f) for f in os.listdir(own) if os.path.lexists(own + f)}"
    )
    found = value(room, cell)
    assert set(found) == {0, 1, 2, 3}
    assert found[0] == "/dev/null"
    assert found[1] == found[2] != found[3]


def test_other_processes_cannot_be_seen(room: Session):
    cell = (
        "import os\ndef answer(n):\n    return sorted(int(p) for p in os.listdir('/proc') if p.isdigit()), os.getpid()"
    )
    processes, own = value(room, cell)
    assert processes == [1, own]


def test_started_by_root_an_answer_is_another_user_each_time():
    need_room()
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    users = set()
    for _ in range(2):
        with marked_session(Bubblewrap()) as (room, _mark):
            users.add(
                value(room, "import os\ndef answer(n):\n    return (*os.getresuid(), *os.getresgid(), *os.getgroups())")
            )
    assert len(users) == 2
    assert all(min(one) >= 2**30 and len(one) == 6 for one in users)


def test_a_room_that_is_destroyed_from_outside_costs_one_exercise():
    need_room()
    with marked_session(Bubblewrap()) as (room, mark):
        assert value(room, LIVE) == 6
        os.kill(max(alive(mark)), 9)
        assert value(room, LIVE) == 6


def test_python_is_the_one_of_the_grader(room: Session):
    assert value(room, "import sys\ndef answer(n):\n    return sys.version") == sys.version
