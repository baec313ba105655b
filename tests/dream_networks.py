"""Networks for the tests of dreaming: small, asymmetric, and some of them awkward."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def small(seed: int = 0) -> nn.Sequential:
    """Return a network of three layers of maps and a classifier, with noise in training mode."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Conv2d(4, 6, 3, stride=2, padding=1),
        nn.Dropout(0.5),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 5),
    ).eval()


class Tripwire(nn.Module):
    """A layer that passes on what it gets, and raises what it is told to at its n-th call."""

    def __init__(self, error: BaseException, at: int = 1) -> None:
        super().__init__()
        self.error, self.at, self.calls = error, at, 0

    def forward(self, maps: Tensor) -> Tensor:
        """Return the maps, or raise."""
        self.calls += 1
        if self.calls == self.at:
            raise self.error
        return maps


def everything(model: nn.Module) -> list[object]:
    """Return all that a call might change: numbers, gradients, modes, hooks, switches."""
    numbers = [t.detach().clone().numpy().tobytes() for t in model.state_dict().values()]
    gradients = [None if p.grad is None else p.grad.numpy().tobytes() for p in model.parameters()]
    switches = [p.requires_grad for p in model.parameters()]
    modes = [module.training for module in model.modules()]
    hooks = [len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in model.modules()]
    strides = [t.stride() for t in model.state_dict().values()]
    return [numbers, gradients, switches, modes, hooks, strides]
