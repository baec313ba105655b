"""Learning to write sentences about scenes, and counting those that are right (lesson 11).

The networks are in `cnncourse.applications.captioner`, the scenes in `cnncourse.applications.caption_scenes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.activations import evaluating
from cnncourse.applications.caption_scenes import SEEN, UNSEEN, CaptionedScenes, captioned_scenes
from cnncourse.applications.captioner import Captioner, Reading, WordByPlace
from cnncourse.models import fresh
from cnncourse.training import one_cycle

LEARNED, TESTED = 4000, 500  # scenes
TESTS = 1_000_003  # the seed of those that are never learned from


@dataclass(frozen=True)
class Settings:
    """How a captioner learns: by Adam with decaying weights, and one cycle of the learning rate.

    Attributes
    ----------
    steps : int
        Of the training.
    batch : int, scenes
        Looked at in a step.
    learning_rate : float
        The highest of the cycle.
    seed : int
        Of weights, batches and brightness.
    """

    steps: int = 600
    batch: int = 64
    learning_rate: float = 6e-3
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of 1 or more, got {getattr(self, name)}")


def learning(model: nn.Module, scenes: CaptionedScenes, settings: Settings | None = None) -> Iterator[float]:
    """Train a captioner, and yield the loss of each step: the mean cross-entropy of the next word (lesson 11).

    Brightness and contrast of each scene are changed at random, for other photographs have others.
    """
    settings = settings or Settings()
    dice = torch.Generator().manual_seed(settings.seed)
    model.to(memory_format=torch.channels_last).train()
    optimiser = torch.optim.AdamW(model.parameters(), settings.learning_rate)
    for step in range(settings.steps):
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * one_cycle(step / settings.steps, 0.2)
        places = torch.randint(len(scenes), (settings.batch,), generator=dice)
        logits = model(_dimmed(scenes.images[places], dice), scenes.words[places]).logits
        loss = functional.cross_entropy(logits.flatten(0, 1), scenes.words[places].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        yield loss.item()
    model.eval()


def train(
    model: nn.Module, scenes: CaptionedScenes, settings: Settings | None = None, *, progress: bool = True
) -> list[float]:
    """Train a captioner to the end, behind a progress bar, and return the losses (lesson 11)."""
    from tqdm.auto import tqdm

    losses = []
    with tqdm(total=(settings or Settings()).steps, unit="step", disable=not progress) as bar:
        for loss in learning(model, scenes, settings):
            losses.append(loss)
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update()
    return losses


def read(model: nn.Module, images: Tensor) -> Reading:
    """Let a captioner write about scenes, word after its own word, without learning (lesson 11)."""
    with evaluating(model), torch.no_grad():
        reading: Reading = model(images.contiguous(memory_format=torch.channels_last))
    return reading


def exact_match(told: list[str], scenes: CaptionedScenes) -> float:
    """Tell which share of sentences is right to the last word, in [0, 1] (lesson 11).

    Raises
    ------
    ValueError
        If there is not a sentence for each scene.
    """
    if len(told) != len(scenes):
        raise ValueError(f"expected a sentence for each of {len(scenes)} scenes, got {len(told)}")
    return sum(one == right for one, right in zip(told, scenes.captions, strict=True)) / len(told)


def compare(*, seed: int = 0, steps: int = Settings.steps) -> dict[str, float]:
    """Measure exact match on new pictures of pairs that no training scene shows together (lesson 11).

    The decoder also reads scenes of pairs that it knows, as new as the others: only the pair differs.

    Parameters
    ----------
    seed : int
        Of scenes, weights and batches; the test is always the same.
    steps : int
        Of each training.

    Returns
    -------
    dict of str to float, in [0, 1]
        By arm.
    """
    scenes = captioned_scenes("train", LEARNED, single=0.2, seed=seed)
    test = captioned_scenes("test", TESTED, pairs=UNSEEN, seed=TESTS)
    known = captioned_scenes("test", TESTED, pairs=[pair for pair in SEEN if pair[0] != pair[1]], seed=TESTS)
    settings = Settings(steps=steps, seed=seed)
    decoder, at_once = (fresh(kind, seed=seed) for kind in (Captioner, WordByPlace))
    for model in (decoder, at_once):
        train(model, scenes, settings, progress=False)
    usual = Counter(scenes.captions).most_common(1)[0][0]
    return {
        "decoder, word after word": _right(decoder, test),
        "the same, pairs that it knows": _right(decoder, known),
        "each word by itself": _right(at_once, test),
        "most frequent sentence": exact_match([usual] * len(test), test),
    }


def _right(model: nn.Module, scenes: CaptionedScenes) -> float:
    return exact_match(read(model, scenes.images).sentences, scenes)


def _dimmed(images: Tensor, dice: torch.Generator) -> Tensor:
    gain, shift = (torch.rand(len(images), 1, 1, 1, generator=dice) for _ in range(2))
    noise = 0.03 * torch.randn(images.shape, generator=dice)
    dimmed = (images - 0.2) * (0.7 + 0.5 * gain) + 0.15 + 0.1 * shift + noise
    return dimmed.contiguous(memory_format=torch.channels_last)
