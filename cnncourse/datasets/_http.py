"""Receive a file over HTTP, and go on where a connection broke off."""

from __future__ import annotations

import re
import ssl
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from cnncourse.datasets._errors import Damaged

BROKEN = (HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
_BLOCK = 1 << 16
_NOTHING_LEFT = 416  # what a server answers when it is asked for bytes behind the end


def receive(url: str, part: Path, *, limit: int, progress: bool = True, timeout: float = 20.0) -> None:
    """Bring a file, or the rest of it.

    Parameters
    ----------
    url : str
        An address that begins with http:// or https://.
    part : Path
        What has arrived so far; missing at first. It stays when the connection breaks off for good.
    limit : int, bytes
        More than this cannot be the file.
    progress : bool
        Whether to show a progress bar.
    timeout : float, seconds
        Longest silence.

    Raises
    ------
    URLError, HTTPException, ConnectionError, TimeoutError
        If the server cannot be reached or refuses, or an attempt brings nothing new.
    Damaged
        If more than `limit` comes, or other bytes than those asked for, or the address is none.
    """
    if not url.startswith(("https://", "http://")):
        raise Damaged("expected an address that begins with https:// or http://")
    while True:
        before = _length(part)
        problem: Exception = ConnectionError("the connection broke off before the end")
        try:
            if _attempt(url, part, limit=limit, progress=progress, timeout=timeout):
                return
        except BROKEN as fault:
            problem = fault
        if _length(part) <= before:
            raise problem


def _attempt(url: str, part: Path, *, limit: int, progress: bool, timeout: float) -> bool:
    """Take up the file once; say whether all of it has arrived."""
    have = _length(part)
    headers = {"User-Agent": "cnncourse"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        response = urlopen(Request(url, headers=headers), timeout=timeout)
    except HTTPError as refusal:
        refusal.close()
        if refusal.code == _NOTHING_LEFT and have:
            return True  # the checksum will tell
        raise
    with response:
        start = _start(response, have)
        length = response.headers.get("Content-Length", "")
        total = start + int(length) if length.isdigit() else None
        _store(response, part, start=start, total=total, limit=limit, progress=progress)
    return total is None or _length(part) == total


def _start(response: HTTPResponse, have: int) -> int:
    """Tell at which byte an answer begins; a server may ignore the wish to go on and send all of it."""
    if response.status != 206:
        return 0
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if match is None or int(match[1]) not in (0, have):
        raise Damaged(f"asked for the bytes from {have:,} on, came others")
    return int(match[1])


def _store(response: HTTPResponse, part: Path, *, start: int, total: int | None, limit: int, progress: bool) -> None:
    from tqdm.auto import tqdm

    length = start
    with (
        open(part, "ab" if start else "wb") as sink,
        tqdm(
            desc=part.name.removesuffix(".part"),
            initial=start,
            total=total,
            unit="B",
            unit_scale=True,
            mininterval=0.5,
            disable=not progress,
        ) as bar,
    ):
        while block := response.read(_BLOCK):
            sink.write(block)
            bar.update(len(block))
            length += len(block)
            if length > limit:
                raise Damaged(f"expected at most {limit:,} bytes, came more")


def _length(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
