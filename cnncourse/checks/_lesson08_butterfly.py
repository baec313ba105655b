"""The challenge of lesson 08: a picture that is dreamt, mirrored, and calm."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cnncourse.checks._exercise import Answer, Case, Exercise, Finding
from cnncourse.checks._judging import read_array, stopped

Array = NDArray[np.float64]
Size = tuple[int, int]
CLASSES = {4: "deer", 5: "dog", 7: "horse"}
HIGH, ROUGH = 9.0, 0.095  # as the prompt says
STEPS, STRENGTH, PRICE = 25, 0.03, 0.8
EXACT = 1e-5
UNLIKE = "The two halves differ. Is it mirrored at the beginning, and is each step?"


def _cases(rng: np.random.Generator) -> list[Case]:
    """Draw clouds from which the lesson's own means lead high enough, and where mirroring at the end does not."""
    chosen = rng.permutation(list(CLASSES))[:2]
    sizes = (40, 56), (40, 57)
    notes = "an even width", "an odd width: one column is its own mirror"
    found = []
    for channel, size, note in zip(chosen, sizes, notes, strict=True):
        seed = int(rng.integers(2**31))
        while not _fit(seed, size, int(channel)):
            seed += 1
        found.append(Case((_clouds(seed, size), int(channel)), note=f"{CLASSES[int(channel)]}, {note}"))
    return found


def _clouds(seed: int, size: Size) -> Array:
    from cnncourse.maximisation import clouds

    return np.asarray(clouds(1, size, seed=seed)[0].double().numpy())


@functools.lru_cache(maxsize=512)
def _fit(seed: int, size: Size, channel: int) -> bool:
    start = _clouds(seed, size)
    mirrored = _climbed(start, channel, mirrored=True)
    if _logits(mirrored)[channel] < HIGH + 2.5 or _roughness(mirrored) > ROUGH - 0.008:
        return False
    free = _climbed(start, channel, mirrored=False)
    return bool(_logits((free + free[..., ::-1]) / 2)[channel] < HIGH - 0.5)


@functools.cache
def _network():  # type: ignore[no-untyped-def]
    from cnncourse.weights import load_weights

    return load_weights("residual-robust")


def _climbed(start: Array, channel: int, *, mirrored: bool) -> Array:
    """Climb by the lesson's own step, on a picture that is mirrored or free."""
    import torch

    from cnncourse._ascent import Target, slope, unit_length, variation_slope

    picture = torch.tensor(start, dtype=torch.float32)[None]
    picture = (picture + picture.flip(3)) / 2 if mirrored else picture
    for _ in range(STEPS):
        uphill, _ = slope(_network(), Target("head", channel), picture)
        uphill = unit_length((uphill + uphill.flip(3)) / 2 if mirrored else uphill)
        picture = (picture + STRENGTH * (uphill - PRICE * variation_slope(picture))).clamp(0, 1)
    return np.asarray(picture[0].double().numpy())


def _logits(picture: Array) -> Array:
    import torch

    with torch.no_grad():
        return np.asarray(_network()(torch.tensor(picture[None], dtype=torch.float32))[0].double().numpy())


def _roughness(picture: Array) -> float:
    return float(np.mean([np.abs(np.diff(picture, axis=axis)).mean() for axis in (1, 2)]))


def _judge(cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[Finding]:
    """Ask first how high the pictures are: a grey sheet is mirrored and calm, and worth nothing."""
    for case, answer in zip(cases, answers, strict=True):
        fault = _unfit(case, answer) or _too_low(case, np.asarray(answer.value, dtype=float))
        if fault:
            yield Finding(False, f"{fault} ({case.note})", detail=answer.error)
            return
    yield Finding(True, "The network finds in the pictures what was asked for.", 0.4)
    pictures = [np.asarray(answer.value, dtype=float) for answer in answers]
    crooked = next((fault for picture in pictures if (fault := _crooked(picture))), "")
    yield Finding(not crooked, crooked or "The right half mirrors the left one.", 0.3)
    rough = max(_roughness(picture) for picture in pictures)
    yield Finding(
        rough <= ROUGH,
        "The pictures are calm."
        if rough <= ROUGH
        else "A picture is too rough. Which switch of the lesson puts a price on differences of neighbours?",
        0.3,
        f"The roughest one: {rough:.3f}",
    )


def _unfit(case: Case, answer: Answer) -> str:
    if answer.error:
        return stopped(answer.error)
    found = read_array(answer.value)
    if found is None or found.dtype.kind not in "biuf":
        return "Expected a picture: an array or tensor of numbers."
    if found.shape != case.arguments[0].shape:
        return "The picture that comes back has another shape than the clouds: colours first, and one picture alone."
    if not np.isfinite(found).all():
        return "There is a NaN or an infinity in the picture: is a slope of 0 divided by its size?"
    if found.min() < -EXACT or found.max() > 1 + EXACT:
        return "Some pixels are darker than 0 or brighter than 1."
    return ""


def _too_low(case: Case, picture: Array) -> str:
    start, channel = case.arguments
    before, after = _logits(start), _logits(picture)
    if after[channel] >= HIGH:
        return ""
    if min(np.abs(picture - one).mean() for one in (start, (start + start[..., ::-1]) / 2)) < 0.01:
        return "The picture has hardly moved. How long is the gradient of a deep network, and what is done about it?"
    if np.delete(after, channel).max() >= HIGH:
        return "Another class answers high, and not the one that was asked for."
    if after[channel] < before[channel] - 1:
        return "The answer has fallen: that is downhill."
    crooked = _crooked(picture)
    if not crooked:
        return (
            "Mirrored, but the answer is too low. If a finished picture is laid on its mirror image, each blurs the "
            "other: from when on must the picture be mirrored? And are there enough steps?"
        )
    return "The answer is not high enough yet." if crooked == UNLIKE else crooked


def _crooked(picture: Array) -> str:
    if np.abs(picture - picture[:, :, ::-1]).max() <= EXACT:
        return ""
    if np.abs(picture - picture[:, ::-1]).max() <= EXACT:
        return "The lower half mirrors the upper one, like a lake. A butterfly's wings are left and right."
    if np.abs(picture - picture[:, ::-1, ::-1]).max() <= EXACT:
        return "Turned by half a circle the picture is the same, like a playing card. It should be so when mirrored."
    return UNLIKE


BUTTERFLY = Exercise(
    name="08-butterfly",
    title="Dream a butterfly",
    entry="butterfly",
    kind="function",
    objectives=(1, 2, 3),
    points=3,
    level="challenge",
    cases=_cases,
    judge=_judge,
    hints=(
        "Begin with the six lines of section 1. What has to be true of the clouds, and of each slope, so that the "
        "picture is mirrored at all times?",
        "The mean of anything and its mirror image is mirrored: `(slope + slope.flip(3)) / 2`. Scale it afterwards.",
        "For the roughness: `torch.autograd.grad` also gives the slope of a sum of differences of neighbours. Take "
        "some of it off before you step, and print both numbers after every fifth step.",
    ),
    seconds=20,
    torch=True,
)
