"""A mirror on this machine, with faults on request, and a small file for it to give."""

from __future__ import annotations

import gzip
import hashlib
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cnncourse.datasets import Entry

NAME = "train-images-idx3-ubyte"


def idx(*shape: int, values: bytes) -> bytes:
    """Write bytes in idx format."""
    return bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape) + values


# Noise does not pack, so the .gz is as long as this: several blocks, so that a connection can break within.
CONTENT = idx(50, 60, 70, values=random.Random(3).randbytes(50 * 60 * 70))


def entry(
    content: bytes = CONTENT, *, name: str = NAME, folder: str = "MNIST/raw", of: str = "mnist", weak: bool = False
) -> Entry:
    """List a file of a data set as the manifest would, with a SHA-256, or only with an MD5 (`weak`)."""
    checksum = {"md5": hashlib.md5(content).hexdigest()} if weak else {"sha256": hashlib.sha256(content).hexdigest()}
    return Entry(
        name=name,
        set=of,
        shows="",
        credit="",
        licence="",
        origin="",
        delivery="fetched",
        path=f"{folder}/{name}",
        size=len(content),
        **checksum,
    )


@dataclass
class Mirror:
    """What a mirror gives, how it fails, and what it was asked for.

    ``breaks`` holds, for each answer in turn, after how many bytes the connection breaks off; answers beyond are whole.
    """

    files: dict[str, bytes] = field(default_factory=lambda: {f"/{NAME}.gz": gzip.compress(CONTENT, mtime=0)})
    breaks: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    pause: float = 0.0
    address: str = ""
    asked: list[str] = field(default_factory=list)


def _handler(mirror: Mirror) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mirror.asked.append(self.headers.get("Range", "all"))
            content = mirror.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            wish = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(wish[1]) if wish and mirror.knows_ranges else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            time.sleep(mirror.pause)
            stop = start + mirror.breaks.pop(0) if mirror.breaks else len(content)
            self.wfile.write(content[start:stop])

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


@contextmanager
def running(mirror: Mirror) -> Iterator[Mirror]:
    """Run a mirror as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(mirror))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    mirror.address = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, in bytes, as a full disk would, as long as the block lasts."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
