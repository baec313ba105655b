"""What a training looks like, in words: for the page, for those who listen, and for what learns nothing."""

from __future__ import annotations

import math
from typing import Any

from cnncourse.widgets._training_watch import MOST_POINTS, Watched

BEGIN = {"training": "Training", "paused": "Paused", "finished": "Finished", "stopped": "Stopped"}


def clock(seconds: float) -> str:
    """Write a duration so that it can be taken in at a glance.

    Examples
    --------
    >>> clock(0.42), clock(3.34), clock(47.2), clock(200), clock(7300)
    ('0.42 s', '3.3 s', '47 s', '3 min 20 s', '2 h 1 min')
    """
    if seconds < 10:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def percent(share: float | None) -> str:
    """Write a share in per cent, with the decimal that good networks differ in.

    Examples
    --------
    >>> percent(0.9912), percent(1), percent(None)
    ('99.1 %', '100.0 %', '–')
    """
    return "–" if share is None or math.isnan(share) else f"{100 * share:.1f} %"


def number(value: float | None) -> str:
    """Write a loss: three figures, whatever its size.

    Examples
    --------
    >>> number(2.302585), number(0.01234), number(123456.0), number(None)
    ('2.3', '0.0123', '1.23e+05', '–')
    """
    return "–" if value is None or math.isnan(value) else f"{value:.3g}"


def in_words(watched: Watched) -> str:
    """Tell where a training is: its state, epoch, loss and accuracy."""
    if watched.state == "diverged":
        return f"{watched.said[:1].upper()}{watched.said[1:]}."
    if watched.state == "failed":
        return f"An error in the network ended step {len(watched.run.records) + 1:,}; nothing of before is lost."
    if watched.last is None:
        return "Stopped before its first step." if watched.state == "stopped" else f"No step yet; {plan(watched)}."
    curve = watched.curve.last
    shown = f"loss {number(curve['loss'])}, accuracy {percent(curve['accuracy'])} in the last batches"
    if watched.points:
        shown += f", {percent(watched.points[-1][1])} on pictures held out"
    where = f"epoch {watched.last.epoch:.2f} of {watched.run.settings.epochs}"
    return " ".join(filter(None, [f"{BEGIN[watched.state]} at {where}: {shown}.", watched.said]))


def plan(watched: Watched) -> str:
    """Tell what a training is going to do."""
    epochs = watched.run.settings.epochs
    return (
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'} planned, {watched.run.steps:,} steps in batches of "
        f"{watched.batches[-1]:,}, with a learning rate of up to {watched.rates[-1]:g}"
    )


def timing(watched: Watched) -> str:
    """Tell how fast a training is, and how long it will take."""
    last, pace = watched.last, watched.pace
    if last is None or pace is None:
        return ""
    left = pace * (watched.run.settings.epochs - last.epoch)
    waits = watched.state in {"training", "paused"} and left > 0
    return f"{clock(pace)} an epoch" + (f", about {clock(left)} left" if waits else "")


def summary(watched: Watched) -> dict[str, Any]:
    """Gather what the page shows of a run in a row of its table."""
    last = watched.curve.last
    points = watched.points
    every = -(-len(points) // MOST_POINTS) or 1
    return {
        "number": watched.number,
        "name": watched.name,
        "called": watched.called,
        "state": watched.state,
        "rate": " → ".join(f"{rate:g}" for rate in watched.rates),
        "batch": " → ".join(f"{batch:,}" for batch in watched.batches),
        "epochs": watched.run.settings.epochs,
        "epoch": last.get("epoch", 0.0),
        "rows": len(watched.curve.array),
        "step": watched.last.step if watched.last else 0,
        "steps": watched.run.steps,
        "words": in_words(watched),
        "timing": timing(watched),
        "horizon": watched.curve.horizon,
        "loss": number(last.get("loss")),
        "accuracy": percent(last.get("accuracy")),
        "validation": percent(points[-1][1] if points else None),
        "points": [list(point) for point in points[::-1][::every][::-1]],
    }
