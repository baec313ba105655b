"""Cuts the network: with this folder on PYTHONPATH, a Python process reaches its own machine and nothing else.

Python runs a module of this name at its start. What it adds is an audit hook, which sees every connection and every
look-up that Python code asks for, however it does so, and which nothing can remove. The error is the one that a machine
without a network gives, so that code meets here what it would meet there.
"""

import errno
import socket
import sys

HERE = ("127.", "::1", "localhost", "::ffff:127.")
REACHING_OUT = ("socket.connect", "socket.sendto", "socket.sendmsg")
LOOKING_UP = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def _is_here(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name is None or name in ("", "0.0.0.0", "::") or (isinstance(name, str) and name.startswith(HERE))


def _cut(event: str, arguments: tuple) -> None:
    if event in LOOKING_UP and not _is_here(arguments[0]):
        raise socket.gaierror(socket.EAI_AGAIN, f"the network is cut: {arguments[0]!r} was looked up")
    if event in REACHING_OUT and isinstance(arguments[1], tuple) and not _is_here(arguments[1][0]):
        raise OSError(errno.ENETUNREACH, f"the network is cut: {arguments[1][0]!r} was called")


sys.addaudithook(_cut)
