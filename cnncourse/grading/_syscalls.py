"""Calls to the kernel that no exercise needs and that have been the way out of closed rooms (seccomp).

Above all no namespaces of one's own, in which a learner would be root to parts of the kernel that few have tried; and
no new limits for other processes. The numbers are those of Linux, ``arch/x86/entry/syscalls/syscall_64.tbl`` and
``include/uapi/asm-generic/unistd.h``; the instructions those of ``linux/bpf_common.h`` and ``linux/seccomp.h``.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

__all__ = ["filter_program", "forbid_calls"]

# ptrace, mount, umount2, pivot_root, chroot, init_module, delete_module, kexec_load, keyctl, add_key, request_key,
# unshare, perf_event_open, open_by_handle_at, setns, process_vm_readv, process_vm_writev, finit_module, bpf,
# userfaultfd, kexec_file_load, mq_open
X86_64 = (101, 165, 166, 155, 161, 175, 176, 246, 250, 248, 249, 272, 298, 304, 308, 310, 311, 313, 321, 323, 320, 240)
AARCH64 = (117, 40, 39, 41, 51, 105, 106, 104, 219, 217, 218, 97, 241, 265, 268, 270, 271, 273, 280, 282, 294, 180)
# io_uring_setup, open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, pidfd_getfd, mount_setattr
EVERYWHERE = (425, 428, 429, 430, 431, 432, 433, 438, 442)
CLONE3 = 435
MACHINES = {  # its mark, what is forbidden, clone, prlimit64, socket
    "x86_64": (0xC000003E, X86_64 + EVERYWHERE, (56, 302, 41)),
    "aarch64": (0xC00000B7, AARCH64 + EVERYWHERE, (220, 261, 198)),
}
UNIX, INET, INET6 = 1, 2, 10  # others, such as that to the host of a virtual machine, know no namespaces
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
NUMBER, MACHINE, FIRST = 0, 4, 16  # where `seccomp_data` has what
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
_Line = tuple[int, int, int, int]
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def filter_program(machine: str) -> bytes:
    """Write the filter for a kind of processor.

    Parameters
    ----------
    machine : str
        As `platform.machine` calls it.

    Returns
    -------
    bytes
        Instructions; none for a processor that is not known here.
    """
    if machine not in MACHINES:
        return b""
    return b"".join(struct.pack("=HBBI", *line) for line in _lines(*MACHINES[machine]))


def _lines(mark: int, forbidden: tuple[int, ...], looked_at: tuple[int, int, int]) -> Iterator[_Line]:
    clone, prlimit, socket = looked_at
    no, unknown = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
    yield from ((LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, mark), (RETURN, 0, 0, no))
    yield from ((LOAD, 0, 0, NUMBER), (AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, no))  # x32
    for number in forbidden:
        yield from ((EQUAL, 0, 1, number), (RETURN, 0, 0, no))
    # The C library falls back to clone, whose flags can be seen from here.
    yield from ((EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, unknown))
    yield from ((EQUAL, 0, 4, clone), (LOAD, 0, 0, FIRST), (ANY_BIT, 0, 1, NEW_NAMESPACES), (RETURN, 0, 0, no))
    yield (RETURN, 0, 0, ALLOW)
    yield from ((EQUAL, 0, 6, socket), (LOAD, 0, 0, FIRST), (EQUAL, 3, 0, UNIX), (EQUAL, 2, 0, INET))
    yield from ((EQUAL, 1, 0, INET6), (RETURN, 0, 0, no), (RETURN, 0, 0, ALLOW))
    yield from ((EQUAL, 0, 3, prlimit), (LOAD, 0, 0, FIRST), (EQUAL, 1, 0, 0), (RETURN, 0, 0, no))
    yield (RETURN, 0, 0, ALLOW)


def forbid_calls() -> bool:
    """Forbid them to this process and all that it starts, for good, and say whether the system took it."""
    program = filter_program(platform.machine())
    call = getattr(ctypes.CDLL(None), "prctl", None)
    if not program or call is None:
        return False
    code = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    return call(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(head), 0, 0) == 0
