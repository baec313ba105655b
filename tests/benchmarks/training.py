"""LeNet-5 on the genuine MNIST against the usual way: pictures through torchvision's transforms and a `DataLoader`.

Ours and peers alike train in this process with two threads (the environment of ``make bench`` allows one, which is for
tests that run at once). Both train the same network from the same first weights.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean, stdev
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import datasets as theirs
from torchvision import transforms

from cnncourse.datasets import PictureSet, cache_folder, load
from cnncourse.models import LeNet5, dense_baseline, fresh
from cnncourse.training import Settings, Training

Record = dict[str, Any]
THREADS = 2
ROUNDS = 2  # of each measurement of an epoch, in turns; the best counts
GOAL = 0.99  # share of the test digits named rightly
MOST_EPOCHS = 15  # after which the usual recipe has failed
SEEDS, PEER_SEEDS = 5, 2  # the peer is slow; the mean counts
MULTIPLY_ADDS = 416_520  # of LeNet-5 forward, for one picture: counted in tests/test_models.py
ALLOWED = 300  # megabytes beside the data set and an imported torch


def main() -> Iterator[Record]:
    """Yield every comparison of this subject."""
    torch.set_num_threads(THREADS)
    data, test = load("mnist", "train"), load("mnist", "test")
    ours, peer, workers = epochs_in_turns(data)
    yield record(
        f"one epoch of LeNet-5, against a DataLoader with {workers} workers (the better of 0 and 2)", ours, peer
    )
    yield share_of_peak(len(data) / ours)
    runs = [our_run(LeNet5, data, test, seed) for seed in range(SEEDS)]
    ours = sum(run.seconds for run in runs) / sum(run.reached for run in runs)  # where one failed, another would follow
    peer = mean([usual_seconds_to_goal(workers, seed) for seed in range(PEER_SEEDS)])
    yield record("99 % of the test digits, against Adam at 1e-3, batches of 64, DataLoader", ours, peer)
    dense = [our_run(dense_baseline, data, test, seed) for seed in range(SEEDS)]
    yield errors([run.accuracy for run in runs], [run.accuracy for run in dense])
    yield memory()


# --- one epoch ------------------------------------------------------------------------------------------------------


def epochs_in_turns(data: PictureSet) -> tuple[float, float, int]:
    """Time an epoch of ours and of the peer with 0 and with 2 workers; return ours, the better peer, its workers."""
    ours, peers = [], {0: [], 2: []}
    for _ in range(ROUNDS):
        ours.append(our_epoch(data))
        for workers, seconds in peers.items():
            seconds.append(usual_epoch(workers))
    better = min(peers, key=lambda workers: min(peers[workers]))
    return min(ours), min(peers[better]), better


def our_epoch(data: PictureSet) -> float:
    """Train for one epoch as lesson 06 does, with a record a step."""
    run = Training(fresh(LeNet5), data, Settings(epochs=1), device="cpu")
    start = time.perf_counter()
    for _ in run:
        pass
    return time.perf_counter() - start


def usual_epoch(workers: int) -> float:
    """Train for one epoch with the same optimiser, fed by a DataLoader."""
    model, settings = fresh(LeNet5), Settings(epochs=1)
    loader = usual_loader(True, settings.batch, workers)
    optimiser = torch.optim.SGD(
        model.parameters(), settings.learning_rate, settings.momentum, nesterov=True, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.learning_rate, total_steps=len(loader), pct_start=settings.warm_up, cycle_momentum=False
    )
    start = time.perf_counter()
    usual_steps(model, loader, optimiser, schedule)
    return time.perf_counter() - start


def usual_loader(train: bool, batch: int, workers: int) -> DataLoader[Any]:
    """Feed MNIST as most tutorials do."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    pictures = theirs.MNIST(folder_of_mnist(), train=train, transform=transform)
    return DataLoader(pictures, batch, shuffle=train, drop_last=train, num_workers=workers)


def usual_steps(model: nn.Module, loader: DataLoader[Any], optimiser: Any, schedule: Any = None) -> None:
    """Take the steps of an epoch as most tutorials do, noting the loss."""
    model.train()
    for images, labels in loader:
        optimiser.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()
        optimiser.step()
        loss.item()
        if schedule:
            schedule.step()


def folder_of_mnist() -> Path:
    """Find the folder that torchvision reads."""
    places = [Path(os.environ.get("CNNCOURSE_DATA_DIR", "")), cache_folder()]
    return next(place for place in places if (place / "MNIST" / "raw").is_dir())


# --- the way to 99 % ------------------------------------------------------------------------------------------------


class Run(NamedTuple):
    """Seconds until the goal, or of all of a training that missed it; whether it was reached; accuracy at the end."""

    seconds: float
    reached: bool
    accuracy: float


def our_run(make: Callable[[], nn.Module], data: PictureSet, test: PictureSet, seed: int) -> Run:
    """Train as lesson 06 does, with its settings; the test digits are read after each epoch and choose nothing."""
    run = Training(fresh(make, seed=seed), data, Settings(seed=seed), validation=test, device="cpu")
    start, seconds = time.perf_counter(), 0.0
    for step in run:
        if not seconds and step.validation is not None and step.validation >= GOAL:
            seconds = time.perf_counter() - start
    return Run(seconds or time.perf_counter() - start, bool(seconds), run.records[-1].validation or 0.0)


def errors(ours: list[float], dense: list[float]) -> Record:
    """Compare the test digits that are named wrongly, in per cent: LeNet-5 against the dense baseline."""
    told = [
        f"{100 * mean(values):.2f} % right, standard deviation {100 * stdev(values):.2f}" for values in (ours, dense)
    ]
    name = f"named wrongly over {len(ours)} seeds ({told[0]}), against the dense baseline ({told[1]})"
    return record(name, 100 * (1 - mean(ours)), 100 * (1 - mean(dense)), "%")


def usual_seconds_to_goal(workers: int, seed: int) -> float:
    """Train as most tutorials do, reading the test digits after each epoch, until the goal or for 15 epochs."""
    model = fresh(LeNet5, seed=seed)
    torch.manual_seed(seed)
    loader, test = usual_loader(True, 64, workers), usual_loader(False, 1000, workers)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    start = time.perf_counter()
    for _ in range(MOST_EPOCHS):
        usual_steps(model, loader, optimiser)
        if usual_accuracy(model, test) >= GOAL:
            break
    return time.perf_counter() - start


def usual_accuracy(model: nn.Module, loader: DataLoader[Any]) -> float:
    """Read the test digits as most tutorials do."""
    model.eval()
    with torch.no_grad():
        right = sum(int((model(images).argmax(dim=1) == labels).sum()) for images, labels in loader)
    return right / len(loader.dataset)  # type: ignore[arg-type]


# --- share of the peak, and memory ----------------------------------------------------------------------------------


def share_of_peak(pictures_a_second: float) -> Record:
    """Compare the arithmetic of training (forward, and twice as much backward) with a large product of matrices."""
    side = 2048
    left, right = torch.rand(side, side), torch.rand(side, side)
    best = float("inf")
    for _ in range(8):
        start = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - start)
    reached = 3 * 2 * MULTIPLY_ADDS * pictures_a_second / 1e9
    return record("share of the peak of torch.mm that training reaches", reached, 2 * side**3 / best / 1e9, "GFLOP/s")


MEASURED = """
import json, psutil, torch
torch.set_num_threads({threads})

def megabytes():
    try:  # the highest so far, where the system keeps count
        line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        told = psutil.Process().memory_info()
        return getattr(told, "peak_wset", told.rss) / 1e6

before = megabytes()
from cnncourse.datasets import load
from cnncourse.models import LeNet5, fresh
from cnncourse.training import Settings, train
data, test = load("mnist", "train"), load("mnist", "test")
train(fresh(LeNet5), data, Settings(epochs=1), validation=test, progress=False)
size = sum(part.images.nbytes + part.labels.nbytes for part in (data, test)) / 1e6
print(json.dumps([megabytes() - before, size]))
"""


def memory() -> Record:
    """Train for an epoch in a fresh process, and compare its highest memory with the data set and 300 MB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED.format(threads=THREADS)], capture_output=True, text=True, check=True
    )
    ours, size = json.loads(done.stdout)
    name = f"memory beside an imported torch, against the data set ({size:.0f} MB) and {ALLOWED} MB"
    return record(name, ours, size + ALLOWED, "MB")


def record(name: str, ours: float, peer: float, unit: str = "s") -> Record:
    """Write one comparison; a ratio above 1 means that ours is better: takes less time or memory, computes more."""
    ratio = ours / peer if unit == "GFLOP/s" else peer / ours
    return {"name": name, "ours": round(ours, 2), "peer": round(peer, 2), "ratio": round(ratio, 3), "unit": unit}
