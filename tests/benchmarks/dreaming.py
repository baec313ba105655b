"""Deep Dream of 512 × 512 pixels, 4 octaves of 10 steps, against the loop that tutorials publish; and the preview.

The peer is that loop: one picture, the whole network forwards with a hook on the layer, ``loss.backward()`` through
all of it, weights included, and a new optimiser for each octave. Network, layer, steps and sizes are the same.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]
import torch
from torch import nn
from torch.nn import functional

from cnncourse.dreaming import Dream, Settings, Target
from cnncourse.images import photograph
from cnncourse.weights import load_weights
from cnncourse.widgets._dream_runs import Wish, preview

SIDE, ROUNDS = 512, 4
SETTINGS = Settings(steps=10, octaves=4)
LAYERS = ("blocks.1", "blocks.2")
ALLOWED = 300.0  # milliseconds for a preview
Record = dict[str, Any]


def picture() -> np.ndarray:
    """Return a photograph of 512 × 512 pixels."""
    return photograph("astronaut", grey=False)[:SIDE, :SIDE]


def ours(model: nn.Module, layer: str, *, fast: bool = False) -> np.ndarray:
    """Dream as the course does."""
    dream = Dream(model, picture(), Target(layer), SETTINGS, fast=fast)
    for _ in dream:
        pass
    return dream.picture


def published(model: nn.Module, layer: str) -> np.ndarray:
    """Dream as the tutorials do."""
    base = torch.from_numpy(picture()).float().permute(2, 0, 1)[None]
    kept: list[torch.Tensor] = []
    chance = np.random.default_rng(0)
    handle = model.get_submodule(layer).register_forward_hook(lambda *call: kept.append(call[2]))
    detail = torch.zeros(1, 3, 8, 8)
    for octave in reversed(range(SETTINGS.octaves)):
        size = (round(SIDE / SETTINGS.scale**octave),) * 2
        small = functional.interpolate(base, size, mode="bilinear", align_corners=False)
        image = (small + functional.interpolate(detail, size, mode="bilinear", align_corners=False)).requires_grad_()
        optimiser = torch.optim.Adam([image], lr=SETTINGS.strength)
        for _ in range(SETTINGS.steps):
            down, right = chance.integers(-SETTINGS.jitter, SETTINGS.jitter + 1, 2)
            optimiser.zero_grad()
            model.zero_grad()
            kept.clear()
            model(torch.roll(image, (int(down), int(right)), (2, 3)))
            loss = -kept[0].square().mean()
            loss.backward()
            optimiser.step()
            image.data.clamp_(0, 1)
        detail = (image - small).detach()
    handle.remove()
    return np.asarray(image.detach()[0].permute(1, 2, 0))


def in_turns(*calls: Callable[[], object]) -> list[float]:
    """Time calls in turns, so that a busy moment of the machine hits all of them; the best of each counts."""
    best = [float("inf")] * len(calls)
    for _ in range(ROUNDS):
        for place, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[place] = min(best[place], time.perf_counter() - start)
    return [1000 * seconds for seconds in best]


def _megabytes(*, peak: bool) -> float:
    """Return what this process holds in memory, or the most it has held so far, where the system keeps count."""
    told = psutil.Process().memory_info()
    if not peak:
        return float(told.rss) / 1e6
    try:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        return float(getattr(told, "peak_wset", told.rss)) / 1e6


def _peak(name: str, layer: str, answer: Any) -> None:
    model = load_weights("residual-robust")
    picture()
    before = _megabytes(peak=False)
    {"ours": ours, "published": published}[name](model, layer)
    answer.put(_megabytes(peak=True) - before)


def peak_megabytes(name: str, layer: str) -> float:
    """Dream in a process of its own, and return by how much its memory grew at most."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_peak, args=(name, layer, answer))
    process.start()
    grown: float = answer.get()
    process.join()
    return grown


def record(name: str, mine: float, peer: float, unit: str = "ms") -> Record:
    """Write one comparison; a ratio above 1 means that ours is better."""
    return {"name": name, "ours": round(mine, 1), "peer": round(peer, 1), "ratio": round(peer / mine, 2), "unit": unit}


def main() -> Iterator[Record]:
    """Yield every comparison."""
    model = load_weights("residual-robust")
    for layer in LAYERS:
        what = f"dream 512 x 512, 4 octaves x 10 steps, {layer}"
        exact, fast, peer = in_turns(
            lambda at=layer: ours(model, at),
            lambda at=layer: ours(model, at, fast=True),
            lambda at=layer: published(model, at),
        )
        yield record(f"{what}, against the published loop", exact, peer)
        yield record(f"{what}, in 16 bits, against the published loop", fast, peer)
        memory = [peak_megabytes(name, layer) for name in ("ours", "published")]
        yield record(f"{what}, memory at its peak", *memory, unit="MB")
    for layer in (*LAYERS, "head"):
        wish = Wish(layer, -1 if layer != "head" else 5, 4, 0.012)
        (took,) = in_turns(lambda at=wish: preview(model, picture(), at, seconds=float("inf")))
        yield record(f"preview of {layer}, all its steps, against {ALLOWED:.0f} ms allowed", took, ALLOWED)
