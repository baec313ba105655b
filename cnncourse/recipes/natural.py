"""How the two networks for natural images were trained: one against small perturbations, and its ordinary twin.

Both are `cnncourse.models.ResidualNet`, trained on CIFAR-10 in the same order from the same seed. The robust one sees
each batch after an attack: one step of gradient ascent on the loss, of a length that ends on a sphere around the
picture [1]_, [2]_. What remains of its gradients follows edges and shapes instead of noise [3]_.

References
----------
.. [1] A. Madry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks", ICLR 2018.
.. [2] E. Wong, L. Rice, J. Z. Kolter, "Fast is better than free: Revisiting adversarial training", ICLR 2020.
.. [3] D. Tsipras et al., "Robustness May Be at Odds with Accuracy", ICLR 2019.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncourse.datasets import load
from cnncourse.evaluation import accuracy
from cnncourse.models import ResidualNet, fresh
from cnncourse.recipes import Trained

RADIUS = 0.5  # L2, pixels in [0, 1]: too little for an eye to mind
ATTACK_STEPS = 20  # of the attack that the robust accuracy is measured with
SEED = 0
TOLD = {
    "network": "ResidualNet",
    "data": "CIFAR-10, the 50,000 training pictures",
    "seed": SEED,
    "licence": "BSD-3-Clause",
}
BATCH, PEAK, MOMENTUM, DECAY = 128, 0.2, 0.9, 5e-4
MARGIN = 4  # pixels: a picture is padded by so many and cut out again at a random place


def make_robust(*, progress: bool = True) -> Trained:
    """Train the network that withstands small perturbations: 24 epochs, 40 minutes on one core of 2026.

    Raises
    ------
    DataMissing
        If CIFAR-10 is not at hand.
    """
    return _made("residual-robust", RADIUS, epochs=24, progress=progress)


def make_plain(*, progress: bool = True) -> Trained:
    """Train its ordinary twin: 10 epochs, after which it classifies a little better than the robust one.

    Raises
    ------
    DataMissing
        If CIFAR-10 is not at hand.
    """
    return _made("residual-plain", 0.0, epochs=10, progress=progress)


def _made(name: str, radius: float, *, epochs: int, progress: bool) -> Trained:
    from tqdm.auto import tqdm

    data, test = load("cifar10", "train"), load("cifar10", "test")
    model = fresh(ResidualNet, seed=SEED)
    passes = train_natural(model, data.images, data.labels, radius=radius, epochs=epochs, seed=SEED)
    bar = tqdm(passes, total=epochs, unit="epoch", disable=not progress)
    for _, loss, right in bar:
        bar.set_postfix(loss=f"{loss:.3f}", right=f"{right:.1%}")
    model.half().float().eval()  # what is measured is what the file holds: 16 bits a weight
    some = torch.arange(0, len(test.labels), 5)  # every fifth picture, so that every class is among them
    robust = robust_accuracy(model, test.images[some], test.labels[some], radius=RADIUS)
    told: dict[str, Any] = {
        **TOLD,
        "recipe": _in_words(radius, epochs),
        "accuracy": round(accuracy(model, test), 4),
        "robust_accuracy": round(robust, 4),
        "command": f"cnncourse weights train {name}",
    }
    return Trained(model.half(), told)


def _in_words(radius: float, epochs: int) -> str:
    attack = f"each batch attacked by one step within an L2 radius of {radius}" if radius else "no attack"
    return (
        f"{epochs} epochs of stochastic gradient descent, batches of {BATCH}, one cycle of the learning rate up to "
        f"{PEAK}, pictures mirrored and moved, {attack}"
    )


def robust_accuracy(model: nn.Module, images: Tensor, labels: Tensor, *, radius: float) -> float:
    """Return the share still classified rightly after `ATTACK_STEPS` steps of gradient ascent within the radius (L2).

    The attack starts at the picture, moves by 2.5 radii in all, and is projected back into the ball after each step.
    """
    right = 0
    for some, truth in zip(images.split(500), labels.split(500), strict=True):
        delta = torch.zeros_like(some)
        for _ in range(ATTACK_STEPS):
            delta.requires_grad_()
            loss = functional.cross_entropy(model(some + delta), truth, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, delta)
            step = 2.5 * radius / ATTACK_STEPS * gradient / _length(gradient)
            delta = _inside(delta.detach() + step, radius)
        with torch.inference_mode():
            right += int((model((some + delta).clamp(0, 1)).argmax(1) == truth).sum())
    return right / len(labels)


def augmented(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror half of the pictures, and move each by up to `MARGIN` pixels; shape (n, channels, height, width)."""
    count, _, height, width = images.shape
    padded = functional.pad(images, [MARGIN] * 4, mode="reflect")
    down, right = torch.randint(0, 2 * MARGIN + 1, (2, count, 1, 1), generator=generator)
    rows, columns = torch.arange(height)[:, None] + down, torch.arange(width) + right  # (n, height, 1), (n, 1, width)
    mirrored = torch.rand(count, generator=generator) < 0.5
    columns = torch.where(mirrored[:, None, None], columns.flip(2), columns)
    moved = padded[torch.arange(count)[:, None, None], :, rows, columns]  # (n, height, width, channels)
    return moved.permute(0, 3, 1, 2)  # channels stay last in memory, as the convolutions like it


def one_step_attack(model: nn.Module, images: Tensor, labels: Tensor, radius: float, start: Tensor) -> Tensor:
    """Return pictures within `radius` (L2, pixels in [0, 1]) at which the loss is higher; one gradient each.

    `start` is noise of the pictures' shape: where in the ball the step begins.
    """
    delta = _inside(start, radius).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        loss = functional.cross_entropy(model(images + delta), labels, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, delta)
    delta = _inside(delta.detach() + 1.5 * radius * gradient / _length(gradient), radius)
    return (images + delta).clamp(0, 1)


def _inside(delta: Tensor, radius: float) -> Tensor:
    return delta * (radius / _length(delta)).clamp_max(1)


def _length(delta: Tensor) -> Tensor:
    return delta.flatten(1).norm(dim=1).clamp_min(1e-12)[:, None, None, None]  # (n, 1, 1, 1)


def train_natural(
    model: nn.Module, images: Tensor, labels: Tensor, *, radius: float, epochs: int, seed: int = 0
) -> Iterator[tuple[int, float, float]]:
    """Train in place and yield after each epoch its number, the mean loss, and the accuracy on what was trained on.

    Parameters
    ----------
    model : nn.Module
        Takes (n, 3, 32, 32) in [0, 1] and gives logits.
    images : Tensor, shape (n, 3, 32, 32), in [0, 1]
        The training pictures.
    labels : Tensor of int64, shape (n,)
        What they show.
    radius : float
        Of the attack, in the L2 norm; 0 trains the ordinary twin.
    epochs : int
        Passes through the data; the rate of learning rises for a fifth of them, then falls to 0 (one cycle).
    seed : int
        Of the order, the augmentation and the attack.
    """
    generator = torch.Generator().manual_seed(seed)
    steps = len(images) // BATCH
    optimiser = torch.optim.SGD(model.parameters(), PEAK, MOMENTUM, weight_decay=DECAY, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK, total_steps=epochs * steps, pct_start=0.2)
    model.train().to(memory_format=torch.channels_last)
    for epoch in range(1, epochs + 1):
        order = torch.randperm(len(images), generator=generator)
        losses, right = 0.0, 0
        for batch in order[: steps * BATCH].split(BATCH):
            shown, truth = augmented(images[batch], generator), labels[batch]
            if radius:
                noise = torch.randn(shown.shape, generator=generator)
                shown = one_step_attack(model, shown, truth, radius, noise * radius / 40)
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(shown)
                loss = functional.cross_entropy(logits, truth)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses += loss.item()
            right += int((logits.argmax(1) == truth).sum())
        yield epoch, losses / steps, right / (steps * BATCH)
