"""Convolution against SciPy on a 512 by 512 picture of 32-bit floats, and the price of the plain loops."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy import ndimage, signal

from cnncourse.convolution import correlate
from cnncourse.convolution_algorithms import correlate_loops

Record = dict[str, Any]


def best_milliseconds(*calls: Callable[[], object], rounds: int = 15) -> list[float]:
    """Time calls in turns, so that a busy moment of the machine hits all of them; the best of each counts."""
    best = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[place] = min(best[place], time.perf_counter() - start)
    return [1000 * seconds for seconds in best]


def against_scipy(side: int) -> Iterator[Record]:
    """Compare the way that `correlate` chooses with three of SciPy's, on the places where the whole kernel fits."""
    rng = np.random.default_rng(side)
    image, kernel = rng.random((512, 512), dtype=np.float32), rng.random((side, side), dtype=np.float32)
    peers: dict[str, Callable[[], object]] = {
        "scipy.ndimage.correlate": lambda: ndimage.correlate(image, kernel, mode="constant"),
        "scipy.signal.oaconvolve": lambda: signal.oaconvolve(image, kernel[::-1, ::-1], mode="valid"),
        "scipy.signal.correlate2d": lambda: signal.correlate2d(image, kernel, mode="valid"),
    }
    ours, *theirs = best_milliseconds(lambda: correlate(image, kernel), *peers.values())
    for name, peer in zip(peers, theirs, strict=True):
        yield record(f"correlate, kernel {side} x {side}, against {name}", ours, peer)
    yield record(f"correlate, kernel {side} x {side}, against the best of SciPy", ours, min(theirs))


def against_loops() -> Record:
    """Say what the four plain loops cost, on a smaller picture since they are slow."""
    image, kernel = np.random.default_rng(0).random((64, 64)), np.ones((3, 3))
    ours, loops = best_milliseconds(lambda: correlate(image, kernel), lambda: correlate_loops(image, kernel), rounds=3)
    return record("correlate, 64 x 64, kernel 3 x 3, against the four loops of lesson 02", ours, loops)


def import_time() -> Iterator[Record]:
    """Start Python with nothing but `cnncourse.convolution`, against the half second allowed and against torch."""
    seconds = {}
    for module in ("cnncourse.convolution", "torch"):
        code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        runs = [
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)
        ]
        seconds[module] = min(float(run.stdout) for run in runs)
    ours = 1000 * seconds["cnncourse.convolution"]
    yield record("import cnncourse.convolution, against 500 ms allowed", ours, 500.0)
    yield record("import cnncourse.convolution, against import torch", ours, 1000 * seconds["torch"])


def record(name: str, ours: float, peer: float) -> Record:
    """Write one comparison; a ratio above 1 means that ours is faster."""
    return {"name": name, "ours": round(ours, 3), "peer": round(peer, 3), "ratio": round(peer / ours, 2), "unit": "ms"}


def main() -> Iterator[Record]:
    """Yield every comparison of this subject."""
    for side in (3, 7, 15, 31):
        yield from against_scipy(side)
    yield against_loops()
    yield from import_time()
